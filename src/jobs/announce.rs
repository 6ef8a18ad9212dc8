//! An announcement and its chats. Each step is made durable before what it stands for is done: a message that may have arrived
//! isn't sent again unless somebody says so.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    domain::{
        change::{Change, Outcome},
        event::Place,
        form::Form,
        ids::{ChatId, MessageId},
        job_reason::{Case, Reason},
        jobs::{Announcement, Content, Delivery, DeliveryState, Job, JobChange, JobId, JobState, Markup, Task},
        state::State,
        work::Work,
    },
    text::{html::Html, split},
};

/// What failed somewhere can be sent again for so long; then its text goes.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// Announcements are listed for so long.
const LISTED_FOR: TimeDelta = TimeDelta::days(90);

/// One message of an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A text of this markup.
    Text(String, Markup),
    /// The file, with this under it.
    File(String, Markup),
}

/// The messages that a content becomes. The same ones at each look.
pub fn parts(content: &Content) -> Vec<Part> {
    let pieces = |text: &str| -> Vec<(String, Markup)> {
        match content.markup {
            // Escaped, so that whatever comes is what is seen.
            Markup::Plain => split::messages(Html::text(text).as_str()).into_iter().map(|piece| (piece, Markup::Html)).collect(),
            Markup::Html => split::messages(text).into_iter().map(|piece| (piece, Markup::Html)).collect(),
            Markup::Markdown | Markup::MarkdownV2 => {
                split::lines(text).into_iter().map(|piece| (piece, content.markup)).collect()
            }
        }
    };
    let mut messages: Vec<_> = if content.text.trim().is_empty() { Vec::new() } else { pieces(&content.text) };
    let mut parts = Vec::new();
    if content.file.is_some() {
        let fits = messages.len() == 1 && split::length(&messages[0].0) <= split::LONGEST_CAPTION;
        let (caption, markup) = if fits { messages.remove(0) } else { (String::new(), Markup::Html) };
        parts.push(Part::File(caption, markup));
    }
    parts.extend(messages.into_iter().map(|(text, markup)| Part::Text(text, markup)));
    parts
}

/// How an attempt to send one part ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It arrived; and whether it was the last one.
    Sent(MessageId, bool),
    /// It certainly didn't arrive and will be sent later.
    Later,
    /// Nobody knows.
    Lost,
    /// It can't be sent there.
    Refused(Reason),
}

/// An attempt begins. `None` where none may.
pub fn begun(delivery: &Delivery, now: DateTime<Utc>) -> Option<Delivery> {
    match delivery.state {
        DeliveryState::Waiting { parts } => Some(with(delivery, DeliveryState::Sending { since: now, parts })),
        DeliveryState::Sending { .. }
        | DeliveryState::Sent { .. }
        | DeliveryState::Failed { .. }
        | DeliveryState::Unsure { .. }
        | DeliveryState::Cancelled => None,
    }
}

/// An attempt ended. `None` where none was on its way.
pub fn ended(delivery: &Delivery, how: Ended, now: DateTime<Utc>) -> Option<Delivery> {
    let DeliveryState::Sending { since, parts } = delivery.state else { return None };
    let state = match how {
        Ended::Sent(message, true) => DeliveryState::Sent { message, at: now },
        Ended::Sent(_, false) => DeliveryState::Waiting { parts: parts + 1 },
        Ended::Later => DeliveryState::Waiting { parts },
        Ended::Lost => DeliveryState::Unsure { since, parts },
        Ended::Refused(why) => DeliveryState::Failed { why, at: now, parts },
    };
    Some(with(delivery, state))
}

/// It won't be sent. `None`: it has been, or is on its way.
fn cancelled(delivery: &Delivery) -> Option<Delivery> {
    matches!(delivery.state, DeliveryState::Waiting { .. }).then(|| with(delivery, DeliveryState::Cancelled))
}

