//! Random evenings: people join, leave, come back at once and mute themselves in a simulated call, while the one who watches loses
//! news, connection and memory. What is counted is never more than the truth, and all of it where it could be seen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{
    call::{CallList, Wanted},
    model::{Presence, by_second},
    observe::{WATCHED_WITHIN, days_touched, found, observe},
    sample::{CHAT, instant, study},
    seconds::Counter,
};
use crate::{
    domain::{
        change::{Change, Outcome},
        period::Period,
        presence::{CallId, News, Participant, Snapshot, Who},
        state::State,
        study::{Community, End, Member},
    },
    store::{DataFile, Progress, StudyFile},
};

const PEOPLE: i64 = 5;

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    /// Whether something happens that does so once in `n` times; never for 0.
    fn once_in(&mut self, n: u64) -> bool {
        n > 0 && self.roll(n) == 0
    }
}

/// How often what goes wrong: once in so many seconds or news; 0: never.
#[derive(Clone, Copy, Debug)]
struct Faults {
    outage: u64,
    restart: u64,
    lost: u64,
    late: u64,
    twice: u64,
    failed_look: u64,
    half_look: u64,
}

#[derive(Clone, Copy)]
struct Sitting {
    joined: i64,
    muted: bool,
    always_muted: bool,
    /// Until when a look showed them.
    looked: i64,
}

/// The truth, and whoever watches it.
struct Evening {
    dice: Dice,
    faults: Faults,
    now: i64,
    call: Option<CallId>,
    next_call: i64,
    version: i32,
    sitting: BTreeMap<Who, Sitting>,
    truth: Vec<Presence>,
    /// What could be seen of the truth.
    visible: Vec<Presence>,
    /// Everything since the last complete look was told in order and in time.
    clean: bool,
    /// When that was last so for certain: the last complete look, or news in order.
    sure: i64,
    /// News were lost and nothing has shown it yet.
    lost_unnoticed: bool,
    /// Calls at whose end that was so: of their last seconds nobody can know.
    ended_unnoticed: BTreeSet<CallId>,
    /// On their way: when they arrive, and what.
    wire: Vec<(i64, News)>,
    down_until: i64,
    state: State,
    lists: BTreeMap<CallId, CallList>,
}

impl Evening {
    fn new(seed: u64, faults: Faults, start: i64, zone: chrono_tz::Tz, gate_seconds: u32) -> Self {
        let mut state = State::default();
        state.study = study();
        let community = Community { zone, gate_seconds, ..state.study.communities[&CHAT].clone() };
        state.study.communities.insert(CHAT, community);
        // The second account is the first person's too.
        let tied = Member { same_as: Some(Who(1)), ..Member::default() };
        state.study.members.entry(CHAT).or_default().insert(Who(2), tied);
        Self {
            dice: Dice(seed),
            faults,
            now: start,
            call: None,
            next_call: 100,
            version: 1,
            sitting: BTreeMap::new(),
            truth: Vec::new(),
            visible: Vec::new(),
            clean: false,
            sure: 0,
            lost_unnoticed: false,
            ended_unnoticed: BTreeSet::new(),
            wire: Vec::new(),
            down_until: 0,
            state,
            lists: BTreeMap::new(),
        }
    }

