//! The private chat with the bot: who somebody is, what they see, what they may wish. Pure: a screen becomes a view, a
//! press becomes an outcome.

mod assistant;
mod backups;
mod collections;
pub mod diagnosis;
mod dialogue;
mod digests;
mod order;
mod own;
pub mod press;
#[cfg(any(test, feature = "fuzzing"))]
#[cfg_attr(not(test), expect(dead_code, reason = "fuzzing needs only a part of it"))]
pub(crate) mod school;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod school_chats;
#[cfg(any(test, feature = "fuzzing"))]
#[cfg_attr(not(test), expect(dead_code, reason = "fuzzing needs only a part of it"))]
pub(crate) mod school_commands;
#[cfg(any(test, feature = "fuzzing"))]
#[cfg_attr(not(test), expect(dead_code, reason = "fuzzing needs only a part of it"))]
pub(crate) mod school_study;
pub mod sending;
pub mod study;
#[cfg(test)]
mod tests;
mod view;

use chrono::{DateTime, NaiveDate, Utc};

pub use self::{
    assistant::on_mention,
    press::{
        Back, Choice, DigestOrder, Order, OwnOrder, OwnScreen, Press, ReportView, Screen, SendingOrder, SendingScreen, Span,
        StudyOrder, StudyScreen, Subject, Tag,
    },
    view::{Facts, Needs, View, needs, render},
};
use crate::{
    commands::answer::{Asked, given},
    domain::{
        audit::{Actor, audited},
        change::{Change, Outcome},
        event::{Author, Command, CustomCommand, GroupCommand, PressEvent, PrivateMessage, Said, Sender},
        form::{FormKey, Step},
        ids::{MessageId, UserId},
        lang::Lang,
        period::local_day,
        registry::{Person, retitled},
        rules::{Admin, Rules},
        state::State,
        work::{Buttons, Work},
    },
    membership,
    text::{
        assistant as assistant_words, dialogue as words, html::Html, membership as group_words, own as own_words, toast::Toast,
    },
};

/// While so many messages to a group wait, further commands in it aren't answered.
const MOST_WAITING: usize = 5;

/// What a decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// Everything that is known.
    pub state: &'a State,
    /// The operator's settings.
    pub rules: &'a Rules,
    /// The time.
    pub now: DateTime<Utc>,
}

impl Desk<'_> {
    /// The local day.
    pub fn today(&self) -> NaiveDate {
        local_day(self.rules.zone, self.now)
    }
}

/// The language to speak with somebody: the one they chose, else their Telegram's, else the operator's default.
pub fn lang_of(state: &State, rules: &Rules, user: UserId) -> Lang {
    state.people.get(&user).and_then(|person| person.lang.or(person.telegram_lang)).unwrap_or(rules.lang)
}

/// Somebody at work in private chat, as what they are at this moment.
#[derive(Clone, Copy, Debug)]
struct Visitor<'a> {
    desk: &'a Desk<'a>,
    user: UserId,
    lang: Lang,
    admin: Option<Admin>,
    /// What they wrote just now, where they wrote.
    message: Option<MessageId>,
}

impl<'a> Visitor<'a> {
    fn new(desk: &'a Desk<'a>, from: Sender) -> Self {
        let chosen = desk.state.people.get(&from.id).and_then(|person| person.lang);
        let lang = chosen.or(from.lang).unwrap_or_else(|| lang_of(desk.state, desk.rules, from.id));
        Self { desk, user: from.id, lang, admin: desk.rules.admin(from.id), message: None }
    }

    /// A text to them.
    fn say(&self, html: Html, buttons: Buttons) -> Work {
        Work::Send { to: crate::domain::event::Place::private(self.user), reply_to: None, html: html.into_string(), buttons }
    }

    /// A screen for them: where the pressed one was, or anew.
    fn show(&self, screen: &Screen, edit: Option<MessageId>, note: Option<Html>) -> Work {
        Work::Show { user: self.user, edit, screen: screen.encode(), note: note.map(Html::into_string) }
    }

    fn form(&self) -> FormKey {
        FormKey::private(self.user)
    }

    /// The outcome with what an admin changed by it noted. Others change only what is theirs.
    fn noted(&self, outcome: Outcome) -> Outcome {
        match self.admin {
            Some(admin) => audited(self.desk.state, self.desk.now, &Actor::Telegram(admin.id()), outcome),
            None => outcome,
        }
    }

    /// Remembers that they can be written to, and their Telegram's language.
    fn meet(&self, from: Sender, outcome: &mut Outcome) {
        let known = self.desk.state.people.get(&self.user).cloned().unwrap_or_default();
        let bot = self.desk.rules.bots.remembered(self.desk.rules.bot);
        let met = Person { telegram_lang: from.lang.or(known.telegram_lang), unreachable: false, bot, ..known.clone() };
        if met != known {
            outcome.set(Change::Person(self.user, Some(met)));
        }
    }
}

