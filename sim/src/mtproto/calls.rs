//! Voice chats as clients see them.

use grammers_tl_types::{enums, types};

use super::{least, peers};
use crate::model::voice::{Change, Participant, VoiceChat};

/// What a client has to show to ask for a voice chat: the same for everybody.
pub(super) fn call_hash(call: i64) -> i64 {
    peers::access_hash(0, call)
}

pub(super) fn input(call: i64) -> enums::InputGroupCall {
    types::InputGroupCall { id: call, access_hash: call_hash(call) }.into()
}

pub(super) fn group_call(call: &VoiceChat) -> enums::GroupCall {
    if let Some(ended) = call.ended {
        let duration = (ended - call.started) as i32;
        return types::GroupCallDiscarded { id: call.id, access_hash: call_hash(call.id), duration }.into();
    }
    let count = call.participants.len() as i32;
    let videos_limit = 30;
    let mut shown = least!(types::GroupCall; 0i32, call.id, call_hash(call.id), count, videos_limit, call.version);
    shown.join_date_asc = true;
    shown.can_start_video = true;
    shown.listeners_hidden = call.listeners_hidden;
    shown.unmuted_video_count = Some(call.participants.values().filter(|one| one.video).count() as i32);
    shown.into()
}

pub(super) fn participant(viewer: i64, one: &Participant) -> types::GroupCallParticipant {
    let mut shown = least!(types::GroupCallParticipant; 0i32, peers::peer(one.peer), one.joined as i32, one.source);
    shown.muted = one.muted;
    shown.can_self_unmute = true;
    shown.is_self = one.peer == viewer;
    shown.active_date = one.active.map(|at| at as i32);
    shown.video_joined = one.video;
    shown.video = one.video.then(|| {
        let sources = vec![one.source, one.source + 1];
        let group = types::GroupCallParticipantVideoSourceGroup { semantics: "FID".into(), sources };
        let endpoint = format!("{}", one.source);
        least!(types::GroupCallParticipantVideo; 0i32, endpoint, vec![enums::GroupCallParticipantVideoSourceGroup::Group(group)])
            .into()
    });
    shown
}

/// Somebody as an update shows them.
pub(super) fn changed(viewer: i64, change: &Change) -> enums::GroupCallParticipant {
    let mut shown = participant(viewer, &change.participant);
    shown.just_joined = change.just_joined;
    shown.left = change.left;
    shown.versioned = change.versioned;
    shown.into()
}
