//! What is stored about somebody, read from the store itself, and its end.

use super::super::{Desk, study::people};
use crate::{
    domain::{
        access::AccessChange, change::Change, collection::OwnCollection, commands::CommandChange, form::FormKey, ids::UserId,
        registry::Person, rules::Rules, state::State, work::Work,
    },
    text::own::Stored,
};

/// All that is stored about somebody, by their account; what they collected themselves isn't in the state.
pub(in crate::admin) fn stored(state: &State, rules: &Rules, user: UserId, collected: Option<OwnCollection>) -> Vec<Stored> {
    let mut stored = Vec::new();
    let count = |n: usize| Some(n as u64).filter(|n| *n > 0);
    if let Some(person) = state.people.get(&user) {
        stored.push(Stored::Met);
        stored.extend(person.lang.map(Stored::Language));
        stored.extend(count(person.muted.len()).map(Stored::Muted));
    }
    stored.extend(state.requests.get(&user).map(|request| Stored::Request(request.full_name.to_string())));
    stored.extend(state.forms.contains_key(&FormKey::private(user)).then_some(Stored::Question));
    stored.extend(people::communities_of(state, user).into_iter().map(|(_, community)| Stored::Study(community.title.clone())));
    let feedback = state.commands.feedback.values().filter(|feedback| feedback.from == user).count();
    stored.extend(count(feedback).map(Stored::Feedback));
    let sign_in = &state.access.sign_in;
    stored.extend(count(sign_in.sessions.values().filter(|session| session.user == user).count()).map(Stored::SignedIn));
    if let Some(own) = collected {
        stored.push(Stored::Collected(own.channels));
        stored.extend(own.has_session.then_some(Stored::OwnSession));
    }
    if let Some(teacher) = state.teacher_of(user) {
        let groups = state.assignments.get(&teacher.teacher_id).map_or(0, std::collections::BTreeSet::len);
        stored.push(Stored::Teacher {
            name: teacher.full_name.to_string(),
            id: teacher.teacher_id.to_string(),
            accounts: teacher.accounts().count() as u64,
            groups: groups as u64,
        });
    }
    stored.extend(sign_in.viewers.contains_key(&user).then_some(Stored::Viewer));
    stored.extend(sign_in.researchers.contains_key(&user).then_some(Stored::Researcher));
    let administers = |chat: &&crate::domain::chats::KnownChat| {
        chat.administrators.iter().flatten().any(|administrator| administrator.user == user)
    };
    stored.extend(count(state.chats.known.values().filter(administers).count()).map(Stored::Administrator));
    stored.extend(rules.admin(user).map(|_| Stored::Log));
    stored
}

/// What is so once it is deleted. Which bot they talk to stays known: only that one can tell them so. How often they wrote to the
/// admins within the hour stays so, under a number that leads nobody back to them.
pub(super) fn forgotten(desk: &Desk<'_>, user: UserId) -> Vec<Change> {
    let state = desk.state;
    let bot = desk.rules.bots.remembered(desk.rules.bot);
    let mut changes = vec![Change::Person(user, bot.map(|bot| Person { bot: Some(bot), ..Person::default() }))];
    if state.requests.contains_key(&user) {
        changes.push(Change::Request(user, None));
    }
    if state.forms.contains_key(&FormKey::private(user)) {
        changes.push(Change::Form(FormKey::private(user), None));
    }
    let feedback = state.commands.feedback.iter().filter(|(_, feedback)| feedback.from == user);
    changes.extend(feedback.map(|(id, _)| CommandChange::Feedback(*id, None).into()));
    let mark = desk.rules.marks.of(user);
    let wrote = state.commands.wrote_lately(user, mark, desk.now);
    if !wrote.is_empty() {
        changes.push(CommandChange::Spent(mark, Some(wrote)).into());
    }
    changes.extend(state.access.sign_in.ended(user).into_iter().map(|change| Change::Access(AccessChange::SignIn(change))));
    changes
}

/// What is deleted day by day, in each community in which they were seen.
pub(super) fn to_forget(state: &State, user: UserId) -> Vec<Work> {
    let communities = people::communities_of(state, user).into_iter();
    communities.map(|(chat, _)| Work::ForgetMember { user, chat, accounts: people::accounts(state, chat, user.into()) }).collect()
}
