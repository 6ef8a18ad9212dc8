//! The OpenAPI document, made from the table of routes and the types that answer.

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use super::{
    answers, chat_answers, command_answers, figures, job_answers,
    route::{Good, Route, Sort, part},
    table::ROUTES,
};
use crate::domain::access::Scope;

/// The schemas of the types.
#[derive(OpenApi)]
#[openapi(components(schemas(
    answers::Teacher,
    answers::NewTeacher,
    answers::TeacherChange,
    answers::AccountPlace,
    answers::Group,
    answers::NewGroup,
    answers::GroupChange,
    answers::Assignment,
    answers::Sums,
    answers::Community,
    answers::Board,
    answers::Session,
    answers::Entry,
    answers::Status,
    answers::BotStatus,
    answers::Webhook,
    answers::WebhookSet,
    chat_answers::ChatStats,
    chat_answers::ChatChange,
    chat_answers::ChatAdministrator,
    chat_answers::ChatBot,
    chat_answers::ChatError,
    chat_answers::ChatDay,
    chat_answers::OneChat,
    chat_answers::ChatSums,
    chat_answers::TypeSums,
    chat_answers::BotSums,
    chat_answers::AllChats,
    chat_answers::SocialStats,
    command_answers::CommandAnswer,
    command_answers::NewCommand,
    command_answers::CommandEdit,
    job_answers::JobAnswer,
    job_answers::DeliveryAnswer,
    job_answers::NewJob,
    job_answers::NewBackup,
    job_answers::NewBackfill,
    job_answers::NewCollection,
    job_answers::JobTimes,
    job_answers::Again,
    job_answers::NewMessage,
    answers::Problem,
)))]
struct Schemas;

const ABOUT: &str = "Who turns up and who takes part, for other programs. Times are ISO 8601 in UTC, days are local to \
the zone that answers name. Keys are made on the server: `rollcall token create --name timetable --scope read`.";

/// The document.
pub(super) fn document() -> Value {
    let mut document = serde_json::to_value(Schemas::openapi()).expect("the document is JSON");
    document["info"] = json!({
        "title": "Rollcall",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": { "name": "MIT", "identifier": "MIT" },
    });
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "A key: `rc_` and 43 letters, digits, `-` and `_`." },
    });
    document["components"]["schemas"]["Report"] = report_schema();
    let mut paths = Map::new();
    for route in ROUTES {
        let place = paths.entry(route.path).or_insert_with(|| json!({}));
        place[route.method.as_str().to_lowercase()] = operation(route);
    }
    document["paths"] = Value::Object(paths);
    document
}

fn operation(route: &Route) -> Value {
    let mut operation = json!({
        "tags": [route.chapter],
        "summary": route.summary,
        "operationId": operation_id(route),
        "parameters": parameters(route),
        "responses": responses(route),
        "security": [],
    });
    if let Some(scope) = route.scope {
        operation["security"] = json!([{ "key": [] }]);
        operation["description"] = json!(format!("Needs a key of the scope `{}`{}.", scope.name(), or_stronger(scope)));
    }
    if let Some(schema) = route.body {
        operation["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": reference(schema) } } });
    }
    operation
}

fn or_stronger(scope: Scope) -> &'static str {
    match scope {
        Scope::Read => ", `send` or `admin`",
        Scope::Send => " or `admin`",
        Scope::Admin => "",
    }
}

fn operation_id(route: &Route) -> String {
    let words = route.path.split(['/', '{', '}', '.', '-']).filter(|word| !word.is_empty() && !["api", "v1"].contains(word));
    let words = std::iter::once(route.method.as_str().to_lowercase()).chain(words.map(ToOwned::to_owned));
    words.collect::<Vec<_>>().join("_")
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn parameters(route: &Route) -> Vec<Value> {
    let parts = route.parts().map(|name| {
        let (sort, about, example) = part(name);
        let schema = sort_schema(sort);
        json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema, "example": typed(sort, example) })
    });
    let queries = route.query.iter().map(|query| {
        let mut parameter =
            json!({ "name": query.name, "in": "query", "description": query.about, "schema": sort_schema(query.sort) });
        if !query.example.is_empty() {
            parameter["example"] = typed(query.sort, query.example);
        }
        parameter
    });
    parts.chain(queries).collect()
}

