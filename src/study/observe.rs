//! What becomes of an observation: seats are taken and left, stays end, unwatched time is marked.
//!
//! A person's stay goes on as long as Telegram gives the same time of joining. It ends when somebody told so, otherwise when they
//! were last known to be there: a failed request, a lost connection or a restart end nothing, and add nothing that isn't certain.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::call::Observation;
use crate::domain::{
    change::{Change, Outcome},
    ids::ChatId,
    presence::{CallId, Participant, Profile, Who},
    state::State,
    study::{Began, Call, Community, End, Member, Outage, PresenceChange, Seat, Stay, StayKey, StudyChange},
};

/// Calls are looked at so often.
pub const LOOK_EVERY: TimeDelta = TimeDelta::seconds(30);
/// Time between two looks counts as watched up to so much; beyond, at least one of them failed.
pub const WATCHED_WITHIN: TimeDelta = TimeDelta::seconds(45);
/// A call has at most so many marks of unwatched time; then those closest to each other become one.
const MOST_OUTAGES: usize = 50;

/// The days (UTC) to which these observations may add stays: they have to be in memory then.
pub fn days_touched(state: &State, call: CallId, observations: &[Observation]) -> Vec<NaiveDate> {
    let mut days = BTreeSet::new();
    let call = state.study.calls.get(&call);
    // Who joined anew ends the stay before then at the latest.
    let anew = |one: &Participant| {
        let seat = call?.seats.get(&one.who)?;
        (one.joined > seat.joined).then(|| one.joined.date_naive())
    };
    for observation in observations {
        match observation {
            Observation::Looked { at, participants, .. } => {
                days.insert(at.date_naive());
                days.extend(participants.iter().filter_map(anew));
            }
            Observation::Came { participant, at } | Observation::Left { participant, at, .. } => {
                days.insert(at.date_naive());
                days.extend(anew(participant));
            }
            Observation::InStep { at } | Observation::Over { at, .. } => drop(days.insert(at.date_naive())),
        }
    }
    if let Some(call) = call {
        days.insert(call.confirmed.date_naive());
        days.extend(call.seats.values().map(|seat| call.confirmed(seat).date_naive()));
    }
    days.into_iter().collect()
}

/// What becomes of observations of one call in a community, in their order.
pub fn observe(state: &State, chat: ChatId, id: CallId, observations: &[Observation]) -> Outcome {
    let mut room = Room::enter(state, chat, id);
    for observation in observations {
        match observation {
            Observation::Looked { at, complete, participants } => room.look(*at, *complete, participants),
            Observation::Came { participant, at } => room.came(participant, *at),
            Observation::Left { participant, at, in_step } => room.left(participant, *at, *in_step),
            Observation::InStep { at } => room.in_step(*at),
            Observation::Over { at, exact } => room.over(*at, *exact),
        }
    }
    room.outcome()
}

/// What becomes of having looked which call goes on in a community: every other one there is over. The one that goes on is
/// entered by the first look at it.
pub fn found(state: &State, chat: ChatId, live: Option<CallId>, at: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    for id in calls_of(state, chat).filter(|id| Some(*id) != live) {
        outcome.append(observe(state, chat, id, &[Observation::Over { at, exact: false }]));
    }
    outcome
}

/// What becomes of a call whose community rests: nobody looks any more, so everybody's stay ends when they were last confirmed.
pub fn rested(state: &State, id: CallId, at: DateTime<Utc>) -> Outcome {
    let chat = state.study.calls.get(&id).map(|call| call.chat);
    chat.map_or_else(Outcome::nothing, |chat| observe(state, chat, id, &[Observation::Over { at, exact: false }]))
}

/// The calls of communities that rest, or are no more.
pub fn unwatched(state: &State) -> Vec<CallId> {
    let is_watched = |chat: &ChatId| state.study.communities.get(chat).is_some_and(|community| community.watched);
    state.study.calls.iter().filter(|(_, call)| !is_watched(&call.chat)).map(|(id, _)| *id).collect()
}

