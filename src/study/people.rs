//! How the people of a community are called, and whether they want to be.

use std::collections::{BTreeMap, BTreeSet};

use super::{board::Display, persons::Persons};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{Member, Study},
};

/// The people of a community.
#[derive(Clone, Debug)]
pub struct People<'a> {
    members: Option<&'a BTreeMap<Who, Member>>,
    persons: Persons,
    /// Persons of whom any account asked not to be named.
    hidden: BTreeSet<Who>,
    /// Person → an account of theirs that has a name.
    named: BTreeMap<Who, &'a Member>,
}

impl<'a> People<'a> {
    /// Those of a community.
    pub fn of(study: &'a Study, chat: ChatId) -> Self {
        let members = study.members.get(&chat);
        let persons = Persons::of(study, chat);
        let each = || members.into_iter().flatten().map(|(who, member)| (persons.person(*who), member));
        let hidden = each().filter(|(_, member)| member.opted_out).map(|(person, _)| person).collect();
        let named = each().filter(|(_, member)| has_name(member)).collect();
        Self { members, persons, hidden, named }
    }

    /// Whether a person asked not to be named.
    pub fn is_hidden(&self, who: Who) -> bool {
        self.hidden.contains(&self.persons.person(who))
    }

    /// How a person is called: `@username` where there is one.
    pub fn display(&self, who: Who) -> Display {
        if self.is_hidden(who) {
            return Display::Hidden;
        }
        // A person's canonical account may never have been seen; one of the others was.
        let member = self.members.and_then(|members| members.get(&who)).filter(|member| has_name(member));
        let member = member.or_else(|| self.named.get(&self.persons.person(who)).copied());
        match member {
            Some(Member { username: Some(username), .. }) => Display::Username(username.clone()),
            Some(Member { name, .. }) => Display::Name(name.clone()),
            None => Display::Unknown(who),
        }
    }
}

fn has_name(member: &Member) -> bool {
    member.username.is_some() || !member.name.is_empty()
}
