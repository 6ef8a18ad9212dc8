//! What Telegram tells by itself, in our words. Pure.

use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;

use super::people;
use crate::domain::{
    ids::ChatId,
    presence::{CallId, News, Participant, Profile},
};

/// A batch of Telegram's own news, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    /// What is news to us.
    pub(super) news: Vec<News>,
    /// Calls, with the key to look into them, and where they are if that is told.
    pub(super) calls: Vec<(CallId, i64, Option<ChatId>)>,
    /// Chats in which something changed: perhaps a call began.
    pub(super) changed: Vec<ChatId>,
    /// Who was named.
    pub(super) people: Vec<Profile>,
    /// Chats that were named, with the key to address them.
    pub(super) chats: Vec<(ChatId, String, Option<i64>)>,
    /// Telegram's time.
    pub(super) seconds: Option<i32>,
}

/// Reads a batch. `now` is Telegram's time for what carries none.
pub(super) fn read(batch: &UpdatesLike, now: chrono::DateTime<chrono::Utc>) -> Read {
    let mut read = Read::default();
    match batch {
        UpdatesLike::Updates(updates) => read.head(updates),
        UpdatesLike::ConnectionClosed | UpdatesLike::MalformedUpdates => read.news.push(News::Gap),
        // Answers to our own requests.
        UpdatesLike::ShortSentMessage { .. }
        | UpdatesLike::AffectedMessages(_)
        | UpdatesLike::AffectedChannelMessages { .. }
        | UpdatesLike::InvitedUsers(_)
        | UpdatesLike::ChatInviteJoinResult(_) => {}
    }
    let at = read.seconds.map_or(now, people::time);
    for update in people::updates_in(batch) {
        read.update(update, at);
    }
    read
}

impl Read {
    fn head(&mut self, updates: &tl::enums::Updates) {
        match updates {
            tl::enums::Updates::Updates(batch) => {
                self.seconds = Some(batch.date);
                self.named(&batch.users, &batch.chats);
            }
            tl::enums::Updates::Combined(batch) => {
                self.seconds = Some(batch.date);
                self.named(&batch.users, &batch.chats);
            }
            tl::enums::Updates::UpdateShort(short) => self.seconds = Some(short.date),
            // "Too much to tell": what was in it is lost to us.
            tl::enums::Updates::TooLong => self.news.push(News::Gap),
            _ => {}
        }
    }

    /// Who is named beside what is told.
    pub(super) fn named(&mut self, users: &[tl::enums::User], chats: &[tl::enums::Chat]) {
        self.people.extend(users.iter().filter_map(people::profile_of_user));
        for chat in chats {
            let Some(profile) = people::profile_of_chat(chat) else { continue };
            self.chats.extend(people::address(chat).map(|hash| (ChatId(profile.who.0), profile.name.clone(), hash)));
            self.people.push(profile);
        }
    }

    fn update(&mut self, update: &tl::enums::Update, at: chrono::DateTime<chrono::Utc>) {
        match update {
            tl::enums::Update::GroupCallParticipants(update) => {
                let Some((call, hash)) = call_id(&update.call) else { return };
                let participants = update.participants.iter().map(participant).collect();
                self.calls.push((call, hash, None));
                self.news.push(News::Participants { call, version: update.version, participants, at });
            }
            tl::enums::Update::GroupCall(update) => {
                let chat = update.peer.as_ref().map(people::chat);
                match &update.call {
                    tl::enums::GroupCall::Discarded(over) => self.news.push(News::Ended { call: CallId(over.id), at }),
                    tl::enums::GroupCall::Call(call) => {
                        self.calls.push((CallId(call.id), call.access_hash, chat));
                        if let Some(chat) = chat {
                            self.news.push(News::Started { chat, call: CallId(call.id), at });
                        }
                        self.news.push(News::Version { call: CallId(call.id), version: call.version, at });
                    }
                }
            }
            tl::enums::Update::NewMessage(update) => self.message(&update.message, at),
            tl::enums::Update::NewChannelMessage(update) => self.message(&update.message, at),
            tl::enums::Update::Channel(update) => self.changed.push(ChatId::supergroup(update.channel_id)),
            tl::enums::Update::Chat(update) => self.changed.push(ChatId::basic_group(update.chat_id)),
            _ => {}
        }
    }

    /// The note in a group that a call began or ended.
    fn message(&mut self, message: &tl::enums::Message, at: chrono::DateTime<chrono::Utc>) {
        let tl::enums::Message::Service(message) = message else { return };
        let tl::enums::MessageAction::GroupCall(action) = &message.action else { return };
        let Some((call, hash)) = call_id(&action.call) else { return };
        let chat = people::chat(&message.peer_id);
        match action.duration {
            Some(_) => self.news.push(News::Ended { call, at }),
            None => {
                self.calls.push((call, hash, Some(chat)));
                self.news.push(News::Started { chat, call, at });
            }
        }
    }
}

/// A call's number, and the key to look into it.
pub(super) fn call_id(call: &tl::enums::InputGroupCall) -> Option<(CallId, i64)> {
    match call {
        tl::enums::InputGroupCall::Call(call) => Some((CallId(call.id), call.access_hash)),
        // Calls by invitation belong to no group.
        _ => None,
    }
}

/// A participant.
pub(super) fn participant(participant: &tl::enums::GroupCallParticipant) -> Participant {
    let tl::enums::GroupCallParticipant::Participant(seen) = participant;
    Participant {
        who: people::who(&seen.peer),
        joined: people::time(seen.date),
        source: seen.source,
        muted: seen.muted,
        video: seen.video.is_some() || seen.presentation.is_some(),
        left: seen.left,
        just_joined: seen.just_joined,
        versioned: seen.versioned,
    }
}