    fn at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.now, 0).expect("an instant")
    }

    fn second(&mut self, busy: u64) {
        self.now += 1;
        self.trouble();
        self.people(busy);
        self.deliver();
        self.look();
    }

    fn trouble(&mut self) {
        if self.dice.once_in(self.faults.outage) {
            self.down_until = self.now + 1 + self.dice.roll(200) as i64;
            self.clean = false;
        }
        if self.dice.once_in(self.faults.restart) {
            self.lists.clear();
            self.wire.clear();
            self.clean = false;
            self.state = reread(&self.state);
        }
        if self.now == self.down_until {
            // What was on its way is lost; the new connection says so.
            self.wire.clear();
            self.lost_unnoticed = false;
            for list in self.lists.values_mut() {
                list.told(&News::Gap);
            }
        }
    }

    fn people(&mut self, busy: u64) {
        let Some(call) = self.call else {
            if self.dice.once_in(60) {
                self.call = Some(CallId(self.next_call));
                (self.next_call, self.version, self.clean) = (self.next_call + 1, 1, false);
            }
            return;
        };
        if self.dice.once_in(1500) {
            // What is overtaken by the end was as good as lost.
            let overtaken = self.wire.iter().any(|(_, news)| matches!(news, News::Participants { .. }));
            if self.lost_unnoticed || overtaken {
                self.ended_unnoticed.insert(call);
            }
            let at = self.at();
            let told = self.tell(News::Ended { call, at });
            // An end after unwatched time isn't believed.
            self.clean &= told && self.now - self.sure <= WATCHED_WITHIN.num_seconds();
            for who in self.sitting.keys().copied().collect::<Vec<_>>() {
                self.leave(who, call);
            }
            self.call = None;
            return;
        }
        if !self.dice.once_in(busy) {
            return;
        }
        let who = Who(1 + self.dice.roll(PEOPLE as u64) as i64);
        if !self.sitting.contains_key(&who) {
            self.join(who, call);
            return;
        }
        match self.dice.roll(4) {
            0 => self.mute(who, call),
            1 => {
                self.leave_told(who, call);
                self.join(who, call);
            }
            _ => self.leave_told(who, call),
        }
    }

    fn join(&mut self, who: Who, call: CallId) {
        let muted = self.dice.once_in(2);
        self.sitting.insert(who, Sitting { joined: self.now, muted, always_muted: muted, looked: self.now });
        let participant = Participant { just_joined: true, versioned: true, ..self.participant(who) };
        self.participants(call, participant);
    }

    fn leave_told(&mut self, who: Who, call: CallId) {
        let participant = Participant { left: true, versioned: true, ..self.participant(who) };
        // Some servers don't say when somebody who left had joined.
        let joined = if self.dice.once_in(2) { DateTime::UNIX_EPOCH } else { participant.joined };
        let told = self.participants(call, Participant { joined, ..participant });
        self.clean &= told;
        self.leave(who, call);
    }

    /// They are gone; what they sat is true, and visible as far as it was looked at, or all was told.
    fn leave(&mut self, who: Who, call: CallId) {
        let sat = self.sitting.remove(&who).expect("they sit here");
        let (from, to, muted) = (sat.joined, self.now, sat.always_muted);
        self.truth.push(Presence { call, who, from, to, muted });
        let to = if self.clean && self.now >= self.down_until { to } else { sat.looked };
        self.visible.push(Presence { call, who, from, to, muted });
    }

    fn mute(&mut self, who: Who, call: CallId) {
        let sat = self.sitting.get_mut(&who).expect("they sit here");
        sat.muted = !sat.muted;
        sat.always_muted &= sat.muted;
        let (version, participants, at) = (self.version, vec![self.participant(who)], self.at());
        self.tell(News::Participants { call, version, participants, at });
    }

    fn participant(&self, who: Who) -> Participant {
        let sat = self.sitting[&who];
        let joined = DateTime::from_timestamp(sat.joined, 0).expect("an instant");
        let (left, just_joined, versioned) = (false, false, false);
        Participant { who, joined, source: 0, muted: sat.muted, video: false, left, just_joined, versioned }
    }

    fn participants(&mut self, call: CallId, participant: Participant) -> bool {
        self.version += 1;
        let (version, at) = (self.version, self.at());
        if self.dice.once_in(3) {
            self.tell(News::Version { call, version, at });
        }
        let told = self.tell(News::Participants { call, version, participants: vec![participant], at });
        self.clean &= told;
        if self.clean {
            self.sure = self.now;
        }
        told
    }

    /// Whether it is told at once and in order.
    fn tell(&mut self, news: News) -> bool {
        if self.now < self.down_until {
            return false;
        }
        let versioned = matches!(news, News::Participants { .. });
        if versioned && self.dice.once_in(self.faults.lost) {
            self.lost_unnoticed = true;
            return false;
        }
        let late = if self.dice.once_in(self.faults.late) { 1 + self.dice.roll(3) as i64 } else { 0 };
        if self.dice.once_in(self.faults.twice) {
            self.wire.push((self.now + self.dice.roll(40) as i64, news.clone()));
        }
        self.wire.push((self.now + late, news));
        late == 0
    }

    fn deliver(&mut self) {
        if self.now < self.down_until {
            return;
        }
        let (due, waiting) = std::mem::take(&mut self.wire).into_iter().partition(|(when, _)| *when <= self.now);
        self.wire = waiting;
        let due: Vec<(i64, News)> = due;
        for (_, news) in due {
            let call = match &news {
                News::Started { call, .. }
                | News::Participants { call, .. }
                | News::Version { call, .. }
                | News::Ended { call, .. } => *call,
                News::Gap => continue,
            };
            let seen = self.lists.get_mut(&call).map(|list| list.told(&news)).unwrap_or_default();
            self.observed(call, &seen);
        }
    }

    fn look(&mut self) {
        let wanted = self.lists.values().any(|list| match list.wanted() {
            Wanted::Look => true,
            Wanted::LookAt(when) => when.timestamp() <= self.now,
            Wanted::Nothing | Wanted::Over => false,
        });
        let regular = self.now % 30 == 0;
        if !(regular || wanted) || self.now < self.down_until {
            return;
        }
        if self.dice.once_in(self.faults.failed_look) {
            return;
        }
        let outcome = found(&self.state, CHAT, self.call, self.at());
        self.apply(outcome);
        self.lists.retain(|call, _| Some(*call) == self.call);
        let Some(call) = self.call else { return };
        let half = self.dice.once_in(self.faults.half_look);
        let mut shown = Vec::new();
        for who in self.sitting.keys().copied().collect::<Vec<_>>() {
            if !half || self.dice.once_in(2) {
                shown.push(self.participant(who));
                let now = self.now;
                self.sitting.get_mut(&who).expect("they sit here").looked = now;
            }
        }
        let late = self.wire.iter().any(|(_, news)| matches!(news, News::Participants { .. }));
        let look = Snapshot { version: self.version, participants: shown, complete: !half, at: self.at() };
        let seen = self.lists.entry(call).or_default().looked(look);
        self.observed(call, &seen);
        if !half {
            self.lost_unnoticed = false;
            (self.clean, self.sure) = (!late, self.now);
        }
    }

    fn observed(&mut self, call: CallId, seen: &[super::call::Observation]) {
        let days = days_touched(&self.state, call, seen);
        let outcome = observe(&self.state, CHAT, call, seen);
        for change in &outcome.changes {
            if let Change::Presence(day, ..) = change {
                assert!(days.contains(day), "{day} would not be in memory");
            }
        }
        self.apply(outcome);
    }

    fn apply(&mut self, outcome: Outcome) {
        // As the journal has it.
        let text = serde_json::to_string(&outcome.changes).expect("changes");
        let changes: Vec<Change> = serde_json::from_str(&text).expect("our own changes");
        changes.into_iter().for_each(|change| self.state.apply(change));
    }

    /// What was watched: closed stays and open ones, and how they ended.
    fn counted(&self) -> Vec<(Presence, Option<End>)> {
        let closed = self.state.days.values().filter_map(|day| day.presence.get(&CHAT)).flat_map(|known| &known.stays);
        let closed = closed.map(|(key, stay)| (key.call, key.who, key.joined, stay.left, stay.muted, Some(stay.end)));
        let open = self.state.study.calls.iter().flat_map(|(id, call)| {
            call.seats.iter().map(|(who, seat)| (*id, *who, seat.joined, call.confirmed(seat), seat.muted, None))
        });
        let all = closed.chain(open);
        all.map(|(call, who, from, to, muted, end)| {
            (Presence { call, who, from: from.timestamp(), to: to.timestamp(), muted }, end)
        })
        .collect()
    }
}