fn typed(sort: Sort, example: &str) -> Value {
    match sort {
        Sort::Number(..) | Sort::GroupId => example.parse::<i64>().map_or(Value::Null, Value::from),
        Sort::Flag => Value::from(example == "true"),
        Sort::Text | Sort::Date | Sort::OneOf(_) | Sort::TeacherId => Value::from(example),
    }
}

fn sort_schema(sort: Sort) -> Value {
    match sort {
        Sort::Text => json!({ "type": "string" }),
        Sort::Date => json!({ "type": "string", "format": "date" }),
        Sort::Number(least, most) => json!({ "type": "integer", "format": "int64", "minimum": least, "maximum": most }),
        Sort::OneOf(values) => json!({ "type": "string", "enum": values }),
        Sort::Flag => json!({ "type": "boolean" }),
        Sort::TeacherId => json!({ "type": "string", "pattern": "^[A-Za-z0-9]{3,16}$" }),
        Sort::GroupId => json!({ "type": "integer", "format": "int64", "maximum": -1, "minimum": i64::MIN }),
    }
}

fn responses(route: &Route) -> Value {
    let mut responses = Map::new();
    let (status, good) = good(route.answer);
    responses.insert(status.as_str().to_owned(), good);
    if matches!(route.answer, Good::Report) {
        responses.insert("304".to_owned(), json!({ "description": "Nothing was committed since the tag in If-None-Match." }));
    }
    let problem = json!({ "application/problem+json": { "schema": reference("Problem") } });
    for (status, about) in refusals(route) {
        let mut refusal = json!({ "description": about, "content": problem });
        if status == StatusCode::TOO_MANY_REQUESTS {
            refusal["headers"] = json!({ "Retry-After": { "description": "In seconds.", "schema": { "type": "integer" } } });
        }
        responses.insert(status.as_str().to_owned(), refusal);
    }
    Value::Object(responses)
}

fn good(answer: Good) -> (StatusCode, Value) {
    let json_of = |schema: Value| json!({ "application/json": { "schema": schema } });
    match answer {
        Good::Json(status, schema) => (status, json!({ "description": "Done.", "content": json_of(reference(schema)) })),
        Good::Page(schema) => {
            let page = json!({
                "type": "object",
                "required": ["items", "next"],
                "properties": {
                    "items": { "type": "array", "items": reference(schema) },
                    "next": { "type": ["string", "null"], "description": "For `after`; null on the last page." },
                },
            });
            let link =
                json!({ "Link": { "description": "Where the next page is (`rel=\"next\"`).", "schema": { "type": "string" } } });
            (StatusCode::OK, json!({ "description": "A page.", "headers": link, "content": json_of(page) }))
        }
        Good::Report => {
            let mut content = Map::new();
            for mime in figures::media_types() {
                let schema = if mime == "application/json" { reference("Report") } else { json!({ "type": "string" }) };
                content.insert(mime.to_owned(), json!({ "schema": schema }));
            }
            let tag = json!({ "ETag": { "description": "For If-None-Match.", "schema": { "type": "string" } } });
            (StatusCode::OK, json!({ "description": "The report.", "headers": tag, "content": content }))
        }
        Good::Nothing => (StatusCode::NO_CONTENT, json!({ "description": "Done." })),
        Good::Html => (
            StatusCode::OK,
            json!({ "description": "The page.", "content": { "text/html": { "schema": { "type": "string" } } } }),
        ),
        Good::Document => {
            (StatusCode::OK, json!({ "description": "The document.", "content": json_of(json!({ "type": "object" })) }))
        }
    }
}