/// Somebody wrote to the bot in private.
pub fn on_private_message(desk: &Desk<'_>, message: &PrivateMessage) -> Outcome {
    let visitor = Visitor { message: Some(message.message), ..Visitor::new(desk, message.from) };
    let mut outcome = Outcome::nothing();
    visitor.meet(message.from, &mut outcome);
    if let Some(passed) = own::answered_by_reply(&visitor, message) {
        outcome.append(passed);
        return visitor.noted(outcome);
    }
    match &message.said {
        Said::Command(Command::Feedback, written) if !written.is_empty() => outcome.append(own::take_feedback(&visitor)),
        Said::Command(Command::Ask, asked) => outcome.append(assistant::on_ask(&visitor, asked)),
        Said::Command(command, _) => outcome.append(on_command(&visitor, *command)),
        Said::OtherCommand { word, name } => outcome.append(own::run(&visitor, word, name)),
        Said::Text(_) | Said::Person(_) | Said::HiddenAuthor(_) | Said::NoAccount | Said::Chat(_) | Said::Something => {
            outcome.append(dialogue::answer(&visitor, &message.said, message.material.as_deref()));
        }
    }
    visitor.noted(outcome)
}

/// A command always leaves the open form.
fn on_command(visitor: &Visitor<'_>, command: Command) -> Outcome {
    if command == Command::Cancel {
        return dialogue::cancel(visitor);
    }
    if command == Command::Feedback {
        return dialogue::begin(visitor, Step::Feedback);
    }
    let mut outcome = leave_form(visitor);
    let shown = |screen: Screen| visitor.show(&screen, None, None);
    let for_admins = |work: Work| match visitor.admin {
        Some(_) => work,
        None => visitor.say(words::admins_only(visitor.lang), Buttons::None),
    };
    if command == Command::Send && visitor.admin.is_some() {
        return dialogue::outcome_of(sending::begin(visitor, None));
    }
    let answer = match command {
        Command::Send => visitor.say(words::admins_only(visitor.lang), Buttons::None),
        Command::Start | Command::ConfirmGroup => shown(Screen::Main {}),
        Command::Help => shown(Screen::Help {}),
        Command::Lang => shown(Screen::Language {}),
        Command::Info => shown(Screen::Own(OwnScreen::Info {})),
        Command::Contact => shown(Screen::Own(OwnScreen::Contact {})),
        Command::Settings => shown(Screen::Own(OwnScreen::Settings {})),
        Command::Diag => for_admins(shown(Screen::Diagnostics {})),
        Command::SyncGroups => for_admins(Work::SyncGroups { user: visitor.user }),
        Command::Cancel | Command::Feedback => shown(Screen::Main {}),
        Command::Dashboard => Work::SendSignIn { user: visitor.user },
        Command::Ask => visitor.say(assistant_words::what(visitor.lang), Buttons::None),
        Command::Forget => {
            outcome.order(Work::ForgetTalk { user: visitor.user });
            visitor.say(assistant_words::forgotten(visitor.lang), Buttons::None)
        }
    };
    outcome.order(answer);
    outcome
}

/// Somebody pressed a button. Whatever its data says, they get what they may have at this moment, and exactly one answer.
pub fn on_press(desk: &Desk<'_>, event: &PressEvent) -> Outcome {
    let visitor = Visitor::new(desk, event.from);
    let mut outcome = Outcome::nothing();
    visitor.meet(event.from, &mut outcome);
    let edit = event.on.filter(|on| on.is_text && on.chat.0 == visitor.user.0).map(|on| on.id);
    let done = match Press::decode(&event.data) {
        None => Done {
            toast: Some((Toast::OutOfDate, false)),
            work: vec![visitor.show(&Screen::Main {}, None, None)],
            ..Done::default()
        },
        Some(Press::Show(screen)) if may_see(&visitor, &screen) => {
            let mut left = if screen.is_finding() { Outcome::nothing() } else { leave_form(&visitor) };
            left.order(visitor.show(&screen, edit, None));
            Done { work: left.work, changes: left.changes, toast: missing(&visitor, &screen), lang: None }
        }
        Some(Press::Do(order)) => match order::carry_out(&visitor, &order, edit) {
            Some(done) => done,
            None => refused(&visitor),
        },
        Some(Press::Show(_)) => refused(&visitor),
    };
    outcome.changes.extend(done.changes);
    outcome.work.extend(done.work);
    let (text, alert) = match done.toast {
        Some((toast, alert)) => (Some(toast.text(done.lang.unwrap_or(visitor.lang))), alert),
        None => (None, false),
    };
    outcome.order(Work::Answer { query: event.query.clone(), text, alert });
    visitor.noted(outcome)
}

