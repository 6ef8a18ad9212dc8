//! What was so before the play begins: nobody is told.

use crate::{
    Bot, Chat, Content, Rights, Sim, User,
    model::{ChatKey, files::StoredFile, queue::Queue},
};

impl Sim {
    /// Somebody (a person's or a bot's number) has this place in a chat already: no service message, no update.
    pub fn place(&self, who: i64, chat: &Chat, rights: Rights) {
        self.shared.act(|world| world.place(ChatKey::public(chat.id), who, rights));
    }

    /// A new supergroup with topics, with these members.
    pub fn forum(&self, title: &str, members: &[&User]) -> Chat {
        let forum = self.group(title, members);
        self.shared.act(|world| world.chat_mut(ChatKey::public(forum.id)).is_forum = true);
        forum
    }

    /// A forum has a topic of this number, open or closed: in a closed one only administrators write.
    pub fn topic(&self, forum: &Chat, topic: i64, closed: bool) {
        self.shared.act(|world| world.chat_mut(ChatKey::public(forum.id)).topics.insert(topic, closed));
    }

    /// An administrator has this custom title.
    pub fn entitle(&self, who: i64, chat: &Chat, title: &str) {
        self.shared.act(|world| world.chat_mut(ChatKey::public(chat.id)).titles.insert(who, title.to_owned()));
    }

    /// An administrator may do this and nothing else, as in `delete_messages`.
    pub fn grant(&self, who: i64, chat: &Chat, rights: &[&str]) {
        let rights = rights.iter().map(|right| (*right).to_owned()).collect();
        self.shared.act(|world| world.chat_mut(ChatKey::public(chat.id)).granted.insert(who, rights));
    }

    /// So many are in a chat beside those whom somebody knows by name.
    pub fn fill(&self, chat: &Chat, people: usize) {
        self.shared.act(|world| world.chat_mut(ChatKey::public(chat.id)).crowd = people);
    }

    /// A chat has a name under which everybody finds it.
    pub fn publish(&self, chat: &Chat, username: &str) {
        self.shared.act(|world| world.chat_mut(ChatKey::public(chat.id)).username = Some(username.to_owned()));
    }

    /// A document with this content, for somebody to send: bots can download it.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Content {
        let mut content = Content::document(name);
        let id = self.shared.act(|world| {
            let id = format!("upload-{}", world.take_id());
            world.files.insert(id.clone(), StoredFile { name: name.to_owned(), bytes: bytes.to_vec() });
            id
        });
        content.0["document"]["file_id"] = id.into();
        content.0["document"]["file_size"] = bytes.len().into();
        content
    }

    /// The chat is deleted: bots are told "chat not found".
    pub fn deletes(&self, chat: &Chat) {
        self.shared.act(|world| world.chats.remove(&ChatKey::public(chat.id)));
    }

    /// Some updates come twice in each batch of this bot.
    pub fn duplicate_in_batches(&self, bot: &Bot, on: bool) {
        self.queue_of(bot, |queue| queue.duplicate = on);
    }

    /// Batches of this bot come in an order that the seed says.
    pub fn shuffle_batches(&self, bot: &Bot, seed: Option<u64>) {
        self.queue_of(bot, |queue| queue.shuffle = seed);
    }

    fn queue_of(&self, bot: &Bot, change: impl FnOnce(&mut Queue)) {
        self.shared.act(|world| world.bots.get_mut(&bot.id).map(|bot| change(&mut bot.queue)));
    }
}
