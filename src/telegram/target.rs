//! Whether boards can go where they are to go: asked when an admin has chosen the place, not only when the first board fails.

use super::{
    errors::{CallError, Reaction},
    jobs::decide,
    methods::{ChatInfo, Member},
    outbox::Outbox,
};
use crate::{
    admin::study::{self, Reach},
    domain::{
        event::Place,
        ids::{ChatId, UserId},
        lang::Lang,
        study::Poster,
    },
    text::study::setting,
};

/// Asks Telegram, and tells the admin in a sentence.
pub(super) async fn check(outbox: &Outbox, user: UserId, chat: ChatId) -> Result<(), CallError> {
    let link = outbox.link();
    let target = link.store.read(|state| {
        let community = state.study.communities.get(&state.current_id(chat))?;
        let place = Place { chat: state.current_id(community.target.chat), topic: community.target.topic };
        Some((place, community.target.by, community.lang))
    });
    let reach = match target {
        None => return Ok(()),
        Some((_, Poster::Session, _)) => Reach::BySession,
        // With several bots, the one that posts there.
        Some((place, Poster::Bot, lang)) => match outbox.of(place.chat) {
            Some(sender) => reach(&sender, place, lang).await,
            None => Reach::CouldNotTell,
        },
    };
    decide(link, |desk| study::target_checked(desk, user, &reach));
    Ok(())
}

async fn reach(outbox: &Outbox, place: Place, lang: Lang) -> Reach {
    // The bot that would post there.
    let Some(outbox) = outbox.of(place.chat) else { return Reach::CouldNotTell };
    let asked = async {
        let info = outbox.ask(async |wire| wire.get_chat(place.chat).await).await?;
        let member = outbox.ask(async |wire| wire.get_chat_member(place.chat, wire.bot_id().account()).await).await?;
        Ok::<_, CallError>((info, member))
    };
    let (info, member) = match asked.await {
        Ok(found) => found,
        Err(error) => return not_seen(place, &error),
    };
    if !member.is_present() {
        return Reach::NotThere { place: place.chat };
    }
    if !may_write(&info, &member) {
        return Reach::MayNotWrite { title: info.title, is_channel: info.kind == "channel" };
    }
    if place.topic.is_some() && !info.is_forum {
        return Reach::NoTopics { title: info.title };
    }
    match try_out(&outbox, place, lang).await {
        Ok(()) => Reach::Fine { title: info.title },
        Err(CallError::Api { description, .. }) => Reach::Refused { title: info.title, why: description },
        Err(_) => Reach::CouldNotTell,
    }
}

/// Writes in a topic, silently, and takes it back: that somebody types, Telegram takes for topics that don't exist, too.
async fn try_out(outbox: &Outbox, place: Place, lang: Lang) -> Result<(), CallError> {
    if place.topic.is_none() {
        return outbox.ask(async |wire| wire.send_typing(place).await).await.map(drop);
    }
    let sent = outbox.ask(async |wire| wire.send_text(place, setting::trial(lang), None, true).await).await?;
    if let Err(error) = outbox.ask(async |wire| wire.delete_message(place.chat, sent.message_id).await).await {
        tracing::warn!(%error, "a trial in a topic stays there");
    }
    Ok(())
}

fn not_seen(place: Place, error: &CallError) -> Reach {
    let refused = matches!(error, CallError::Api { code: 400 | 403, .. });
    if refused && !matches!(error.reaction(), Reaction::Migrated(_)) {
        Reach::NotThere { place: place.chat }
    } else {
        Reach::CouldNotTell
    }
}

fn may_write(info: &ChatInfo, member: &Member) -> bool {
    match (info.kind.as_str(), member.status.as_str()) {
        (_, "creator") => true,
        ("channel", "administrator") => member.can_post_messages.unwrap_or(false),
        ("channel", _) => false,
        (_, "administrator") => true,
        (_, "restricted") => member.can_send_messages.unwrap_or(true),
        _ => info.permissions.can_send_messages.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(info: &str, member: &str) -> bool {
        let info = serde_json::from_str(info).expect("a chat");
        may_write(&info, &serde_json::from_str(member).expect("a member"))
    }

    #[test]
    fn who_may_write_depends_on_the_chat_and_on_the_member() {
        let (open, closed) = (r#"{"type":"supergroup"}"#, r#"{"type":"supergroup","permissions":{"can_send_messages":false}}"#);
        let channel = r#"{"type":"channel","title":"News"}"#;
        let (member, admin) = (r#"{"status":"member"}"#, r#"{"status":"administrator"}"#);
        assert!(may(open, member) && !may(closed, member) && may(closed, admin));
        assert!(!may(open, r#"{"status":"restricted","is_member":true,"can_send_messages":false}"#));
        assert!(!may(channel, member) && !may(channel, admin));
        assert!(may(channel, r#"{"status":"administrator","can_post_messages":true}"#));
    }
}
