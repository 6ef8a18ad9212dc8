//! `rollcall jobs …`

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{
    Session,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
    send::place,
};
use crate::{
    domain::{
        jobs::{Backup, Digest, DigestFormat, DigestPeriod, JobId, NoJobId, Recipients, Task},
        lang::Lang,
        state::State,
    },
    jobs::view::{self, Row, Sort},
    orders::{Order, Refusal, Timing, dropbox},
};

/// What to do with background jobs.
#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// Show all jobs
    List {
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show how a job stands, and each chat of an announcement; without an id: all jobs
    Status {
        /// Its id, as `rollcall jobs list` shows it
        id: Option<String>,
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Run a job now; one that was stopped goes on by its schedule
    Start {
        /// Its id; `all`: those that are stopped
        id: String,
    },
    /// Stop a job until it is started; cancel an announcement
    Stop {
        /// Its id; `all`: those that run, or would by themselves
        id: String,
    },
    /// Send an announcement again where it failed
    Retry {
        /// Its id
        id: String,
        /// Also where nobody knows whether it arrived: it may come twice there
        #[arg(long)]
        unsure: bool,
    },
    /// Say when a job runs
    Schedule {
        /// Its id
        id: String,
        #[command(flatten)]
        when: When,
        /// Only when somebody starts it
        #[arg(long, conflicts_with = "cron", required_unless_present = "cron")]
        never: bool,
    },
    /// Make a digest or a backup that comes by itself
    #[command(subcommand)]
    Add(AddCommand),
    /// Take away a digest, a backup, or an announcement that is over
    Remove {
        /// Its id
        id: String,
    },
}

/// When a job runs.
#[derive(Debug, Args)]
pub(super) struct When {
    /// Minute, hour, day of month, month, day of week: "0 9 * * MON" is every Monday at 9:00
    #[arg(long, value_name = "EXPRESSION")]
    cron: Option<String>,
    /// Whose clocks are meant, such as Asia/Tashkent; without it TZ
    #[arg(long, requires = "cron")]
    zone: Option<Tz>,
}

impl When {
    fn timing(&self) -> Option<Timing> {
        self.cron.as_ref().map(|cron| Timing { cron: cron.clone(), zone: self.zone })
    }
}

/// What comes by itself.
#[derive(Debug, Subcommand)]
pub(super) enum AddCommand {
    /// A report
    Digest {
        #[command(flatten)]
        when: When,
        /// To whom: admins, or a chat's id (ID:TOPIC for a topic), or a part of a group's title
        #[arg(long, default_value = "admins", allow_hyphen_values = true)]
        to: String,
        /// As what
        #[arg(long, value_enum, default_value_t)]
        format: FormatName,
        /// About which days
        #[arg(long, value_enum, default_value_t)]
        period: PeriodName,
        /// Only this group: its id, or a part of its title
        #[arg(long, allow_hyphen_values = true)]
        group: Option<String>,
        /// In which language (en, uz, ru); without it in each admin's own
        #[arg(long)]
        lang: Option<String>,
    },
    /// A copy of the data directory
    Backup {
        #[command(flatten)]
        when: When,
        /// Into which folder
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        /// How many are kept
        #[arg(long, default_value_t = 7)]
        keep: u32,
    },
}

/// As what a digest comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum FormatName {
    /// A message
    Text,
    /// A picture with charts
    Picture,
    /// An Excel workbook
    #[default]
    Workbook,
    /// A CSV file
    Csv,
}

/// The days of a digest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum PeriodName {
    /// The day before
    Yesterday,
    /// Monday to Sunday before this week
    #[default]
    LastWeek,
    /// The calendar month before this one
    LastMonth,
    /// Seven days up to yesterday
    #[value(name = "last-7-days")]
    Last7Days,
    /// Thirty days up to yesterday
    #[value(name = "last-30-days")]
    Last30Days,
}

impl From<FormatName> for DigestFormat {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Text => Self::Text,
            FormatName::Picture => Self::Picture,
            FormatName::Workbook => Self::Workbook,
            FormatName::Csv => Self::Csv,
        }
    }
}

impl From<PeriodName> for DigestPeriod {
    fn from(name: PeriodName) -> Self {
        match name {
            PeriodName::Yesterday => Self::Yesterday,
            PeriodName::LastWeek => Self::LastWeek,
            PeriodName::LastMonth => Self::LastMonth,
            PeriodName::Last7Days => Self::Last7Days,
            PeriodName::Last30Days => Self::Last30Days,
        }
    }
}

