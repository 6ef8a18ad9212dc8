//! Posting as the account, and reading what was posted.

use chrono::{DateTime, Utc};
use grammers_tl_types as tl;

use super::{
    fault::CallFault,
    html,
    line::Line,
    pace::Class,
    people::{self},
};
use crate::{
    domain::{ids::ChatId, presence::Who},
    text::html::Html,
};

/// The parts in which files are sent.
const PART: usize = 128 << 10;

/// What to post.
#[derive(Clone, Debug)]
pub struct Post<'a> {
    /// Where.
    pub chat: ChatId,
    /// In which topic of a forum.
    pub topic: Option<i32>,
    /// The words.
    pub text: &'a Html,
    /// The same number means the same post: sent twice, it appears once.
    pub random_id: i64,
    /// A PNG or JPEG above the words.
    pub picture: Option<&'a [u8]>,
}

/// A message in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number in the chat.
    pub id: i32,
    /// When, by Telegram's time.
    pub at: DateTime<Utc>,
    /// Who wrote it; nobody in a channel.
    pub by: Option<Who>,
    /// Its text without marks.
    pub text: String,
}

impl Line {
    /// Posts; returns the message's number. Repeating it with the same `random_id` is safe: should it be there already, that
    /// is [`CallFault::Refused`] with `RANDOM_ID_DUPLICATE`.
    pub async fn send(&self, post: &Post<'_>) -> Result<i32, CallFault> {
        let peer = self.input_peer(post.chat).await?;
        let marked = html::read(post.text.as_str());
        let entities = (!marked.marks.is_empty()).then_some(marked.marks);
        let reply_to = post.topic.map(|topic| {
            tl::types::InputReplyToMessage {
                reply_to_msg_id: topic,
                top_msg_id: Some(topic),
                reply_to_peer_id: None,
                quote_text: None,
                quote_entities: None,
                quote_offset: None,
                monoforum_peer_id: None,
                todo_item_id: None,
                poll_option: None,
            }
            .into()
        });
        let answer = match post.picture {
            None => {
                let request = message(peer, reply_to, marked.text, entities, post.random_id);
                self.ask(Class::Posts, &request).await?
            }
            Some(picture) => {
                let media = self.upload(picture, post.random_id).await?;
                let request = with_media(peer, reply_to, media, marked.text, entities, post.random_id);
                self.ask(Class::Posts, &request).await?
            }
        };
        number(&answer, post.random_id)
            .ok_or_else(|| CallFault::Unreadable("it took the post and doesn't say as which message".to_owned()))
    }

    /// The last messages of a chat or of a forum's topic, newest first.
    pub async fn last_messages(&self, chat: ChatId, topic: Option<i32>, limit: u8) -> Result<Vec<Posted>, CallFault> {
        let (peer, limit) = (self.input_peer(chat).await?, i32::from(limit));
        let answer = match topic {
            None => {
                let request = tl::functions::messages::GetHistory {
                    peer,
                    offset_id: 0,
                    offset_date: 0,
                    add_offset: 0,
                    limit,
                    max_id: 0,
                    min_id: 0,
                    hash: 0,
                };
                self.ask(Class::History, &request).await?
            }
            Some(msg_id) => {
                let request = tl::functions::messages::GetReplies {
                    peer,
                    msg_id,
                    offset_id: 0,
                    offset_date: 0,
                    add_offset: 0,
                    limit,
                    max_id: 0,
                    min_id: 0,
                    hash: 0,
                };
                self.ask(Class::History, &request).await?
            }
        };
        let (messages, chats, users) = match answer {
            tl::enums::messages::Messages::Messages(all) => (all.messages, all.chats, all.users),
            tl::enums::messages::Messages::Slice(some) => (some.messages, some.chats, some.users),
            tl::enums::messages::Messages::ChannelMessages(some) => (some.messages, some.chats, some.users),
            tl::enums::messages::Messages::NotModified(_) => return Ok(Vec::new()),
        };
        self.learn(&users, &chats);
        Ok(messages.iter().filter_map(posted).collect())
    }

    async fn upload(&self, picture: &[u8], file_id: i64) -> Result<tl::enums::InputMedia, CallFault> {
        let mut parts = 0;
        for bytes in picture.chunks(PART) {
            let request = tl::functions::upload::SaveFilePart { file_id, file_part: parts, bytes: bytes.to_vec() };
            self.ask(Class::Other, &request).await?;
            parts += 1;
        }
        let file = tl::types::InputFile { id: file_id, parts, name: "board.png".to_owned(), md5_checksum: String::new() };
        Ok(tl::types::InputMediaUploadedPhoto {
            spoiler: false,
            live_photo: false,
            file: file.into(),
            stickers: None,
            ttl_seconds: None,
            video: None,
        }
        .into())
    }
}

fn message(
    peer: tl::enums::InputPeer,
    reply_to: Option<tl::enums::InputReplyTo>,
    message: String,
    entities: Option<Vec<tl::enums::MessageEntity>>,
    random_id: i64,
) -> tl::functions::messages::SendMessage {
    tl::functions::messages::SendMessage {
        no_webpage: true,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to,
        message,
        random_id,
        reply_markup: None,
        entities,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}

fn with_media(
    peer: tl::enums::InputPeer,
    reply_to: Option<tl::enums::InputReplyTo>,
    media: tl::enums::InputMedia,
    message: String,
    entities: Option<Vec<tl::enums::MessageEntity>>,
    random_id: i64,
) -> tl::functions::messages::SendMedia {
    tl::functions::messages::SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to,
        media,
        message,
        random_id,
        reply_markup: None,
        entities,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
    }
}

/// The number that a post got.
fn number(answer: &tl::enums::Updates, random_id: i64) -> Option<i32> {
    if let tl::enums::Updates::UpdateShortSentMessage(short) = answer {
        return Some(short.id);
    }
    let updates: &[tl::enums::Update] = match answer {
        tl::enums::Updates::Updates(batch) => &batch.updates,
        tl::enums::Updates::Combined(batch) => &batch.updates,
        _ => &[],
    };
    updates.iter().find_map(|update| match update {
        tl::enums::Update::MessageId(named) if named.random_id == random_id => Some(named.id),
        _ => None,
    })
}

fn posted(message: &tl::enums::Message) -> Option<Posted> {
    let tl::enums::Message::Message(message) = message else { return None };
    Some(Posted {
        id: message.id,
        at: people::time(message.date),
        by: message.from_id.as_ref().map(people::who),
        text: message.message.clone(),
    })
}
