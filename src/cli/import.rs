//! `rollcall import …`

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::{Session, backfill, failure::Failure, history, out};
use crate::{
    domain::{day::Day, ids::ChatId, period::Period, state::State},
    orders::Order,
    store::{
        Reader, StoreFault,
        tracker::{Found, TrackerFault},
    },
    study::tracker::{Import, Tracker, plan},
};

/// From where.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Move a community over from the Python study tracker; stop the tracker before
    StudyTracker(TrackerArgs),
    /// Count what was written before the bot came or while it was away, from a history that Telegram Desktop exported
    TelegramExport(history::ExportArgs),
    /// Count what was written while the bot was away, as the user session reads it in groups that it is in: a background job
    TelegramHistory(backfill::HistoryArgs),
}

/// The tracker's files, and where they go.
#[derive(Debug, clap::Args)]
pub(super) struct TrackerArgs {
    /// Its database, usually var/study.db
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// Its alias groups, as JSON
    #[arg(long, value_name = "FILE")]
    aliases: Option<PathBuf>,
    /// Its state file, for what the database doesn't say
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The group's id, such as -1001234567890; without it the one that the database names
    #[arg(long, value_name = "CHAT_ID", allow_hyphen_values = true)]
    community: Option<i64>,
    /// The community's title, if it is new here
    #[arg(long)]
    title: Option<String>,
    /// Leave out this day and later ones: from it on Rollcall has watched itself
    #[arg(long, value_name = "DATE")]
    before: Option<NaiveDate>,
    /// Do it; without this only show what would be done
    #[arg(long)]
    yes: bool,
}

/// Shows what an import comes to, or does it.
pub(super) fn run(session: &Session, command: &ImportCommand) -> Result<(), Failure> {
    match command {
        ImportCommand::StudyTracker(args) => study_tracker(session, args),
        ImportCommand::TelegramExport(args) => history::run(session, args),
        ImportCommand::TelegramHistory(args) => backfill::run(session, args),
    }
}

fn study_tracker(session: &Session, args: &TrackerArgs) -> Result<(), Failure> {
    let mut found = read(args)?;
    for left_out in &found.left_out {
        out::talk(&format!("rollcall: left out: {left_out}"));
    }
    if let Some(before) = args.before {
        found.tracker.days.split_off(&before);
    }
    let reader = session.read()?;
    let chat = reader.state().current_id(community(args, &found)?);
    if found.tracker.days.is_empty() {
        out::talk("rollcall: warning: the database has no days");
    }
    watched_by_both(&reader, chat, &found.tracker)?;
    let import =
        Import { chat, title: args.title.clone(), zone: session.config.zone, lang: session.config.lang, tracker: found.tracker };
    if args.yes {
        return session.order(&Order::ImportTracker { import: Box::new(import) });
    }
    let plan = plan(&with_days(&reader, &import)?, &import, session.now());
    out::data(&plan.report.join("\n"))?;
    if !plan.changes.is_empty() {
        out::talk("Nothing is changed yet: the same with --yes does it.");
    }
    Ok(())
}

fn read(args: &TrackerArgs) -> Result<Found, TrackerFault> {
    let mut found = Found::read(&args.db)?;
    if let Some(state) = &args.state {
        found.read_state(state)?;
    }
    if let Some(aliases) = &args.aliases {
        found.read_aliases(aliases)?;
    }
    Ok(found)
}

fn community(args: &TrackerArgs, found: &Found) -> Result<ChatId, Failure> {
    let named = found.group_key.as_deref().and_then(|key| key.parse().ok());
    let chat = args.community.or(named).map(ChatId).filter(|chat| chat.0 < 0);
    chat.ok_or_else(|| {
        let key = found.group_key.as_deref().map_or_else(String::new, |key| format!(" (the database calls it {key:?})"));
        Failure::Refused(format!("name the group by its id, such as --community -1001234567890{key}"))
    })
}

/// On such a day the longer one of a person's two times holds.
fn watched_by_both(reader: &Reader, chat: ChatId, tracker: &Tracker) -> Result<(), StoreFault> {
    let Some((first, last)) = tracker.days.first_key_value().zip(tracker.days.last_key_value()) else { return Ok(()) };
    let Ok(days) = Period::new(*first.0, *last.0) else { return Ok(()) };
    let mut both = Vec::new();
    reader.show_presence(chat, days, |day, known| {
        if !known.stays.is_empty() && tracker.days.contains_key(&day) {
            both.push(day);
        }
    })?;
    if let Some(first) = both.first() {
        out::talk(&format!(
            "rollcall: warning: on {} days both counted, the first one is {first}; the longer one of somebody's two times holds. \
             --before {first} leaves the tracker's out",
            both.len()
        ));
    }
    Ok(())
}

/// The state with what was imported on these days before.
fn with_days(reader: &Reader, import: &Import) -> Result<State, Failure> {
    let mut state = reader.state().without_days();
    state.study = reader.state().study.clone();
    let days = &import.tracker.days;
    if let Some((first, last)) = days.first_key_value().zip(days.last_key_value()) {
        let days = Period::new(*first.0, *last.0)?;
        reader.show_presence(import.chat, days, |day, known| {
            let mut there = Day::default();
            there.presence.insert(import.chat, known.clone());
            state.days.insert(day, there);
        })?;
    }
    Ok(state)
}
