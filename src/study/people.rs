//! How the people of a community are called, and whether they want to be.

use std::collections::{BTreeMap, BTreeSet};

use super::board::Display;
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{Alias, Member, Study},
};

/// The people of a community.
#[derive(Clone, Debug)]
pub struct People<'a> {
    members: Option<&'a BTreeMap<Who, Member>>,
    /// Persons of whom any account asked not to be named.
    hidden: BTreeSet<Who>,
    /// Canonical account → another one of that person's that has a name.
    others: BTreeMap<Who, &'a Member>,
}

impl<'a> People<'a> {
    /// Those of a community.
    pub fn of(study: &'a Study, chat: ChatId) -> Self {
        let members = study.members.get(&chat);
        let aliases = study.aliases.get(&chat);
        let mut hidden = BTreeSet::new();
        for (who, member) in members.into_iter().flatten().filter(|(_, member)| member.opted_out) {
            hidden.insert(*who);
            hidden.extend(member.same_as);
            let canonical = member.username.as_deref().and_then(|name| aliases?.get(&Alias::new(name)));
            let is_canonical = |other: &Member| other.username.as_deref().map(Alias::new).as_ref() == canonical;
            if canonical.is_some() {
                hidden.extend(members.into_iter().flatten().filter(|(_, other)| is_canonical(other)).map(|(who, _)| *who));
            }
        }
        let others = members.into_iter().flatten().filter(|(_, member)| has_name(member));
        let others = others.filter_map(|(_, member)| Some((member.same_as?, member))).collect();
        Self { members, hidden, others }
    }

    /// Whether a person asked not to be named.
    pub fn is_hidden(&self, who: Who) -> bool {
        self.hidden.contains(&who)
    }

    /// How a person is called: `@username` where there is one.
    pub fn display(&self, who: Who) -> Display {
        if self.is_hidden(who) {
            return Display::Hidden;
        }
        // A person's canonical account may never have been seen; one of the others was.
        let member = self.members.and_then(|members| members.get(&who)).filter(|member| has_name(member));
        let member = member.or_else(|| self.others.get(&who).copied());
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
