//! Does what was decided, once it is safe on disk: in order within a chat, paced, tried again while that can help.
//! Kept work survives a crash; a crash may repeat a message, never a count.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    assistant, collected,
    deliver::{self, Deliveries},
    errors::{CallError, Reaction},
    feedback, feeds,
    jobs::{self, Services},
    link::Link,
    pace::Pace,
    progress::Progress,
    sign_in, study, target,
};
use crate::{
    admin::{self, Desk},
    domain::{
        event::Place,
        ids::{ChatId, MessageId, UserId},
        work::{Buttons, Work},
    },
    membership,
    store::Released,
    text::{split, task},
};

/// Pauses between tries grow to this.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// After so long nobody waits for the message any more.
pub(super) const GIVE_UP_AFTER: Duration = Duration::from_secs(6 * 3600);

/// Work of one chat is done in order; jobs that take long have a lane of their own, so that the menu stays quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Lane {
    chat: ChatId,
    is_job: bool,
}

/// The outbox of one bot.
#[derive(Debug)]
pub struct Outbox {
    link: Arc<Link>,
    services: Services,
    inbox: mpsc::UnboundedSender<Released>,
    pace: Mutex<Pace>,
    began: Instant,
    lanes: Mutex<HashMap<Lane, VecDeque<Released>>>,
    /// Whose job goes on; a lane does one at a time.
    jobs: Mutex<HashMap<UserId, Arc<Progress>>>,
    deliveries: Deliveries,
}

impl Outbox {
    /// An outbox for a bot, and what [`Outbox::run`] takes its work from.
    pub fn new(link: Arc<Link>, services: Services) -> (Arc<Self>, mpsc::UnboundedReceiver<Released>) {
        let (inbox, work) = mpsc::unbounded_channel();
        let outbox = Self {
            link,
            services,
            inbox,
            pace: Mutex::new(Pace::new()),
            began: Instant::now(),
            lanes: Mutex::default(),
            jobs: Mutex::default(),
            deliveries: Deliveries::new(),
        };
        (Arc::new(outbox), work)
    }

    /// Hands work in. It is kept elsewhere, so nothing is lost when nobody does it any more.
    pub(super) fn take(&self, released: Released) {
        let _ = self.inbox.send(released);
    }

    /// What this outbox sends for.
    pub(super) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// The bot that works in a chat, as who sends there; `None` while it isn't connected.
    pub(super) fn of(&self, chat: ChatId) -> Option<Arc<Self>> {
        self.services.fleet.upgrade()?.outbox_for(chat)
    }

    /// What deliveries of announcements share.
    pub(super) fn deliveries(&self) -> &Deliveries {
        &self.deliveries
    }

    /// What its jobs need.
    pub(super) fn services(&self) -> &Services {
        &self.services
    }

    /// Does work as it is handed in, until dropped.
    pub async fn run(self: Arc<Self>, mut work: mpsc::UnboundedReceiver<Released>) {
        let mut running = JoinSet::new();
        loop {
            let released = tokio::select! {
                Some(released) = work.recv() => released,
                Some(_) = running.join_next() => continue,
            };
            if let Work::Answer { query, text, alert } = &released.work {
                let (outbox, query, text, alert) = (self.clone(), query.clone(), text.clone(), *alert);
                running.spawn_local(async move { outbox.answer(&query, text.as_deref(), alert).await });
                continue;
            }
            if let Work::StopJob { user, edit } = released.work {
                let outbox = self.clone();
                running.spawn_local(async move { outbox.stop_job(user, edit).await });
                continue;
            }
            let lane = Lane::of(&released.work);
            let is_idle = {
                let mut lanes = self.lanes();
                let is_idle = !lanes.contains_key(&lane);
                lanes.entry(lane).or_default().push_back(released);
                is_idle
            };
            if is_idle {
                running.spawn_local(self.clone().drain(lane));
            }
        }
    }

    /// Does a lane's work one by one.
    async fn drain(self: Arc<Self>, lane: Lane) {
        while let Some(released) = self.next_in(lane) {
            let work = released.work.name();
            if let Err(error) = self.perform(&released.work).await {
                tracing::warn!(chat.id = %lane.chat, %error, work, "couldn't be done, and won't be tried again");
            }
            if let Some(id) = released.id {
                self.link.store.finish(id);
                // A fault here is the listener's too: it stops acknowledging until the disk is well.
                if let Err(fault) = self.link.store.flush().await
                    && !fault.may_heal()
                {
                    self.link.give_up(&fault);
                }
            }
        }
    }

    fn next_in(&self, lane: Lane) -> Option<Released> {
        let mut lanes = self.lanes();
        let next = lanes.get_mut(&lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            lanes.remove(&lane);
        }
        next
    }

