//! Tells Telegram which commands to offer to whom, and to whom the Mini App.

use serde_json::{Value, json};

use super::link::Link;
use crate::{
    domain::{ids::UserId, lang::Lang},
    text::{
        commands::{Audience, list},
        pages::sign_in,
    },
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

/// Admins and viewers find the dashboard as a Mini App beside the field for their words, where it is reached by https, as Telegram
/// wants it; otherwise the button is as Telegram has it.
pub async fn set_menu_buttons(link: &Link, site: Option<&str>) {
    let app = site.filter(|address| address.starts_with("https://")).map(|address| format!("{address}/app"));
    let people: Vec<(UserId, Lang)> = link.store.read(|state| {
        let viewers = state.access.sign_in.viewers.keys();
        let reachable = |user: &&UserId| state.people.get(user).is_some_and(|person| !person.unreachable);
        let people = link.rules.admins.iter().chain(viewers).filter(reachable);
        people.map(|user| (*user, crate::admin::lang_of(state, &link.rules, *user))).collect()
    });
    for (user, lang) in people {
        let button = match &app {
            Some(url) => json!({ "type": "web_app", "text": sign_in::menu_button(lang), "web_app": { "url": url } }),
            None => json!({ "type": "default" }),
        };
        if let Err(error) = link.wire.set_chat_menu_button(user, button).await {
            tracing::debug!(%error, user.id = %user, "the menu button was not set");
        }
    }
}

/// An admin's own list; Telegram takes it only once they have written to the bot.
pub(super) async fn set_for_admin(link: &Link, admin: UserId) {
    let scope = json!({ "type": "chat", "chat_id": admin });
    let chosen = link.store.read(|state| crate::admin::lang_of(state, &link.rules, admin));
    set(link, Audience::Admin, &scope, chosen, None).await;
}

async fn set(link: &Link, audience: Audience, scope: &Value, default: Lang, lang: Option<Lang>) {
    let commands = list(audience, link.rules.assistant().whom, lang.unwrap_or(default));
    if let Err(error) = link.wire.set_my_commands(&commands, scope.clone(), lang.map_or("", Lang::code)).await {
        tracing::debug!(%error, ?audience, "the commands were not set");
    }
}
