//! Chats' statistics as they are sent, and as the terminal prints them.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    chats::{Moved, Row, Sums},
    domain::{
        chats::{self, ChatKind, DayCount},
        ids::BotId,
        state::State,
    },
};

/// A chat that a bot is or was in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatStats {
    /// At Telegram.
    #[schema(example = -1001234567890_i64)]
    pub(crate) chat_id: i64,
    #[schema(example = "Grade 7-A")]
    pub(crate) title: String,
    /// `group`, `supergroup`, `forum` or `channel`.
    #[schema(example = "supergroup")]
    pub(crate) r#type: String,
    /// Without the `@`; null for private chats.
    #[schema(example = "grade7a")]
    pub(crate) username: Option<String>,
    /// Whether teachers are counted there.
    pub(crate) registered: bool,
    /// When a bot was first known to be in it: Telegram doesn't tell when a chat was made.
    pub(crate) first_seen: Option<DateTime<Utc>>,
    /// Bots included; null until Telegram was asked.
    #[schema(example = 31)]
    pub(crate) members: Option<u32>,
    /// Over the last 7 days.
    pub(crate) week: ChatChange,
    /// Over the last 30 days.
    pub(crate) month: ChatChange,
    /// The owner first; null where Telegram didn't say.
    pub(crate) administrators: Option<Vec<ChatAdministrator>>,
    /// Our bots that are or were in it.
    pub(crate) bots: Vec<ChatBot>,
    /// When Telegram last answered everything.
    pub(crate) refreshed_at: Option<DateTime<Utc>>,
    /// Since when no bot is in it any more.
    pub(crate) left_at: Option<DateTime<Utc>>,
    /// Why the last look failed; the rest is what was known before.
    pub(crate) error: Option<ChatError>,
}

/// What became of a chat over some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatChange {
    /// By how many it grew; null where nobody counted back then.
    #[schema(example = 3)]
    pub(crate) growth: Option<i64>,
    /// As far as a bot that administers the chat was told.
    #[schema(example = 4)]
    pub(crate) joined: u64,
    #[schema(example = 1)]
    pub(crate) left: u64,
}

/// Somebody who administers a chat.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatAdministrator {
    #[schema(example = 123456789)]
    pub(crate) user_id: i64,
    #[schema(example = "Ann Lee")]
    pub(crate) name: String,
    /// Without the `@`.
    pub(crate) username: Option<String>,
    /// `owner` or `administrator`.
    #[schema(example = "owner")]
    pub(crate) role: String,
    #[schema(example = "Head of studies")]
    pub(crate) custom_title: Option<String>,
    pub(crate) is_bot: bool,
    /// They write as the group.
    pub(crate) is_anonymous: bool,
}

/// A bot's own place in a chat.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatBot {
    #[schema(example = 110201543)]
    pub(crate) bot_id: i64,
    /// Without the `@`; null while Telegram wasn't reached.
    #[schema(example = "rollcall_bot")]
    pub(crate) username: Option<String>,
    /// `administrator`, `member`, `restricted` or `gone`.
    #[schema(example = "administrator")]
    pub(crate) role: String,
    /// An administrator's, without the `can_`.
    #[schema(example = json!(["manage_chat", "delete_messages"]))]
    pub(crate) rights: Vec<String>,
    pub(crate) since: Option<DateTime<Utc>>,
    pub(crate) gone_since: Option<DateTime<Utc>>,
}

/// Why a look at a chat failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatError {
    pub(crate) at: DateTime<Utc>,
    /// In Telegram's words.
    #[schema(example = "Telegram answered 400: Bad Request: chat not found")]
    pub(crate) message: String,
    /// Whether it is tried again soon by itself.
    pub(crate) passes: bool,
}

/// A chat's numbers on a local day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatDay {
    pub(crate) day: NaiveDate,
    /// Null on days on which nobody asked.
    pub(crate) members: Option<u32>,
    pub(crate) joined: u32,
    pub(crate) left: u32,
}

/// One chat with its last 30 days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneChat {
    pub(crate) chat: ChatStats,
    /// The last 30 local days, today last.
    pub(crate) days: Vec<ChatDay>,
    /// Whether Telegram hasn't answered yet: ask again in a moment.
    pub(crate) waiting: bool,
}

/// Sums over chats that a bot is in. Somebody who is in several is counted in each.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChatSums {
    #[schema(example = 12)]
    pub(crate) chats: u64,
    /// Of how many of them the members are known.
    #[schema(example = 12)]
    pub(crate) counted: u64,
    #[schema(example = 372)]
    pub(crate) members: u64,
    /// In a chat; null where none are known.
    #[schema(example = 31)]
    pub(crate) average_members: Option<u64>,
    #[schema(example = 64)]
    pub(crate) largest: u32,
    pub(crate) growth_7_days: Option<i64>,
    pub(crate) growth_30_days: Option<i64>,
    pub(crate) joined_7_days: u64,
    pub(crate) left_7_days: u64,
    /// Of how many the last look failed.
    pub(crate) failed: u64,
    /// Chats that every bot left; in no other number.
    pub(crate) gone: u64,
}

