//! Questions and answers: an open form takes the next message as its answer.

use std::collections::BTreeSet;

use super::{
    Desk, Done, Screen, Span, Subject, Visitor, assistant, backups, collections, digests, lang_of, leave_form, own,
    press::{Order, OwnScreen, Press, ReportView},
    sending, study,
};
use crate::{
    domain::{
        change::{Change, Outcome},
        event::{Material, Place, Said},
        form::{Form, Step},
        ids::{ChatId, FullName, TeacherId, UserId, tidy},
        lang::Lang,
        registry::{Group, Notice, RegistrationRequest, Stamp, Teacher},
        rules::Rules,
        state::State,
        work::{Button, ButtonAction, Buttons, ReportFormat, ReportScope, Work},
    },
    membership::tell_admins,
    text::{
        button::Label,
        collections as collection_words,
        dialogue::{self as words, Refusal},
        feedback as feedback_words,
        html::Html,
        toast::Toast,
    },
};

/// The longest own name of a group, in characters.
const LONGEST_GROUP_NAME: usize = 128;
/// Telegram's account numbers have at most 52 bits.
const LARGEST_ACCOUNT: i64 = (1 << 52) - 1;
/// Accounts of Telegram's own that stand for many: anonymous administrators, channel posts in discussions, channels.
const NOBODY: [UserId; 3] = [Rules::ANONYMOUS_ADMIN, UserId(777_000), UserId(136_817_688)];

/// What a message comes to that is no command.
pub(super) fn answer(visitor: &Visitor<'_>, said: &Said, material: Option<&Material>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let Some(form) = visitor.desk.state.forms.get(&visitor.form()) else { return unasked(visitor, said) };
    if form.step.is_finding() && !matches!(form.step, Step::Study(_)) {
        return unasked(visitor, said);
    }
    if form.is_expired(visitor.desk.now) {
        outcome.set(Change::Form(visitor.form(), None));
        outcome.order(visitor.say(words::form_expired(visitor.lang), Buttons::Remove));
        outcome.order(visitor.show(&Screen::Main {}, None, None));
        return outcome;
    }
    // Whoever is no admin any more has no business with an admin's form.
    if visitor.admin.is_none() && !form.step.is_everybodys() {
        outcome.set(Change::Form(visitor.form(), None));
        outcome.order(visitor.show(&Screen::Main {}, None, None));
        return outcome;
    }
    // The button in place of the letters sends its words, perhaps those of an earlier language.
    let is_cancel = |text: &str| Lang::ALL.iter().any(|lang| Label::Cancel.text(*lang) == text);
    if matches!(said, Said::Text(text) if is_cancel(text)) {
        return cancel(visitor);
    }
    if let Step::Message(draft) = &form.step {
        return sending::answer(visitor, draft, said, material);
    }
    match step(visitor, &form.step, said) {
        Ok(next) => next,
        Err((refusal, buttons)) => {
            outcome.set(Change::Form(visitor.form(), Some(Form { touched: visitor.desk.now, ..form.clone() })));
            outcome.order(visitor.say(refusal.html(visitor.lang), buttons));
            outcome
        }
    }
}

/// Gives up the open form, and shows where it was begun.
pub(super) fn cancel(visitor: &Visitor<'_>) -> Outcome {
    let mut outcome = Outcome::nothing();
    if visitor.desk.state.forms.contains_key(&visitor.form()) {
        outcome.set(Change::Form(visitor.form(), None));
        outcome.order(visitor.say(words::cancelled(visitor.lang), Buttons::Remove));
    } else {
        outcome.order(visitor.say(words::nothing_to_cancel(visitor.lang), Buttons::Remove));
    }
    outcome.order(visitor.show(&origin(visitor), None, None));
    outcome
}

