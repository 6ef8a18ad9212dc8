//! The life of a post. Each step is made durable before what it stands for is done, so that a process that dies leaves behind
//! what is known: an attempt that was begun may have arrived.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{
    ids::{ChatId, MessageId},
    study::{Post, PostState, Poster},
};

/// The first pause after an attempt that certainly failed; each further one is twice as long.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(5);
/// The longest one.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Telegram has it.
    Posted {
        /// Where.
        chat: ChatId,
        /// As which message. Unknown where Telegram says that it has had this one (`RANDOM_ID_DUPLICATE`).
        message: Option<MessageId>,
    },
    /// Telegram wants us to wait until then.
    Wait(DateTime<Utc>),
    /// It certainly didn't arrive: no connection, an error of Telegram's own.
    Failed,
    /// Nobody knows whether it arrived: the answer got lost.
    Lost,
    /// Telegram won't have it, today or tomorrow.
    Refused(String),
}

/// What an admin, or a look at the group, says of a post of which nobody knew whether it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is there.
    Found(ChatId, Option<MessageId>),
    /// It isn't: post it again.
    Again,
    /// Leave it at that.
    Leave,
}

/// What admins have to be told, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Nobody knows whether it arrived.
    Unsure,
    /// Telegram refuses it, in these words.
    Refused(String),
}

/// An attempt begins. `None` where none may: it isn't due.
pub fn begun(post: &Post, by: Poster, now: DateTime<Utc>) -> Option<Post> {
    match post.state {
        PostState::Due { not_before, attempts } if not_before <= now => {
            Some(with(post, PostState::Sending { since: now, by, attempts }))
        }
        PostState::Due { .. }
        | PostState::Sending { .. }
        | PostState::Posted { .. }
        | PostState::Unsure { .. }
        | PostState::Refused { .. }
        | PostState::Skipped => None,
    }
}

/// An attempt ended. `None` where none was on its way.
pub fn ended(post: &Post, how: Ended, now: DateTime<Utc>) -> Option<Post> {
    let PostState::Sending { since, by, attempts } = post.state else { return None };
    let later = || PostState::Due { not_before: now + pause(attempts), attempts: attempts.saturating_add(1) };
    let state = match how {
        Ended::Posted { chat, message } => PostState::Posted { chat, message, at: now },
        Ended::Wait(until) => PostState::Due { not_before: until.max(now), attempts },
        Ended::Failed => later(),
        Ended::Lost => match by {
            // The same number again: Telegram takes it once.
            Poster::Session => later(),
            Poster::Bot => PostState::Unsure { since },
        },
        Ended::Refused(why) => PostState::Refused { why, at: now },
    };
    Some(with(post, state))
}

/// What becomes of an attempt within which the process died: its answer is lost. `None`: there was none.
pub fn interrupted(post: &Post, now: DateTime<Utc>) -> Option<Post> {
    ended(post, Ended::Lost, now)
}

/// Somebody knows, or decides, what became of a post. `None` where that is settled already.
pub fn settled(post: &Post, verdict: Verdict, now: DateTime<Utc>) -> Option<Post> {
    let is_refused = matches!(post.state, PostState::Refused { .. });
    if !is_refused && !matches!(post.state, PostState::Unsure { .. }) {
        return None;
    }
    let state = match verdict {
        Verdict::Found(chat, message) => PostState::Posted { chat, message, at: now },
        Verdict::Again => PostState::Due { not_before: now, attempts: 0 },
        Verdict::Leave => PostState::Skipped,
    };
    // Whoever finds a board didn't draw it up.
    let owes_snapshot = matches!(state, PostState::Posted { .. });
    Some(Post { owes_snapshot, ..with(post, state) })
}

/// The snapshot of a posted board is in the queue for a web dashboard, or there is no dashboard.
pub fn exported(post: &Post) -> Post {
    Post { owes_snapshot: false, ..post.clone() }
}

/// What admins have to be told of a step.
pub fn notice(before: &Post, after: &Post) -> Option<Notice> {
    match &after.state {
        PostState::Unsure { .. } if before.state != after.state => Some(Notice::Unsure),
        PostState::Refused { why, .. } if before.state != after.state => Some(Notice::Refused(why.clone())),
        PostState::Unsure { .. }
        | PostState::Refused { .. }
        | PostState::Due { .. }
        | PostState::Sending { .. }
        | PostState::Posted { .. }
        | PostState::Skipped => None,
    }
}

