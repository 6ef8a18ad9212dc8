//! Background jobs, and messages to many.

use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono_tz::Tz;
use sha2::{Digest as _, Sha256};

use super::{
    call::{Answer, Call, json, nothing, ok},
    job_answers::{
        Again, DeliveryAnswer, Format, JobAnswer, JobTimes, NewBackfill, NewCollection, NewJob, NewMessage, ParseMode, Period,
        SentFile, Target,
    },
    problem::Problem,
};
use crate::{
    announcement_files::AnnouncementFiles,
    channels::ChannelName,
    domain::{
        backfill::Backfill,
        collection::Collection,
        event::Place,
        ids::{BotId, ChatId, TopicId},
        jobs::{
            Announcement, Backup, Content, Delivery, DeliveryState, Digest, DigestFormat, DigestPeriod, JobId, KeptFile, Markup,
            Recipients, Task,
        },
        state::State,
    },
    jobs::view::{self, Row},
    orders::{Audience, Order, Refusal, Timing, dropbox},
    study::local,
};

const SEND_PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
content=\"width=device-width, initial-scale=1\"><title>Send a message</title></head><body><main><h1>Send a message</h1>\
<p>People send from the dashboard: <a href=\"/send\">Send</a>.</p><p>Programs POST here, with a key of the scope <code>send</code>: \
<a href=\"/api/\">how</a>.</p></main></body></html>";

fn answered(row: Row) -> JobAnswer {
    let (cron, time_zone) = row.schedule.map(|schedule| (schedule.cron, schedule.zone.name().to_owned())).unzip();
    JobAnswer {
        id: row.id.to_string(),
        sort: row.sort.name().to_owned(),
        state: row.state.name().to_owned(),
        done: row.done,
        total: row.total,
        last_run: row.last_run,
        last_error: row.last_error.map(|why| why.to_string()),
        next_run: row.next_run,
        cron,
        time_zone,
    }
}

fn of(call: &Call, id: &JobId) -> Result<JobAnswer, Problem> {
    let now = call.now();
    let row = call.read(|state| view::row(state, id, now));
    row.map(answered).ok_or_else(|| Problem::not_found(format!("There is no job {id}; GET /api/v1/jobs lists all.")))
}

/// `GET /api/v1/jobs`, `GET /telegram/background-tasks/`
pub(super) async fn all(call: Call) -> Answer {
    let (limit, now) = (call.limit()?, call.now());
    let rows = call.read(|state| view::rows(state, now));
    let after = call.asked("after");
    let begin = match after {
        None => 0,
        Some(after) => rows
            .iter()
            .position(|row| row.id.as_str() == after)
            .map(|at| at + 1)
            .ok_or_else(|| Problem::unreadable("`after` isn't the `next` of a page of this list; begin anew."))?,
    };
    let shown = rows.into_iter().skip(begin).take(limit + 1).map(answered).collect();
    call.page(limit, shown, |job: &JobAnswer| job.id.clone())
}

/// `GET /api/v1/jobs/{task_id}`, `GET /telegram/background-tasks/{task_id}/status/`
pub(super) async fn one(call: Call) -> Answer {
    ok(&of(&call, &call.id("task_id")?)?)
}

/// `POST …/start/`
pub(super) async fn start(call: Call) -> Answer {
    ordered(&call, |job| Order::StartJob { job }).await
}

/// `POST …/stop/`
pub(super) async fn stop(call: Call) -> Answer {
    ordered(&call, |job| Order::StopJob { job }).await
}

/// `POST …/all/start`
pub(super) async fn start_all(call: Call) -> Answer {
    call.order(&Order::StartJob { job: JobId::all() }).await?;
    all(call).await
}

/// `POST …/all/stop`
pub(super) async fn stop_all(call: Call) -> Answer {
    call.order(&Order::StopJob { job: JobId::all() }).await?;
    all(call).await
}

