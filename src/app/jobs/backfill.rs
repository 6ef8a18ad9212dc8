//! Counts what groups' histories have and no update told of: read through the user session, by whoever asked for it.
//!
//! Telegram keeps updates for a day. A message that a bot counted is known by its number, so reading too much does no harm, and neither
//! does reading again what a run that was cut short had read.

use std::time::Duration;

use tokio::time::sleep;

use super::Steps;
use crate::{
    context::Context,
    counter::history::{self, History, Told},
    domain::{backfill::Backfill, change::Outcome, ids::ChatId, job_reason::Case, line::LineState, registry::Notice},
    history::{Collector, Wanted, Written, telegram},
    jobs::life::Ended,
    membership::tell_admins,
    mtproto::{CallFault, HistoryPage, Line},
    text::backfill as words,
};

/// As many messages as Telegram gives at once.
const PAGE: u32 = 100;
/// A connection may be gone for as long.
const ATTEMPTS: u32 = 20;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(3);

/// Why a group can't be read.
enum Trouble {
    /// This one.
    Group(String),
    /// None can.
    Session(Ended),
}

/// Reads and counts one group after the other.
pub(super) async fn count(context: &Context, line: &Line, backfill: &Backfill, steps: &Steps) -> Ended {
    if matches!(line.state(), LineState::NotConfigured | LineState::NotLoggedIn) {
        return Ended::Hopeless(Case::NoSession {}.into());
    }
    let groups: Vec<(ChatId, String)> = context.store.read(|state| {
        let wanted = backfill.group.map(|group| state.current_id(group));
        let is_wanted = |id: ChatId| wanted.is_none_or(|wanted| wanted == id);
        let groups = state.groups.values().filter(|group| group.counts() && is_wanted(group.chat_id));
        groups.map(|group| (group.chat_id, group.title.clone())).collect()
    });
    let (mut told, mut unread, mut first) = (Told::default(), 0, None);
    for (done, (group, title)) in groups.iter().enumerate() {
        steps.reach(done, groups.len());
        let counted = match read(line, *group, backfill).await {
            Ok(messages) => count_messages(context, *group, messages).await,
            Err(trouble) => Err(trouble),
        };
        match counted {
            Ok(counted) => told.add(&counted),
            Err(Trouble::Session(ended)) => return ended,
            Err(Trouble::Group(why)) => {
                unread += 1;
                first.get_or_insert((title.clone(), why));
            }
        }
    }
    steps.reach(groups.len(), groups.len());
    if let Err(ended) = tell(context, &told, groups.len() - unread) {
        return ended;
    }
    let Some((first, why)) = first else { return Ended::Done };
    let is_hopeless = unread == groups.len();
    let untold = Case::GroupsUnread { groups: groups.len() as u64, unread: unread as u64, first, why }.into();
    if is_hopeless { Ended::Hopeless(untold) } else { Ended::Mostly(untold) }
}

/// What was written in a group, from the oldest on; also before it became a supergroup, where the account still sees that.
async fn read(line: &Line, group: ChatId, backfill: &Backfill) -> Result<Vec<Written>, Trouble> {
    let (mut messages, is_to_its_beginning) = walk(line, group, backfill).await?;
    if is_to_its_beginning && let Some(former) = former(line, group).await? {
        match walk(line, former, backfill).await {
            // As in an export: numbers of that time are each account's own, so they stand for nothing.
            Ok((older, _)) => messages.extend(older.into_iter().map(|message| Written { id: -message.id, ..message })),
            Err(Trouble::Group(why)) => tracing::info!(chat.id = %former, why, "what a group was before can't be read"),
            Err(trouble @ Trouble::Session(_)) => return Err(trouble),
        }
    }
    let is_within = |message: &Written| message.date.is_some_and(|date| (backfill.from..backfill.to).contains(&date));
    messages.retain(is_within);
    messages.reverse();
    Ok(messages)
}

/// The basic group that this one was, if it was one.
async fn former(line: &Line, group: ChatId) -> Result<Option<ChatId>, Trouble> {
    match ask(line, async || line.former_group(group).await).await {
        Err(Trouble::Group(_)) => Ok(None),
        answered => answered,
    }
}

