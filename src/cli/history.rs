//! `rollcall import telegram-export`

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::{
    Session,
    bar::Bar,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
};
use crate::{
    counter::history::{self, History, Past, Told},
    domain::{ids::ChatId, state::State},
    history::{Collected, Collector, ExportFault, Skipped, Uncountable, Wanted, read},
    orders::Order,
    report::rows::teacher_name,
    store::Reader,
};

/// Which file, and where its messages count.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// The result.json that Telegram Desktop wrote (⋮ → Export chat history → Format: Machine-readable JSON), or its folder
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The group: its id, or a part of the title that only one has
    #[arg(long, allow_hyphen_values = true)]
    group: String,
    /// Leave out what was written before this day
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Leave out what was written after this day
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Only show what would be counted
    #[arg(long)]
    dry_run: bool,
    /// As what to print what counts; by teacher and month at once as csv and json
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

/// So many accounts that nobody is registered with are shown.
const UNREGISTERED_SHOWN: usize = 10;

/// Shows what of an export counts, and counts it.
pub(super) fn run(session: &Session, args: &ExportArgs) -> Result<(), Failure> {
    let reader = session.read()?;
    let state = reader.state();
    let group = pick::group(state, &args.group)?;
    if group.gone_since.is_some() {
        return Err(crate::orders::Refusal::GroupGone(group.title.clone()).into());
    }
    let (since, until) = (args.since, args.until);
    if since.zip(until).is_some_and(|(since, until)| until < since) {
        return Err(Failure::Refused("--until lies before --since".to_owned()));
    }
    let wanted = Wanted { group: group.chat_id, zone: session.config.zone, since, until, now: session.now() };
    let mut collected = collect(state, wanted, &args.file)?;
    is_of_the_group(&collected, &group.title, group.chat_id)?;
    let parts = History::parts(std::mem::take(&mut collected.messages), group.chat_id);
    let told = try_out(session, &reader, &parts)?;
    show(state, &group.title, args, &collected, &told)?;
    if args.dry_run {
        out::talk("Nothing is changed: the same without --dry-run counts it.");
        return Ok(());
    }
    if told.counted() == 0 {
        out::talk("There is nothing to count.");
        return Ok(());
    }
    count(session, parts)
}

/// Reads the file to its end before anything is changed: a spoilt one changes nothing.
fn collect(state: &State, wanted: Wanted, path: &Path) -> Result<Collected, Failure> {
    let path = result_in(path)?;
    let named = |why: &dyn std::fmt::Display| Failure::Refused(format!("{}: {why}", path.display()));
    let file = File::open(&path).map_err(|why| named(&why))?;
    let size = file.metadata().map_or(0, |data| data.len());
    let bar = Bar::new("reading, in MB");
    let watched = Watched { file, read: 0, shown: 0, size, bar: &bar };
    let mut collector = Collector::new(state, wanted);
    read(watched, &mut collector).map_err(|why: ExportFault| named(&why))?;
    Ok(collector.finish())
}

/// The file within the folder that Telegram Desktop makes, where that was named.
fn result_in(path: &Path) -> Result<PathBuf, Failure> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    let result = path.join("result.json");
    if !result.exists() && path.join("messages.html").exists() {
        return Err(Failure::Refused(format!("{}: {}", path.display(), ExportFault::Html)));
    }
    Ok(result)
}

/// Tells a bar how far the reading is.
struct Watched<'a> {
    file: File,
    read: u64,
    shown: u64,
    size: u64,
    bar: &'a Bar,
}

const MEGABYTE: u64 = 1_000_000;

impl Read for Watched<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(to)?;
        self.read += read as u64;
        if self.read / MEGABYTE > self.shown {
            self.shown = self.read / MEGABYTE;
            self.bar.reach(self.shown, self.size.div_ceil(MEGABYTE).max(self.shown));
        }
        Ok(read)
    }
}

fn is_of_the_group(collected: &Collected, title: &str, group: ChatId) -> Result<(), Failure> {
    if !collected.found {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "a chat without a name".to_owned());
        let others: Vec<_> =
            collected.other_chats.iter().map(|chat| format!("{} ({})", name(&chat.name), chat.id.unwrap_or(0))).collect();
        return Err(Failure::Refused(format!(
            "the file has no messages of {title} ({group}); it is of {}. Name that group with --group, or export {title}",
            others.join(", ")
        )));
    }
    let dated = !collected.messages.is_empty() || collected.skipped.keys().any(|why| !matches!(why, Skipped::Uncountable(_)));
    if !dated && collected.skipped.contains_key(&Skipped::Uncountable(Uncountable::Undated)) {
        return Err(Failure::Refused(
            "the messages don't say when they were sent (no date_unixtime): an old Telegram Desktop wrote them. Update it, and export the \
             chat again"
                .to_owned(),
        ));
    }
    Ok(())
}

/// What it would come to, on a copy of the state.
fn try_out(session: &Session, reader: &Reader, parts: &[History]) -> Result<Told, Failure> {
    let bar = Bar::new("comparing");
    let mut state = reader.state().clone();
    let mut told = Told::default();
    for (number, part) in (1..).zip(parts) {
        let days = part.days();
        let oldest = days.first().copied().and_then(|day| day.checked_sub_days(Days::new(History::DAYS_AT_ONCE)));
        state.days.retain(|day, _| reader.state().days.contains_key(day) || oldest.is_none_or(|oldest| *day >= oldest));
        reader.recall(days, &mut state)?;
        let (outcome, of_part) = history::count(&state, session.config.zone, part);
        outcome.changes.into_iter().for_each(|change| state.apply(change));
        told.add(&of_part);
        bar.reach(number, parts.len() as u64);
    }
    Ok(told)
}