/// `POST /api/v1/jobs/{task_id}/retry`
pub(super) async fn again(call: Call) -> Answer {
    let asked: Again = call.json()?;
    ordered(&call, |job| Order::SendAgain { job, unsure_too: asked.unsure_too }).await
}

/// `PUT /api/v1/jobs/{task_id}/schedule`
pub(super) async fn schedule(call: Call) -> Answer {
    let asked: JobTimes = call.json()?;
    let timing = timing(asked.cron, asked.time_zone.as_deref())?;
    ordered(&call, |job| Order::ScheduleJob { job, timing }).await
}

async fn ordered(call: &Call, order: impl FnOnce(JobId) -> Order) -> Answer {
    let id: JobId = call.id("task_id")?;
    call.order(&order(id.clone())).await?;
    ok(&of(call, &id)?)
}

/// `DELETE /api/v1/jobs/{task_id}`
pub(super) async fn remove(call: Call) -> Answer {
    call.order(&Order::RemoveJob { job: call.id("task_id")? }).await?;
    nothing()
}

/// `GET /api/v1/jobs/{task_id}/chats`
pub(super) async fn chats(call: Call) -> Answer {
    let (id, limit): (JobId, _) = (call.id("task_id")?, call.limit()?);
    of(&call, &id)?;
    let after = call.parsed::<u32>("after", "the number of a delivery")?;
    let shown = call.read(|state| {
        let all = state.jobs.deliveries_of(&id).filter(|(number, _)| after.is_none_or(|after| *number > after));
        all.take(limit + 1).map(|(number, delivery)| share(state, number, delivery)).collect()
    });
    call.page(limit, shown, |one: &DeliveryAnswer| one.number.to_string())
}

fn share(state: &State, number: u32, delivery: &Delivery) -> DeliveryAnswer {
    let (message_id, why) = match &delivery.state {
        DeliveryState::Sent { message, .. } => (Some(message.0), None),
        DeliveryState::Failed { why, .. } => (None, Some(why.to_string())),
        DeliveryState::Waiting { .. }
        | DeliveryState::Sending { .. }
        | DeliveryState::Unsure { .. }
        | DeliveryState::Cancelled => (None, None),
    };
    DeliveryAnswer {
        number,
        chat_id: delivery.to.chat.0,
        topic_id: delivery.to.topic.map(|topic| topic.0),
        title: state.groups.get(&state.current_id(delivery.to.chat)).map(|group| group.title.clone()),
        state: delivery.state.name().to_owned(),
        message_id,
        why,
    }
}

fn timing(cron: Option<String>, zone: Option<&str>) -> Result<Option<Timing>, Problem> {
    let read = |zone: &str| {
        zone.parse::<Tz>().map_err(|_| Problem::invalid(format!("{zone:?} is no time zone; write one such as Asia/Tashkent.")))
    };
    let zone = zone.map(read).transpose()?;
    Ok(cron.map(|cron| Timing { cron, zone }))
}

/// `POST /api/v1/jobs`
pub(super) async fn make(call: Call) -> Answer {
    let asked: NewJob = call.json()?;
    let timing = timing(asked.cron.clone(), asked.time_zone.as_deref())?;
    let is_sent = asked.chat_id.or(asked.topic_id).is_some();
    let task = match (&asked.backup, &asked.backfill, &asked.collection) {
        (None, None, None) => Task::Digest(digest(&call, &asked)?),
        _ if is_sent => return Err(Problem::invalid("chat_id, topic_id: only reports are sent to somebody; leave them out.")),
        (None, Some(backfill), None) => Task::Backfill(missed(&call, backfill, asked.group)),
        _ if asked.group.is_some() => {
            return Err(Problem::invalid("group: only of reports and of what was missed; leave it out."));
        }
        (Some(backup), None, None) => Task::Backup(Backup { dir: backup.dir.clone().into(), keep: backup.keep }),
        (None, None, Some(collection)) => Task::Collection(Box::new(channels(&call, collection)?)),
        _ => return Err(Problem::invalid("backup, backfill, collection: one job is one of them.")),
    };
    let asked = wish(&call);
    call.order(&Order::MakeJob { task, timing, asked }).await?;
    made(&call, asked)
}

