//! Which file holds what. The files at the top and under `stats/` are a contract with other programs;
//! those under `state/` are ours.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    access::AccessFile,
    audit,
    chats::ChatsFile,
    commands::CommandFile,
    fault::StoreFault,
    jobs::JobFile,
    seen::Seen,
    study::{self, StudyFile},
};
use crate::domain::{
    audit::AuditId,
    change::{Change, WorkId},
    day::Day,
    dayfile,
    form::{Form, FormKey},
    ids::{BotId, ChatId, TeacherId},
    period::Month,
    registry::Voice,
    state::State,
    work::Work,
};

/// The version of the directory's format. A release refuses directories of a later one.
pub const FORMAT: u32 = 1;

/// A file of the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataFile {
    /// `stats/YYYY-MM-DD.json`
    Stats(NaiveDate),
    /// `hours/YYYY-MM-DD.json`
    Hours(NaiveDate),
    /// `unattributed/YYYY-MM-DD.json`
    Unattributed(NaiveDate),
    /// `counted/YYYY-MM-DD.json`
    Counted(NaiveDate),
    /// `presence/YYYY-MM-DD.json`
    Presence(NaiveDate),
    /// `teachers.json`
    Teachers,
    /// `groups.json`
    Groups,
    /// `teacher_groups.json`
    TeacherGroups,
    /// `pending_registrations.json`
    Requests,
    /// `state/parked.json`
    Parked,
    /// `state/candidates.json`
    Candidates,
    /// `state/voices.json`
    Voices,
    /// `state/standings.json`
    Standings,
    /// `state/also_in.json`
    AlsoIn,
    /// `state/bots.json`
    Bots,
    /// `state/moved.json`
    Moved,
    /// `state/people.json`
    People,
    /// `state/forms.json`
    Forms,
    /// `state/outbox.json`
    Outbox,
    /// `state/albums.json`
    Albums,
    /// `state/warned.json`
    Warned,
    /// `state/progress.json`
    Progress,
    /// `study/….json`
    Study(StudyFile),
    /// `web/….json`
    Access(AccessFile),
    /// `audit/YYYY-MM.jsonl`
    Audit(Month),
    /// `chats/….json`
    Chats(ChatsFile),
    /// `jobs/….json`
    Jobs(JobFile),
    /// `state/assistants.json`
    Assistants,
    /// A file in `commands/`.
    Commands(CommandFile),
}

/// How far the store has come: what is neither registry nor counter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The directory's format.
    #[serde(default)]
    pub format: u32,
    /// The last committed batch that these files hold.
    #[serde(default)]
    pub seq: u64,
    /// When that was, Unix milliseconds.
    #[serde(default)]
    pub at: i64,
    /// The next outbox number.
    #[serde(default)]
    pub next_work: WorkId,
    /// The next number in the audit log.
    #[serde(default)]
    pub next_audit: AuditId,
    /// When an update was last received.
    #[serde(default)]
    pub last_update: Option<DateTime<Utc>>,
    /// The updates handled, by bot.
    #[serde(default)]
    pub seen: BTreeMap<BotId, Seen>,
}

/// Files of announcements that wait, below the data directory. They are no [`DataFile`]s: each is written once and never changed.
pub const ANNOUNCEMENTS: &str = "announcements";

