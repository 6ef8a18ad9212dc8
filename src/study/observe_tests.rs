use super::*;
use crate::{
    domain::presence::News,
    study::{
        call::CallList,
        sample::{ANN, BOB, CHAT, EVE, study},
    },
};

const CALL: CallId = CallId(5);

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).expect("an instant")
}

fn sitting(who: Who, joined: i64) -> Participant {
    let (left, just_joined, versioned) = (false, false, false);
    Participant { who, joined: at(joined), source: 0, muted: true, video: false, left, just_joined, versioned }
}

/// A community whose call is observed.
struct Watch {
    state: State,
    list: CallList,
    version: i32,
}

impl Watch {
    fn new() -> Self {
        let mut state = State::default();
        state.study = study();
        Self { state, list: CallList::default(), version: 0 }
    }

    fn apply(&mut self, observations: &[Observation]) {
        let days = days_touched(&self.state, CALL, observations);
        for change in observe(&self.state, CHAT, CALL, observations).changes {
            if let Change::Presence(day, ..) = &change {
                assert!(days.contains(day), "{day} would not be in memory");
            }
            self.state.apply(change);
        }
    }

    fn look(&mut self, second: i64, people: &[(Who, i64)]) {
        self.look_at(second, people, true);
    }

    fn look_at(&mut self, second: i64, people: &[(Who, i64)], complete: bool) {
        let participants = people.iter().map(|(who, joined)| sitting(*who, *joined)).collect();
        let look = crate::domain::presence::Snapshot { version: self.version, participants, complete, at: at(second) };
        let seen = self.list.looked(look);
        self.apply(&seen);
    }

    fn told(&mut self, second: i64, participant: Participant) {
        self.version += 1;
        let news = News::Participants { call: CALL, version: self.version, participants: vec![participant], at: at(second) };
        let seen = self.list.told(&news);
        self.apply(&seen);
    }

    fn comes(&mut self, second: i64, who: Who) {
        self.told(second, Participant { just_joined: true, versioned: true, ..sitting(who, second) });
    }

    fn leaves(&mut self, second: i64, who: Who) {
        self.told(second, Participant { left: true, versioned: true, ..sitting(who, 0) });
    }

    fn ends(&mut self, second: i64) {
        let seen = self.list.told(&News::Ended { call: CALL, at: at(second) });
        self.apply(&seen);
    }

    /// The process dies and starts again.
    fn restart(&mut self) {
        self.list = CallList::default();
    }

    /// Closed stays: who, from, to, how it ended.
    fn stays(&self) -> Vec<(i64, i64, i64, End)> {
        let known = self.state.days.values().filter_map(|day| day.presence.get(&CHAT));
        let stays = known.flat_map(|known| &known.stays);
        stays.map(|(key, stay)| (key.who.0, key.joined.timestamp(), stay.left.timestamp(), stay.end)).collect()
    }

    fn outages(&self) -> Vec<(i64, i64)> {
        let call = self.state.study.calls.get(&CALL);
        call.into_iter().flat_map(|call| &call.outages).map(|one| (one.from.timestamp(), one.to.timestamp())).collect()
    }
}

#[test]
fn whoever_is_told_to_leave_left_then() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40)]);
    watch.comes(110, BOB);
    watch.leaves(117, ANN);
    assert_eq!(watch.stays(), [(1, 40, 117, End::Observed)]);
    watch.ends(130);
    assert_eq!(watch.stays(), [(1, 40, 117, End::Observed), (2, 110, 130, End::CallEnded)]);
    assert!(watch.state.study.calls.is_empty());
}

#[test]
fn whoever_is_missing_was_there_until_last_confirmed() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50)]);
    watch.look(130, &[(ANN, 40), (BOB, 50)]);
    watch.look(160, &[(BOB, 50)]);
    assert_eq!(watch.stays(), [(1, 40, 130, End::Polled)]);
    assert_eq!(watch.outages(), []);
}

