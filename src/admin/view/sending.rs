//! A message to many: to whom, whether it is right so, and what became of it.

use super::{Facts, View, button, home, jobs, page, view};
use crate::{
    admin::{
        press::{Order, Press, Screen, SendingOrder, SendingScreen},
        sending::listed,
    },
    domain::{
        draft::Draft,
        event::Place,
        form::{FormKey, Step},
        jobs::{Delivery, JobId},
        work::Button,
    },
    jobs::announce::{self, Counts},
    text::{
        button::{Label, switch},
        jobs as job_words,
        name::{fitted, in_text},
        sending as words,
    },
};

/// Receivers that are named.
const NAMED: usize = 6;

pub(super) fn draw(screen: &SendingScreen, facts: &Facts<'_>) -> View {
    let draft = facts.state.forms.get(&FormKey::private(facts.user)).and_then(|form| Step::draft(&form.step));
    match (screen, draft) {
        (SendingScreen::Chats { job, page }, _) => chats(facts, job, *page),
        (SendingScreen::Receivers { page }, Some(draft)) => receivers(facts, draft, *page),
        (SendingScreen::Ready {}, Some(draft)) => ready(facts, draft),
        (SendingScreen::Receivers { .. } | SendingScreen::Ready {}, None) => home::main(facts),
    }
}

fn wish(label: String, order: SendingOrder) -> Button {
    button(label, Press::Do(Order::Sending(order)))
}

/// What a place is called.
fn called(facts: &Facts<'_>, place: Place) -> String {
    let chat = announce::place_now(facts.state, place).chat;
    let group = facts.state.groups.get(&chat).map(|group| group.title.clone());
    let title = group.or_else(|| facts.state.chats.known.get(&chat).map(|known| known.title.clone()));
    let topic = place.topic.map(|topic| words::topic(topic, facts.lang)).unwrap_or_default();
    format!("{}{topic}", title.map_or_else(|| chat.to_string(), |title| in_text(&title)))
}

fn receivers(facts: &Facts<'_>, draft: &Draft, number: u16) -> View {
    let lang = facts.lang;
    let groups = listed(facts.state, &draft.query);
    let at = |page| Screen::Sending(SendingScreen::Receivers { page });
    let is_listed = |place: &Place| place.topic.is_none() && facts.state.groups.contains_key(&place.chat);
    let others: Vec<_> = draft.to.iter().filter(|place| !is_listed(place)).copied().collect();
    let whole = groups.iter().map(|group| Place { chat: group.chat_id, topic: None });
    let all: Vec<Place> = others.into_iter().chain(whole).collect();
    let shown = page(&all, number, at);
    let html = words::receivers(draft.to.len(), &draft.query, groups.len(), shown.number, shown.pages, lang);
    let page = u16::try_from(shown.number).unwrap_or(u16::MAX);
    let tick = |place: &Place| {
        let on = !draft.goes_to(*place);
        let order = match place.topic {
            Some(topic) => SendingOrder::Topic { chat: place.chat, topic: topic.0, on, page },
            None => SendingOrder::Tick { chat: place.chat, on, page },
        };
        vec![wish(switch(!on, &called(facts, *place)), order)]
    };
    let mut rows: Vec<_> = shown.items.iter().map(tick).collect();
    rows.push(shown.turn);
    if !groups.is_empty() {
        let all = wish(words::all(groups.len(), lang), SendingOrder::All { on: true });
        rows.push(vec![all, wish(Label::AllOff.text(lang), SendingOrder::All { on: false })]);
    }
    if facts.rules.bots.all.len() > 1 {
        let of =
            |bot: &_| vec![wish(words::of_bot(&facts.state.bot_name(*bot), lang), SendingOrder::OfBot { bot: *bot, on: true })];
        rows.extend(facts.rules.bots.all.iter().take(8).map(of));
    }
    if !draft.query.is_empty() {
        rows.push(vec![wish(words::list_all(lang), SendingOrder::ListAll {})]);
    }
    rows.push(vec![wish(words::go_on(lang), SendingOrder::Preview {}), facts.wish(Label::Cancel, Order::Cancel {})]);
    view(html, rows)
}

fn ready(facts: &Facts<'_>, draft: &Draft) -> View {
    let (lang, zone) = (facts.lang, facts.rules.zone);
    let names = draft.to.iter().take(NAMED).map(|place| called(facts, *place)).collect();
    let summary = words::Summary { names, receivers: draft.to.len(), at: draft.at, silent: draft.silent, zone };
    let html = words::ready(&summary, lang);
    let send = wish(words::send(draft.at.is_some(), lang), SendingOrder::Send { draft: draft.id });
    let time = match draft.at {
        Some(_) => wish(words::now(lang), SendingOrder::Now {}),
        None => wish(words::at_a_time(lang), SendingOrder::AskTime {}),
    };
    let sound = wish(words::sound(draft.silent, lang), SendingOrder::Silent { on: !draft.silent });
    let rows = vec![
        vec![send],
        vec![time, sound],
        vec![
            wish(words::change_receivers(lang), SendingOrder::ListAll {}),
            wish(words::change_text(lang), SendingOrder::AskContent {}),
        ],
        vec![wish(words::look_again(lang), SendingOrder::Preview {}), facts.wish(Label::Cancel, Order::Cancel {})],
    ];
    view(html, rows)
}

fn chats(facts: &Facts<'_>, id: &JobId, number: u16) -> View {
    let deliveries: Vec<&Delivery> = facts.state.jobs.deliveries_of(id).map(|(_, delivery)| delivery).collect();
    if deliveries.is_empty() {
        return jobs::one(facts, id);
    }
    let shown = page(&deliveries, number, |page| Screen::Sending(SendingScreen::Chats { job: id.clone(), page }));
    let counts = Counts::of(deliveries.iter().copied());
    let mut html = words::results(counts.sent, counts.total(), facts.lang);
    for delivery in shown.items {
        let name = fitted(&called(facts, delivery.to), 64);
        html.push_line(&job_words::result(&name, &delivery.state, facts.lang));
    }
    let here = u16::try_from(shown.number).unwrap_or(u16::MAX);
    let again = facts.show(Label::Refresh, Screen::Sending(SendingScreen::Chats { job: id.clone(), page: here }));
    view(html, vec![shown.turn, vec![again], facts.way_back(Screen::Job { job: id.clone() })])
}

/// From a message's screen to its chats.
pub(super) fn to_chats(facts: &Facts<'_>, job: &JobId) -> Button {
    let screen = Screen::Sending(SendingScreen::Chats { job: job.clone(), page: 0 });
    button(words::chats(facts.lang), Press::Show(screen))
}

/// From the menu to a new message.
pub(super) fn to_begin(facts: &Facts<'_>) -> Button {
    wish(words::begin(facts.lang), SendingOrder::Begin {})
}
