//! Which accounts are one person's.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{Alias, Member, Study},
};

/// Longer chains than this can only be made by hand, or are circles.
const LONGEST_CHAIN: usize = 16;

/// The accounts of a community, told apart by person. Holds for all of the past: nothing is stored by person.
#[derive(Clone, Debug, Default)]
pub struct Persons {
    /// Account → that person's canonical one, where that is another.
    canonical: HashMap<Who, Who>,
    bots: HashSet<Who>,
}

impl Persons {
    /// As the members' ties and the usernames' aliases have it. A tie that an admin made between accounts comes before the
    /// usernames. Where nobody was ever seen under the canonical username, the lowest of that person's accounts is the canonical one.
    pub fn of(study: &Study, chat: ChatId) -> Self {
        let nobody = BTreeMap::new();
        let members = study.members.get(&chat).unwrap_or(&nobody);
        let names = Names::of(members, study.aliases.get(&chat));
        let next = |who: Who| {
            let member = members.get(&who)?;
            member.same_as.or_else(|| names.canonical(who)).filter(|next| *next != who)
        };
        let others = members.keys().filter_map(|who| next(*who).map(|_| (*who, end_of_chain(*who, next))));
        let canonical = others.filter(|(who, canonical)| who != canonical).collect();
        let bots = members.iter().filter(|(_, member)| member.bot).map(|(who, _)| *who).collect();
        Self { canonical, bots }
    }

    /// The canonical account of the person behind an account.
    pub fn person(&self, who: Who) -> Who {
        self.canonical.get(&who).copied().unwrap_or(who)
    }

    /// All accounts of a person, ascending.
    pub fn accounts(&self, person: Who) -> BTreeSet<Who> {
        let others = self.canonical.iter().filter(|(_, canonical)| **canonical == person).map(|(who, _)| *who);
        others.chain([person]).collect()
    }

    /// Whether an account is a program.
    pub fn is_bot(&self, who: Who) -> bool {
        self.bots.contains(&who)
    }
}

/// Follows a chain; of a circle, the lowest account.
fn end_of_chain(who: Who, next: impl Fn(Who) -> Option<Who>) -> Who {
    let mut chain = vec![who];
    while let Some(further) = next(chain[chain.len() - 1]) {
        if let Some(start) = chain.iter().position(|known| *known == further) {
            return chain[start..].iter().copied().min().unwrap_or(who);
        }
        chain.push(further);
        if chain.len() > LONGEST_CHAIN {
            break;
        }
    }
    chain[chain.len() - 1]
}

/// The ties that usernames make.
#[derive(Default)]
struct Names {
    /// Account → the canonical username of its person.
    canonical: HashMap<Who, Alias>,
    /// Canonical username → the account that has it, or the lowest one that is tied to it.
    owner: HashMap<Alias, Who>,
}

impl Names {
    fn of(members: &BTreeMap<Who, Member>, aliases: Option<&BTreeMap<Alias, Alias>>) -> Self {
        let mut names = Self::default();
        let Some(aliases) = aliases else { return names };
        let mut owned = HashSet::new();
        for (who, member) in members {
            let Some(own) = member.username.as_deref().map(Alias::new) else { continue };
            let canonical = aliases.get(&own).unwrap_or(&own).clone();
            // Ascending, so that the lowest comes first; the one who has the name itself takes it over.
            if own == canonical && owned.insert(own.clone()) {
                names.owner.insert(own, *who);
            } else {
                names.owner.entry(canonical.clone()).or_insert(*who);
                names.canonical.insert(*who, canonical);
            }
        }
        names
    }

    fn canonical(&self, who: Who) -> Option<Who> {
        self.owner.get(self.canonical.get(&who)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::sample::{ANN, BOB, CHAT, EVE, member, study};

    fn tied(ties: &[(Who, Who)], aliases: &[(&str, &str)]) -> Persons {
        let mut study = study();
        let members = study.members.get_mut(&CHAT).expect("a community");
        members.insert(BOB, member("Bob", Some("Bobby")));
        members.insert(EVE, member("Eve", Some("eve")));
        for (who, other) in ties {
            members.get_mut(who).expect("a member").same_as = Some(*other);
        }
        let aliases = aliases.iter().map(|(alias, canonical)| (Alias::new(alias), Alias::new(canonical)));
        study.aliases.insert(CHAT, aliases.collect());
        Persons::of(&study, CHAT)
    }

    fn canonical(persons: &Persons) -> [i64; 3] {
        [ANN, BOB, EVE].map(|who| persons.person(who).0)
    }

    #[test]
    fn ties_are_followed_to_their_end() {
        assert_eq!(canonical(&tied(&[], &[])), [1, 2, 3]);
        assert_eq!(canonical(&tied(&[(ANN, BOB)], &[])), [2, 2, 3]);
        assert_eq!(canonical(&tied(&[(ANN, BOB), (BOB, EVE)], &[])), [3, 3, 3]);
        assert_eq!(canonical(&tied(&[(ANN, BOB), (BOB, ANN)], &[])), [1, 1, 3], "a circle is one person too");
        assert_eq!(tied(&[(ANN, BOB)], &[]).accounts(BOB), BTreeSet::from([ANN, BOB]));
    }

    #[test]
    fn usernames_are_compared_without_case() {
        let same = [("ann", "Ann"), ("@BOBBY", "ann")];
        assert_eq!(canonical(&tied(&[], &same)), [1, 1, 3]);
        assert_eq!(canonical(&tied(&[(BOB, EVE)], &same)), [1, 3, 3], "what an admin tied comes first");
    }

    #[test]
    fn a_canonical_name_that_nobody_has_makes_one_person_all_the_same() {
        assert_eq!(canonical(&tied(&[], &[("eve", "nobody"), ("bobby", "nobody")])), [1, 2, 2]);
    }
}
