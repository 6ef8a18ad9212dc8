//! Tells Telegram which commands to offer to whom.

use serde_json::{Value, json};

use super::link::Link;
use crate::{
    domain::{ids::UserId, lang::Lang},
    text::commands::{Audience, list},
};

/// Sets the commands of every audience in every language. What fails is tried again at the next start: commands work
/// without being offered.
pub async fn set_commands(link: &Link) {
    let default = link.rules.lang;
    let private = json!({ "type": "all_private_chats" });
    let groups = json!({ "type": "all_group_chats" });
    for lang in [None].into_iter().chain(Lang::ALL.map(Some)) {
        set(link, Audience::Everybody, &private, default, lang).await;
        set(link, Audience::Group, &groups, default, lang).await;
    }
    let reachable: Vec<UserId> = link.store.read(|state| {
        let known = |admin: &&UserId| state.people.get(admin).is_some_and(|person| !person.unreachable);
        link.rules.admins.iter().filter(known).copied().collect()
    });
    for admin in reachable {
        set_for_admin(link, admin).await;
    }
}

/// An admin's own list; Telegram takes it only once they have written to the bot.
pub(super) async fn set_for_admin(link: &Link, admin: UserId) {
    let scope = json!({ "type": "chat", "chat_id": admin });
    let chosen = link.store.read(|state| crate::admin::lang_of(state, &link.rules, admin));
    set(link, Audience::Admin, &scope, chosen, None).await;
}

async fn set(link: &Link, audience: Audience, scope: &Value, default: Lang, lang: Option<Lang>) {
    let commands = list(audience, lang.unwrap_or(default));
    if let Err(error) = link.wire.set_my_commands(&commands, scope.clone(), lang.map_or("", Lang::code)).await {
        tracing::debug!(%error, ?audience, "the commands were not set");
    }
}