/// Reads a chat backwards, to the time that is wanted or to its beginning; whether that was reached first.
async fn walk(line: &Line, chat: ChatId, backfill: &Backfill) -> Result<(Vec<Written>, bool), Trouble> {
    let mut messages = Vec::new();
    let mut page = HistoryPage { offset_date: backfill.to, limit: PAGE, ..HistoryPage::default() };
    loop {
        let answer = ask(line, async || line.group_history(chat, &page).await).await?;
        let came = telegram::page(&answer, chat);
        messages.extend(came.messages);
        // A page may have nothing but places where messages were: they say no time.
        if came.oldest.is_some_and(|oldest| oldest < backfill.from) {
            return Ok((messages, false));
        }
        match came.lowest {
            Some(lowest) if lowest > 1 && page.offset_id != lowest => {
                page = HistoryPage { offset_id: lowest, limit: PAGE, ..HistoryPage::default() };
            }
            Some(_) | None => return Ok((messages, true)),
        }
    }
}

/// Asks for as long as there is hope.
async fn ask<T>(line: &Line, call: impl AsyncFn() -> Result<T, CallFault>) -> Result<T, Trouble> {
    let mut attempts = 0;
    loop {
        let fault = match call().await {
            Ok(answer) => return Ok(answer),
            Err(fault) => fault,
        };
        match &fault {
            // Whatever Telegram asks for is waited for; the job can be stopped meanwhile.
            CallFault::Wait(time) => sleep(*time).await,
            // A program that has just begun learns only now that nobody is logged in.
            CallFault::Line(_) if line.state() == LineState::NotLoggedIn => {
                return Err(Trouble::Session(Ended::Hopeless(Case::NoSession {}.into())));
            }
            CallFault::Line(_) | CallFault::Silent(_) | CallFault::Elsewhere(_) if attempts < ATTEMPTS => {
                attempts += 1;
                sleep(PAUSE).await;
            }
            CallFault::Refused(_) | CallFault::Unreadable(_) => return Err(Trouble::Group(fault.to_string())),
            CallFault::LoggedOut(_) => return Err(Trouble::Session(Ended::Hopeless(Case::NoSession {}.into()))),
            CallFault::Line(_) | CallFault::Silent(_) | CallFault::Elsewhere(_) | CallFault::Proxy(_) | CallFault::File(_) => {
                return Err(Trouble::Session(Ended::Failed(Case::NoConnection { why: fault.to_string() }.into())));
            }
        }
    }
}

/// Counts what was read; safe on return.
async fn count_messages(context: &Context, group: ChatId, messages: Vec<Written>) -> Result<Told, Trouble> {
    let (zone, now) = (context.rules.zone, context.clock.now());
    let collected = context.store.read(|state| {
        let wanted = Wanted { group: state.current_id(group), zone, since: None, until: None, now };
        let mut collector = Collector::new(state, wanted);
        messages.iter().for_each(|message| collector.add(message));
        collector.finish()
    });
    let mut told = Told::default();
    for part in History::parts(collected.messages, group) {
        let days: Vec<_> = part.days().into_iter().collect();
        let counted = context.store.decide(&days, |state| {
            let (outcome, of_part) = history::count(state, zone, &part);
            told.add(&of_part);
            outcome
        });
        let kept = match counted {
            Ok(()) => context.store.flush().await,
            Err(fault) => Err(fault),
        };
        kept.map_err(|fault| Trouble::Session(Ended::Failed(Case::NotKept { why: fault.to_string() }.into())))?;
    }
    Ok(told)
}

/// The admins hear what it came to.
fn tell(context: &Context, told: &Told, groups: usize) -> Result<(), Ended> {
    let (counted, unrecorded) = (told.counted(), told.unrecorded.values().sum());
    let kept = context.decide(|desk| {
        let mut outcome = Outcome::nothing();
        tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::counted(counted, groups, unrecorded, lang), Vec::new()));
        outcome
    });
    kept.map_err(|fault| Ended::Failed(Case::NotKept { why: fault.to_string() }.into()))
}