#[test]
fn a_failed_request_closes_nothing() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50), (EVE, 60)]);
    // Nobody can look for ten minutes.
    watch.look(700, &[(ANN, 40), (BOB, 650)]);
    assert_eq!(watch.stays(), [(2, 50, 100, End::Rejoined), (3, 60, 100, End::Polled)]);
    assert_eq!(watch.outages(), [(100, 700)]);
    watch.leaves(710, ANN);
    watch.leaves(720, BOB);
    let known = watch.state.days.values().next().and_then(|day| day.presence.get(&CHAT)).expect("stays");
    let outages = |who, joined| known.stays[&StayKey { call: CALL, who, joined: at(joined) }].outages.len();
    assert_eq!((outages(ANN, 40), outages(BOB, 650), outages(BOB, 50)), (1, 1, 0), "it is marked where it matters");
}

#[test]
fn a_restart_in_the_middle_of_a_call_loses_nothing() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50)]);
    watch.restart();
    watch.look(400, &[(ANN, 40), (EVE, 300)]);
    watch.ends(410);
    let ends = [(1, 40, 410, End::CallEnded), (2, 50, 100, End::Polled), (3, 300, 410, End::CallEnded)];
    assert_eq!(watch.stays(), ends);
}

#[test]
fn a_call_that_is_gone_ended_unseen() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40)]);
    watch.comes(110, BOB);
    for change in found(&watch.state, CHAT, Some(CallId(6)), at(900)).changes {
        watch.state.apply(change);
    }
    assert_eq!(watch.stays(), [(1, 40, 110, End::Inferred), (2, 110, 110, End::Inferred)]);
    assert!(watch.state.study.calls.is_empty());
    assert_eq!(found(&watch.state, CHAT, None, at(901)), Outcome::nothing());
}

#[test]
fn an_end_after_unwatched_time_is_not_believed() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40)]);
    watch.ends(900);
    assert_eq!(watch.stays(), [(1, 40, 100, End::Inferred)]);
}

#[test]
fn where_listeners_are_hidden_everybody_is_confirmed_alone() {
    let mut watch = Watch::new();
    watch.look_at(100, &[(ANN, 40), (BOB, 50)], false);
    watch.look_at(130, &[(ANN, 40)], false);
    watch.look_at(160, &[(ANN, 40)], false);
    assert_eq!(watch.stays(), [], "whoever isn't on half a list isn't gone");
    watch.ends(170);
    assert_eq!(watch.stays(), [(1, 40, 160, End::Inferred), (2, 50, 100, End::Inferred)]);
}

#[test]
fn whoever_was_seen_to_leave_doesnt_get_the_time_back() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40)]);
    watch.leaves(110, ANN);
    watch.told(120, Participant { just_joined: true, versioned: true, ..sitting(ANN, 40) });
    watch.look(130, &[(ANN, 40)]);
    watch.leaves(140, ANN);
    assert_eq!(watch.stays(), [(1, 40, 110, End::Observed), (1, 120, 140, End::Observed)]);
}

#[test]
fn a_look_that_finds_nothing_new_is_one_short_change() {
    let mut watch = Watch::new();
    let people: Vec<_> = (1..=500).map(|who| (Who(who), 40)).collect();
    watch.look(100, &people);
    let participants = people.iter().map(|(who, joined)| sitting(*who, *joined)).collect();
    let look = Observation::Looked { at: at(130), complete: true, participants };
    let changes = observe(&watch.state, CHAT, CALL, &[look]).changes;
    let bytes = serde_json::to_string(&changes).expect("changes").len();
    assert!(changes.len() == 1 && bytes < 150, "{bytes} bytes: {changes:?}");
}

#[test]
fn the_longest_call_is_remembered() {
    let mut watch = Watch::new();
    let days = 3 * 86_400;
    watch.look(1_000_000, &[(ANN, 1_000_000 - days)]);
    watch.ends(1_000_010);
    assert_eq!(watch.state.study.communities[&CHAT].reach_days, 4);
}

#[test]
fn marks_that_are_too_many_become_fewer() {
    let mut outages = Vec::new();
    for n in 0..200 {
        mark(&mut outages, Outage { from: at(n * 1000), to: at(n * 1000 + 100) });
    }
    assert_eq!(outages.len(), MOST_OUTAGES);
    assert_eq!((outages[0].from, outages[MOST_OUTAGES - 1].to), (at(0), at(199_100)));
}