/// Through the files, as at a start.
fn reread(state: &State) -> State {
    let (mut again, mut progress) = (State::default(), Progress::default());
    let study = [StudyFile::Communities, StudyFile::Members, StudyFile::Calls].map(DataFile::Study);
    let days = state.days.keys().map(|day| DataFile::Presence(*day));
    for file in study.into_iter().chain(days) {
        file.load(&file.render(state, &progress), &mut again, &mut progress).expect("our own file");
    }
    assert_eq!(again.study.calls, state.study.calls);
    again
}

/// Every second of `presences`, by call and account.
fn seconds_of<'a>(presences: impl IntoIterator<Item = &'a Presence>) -> BTreeSet<(CallId, Who, i64)> {
    presences.into_iter().flat_map(|one| (one.from..one.to).map(|second| (one.call, one.who, second))).collect()
}

const STARTS: [(chrono_tz::Tz, &str); 4] = [
    (chrono_tz::Asia::Tashkent, "2026-01-09T18:45:00Z"),
    (chrono_tz::Europe::Berlin, "2026-10-24T21:50:00Z"),
    (chrono_tz::Europe::Berlin, "2026-03-29T00:50:00Z"),
    (chrono_tz::America::Havana, "2026-03-08T04:45:00Z"),
];

fn check(seed: u64, faults: Faults, length: u64, busy: u64, gate: u32, start: usize) {
    let (zone, start) = (STARTS[start].0, instant(STARTS[start].1).timestamp());
    let mut evening = Evening::new(seed, faults, start, zone, gate);
    for _ in 0..length {
        evening.second(busy);
    }
    // Those who still sit there are seen once more.
    if let Some(call) = evening.call {
        evening.down_until = 0;
        evening.faults = Faults { failed_look: 0, half_look: 0, ..evening.faults };
        evening.now += 30 - evening.now % 30;
        evening.look();
        for who in evening.sitting.keys().copied().collect::<Vec<_>>() {
            evening.leave(who, call);
        }
    } else {
        let outcome = found(&evening.state, CHAT, None, evening.at());
        evening.apply(outcome);
    }
    let counted = evening.counted();
    let (truth, visible) = (seconds_of(&evening.truth), seconds_of(&evening.visible));
    for (one, end) in &counted {
        let more = seconds_of([one]).difference(&truth).count() as i64;
        let unknowable = *end == Some(End::CallEnded) && evening.ended_unnoticed.contains(&one.call);
        let allowed = if unknowable { WATCHED_WITHIN.num_seconds() } else { 0 };
        assert!(more <= allowed, "{more} s too many of {one:?} {end:?}; truth: {:?}", evening.truth);
    }
    let all = seconds_of(counted.iter().map(|(one, _)| one));
    let missed: Vec<_> = visible.difference(&all).collect();
    assert!(missed.is_empty(), "{} s missed from {:?}; counted {counted:?}", missed.len(), missed[0]);
    boards_agree(&evening, &counted);
}

