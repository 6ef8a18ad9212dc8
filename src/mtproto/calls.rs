//! Looking into voice chats.

use grammers_tl_types as tl;

use super::{
    fault::CallFault,
    line::{KnownCall, Line, held},
    news::{self, Read},
    pace::Class,
    people::{self, Peer},
};
use crate::domain::{
    ids::ChatId,
    presence::{CallId, Participant, Snapshot, Who},
};

/// Participants that Telegram shows at once.
const PAGE: i32 = 100;
/// Pages of one call; thousands don't fit into a voice chat's list.
const PAGES: usize = 100;
/// Looks at a call whose list changes while it is read.
const LOOKS: usize = 3;
/// Dialogs that Telegram shows at once, and pages of them.
const DIALOGS: i32 = 100;
const DIALOG_PAGES: usize = 20;

/// A group or channel in which the account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number, as in the Bot API.
    pub chat: ChatId,
    /// Its title.
    pub title: String,
    /// Whether there is a voice chat, as far as the list says.
    pub has_call: bool,
}

impl Line {
    /// The groups and channels in which the account is, newest first.
    pub async fn places(&self) -> Result<Vec<Place>, CallFault> {
        let mut places: Vec<Place> = Vec::new();
        let (mut date, mut id, mut peer) = (0, 0, tl::enums::InputPeer::Empty);
        for _ in 0..DIALOG_PAGES {
            let request = tl::functions::messages::GetDialogs {
                exclude_pinned: false,
                folder_id: None,
                offset_date: date,
                offset_id: id,
                offset_peer: peer,
                limit: DIALOGS,
                hash: 0,
            };
            let (dialogs, messages, chats, users, is_all) = match self.ask(Class::Chats, &request).await? {
                tl::enums::messages::Dialogs::Dialogs(all) => (all.dialogs, all.messages, all.chats, all.users, true),
                tl::enums::messages::Dialogs::Slice(some) => (some.dialogs, some.messages, some.chats, some.users, false),
                tl::enums::messages::Dialogs::NotModified(_) => break,
            };
            self.learn(&users, &chats);
            let before = places.len();
            for place in chats.iter().filter_map(place) {
                if places.iter().all(|known| known.chat != place.chat) {
                    places.push(place);
                }
            }
            let last = dialogs.iter().rev().find_map(|dialog| offset(dialog, &messages));
            let Some((next_date, next_id, chat)) = last.filter(|_| !is_all && places.len() > before) else { break };
            (date, id, peer) = (next_date, next_id, self.input_peer(chat).await.unwrap_or(tl::enums::InputPeer::Empty));
        }
        Ok(places)
    }

    /// The voice chat of a group or channel, if there is one.
    pub async fn discover(&self, chat: ChatId) -> Result<Option<CallId>, CallFault> {
        let answer = match Peer::of(chat) {
            Peer::BasicGroup(chat_id) => self.ask(Class::Chats, &tl::functions::messages::GetFullChat { chat_id }).await?,
            Peer::Channel(_) => {
                let channel = self.input_channel(chat).await?;
                self.ask(Class::Chats, &tl::functions::channels::GetFullChannel { channel }).await?
            }
            Peer::User(_) => return Ok(None),
        };
        let tl::enums::messages::ChatFull::Full(answer) = answer;
        self.learn(&answer.users, &answer.chats);
        let call = match &answer.full_chat {
            tl::enums::ChatFull::Full(chat) => chat.call.as_ref(),
            tl::enums::ChatFull::ChannelFull(channel) => channel.call.as_ref(),
            _ => None,
        };
        let Some((call, hash)) = call.and_then(news::call_id) else { return Ok(None) };
        held(&self.0.calls).insert(call, KnownCall { hash, chat: Some(chat) });
        Ok(Some(call))
    }

