use super::*;
use crate::domain::presence::CallId;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("an instant")
}

fn sitting(who: i64, joined: i64) -> Participant {
    let (left, just_joined, versioned) = (false, false, false);
    Participant { who: Who(who), joined: at(joined), source: 0, muted: true, video: false, left, just_joined, versioned }
}

fn joined(who: i64, second: i64) -> Participant {
    Participant { just_joined: true, versioned: true, ..sitting(who, second) }
}

fn left(who: i64) -> Participant {
    Participant { left: true, versioned: true, ..sitting(who, 0) }
}

fn news(version: i32, participants: Vec<Participant>, second: i64) -> News {
    News::Participants { call: CallId(5), version, participants, at: at(second) }
}

fn look(version: i32, participants: Vec<Participant>, second: i64) -> Snapshot {
    Snapshot { version, participants, complete: true, at: at(second) }
}

/// Looked at in version 7 at second 1020.
fn list() -> CallList {
    let mut list = CallList::default();
    assert_eq!(list.wanted(), Wanted::Look);
    list.looked(look(7, vec![sitting(1, 1000), sitting(2, 1010)], 1020));
    assert_eq!(list.wanted(), Wanted::Nothing);
    list
}

/// What was observed, in short: `+3 -1 =` for came, left, in step.
fn told(list: &mut CallList, news: &News) -> String {
    let shown = list.told(news).into_iter().map(|one| match one {
        Observation::Looked { .. } => "look".to_owned(),
        Observation::Came { participant, .. } => format!("+{}", participant.who.0),
        Observation::Left { participant, at, .. } => format!("-{}@{}", participant.who.0, at.timestamp()),
        Observation::InStep { at } => format!("={}", at.timestamp()),
        Observation::Over { at, exact } => format!("{}{}", if exact { "over@" } else { "over by " }, at.timestamp()),
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn news_in_order_count_at_once() {
    let mut list = list();
    assert_eq!(told(&mut list, &news(8, vec![joined(3, 1030)], 1030)), "+3 =1030");
    assert_eq!(told(&mut list, &news(9, vec![left(1)], 1100)), "-1@1100 =1100");
    assert_eq!(list.wanted(), Wanted::Nothing);
}

#[test]
fn news_that_came_too_early_wait_for_the_ones_before() {
    let mut list = list();
    assert_eq!(told(&mut list, &news(9, vec![left(3)], 1041)), "");
    assert_eq!(list.wanted(), Wanted::LookAt(at(1042)));
    assert_eq!(told(&mut list, &news(8, vec![joined(3, 1030)], 1040)), "+3 =1040 -3@1041 =1041");
    assert_eq!(list.wanted(), Wanted::Nothing);
}

#[test]
fn what_stays_missing_is_looked_for() {
    let mut list = list();
    told(&mut list, &news(10, vec![joined(4, 1040)], 1040));
    assert_eq!(list.wanted(), Wanted::LookAt(at(1041)));
    assert_eq!(list.looked(look(11, vec![sitting(4, 1040)], 1042)).len(), 1, "what was held is in the look already");
    assert_eq!(list.wanted(), Wanted::Nothing);
}

#[test]
fn a_new_version_of_the_call_is_no_list() {
    let mut list = list();
    let version = News::Version { call: CallId(5), version: 8, at: at(1030) };
    assert_eq!(told(&mut list, &version), "");
    assert_eq!(list.wanted(), Wanted::LookAt(at(1031)));
    assert_eq!(told(&mut list, &news(8, vec![joined(3, 1030)], 1030)), "+3 =1030");
    assert_eq!(list.wanted(), Wanted::Nothing);
}

#[test]
fn old_and_repeated_news_say_nothing() {
    let mut list = list();
    assert_eq!(told(&mut list, &news(7, vec![joined(9, 1020)], 1021)), "+9", "the first one after a look may have its version");
    assert_eq!(told(&mut list, &news(7, vec![left(9)], 1022)), "");
    assert_eq!(told(&mut list, &news(6, vec![left(2)], 1022)), "");
}

#[test]
fn whoever_mutes_themselves_needs_no_version() {
    let mut list = list();
    assert_eq!(told(&mut list, &news(99, vec![sitting(1, 1000)], 1030)), "+1");
    assert_eq!(told(&mut list, &news(8, vec![left(1)], 1040)), "-1@1040 =1040");
}

#[test]
fn a_look_that_news_have_overtaken_says_nothing() {
    let mut list = list();
    told(&mut list, &news(8, vec![joined(3, 1030)], 1030));
    for _ in 0..2 {
        assert_eq!(list.looked(look(7, vec![], 1031)), []);
        assert_eq!(list.wanted(), Wanted::LookAt(at(1032)));
    }
    assert_eq!(list.looked(look(7, vec![], 1031)).len(), 1, "three times: it is the list that is wrong");
}

#[test]
fn an_end_is_exact_only_when_nothing_is_missing() {
    let end = News::Ended { call: CallId(5), at: at(1200) };
    assert_eq!(told(&mut list(), &end), "over@1200");
    let mut missing = list();
    told(&mut missing, &news(10, vec![joined(4, 1040)], 1040));
    assert_eq!(told(&mut missing, &end), "over by 1200");
    let mut gap = list();
    told(&mut gap, &News::Gap);
    assert_eq!(gap.wanted(), Wanted::Look);
    assert_eq!(told(&mut gap, &end), "over by 1200");
    assert_eq!((gap.wanted(), gap.gone(at(1300))), (Wanted::Over, vec![]));
}

#[test]
fn after_a_gap_only_a_complete_look_brings_it_into_step() {
    let mut list = list();
    told(&mut list, &News::Gap);
    list.looked(Snapshot { complete: false, ..look(8, vec![], 1030) });
    assert_eq!(list.wanted(), Wanted::Nothing, "the next regular look will do");
    assert_eq!(told(&mut list, &news(9, vec![joined(3, 1040)], 1040)), "+3");
    list.looked(look(9, vec![], 1050));
    assert_eq!(told(&mut list, &news(10, vec![joined(4, 1060)], 1060)), "+4 =1060");
}

#[test]
fn people_are_on_a_list_once() {
    let looked = CallList::default().looked(look(7, vec![sitting(1, 1000), sitting(2, 1010), sitting(1, 1000)], 1020));
    let [Observation::Looked { participants, .. }] = &looked[..] else { panic!("{looked:?}") };
    assert_eq!(participants.len(), 2);
}