/// Carries the command out.
pub(super) fn run(session: &Session, command: &JobsCommand) -> Result<(), Failure> {
    match command {
        JobsCommand::List { format } | JobsCommand::Status { id: None, format } => list(session, *format),
        JobsCommand::Status { id: Some(id), format } => status(session, &named(id)?, *format),
        JobsCommand::Start { id } => session.order(&Order::StartJob { job: named(id)? }),
        JobsCommand::Stop { id } => session.order(&Order::StopJob { job: named(id)? }),
        JobsCommand::Retry { id, unsure } => session.order(&Order::SendAgain { job: named(id)?, unsure_too: *unsure }),
        JobsCommand::Schedule { id, when, never: _ } => {
            session.order(&Order::ScheduleJob { job: named(id)?, timing: when.timing() })
        }
        JobsCommand::Add(command) => add(session, command),
        JobsCommand::Remove { id } => session.order(&Order::RemoveJob { job: named(id)? }),
    }
}

fn named(id: &str) -> Result<JobId, Failure> {
    id.parse().map_err(|why: NoJobId| Failure::Refused(format!("{id:?}: {why}; `rollcall jobs list` shows all")))
}

fn add(session: &Session, command: &AddCommand) -> Result<(), Failure> {
    let (task, timing) = match command {
        AddCommand::Digest { when, to, format, period, group, lang } => {
            let reader = session.read()?;
            let group = group.as_deref().map(|text| pick::group(reader.state(), text)).transpose()?;
            let to = if to == "admins" { Recipients::Admins } else { Recipients::Chat(place(reader.state(), to)?) };
            let lang = lang.as_deref().map(language).transpose()?;
            let group = group.map(|group| group.chat_id);
            let digest = Digest { to, format: (*format).into(), period: (*period).into(), lang, group };
            (Task::Digest(digest), when.timing())
        }
        AddCommand::Backup { when, to, keep } => {
            let dir = std::path::absolute(to).map_err(|why| Failure::Refused(format!("{}: {why}", to.display())))?;
            (Task::Backup(Backup { dir, keep: *keep }), when.timing())
        }
    };
    session.order(&Order::MakeJob { task, timing, asked: dropbox::random_id() })
}

fn language(code: &str) -> Result<Lang, Failure> {
    let known = Lang::ALL.into_iter().find(|lang| lang.code() == code);
    known.ok_or_else(|| Failure::Refused(format!("{code:?} is no language; choose en, uz or ru")))
}

fn list(session: &Session, format: ListFormat) -> Result<(), Failure> {
    let reader = session.read()?;
    let mut rows = Rows::new(&["id", "sort", "state", "done", "total", "last_run", "next_run", "schedule", "last_error"]);
    for row in view::rows(reader.state(), session.now()) {
        push(session, &mut rows, &row);
    }
    rows.print(format, "There are no jobs.")?;
    Ok(())
}

fn push(session: &Session, rows: &mut Rows, row: &Row) {
    let moment = |at: Option<DateTime<Utc>>| {
        json!(at.map(|at| at.with_timezone(&session.config.zone).format("%Y-%m-%d %H:%M").to_string()))
    };
    rows.push([
        json!(row.id),
        json!(row.sort.name()),
        json!(row.state.name()),
        json!(row.done),
        json!(row.total),
        moment(row.last_run),
        moment(row.next_run),
        json!(row.schedule.as_ref().map(|schedule| format!("{} ({})", schedule.cron, schedule.zone))),
        json!(row.last_error.as_ref().map(ToString::to_string)),
    ]);
}

fn status(session: &Session, id: &JobId, format: ListFormat) -> Result<(), Failure> {
    let reader = session.read()?;
    let row = view::row(reader.state(), id, session.now()).ok_or_else(|| Refusal::UnknownJob(id.clone()))?;
    if row.sort == Sort::Announcement && format != ListFormat::Table {
        return targets(reader.state(), id, format);
    }
    let mut rows = Rows::new(&["id", "sort", "state", "done", "total", "last_run", "next_run", "schedule", "last_error"]);
    push(session, &mut rows, &row);
    rows.print(format, "")?;
    if row.sort == Sort::Announcement {
        out::data("")?;
        targets(reader.state(), id, format)?;
    }
    Ok(())
}

/// What became of an announcement, chat by chat.
fn targets(state: &State, id: &JobId, format: ListFormat) -> Result<(), Failure> {
    use crate::domain::jobs::DeliveryState;
    let mut rows = Rows::new(&["number", "chat", "topic", "title", "state", "message", "why"]);
    for (number, delivery) in state.jobs.deliveries_of(id) {
        let title = state.groups.get(&state.current_id(delivery.to.chat)).map(|group| group.title.clone());
        let (message, why) = match &delivery.state {
            DeliveryState::Sent { message, .. } => (Some(*message), None),
            DeliveryState::Failed { why, .. } => (None, Some(why.to_string())),
            DeliveryState::Waiting { .. }
            | DeliveryState::Sending { .. }
            | DeliveryState::Unsure { .. }
            | DeliveryState::Cancelled => (None, None),
        };
        rows.push([
            json!(number),
            json!(delivery.to.chat),
            json!(delivery.to.topic),
            json!(title),
            json!(delivery.state.name()),
            json!(message),
            json!(why),
        ]);
    }
    rows.print(format, "It goes to nobody.")?;
    Ok(())
}
