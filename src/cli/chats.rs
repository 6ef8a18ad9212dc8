//! `rollcall chats`: the chats that bots are in.

use std::{
    thread,
    time::{Duration, Instant},
};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::{
    Session,
    bar::Bar,
    failure::Failure,
    out,
    rows::{ListFormat, Rows},
};
use crate::{
    chats::{Filter, Row, Sums, rows, still_wanted},
    domain::{
        ids::{BotId, ChatId},
        period::local_day,
        state::State,
    },
    orders::{Order, Refusal},
    store::Store,
    web::api::chat_answers::{bot_sums, chat_stats, sums, type_sums},
};

/// One chat takes a second and a little; a bot that has to wait, longer.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What to show of which chats.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ChatsArgs {
    #[command(subcommand)]
    command: Option<ChatsCommand>,
    /// The chats of all bots, which is usual
    #[arg(long, conflicts_with_all = ["bot_id", "bot_name"])]
    all_bots: bool,
    /// Only those of the bot with this id
    #[arg(long, value_name = "ID", conflicts_with = "bot_name")]
    bot_id: Option<i64>,
    /// Only those of the bot that is called so, here or at Telegram
    #[arg(long, value_name = "NAME")]
    bot_name: Option<String>,
    /// Only this chat
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    chat_id: Option<i64>,
    /// Have the running bot ask Telegram first
    #[arg(long)]
    refresh: bool,
    /// As what to print
    #[arg(long, value_enum, default_value_t)]
    format: ChatsFormat,
}

/// What else to do with chats.
#[derive(Debug, Subcommand)]
enum ChatsCommand {
    /// Delete what is known of a chat that no bot is in any more
    Forget {
        /// The chat's id
        #[arg(value_name = "CHAT_ID", allow_hyphen_values = true)]
        chat: i64,
    },
}

/// As what chats are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ChatsFormat {
    /// Aligned columns, for people
    #[default]
    Table,
    /// Everything, as REST sends it
    Json,
    /// Sums by type and by bot
    Summary,
    /// Comma-separated values with a header
    Csv,
}

/// Carries the command out.
pub(super) fn run(session: &Session, args: &ChatsArgs) -> Result<(), Failure> {
    if let Some(ChatsCommand::Forget { chat }) = &args.command {
        return session.order(&Order::ForgetChat { chat: ChatId(*chat) });
    }
    let mut reader = session.read()?;
    let bot = bot(session, reader.state(), args)?;
    let chat = args.chat_id.map(|chat| reader.state().current_id(ChatId(chat)));
    if args.refresh {
        refresh(session, chat)?;
        reader = session.read()?;
    }
    let state = reader.state();
    let today = local_day(session.config.zone, session.now());
    let found = rows(state, &session.config.rules(), today, &Filter { bot, chat, kind: None });
    if let (Some(chat), true) = (chat, found.is_empty()) {
        return Err(Refusal::UnknownChat(chat).into());
    }
    match args.format {
        ChatsFormat::Table => list(&found, state).print(ListFormat::Table, NOTHING)?,
        ChatsFormat::Csv => list(&found, state).print(ListFormat::Csv, "")?,
        ChatsFormat::Json => out::data(&everything(&found, state))?,
        ChatsFormat::Summary => summary(&found, state)?,
    }
    Ok(())
}

const NOTHING: &str = "No chats yet. Add the bot to one; while it runs, it learns of it.";

/// The bot that was named.
fn bot(session: &Session, state: &State, args: &ChatsArgs) -> Result<Option<BotId>, Failure> {
    // Without any, it is as with `--all-bots`.
    let _ = args.all_bots;
    let known = || session.config.bots.iter().map(|bot| (bot.id(), bot.name.clone()));
    let wanted = |id: BotId, name: &str| {
        let username = state.bots.get(&id).map(|info| info.username.to_lowercase()).unwrap_or_default();
        match (args.bot_id, &args.bot_name) {
            (Some(asked), _) => id.0 == asked,
            (None, Some(asked)) => [name, username.as_str()].contains(&asked.trim_start_matches('@').to_lowercase().as_str()),
            (None, None) => false,
        }
    };
    if args.bot_id.is_none() && args.bot_name.is_none() {
        return Ok(None);
    }
    let found = known().find(|(id, name)| wanted(*id, name)).map(|(id, _)| id);
    // A bot of before is known by its number alone.
    let before = args.bot_id.map(BotId).filter(|bot| state.bots.contains_key(bot));
    found.or(before).map(Some).ok_or_else(|| {
        let all = known().map(|(id, name)| format!("\n  {id} {name}")).collect::<String>();
        Failure::Refused(format!("there is no such bot; there are:{all}"))
    })
}