/// The sums of one type.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TypeSums {
    /// `group`, `supergroup`, `forum` or `channel`.
    #[schema(example = "supergroup")]
    pub(crate) r#type: String,
    pub(crate) sums: ChatSums,
}

/// The sums of one bot. A chat with several bots is in each one's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BotSums {
    #[schema(example = 110201543)]
    pub(crate) bot_id: i64,
    #[schema(example = "rollcall_bot")]
    pub(crate) username: Option<String>,
    pub(crate) sums: ChatSums,
}

/// The chats of all bots, or of one.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllChats {
    /// Over everything that is asked for, not this page alone.
    pub(crate) sums: ChatSums,
    pub(crate) by_type: Vec<TypeSums>,
    pub(crate) by_bot: Vec<BotSums>,
    /// A page of them, by id.
    pub(crate) chats: Vec<ChatStats>,
    /// For `after`; null on the last page.
    pub(crate) next: Option<String>,
    /// Whether Telegram hasn't answered about all yet: ask again in a moment.
    pub(crate) waiting: bool,
}

/// All chats in a few numbers, for an overview beside other networks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SocialStats {
    #[schema(example = "telegram")]
    pub(crate) platform: String,
    /// The program's clock.
    pub(crate) now: DateTime<Utc>,
    pub(crate) sums: ChatSums,
    pub(crate) by_type: Vec<TypeSums>,
    /// The ten with the most members.
    pub(crate) largest: Vec<ChatStats>,
    /// Whether Telegram hasn't answered about all yet: ask again in a moment.
    pub(crate) waiting: bool,
}

/// A chat as it is sent.
pub(crate) fn chat_stats(row: &Row, state: &State) -> ChatStats {
    let known = &row.known;
    ChatStats {
        chat_id: row.chat.0,
        title: known.title.clone(),
        r#type: known.kind.key().to_owned(),
        username: known.username.clone(),
        registered: row.is_registered,
        first_seen: known.first_seen,
        members: known.members,
        week: change(&row.week),
        month: change(&row.month),
        administrators: known.administrators.as_ref().map(|all| all.iter().map(administrator).collect()),
        bots: known.bots.iter().map(|place| bot(place, state)).collect(),
        refreshed_at: known.looked,
        left_at: known.left(),
        error: known.failed.as_ref().map(|failed| ChatError {
            at: failed.at,
            message: failed.why.clone(),
            passes: failed.passes,
        }),
    }
}

fn change(moved: &Moved) -> ChatChange {
    ChatChange { growth: moved.growth, joined: moved.joined, left: moved.left }
}

fn administrator(one: &chats::Administrator) -> ChatAdministrator {
    ChatAdministrator {
        user_id: one.user.0,
        name: one.name.clone(),
        username: one.username.clone(),
        role: if one.owner { "owner" } else { "administrator" }.to_owned(),
        custom_title: one.title.clone(),
        is_bot: one.bot,
        is_anonymous: one.anonymous,
    }
}

fn bot(place: &chats::BotPlace, state: &State) -> ChatBot {
    ChatBot {
        bot_id: place.bot.0,
        username: username(place.bot, state),
        role: place.role.key().to_owned(),
        rights: place.rights.iter().map(|right| right.key().to_owned()).collect(),
        since: place.since,
        gone_since: place.gone_since,
    }
}

fn username(bot: BotId, state: &State) -> Option<String> {
    state.bots.get(&bot).map(|info| info.username.clone())
}

/// Sums as they are sent.
pub(crate) fn sums(sums: &Sums) -> ChatSums {
    ChatSums {
        chats: sums.chats,
        counted: sums.counted,
        members: sums.members,
        average_members: sums.average(),
        largest: sums.largest,
        growth_7_days: sums.week,
        growth_30_days: sums.month,
        joined_7_days: sums.joined,
        left_7_days: sums.left,
        failed: sums.failed,
        gone: sums.gone,
    }
}

/// The sums of each type.
pub(crate) fn type_sums(rows: &[Row]) -> Vec<TypeSums> {
    let of = |(kind, of): (ChatKind, Sums)| TypeSums { r#type: kind.key().to_owned(), sums: sums(&of) };
    Sums::by_kind(rows).into_iter().map(of).collect()
}

/// The sums of each bot that is in one of the chats, by its id.
pub(crate) fn bot_sums(rows: &[Row], state: &State) -> Vec<BotSums> {
    let mut bots: Vec<BotId> = rows.iter().flat_map(|row| row.known.bots.iter().map(|place| place.bot)).collect();
    bots.sort_unstable();
    bots.dedup();
    let is_here = |row: &&Row, bot| row.known.place(bot).is_some_and(|place| place.gone_since.is_none());
    let of = |bot: BotId| BotSums {
        bot_id: bot.0,
        username: username(bot, state),
        sums: sums(&Sums::of(rows.iter().filter(|row| is_here(row, bot)))),
    };
    bots.into_iter().map(of).collect()
}

/// A day as it is sent.
pub(crate) fn chat_day((day, count): (NaiveDate, DayCount)) -> ChatDay {
    ChatDay { day, members: count.members(), joined: count.joined, left: count.left }
}
