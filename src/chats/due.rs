//! Which chat is to be asked about next. Each has its own minute of the day, so that thousands of them are no burst; what somebody waits
//! for comes first.

use chrono::{TimeDelta, Timelike};

use super::learn::{entry, is_stale};
use crate::{
    admin::Desk,
    domain::{
        change::Outcome,
        chats::{ChatChange, KnownChat},
        ids::{BotId, ChatId},
        period::local_day,
        state::State,
    },
};

/// A look that failed for a passing reason comes again after this.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// The minutes of a local day over which chats are spread; what is left of it is for catching up.
const SPREAD: u32 = 20 * 60;

/// A chat to ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Which.
    pub chat: ChatId,
    /// By which bot; `None`: none of those that are in it can be asked now.
    pub bot: Option<BotId>,
    /// Whether somebody waits for it.
    pub is_wanted: bool,
}

/// How many chats of so many are asked about in one turn of the daily round, at most.
pub fn share(chats: usize) -> usize {
    (chats / 100).max(30)
}

/// The chat to ask about now. `works`: whether a bot can be asked; `in_turn`: whether the daily round goes on.
pub fn next(desk: &Desk<'_>, works: impl Fn(BotId) -> bool, in_turn: bool) -> Option<Due> {
    let chats = &desk.state.chats;
    let asked = |chat: ChatId, known: &KnownChat, is_wanted| Due { chat, bot: asker(desk, chat, known, &works), is_wanted };
    if let Some((chat, _)) = chats.wanted.chats.iter().min_by_key(|(_, since)| **since) {
        let known = entry(desk.state, desk.rules, *chat).unwrap_or_default();
        return Some(asked(*chat, &known, true));
    }
    let here = || chats.known.iter().filter(|(_, known)| known.left().is_none());
    if let Some(since) = chats.wanted.all
        && let Some((chat, known)) = here().find(|(_, known)| is_stale(known.tried(), since))
    {
        return Some(asked(*chat, known, true));
    }
    let due = || here().filter(|(chat, known)| in_turn && is_due(desk, **chat, known));
    let askable = due().map(|(chat, known)| (known.tried(), asked(*chat, known, false))).filter(|(_, due)| due.bot.is_some());
    askable.min_by_key(|(tried, due)| (*tried, due.chat)).map(|(_, due)| due)
}

/// How many chats Telegram is still to be asked about because somebody wants to know: of one, or all.
pub fn still_wanted(state: &State, chat: Option<ChatId>) -> usize {
    let (chats, wanted) = (&state.chats.known, &state.chats.wanted);
    match (chat, wanted.all) {
        (Some(chat), _) => usize::from(wanted.chats.contains_key(&state.current_id(chat))),
        (None, None) => 0,
        (None, Some(since)) => {
            let stale = chats.values().filter(|known| known.left().is_none() && is_stale(known.tried(), since)).count();
            // Until it is taken note of that all are done.
            stale.max(1)
        }
    }
}

/// All that were wanted at once are done: nobody wants them any more.
pub fn ask_all_over(desk: &Desk<'_>) -> Outcome {
    let mut outcome = Outcome::nothing();
    if desk.state.chats.wanted.all.is_some() {
        outcome.set(ChatChange::Wanted(None, None).into());
    }
    outcome
}

/// Once a local day, at the chat's own minute or later; a chat that nobody ever asked about at once.
fn is_due(desk: &Desk<'_>, chat: ChatId, known: &KnownChat) -> bool {
    let Some(tried) = known.tried() else { return true };
    if known.failed.as_ref().is_some_and(|failed| failed.passes && failed.at == tried) {
        return desk.now - tried >= AGAIN;
    }
    let local = desk.now.with_timezone(&desk.rules.zone);
    let own_minute = crc32fast::hash(&chat.0.to_le_bytes()) % SPREAD;
    local_day(desk.rules.zone, tried) < desk.today() && local.num_seconds_from_midnight() / 60 >= own_minute
}

/// The bot to ask with: the one whose the group is, or another one that is there.
fn asker(desk: &Desk<'_>, chat: ChatId, known: &KnownChat, works: impl Fn(BotId) -> bool) -> Option<BotId> {
    let own =
        desk.state.bot_of(chat, &desk.rules.bots).filter(|bot| known.place(*bot).is_none_or(|place| place.gone_since.is_none()));
    let others = known.bots.iter().filter(|place| place.gone_since.is_none()).map(|place| place.bot);
    own.into_iter().chain(others).find(|bot| desk.rules.bots.all.contains(bot) && works(*bot))
}