impl DataFile {
    /// The files that are read whole at the start, in the order in which they refer to each other.
    pub const AT_START: [DataFile; 39] = [
        DataFile::Progress,
        DataFile::Teachers,
        DataFile::Groups,
        DataFile::TeacherGroups,
        DataFile::Requests,
        DataFile::Parked,
        DataFile::Candidates,
        DataFile::Voices,
        DataFile::Standings,
        DataFile::AlsoIn,
        DataFile::Bots,
        DataFile::Moved,
        DataFile::People,
        DataFile::Forms,
        DataFile::Outbox,
        DataFile::Albums,
        DataFile::Warned,
        DataFile::Study(StudyFile::Communities),
        DataFile::Study(StudyFile::Members),
        DataFile::Study(StudyFile::Aliases),
        DataFile::Study(StudyFile::Corrections),
        DataFile::Study(StudyFile::Calls),
        DataFile::Study(StudyFile::Posts),
        DataFile::Study(StudyFile::Compliments),
        DataFile::Study(StudyFile::Exports),
        DataFile::Access(AccessFile::Keys),
        DataFile::Study(StudyFile::Exported),
        DataFile::Access(AccessFile::Sessions),
        DataFile::Access(AccessFile::Viewers),
        DataFile::Access(AccessFile::Researchers),
        DataFile::Chats(ChatsFile::Known),
        DataFile::Chats(ChatsFile::Wanted),
        DataFile::Jobs(JobFile::Jobs),
        DataFile::Jobs(JobFile::Deliveries),
        DataFile::Assistants,
        DataFile::Commands(CommandFile::Defined),
        DataFile::Commands(CommandFile::Used),
        DataFile::Commands(CommandFile::Feeds),
        DataFile::Commands(CommandFile::Feedback),
    ];

    /// The directories of all files, below the data directory.
    pub const DIRECTORIES: [&str; 12] =
        ["stats", "hours", "unattributed", "counted", "presence", "study", "state", "web", "audit", "chats", "jobs", "commands"];

    /// Those among them that have a file for each day.
    pub const OF_DAYS: [&str; 5] = ["stats", "hours", "unattributed", "counted", "presence"];

    /// The files of a day.
    pub fn of_day(day: NaiveDate) -> [DataFile; 5] {
        [DataFile::Stats(day), DataFile::Hours(day), DataFile::Unattributed(day), DataFile::Counted(day), DataFile::Presence(day)]
    }

    /// The file that a change concerns.
    pub fn of(change: &Change) -> Self {
        match change {
            Change::Teacher(..) => Self::Teachers,
            Change::Group(..) => Self::Groups,
            Change::Assignments(..) => Self::TeacherGroups,
            Change::Parked(..) => Self::Parked,
            Change::Candidate(..) => Self::Candidates,
            Change::Request(..) => Self::Requests,
            Change::Voice(..) => Self::Voices,
            Change::Cell(day, ..) => Self::Stats(*day),
            Change::Hour(day, ..) => Self::Hours(*day),
            Change::CountedLive(day, ..) | Change::Counted(day, ..) => Self::Counted(*day),
            Change::Unattributed(day, ..) => Self::Unattributed(*day),
            Change::Album(..) => Self::Albums,
            Change::Standing(..) => Self::Standings,
            Change::AlsoIn(..) => Self::AlsoIn,
            Change::Bot(..) => Self::Bots,
            Change::Moved(..) => Self::Moved,
            Change::Person(..) => Self::People,
            Change::Form(..) => Self::Forms,
            Change::Work(..) => Self::Outbox,
            Change::Warned(..) => Self::Warned,
            Change::LastUpdate(..) => Self::Progress,
            Change::Presence(day, ..) => Self::Presence(*day),
            Change::Study(change) => Self::Study(StudyFile::of(change)),
            Change::Access(change) => Self::Access(AccessFile::of(change)),
            Change::Audit(_, entry) => Self::Audit(Month::of(entry.at)),
            Change::Chat(change) => Self::Chats(ChatsFile::of(change)),
            Change::Job(change) => Self::Jobs(JobFile::of(change)),
            Change::Spent(..) => Self::Assistants,
            Change::Command(change) => Self::Commands(CommandFile::of(change)),
        }
    }

