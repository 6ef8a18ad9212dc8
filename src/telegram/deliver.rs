//! One chat's share of an announcement. Each step is safe on disk before what it stands for is done: what may have arrived isn't
//! sent again by itself, whatever dies in between.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Semaphore, task::spawn_blocking};

use super::{
    errors::{CallError, Reaction},
    methods::Upload,
    outbox::{GIVE_UP_AFTER, LONGEST_PAUSE, Outbox},
};
use crate::{
    admin::lang_of,
    announcement_files::AnnouncementFiles,
    domain::{
        change::Outcome,
        event::Place,
        form::FormKey,
        ids::{ChatId, MessageId, UserId},
        job_reason::Case,
        jobs::{Announcement, Content, Delivery, DeliveryState, JobId, KeptFile, Markup},
        work::Buttons,
    },
    jobs::announce::{self, Ended, Part},
    store::StoreFault,
    text::{jobs::reason, sending as words},
};

/// What a crash may leave in doubt at most.
const AT_ONCE: usize = 4;

/// What deliveries of one bot share.
#[derive(Debug)]
pub(super) struct Deliveries {
    turns: Semaphore,
    /// By the name of a file: what Telegram calls it for this bot, so that it is uploaded once.
    uploaded: Mutex<HashMap<String, String>>,
}

impl Deliveries {
    pub(super) fn new() -> Self {
        Self { turns: Semaphore::new(AT_ONCE), uploaded: Mutex::default() }
    }