/// It will be sent again from where it came to. `None`: that would be once too often.
fn retried(delivery: &Delivery, unsure_too: bool) -> Option<Delivery> {
    match delivery.state {
        DeliveryState::Failed { parts, .. } => Some(with(delivery, DeliveryState::Waiting { parts })),
        DeliveryState::Unsure { parts, .. } if unsure_too => Some(with(delivery, DeliveryState::Waiting { parts })),
        DeliveryState::Unsure { .. }
        | DeliveryState::Waiting { .. }
        | DeliveryState::Sending { .. }
        | DeliveryState::Sent { .. }
        | DeliveryState::Cancelled => None,
    }
}

fn with(delivery: &Delivery, state: DeliveryState) -> Delivery {
    Delivery { state, ..delivery.clone() }
}

/// How many chats have what state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Waiting, or on their way.
    pub open: u64,
    /// Arrived.
    pub sent: u64,
    /// Refused.
    pub failed: u64,
    /// Nobody knows.
    pub unsure: u64,
    /// Cancelled.
    pub cancelled: u64,
}

impl Counts {
    /// Of an announcement's chats.
    pub fn of<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Self {
        let mut counts = Self::default();
        for delivery in deliveries {
            match delivery.state {
                DeliveryState::Waiting { .. } | DeliveryState::Sending { .. } => counts.open += 1,
                DeliveryState::Sent { .. } => counts.sent += 1,
                DeliveryState::Failed { .. } => counts.failed += 1,
                DeliveryState::Unsure { .. } => counts.unsure += 1,
                DeliveryState::Cancelled => counts.cancelled += 1,
            }
        }
        counts
    }

    /// All chats.
    pub fn total(&self) -> u64 {
        self.open + self.sent + self.failed + self.unsure + self.cancelled
    }
}

/// A new announcement with its chats, each once.
pub fn made(id: &JobId, job: Job, places: &[Place]) -> Vec<Change> {
    let mut seen = Vec::new();
    let mut changes = vec![Change::Job(JobChange::Job(id.clone(), Some(Box::new(job))))];
    for place in places {
        if !seen.contains(place) {
            let delivery = Delivery { to: *place, state: DeliveryState::Waiting { parts: 0 } };
            let number = u32::try_from(seen.len()).expect("there aren't so many chats");
            changes.push(Change::Job(JobChange::Delivery(id.clone(), number, Some(Box::new(delivery)))));
            seen.push(*place);
        }
    }
    changes
}

/// What there is to send of an announcement that begins. What was on its way when the program stopped is work already.
pub fn work(state: &State, id: &JobId) -> Vec<Work> {
    let bot = state.jobs.get(id).as_ref().and_then(Job::announcement).and_then(|announcement| announcement.bot);
    let waiting = state.jobs.deliveries_of(id).filter(|(_, delivery)| matches!(delivery.state, DeliveryState::Waiting { .. }));
    waiting.map(|(number, delivery)| Work::Deliver { job: id.clone(), number, to: delivery.to.chat, bot }).collect()
}

/// A step of one chat, and what follows from it for the whole.
pub fn stepped(state: &State, id: &JobId, number: u32, after: Delivery, now: DateTime<Utc>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let others = state.jobs.deliveries_of(id).filter(|(other, _)| *other != number).map(|(_, delivery)| delivery);
    let counts = Counts::of(others.chain([&after]));
    let is_over = !after.state.is_open();
    outcome.set(Change::Job(JobChange::Delivery(id.clone(), number, Some(Box::new(after)))));
    if is_over && let Some(job) = state.jobs.get(id) {
        outcome.changes.extend(settled(id, &job, counts, now));
    }
    outcome
}

/// The whole once no chat waits any more.
fn settled(id: &JobId, job: &Job, counts: Counts, now: DateTime<Utc>) -> Option<Change> {
    if counts.open > 0 {
        return None;
    }
    let is_all = counts.sent == counts.total();
    let state = match job.state {
        JobState::Stopped => JobState::Stopped,
        _ if is_all => JobState::Completed,
        _ => JobState::Failed,
    };
    let last_error = (state == JobState::Failed).then(|| missing(counts));
    let keeps = state == JobState::Failed;
    let job = Job { state, last_error, last_run: job.last_run.or(Some(now)), next_run: None, ..job.clone() };
    Some(change(id, if keeps { job } else { emptied(job) }))
}