/// The screen from which the open form was begun; the main one where none is open.
pub(super) fn origin(visitor: &Visitor<'_>) -> Screen {
    let form = visitor.desk.state.forms.get(&visitor.form());
    let is_theirs = |form: &&Form| visitor.admin.is_some() || form.step.is_everybodys();
    let Some(form) = form.filter(is_theirs) else { return Screen::Main {} };
    match &form.step {
        Step::NewTeacherId | Step::NewTeacherName { .. } | Step::NewTeacherAccount { .. } => Screen::Teachers { page: 0 },
        Step::RenameTeacher { teacher } | Step::TeacherAccount { teacher, .. } => Screen::TeacherMore { teacher: *teacher },
        Step::RenameGroup { chat } => Screen::Group { chat: *chat },
        Step::ReportPeriod => Screen::Reports {},
        Step::TeacherPeriod { teacher } => Screen::Teacher { teacher: *teacher },
        Step::GroupPeriod { chat } => Screen::Group { chat: *chat },
        Step::WorkbookPeriod => Screen::Workbooks {},
        Step::SearchTeacher | Step::Found { .. } | Step::OwnName => Screen::Main {},
        Step::Message(_) => Screen::Main {},
        Step::JobTimes { job } => Screen::Job { job: job.clone() },
        Step::BackupFolder { .. } | Step::CollectChannels { .. } => Screen::Jobs { page: 0 },
        Step::Study(step) => study::origin(step),
        Step::Feedback => Screen::Own(OwnScreen::Contact {}),
        Step::AnswerFeedback { .. } => Screen::Main {},
        Step::Command(step) => own::command_origin(step),
    }
}

/// A message that nobody asked for: a search for admins, the menu for others.
fn unasked(visitor: &Visitor<'_>, said: &Said) -> Outcome {
    let mut outcome = Outcome::nothing();
    match (visitor.admin, said) {
        (_, Said::Text(text)) if assistant::is_for(visitor, text) => outcome.append(assistant::ask(visitor, text)),
        (Some(_), Said::Text(query)) => search(visitor, query, &mut outcome),
        // Pointing at a person shows who that is.
        (Some(_), Said::Person(person)) => {
            let screen = match visitor.desk.state.teacher_of(person.id) {
                Some(teacher) => Screen::Teacher { teacher: teacher.teacher_id },
                None => Screen::Main {},
            };
            outcome.order(visitor.show(&screen, None, None));
        }
        _ => outcome.order(visitor.show(&Screen::Main {}, None, None)),
    }
    outcome
}

/// Opens a form for a command, as [`ask`] does for a press.
pub(super) fn begin(visitor: &Visitor<'_>, step: Step) -> Outcome {
    let done = ask(visitor, step);
    Outcome { changes: done.changes, work: done.work }
}

pub(super) type Answered = Result<Outcome, (Refusal, Buttons)>;

/// Opens a form and puts its question; another one that was open is given up.
pub(super) fn ask(visitor: &Visitor<'_>, step: Step) -> Done {
    let left = leave_form(visitor);
    let mut done = Done { changes: left.changes, work: left.work, ..Done::default() };
    done.work.extend(question(visitor, &step));
    done.changes.push(Change::Form(visitor.form(), Some(Form { step, touched: visitor.desk.now })));
    done
}

pub(super) fn refuse<T>(refusal: Refusal) -> Result<T, (Refusal, Buttons)> {
    Err((refusal, Buttons::None))
}

