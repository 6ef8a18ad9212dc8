//! The chats that bots are in: all of them, and one.

use chrono::NaiveDate;

use super::{
    chart::{DayChart, spark},
    look::{Done, Look, Trouble},
    overview::figure,
    page::{Choice, Figure, Form, Note, Page, Section},
    query::Query,
    table::{Column, Field, Table, Tone},
};
use crate::{
    chats::{Filter, Row, Sums, rows, series, still_wanted},
    domain::{
        chats::{Administrator, BotPlace, ChatKind, DayCount},
        ids::{BotId, ChatId},
        state::State,
    },
    orders::Order,
    text::{
        self, chats as words_of,
        name::in_text,
        pages::{Notice, Words},
        report::moment,
    },
};

/// Days of charts and tables.
const DAYS: u64 = 30;

/// All chats.
pub(super) fn all(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let filter = Filter { bot: look.query.get("bot").parse().ok(), kind: kind(look.query.get("type")), chat: None };
    let (found, table, choices, asked) = look.read(|state| {
        let found = rows(state, look.dashboard.rules(), look.today(), &filter);
        let table = table(look, state, &found);
        (found, table, choices(look, state, &filter), still_wanted(state, None))
    });
    let sums = Sums::of(&found);
    let mut sections = vec![Section::Choices(choices), Section::Figures(figures(words, &sums))];
    sections.extend(being_asked(words, asked));
    let kinds = Sums::by_kind(&found);
    if kinds.len() > 1 {
        sections.push(by_type(look, &kinds));
    }
    sections.push(Section::Table(table));
    if look.visitor.admin().is_some() {
        let form = Form::new("/chats/refresh", words.refresh()).more(words.refresh_more());
        sections.push(Section::Forms(words.refresh().to_owned(), vec![form]));
    }
    Ok(Page { title: words.chats().to_owned(), lead: Some(words.chats_lead().to_owned()), sections, ..Page::default() })
}

fn kind(key: &str) -> Option<ChatKind> {
    ChatKind::ALL.into_iter().find(|kind| kind.key() == key)
}

/// Links that narrow the list: by type, and by bot where there are several.
fn choices(look: &Look<'_>, state: &State, filter: &Filter) -> Vec<Choice> {
    let words = look.words();
    let base = look.query.without(&["page", "said", "format"]);
    let to = |name: &str, value: &str| base.with_some(name, value).href(look.path);
    let every = (words.every_type().to_owned(), to("type", ""), filter.kind.is_none());
    let of_kind =
        |kind: ChatKind| (words_of::kind(kind, look.lang()).to_owned(), to("type", kind.key()), filter.kind == Some(kind));
    let links = std::iter::once(every).chain(ChatKind::ALL.into_iter().map(of_kind)).collect();
    let mut choices = vec![Choice { label: words.chat_type(), links }];
    let bots = &look.dashboard.rules().bots.all;
    if bots.len() > 1 {
        let every = (words.every_bot().to_owned(), to("bot", ""), filter.bot.is_none());
        let of_bot = |bot: &BotId| (state.bot_name(*bot), to("bot", &bot.to_string()), filter.bot == Some(*bot));
        choices.push(Choice { label: words.bot(), links: std::iter::once(every).chain(bots.iter().map(of_bot)).collect() });
    }
    choices
}

fn figures(words: Words, sums: &Sums) -> Vec<Figure> {
    let shown = |label: &str, value: String| Figure { value, ..figure(label, 0, "") };
    let average = sums.average().map_or_else(|| "—".to_owned(), text::number);
    let mut figures = vec![
        figure(words.chats_here(), sums.chats, ""),
        figure(words.members_all(), sums.members, ""),
        shown(words.average(), average),
        shown(words.growth_7(), words_of::growth_or_dash(sums.week)),
        shown(words.growth_30(), words_of::growth_or_dash(sums.month)),
    ];
    if sums.failed > 0 {
        figures.push(figure(words.failed_looks(), sums.failed, ""));
    }
    figures
}

fn being_asked(words: Words, chats: usize) -> Option<Section> {
    let note = || Note { tone: Tone::Plain, text: words.being_asked(chats) };
    (chats > 0).then(|| Section::Notes(words.refresh().to_owned(), vec![note()]))
}

fn by_type(look: &Look<'_>, kinds: &[(ChatKind, Sums)]) -> Section {
    let words = look.words();
    let row = |(kind, sums): &(ChatKind, Sums)| {
        vec![
            Field::text(words_of::kind(*kind, look.lang())),
            Field::count(sums.chats),
            Field::count(sums.members),
            sums.average().map_or_else(Field::nothing, Field::count),
            Field::change(sums.week),
            Field::change(sums.month),
        ]
    };
    Section::Table(Table {
        name: "types",
        title: words.by_type().to_owned(),
        columns: vec![
            Column::text("type", words.chat_type()),
            Column::number("chats", words.chats()),
            Column::number("members", words.members()),
            Column::number("average", words.average()).minor(),
            Column::number("growth_7", words.growth_7()).minor(),
            Column::number("growth_30", words.growth_30()).minor(),
        ],
        rows: kinds.iter().map(row).collect(),
        empty: words.no_chats().to_owned(),
    })
}