/// The calls of a community that are known to go on.
pub fn calls_of(state: &State, chat: ChatId) -> impl Iterator<Item = CallId> {
    state.study.calls.iter().filter(move |(_, call)| call.chat == chat).map(|(id, _)| *id)
}

/// What becomes of how people are called. Wishes and ties to other accounts stay; a person who had their data deleted stays
/// without a name.
pub fn named(state: &State, chat: ChatId, profiles: &[Profile]) -> Outcome {
    let known = state.study.members.get(&chat);
    let mut outcome = Outcome::nothing();
    for profile in profiles {
        let before = known.and_then(|members| members.get(&profile.who));
        let mut member = before.cloned().unwrap_or_default();
        let forgotten = member.opted_out && member.name.is_empty() && member.username.is_none();
        if !forgotten {
            (member.name, member.username) = (profile.name.clone(), profile.username.clone());
        }
        member.bot = profile.bot;
        if before != Some(&member) && (before.is_some() || member != Member::default()) {
            outcome.set(Change::Study(StudyChange::Member(chat, profile.who, Some(Box::new(member)))));
        }
    }
    outcome
}

/// A call while it is observed: what the state has of it, and what is different now.
struct Room<'a> {
    state: &'a State,
    chat: ChatId,
    id: CallId,
    /// Without its seats; `None`: not known, or over.
    call: Option<Call>,
    call_changed: bool,
    /// Since when the call went on, once it is over.
    since: Option<DateTime<Utc>>,
    known: Option<&'a BTreeMap<Who, Seat>>,
    seats: BTreeMap<Who, Option<Seat>>,
    stays: Vec<(StayKey, Stay)>,
}

impl<'a> Room<'a> {
    fn enter(state: &'a State, chat: ChatId, id: CallId) -> Self {
        let known = state.study.calls.get(&id);
        let header = |call: &Call| Call {
            chat,
            seen: call.seen,
            confirmed: call.confirmed,
            outages: call.outages.clone(),
            seats: BTreeMap::new(),
        };
        Self {
            state,
            chat,
            id,
            call: known.map(header),
            call_changed: false,
            since: None,
            known: known.map(|call| &call.seats),
            seats: BTreeMap::new(),
            stays: Vec::new(),
        }
    }

    fn look(&mut self, at: DateTime<Utc>, complete: bool, participants: &[Participant]) {
        let call = self.call.get_or_insert_with(|| {
            self.call_changed = true;
            Call { chat: self.chat, seen: at, confirmed: at, outages: Vec::new(), seats: BTreeMap::new() }
        });
        if complete && at > call.confirmed {
            if at - call.confirmed > WATCHED_WITHIN {
                mark(&mut call.outages, Outage { from: call.confirmed, to: at });
            }
            self.call_changed = true;
        }
        for participant in participants {
            self.sit(participant, Began::Polled, at, !complete);
        }
        if complete {
            let here: BTreeSet<Who> = participants.iter().map(|participant| participant.who).collect();
            let gone: Vec<Who> = self.sitting().map(|(who, _)| who).filter(|who| !here.contains(who)).collect();
            for who in gone {
                self.close(who, End::Polled, None, at);
            }
            self.confirm(at);
        }
    }

    fn came(&mut self, participant: &Participant, at: DateTime<Utc>) {
        // Somebody who is only told of and isn't known: the next look says when they came.
        if participant.just_joined || participant.versioned || self.seat(participant.who).is_some() {
            let began = if participant.just_joined { Began::Observed } else { Began::Polled };
            self.sit(participant, began, at, !participant.versioned && !participant.just_joined);
        }
    }

