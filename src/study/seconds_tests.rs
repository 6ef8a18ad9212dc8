use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{
        ids::UserId,
        study::{Began, Correction, DayPresence, End, Filters, Member, Stay, StayKey},
    },
    study::{
        model::{Presence, by_second},
        sample::{ANN, BOB, CHAT, EVE, day, instant, study},
        why,
    },
};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("an instant")
}

fn presence(who: Who, call: i64, from: &str, to: &str) -> Presence {
    // Times of 9 January in Tashkent, which is five hours ahead.
    let second = |time: &str| instant(&format!("2026-01-09T{time}+05:00")).timestamp();
    Presence { call: CallId(call), who, from: second(from), to: second(to), muted: false }
}

fn stay(one: &Presence) -> (StayKey, Stay) {
    let key = StayKey { call: one.call, who: one.who, joined: at(one.from) };
    let (left, end, outages) = (at(one.to), End::Observed, Vec::new());
    (key, Stay { began: Began::Observed, seen: key.joined, left, end, noticed: left, muted: one.muted, outages })
}

fn counted(study: &Study, days: Period, until: DateTime<Utc>, presences: &[Presence]) -> DaySeconds {
    let mut counter = Counter::new(study, CHAT, days, until).expect("a community");
    presences.iter().map(stay).for_each(|(key, stay)| counter.sat(Sat::of(&key, &stay)));
    counter.finish()
}

const TODAY: &str = "2026-01-09";

/// Seconds of Ann, Bob and Eve on 9 January.
fn today(study: &Study, presences: &[Presence]) -> [u32; 3] {
    let days = Period { from: day(TODAY), to: day(TODAY) };
    of_three(&counted(study, days, instant("2026-02-01T00:00:00Z"), presences), TODAY)
}

fn of_three(seconds: &DaySeconds, on: &str) -> [u32; 3] {
    [ANN, BOB, EVE].map(|who| seconds.get(&day(on)).and_then(|people| people.get(&who)).copied().unwrap_or(0))
}

#[test]
fn short_visits_count_once_they_come_to_the_gate() {
    let visits = [
        presence(ANN, 1, "10:00:00", "10:02:00"),
        presence(ANN, 1, "10:10:00", "10:13:00"),
        presence(BOB, 1, "10:00:00", "10:04:59"),
        presence(EVE, 1, "10:00:00", "10:04:00"),
        presence(EVE, 2, "11:00:00", "11:04:00"),
    ];
    assert_eq!(today(&study(), &visits), [300, 0, 0], "each call has its own gate");
}

#[test]
fn the_whole_call_decides_about_the_gate_and_midnight_splits() {
    let night = [Presence { to: presence(ANN, 1, "10:00:00", "23:59:59").to + 241, ..presence(ANN, 1, "23:58:00", "23:59:00") }];
    let days = Period { from: day(TODAY), to: day("2026-01-10") };
    let both = counted(&study(), days, instant("2026-02-01T00:00:00Z"), &night);
    assert_eq!((of_three(&both, TODAY), of_three(&both, "2026-01-10")), ([120, 0, 0], [240, 0, 0]));
    let at_midnight = counted(&study(), days, instant("2026-01-09T19:00:00Z"), &night);
    assert_eq!(at_midnight, DaySeconds::new(), "by then it had come to two minutes only");
}

#[test]
fn accounts_of_one_person_are_there_once() {
    let mut study = study();
    study.members.get_mut(&CHAT).expect("members").get_mut(&BOB).expect("Bob").same_as = Some(ANN);
    let visits = [
        presence(ANN, 1, "10:00:00", "11:00:00"),
        presence(BOB, 1, "10:30:00", "11:30:00"),
        presence(BOB, 2, "11:20:00", "11:40:00"),
    ];
    assert_eq!(today(&study, &visits), [6000, 0, 0]);
}

#[test]
fn open_stays_count_as_far_as_they_are_confirmed() {
    let mut study = study();
    let from = instant("2026-01-09T10:00:00+05:00");
    let seat =
        |muted| crate::domain::study::Seat { joined: from, began: Began::Polled, seen: from, source: 0, muted, confirmed: None };
    let confirmed = instant("2026-01-09T10:50:00+05:00");
    let seats = [(ANN, seat(false)), (BOB, seat(true))].into_iter().collect();
    study.calls.insert(CallId(1), Call { chat: CHAT, seen: from, confirmed, outages: Vec::new(), seats });
    assert_eq!(today(&study, &[]), [3000, 3000, 0]);
    study.communities.get_mut(&CHAT).expect("a community").filters.skip_muted = true;
    assert_eq!(today(&study, &[presence(ANN, 1, "09:00:00", "09:01:00")]), [3060, 0, 0]);
}

#[test]
fn other_programs_seconds_are_not_added_to_ours() {
    let study = study();
    let days = Period { from: day(TODAY), to: day(TODAY) };
    let mut counter = Counter::new(&study, CHAT, days, instant("2026-02-01T00:00:00Z")).expect("a community");
    let imported = [(ANN, 500), (BOB, 7200), (EVE, 60)].into_iter().collect();
    let stays = [presence(ANN, 1, "10:00:00", "11:00:00"), presence(BOB, 1, "10:00:00", "11:00:00")].iter().map(stay).collect();
    DayPresence { stays, imported }.show(day(TODAY), &mut counter);
    assert_eq!(of_three(&counter.finish(), TODAY), [3600, 7200, 60]);
}