    /// The day whose files have to be in memory before a change to it is applied.
    pub fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Stats(day) | Self::Hours(day) | Self::Unattributed(day) | Self::Counted(day) | Self::Presence(day) => Some(day),
            Self::Teachers
            | Self::Groups
            | Self::TeacherGroups
            | Self::Requests
            | Self::Parked
            | Self::Candidates
            | Self::Voices
            | Self::Standings
            | Self::AlsoIn
            | Self::Bots
            | Self::Moved
            | Self::People
            | Self::Forms
            | Self::Outbox
            | Self::Albums
            | Self::Warned
            | Self::Progress
            | Self::Study(_)
            | Self::Access(_)
            | Self::Audit(_)
            | Self::Chats(_)
            | Self::Jobs(_)
            | Self::Assistants
            | Self::Commands(_) => None,
        }
    }

    /// Where it is, below the data directory.
    pub fn relative(self) -> PathBuf {
        match self {
            Self::Stats(day) => format!("stats/{day}.json").into(),
            Self::Hours(day) => format!("hours/{day}.json").into(),
            Self::Unattributed(day) => format!("unattributed/{day}.json").into(),
            Self::Counted(day) => format!("counted/{day}.json").into(),
            Self::Presence(day) => format!("presence/{day}.json").into(),
            Self::Teachers => "teachers.json".into(),
            Self::Groups => "groups.json".into(),
            Self::TeacherGroups => "teacher_groups.json".into(),
            Self::Requests => "pending_registrations.json".into(),
            Self::Parked => "state/parked.json".into(),
            Self::Candidates => "state/candidates.json".into(),
            Self::Voices => "state/voices.json".into(),
            Self::Standings => "state/standings.json".into(),
            Self::AlsoIn => "state/also_in.json".into(),
            Self::Bots => "state/bots.json".into(),
            Self::Moved => "state/moved.json".into(),
            Self::People => "state/people.json".into(),
            Self::Forms => "state/forms.json".into(),
            Self::Outbox => "state/outbox.json".into(),
            Self::Albums => "state/albums.json".into(),
            Self::Warned => "state/warned.json".into(),
            Self::Progress => "state/progress.json".into(),
            Self::Study(file) => file.relative().into(),
            Self::Access(file) => file.relative().into(),
            Self::Audit(month) => audit::relative(month),
            Self::Chats(file) => file.relative(),
            Self::Jobs(file) => file.relative().into(),
            Self::Assistants => "state/assistants.json".into(),
            Self::Commands(file) => file.relative().into(),
        }
    }

    /// Copies what it holds, so that it can be rendered while everything goes on.
    pub fn copy(self, from: &State, to: &mut State) {
        let of = |day| from.days.get(&day);
        match self {
            Self::Stats(day) => {
                to.days.entry(day).or_default().cells = of(day).map_or_else(Default::default, |day| day.cells.clone());
            }
            Self::Hours(day) => {
                to.days.entry(day).or_default().hours = of(day).map_or_else(Default::default, |day| day.hours.clone());
            }
            Self::Unattributed(day) => {
                to.days.entry(day).or_default().unattributed =
                    of(day).map_or_else(Default::default, |day| day.unattributed.clone());
            }
            Self::Counted(day) => {
                to.days.entry(day).or_default().counted = of(day).map_or_else(Default::default, |day| day.counted.clone());
            }
            Self::Presence(day) => {
                to.days.entry(day).or_default().presence = of(day).map_or_else(Default::default, |day| day.presence.clone());
            }
            Self::Teachers => to.teachers = from.teachers.clone(),
            Self::Groups => to.groups = from.groups.clone(),
            Self::TeacherGroups => to.assignments = from.assignments.clone(),
            Self::Requests => to.requests = from.requests.clone(),
            Self::Parked => to.parked = from.parked.clone(),
            Self::Candidates => to.candidates = from.candidates.clone(),
            Self::Voices => to.voices = from.voices.clone(),
            Self::Standings => to.standings = from.standings.clone(),
            Self::AlsoIn => to.also_in = from.also_in.clone(),
            Self::Bots => to.bots = from.bots.clone(),
            Self::Moved => to.moved = from.moved.clone(),
            Self::People => to.people = from.people.clone(),
            Self::Forms => to.forms = from.forms.clone(),
            Self::Outbox => to.work = from.work.clone(),
            Self::Albums => to.albums = from.albums.clone(),
            Self::Warned => to.warned = from.warned.clone(),
            Self::Progress => {
                to.last_update = from.last_update;
                to.audit.next = from.audit.next;
            }
            Self::Study(file) => file.copy(&from.study, &mut to.study),
            Self::Access(file) => file.copy(&from.access, &mut to.access),
            Self::Jobs(file) => file.copy(&from.jobs, &mut to.jobs),
            Self::Audit(month) => to.audit.unwritten.extend(from.audit.of_month(month).map(|(id, entry)| (id, entry.clone()))),
            Self::Chats(file) => file.copy(&from.chats, &mut to.chats),
            Self::Assistants => to.spent = from.spent.clone(),
            Self::Commands(file) => file.copy(&from.commands, &mut to.commands),
        }
    }

    /// Whether only the process's own user may read it.
    pub fn is_private(self) -> bool {
        matches!(self, Self::Access(_) | Self::Jobs(_) | Self::Commands(_) | Self::Forms)
    }

    /// Its content now; of the audit log, which grows, what is to be added.
    pub fn render(self, state: &State, progress: &Progress) -> Vec<u8> {
        let nothing = Day::default();
        let on = |day| state.days.get(&day).unwrap_or(&nothing);
        match self {
            Self::Stats(day) => dayfile::render_cells(&on(day).cells),
            Self::Hours(day) => dayfile::render_hours(&on(day).hours),
            Self::Unattributed(day) => dayfile::render_unattributed(&on(day).unattributed),
            // As short as it gets: nobody else reads it, and today's is written again and again.
            Self::Counted(day) => serde_json::to_vec(&by_text(&on(day).counted)).expect("maps with text keys are JSON"),
            Self::Presence(day) => study::render_presence(&on(day).presence),
            Self::Teachers => pretty(&state.teachers),
            Self::Groups => pretty(&by_text(&state.groups)),
            Self::TeacherGroups => pretty(&text_sets(&state.assignments)),
            Self::Requests => pretty(&by_text(&state.requests)),
            Self::Parked => pretty(&by_text(&state.parked)),
            Self::Candidates => pretty(&by_text(&state.candidates)),
            Self::Voices => {
                pretty(&state.voices.iter().map(|(chat, voices)| (chat.to_string(), by_key(voices))).collect::<BTreeMap<_, _>>())
            }
            Self::Standings => pretty(&by_text(&state.standings)),
            Self::AlsoIn => pretty(&state.also_in),
            Self::Bots => pretty(&state.bots),
            Self::Moved => pretty(&by_text(&state.moved)),
            Self::People => pretty(&by_text(&state.people)),
            Self::Forms => pretty(&state.forms.iter().collect::<Vec<_>>()),
            Self::Outbox => pretty(&by_text(&state.work)),
            Self::Albums => pretty(&by_text(&state.albums)),
            Self::Warned => pretty(&state.warned),
            Self::Study(file) => file.render(&state.study),
            // After a replay only the state knows it.
            Self::Progress => {
                pretty(&Progress { last_update: state.last_update, next_audit: state.audit.next, ..progress.clone() })
            }
            Self::Access(file) => file.render(&state.access),
            Self::Jobs(file) => file.render(&state.jobs),
            Self::Audit(month) => audit::lines(month, &state.audit, None),
            Self::Chats(file) => file.render(&state.chats),
            Self::Assistants => pretty(&state.spent),
            Self::Commands(file) => file.render(&state.commands),
        }
    }

    /// Takes its content into the state.
    pub fn load(self, bytes: &[u8], state: &mut State, progress: &mut Progress) -> Result<(), String> {
        match self {
            Self::Stats(day) => state.days.entry(day).or_default().cells = dayfile::parse_cells(bytes).map_err(explain)?,
            Self::Hours(day) => state.days.entry(day).or_default().hours = dayfile::parse_hours(bytes).map_err(explain)?,
            Self::Unattributed(day) => {
                state.days.entry(day).or_default().unattributed = dayfile::parse_unattributed(bytes).map_err(explain)?;
            }
            Self::Counted(day) => state.days.entry(day).or_default().counted = parse(bytes)?,
            Self::Presence(day) => state.days.entry(day).or_default().presence = study::parse_presence(bytes)?,
            Self::Teachers => {
                for (id, teacher) in parse::<BTreeMap<TeacherId, crate::domain::registry::Teacher>>(bytes)? {
                    if teacher.teacher_id != id {
                        return Err(format!("the entry {id:?} has the teacher_id {:?}", teacher.teacher_id.as_str()));
                    }
                    state.apply(Change::Teacher(id, Some(Box::new(teacher))));
                }
            }
            Self::Groups => {
                state.groups = parse(bytes)?;
                if let Some((key, group)) = state.groups.iter().find(|(key, group)| **key != group.chat_id) {
                    return Err(format!("the entry \"{key}\" has the chat_id {}", group.chat_id));
                }
            }
            Self::TeacherGroups => {
                let listed: BTreeMap<TeacherId, Vec<String>> = parse(bytes)?;
                for (id, chats) in listed {
                    let chats = chats.iter().map(|chat| chat.parse().map_err(|_| format!("{id}: {chat:?} is no chat id")));
                    let chats = chats.collect::<Result<_, _>>()?;
                    state.apply(Change::Assignments(id, chats));
                }
            }
            Self::Requests => state.requests = parse(bytes)?,
            Self::Parked => state.parked = parse(bytes)?,
            Self::Candidates => state.candidates = parse(bytes)?,
            Self::Voices => state.voices = parse::<BTreeMap<ChatId, BTreeMap<Voice, Option<TeacherId>>>>(bytes)?,
            Self::Standings => state.standings = parse(bytes)?,
            Self::AlsoIn => state.also_in = parse(bytes)?,
            Self::Bots => state.bots = parse(bytes)?,
            Self::Moved => state.moved = parse(bytes)?,
            Self::People => state.people = parse(bytes)?,
            Self::Forms => state.forms = parse::<Vec<(FormKey, Form)>>(bytes)?.into_iter().collect(),
            Self::Outbox => state.work = parse::<BTreeMap<WorkId, Work>>(bytes)?,
            Self::Albums => state.albums = parse(bytes)?,
            Self::Warned => state.warned = parse(bytes)?,
            Self::Study(file) => file.load(bytes, &mut state.study)?,
            Self::Access(file) => file.load(bytes, &mut state.access)?,
            Self::Jobs(file) => file.load(bytes, &mut state.jobs)?,
            // It is read only by whoever looks at it.
            Self::Audit(_) => {}
            Self::Chats(file) => file.load(bytes, &mut state.chats)?,
            Self::Assistants => state.spent = parse(bytes)?,
            Self::Commands(file) => file.load(bytes, &mut state.commands)?,
            Self::Progress => {
                *progress = parse(bytes)?;
                state.last_update = progress.last_update;
                state.audit.next = progress.next_audit;
            }
        }
        Ok(())
    }
}

