//! What becomes known of a chat: by updates, and by Telegram's answers.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    admin::Desk,
    domain::{
        change::Outcome,
        chats::{Administrator, BotPlace, BotRole, ChatChange, ChatKind, DayCount, Failure, KnownChat, Rights},
        event::{MemberStanding, OwnStanding, Presence},
        ids::{BotId, ChatId, tidy},
        period::local_day,
        rules::Rules,
        state::State,
    },
};

/// What was asked this lately isn't asked again: whoever presses twice gets the same answer.
const FRESH: TimeDelta = TimeDelta::seconds(60);
/// An update that comes later than this is counted on a later day: Telegram keeps them for a day.
const LATEST: TimeDelta = TimeDelta::days(2);
/// Telegram's words, at most.
const LONGEST_WHY: usize = 200;

/// What Telegram says of a chat; each part as far as it was answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Title, name and type.
    pub described: Option<Described>,
    /// How many are in it.
    pub members: Option<u32>,
    /// Who administers it.
    pub administrators: Option<Vec<Administrator>>,
    /// Bots that administer it, and what they may do.
    pub bots: Vec<(BotId, Rights)>,
    /// As what the bot that asked is in it.
    pub own: Option<(BotRole, Rights)>,
    /// Why something wasn't answered.
    pub trouble: Option<Trouble>,
}

/// Title, name and type of a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// As Telegram has it.
    pub title: String,
    /// Without the `@`.
    pub username: Option<String>,
    /// What it is.
    pub kind: ChatKind,
}

/// Why something wasn't answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// In Telegram's words, or ours.
    pub why: String,
    /// Whether it is worth another try soon.
    pub passes: bool,
    /// Whether it says for certain that the bot isn't in the chat any more.
    pub is_gone: bool,
}

/// A chat's entry: as it is known, or as the register has it.
pub(super) fn entry(state: &State, rules: &Rules, chat: ChatId) -> Option<KnownChat> {
    if let Some(known) = state.chats.known.get(&chat) {
        return Some(known.clone());
    }
    let (group, candidate) = (state.groups.get(&chat), state.candidates.get(&chat));
    let title = group.map(|group| &group.title).or(candidate.map(|candidate| &candidate.title))?;
    let standing = state.standings.get(&chat);
    let registered = group.and_then(|group| group.created_at.as_ref()?.instant(rules.zone));
    let since = standing.and_then(|standing| standing.since);
    let mut known = KnownChat {
        title: tidy(title),
        kind: ChatKind::guessed(chat),
        first_seen: [since, registered, candidate.map(|candidate| candidate.added_at)].into_iter().flatten().min(),
        ..KnownChat::default()
    };
    let role = |is_administrator| if is_administrator { BotRole::Administrator } else { BotRole::Member };
    let is_administrator = standing.is_some_and(|standing| standing.administrator);
    let gone_since = group.and_then(|group| group.gone_since);
    let own = state.bot_of(chat, &rules.bots).unwrap_or(rules.bots.main);
    let own_role = if gone_since.is_some() { BotRole::Gone } else { role(is_administrator) };
    known.set_place(BotPlace { bot: own, role: own_role, rights: Rights::default(), since, gone_since });
    for (bot, standing) in state.also_in.get(&chat).into_iter().flatten() {
        let (role, since) = (role(standing.administrator), standing.since);
        known.set_place(BotPlace { bot: *bot, role, rights: Rights::default(), since, gone_since: None });
    }
    Some(known)
}

/// Chats that are in the register and nothing else is known of: those of before there were statistics.
pub fn adopt(desk: &Desk<'_>) -> Outcome {
    let mut outcome = Outcome::nothing();
    for chat in desk.state.groups.keys().chain(desk.state.candidates.keys()) {
        if !desk.state.chats.known.contains_key(chat)
            && let Some(known) = entry(desk.state, desk.rules, *chat)
        {
            outcome.set(ChatChange::Known(*chat, Some(Box::new(known))).into());
        }
    }
    outcome
}

/// A bot came to a chat, or left it, or is something else there now.
pub fn own_standing(desk: &Desk<'_>, event: &OwnStanding) -> Outcome {
    let chat = desk.state.current_id(event.chat);
    let mut known = entry(desk.state, desk.rules, chat).unwrap_or_default();
    known.title = tidy(&event.title);
    known.username.clone_from(&event.username);
    known.kind = event.kind;
    known.first_seen = known.first_seen.or(Some(desk.now));
    let role = match event.presence {
        Presence::Member => BotRole::Member,
        Presence::Administrator => BotRole::Administrator,
        Presence::Gone => BotRole::Gone,
    };
    stand(&mut known, desk.rules.bot, role, None, desk.now);
    set(desk, chat, known)
}

