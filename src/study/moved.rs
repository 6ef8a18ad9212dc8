//! A community's group became a supergroup: everything of it goes on under the new id.

use crate::domain::{
    change::{Change, Outcome},
    ids::ChatId,
    state::State,
    study::{Call, Community, Export, Member, PresenceChange, StudyChange, Target},
};

/// What becomes of study time when a group goes on under another id. Where both have something, what the new id has stays, and
/// the old one's is added. Telling it twice changes nothing more. Expects every day with stays of the old id to be in memory.
pub fn moved(state: &State, from: ChatId, to: ChatId) -> Outcome {
    let mut outcome = Outcome::nothing();
    if from != to {
        let mut set = |change| outcome.set(Change::Study(change));
        settings(state, from, to, &mut set);
        people(state, from, to, &mut set);
        history(state, from, to, &mut set);
        days(state, from, to, &mut outcome);
    }
    outcome
}

fn settings(state: &State, from: ChatId, to: ChatId, set: &mut impl FnMut(StudyChange)) {
    let there = |target: Target| if target.chat == from { Target { chat: to, ..target } } else { target };
    for (chat, community) in &state.study.communities {
        let reach_days = if *chat == to { state.study.communities.get(&from).map_or(0, |old| old.reach_days) } else { 0 };
        let now =
            Community { target: there(community.target), reach_days: community.reach_days.max(reach_days), ..community.clone() };
        let chat_now = if *chat == from { to } else { *chat };
        if *chat == from {
            set(StudyChange::Community(from, None));
        }
        let taken = *chat == from && state.study.communities.contains_key(&to);
        if !taken && (chat_now != *chat || now != *community) {
            set(StudyChange::Community(chat_now, Some(Box::new(now))));
        }
    }
    for (id, call) in state.study.calls.iter().filter(|(_, call)| call.chat == from) {
        let now = Call { chat: to, seats: Default::default(), ..call.clone() };
        set(StudyChange::Call(*id, Some(Box::new(now))));
    }
    for (id, export) in state.study.exports.iter().filter(|(_, export)| export.community == from) {
        set(StudyChange::Export(*id, Some(Box::new(Export { community: to, ..export.clone() }))));
    }
}

fn people(state: &State, from: ChatId, to: ChatId, set: &mut impl FnMut(StudyChange)) {
    let study = &state.study;
    for (who, member) in study.members.get(&from).into_iter().flatten() {
        set(StudyChange::Member(from, *who, None));
        let there = study.members.get(&to).and_then(|members| members.get(who));
        let both = there.map_or_else(|| member.clone(), |there| both(there, member));
        if there != Some(&both) {
            set(StudyChange::Member(to, *who, Some(Box::new(both))));
        }
    }
    for (alias, canonical) in study.aliases.get(&from).into_iter().flatten() {
        set(StudyChange::Alias(from, alias.clone(), None));
        if !study.aliases.get(&to).is_some_and(|aliases| aliases.contains_key(alias)) {
            set(StudyChange::Alias(to, alias.clone(), Some(canonical.clone())));
        }
    }
    let taken = study.corrections.get(&to).and_then(|corrections| corrections.keys().next_back()).copied().unwrap_or(0);
    for (n, (id, correction)) in (1..).zip(study.corrections.get(&from).into_iter().flatten()) {
        set(StudyChange::Correction(from, *id, None));
        // Numbers are only unique within a community.
        let id = if taken == 0 { *id } else { taken + n };
        set(StudyChange::Correction(to, id, Some(Box::new(correction.clone()))));
    }
}

/// What is known of somebody under both ids: what they wished under the old one holds.
fn both(new: &Member, old: &Member) -> Member {
    let is_named = !new.name.is_empty() || new.username.is_some();
    // Whoever was forgotten under the old id stays without a name.
    let named = if is_named && old.forgotten <= new.forgotten { new } else { old };
    Member {
        name: named.name.clone(),
        username: named.username.clone(),
        bot: new.bot || old.bot,
        same_as: new.same_as.or(old.same_as),
        opted_out: new.opted_out || old.opted_out,
        forgotten: new.forgotten.max(old.forgotten),
        goal_minutes: new.goal_minutes.or(old.goal_minutes),
    }
}