/// What a press comes to.
#[derive(Debug, Default)]
struct Done {
    changes: Vec<Change>,
    work: Vec<Work>,
    toast: Option<(Toast, bool)>,
    /// The toast's language, where the press changed it.
    lang: Option<Lang>,
}

fn refused(visitor: &Visitor<'_>) -> Done {
    Done { toast: Some((Toast::NotAdmin, true)), work: vec![visitor.show(&Screen::Main {}, None, None)], ..Done::default() }
}

/// Gives up the question that is open, because the person turned to something else; with a word where a keyboard has to be
/// taken away, which only a message can do.
fn leave_form(visitor: &Visitor<'_>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let Some(form) = visitor.desk.state.forms.get(&visitor.form()) else { return outcome };
    outcome.set(Change::Form(visitor.form(), None));
    if form.step.asks_for_account() {
        outcome.order(visitor.say(words::cancelled(visitor.lang), Buttons::Remove));
    }
    outcome
}

/// What to say where the subject of a screen is no more: the list that is shown instead says nothing about it.
fn missing(visitor: &Visitor<'_>, screen: &Screen) -> Option<(Toast, bool)> {
    let state = visitor.desk.state;
    let gone = match screen {
        Screen::Teacher { teacher }
        | Screen::TeacherGroups { teacher, .. }
        | Screen::TeacherMore { teacher }
        | Screen::ConfirmDelete { teacher } => (!state.teachers.contains_key(teacher)).then_some(Toast::TeacherGone),
        Screen::Group { chat }
        | Screen::GroupTeachers { chat, .. }
        | Screen::ConfirmRemove { chat }
        | Screen::Voices { chat }
        | Screen::VoiceOwner { chat, .. }
        | Screen::Earlier { chat, .. } => (!state.groups.contains_key(&state.current_id(*chat))).then_some(Toast::GroupGone),
        Screen::Chat { chat } => {
            let chat = &state.current_id(*chat);
            let is_known =
                state.chats.known.contains_key(chat) || state.groups.contains_key(chat) || state.candidates.contains_key(chat);
            (!is_known).then_some(Toast::ChatGone)
        }
        Screen::Study(screen) => return study::missing(visitor, screen),
        Screen::Own(screen) => return own::missing(visitor, screen),
        Screen::Sending(screen) => return sending::missing(visitor, screen),
        Screen::Digest(screen) => return digests::missing(visitor, screen),
        Screen::Request { user } => (!state.requests.contains_key(user)).then_some(Toast::RequestGone),
        Screen::Main {}
        | Screen::Teachers { .. }
        | Screen::Groups { .. }
        | Screen::AddGroup {}
        | Screen::Reports {}
        | Screen::Report { .. }
        | Screen::Workbooks {}
        | Screen::Requests { .. }
        | Screen::Diagnostics {}
        | Screen::Language {}
        | Screen::Help {}
        | Screen::Found { .. }
        | Screen::Chats { .. }
        | Screen::Jobs { .. }
        | Screen::MyActivity { .. } => None,
        Screen::Job { job } => {
            let is_there = crate::jobs::view::row(state, job, visitor.desk.now).is_some();
            (!is_there).then_some(Toast::JobGone)
        }
    };
    gone.map(|toast| (toast, true))
}

/// Whether somebody may see a screen, other than as their own home.
fn may_see(visitor: &Visitor<'_>, screen: &Screen) -> bool {
    match screen {
        Screen::Main {} | Screen::Help {} | Screen::Language {} => true,
        Screen::MyActivity { .. } => visitor.desk.state.teacher_of(visitor.user).is_some(),
        Screen::Study(screen) => study::may_see(visitor, screen),
        Screen::Own(screen) => screen.is_everybodys() || visitor.admin.is_some(),
        Screen::Teachers { .. }
        | Screen::Teacher { .. }
        | Screen::TeacherGroups { .. }
        | Screen::TeacherMore { .. }
        | Screen::ConfirmDelete { .. }
        | Screen::Groups { .. }
        | Screen::Group { .. }
        | Screen::GroupTeachers { .. }
        | Screen::ConfirmRemove { .. }
        | Screen::Voices { .. }
        | Screen::VoiceOwner { .. }
        | Screen::Earlier { .. }
        | Screen::AddGroup {}
        | Screen::Reports {}
        | Screen::Report { .. }
        | Screen::Workbooks {}
        | Screen::Requests { .. }
        | Screen::Request { .. }
        | Screen::Diagnostics {}
        | Screen::Chats { .. }
        | Screen::Chat { .. }
        | Screen::Jobs { .. }
        | Screen::Job { .. }
        | Screen::Sending(_)
        | Screen::Digest(_)
        | Screen::Found { .. } => visitor.admin.is_some(),
    }
}

