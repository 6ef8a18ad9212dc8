//! What admins are told unasked, once and not in a loop: the bot was away too long, the disk is nearly full, a group
//! shows no messages, nothing is counted. Pure.

pub mod silence;

use chrono::{DateTime, Utc};

use crate::{
    admin::Desk,
    domain::change::{Change, Outcome, Warning},
    membership::tell_admins,
    text::membership as words,
};

/// From which point on admins are told.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Hours without the bot.
    pub away_hours: i64,
    /// Megabytes left.
    pub disk_mb: u64,
    /// Hours without a plain message in a group.
    pub silent_hours: i64,
}

/// When receiving works: was it away long enough for Telegram to drop updates? `last_alive` is when it worked before.
pub fn back(desk: &Desk<'_>, limits: &Limits, last_alive: Option<DateTime<Utc>>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let away = last_alive.map_or(0, |at| (desk.now - at).num_hours());
    if away >= limits.away_hours {
        outcome.set(Change::Warned(Warning::WasAway, Some(desk.now)));
        tell_admins(desk, &mut outcome, |lang| (words::was_away(away, lang), Vec::new()));
    }
    outcome
}

/// From time to time: the disk, and groups in which privacy mode may hide messages.
pub fn now_and_then(desk: &Desk<'_>, limits: &Limits, free_mb: u64, sees_all: bool) -> Outcome {
    let mut outcome = disk(desk, limits, free_mb);
    if !sees_all {
        silent_groups(desk, limits, &mut outcome);
    }
    outcome
}

fn disk(desk: &Desk<'_>, limits: &Limits, free_mb: u64) -> Outcome {
    let mut outcome = Outcome::nothing();
    let was_warned = desk.state.warned.contains_key(&Warning::DiskLow);
    if free_mb < limits.disk_mb && !was_warned {
        outcome.set(Change::Warned(Warning::DiskLow, Some(desk.now)));
        tell_admins(desk, &mut outcome, |lang| (words::disk_low(free_mb, lang), Vec::new()));
    } else if was_warned && free_mb > limits.disk_mb.saturating_mul(2) {
        // Well over the limit: the next shortage is a new one.
        outcome.set(Change::Warned(Warning::DiskLow, None));
    }
    outcome
}

fn silent_groups(desk: &Desk<'_>, limits: &Limits, outcome: &mut Outcome) {
    for group in desk.state.groups.values().filter(|group| group.counts()) {
        let Some(standing) = desk.state.standings.get(&group.chat_id) else { continue };
        let is_counted = desk.state.teachers_in(group.chat_id).any(|teacher| teacher.active);
        if standing.administrator || standing.warned_silent.is_some() || !is_counted {
            continue;
        }
        // Since the last plain message, or since the bot came where there was none.
        let Some(since) = standing.last_plain.or(standing.since) else { continue };
        let hours = (desk.now - since).num_hours();
        if hours >= limits.silent_hours {
            let warned = crate::domain::registry::Standing { warned_silent: Some(desk.now), ..standing.clone() };
            outcome.set(Change::Standing(group.chat_id, Some(warned)));
            tell_admins(desk, outcome, |lang| (words::group_is_silent(&group.title, hours, lang), Vec::new()));
        }
    }
}