fn missed(call: &Call, asked: &NewBackfill, group: Option<i64>) -> Backfill {
    let zone = call.api.site.zone;
    let to = asked.until.map_or_else(|| call.now(), |day| local::end_of(zone, day));
    let from = local::start_of(zone, asked.since);
    Backfill { from: from.timestamp(), to: to.timestamp(), group: group.map(ChatId) }
}

fn channels(call: &Call, asked: &NewCollection) -> Result<Collection, Refusal> {
    let names = asked.channels.iter().map(|name| ChannelName::parse(name)).collect::<Result<Vec<_>, _>>();
    let names = names.map_err(|why| Refusal::NoChannels(why.to_string()))?;
    if asked.snowball > 5 || asked.limit == Some(0) {
        return Err(Refusal::NoChannels("snowball is at most 5, limit at least 1".to_owned()));
    }
    if asked.from.zip(asked.to).is_some_and(|(from, to)| from > to) {
        return Err(Refusal::NoChannels("from is after to".to_owned()));
    }
    let zone = call.api.site.zone;
    let called = names.first().map(ChannelName::key).unwrap_or_default();
    Ok(Collection {
        dir: asked.dir.clone().unwrap_or(called).into(),
        names: names.iter().map(ToString::to_string).collect(),
        from: asked.from.map(|day| local::start_of(zone, day).timestamp()),
        to: asked.to.map(|day| local::end_of(zone, day).timestamp()),
        limit: asked.limit,
        has_comments: asked.comments,
        depth: asked.snowball,
        min_references: 5,
        ..Collection::default()
    })
}

fn digest(call: &Call, asked: &NewJob) -> Result<Digest, Problem> {
    let to = match (asked.chat_id, asked.topic_id) {
        (Some(chat_id), topic_id) => Recipients::Chat(place(Target { chat_id, topic_id })),
        (None, None) => Recipients::Admins,
        (None, Some(_)) => return Err(Problem::invalid("topic_id: name the chat_id that the topic is in.")),
    };
    let format = match asked.format {
        Format::Text => DigestFormat::Text,
        Format::Picture => DigestFormat::Picture,
        Format::Workbook => DigestFormat::Workbook,
        Format::Csv => DigestFormat::Csv,
    };
    let period = match asked.period {
        Period::Yesterday => DigestPeriod::Yesterday,
        Period::LastWeek => DigestPeriod::LastWeek,
        Period::LastMonth => DigestPeriod::LastMonth,
        Period::Last7Days => DigestPeriod::Last7Days,
        Period::Last30Days => DigestPeriod::Last30Days,
    };
    if let Some(person) = asked.group.filter(|group| *group >= 0) {
        return Err(Refusal::NoGroup(ChatId(person)).into());
    }
    let group = asked.group.map(|group| call.read(|state| state.current_id(ChatId(group))));
    Ok(Digest { to, format, period, lang: None, group })
}

/// `POST /telegram/send-message/`
pub(super) async fn send(call: Call) -> Answer {
    announce(&call, None).await
}

/// `POST /telegram/bot/{bot_id}/send/`
pub(super) async fn send_by(call: Call) -> Answer {
    let bot = super::telegram::bot(&call)?.id();
    announce(&call, Some(bot)).await
}

/// `GET /telegram/send-message/`
pub(super) async fn send_page(_: Call) -> Answer {
    let mut response = Response::new(Body::from(SEND_PAGE));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    Ok(response)
}

