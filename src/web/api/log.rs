//! How the program does, and who changed what.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use super::{
    answers::{Entry, Status},
    call::{Answer, Call, json},
    problem::Problem,
};
use crate::{
    domain::audit::{self, AuditId},
    telegram,
};

/// `GET /api/v1/status`
pub(super) async fn status(call: Call) -> Answer {
    let site = &call.api.site;
    let watched = &site.watched;
    let judged = telegram::judge(&watched.bots, &watched.context);
    let (active_teachers, counting_groups, waiting_work) = call.read(|state| {
        let teachers = state.teachers.values().filter(|teacher| teacher.active).count();
        (teachers, state.groups.values().filter(|group| group.counts()).count(), state.work.len())
    });
    let status = Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        now: call.now(),
        time_zone: site.zone.name().to_owned(),
        up_seconds: watched.began.elapsed().as_secs(),
        healthy: judged.is_ok(),
        health: judged.map_or_else(|why| why, ToOwned::to_owned),
        as_of: site.store().last_commit(),
        active_teachers,
        counting_groups,
        waiting_work,
        bots: site.bots.all().iter().map(|bot| bot.id().0).collect(),
        session: watched.line.state().label().to_owned(),
    };
    Ok(json(StatusCode::OK, &status))
}

/// `GET /api/v1/audit`
pub(super) async fn audit(call: Call) -> Answer {
    let limit = call.limit()?;
    let expected = "the number of an entry";
    let before = match call.parsed::<i64>("after", expected)?.map(AuditId::try_from) {
        None => AuditId::MAX,
        Some(Ok(before)) => before,
        Some(Err(_)) => return Err(Problem::unreadable(format!("`after` isn't {expected}."))),
    };
    let action = call.asked("action").map(ToOwned::to_owned);
    let site = call.api.site.clone();
    let found = call.beside(move || {
        let wanted = |entry: &audit::Entry| action.as_deref().is_none_or(|action| value(&entry.did)["action"] == action);
        Ok(site.store().audit(before, limit + 1, wanted)?)
    });
    let found = found.await?;
    let shown =
        found.iter().map(|(number, entry)| Entry { number: *number, at: entry.at, by: value(&entry.by), did: value(&entry.did) });
    call.page(limit, shown.collect(), |entry| entry.number.to_string())
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).expect("an entry is JSON")
}
