//! Which bot counts in a group where there are several: exactly one, until an admin says that it is another.

use crate::{
    admin::{Desk, Order, Press},
    domain::{
        change::{Change, Outcome},
        event::Presence,
        ids::{BotId, ChatId},
        lang::Lang,
        registry::{Group, Standing},
        work::{Button, ButtonAction},
    },
    text::button,
};

/// A bot came to, or left, a group that is another's: nothing is counted by it.
pub(super) fn also(desk: &Desk<'_>, chat: ChatId, presence: Presence) -> Outcome {
    let known = desk.state.also_in.get(&chat).and_then(|bots| bots.get(&desk.rules.bot));
    let now = match presence {
        Presence::Gone => None,
        Presence::Member | Presence::Administrator => Some(Standing {
            administrator: presence == Presence::Administrator,
            since: known.and_then(|known| known.since).or(Some(desk.now)),
            ..Standing::default()
        }),
    };
    let mut outcome = Outcome::nothing();
    if known != now.as_ref() {
        outcome.set(Change::AlsoIn(chat, desk.rules.bot, now));
    }
    outcome
}

/// A message seen by a bot in a group that is another's says that it is there.
pub(super) fn noticed(desk: &Desk<'_>, chat: ChatId) -> Outcome {
    let is_known = desk.state.also_in.get(&chat).is_some_and(|bots| bots.contains_key(&desk.rules.bot));
    if is_known { Outcome::nothing() } else { also(desk, chat, Presence::Member) }
}

/// The other bots in a group: each could count there instead.
pub fn instead<'a>(desk: &Desk<'a>, chat: ChatId) -> impl Iterator<Item = BotId> + use<'a> {
    let all = &desk.rules.bots.all;
    desk.state.also_in.get(&chat).into_iter().flat_map(|bots| bots.keys()).filter(|bot| all.contains(bot)).copied()
}

/// Lets a bot count in a group.
pub fn button(desk: &Desk<'_>, chat: ChatId, bot: BotId, lang: Lang) -> Button {
    let press = Press::Do(Order::CountBy { chat, bot });
    Button { label: button::count_by(&desk.state.bot_name(bot), lang), action: ButtonAction::Press(press.encode()) }
}

/// Another bot counts in a group from now on, where it is. What was assigned there goes on, or goes on again.
pub fn count_by(desk: &Desk<'_>, group: &Group, bot: BotId) -> Outcome {
    let mut outcome = Outcome::nothing();
    let (chat, bots) = (group.chat_id, &desk.rules.bots);
    let before = bots.given(group.bot);
    let Some(there) = desk.state.also_in.get(&chat).and_then(|bots| bots.get(&bot)).filter(|_| before != bot) else {
        return outcome;
    };
    let was_there = desk.state.standings.get(&chat).filter(|standing| standing.since.is_some());
    outcome.set(Change::AlsoIn(chat, before, was_there.cloned()));
    outcome.set(Change::AlsoIn(chat, bot, None));
    outcome.set(Change::Standing(chat, Some(there.clone())));
    let theirs = Group { bot: bots.remembered(bot), gone_since: None, ..group.clone() };
    outcome.set(Change::Group(chat, Some(Box::new(theirs))));
    if group.gone_since.is_some() {
        super::unpark(desk, chat, &mut outcome);
    }
    outcome
}
