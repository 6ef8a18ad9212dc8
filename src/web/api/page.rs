//! The document as a page for people. It loads nothing from anywhere.

use std::fmt::Write;

use axum::{
    body::Body,
    http::{HeaderValue, Response, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    call::{Answer, Call, ok},
    document::document as made,
    route::Route,
    table::ROUTES,
};

const STYLE: &str = include_str!("page.css");

/// `GET /api/openapi.json`
pub(super) async fn document(_: Call) -> Answer {
    ok(&made())
}

/// `GET /api/`
pub(super) async fn page(_: Call) -> Answer {
    let mut response = Response::new(Body::from(render(&made())));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'; base-uri 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::try_from(policy).expect("ASCII"));
    Ok(response)
}

fn render(document: &Value) -> String {
    let mut html = String::from("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
    let _ = write!(
        html,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Rollcall REST</title><style>{STYLE}</style>\
         </head><body><main><h1>Rollcall REST</h1><p>{}</p>\
         <p>Send a key with each request: <code>Authorization: Bearer rc_…</code>. Programs read \
         <a href=\"/api/openapi.json\">openapi.json</a>.</p><nav aria-label=\"Chapters\">",
        marked(text(&document["info"]["description"])),
    );
    for chapter in chapters() {
        let _ = write!(html, "<a href=\"#{}\">{chapter}</a>", anchor(chapter));
    }
    html.push_str("<a href=\"#types\">Types</a></nav>");
    for chapter in chapters() {
        let _ = write!(html, "<section id=\"{}\"><h2>{chapter}</h2>", anchor(chapter));
        for route in ROUTES.iter().filter(|route| route.chapter == chapter) {
            let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
            of_operation(&mut html, route, operation);
        }
        html.push_str("</section>");
    }
    html.push_str("<section id=\"types\"><h2>Types</h2>");
    for (name, schema) in document["components"]["schemas"].as_object().into_iter().flatten() {
        of_schema(&mut html, name, schema);
    }
    html.push_str("</section></main></body></html>");
    html
}

/// In the order of the table, each once.
fn chapters() -> Vec<&'static str> {
    let mut chapters: Vec<&str> = Vec::new();
    for route in ROUTES {
        if !chapters.contains(&route.chapter) {
            chapters.push(route.chapter);
        }
    }
    chapters
}

fn of_operation(html: &mut String, route: &Route, operation: &Value) {
    let _ = write!(
        html,
        "<details><summary><b>{}</b><code>{}</code><span>{}</span></summary><div>",
        route.method,
        escape(route.path),
        escape(route.summary)
    );
    if let Some(about) = operation["description"].as_str() {
        let _ = write!(html, "<p>{}</p>", marked(about));
    }
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    if !parameters.is_empty() {
        html.push_str("<table><caption>Parameters</caption><tbody>");
        for parameter in parameters {
            let (name, about) = (text(&parameter["name"]), text(&parameter["description"]));
            let _ = write!(
                html,
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>",
                escape(name),
                kind(&parameter["schema"]),
                marked(about)
            );
        }
        html.push_str("</tbody></table>");
    }
    if let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") {
        let _ = write!(html, "<p>Body: {}</p>", kind(schema));
    }
    html.push_str("<table><caption>Answers</caption><tbody>");
    for (status, answer) in operation["responses"].as_object().into_iter().flatten() {
        let types = answer["content"].as_object().into_iter().flatten();
        let types = types.map(|(mime, content)| format!("<code>{}</code> {}", escape(mime), kind(&content["schema"])));
        let _ = write!(
            html,
            "<tr><th scope=\"row\">{status}</th><td>{}</td><td>{}</td></tr>",
            marked(text(&answer["description"])),
            types.collect::<Vec<_>>().join("<br>")
        );
    }
    html.push_str("</tbody></table></div></details>");
}

fn of_schema(html: &mut String, name: &str, schema: &Value) {
    let _ = write!(
        html,
        "<details id=\"type-{name}\"><summary><code>{name}</code><span>{}</span></summary><div><table><tbody>",
        escape(text(&schema["description"]))
    );
    let required = schema["required"].as_array().map_or(&[][..], Vec::as_slice);
    for (field, value) in schema["properties"].as_object().into_iter().flatten() {
        let optional = if required.contains(&Value::from(field.as_str())) { "" } else { " (may be left out)" };
        let _ = write!(
            html,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}{optional}</td><td>{}</td></tr>",
            escape(field),
            kind(value),
            marked(text(&value["description"]))
        );
    }
    for value in schema["enum"].as_array().into_iter().flatten() {
        let _ = write!(html, "<tr><td><code>{}</code></td></tr>", escape(text(value)));
    }
    html.push_str("</tbody></table></div></details>");
}

/// What a value of a schema is, in a few words.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return format!("<a href=\"#type-{name}\">{name}</a>");
    }
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().map(|value| format!("<code>{}</code>", escape(text(value)))).collect::<Vec<_>>().join(" ");
    }
    if let Some(items) = schema.get("items") {
        return format!("list of {}", kind(items));
    }
    if let Some(items) = schema.pointer("/properties/items/items") {
        return format!("page of {}", kind(items));
    }
    let choices = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[*word].as_array());
    if let Some(choices) = choices {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let word = match &schema["type"] {
        Value::Array(types) => types.iter().map(text).collect::<Vec<_>>().join(" or "),
        other => text(other).to_owned(),
    };
    match schema["format"].as_str().filter(|format| *format != "int64" && *format != "int32") {
        Some(format) => escape(format),
        None => escape(&word),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn anchor(chapter: &str) -> String {
    chapter.to_lowercase().replace(' ', "-")
}

/// Escaped, with `code` in back-quotes.
fn marked(text: &str) -> String {
    let pieces = escape(text);
    let pieces = pieces.split('`').enumerate();
    pieces.map(|(index, piece)| if index % 2 == 1 { format!("<code>{piece}</code>") } else { piece.to_owned() }).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
