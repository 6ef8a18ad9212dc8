//! The wire format of OpenAI's chat completions, which most local servers speak too.
//! (<https://platform.openai.com/docs/api-reference/chat>)

use serde_json::{Value, json};

use super::talk::{Call, LONGEST_TURN, MOST_CALLS, Message, Reader, Request, Turn, event};

/// The path below the base address.
pub const PATH: &str = "chat/completions";

/// Where the models are listed, below the base address.
pub const LIST: &str = "models";

/// Whether a model is in that list.
pub fn lists(list: &[u8], model: &str) -> Result<bool, String> {
    let list: Value = serde_json::from_slice(list).map_err(|why| format!("its list of models is no JSON: {why}"))?;
    let models = list["data"].as_array().ok_or("its list of models has no `data`")?;
    // Local servers add the newest version's tag themselves.
    let is_it = |id: &str| id == model || id.strip_suffix(":latest") == Some(model);
    Ok(models.iter().filter_map(|one| one["id"].as_str()).any(is_it))
}

/// The body of a request.
pub fn body(request: &Request<'_>, model: &str) -> Value {
    let mut messages = vec![json!({ "role": "system", "content": request.system })];
    for message in request.messages {
        match message {
            Message::User(text) => messages.push(json!({ "role": "user", "content": text })),
            Message::Model(turn) => messages.push(said(turn)),
            Message::Results(results) => messages.extend(
                results
                    .iter()
                    .map(|result| json!({ "role": "tool", "tool_call_id": result.id, "content": result.content.to_string() })),
            ),
        }
    }
    let mut body = json!({
        "model": model,
        "messages": messages,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    if !request.tools.is_empty() {
        let tool = |tool: &super::talk::ToolSpec| {
            let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.parameters });
            json!({ "type": "function", "function": function })
        };
        body["tools"] = request.tools.iter().map(tool).collect();
    }
    body
}

fn said(turn: &Turn) -> Value {
    let mut message = json!({ "role": "assistant", "content": turn.text });
    if !turn.calls.is_empty() {
        let call = |call: &Call| json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } });
        message["tool_calls"] = turn.calls.iter().map(call).collect();
    }
    message
}

/// Reads the stream of an answer; or an answer in one piece, which some local servers give.
#[derive(Debug, Default)]
pub struct OpenAiReader {
    turn: Turn,
    is_over: bool,
}

impl Reader for OpenAiReader {
    fn take(&mut self, data: &str, heard: &mut dyn FnMut(&str)) -> Result<(), String> {
        if data.trim() == "[DONE]" {
            self.is_over = true;
            return Ok(());
        }
        let event = event(data)?;
        if let Some(tokens) = event.pointer("/usage/total_tokens").and_then(Value::as_u64) {
            self.turn.tokens = Some(tokens);
        }
        let Some(choice) = event.pointer("/choices/0") else { return Ok(()) };
        self.is_over |= choice.get("finish_reason").is_some_and(|reason| !reason.is_null());
        let Some(said) = choice.get("delta").or_else(|| choice.get("message")) else { return Ok(()) };
        if let Some(text) = said.get("content").and_then(Value::as_str)
            && self.turn.text.len() < LONGEST_TURN
        {
            self.turn.text.push_str(text);
            heard(text);
        }
        for (position, call) in said.get("tool_calls").and_then(Value::as_array).into_iter().flatten().enumerate() {
            self.take_call(position, call)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Turn, String> {
        if self.is_over { Ok(self.turn) } else { Err("the answer broke off".to_owned()) }
    }
}

impl OpenAiReader {
    /// A call comes in pieces: its name first, its arguments bit by bit.
    fn take_call(&mut self, position: usize, piece: &Value) -> Result<(), String> {
        let index = piece.get("index").and_then(Value::as_u64).map_or(position, |index| index as usize);
        if index >= MOST_CALLS {
            return Err("too many calls at once".to_owned());
        }
        while self.turn.calls.len() <= index {
            self.turn.calls.push(Call { id: format!("call-{}", self.turn.calls.len()), ..Call::default() });
        }
        let call = &mut self.turn.calls[index];
        let text = |path: &str| piece.pointer(path).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let Some(id) = text("/id") {
            call.id = id.to_owned();
        }
        if let Some(name) = text("/function/name") {
            call.name = name.to_owned();
        }
        match piece.pointer("/function/arguments") {
            Some(Value::String(more)) if call.arguments.len() < LONGEST_TURN => call.arguments.push_str(more),
            // Some local servers give an object instead of its text.
            Some(object @ Value::Object(_)) => call.arguments = object.to_string(),
            _ => {}
        }
        Ok(())
    }
}