/// Sets a bot's place. Rights that nobody told stay as they were, where it is still an administrator.
fn stand(known: &mut KnownChat, bot: BotId, role: BotRole, rights: Option<Rights>, now: DateTime<Utc>) {
    let before = known.place(bot).copied();
    let was_there = before.filter(|before| before.role != BotRole::Gone);
    let kept = was_there.filter(|_| role == BotRole::Administrator).map(|before| before.rights);
    known.set_place(BotPlace {
        bot,
        role,
        rights: rights.or(kept).unwrap_or_default(),
        since: was_there.or(before.filter(|_| role == BotRole::Gone)).and_then(|before| before.since).or(Some(now)),
        gone_since: (role == BotRole::Gone).then(|| before.and_then(|before| before.gone_since).unwrap_or(now)),
    });
}

/// An entry, where it is news.
fn set(desk: &Desk<'_>, chat: ChatId, known: KnownChat) -> Outcome {
    let mut outcome = Outcome::nothing();
    if desk.state.chats.known.get(&chat) != Some(&known) {
        outcome.set(ChatChange::Known(chat, Some(Box::new(known))).into());
    }
    outcome
}

/// A chat has another title.
pub fn renamed(desk: &Desk<'_>, chat: ChatId, title: &str) -> Outcome {
    let chat = desk.state.current_id(chat);
    match desk.state.chats.known.get(&chat) {
        Some(known) => set(desk, chat, KnownChat { title: tidy(title), ..known.clone() }),
        None => Outcome::nothing(),
    }
}

/// Somebody came or went: one more on that day. Who it was is nobody's business. Where several bots are told, one counts.
pub fn member_standing(desk: &Desk<'_>, event: &MemberStanding) -> Outcome {
    let mut outcome = Outcome::nothing();
    let chat = desk.state.current_id(event.chat);
    // One of ours is none of the members whose coming and going is of interest.
    let is_ours = desk.rules.bots.all.iter().any(|bot| bot.account() == event.user);
    if is_ours || event.present == event.was_present || teller(desk, chat).is_some_and(|bot| bot != desk.rules.bot) {
        return outcome;
    }
    let at = DateTime::from_timestamp(event.date, 0).unwrap_or(desk.now).clamp(desk.now - LATEST, desk.now);
    let day = local_day(desk.rules.zone, at);
    let before = desk.state.chats.on(chat, day).unwrap_or_default();
    let count = if event.present {
        DayCount { joined: before.joined.saturating_add(1), ..before }
    } else {
        DayCount { left: before.left.saturating_add(1), ..before }
    };
    outcome.set(ChatChange::Day(chat, day, Some(count)).into());
    outcome
}

/// The bot whose news of joins and leaves count: Telegram tells every bot that administers the chat. Nobody is known to do so:
/// whoever hears of it first.
fn teller(desk: &Desk<'_>, chat: ChatId) -> Option<BotId> {
    let known = desk.state.chats.known.get(&chat)?;
    let hears = |bot: &BotId| {
        let is_administrator = known.place(*bot).is_some_and(|place| place.role == BotRole::Administrator);
        is_administrator && desk.rules.bots.all.contains(bot)
    };
    let own = desk.state.bot_of(chat, &desk.rules.bots);
    own.into_iter().chain(known.bots.iter().map(|place| place.bot)).find(hears)
}

/// Telegram answered, or not: what it said is so from now on, the rest stays as it was.
pub fn learnt(desk: &Desk<'_>, chat: ChatId, look: &Look) -> Outcome {
    let chat = desk.state.current_id(chat);
    let (now, bot) = (desk.now, desk.rules.bot);
    let mut outcome = Outcome::nothing();
    outcome.append(no_longer_wanted(desk.state, chat));
    let Some(mut known) = entry(desk.state, desk.rules, chat) else { return outcome };
    if let Some(described) = &look.described {
        known.title = tidy(&described.title);
        known.username.clone_from(&described.username);
        known.kind = described.kind;
    }
    if let Some(members) = look.members {
        known.members = Some(members);
        let day = desk.today();
        let before = desk.state.chats.on(chat, day).unwrap_or_default();
        let count = DayCount { members: members.try_into().ok(), ..before };
        if count != before {
            outcome.set(ChatChange::Day(chat, day, Some(count)).into());
        }
    }
    if let Some(administrators) = &look.administrators {
        known.administrators = Some(administrators.clone());
    }
    // Whoever isn't named may still be there: servers of before leave other bots out.
    for (other, rights) in look.bots.iter().filter(|(other, _)| *other != bot && desk.rules.bots.all.contains(other)) {
        stand(&mut known, *other, BotRole::Administrator, Some(*rights), now);
    }
    match (&look.own, &look.trouble) {
        (_, Some(trouble)) if trouble.is_gone => stand(&mut known, bot, BotRole::Gone, None, now),
        (Some((role, rights)), _) => stand(&mut known, bot, *role, Some(*rights), now),
        (None, _) => {}
    }
    known.first_seen = known.first_seen.or(Some(now));
    match &look.trouble {
        None => {
            known.looked = Some(now);
            known.failed = None;
        }
        Some(trouble) => {
            let why = tidy(&trouble.why).chars().take(LONGEST_WHY).collect();
            known.failed = Some(Failure { at: now, why, passes: trouble.passes });
        }
    }
    outcome.append(set(desk, chat, known));
    outcome
}

