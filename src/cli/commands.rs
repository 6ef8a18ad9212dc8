//! `rollcall commands …`

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal, Read},
};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{
    Session,
    failure::Failure,
    out,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{
        commands::{Answers, Body, CommandName, Custom, NoCommandName},
        ids::BotId,
        lang::Lang,
        period::local_day,
    },
    orders::{
        Order,
        commands::{By, Definition, Edit},
    },
};

/// What to do with the commands that people give the bot.
#[derive(Debug, Subcommand)]
pub(super) enum CommandsCommand {
    /// Show all commands that were defined, and how often they are used
    List {
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Define a command
    Add {
        /// Its name, without the slash
        name: String,
        #[command(flatten)]
        said: Said,
        /// Define it without letting it answer yet
        #[arg(long)]
        disabled: bool,
    },
    /// Change a command; what isn't named stays
    Edit {
        /// Its name
        name: String,
        #[command(flatten)]
        said: Said,
        /// By every bot again
        #[arg(long, conflicts_with = "bot")]
        every_bot: bool,
    },
    /// Let a command answer
    Enable {
        /// Its name
        name: String,
    },
    /// Don't let a command answer, for now
    Disable {
        /// Its name
        name: String,
    },
    /// Put a command at a place in lists; 1 is the first
    Order {
        /// Its name
        name: String,
        /// The place
        #[arg(value_parser = clap::value_parser!(u32).range(1..))]
        place: u32,
    },
    /// Delete a command with its figures
    Remove {
        /// Its name
        name: String,
    },
    /// Say what /contact answers; without a text: show it
    Contact {
        /// The text, or - to read it from the input
        text: Option<String>,
        /// The usual words again
        #[arg(long, conflicts_with = "text")]
        usual: bool,
    },
}

/// What a command says.
#[derive(Debug, Args)]
pub(super) struct Said {
    /// What lists say of it: "The school bus", or with a language "uz=Maktab avtobusi"; again for other languages
    #[arg(long = "description", value_name = "[LANG=]TEXT")]
    descriptions: Vec<String>,
    /// What it answers ({name}, {group}, {members}, {date}, {time}, {weekday} and {bot} are filled in), or - to read it from the input
    #[arg(long, conflicts_with = "feed")]
    text: Option<String>,
    /// The address of an RSS or Atom feed whose newest items it answers with
    #[arg(long, value_name = "URL")]
    feed: Option<String>,
    /// How many items of the feed: 1 to 10
    #[arg(long, requires = "feed")]
    items: Option<u8>,
    /// In which chats it answers
    #[arg(long = "in", value_enum, value_name = "WHERE")]
    place: Option<Place>,
    /// Only by this bot: its name in BOTS, its @username or its id
    #[arg(long)]
    bot: Option<String>,
}

/// In which chats a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Place {
    /// In private chats
    Private,
    /// In groups
    Groups,
    /// In both
    Both,
}

impl From<Place> for Answers {
    fn from(place: Place) -> Self {
        match place {
            Place::Private => Self::Private,
            Place::Groups => Self::Groups,
            Place::Both => Self::Both,
        }
    }
}

/// Carries the command out.
pub(super) fn run(session: &Session, command: &CommandsCommand) -> Result<(), Failure> {
    let enable = |name: &str, enabled| session.order(&Order::EnableCommand { command: named(name)?, enabled });
    match command {
        CommandsCommand::List { format } => list(session, *format),
        CommandsCommand::Add { name, said, disabled } => {
            let body = body(said)?.ok_or_else(|| Failure::Refused("a command has a --text or a --feed".to_owned()))?;
            let definition = Definition {
                descriptions: descriptions(&said.descriptions)?,
                body,
                answers: said.place.map(Answers::from).unwrap_or_default(),
                bot: said.bot.as_deref().map(|bot| a_bot(session, bot)).transpose()?,
                enabled: !disabled,
            };
            session.order(&Order::AddCommand { command: named(name)?, definition: Box::new(definition) })
        }
        CommandsCommand::Edit { name, said, every_bot } => {
            let only = said.bot.as_deref().map(|bot| a_bot(session, bot).map(By::Only)).transpose()?;
            let edit = Edit {
                descriptions: descriptions(&said.descriptions)?,
                body: body(said)?,
                answers: said.place.map(Answers::from),
                by: if *every_bot { Some(By::Every) } else { only },
            };
            session.order(&Order::EditCommand { command: named(name)?, edit: Box::new(edit) })
        }
        CommandsCommand::Enable { name } => enable(name, true),
        CommandsCommand::Disable { name } => enable(name, false),
        CommandsCommand::Order { name, place } => session.order(&Order::MoveCommand { command: named(name)?, place: place - 1 }),
        CommandsCommand::Remove { name } => session.order(&Order::RemoveCommand { command: named(name)? }),
        CommandsCommand::Contact { text: None, usual: false } => {
            let reader = session.read()?;
            match &reader.state().commands.contact {
                Some(text) => out::data(text)?,
                None => out::talk("/contact says the usual words."),
            }
            Ok(())
        }
        CommandsCommand::Contact { text, .. } => {
            let text = text.as_deref().map(from_input).transpose()?;
            session.order(&Order::SetContact { text })
        }
    }
}

