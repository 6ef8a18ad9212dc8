//! Nothing is counted though people work: one message when that begins, one when it ends. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    admin::Desk,
    domain::{
        change::{Change, Outcome, Warning},
        registry::Notice,
        working_hours::WorkingHours,
    },
    membership::tell_admins,
    text::membership as words,
};

/// From when on silence is told.
#[derive(Clone, Debug)]
pub struct Silence {
    /// So much working time without a counted message.
    pub limit: TimeDelta,
    /// When people are expected to write.
    pub hours: WorkingHours,
}

/// Whether to tell of a silence, or of its end. `counted` is when a message was last counted in this run, `before` is until
/// when one may have been counted before it.
pub fn judge(desk: &Desk<'_>, silence: &Silence, counted: Option<DateTime<Utc>>, before: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let told_at = desk.state.warned.get(&Warning::NothingCounted);
    if let Some(told_at) = told_at {
        if counted.is_some_and(|counted| counted > *told_at) {
            outcome.set(Change::Warned(Warning::NothingCounted, None));
            tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::counts_again(lang), Vec::new()));
        }
        return outcome;
    }
    let zone = desk.rules.zone;
    let since = counted.unwrap_or(before);
    let silent = silence.hours.between(since, desk.now, zone);
    if silent >= silence.limit && silence.hours.contain(desk.now, zone) && is_anybody_expected(desk) {
        outcome.set(Change::Warned(Warning::NothingCounted, Some(desk.now)));
        let minutes = silent.num_minutes();
        tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::nothing_counted(minutes, lang), Vec::new()));
    }
    outcome
}

/// Without a group and a teacher in it, silence is what is to be expected.
fn is_anybody_expected(desk: &Desk<'_>) -> bool {
    let mut groups = desk.state.groups.values().filter(|group| group.counts());
    groups.any(|group| desk.state.teachers_in(group.chat_id).any(|teacher| teacher.active))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        demo,
        domain::{
            bots::Bots,
            ids::{BotId, UserId},
            lang::Lang,
            rules::Rules,
            state::State,
            work::Work,
        },
    };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    /// A school, its clock, and what its admin was told.
    struct School {
        state: State,
        rules: Rules,
        silence: Silence,
    }

    impl School {
        fn new() -> Self {
            let zone = chrono_tz::Asia::Tashkent;
            let silence = Silence { limit: TimeDelta::hours(2), hours: "Mon-Sat 08:00-20:00".parse().expect("hours") };
            let (bot, bots) = (BotId(7), Bots::one(BotId(7)));
            let rules = Rules {
                admins: [UserId(5)].into(),
                researchers: Default::default(),
                zone,
                lang: Lang::En,
                bot,
                bots,
                assistants: Default::default(),
                marks: Default::default(),
            };
            Self { state: demo::state(at("2026-01-26T03:00:00Z"), zone, demo::SEED), rules, silence }
        }

        fn hears(&mut self, now: &str, counted: Option<&str>, before: &str) -> Option<String> {
            let desk = Desk { state: &self.state, rules: &self.rules, now: at(now) };
            let outcome = judge(&desk, &self.silence, counted.map(at), at(before));
            for change in outcome.changes {
                self.state.apply(change);
            }
            match &outcome.work[..] {
                [] => None,
                [Work::Send { html, .. }] => Some(html.clone()),
                other => panic!("{other:?}"),
            }
        }
    }

    const MIDNIGHT: &str = "2026-01-25T19:00:00Z";

    #[test]
    fn silence_is_told_once_and_its_end_once() {
        let mut school = School::new();
        assert_eq!(school.hears("2026-01-26T04:59:00Z", None, MIDNIGHT), None);
        let told = school.hears("2026-01-26T05:00:00Z", None, MIDNIGHT).expect("it is 10:00");
        assert!(told.contains("2 h"), "{told}");
        for later in ["2026-01-26T05:01:00Z", "2026-01-26T14:00:00Z", "2026-01-29T08:00:00Z"] {
            assert_eq!(school.hears(later, None, MIDNIGHT), None, "{later}");
        }
        assert_eq!(school.hears("2026-01-29T08:01:00Z", Some("2026-01-26T04:00:00Z"), MIDNIGHT), None, "that was before");
        let over = school.hears("2026-01-29T08:01:00Z", Some("2026-01-29T08:00:30Z"), MIDNIGHT).expect("over");
        assert!(over.contains("again"), "{over}");
        assert_eq!(school.hears("2026-01-29T08:02:00Z", Some("2026-01-29T08:00:30Z"), MIDNIGHT), None);
        assert!(school.hears("2026-01-29T10:00:30Z", Some("2026-01-29T08:00:30Z"), MIDNIGHT).is_some(), "a new one");
    }

    #[test]
    fn nights_and_sundays_are_no_silence() {
        let mut school = School::new();
        let evening = Some("2026-01-24T14:30:00Z"); // Saturday, 19:30
        for quiet in ["2026-01-24T22:00:00Z", "2026-01-25T09:00:00Z", "2026-01-26T02:00:00Z", "2026-01-26T04:20:00Z"] {
            assert_eq!(school.hears(quiet, evening, MIDNIGHT), None, "{quiet}");
        }
        assert!(school.hears("2026-01-26T04:30:00Z", evening, MIDNIGHT).is_some());
    }

    #[test]
    fn where_nobody_counts_nobody_is_missed() {
        let mut school = School::new();
        school.state.assignments.clear();
        assert_eq!(school.hears("2026-01-26T09:00:00Z", None, MIDNIGHT), None);
    }
}