/// Every way in which a route may refuse.
fn refusals(route: &Route) -> Vec<(StatusCode, &'static str)> {
    let mut refusals = vec![(StatusCode::BAD_REQUEST, "The query or the body can't be read.")];
    if route.scope.is_some() {
        refusals.extend([
            (StatusCode::UNAUTHORIZED, "The key is missing, unknown, expired or taken back."),
            (StatusCode::FORBIDDEN, "The key's scope is too weak."),
            (StatusCode::TOO_MANY_REQUESTS, "Too many requests."),
            (StatusCode::SERVICE_UNAVAILABLE, "It takes too long now, or the disk is in trouble."),
            (StatusCode::INTERNAL_SERVER_ERROR, "A fault of the program's."),
        ]);
    }
    if route.parts().next().is_some() || route.query.iter().any(|query| query.name == "community") {
        refusals.push((StatusCode::NOT_FOUND, "There is no such thing."));
    }
    if !matches!(route.answer, Good::Nothing) {
        refusals.push((StatusCode::NOT_ACCEPTABLE, "The answer's type isn't among those in Accept."));
    }
    if route.body.is_some() {
        refusals.extend([
            (StatusCode::REQUEST_TIMEOUT, "The body didn't arrive."),
            (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body isn't JSON."),
        ]);
    }
    if route.body.is_some() || route.method == Method::PUT || route.method == Method::DELETE {
        refusals.push((StatusCode::UNPROCESSABLE_ENTITY, "It can't be so."));
    }
    let more = route.refusals.iter().map(|status| match *status {
        StatusCode::CONFLICT => (*status, "Something else stands against it."),
        StatusCode::BAD_GATEWAY => (*status, "Telegram didn't do it."),
        other => (other, "It isn't done."),
    });
    refusals.extend(more);
    refusals
}

/// As `rollcall report --format json` writes it.
fn report_schema() -> Value {
    let whole = json!({ "type": "integer", "minimum": 0 });
    let text = json!({ "type": "string" });
    let mut numbers = Map::new();
    for name in ["text", "photo", "video", "audio", "voice", "document", "total", "posts"] {
        numbers.insert(name.to_owned(), whole.clone());
    }
    numbers.insert("other".to_owned(), json!({ "type": "object", "additionalProperties": whole }));
    let mut row = numbers;
    row.insert("teacher_id".to_owned(), text.clone());
    row.insert("full_name".to_owned(), text.clone());
    row.insert("chat_id".to_owned(), json!({ "type": "integer", "format": "int64" }));
    row.insert("group_title".to_owned(), text);
    json!({
        "type": "object",
        "description": "Who wrote how much where, and who nothing. Fields may be added; none is renamed or removed.",
        "required": ["schema", "from", "to", "time_zone", "total", "posts", "unattributed", "by_day", "rows", "silent"],
        "properties": {
            "schema": { "type": "integer", "description": "Rises when a reader of the one before could be misled." },
            "from": { "type": "string", "format": "date" },
            "to": { "type": "string", "format": "date" },
            "time_zone": { "type": "string", "description": "Whose midnight separates the days." },
            "as_of": { "type": ["string", "null"], "format": "date-time", "description": "How far the numbers go." },
            "teacher_id": { "type": ["string", "null"] },
            "chat_id": { "type": ["integer", "null"], "format": "int64" },
            "total": { "type": "integer", "description": "The six kinds over everything." },
            "posts": { "type": "integer", "description": "The same with each album counted once." },
            "unattributed": { "type": "integer", "description": "Of anonymous voices that nobody is mapped to." },
            "by_day": { "type": "array", "items": { "type": "object", "required": ["date", "total"], "properties": {
                "date": { "type": "string", "format": "date" }, "total": { "type": "integer" } } } },
            "rows": { "type": "array", "items": { "type": "object", "properties": row } },
            "silent": { "type": "array", "items": { "type": "object", "required": ["teacher_id", "full_name", "groups"], "properties": {
                "teacher_id": { "type": "string" }, "full_name": { "type": "string" },
                "groups": { "type": "array", "items": { "type": "string" } } } } },
        },
    })
}