fn history(state: &State, from: ChatId, to: ChatId, set: &mut impl FnMut(StudyChange)) {
    let study = &state.study;
    for (key, post) in study.posts.get(&from).into_iter().flatten() {
        set(StudyChange::Post(from, *key, None));
        if !study.posts.get(&to).is_some_and(|posts| posts.contains_key(key)) {
            set(StudyChange::Post(to, *key, Some(Box::new(post.clone()))));
        }
    }
    for (period, chosen) in study.compliments.get(&from).into_iter().flatten() {
        for (who, words) in chosen {
            set(StudyChange::Compliment(from, period.clone(), *who, None));
            let there = study.compliments.get(&to).and_then(|periods| periods.get(period));
            if !there.is_some_and(|chosen| chosen.contains_key(who)) {
                set(StudyChange::Compliment(to, period.clone(), *who, Some(words.clone())));
            }
        }
    }
}

/// Stays of both are kept: whoever sat in a call of either did sit there. What another program counted is a total of the whole day:
/// both may be of the same evening, so the larger one holds.
fn days(state: &State, from: ChatId, to: ChatId, outcome: &mut Outcome) {
    for (date, day) in &state.days {
        let mut set = |chat, change| outcome.set(Change::Presence(*date, chat, change));
        let Some(known) = day.presence.get(&from) else { continue };
        let there = day.presence.get(&to);
        for (key, stay) in &known.stays {
            set(from, PresenceChange::Stay(*key, None));
            set(to, PresenceChange::Stay(*key, Some(stay.clone())));
        }
        for (who, seconds) in &known.imported {
            let most = there.and_then(|there| there.imported.get(who)).copied().unwrap_or(0).max(*seconds);
            set(from, PresenceChange::Imported(*who, None));
            set(to, PresenceChange::Imported(*who, Some(most)));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::{
        domain::{
            ids::UserId,
            presence::{CallId, Who},
            study::{Alias, Began, Correction, End, Post, PostKey, PostState, Seat, Stay, StayKey},
        },
        study::sample::{ANN, BOB, CHAT, EVE, day, instant, member, study, time},
    };

    const NEW: ChatId = ChatId(-1_001_000_000_007);
    const DAY: fn() -> NaiveDate = || day("2026-01-09");

    fn stay(call: i64, who: Who) -> PresenceChange {
        let joined = instant("2026-01-09T10:00:00Z");
        let left = instant("2026-01-09T11:00:00Z");
        let stay =
            Stay { began: Began::Observed, seen: joined, left, end: End::Observed, noticed: left, muted: false, outages: vec![] };
        PresenceChange::Stay(StayKey { call: CallId(call), who, joined }, Some(stay))
    }

    fn post(state: PostState) -> Option<Box<Post>> {
        let at = instant("2026-01-09T16:30:00Z");
        let (due, until, random_id) = (at, at, 7);
        Some(Box::new(Post { due, until, closes_day: true, random_id, asked_by: None, owes_snapshot: false, shown: None, state }))
    }

    /// A community with something of everything.
    fn before() -> State {
        let mut state = State::default();
        state.study = study();
        let at = instant("2026-01-09T12:00:00Z");
        let correction = Correction { day: DAY(), who: ANN, seconds: 60, reason: "r".into(), by: UserId(9), at, withdrawn: None };
        let call = Call { chat: CHAT, seen: at, confirmed: at, outages: vec![], seats: Default::default() };
        let seat = Seat { joined: at, began: Began::Polled, seen: at, source: 1, muted: false, confirmed: None };
        let key = PostKey { day: DAY(), time: time("21:30:00"), asked: 0 };
        let export = Export { community: CHAT, day: DAY(), body: "{}".into(), attempts: 0, not_before: at, refused: None };
        let changes = [
            StudyChange::Alias(CHAT, Alias::new("ann_phone"), Some(Alias::new("ann"))),
            StudyChange::Correction(CHAT, 3, Some(Box::new(correction))),
            StudyChange::Call(CallId(5), Some(Box::new(call))),
            StudyChange::Seat(CallId(5), ANN, Some(seat)),
            StudyChange::Post(CHAT, key, post(PostState::Skipped)),
            StudyChange::Compliment(CHAT, "day:2026-01-09".into(), ANN, Some("Owl".into())),
            StudyChange::Export(1, Some(Box::new(export))),
        ];
        changes.into_iter().for_each(|change| state.apply(change.into()));
        for change in [stay(4, ANN), PresenceChange::Imported(BOB, Some(600)), PresenceChange::Imported(EVE, Some(60))] {
            state.apply(Change::Presence(DAY(), CHAT, change));
        }
        state
    }

    fn after(mut state: State) -> State {
        moved(&state, CHAT, NEW).changes.into_iter().for_each(|change| state.apply(change));
        assert_eq!(moved(&state, CHAT, NEW), Outcome::nothing(), "told twice");
        state
    }

    #[test]
    fn everything_goes_on_under_the_new_id() {
        let was = before();
        let now = after(before());
        let text =
            serde_json::to_string(&(&now.study.communities, &now.study.exports, &now.study.posts.keys().collect::<Vec<_>>()));
        assert!(!text.expect("JSON").contains(&format!("{CHAT}\"")));
        let (was_study, study) = (&was.study, &now.study);
        assert_eq!(study.communities[&NEW].target.chat, NEW);
        assert_eq!((&study.members[&NEW], study.members.get(&CHAT)), (&was_study.members[&CHAT], None));
        assert_eq!((&study.aliases[&NEW], study.aliases.get(&CHAT)), (&was_study.aliases[&CHAT], None));
        assert_eq!((&study.corrections[&NEW], study.corrections.get(&CHAT)), (&was_study.corrections[&CHAT], None));
        assert_eq!((&study.posts[&NEW], study.posts.get(&CHAT)), (&was_study.posts[&CHAT], None));
        assert_eq!(study.compliments[&NEW], was_study.compliments[&CHAT]);
        assert_eq!((study.calls[&CallId(5)].chat, study.calls[&CallId(5)].seats.len()), (NEW, 1), "whoever sits there goes on");
        assert_eq!(study.exports[&1].community, NEW);
        let presence = &now.days[&DAY()].presence;
        assert_eq!(presence[&NEW], was.days[&DAY()].presence[&CHAT]);
        assert!(presence[&CHAT].stays.is_empty() && presence[&CHAT].imported.is_empty());
    }

    #[test]
    fn where_both_ids_have_something_nothing_is_lost_and_nothing_counts_twice() {
        let mut state = before();
        let community = Community { title: "New side".into(), reach_days: 1, ..study().communities[&CHAT].clone() };
        state.apply(StudyChange::Community(NEW, Some(Box::new(community))).into());
        let seen = [(ANN, member("Ann Smith", None)), (BOB, member("Bob", None))];
        seen.into_iter().for_each(|(who, seen)| state.apply(StudyChange::Member(NEW, who, Some(Box::new(seen))).into()));
        let wish = Member { opted_out: true, goal_minutes: Some(60), ..member("Ann Lee", Some("ann")) };
        state.apply(StudyChange::Member(CHAT, ANN, Some(Box::new(wish))).into());
        let at = Some(instant("2026-01-09T09:00:00Z"));
        let forgotten = Member { opted_out: true, forgotten: at, ..Member::default() };
        state.apply(StudyChange::Member(CHAT, BOB, Some(Box::new(forgotten.clone()))).into());
        let correction = before().study.corrections[&CHAT][&3].clone();
        state.apply(StudyChange::Correction(NEW, 3, Some(Box::new(Correction { seconds: 5, ..correction }))).into());
        for change in [stay(6, ANN), PresenceChange::Imported(BOB, Some(500)), PresenceChange::Imported(EVE, Some(90))] {
            state.apply(Change::Presence(DAY(), NEW, change));
        }
        let now = after(state);
        assert_eq!(now.study.communities[&NEW].title, "New side");
        let members = &now.study.members[&NEW];
        let ann = &members[&ANN];
        assert_eq!((ann.name.as_str(), ann.opted_out, ann.goal_minutes), ("Ann Smith", true, Some(60)), "a wish holds");
        assert_eq!(members[&BOB], forgotten, "whoever was forgotten stays so");
        let seconds: Vec<_> = now.study.corrections[&NEW].values().map(|correction| correction.seconds).collect();
        assert_eq!(seconds, [5, 60], "numbers are given anew");
        let presence = &now.days[&DAY()].presence[&NEW];
        assert_eq!(presence.stays.len(), 2);
        assert_eq!(presence.imported, [(BOB, 600), (EVE, 90)].into(), "the larger one: both may be of the same evening");
    }
}