#[test]
fn names_follow_and_wishes_stay() {
    let mut state = State::default();
    state.study = study();
    let profile = |who, name: &str| Profile { who, name: name.to_owned(), username: None, bot: false };
    state.study.members.get_mut(&CHAT).expect("members").get_mut(&ANN).expect("Ann").goal_minutes = Some(60);
    let forgotten = Member { opted_out: true, ..Member::default() };
    state.study.members.get_mut(&CHAT).expect("members").insert(BOB, forgotten.clone());
    let changes = named(&state, CHAT, &[profile(ANN, "Ann Smith"), profile(BOB, "Bob"), profile(EVE, "Eve")]).changes;
    let [Change::Study(StudyChange::Member(CHAT, ANN, Some(ann)))] = &changes[..] else { panic!("{changes:?}") };
    assert_eq!((ann.name.as_str(), ann.goal_minutes), ("Ann Smith", Some(60)));
}

#[test]
fn whoever_leaves_after_something_was_missed_may_have_been_away() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50)]);
    watch.list.told(&News::Gap);
    watch.leaves(125, ANN);
    watch.told(126, Participant { left: true, versioned: true, ..sitting(BOB, 50) });
    assert_eq!(watch.stays(), [(1, 40, 100, End::Inferred), (2, 50, 126, End::Observed)], "of Bob, Telegram says since when");
}

#[test]
fn a_rest_ends_stays_when_they_were_last_confirmed_and_is_not_counted() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50)]);
    watch.look(130, &[(ANN, 40), (BOB, 50)]);
    assert_eq!(unwatched(&watch.state), []);
    let community = |watched, resumed| Community { watched, resumed, ..study().communities[&CHAT].clone() };
    watch.state.study.communities.insert(CHAT, community(false, None));
    assert_eq!(unwatched(&watch.state), [CALL]);
    rested(&watch.state, CALL, at(150)).changes.into_iter().for_each(|change| watch.state.apply(change));
    assert_eq!(watch.stays(), [(1, 40, 130, End::Inferred), (2, 50, 130, End::Inferred)]);
    assert_eq!(unwatched(&watch.state), []);
    // The same call goes on, and Telegram gives the same times of joining.
    watch.state.study.communities.insert(CHAT, community(true, Some(at(900))));
    watch.restart();
    watch.look(910, &[(ANN, 40), (BOB, 905)]);
    watch.look(940, &[(ANN, 40)]);
    watch.leaves(950, ANN);
    let after: Vec<_> = watch.stays().into_iter().filter(|(_, from, ..)| *from >= 900).collect();
    assert_eq!(after, [(1, 900, 950, End::Observed), (2, 905, 910, End::Polled)]);
}

#[test]
fn whoever_was_forgotten_is_seen_again_only_after_coming_back() {
    let mut watch = Watch::new();
    watch.look(100, &[(ANN, 40), (BOB, 50)]);
    let forgotten = Member { opted_out: true, forgotten: Some(at(110)), ..Member::default() };
    watch.state.apply(StudyChange::Member(CHAT, ANN, Some(Box::new(forgotten))).into());
    watch.state.apply(StudyChange::Seat(CALL, ANN, None).into());
    watch.look(130, &[(ANN, 40), (BOB, 50)]);
    watch.told(140, Participant { versioned: true, ..sitting(ANN, 40) });
    watch.restart();
    watch.look(160, &[(ANN, 40), (BOB, 50)]);
    assert!(!watch.state.study.calls[&CALL].seats.contains_key(&ANN));
    watch.leaves(170, ANN);
    assert_eq!(watch.stays(), []);
    // Telegram gives the old time, but she came.
    watch.told(180, Participant { just_joined: true, versioned: true, ..sitting(ANN, 40) });
    watch.look(190, &[(ANN, 40), (BOB, 50)]);
    watch.leaves(200, ANN);
    assert_eq!(watch.stays(), [(1, 180, 200, End::Observed)]);
    watch.comes(210, ANN);
    watch.leaves(220, ANN);
    assert_eq!(watch.stays(), [(1, 180, 200, End::Observed), (1, 210, 220, End::Observed)]);
}