    fn uploaded(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.uploaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What follows an attempt.
enum Next {
    /// The next part at once, or the same one in another way.
    Now,
    /// The same part after a pause.
    After(Duration),
    /// Nothing.
    Over,
}

/// Sends what is still to be sent to one chat.
pub(super) async fn deliver(outbox: &Outbox, job: &JobId, number: u32) -> Result<(), CallError> {
    let share = Share { outbox, job, number };
    // Nobody else works at it: an attempt that is on its way here is one within which the process died.
    if let Err(fault) = share.step(|delivery| Some((delivery, Ended::Lost))).await {
        return share.waits(&fault);
    }
    let (first_try, mut pause, mut is_plain) = (Instant::now(), Duration::from_millis(500), false);
    loop {
        let next = match share.attempt(&mut is_plain, first_try, pause).await {
            Ok(next) => next,
            Err(fault) => return share.waits(&fault),
        };
        match next {
            Next::Now => {}
            Next::After(asked) => {
                outbox.pause(asked).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            Next::Over => return Ok(()),
        }
    }
}

struct Share<'a> {
    outbox: &'a Outbox,
    job: &'a JobId,
    number: u32,
}

impl Share<'_> {
    /// One attempt to send one part.
    async fn attempt(&self, is_plain: &mut bool, first_try: Instant, pause: Duration) -> Result<Next, StoreFault> {
        let link = self.outbox.link();
        let _turn = self.outbox.deliveries().turns.acquire().await.expect("nobody closes it");
        let Some((announcement, before)) = self.known() else { return Ok(Next::Over) };
        let chat = link.store.read(|state| announce::place_now(state, before.to)).chat;
        self.outbox.wait_for_permit(Some(chat)).await;
        if !self.begin().await? {
            return Ok(Next::Over);
        }
        let DeliveryState::Waiting { parts: done } = before.state else { return Ok(Next::Over) };
        let Some(content) = &announcement.content else { return Ok(Next::Over) };
        let parts = announce::parts(content);
        let Some(part) = parts.get(done as usize) else {
            self.step(|delivery| Some((delivery, Ended::Refused(Case::NothingToSend {}.into())))).await?;
            return Ok(Next::Over);
        };
        let sent = self.send(chat, &before, &announcement, content, part, *is_plain).await;
        let is_last = done as usize + 1 >= parts.len();
        let (ended, next) = self.judge(chat, sent, is_last, is_plain, part, first_try, pause).await;
        self.step(|delivery| Some((delivery, ended))).await?;
        Ok(next)
    }

    #[expect(clippy::too_many_arguments, reason = "they are what an attempt is made of")]
    async fn judge(
        &self,
        chat: ChatId,
        sent: Result<MessageId, CallError>,
        is_last: bool,
        is_plain: &mut bool,
        part: &Part,
        first_try: Instant,
        pause: Duration,
    ) -> (Ended, Next) {
        let error = match sent {
            Ok(message) => {
                *is_plain = false;
                return (Ended::Sent(message, is_last), if is_last { Next::Over } else { Next::Now });
            }
            Err(error) => error,
        };
        tracing::warn!(chat.id = %chat, job = %self.job, %error, "an announcement wasn't sent");
        let refused = |error: &CallError| (Ended::Refused(error.clone().into()), Next::Over);
        match (&error, error.reaction()) {
            (CallError::Unsent(_), _) if first_try.elapsed() < GIVE_UP_AFTER => (Ended::Later, Next::After(pause)),
            (CallError::Unsent(_), _) => refused(&error),
            (_, Reaction::Wait(asked)) => (Ended::Later, Next::After(asked)),
            // It may have been done before the answer got lost, or before the server fell over.
            (CallError::Network(_) | CallError::Malformed(_) | CallError::Server { .. }, _) => (Ended::Lost, Next::Over),
            (CallError::Api { code: 500.., .. }, _) => (Ended::Lost, Next::Over),
            (_, Reaction::Migrated(to)) => {
                self.outbox.link().learn_migration(chat, to).await;
                (Ended::Later, Next::Now)
            }
            (_, Reaction::Unreachable) => {
                self.outbox.learn_unreachable(chat, &error);
                refused(&error)
            }
            (CallError::Api { description, .. }, Reaction::Refused)
                if !*is_plain && is_markdown(part) && description.contains("can't parse") =>
            {
                // What was meant is readable without its markup too.
                *is_plain = true;
                (Ended::Later, Next::Now)
            }
            _ => refused(&error),
        }
    }

    async fn send(
        &self,
        chat: ChatId,
        delivery: &Delivery,
        announcement: &Announcement,
        content: &Content,
        part: &Part,
        is_plain: bool,
    ) -> Result<MessageId, CallError> {
        let to = crate::domain::event::Place { chat, ..delivery.to };
        let wire = &self.outbox.link().wire;
        let mode = |markup: &Markup| if is_plain { None } else { parse_mode(*markup) };
        match part {
            Part::Text(text, markup) => {
                wire.send_text(to, text, mode(markup), announcement.silent).await.map(|sent| sent.message_id)
            }
            Part::File(caption, markup) => {
                let Some(file) = &content.file else { return Err(CallError::Ours(Case::NothingToSend {})) };
                let upload = upload(self.outbox, file).await?;
                let sent = wire.send_upload(to, &upload, file.as_photo, caption, mode(markup), announcement.silent).await?;
                if let Some(id) = sent.file_id {
                    self.outbox.deliveries().uploaded().insert(name_of(file).to_owned(), id);
                }
                Ok(sent.message_id)
            }
        }
    }

    fn known(&self) -> Option<(Announcement, Delivery)> {
        self.outbox.link().store.read(|state| {
            let delivery = state.jobs.deliveries.get(self.job)?.get(&self.number)?.clone();
            Some((state.jobs.get(self.job)?.announcement()?.clone(), delivery))
        })
    }

    /// Begins an attempt, safely; `false`: somebody cancelled it.
    async fn begin(&self) -> Result<bool, StoreFault> {
        let link = self.outbox.link();
        let (now, mut is_begun) = (link.clock.now(), false);
        link.store.decide(&[], |state| {
            let begun = state.jobs.deliveries.get(self.job).and_then(|all| all.get(&self.number));
            let begun = begun.and_then(|delivery| announce::begun(delivery, now));
            is_begun = begun.is_some();
            begun.map_or_else(Outcome::nothing, |delivery| announce::stepped(state, self.job, self.number, delivery, now))
        })?;
        link.store.flush().await?;
        Ok(is_begun)
    }

    /// Ends an attempt, safely; nothing where none is on its way.
    async fn step(&self, how: impl FnOnce(&Delivery) -> Option<(&Delivery, Ended)>) -> Result<(), StoreFault> {
        let link = self.outbox.link();
        let now = link.clock.now();
        link.store.decide(&[], |state| {
            let delivery = state.jobs.deliveries.get(self.job).and_then(|all| all.get(&self.number));
            let ended = delivery.and_then(how).and_then(|(delivery, ended)| announce::ended(delivery, ended, now));
            ended.map_or_else(Outcome::nothing, |delivery| announce::stepped(state, self.job, self.number, delivery, now))
        })?;
        link.store.flush().await
    }

    fn waits(&self, fault: &StoreFault) -> Result<(), CallError> {
        if !fault.may_heal() {
            self.outbox.link().give_up(fault);
        }
        Err(CallError::Ours(Case::NotKept { why: fault.to_string() }))
    }
}

/// What names a file, wherever it lies.
fn name_of(file: &KeptFile) -> &str {
    file.shared.as_ref().map_or(&file.kept, |shared| &shared.id)
}

/// A file as this bot can send it.
async fn upload(outbox: &Outbox, file: &KeptFile) -> Result<Upload, CallError> {
    if let Some(id) = outbox.deliveries().uploaded().get(name_of(file)).cloned() {
        return Ok(Upload::Known(id));
    }
    let name = if file.name.is_empty() { "photo.jpg".to_owned() } else { file.name.clone() };
    let bytes = match &file.shared {
        Some(shared) if shared.bot == outbox.link().bot() => return Ok(Upload::Known(shared.id.clone())),
        // Its name is another bot's, who fetches it for this one.
        Some(shared) => {
            let theirs = outbox.services().fleet.upgrade().and_then(|fleet| fleet.outbox_of(shared.bot));
            let theirs = theirs.ok_or(CallError::Ours(Case::FileBotNotConnected {}))?;
            // Whatever becomes of it, nothing was sent.
            let fetched = theirs.ask(async |wire| wire.download(&shared.id).await).await;
            fetched.map_err(|error| CallError::Ours(Case::FileNotFetched { why: Box::new(error.into()) }))?
        }
        None => {
            let (files, kept) = (AnnouncementFiles::of(&outbox.link().store), file.kept.clone());
            let read = spawn_blocking(move || files.read(&kept)).await.expect("reading doesn't panic");
            read.map_err(|why| CallError::Ours(Case::FileUnreadable { why: why.to_string() }))?
        }
    };
    Ok(Upload::New { name, bytes })
}

/// Shows an admin the message that they are writing, as it will arrive.
pub(super) async fn preview(outbox: &Outbox, user: UserId) -> Result<(), CallError> {
    let link = outbox.link();
    let draft = link.store.read(|state| state.forms.get(&FormKey::private(user)).and_then(|form| form.step.draft().cloned()));
    // Given up meanwhile.
    let Some((content, silent)) = draft.and_then(|draft| Some((draft.content?, draft.silent))) else { return Ok(()) };
    let to = Place::private(user);
    for part in announce::parts(&content) {
        let shown = outbox.call(to.chat, async |wire| match &part {
            Part::Text(text, markup) => wire.send_text(to, text, parse_mode(*markup), silent).await.map(drop),
            Part::File(caption, markup) => {
                let Some(file) = &content.file else { return Ok(()) };
                let upload = upload(outbox, file).await?;
                wire.send_upload(to, &upload, file.as_photo, caption, parse_mode(*markup), silent).await.map(drop)
            }
        });
        if let Err(error) = shown.await {
            let lang = link.store.read(|state| lang_of(state, &link.rules, user));
            return outbox
                .send(to, None, words::preview_refused(&reason(&error.into(), lang), lang).as_str(), &Buttons::None)
                .await;
        }
    }
    Ok(())
}

fn is_markdown(part: &Part) -> bool {
    let (Part::Text(_, markup) | Part::File(_, markup)) = part;
    matches!(markup, Markup::Markdown | Markup::MarkdownV2)
}

fn parse_mode(markup: Markup) -> Option<&'static str> {
    match markup {
        Markup::Plain => None,
        Markup::Markdown => Some("Markdown"),
        Markup::MarkdownV2 => Some("MarkdownV2"),
        Markup::Html => Some("HTML"),
    }
}
