//! Screens → what is seen: text and buttons, with what is true when they are drawn.

mod backups;
mod chats;
mod collections;
mod commands;
mod digests;
mod groups;
mod home;
mod jobs;
mod own;
mod reports;
mod sending;
mod study;
mod teachers;

use chrono::{DateTime, NaiveDate, Utc};

pub(super) use self::{home::matches, own::here};
use super::{
    Desk,
    diagnosis::Diagnosis,
    press::{Order, OwnScreen, Press, ReportView, Screen, Span, Subject},
    study::facts::{self as study_facts, StudyFacts, StudyNeeds},
};
use crate::{
    domain::{
        collection::OwnCollection,
        form::{FormKey, Step},
        ids::UserId,
        lang::Lang,
        line::LineState,
        rules::Rules,
        state::State,
        work::{Button, ButtonAction, Buttons, ReportScope},
    },
    report::activity::Activity,
    text::{button::Label, html::Html, report::Frame},
};

/// What the list of voices looks at.
const VOICES: Span = Span::Last(30);
/// How far back a voice's messages are credited.
pub(super) const EARLIER: Span = Span::Last(365);

/// Entries on one page of a list.
const PAGE: usize = 8;

/// A screen as it is seen.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The text.
    pub html: Html,
    /// What is under it.
    pub buttons: Buttons,
}

/// What a screen is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Everything that is known.
    pub state: &'a State,
    /// The operator's settings.
    pub rules: &'a Rules,
    /// The time.
    pub now: DateTime<Utc>,
    /// Who looks.
    pub user: UserId,
    /// In which language.
    pub lang: Lang,
    /// What [`Needs::activity`] asked for.
    pub activity: Option<&'a Activity>,
    /// What [`Needs::before`] asked for.
    pub before: Option<&'a Activity>,
    /// What [`Needs::diagnosis`] asked for.
    pub diagnosis: Option<&'a Diagnosis>,
    /// What [`Needs::study`] asked for.
    pub study: Option<&'a StudyFacts>,
    /// What [`Needs::collected`] asked for.
    pub collected: Option<OwnCollection>,
    /// How the user session is doing.
    pub session: &'a LineState,
    /// How far the numbers go.
    pub last_commit: Option<DateTime<Utc>>,
}

/// What has to be looked up before a screen can be drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Numbers of this period.
    pub activity: Option<ReportScope>,
    /// Numbers to compare them with.
    pub before: Option<ReportScope>,
    /// What works and what doesn't.
    pub diagnosis: bool,
    /// Times of a community.
    pub study: Option<StudyNeeds>,
    /// What whoever looks collected on the dashboard.
    pub collected: bool,
}

/// What has to be looked up before `screen` can be drawn for `user`.
pub fn needs(screen: &Screen, desk: &Desk<'_>, user: UserId) -> Needs {
    let today = desk.today();
    let is_admin = desk.rules.admin(user).is_some();
    let own = desk.state.teacher_of(user).map(|teacher| teacher.teacher_id);
    let only =
        |span: Span, subject: Subject| Needs { activity: Some(scope(desk.state, today, span, subject)), ..Needs::default() };
    match screen {
        Screen::Main {} if is_admin => only(Span::Today, Subject::All),
        Screen::Main {} => own.map_or_else(Needs::default, |teacher| only(Span::Last(7), Subject::Teacher(teacher))),
        Screen::MyActivity { span } => own.map_or_else(Needs::default, |teacher| only(*span, Subject::Teacher(teacher))),
        Screen::Study(screen) if is_admin || screen.is_members() => {
            Needs { study: study_facts::needs(screen, desk, user), ..Needs::default() }
        }
        Screen::Own(OwnScreen::Privacy {} | OwnScreen::ConfirmForget {}) => Needs { collected: true, ..Needs::default() },
        _ if !is_admin => Needs::default(),
        Screen::Teacher { teacher } => only(Span::Last(7), Subject::Teacher(*teacher)),
        Screen::Group { chat } => only(Span::Last(7), Subject::Group(*chat)),
        Screen::Voices { chat } => only(VOICES, Subject::Group(*chat)),
        Screen::Earlier { chat, .. } => only(EARLIER, Subject::Group(*chat)),
        Screen::Report { view, span, subject } => {
            let scope = scope(desk.state, today, *span, *subject);
            let before = (*view == ReportView::Summary).then(|| ReportScope { period: scope.period.before(), ..scope });
            Needs { activity: Some(scope), before, ..Needs::default() }
        }
        Screen::Diagnostics {} => Needs { diagnosis: true, ..Needs::default() },
        Screen::Teachers { .. }
        | Screen::TeacherGroups { .. }
        | Screen::TeacherMore { .. }
        | Screen::ConfirmDelete { .. }
        | Screen::Groups { .. }
        | Screen::GroupTeachers { .. }
        | Screen::ConfirmRemove { .. }
        | Screen::VoiceOwner { .. }
        | Screen::AddGroup {}
        | Screen::Reports {}
        | Screen::Workbooks {}
        | Screen::Requests { .. }
        | Screen::Request { .. }
        | Screen::Language {}
        | Screen::Help {}
        | Screen::Study(_)
        | Screen::Own(_)
        | Screen::Sending(_)
        | Screen::Digest(_)
        | Screen::Chats { .. }
        | Screen::Chat { .. }
        | Screen::Jobs { .. }
        | Screen::Job { .. }
        | Screen::Found { .. } => Needs::default(),
    }
}

