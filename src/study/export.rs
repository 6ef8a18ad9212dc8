//! The queue of snapshots for a web dashboard: in order, through restarts, until the dashboard has them or refuses them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::{
    ids::ChatId,
    study::{Export, ExportId, Study, StudyChange},
};

/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
/// The longest one.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);
/// The most snapshots that wait: beyond it the oldest go. A year and more.
const MOST_WAITING: usize = 500;
/// The most refused ones that are kept for a look.
const MOST_REFUSED: usize = 50;

/// What the dashboard made of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It has it.
    Taken,
    /// It understood, and doesn't want it: the same again would be refused again. In its words.
    Refused(String),
    /// It can't now, or can't be reached; perhaps it says until when. In a word for the log.
    Later(String, Option<DateTime<Utc>>),
}

/// Puts snapshots behind the others, by local day. The same community's ones of the same days that still wait give way: the
/// dashboard would replace them anyway.
pub fn queued(study: &Study, community: ChatId, snapshots: &BTreeMap<NaiveDate, String>, now: DateTime<Utc>) -> Vec<StudyChange> {
    let is_replaced = |export: &Export| export.community == community && snapshots.contains_key(&export.day);
    let older = study.exports.iter().filter(|(_, export)| is_replaced(export));
    let mut changes: Vec<_> = older.map(|(id, _)| StudyChange::Export(*id, None)).collect();
    let waiting: Vec<_> = waiting(study).filter(|(_, export)| !is_replaced(export)).map(|(id, _)| *id).collect();
    let beyond = (waiting.len() + snapshots.len()).saturating_sub(MOST_WAITING);
    changes.extend(waiting.iter().take(beyond).map(|id| StudyChange::Export(*id, None)));
    let next = study.exports.keys().next_back().map_or(1, |last| last + 1);
    changes.extend((next..).zip(snapshots).map(|(id, (day, body))| {
        let export = Export { community, day: *day, body: body.clone(), attempts: 0, not_before: now, refused: None };
        StudyChange::Export(id, Some(Box::new(export)))
    }));
    changes
}

/// The one to send now: the oldest that waits, once its pause is over.
pub fn ready(study: &Study, now: DateTime<Utc>) -> Option<(ExportId, &Export)> {
    waiting(study).next().filter(|(_, export)| export.not_before <= now).map(|(id, export)| (*id, export))
}

/// When [`ready`] has something, as far as can be told now.
pub fn wake(study: &Study) -> Option<DateTime<Utc>> {
    waiting(study).next().map(|(_, export)| export.not_before)
}

/// What becomes of a snapshot after an answer to this very body; and whether admins are to be told. `None`: another one has
/// taken its place meanwhile.
pub fn answered(study: &Study, id: ExportId, body: &str, reply: &Reply, now: DateTime<Utc>) -> Option<Vec<StudyChange>> {
    let export = study.exports.get(&id).filter(|export| export.body == body && export.refused.is_none())?;
    Some(match reply {
        Reply::Taken => vec![StudyChange::Export(id, None), StudyChange::Exported(now)],
        Reply::Later(_, until) => {
            let pause = (FIRST_PAUSE * 2_i32.pow(export.attempts.min(12))).min(LONGEST_PAUSE);
            let not_before = until.map_or(now + pause, |until| until.clamp(now, now + LONGEST_PAUSE * 24));
            let attempts = export.attempts.saturating_add(1);
            vec![StudyChange::Export(id, Some(Box::new(Export { attempts, not_before, ..export.clone() })))]
        }
        Reply::Refused(why) => {
            let attempts = export.attempts.saturating_add(1);
            let refused = Export { attempts, refused: Some(why.clone()), ..export.clone() };
            let kept = study.exports.iter().filter(|(_, export)| export.refused.is_some()).map(|(id, _)| *id);
            let mut changes: Vec<_> = kept.rev().skip(MOST_REFUSED - 1).map(|id| StudyChange::Export(id, None)).collect();
            changes.push(StudyChange::Export(id, Some(Box::new(refused))));
            changes
        }
    })
}