    fn left(&mut self, participant: &Participant, at: DateTime<Utc>, in_step: bool) {
        let Some(mut seat) = self.seat(participant.who) else { return };
        let joined = self.watched_from(participant.joined);
        if joined > seat.joined {
            self.sit(participant, Began::Polled, at, false);
            seat = self.seat(participant.who).unwrap_or(seat);
        }
        // Where something was missed, they may have left and come back before; unless Telegram says since when they sat there.
        let (end, left) = if in_step || joined == seat.joined { (End::Observed, Some(at)) } else { (End::Inferred, None) };
        self.close(participant.who, end, left, at);
    }

    fn in_step(&mut self, at: DateTime<Utc>) {
        if self.call.as_ref().is_some_and(|call| at > call.confirmed) {
            self.confirm(at);
        }
    }

    fn over(&mut self, at: DateTime<Utc>, exact: bool) {
        let Some(call) = &self.call else { return };
        // Who left in unwatched time did so unseen.
        let exact = exact && at - call.confirmed <= WATCHED_WITHIN;
        let (end, left) = if exact { (End::CallEnded, Some(at)) } else { (End::Inferred, None) };
        for who in self.sitting().map(|(who, _)| who).collect::<Vec<_>>() {
            self.close(who, end, left, at);
        }
        self.since = self.call.take().map(|call| call.seen);
        self.call_changed = true;
    }

    /// Everybody who sits here did so at `at`.
    fn confirm(&mut self, at: DateTime<Utc>) {
        if let Some(call) = &mut self.call {
            self.call_changed |= at > call.confirmed;
            call.confirmed = call.confirmed.max(at);
        }
    }

    /// Somebody sits here: they stay, or take a seat; `alone`: it is known of nobody else.
    fn sit(&mut self, participant: &Participant, began: Began, at: DateTime<Utc>, alone: bool) {
        let Some(joined) = self.joined(participant, at) else { return };
        let Some(call) = &mut self.call else { return };
        if joined < call.seen {
            (call.seen, self.call_changed) = (joined, true);
        }
        let confirmed = alone.then_some(at);
        let seat = match self.seat(participant.who) {
            Some(seat) if joined <= seat.joined => {
                let confirmed = seat.confirmed.max(confirmed);
                Seat { muted: seat.muted && participant.muted, confirmed, ..seat }
            }
            known => {
                if known.is_some() {
                    self.close(participant.who, End::Rejoined, Some(joined), at);
                }
                // Telegram may give the old time to whoever comes back; but they were seen to leave.
                let joined = if self.was_seen_leaving(participant.who, joined) { at } else { joined };
                Seat { joined, began, seen: at, source: participant.source, muted: participant.muted, confirmed }
            }
        };
        if self.seat(participant.who) != Some(seat) {
            self.seats.insert(participant.who, Some(seat));
        }
    }

    /// Since when somebody sits here. `None`: they had their data deleted, and have sat here since.
    fn joined(&self, participant: &Participant, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let members = self.state.study.members.get(&self.chat);
        let forgotten = members.and_then(|members| members.get(&participant.who)?.forgotten);
        match forgotten {
            Some(forgotten) if self.seat(participant.who).is_none() && participant.joined <= forgotten => {
                // Telegram may give the old time to whoever comes back.
                (participant.just_joined && at > forgotten).then_some(at)
            }
            _ if participant.joined.timestamp() <= 0 => Some(at),
            _ => Some(self.watched_from(participant.joined)),
        }
    }

    /// Nobody sat here before watching began again.
    fn watched_from(&self, joined: DateTime<Utc>) -> DateTime<Utc> {
        let resumed = self.state.study.communities.get(&self.chat).and_then(|community| community.resumed);
        resumed.map_or(joined, |resumed| resumed.max(joined))
    }

