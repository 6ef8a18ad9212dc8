//! Which update reaches which bot.

use serde_json::{Value, json};

use crate::content::CommandFor;

use super::{
    BotData, ChatKey, Seen, World,
    chat::{Chat, ChatKind, Rights},
    member,
};

impl World {
    pub(crate) fn deliver_message(&mut self, chat: i64, value: &Value, seen: &Seen) {
        self.deliver("message", chat, &value.to_string(), seen);
    }

    pub(crate) fn deliver(&mut self, kind: &str, chat: i64, body: &str, seen: &Seen) {
        let now = self.now;
        let Some(known) = self.chats.get(&ChatKey::public(chat)) else { return };
        for bot in self.bots.values_mut() {
            if sees(bot, known, seen) {
                bot.queue.push(kind, chat, body, now);
            }
        }
    }

    /// `my_chat_member` for the bot itself, `chat_member` for bots that administer the chat and asked for it.
    pub(crate) fn deliver_rights(&mut self, chat: i64, who: i64, by: i64, before: Rights, after: Rights) {
        let now = self.now;
        let person = self.bots.get(&who).map_or_else(|| self.users[&who].value(), BotData::value);
        let actor = self.users.get(&by).map_or_else(|| self.bots[&by].value(), super::UserData::value);
        let known = self.chats.get(&ChatKey::public(chat)).expect("handles point at chats that exist");
        let body = json!({
            "chat": known.value(),
            "from": actor,
            "date": now / 1000,
            "old_chat_member": member::value(&person, before, known.kind),
            "new_chat_member": member::value(&person, after, known.kind),
        })
        .to_string();
        for bot in self.bots.values_mut() {
            if bot.id == who {
                bot.queue.push("my_chat_member", chat, &body, now);
            } else if known.rights(bot.id).is_administrator() {
                bot.queue.push("chat_member", who, &body, now);
            }
        }
    }

    /// Somebody starts or blocks a bot.
    pub(crate) fn set_reachable(&mut self, bot: i64, user: i64, reachable: bool) {
        let now = self.now;
        let key = self.private_chat(bot, user);
        let chat = self.chat(key).value();
        let person = self.users[&user].value();
        let known = self.bots.get_mut(&bot).expect("handles point at bots that exist");
        let (before, after) = if reachable { (Rights::Kicked, Rights::Member) } else { (Rights::Member, Rights::Kicked) };
        let own = known.value();
        let body = json!({
            "chat": chat, "from": person, "date": now / 1000,
            "old_chat_member": member::value(&own, before, ChatKind::Private),
            "new_chat_member": member::value(&own, after, ChatKind::Private),
        });
        if reachable {
            known.reachable.insert(user);
        } else {
            known.reachable.remove(&user);
        }
        known.queue.push("my_chat_member", user, &body.to_string(), now);
    }
}

/// Privacy mode shows a bot commands, replies to it and service messages; administrators see everything. No bot sees bots.
fn sees(bot: &BotData, chat: &Chat, seen: &Seen) -> bool {
    let rights = chat.rights(bot.id);
    if !rights.is_present() || seen.from == Some(bot.id) {
        return false;
    }
    let commanded = match &seen.command {
        Some(CommandFor::Anybody) => true,
        Some(CommandFor::Bot(name)) => *name == bot.username.to_lowercase(),
        None => false,
    };
    let is_for_it = commanded || seen.reply_to_bot == Some(bot.id);
    seen.always || chat.open_to.contains(&bot.id) || rights.is_administrator() || is_for_it
}
