//! Members, one of them, whose accounts belong together, and what admins corrected.

use super::super::{Facts, View, button, page, view};
use crate::{
    admin::{
        press::{Order, Press, Screen, StudyOrder, StudyScreen},
        study::people,
    },
    domain::{
        form::{FormKey, Step},
        ids::ChatId,
        presence::Who,
        study::{Correction, CorrectionId, StudyStep},
        work::Button,
    },
    text::{
        button::Label,
        html::Html,
        name::fitted,
        report::moment,
        screen::found as found_words,
        study::{
            button::StudyLabel,
            correction::{self, Told},
            screen::{self as words, MemberFacts},
        },
        study_personal,
    },
};

pub(super) fn list(facts: &Facts<'_>, chat: ChatId, number: u16) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let persons = people::persons(facts.state, chat);
    let shown = page(&persons, number, |page| Screen::Study(StudyScreen::Members { chat, page }));
    let mut html = words::members(&community.title, persons.len(), facts.lang);
    if persons.is_empty() {
        html.push_line(&words::no_members(facts.lang));
    }
    let mut rows: Vec<_> = shown.items.iter().map(|who| vec![open(facts, chat, *who)]).collect();
    rows.push(shown.turn);
    rows.push(vec![button(Label::Search.text(facts.lang), Press::Do(Order::Study(StudyOrder::AskMember { chat })))]);
    rows.push(facts.study_back(StudyScreen::Community { chat }));
    view(html, rows)
}

/// Somebody in a list.
fn open(facts: &Facts<'_>, chat: ChatId, who: Who) -> Button {
    button(label(facts, chat, who), Press::Show(Screen::Study(StudyScreen::Member { chat, who })))
}

fn label(facts: &Facts<'_>, chat: ChatId, who: Who) -> String {
    let member = people::member(facts.state, chat, who);
    let live = if people::is_in_call(facts.state, chat, who) { "🔴 " } else { "" };
    let hidden = if member.is_some_and(|member| member.opted_out) { "🙈 " } else { "" };
    let accounts = people::accounts(facts.state, chat, who).len();
    let joined = if accounts > 1 { format!(" 🔗{accounts}") } else { String::new() };
    format!("{live}{hidden}{}{joined}", fitted(&people::name(facts.state, chat, who), 44))
}

pub(super) fn found(facts: &Facts<'_>, chat: ChatId, number: u16) -> View {
    let chat = match facts.community(chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    let form = facts.state.forms.get(&FormKey::private(facts.user)).map(|form| &form.step);
    let query = match form {
        Some(Step::Study(StudyStep::FoundMembers { chat: there, query })) if facts.state.current_id(*there) == chat => query,
        // The search is over: everybody again.
        Some(_) | None => return list(facts, chat, 0),
    };
    let persons = people::found(facts.state, chat, query);
    let shown = page(&persons, number, |page| Screen::Study(StudyScreen::FoundMembers { chat, page }));
    let mut rows: Vec<_> = shown.items.iter().map(|who| vec![open(facts, chat, *who)]).collect();
    rows.push(shown.turn);
    rows.push(facts.study_back(StudyScreen::Members { chat, page: 0 }));
    view(found_words(query, persons.len(), facts.lang), rows)
}

pub(super) fn one(facts: &Facts<'_>, chat: ChatId, who: Who) -> View {
    let (chat, _) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let Some(member) = people::member(facts.state, chat, who) else { return list(facts, chat, 0) };
    let first = people::canonical(facts.state, chat, who);
    let others = people::accounts(facts.state, chat, who).into_iter().filter(|other| *other != who);
    let others: Vec<_> = others.collect();
    let told = MemberFacts {
        name: people::name(facts.state, chat, who),
        number: who.0,
        bot: member.bot,
        opted_out: member.opted_out,
        in_call: people::is_in_call(facts.state, chat, who),
        accounts: others.iter().take(8).map(|other| people::name(facts.state, chat, *other)).collect(),
    };
    let mut html = words::member(&told, facts.lang);
    if let Some(times) = super::mine::times(facts, chat, first) {
        html.push_line(&Html::new());
        html.push_line(&study_personal::numbers(&times, facts.lang));
    }
    let mut rows = vec![
        vec![
            facts.study(StudyLabel::Why, StudyScreen::Why { chat, who, weeks: 0 }),
            facts.study_order(StudyLabel::Correct, StudyOrder::AskCorrection { chat, who }),
        ],
        vec![facts.study(StudyLabel::SamePerson, StudyScreen::SamePerson { chat, who, page: 0 })],
    ];
    if member.same_as.is_some() {
        rows.push(vec![facts.study_order(StudyLabel::OwnPerson, StudyOrder::Part { chat, who })]);
    }
    rows.extend(others.into_iter().take(8).map(|other| vec![open(facts, chat, other)]));
    rows.push(facts.study_back(StudyScreen::Members { chat, page: 0 }));
    view(html, rows)
}

pub(super) fn same_person(facts: &Facts<'_>, chat: ChatId, who: Who, number: u16) -> View {
    let chat = match facts.community(chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    if people::member(facts.state, chat, who).is_none() {
        return list(facts, chat, 0);
    }
    let own = people::canonical(facts.state, chat, who);
    let others: Vec<_> = people::persons(facts.state, chat).into_iter().filter(|other| *other != own).collect();
    let shown = page(&others, number, |page| Screen::Study(StudyScreen::SamePerson { chat, who, page }));
    let choose = |other: &Who| {
        let order = Order::Study(StudyOrder::Join { chat, who, same_as: *other });
        vec![button(label(facts, chat, *other), Press::Do(order))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(choose).collect();
    rows.push(shown.turn);
    rows.push(facts.study_back(StudyScreen::Member { chat, who }));
    view(words::same_person(&people::name(facts.state, chat, who), facts.lang), rows)
}

pub(super) fn corrections(facts: &Facts<'_>, chat: ChatId, number: u16) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    // Newest first.
    let all: Vec<_> = facts.state.study.corrections.get(&chat).into_iter().flatten().rev().collect();
    let shown = page(&all, number, |page| Screen::Study(StudyScreen::Corrections { chat, page }));
    let open = |(id, correction): &(&CorrectionId, &Correction)| {
        let name = people::name(facts.state, chat, correction.who);
        let label = correction::line(&name, correction.day, correction.seconds, correction.withdrawn.is_some(), facts.lang);
        vec![button(label, Press::Show(Screen::Study(StudyScreen::Correction { chat, correction: **id })))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(facts.study_back(StudyScreen::Community { chat }));
    view(correction::list(&community.title, all.len(), facts.lang), rows)
}

pub(super) fn correction(facts: &Facts<'_>, chat: ChatId, id: CorrectionId) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let known = facts.state.study.corrections.get(&chat).and_then(|all| all.get(&id));
    let Some(known) = known else { return corrections(facts, chat, 0) };
    let when = |at| moment(at, community.zone);
    let told = Told {
        name: people::name(facts.state, chat, known.who),
        day: known.day,
        seconds: known.seconds,
        reason: known.reason.clone(),
        given: (known.by.to_string(), when(known.at)),
        withdrawn: known.withdrawn.map(|(by, at)| (by.to_string(), when(at))),
    };
    let mut rows = vec![vec![open(facts, chat, known.who)]];
    if known.withdrawn.is_none() {
        rows.push(vec![facts.study_order(StudyLabel::Withdraw, StudyOrder::Withdraw { chat, correction: id })]);
    }
    rows.push(facts.study_back(StudyScreen::Corrections { chat, page: 0 }));
    view(correction::one(&told, facts.lang), rows)
}