fn named(name: &str) -> Result<CommandName, Failure> {
    name.parse().map_err(|why: NoCommandName| Failure::Refused(format!("{name:?}: {why}")))
}

fn from_input(text: &str) -> Result<String, Failure> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    if io::stdin().is_terminal() {
        out::talk("Write the text; end it with Ctrl+D.");
    }
    let mut read = String::new();
    io::stdin().read_to_string(&mut read).map_err(|why| Failure::Refused(format!("the input can't be read: {why}")))?;
    Ok(read)
}

fn body(said: &Said) -> Result<Option<Body>, Failure> {
    if let Some(url) = &said.feed {
        return Ok(Some(Body::Feed { url: url.clone(), items: said.items.unwrap_or(Custom::USUAL_ITEMS) }));
    }
    said.text.as_deref().map(|text| from_input(text).map(Body::Text)).transpose()
}

/// Without a language in front it is English.
fn descriptions(given: &[String]) -> Result<BTreeMap<Lang, String>, Failure> {
    let read = |text: &String| match text.split_once('=') {
        Some((code, rest)) if code.len() == 2 && code.bytes().all(|c| c.is_ascii_lowercase()) => {
            let lang = Lang::ALL.into_iter().find(|lang| lang.code() == code);
            let lang = lang.ok_or_else(|| Failure::Refused(format!("{code:?} is no language; choose en, uz or ru")))?;
            Ok((lang, rest.to_owned()))
        }
        Some(_) | None => Ok((Lang::En, text.clone())),
    };
    given.iter().map(read).collect()
}

fn a_bot(session: &Session, text: &str) -> Result<BotId, Failure> {
    let reader = session.read()?;
    let wanted = text.trim_start_matches('@');
    let is_it = |(id, info): &(&BotId, &crate::domain::bots::BotInfo)| {
        id.to_string() == wanted || info.name == wanted || info.username.eq_ignore_ascii_case(wanted)
    };
    let found = reader.state().bots.iter().find(is_it).map(|(id, _)| *id);
    found.ok_or_else(|| Failure::Refused(format!("there is no bot {text}; `rollcall bots list` shows all")))
}

fn list(session: &Session, format: ListFormat) -> Result<(), Failure> {
    let reader = session.read()?;
    let (state, today) = (reader.state(), local_day(session.config.zone, session.now()));
    let mut rows = Rows::new(&["name", "description", "answers", "bot", "enabled", "says", "today", "days_7", "days_30"]);
    for (name, custom) in state.commands.ordered() {
        let says = match &custom.body {
            Body::Text(text) => text.lines().next().unwrap_or_default().to_owned(),
            Body::Feed { url, items } => format!("{url} ({items})"),
        };
        let used = |days| json!(state.commands.used_lately(name, today, days));
        rows.push([
            json!(format!("/{name}")),
            json!(custom.description(Lang::En)),
            json!(custom.answers.name()),
            json!(custom.bot.map(|bot| state.bot_name(bot))),
            json!(custom.enabled),
            json!(says),
            used(1),
            used(7),
            used(30),
        ]);
    }
    rows.print(format, "No commands are defined; `rollcall commands add` defines one.")?;
    Ok(())
}
