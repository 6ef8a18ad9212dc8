//! Orders about the commands that admins define.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Order, Refusal};
use crate::{
    commands::check,
    domain::{
        audit::Actor,
        change::Outcome,
        commands::{Answers, Body, CommandChange, CommandName, Custom},
        ids::BotId,
        lang::Lang,
        state::State,
    },
};

/// What a new command is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// What lists say of it.
    pub descriptions: BTreeMap<Lang, String>,
    /// What it answers.
    pub body: Body,
    /// In which chats.
    #[serde(default)]
    pub answers: Answers,
    /// Only by this bot; `None`: by all.
    #[serde(default)]
    pub bot: Option<BotId>,
    /// Whether it answers from the beginning.
    #[serde(default = "yes")]
    pub enabled: bool,
}

/// What of a command is different from now on; what isn't named stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Edit {
    /// What lists say of it in these languages; nothing: no more in this one.
    pub descriptions: BTreeMap<Lang, String>,
    /// What it answers.
    pub body: Option<Body>,
    /// In which chats.
    pub answers: Option<Answers>,
    /// By which bot.
    pub by: Option<By>,
}

/// Who answers a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Every bot.
    Every,
    /// This one alone.
    Only(BotId),
}

fn yes() -> bool {
    true
}

/// What an order about a command changes, for whoever notes it in the log of changes elsewhere.
pub fn about_command(state: &State, now: DateTime<Utc>, actor: &Actor, order: &Order) -> Result<Outcome, Refusal> {
    let mut outcome = Outcome::nothing();
    decide(state, now, actor, order, &mut outcome)?;
    Ok(outcome)
}

/// Decides about an order that is about commands.
pub(super) fn decide(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    order: &Order,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    match order {
        Order::AddCommand { command, definition } => add(state, now, actor, command, definition, outcome),
        Order::EditCommand { command, edit } => {
            let custom = edited(state, known(state, command)?, command, edit)?;
            let is_elsewhere = state.commands.feeds.get(command).is_some_and(|feed| Some(feed.url.as_str()) != custom.feed());
            if is_elsewhere {
                outcome.set(CommandChange::Feed(command.clone(), None).into());
            }
            set(command, custom, outcome);
            Ok(format!("/{command} is changed."))
        }
        Order::EnableCommand { command, enabled } => {
            let custom = Custom { enabled: *enabled, ..known(state, command)?.clone() };
            set(command, custom, outcome);
            Ok(format!("/{command} is {}.", if *enabled { "enabled: it answers" } else { "disabled: it doesn't answer" }))
        }
        Order::MoveCommand { command, place } => moved(state, command, *place, outcome),
        Order::RemoveCommand { command } => {
            known(state, command)?;
            outcome.set(CommandChange::Custom(command.clone(), None).into());
            if state.commands.feeds.contains_key(command) {
                outcome.set(CommandChange::Feed(command.clone(), None).into());
            }
            for day in state.commands.used.get(command).into_iter().flat_map(BTreeMap::keys) {
                outcome.set(CommandChange::Used(command.clone(), *day, None).into());
            }
            Ok(format!("There is no /{command} any more."))
        }
        Order::SetContact { text } => {
            let text = text.as_deref().map(check::text).transpose()?;
            let said = if text.is_some() { "/contact says this." } else { "/contact says the usual words." };
            outcome.set(CommandChange::Contact(text).into());
            Ok(said.to_owned())
        }
        _ => unreachable!("whoever calls this has an order about commands"),
    }
}

fn known<'a>(state: &'a State, command: &CommandName) -> Result<&'a Custom, Refusal> {
    state.commands.custom.get(command).ok_or_else(|| Refusal::UnknownCommand(command.clone()))
}

fn set(command: &CommandName, custom: Custom, outcome: &mut Outcome) {
    outcome.set(CommandChange::Custom(command.clone(), Some(Box::new(custom))).into());
}