/// Somebody gave a command in a group.
pub fn on_group_command(desk: &Desk<'_>, event: &GroupCommand) -> Outcome {
    let mut outcome = Outcome::nothing();
    // Said to nobody in particular, it is for the bot whose group it is: two would answer otherwise.
    if !event.by_name && !membership::is_ours(desk, event.place.chat) {
        return outcome;
    }
    let lang = match event.author {
        Author::User(user) => lang_of(desk.state, desk.rules, user),
        Author::Anonymous(_) | Author::Chat(_) | Author::Nobody => desk.rules.lang,
    };
    let reply = |html: Html| Work::Send {
        to: event.place,
        reply_to: Some(event.message),
        html: html.into_string(),
        buttons: Buttons::None,
    };
    let admin = match event.author {
        Author::User(user) => desk.rules.admin(user),
        Author::Anonymous(_) | Author::Chat(_) | Author::Nobody => None,
    };
    match (event.command, admin, &event.author) {
        (Command::ConfirmGroup, Some(_), _) => outcome.append(confirm_group(desk, event, lang, reply)),
        (Command::Diag, Some(_), _) => {
            outcome.order(Work::Diagnose { to: event.place, reply_to: Some(event.message), lang });
        }
        (Command::Send, Some(admin), _) => outcome.append(sending::begin_in_group(desk, admin, event.place)),
        (Command::ConfirmGroup | Command::Diag, None, Author::Anonymous(_)) => {
            outcome.order(reply(group_words::anonymous_admin(lang)))
        }
        // Perhaps the operator, whose own number is missing among the admins: without it they would look for long.
        (Command::ConfirmGroup, None, Author::User(user)) => outcome.order(reply(group_words::not_an_admin(*user, lang))),
        (Command::ConfirmGroup | Command::Diag, None, _) => outcome.order(reply(words::admins_only(lang))),
        (Command::Info, ..) => outcome.order(reply(own_words::info(&view::here(desk, event.place.chat), lang))),
        (Command::Start | Command::Help | Command::Contact | Command::Settings | Command::Feedback, ..) => {
            outcome.order(reply(group_words::ask_me_in_private(lang)))
        }
        // Theirs is the private chat; saying so at every `/lang` of a passer-by would be noise.
        (
            Command::Cancel
            | Command::SyncGroups
            | Command::Lang
            | Command::Dashboard
            | Command::Ask
            | Command::Forget
            | Command::Send,
            ..,
        ) => {}
    }
    match admin {
        Some(admin) => audited(desk.state, desk.now, &Actor::Telegram(admin.id()), outcome),
        None => outcome,
    }
}

/// Somebody gave a command in a group that isn't built in. One that nobody defined is no concern of ours.
pub fn on_custom_command(desk: &Desk<'_>, event: &CustomCommand) -> Outcome {
    if !event.by_name && !membership::is_ours(desk, event.place.chat) {
        return Outcome::nothing();
    }
    // Telegram lets a bot write twenty messages a minute to a group: whoever asks faster than it answers would keep it from all else.
    let chat = desk.state.current_id(event.place.chat);
    if desk.state.work.values().filter(|work| work.chat() == chat).count() >= MOST_WAITING {
        return Outcome::nothing();
    }
    let lang = match event.author {
        Author::User(user) => lang_of(desk.state, desk.rules, user),
        Author::Anonymous(_) | Author::Chat(_) | Author::Nobody => desk.rules.lang,
    };
    let CustomCommand { place, title, name, message, .. } = event;
    let asked = Asked { to: *place, reply_to: Some(*message), name, group: Some(title), lang };
    given(desk, &event.word, &asked).unwrap_or_default()
}

fn confirm_group(desk: &Desk<'_>, event: &GroupCommand, lang: Lang, reply: impl Fn(Html) -> Work) -> Outcome {
    let chat = desk.state.current_id(event.place.chat);
    let Some(group) = desk.state.groups.get(&chat) else {
        let mut outcome = membership::register(desk, chat, &event.title);
        outcome.order(reply(group_words::confirmed(&event.title, lang)));
        return outcome;
    };
    if !membership::is_ours(desk, chat) {
        let counts = desk.state.bot_name(desk.rules.bots.given(group.bot));
        let mut outcome = Outcome::nothing();
        outcome.order(reply(group_words::counted_by_another(&event.title, &counts, lang)));
        return outcome;
    }
    let mut outcome = membership::seen_in(desk, chat);
    if let Some(renamed) = retitled(group, &event.title) {
        let back = crate::domain::registry::Group { gone_since: None, ..renamed };
        outcome.set(Change::Group(chat, Some(Box::new(back))));
    }
    let counted = desk.state.teachers_in(chat).filter(|teacher| teacher.active).count();
    outcome.order(reply(group_words::confirmed_already(&event.title, counted, lang)));
    outcome
}
