//! The files of study time: `study/` and `presence/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::files::{parse, pretty};
use crate::domain::{
    ids::ChatId,
    presence::Who,
    study::{DayPresence, Post, PostKey, Stay, StayKey, Study, StudyChange},
};

/// A file in `study/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StudyFile {
    /// `study/communities.json`
    Communities,
    /// `study/members.json`
    Members,
    /// `study/aliases.json`
    Aliases,
    /// `study/corrections.json`
    Corrections,
    /// `study/calls.json`
    Calls,
    /// `study/posts.json`
    Posts,
    /// `study/compliments.json`
    Compliments,
    /// `study/exports.json`
    Exports,
    /// `study/exported.json`
    Exported,
}

impl StudyFile {
    /// The file that a change concerns.
    pub(super) fn of(change: &StudyChange) -> Self {
        match change {
            StudyChange::Community(..) => Self::Communities,
            StudyChange::Member(..) => Self::Members,
            StudyChange::Alias(..) => Self::Aliases,
            StudyChange::Correction(..) => Self::Corrections,
            StudyChange::Call(..) | StudyChange::Seat(..) => Self::Calls,
            StudyChange::Post(..) => Self::Posts,
            StudyChange::Compliment(..) => Self::Compliments,
            StudyChange::Export(..) => Self::Exports,
            StudyChange::Exported(..) => Self::Exported,
        }
    }

    /// Where it is, below the data directory.
    pub(super) fn relative(self) -> &'static str {
        match self {
            Self::Communities => "study/communities.json",
            Self::Members => "study/members.json",
            Self::Aliases => "study/aliases.json",
            Self::Corrections => "study/corrections.json",
            Self::Calls => "study/calls.json",
            Self::Posts => "study/posts.json",
            Self::Compliments => "study/compliments.json",
            Self::Exports => "study/exports.json",
            Self::Exported => "study/exported.json",
        }
    }

    /// Copies what it holds.
    pub(super) fn copy(self, from: &Study, to: &mut Study) {
        match self {
            Self::Communities => to.communities = from.communities.clone(),
            Self::Members => to.members = from.members.clone(),
            Self::Aliases => to.aliases = from.aliases.clone(),
            Self::Corrections => to.corrections = from.corrections.clone(),
            Self::Calls => to.calls = from.calls.clone(),
            Self::Posts => to.posts = from.posts.clone(),
            Self::Compliments => to.compliments = from.compliments.clone(),
            Self::Exports => to.exports = from.exports.clone(),
            Self::Exported => to.exported = from.exported,
        }
    }

    /// Its content now.
    pub(super) fn render(self, study: &Study) -> Vec<u8> {
        match self {
            Self::Communities => pretty(&study.communities),
            Self::Members => pretty(&study.members),
            Self::Aliases => pretty(&study.aliases),
            Self::Corrections => pretty(&study.corrections),
            // One seat a person: in the evening of a large school 100,000, which nobody reads one below the other.
            Self::Calls => serde_json::to_vec(&study.calls).expect("our own maps have text keys"),
            Self::Posts => {
                let listed = study.posts.iter().map(|(chat, posts)| (chat, posts.iter().collect::<Vec<_>>()));
                pretty(&listed.collect::<BTreeMap<_, _>>())
            }
            Self::Compliments => pretty(&study.compliments),
            Self::Exports => pretty(&study.exports),
            Self::Exported => pretty(&study.exported),
        }
    }

    /// Takes its content.
    pub(super) fn load(self, bytes: &[u8], study: &mut Study) -> Result<(), String> {
        match self {
            Self::Communities => study.communities = parse(bytes)?,
            Self::Members => study.members = parse(bytes)?,
            Self::Aliases => study.aliases = parse(bytes)?,
            Self::Corrections => study.corrections = parse(bytes)?,
            Self::Calls => study.calls = parse(bytes)?,
            Self::Posts => {
                let posts = parse::<BTreeMap<ChatId, Vec<(PostKey, Post)>>>(bytes)?;
                study.posts = posts.into_iter().map(|(chat, posts)| (chat, posts.into_iter().collect())).collect();
            }
            Self::Compliments => study.compliments = parse(bytes)?,
            Self::Exports => study.exports = parse(bytes)?,
            Self::Exported => study.exported = parse(bytes)?,
        }
        Ok(())
    }
}

/// A community's part of `presence/YYYY-MM-DD.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PresencePart<S, I> {
    #[serde(default)]
    stays: S,
    #[serde(default)]
    imported: I,
}

/// One community after another, compact: a large community has some 20,000 stays a day.
pub(super) fn render_presence(presence: &BTreeMap<ChatId, DayPresence>) -> Vec<u8> {
    let parts = presence.iter().filter(|(_, day)| **day != DayPresence::default());
    let parts =
        parts.map(|(chat, day)| (chat, PresencePart { stays: day.stays.iter().collect::<Vec<_>>(), imported: &day.imported }));
    serde_json::to_vec(&parts.collect::<BTreeMap<_, _>>()).expect("our own maps have text keys")
}

pub(super) fn parse_presence(bytes: &[u8]) -> Result<BTreeMap<ChatId, DayPresence>, String> {
    type Part = PresencePart<Vec<(StayKey, Stay)>, BTreeMap<Who, u32>>;
    let parts = parse::<BTreeMap<ChatId, Part>>(bytes)?;
    let day = |part: Part| DayPresence { stays: part.stays.into_iter().collect(), imported: part.imported };
    Ok(parts.into_iter().map(|(chat, part)| (chat, day(part))).collect())
}