fn add(
    state: &State,
    now: DateTime<Utc>,
    actor: &Actor,
    command: &CommandName,
    definition: &Definition,
    outcome: &mut Outcome,
) -> Result<String, Refusal> {
    check::name(command)?;
    let descriptions: BTreeMap<Lang, String> = definition
        .descriptions
        .iter()
        .map(|(lang, text)| Ok((*lang, check::description(text)?)))
        .collect::<Result<_, Refusal>>()?;
    if descriptions.is_empty() {
        return Err(check::Fault::Description.into());
    }
    let place = state.commands.custom.values().map(|custom| custom.place.saturating_add(1)).max().unwrap_or(0);
    let custom = Custom {
        descriptions,
        body: check::body(&definition.body)?,
        enabled: definition.enabled,
        place,
        answers: definition.answers,
        bot: definition.bot.map(|bot| a_bot(state, bot)).transpose()?,
        made: Some(now),
        made_by: Some(actor.clone()),
    };
    let said = format!("/{command} is there; Telegram lists it at once.");
    if let Some(there) = state.commands.custom.get(command) {
        // The same order again, after a crash between its commit and its answer.
        let again = Custom { place: there.place, made: there.made, ..custom };
        return if again == *there { Ok(said) } else { Err(Refusal::CommandTaken(command.clone())) };
    }
    if state.commands.custom.len() >= Custom::MOST {
        return Err(Refusal::TooManyCommands);
    }
    set(command, custom, outcome);
    Ok(said)
}

fn a_bot(state: &State, bot: BotId) -> Result<BotId, Refusal> {
    if state.bots.contains_key(&bot) { Ok(bot) } else { Err(Refusal::UnknownBot(bot)) }
}

fn edited(state: &State, before: &Custom, command: &CommandName, edit: &Edit) -> Result<Custom, Refusal> {
    let mut custom = before.clone();
    for (lang, text) in &edit.descriptions {
        if text.trim().is_empty() {
            custom.descriptions.remove(lang);
        } else {
            custom.descriptions.insert(*lang, check::description(text)?);
        }
    }
    if custom.descriptions.is_empty() {
        return Err(Refusal::LastDescription(command.clone()));
    }
    if let Some(body) = &edit.body {
        custom.body = check::body(body)?;
    }
    custom.answers = edit.answers.unwrap_or(custom.answers);
    match edit.by {
        Some(By::Every) => custom.bot = None,
        Some(By::Only(bot)) => custom.bot = Some(a_bot(state, bot)?),
        None => {}
    }
    Ok(custom)
}

