//! One call's list of participants, kept in step with Telegram's: which news count, which are out of date, when to look again.
//!
//! It remembers nobody, only how far it is: who sits where is in the state. After a restart it starts empty, and asks for a look.

use std::{collections::BTreeMap, mem};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::presence::{News, Participant, Snapshot, Who};

/// How long news that must come before others are waited for.
const WAIT_FOR_MISSING: TimeDelta = TimeDelta::seconds(1);
/// More news than this that wait for missing ones: looking is cheaper.
const MOST_HELD: usize = 500;
/// So many looks in a row that are older than the list: the list is wrong, not the looks.
const STALE_LOOKS_BELIEVED: u8 = 3;

/// Something that is certain about who sits in a call. The times are Telegram's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// This was the list.
    Looked {
        /// When.
        at: DateTime<Utc>,
        /// Whether who isn't on it is gone.
        complete: bool,
        /// Who is on it, each once.
        participants: Vec<Participant>,
    },
    /// Somebody joined, or something about them is different.
    Came {
        /// Who, and how they sit there now.
        participant: Participant,
        /// When it was told.
        at: DateTime<Utc>,
    },
    /// Somebody left just then.
    Left {
        /// Who, as they were.
        participant: Participant,
        /// When.
        at: DateTime<Utc>,
        /// Whether nothing was missed before: it is the stay that is known which ended.
        in_step: bool,
    },
    /// Nothing is missing up to here: everybody who sits there did so at this moment.
    InStep {
        /// Until when.
        at: DateTime<Utc>,
    },
    /// The call is over.
    Over {
        /// When it was told.
        at: DateTime<Utc>,
        /// Whether it ended then, and nothing was missed before; otherwise all that is known is that it is over by then.
        exact: bool,
    },
}

/// What has to be asked next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing; the regular look will do.
    Nothing,
    /// A look, unless what is missing has come by then.
    LookAt(DateTime<Utc>),
    /// A look, now.
    Look,
    /// Nothing ever again.
    Over,
}

/// How far a call's list is known.
#[derive(Debug, Default)]
pub struct CallList {
    /// The list's version; `None` before the first look.
    version: Option<i32>,
    /// No news has been counted since the look; the first one may have the look's own version.
    just_looked: bool,
    /// News that wait for earlier ones, by version.
    held: BTreeMap<i32, (DateTime<Utc>, Vec<Participant>)>,
    /// The highest version that was heard of.
    announced: i32,
    /// Until when missing news are waited for.
    deadline: Option<DateTime<Utc>>,
    /// A look is wanted, whatever the versions say.
    look: bool,
    /// Nothing is missing, as far as versions show it: there was a complete look, and nothing happened since that they don't show.
    in_step: bool,
    stale_looks: u8,
    over: bool,
}

impl CallList {
    /// What has to be asked next.
    pub fn wanted(&self) -> Wanted {
        match (self.over, self.version, self.deadline) {
            (true, ..) => Wanted::Over,
            (false, None, _) => Wanted::Look,
            (false, Some(_), _) if self.look => Wanted::Look,
            (false, Some(_), Some(deadline)) => Wanted::LookAt(deadline),
            (false, Some(_), None) => Wanted::Nothing,
        }
    }

    /// Takes a look at the whole list. One that news have overtaken says nothing.
    pub fn looked(&mut self, look: Snapshot) -> Vec<Observation> {
        if self.over {
            return Vec::new();
        }
        if self.version.is_some_and(|version| look.version < version) {
            self.stale_looks += 1;
            if self.stale_looks < STALE_LOOKS_BELIEVED {
                self.look = false;
                self.deadline = Some(look.at + WAIT_FOR_MISSING);
                return Vec::new();
            }
            self.announced = 0;
        }
        let known = self.version.replace(look.version);
        self.just_looked = true;
        self.stale_looks = 0;
        self.look = false;
        // What was missed is made up for by a complete look only: the others leave gone people on their seats.
        self.in_step = look.complete || (self.in_step && known == self.version);
        self.deadline = None;
        // Pages overlap.
        let mut participants: BTreeMap<Who, Participant> = BTreeMap::new();
        for participant in look.participants.into_iter().filter(|participant| !participant.left) {
            participants.entry(participant.who).or_insert(participant);
        }
        let participants = participants.into_values().collect();
        let mut seen = vec![Observation::Looked { at: look.at, complete: look.complete, participants }];
        self.drain(look.at, &mut seen);
        seen
    }

    /// Takes news. Those of other calls must not come here; [`News::Gap`] concerns all.
    pub fn told(&mut self, news: &News) -> Vec<Observation> {
        let mut seen = Vec::new();
        if self.over {
            return seen;
        }
        match news {
            News::Started { .. } => {}
            News::Participants { version, participants, at, .. } => self.participants(*version, participants, *at, &mut seen),
            News::Version { version, at, .. } => {
                // The list itself never moves on by this: who came or left with that version is still on its way.
                if self.version.is_some() {
                    self.announced = self.announced.max(*version);
                    self.drain(*at, &mut seen);
                }
            }
            News::Ended { at, .. } => {
                self.over = true;
                let exact = self.in_step && self.deadline.is_none();
                seen.push(Observation::Over { at: *at, exact });
            }
            News::Gap => (self.look, self.in_step) = (true, false),
        }
        seen
    }

    /// The call was not there any more when it was looked at.
    pub fn gone(&mut self, at: DateTime<Utc>) -> Vec<Observation> {
        if mem::replace(&mut self.over, true) { Vec::new() } else { vec![Observation::Over { at, exact: false }] }
    }

    fn participants(&mut self, version: i32, list: &[Participant], at: DateTime<Utc>, seen: &mut Vec<Observation>) {
        // Before the first look there is nothing that they could change.
        let Some(known) = self.version else { return };
        if !list.iter().any(|one| one.versioned || one.left || one.just_joined) {
            seen.extend(list.iter().map(|participant| Observation::Came { participant: *participant, at }));
            return;
        }
        let first = mem::take(&mut self.just_looked);
        if version < known || (version == known && !first) {
            return;
        }
        if version == known {
            // Already on the list, or half of it: applying it again does no harm. It says nothing of now: it may come late.
            seen.extend(list.iter().map(|participant| self.observation(*participant, at)));
            return;
        }
        self.held.entry(version).or_insert_with(|| (at, Vec::new())).1.extend(list);
        if self.held.len() > MOST_HELD {
            self.held.clear();
            (self.look, self.in_step) = (true, false);
        }
        self.drain(at, seen);
    }

    /// Counts what is next in order, and waits for what is missing.
    fn drain(&mut self, at: DateTime<Utc>, seen: &mut Vec<Observation>) {
        let Some(mut known) = self.version else { return };
        while let Some(next) = self.held.first_entry().filter(|next| *next.key() <= known.saturating_add(1)) {
            let (version, (told, list)) = next.remove_entry();
            if version <= known {
                continue;
            }
            known = version;
            self.just_looked = false;
            seen.extend(list.into_iter().map(|participant| self.observation(participant, told)));
            seen.extend(self.in_step.then_some(Observation::InStep { at: told }));
        }
        self.version = Some(known);
        if !self.held.is_empty() || self.announced > known {
            self.deadline.get_or_insert(at + WAIT_FOR_MISSING);
        } else {
            self.deadline = None;
        }
    }

    fn observation(&self, participant: Participant, at: DateTime<Utc>) -> Observation {
        if participant.left {
            Observation::Left { participant, at, in_step: self.in_step }
        } else {
            Observation::Came { participant, at }
        }
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
