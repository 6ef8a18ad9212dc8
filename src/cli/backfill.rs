//! `rollcall import telegram-history`

use chrono::NaiveDate;

use super::{Session, failure::Failure, pick};
use crate::{
    domain::{backfill::Backfill, jobs::Task},
    orders::{Order, dropbox},
    study::local,
};

/// Which days, and of which group.
#[derive(Debug, clap::Args)]
pub(super) struct HistoryArgs {
    /// The first day
    #[arg(long, value_name = "DATE")]
    since: NaiveDate,
    /// The last day; without it up to now
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Only this group: its id, or a part of the title that only one has
    #[arg(long, allow_hyphen_values = true)]
    group: Option<String>,
}

/// Makes a job of it: the running program has the user session.
pub(super) fn run(session: &Session, args: &HistoryArgs) -> Result<(), Failure> {
    let zone = session.config.zone;
    let group = match &args.group {
        Some(group) => Some(pick::group(session.read()?.state(), group)?.chat_id),
        None => None,
    };
    let to = args.until.map_or_else(|| session.now(), |day| local::end_of(zone, day));
    let from = local::start_of(zone, args.since);
    let task = Task::Backfill(Backfill { from: from.timestamp(), to: to.timestamp(), group });
    session.order(&Order::MakeJob { task, timing: None, asked: dropbox::random_id() })
}
