//! What tests do with public channels.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    Chat, Content, Posted, User,
    model::{ChatKey, Speaker, World, chat::Rights},
};

impl Chat {
    fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.sim.shared.act(act)
    }

    /// The channel posts something; where it has a group below it, the post is copied there.
    pub fn posts(&self, content: Content) -> Posted {
        self.posts_when(content, None)
    }

    /// The same at another time than now.
    pub fn posts_at(&self, content: Content, at: DateTime<Utc>) -> Posted {
        self.posts_when(content, Some(at.timestamp()))
    }

    /// The channel passes on a post of another one.
    pub fn passes_on(&self, posted: Posted) -> Posted {
        let content = self.change(|world| {
            let value = world.chat(ChatKey::public(posted.chat)).messages[&posted.message].value.clone();
            let origin = json!({ "type": "channel", "date": value["date"], "chat": world.chat(ChatKey::public(posted.chat)).value(),
                "message_id": posted.message });
            let text = value["text"].as_str().or(value["caption"].as_str()).unwrap_or("").to_owned();
            Content::text(&text).with("forward_origin", origin)
        });
        self.posts(content)
    }

    fn posts_when(&self, content: Content, at: Option<i64>) -> Posted {
        let message = self.change(|world| {
            let id = world.post(self.id, &Speaker::Channel(self.id), content.clone(), at);
            if let Some(group) = world.chat(ChatKey::public(self.id)).discussion {
                let origin = json!({ "type": "channel", "date": world.now / 1000,
                    "chat": world.chat(ChatKey::public(self.id)).value(), "message_id": id });
                let copy = world.post(group, &Speaker::LinkedChannel(self.id), content.with("forward_origin", origin), at);
                world.chat_mut(ChatKey::public(self.id)).copies.insert(id, copy);
            }
            id
        });
        Posted { chat: self.id, message }
    }

    /// What stands about it.
    pub fn describes(&self, about: &str) {
        self.change(|world| about.clone_into(&mut world.chat_mut(ChatKey::public(self.id)).about));
    }

    /// Its posts are talked about in this group from now on.
    pub fn is_talked_about_in(&self, group: &Chat) {
        self.change(|world| world.chat_mut(ChatKey::public(self.id)).discussion = Some(group.id));
    }

    /// It has no name any more: only members can read it.
    pub fn goes_private(&self) {
        self.change(|world| world.chat_mut(ChatKey::public(self.id)).username = None);
    }

    /// Nobody will let this person in again.
    pub fn bans(&self, user: &User) {
        self.change(|world| world.chat_mut(ChatKey::public(self.id)).members.insert(user.id, Rights::Kicked));
    }

    /// One of its messages is deleted.
    pub fn takes_back(&self, posted: Posted) {
        self.change(|world| world.chat_mut(ChatKey::public(self.id)).messages.remove(&posted.message));
    }

    /// All of its messages are deleted.
    pub fn takes_back_all(&self) {
        self.change(|world| world.chat_mut(ChatKey::public(self.id)).messages.clear());
    }

    /// One of its posts is changed.
    pub fn rewords(&self, posted: Posted, text: &str) {
        self.change(|world| world.edit(ChatKey::public(self.id), posted.message, text));
    }

    /// A post was seen and passed on so often, and people felt this.
    pub fn counts(&self, posted: Posted, views: i32, forwards: i32, reactions: &[(&str, i32)]) {
        self.change(|world| {
            let counters = world.chat_mut(ChatKey::public(self.id)).counters.entry(posted.message).or_default();
            (counters.views, counters.forwards) = (views, forwards);
            counters.reactions = reactions.iter().map(|(emoji, count)| ((*emoji).to_owned(), *count)).collect();
        });
    }
}

impl User {
    /// Writes below a channel's post.
    pub fn comments_on(&self, posted: Posted, text: &str) -> Posted {
        let (group, replied) = self.sim.shared.act(|world| {
            let channel = world.chat(ChatKey::public(posted.chat));
            let group = channel.discussion.expect("the channel has a group below it");
            let copy = channel.copies[&posted.message];
            (group, world.chat(ChatKey::public(group)).messages[&copy].value.clone())
        });
        let content =
            Content::text(text).with("message_thread_id", replied["message_id"].clone()).with("reply_to_message", replied);
        let message = self.sim.shared.act(|world| world.post(group, &Speaker::User(self.id), content, None));
        Posted { chat: group, message }
    }
}

impl Content {
    /// Words with a page that they lead to.
    pub fn link(text: &str, url: &str, title: &str) -> Self {
        let page = json!({ "url": url, "title": title, "description": format!("About {title}"), "site_name": "Example" });
        Self::text(text).with("web_page", page)
    }

    /// A poll with so many voters for each answer.
    pub fn voted(question: &str, answers: &[(&str, i32)]) -> Self {
        let options: Vec<_> = answers.iter().map(|(text, voters)| json!({ "text": text, "voter_count": voters })).collect();
        let total: i32 = answers.iter().map(|(_, voters)| voters).sum();
        Self::raw(json!({ "poll": { "id": question, "question": question, "options": options, "total_voter_count": total,
            "is_closed": false, "is_anonymous": true, "type": "regular", "allows_multiple_answers": false } }))
    }
}