    async fn perform(&self, work: &Work) -> Result<(), CallError> {
        match work {
            Work::Send { to, reply_to, html, buttons } => self.send(*to, *reply_to, html, buttons).await,
            Work::Show { user, edit, screen, note } => {
                let Some(view) = jobs::draw(self, *user, screen, note.as_deref()).await else { return Ok(()) };
                self.show(ChatId::private(*user), *edit, view.html.as_str(), &view.buttons).await
            }
            Work::Answer { query, text, alert } => {
                self.answer(query, text.as_deref(), *alert).await;
                Ok(())
            }
            Work::StopJob { user, edit } => {
                self.stop_job(*user, *edit).await;
                Ok(())
            }
            Work::Leave { chat } => self.call(*chat, async |wire| wire.leave_chat(*chat).await.map(drop)).await,
            Work::SendReport { user, scope, format } => jobs::send_report(self, *user, *scope, *format).await,
            Work::SyncGroups { user } => jobs::sync_groups(self, *user).await,
            Work::AssignWhereMember { user, teacher } => jobs::assign_where_member(self, *user, *teacher).await,
            Work::CreditVoice { user, edit, chat, voice, teacher, period } => {
                jobs::credit_voice(self, (*user, *edit), *chat, voice, *teacher, *period).await
            }
            Work::ForgetMember { user, chat, accounts } => study::forget_member(self, *user, *chat, accounts).await,
            Work::CheckTarget { user, chat } => target::check(self, *user, *chat).await,
            Work::SendStudyChart { user, chat } => study::send_chart(self, *user, *chat).await,
            Work::ShowFreshChats { user, edit, chat } => super::chats::show_fresh(self, *user, *edit, *chat).await,
            Work::SendSignIn { user } => sign_in::send_link(self, *user).await,
            Work::Diagnose { to, reply_to, lang } => jobs::diagnose(self, *to, *reply_to, *lang).await,
            Work::Deliver { job, number, .. } => deliver::deliver(self, job, *number).await,
            Work::PassOn { feedback, admin, .. } => feedback::pass_on(self, *feedback, *admin).await,
            Work::PassBack { feedback, admin, message, .. } => feedback::pass_back(self, *feedback, *admin, *message).await,
            Work::ShowFeed { command, to, reply_to, lang } => feeds::show(self, command, *to, *reply_to, *lang).await,
            Work::Preview { user } => deliver::preview(self, *user).await,
            Work::Ask(question) => assistant::answer(self, question).await,
            Work::ForgetCollected { user } => collected::forget(self, *user).await,
            Work::ForgetTalk { user } => {
                assistant::forget(self, *user);
                Ok(())
            }
        }
    }

    /// Sends a text of any length; buttons go under its last part.
    pub(super) async fn send(
        &self,
        to: Place,
        reply_to: Option<MessageId>,
        html: &str,
        buttons: &Buttons,
    ) -> Result<(), CallError> {
        let parts = split::messages(html);
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().enumerate() {
            let buttons = if index == last { buttons } else { &Buttons::None };
            let reply_to = reply_to.filter(|_| index == 0);
            self.call(to.chat, async |wire| {
                let chat = self.link.store.read(|state| state.current_id(to.chat));
                wire.send_message(Place { chat, ..to }, reply_to, part, buttons).await.map(drop)
            })
            .await?;
        }
        Ok(())
    }

    /// Puts a screen where the old one was; sends a new message where that can't be.
    async fn show(&self, chat: ChatId, edit: Option<MessageId>, html: &str, buttons: &Buttons) -> Result<(), CallError> {
        let parts = split::messages(html);
        if let (Some(message), [only]) = (edit, &parts[..]) {
            match self.call(chat, async |wire| wire.edit_message(chat, message, only, buttons).await.map(drop)).await {
                Err(error) if error.reaction() == Reaction::MessageGone => {}
                done => return done,
            }
        }
        self.send(Place { chat, topic: None }, None, html, buttons).await
    }

    /// Says something where something was shown, if there is such a message; a long text goes on below it.
    pub(super) async fn say_over(
        &self,
        to: Place,
        reply_to: Option<MessageId>,
        shown: Option<MessageId>,
        html: &str,
    ) -> Result<(), CallError> {
        let Some(message) = shown else { return self.send(to, reply_to, html, &Buttons::None).await };
        let mut parts = split::messages(html).into_iter();
        let first = parts.next().unwrap_or_default();
        let gone = Buttons::Inline(Vec::new());
        match self.call(to.chat, async |wire| wire.edit_message(to.chat, message, &first, &gone).await.map(drop)).await {
            Err(error) if error.reaction() == Reaction::MessageGone => {
                self.send(to, reply_to, &first, &Buttons::None).await?;
            }
            said => said?,
        }
        for part in parts {
            self.send(to, None, &part, &Buttons::None).await?;
        }
        Ok(())
    }

    async fn answer(&self, query: &str, text: Option<&str>, alert: bool) {
        self.link.store.wait_until_ours().await;
        if let Err(error) = self.link.wire.answer_callback_query(query, text, alert).await
            && error.reaction() != Reaction::TooLate
        {
            tracing::debug!(%error, "a press was not answered");
        }
    }