fn table(look: &Look<'_>, state: &State, found: &[Row]) -> Table {
    let (words, today) = (look.words(), look.today());
    let most = found.iter().filter_map(|row| row.known.members).max().map_or(0, u64::from);
    let row = |row: &Row| {
        let known = &row.known;
        let line = sizes(state, row.chat, today);
        let (status, tone) = status(row, words);
        let bots: Vec<_> = known.bots.iter().map(|place| state.bot_name(place.bot)).collect();
        vec![
            Field::name(&known.title).to(format!("/chats/{}", row.chat)),
            Field::text(row.chat.to_string()),
            Field::text(words_of::kind(known.kind, look.lang())),
            known.username.as_ref().map_or_else(Field::nothing, |username| Field::name(&format!("@{username}"))),
            known.members.map_or_else(Field::nothing, |members| Field::count(u64::from(members)).of(most)),
            Field::change(row.week.growth),
            Field::change(row.month.growth).with_line(spark(&line.iter().map(|(_, members)| *members).collect::<Vec<_>>())),
            Field::count(row.week.joined),
            Field::count(row.week.left),
            known.administrators.as_ref().map_or_else(Field::nothing, |all| Field::count(all.len() as u64)),
            Field::name(&bots.join(", ")),
            Field::badge(status, tone),
        ]
    };
    Table {
        name: "chats",
        title: words.chats().to_owned(),
        columns: vec![
            Column::text("title", words.title()),
            Column::text("chat_id", words.id()).minor(),
            Column::text("type", words.chat_type()).minor(),
            Column::text("username", words.username()).minor(),
            Column::number("members", words.members()),
            Column::number("growth_7", words.growth_7()).minor(),
            Column::number("growth_30", words.growth_30()),
            Column::number("joined_7", words.joined_7()).minor(),
            Column::number("left_7", words.left_7()).minor(),
            Column::number("administrators", words.administrators()).minor(),
            Column::text("bots", words.bots()).minor(),
            Column::text("status", words.status()),
        ],
        rows: found.iter().map(row).collect(),
        empty: words.no_chats().to_owned(),
    }
}

fn status(row: &Row, words: Words) -> (&'static str, Tone) {
    match (row.known.left(), &row.known.failed, row.known.looked) {
        (Some(_), ..) => (words.chat_left(), Tone::Quiet),
        (None, Some(_), _) => (words.chat_failed(), Tone::Warning),
        (None, None, Some(_)) => (words.chat_fine(), Tone::Good),
        (None, None, None) => (words.chat_unasked(), Tone::Quiet),
    }
}

/// Members by day from the first day that has a number; a day without one has that of the day before.
fn sizes(state: &State, chat: ChatId, today: NaiveDate) -> Vec<(NaiveDate, u64)> {
    let mut last = None;
    let days = series(&state.chats, chat, today, DAYS).into_iter();
    days.filter_map(|(day, count)| {
        last = count.members().map(u64::from).or(last);
        last.map(|members| (day, members))
    })
    .collect()
}

/// The chat that the address names.
pub(super) fn one(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang, chat, today) = (look.words(), look.lang(), look.chat()?, look.today());
    let filter = Filter { chat: Some(chat), ..Filter::default() };
    let (row, line, days, bots, asked) = look
        .read(|state| {
            let row = rows(state, look.dashboard.rules(), today, &filter).pop()?;
            let days = series(&state.chats, chat, today, DAYS);
            let bots = bots(look, state, &row.known.bots);
            Some((row, sizes(state, chat, today), days, bots, still_wanted(state, Some(chat))))
        })
        .ok_or(Trouble::Missing)?;
    let (known, zone) = (&row.known, look.dashboard.rules().zone);
    let shown = |label: &str, value: String| Figure { value, ..figure(label, 0, "") };
    let figures = vec![
        shown(words.members(), known.members.map_or_else(|| "—".to_owned(), |members| text::number(u64::from(members)))),
        shown(words.growth_7(), words_of::growth_or_dash(row.week.growth)),
        shown(words.growth_30(), words_of::growth_or_dash(row.month.growth)),
        figure(words.joined_30(), row.month.joined, ""),
        figure(words.left_30(), row.month.left, ""),
    ];
    let chart = DayChart {
        title: words.members_by_day().to_owned(),
        period: words.last_30_days().to_owned(),
        days: line.iter().map(|(day, members)| (text::short_date(*day, lang), *members)).collect(),
        heads: [words.day(), words.members()],
    };
    let mut sections = vec![Section::Figures(figures)];
    sections.extend(being_asked(words, asked));
    sections.extend([Section::Days(chart), administrators(words, known.administrators.as_deref()), bots, by_day(look, &days)]);
    let at = |at| moment(at, zone);
    let facts = [
        Some((words.id(), chat.to_string())),
        known.username.as_ref().map(|username| (words.username(), format!("@{username}"))),
        Some((words.registered(), if row.is_registered { words.yes() } else { words.no() }.to_owned())),
        known.first_seen.map(|seen| (words.first_seen(), at(seen))),
        known.looked.map(|looked| (words.refreshed(), at(looked))),
        known.left().map(|left| (words.left_since(), at(left))),
        known.failed.as_ref().map(|failed| (words.last_error(), format!("{} · {}", at(failed.at), failed.why))),
    ];
    let facts = facts.into_iter().flatten().map(|(name, value)| (name.to_owned(), value)).collect();
    sections.push(Section::Facts(words.about_chat().to_owned(), facts));
    if look.visitor.admin().is_some() {
        let form = if known.left().is_some() {
            Form::new(format!("/chats/{chat}/forget"), words.forget_chat()).more(words.forget_chat_more()).grave()
        } else {
            Form::new(format!("/chats/{chat}/refresh"), words.refresh()).more(words.refresh_more())
        };
        sections.push(Section::Forms(words.manage().to_owned(), vec![form]));
    }
    let (status, tone) = status(&row, words);
    Ok(Page {
        title: in_text(&known.title),
        lead: Some(words_of::kind(known.kind, lang).to_owned()),
        up: Some(("/chats".to_owned(), words.chats())),
        badge: Some((status.to_owned(), tone)),
        sections,
        ..Page::default()
    })
}

