//! The wire format of Google's Gemini. (<https://ai.google.dev/api/generate-content>)

use serde_json::{Value, json};

use super::talk::{Call, LONGEST_TURN, MOST_CALLS, Message, Reader, Request, Turn, event};

/// The path below the base address.
pub fn path(model: &str) -> String {
    format!("{}:streamGenerateContent", path_of(model))
}

/// Where a model is described.
pub fn path_of(model: &str) -> String {
    format!("models/{model}")
}

/// The body of a request.
pub fn body(request: &Request<'_>) -> Value {
    let contents: Vec<Value> = request.messages.iter().map(content).collect();
    let mut body = json!({ "systemInstruction": { "parts": [{ "text": request.system }] }, "contents": contents });
    if !request.tools.is_empty() {
        let tool = |tool: &super::talk::ToolSpec| json!({ "name": tool.name, "description": tool.description, "parameters": tool.parameters });
        let declarations: Vec<Value> = request.tools.iter().map(tool).collect();
        body["tools"] = json!([{ "functionDeclarations": declarations }]);
    }
    body
}

fn content(message: &Message) -> Value {
    match message {
        Message::User(text) => json!({ "role": "user", "parts": [{ "text": text }] }),
        Message::Model(turn) => {
            let mut parts: Vec<Value> = Vec::new();
            if !turn.text.is_empty() {
                parts.push(json!({ "text": turn.text }));
            }
            parts.extend(turn.calls.iter().map(called));
            json!({ "role": "model", "parts": parts })
        }
        Message::Results(results) => {
            let part = |result: &super::talk::CallResult| json!({ "functionResponse": { "name": result.name, "response": { "result": result.content } } });
            json!({ "role": "user", "parts": results.iter().map(part).collect::<Vec<_>>() })
        }
    }
}

fn called(call: &Call) -> Value {
    // It takes objects only; what another provider's model wrote may be none.
    let arguments = serde_json::from_str(&call.arguments).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
    let mut part = json!({ "functionCall": { "name": call.name, "args": arguments } });
    if let Some(signature) = &call.signature {
        part["thoughtSignature"] = json!(signature);
    }
    part
}

/// Reads the stream of an answer.
#[derive(Debug, Default)]
pub struct GeminiReader {
    turn: Turn,
    is_over: bool,
}

impl Reader for GeminiReader {
    fn take(&mut self, data: &str, heard: &mut dyn FnMut(&str)) -> Result<(), String> {
        let event = event(data)?;
        if let Some(tokens) = event.pointer("/usageMetadata/totalTokenCount").and_then(Value::as_u64) {
            self.turn.tokens = Some(tokens);
        }
        if let Some(reason) = event.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
            return Err(format!("the question was refused: {}", reason.chars().take(40).collect::<String>()));
        }
        let Some(candidate) = event.pointer("/candidates/0") else { return Ok(()) };
        self.is_over |= candidate.get("finishReason").is_some_and(|reason| !reason.is_null());
        for part in candidate.pointer("/content/parts").and_then(Value::as_array).into_iter().flatten() {
            self.take_part(part, heard)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Turn, String> {
        if self.is_over { Ok(self.turn) } else { Err("the answer broke off".to_owned()) }
    }
}

impl GeminiReader {
    fn take_part(&mut self, part: &Value, heard: &mut dyn FnMut(&str)) -> Result<(), String> {
        // What it thinks aloud is no answer.
        let is_thought = part.get("thought").and_then(Value::as_bool).unwrap_or(false);
        if let Some(text) = part.get("text").and_then(Value::as_str)
            && !is_thought
            && self.turn.text.len() < LONGEST_TURN
        {
            self.turn.text.push_str(text);
            heard(text);
        }
        let Some(call) = part.get("functionCall") else { return Ok(()) };
        if self.turn.calls.len() >= MOST_CALLS {
            return Err("too many calls at once".to_owned());
        }
        let signature = part.get("thoughtSignature").and_then(Value::as_str).map(ToOwned::to_owned);
        let name = call.get("name").and_then(Value::as_str).unwrap_or("").to_owned();
        let arguments = call.get("args").map_or_else(|| "{}".to_owned(), Value::to_string);
        let id = format!("call-{}", self.turn.calls.len());
        self.turn.calls.push(Call { id, name, arguments, signature });
        Ok(())
    }
}
