//! Handles: bots, chats and people, and what they can do.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{
    content::Content,
    model::{ChatKey, Speaker, World, chat::Rights, queue::Witness},
    reading::{Screen, Toast, inline_buttons},
    sim::Sim,
};

/// A bot.
#[derive(Clone, Debug)]
pub struct Bot {
    pub(crate) sim: Sim,
    /// Its number.
    pub id: i64,
    pub(crate) token: String,
    /// Its name, without the `@`.
    pub username: String,
}

impl Bot {
    /// What it identifies itself with.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Switches privacy mode, as with `@BotFather`.
    pub fn set_privacy(&self, on: bool) {
        self.act(|bot| bot.privacy = on);
    }

    /// Its token isn't valid any more.
    pub fn revoke(&self) {
        self.act(|bot| bot.revoked = true);
    }

    /// Updates that wait.
    pub fn pending(&self) -> usize {
        self.sim.shared.world().bots[&self.id].queue.len()
    }

    /// Waits until it has confirmed every update.
    pub async fn has_confirmed_all(&self) {
        self.has_at_most(0).await;
    }

    /// Waits until at most `n` updates wait, for as long as they become fewer.
    pub async fn has_at_most(&self, n: usize) {
        loop {
            let before = self.pending();
            if before <= n {
                return;
            }
            self.sim.until(&format!("fewer than {before} updates to wait"), |_| (self.pending() < before).then_some(())).await;
        }
    }

    /// How often it has polled.
    pub fn polls(&self) -> u64 {
        self.sim.shared.world().bots[&self.id].poller
    }

    /// Waits until it has polled `n` times.
    pub async fn has_polled(&self, n: u64) {
        self.sim.until(&format!("poll number {n}"), |_| (self.polls() >= n).then_some(())).await;
    }

    /// Delivers the last `n` confirmed updates again.
    pub fn redeliver(&self, n: usize) {
        self.act(|bot| bot.queue.redeliver(n));
    }

    /// Delivers `n` confirmed updates again, however long ago they were confirmed: any of the last 10,000, as the seed says.
    pub fn redeliver_any(&self, n: usize, seed: u64) {
        self.act(|bot| bot.queue.redeliver_any(n, seed));
    }

    /// Calls `hears` with the numbers of the updates that the bot confirms, before it gets its answer. The whole simulator
    /// waits meanwhile: `hears` must be quick and may not use it.
    pub fn on_confirmed(&self, hears: impl Fn(&[i64]) + Send + Sync + 'static) {
        self.act(|bot| bot.queue.witness = Witness::new(hears));
    }

    /// Numbers its updates from here on.
    pub fn restart_numbering(&self, next_id: i64) {
        self.act(|bot| bot.queue.restart_numbering(next_id));
    }

    /// Queues an update of any kind, as it is.
    pub fn receives(&self, kind: &str, body: &Value) {
        let chat = body["chat"]["id"].as_i64().unwrap_or(0);
        let body = body.to_string();
        let now = self.sim.shared.world().now;
        self.act(|bot| bot.queue.push(kind, chat, &body, now));
    }

    /// The commands that it set for a scope and language.
    pub fn commands(&self, scope: &str, lang: &str) -> Vec<String> {
        let world = self.sim.shared.world();
        let of = world.bots[&self.id].commands.iter().find(|(key, _)| {
            let mut parts = key.split('/');
            parts.next() == Some(scope) && parts.next_back() == Some(lang)
        });
        let words = of.and_then(|(_, commands)| commands.as_array()).into_iter().flatten();
        words.map(|command| command["command"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// What stands beside the field for somebody's words, as the bot set it.
    pub fn menu_button(&self, user: &User) -> Option<Value> {
        self.sim.shared.world().bots[&self.id].settings.get(&format!("menu button/{}", user.id)).cloned()
    }

    fn act<T>(&self, act: impl FnOnce(&mut crate::model::BotData) -> T) -> T {
        self.sim.shared.act(|world| act(world.bots.get_mut(&self.id).expect("handles point at bots that exist")))
    }
}

/// A message that somebody posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its chat.
    pub chat: i64,
    /// Itself.
    pub message: i64,
}

/// A group or channel.
#[derive(Clone, Debug)]
pub struct Chat {
    pub(crate) sim: Sim,
    /// Its number.
    pub id: i64,
}

impl Chat {
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.sim.shared.act(act)
    }

    /// Its title now.
    pub fn title(&self) -> String {
        self.sim.shared.world().chat(ChatKey::public(self.id)).title.clone()
    }

    /// An anonymous administrator writes.
    pub fn anonymous_says(&self, signature: Option<&str>, text: &str) -> Posted {
        let speaker = Speaker::Anonymous { admin: 0, signature: signature.map(str::to_owned) };
        self.post(&speaker, Content::text(text))
    }

    /// A channel writes as itself.
    pub fn channel_says(&self, channel: &Chat, text: &str) -> Posted {
        self.post(&Speaker::Channel(channel.id), Content::text(text))
    }

    /// A post of the linked channel is copied here.
    pub fn linked_channel_posts(&self, channel: &Chat, text: &str) -> Posted {
        self.post(&Speaker::LinkedChannel(channel.id), Content::text(text))
    }

    /// It becomes a supergroup; `new_side_first` puts the new chat's service message before the old one's.
    pub fn migrates(&self, by: &User, new_side_first: bool) -> Chat {
        let id = self.act(|world| world.migrate(self.id, by.id, new_side_first));
        Chat { sim: self.sim.clone(), id }
    }

    /// It gets another title.
    pub fn renamed(&self, by: &User, title: &str) {
        self.act(|world| world.rename(self.id, by.id, title));
    }

    /// The next unread message of any bot here.
    pub async fn reads(&self) -> Screen {
        self.sim.read(ChatKey::public(self.id), &format!("group {}", self.id)).await
    }

    /// The texts and captions of everything that stands here, oldest first, whoever wrote it.
    pub fn texts(&self) -> Vec<String> {
        self.sim.texts(ChatKey::public(self.id))
    }

    /// Waits for a message that has these words, whoever writes it; returns its text.
    pub async fn shows(&self, words: &str) -> String {
        let find = |_: &Sim| self.texts().into_iter().find(|text| text.contains(words));
        self.sim.until(&format!("{words:?} in group {}", self.id), find).await
    }

    fn post(&self, speaker: &Speaker, content: Content) -> Posted {
        Posted { chat: self.id, message: self.act(|world| world.post(self.id, speaker, content, None)) }
    }
}

/// A person.
#[derive(Clone, Debug)]
pub struct User {
    pub(crate) sim: Sim,
    /// Their number.
    pub id: i64,
}

impl User {
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.sim.shared.act(act)
    }