fn step(visitor: &Visitor<'_>, step: &Step, said: &Said) -> Answered {
    match step {
        Step::NewTeacherId => new_teacher_id(visitor, text(said)?),
        Step::NewTeacherName { teacher } => {
            let name = FullName::parse(text(said)?).or_else(|why| refuse(Refusal::Name(why)))?;
            Ok(next(visitor, Step::NewTeacherAccount { teacher: *teacher, name }))
        }
        Step::NewTeacherAccount { teacher, name } => {
            let account = account(visitor, said, None)?;
            Ok(add_teacher(visitor, *teacher, name, Some(account)))
        }
        Step::RenameTeacher { teacher } => {
            let name = FullName::parse(text(said)?).or_else(|why| refuse(Refusal::Name(why)))?;
            Ok(change_teacher(visitor, *teacher, |known| known.full_name = name))
        }
        Step::TeacherAccount { teacher, replace } => {
            let account = account(visitor, said, Some(*teacher))?;
            let mut outcome = change_teacher(visitor, *teacher, |known| {
                if *replace || known.telegram_user_id.is_none() {
                    known.telegram_user_id = Some(account);
                    known.other_accounts.remove(&account);
                } else if known.telegram_user_id != Some(account) {
                    known.other_accounts.insert(account);
                }
            });
            if visitor.desk.state.teachers.contains_key(teacher) {
                settle_request(visitor, account, &mut outcome);
            }
            Ok(outcome)
        }
        Step::RenameGroup { chat } => rename_group(visitor, *chat, text(said)?),
        Step::ReportPeriod => report_of(visitor, text(said)?, Subject::All),
        Step::TeacherPeriod { teacher } => report_of(visitor, text(said)?, Subject::Teacher(*teacher)),
        Step::GroupPeriod { chat } => report_of(visitor, text(said)?, Subject::Group(*chat)),
        Step::WorkbookPeriod => {
            let period = typed_span(visitor, text(said)?)?.period(visitor.desk.today());
            let mut outcome = close(visitor);
            let scope = ReportScope { period, teacher: None, group: None };
            outcome.order(Work::SendReport { user: visitor.user, scope, format: ReportFormat::Workbook });
            Ok(outcome)
        }
        Step::SearchTeacher => {
            let mut outcome = Outcome::nothing();
            search(visitor, text(said)?, &mut outcome);
            Ok(outcome)
        }
        Step::Found { .. } => Ok(unasked(visitor, said)),
        Step::OwnName => own_name(visitor, text(said)?),
        Step::JobTimes { job } => digests::times(visitor, job, text(said)?),
        Step::BackupFolder { cron, keep, asked } => {
            backups::folder(visitor, backups::Asked { cron, keep: *keep, asked: *asked }, text(said)?)
        }
        Step::CollectChannels { asked } => collections::names(visitor, *asked, text(said)?),
        Step::Message(draft) => Ok(sending::answer(visitor, draft, said, None)),
        Step::Study(step) => study::answer(visitor, step, said),
        Step::Feedback => Ok(own::take_feedback(visitor)),
        Step::AnswerFeedback { feedback } => Ok(own::answer_feedback(visitor, *feedback)),
        Step::Command(step) => own::answer_command(visitor, step, said),
    }
}

fn report_of(visitor: &Visitor<'_>, typed: &str, subject: Subject) -> Result<Outcome, (Refusal, Buttons)> {
    let span = typed_span(visitor, typed)?;
    Ok(finish(visitor, Screen::Report { view: ReportView::Summary, span, subject }, None))
}

pub(super) fn text(said: &Said) -> Result<&str, (Refusal, Buttons)> {
    match said {
        Said::Text(text) => Ok(text),
        Said::Command(..)
        | Said::OtherCommand { .. }
        | Said::Person(_)
        | Said::HiddenAuthor(_)
        | Said::NoAccount
        | Said::Chat(_)
        | Said::Something => refuse(Refusal::NeedText),
    }
}

fn new_teacher_id(visitor: &Visitor<'_>, typed: &str) -> Answered {
    let teacher = TeacherId::parse(typed.trim()).or_else(|why| refuse(Refusal::TeacherId(why)))?;
    if let Some(known) = visitor.desk.state.teachers.get(&teacher) {
        let name = known.full_name.to_string();
        return Err((Refusal::IdTaken { teacher, name }, open_teacher(visitor, teacher)));
    }
    Ok(next(visitor, Step::NewTeacherName { teacher }))
}

/// A way on from a clash.
fn open_teacher(visitor: &Visitor<'_>, teacher: TeacherId) -> Buttons {
    let press = Press::Show(Screen::Teacher { teacher });
    Buttons::Inline(vec![vec![button(Label::OpenThatTeacher.text(visitor.lang), &press)]])
}

