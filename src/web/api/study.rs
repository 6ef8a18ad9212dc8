//! Study time: communities, their boards, and who sat in their calls.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    answers::{Block, Board, Community, Ranked, Session},
    call::{Answer, Call, ok},
    problem::Problem,
};
use crate::{
    domain::{
        ids::ChatId,
        period::{Period, local_day},
        presence::Who,
        state::State,
        study::{self as kept, End, PostState, Study},
    },
    orders::Refusal,
    store::Store,
    study::{
        board::{self, Display},
        local, seconds,
    },
};

/// `GET /api/v1/boards`
pub(super) async fn communities(call: Call) -> Answer {
    let limit = call.limit()?;
    let cursor = call.parsed::<ChatId>("after", "the `next` of a page of communities")?;
    let found = call.read(|state| {
        let all = state.study.communities.iter().filter(|(chat, _)| cursor.is_none_or(|cursor| **chat > cursor));
        all.take(limit + 1).map(|(chat, community)| shown(&state.study, *chat, community)).collect::<Vec<_>>()
    });
    call.page(limit, found, |community| community.chat_id.to_string())
}

fn shown(study: &Study, chat: ChatId, community: &kept::Community) -> Community {
    let posts = study.posts.get(&chat).into_iter().flat_map(|posts| posts.values());
    let posted = posts.filter_map(|post| match &post.state {
        PostState::Posted { at, .. } => Some(*at),
        PostState::Due { .. }
        | PostState::Sending { .. }
        | PostState::Unsure { .. }
        | PostState::Refused { .. }
        | PostState::Skipped => None,
    });
    Community {
        chat_id: chat.0,
        title: community.title.clone(),
        watched: community.watched,
        time_zone: community.zone.name().to_owned(),
        times: community.times.iter().map(|time| time.format("%H:%M").to_string()).collect(),
        present: study.calls.values().filter(|call| call.chat == chat).map(|call| call.seats.len()).sum(),
        last_posted: posted.max(),
    }
}

/// `GET /api/v1/boards/{community}`
pub(super) async fn board(call: Call) -> Answer {
    let asked = ChatId(call.id("community")?);
    let day = call.parsed::<NaiveDate>("day", "a date such as 2026-01-31")?;
    let (site, now) = (call.api.site.clone(), call.now());
    ok(&call.beside(move || draw(site.store(), asked, day, now)).await?)
}

fn draw(store: &Store, asked: ChatId, day: Option<NaiveDate>, now: DateTime<Utc>) -> Result<Board, Problem> {
    let (chat, study) = store.read(|state| (state.current_id(asked), state.study.clone()));
    let unknown = || Problem::from(Refusal::UnknownCommunity(asked));
    let community = study.communities.get(&chat).ok_or_else(unknown)?;
    let today = local_day(community.zone, now);
    let day = day.unwrap_or(today);
    if day > today {
        return Err(Problem::unreadable(format!("day={day} is still to come; today is {today} in {}.", community.zone)));
    }
    let until = board::until(community.zone, day, now);
    let needed = board::days_needed(community.periods, day);
    let seconds = seconds::count(&study, chat, needed, until, |days, to| store.scan_presence(chat, days, to))?;
    let board = board::board(&study, chat, day, &seconds.unwrap_or_default()).ok_or_else(unknown)?;
    Ok(Board {
        chat_id: chat.0,
        day,
        number: board.number,
        time_zone: community.zone.name().to_owned(),
        until,
        blocks: board.blocks.iter().map(block).collect(),
    })
}

fn block(block: &board::Block) -> Block {
    let place = |row: &board::Row| {
        let name = match &row.display {
            Display::Username(name) => Some(format!("@{name}")),
            Display::Name(name) => Some(name.clone()),
            Display::Hidden | Display::Unknown(_) => None,
        };
        let is_hidden = matches!(row.display, Display::Hidden);
        Ranked { rank: row.rank, who: (!is_hidden).then_some(row.who.0), name, seconds: row.seconds }
    };
    Block {
        scope: block.span.scope.key().to_owned(),
        from: block.span.days.from,
        to: block.span.days.to,
        places: block.rows.iter().map(place).collect(),
    }
}

/// `GET /api/v1/presence/sessions`
pub(super) async fn sessions(call: Call) -> Answer {
    let (limit, period) = (call.limit()?, call.period()?);
    let who = call.parsed::<i64>("who", "an account's id, a whole number")?.map(Who);
    let community = call.chat("community")?;
    let cursor = call.asked("after").map(ToOwned::to_owned);
    let (site, now) = (call.api.site.clone(), call.now());
    let found = call.beside(move || {
        let asked = Asked { community, who, period, zone: site.zone, now };
        let mut first = First { after: cursor, most: limit + 1, found: Vec::new() };
        asked.find(site.store(), &mut first)?;
        Ok(first.finish())
    });
    call.page(limit, found.await?, |session| session.cursor.clone())
}

/// Keeps the first ones after a cursor; years of sessions pass through without being held.
struct First {
    after: Option<String>,
    most: usize,
    found: Vec<Session>,
}

