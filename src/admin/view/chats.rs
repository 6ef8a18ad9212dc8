//! The chats that bots are in: the list with their sizes, and one of them.

use super::{Facts, View, button, page, view};
use crate::{
    admin::{
        Desk,
        press::{Order, Press, Screen},
    },
    chats::{Filter, Row, Sums, rows, series},
    domain::{
        chats::{BotPlace, DayCount},
        ids::ChatId,
    },
    html,
    text::{
        button::Label, chart::sparkline, chats as words, html::Html, name::fitted, number, report::moment, screen::list_heading,
    },
};

/// Administrators that are named.
const NAMED: usize = 12;
/// Bots whose rights are told.
const BOTS: usize = 4;

fn known(facts: &Facts<'_>, chat: Option<ChatId>) -> Vec<Row> {
    let today = Desk { state: facts.state, rules: facts.rules, now: facts.now }.today();
    rows(facts.state, facts.rules, today, &Filter { chat, ..Filter::default() })
}

pub(super) fn list(facts: &Facts<'_>, number: u16) -> View {
    let lang = facts.lang;
    let all = known(facts, None);
    let shown = page(&all, number, |page| Screen::Chats { page });
    let mut html = list_heading(&Label::Chats.text(lang), all.len(), shown.number, shown.pages);
    let sums = Sums::of(&all);
    if all.is_empty() {
        html.push_line(&words::none(lang));
    } else {
        html.push_line(&words::sums(&sums, lang));
        let kinds = Sums::by_kind(&all);
        if kinds.len() > 1 {
            kinds.iter().filter(|(_, sums)| sums.chats > 0).for_each(|(kind, sums)| {
                html.push_line(&words::of_kind(*kind, sums, lang));
            });
        }
        if sums.failed > 0 {
            html.push_line(&words::failed(sums.failed, lang));
        }
    }
    let mut rows: Vec<_> = shown.items.iter().map(|row| vec![open(row)]).collect();
    rows.push(shown.turn);
    rows.push(vec![facts.wish(Label::Refresh, Order::RefreshChats {}), facts.menu()]);
    view(html, rows)
}

/// "⚠️ Grade 2 · 31 (+3)"
fn open(row: &Row) -> crate::domain::work::Button {
    let mark = match (row.known.left(), &row.known.failed) {
        (Some(_), _) => "🚪 ",
        (None, Some(_)) => "⚠️ ",
        (None, None) => "",
    };
    let members = row.known.members.map_or_else(|| "?".to_owned(), |members| number(u64::from(members)));
    let growth = row.week.growth.filter(|growth| *growth != 0).map(|growth| format!(" ({})", words::growth(growth)));
    let label = format!("{mark}{} · {members}{}", fitted(&row.known.title, 40), growth.unwrap_or_default());
    button(label, Press::Show(Screen::Chat { chat: row.chat }))
}

pub(super) fn one(facts: &Facts<'_>, chat: ChatId) -> View {
    let lang = facts.lang;
    let Some(row) = known(facts, Some(facts.state.current_id(chat))).pop() else { return list(facts, 0) };
    let (chat, seen) = (row.chat, &row.known);
    let at = |at| moment(at, facts.rules.zone);
    let mut html = html!("💬 {} · {}", Html::name(&seen.title), Html::code(chat));
    let username = seen.username.as_ref().map(|username| format!(" · @{username}")).unwrap_or_default();
    html.push_line(&Html::text(format!("{}{username}", words::kind(seen.kind, lang))));
    if let Some(left) = seen.left() {
        html.push_line(&words::left(&at(left), lang));
    }
    html.push_line(&html!("\n{}", words::size(seen.members, &row.week, &row.month, lang)));
    if let Some(line) = sizes(facts, chat) {
        html.push_line(&Html::code(line));
    }
    if row.month.joined + row.month.left > 0 {
        html.push_line(&words::came_and_went(&row.month, lang));
    }
    if let Some(administrators) = &seen.administrators {
        html.push_line(&html!("\n{}", words::administrators(administrators.len(), lang)));
        administrators.iter().take(NAMED).for_each(|one| html.push_line(&words::administrator(one)));
        if administrators.len() > NAMED {
            html.push_line(&words::more(administrators.len() - NAMED, lang));
        }
    }
    html.push_line(&Html::new());
    seen.bots.iter().take(BOTS).for_each(|place| html.push_line(&bot(facts, place)));
    if let Some(looked) = seen.looked {
        html.push_line(&words::asked(&at(looked), lang));
    }
    if let Some(failed) = &seen.failed {
        html.push_line(&words::trouble(&failed.why, lang));
    }
    let refresh = facts.wish(Label::Refresh, Order::RefreshChat { chat });
    let group = row.is_registered.then(|| facts.show(Label::Groups, Screen::Group { chat }));
    let rows = vec![std::iter::once(refresh).chain(group).collect(), facts.way_back(Screen::Chats { page: 0 })];
    view(html, rows)
}

/// A bot's place: "@rollcall_bot: administrator (delete messages, pin)".
fn bot(facts: &Facts<'_>, place: &BotPlace) -> Html {
    let rights: Vec<_> = place.rights.iter().map(|right| words::right(right, facts.lang)).collect();
    let rights = if rights.is_empty() { String::new() } else { format!(" ({})", rights.join(", ")) };
    let name = facts.state.bot_name(place.bot);
    Html::text(format!("🤖 {name}: {}{rights}", words::role(place.role, facts.lang)))
}

/// The last 30 days as blocks, from the smallest to the largest; nothing where there are less than two numbers.
fn sizes(facts: &Facts<'_>, chat: ChatId) -> Option<String> {
    let today = Desk { state: facts.state, rules: facts.rules, now: facts.now }.today();
    let days = series(&facts.state.chats, chat, today, 30).into_iter().map(|(_, count)| count);
    let counted: Vec<u64> = days.filter_map(DayCount::members).map(u64::from).collect();
    let least = counted.iter().copied().min().filter(|_| counted.len() > 1)?;
    // Above the smallest, so that a few more in a large group can be seen.
    Some(sparkline(&counted.iter().map(|count| count - least).collect::<Vec<_>>()))
}
