//! A conversation with a model, in our own words: both wire formats are made of it and read into it.

use serde_json::Value;

/// Something said.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// By the person.
    User(String),
    /// By the model.
    Model(Turn),
    /// What its calls came to, in their order.
    Results(Vec<CallResult>),
}

/// What a model said in its turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// Its words; may be empty where it calls.
    pub text: String,
    /// What it wants to look up.
    pub calls: Vec<Call>,
    /// What the turn cost, as the provider says; `None` where it doesn't.
    pub tokens: Option<u64>,
}

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Call {
    /// Names it; may be empty.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// What it is asked, as the model wrote it: JSON, if all is well.
    pub arguments: String,
    /// What a provider wants back with it, unread.
    pub signature: Option<String>,
}

/// What a call came to.
#[derive(Clone, Debug, PartialEq)]
pub struct CallResult {
    /// The call's name.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// The answer, JSON.
    pub content: Value,
}

/// A tool that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Its arguments, as JSON Schema.
    pub parameters: Value,
}

/// What a model is asked.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What it is told about itself.
    pub system: &'a str,
    /// What was said so far, the last by the person or by tools.
    pub messages: &'a [Message],
    /// What it may call.
    pub tools: &'a [ToolSpec],
}

impl Request<'_> {
    /// About how many tokens it is, for providers that don't say: four bytes are one.
    pub fn estimate(&self) -> u64 {
        let of = |message: &Message| match message {
            Message::User(text) => text.len(),
            Message::Model(turn) => turn.text.len() + turn.calls.iter().map(|call| call.arguments.len()).sum::<usize>(),
            Message::Results(results) => results.iter().map(|result| result.content.to_string().len()).sum(),
        };
        let tools: usize = self.tools.iter().map(|tool| tool.description.len() + tool.parameters.to_string().len()).sum();
        (self.system.len() + tools + self.messages.iter().map(of).sum::<usize>()).div_ceil(4) as u64
    }
}

impl Turn {
    /// What it cost, or about so.
    pub fn cost(&self, request: &Request<'_>) -> u64 {
        let said = self.text.len() + self.calls.iter().map(|call| call.arguments.len()).sum::<usize>();
        self.tokens.unwrap_or_else(|| request.estimate() + said.div_ceil(4) as u64)
    }
}

/// Reads a stream, event by event.
pub trait Reader {
    /// Takes the data of one event. Words that it adds go to `heard`.
    fn take(&mut self, data: &str, heard: &mut dyn FnMut(&str)) -> Result<(), String>;

    /// What was said, if the stream came to its end.
    fn finish(self: Box<Self>) -> Result<Turn, String>;
}

/// As much of a model's turn as is read; what says more is cut off.
pub const LONGEST_TURN: usize = 64 * 1024;
/// As many calls as one turn may have.
pub const MOST_CALLS: usize = 16;

/// An event's JSON; a provider may report an error in the midst of a stream.
pub(super) fn event(data: &str) -> Result<Value, String> {
    let event: Value = serde_json::from_str(data).map_err(|_| "an event is no JSON".to_owned())?;
    match event.get("error") {
        None | Some(Value::Null) => Ok(event),
        Some(error) => {
            let said = error.get("message").and_then(Value::as_str).or(error.as_str()).unwrap_or("an error");
            Err(said.chars().take(200).collect())
        }
    }
}
