//! `rollcall report`

use std::{io::IsTerminal, ops::ControlFlow, path::PathBuf};

use chrono::NaiveDate;
use clap::ValueEnum;

use super::{Session, bar::Bar, failure::Failure, out, pick};
use crate::{
    domain::{
        day::{Announced, DaySink},
        period::{Period, local_day},
        work::ReportScope,
    },
    report::{
        activity::Collector,
        files::{self, Sheet},
        picture,
    },
    store::{
        Reader, StoreFault,
        disk::{RealDisk, replace},
    },
};

/// As what a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned columns, for people
    #[default]
    Table,
    /// Rows, totals and who wrote nothing, for programs
    Json,
    /// Thirteen columns; with --out for spreadsheets, without for programs
    Csv,
    /// An Excel workbook; needs --out
    Xlsx,
    /// A picture with charts; needs --out
    Png,
}

impl Format {
    fn is_text(self) -> bool {
        match self {
            Format::Table | Format::Json | Format::Csv => true,
            Format::Xlsx | Format::Png => false,
        }
    }
}

/// What to show. Without a period: the last seven days.
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    /// The last so many days, today included: 1 to 365
    #[arg(long, value_name = "N", conflicts_with_all = ["from", "to"])]
    days: Option<u64>,
    /// The first day, such as 2026-01-01
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last day; today without it
    #[arg(long, value_name = "DATE", requires = "from")]
    to: Option<NaiveDate>,
    /// Only this teacher: an id, or a part of a name
    #[arg(long)]
    teacher: Option<String>,
    /// Only this group: an id, or a part of a title
    #[arg(long, allow_hyphen_values = true)]
    group: Option<String>,
    /// As what to write
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write into this file instead of the terminal
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Shows the report.
pub(super) fn run(session: &Session, args: &ReportArgs) -> Result<(), Failure> {
    if !args.format.is_text() && args.out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::Refused("this format is none for a terminal: name a file with --out".to_owned()));
    }
    let reader = session.read()?;
    let state = reader.state();
    let zone = session.config.zone;
    let scope = ReportScope {
        period: period(args, local_day(zone, session.now()))?,
        teacher: args.teacher.as_deref().map(|text| pick::teacher(state, text)).transpose()?.map(|teacher| teacher.teacher_id),
        group: args.group.as_deref().map(|text| pick::group(state, text)).transpose()?.map(|group| group.chat_id),
    };
    let mut sums = Collector::new(scope);
    show_days(&reader, scope.period, &mut sums, &Bar::new("Adding up"))?;
    let activity = sums.finish();
    let sheet = Sheet {
        state,
        activity: &activity,
        zone,
        lang: session.config.lang,
        now: session.now(),
        last_commit: reader.last_commit(),
    };
    let bytes = match args.format {
        Format::Table => files::table(&sheet).into_bytes(),
        Format::Json => files::json(&sheet).into_bytes(),
        Format::Csv if args.out.is_none() => files::plain_csv(&sheet),
        Format::Csv => files::csv(&sheet),
        Format::Xlsx => workbook(&reader, &sheet)?,
        Format::Png => picture::png(&sheet).map_err(Failure::Refused)?,
    };
    match &args.out {
        Some(path) => {
            replace(&RealDisk, path, &bytes).map_err(|why| StoreFault::io("write", path, why))?;
            out::talk(&format!("{} is written.", path.display()));
        }
        None if args.format == Format::Table => {
            out::data(&String::from_utf8_lossy(&bytes))?;
            let as_of = reader
                .last_commit()
                .map_or_else(String::new, |at| format!(", as of {}", at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S")));
            out::talk(&format!("{}, {} messages, {zone}{as_of}", scope.period, activity.total()));
        }
        None if args.format.is_text() => out::data(&String::from_utf8_lossy(&bytes))?,
        None => out::bytes(&bytes)?,
    }
    Ok(())
}

/// The days that are asked for.
fn period(args: &ReportArgs, today: NaiveDate) -> Result<Period, Failure> {
    Ok(match (args.days, args.from) {
        (Some(days), _) => Period::parse(&days.to_string(), today)?,
        (None, Some(from)) => Period::new(from, args.to.unwrap_or(today))?,
        (None, None) => Period::last_days(today, 7),
    })
}

/// Shows the days, and how far that is.
fn show_days(reader: &Reader, period: Period, to: &mut dyn DaySink, bar: &Bar) -> Result<(), StoreFault> {
    let announce = |date| {
        bar.reach(period.position(date) as u64, period.len_days());
        ControlFlow::Continue(())
    };
    reader.show_days(period, &mut Announced { to, before: announce })
}

fn workbook(reader: &Reader, sheet: &Sheet<'_>) -> Result<Vec<u8>, Failure> {
    let (mut fault, bar) = (None, Bar::new("Writing the workbook"));
    let bytes = files::workbook(sheet, &mut |sink| fault = show_days(reader, sheet.activity.scope.period, sink, &bar).err());
    match fault {
        Some(fault) => Err(fault.into()),
        None => bytes.map_err(|why| Failure::Refused(why.to_string())),
    }
}
