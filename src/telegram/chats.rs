//! Asks Telegram how the chats are that bots are in: each once a day, and whenever somebody wants to know. Four calls a chat, one chat
//! at a time. What fails is written into the chat's row; the others are asked all the same.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep};

use super::{
    errors::{CallError, Reaction},
    fleet::Fleet,
    jobs::decide,
    methods::{ChatInfo, RawAdministrator},
    outbox::Outbox,
    progress::{Progress, watched},
};
use crate::{
    admin::{Desk, Screen},
    chats::{self, Described, Due, Look, Trouble},
    context::Context,
    domain::{
        change::Outcome,
        chats::{Administrator, BotRole, ChatKind},
        ids::{BotId, ChatId, MessageId, UserId, tidy},
        rules::Rules,
        work::Work,
    },
    store::StoreFault,
    text::task::Task,
};

/// An admin who waits for all chats sees how far it is; after so long without any news they get what there is.
const NO_NEWS: Duration = Duration::from_secs(90);
/// Between chats: four calls a second at most, far below what Telegram allows.
const PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether a chat is due, when nobody rings.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between turns of the daily round.
const TURN: TimeDelta = TimeDelta::minutes(5);
/// What waited at Telegram is counted before the first one.
const FIRST_TURN: TimeDelta = TimeDelta::minutes(1);
/// A bot that is told to wait longer than this rests, and the others go on.
const SHORT_WAIT: Duration = Duration::from_secs(5);

/// Asks about chats as they are due, for ever. `paced`: whether to keep to Telegram's pace.
pub async fn keep_statistics(context: Arc<Context>, fleet: Arc<Fleet>, paced: bool) {
    let mut round = Round { next: context.clock.now() + FIRST_TURN, left: 0, resting: HashMap::new() };
    loop {
        let rung = context.chats_wanted.notified();
        match turn(&context, &fleet, &mut round).await {
            Ok(true) if paced => sleep(PAUSE).await,
            Ok(true) => {}
            Ok(false) => drop(tokio::time::timeout(LOOK_EVERY, rung).await),
            Err(fault) if fault.may_heal() => {
                tracing::error!(%fault, "what Telegram says of a chat can't be kept");
                sleep(LOOK_EVERY).await;
            }
            Err(fault) => return context.give_up(&fault),
        }
    }
}

/// How far the daily round is.
struct Round {
    /// When its next turn begins.
    next: DateTime<Utc>,
    /// How many chats this turn may still ask about.
    left: usize,
    /// Bots that were told to wait, and until when.
    resting: HashMap<BotId, Instant>,
}

/// Asks about one chat; whether there was one.
async fn turn(context: &Arc<Context>, fleet: &Fleet, round: &mut Round) -> Result<bool, StoreFault> {
    let now = context.clock.now();
    if context.store.read(|state| state.chats.wanted.all.is_some()) {
        context.decide(chats::adopt)?;
    }
    if now >= round.next {
        context.decide(chats::adopt)?;
        round.next = now + TURN;
        round.left = chats::share(context.store.read(|state| state.chats.known.len()));
    }
    round.resting.retain(|_, until| *until > Instant::now());
    let works = |bot| !round.resting.contains_key(&bot) && fleet.outbox_of(bot).is_some();
    let due = context.store.read(|state| chats::next(&Desk { state, rules: &context.rules, now }, works, round.left > 0));
    let Some(Due { chat, bot, is_wanted }) = due else {
        context.decide(chats::ask_all_over)?;
        context.chats_learnt.notify_waiters();
        return Ok(false);
    };
    if !is_wanted {
        round.left -= 1;
    }
    match bot.and_then(|bot| fleet.outbox_of(bot)) {
        Some(outbox) => {
            if let Some(wait) = ask(context, &outbox, chat).await? {
                round.resting.insert(outbox.link().bot(), Instant::now() + wait);
            }
        }
        None => context.decide(|desk| chats::asked_in_vain(desk, chat))?,
    }
    context.store.flush().await?;
    context.chats_learnt.notify_waiters();
    Ok(true)
}

/// Asks about a chat and keeps what is said; how long the bot has to rest, if it was told to.
async fn ask(context: &Context, outbox: &Outbox, chat: ChatId) -> Result<Option<Duration>, StoreFault> {
    let mut asking = Asking { outbox, chat, look: Look::default(), rest: None, moved: None };
    asking.everything().await;
    if let Some(to) = asking.moved {
        // It is asked about under its new id.
        outbox.link().learn_migration(chat, to).await;
        return Ok(None);
    }
    if let Some(trouble) = &asking.look.trouble {
        tracing::debug!(chat.id = %chat, bot.id = %outbox.link().bot(), error = trouble.why, "a chat's statistics are incomplete");
    }
    let (look, rest, bot) = (asking.look, asking.rest, outbox.link().bot());
    let rules = Rules { bot, ..context.rules.clone() };
    let now = context.clock.now();
    context.store.decide(&[], |state| -> Outcome { chats::learnt(&Desk { state, rules: &rules, now }, chat, &look) })?;
    Ok(rest)
}

