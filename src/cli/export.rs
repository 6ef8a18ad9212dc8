//! `rollcall export …`

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;

use super::{Session, failure::Failure, out, pick};
use crate::{
    domain::{
        ids::ChatId,
        period::{Period, local_day},
        study::{Community, DayPresence, PostState, Study},
    },
    orders::Order,
    store::Reader,
    study::{
        board::{self, board},
        seconds::{Counter, days_to_read},
        snapshot::{self, Posted},
    },
};

/// What to send.
#[derive(Debug, Subcommand)]
pub(super) enum ExportCommand {
    /// Send the boards of past days to the web dashboard
    Backfill(BackfillArgs),
}

/// Which boards.
#[derive(Debug, clap::Args)]
pub(super) struct BackfillArgs {
    /// The first day, such as 2026-01-01
    #[arg(long, value_name = "DATE")]
    start: NaiveDate,
    /// The last day
    #[arg(long, value_name = "DATE")]
    end: NaiveDate,
    /// A study community: its group's id, or a part of its title. Not needed where there is one
    #[arg(long, allow_hyphen_values = true)]
    community: Option<String>,
    /// Print what would be sent, one a line, and send nothing
    #[arg(long)]
    inspect: bool,
}

/// Sends boards, or prints them.
pub(super) fn run(session: &Session, command: &ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Backfill(args) => backfill(session, args),
    }
}

fn backfill(session: &Session, args: &BackfillArgs) -> Result<(), Failure> {
    let days = Period::new(args.start, args.end)?;
    if !args.inspect && session.config.export.is_none() {
        let why = "no dashboard is set: LEADERBOARD_WEB_EXPORT_ENABLED, LEADERBOARD_INGEST_URL and LEADERBOARD_INGEST_SECRET \
                   say where to send; --inspect only shows";
        return Err(Failure::Refused(why.to_owned()));
    }
    let reader = session.read()?;
    let (chat, community) = pick::one_community(reader.state(), args.community.as_deref())?;
    if days.to > local_day(community.zone, session.now()) {
        return Err(Failure::Refused(format!("{} is still to come", days.to)));
    }
    let past = Past::read(&reader, chat, community, days)?;
    let snapshots: BTreeMap<_, _> =
        dates(days).filter_map(|day| Some((day, past.snapshot(&reader.state().study, day, session.now())?))).collect();
    if args.inspect {
        let lines: Vec<_> = snapshots.into_values().collect();
        return Ok(out::data(&lines.join("\n"))?);
    }
    session.order(&Order::Export { community: chat, snapshots })
}

/// What is known of the days that the boards need.
struct Past<'a> {
    chat: ChatId,
    community: &'a Community,
    known: Vec<(NaiveDate, DayPresence)>,
}

impl<'a> Past<'a> {
    fn read(reader: &Reader, chat: ChatId, community: &'a Community, days: Period) -> Result<Self, Failure> {
        // The first of the days may not be the one whose board reaches back the farthest.
        let from = dates(days).map(|day| board::days_needed(community.periods, day).from).min().unwrap_or(days.from);
        let mut known = Vec::new();
        let files = days_to_read(community, Period { from, to: days.to });
        reader.show_presence(chat, files, |day, presence| known.push((day, presence.clone())))?;
        Ok(Self { chat, community, known })
    }

    /// As it was at the end of the day, or is now.
    fn snapshot(&self, study: &Study, day: NaiveDate, now: DateTime<Utc>) -> Option<String> {
        let until = board::until(self.community.zone, day, now);
        let needed = board::days_needed(self.community.periods, day);
        let mut counter = Counter::new(study, self.chat, needed, until)?;
        self.known.iter().for_each(|(date, presence)| presence.show(*date, &mut counter));
        let board = board(study, self.chat, day, &counter.finish())?;
        let posted = posted(study, self.chat, day).unwrap_or(Posted { at: until, message: None });
        Some(snapshot::body(&board, posted, self.community.zone, self.community.lang))
    }
}

/// When and where a day's board was posted.
fn posted(study: &Study, chat: ChatId, day: NaiveDate) -> Option<Posted> {
    let posts = study.posts.get(&chat)?.iter().filter(|(key, post)| key.day == day && post.closes_day);
    posts.rev().find_map(|(_, post)| match post.state {
        PostState::Posted { chat, message, at } => Some(Posted { at, message: message.map(|message| (chat, message)) }),
        PostState::Due { .. }
        | PostState::Sending { .. }
        | PostState::Unsure { .. }
        | PostState::Refused { .. }
        | PostState::Skipped => None,
    })
}

fn dates(days: Period) -> impl Iterator<Item = NaiveDate> {
    days.from.iter_days().take_while(move |day| *day <= days.to)
}