/// Puts a command at a place; the others keep their order and are numbered from 0.
fn moved(state: &State, command: &CommandName, place: u32, outcome: &mut Outcome) -> Result<String, Refusal> {
    known(state, command)?;
    let mut names: Vec<_> = state.commands.ordered().into_iter().map(|(name, _)| name).filter(|name| *name != command).collect();
    let place = usize::try_from(place).unwrap_or(usize::MAX).min(names.len());
    names.insert(place, command);
    for (at, name) in (0..).zip(names) {
        let custom = known(state, name)?;
        if custom.place != at {
            set(name, Custom { place: at, ..custom.clone() }, outcome);
        }
    }
    Ok(format!("/{command} is number {} now.", place + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::decide as order;

    fn name(word: &str) -> CommandName {
        word.parse().expect("a name")
    }

    fn text(said: &str) -> Definition {
        Definition {
            descriptions: [(Lang::En, "About it".to_owned())].into(),
            body: Body::Text(said.to_owned()),
            answers: Answers::Both,
            bot: None,
            enabled: true,
        }
    }

    fn add(word: &str) -> Order {
        Order::AddCommand { command: name(word), definition: Box::new(text("Hi {name}")) }
    }

    /// What is ordered, carried out; what is answered.
    fn does(state: &mut State, wish: &Order) -> Result<String, String> {
        let (outcome, answer) =
            order(state, chrono_tz::UTC, DateTime::UNIX_EPOCH, &Actor::Terminal, wish).map_err(|why| why.to_string())?;
        outcome.changes.into_iter().for_each(|change| state.apply(change));
        Ok(answer.text)
    }

    fn in_order(state: &State) -> Vec<&str> {
        state.commands.ordered().into_iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn an_order_that_comes_twice_is_one() {
        let mut state = State::default();
        for wish in [add("a"), add("b"), add("c"), Order::MoveCommand { command: name("c"), place: 0 }] {
            let first = does(&mut state, &wish).expect("done");
            let once = state.commands.clone();
            assert_eq!(does(&mut state, &wish), Ok(first));
            assert_eq!(state.commands, once, "{wish:?}");
        }
        assert_eq!(in_order(&state), ["c", "a", "b"]);
        does(&mut state, &Order::MoveCommand { command: name("c"), place: 99 }).expect("done");
        assert_eq!(in_order(&state), ["a", "b", "c"]);
        assert_eq!(state.audit.unwritten.len(), 5, "{:?}", state.audit);
    }

    #[test]
    fn what_can_not_be_is_refused_with_a_sentence() {
        let mut state = State::default();
        does(&mut state, &add("news")).expect("done");
        let other = |definition| Order::AddCommand { command: name("other"), definition: Box::new(definition) };
        let edit = |edit| Order::EditCommand { command: name("news"), edit: Box::new(edit) };
        let silent = Definition { descriptions: BTreeMap::new(), ..text("x") };
        let feed = Definition { body: Body::Feed { url: "ftp://a/".into(), items: 5 }, ..text("x") };
        let refused = [
            (add("start"), "built in"),
            (Order::AddCommand { command: name("news"), definition: Box::new(text("another")) }, "already"),
            (other(text("Hi {nick}")), "{nick}"),
            (other(silent), "description"),
            (other(feed), "address"),
            (other(Definition { bot: Some(BotId(5)), ..text("x") }), "bots list"),
            (edit(Edit { descriptions: [(Lang::En, String::new())].into(), ..Edit::default() }), "one language"),
            (edit(Edit { body: Some(Body::Text(" ".into())), ..Edit::default() }), "characters"),
            (Order::RemoveCommand { command: name("other") }, "commands list"),
            (Order::SetContact { text: Some("{x}".into()) }, "{x}"),
        ];
        for (wish, why) in refused {
            let said = does(&mut state, &wish).expect_err("refused");
            assert!(said.contains(why), "{wish:?}: {said}");
        }
        for n in 1..Custom::MOST {
            does(&mut state, &add(&format!("c{n}"))).expect("done");
        }
        assert!(does(&mut state, &add("more")).is_err_and(|why| why.contains("50")));
    }

    #[test]
    fn a_command_goes_with_its_figures_and_what_was_read() {
        let mut state = State::default();
        does(&mut state, &add("news")).expect("done");
        let use_of = state.commands.use_of(&name("news"), "2026-01-26".parse().expect("a day"));
        state.apply(use_of.into());
        does(&mut state, &Order::RemoveCommand { command: name("news") }).expect("done");
        assert_eq!(state.commands, crate::domain::commands::Commands::default());
    }

    #[test]
    fn orders_reach_the_daemon_whole() {
        let edit = Edit {
            descriptions: [(Lang::Uz, "Yangilik".to_owned())].into(),
            body: Some(Body::Feed { url: "https://a/".into(), items: 3 }),
            answers: Some(Answers::Groups),
            by: Some(By::Only(BotId(7))),
        };
        let edit = Order::EditCommand { command: name("news"), edit: Box::new(edit) };
        for order in [add("news"), edit, Order::SetContact { text: None }] {
            let json = serde_json::to_string(&order).expect("JSON");
            assert_eq!(serde_json::from_str::<Order>(&json).expect("reads"), order, "{json}");
        }
    }
}