    /// Writes in a group.
    pub fn says(&self, chat: &Chat, text: &str) -> Posted {
        self.sends(chat, Content::text(text))
    }

    /// Sends anything in a group.
    pub fn sends(&self, chat: &Chat, content: Content) -> Posted {
        Posted { chat: chat.id, message: self.act(|world| world.post(chat.id, &Speaker::User(self.id), content, None)) }
    }

    /// Sends anything in a group, at another time than now.
    pub fn sends_at(&self, chat: &Chat, content: Content, at: DateTime<Utc>) -> Posted {
        let message = self.act(|world| world.post(chat.id, &Speaker::User(self.id), content, Some(at.timestamp())));
        Posted { chat: chat.id, message }
    }

    /// Writes in a topic of a forum.
    pub fn says_in_topic(&self, chat: &Chat, topic: i64, text: &str) -> Posted {
        self.act(|world| *world.chat_mut(ChatKey::public(chat.id)).topics.entry(topic).or_insert(false));
        let content = Content::text(text).with("message_thread_id", json!(topic)).with("is_topic_message", json!(true));
        self.sends(chat, content)
    }

    /// Changes a message of theirs.
    pub fn edits(&self, posted: Posted, text: &str) {
        self.act(|world| world.edit(ChatKey::public(posted.chat), posted.message, text));
    }

