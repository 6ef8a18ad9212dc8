//! Who is who in a community.

use std::collections::BTreeSet;

use crate::{
    domain::{
        ids::{ChatId, UserId},
        presence::Who,
        state::State,
        study::{Community, Member},
    },
    study::persons::Persons,
    text::study,
};

/// The communities in which somebody was seen, with their titles' order.
pub fn communities_of(state: &State, user: UserId) -> Vec<(ChatId, &Community)> {
    let all = state.study.communities.iter();
    let mut theirs: Vec<_> =
        all.filter(|(chat, _)| is_member(state, **chat, user)).map(|(chat, community)| (*chat, community)).collect();
    theirs.sort_by_cached_key(|(chat, community)| (community.title.to_lowercase(), *chat));
    theirs
}

/// Whether somebody was seen anywhere.
pub fn is_known(state: &State, user: UserId) -> bool {
    state.study.communities.keys().any(|chat| is_member(state, *chat, user))
}

/// Whether somebody was seen in a community.
pub fn is_member(state: &State, chat: ChatId, user: UserId) -> bool {
    let chat = state.current_id(chat);
    state.study.communities.contains_key(&chat) && member(state, chat, user.into()).is_some()
}

/// What is known of somebody.
pub fn member(state: &State, chat: ChatId, who: Who) -> Option<&Member> {
    state.study.members.get(&chat)?.get(&who)
}

/// The account under which a person's time is kept.
pub fn canonical(state: &State, chat: ChatId, who: Who) -> Who {
    Persons::of(&state.study, chat).person(who)
}

/// All accounts of the person who has this one, the canonical one first.
pub fn accounts(state: &State, chat: ChatId, who: Who) -> Vec<Who> {
    let persons = Persons::of(&state.study, chat);
    let first = persons.person(who);
    let others = persons.accounts(first).into_iter().filter(|other| *other != first);
    std::iter::once(first).chain(others).collect()
}

/// How somebody is called where admins look. Not escaped, not cut.
pub fn name(state: &State, chat: ChatId, who: Who) -> String {
    study::name(member(state, chat, who), who)
}

/// One entry for each person of a community, by name: the canonical accounts.
pub fn persons(state: &State, chat: ChatId) -> Vec<Who> {
    those(state, chat, |_, _| true)
}

/// Persons of whom an account's name, username or number has these words in it.
pub fn found(state: &State, chat: ChatId, query: &str) -> Vec<Who> {
    let wanted = query.trim().trim_start_matches('@').to_lowercase();
    those(state, chat, |who, member| {
        who.0.to_string() == wanted || study::name(Some(member), who).to_lowercase().contains(&wanted)
    })
}

/// The persons of whom any account is wanted, by name. Goes through all members once: there may be thousands.
fn those(state: &State, chat: ChatId, wanted: impl Fn(Who, &Member) -> bool) -> Vec<Who> {
    let persons = Persons::of(&state.study, chat);
    let members = state.study.members.get(&chat).into_iter().flatten().filter(|(who, member)| wanted(**who, member));
    let found: BTreeSet<Who> = members.map(|(who, _)| persons.person(*who)).collect();
    let mut found: Vec<Who> = found.into_iter().collect();
    found.sort_by_cached_key(|who| (name(state, chat, *who).to_lowercase(), *who));
    found
}

/// Whether somebody sits in a call of a community now.
pub fn is_in_call(state: &State, chat: ChatId, who: Who) -> bool {
    let accounts = accounts(state, chat, who);
    let calls = state.study.calls.values().filter(|call| call.chat == chat);
    calls.flat_map(|call| call.seats.keys()).any(|seated| accounts.contains(seated))
}

/// How many persons sit in a community's call; `None`: there is no call, or nobody looks.
pub fn in_call(state: &State, chat: ChatId) -> Option<usize> {
    state.study.communities.get(&chat).filter(|community| community.watched)?;
    let calls: Vec<_> = state.study.calls.values().filter(|call| call.chat == chat).collect();
    let counts_bots = state.study.communities.get(&chat).is_some_and(|community| community.filters.count_bots);
    let known = Persons::of(&state.study, chat);
    let seated = calls.iter().flat_map(|call| call.seats.keys()).filter(|who| counts_bots || !known.is_bot(**who));
    let persons: BTreeSet<Who> = seated.map(|who| known.person(*who)).collect();
    (!calls.is_empty()).then_some(persons.len())
}
