//! Background jobs: how each stands, and forms that steer them.

use super::{
    act::order,
    collecting,
    look::{Done, Look, Trouble},
    page::{Form, InputKind, Page, Section},
    query::Query,
    table::{Column, Field, Table, Tone},
};
use crate::{
    channels::ChannelName,
    collector::Wish,
    domain::{
        collection::Collection,
        event::Place,
        ids::ChatId,
        jobs::{Backup, Delivery, DeliveryState, Digest, DigestFormat, DigestPeriod, JobId, JobState, Recipients, Task},
        registry::Group,
        state::State,
    },
    jobs::view::{self, Row, Sort},
    orders::{Order, Timing, dropbox},
    text::{
        collections as collection_words, jobs as said,
        name::in_text,
        pages::{Notice, Words},
        report::moment,
    },
};

/// The longest schedule that anybody types.
const LONGEST_CRON: usize = 100;
/// And the longest folder.
const LONGEST_FOLDER: usize = 1_000;
/// Beyond so many groups nobody finds anything in a list.
const MOST_CHOICES: usize = 200;

pub(super) fn all(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let rows = look.read(|state| view::rows(state, look.now));
    let mut sections = vec![Section::Table(table(look, words.jobs(), rows, String::new()))];
    if look.visitor.admin().is_some() {
        let formats = [
            ("workbook", words.as_workbook()),
            ("text", words.as_text()),
            ("picture", words.as_picture()),
            ("csv", words.as_csv()),
        ];
        let periods = [
            ("last-week", words.last_week()),
            ("last-month", words.last_month()),
            ("last-7-days", words.days_7()),
            ("last-30-days", words.days_30()),
            ("yesterday", words.day_before()),
        ];
        let choice = |all: &[(&str, &'static str)]| {
            InputKind::Choice(all.iter().map(|(key, name)| ((*key).to_owned(), (*name).to_owned(), false)).collect())
        };
        let form = Form::new("/jobs", words.new_digest())
            .more(words.digest_more())
            .button(words.add())
            .with("cron", words.schedule_hint(), InputKind::Text("0 9 * * MON".to_owned(), LONGEST_CRON, true))
            .with("format", words.digest_format(), choice(&formats))
            .with("period", words.digest_days(), choice(&periods))
            .with("to", words.message_to(), InputKind::Choice(look.read(|state| receivers(look, state))));
        sections.push(Section::Forms(words.new_digest().to_owned(), vec![form]));
        let backup = Form::new("/jobs", words.new_backup())
            .more(words.backup_more())
            .button(words.add())
            .with("task", "", InputKind::Hidden("backup".to_owned()))
            .with("cron", words.schedule_hint(), InputKind::Text("0 3 * * *".to_owned(), LONGEST_CRON, true))
            .with("dir", words.backup_folder(), InputKind::Text(String::new(), LONGEST_FOLDER, false))
            .with("keep", words.backup_keep(), InputKind::Text("7".to_owned(), 4, false));
        sections.push(Section::Forms(words.new_backup().to_owned(), vec![backup]));
        let collection = Form::new("/jobs", words.new_collection()).more(words.collection_more()).button(words.begin()).with(
            "task",
            "",
            InputKind::Hidden("collection".to_owned()),
        );
        sections.push(Section::Forms(words.new_collection().to_owned(), vec![collecting::fields(collection, look)]));
        let start = Form::new("/jobs/all/start", words.start_all()).more(words.start_all_more());
        let stop = Form::new("/jobs/all/stop", words.stop_all()).more(words.stop_all_more()).grave();
        sections.push(Section::Forms(words.all_jobs().to_owned(), vec![start, stop]));
    }
    Ok(Page { title: words.jobs().to_owned(), lead: Some(words.jobs_lead().to_owned()), sections, ..Page::default() })
}

/// Who may get a report: the admins, or a group.
fn receivers(look: &Look<'_>, state: &State) -> Vec<(String, String, bool)> {
    let mut groups: Vec<_> = state.groups.values().filter(|group| group.gone_since.is_none()).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    let admins = ("admins".to_owned(), look.words().to_admins().to_owned(), true);
    let group = |group: &&Group| (group.chat_id.to_string(), in_text(&group.title), false);
    std::iter::once(admins).chain(groups.iter().take(MOST_CHOICES).map(group)).collect()
}

/// Jobs as a table.
pub(super) fn table(look: &Look<'_>, title: &'static str, rows: Vec<Row>, empty: String) -> Table {
    let (words, lang, zone) = (look.words(), look.lang(), look.dashboard.rules().zone);
    let at = |at: Option<_>| at.map_or_else(Field::nothing, |at| Field::text(moment(at, zone)));
    let row = |row: Row| {
        vec![
            Field::text(said::sort(row.sort, lang)).to(format!("/jobs/{}", row.id)),
            Field::text(row.id.to_string()),
            Field::badge(said::state(row.state, lang), tone(row.state)),
            Field::text(progress(&row)),
            at(row.last_run),
            at(row.next_run),
            row.schedule.as_ref().map_or_else(Field::nothing, |schedule| Field::text(schedule.cron.clone())),
            row.last_error.as_ref().map_or_else(Field::nothing, |why| Field::name(&said::reason(why, lang))),
        ]
    };
    Table {
        name: "jobs",
        title: title.to_owned(),
        columns: vec![
            Column::text("job", words.job()),
            Column::text("id", words.job_id()).minor(),
            Column::text("state", words.status()),
            Column::text("progress", words.progress()),
            Column::text("last_run", words.last_run()).minor(),
            Column::text("next_run", words.next_run()),
            Column::text("schedule", words.schedule()).minor(),
            Column::text("last_error", words.last_error()).minor(),
        ],
        rows: rows.into_iter().map(row).collect(),
        empty,
    }
}

fn progress(row: &Row) -> String {
    if row.total == 0 { "—".to_owned() } else { format!("{} / {}", row.done, row.total) }
}

fn tone(state: JobState) -> Tone {
    match state {
        JobState::Pending | JobState::Stopped => Tone::Quiet,
        JobState::Running => Tone::Plain,
        JobState::Completed => Tone::Good,
        JobState::Failed => Tone::Warning,
    }
}

fn id(look: &Look<'_>) -> Result<JobId, Trouble> {
    look.id.parse().map_err(|_| Trouble::Missing)
}

pub(super) fn one(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang, zone, id) = (look.words(), look.lang(), look.dashboard.rules().zone, id(look)?);
    let row = look.read(|state| view::row(state, &id, look.now)).ok_or(Trouble::Missing)?;
    let at = |at: Option<_>| at.map_or_else(|| "—".to_owned(), |at| moment(at, zone));
    let schedule = row.schedule.as_ref().map(|schedule| format!("{} ({})", schedule.cron, schedule.zone));
    let mut facts = vec![
        (words.job_id().to_owned(), id.to_string()),
        (words.progress().to_owned(), progress(&row)),
        (words.last_run().to_owned(), at(row.last_run)),
        (words.next_run().to_owned(), at(row.next_run)),
        (words.schedule().to_owned(), schedule.unwrap_or_else(|| "—".to_owned())),
        (words.last_error().to_owned(), row.last_error.as_ref().map_or_else(|| "—".to_owned(), |why| said::reason(why, lang))),
    ];
    if let Some(Task::Backup(backup)) = look.read(|state| state.jobs.get(&id)).map(|job| job.task) {
        facts.push((words.backup_folder().to_owned(), backup.dir.display().to_string()));
        facts.push((words.backup_keep().to_owned(), backup.keep.to_string()));
    }
    if let Some(Task::Collection(collection)) = look.read(|state| state.jobs.get(&id)).map(|job| job.task) {
        facts.extend(collection_words::errand(collection.errand, lang).map(|errand| (words.errand().to_owned(), errand)));
        facts.push((words.channel_names().to_owned(), collection_words::names(&collection, lang)));
        facts.push((words.backup_folder().to_owned(), collection.dir.display().to_string()));
        facts.extend(collection_words::pace(&row, look.now, lang).map(|pace| (words.pace().to_owned(), pace)));
        facts.extend(row.brought.as_ref().map(|what| (words.outcome().to_owned(), collection_words::brought(what, lang))));
    }
    let mut sections = vec![Section::Facts(said::sort(row.sort, lang).to_owned(), facts)];
    if row.sort == Sort::Announcement {
        sections.push(look.read(|state| chats(look, state, &id)));
    }
    if look.visitor.admin().is_some() && row.sort.is_steerable() {
        sections.push(Section::Forms(words.manage().to_owned(), forms(words, &row)));
    }
    Ok(Page {
        title: said::sort(row.sort, lang).to_owned(),
        up: Some(("/jobs".to_owned(), words.jobs())),
        badge: Some((said::state(row.state, lang).to_owned(), tone(row.state))),
        sections,
        ..Page::default()
    })
}