/// Those that wait, in their order.
pub fn waiting(study: &Study) -> impl Iterator<Item = (&ExportId, &Export)> {
    study.exports.iter().filter(|(_, export)| export.refused.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::sample::{CHAT, applied, day, instant};

    fn now() -> DateTime<Utc> {
        instant("2026-01-09T16:30:00Z")
    }

    fn one(date: &str, body: &str) -> BTreeMap<NaiveDate, String> {
        [(day(date), body.to_owned())].into()
    }

    fn with(days: &[&str]) -> Study {
        days.iter().fold(Study::default(), |study, date| {
            let changes = queued(&study, CHAT, &one(date, &format!("body of {date}")), now());
            applied(study, changes)
        })
    }

    fn bodies(study: &Study) -> Vec<&str> {
        study.exports.values().map(|export| export.body.as_str()).collect()
    }

    fn told(study: Study, reply: &Reply, at: DateTime<Utc>) -> Study {
        let (id, export) = ready(&study, at).expect("one is ready");
        let changes = answered(&study, id, &export.body, reply, at).expect("it is there");
        applied(study, changes)
    }

    #[test]
    fn snapshots_go_in_order() {
        let study = with(&["2026-01-07", "2026-01-08"]);
        assert_eq!(ready(&study, now()).expect("one").1.day, day("2026-01-07"));
        let study = told(study, &Reply::Taken, now());
        assert_eq!(bodies(&study), ["body of 2026-01-08"]);
        let study = told(study, &Reply::Taken, now());
        assert_eq!((ready(&study, now()), wake(&study), study.exported), (None, None, Some(now())));
    }

    #[test]
    fn a_failure_holds_up_the_others_for_growing_pauses() {
        let mut study = with(&["2026-01-07", "2026-01-08"]);
        let mut at = now();
        let mut pauses = Vec::new();
        for _ in 0..11 {
            study = told(study, &Reply::Later("no connection".into(), None), at);
            assert_eq!(ready(&study, at), None, "in order");
            let next = wake(&study).expect("it is tried again");
            pauses.push((next - at).num_seconds());
            at = next;
        }
        assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600]);
        let asked = at + TimeDelta::minutes(7);
        assert_eq!(wake(&told(study, &Reply::Later("429".into(), Some(asked)), at)), Some(asked));
    }

    #[test]
    fn a_refused_one_is_kept_and_no_longer_in_the_way() {
        let study = told(with(&["2026-01-07", "2026-01-08"]), &Reply::Refused("too long".into()), now());
        assert_eq!(study.exports[&1].refused.as_deref(), Some("too long"));
        assert_eq!(ready(&study, now()).expect("the next").1.day, day("2026-01-08"));
        let again = queued(&study, CHAT, &one("2026-01-07", "mended"), now());
        assert_eq!(bodies(&applied(study, again)), ["body of 2026-01-08", "mended"]);
    }

    #[test]
    fn a_newer_snapshot_of_a_day_replaces_the_one_that_waits() {
        let study = with(&["2026-01-07", "2026-01-08"]);
        let newer = queued(&study, CHAT, &one("2026-01-07", "newer"), now());
        let after = applied(study.clone(), newer);
        assert_eq!(bodies(&after), ["body of 2026-01-08", "newer"]);
        assert_eq!(answered(&after, 1, "body of 2026-01-07", &Reply::Taken, now()), None, "an answer that comes late");
    }

    #[test]
    fn neither_queue_grows_for_ever() {
        let mut study = Study::default();
        for n in 0..MOST_WAITING + 3 {
            let date = crate::study::board::shifted(day("2026-01-01"), n as i64);
            let changes = queued(&study, CHAT, &[(date, date.to_string())].into(), now());
            study = applied(study, changes);
        }
        assert_eq!((study.exports.len(), bodies(&study)[0]), (MOST_WAITING, "2026-01-04"));
        for _ in 0..MOST_WAITING {
            study = told(study, &Reply::Refused("no".into()), now());
        }
        assert_eq!(study.exports.len(), MOST_REFUSED);
    }
}