#[test]
fn the_cap_comes_before_corrections_which_stop_at_nothing() {
    let mut study = study();
    study.communities.get_mut(&CHAT).expect("a community").filters.daily_cap_minutes = Some(30);
    let corrected = |who, seconds, withdrawn: bool| Correction {
        day: day(TODAY),
        who,
        seconds,
        reason: "was in the room".to_owned(),
        by: UserId(9),
        at: instant("2026-01-12T00:00:00Z"),
        withdrawn: withdrawn.then(|| (UserId(9), instant("2026-01-13T00:00:00Z"))),
    };
    let corrections =
        [corrected(ANN, 600, false), corrected(BOB, -9999, false), corrected(EVE, 60, true), corrected(EVE, 5, false)];
    study.corrections.insert(CHAT, (1..).zip(corrections).collect());
    let visits = [presence(ANN, 1, "10:00:00", "11:00:00"), presence(BOB, 1, "10:00:00", "11:00:00")];
    assert_eq!(today(&study, &visits), [2400, 0, 5]);
    let known = DayPresence { stays: visits.iter().map(stay).collect(), imported: [(BOB, 1000)].into_iter().collect() };
    let explained = |who| {
        let show = |_, each: &mut dyn FnMut(NaiveDate, &DayPresence)| -> Result<(), ()> {
            each(day(TODAY), &known);
            Ok(())
        };
        let why = why::explain(&study, CHAT, who, day(TODAY), instant("2026-02-01T00:00:00Z"), show);
        let why = why.expect("shown").expect("a community");
        (why.lines.iter().map(|line| line.seconds).collect::<Vec<_>>(), why.total)
    };
    assert_eq!(explained(ANN), (vec![3600, -1800, 600], 2400));
    assert_eq!(explained(BOB), (vec![3600, -1800, -9999, 8199], 0));
}

#[test]
fn days_around_are_read_as_far_as_calls_reach() {
    let community = study().communities[&CHAT].clone();
    let read = days_to_read(&Community { reach_days: 3, ..community }, Period { from: day(TODAY), to: day(TODAY) });
    assert_eq!(read, Period { from: day("2026-01-05"), to: day("2026-01-12") });
}

/// Where a day begins in odd ways: zones, and seconds near their odd midnights.
const ODD: [(chrono_tz::Tz, &str); 6] = [
    (chrono_tz::Asia::Tashkent, "2026-01-09T19:00:00Z"),
    (chrono_tz::Europe::Berlin, "2026-03-28T23:00:00Z"),
    (chrono_tz::Europe::Berlin, "2026-10-25T00:00:00Z"),
    (chrono_tz::America::Havana, "2026-03-08T05:00:00Z"),
    (chrono_tz::America::Havana, "2026-11-01T05:00:00Z"),
    (chrono_tz::Pacific::Apia, "2011-12-30T10:00:00Z"),
];

prop_compose! {
    fn presences(around: i64)(
        list in prop::collection::vec((1..5_i64, 1..4_i64, -9000..9000_i64, 0..4000_i64, any::<bool>()), 0..12),
    ) -> Vec<Presence> {
        let one = |(who, call, from, length, muted)| {
            let from: i64 = around + from;
            Presence { call: CallId(call), who: Who(who), from, to: from + length, muted }
        };
        // A person takes one seat of a call at a moment, and each stay has its own key.
        let mut known = BTreeSet::new();
        list.into_iter().map(one).filter(|one| known.insert((one.call, one.who, one.from))).collect()
    }
}

fn odd() -> impl Strategy<Value = (chrono_tz::Tz, i64, Vec<Presence>)> {
    (0..ODD.len()).prop_flat_map(|n| {
        let around = instant(ODD[n].1).timestamp();
        (Just(ODD[n].0), Just(around), presences(around))
    })
}

proptest! {
    #[test]
    fn seconds_are_what_looking_at_every_second_gives(
        (zone, around, presences) in odd(),
        gate_seconds in prop_oneof![Just(0), Just(300), 0..3000_u32],
        ties in prop::collection::btree_map((2..5_i64).prop_map(Who), Just(ANN), 0..3),
        bots in prop::collection::btree_set((1..5_i64).prop_map(Who), 0..2),
        (skip_muted, count_bots) in any::<(bool, bool)>(),
        daily_cap_minutes in prop::option::of(0..60_u32),
        until in -9000..14000_i64,
    ) {
        let mut study = study();
        let filters = Filters { skip_muted, daily_cap_minutes, count_bots };
        let community = Community { zone, gate_seconds, filters, ..study.communities[&CHAT].clone() };
        study.communities.insert(CHAT, community.clone());
        let member = |who: i64| {
            let who = Who(who);
            (who, Member { bot: bots.contains(&who), same_as: ties.get(&who).copied(), ..Member::default() })
        };
        study.members.insert(CHAT, (1..5).map(member).collect());
        let today = at(around).with_timezone(&zone).date_naive();
        let days = Period { from: today - Days::new(2), to: today + Days::new(2) };
        let until = around + until;
        let expected = by_second(&community, &ties, &bots, days, until, &presences);
        prop_assert_eq!(&counted(&study, days, at(until), &presences), &expected);
        let nothing = BTreeMap::new();
        for (who, day) in [ANN, BOB, EVE].into_iter().flat_map(|who| days.days().map(move |day| (who, day))) {
            let person = ties.get(&who).copied().unwrap_or(who);
            let seconds = expected.get(&day).unwrap_or(&nothing).get(&person).copied().unwrap_or(0);
            let known = DayPresence { stays: presences.iter().map(stay).collect(), ..DayPresence::default() };
            let show = |_, each: &mut dyn FnMut(NaiveDate, &DayPresence)| -> Result<(), ()> {
                each(day, &known);
                Ok(())
            };
            let why = why::explain(&study, CHAT, who, day, at(until), show).expect("shown").expect("a community");
            let sum: i64 = why.lines.iter().map(|line| line.seconds).sum();
            prop_assert_eq!((why.total, sum), (seconds, i64::from(seconds)), "{:?}", why);
        }
    }
}
