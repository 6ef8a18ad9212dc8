use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        ids::MessageId,
        presence::Who,
        study::{Periods, Poster},
    },
    study::{
        post::{self, Ended},
        sample::{CHAT, applied, day, instant, study, time},
    },
};

/// A community whose clock is advanced; what is ready is sent at once.
struct Evening {
    study: Study,
    now: DateTime<Utc>,
    sent: Vec<String>,
    numbers: i64,
}

impl Evening {
    /// On the day on which watching began.
    fn new(change: impl FnOnce(&mut Community)) -> Self {
        let mut study = study();
        change(study.communities.get_mut(&CHAT).expect("it is there"));
        Self { study, now: instant("2026-01-01T00:00:00Z"), sent: Vec::new(), numbers: 0 }
    }

    fn change(&mut self, change: impl FnOnce(&mut Community)) {
        change(self.study.communities.get_mut(&CHAT).expect("it is there"));
    }

    fn apply(&mut self, changes: Vec<StudyChange>) {
        let before = self.study.clone();
        for change in &changes {
            let StudyChange::Post(chat, key, Some(after)) = change else { continue };
            let known = before.posts.get(chat).and_then(|posts| posts.get(key));
            let is_overwritten = known.is_some_and(|known| !matches!(known.state, PostState::Due { .. }));
            assert!(!is_overwritten || after.state == PostState::Skipped, "{key:?} is ordered twice");
        }
        self.study = applied(std::mem::take(&mut self.study), changes);
    }

    /// The daemon looks at the time.
    fn looks(&mut self, at: &str) {
        self.now = instant(at);
        let changes = due(&self.study, self.now, &mut || {
            self.numbers += 1;
            self.numbers
        });
        self.apply(changes);
        assert_eq!(due(&self.study, self.now, &mut || panic!("ordered twice")), [], "a second look orders nothing");
    }

    /// … and sends all that is ready.
    fn posts(&mut self, at: &str) -> Vec<String> {
        self.looks(at);
        while let Some((chat, key)) = ready(&self.study, self.now).first().copied() {
            let known = &self.study.posts[&chat][&key];
            let sending = post::begun(known, Poster::Bot, self.now).expect("it is ready");
            let how = Ended::Posted { chat, message: Some(MessageId(1)) };
            let posted = post::ended(&sending, how, self.now).expect("it was on its way");
            let until = posted.until.with_timezone(&self.study.communities[&chat].zone);
            self.sent.push(format!("{} until {}", key.day, until.format("%d %H:%M")));
            self.apply(vec![StudyChange::Post(chat, key, Some(Box::new(posted)))]);
        }
        std::mem::take(&mut self.sent)
    }
}

#[test]
fn a_board_is_due_at_its_time_and_once() {
    let mut evening = Evening::new(|_| ());
    assert_eq!(evening.posts("2026-01-01T16:29:59Z"), [""; 0]);
    assert_eq!(wake(&evening.study, evening.now), Some(instant("2026-01-01T16:30:00Z")));
    assert_eq!(evening.posts("2026-01-01T16:30:00Z"), ["2026-01-01 until 01 21:30"]);
    assert_eq!(evening.posts("2026-01-01T18:59:59Z"), [""; 0]);
    assert_eq!(wake(&evening.study, evening.now), Some(instant("2026-01-02T16:30:00Z")));
}

#[test]
fn missed_days_are_made_up_for_in_order_each_to_its_end() {
    let mut evening = Evening::new(|_| ());
    evening.posts("2026-01-01T16:30:00Z");
    let made_up = evening.posts("2026-01-04T17:00:00Z");
    let expected = ["2026-01-02 until 03 00:00", "2026-01-03 until 04 00:00", "2026-01-04 until 04 22:00"];
    assert_eq!(made_up, expected, "today's at once, though late");
    assert_eq!(evening.posts("2026-01-04T18:00:00Z"), [""; 0]);
}

#[test]
fn in_the_morning_only_days_that_are_over_are_made_up_for() {
    let mut evening = Evening::new(|_| ());
    assert_eq!(evening.posts("2026-01-02T03:00:00Z"), ["2026-01-01 until 02 00:00"]);
    assert_eq!(evening.posts("2026-01-02T16:30:00Z"), ["2026-01-02 until 02 21:30"]);
}

#[test]
fn settings_say_what_becomes_of_missed_days() {
    let made_up = |missed| {
        let mut evening = Evening::new(|community| community.missed = missed);
        let found = evening.posts("2026-01-04T17:00:00Z");
        assert_eq!(evening.posts("2026-01-05T03:00:00Z"), [""; 0]);
        found
    };
    assert_eq!(made_up(MissedPosts::Last), ["2026-01-03 until 04 00:00", "2026-01-04 until 04 22:00"]);
    assert_eq!(made_up(MissedPosts::None), ["2026-01-04 until 04 22:00"]);
}

