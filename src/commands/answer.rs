//! Which command answers, and with what.

use super::placeholder::{Values, fill};
use crate::{
    admin::Desk,
    domain::{
        change::Outcome,
        commands::{Body, CommandName, Custom, Setting},
        event::Place,
        ids::MessageId,
        lang::Lang,
        work::{Buttons, Work},
    },
    text::html::Html,
};

/// Somebody who gives a command.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Where to answer.
    pub to: Place,
    /// In a group: the message to reply to.
    pub reply_to: Option<MessageId>,
    /// What the person is called.
    pub name: &'a str,
    /// The group's title.
    pub group: Option<&'a str>,
    /// In which language.
    pub lang: Lang,
}

/// What a word comes to: an answer, which counts as a use. `None`: no command of that name answers here.
pub fn given(desk: &Desk<'_>, word: &str, asked: &Asked<'_>) -> Option<Outcome> {
    let name: CommandName = word.parse().ok()?;
    let setting = if asked.group.is_some() { Setting::Group } else { Setting::Private };
    let custom = desk.state.commands.custom.get(&name).filter(|custom| custom.answers_to(desk.rules.bot, setting))?;
    let mut outcome = Outcome::nothing();
    outcome.set(desk.state.commands.use_of(&name, desk.today()).into());
    outcome.order(answer(desk, &name, custom, asked));
    Some(outcome)
}

/// What it answers, whether it does or not.
pub fn answer(desk: &Desk<'_>, name: &CommandName, custom: &Custom, asked: &Asked<'_>) -> Work {
    let Asked { to, reply_to, lang, .. } = *asked;
    match &custom.body {
        Body::Text(text) => Work::Send { to, reply_to, html: filled(desk, text, asked).into_string(), buttons: Buttons::None },
        Body::Feed { .. } => Work::ShowFeed { command: name.clone(), to, reply_to, lang },
    }
}

/// An admin's text for whoever asks.
pub fn filled(desk: &Desk<'_>, text: &str, asked: &Asked<'_>) -> Html {
    let chat = desk.state.current_id(asked.to.chat);
    let members = asked.group.and_then(|_| desk.state.chats.known.get(&chat)?.members);
    let bot = desk.state.bot_name(desk.rules.bot);
    let (now, zone) = (desk.now, desk.rules.zone);
    fill(text, &Values { name: asked.name, group: asked.group, members, bot: &bot, now, zone, lang: asked.lang })
}