fn forms(words: Words, row: &Row) -> Vec<Form> {
    let at = format!("/jobs/{}", row.id);
    let mut forms = Vec::new();
    let is_message = row.sort == Sort::Announcement;
    if row.state != JobState::Running && !(is_message && row.state != JobState::Pending) {
        forms.push(Form::new(format!("{at}/start"), words.start_job()));
    }
    if row.can_be_sent_again() {
        let unsure = vec![("no".to_owned(), words.no().to_owned(), true), ("yes".to_owned(), words.yes().to_owned(), false)];
        let form = Form::new(format!("{at}/retry"), words.retry_job());
        forms.push(form.with("on", words.retry_unsure(), InputKind::Choice(unsure)));
    }
    if row.sort.has_times() {
        let cron = row.schedule.as_ref().map(|schedule| schedule.cron.clone()).unwrap_or_default();
        let form = Form::new(format!("{at}/schedule"), words.schedule()).button(words.save());
        forms.push(form.with("cron", words.schedule_hint(), InputKind::Text(cron, LONGEST_CRON, true)));
    }
    let is_over = is_message && row.state == JobState::Completed;
    if row.state != JobState::Stopped && !is_over {
        forms.push(Form::new(format!("{at}/stop"), words.stop_job()).more(words.stop_job_more()).grave());
    }
    if row.sort.is_removable() && row.state != JobState::Running {
        forms.push(Form::new(format!("{at}/remove"), words.remove_job()).grave());
    }
    forms
}

