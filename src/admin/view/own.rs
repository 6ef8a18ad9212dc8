//! What everybody has for themselves: what the bot does, how to reach its people, settings, what is stored.

use super::{Facts, View, button, commands, view};
use crate::{
    admin::{
        Desk,
        own::privacy,
        press::{OwnOrder, OwnScreen, Press, Screen},
    },
    commands::answer::{Asked, filled},
    domain::{event::Place, ids::ChatId, registry::Notice, work::Button},
    membership::hears,
    text::{
        button::Label,
        feedback,
        own::{self as words, Here, Stored},
        own_button::OwnLabel,
    },
};

pub(super) fn draw(screen: &OwnScreen, facts: &Facts<'_>) -> View {
    match screen {
        OwnScreen::Info {} => info(facts),
        OwnScreen::Contact {} => contact(facts),
        OwnScreen::Settings {} => settings(facts),
        OwnScreen::Notices {} => notices(facts),
        OwnScreen::Privacy {} => privacy(facts),
        OwnScreen::ConfirmForget {} => confirm_forget(facts),
        OwnScreen::Commands { page } => commands::list(facts, *page),
        OwnScreen::Command { name } => commands::one(facts, name),
        OwnScreen::Describe { name } => commands::describe(facts, name),
        OwnScreen::AnsweredBy { name } => commands::answered_by(facts, name),
        OwnScreen::ConfirmDelete { name } => commands::confirm_delete(facts, name),
    }
}

impl Facts<'_> {
    pub(super) fn own(&self, label: OwnLabel, screen: OwnScreen) -> Button {
        button(label.text(self.lang), Press::Show(Screen::Own(screen)))
    }

    pub(super) fn own_wish(&self, label: OwnLabel, order: OwnOrder) -> Button {
        button(label.text(self.lang), Press::Do(super::Order::Own(order)))
    }

    fn is_admin(&self) -> bool {
        self.rules.admin(self.user).is_some()
    }

    fn desk(&self) -> Desk<'_> {
        Desk { state: self.state, rules: self.rules, now: self.now }
    }
}

/// What the bot does in a group.
pub(in crate::admin) fn here<'a>(desk: &Desk<'a>, chat: ChatId) -> Here<'a> {
    let chat = desk.state.current_id(chat);
    let watched = desk.state.study.communities.get(&chat).is_some_and(|community| community.watched);
    let counting = desk.state.groups.get(&chat).filter(|group| group.counts());
    match (counting, watched) {
        (None, false) => Here::UncountedGroup,
        (group, watched) => {
            let community = || desk.state.study.communities.get(&chat).map(|community| community.title.as_str());
            let title = group.map(|group| group.title.as_str()).or_else(community).unwrap_or_default();
            let counted = desk.state.teachers_in(chat).filter(|teacher| teacher.active && group.is_some());
            Here::Group { title, teachers: counted.count() as u64, watched }
        }
    }
}

fn info(facts: &Facts<'_>) -> View {
    let groups = facts
        .state
        .teacher_of(facts.user)
        .map(|teacher| facts.state.groups_of(teacher.teacher_id).filter(|group| teacher.active && group.counts()).count() as u64);
    let here = match groups {
        _ if facts.is_admin() => Here::Admin,
        Some(groups) => Here::Teacher(groups),
        None => Here::Nobody,
    };
    let rows = vec![
        vec![facts.own(OwnLabel::Settings, OwnScreen::Settings {}), facts.own(OwnLabel::Contact, OwnScreen::Contact {})],
        vec![facts.menu()],
    ];
    view(words::info(&here, facts.lang), rows)
}

fn contact(facts: &Facts<'_>) -> View {
    let said = facts.state.commands.contact.as_deref();
    let asked = Asked { to: Place::private(facts.user), reply_to: None, name: "", group: None, lang: facts.lang };
    let html = said.map_or_else(|| feedback::contact(facts.lang), |text| filled(&facts.desk(), text, &asked));
    let mut rows = vec![vec![facts.own_wish(OwnLabel::WriteFeedback, OwnOrder::AskFeedback {})]];
    if facts.is_admin() {
        let mut edit = vec![facts.own_wish(OwnLabel::EditContact, OwnOrder::AskContact {})];
        edit.extend(said.map(|_| facts.own_wish(OwnLabel::UsualContact, OwnOrder::UsualContact {})));
        rows.push(edit);
    }
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

fn settings(facts: &Facts<'_>) -> View {
    let rows = vec![
        vec![facts.show(Label::Language, Screen::Language {}), facts.own(OwnLabel::Notices, OwnScreen::Notices {})],
        vec![facts.own(OwnLabel::Privacy, OwnScreen::Privacy {}), facts.own(OwnLabel::Info, OwnScreen::Info {})],
        vec![facts.own(OwnLabel::Contact, OwnScreen::Contact {})],
        vec![facts.menu()],
    ];
    view(words::settings(facts.lang), rows)
}

fn notices(facts: &Facts<'_>) -> View {
    let back = facts.own(OwnLabel::Settings, OwnScreen::Settings {});
    if !facts.is_admin() {
        return view(words::no_notices(facts.lang), vec![vec![back, facts.menu()]]);
    }
    let desk = facts.desk();
    let muted = facts.state.people.get(&facts.user).map(|person| &person.muted);
    let toggle = |notice: Notice| {
        let on = muted.is_none_or(|muted| !muted.contains(&notice));
        let order = OwnOrder::Hear { of: notice, on: !on };
        vec![button(words::notice(notice, on, facts.lang), Press::Do(super::Order::Own(order)))]
    };
    let unheard = !facts.rules.admins.iter().any(|admin| hears(&desk, *admin, Notice::Alarms));
    let mut rows: Vec<_> = Notice::ALL.into_iter().map(toggle).collect();
    rows.push(vec![back, facts.menu()]);
    view(words::notices(unheard, facts.lang), rows)
}

fn privacy(facts: &Facts<'_>) -> View {
    let stored = privacy::stored(facts.state, facts.rules, facts.user, facts.collected);
    let mut rows = Vec::new();
    if stored.iter().any(Stored::goes) {
        rows.push(vec![facts.own(OwnLabel::ForgetMe, OwnScreen::ConfirmForget {})]);
    }
    rows.push(vec![facts.own(OwnLabel::Settings, OwnScreen::Settings {}), facts.menu()]);
    view(words::privacy(&shortened(stored), facts.lang), rows)
}

fn confirm_forget(facts: &Facts<'_>) -> View {
    let stored = privacy::stored(facts.state, facts.rules, facts.user, facts.collected);
    let rows = vec![
        vec![facts.own_wish(OwnLabel::ReallyForget, OwnOrder::ForgetMe {})],
        vec![facts.own(OwnLabel::Privacy, OwnScreen::Privacy {}), facts.menu()],
    ];
    view(words::confirm_forget(&shortened(stored), facts.lang), rows)
}

/// Somebody in very many communities sees the first ones: a screen is one message.
fn shortened(stored: Vec<Stored>) -> Vec<Stored> {
    const MOST: usize = 10;
    let mut communities = 0;
    stored
        .into_iter()
        .filter(|stored| {
            let is_community = matches!(stored, Stored::Study(_));
            communities += usize::from(is_community);
            !is_community || communities <= MOST
        })
        .collect()
}
