//! What admins are told unasked, once and not in a loop: the bot was away too long, the disk is nearly full, a group
//! shows no messages, nothing is counted. Pure.

pub mod blind;
pub mod session;
pub mod silence;

use chrono::{DateTime, Utc};

use crate::{
    admin::{Desk, DigestOrder, Order, Press},
    domain::{
        change::{Change, Outcome, Warning},
        registry::Notice,
        work::{Button, ButtonAction},
    },
    membership::tell_admins,
    text::{backfill, membership as words},
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
    let Some(since) = last_alive else { return outcome };
    let away = (desk.now - since).num_hours();
    if away >= limits.away_hours {
        outcome.set(Change::Warned(Warning::WasAway, Some(desk.now)));
        let press = DigestOrder::Backfill { from: since.timestamp(), to: desk.now.timestamp() };
        let press = Press::Do(Order::Digest(press)).encode();
        let offer = |lang| vec![vec![Button { label: backfill::offer(lang), action: ButtonAction::Press(press.clone()) }]];
        tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::was_away(away, lang), offer(lang)));
    }
    outcome
}

/// From time to time: the disk, and groups in which privacy mode may hide messages.
pub fn now_and_then(desk: &Desk<'_>, limits: &Limits, free_mb: u64) -> Outcome {
    let mut outcome = disk(desk, limits, free_mb);
    silent_groups(desk, limits, &mut outcome);
    outcome
}