fn with(post: &Post, state: PostState) -> Post {
    Post { state, ..post.clone() }
}

/// 5, 10, 20 … seconds, 10 minutes at most.
fn pause(attempts: u32) -> TimeDelta {
    (FIRST_PAUSE * 2_i32.pow(attempts.min(12))).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::sample::{CHAT, instant};

    fn now() -> DateTime<Utc> {
        instant("2026-01-09T16:30:00Z")
    }

    fn due() -> Post {
        let state = PostState::Due { not_before: now(), attempts: 0 };
        Post {
            due: now(),
            until: now(),
            closes_day: true,
            random_id: 7,
            asked_by: None,
            owes_snapshot: false,
            shown: None,
            state,
        }
    }

    fn after(by: Poster, how: Ended) -> PostState {
        let sending = begun(&due(), by, now()).expect("it is due");
        ended(&sending, how, now()).expect("it was on its way").state
    }

    #[test]
    fn an_attempt_begins_when_it_is_due_and_once() {
        let early = now() - TimeDelta::seconds(1);
        assert_eq!(begun(&due(), Poster::Bot, early), None);
        let sending = begun(&due(), Poster::Bot, now()).expect("it is due");
        assert_eq!(begun(&sending, Poster::Bot, now()), None);
        assert_eq!(ended(&due(), Ended::Failed, now()), None, "nothing was on its way");
    }

    #[test]
    fn certain_failures_are_repeated_after_growing_pauses() {
        let mut post = due();
        let mut at = now();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            post = ended(&begun(&post, Poster::Bot, at).expect("due"), Ended::Failed, at).expect("on its way");
            let PostState::Due { not_before, .. } = post.state else { panic!("it is to be repeated") };
            pauses.push((not_before - at).num_seconds());
            at = not_before;
        }
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600, 600]);
    }

    #[test]
    fn a_flood_wait_is_obeyed_and_is_no_failure() {
        let until = now() + TimeDelta::seconds(90);
        assert_eq!(after(Poster::Bot, Ended::Wait(until)), PostState::Due { not_before: until, attempts: 0 });
    }

    #[test]
    fn a_lost_answer_is_repeated_only_where_that_is_safe() {
        assert_eq!(after(Poster::Bot, Ended::Lost), PostState::Unsure { since: now() });
        let again = now() + FIRST_PAUSE;
        assert_eq!(after(Poster::Session, Ended::Lost), PostState::Due { not_before: again, attempts: 1 });
    }

    #[test]
    fn a_process_that_died_while_sending_leaves_a_lost_answer() {
        for (by, is_unsure) in [(Poster::Bot, true), (Poster::Session, false)] {
            let sending = begun(&due(), by, now()).expect("due");
            let json = serde_json::to_string(&sending).expect("JSON");
            let found: Post = serde_json::from_str(&json).expect("reads");
            let then = interrupted(&found, now()).expect("it was on its way");
            assert_eq!(matches!(then.state, PostState::Unsure { .. }), is_unsure);
            assert_eq!(then.random_id, 7, "the number stays");
            assert_eq!(notice(&found, &then), is_unsure.then_some(Notice::Unsure));
        }
        assert_eq!(interrupted(&due(), now()), None);
    }

    #[test]
    fn admins_settle_what_nobody_knows() {
        let unsure = Post { state: PostState::Unsure { since: now() }, ..due() };
        let state = |verdict| settled(&unsure, verdict, now()).expect("it is open").state;
        assert_eq!(state(Verdict::Again), PostState::Due { not_before: now(), attempts: 0 });
        assert_eq!(state(Verdict::Leave), PostState::Skipped);
        let found = state(Verdict::Found(CHAT, Some(MessageId(5))));
        assert_eq!(found, PostState::Posted { chat: CHAT, message: Some(MessageId(5)), at: now() });
        assert_eq!(settled(&Post { state: found, ..due() }, Verdict::Again, now()), None, "never twice");
    }

    #[test]
    fn a_refusal_is_told_once() {
        let sending = begun(&due(), Poster::Bot, now()).expect("due");
        let refused = ended(&sending, Ended::Refused("no rights".into()), now()).expect("on its way");
        assert_eq!(notice(&sending, &refused), Some(Notice::Refused("no rights".into())));
        assert_eq!(notice(&refused, &refused), None);
        assert!(settled(&refused, Verdict::Again, now()).is_some(), "an admin may have mended it");
    }
}
