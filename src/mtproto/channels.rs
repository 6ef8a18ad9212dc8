//! Public channels: what their names stand for, what is known of them, what was posted there. Answers are handed on as they
//! come, so that nothing is lost in types of ours.

use grammers_tl_types::{self as tl, Cursor, Deserializable, RemoteCall, Serializable};
use tl_dict::Value;

use super::{fault::CallFault, line::Line, pace::Class};

/// Which messages to give: as Telegram counts, from the newest down.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryPage {
    /// Only lower numbers; 0: from the newest.
    pub offset_id: i64,
    /// Only older ones, in seconds since 1970; 0: no matter.
    pub offset_date: i64,
    /// So many.
    pub limit: u32,
    /// Only higher numbers.
    pub min_id: i64,
}

/// An answer's bytes.
struct Body(Vec<u8>);

impl Deserializable for Body {
    fn deserialize(buf: &mut Cursor<'_>) -> tl::deserialize::Result<Self> {
        let mut body = Vec::new();
        buf.read_to_end(&mut body)?;
        Ok(Self(body))
    }
}

/// A request whose answer is taken as it comes.
struct Raw<R>(R);

impl<R: Serializable> Serializable for Raw<R> {
    fn serialize(&self, buf: &mut impl Extend<u8>) {
        self.0.serialize(buf);
    }
}

impl<R: RemoteCall> RemoteCall for Raw<R> {
    type Return = Body;
}

impl Line {
    /// What a name stands for: `contacts.resolvedPeer`. Telegram bears few of these a day.
    pub async fn resolve_name(&self, name: &str) -> Result<Value, CallFault> {
        let request = tl::functions::contacts::ResolveUsername { username: name.to_owned(), referer: None };
        self.ask_raw(Class::Names, request).await
    }

    /// What is known of a channel: `messages.chatFull`.
    pub async fn full_channel(&self, id: i64, hash: i64) -> Result<Value, CallFault> {
        let channel = tl::types::InputChannel { channel_id: id, access_hash: hash }.into();
        self.ask_raw(Class::Channels, tl::functions::channels::GetFullChannel { channel }).await
    }

    /// A channel's messages, the newest first: `messages.channelMessages`.
    pub async fn channel_history(&self, id: i64, hash: i64, page: &HistoryPage) -> Result<Value, CallFault> {
        let peer = tl::types::InputPeerChannel { channel_id: id, access_hash: hash }.into();
        self.history(Class::Channels, peer, page).await
    }

    /// What was written below a post: `messages.channelMessages` of the channel's discussion.
    pub async fn channel_comments(&self, id: i64, hash: i64, post: i64, page: &HistoryPage) -> Result<Value, CallFault> {
        let request = tl::functions::messages::GetReplies {
            peer: tl::types::InputPeerChannel { channel_id: id, access_hash: hash }.into(),
            msg_id: number(post),
            offset_id: number(page.offset_id),
            offset_date: number(page.offset_date),
            add_offset: 0,
            limit: number(i64::from(page.limit)),
            max_id: 0,
            min_id: number(page.min_id),
            hash: 0,
        };
        self.ask_raw(Class::Channels, request).await
    }

    /// These messages of a channel as they are now: `messages.channelMessages`.
    pub async fn channel_messages(&self, id: i64, hash: i64, messages: &[i64]) -> Result<Value, CallFault> {
        let message = |id: &i64| tl::types::InputMessageId { id: number(*id) }.into();
        let request = tl::functions::channels::GetMessages {
            channel: tl::types::InputChannel { channel_id: id, access_hash: hash }.into(),
            id: messages.iter().map(message).collect(),
        };
        self.ask_raw(Class::Channels, request).await
    }

    pub(super) async fn ask_raw<R: RemoteCall>(&self, class: Class, request: R) -> Result<Value, CallFault> {
        let body = self.ask(class, &Raw(request)).await?;
        tl_dict::decode(&body.0).map_err(|why| CallFault::Unreadable(why.to_string()))
    }
}

/// As it goes over the wire: numbers and dates have 32 bits there.
pub(super) fn number(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(if number > 0 { i32::MAX } else { 0 })
}
