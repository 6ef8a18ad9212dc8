//! What members see of themselves.

use chrono::NaiveDate;

use super::{
    super::{Facts, View, button, view},
    why,
};
use crate::{
    admin::{
        press::{Order, Press, Screen, StudyOrder, StudyScreen},
        study::people,
    },
    domain::{ids::ChatId, period::local_day, presence::Who, study::Community, work::Button},
    study::{
        people::People,
        personal::{Personal, personal},
    },
    text::{
        button::Label,
        name::fitted,
        study::{button::StudyLabel, duration, mine as words, screen},
        study_personal,
    },
};

/// The way to one's own time, for everybody who was ever seen in a call.
pub(in crate::admin) fn home(facts: &Facts<'_>) -> Option<Vec<Button>> {
    people::is_known(facts.state, facts.user).then(|| vec![facts.study(StudyLabel::MyTime, StudyScreen::MyCommunities {})])
}

/// One's own communities; the only one at once.
pub(super) fn list(facts: &Facts<'_>) -> View {
    let communities = people::communities_of(facts.state, facts.user);
    let open = |(chat, community): &(ChatId, &Community)| {
        vec![button(fitted(&community.title, 44), Press::Show(Screen::Study(StudyScreen::MyTime { chat: *chat })))]
    };
    let mut rows: Vec<_> = communities.iter().take(50).map(open).collect();
    rows.push(vec![facts.menu()]);
    view(words::communities(facts.lang), rows)
}

/// One's own membership; the list where there is none.
fn known<'a>(facts: &'a Facts<'_>, chat: ChatId) -> Result<(ChatId, &'a Community), View> {
    let chat = facts.state.current_id(chat);
    let community = facts.state.study.communities.get(&chat).filter(|_| people::is_member(facts.state, chat, facts.user));
    community.map(|community| (chat, community)).ok_or_else(|| list(facts))
}

pub(super) fn time(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match known(facts, chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let own = Who::from(facts.user);
    let person = people::canonical(facts.state, chat, own);
    let hidden = People::of(&facts.state.study, chat).is_hidden(person);
    let times = times(facts, chat, person);
    let html = match &times {
        Some(times) => study_personal::screen(&community.title, times, facts.lang),
        None => words::unreadable(facts.lang),
    };
    let hide = if hidden { StudyLabel::ShowName } else { StudyLabel::HideName };
    let rows = vec![
        vec![
            facts.study(StudyLabel::Why, StudyScreen::MyWhy { chat, weeks: 0 }),
            facts.study(StudyLabel::Goal, StudyScreen::MyGoal { chat }),
        ],
        vec![facts.study_order(StudyLabel::Chart, StudyOrder::Chart { chat })],
        vec![facts.study_order(hide, StudyOrder::Hide { chat, on: !hidden })],
        vec![facts.study(StudyLabel::DeleteMine, StudyScreen::ConfirmForget { chat })],
        vec![
            button(Label::Refresh.text(facts.lang), Press::Show(Screen::Study(StudyScreen::MyTime { chat }))),
            button(Label::Back.text(facts.lang), Press::Show(Screen::Study(StudyScreen::MyCommunities {}))),
            facts.menu(),
        ],
    ];
    view(html, rows)
}

/// Somebody's numbers; `None` where they could not be looked up.
pub(super) fn times(facts: &Facts<'_>, chat: ChatId, person: Who) -> Option<Personal> {
    let community = facts.state.study.communities.get(&chat)?;
    let today = local_day(community.zone, facts.now);
    personal(&facts.state.study, chat, person, today, &facts.study?.seconds)
}

pub(super) fn why(facts: &Facts<'_>, chat: ChatId, weeks: u16) -> View {
    let chat = match known(facts, chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    let own = Who::from(facts.user);
    let open = |day| StudyScreen::MyWhyDay { chat, day };
    let turn = |weeks| StudyScreen::MyWhy { chat, weeks };
    let mut rows = why::days(facts, chat, own, weeks, open, turn);
    rows.push(facts.study_back(StudyScreen::MyTime { chat }));
    view(screen::why(&people::name(facts.state, chat, own), facts.lang), rows)
}

pub(super) fn why_day(facts: &Facts<'_>, chat: ChatId, day: NaiveDate) -> View {
    let chat = match known(facts, chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    let own = Who::from(facts.user);
    let html = why::lines(facts, chat, own, day, &people::name(facts.state, chat, own));
    let weeks = why::weeks_ago(facts, chat, day);
    let rows = vec![
        vec![facts.study(StudyLabel::AllDays, StudyScreen::MyWhy { chat, weeks })],
        facts.study_back(StudyScreen::MyTime { chat }),
    ];
    view(html, rows)
}

pub(super) fn goal(facts: &Facts<'_>, chat: ChatId) -> View {
    let chat = match known(facts, chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    let own = Who::from(facts.user);
    let accounts = people::accounts(facts.state, chat, own);
    let set = accounts.into_iter().find_map(|who| people::member(facts.state, chat, who)?.goal_minutes);
    let choose = |minutes: u32| {
        let label = duration(u64::from(minutes) * 60, facts.lang);
        let label = if set == Some(minutes) { format!("✅ {label}") } else { label };
        button(label, Press::Do(Order::Study(StudyOrder::SetGoal { chat, minutes })))
    };
    let rows = vec![
        [30, 60, 120, 180].map(choose).to_vec(),
        vec![
            facts.study_order(StudyLabel::Other, StudyOrder::AskGoal { chat }),
            facts.study_order(StudyLabel::NoGoal, StudyOrder::SetGoal { chat, minutes: 0 }),
        ],
        facts.study_back(StudyScreen::MyTime { chat }),
    ];
    view(words::goal(set, facts.lang), rows)
}

pub(super) fn confirm_forget(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match known(facts, chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let accounts = people::accounts(facts.state, chat, facts.user.into()).len();
    let rows = vec![
        vec![facts.study_order(StudyLabel::ReallyDelete, StudyOrder::ForgetMe { chat })],
        facts.study_back(StudyScreen::MyTime { chat }),
    ];
    view(words::confirm_forget(&community.title, accounts, facts.lang), rows)
}