    /// Notes which job goes on for somebody.
    pub(super) fn note_job(&self, user: UserId, job: Option<Arc<Progress>>) {
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        match job {
            Some(job) => drop(jobs.insert(user, job)),
            None => drop(jobs.remove(&user)),
        }
    }

    /// Ends the job that goes on for somebody. A button that outlived its job says so.
    async fn stop_job(&self, user: UserId, edit: Option<MessageId>) {
        let job = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).get(&user).cloned();
        if let Some(job) = job {
            return job.stop();
        }
        let Some(message) = edit else { return };
        let chat = ChatId::private(user);
        let lang = self.link.store.read(|state| admin::lang_of(state, &self.link.rules, user));
        let html = task::over(lang);
        let edited = self.try_once(chat, async |wire| {
            wire.edit_message(chat, message, html.as_str(), &Buttons::Inline(Vec::new())).await.map(drop)
        });
        if let Err(error) = edited.await {
            tracing::debug!(%error, "a button that is over couldn't be taken away");
        }
    }

    /// Makes a call for a chat at the right pace, once.
    pub(super) async fn try_once<T>(
        &self,
        chat: ChatId,
        call: impl AsyncFn(&super::wire::Wire) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        self.wait_for_permit(Some(chat)).await;
        call(&self.link.wire).await
    }

    /// Makes a call for a chat: at the right pace, again after what passes by, and with what an error teaches us.
    pub(super) async fn call<T>(
        &self,
        chat: ChatId,
        call: impl AsyncFn(&super::wire::Wire) -> Result<T, CallError>,
    ) -> Result<T, CallError>
    where
        T: Default,
    {
        let first_try = Instant::now();
        let mut pause = Duration::from_millis(500);
        loop {
            self.wait_for_permit(Some(chat)).await;
            let error = match call(&self.link.wire).await {
                Ok(done) => return Ok(done),
                Err(error) => error,
            };
            match error.reaction() {
                Reaction::Fine => return Ok(T::default()),
                Reaction::Wait(asked) => self.pause(asked).await,
                Reaction::Retry if first_try.elapsed() < GIVE_UP_AFTER => {
                    self.pause(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
                Reaction::Migrated(to) => {
                    self.link.learn_migration(chat, to).await;
                }
                Reaction::Unreachable => {
                    self.learn_unreachable(chat, &error);
                    return Err(error);
                }
                Reaction::Retry
                | Reaction::MessageGone
                | Reaction::TooLate
                | Reaction::Unauthorized
                | Reaction::OtherPoller
                | Reaction::WebhookSet
                | Reaction::Refused => return Err(error),
            }
        }
    }

    /// Before a call is made once more.
    pub(super) async fn pause(&self, pause: Duration) {
        self.link.wire.figures().retries.count();
        tokio::time::sleep(pause).await;
    }

    /// Waits until it is our turn to call Telegram, at the pace that it asks for, and until the work is ours for sure: somebody else
    /// may have done it while we were paused.
    pub(super) async fn wait_for_permit(&self, chat: Option<ChatId>) {
        self.keep_pace(chat).await;
        self.link.store.wait_until_ours().await;
    }

    async fn keep_pace(&self, chat: Option<ChatId>) {
        if !self.services.paced {
            return;
        }
        loop {
            let now = self.began.elapsed();
            let asked = {
                let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
                match chat {
                    Some(chat) => pace.take(chat, now),
                    None => pace.take_any(now),
                }
            };
            match asked {
                Ok(()) => return,
                Err(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Asks something that is about no chat in particular: waits when told to, and gives up soon, because somebody is waiting.
    pub(super) async fn ask<T>(&self, call: impl AsyncFn(&super::wire::Wire) -> Result<T, CallError>) -> Result<T, CallError> {
        self.ask_within(Duration::MAX, call).await
    }

    /// The same, for those who don't wait longer than this when they are told to.
    pub(super) async fn ask_within<T>(
        &self,
        longest: Duration,
        call: impl AsyncFn(&super::wire::Wire) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let mut tries = 0;
        loop {
            self.wait_for_permit(None).await;
            tries += 1;
            match call(&self.link.wire).await {
                Err(error) if tries < 3 => match error.reaction() {
                    Reaction::Wait(asked) if asked <= longest => self.pause(asked).await,
                    Reaction::Retry => self.pause(Duration::from_millis(300)).await,
                    _ => return Err(error),
                },
                done => return done,
            }
        }
    }

    pub(super) fn learn_unreachable(&self, chat: ChatId, error: &CallError) {
        let now = self.link.clock.now();
        let learnt = self.link.store.decide(&[], |state| {
            let desk = Desk { state, rules: &self.link.rules, now };
            if chat.0 > 0 {
                membership::private_standing(&desk, UserId(chat.0), false)
            } else if error.says_gone() {
                membership::gone(&desk, chat)
            } else {
                crate::domain::change::Outcome::nothing()
            }
        });
        if let Err(fault) = learnt {
            self.link.give_up(&fault);
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, VecDeque<Released>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    fn of(work: &Work) -> Self {
        Self { chat: work.chat(), is_job: work.is_job() }
    }
}