#[test]
fn a_year_away_makes_up_for_a_month() {
    let mut evening = Evening::new(|_| ());
    let made_up = evening.posts("2027-01-01T03:00:00Z");
    assert_eq!((made_up.len(), made_up[0].as_str()), (31, "2026-12-01 until 02 00:00"));
}

#[test]
fn several_times_a_day_the_latest_overtakes() {
    let mut evening = Evening::new(|community| community.times = vec![time("21:30:00"), time("12:00:00")]);
    assert_eq!(evening.posts("2026-01-01T07:00:00Z"), ["2026-01-01 until 01 12:00"]);
    assert_eq!(evening.posts("2026-01-01T16:30:00Z"), ["2026-01-01 until 01 21:30"]);
    assert_eq!(evening.posts("2026-01-02T16:31:00Z"), ["2026-01-02 until 02 21:31"], "noon was slept through");
    // Noon's can't be sent for hours.
    evening.looks("2026-01-03T07:00:00Z");
    assert_eq!(evening.posts("2026-01-03T16:30:00Z"), ["2026-01-03 until 03 21:30"]);
    // Only noon's was sent: the day is made up for.
    evening.posts("2026-01-04T07:00:00Z");
    assert_eq!(evening.posts("2026-01-05T03:00:00Z"), ["2026-01-04 until 05 00:00"]);
}

#[test]
fn another_time_gives_no_second_board_on_a_day() {
    let mut evening = Evening::new(|_| ());
    evening.posts("2026-01-01T16:30:00Z");
    evening.change(|community| community.times = vec![time("23:00:00")]);
    assert_eq!(evening.posts("2026-01-01T18:10:00Z"), [""; 0]);
    assert_eq!(evening.posts("2026-01-02T18:00:00Z"), ["2026-01-02 until 02 23:00"]);
    evening.change(|community| community.times = vec![time("20:00:00")]);
    assert_eq!(evening.posts("2026-01-02T18:30:00Z"), [""; 0]);
}

#[test]
fn taking_out_a_later_time_makes_no_day_missed() {
    let mut evening = Evening::new(|community| community.times = vec![time("12:00:00"), time("21:30:00")]);
    evening.posts("2026-01-01T07:00:00Z");
    evening.change(|community| community.times = vec![time("12:00:00")]);
    assert_eq!(evening.posts("2026-01-02T03:00:00Z"), [""; 0]);
    evening.change(|community| community.times = vec![time("11:00:00")]);
    evening.posts("2026-01-02T06:00:00Z");
    assert_eq!(evening.posts("2026-01-02T08:00:00Z"), [""; 0]);
}

#[test]
fn watching_begins_with_what_is_still_to_come() {
    let mut evening = Evening::new(|community| community.since = day("2026-01-05"));
    assert_eq!(evening.posts("2026-01-04T20:00:00Z"), [""; 0]);
    evening.now = instant("2026-01-05T17:00:00Z");
    let changes = started(&evening.study, CHAT, &evening.study.communities[&CHAT], evening.now);
    evening.apply(changes);
    assert_eq!(evening.posts("2026-01-05T17:00:00Z"), [""; 0], "today's time is over");
    assert_eq!(evening.posts("2026-01-06T16:30:00Z"), ["2026-01-06 until 06 21:30"]);
}

#[test]
fn nothing_is_due_unwatched_or_without_times() {
    for change in [|community: &mut Community| community.watched = false, |community: &mut Community| community.times.clear()] {
        let mut evening = Evening::new(change);
        assert_eq!(evening.posts("2026-01-04T17:00:00Z"), [""; 0]);
        assert_eq!(wake(&evening.study, evening.now), None);
    }
}

#[test]
fn a_time_that_a_clock_change_leaves_out_or_repeats_is_due_once() {
    let berlin = |community: &mut Community| {
        community.zone = chrono_tz::Europe::Berlin;
        community.times = vec![time("02:30:00")];
        community.periods = Periods::Anchored(day("2026-01-01"));
        community.since = day("2026-03-29");
    };
    let mut spring = Evening::new(berlin);
    assert_eq!(spring.posts("2026-03-29T00:59:59Z"), [""; 0]);
    assert_eq!(spring.posts("2026-03-29T01:00:00Z"), ["2026-03-29 until 29 03:00"]);
    assert_eq!(spring.posts("2026-03-29T03:00:00Z"), [""; 0]);
    let mut autumn = Evening::new(|community| {
        berlin(community);
        community.since = day("2026-10-25");
    });
    assert_eq!(autumn.posts("2026-10-25T00:30:00Z"), ["2026-10-25 until 25 02:30"]);
    assert_eq!(autumn.posts("2026-10-25T01:30:00Z"), [""; 0], "02:30 comes again");
}

