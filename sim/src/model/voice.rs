//! Voice chats: who is there since when, and the versions by which clients notice that they missed something.

use std::collections::BTreeMap;

use serde_json::json;

use super::{ChatKey, World, news::News};
use crate::content::Content;

/// Who fell off the network stays listed so long, in milliseconds.
const LINGERING: i64 = 60_000;

/// A voice chat, also after its end.
#[derive(Clone, Debug)]
pub(crate) struct VoiceChat {
    pub(crate) id: i64,
    /// The group or channel.
    pub(crate) chat: i64,
    /// Unix seconds.
    pub(crate) started: i64,
    pub(crate) ended: Option<i64>,
    /// Rises by one with each change that clients have to see in order.
    pub(crate) version: i32,
    /// By who is seen there: people, or the channel that somebody joined as.
    pub(crate) participants: BTreeMap<i64, Participant>,
    /// Those who only listen are counted and not listed.
    pub(crate) listeners_hidden: bool,
    /// Only those who are there hear of the others.
    pub(crate) discreet: bool,
}

/// Somebody in a voice chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Participant {
    /// A person's number, or a channel's (negative).
    pub(crate) peer: i64,
    /// Since when, Unix seconds.
    pub(crate) joined: i64,
    /// The number of the audio stream: another one after each joining.
    pub(crate) source: i32,
    pub(crate) muted: bool,
    pub(crate) video: bool,
    /// When they last spoke, Unix seconds.
    pub(crate) active: Option<i64>,
    /// Since when nothing is heard of their program, Unix milliseconds.
    pub(crate) lost: Option<i64>,
}

/// What clients are told of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) participant: Participant,
    pub(crate) just_joined: bool,
    pub(crate) left: bool,
    /// Counts: the version rose.
    pub(crate) versioned: bool,
}

impl VoiceChat {
    /// Who is listed, the longest there first.
    pub(crate) fn listed(&self) -> Vec<&Participant> {
        let is_listed = |participant: &&Participant| !self.listeners_hidden || !participant.muted;
        let mut listed: Vec<&Participant> = self.participants.values().filter(is_listed).collect();
        listed.sort_by_key(|participant| (participant.joined, participant.peer));
        listed
    }
}

impl World {
    /// Begins a voice chat; one that runs already goes on. Its number.
    pub(crate) fn start_call(&mut self, chat: i64, by: i64) -> i64 {
        if let Some(running) = self.chat(ChatKey::public(chat)).voice {
            return running;
        }
        let id = 5_000_000_000 + self.take_id();
        let started = self.now / 1000;
        let call = VoiceChat {
            id,
            chat,
            started,
            ended: None,
            version: 1,
            participants: BTreeMap::new(),
            listeners_hidden: false,
            discreet: false,
        };
        self.voice.insert(id, call);
        self.chat_mut(ChatKey::public(chat)).voice = Some(id);
        self.tell(News::Call { call: id });
        self.tell(News::Chat { chat, to: None });
        self.service(chat, by, Content::raw(json!({ "video_chat_started": {} })));
        id
    }

    /// Ends a voice chat for everybody.
    pub(crate) fn end_call(&mut self, id: i64, by: i64) {
        let now = self.now / 1000;
        let Some(call) = self.voice.get_mut(&id).filter(|call| call.ended.is_none()) else { return };
        call.ended = Some(now);
        call.participants.clear();
        let (chat, duration) = (call.chat, now - call.started);
        self.chat_mut(ChatKey::public(chat)).voice = None;
        self.tell(News::Call { call: id });
        self.tell(News::Chat { chat, to: None });
        self.service(chat, by, Content::raw(json!({ "video_chat_ended": { "duration": duration } })));
    }

    /// Somebody joins, or joins anew.
    pub(crate) fn join_call(&mut self, id: i64, peer: i64) {
        let joined = self.now / 1000;
        let source = i32::try_from(self.take_id()).unwrap_or(i32::MAX) + 1_000;
        let participant = Participant { peer, joined, source, muted: true, video: false, active: None, lost: None };
        let was_empty = self.voice.get(&id).is_none_or(|call| call.participants.is_empty());
        self.change_call(id, |call| {
            call.participants.insert(peer, participant.clone());
            Some(Change { participant, just_joined: true, left: false, versioned: true })
        });
        if was_empty {
            self.call_filled(id);
        }
    }

    /// Somebody leaves.
    pub(crate) fn leave_call(&mut self, id: i64, peer: i64) {
        self.change_call(id, |call| {
            let participant = call.participants.remove(&peer)?;
            Some(Change { participant, just_joined: false, left: true, versioned: true })
        });
        if self.voice.get(&id).is_some_and(|call| call.participants.is_empty()) {
            self.call_filled(id);
        }
    }

    /// The chat shows whether anybody is there.
    fn call_filled(&mut self, id: i64) {
        let Some(chat) = self.voice.get(&id).map(|call| call.chat) else { return };
        self.tell(News::Chat { chat, to: None });
    }

    /// Somebody's program stops talking to Telegram: they stay listed for a while.
    pub(crate) fn lose_participant(&mut self, id: i64, peer: i64) {
        let now = self.now;
        self.version += 1;
        if let Some(participant) = self.voice.get_mut(&id).and_then(|call| call.participants.get_mut(&peer)) {
            participant.lost = Some(now);
            self.next_timeout.get_or_insert(now + LINGERING);
        }
    }

    /// Takes out who has been lost for too long.
    pub(crate) fn expire_participants(&mut self) {
        let now = self.now;
        if self.next_timeout.is_none_or(|at| now < at) {
            return;
        }
        let lost = |call: &VoiceChat| {
            let lost = call.participants.values().filter_map(|one| one.lost.map(|at| (call.id, one.peer, at + LINGERING)));
            lost.collect::<Vec<_>>()
        };
        let (gone, still): (Vec<_>, Vec<_>) = self.voice.values().flat_map(lost).partition(|(.., until)| *until <= now);
        self.next_timeout = still.into_iter().map(|(.., until)| until).min();
        gone.into_iter().for_each(|(call, peer, _)| self.leave_call(call, peer));
    }

    /// Somebody mutes or unmutes themselves, shows or hides their camera.
    pub(crate) fn change_participant(&mut self, id: i64, peer: i64, change: impl FnOnce(&mut Participant)) {
        self.change_call(id, |call| {
            let participant = call.participants.get_mut(&peer)?;
            let before = participant.clone();
            change(participant);
            let participant = participant.clone();
            (participant != before).then_some(Change { participant, just_joined: false, left: false, versioned: true })
        });
    }

    /// Somebody speaks: clients are told, and nothing depends on the order.
    pub(crate) fn speak_in_call(&mut self, id: i64, peer: i64) {
        let now = self.now / 1000;
        self.change_call(id, |call| {
            let participant = call.participants.get_mut(&peer)?;
            participant.active = Some(now);
            Some(Change { participant: participant.clone(), just_joined: false, left: false, versioned: false })
        });
    }

    fn change_call(&mut self, id: i64, change: impl FnOnce(&mut VoiceChat) -> Option<Change>) {
        self.version += 1;
        let Some(call) = self.voice.get_mut(&id).filter(|call| call.ended.is_none()) else { return };
        let Some(change) = change(call) else { return };
        call.version += i32::from(change.versioned);
        let version = call.version;
        self.tell(News::Participant { call: id, version, change });
    }
}
