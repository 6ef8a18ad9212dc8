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
