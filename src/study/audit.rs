//! Whether a board that was posted says what the stays say.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{
    DaySeconds,
    board::{Board, Scope, board},
    persons::Persons,
};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{CorrectionId, PostKey, PostState, Shown, Study},
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

/// What is kept of a board that is sent.
pub fn shown(board: &Board) -> Shown {
    board.blocks.each_ref().map(|block| block.rows.iter().map(|row| (row.who, row.seconds)).collect())
}

/// The newest board of a community that can be compared: it is in the group, and it is known what it said.
pub fn newest(study: &Study, chat: ChatId) -> Option<PostKey> {
    let posts = study.posts.get(&chat)?.iter().rev();
    posts.into_iter().find(|(_, post)| post.shown.is_some() && is_posted(&post.state)).map(|(key, _)| *key)
}

/// Whether it is in the group.
pub fn is_posted(state: &PostState) -> bool {
    matches!(state, PostState::Posted { .. })
}

/// Compares a board as it was posted with what follows from the stays now. `seconds` covers [`super::board::days_needed`], counted up to
/// the post's `until`. `None`: it isn't kept what it said.
pub fn audit(study: &Study, chat: ChatId, key: PostKey, seconds: &DaySeconds) -> Option<Vec<Difference>> {
    let post = study.posts.get(&chat)?.get(&key)?;
    let posted = post.shown.as_deref().filter(|_| is_posted(&post.state))?;
    Some(differences(study, chat, posted, post.until, &board(study, chat, key.day, seconds)?))
}

fn differences(study: &Study, chat: ChatId, posted: &Shown, until: DateTime<Utc>, now: &Board) -> Vec<Difference> {
    let persons = Persons::of(study, chat);
    let mut found = Vec::new();
    for ((before, after), span) in posted.iter().zip(shown(now)).zip(now.blocks.iter().map(|block| block.span)) {
        // Accounts may be one person's since.
        let by_person = |places: &[(Who, u64)]| -> BTreeMap<Who, u64> {
            places.iter().map(|(who, seconds)| (persons.person(*who), *seconds)).collect()
        };
        let (before, after) = (by_person(before), by_person(&after));
        for who in before.keys().chain(after.keys()).copied().collect::<BTreeSet<_>>() {
            let (posted, now) = (before.get(&who).copied(), after.get(&who).copied());
            if posted != now {
                let since = study.corrections.get(&chat).into_iter().flatten().filter(|(_, one)| {
                    let when = one.withdrawn.map_or(one.at, |(_, at)| at);
                    persons.person(one.who) == who && span.days.contains(one.day) && when > until
                });
                let corrected = since.map(|(id, _)| *id).collect();
                found.push(Difference { scope: span.scope, who, posted, now, corrected });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            ids::UserId,
            study::{Correction, Post},
        },
        study::sample::{ANN, BOB, CHAT, EVE, day, instant, seconds, study, time},
    };

    #[test]
    fn what_changed_since_is_shown_with_its_corrections() {
        let mut study = study();
        let today = "2026-01-09";
        let posted = board(&study, CHAT, day(today), &seconds(&[(today, &[(ANN, 600), (BOB, 60)])])).expect("a board");
        let until = instant("2026-01-09T16:30:00Z");
        let state = PostState::Posted { chat: CHAT, message: None, at: until };
        let shown = Some(Box::new(shown(&posted)));
        let post = Post { due: until, until, closes_day: true, random_id: 7, asked_by: None, owes_snapshot: false, shown, state };
        let key = PostKey { day: day(today), time: time("21:30:00"), asked: 0 };
        study.posts.entry(CHAT).or_default().insert(key, post);
        assert_eq!(newest(&study, CHAT), Some(key));
        let same = audit(&study, CHAT, key, &seconds(&[(today, &[(ANN, 600), (BOB, 60)])]));
        assert_eq!(same, Some(vec![]));

        let (by, at, reason) = (UserId(9), instant("2026-01-10T00:00:00Z"), "was there".to_owned());
        let correction = Correction { day: day(today), who: ANN, seconds: 300, reason, by, at, withdrawn: None };
        study.corrections.entry(CHAT).or_default().insert(7, correction);
        let found = audit(&study, CHAT, key, &seconds(&[(today, &[(ANN, 900), (EVE, 5)])])).expect("it is known");
        let of_day = found.iter().filter(|one| one.scope == Scope::Day);
        let of_day: Vec<_> = of_day.map(|one| (one.who, one.posted, one.now, one.corrected.clone())).collect();
        let expected = [(ANN, Some(600), Some(900), vec![7]), (BOB, Some(60), None, vec![]), (EVE, None, Some(5), vec![])];
        assert_eq!(of_day, expected);

        // Somebody who was forgotten, or a board of an earlier release.
        study.posts.get_mut(&CHAT).and_then(|posts| posts.get_mut(&key)).expect("there").shown = None;
        assert_eq!((audit(&study, CHAT, key, &DaySeconds::new()), newest(&study, CHAT)), (None, None));
    }
}