/// Somebody wants to know about a chat that no bot can be asked about now.
pub fn asked_in_vain(desk: &Desk<'_>, chat: ChatId) -> Outcome {
    let is_gone = desk.state.chats.known.get(&chat).is_some_and(|known| known.left().is_some());
    let why = if is_gone {
        "none of our bots is in this chat any more"
    } else {
        "no bot of this chat can be asked now: it isn't connected, or Telegram told it to wait"
    };
    learnt(
        desk,
        chat,
        &Look { trouble: Some(Trouble { why: why.to_owned(), passes: !is_gone, is_gone: false }), ..Look::default() },
    )
}

fn no_longer_wanted(state: &State, chat: ChatId) -> Outcome {
    let mut outcome = Outcome::nothing();
    if state.chats.wanted.chats.contains_key(&chat) {
        outcome.set(ChatChange::Wanted(Some(chat), None).into());
    }
    outcome
}

/// Somebody wants to know how a chat is now; `None`: all of them. What was asked a moment ago isn't asked again. `Err`: there is no
/// such chat.
pub fn want(state: &State, now: DateTime<Utc>, chat: Option<ChatId>) -> Result<Outcome, ChatId> {
    let mut outcome = Outcome::nothing();
    let Some(chat) = chat.map(|chat| state.current_id(chat)) else {
        outcome.set(ChatChange::Wanted(None, Some(now)).into());
        return Ok(outcome);
    };
    let known = state.chats.known.get(&chat);
    if known.is_none() && !state.groups.contains_key(&chat) && !state.candidates.contains_key(&chat) {
        return Err(chat);
    }
    let is_fresh = known.and_then(KnownChat::tried).is_some_and(|tried| now - tried < FRESH);
    if !is_fresh && !state.chats.wanted.chats.contains_key(&chat) {
        outcome.set(ChatChange::Wanted(Some(chat), Some(now)).into());
    }
    Ok(outcome)
}

/// Whether a wish of this moment for all chats includes one that was last asked about then.
pub(super) fn is_stale(tried: Option<DateTime<Utc>>, wanted: DateTime<Utc>) -> bool {
    tried.is_none_or(|tried| tried < wanted - FRESH)
}

/// Why a chat isn't forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotForgotten {
    /// Nothing is known of it.
    Unknown,
    /// It would be learnt again: a bot is still in it.
    BotIsThere,
}

/// Everything that is known of a chat goes. Expects every month in memory.
pub fn forget(state: &State, chat: ChatId) -> Result<Outcome, NotForgotten> {
    let mut outcome = no_longer_wanted(state, chat);
    let known = state.chats.known.get(&chat).ok_or(NotForgotten::Unknown)?;
    if known.left().is_none() {
        return Err(NotForgotten::BotIsThere);
    }
    outcome.set(ChatChange::Known(chat, None).into());
    for (day, _) in state.chats.days_of(chat) {
        outcome.set(ChatChange::Day(chat, day, None).into());
    }
    Ok(outcome)
}

/// A group became a supergroup: everything goes on under the new id. Expects every month in memory.
pub fn moved(state: &State, from: ChatId, to: ChatId) -> Outcome {
    let mut outcome = no_longer_wanted(state, from);
    if let Some(since) = state.chats.wanted.chats.get(&from) {
        outcome.set(ChatChange::Wanted(Some(to), Some(*since)).into());
    }
    if let Some(before) = state.chats.known.get(&from) {
        let there = state.chats.known.get(&to);
        let mut known = KnownChat { kind: ChatKind::Supergroup, ..before.clone() };
        for place in &mut known.bots {
            // The old chat's end is no leaving.
            let said = there.and_then(|there| there.place(place.bot));
            *place = said.map_or(BotPlace { gone_since: None, ..*place }, |said| BotPlace { since: place.since, ..*said });
            if said.is_none() && place.role == BotRole::Gone {
                place.role = BotRole::Member;
            }
        }
        for place in there.into_iter().flat_map(|there| &there.bots) {
            if known.place(place.bot).is_none() {
                known.set_place(*place);
            }
        }
        outcome.set(ChatChange::Known(from, None).into());
        outcome.set(ChatChange::Known(to, Some(Box::new(known))).into());
    }
    for (day, count) in state.chats.days_of(from) {
        let there = state.chats.on(to, day).unwrap_or_default();
        let sum = DayCount {
            members: there.members.or(count.members),
            joined: there.joined.saturating_add(count.joined),
            left: there.left.saturating_add(count.left),
        };
        outcome.set(ChatChange::Day(from, day, None).into());
        outcome.set(ChatChange::Day(to, day, Some(sum)).into());
    }
    outcome
}