fn missing(counts: Counts) -> Reason {
    let Counts { failed, unsure, .. } = counts;
    Case::Missing { chats: counts.total(), failed, unsure }.into()
}

pub(super) fn change(id: &JobId, job: Job) -> Change {
    Change::Job(JobChange::Job(id.clone(), Some(Box::new(job))))
}

/// Without what it said.
fn emptied(mut job: Job) -> Job {
    if let Task::Announcement(Announcement { content, .. }) = &mut job.task {
        *content = None;
    }
    job
}

/// Somebody cancels what hasn't been sent yet.
pub fn stopped(state: &State, id: &JobId, job: &Job) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut is_on_its_way = false;
    for (number, delivery) in state.jobs.deliveries_of(id) {
        is_on_its_way |= matches!(delivery.state, DeliveryState::Sending { .. });
        if let Some(after) = cancelled(delivery) {
            changes.push(Change::Job(JobChange::Delivery(id.clone(), number, Some(Box::new(after)))));
        }
    }
    let job = Job { state: JobState::Stopped, next_run: None, restored: None, last_error: None, ..job.clone() };
    changes.push(change(id, if is_on_its_way { job } else { emptied(job) }));
    changes
}

/// Somebody sends again what failed. `None`: there is nothing to be sent again.
pub fn again(state: &State, id: &JobId, job: &Job, unsure_too: bool, now: DateTime<Utc>) -> Option<Vec<Change>> {
    job.announcement()?.content.as_ref()?;
    // What came back from a backup waits until now.
    let waits = |delivery: &Delivery| {
        (job.restored.is_some() && matches!(delivery.state, DeliveryState::Waiting { .. })).then(|| delivery.clone())
    };
    let again = |delivery| retried(delivery, unsure_too).or_else(|| waits(delivery));
    let retried = state.jobs.deliveries_of(id).filter_map(|(number, delivery)| Some((number, again(delivery)?)));
    let mut changes: Vec<_> = retried
        .map(|(number, delivery)| Change::Job(JobChange::Delivery(id.clone(), number, Some(Box::new(delivery)))))
        .collect();
    if changes.is_empty() {
        return None;
    }
    let job = Job { state: JobState::Pending, next_run: Some(now), last_error: None, restored: None, ..job.clone() };
    changes.push(change(id, job));
    Some(changes)
}

/// Texts that nobody sends again any more, messages that were never sent, and announcements of long ago, go.
pub fn forgotten(state: &State, now: DateTime<Utc>) -> Vec<Change> {
    let is_given_up = |form: &Form| form.step.draft().is_some() && form.is_expired(now);
    let given_up = state.forms.iter().filter(|(_, form)| is_given_up(form));
    let mut changes: Vec<_> = given_up.map(|(key, _)| Change::Form(*key, None)).collect();
    for (id, job) in &state.jobs.kept {
        let Some(announcement) = job.announcement() else { continue };
        let is_over = !matches!(job.state, JobState::Running | JobState::Pending);
        let age = now - job.restored.max(job.last_run.or(job.made)).unwrap_or(now);
        if is_over && age > LISTED_FOR {
            changes.push(Change::Job(JobChange::Job(id.clone(), None)));
        } else if is_over && announcement.content.is_some() && age > KEPT_FOR {
            changes.push(change(id, emptied(job.clone())));
        }
    }
    changes
}

/// The chat of a delivery as it is called now.
pub fn place_now(state: &State, to: Place) -> Place {
    Place { chat: if to.chat.0 < 0 { state.current_id(to.chat) } else { ChatId(to.chat.0) }, ..to }
}
