//! Statistics of the chats that bots are in, under the paths of the platform before this one.

use std::time::Duration;

use super::{
    call::{Answer, Call, ok},
    chat_answers::{AllChats, OneChat, SocialStats, bot_sums, chat_day, chat_stats, sums, type_sums},
    problem::Problem,
    telegram,
};
use crate::{
    chats::{Filter, Row, Sums, rows, series},
    domain::{
        chats::ChatKind,
        ids::{BotId, ChatId},
        state::State,
    },
    orders::Order,
};

/// Who asks for fresh numbers waits so long for them at most; then they get what there is, and are told so.
const PATIENCE: Duration = Duration::from_secs(15);
/// Days of one chat.
const DAYS: u64 = 30;
/// Chats in the overview.
const LARGEST: usize = 10;

/// `GET /telegram/bot/{bot_id}/chat/{chat_id}/stats/`
pub(super) async fn one(call: Call) -> Answer {
    let bot = telegram::bot(&call)?.id();
    let chat: ChatId = call.id("chat_id")?;
    let filter = Filter { bot: Some(bot), chat: Some(call.read(|state| state.current_id(chat))), kind: None };
    let missing = || {
        Problem::not_found(format!(
            "The bot {bot} knows no chat {chat}; /telegram/bot/{bot}/chats/stats/ has those that it does."
        ))
    };
    if look(&call, &filter, |_, rows| rows.is_empty()) {
        return Err(missing());
    }
    let waiting = refreshed(&call, filter.chat).await?;
    let today = call.today();
    let found = look(&call, &filter, |state, rows| {
        let row = rows.first()?;
        let days = series(&state.chats, row.chat, today, DAYS).into_iter().map(chat_day).collect();
        Some(OneChat { chat: chat_stats(row, state), days, waiting })
    });
    ok(&found.ok_or_else(missing)?)
}

/// `GET /telegram/bot/{bot_id}/chats/stats/`
pub(super) async fn of_bot(call: Call) -> Answer {
    let bot = telegram::bot(&call)?.id();
    all_of(&call, Some(bot)).await
}

/// `GET /telegram/channel-stats/`
pub(super) async fn of_all(call: Call) -> Answer {
    all_of(&call, None).await
}

async fn all_of(call: &Call, bot: Option<BotId>) -> Answer {
    let limit = call.limit()?;
    let after = call.parsed::<ChatId>("after", "the `next` of a page of chats")?;
    let kind = call.asked("type").map(kind).transpose()?;
    let waiting = refreshed(call, None).await?;
    let found = look(call, &Filter { bot, kind, chat: None }, |state, rows| {
        let (total, by_type, by_bot) = (sums(&Sums::of(rows)), type_sums(rows), bot_sums(rows, state));
        let mut page: Vec<&Row> = rows.iter().filter(|row| after.is_none_or(|after| row.chat > after)).collect();
        page.sort_by_key(|row| row.chat);
        let next = page.get(limit).and(page.get(limit - 1)).map(|last| last.chat.to_string());
        let chats = page.into_iter().take(limit).map(|row| chat_stats(row, state)).collect();
        AllChats { sums: total, by_type, by_bot, chats, next, waiting }
    });
    ok(&found)
}

/// `GET /studio/social/telegram-stats/`
pub(super) async fn social(call: Call) -> Answer {
    let waiting = refreshed(&call, None).await?;
    let now = call.now();
    let found = look(&call, &Filter::default(), |state, rows| SocialStats {
        platform: "telegram".to_owned(),
        now,
        sums: sums(&Sums::of(rows)),
        by_type: type_sums(rows),
        // They come sorted.
        largest: rows.iter().take(LARGEST).map(|row| chat_stats(row, state)).collect(),
        waiting,
    });
    ok(&found)
}

fn kind(asked: &str) -> Result<ChatKind, Problem> {
    let found = ChatKind::ALL.into_iter().find(|kind| kind.key() == asked);
    found.ok_or_else(|| Problem::unreadable(format!("type={asked:?} is none of group, supergroup, forum, channel.")))
}

/// What is known now.
fn look<T>(call: &Call, filter: &Filter, show: impl FnOnce(&State, &[Row]) -> T) -> T {
    let (rules, today) = (&call.api.site.watched.context.rules, call.today());
    call.read(|state| show(state, &rows(state, rules, today, filter)))
}

/// Has Telegram asked, if the query wants that; whether its answers are still to come.
async fn refreshed(call: &Call, chat: Option<ChatId>) -> Result<bool, Problem> {
    if call.parsed::<bool>("refresh", "true or false")? != Some(true) {
        return Ok(false);
    }
    call.order(&Order::RefreshChats { chat }).await?;
    Ok(!call.api.site.watched.context.chats_are_learnt(chat, PATIENCE).await)
}
