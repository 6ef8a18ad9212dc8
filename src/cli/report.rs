//! `rollcall report`

use chrono::NaiveDate;
use serde_json::json;

use super::{
    Session,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{
        ids::{ChatId, TeacherId},
        kind::Kind,
        period::{Period, local_day},
        state::State,
        tally::Tally,
        work::ReportScope,
    },
    report::activity::Collector,
};

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
    /// As what to print
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

/// The days that are asked for.
fn period(args: &ReportArgs, today: NaiveDate) -> Result<Period, Failure> {
    Ok(match (args.days, args.from) {
        (Some(days), _) => Period::parse(&days.to_string(), today)?,
        (None, Some(from)) => Period::new(from, args.to.unwrap_or(today))?,
        (None, None) => Period::last_days(today, 7),
    })
}

/// Shows the report.
pub(super) fn run(session: &Session, args: &ReportArgs) -> Result<(), Failure> {
    let reader = session.read()?;
    let state = reader.state();
    let zone = session.config.zone;
    let scope = ReportScope {
        period: period(args, local_day(zone, session.now()))?,
        teacher: args.teacher.as_deref().map(|text| pick::teacher(state, text)).transpose()?.map(|teacher| teacher.teacher_id),
        group: args.group.as_deref().map(|text| pick::group(state, text)).transpose()?.map(|group| group.chat_id),
    };
    let mut sums = Collector::new(scope);
    reader.each_day(scope.period, &mut |date, day| sums.add_day(date, day))?;
    let activity = sums.finish();
    let mut rows = Rows::new(&[
        "teacher_id",
        "full_name",
        "chat_id",
        "group_title",
        "text",
        "photo",
        "video",
        "audio",
        "voice",
        "document",
        "total",
    ]);
    for ((teacher, chat), tally) in activity.cells.iter().filter(|(_, tally)| tally.total() > 0) {
        push(&mut rows, state, *teacher, *chat, tally);
    }
    if args.format == ListFormat::Table {
        out::talk(&format!("{} ({zone})", scope.period));
    }
    rows.print(args.format, "Nobody wrote anything.")?;
    Ok(())
}

fn push(rows: &mut Rows, state: &State, teacher: TeacherId, chat: ChatId, tally: &Tally) {
    let name = state.teachers.get(&teacher).map_or_else(|| teacher.to_string(), |teacher| teacher.full_name.to_string());
    let title = state.groups.get(&chat).map_or_else(|| chat.to_string(), |group| group.title.clone());
    let [text, photo, video, audio, voice, document] = Kind::COUNTED.map(|kind| json!(tally.get(kind)));
    let total = json!(tally.total());
    rows.push([json!(teacher), json!(name), json!(chat), json!(title), text, photo, video, audio, voice, document, total]);
}