fn administrators(words: Words, all: Option<&[Administrator]>) -> Section {
    let row = |one: &Administrator| {
        let username = one.username.as_ref().map_or_else(Field::nothing, |username| Field::name(&format!("@{username}")));
        let title = one.title.as_ref().map_or_else(Field::nothing, |title| Field::name(title));
        let role = if one.owner { words.owner() } else { words.administrator() };
        vec![Field::name(&one.name), Field::text(role), title, username, Field::text(one.user.to_string())]
    };
    Section::Table(Table {
        name: "administrators",
        title: words.administrators().to_owned(),
        columns: vec![
            Column::text("name", words.name()),
            Column::text("role", words.role()),
            Column::text("custom_title", words.custom_title()),
            Column::text("username", words.username()).minor(),
            Column::text("user_id", words.id()).minor(),
        ],
        rows: all.unwrap_or_default().iter().map(row).collect(),
        empty: words.no_administrators().to_owned(),
    })
}

fn bots(look: &Look<'_>, state: &State, places: &[BotPlace]) -> Section {
    let (words, lang) = (look.words(), look.lang());
    let row = |place: &BotPlace| {
        let rights: Vec<_> = place.rights.iter().map(|right| words_of::right(right, lang)).collect();
        let since = place.gone_since.or(place.since);
        vec![
            Field::name(&state.bot_name(place.bot)),
            Field::text(words_of::role(place.role, lang)),
            if rights.is_empty() { Field::nothing() } else { Field::text(rights.join(", ")) },
            since.map_or_else(Field::nothing, |since| Field::text(moment(since, look.dashboard.rules().zone))),
        ]
    };
    Section::Table(Table {
        name: "bots",
        title: words.bots().to_owned(),
        columns: vec![
            Column::text("bot", words.bot()),
            Column::text("role", words.role()),
            Column::text("rights", words.rights()),
            Column::text("since", words.since()).minor(),
        ],
        rows: places.iter().map(row).collect(),
        empty: words.no_chats().to_owned(),
    })
}

/// The last days with their numbers, the newest first.
fn by_day(look: &Look<'_>, days: &[(NaiveDate, DayCount)]) -> Section {
    let words = look.words();
    let row = |(day, count): &(NaiveDate, DayCount)| {
        let members = count.members().map_or_else(Field::nothing, |members| Field::count(u64::from(members)));
        vec![Field::day(*day, look.lang()), members, Field::count(u64::from(count.joined)), Field::count(u64::from(count.left))]
    };
    Section::Table(Table {
        name: "days",
        title: words.last_30_days().to_owned(),
        columns: vec![
            Column::text("day", words.day()),
            Column::number("members", words.members()),
            Column::number("joined", words.came()),
            Column::number("left", words.went()),
        ],
        rows: days.iter().rev().map(row).collect(),
        empty: words.no_chats().to_owned(),
    })
}

/// Telegram is asked about all chats.
pub(super) fn refresh_all(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    refresh(look, None)?;
    Ok(Done::saved("/chats", Notice::TelegramAsked))
}

/// About one.
pub(super) fn refresh_one(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    let chat = look.chat()?;
    refresh(look, Some(chat))?;
    Ok(Done::saved(format!("/chats/{chat}"), Notice::TelegramAsked))
}

fn refresh(look: &Look<'_>, chat: Option<ChatId>) -> Result<(), Trouble> {
    super::act::order(look, &Order::RefreshChats { chat })?;
    look.dashboard.watched.context.chats_wanted.notify_one();
    Ok(())
}

/// Nothing is known of a chat any more.
pub(super) fn forget(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    look.dashboard.store().recall_chats()?;
    super::act::order(look, &Order::ForgetChat { chat: look.chat()? })?;
    Ok(Done::saved("/chats", Notice::Saved))
}