    /// Which of these groups and channels have a voice chat; those that can't be seen are left out.
    pub async fn with_calls(&self, chats: &[ChatId]) -> Result<Vec<ChatId>, CallFault> {
        let (mut channels, mut groups) = (Vec::new(), Vec::new());
        for chat in chats {
            match Peer::of(*chat) {
                Peer::Channel(_) => channels.extend(self.input_channel(*chat).await.ok()),
                Peer::BasicGroup(id) => groups.push(id),
                Peer::User(_) => {}
            }
        }
        let mut seen = Vec::new();
        for some in channels.chunks(PAGE as usize) {
            let answer = self.ask(Class::Chats, &tl::functions::channels::GetChannels { id: some.to_vec() }).await?;
            seen.extend(self.places_in(&answer));
        }
        for some in groups.chunks(PAGE as usize) {
            let answer = self.ask(Class::Chats, &tl::functions::messages::GetChats { id: some.to_vec() }).await?;
            seen.extend(self.places_in(&answer));
        }
        Ok(seen.into_iter().filter(|place| place.has_call && chats.contains(&place.chat)).map(|place| place.chat).collect())
    }

    /// Everybody in a call; `None` when it is over.
    pub async fn snapshot(&self, call: CallId) -> Result<Option<Snapshot>, CallFault> {
        for look in 1..=LOOKS {
            match self.look(call).await {
                Ok(Looked::Whole(snapshot)) => return Ok(Some(snapshot)),
                Ok(Looked::Changing(snapshot)) if look == LOOKS => return Ok(Some(snapshot)),
                Ok(Looked::Changing(_)) => {}
                Ok(Looked::Over) => return Ok(None),
                Err(fault) if fault.is("GROUPCALL_INVALID") || fault.is("GROUPCALL_FORBIDDEN") => return Ok(None),
                Err(fault) => return Err(fault),
            }
        }
        Ok(None)
    }

    /// The chat of a call, if it is known.
    pub fn chat_of(&self, call: CallId) -> Option<ChatId> {
        held(&self.0.calls).get(&call).and_then(|known| known.chat)
    }

    async fn look(&self, id: CallId) -> Result<Looked, CallFault> {
        let known = held(&self.0.calls).get(&id).copied();
        let known = known.ok_or_else(|| CallFault::Refused("the call was never seen; look at its chat first".to_owned()))?;
        let input = tl::types::InputGroupCall { id: id.0, access_hash: known.hash };
        // Whoever leaves while the pages come was there at this moment.
        let at = self.server_time().unwrap_or_else(|| self.0.setup.clock.now());
        let first = tl::functions::phone::GetGroupCall { call: input.clone().into(), limit: PAGE };
        let tl::enums::phone::GroupCall::Call(first) = self.ask(Class::Calls, &first).await?;
        self.learn(&first.users, &first.chats);
        let tl::enums::GroupCall::Call(call) = first.call else {
            held(&self.0.calls).remove(&id);
            return Ok(Looked::Over);
        };
        let mut list = List::default();
        list.add(&first.participants);
        let mut offset = first.participants_next_offset;
        let mut is_steady = true;
        for _ in 0..PAGES {
            if offset.is_empty() {
                break;
            }
            let next = tl::functions::phone::GetGroupParticipants {
                call: input.clone().into(),
                ids: Vec::new(),
                sources: Vec::new(),
                offset: offset.clone(),
                limit: PAGE,
            };
            let tl::enums::phone::GroupParticipants::Participants(page) = self.ask(Class::Calls, &next).await?;
            self.learn(&page.users, &page.chats);
            is_steady &= page.version == call.version;
            let is_the_end = page.participants.is_empty() || page.next_offset == offset;
            list.add(&page.participants);
            offset = if is_the_end { String::new() } else { page.next_offset };
        }
        let complete = is_steady && offset.is_empty() && !call.listeners_hidden;
        let snapshot = Snapshot { version: call.version, participants: list.all, complete, at };
        Ok(if is_steady { Looked::Whole(snapshot) } else { Looked::Changing(snapshot) })
    }