/// What became of an announcement.
fn chats(look: &Look<'_>, state: &State, id: &JobId) -> Section {
    let (words, lang) = (look.words(), look.lang());
    let row = |delivery: &Delivery| {
        let title = state.groups.get(&state.current_id(delivery.to.chat)).map(|group| group.title.clone());
        let topic = delivery.to.topic.map(|topic| format!(" · {topic}")).unwrap_or_default();
        let why = match &delivery.state {
            DeliveryState::Failed { why, .. } => Field::name(&said::reason(why, lang)),
            DeliveryState::Waiting { .. }
            | DeliveryState::Sending { .. }
            | DeliveryState::Sent { .. }
            | DeliveryState::Unsure { .. }
            | DeliveryState::Cancelled => Field::nothing(),
        };
        let tone = match &delivery.state {
            DeliveryState::Sent { .. } => Tone::Good,
            DeliveryState::Failed { .. } | DeliveryState::Unsure { .. } => Tone::Warning,
            DeliveryState::Waiting { .. } | DeliveryState::Sending { .. } | DeliveryState::Cancelled => Tone::Quiet,
        };
        vec![
            Field::name(&format!("{}{topic}", title.unwrap_or_else(|| delivery.to.chat.to_string()))),
            Field::badge(said::delivery(&delivery.state, lang), tone),
            why,
        ]
    };
    Section::Table(Table {
        name: "chats",
        title: words.receivers().to_owned(),
        columns: vec![
            Column::text("chat", words.chat()),
            Column::text("state", words.status()),
            Column::text("why", words.why_not()),
        ],
        rows: state.jobs.deliveries_of(id).map(|(_, delivery)| row(delivery)).collect(),
        empty: String::new(),
    })
}

