//! The bots, under the paths of the platform before this one.

use std::sync::Arc;

use axum::http::{StatusCode, header};
use chrono::DateTime;

use super::{
    answers::{BotStatus, Webhook, WebhookSet},
    call::{Answer, Call, nothing, ok},
    problem::Problem,
};
use crate::{
    domain::ids::BotId,
    telegram::{CallError, Reaction},
    web::bots::{Bot, NotChanged},
};

/// The bot that the path names.
pub(super) fn bot(call: &Call) -> Result<Arc<dyn Bot>, Problem> {
    let id = call.id("bot_id")?;
    let unknown = || {
        let known: Vec<_> = call.api.site.bots.all().iter().map(|bot| bot.id().to_string()).collect();
        let known = if known.is_empty() { "none is connected yet".to_owned() } else { format!("there is {}", known.join(", ")) };
        Problem::not_found(format!("There is no bot {id}; {known}."))
    };
    call.api.site.bots.find(BotId(id)).ok_or_else(unknown)
}

fn mode(bot: &dyn Bot) -> String {
    if bot.uses_webhook() { "webhook" } else { "polling" }.to_owned()
}

/// `GET /telegram/bot/{bot_id}/status/`
pub(super) async fn status(call: Call) -> Answer {
    let bot = bot(&call)?;
    let health = bot.health();
    ok(&BotStatus {
        bot_id: bot.id().0,
        healthy: health.is_ok(),
        health: health.map_or_else(|why| why, ToOwned::to_owned),
        mode: mode(bot.as_ref()),
    })
}

/// `GET /telegram/webhook/{bot_id}/info/`
pub(super) async fn info(call: Call) -> Answer {
    let bot = bot(&call)?;
    let info = bot.webhook_info().await.map_err(|error| unreachable_telegram(&error))?;
    ok(&Webhook {
        bot_id: bot.id().0,
        mode: mode(bot.as_ref()),
        url: Some(info.url).filter(|url| !url.is_empty()),
        pending_updates: info.pending_update_count,
        last_error_at: info.last_error_date.and_then(|at| DateTime::from_timestamp(at, 0)),
        last_error: info.last_error_message,
    })
}

/// `POST /telegram/webhook/{bot_id}/set/`
pub(super) async fn set(call: Call) -> Answer {
    ok(&WebhookSet { url: bot(&call)?.set_webhook().await.map_err(not_changed)? })
}

/// `POST /telegram/webhook/{bot_id}/delete/`
pub(super) async fn delete(call: Call) -> Answer {
    bot(&call)?.delete_webhook().await.map_err(not_changed)?;
    nothing()
}

fn not_changed(why: NotChanged) -> Problem {
    match why {
        NotChanged::OfNoUse(instead) => Problem::new(StatusCode::CONFLICT, instead),
        NotChanged::Call(error) => unreachable_telegram(&error),
        NotChanged::Set(crate::telegram::webhook::SetFault::Call(error)) => unreachable_telegram(&error),
        NotChanged::Set(crate::telegram::webhook::SetFault::Keep(fault)) => {
            tracing::error!(%fault, "the webhook can't be set");
            Problem::ours()
        }
    }
}

/// Telegram's own words help whoever set the address; they hold no secret.
fn unreachable_telegram(error: &CallError) -> Problem {
    let problem = Problem::new(StatusCode::BAD_GATEWAY, format!("Telegram didn't do it: {error}. Try again later."));
    match error.reaction() {
        Reaction::Wait(pause) => problem.with(header::RETRY_AFTER, pause.as_secs().max(1)),
        _ => problem,
    }
}
