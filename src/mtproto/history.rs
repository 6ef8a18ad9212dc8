//! What was written in a chat.

use grammers_tl_types as tl;
use tl_dict::Value;

use super::{
    channels::{HistoryPage, number},
    fault::CallFault,
    line::Line,
    pace::Class,
};
use crate::domain::ids::ChatId;

impl Line {
    /// Messages of a group that the account is in, the newest first: `messages.messages` and the like.
    pub async fn group_history(&self, chat: ChatId, page: &HistoryPage) -> Result<Value, CallFault> {
        let peer = self.input_peer(chat).await?;
        self.history(Class::History, peer, page).await
    }

    /// The basic group that a group was before it became a supergroup; `None`: it was none.
    pub async fn former_group(&self, chat: ChatId) -> Result<Option<ChatId>, CallFault> {
        if !chat.is_supergroup() {
            return Ok(None);
        }
        let channel = self.input_channel(chat).await?;
        let tl::enums::messages::ChatFull::Full(answer) =
            self.ask(Class::Chats, &tl::functions::channels::GetFullChannel { channel }).await?;
        let tl::enums::ChatFull::ChannelFull(full) = answer.full_chat else { return Ok(None) };
        Ok(full.migrated_from_chat_id.map(ChatId::basic_group))
    }

    /// `messages.getHistory`
    pub(super) async fn history(&self, class: Class, peer: tl::enums::InputPeer, page: &HistoryPage) -> Result<Value, CallFault> {
        let request = tl::functions::messages::GetHistory {
            peer,
            offset_id: number(page.offset_id),
            offset_date: number(page.offset_date),
            add_offset: 0,
            limit: number(i64::from(page.limit)),
            max_id: 0,
            min_id: number(page.min_id),
            hash: 0,
        };
        self.ask_raw(class, request).await
    }
}
