//! `rollcall bots`: the bots that one program runs.

use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    Session, ask,
    failure::Failure,
    out,
    rows::{ListFormat, Rows},
    secrets,
    session::wait_for,
};
use crate::{
    config::{BotConfig, Gathered, is_name, looks_like_a_token, token_setting},
    domain::{event::Place, ids::ChatId, state::State, work::Buttons},
    secrets::{Cupboard, Origin, Shelf, keyring::SystemKeyring},
    telegram::{CallError, Reaction, Wire},
    text::html::Html,
};

/// What to do with bots.
#[derive(Debug, clap::Subcommand)]
pub(super) enum BotsCommand {
    /// Keep a bot's token sealed; it is asked for, or read from standard input
    Add(AddArgs),
    /// Show the bots that run here, and how many groups each counts
    List {
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Forget a bot's token
    Remove {
        /// What it is called
        name: String,
    },
    /// Ask Telegram about each bot
    Status {
        /// Only this one
        name: Option<String>,
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Send a message to a chat, and say what went wrong
    Test(TestArgs),
}

/// Which bot to keep, and where.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// What to call it, such as north: small letters, digits and _
    name: String,
    /// In the system's keyring instead of the file that a passphrase seals
    #[arg(long)]
    keyring: bool,
}

/// What to send where.
#[derive(Debug, clap::Args)]
pub(super) struct TestArgs {
    /// Which bot
    name: String,
    /// The chat's id: a group's, or that of a person who has started the bot
    #[arg(long, allow_hyphen_values = true)]
    chat: i64,
    /// What to send
    #[arg(long, default_value = "This is a test.")]
    text: String,
}

/// Commands that need nothing but the place where secrets are kept: other settings may have mistakes.
pub(super) fn keep(env_file: Option<&Path>, data_dir: Option<&Path>, command: &BotsCommand) -> Option<Result<(), Failure>> {
    match command {
        BotsCommand::Add(args) => Some(add(env_file, data_dir, args)),
        BotsCommand::Remove { name } => Some(remove(env_file, data_dir, name)),
        BotsCommand::List { .. } | BotsCommand::Status { .. } | BotsCommand::Test(_) => None,
    }
}

/// The others.
pub(super) fn run(session: &Session, command: &BotsCommand) -> Result<(), Failure> {
    match command {
        BotsCommand::List { format } => list(session, *format),
        BotsCommand::Status { name, format } => status(session, name.as_deref(), *format),
        BotsCommand::Test(args) => test(session, args),
        BotsCommand::Add(_) | BotsCommand::Remove { .. } => Ok(()),
    }
}

fn add(env_file: Option<&Path>, data_dir: Option<&Path>, args: &AddArgs) -> Result<(), Failure> {
    let name = args.name.to_lowercase();
    if !is_name(&name) {
        return Err(Failure::Refused(format!("a bot can't be called {name:?}; use up to 20 letters a-z, digits and _")));
    }
    let gathered = Gathered::from_env(env_file, data_dir)?;
    let shelf = if args.keyring { Shelf::Keyring } else { Shelf::File };
    secrets::keep(&gathered, &token_setting(&name), shelf, || {
        let token = wait_for(ask::hidden(&format!("The token of {name}, from @BotFather:")))?;
        let is_token = token.expose_secret().is_empty() || looks_like_a_token(token.expose_secret());
        let refuse = || {
            Failure::Refused(
                "this doesn't look like a token (digits, a colon, 35 letters): copy it again from @BotFather".to_owned(),
            )
        };
        is_token.then_some(token).ok_or_else(refuse)
    })?;
    let listed = gathered.given.get("BOTS").map(|bots| bots.to_lowercase()).filter(|bots| !bots.trim().is_empty());
    if listed.is_some_and(|bots| !bots.split([',', ' ', ';']).any(|listed| listed == name)) {
        out::talk(&format!("BOTS doesn't name it: add {name} there, or it will not run."));
    }
    out::talk("It runs from the next start on.");
    Ok(())
}

fn remove(env_file: Option<&Path>, data_dir: Option<&Path>, name: &str) -> Result<(), Failure> {
    let gathered = Gathered::from_env(env_file, data_dir)?;
    let setting = token_setting(&name.to_lowercase());
    if let Some(origin @ (Origin::Environment | Origin::EnvFile)) = gathered.origins.get(&setting) {
        return Err(Failure::Refused(format!("{setting} is set in {origin}: delete it there")));
    }
    let keyring = SystemKeyring::of(&gathered.data_dir);
    let passphrase = crate::secrets::passphrase(&gathered.given).map_err(Failure::Refused)?;
    if !Cupboard::new(&gathered.data_dir, passphrase, &keyring).remove(&setting)? {
        return Err(Failure::Refused(format!("there is no bot {name}; `rollcall bots list` shows those that there are")));
    }
    out::data(&format!(
        "The token of {name} is forgotten. From the next start on its groups are the main bot's, where that is in them."
    ))?;
    Ok(())
}

fn list(session: &Session, format: ListFormat) -> Result<(), Failure> {
    let reader = session.read().ok();
    let nothing = State::default();
    let state = reader.as_ref().map_or(&nothing, |reader| reader.state());
    let bots = session.config.rules().bots;
    let mut rows = Rows::new(&["name", "id", "username", "groups", "token_from", "state"]);
    for bot in &session.config.bots {
        let info = state.bots.get(&bot.id());
        let groups = state.groups.values().filter(|group| bots.given(group.bot) == bot.id()).count();
        let origin =
            session.config.origins.get(&token_setting(&bot.name)).map_or_else(|| "settings".to_owned(), ToString::to_string);
        let condition = match info.map(|info| info.stopped) {
            None => "never connected",
            Some(None) => "known",
            Some(Some(_)) => "token not valid",
        };
        rows.push([
            json!(bot.name),
            json!(bot.id()),
            json!(info.map(|info| &info.username)),
            json!(groups),
            json!(origin),
            json!(condition),
        ]);
    }
    rows.print(format, "No bots yet. `rollcall bots add main` asks for the token of one.")?;
    Ok(())
}

fn status(session: &Session, name: Option<&str>, format: ListFormat) -> Result<(), Failure> {
    let asked = match name {
        Some(name) => vec![find(session, name)?],
        None => session.config.bots.iter().collect(),
    };
    let mut rows = Rows::new(&["name", "username", "privacy_mode", "webhook", "waiting", "trouble"]);
    let mut is_well = true;
    for bot in asked {
        let wire = wire(session, bot)?;
        let (me, hook) = wait_for(async { (wire.get_me().await, wire.get_webhook_info().await) });
        let trouble = match (&me, &hook) {
            (Err(error), _) | (_, Err(error)) => Some(advice(error)),
            (Ok(_), Ok(hook)) => hook.last_error_message.clone().filter(|_| hook.pending_update_count > 0),
        };
        is_well &= trouble.is_none();
        let hook = hook.ok();
        rows.push([
            json!(bot.name),
            json!(me.as_ref().ok().map(|me| &me.username)),
            json!(me.as_ref().ok().map(|me| if me.can_read_all_group_messages { "off" } else { "on" })),
            json!(hook.as_ref().map(|hook| &hook.url).filter(|url| !url.is_empty())),
            json!(hook.as_ref().map(|hook| hook.pending_update_count)),
            json!(trouble),
        ]);
    }
    rows.print(format, "No bots yet. `rollcall bots add main` asks for the token of one.")?;
    if is_well { Ok(()) } else { Err(Failure::Unhealthy) }
}

fn test(session: &Session, args: &TestArgs) -> Result<(), Failure> {
    let bot = find(session, &args.name)?;
    let wire = wire(session, bot)?;
    let to = Place { chat: ChatId(args.chat), topic: None };
    let sent = wait_for(wire.send_message(to, None, Html::text(&args.text).as_str(), &Buttons::None));
    match sent {
        Ok(sent) => Ok(out::data(&format!("Sent: message {} in chat {}.", sent.message_id, args.chat))?),
        Err(error) => Err(Failure::Refused(format!("it wasn't sent. {}", advice(&error)))),
    }
}

fn find<'a>(session: &'a Session, name: &str) -> Result<&'a BotConfig, Failure> {
    let bots = &session.config.bots;
    bots.iter().find(|bot| bot.name == name.to_lowercase()).ok_or_else(|| {
        let names: Vec<&str> = bots.iter().map(|bot| bot.name.as_str()).collect();
        let known = if names.is_empty() { "none yet".to_owned() } else { names.join(", ") };
        Failure::Refused(format!("there is no bot {name}; there is: {known}"))
    })
}