fn count(session: &Session, parts: Vec<History>) -> Result<(), Failure> {
    let total = parts.len() as u64;
    let bar = Bar::new("counting");
    let mut stretches = parts.iter().map(|part| stretch(session, part)).collect::<Vec<_>>().into_iter();
    let mut done = 0;
    let orders = parts.into_iter().map(|history| Order::CountHistory { history: Box::new(history) });
    let counted = session.orders(orders, |answer| {
        done += 1;
        bar.reach(done, total);
        Ok(out::data(&format!("{}: {answer}.", stretches.next().unwrap_or_default()))?)
    });
    counted.inspect_err(|_| out::talk("What is said above is counted; the same command again goes on, and counts nothing twice."))
}

fn stretch(session: &Session, part: &History) -> String {
    let day = |past: &Past| crate::domain::period::local_hour(session.config.zone, past.date).map(|(day, _)| day.to_string());
    let ends = [part.messages.first(), part.messages.last()].map(|end| end.and_then(day).unwrap_or_default());
    ends.join(" – ")
}

fn show(state: &State, title: &str, args: &ExportArgs, collected: &Collected, told: &Told) -> Result<(), Failure> {
    if args.format != ListFormat::Table {
        let mut rows = Rows::new(&["teacher", "name", "month", "messages"]);
        for ((month, teacher), messages) in &told.teachers {
            let month = month.format("%Y-%m").to_string();
            rows.push([json!(teacher), json!(teacher_name(state, *teacher)), json!(month), json!(messages)]);
        }
        return Ok(rows.print(args.format, "")?);
    }
    out::data(&format!("Messages to be counted: {}, for those who are active and counted in {title} today.", told.counted()))?;
    by_teacher_and_month(state, told)?;
    show_left_out(collected, told)?;
    show_unregistered(collected)
}

fn by_teacher_and_month(state: &State, told: &Told) -> Result<(), Failure> {
    if told.teachers.is_empty() {
        return Ok(());
    }
    let (mut teachers, mut months) = (BTreeMap::<_, u64>::new(), BTreeMap::<_, u64>::new());
    for ((month, teacher), messages) in &told.teachers {
        *teachers.entry(*teacher).or_default() += messages;
        *months.entry(*month).or_default() += messages;
    }
    let mut rows = Rows::new(&["teacher", "name", "messages"]);
    for (teacher, messages) in teachers {
        rows.push([json!(teacher), json!(teacher_name(state, teacher)), json!(messages)]);
    }
    out::data("")?;
    rows.print(ListFormat::Table, "")?;
    let mut rows = Rows::new(&["month", "messages"]);
    for (month, messages) in months {
        rows.push([json!(month.format("%Y-%m").to_string()), json!(messages)]);
    }
    out::data("")?;
    Ok(rows.print(ListFormat::Table, "")?)
}

fn show_left_out(collected: &Collected, told: &Told) -> Result<(), Failure> {
    let mut rows = Rows::new(&["messages", "left_out_because"]);
    let mut because = |messages: u64, why: &str| {
        if messages > 0 {
            rows.push([json!(messages), json!(why)]);
        }
    };
    because(told.known, "counted before, by the bot or an import");
    let unrecorded: u64 = told.unrecorded.values().sum();
    let days: BTreeSet<_> = told.unrecorded.keys().collect();
    if let (Some(first), Some(last)) = (days.first(), days.last()) {
        let why = format!(
            "of {} days from {first} to {last} on which something is counted without a note of what: by an earlier release, or by hand",
            days.len()
        );
        because(unrecorded, &why);
    }
    for (why, messages) in &collected.skipped {
        because(*messages, reason(*why));
    }
    because(told.nobody, reason(Skipped::NotCountedHere));
    if told.unattributed > 0 {
        out::data(&format!(
            "\n{} of them are of anonymous administrators or channels, and count for nobody until somebody says in the bot's menu whose they are.",
            told.unattributed
        ))?;
    }
    out::data("")?;
    Ok(rows.print(ListFormat::Table, "Nothing is left out.")?)
}

fn reason(why: Skipped) -> &'static str {
    match why {
        Skipped::Uncountable(Uncountable::Service) => "Telegram's own: who joined, what was pinned …",
        Skipped::Uncountable(Uncountable::Command) => "commands to bots",
        Skipped::Uncountable(Uncountable::AutomaticForward) => "posts of the linked channel",
        Skipped::Uncountable(Uncountable::Unsupported) => "of a sort that Telegram Desktop doesn't export",
        Skipped::Uncountable(Uncountable::Undated) => "without a moment that can be believed",
        Skipped::OtherDay => "of other days",
        Skipped::Unregistered => "of people who aren't registered",
        Skipped::NotCountedHere => "of bots, and of people who aren't active or aren't counted in this group",
        Skipped::Unnamed => "of nobody who is named",
    }
}

fn show_unregistered(collected: &Collected) -> Result<(), Failure> {
    let mut most: Vec<_> = collected.unregistered.iter().collect();
    if most.is_empty() {
        return Ok(());
    }
    most.sort_by_key(|(user, (_, messages))| (std::cmp::Reverse(*messages), **user));
    let mut rows = Rows::new(&["account", "name", "messages"]);
    for (user, (name, messages)) in most.iter().take(UNREGISTERED_SHOWN) {
        rows.push([json!(user.to_string()), json!(name), json!(messages)]);
    }
    out::data(&format!(
        "\nNot registered ({} accounts; those who wrote most). `rollcall teachers add NAME --account ACCOUNT`, then import again:",
        most.len()
    ))?;
    Ok(rows.print(ListFormat::Table, "")?)
}
