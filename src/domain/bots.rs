//! The bots of this program: they share one register, and each group is counted by exactly one of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{BotId, ChatId, UserId},
    state::State,
};

/// Which bots there are, as the operator has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bots {
    /// The one that has what no other was given: groups of before there were several, people who wrote to none.
    pub main: BotId,
    /// All of them.
    pub all: BTreeSet<BotId>,
}

impl Bots {
    /// One bot alone.
    pub fn one(bot: BotId) -> Self {
        Self { main: bot, all: [bot].into() }
    }

    /// The bot that was given something: the main one where none was, or one that is no longer there.
    pub fn given(&self, bot: Option<BotId>) -> BotId {
        bot.filter(|bot| self.all.contains(bot)).unwrap_or(self.main)
    }

    /// How that is remembered: the main bot by nothing, so that it may be replaced.
    pub fn remembered(&self, bot: BotId) -> Option<BotId> {
        (bot != self.main).then_some(bot)
    }
}

/// What is known of a bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotInfo {
    /// What the operator calls it.
    pub name: String,
    /// Its `@username`, without the `@`.
    pub username: String,
    /// Whether privacy mode is off, as Telegram last said.
    pub sees_all: bool,
    /// Since when Telegram doesn't know its token any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<DateTime<Utc>>,
}

impl State {
    /// The bot whose a group is: it counts there, or brought the group in. `None` for a group that nobody brought in.
    pub fn bot_of(&self, chat: ChatId, bots: &Bots) -> Option<BotId> {
        let chat = self.current_id(chat);
        let given = match self.groups.get(&chat) {
            Some(group) => group.bot,
            None => self.candidates.get(&chat)?.bot,
        };
        Some(bots.given(given))
    }

    /// The bot that writes into a chat: in a group the one whose it is, in private the one that the person talks to. One that
    /// Telegram doesn't know any more is stood in for in private: any other one may know them too.
    pub fn sender(&self, chat: ChatId, bots: &Bots) -> BotId {
        if chat.0 < 0 {
            return self.bot_of(chat, bots).unwrap_or(bots.main);
        }
        let talks_to = bots.given(self.people.get(&UserId(chat.0)).and_then(|person| person.bot));
        let works = |bot: &BotId| self.bots.get(bot).is_none_or(|info| info.stopped.is_none());
        let stand_ins = [talks_to, bots.main].into_iter().chain(bots.all.iter().copied());
        stand_ins.into_iter().find(works).unwrap_or(talks_to)
    }

    /// Whether nothing is hidden in a group from the bot whose it is, administrator or not.
    pub fn sees_all(&self, chat: ChatId, bots: &Bots) -> bool {
        self.bots.get(&self.bot_of(chat, bots).unwrap_or(bots.main)).is_some_and(|info| info.sees_all)
    }

    /// What a bot is called among people.
    pub fn bot_name(&self, bot: BotId) -> String {
        self.bots.get(&bot).map_or_else(|| bot.to_string(), |info| format!("@{}", info.username))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_to_a_bot_that_is_gone_is_the_main_ones() {
        let bots = Bots { main: BotId(1), all: [BotId(1), BotId(2)].into() };
        assert_eq!(bots.given(None), BotId(1));
        assert_eq!(bots.given(Some(BotId(2))), BotId(2));
        assert_eq!(bots.given(Some(BotId(3))), BotId(1));
        assert_eq!((bots.remembered(BotId(1)), bots.remembered(BotId(2))), (None, Some(BotId(2))));
    }
}
