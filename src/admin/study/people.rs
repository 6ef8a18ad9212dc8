//! Who is who in a community.

use crate::{
    domain::{
        ids::{ChatId, UserId},
        presence::Who,
        state::State,
        study::{Community, Member},
    },
    text::study,
};

/// The communities in which somebody was seen, with their titles' order.
pub fn communities_of(state: &State, user: UserId) -> Vec<(ChatId, &Community)> {
    let all = state.study.communities.iter();
    let mut theirs: Vec<_> =
        all.filter(|(chat, _)| is_member(state, **chat, user)).map(|(chat, community)| (*chat, community)).collect();
    theirs.sort_by_key(|(chat, community)| (community.title.to_lowercase(), *chat));
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
    member(state, chat, who).and_then(|member| member.same_as).unwrap_or(who)
}

/// All accounts of the person who has this one, the canonical one first.
pub fn accounts(state: &State, chat: ChatId, who: Who) -> Vec<Who> {
    let first = canonical(state, chat, who);
    let members = state.study.members.get(&chat).into_iter().flatten();
    let others = members.filter(|(other, member)| member.same_as == Some(first) && **other != first).map(|(other, _)| *other);
    std::iter::once(first).chain(others).collect()
}

/// How somebody is called where admins look. Not escaped, not cut.
pub fn name(state: &State, chat: ChatId, who: Who) -> String {
    study::name(member(state, chat, who), who)
}

/// One entry for each person of a community, by name: the canonical accounts.
pub fn persons(state: &State, chat: ChatId) -> Vec<Who> {
    let members = state.study.members.get(&chat).into_iter().flatten();
    let mut persons: Vec<_> = members.filter(|(_, member)| member.same_as.is_none()).map(|(who, _)| *who).collect();
    persons.sort_by_cached_key(|who| (name(state, chat, *who).to_lowercase(), *who));
    persons
}

/// Persons of whom an account's name, username or number has these words in it.
pub fn found(state: &State, chat: ChatId, query: &str) -> Vec<Who> {
    let wanted = query.trim().trim_start_matches('@').to_lowercase();
    let is_it = |who: Who| who.0.to_string() == wanted || name(state, chat, who).to_lowercase().contains(&wanted);
    persons(state, chat).into_iter().filter(|who| accounts(state, chat, *who).into_iter().any(is_it)).collect()
}

/// Whether somebody sits in a call of a community now.
pub fn is_in_call(state: &State, chat: ChatId, who: Who) -> bool {
    let accounts = accounts(state, chat, who);
    let calls = state.study.calls.values().filter(|call| call.chat == chat);
    calls.flat_map(|call| call.seats.keys()).any(|seated| accounts.contains(seated))
}

/// How many persons sit in a community's call; `None`: there is no call.
pub fn in_call(state: &State, chat: ChatId) -> Option<usize> {
    let calls: Vec<_> = state.study.calls.values().filter(|call| call.chat == chat).collect();
    let seated = calls.iter().flat_map(|call| call.seats.keys());
    let counts_bots = state.study.communities.get(&chat).is_some_and(|community| community.filters.count_bots);
    let is_bot = |who: &Who| member(state, chat, *who).is_some_and(|member| member.bot);
    let persons: std::collections::BTreeSet<_> =
        seated.filter(|who| counts_bots || !is_bot(who)).map(|who| canonical(state, chat, *who)).collect();
    (!calls.is_empty()).then_some(persons.len())
}