impl First {
    fn take(&mut self, session: Session) {
        if self.after.as_ref().is_some_and(|after| session.cursor <= *after) {
            return;
        }
        self.found.push(session);
        if self.found.len() > 4 * self.most {
            self.cut();
        }
    }

    fn cut(&mut self) {
        self.found.sort_unstable_by(|a, b| a.cursor.cmp(&b.cursor));
        self.found.truncate(self.most);
    }

    fn finish(mut self) -> Vec<Session> {
        self.cut();
        self.found
    }
}

/// Which sessions are wanted: those that ended, or go on, within the period's local days.
struct Asked {
    community: Option<ChatId>,
    who: Option<Who>,
    period: Period,
    zone: chrono_tz::Tz,
    now: DateTime<Utc>,
}

impl Asked {
    fn find(&self, store: &Store, first: &mut First) -> Result<(), Problem> {
        let chats = store.read(|state| self.chats(state))?;
        let (begin, end) = (local::start_of(self.zone, self.period.from), local::end_of(self.zone, self.period.to));
        store.read(|state| self.live(state, &chats)).into_iter().for_each(|session| first.take(session));
        // Files are by the day (UTC) on which a stay ended.
        let days = Period { from: begin.date_naive(), to: end.date_naive() };
        for chat in chats {
            store.show_presence(chat, days, |_, known| {
                let within = known.stays.iter().filter(|(_, stay)| stay.left >= begin && stay.left < end);
                let wanted = within.filter(|(key, _)| self.who.is_none_or(|who| who == key.who));
                wanted.for_each(|(key, stay)| first.take(closed(chat, key, stay)));
            })?;
        }
        Ok(())
    }

    fn chats(&self, state: &State) -> Result<Vec<ChatId>, Problem> {
        let known = &state.study.communities;
        match self.community.map(|chat| state.current_id(chat)) {
            Some(chat) if known.contains_key(&chat) => Ok(vec![chat]),
            Some(chat) => Err(Refusal::UnknownCommunity(chat).into()),
            None => Ok(known.keys().copied().collect()),
        }
    }

    fn live(&self, state: &State, chats: &[ChatId]) -> Vec<Session> {
        if !self.period.contains(local_day(self.zone, self.now)) {
            return Vec::new();
        }
        let calls = state.study.calls.iter().filter(|(_, call)| chats.contains(&call.chat));
        let seats = calls.flat_map(|(id, call)| call.seats.iter().map(move |(who, seat)| (id, call, who, seat)));
        let wanted = seats.filter(|(_, _, who, _)| self.who.is_none_or(|asked| asked == **who));
        let shown = wanted.map(|(id, call, who, seat)| Session {
            chat_id: call.chat.0,
            call_id: id.0,
            who: who.0,
            joined: seat.joined,
            left: None,
            seconds: (call.confirmed(seat) - seat.joined).num_seconds().max(0),
            muted: seat.muted,
            end: None,
            cursor: cursor(0, (*id, *who), seat.joined),
        });
        shown.collect()
    }
}

fn closed(chat: ChatId, key: &kept::StayKey, stay: &kept::Stay) -> Session {
    let end = match stay.end {
        End::Observed => "observed",
        End::CallEnded => "call_ended",
        End::Polled => "polled",
        End::Rejoined => "rejoined",
        End::Inferred => "inferred",
    };
    Session {
        chat_id: chat.0,
        call_id: key.call.0,
        who: key.who.0,
        joined: key.joined,
        left: Some(stay.left),
        seconds: (stay.left - key.joined).num_seconds().max(0),
        muted: stay.muted,
        end: Some(end.to_owned()),
        cursor: cursor(stay.left.timestamp(), (key.call, key.who), key.joined),
    }
}

/// By the end, those that go on first; sorts as its text does.
fn cursor(end: i64, (call, who): (crate::domain::presence::CallId, Who), joined: DateTime<Utc>) -> String {
    // Flips the sign, so that hexadecimal digits sort as the numbers do.
    let sortable = |n: i64| format!("{:016x}", n.cast_unsigned() ^ (1 << 63));
    format!("{}{}{}{}", sortable(end), sortable(call.0), sortable(who.0), sortable(joined.timestamp()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::presence::CallId;

    fn session(end: i64, who: i64) -> Session {
        let joined = DateTime::from_timestamp(end - 10, 0).expect("a time");
        Session {
            chat_id: -1,
            call_id: 5,
            who,
            joined,
            left: DateTime::from_timestamp(end, 0),
            seconds: 10,
            muted: false,
            end: None,
            cursor: cursor(end, (CallId(5), Who(who)), joined),
        }
    }

    proptest! {
        #[test]
        fn pages_together_are_all_in_order(
            ends in prop::collection::btree_set((0..1_000_i64, -5..5_i64), 0..80),
            most in 1..9_usize,
        ) {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let mut first = First { after: after.take(), most, found: Vec::new() };
                ends.iter().rev().for_each(|(end, who)| first.take(session(*end, *who)));
                let page = first.finish();
                let Some(last) = page.last() else { break };
                after = Some(last.cursor.clone());
                seen.extend(page.iter().map(|session| (session.joined.timestamp() + 10, session.who)));
            }
            prop_assert_eq!(seen, ends.into_iter().collect::<Vec<_>>());
        }
    }
}