/// Shows statistics as soon as Telegram has answered, with what goes on meanwhile.
pub(super) async fn show_fresh(
    outbox: &Outbox,
    user: UserId,
    edit: Option<MessageId>,
    chat: Option<ChatId>,
) -> Result<(), CallError> {
    let context = outbox.link().context();
    let wait = async |progress: Arc<Progress>| {
        let still = || context.store.read(|state| chats::still_wanted(state, chat));
        let total = still();
        progress.set_total(total);
        let (mut left, mut since) = (total, Instant::now());
        while !progress.is_stopped() && since.elapsed() < NO_NEWS {
            if context.chats_are_learnt(chat, LOOK_EVERY).await {
                return;
            }
            let now = still();
            progress.reach(total.saturating_sub(now));
            if now != left {
                (left, since) = (now, Instant::now());
            }
        }
    };
    watched(outbox, user, Task::Chats, wait).await;
    let screen = chat.map_or(Screen::Chats { page: 0 }, |chat| Screen::Chat { chat }).encode();
    decide(outbox.link(), |_| Outcome { changes: Vec::new(), work: vec![Work::Show { user, edit, screen, note: None }] });
    Ok(())
}

/// A chat that is being asked about.
struct Asking<'a> {
    outbox: &'a Outbox,
    chat: ChatId,
    look: Look,
    /// How long the bot was told to wait.
    rest: Option<Duration>,
    /// The chat's id from now on.
    moved: Option<ChatId>,
}

impl Asking<'_> {
    async fn everything(&mut self) {
        let (outbox, chat) = (self.outbox, self.chat);
        let answer = outbox.ask_within(SHORT_WAIT, async |wire| wire.get_chat(chat).await).await;
        self.look.described = self.heard(answer).map(described);
        if self.is_over() {
            return;
        }
        let answer = outbox.ask_within(SHORT_WAIT, async |wire| wire.get_chat_member_count(chat).await).await;
        self.look.members = self.heard(answer);
        if self.is_over() {
            return;
        }
        let answer = outbox.ask_within(SHORT_WAIT, async |wire| wire.get_chat_administrators(chat).await).await;
        if let Some(raw) = self.heard(answer) {
            let bots = raw.iter().filter(|one| one.user.is_bot);
            self.look.bots = bots.map(|bot| (BotId(bot.user.id.0), bot.rights())).collect();
            self.look.administrators = Some(administrators(raw));
        }
        if self.is_over() {
            return;
        }
        let answer = outbox.ask_within(SHORT_WAIT, async |wire| wire.get_own_place(chat).await).await;
        self.look.own = self.heard(answer).map(|own| (own.role(), own.rights()));
    }

    /// Whether the other questions are of no use.
    fn is_over(&self) -> bool {
        self.rest.is_some() || self.moved.is_some() || self.look.trouble.as_ref().is_some_and(|trouble| trouble.is_gone)
    }

    /// Takes an answer, and notes why there is none: the first reason is the one to tell.
    fn heard<T>(&mut self, answer: Result<T, CallError>) -> Option<T> {
        let error = match answer {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        let reaction = error.reaction();
        let passes = match &reaction {
            Reaction::Wait(wait) => {
                self.rest = Some(*wait);
                true
            }
            Reaction::Migrated(to) => {
                self.moved = Some(*to);
                true
            }
            Reaction::Retry => true,
            Reaction::Fine
            | Reaction::Unreachable
            | Reaction::MessageGone
            | Reaction::TooLate
            | Reaction::Unauthorized
            | Reaction::OtherPoller
            | Reaction::WebhookSet
            | Reaction::Refused => false,
        };
        let trouble = Trouble { why: error.to_string(), passes, is_gone: error.says_gone() };
        self.look.trouble.get_or_insert(trouble);
        None
    }
}

fn described(info: ChatInfo) -> Described {
    let kind = match info.kind.as_str() {
        "channel" => ChatKind::Channel,
        "supergroup" if info.is_forum => ChatKind::Forum,
        "supergroup" => ChatKind::Supergroup,
        _ => ChatKind::Group,
    };
    Described { title: info.title, username: info.username, kind }
}

/// The owner first, then by name.
fn administrators(raw: Vec<RawAdministrator>) -> Vec<Administrator> {
    let one = |raw: RawAdministrator| Administrator {
        user: raw.user.id,
        name: tidy(&format!("{} {}", raw.user.first_name, raw.user.last_name.unwrap_or_default())),
        username: raw.user.username,
        title: raw.custom_title.map(|title| tidy(&title)).filter(|title| !title.is_empty()),
        owner: raw.status == "creator",
        bot: raw.user.is_bot,
        anonymous: raw.is_anonymous,
    };
    let mut all: Vec<_> = raw.into_iter().map(one).collect();
    all.sort_by_key(|one| (!one.owner, one.name.to_lowercase(), one.user));
    all
}

impl super::methods::OwnPlace {
    fn role(&self) -> BotRole {
        match self.status.as_str() {
            "creator" | "administrator" => BotRole::Administrator,
            "left" | "kicked" => BotRole::Gone,
            "restricted" if self.more.get("is_member").and_then(serde_json::Value::as_bool) == Some(false) => BotRole::Gone,
            "restricted" => BotRole::Restricted,
            _ => BotRole::Member,
        }
    }
}
