//! Sums and reports. Old days are read from their files, beside the runtime: counting goes on meanwhile.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use sha2::{Digest, Sha256};

use super::{
    answers::{Sum, Sums},
    call::{Answer, Call, acceptable, ok},
    problem::Problem,
};
use crate::{
    domain::{kind::Kind, state::State, tally::Tally, work::ReportScope},
    report::{
        activity::{Activity, Collector},
        files::{self, Sheet},
        rows,
    },
    store::{Store, StoreFault},
};

/// What sums are made for.
pub(super) static BY: [&str; 4] = ["day", "teacher", "group", "kind"];

/// A report's formats: the name in the query, the media type, the file's name.
const FORMATS: [(&str, &str, &str); 3] = [
    ("json", "application/json", "report.json"),
    ("csv", "text/csv", "report.csv"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "report.xlsx"),
];

/// Media types of reports, for the document.
pub(super) fn media_types() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|(_, mime, _)| *mime)
}

fn scope(call: &Call) -> Result<ReportScope, Problem> {
    Ok(ReportScope { period: call.period()?, teacher: call.teacher()?, group: call.group()? })
}

fn collect(store: &Store, scope: ReportScope) -> Result<Activity, StoreFault> {
    let mut sums = Collector::new(scope);
    store.show_days(scope.period, &mut sums)?;
    Ok(sums.finish())
}

/// `GET /api/v1/activity`
pub(super) async fn activity(call: Call) -> Answer {
    let by = call.asked("by").unwrap_or("day").to_owned();
    if !BY.contains(&by.as_str()) {
        return Err(Problem::unreadable(format!("by={by:?} isn't one of {}.", BY.join(", "))));
    }
    let (scope, site) = (scope(&call)?, call.api.site.clone());
    let sums = call.beside(move || {
        let activity = collect(site.store(), scope)?;
        let state = site.store().read(State::without_days);
        Ok(Sums {
            from: scope.period.from,
            to: scope.period.to,
            time_zone: site.zone.name().to_owned(),
            total: activity.total(),
            sums: sums(&by, &activity, &state),
            by,
        })
    });
    ok(&sums.await?)
}

fn sums(by: &str, activity: &Activity, state: &State) -> Vec<Sum> {
    let sum = |key: String, name: String, tally: &Tally| Sum { key, name: Some(name), total: tally.total(), kinds: kinds(tally) };
    match by {
        "teacher" => {
            rows::by_teacher(activity, state).into_iter().map(|row| sum(row.key.to_string(), row.name, &row.tally)).collect()
        }
        "group" => {
            rows::by_group(activity, state).into_iter().map(|row| sum(row.key.to_string(), row.name, &row.tally)).collect()
        }
        "kind" => kinds(&activity.totals())
            .into_iter()
            .map(|(kind, total)| Sum { key: kind, name: None, total, kinds: BTreeMap::new() })
            .collect(),
        _ => {
            activity.days().map(|(day, total)| Sum { key: day.to_string(), name: None, total, kinds: BTreeMap::new() }).collect()
        }
    }
}

fn kinds(tally: &Tally) -> BTreeMap<String, u64> {
    let six = Kind::COUNTED.into_iter().zip(tally.counted()).filter(|(_, n)| *n > 0);
    six.chain(tally.extra()).map(|(kind, n)| (kind.key().to_owned(), n)).collect()
}

/// `GET /api/v1/reports`
pub(super) async fn report(call: Call) -> Answer {
    let scope = scope(&call)?;
    let format = format(&call)?;
    // What is committed after this look has another tag, whatever of it the report has already.
    let tag = tag(&call, scope, format);
    if is_known(&call.headers, &tag) {
        return Ok(tagged(StatusCode::NOT_MODIFIED, Body::empty(), &tag));
    }
    let (_, mime, file) = FORMATS[format];
    let (site, now) = (call.api.site.clone(), call.now());
    let bytes = call.beside(move || {
        let activity = collect(site.store(), scope)?;
        let state = site.store().read(State::without_days);
        let last_commit = site.store().last_commit();
        let sheet = Sheet { state: &state, activity: &activity, zone: site.zone, lang: site.lang, now, last_commit };
        match format {
            0 => Ok(files::json(&sheet).into_bytes()),
            1 => Ok(files::plain_csv(&sheet)),
            _ => workbook(site.store(), &sheet),
        }
    });
    let mut response = tagged(StatusCode::OK, Body::from(bytes.await?), &tag);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(mime));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    if format > 0 {
        let name = format!("attachment; filename=\"{file}\"");
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).expect("ASCII"));
    }
    Ok(response)
}

fn workbook(store: &Store, sheet: &Sheet<'_>) -> Result<Vec<u8>, Problem> {
    let mut shown = Ok(());
    let bytes = files::workbook(sheet, &mut |sink| shown = store.show_days(sheet.activity.scope.period, sink));
    shown?;
    bytes.map_err(|fault| {
        tracing::error!(%fault, "a workbook can't be made");
        Problem::ours()
    })
}

/// Which of [`FORMATS`] is asked for.
fn format(call: &Call) -> Result<usize, Problem> {
    if let Some(name) = call.asked("format") {
        let known = FORMATS.iter().position(|(known, ..)| *known == name);
        return known.ok_or_else(|| Problem::unreadable(format!("format={name:?} isn't json, csv or xlsx.")));
    }
    let offered: Vec<_> = media_types().collect();
    acceptable(&call.headers, &offered).ok_or_else(|| {
        let detail = format!("A report is {}; send one of these as Accept, or format=json, csv or xlsx.", offered.join(", "));
        Problem::new(StatusCode::NOT_ACCEPTABLE, detail)
    })
}

/// Names a report's content: the last commit, and what was asked for. Weak, because a workbook has the time in it.
fn tag(call: &Call, scope: ReportScope, format: usize) -> String {
    let site = &call.api.site;
    let asked = format!("{scope:?} {format} {} {:?} {}", site.zone, site.lang, env!("CARGO_PKG_VERSION"));
    let asked = Sha256::digest(asked.as_bytes());
    let asked: String = asked.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{}-{asked}\"", site.store().commits())
}

/// Whether the caller has it already (`If-None-Match`).
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let bare = tag.trim_start_matches("W/");
    let known = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|known| known.trim() == "*" || known.trim().trim_start_matches("W/") == bare)
}

fn tagged(status: StatusCode, body: Body, tag: &str) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(header::ETAG, HeaderValue::try_from(tag).expect("ASCII"));
    response
}
