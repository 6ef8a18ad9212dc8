//! The main menu of each role, and what is one step from it.

use super::{Facts, View, button, groups, page, sending, study, teachers, view};
use crate::{
    admin::press::{Order, OwnScreen, Press, Screen, Span, StudyScreen},
    domain::{
        assistant::Whom,
        ids::UserId,
        lang::Lang,
        registry::{Group, Teacher},
        state::State,
    },
    html,
    text::{
        assistant as assistant_words,
        button::{self, Label},
        diagnosis as diagnosis_words, dialogue as dialogue_words,
        html::Html,
        name::fitted,
        own_button::OwnLabel,
        report as report_words, screen as words,
        study::{button::StudyLabel, mine as study_words},
    },
};

pub(super) fn main(facts: &Facts<'_>) -> View {
    let (state, lang) = (facts.state, facts.lang);
    let figures = words::MainFigures {
        active_teachers: state.teachers.values().filter(|teacher| teacher.active).count(),
        teachers: state.teachers.len(),
        counting_groups: state.groups.values().filter(|group| group.counts()).count(),
        groups: state.groups.len(),
        today: facts.activity.map_or(0, |activity| activity.total()),
    };
    let mut html = words::main(figures, lang);
    let (no_groups, no_teachers) = (state.groups.is_empty(), state.teachers.is_empty());
    if no_groups || no_teachers {
        html.push_line(&html!("\n{}", words::first_steps(no_groups, no_teachers, lang)));
    }
    let requests = button(button::requests(state.requests.len(), lang), Press::Show(Screen::Requests { page: 0 }));
    let mut rows = vec![
        vec![facts.show(Label::Teachers, Screen::Teachers { page: 0 }), facts.wish(Label::AddTeacher, Order::AskTeacher {})],
        vec![facts.show(Label::Groups, Screen::Groups { page: 0 }), facts.show(Label::AddGroup, Screen::AddGroup {})],
        vec![facts.show(Label::Reports, Screen::Reports {}), facts.show(Label::Excel, Screen::Workbooks {})],
        vec![
            facts.study(StudyLabel::StudyTime, StudyScreen::Communities { page: 0 }),
            facts.show(Label::Chats, Screen::Chats { page: 0 }),
        ],
        vec![requests, facts.show(Label::Diagnostics, Screen::Diagnostics {})],
        vec![sending::to_begin(facts), facts.show(Label::Jobs, Screen::Jobs { page: 0 })],
        vec![
            facts.own(OwnLabel::Commands, OwnScreen::Commands { page: 0 }),
            facts.own(OwnLabel::Settings, OwnScreen::Settings {}),
        ],
        vec![facts.show(Label::Help, Screen::Help {})],
    ];
    if state.teacher_of(facts.user).is_some() {
        rows.push(vec![facts.show(Label::MyActivity, Screen::MyActivity { span: Span::Last(7) })]);
    }
    rows.extend(study::home(facts));
    view(html, rows)
}

/// The home of a teacher, of somebody whose request waits, or of anybody else.
pub(super) fn of_others(facts: &Facts<'_>) -> View {
    let (state, lang) = (facts.state, facts.lang);
    let language = vec![facts.own(OwnLabel::Settings, OwnScreen::Settings {}), facts.show(Label::Help, Screen::Help {})];
    if let Some(teacher) = state.teacher_of(facts.user) {
        let mut html = words::teacher_home(teacher.full_name.as_str(), lang);
        if let Some(activity) = facts.activity {
            html.push_line(&html!("\n{}", report_words::my_activity(teacher.teacher_id, activity, &facts.frame())));
        }
        let mut rows = periods(facts);
        rows.extend(study::home(facts));
        rows.push(language);
        return view(html, rows);
    }
    if let Some(request) = state.requests.get(&facts.user) {
        let rows = study::home(facts).into_iter().chain([language]).collect();
        return view(words::waiting(request.full_name.as_str(), lang), rows);
    }
    if let Some(own) = study::home(facts) {
        let register = vec![facts.wish(Label::RegisterMe, Order::AskOwnName {})];
        return view(study_words::home(lang), vec![own, register, language]);
    }
    view(words::visitor(lang), vec![vec![facts.wish(Label::RegisterMe, Order::AskOwnName {})], language])
}

fn periods(facts: &Facts<'_>) -> Vec<Vec<crate::domain::work::Button>> {
    let own = |span: &Span| button(button::span(*span, facts.lang), Press::Show(Screen::MyActivity { span: *span }));
    Span::BUTTONS.chunks(3).map(|spans| spans.iter().map(own).collect()).collect()
}