fn done(look: &Look<'_>, what: impl FnOnce(JobId) -> Order) -> Result<Done, Trouble> {
    let id = id(look)?;
    order(look, &what(id.clone()))?;
    let is_there = look.read(|state| view::row(state, &id, look.now).is_some());
    Ok(Done::saved(if is_there { format!("/jobs/{id}") } else { "/jobs".to_owned() }, Notice::Saved))
}

pub(super) fn start(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    done(look, |job| Order::StartJob { job })
}

pub(super) fn stop(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    done(look, |job| Order::StopJob { job })
}

pub(super) fn remove(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    done(look, |job| Order::RemoveJob { job })
}

pub(super) fn retry(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    done(look, |job| Order::SendAgain { job, unsure_too: form.get("on") == "yes" })
}

pub(super) fn schedule(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    done(look, |job| Order::ScheduleJob { job, timing: timing(form) })
}

fn timing(form: &Query) -> Option<Timing> {
    let cron: String = form.get("cron").trim().chars().take(LONGEST_CRON).collect();
    (!cron.is_empty()).then_some(Timing { cron, zone: None })
}

/// A report that comes by itself, or a backup that writes itself.
pub(super) fn make(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let task = match form.get("task") {
        "" => Task::Digest(digest(form)?),
        "backup" => Task::Backup(backup(look, form)?),
        "collection" => Task::Collection(Box::new(collection(look, form)?)),
        _ => return Err(Trouble::Form),
    };
    order(look, &Order::MakeJob { task, timing: timing(form), asked: dropbox::random_id() })?;
    Ok(Done::saved("/jobs", Notice::Saved))
}

fn backup(look: &Look<'_>, form: &Query) -> Result<Backup, Trouble> {
    let keep = form.get("keep").trim().parse();
    let keep = keep.map_err(|_| Trouble::Refused(look.words().bad_number().to_owned()))?;
    Ok(Backup { dir: form.get("dir").trim().into(), keep })
}

/// Into a folder that is called by the first channel: who asks for the same again goes on there.
fn collection(look: &Look<'_>, form: &Query) -> Result<Collection, Trouble> {
    let Wish { names, bounds, has_comments, depth, min_references, .. } = collecting::read(look, form)?;
    let dir = names.first().map(ChannelName::key).unwrap_or_default().into();
    let names = names.iter().map(ToString::to_string).collect();
    let (from, to, limit) = (bounds.from, bounds.to, bounds.limit);
    Ok(Collection { names, dir, from, to, limit, has_comments, depth, min_references, ..Collection::default() })
}

fn digest(form: &Query) -> Result<Digest, Trouble> {
    let format = match form.get("format") {
        "text" => DigestFormat::Text,
        "picture" => DigestFormat::Picture,
        "workbook" => DigestFormat::Workbook,
        "csv" => DigestFormat::Csv,
        _ => return Err(Trouble::Form),
    };
    let period = match form.get("period") {
        "yesterday" => DigestPeriod::Yesterday,
        "last-week" => DigestPeriod::LastWeek,
        "last-month" => DigestPeriod::LastMonth,
        "last-7-days" => DigestPeriod::Last7Days,
        "last-30-days" => DigestPeriod::Last30Days,
        _ => return Err(Trouble::Form),
    };
    let to = match form.get("to") {
        "" | "admins" => Recipients::Admins,
        chat => {
            let chat: ChatId = chat.parse().ok().filter(|chat: &ChatId| chat.0 < 0).ok_or(Trouble::Form)?;
            Recipients::Chat(Place { chat, topic: None })
        }
    };
    Ok(Digest { to, format, period, lang: None, group: None })
}