fn wire(session: &Session, bot: &BotConfig) -> Result<Wire, Failure> {
    let config = &session.config;
    let token: SecretString = bot.token.clone();
    Wire::new(token, config.api_url.clone(), &config.proxy, config.call_timeout)
        .map_err(|why| Failure::Refused(format!("{why}; mend PROXY_URL")))
}

/// What an error means for whoever sends by hand.
fn advice(error: &CallError) -> String {
    let what_to_do = match error.reaction() {
        Reaction::Unauthorized => "The token is not valid (any more): take the current one from @BotFather.".to_owned(),
        Reaction::Unreachable => {
            "The bot isn't in that group or may not write there, or the person never started it or blocked it.".to_owned()
        }
        Reaction::Migrated(chat) => format!("The group has become a supergroup: its id is {chat} now."),
        Reaction::Wait(pause) => format!("Telegram asks for a pause of {} seconds.", pause.as_secs()),
        Reaction::Retry => "Try again; if it stays so, look at the network, PROXY_URL and TELEGRAM_API_URL.".to_owned(),
        Reaction::Fine
        | Reaction::MessageGone
        | Reaction::TooLate
        | Reaction::OtherPoller
        | Reaction::WebhookSet
        | Reaction::Refused => "Look at the chat's id: a group's begins with a minus.".to_owned(),
    };
    format!("{error}. {what_to_do}")
}