/// The account that an answer points at, if nobody else has it.
fn account(visitor: &Visitor<'_>, said: &Said, own: Option<TeacherId>) -> Result<UserId, (Refusal, Buttons)> {
    let account = match said {
        Said::Person(person) if person.is_bot => return refuse(Refusal::IsBot),
        Said::Person(person) => person.id,
        Said::Text(typed) => match typed.trim().parse::<i64>() {
            Ok(id) if (1..=LARGEST_ACCOUNT).contains(&id) => UserId(id),
            Ok(_) | Err(_) => return refuse(Refusal::NeedAccount),
        },
        Said::HiddenAuthor(name) => return refuse(Refusal::HiddenAuthor(name.clone())),
        Said::NoAccount | Said::Chat(_) => return refuse(Refusal::NoAccount),
        Said::Command(..) | Said::OtherCommand { .. } | Said::Something => return refuse(Refusal::NeedAccount),
    };
    if NOBODY.contains(&account) {
        return refuse(Refusal::Nobody);
    }
    match visitor.desk.state.teacher_of(account) {
        Some(other) if Some(other.teacher_id) != own => {
            Err((Refusal::AccountTaken { name: other.full_name.to_string() }, open_teacher(visitor, other.teacher_id)))
        }
        Some(_) | None => Ok(account),
    }
}

/// Makes an id for the new teacher whose form is open.
pub(super) fn generate_id(visitor: &Visitor<'_>) -> Done {
    let Some(Step::NewTeacherId) = open_step(visitor) else { return closed(visitor) };
    let seed = format!("{}/{}", visitor.user, visitor.desk.now.timestamp_micros());
    into_done(next(visitor, Step::NewTeacherName { teacher: free_id(visitor.desk.state, &seed) }))
}

/// Adds the new teacher whose form is open, without an account for now.
pub(super) fn skip_account(visitor: &Visitor<'_>) -> Done {
    let Some(Step::NewTeacherAccount { teacher, name }) = open_step(visitor) else { return closed(visitor) };
    into_done(add_teacher(visitor, *teacher, name, None))
}

/// The open question, if it isn't given up by time.
pub(super) fn open_step<'a>(visitor: &Visitor<'a>) -> Option<&'a Step> {
    let form = visitor.desk.state.forms.get(&visitor.form())?;
    (!form.is_expired(visitor.desk.now)).then_some(&form.step)
}

/// A button of a question that is no longer open.
pub(super) fn closed(visitor: &Visitor<'_>) -> Done {
    Done { work: vec![visitor.show(&Screen::Main {}, None, None)], toast: Some((Toast::FormClosed, true)), ..Done::default() }
}

/// An id that nobody has.
pub(super) fn free_id(state: &State, seed: &str) -> TeacherId {
    let mut ids = (0u32..).map(|n| TeacherId::generated(format!("{seed}/{n}")));
    ids.find(|id| !state.teachers.contains_key(id)).expect("there are more ids than teachers")
}

/// The same without a toast, for what wasn't pressed.
pub(super) fn outcome_of(done: Done) -> Outcome {
    Outcome { changes: done.changes, work: done.work }
}

pub(super) fn into_done(outcome: Outcome) -> Done {
    Done { changes: outcome.changes, work: outcome.work, ..Done::default() }
}

fn add_teacher(visitor: &Visitor<'_>, id: TeacherId, name: &FullName, account: Option<UserId>) -> Outcome {
    // Another admin may have taken the id while this form was open.
    if let Some(known) = visitor.desk.state.teachers.get(&id) {
        let refusal = Refusal::IdTaken { teacher: id, name: known.full_name.to_string() };
        let mut outcome = Outcome::nothing();
        outcome.set(Change::Form(visitor.form(), Some(Form { step: Step::NewTeacherId, touched: visitor.desk.now })));
        outcome.order(visitor.say(refusal.html(visitor.lang), open_teacher(visitor, id)));
        return outcome;
    }
    let teacher = Teacher {
        teacher_id: id,
        full_name: name.clone(),
        telegram_user_id: account,
        other_accounts: BTreeSet::new(),
        active: true,
        created_at: Some(Stamp::new(visitor.desk.now, visitor.desk.rules.zone)),
        unknown: Default::default(),
    };
    let mut outcome = Outcome::nothing();
    outcome.set(Change::Form(visitor.form(), None));
    outcome.set(Change::Teacher(id, Some(Box::new(teacher))));
    if let Some(account) = account {
        settle_request(visitor, account, &mut outcome);
    }
    outcome.order(visitor.say(words::teacher_added(name.as_str(), id, visitor.lang), Buttons::Remove));
    outcome.order(visitor.show(&Screen::TeacherGroups { teacher: id, page: 0 }, None, None));
    outcome
}