fn disk(desk: &Desk<'_>, limits: &Limits, free_mb: u64) -> Outcome {
    let mut outcome = Outcome::nothing();
    let was_warned = desk.state.warned.contains_key(&Warning::DiskLow);
    if free_mb < limits.disk_mb && !was_warned {
        outcome.set(Change::Warned(Warning::DiskLow, Some(desk.now)));
        tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::disk_low(free_mb, lang), Vec::new()));
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
        let sees_all = desk.state.sees_all(group.chat_id, &desk.rules.bots);
        if sees_all || standing.administrator || standing.warned_silent.is_some() || !is_counted {
            continue;
        }
        // Since the last plain message, or since the bot came where there was none.
        let Some(since) = standing.last_plain.or(standing.since) else { continue };
        let hours = (desk.now - since).num_hours();
        if hours >= limits.silent_hours {
            let warned = crate::domain::registry::Standing { warned_silent: Some(desk.now), ..standing.clone() };
            outcome.set(Change::Standing(group.chat_id, Some(warned)));
            tell_admins(desk, Notice::Alarms, outcome, |lang| (words::group_is_silent(&group.title, hours, lang), Vec::new()));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        admin::school::{GRADE_2, GRADE_3, School},
        domain::{
            bots::BotInfo,
            event::{Author, GroupMessage},
            kind::Kind,
            registry::Standing,
            work::Work,
        },
    };

    const LIMITS: Limits = Limits { away_hours: 20, disk_mb: 200, silent_hours: 72 };

    /// How many messages the admins (of whom there are two) get when the house is kept with so much room.
    fn warned(school: &mut School, free_mb: u64, sees_all: bool) -> Vec<String> {
        let info = BotInfo { sees_all, ..school.state.bots[&school.rules.bot].clone() };
        school.state.apply(Change::Bot(school.rules.bot, Some(info)));
        let outcome = now_and_then(&school.desk(), &LIMITS, free_mb);
        let told = school.apply(outcome).into_iter().map(|work| match work {
            Work::Send { html, .. } => html,
            other => panic!("{other:?}"),
        });
        told.collect()
    }

    #[test]
    fn a_disk_that_is_nearly_full_is_told_once_and_again_after_it_was_well() {
        let mut school = School::small();
        assert!(warned(&mut school, 200, true).is_empty(), "as much as asked for");
        let told = warned(&mut school, 199, true);
        assert!(told.len() == 2 && told[0].contains("199"), "{told:?}");
        for still_low in [199, 0, 150, 200, 300, 400] {
            assert!(warned(&mut school, still_low, true).is_empty(), "no loop, and no flicker around the limit");
        }
        assert!(warned(&mut school, 401, true).is_empty(), "well again, which is no news");
        assert_eq!(warned(&mut school, 100, true).len(), 2, "a new shortage");
        assert!(warned(&mut school, 100, true).is_empty());
    }

    #[test]
    fn a_disk_of_unknown_room_is_no_reason_to_worry() {
        assert!(warned(&mut School::small(), u64::MAX, true).is_empty());
    }

    /// A school whose Grade 3 showed the last plain message so many hours ago.
    fn silent_for(hours: i64) -> School {
        let mut school = School::small();
        let last_plain = Some(school.now - TimeDelta::hours(hours));
        school.state.apply(Change::Standing(GRADE_3, Some(Standing { last_plain, ..Standing::default() })));
        school
    }

    #[test]
    fn a_silent_group_is_told_once_and_again_after_it_spoke() {
        let mut school = silent_for(71);
        assert!(warned(&mut school, 1_000, false).is_empty(), "not yet");
        school.now += TimeDelta::hours(1);
        let told = warned(&mut school, 1_000, false);
        assert!(told.len() == 2 && told[0].contains("Grade 3 &lt;B&gt; &amp; Co") && told[0].contains("72"), "{told:?}");
        for _ in 0..3 {
            school.now += TimeDelta::hours(100);
            assert!(warned(&mut school, 1_000, false).is_empty(), "no loop");
        }
        let plain = GroupMessage {
            to_us: None,
            chat: GRADE_3,
            id: crate::domain::ids::MessageId(1),
            title: String::new(),
            author: Author::Nobody,
            kind: Kind::Text,
            album: None,
            date: school.now.timestamp(),
            plain: true,
        };
        let reply = GroupMessage { plain: false, ..plain.clone() };
        let seen = crate::counter::count(&school.state, &school.rules, &reply, school.now);
        school.apply(seen);
        assert!(warned(&mut school, 1_000, false).is_empty(), "replies to the bot come through privacy mode too");
        let seen = crate::counter::count(&school.state, &school.rules, &plain, school.now);
        school.apply(seen);
        assert!(warned(&mut school, 1_000, false).is_empty(), "it speaks");
        school.now += TimeDelta::hours(73);
        assert_eq!(warned(&mut school, 1_000, false).len(), 2, "silent anew");
    }

    #[test]
    fn groups_that_may_well_be_silent_are_left_alone() {
        assert!(warned(&mut silent_for(1_000), 1_000, true).is_empty(), "privacy mode is off");
        let mut school = silent_for(1_000);
        school
            .state
            .apply(Change::Standing(GRADE_3, Some(Standing { administrator: true, ..school.state.standings[&GRADE_3].clone() })));
        assert!(warned(&mut school, 1_000, false).is_empty(), "an administrator sees everything");
        let mut school = silent_for(1_000);
        let nobody = school.state.teachers_in(GRADE_3).map(|teacher| teacher.teacher_id).collect::<Vec<_>>();
        for teacher in nobody {
            school.state.apply(Change::Assignments(teacher, [GRADE_2].into()));
        }
        assert!(warned(&mut school, 1_000, false).is_empty(), "nobody is counted there");
        let mut school = silent_for(1_000);
        let off = crate::domain::registry::Group { enabled: false, ..school.state.groups[&GRADE_3].clone() };
        school.state.apply(Change::Group(GRADE_3, Some(Box::new(off))));
        assert!(warned(&mut school, 1_000, false).is_empty(), "nothing counts there");
    }

    #[test]
    fn being_away_is_told_from_the_limit_on() {
        let school = School::small();
        let told = |hours| back(&school.desk(), &LIMITS, Some(school.now - TimeDelta::hours(hours))).work.len();
        assert_eq!((told(19), told(20), told(-50)), (0, 2, 0));
        assert!(back(&school.desk(), &LIMITS, None).work.is_empty(), "the first start");
    }
}
