//! A stand-in for a language model, so that the playground's assistant needs nobody's key: it understands a few questions, looks them
//! up through the tools that it is offered, as any model does, and says what the table has. It speaks OpenAI's format.

use std::net::SocketAddr;

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};

/// Rows that it reads out.
const TOLD: usize = 5;

/// Begins to answer on any free port; returns its base address.
pub(crate) async fn start() -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let address = listener.local_addr()?;
    let routes = Router::new().route("/v1/chat/completions", post(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(format!("http://{address}/v1"))
}

async fn answer(Json(asked): Json<Value>) -> Json<Value> {
    let messages = asked["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let content = |message: &Value| message["content"].as_str().unwrap_or_default().to_owned();
    let said = match messages.last() {
        Some(last) if last["role"] == "tool" => json!({ "role": "assistant", "content": read_out(&content(last)) }),
        Some(last) => match tool_for(&content(last).to_lowercase()) {
            Some((name, arguments)) => {
                let function = json!({ "name": name, "arguments": arguments.to_string() });
                json!({ "role": "assistant", "content": null, "tool_calls": [{ "id": "call_1", "type": "function", "function": function }] })
            }
            None => json!({ "role": "assistant", "content": HELP }),
        },
        None => json!({ "role": "assistant", "content": HELP }),
    };
    Json(json!({ "choices": [{ "index": 0, "message": said, "finish_reason": "stop" }], "usage": { "total_tokens": 150 } }))
}

const HELP: &str = "I am only a stand-in for a model. Ask me **who wrote less than usual this month?**, **who was silent this \
                    week?**, **which groups are busiest?** or **who studied longest?**";

/// What to look up for such words.
fn tool_for(question: &str) -> Option<(&'static str, Value)> {
    let has = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let period = if has(&["month", "oy", "месяц"]) { "this_month" } else { "7" };
    if has(&["less", "more", "usual", "kam", "меньше", "больше"]) {
        Some(("compare", json!({ "period": period, "by": "teacher" })))
    } else if has(&["silent", "nothing", "nobody", "jim", "молч"]) {
        Some(("silent_teachers", json!({ "period": period })))
    } else if has(&["stud", "call", "oʻqi", "учи"]) {
        Some(("study_board", json!({ "span": "week" })))
    } else if has(&["group", "guruh", "групп"]) {
        Some(("activity", json!({ "period": period, "by": "group" })))
    } else if has(&["who", "most", "how many", "kim", "кто", "сколько"]) {
        Some(("activity", json!({ "period": period, "by": "teacher" })))
    } else {
        None
    }
}

/// The first rows of a table, as a model might put them.
fn read_out(result: &str) -> String {
    let table: Value = serde_json::from_str(result).unwrap_or_default();
    if let Some(why) = table["error"].as_str() {
        return format!("I could not look that up: {why}.");
    }
    let rows = table["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let line = |row: &Value| {
        let cells = row.as_array().map_or(&[][..], Vec::as_slice);
        let name = cells.first().and_then(Value::as_str).unwrap_or("?");
        let number = cells.iter().skip(1).find_map(Value::as_u64).map(|n| format!(": **{n}**")).unwrap_or_default();
        format!("- {name}{number}")
    };
    match rows.len() {
        0 => "Nobody: the table is empty.".to_owned(),
        _ => format!("Here is what the report says:\n\n{}", rows.iter().take(TOLD).map(line).collect::<Vec<_>>().join("\n")),
    }
}