    /// Adds a bot to a group.
    pub fn adds(&self, bot: &Bot, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, bot.id, self.id, Rights::Member));
    }

    /// Makes a bot administrator of a group.
    pub fn promotes(&self, bot: &Bot, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, bot.id, self.id, Rights::Administrator));
    }

    /// Makes a bot a plain member again.
    pub fn demotes(&self, bot: &Bot, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, bot.id, self.id, Rights::Member));
    }

    /// Throws a bot out of a group.
    pub fn removes(&self, bot: &Bot, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, bot.id, self.id, Rights::Kicked));
    }

    /// Joins a group.
    pub fn joins(&self, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, self.id, self.id, Rights::Member));
    }

    /// Owns a group; nobody is told.
    pub fn becomes_owner_of(&self, chat: &Chat) {
        self.act(|world| world.chat_mut(ChatKey::public(chat.id)).members.insert(self.id, Rights::Creator));
    }

    /// Leaves a group.
    pub fn leaves(&self, chat: &Chat) {
        self.act(|world| world.set_rights(chat.id, self.id, self.id, Rights::Left));
    }

    /// Writes to a bot in private.
    pub fn tells(&self, bot: &Bot, text: &str) {
        self.tells_with(bot, Content::text(text));
    }

    /// Replies in private to a message of a bot.
    pub fn replies(&self, bot: &Bot, message: i64, text: &str) {
        let replied = self.act(|world| world.chat(ChatKey::private(bot.id, self.id)).messages[&message].value.clone());
        self.tells_with(bot, Content::text(text).with("reply_to_message", replied));
    }

    /// Deletes a message in their chat with a bot.
    pub fn deletes(&self, bot: &Bot, message: i64) {
        self.act(|world| world.chat_mut(ChatKey::private(bot.id, self.id)).messages.remove(&message));
    }

    /// Sends anything to a bot in private.
    pub fn tells_with(&self, bot: &Bot, content: Content) {
        self.act(|world| world.post_private(bot.id, self.id, content));
    }

    /// Forwards a message of somebody else to a bot.
    pub fn forwards_to(&self, bot: &Bot, author: &User, text: &str) {
        let origin = self.act(|world| {
            let author = &world.users[&author.id];
            let at = world.now / 1000;
            if author.hides_forwards {
                json!({ "type": "hidden_user", "date": at, "sender_user_name": author.first_name })
            } else {
                json!({ "type": "user", "date": at, "sender_user": author.value() })
            }
        });
        self.tells_with(bot, Content::text(text).with("forward_origin", origin));
    }

    /// Chooses somebody on a button that asks for a person.
    pub fn shares_with(&self, bot: &Bot, chosen: &User) {
        let name = self.sim.shared.world().users[&chosen.id].first_name.clone();
        let users = json!({ "request_id": 1, "users": [{ "user_id": chosen.id, "first_name": name }] });
        self.tells_with(bot, Content::raw(json!({ "users_shared": users })));
    }

    /// Forwards of their messages show a name only, from now on.
    pub fn hides_forwards(&self) {
        self.act(|world| {
            if let Some(user) = world.users.get_mut(&self.id) {
                user.hides_forwards = true;
            }
        });
    }

    /// Forwards a message of a group to a bot.
    pub fn forwards(&self, posted: Posted, bot: &Bot) {
        let content = self.act(|world| world.forwarded(ChatKey::public(posted.chat), posted.message));
        self.tells_with(bot, content.unwrap_or_else(|| panic!("there is no message {posted:?}")));
    }

    /// Forwards a message of a group to another group.
    pub fn forwards_into(&self, posted: Posted, chat: &Chat) -> Posted {
        let content = self.act(|world| world.forwarded(ChatKey::public(posted.chat), posted.message));
        self.sends(chat, content.unwrap_or_else(|| panic!("there is no message {posted:?}")))
    }

    /// Who they are in the story, e.g. "Head of studies": the page shows it.
    #[must_use]
    pub fn described(self, note: &str) -> Self {
        self.act(|world| {
            if let Some(user) = world.users.get_mut(&self.id) {
                note.clone_into(&mut user.note);
            }
        });
        self
    }

    /// Blocks a bot.
    pub fn blocks(&self, bot: &Bot) {
        self.act(|world| world.set_reachable(bot.id, self.id, false));
    }

    /// The next unread message of a bot, new or changed.
    pub async fn reads(&self, bot: &Bot) -> Screen {
        self.sim.read(ChatKey::private(bot.id, self.id), &format!("user {}", self.id)).await
    }

    /// The texts and captions of everything that stands in the private chat, oldest first, whoever wrote it.
    pub fn texts(&self, bot: &Bot) -> Vec<String> {
        self.sim.texts(ChatKey::private(bot.id, self.id))
    }

    /// Presses the button with this label (or one that contains it) on the newest message that has one, and waits for the
    /// answer.
    pub async fn presses(&self, bot: &Bot, label: &str) -> Toast {
        let (message, data) = self.find_button(bot, label).await;
        self.presses_data(bot, message, &data).await
    }

    /// Presses with any data, as a forger would.
    pub async fn presses_data(&self, bot: &Bot, message: i64, data: &str) -> Toast {
        let key = ChatKey::private(bot.id, self.id);
        let query = self.act(|world| world.press(bot.id, self.id, key, message, data));
        let find = |sim: &Sim| {
            let world = sim.shared.world();
            world.bots[&bot.id].open_presses.get(&query).cloned().flatten()
        };
        let answer = self.sim.until(&format!("an answer to the press of {data:?}"), find).await;
        Toast { text: answer.text, alert: answer.alert }
    }

    async fn find_button(&self, bot: &Bot, label: &str) -> (i64, String) {
        let key = ChatKey::private(bot.id, self.id);
        let find = |sim: &Sim| {
            let world = sim.shared.world();
            let messages = world.chats.get(&key)?.messages.iter().rev();
            let with_buttons = messages.map(|(id, message)| (*id, inline_buttons(&message.value)));
            let matching = |exact: bool| {
                with_buttons.clone().find_map(|(id, rows)| {
                    let found =
                        rows.into_iter().flatten().find(|(known, _)| if exact { known == label } else { known.contains(label) });
                    found.map(|(_, data)| (id, data))
                })
            };
            matching(true).or_else(|| matching(false))
        };
        let labels = || {
            let world = self.sim.shared.world();
            let messages =
                world.chats.get(&key).map(|chat| chat.messages.values().map(|m| inline_buttons(&m.value)).collect::<Vec<_>>());
            messages.unwrap_or_default().into_iter().flatten().flatten().map(|(label, _)| label).collect::<Vec<_>>()
        };
        self.sim.until(&format!("a button {label:?}; there are {:?}", labels()), find).await
    }
}