    /// Ends somebody's stay: at `left` where that is certain, otherwise when they were last known to be there.
    fn close(&mut self, who: Who, end: End, left: Option<DateTime<Utc>>, noticed: DateTime<Utc>) {
        let Some(seat) = self.seat(who) else { return };
        let Some(known) = self.last_confirmed(&seat) else { return };
        let left = match (end, left) {
            (End::Rejoined, Some(anew)) => known.min(anew),
            (_, Some(left)) => left,
            (_, None) => known,
        };
        let left = left.max(seat.joined);
        let noticed = noticed.max(left);
        let within = |outage: &&Outage| outage.from < left && outage.to > seat.joined;
        let outages = self.call.iter().flat_map(|call| &call.outages).filter(within).copied().collect();
        let key = StayKey { call: self.id, who, joined: seat.joined };
        self.stays.push((key, Stay { began: seat.began, seen: seat.seen, left, end, noticed, muted: seat.muted, outages }));
        self.seats.insert(who, None);
    }

    fn seat(&self, who: Who) -> Option<Seat> {
        match self.seats.get(&who) {
            Some(now) => *now,
            None => self.known.and_then(|seats| seats.get(&who)).copied(),
        }
    }

    fn last_confirmed(&self, seat: &Seat) -> Option<DateTime<Utc>> {
        self.call.as_ref().map(|call| call.confirmed(seat))
    }

    fn sitting(&self) -> impl Iterator<Item = (Who, Seat)> {
        let before =
            self.known.into_iter().flatten().filter(|(who, _)| !self.seats.contains_key(who)).map(|(who, seat)| (*who, *seat));
        before.chain(self.seats.iter().filter_map(|(who, seat)| Some((*who, (*seat)?))))
    }

    /// Whether somebody with this time of joining was seen to leave after it.
    fn was_seen_leaving(&self, who: Who, joined: DateTime<Utc>) -> bool {
        let key = StayKey { call: self.id, who, joined };
        let mut days = self.state.days.values().filter_map(|day| day.presence.get(&self.chat)?.stays.get(&key));
        let mut now = self.stays.iter().filter(|(known, _)| *known == key).map(|(_, stay)| stay);
        let seen = |stay: &Stay| stay.end == End::Observed && stay.left > joined;
        days.any(seen) || now.any(seen)
    }

    fn outcome(self) -> Outcome {
        let mut outcome = Outcome::nothing();
        let mut longest = 0;
        let since = self.call.as_ref().map(|call| call.seen).or(self.since);
        let over = self.call.is_none();
        if self.call_changed {
            outcome.set(Change::Study(StudyChange::Call(self.id, self.call.map(Box::new))));
        }
        // The seats of a call that is over go with it.
        for (who, seat) in self.seats.into_iter().filter(|_| !over) {
            outcome.set(Change::Study(StudyChange::Seat(self.id, who, seat)));
        }
        for (key, stay) in self.stays {
            let length = stay.left - since.map_or(key.joined, |since| since.min(key.joined));
            longest = longest.max(length.num_seconds().div_euclid(86_400) + 1);
            outcome.set(Change::Presence(stay.left.date_naive(), self.chat, PresenceChange::Stay(key, Some(stay))));
        }
        if let Some(community) = self.state.study.communities.get(&self.chat)
            && let Ok(longest) = u32::try_from(longest)
            && longest > community.reach_days
        {
            let longer = Community { reach_days: longest, ..community.clone() };
            outcome.set(Change::Study(StudyChange::Community(self.chat, Some(Box::new(longer)))));
        }
        outcome
    }
}

/// Marks unwatched time. Marks that touch become one.
fn mark(outages: &mut Vec<Outage>, new: Outage) {
    match outages.last_mut() {
        Some(last) if last.to >= new.from => last.to = last.to.max(new.to),
        _ => outages.push(new),
    }
    if outages.len() > MOST_OUTAGES {
        let closest = (1..outages.len()).min_by_key(|n| outages[*n].from - outages[*n - 1].to).expect("there are several");
        outages[closest - 1].to = outages[closest].to;
        outages.remove(closest);
    }
}

#[cfg(test)]
#[path = "observe_tests.rs"]
mod tests;