/// The day that a file of `stats/` is of; `None` for other files.
pub(super) fn day_of_file(path: &Path) -> Option<NaiveDate> {
    path.file_name()?.to_str()?.strip_suffix(".json")?.parse().ok()
}

/// The fault for content that can't be taken.
pub(super) fn unreadable(path: &Path, why: String) -> StoreFault {
    StoreFault::Unreadable { path: path.to_owned(), why }
}

pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    // A byte order mark is what Windows editors add.
    serde_json::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(explain)
}

fn explain(why: serde_json::Error) -> String {
    // serde_json's text ends with "at line L column C".
    why.to_string()
}

pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("our own maps have text keys")
}

/// Keys sorted as text, as the files have them.
fn by_text<'a, K: ToString + 'a, V>(map: impl IntoIterator<Item = (&'a K, &'a V)>) -> BTreeMap<String, &'a V> {
    map.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn by_key(voices: &BTreeMap<Voice, Option<TeacherId>>) -> BTreeMap<String, Option<TeacherId>> {
    voices.iter().map(|(voice, teacher)| (voice.key(), *teacher)).collect()
}

fn text_sets<K: ToString, V: ToString>(map: &BTreeMap<K, std::collections::BTreeSet<V>>) -> BTreeMap<String, Vec<String>> {
    let sorted = |set: &std::collections::BTreeSet<V>| {
        let mut texts: Vec<_> = set.iter().map(ToString::to_string).collect();
        texts.sort();
        texts
    };
    map.iter().map(|(key, set)| (key.to_string(), sorted(set))).collect()
}