    fn places_in(&self, answer: &tl::enums::messages::Chats) -> Vec<Place> {
        let chats = match answer {
            tl::enums::messages::Chats::Chats(all) => &all.chats,
            tl::enums::messages::Chats::Slice(some) => &some.chats,
        };
        self.learn(&[], chats);
        chats.iter().filter_map(place).collect()
    }

    /// Remembers who and what an answer names.
    pub(super) fn learn(&self, users: &[tl::enums::User], chats: &[tl::enums::Chat]) {
        let Some(pool) = self.0.pool.borrow().clone() else { return };
        let mut read = Read::default();
        read.named(users, chats);
        self.0.learn(&read, &pool);
    }

    /// How a channel or supergroup is addressed; the list of dialogs is asked where that isn't known.
    pub(super) async fn input_channel(&self, chat: ChatId) -> Result<tl::enums::InputChannel, CallFault> {
        let Peer::Channel(channel_id) = Peer::of(chat) else {
            return Err(CallFault::Refused(format!("{chat} is no supergroup or channel")));
        };
        let mut hash = self.hash(chat);
        if hash.is_none() {
            Box::pin(self.places()).await?;
            hash = self.hash(chat);
        }
        let access_hash = hash.ok_or_else(|| CallFault::Refused(format!("the account isn't in the group {chat}")))?;
        Ok(tl::types::InputChannel { channel_id, access_hash }.into())
    }

    /// How a chat is addressed.
    pub(super) async fn input_peer(&self, chat: ChatId) -> Result<tl::enums::InputPeer, CallFault> {
        match Peer::of(chat) {
            Peer::BasicGroup(chat_id) => Ok(tl::types::InputPeerChat { chat_id }.into()),
            Peer::Channel(_) => match self.input_channel(chat).await? {
                tl::enums::InputChannel::Channel(known) => {
                    Ok(tl::types::InputPeerChannel { channel_id: known.channel_id, access_hash: known.access_hash }.into())
                }
                _ => Err(CallFault::Refused(format!("the account isn't in the group {chat}"))),
            },
            Peer::User(_) => Err(CallFault::Refused(format!("{chat} is a person"))),
        }
    }

    fn hash(&self, chat: ChatId) -> Option<i64> {
        self.0.pool.borrow().as_ref()?.storage().record().chats.get(&chat)?.hash
    }
}

/// What a look at a call showed.
enum Looked {
    /// One list.
    Whole(Snapshot),
    /// It changed while it was read.
    Changing(Snapshot),
    /// The call is over.
    Over,
}

/// Participants, each once: pages overlap.
#[derive(Default)]
struct List {
    all: Vec<Participant>,
    seen: std::collections::HashSet<Who>,
}

impl List {
    fn add(&mut self, page: &[tl::enums::GroupCallParticipant]) {
        for participant in page.iter().map(news::participant) {
            if !participant.left && self.seen.insert(participant.who) {
                self.all.push(participant);
            }
        }
    }
}

fn place(chat: &tl::enums::Chat) -> Option<Place> {
    people::address(chat)?;
    let (chat, title, has_call) = match chat {
        tl::enums::Chat::Chat(group) => (ChatId::basic_group(group.id), &group.title, group.call_active),
        tl::enums::Chat::Channel(channel) => (ChatId::supergroup(channel.id), &channel.title, channel.call_active),
        _ => return None,
    };
    Some(Place { chat, title: title.clone(), has_call })
}

/// Where the next page of dialogs begins: after this one.
fn offset(dialog: &tl::enums::Dialog, messages: &[tl::enums::Message]) -> Option<(i32, i32, ChatId)> {
    let tl::enums::Dialog::Dialog(dialog) = dialog else { return None };
    let chat = people::chat(&dialog.peer);
    let date = messages.iter().find_map(|message| match message {
        tl::enums::Message::Message(m) if m.id == dialog.top_message && people::chat(&m.peer_id) == chat => Some(m.date),
        tl::enums::Message::Service(m) if m.id == dialog.top_message && people::chat(&m.peer_id) == chat => Some(m.date),
        _ => None,
    })?;
    Some((date, dialog.top_message, chat))
}