/// Seconds by day and person are what looking at every second of the stays gives; without faults, of the truth.
fn boards_agree(evening: &Evening, counted: &[(Presence, Option<End>)]) {
    let community = &evening.state.study.communities[&CHAT];
    let today = evening.at().with_timezone(&community.zone).date_naive();
    let days = Period { from: today - chrono::Days::new(1), to: today };
    let mut counter = Counter::new(&evening.state.study, CHAT, days, evening.at()).expect("a community");
    for (day, known) in evening.state.days.iter().filter_map(|(day, known)| Some((*day, known.presence.get(&CHAT)?))) {
        known.show(day, &mut counter);
    }
    let seconds = counter.finish();
    let ties = BTreeMap::from([(Who(2), Who(1))]);
    let presences: Vec<Presence> = counted.iter().map(|(one, _)| *one).collect();
    let model = |presences: &[Presence]| by_second(community, &ties, &BTreeSet::new(), days, evening.now, presences);
    assert_eq!(seconds, model(&presences));
    let Faults { outage, restart, lost, late, failed_look, half_look, .. } = evening.faults;
    let from_the_first = evening.truth.iter().all(|one| evening.visible.iter().any(|seen| same(one, seen)));
    if [outage, restart, lost, late, failed_look, half_look] == [0; 6] && from_the_first {
        assert_eq!(seconds, model(&evening.truth));
    }
}

fn same(one: &Presence, seen: &Presence) -> bool {
    (one.call, one.who, one.from, one.to) == (seen.call, seen.who, seen.from, seen.to)
}

fn rate() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 2..20_u64, 20..600_u64]
}

fn faults() -> impl Strategy<Value = Faults> {
    let rare = || prop_oneof![Just(0), 100..2000_u64];
    (rare(), rare(), rate(), rate(), rate(), rate(), prop_oneof![3 => Just(0), 1 => 1..5_u64]).prop_map(
        |(outage, restart, lost, late, twice, failed_look, half_look)| Faults {
            outage,
            restart,
            lost,
            late,
            twice,
            failed_look,
            half_look,
        },
    )
}

proptest! {
    #[test]
    fn never_more_than_the_truth_and_all_that_could_be_seen(
        seed in any::<u64>(), faults in faults(), length in 300..2500_u64, busy in 3..60_u64,
        gate in prop_oneof![Just(0), Just(300), 0..900_u32], start in 0..STARTS.len(),
    ) {
        check(seed, faults, length, busy, gate, start);
    }

    #[test]
    fn without_faults_every_second_counts(
        seed in any::<u64>(), length in 300..2500_u64, busy in 3..60_u64, twice in rate(), start in 0..STARTS.len(),
    ) {
        let faults = Faults { outage: 0, restart: 0, lost: 0, late: 0, twice, failed_look: 0, half_look: 0 };
        check(seed, faults, length, busy, 300, start);
    }
}
