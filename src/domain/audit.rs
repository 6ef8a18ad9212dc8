//! Who changed what, when. Entries are typed and name things by their ids: no message, no secret.

mod noticed;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{
    access::{KeyId, Scope},
    change::{Change, Outcome},
    commands::CommandName,
    ids::{BotId, ChatId, TeacherId, UserId},
    jobs::JobId,
    period::Month,
    presence::Who,
    state::State,
    study::CorrectionId,
};

/// Number of an entry; ascending over all months.
pub type AuditId = u64;

/// Who changed something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// An admin in a chat with the bot.
    Telegram(UserId),
    /// Whoever has a terminal on the machine.
    Terminal,
    /// A program with a key.
    Key {
        /// Which.
        id: KeyId,
        /// What it was called.
        name: String,
    },
    /// An admin at the dashboard.
    Session(UserId),
}

/// What was changed. Things that may be gone later are named as they were called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are ids of what the variant names")]
pub enum Action {
    /// A teacher was registered.
    TeacherAdded { teacher: TeacherId, name: String },
    /// A teacher has this name now.
    TeacherRenamed { teacher: TeacherId, name: String },
    /// A teacher's accounts are these now.
    AccountsSet { teacher: TeacherId, accounts: BTreeSet<UserId> },
    /// A teacher's messages count again.
    TeacherActivated { teacher: TeacherId },
    /// A teacher's messages don't count.
    TeacherDeactivated { teacher: TeacherId },
    /// A teacher is no longer registered.
    TeacherDeleted { teacher: TeacherId, name: String },
    /// A teacher is counted in these groups too.
    Assigned { teacher: TeacherId, groups: BTreeSet<ChatId> },
    /// A teacher is no longer counted in these groups.
    Unassigned { teacher: TeacherId, groups: BTreeSet<ChatId> },
    /// A group was registered.
    GroupAdded { group: ChatId, title: String },
    /// A group's messages count again.
    GroupEnabled { group: ChatId },
    /// A group's messages don't count.
    GroupDisabled { group: ChatId },
    /// A group has this title in reports.
    GroupRenamed { group: ChatId, title: String },
    /// Another bot counts in a group; the main one where none is named.
    GroupCountedBy { group: ChatId, bot: Option<BotId> },
    /// A group is no longer registered.
    GroupRemoved { group: ChatId, title: String },
    /// The bot was told to leave a group.
    GroupLeft { group: ChatId },
    /// Somebody's wish to be registered was granted or refused.
    RequestSettled { user: UserId },
    /// The messages of a voice without an account are this teacher's; or nobody's.
    VoiceMapped { group: ChatId, teacher: Option<TeacherId> },
    /// What such a voice wrote earlier was counted for a teacher.
    EarlierCounted { group: ChatId, teacher: TeacherId },
    /// A group's voice chats are watched.
    CommunityWatched { community: ChatId },
    /// They aren't any more.
    CommunityUnwatched { community: ChatId },
    /// These settings of a study community were changed.
    CommunitySet { community: ChatId, settings: Vec<String> },
    /// An account belongs to the person who has another one; or to nobody else.
    SamePersonSet { community: ChatId, who: Who, same_as: Option<Who> },
    /// A member's wishes (name in posts, goal) were changed.
    MemberSet { community: ChatId, who: Who },
    /// What was known of a member was deleted.
    MemberForgotten { community: ChatId, who: Who },
    /// Usernames that are one person's were changed.
    AliasesSet { community: ChatId },
    /// Time was given or taken.
    CorrectionMade { community: ChatId, correction: CorrectionId, who: Who, seconds: i32 },
    /// A correction was taken back.
    CorrectionWithdrawn { community: ChatId, correction: CorrectionId },
    /// A board was asked for, beside the schedule.
    BoardAsked { community: ChatId },
    /// It was decided what becomes of a board that was in doubt.
    BoardSettled { community: ChatId, day: NaiveDate },
    /// What another program counted was taken over.
    Imported { community: ChatId },
    /// Messages of these days were counted from an export of the chat's history.
    HistoryCounted { group: ChatId, from: NaiveDate, to: NaiveDate, messages: u64 },
    /// A snapshot was sent to a web dashboard by hand.
    SnapshotAsked { community: ChatId, day: NaiveDate },
    /// A program got a key.
    KeyMade { key: KeyId, name: String, scope: Scope },
    /// A key was taken back.
    KeyRevoked { key: KeyId, name: String },
    /// Somebody may look at the pages.
    ViewerNamed { user: UserId, name: String },
    /// They may no longer.
    ViewerRemoved { user: UserId, name: String },
    /// Somebody may collect public channels.
    ResearcherNamed { user: UserId, name: String },
    /// They may no longer.
    ResearcherRemoved { user: UserId, name: String },
    /// What was known of a chat that no bot is in any more was deleted.
    ChatForgotten { chat: ChatId, title: String },
    /// There is a further background job.
    JobMade { job: JobId },
    /// A message goes to so many chats.
    AnnouncementMade { job: JobId, chats: u64 },
    /// A job was started, or what failed of an announcement is sent again.
    JobStarted { job: JobId },
    /// A job was stopped, or an announcement cancelled.
    JobStopped { job: JobId },
    /// A job runs at other times.
    JobScheduled { job: JobId },
    /// A job is no more.
    JobRemoved { job: JobId },
    /// There is a further command.
    CommandAdded { command: CommandName },
    /// A command's text, feed or lists were changed.
    CommandChanged { command: CommandName },
    /// A command answers again.
    CommandEnabled { command: CommandName },
    /// A command doesn't answer.
    CommandDisabled { command: CommandName },
    /// A command is no more.
    CommandRemoved { command: CommandName },
    /// `/contact` says something else.
    ContactSet,
}

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Actor,
    /// What.
    pub did: Action,
}

/// What of the log is in memory: entries that no checkpoint has written yet. The others are in their months' files.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Audit {
    /// The number of the next entry.
    pub next: AuditId,
    /// Not yet in a file.
    pub unwritten: BTreeMap<AuditId, Entry>,
}

impl Audit {
    /// Takes an entry.
    pub(super) fn add(&mut self, id: AuditId, entry: Entry) {
        self.next = self.next.max(id.saturating_add(1));
        self.unwritten.insert(id, entry);
    }

    /// The unwritten entries of a month.
    pub fn of_month(&self, month: Month) -> impl Iterator<Item = (AuditId, &Entry)> {
        self.unwritten.iter().filter(move |(_, entry)| Month::of(entry.at) == month).map(|(id, entry)| (*id, entry))
    }
}

/// The outcome of an order with what it changes noted in the log, in the same commit. What is so already is no change: an
/// order that is carried out twice is noted once.
pub fn audited(state: &State, now: DateTime<Utc>, actor: &Actor, mut outcome: Outcome) -> Outcome {
    let noticed = noticed::actions(state, &outcome);
    for (id, did) in (state.audit.next..).zip(noticed) {
        outcome.set(Change::Audit(id, Box::new(Entry { at: now, by: actor.clone(), did })));
    }
    outcome
}
