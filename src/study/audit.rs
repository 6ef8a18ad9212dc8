//! Whether a board that was posted says what the stays say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    board::{Board, Scope},
    persons::Persons,
};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{CorrectionId, Study},
};

/// A time that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In which of the board's lists.
    pub scope: Scope,
    /// Whose.
    pub who: Who,
    /// Seconds as they were posted; `None`: had no place.
    pub posted: Option<u64>,
    /// Seconds as they follow from the stays now; `None`: has no place.
    pub now: Option<u64>,
    /// Corrections of those days that were made or withdrawn since: they may be why.
    pub corrected: Vec<CorrectionId>,
}

/// Compares a board as it was posted with the one that follows from the stays now, made with the same `until`.
pub fn differences(study: &Study, chat: ChatId, posted: &Board, posted_at: DateTime<Utc>, now: &Board) -> Vec<Difference> {
    let persons = Persons::of(study, chat);
    let mut found = Vec::new();
    for (before, after) in posted.blocks.iter().zip(&now.blocks) {
        let seconds = |block: &super::board::Block| -> BTreeMap<Who, u64> {
            block.rows.iter().map(|row| (persons.person(row.who), row.seconds)).collect()
        };
        let (before_seconds, after_seconds) = (seconds(before), seconds(after));
        for who in before_seconds.keys().chain(after_seconds.keys()).copied().collect::<BTreeSet<_>>() {
            let (posted, now) = (before_seconds.get(&who).copied(), after_seconds.get(&who).copied());
            if posted != now {
                let since = study.corrections.get(&chat).into_iter().flatten().filter(|(_, one)| {
                    let when = one.withdrawn.map_or(one.at, |(_, at)| at);
                    persons.person(one.who) == who && after.span.days.contains(one.day) && when > posted_at
                });
                let corrected = since.map(|(id, _)| *id).collect();
                found.push(Difference { scope: after.span.scope, who, posted, now, corrected });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::UserId, study::Correction},
        study::{
            board::board,
            sample::{ANN, BOB, CHAT, EVE, day, instant, seconds, study},
        },
    };

    #[test]
    fn what_changed_since_is_shown_with_its_corrections() {
        let mut study = study();
        let today = "2026-01-09";
        let posted = board(&study, CHAT, day(today), &seconds(&[(today, &[(ANN, 600), (BOB, 60)])])).expect("a board");
        let (seconds_then, by, at) = (300, UserId(9), instant("2026-01-10T00:00:00Z"));
        let reason = "was there".to_owned();
        let correction = Correction { day: day(today), who: ANN, seconds: seconds_then, reason, by, at, withdrawn: None };
        study.corrections.entry(CHAT).or_default().insert(7, correction);
        let now = board(&study, CHAT, day(today), &seconds(&[(today, &[(ANN, 900), (EVE, 5)])])).expect("a board");
        let found = differences(&study, CHAT, &posted, instant("2026-01-09T16:30:00Z"), &now);
        let of_day = found.iter().filter(|one| one.scope == Scope::Day);
        let of_day: Vec<_> = of_day.map(|one| (one.who, one.posted, one.now, one.corrected.clone())).collect();
        let expected = [(ANN, Some(600), Some(900), vec![7]), (BOB, Some(60), None, vec![]), (EVE, None, Some(5), vec![])];
        assert_eq!(of_day, expected);
        assert_eq!(differences(&study, CHAT, &now, instant("2026-01-11T00:00:00Z"), &now), []);
    }
}
