//! The link into the dashboard: made when it is sent, so that its secret is in no file, only its hash is.

use super::{errors::CallError, outbox::Outbox};
use crate::{
    admin,
    domain::{
        access::AccessChange,
        change::{Change, Outcome},
        event::Place,
        ids::UserId,
        sign_in::role,
        work::{Button, ButtonAction, Buttons},
    },
    secrets::token,
    text::pages::sign_in as words,
};

/// Sends somebody a way in, or why there is none for them.
pub(super) async fn send_link(outbox: &Outbox, user: UserId) -> Result<(), CallError> {
    let link = outbox.link();
    let (lang, role) = link.store.read(|state| (admin::lang_of(state, &link.rules, user), role(state, &link.rules, user)));
    let to = Place::private(user);
    if role.is_none() {
        return outbox.send(to, None, words::not_for_you(lang).as_str(), &Buttons::None).await;
    }
    let Some(address) = &outbox.services().site else {
        return outbox.send(to, None, words::off(lang).as_str(), &Buttons::None).await;
    };
    let Ok((secret, digest)) = token::new() else {
        tracing::error!("the system has no random numbers: nobody can sign in");
        return Ok(());
    };
    let now = link.clock.now();
    let linked = link.store.decide(&[], |state| {
        let changes = state.access.sign_in.linked(digest, user, now).into_iter();
        Outcome { changes: changes.map(|change| Change::Access(AccessChange::SignIn(change))).collect(), work: Vec::new() }
    });
    // It works only once it is safe: who has it in the chat must not find it unknown after a crash.
    let safe = match linked {
        Ok(()) => link.store.flush().await,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = safe {
        tracing::error!(%fault, "a link into the dashboard can't be kept");
        return Ok(());
    }
    let address = format!("{address}/sign-in/{secret}");
    // Telegram takes buttons only to addresses that are everybody's.
    if !address.starts_with("https://") {
        return outbox.send(to, None, words::plain_link(&address, lang).as_str(), &Buttons::None).await;
    }
    let (html, label) = words::link(lang);
    let button = Button { label: label.to_owned(), action: ButtonAction::Open(address) };
    outbox.send(to, None, html.as_str(), &Buttons::Inline(vec![vec![button]])).await
}
