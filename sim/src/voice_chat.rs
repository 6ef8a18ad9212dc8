//! What tests do with voice chats.

use crate::{
    Chat, Sim, User,
    model::{ChatKey, World, news::News},
};

/// A voice chat.
#[derive(Clone, Debug)]
pub struct VoiceChat {
    pub(crate) sim: Sim,
    /// Its number: another one for each.
    pub id: i64,
}

impl Chat {
    /// Somebody starts a voice chat here; one that runs already goes on.
    pub fn start_call(&self, by: &User) -> VoiceChat {
        let id = self.sim.shared.act(|world| world.start_call(self.id, by.id));
        VoiceChat { sim: self.sim.clone(), id }
    }

    /// Everybody finds it under this name from now on.
    #[must_use]
    pub fn named(self, username: &str) -> Self {
        self.sim.shared.act(|world| world.chat_mut(ChatKey::public(self.id)).username = Some(username.to_owned()));
        self
    }
}

impl VoiceChat {
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.sim.shared.act(act)
    }

    /// Somebody ends it for everybody.
    pub fn ends(&self, by: &User) {
        self.act(|world| world.end_call(self.id, by.id));
    }

    /// Its version now.
    pub fn version(&self) -> i32 {
        self.sim.shared.world().voice[&self.id].version
    }

    /// How many are listed.
    pub fn count(&self) -> usize {
        self.sim.shared.world().voice[&self.id].participants.len()
    }

    /// Only programs of those who are there are told who comes and goes; the others have to ask.
    pub fn is_discreet(&self, on: bool) {
        self.act(|world| {
            world.voice.entry(self.id).and_modify(|call| call.discreet = on);
        });
    }

    /// Those who only listen are counted and no longer listed, or listed again.
    pub fn hides_listeners(&self, on: bool) {
        self.act(|world| {
            world.voice.entry(self.id).and_modify(|call| call.listeners_hidden = on);
            world.tell(News::Call { call: self.id });
        });
    }
}

impl User {
    /// Joins, muted; joins anew if they are listed still.
    pub fn joins_call(&self, call: &VoiceChat) {
        call.act(|world| world.join_call(call.id, self.id));
    }

    /// Joins under the name of a channel.
    pub fn joins_call_as(&self, call: &VoiceChat, channel: &Chat) {
        call.act(|world| world.join_call(call.id, channel.id));
    }

    /// Leaves.
    pub fn leaves_call(&self, call: &VoiceChat) {
        call.act(|world| world.leave_call(call.id, self.id));
    }

    /// Leaves, having joined under the name of a channel.
    pub fn leaves_call_as(&self, call: &VoiceChat, channel: &Chat) {
        call.act(|world| world.leave_call(call.id, channel.id));
    }

    /// Falls off the network: stays listed for a minute of the simulator's clock.
    pub fn falls_off(&self, call: &VoiceChat) {
        call.act(|world| world.lose_participant(call.id, self.id));
    }

    /// Mutes or unmutes themselves.
    pub fn mutes(&self, call: &VoiceChat, muted: bool) {
        call.act(|world| world.change_participant(call.id, self.id, |one| one.muted = muted));
    }

    /// Shows or hides their camera.
    pub fn shows_video(&self, call: &VoiceChat, on: bool) {
        call.act(|world| world.change_participant(call.id, self.id, |one| one.video = on));
    }

    /// Speaks.
    pub fn speaks(&self, call: &VoiceChat) {
        call.act(|world| world.speak_in_call(call.id, self.id));
    }
}
