//! Study time: calls that go on now, watched groups, their boards.

use std::collections::BTreeMap;

use super::{
    look::{Look, Trouble},
    overview::figure,
    page::{Page, Section},
    table::{Column, Field, Table, Tone},
};
use crate::{
    domain::{
        ids::ChatId,
        period::local_day,
        presence::{CallId, Who},
        state::State,
        study::{Call, Community},
    },
    store::StoreFault,
    study::{
        board::{self, Block, Board},
        seconds,
    },
    text::{
        board as board_words,
        report::moment,
        study::{name, post},
    },
};

/// Boards in the list of those that were posted.
const POSTED: usize = 60;

pub(super) fn all(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let sections = look.read(|state| {
        let people: u64 = state.study.calls.values().map(|call| call.seats.len() as u64).sum();
        vec![
            Section::Figures(vec![
                figure(words.calls_now(), state.study.calls.len() as u64, "open-calls"),
                figure(words.in_calls_now(), people, "calls"),
                figure(words.communities(), state.study.communities.len() as u64, ""),
            ]),
            calls(look, state, None),
            communities(look, state),
        ]
    });
    Ok(Page { title: words.study().to_owned(), sections, ..Page::default() })
}

pub(super) fn one(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang, chat) = (look.words(), look.lang(), look.chat()?);
    let study = look.read(|state| state.study.clone());
    let community = study.communities.get(&chat).cloned().ok_or(Trouble::Missing)?;
    let today = local_day(community.zone, look.now);
    let store = look.dashboard.store();
    let needed = board::days_needed(community.periods, today);
    let counted = seconds::count(&study, chat, needed, look.now, |days, each| store.scan_presence(chat, days, each));
    let counted = counted.map_err(|fault: StoreFault| Trouble::Fault(fault))?.unwrap_or_default();
    let board = board::board(&study, chat, today, &counted);
    let mut sections = vec![look.read(|state| calls(look, state, Some(chat)))];
    sections.extend(board.iter().flat_map(|board: &Board| &board.blocks).map(|block| block_table(look, block)));
    sections.push(look.read(|state| posted(look, state, chat, &community)));
    let (status, tone) = if community.watched { (words.watched(), Tone::Good) } else { (words.not_watched(), Tone::Quiet) };
    Ok(Page {
        title: crate::text::name::in_text(&community.title),
        lead: board.as_ref().map(|board| board_words::heading(board, lang)),
        up: Some(("/study".to_owned(), words.study())),
        badge: Some((status.to_owned(), tone)),
        sections,
        ..Page::default()
    })
}

/// Who sits in a call now, those who joined first on top.
fn calls(look: &Look<'_>, state: &State, only: Option<ChatId>) -> Section {
    let words = look.words();
    let open = state.study.calls.iter().filter(|(_, call)| only.is_none_or(|chat| call.chat == chat));
    let mut seats: Vec<(CallId, &Call, Who)> =
        open.flat_map(|(id, call)| call.seats.keys().map(move |who| (*id, call, *who))).collect();
    seats.sort_by_key(|(id, call, who)| (call.seats[who].joined, *id, *who));
    let rows = seats.into_iter().map(|(_, call, who)| {
        let (seat, community) = (&call.seats[&who], state.study.communities.get(&call.chat));
        let zone = community.map_or(look.dashboard.rules().zone, |community| community.zone);
        let member = state.study.members.get(&call.chat).and_then(|members| members.get(&who));
        let title = community.map_or_else(|| call.chat.to_string(), |community| community.title.clone());
        let so_far = (call.confirmed(seat) - seat.joined).num_seconds().max(0).unsigned_abs();
        vec![
            Field::name(&name(member, who)),
            Field::name(&title).to(format!("/study/{}", call.chat)),
            Field::text(moment(seat.joined, zone)),
            Field::text(if seat.muted { words.yes() } else { words.no() }),
            Field::seconds(so_far, look.lang()),
        ]
    });
    Section::Table(Table {
        name: "calls",
        title: words.calls_now().to_owned(),
        columns: vec![
            Column::text("person", words.person()),
            Column::text("group", words.group()),
            Column::text("joined", words.joined()).minor(),
            Column::text("muted", words.muted()).minor(),
            Column::number("seconds", words.time()),
        ],
        rows: rows.collect(),
        empty: words.no_calls().to_owned(),
    })
}

fn communities(look: &Look<'_>, state: &State) -> Section {
    let words = look.words();
    let mut in_call: BTreeMap<ChatId, u64> = BTreeMap::new();
    state.study.calls.values().for_each(|call| *in_call.entry(call.chat).or_default() += call.seats.len() as u64);
    let mut all: Vec<_> = state.study.communities.iter().collect();
    all.sort_by_cached_key(|(chat, community)| (!community.watched, community.title.to_lowercase(), **chat));
    let row = |(chat, community): (&ChatId, &Community)| {
        let (status, tone) = if community.watched { (words.watched(), Tone::Good) } else { (words.not_watched(), Tone::Quiet) };
        vec![
            Field::name(&community.title).to(format!("/study/{chat}")),
            Field::badge(status, tone),
            Field::count(state.study.members.get(chat).map_or(0, |members| members.len() as u64)),
            Field::count(in_call.get(chat).copied().unwrap_or(0)),
        ]
    };
    Section::Table(Table {
        name: "communities",
        title: words.communities().to_owned(),
        columns: vec![
            Column::text("title", words.title()),
            Column::text("status", words.status()).minor(),
            Column::number("people", words.people()),
            Column::number("in_calls", words.in_calls_now()),
        ],
        rows: all.into_iter().map(row).collect(),
        empty: words.no_communities().to_owned(),
    })
}

fn block_table(look: &Look<'_>, block: &Block) -> Section {
    let (words, lang) = (look.words(), look.lang());
    let most = block.rows.iter().map(|row| row.seconds).max().unwrap_or(0);
    let row = |row: &board::Row| {
        vec![
            Field::count(row.rank as u64),
            Field::name(&board_words::display(&row.display, lang)),
            Field::seconds(row.seconds, lang).of(most),
        ]
    };
    let title = format!("{} · {}", board_words::title(block.span, lang), board_words::header(block.span, lang));
    Section::Table(Table {
        name: block.span.scope.key(),
        title,
        columns: vec![
            Column::number("place", words.place()),
            Column::text("person", words.person()),
            Column::number("seconds", words.time()),
        ],
        rows: block.rows.iter().map(row).collect(),
        empty: words.nobody_studied().to_owned(),
    })
}

fn posted(look: &Look<'_>, state: &State, chat: ChatId, community: &Community) -> Section {
    let (words, lang) = (look.words(), look.lang());
    let posts = state.study.posts.get(&chat);
    let rows = posts.into_iter().flatten().rev().take(POSTED).map(|(key, of)| {
        vec![Field::day(key.day, lang), Field::text(moment(of.due, community.zone)), Field::text(post::state(&of.state, lang))]
    });
    Section::Table(Table {
        name: "boards",
        title: words.boards_posted().to_owned(),
        columns: vec![Column::text("day", words.day()), Column::text("due", words.when()), Column::text("state", words.status())],
        rows: rows.collect(),
        empty: words.nobody_studied().to_owned(),
    })
}
