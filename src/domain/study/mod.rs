//! Study time: communities whose voice chats are watched, who sat in them, and the boards that are posted.
//!
//! A *stay* is one person's unbroken presence in a call. Open ones are the *seats* of a live [`Call`]; closed ones lie in
//! the file of the day (UTC) on which they ended. Seconds are never stored: they follow from the stays whenever somebody looks, so
//! a new alias or another gate holds for the past too.

mod apply;
mod board;
mod call;
mod community;
mod step;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::{
    board::{Export, ExportId, Post, PostKey, PostState, Shown},
    call::{Began, Call, End, Outage, Seat, Stay, StayKey},
    community::{Alias, Community, Correction, CorrectionId, Filters, Member, MissedPosts, Periods, Poster, Target},
    step::{Setting, StudyStep},
};
use super::{
    ids::ChatId,
    presence::{CallId, Who},
};

/// Everything about study time but the closed stays, which are in their days.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Study {
    /// Watched groups, by their id.
    pub communities: BTreeMap<ChatId, Community>,
    /// Everybody who was ever seen in a community's calls, or has a wish.
    pub members: BTreeMap<ChatId, BTreeMap<Who, Member>>,
    /// Usernames of one person, in lower case without `@` → that person's canonical one.
    pub aliases: BTreeMap<ChatId, BTreeMap<Alias, Alias>>,
    /// What admins added or took off.
    pub corrections: BTreeMap<ChatId, BTreeMap<CorrectionId, Correction>>,
    /// Calls that go on.
    pub calls: BTreeMap<CallId, Call>,
    /// Boards that are due, or were posted.
    pub posts: BTreeMap<ChatId, BTreeMap<PostKey, Post>>,
    /// Which compliment somebody has in a period (`day:2026-01-09`); kept once chosen.
    pub compliments: BTreeMap<ChatId, BTreeMap<String, BTreeMap<Who, String>>>,
    /// Snapshots that wait to be sent to a web dashboard, in order.
    pub exports: BTreeMap<ExportId, Export>,
    /// When a web dashboard last took a snapshot.
    pub exported: Option<DateTime<Utc>>,
}

/// What is known of one day: stays that ended on it (UTC), and imported totals of it (local).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DayPresence {
    /// Closed stays.
    pub stays: BTreeMap<StayKey, Stay>,
    /// Seconds that another program counted on this local day.
    pub imported: BTreeMap<Who, u32>,
}

/// A closed stay, as far as counting needs it: from when to when. Unix seconds, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sat {
    /// Who.
    pub who: Who,
    /// In which call.
    pub call: CallId,
    /// From when.
    pub from: i64,
    /// Until when.
    pub to: i64,
    /// Whether they were muted whenever we looked.
    pub muted: bool,
}

impl Sat {
    /// What counting needs of a stay.
    pub fn of(key: &StayKey, stay: &Stay) -> Self {
        let (from, to) = (key.joined.timestamp(), stay.left.timestamp());
        Self { who: key.who, call: key.call, from, to, muted: stay.muted }
    }
}

/// Who is shown what days know of one community, one thing at a time. Days in memory and days in files look the same from here.
pub trait PresenceSink {
    /// A closed stay.
    fn sat(&mut self, stay: Sat);

    /// Seconds that another program counted on a local day.
    fn imported(&mut self, day: NaiveDate, who: Who, seconds: u32);
}

impl DayPresence {
    /// Shows everything of a day.
    pub fn show(&self, day: NaiveDate, to: &mut dyn PresenceSink) {
        self.stays.iter().for_each(|(key, stay)| to.sat(Sat::of(key, stay)));
        self.imported.iter().for_each(|(who, seconds)| to.imported(day, *who, *seconds));
    }
}

/// A new value of one thing in a [`DayPresence`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PresenceChange {
    /// A closed stay, in the day (UTC) on which it ended.
    Stay(StayKey, Option<Stay>),
    /// Seconds from another program, on a local day.
    Imported(Who, Option<u32>),
}

/// A new value of one thing that has to do with study time, but for what days know; as in [`super::change::Change`], `None`: it is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StudyChange {
    /// A watched group.
    Community(ChatId, Option<Box<Community>>),
    /// Somebody in it.
    Member(ChatId, Who, Option<Box<Member>>),
    /// A username's canonical one.
    Alias(ChatId, Alias, Option<Alias>),
    /// An admin's correction.
    Correction(ChatId, CorrectionId, Option<Box<Correction>>),
    /// A call that goes on, without its seats.
    Call(CallId, Option<Box<Call>>),
    /// Somebody in a call that goes on.
    Seat(CallId, Who, Option<Seat>),
    /// A board to post.
    Post(ChatId, PostKey, Option<Box<Post>>),
    /// A compliment in a period.
    Compliment(ChatId, String, Who, Option<String>),
    /// A snapshot for a web dashboard.
    Export(ExportId, Option<Box<Export>>),
    /// When a web dashboard last took a snapshot.
    Exported(DateTime<Utc>),
}