async fn announce(call: &Call, bot: Option<BotId>) -> Answer {
    let message: NewMessage = call.json()?;
    let to = audience(call, &message)?;
    let markup = match message.parse_mode {
        None => Markup::Plain,
        Some(ParseMode::Markdown) => Markup::Markdown,
        Some(ParseMode::MarkdownV2) => Markup::MarkdownV2,
        Some(ParseMode::Html) => Markup::Html,
    };
    let file = match (message.photo, message.document) {
        (Some(_), Some(_)) => return Err(Problem::invalid("Either a photo or a document goes with a message, not both.")),
        (Some(photo), None) => Some(kept(call, photo, true).await?),
        (None, Some(document)) => Some(kept(call, document, false).await?),
        (None, None) => None,
    };
    let content = Content { text: message.text, markup, file: file.clone() };
    let announcement = Box::new(Announcement { content: Some(content), bot, silent: message.silent });
    let asked = wish(call);
    let done = call.order(&Order::Announce { announcement, to, at: message.send_at, asked }).await;
    if let (Err(_), Some(file)) = (&done, &file) {
        AnnouncementFiles::of(call.api.site.store()).forget(file);
    }
    done?;
    made(call, asked)
}

fn audience(call: &Call, message: &NewMessage) -> Result<Audience, Problem> {
    let one = message.chat_id.map(|chat_id| vec![Target { chat_id, topic_id: message.topic_id }]);
    let ways = [one.is_some(), !message.chats.is_empty(), message.all, message.matching.is_some(), message.preview];
    if ways.iter().filter(|way| **way).count() != 1 {
        return Err(Problem::invalid("Say to whom it goes by exactly one of chat_id, chats, all, matching and preview."));
    }
    if message.all {
        return Ok(Audience::All);
    }
    if let Some(part) = &message.matching {
        return Ok(Audience::Matching(part.clone()));
    }
    if message.preview {
        let admin = call.api.site.admins.first().copied();
        let admin = admin.ok_or_else(|| Problem::invalid("There is no admin to look at it; ADMIN_IDS names them."))?;
        return Ok(Audience::Places(vec![Place::private(admin)]));
    }
    Ok(Audience::Places(one.unwrap_or_else(|| message.chats.clone()).into_iter().map(place).collect()))
}

fn place(target: Target) -> Place {
    Place { chat: ChatId(target.chat_id), topic: target.topic_id.map(TopicId) }
}

async fn kept(call: &Call, file: SentFile, as_photo: bool) -> Result<KeptFile, Problem> {
    let site = call.api.site.clone();
    call.beside(move || {
        let bytes = STANDARD.decode(file.base64.as_bytes());
        let bytes = bytes.map_err(|why| Problem::invalid(format!("base64: {why}.")))?;
        let kept = AnnouncementFiles::of(site.store()).keep(&file.name, &bytes, as_photo);
        kept.map_err(|why| Problem::invalid(format!("{}: {why}.", file.name)))
    })
    .await
}

/// Names the wish: by the request's own `Idempotency-Key`, so that one that is repeated is done once; or by chance.
fn wish(call: &Call) -> i64 {
    let Some(named) = call.headers.get("idempotency-key") else { return dropbox::random_id() };
    let key = call.caller.as_ref().map_or("", |caller| caller.id.as_str());
    let hash = Sha256::new().chain_update(key).chain_update(b"\0").chain_update(named.as_bytes()).finalize();
    i64::from_be_bytes(hash.iter().copied().take(8).collect::<Vec<_>>().try_into().expect("eight bytes"))
}

fn made(call: &Call, asked: i64) -> Answer {
    let id = call.read(|state| state.jobs.kept.iter().find(|(_, job)| job.asked == asked).map(|(id, _)| id.clone()));
    let id = id.ok_or_else(Problem::ours)?;
    let mut response = json(StatusCode::CREATED, &of(call, &id)?);
    let place = HeaderValue::try_from(format!("/api/v1/jobs/{id}")).expect("ids are ASCII");
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}