/// Somebody who asked to be registered and now is, by hand: the request is settled, and they hear of it.
fn settle_request(visitor: &Visitor<'_>, account: UserId, outcome: &mut Outcome) {
    let Desk { state, rules, .. } = *visitor.desk;
    if state.requests.contains_key(&account) {
        outcome.set(Change::Request(account, None));
        let html = words::you_are_approved(lang_of(state, rules, account)).into_string();
        outcome.order(Work::Send { to: Place::private(account), reply_to: None, html, buttons: Buttons::None });
    }
}

fn change_teacher(visitor: &Visitor<'_>, id: TeacherId, change: impl FnOnce(&mut Teacher)) -> Outcome {
    let Some(known) = visitor.desk.state.teachers.get(&id) else {
        return finish(visitor, Screen::Teachers { page: 0 }, None);
    };
    let mut teacher = known.clone();
    change(&mut teacher);
    let mut outcome = finish(visitor, Screen::Teacher { teacher: id }, Some(words::saved(visitor.lang)));
    outcome.set(Change::Teacher(id, Some(Box::new(teacher))));
    outcome
}

fn rename_group(visitor: &Visitor<'_>, chat: ChatId, typed: &str) -> Answered {
    let state = visitor.desk.state;
    let chat = state.current_id(chat);
    let Some(known) = state.groups.get(&chat) else { return Ok(finish(visitor, Screen::Groups { page: 0 }, None)) };
    let title = tidy(typed);
    let renamed = match title.as_str() {
        "-" => Group { renamed: false, ..known.clone() },
        title if (1..=LONGEST_GROUP_NAME).contains(&title.chars().count()) => {
            Group { title: title.to_owned(), renamed: true, ..known.clone() }
        }
        _ => return refuse(Refusal::GroupName),
    };
    let mut outcome = finish(visitor, Screen::Group { chat }, Some(words::saved(visitor.lang)));
    outcome.set(Change::Group(chat, Some(Box::new(renamed))));
    Ok(outcome)
}

fn typed_span(visitor: &Visitor<'_>, typed: &str) -> Result<Span, (Refusal, Buttons)> {
    let today = visitor.desk.today();
    match crate::domain::period::Period::parse(typed, today) {
        Ok(period) => match typed.trim().parse() {
            Ok(days) => Ok(Span::Last(days)),
            Err(_) => Ok(Span::Dates(period)),
        },
        Err(why) => refuse(Refusal::Period(why)),
    }
}

fn search(visitor: &Visitor<'_>, query: &str, outcome: &mut Outcome) {
    let step = Step::Found { query: tidy(query).chars().take(64).collect() };
    outcome.set(Change::Form(visitor.form(), Some(Form { step, touched: visitor.desk.now })));
    outcome.order(visitor.show(&Screen::Found { page: 0 }, None, None));
}

fn own_name(visitor: &Visitor<'_>, typed: &str) -> Answered {
    let name = FullName::parse(typed).or_else(|why| refuse(Refusal::Name(why)))?;
    let request = RegistrationRequest {
        telegram_user_id: visitor.user,
        full_name: name.clone(),
        created_at: Stamp::new(visitor.desk.now, visitor.desk.rules.zone),
        unknown: Default::default(),
    };
    let mut outcome = close(visitor);
    outcome.set(Change::Request(visitor.user, Some(request)));
    outcome.order(visitor.say(words::request_sent(visitor.lang), Buttons::None));
    tell_admins(visitor.desk, Notice::Requests, &mut outcome, |lang| {
        let user = visitor.user;
        let approve = button(Label::Approve.text(lang), &Press::Do(Order::Approve { user }));
        let reject = button(Label::Reject.text(lang), &Press::Do(Order::Reject { user }));
        (words::request_received(name.as_str(), user, lang), vec![vec![approve, reject]])
    });
    Ok(outcome)
}

/// Opens the next question of a form.
pub(super) fn next(visitor: &Visitor<'_>, step: Step) -> Outcome {
    let work = question(visitor, &step);
    Outcome { changes: vec![Change::Form(visitor.form(), Some(Form { step, touched: visitor.desk.now }))], work }
}