/// Has the running bot ask Telegram, and waits for it.
fn refresh(session: &Session, chat: Option<ChatId>) -> Result<(), Failure> {
    match Store::open_at(&session.config.home(), session.clock()) {
        Ok(_) => {
            let why = "only the running bot asks Telegram, and none runs on this directory; start it, or leave --refresh out";
            return Err(Failure::Refused(why.to_owned()));
        }
        Err(why) if why.is_taken() => {}
        Err(why) => return Err(why.into()),
    }
    session.order_aside(&Order::RefreshChats { chat })?;
    let (bar, mut since, mut left_before, mut total) = (Bar::new("chats"), Instant::now(), None, 0);
    loop {
        let reader = session.read()?;
        let left = still_wanted(reader.state(), chat);
        if left == 0 {
            return Ok(());
        }
        total = total.max(left);
        // As long as it goes on, it is worth waiting.
        if left_before != Some(left) {
            (since, left_before) = (Instant::now(), Some(left));
        }
        if since.elapsed() > PATIENCE {
            out::talk("Telegram hasn't answered about all of it yet; what follows is what is known so far.");
            return Ok(());
        }
        bar.reach((total - left) as u64, total as u64);
        thread::sleep(LOOK_EVERY);
    }
}

const COLUMNS: [&str; 13] = [
    "id",
    "title",
    "type",
    "username",
    "members",
    "growth_7",
    "growth_30",
    "joined_7",
    "left_7",
    "administrators",
    "bots",
    "refreshed",
    "state",
];

fn list(found: &[Row], state: &State) -> Rows {
    let mut rows = Rows::new(&COLUMNS);
    for row in found {
        let known = &row.known;
        let bots = known.bots.iter().map(|place| format!("{} ({})", state.bot_name(place.bot), place.role.key()));
        rows.push([
            json!(row.chat),
            json!(known.title),
            json!(known.kind.key()),
            json!(known.username.as_ref().map(|username| format!("@{username}"))),
            json!(known.members),
            signed(row.week.growth),
            signed(row.month.growth),
            json!(row.week.joined),
            json!(row.week.left),
            json!(known.administrators.as_ref().map(Vec::len)),
            json!(bots.collect::<Vec<_>>()),
            json!(known.looked.map(|at| at.format("%Y-%m-%d %H:%MZ").to_string())),
            json!(condition(row)),
        ]);
    }
    rows
}

/// "+3", so that it can't be taken for a number of members.
fn signed(growth: Option<i64>) -> Value {
    growth.map_or(Value::Null, |growth| json!(format!("{growth:+}")))
}

/// How a chat is, in a few words.
fn condition(row: &Row) -> String {
    match (row.known.left(), &row.known.failed, row.known.looked) {
        (Some(left), ..) => format!("left on {}", left.date_naive()),
        (None, Some(failed), _) => failed.why.clone(),
        (None, None, Some(_)) => "fine".to_owned(),
        (None, None, None) => "not asked yet".to_owned(),
    }
}

fn everything(found: &[Row], state: &State) -> String {
    let all = json!({
        "sums": sums(&Sums::of(found)),
        "by_type": type_sums(found),
        "by_bot": bot_sums(found, state),
        "chats": found.iter().map(|row| chat_stats(row, state)).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&all).expect("values are JSON")
}

fn summary(found: &[Row], state: &State) -> Result<(), Failure> {
    let mut rows = Rows::new(&[
        "of",
        "chats",
        "members",
        "average",
        "largest",
        "growth_7",
        "growth_30",
        "joined_7",
        "left_7",
        "failed",
        "gone",
    ]);
    let mut add = |of: String, sums: &Sums| {
        rows.push([
            json!(of),
            json!(sums.chats),
            json!(sums.members),
            json!(sums.average()),
            json!(sums.largest),
            signed(sums.week),
            signed(sums.month),
            json!(sums.joined),
            json!(sums.left),
            json!(sums.failed),
            json!(sums.gone),
        ]);
    };
    for (kind, sums) in Sums::by_kind(found) {
        add(kind.key().to_owned(), &sums);
    }
    for bot in bot_sums(found, state) {
        let bot = BotId(bot.bot_id);
        let here = found.iter().filter(|row| row.known.place(bot).is_some_and(|place| place.gone_since.is_none()));
        add(state.bot_name(bot), &Sums::of(here));
    }
    add("all".to_owned(), &Sums::of(found));
    rows.print(ListFormat::Table, NOTHING)?;
    Ok(())
}