#[test]
fn asking_for_a_board_leaves_the_schedule_alone() {
    let mut evening = Evening::new(|_| ());
    let asked = instant("2026-01-01T10:00:00.25Z");
    let wish = Wish { asked: asked.timestamp_millis(), by: None, random_id: 5 };
    let order = post_now(&evening.study, CHAT, asked, wish).expect("ordered");
    evening.apply(vec![order]);
    let later = asked + TimeDelta::minutes(1);
    assert_eq!(post_now(&evening.study, CHAT, later, wish), None, "one wish is one post");
    assert_eq!(evening.posts("2026-01-01T10:00:01Z"), ["2026-01-01 until 01 15:00"]);
    assert_eq!(evening.posts("2026-01-01T16:30:00Z"), ["2026-01-01 until 01 21:30"]);
    assert_eq!(post_now(&evening.study, ChatId(-5), asked, wish), None);
}

#[test]
fn younger_boards_wait_for_older_ones() {
    let mut evening = Evening::new(|_| ());
    evening.looks("2026-01-03T03:00:00Z");
    let [(chat, first)] = ready(&evening.study, evening.now)[..] else { panic!("one at a time") };
    let wait = instant("2026-01-03T03:05:00Z");
    let sending = post::begun(&evening.study.posts[&chat][&first], Poster::Bot, evening.now).expect("ready");
    evening.apply(vec![StudyChange::Post(chat, first, Some(Box::new(sending.clone())))]);
    assert_eq!(ready(&evening.study, evening.now), [], "one is on its way");
    let waiting = post::ended(&sending, Ended::Wait(wait), evening.now).expect("on its way");
    evening.study.posts.get_mut(&chat).expect("there").insert(first, waiting);
    assert_eq!(ready(&evening.study, evening.now), [], "it waits");
    assert_eq!(wake(&evening.study, evening.now), Some(wait));
    assert_eq!(evening.posts("2026-01-03T03:05:00Z").len(), 2);
}

#[test]
fn old_posts_and_compliments_go_but_never_the_last() {
    let mut evening = Evening::new(|_| ());
    for n in 0..20 {
        evening.posts(&format!("2026-01-{:02}T16:30:00Z", n + 1));
    }
    let chosen = [("day:2026-01-05", "A"), ("week:2026-06-01", "B"), ("spoilt", "C")];
    evening.apply(chosen.map(|(period, words)| StudyChange::Compliment(CHAT, period.into(), Who(1), Some(words.into()))).into());
    let old = prune(&evening.study, instant("2026-07-01T00:00:00Z"));
    evening.study = applied(std::mem::take(&mut evening.study), old);
    let left: Vec<_> = evening.study.posts[&CHAT].keys().map(|key| key.day).collect();
    assert_eq!(left, [day("2026-01-20")], "from it on days were missed");
    assert_eq!(evening.study.compliments[&CHAT].keys().collect::<Vec<_>>(), ["spoilt", "week:2026-06-01"]);
}

proptest! {
    /// However a year is slept through, each day has one board at most, in order, and none is left out that should be there.
    #[test]
    fn each_day_has_one_board(gaps in prop::collection::vec(1_i64..60 * 24 * 4, 1..80), zone in 0..4_usize) {
        use chrono_tz::{America::Santiago, Asia::Tashkent, Europe::Berlin, Pacific::Apia};
        let mut evening = Evening::new(|community| {
            community.zone = [Tashkent, Berlin, Santiago, Apia][zone];
            community.times = vec![time("00:10:00"), time("21:30:00")];
        });
        let mut days: Vec<NaiveDate> = Vec::new();
        for gap in gaps {
            let at = evening.now + TimeDelta::minutes(gap);
            let posted = evening.posts(&at.to_rfc3339());
            days.extend(posted.iter().map(|sent| day(&sent[..10])));
        }
        prop_assert!(days.is_sorted(), "{days:?}");
        prop_assert!(days.chunk_by(|a, b| a == b).all(|same| same.len() <= 2), "once for each time: {days:?}");
        days.dedup();
        let today = local_day(evening.study.communities[&CHAT].zone, evening.now);
        let expected = (0..(today - day("2026-01-01")).num_days()).map(|n| shifted(day("2026-01-01"), n));
        days.retain(|day| *day < today);
        prop_assert_eq!(days, expected.collect::<Vec<_>>());
    }
}
