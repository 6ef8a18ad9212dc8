//! A language model that says what a test wants, in both wire formats.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(20);

/// A provider.
pub(super) struct Fake {
    listener: TcpListener,
}

/// What it was asked, and the way back.
pub(super) struct Asked {
    pub(super) head: String,
    pub(super) body: Value,
    stream: TcpStream,
}

impl Fake {
    pub(super) async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.expect("a port") }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/v1", self.listener.local_addr().expect("an address"))
    }

    /// The next request.
    pub(super) async fn asked(&self) -> Asked {
        timeout(PATIENCE, self.next()).await.expect("it is asked in time")
    }

    async fn next(&self) -> Asked {
        let (mut stream, _) = self.listener.accept().await.expect("accepts");
        let mut read = Vec::new();
        loop {
            let mut part = [0; 16 * 1024];
            let n = stream.read(&mut part).await.expect("reads");
            read.extend_from_slice(&part[..n]);
            let text = String::from_utf8_lossy(&read).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let head = head.to_lowercase();
            let length = head.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next()?.parse::<usize>().ok());
            if head.starts_with("get ") {
                return Asked { body: Value::Null, head, stream };
            }
            if length.is_some_and(|length| body.len() >= length) {
                return Asked { body: serde_json::from_str(body).expect("JSON"), head, stream };
            }
        }
    }
}

impl Asked {
    pub(super) fn is_openai(&self) -> bool {
        self.head.contains("/chat/completions")
    }

    /// What the model is told about itself.
    pub(super) fn system(&self) -> String {
        let path = if self.is_openai() { "/messages/0/content" } else { "/systemInstruction/parts/0/text" };
        self.body.pointer(path).and_then(Value::as_str).expect("instructions").to_owned()
    }

    /// The names of the tools on offer.
    pub(super) fn tools(&self) -> Vec<String> {
        let path = if self.is_openai() { "/tools" } else { "/tools/0/functionDeclarations" };
        let tools = self.body.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
        let name = |tool: &Value| tool.pointer("/function/name").or(tool.get("name")).and_then(Value::as_str).map(str::to_owned);
        tools.iter().filter_map(name).collect()
    }

    /// Everything that was said after the instructions, as it is on the wire.
    pub(super) fn said(&self) -> String {
        let said = if self.is_openai() { &self.body["messages"] } else { &self.body["contents"] };
        said.to_string()
    }

    /// What the last call came to.
    pub(super) fn result(&self) -> Value {
        if self.is_openai() {
            let last = self.body["messages"].as_array().and_then(|all| all.iter().rfind(|said| said["role"] == "tool"));
            let content = last.and_then(|said| said["content"].as_str()).expect("a result");
            return serde_json::from_str(content).expect("JSON");
        }
        let all = self.body["contents"].as_array().expect("contents");
        let mut parts = all.iter().flat_map(|content| content["parts"].as_array().cloned().unwrap_or_default());
        let last = parts.rfind(|part| part.get("functionResponse").is_some()).expect("a result");
        last["functionResponse"]["response"]["result"].clone()
    }

    /// Answers with words, a few at a time.
    pub(super) async fn says(self, text: &str) {
        let letters: Vec<char> = text.chars().collect();
        let pieces: Vec<String> = letters.chunks(7).map(|piece| piece.iter().collect()).collect();
        let events: Vec<Value> = if self.is_openai() {
            let delta =
                |piece: &String| json!({ "choices": [{ "index": 0, "delta": { "content": piece }, "finish_reason": null }] });
            let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
            let usage = json!({ "choices": [], "usage": { "total_tokens": 100 } });
            pieces.iter().map(delta).chain([end, usage]).collect()
        } else {
            let part =
                |piece: &String| json!({ "candidates": [{ "content": { "role": "model", "parts": [{ "text": piece }] } }] });
            let end = json!({ "candidates": [{ "finishReason": "STOP" }], "usageMetadata": { "totalTokenCount": 100 } });
            pieces.iter().map(part).chain([end]).collect()
        };
        self.streams(&events).await;
    }

    /// Answers with a call of a tool, its arguments in two pieces where the format has them as text.
    pub(super) async fn calls(self, name: &str, arguments: &Value) {
        self.calls_raw(name, &arguments.to_string()).await;
    }

    /// The same with arguments that may be no JSON.
    pub(super) async fn calls_raw(self, name: &str, arguments: &str) {
        let events = if self.is_openai() {
            let (first, second) = arguments.split_at(arguments.len() / 2);
            let call = |call: Value| json!({ "choices": [{ "index": 0, "delta": { "tool_calls": [call] } }] });
            vec![
                call(json!({ "index": 0, "id": "call_x", "type": "function", "function": { "name": name, "arguments": first } })),
                call(json!({ "index": 0, "function": { "arguments": second } })),
                json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "tool_calls" }], "usage": { "total_tokens": 100 } }),
            ]
        } else {
            let arguments: Value = serde_json::from_str(arguments).unwrap_or(Value::Null);
            let part = json!({ "functionCall": { "name": name, "args": arguments }, "thoughtSignature": "c2ln" });
            let content = json!({ "role": "model", "parts": [{ "text": "I look", "thought": true }, part] });
            let usage = json!({ "totalTokenCount": 100 });
            vec![json!({ "candidates": [{ "content": content, "finishReason": "STOP" }], "usageMetadata": usage })]
        };
        self.streams(&events).await;
    }

    async fn streams(self, events: &[Value]) {
        let mut text: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        if self.is_openai() {
            text.push_str("data: [DONE]\n\n");
        }
        self.answers("200 OK", "content-type: text/event-stream\r\n", &text).await;
    }

    /// Answers with whatever a test wants; the body in pieces that cut letters apart.
    pub(super) async fn answers(mut self, status: &str, headers: &str, body: &str) {
        let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\n\r\n");
        self.stream.write_all(head.as_bytes()).await.expect("writes");
        for piece in body.as_bytes().chunks(97) {
            // Whoever has heard enough hangs up.
            if self.stream.write_all(piece).await.is_err() || self.stream.flush().await.is_err() {
                return;
            }
        }
    }

    /// Says nothing at all until the other side gives up.
    pub(super) async fn stays_silent(mut self) {
        let mut rest = [0; 16];
        let _ = timeout(PATIENCE, self.stream.read(&mut rest)).await.expect("the other side hangs up");
    }

    /// Begins an answer, and stays silent until the other side gives up.
    pub(super) async fn begins(mut self, text: &str) {
        let event = json!({ "choices": [{ "index": 0, "delta": { "content": text } }] });
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        let said = format!("{head}data: {event}\n\n");
        self.stream.write_all(said.as_bytes()).await.expect("writes");
        self.stays_silent().await;
    }
}
