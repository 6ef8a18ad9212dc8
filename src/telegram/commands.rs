//! Tells Telegram which commands to offer to whom, and to whom the Mini App.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, sleep_until};

use super::{errors::Reaction, link::Link};
use crate::{
    commands::list::{self, List, Scope},
    domain::{ids::UserId, lang::Lang},
    text::pages::sign_in,
};

/// Between looks at least, however much is committed. Where nothing is, nobody looks.
const PAUSE: Duration = Duration::from_millis(250);
/// What didn't reach Telegram is offered again after this …
const AGAIN: Duration = Duration::from_secs(30);
/// … and after this what it refused: an admin who never met this bot has no list with it.
const REFUSED: Duration = Duration::from_secs(3_600);

/// A list as Telegram was last offered it.
struct Offered {
    commands: Vec<(String, String)>,
    /// When it is to be offered again, where Telegram didn't take it.
    again: Option<Instant>,
}

impl Offered {
    /// Whether it is to be offered again though it says the same.
    fn is_open(&self) -> bool {
        self.again.is_some_and(|at| at <= Instant::now())
    }
}

/// Keeps Telegram's lists as they are to be: all of them at the start, later those that a commit changed, whoever made it. Commands
/// work without being listed, so what fails only waits.
pub async fn keep_commands(link: &Link) {
    let mut offered: BTreeMap<(Scope, Option<Lang>), Offered> = BTreeMap::new();
    loop {
        let looked = link.store.commits();
        for List { scope, lang, commands } in link.store.read(|state| list::all(state, &link.rules)) {
            let key = (scope, lang);
            if offered.get(&key).is_some_and(|before| before.commands == commands && !before.is_open()) {
                continue;
            }
            let again = set(link, scope, lang, &commands).await.map(|pause| Instant::now() + pause);
            offered.insert(key, Offered { commands, again });
        }
        sleep(PAUSE).await;
        let again = offered.values().filter_map(|list| list.again).min();
        tokio::select! {
            _ = link.store.committed_after(looked) => {}
            () = until(again) => {}
        }
    }
}

/// Waits for a moment; where there is none, for ever.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
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

/// After which time it is to be offered again, if Telegram didn't take it.
async fn set(link: &Link, scope: Scope, lang: Option<Lang>, commands: &[(String, String)]) -> Option<Duration> {
    let place: Value = match scope {
        Scope::Private => json!({ "type": "all_private_chats" }),
        Scope::Groups => json!({ "type": "all_group_chats" }),
        Scope::Admin(admin) => json!({ "type": "chat", "chat_id": admin }),
    };
    let error = link.wire.set_my_commands(commands, place, lang.map_or("", Lang::code)).await.err()?;
    tracing::debug!(%error, ?scope, "the commands were not set");
    Some(match error.reaction() {
        Reaction::Wait(asked) => asked,
        Reaction::Refused | Reaction::Unreachable => REFUSED,
        _ => AGAIN,
    })
}