pub(super) fn close(visitor: &Visitor<'_>) -> Outcome {
    Outcome { changes: vec![Change::Form(visitor.form(), None)], work: Vec::new() }
}

/// Closes the form and shows what it was about.
pub(super) fn finish(visitor: &Visitor<'_>, screen: Screen, note: Option<Html>) -> Outcome {
    let mut outcome = close(visitor);
    // The keyboard that asks for a person goes with a message of its own; screens carry inline buttons.
    let asked_person = visitor.desk.state.forms.get(&visitor.form()).is_some_and(|form| form.step.asks_for_account());
    if asked_person && let Some(note) = &note {
        outcome.order(visitor.say(note.clone(), Buttons::Remove));
    }
    outcome.order(visitor.show(&screen, None, note.filter(|_| !asked_person)));
    outcome
}

/// The messages that put a question.
pub(super) fn question(visitor: &Visitor<'_>, step: &Step) -> Vec<Work> {
    let lang = visitor.lang;
    let state = visitor.desk.state;
    let name_of = |id: TeacherId| state.teachers.get(&id).map_or_else(|| id.to_string(), |teacher| teacher.full_name.to_string());
    let cancel = || button(Label::Cancel.text(lang), &Press::Do(Order::Cancel {}));
    let cancellable = || Buttons::Inline(vec![vec![cancel()]]);
    let ask_person = || Buttons::AskPerson { choose: Label::ChoosePerson.text(lang), cancel: Label::Cancel.text(lang) };
    match step {
        Step::NewTeacherId => {
            let make = button(Label::GenerateId.text(lang), &Press::Do(Order::GenerateId {}));
            vec![visitor.say(words::ask_teacher_id(lang), Buttons::Inline(vec![vec![make], vec![cancel()]]))]
        }
        Step::NewTeacherName { teacher } => vec![visitor.say(words::ask_teacher_name(*teacher, lang), cancellable())],
        Step::NewTeacherAccount { name, .. } => {
            let later = button(Label::Later.text(lang), &Press::Do(Order::SkipAccount {}));
            vec![
                visitor.say(words::ask_account(name.as_str(), " · 3/3", lang), ask_person()),
                visitor.say(words::account_may_wait(lang), Buttons::Inline(vec![vec![later, cancel()]])),
            ]
        }
        Step::RenameTeacher { teacher } => vec![visitor.say(words::ask_new_name(&name_of(*teacher), lang), cancellable())],
        Step::TeacherAccount { teacher, .. } => vec![visitor.say(words::ask_account(&name_of(*teacher), "", lang), ask_person())],
        Step::RenameGroup { chat } => {
            let title = state.groups.get(chat).map(|group| group.title.clone()).unwrap_or_default();
            vec![visitor.say(words::ask_group_name(&title, lang), cancellable())]
        }
        Step::ReportPeriod | Step::TeacherPeriod { .. } | Step::GroupPeriod { .. } | Step::WorkbookPeriod => {
            vec![visitor.say(words::ask_period(lang), cancellable())]
        }
        Step::SearchTeacher | Step::Found { .. } => vec![visitor.say(words::ask_search(lang), cancellable())],
        Step::OwnName => vec![visitor.say(words::ask_own_name(lang), cancellable())],
        Step::Feedback => vec![visitor.say(feedback_words::ask(lang), cancellable())],
        Step::AnswerFeedback { .. } => vec![visitor.say(feedback_words::ask_answer(lang), cancellable())],
        Step::Command(step) => own::command_question(visitor, step),
        Step::Message(draft) => vec![sending::question(visitor, draft)],
        Step::JobTimes { .. } => vec![visitor.say(digests::question(visitor), cancellable())],
        Step::BackupFolder { .. } => vec![visitor.say(backups::question(visitor), cancellable())],
        Step::CollectChannels { .. } => vec![visitor.say(collection_words::ask_channels(lang), cancellable())],
        Step::Study(step) => study::question(visitor, step),
    }
}

fn button(label: String, press: &Press) -> Button {
    Button { label, action: ButtonAction::Press(press.encode()) }
}