/// A teacher's own numbers.
pub(super) fn my_activity(facts: &Facts<'_>, _: Span) -> View {
    let (Some(teacher), Some(activity)) = (facts.state.teacher_of(facts.user), facts.activity) else { return of_others(facts) };
    let mut rows = periods(facts);
    rows.push(vec![facts.menu()]);
    view(report_words::my_activity(teacher.teacher_id, activity, &facts.frame()), rows)
}

pub(super) fn help(facts: &Facts<'_>, is_admin: bool) -> View {
    let html = if is_admin { words::help_admin(facts.lang) } else { words::help_visitor(facts.lang) };
    let assistant = facts.rules.assistant();
    let may_ask = match assistant.whom {
        Whom::Nobody => false,
        Whom::Admins => is_admin,
        Whom::Members => true,
    };
    let html = if may_ask { html!("{}\n\n{}", html, assistant_words::help(assistant.in_groups, facts.lang)) } else { html };
    view(html, vec![vec![facts.menu()]])
}

pub(super) fn language(facts: &Facts<'_>) -> View {
    let mut rows: Vec<_> = Lang::ALL
        .into_iter()
        .map(|lang| vec![button(button::language(lang, lang == facts.lang), Press::Do(Order::Speak { lang }))])
        .collect();
    rows.push(vec![facts.menu()]);
    view(words::language(), rows)
}

pub(super) fn requests(facts: &Facts<'_>, number: u16) -> View {
    let requests: Vec<_> = facts.state.requests.values().collect();
    let shown = page(&requests, number, |page| Screen::Requests { page });
    let mut html = words::list_heading(&button::requests(0, facts.lang), requests.len(), shown.number, shown.pages);
    if requests.is_empty() {
        html.push_line(&words::no_requests(facts.lang));
    }
    let open = |request: &&crate::domain::registry::RegistrationRequest| {
        let user = request.telegram_user_id;
        vec![button(fitted(request.full_name.as_str(), 44), Press::Show(Screen::Request { user }))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

pub(super) fn request(facts: &Facts<'_>, user: UserId) -> View {
    let Some(request) = facts.state.requests.get(&user) else { return requests(facts, 0) };
    let mut html = dialogue_words::request_received(request.full_name.as_str(), user, facts.lang);
    let asked = request.created_at.instant(facts.rules.zone).map(|at| report_words::moment(at, facts.rules.zone));
    // Another program may have written something that is no time: then as it is.
    html.push_line(&Html::italic(asked.unwrap_or_else(|| request.created_at.to_string())));
    let rows = vec![
        vec![facts.wish(Label::Approve, Order::Approve { user }), facts.wish(Label::Reject, Order::Reject { user })],
        facts.way_back(Screen::Requests { page: 0 }),
    ];
    view(html, rows)
}

pub(super) fn diagnostics(facts: &Facts<'_>) -> View {
    let html = facts.diagnosis.map_or_else(Html::new, |diagnosis| diagnosis_words::full(diagnosis, facts.rules.zone, facts.lang));
    let rows = vec![
        vec![facts.show(Label::Refresh, Screen::Diagnostics {}), facts.wish(Label::SyncGroups, Order::SyncGroups {})],
        vec![facts.menu()],
    ];
    view(html, rows)
}

/// Teachers and groups whose name, title or id has the words in it.
pub(crate) fn matches<'a>(state: &'a State, query: &str) -> (Vec<&'a Teacher>, Vec<&'a Group>) {
    let wanted = query.to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let accounts = |teacher: &Teacher| teacher.accounts().any(|account| account.to_string() == wanted);
    let is_meant = |teacher: &&Teacher| has(teacher.full_name.as_str()) || has(teacher.teacher_id.as_str()) || accounts(teacher);
    let people = state.teachers.values().filter(is_meant).collect();
    (people, state.groups.values().filter(|group| has(&group.title) || group.chat_id.to_string() == wanted).collect())
}

/// What [`matches`] found.
pub(super) fn found(facts: &Facts<'_>, number: u16) -> View {
    let query = facts.query();
    let (people, places) = matches(facts.state, query);
    let all: Vec<_> =
        people.into_iter().map(teachers::open).chain(places.into_iter().map(|group| groups::open(facts, group))).collect();
    let shown = page(&all, number, |page| Screen::Found { page });
    let mut rows: Vec<_> = shown.items.iter().map(|found| vec![found.clone()]).collect();
    rows.push(shown.turn);
    rows.push(vec![facts.menu()]);
    view(words::found(query, all.len(), facts.lang), rows)
}