fn scope(state: &State, today: NaiveDate, span: Span, subject: Subject) -> ReportScope {
    let period = span.period(today);
    match subject {
        Subject::All => ReportScope { period, teacher: None, group: None },
        Subject::Teacher(teacher) => ReportScope { period, teacher: Some(teacher), group: None },
        Subject::Group(chat) => ReportScope { period, teacher: None, group: Some(state.current_id(chat)) },
    }
}

/// Draws a screen for whoever looks; what they may not see is their own home instead.
pub fn render(screen: &Screen, facts: &Facts<'_>) -> View {
    let is_admin = facts.rules.admin(facts.user).is_some();
    match screen {
        Screen::Help {} => home::help(facts, is_admin),
        Screen::Language {} => home::language(facts),
        Screen::MyActivity { span } => home::my_activity(facts, *span),
        Screen::Study(screen) if screen.is_members() => study::draw(screen, facts),
        Screen::Own(screen) if screen.is_everybodys() => own::draw(screen, facts),
        _ if !is_admin => home::of_others(facts),
        Screen::Main {} => home::main(facts),
        Screen::Teachers { page } => teachers::list(facts, *page),
        Screen::Teacher { teacher } => teachers::one(facts, *teacher),
        Screen::TeacherGroups { teacher, page } => teachers::assignments(facts, *teacher, *page),
        Screen::TeacherMore { teacher } => teachers::more(facts, *teacher),
        Screen::ConfirmDelete { teacher } => teachers::confirm_delete(facts, *teacher),
        Screen::Groups { page } => groups::list(facts, *page),
        Screen::Group { chat } => groups::one(facts, *chat),
        Screen::GroupTeachers { chat, page } => groups::teachers(facts, *chat, *page),
        Screen::ConfirmRemove { chat } => groups::confirm_remove(facts, *chat),
        Screen::Voices { chat } => groups::voices(facts, *chat),
        Screen::VoiceOwner { chat, tag, page } => groups::voice_owner(facts, *chat, tag, *page),
        Screen::Earlier { chat, tag } => groups::earlier(facts, *chat, tag),
        Screen::AddGroup {} => groups::how_to_add(facts),
        Screen::Reports {} => reports::choose(facts),
        Screen::Report { view, span, subject } => reports::one(facts, *view, *span, *subject),
        Screen::Workbooks {} => reports::choose_workbook(facts),
        Screen::Requests { page } => home::requests(facts, *page),
        Screen::Request { user } => home::request(facts, *user),
        Screen::Diagnostics {} => home::diagnostics(facts),
        Screen::Found { page } => home::found(facts, *page),
        Screen::Chats { page } => chats::list(facts, *page),
        Screen::Chat { chat } => chats::one(facts, *chat),
        Screen::Jobs { page } => jobs::list(facts, *page),
        Screen::Job { job } => jobs::one(facts, job),
        Screen::Study(screen) => study::draw(screen, facts),
        Screen::Own(screen) => own::draw(screen, facts),
        Screen::Sending(screen) => sending::draw(screen, facts),
        Screen::Digest(screen) => digests::draw(screen, facts),
    }
}

impl Facts<'_> {
    fn frame(&self) -> Frame<'_> {
        Frame { state: self.state, zone: self.rules.zone, last_commit: self.last_commit, lang: self.lang }
    }

    /// What the admin looked for last.
    fn query(&self) -> &str {
        match self.state.forms.get(&FormKey::private(self.user)).map(|form| &form.step) {
            Some(Step::Found { query }) => query,
            Some(_) | None => "",
        }
    }

    fn show(&self, label: Label, screen: Screen) -> Button {
        button(label.text(self.lang), Press::Show(screen))
    }

    fn wish(&self, label: Label, order: Order) -> Button {
        button(label.text(self.lang), Press::Do(order))
    }

    fn menu(&self) -> Button {
        self.show(Label::Menu, Screen::Main {})
    }

    /// One screen up, and home.
    fn way_back(&self, up: Screen) -> Vec<Button> {
        vec![self.show(Label::Back, up), self.menu()]
    }
}

fn button(label: String, press: Press) -> Button {
    // A label that is all white space is refused by Telegram.
    let label = if label.trim().is_empty() { "…".to_owned() } else { label };
    Button { label, action: ButtonAction::Press(press.encode()) }
}

fn link(label: String, url: String) -> Button {
    Button { label, action: ButtonAction::Open(url) }
}

fn view(html: Html, rows: Vec<Vec<Button>>) -> View {
    View { html, buttons: Buttons::Inline(rows.into_iter().filter(|row| !row.is_empty()).collect()) }
}

/// One page of a list, with the buttons that turn it.
struct Page<'a, T> {
    items: &'a [T],
    number: usize,
    pages: usize,
    turn: Vec<Button>,
}

/// The page with this number, or the last one; `screen` names a page.
fn page<T>(all: &[T], number: u16, screen: impl Fn(u16) -> Screen) -> Page<'_, T> {
    let pages = all.len().div_ceil(PAGE).max(1);
    let number = usize::from(number).min(pages - 1);
    let from = number * PAGE;
    let items = &all[from..all.len().min(from + PAGE)];
    let to = |label: &str, page: usize| button(label.to_owned(), Press::Show(screen(u16::try_from(page).unwrap_or(u16::MAX))));
    let turn = if pages > 1 {
        let before = if number == 0 { pages - 1 } else { number - 1 };
        let after = if number + 1 == pages { 0 } else { number + 1 };
        vec![to("◀️", before), to(&format!("{}/{pages}", number + 1), number), to("▶️", after)]
    } else {
        Vec::new()
    };
    Page { items, number, pages, turn }
}
