//! What a pressed wish comes to.

use std::collections::BTreeSet;

use super::{
    Done, Visitor,
    dialogue::{self, ask},
    digests, leave_form, own,
    press::{Back, Order, Screen, Span, Subject, Tag},
    sending, study,
    view::EARLIER,
};
use crate::{
    chats,
    domain::{
        audit::Actor,
        change::Change,
        event::Place,
        form::Step,
        ids::{BotId, ChatId, MessageId, TeacherId, UserId},
        jobs::JobId,
        lang::Lang,
        registry::{Group, Person, Stamp, Teacher, Voice},
        rules::Admin,
        work::{Buttons, ReportScope, Work},
    },
    membership, orders,
    text::{dialogue as words, jobs::refusal, toast::Toast},
};

/// Does what was wished; `None` if this person may not wish it.
pub(super) fn carry_out(visitor: &Visitor<'_>, order: &Order, edit: Option<MessageId>) -> Option<Done> {
    match order {
        Order::Speak { lang } => return Some(speak(visitor, *lang, edit)),
        Order::Cancel {} => return Some(cancel(visitor, edit)),
        Order::AskOwnName {} => return Some(ask_own_name(visitor, edit)),
        Order::Study(order) => return study::carry_out(visitor, order, edit),
        Order::Own(order) => return own::carry_out(visitor, order, edit),
        _ => {}
    }
    let admin = visitor.admin?;
    let counter = Counter { visitor, admin, edit };
    Some(counter.carry_out(order))
}

fn speak(visitor: &Visitor<'_>, lang: Lang, edit: Option<MessageId>) -> Done {
    let known = visitor.desk.state.people.get(&visitor.user).cloned().unwrap_or_default();
    let person = Person { lang: Some(lang), unreachable: false, ..known };
    Done {
        changes: vec![Change::Person(visitor.user, Some(person))],
        work: vec![visitor.show(&Screen::Main {}, edit, None)],
        toast: Some((Toast::Language, false)),
        lang: Some(lang),
    }
}

fn cancel(visitor: &Visitor<'_>, edit: Option<MessageId>) -> Done {
    let left = leave_form(visitor);
    let toast = if left.changes.is_empty() { Toast::NothingToCancel } else { Toast::Cancelled };
    let mut done = Done { changes: left.changes, work: left.work, toast: Some((toast, false)), lang: None };
    done.work.push(visitor.show(&dialogue::origin(visitor), edit, None));
    done
}

/// Self-registration: for those who are nobody here yet.
fn ask_own_name(visitor: &Visitor<'_>, edit: Option<MessageId>) -> Done {
    let state = visitor.desk.state;
    if state.teacher_of(visitor.user).is_some() || state.requests.contains_key(&visitor.user) {
        return Done { work: vec![visitor.show(&Screen::Main {}, edit, None)], ..Done::default() };
    }
    ask(visitor, Step::OwnName)
}

/// An admin at the counter. The witness says that it was looked up.
struct Counter<'a> {
    visitor: &'a Visitor<'a>,
    #[expect(dead_code, reason = "holding it is the proof that this is an admin")]
    admin: Admin,
    edit: Option<MessageId>,
}

impl Counter<'_> {
    fn carry_out(&self, order: &Order) -> Done {
        match order {
            Order::Assign { teacher, chat, on, back } => self.assign(*teacher, *chat, *on, *back),
            Order::AssignAll { teacher, on } => self.assign_all(*teacher, *on),
            Order::Activate { teacher, on } => self.activate(*teacher, *on),
            Order::Delete { teacher } => self.delete(*teacher),
            Order::Enable { chat, on } => self.enable(*chat, *on),
            Order::CountBy { chat, bot } => self.count_by(*chat, *bot),
            Order::Register { chat } => self.register(*chat),
            Order::Leave { chat } => self.leave(*chat),
            Order::RemoveGroup { chat } => self.remove_group(*chat),
            Order::Approve { user } => self.approve(*user),
            Order::Reject { user } => self.reject(*user),
            Order::Attribute { chat, tag, teacher } => self.attribute(*chat, tag, Some(*teacher)),
            Order::Detach { chat, tag } => self.attribute(*chat, tag, None),
            Order::CountEarlier { chat, tag } => self.count_earlier(*chat, tag),
            Order::DropAccount { teacher, user } => self.drop_account(*teacher, *user),
            Order::SyncGroups {} => Done {
                work: vec![Work::SyncGroups { user: self.visitor.user }],
                toast: Some((Toast::Checking, false)),
                ..Done::default()
            },
            Order::Send { format, span, subject } => Done {
                work: vec![Work::SendReport { user: self.visitor.user, scope: self.scope(*span, *subject), format: *format }],
                toast: Some((Toast::Preparing, false)),
                ..Done::default()
            },
            Order::StopWork {} => Done {
                work: vec![Work::StopJob { user: self.visitor.user, edit: self.edit }],
                toast: Some((Toast::Stopping, false)),
                ..Done::default()
            },
            Order::AskTeacher {} => ask(self.visitor, Step::NewTeacherId),
            Order::GenerateId {} => dialogue::generate_id(self.visitor),
            Order::SkipAccount {} => dialogue::skip_account(self.visitor),
            Order::AskName { teacher } => self.ask_about(*teacher, Step::RenameTeacher { teacher: *teacher }),
            Order::AskAccount { teacher, replace } => {
                self.ask_about(*teacher, Step::TeacherAccount { teacher: *teacher, replace: *replace })
            }
            Order::AskGroupName { chat } => match self.group(*chat) {
                Ok(group) => ask(self.visitor, Step::RenameGroup { chat: group.chat_id }),
                Err(gone) => gone,
            },
            Order::AskReportPeriod {} => ask(self.visitor, Step::ReportPeriod),
            Order::AskPeriodOf { subject } => ask(
                self.visitor,
                match subject {
                    Subject::All => Step::ReportPeriod,
                    Subject::Teacher(teacher) => Step::TeacherPeriod { teacher: *teacher },
                    Subject::Group(chat) => Step::GroupPeriod { chat: *chat },
                },
            ),
            Order::AskWorkbookPeriod {} => ask(self.visitor, Step::WorkbookPeriod),
            Order::AskSearch {} => ask(self.visitor, Step::SearchTeacher),
            Order::RefreshChats {} => self.refresh(None),
            Order::RefreshChat { chat } => self.refresh(Some(*chat)),
            Order::StartJob { job } => self.job(job, &orders::Order::StartJob { job: job.clone() }, Toast::JobStarted),
            Order::StopJob { job } => self.job(job, &orders::Order::StopJob { job: job.clone() }, Toast::JobStopped),
            Order::SendAgain { job } => {
                let again = orders::Order::SendAgain { job: job.clone(), unsure_too: false };
                self.job(job, &again, Toast::JobStarted)
            }
            Order::Digest(order) => digests::carry_out(self.visitor, order, self.edit),
            Order::Sending(order) => sending::carry_out(self.visitor, order, self.edit),
            // Not an admin's alone, and done before.
            Order::Speak { .. } | Order::Cancel {} | Order::AskOwnName {} | Order::Study(_) | Order::Own(_) => Done::default(),
        }
    }

    /// What a terminal orders about a job, ordered here.
    fn job(&self, id: &JobId, order: &orders::Order, toast: Toast) -> Done {
        let desk = self.visitor.desk;
        match orders::about_job(desk.state, desk.rules.zone, desk.now, &Actor::Telegram(self.visitor.user), order) {
            Ok(outcome) => self.done(Screen::Job { job: id.clone() }, toast, outcome.changes),
            Err(why) => self.done(Screen::Jobs { page: 0 }, Toast::JobRefused(refusal(&why, self.visitor.lang)), Vec::new()),
        }
    }

    /// Has Telegram asked about a chat, or all; the screen follows when it has answered.
    fn refresh(&self, chat: Option<ChatId>) -> Done {
        match chats::want(self.visitor.desk.state, self.visitor.desk.now, chat) {
            Ok(wanted) => Done {
                changes: wanted.changes,
                work: vec![Work::ShowFreshChats { user: self.visitor.user, edit: self.edit, chat }],
                toast: Some((Toast::AskingTelegram, false)),
                lang: None,
            },
            Err(_) => self.done(Screen::Chats { page: 0 }, Toast::ChatGone, Vec::new()),
        }
    }

    /// The screen in place of the pressed one, with what it says and what changed.
    fn done(&self, screen: Screen, toast: Toast, changes: Vec<Change>) -> Done {
        Done { changes, work: vec![self.visitor.show(&screen, self.edit, None)], toast: Some((toast, false)), lang: None }
    }

    fn teacher(&self, teacher: TeacherId) -> Result<&Teacher, Done> {
        let known = self.visitor.desk.state.teachers.get(&teacher);
        known.ok_or_else(|| self.done(Screen::Teachers { page: 0 }, Toast::TeacherGone, Vec::new()))
    }

    fn group(&self, chat: ChatId) -> Result<&Group, Done> {
        let state = self.visitor.desk.state;
        let known = state.groups.get(&state.current_id(chat));
        known.ok_or_else(|| self.done(Screen::Groups { page: 0 }, Toast::GroupGone, Vec::new()))
    }

    fn ask_about(&self, teacher: TeacherId, step: Step) -> Done {
        match self.teacher(teacher) {
            Ok(_) => ask(self.visitor, step),
            Err(gone) => gone,
        }
    }

    fn scope(&self, span: Span, subject: Subject) -> ReportScope {
        let period = span.period(self.visitor.desk.today());
        match subject {
            Subject::All => ReportScope { period, teacher: None, group: None },
            Subject::Teacher(teacher) => ReportScope { period, teacher: Some(teacher), group: None },
            Subject::Group(chat) => ReportScope { period, teacher: None, group: Some(self.visitor.desk.state.current_id(chat)) },
        }
    }

    fn assign(&self, teacher: TeacherId, chat: ChatId, on: bool, back: Back) -> Done {
        let (teacher, group) = match (self.teacher(teacher), self.group(chat)) {
            (Ok(teacher), Ok(group)) => (teacher, group),
            (Err(gone), _) | (_, Err(gone)) => return gone,
        };
        let (id, chat) = (teacher.teacher_id, group.chat_id);
        let mut chats = self.visitor.desk.state.assignments.get(&id).cloned().unwrap_or_default();
        if on {
            chats.insert(chat);
        } else {
            chats.remove(&chat);
        }
        let screen = match back {
            Back::Teacher(page) => Screen::TeacherGroups { teacher: id, page },
            Back::Group(page) => Screen::GroupTeachers { chat, page },
            Back::Nowhere => Screen::Teacher { teacher: id },
        };
        let name = teacher.full_name.to_string();
        let toast = if on { Toast::Assigned(name) } else { Toast::Unassigned(name) };
        self.done(screen, toast, vec![Change::Assignments(id, chats)])
    }

    fn assign_all(&self, teacher: TeacherId, on: bool) -> Done {
        let id = match self.teacher(teacher) {
            Ok(teacher) => teacher.teacher_id,
            Err(gone) => return gone,
        };
        let here = self.visitor.desk.state.groups.values().filter(|group| group.gone_since.is_none());
        let chats: BTreeSet<ChatId> = if on { here.map(|group| group.chat_id).collect() } else { BTreeSet::new() };
        let toast = if on { Toast::AssignedEverywhere } else { Toast::AssignedNowhere };
        self.done(Screen::TeacherGroups { teacher: id, page: 0 }, toast, vec![Change::Assignments(id, chats)])
    }

    fn activate(&self, teacher: TeacherId, on: bool) -> Done {
        match self.teacher(teacher) {
            Ok(teacher) => {
                let changed = Teacher { active: on, ..teacher.clone() };
                let toast = if on { Toast::Activated } else { Toast::Deactivated };
                let id = teacher.teacher_id;
                self.done(Screen::Teacher { teacher: id }, toast, vec![Change::Teacher(id, Some(Box::new(changed)))])
            }
            Err(gone) => gone,
        }
    }

    fn delete(&self, teacher: TeacherId) -> Done {
        let id = match self.teacher(teacher) {
            Ok(teacher) => teacher.teacher_id,
            Err(gone) => return gone,
        };
        let state = self.visitor.desk.state;
        let mut changes = vec![Change::Teacher(id, None), Change::Assignments(id, BTreeSet::new())];
        for (chat, parked) in state.parked.iter().filter(|(_, parked)| parked.contains(&id)) {
            changes.push(Change::Parked(*chat, parked.iter().copied().filter(|other| *other != id).collect()));
        }
        for (chat, voices) in &state.voices {
            let theirs = voices.iter().filter(|(_, owner)| **owner == Some(id));
            changes.extend(theirs.map(|(voice, _)| Change::Voice(*chat, voice.clone(), None)));
        }
        self.done(Screen::Teachers { page: 0 }, Toast::Deleted, changes)
    }

    fn enable(&self, chat: ChatId, on: bool) -> Done {
        match self.group(chat) {
            Ok(group) => {
                let changed = Group { enabled: on, ..group.clone() };
                let toast = if on { Toast::Enabled } else { Toast::Disabled };
                let chat = group.chat_id;
                self.done(Screen::Group { chat }, toast, vec![Change::Group(chat, Some(Box::new(changed)))])
            }
            Err(gone) => gone,
        }
    }

    fn count_by(&self, chat: ChatId, bot: BotId) -> Done {
        let group = match self.group(chat) {
            Ok(group) => group,
            Err(gone) => return gone,
        };
        let desk = self.visitor.desk;
        let outcome = membership::bots::count_by(desk, group, bot);
        let counts = !outcome.changes.is_empty() || desk.rules.bots.given(group.bot) == bot;
        let toast = if counts { Toast::CountedBy(desk.state.bot_name(bot)) } else { Toast::BotNotThere };
        self.done(Screen::Group { chat: group.chat_id }, toast, outcome.changes)
    }

    fn register(&self, chat: ChatId) -> Done {
        let state = self.visitor.desk.state;
        let chat = state.current_id(chat);
        if state.groups.contains_key(&chat) {
            return self.done(Screen::Group { chat }, Toast::Registered, Vec::new());
        }
        let Some(candidate) = state.candidates.get(&chat) else {
            return self.done(Screen::Groups { page: 0 }, Toast::GroupGone, Vec::new());
        };
        let registered = membership::register(self.visitor.desk, chat, &candidate.title);
        self.done(Screen::GroupTeachers { chat, page: 0 }, Toast::Registered, registered.changes)
    }

    fn leave(&self, chat: ChatId) -> Done {
        let chat = self.visitor.desk.state.current_id(chat);
        let mut done = self.done(Screen::Groups { page: 0 }, Toast::Left, vec![Change::Candidate(chat, None)]);
        done.work.push(Work::Leave { chat });
        done
    }

    fn remove_group(&self, chat: ChatId) -> Done {
        let chat = match self.group(chat) {
            Ok(group) => group.chat_id,
            Err(gone) => return gone,
        };
        let mut removed = crate::domain::change::Outcome::nothing();
        membership::park(self.visitor.desk, chat, &mut removed);
        removed.set(Change::Group(chat, None));
        self.done(Screen::Groups { page: 0 }, Toast::Removed, removed.changes)
    }

    fn approve(&self, user: UserId) -> Done {
        let state = self.visitor.desk.state;
        let Some(request) = state.requests.get(&user) else {
            return self.done(Screen::Requests { page: 0 }, Toast::RequestGone, Vec::new());
        };
        let mut changes = vec![Change::Request(user, None)];
        // Entered by hand meanwhile: the request is settled all the same.
        let id = match state.teacher_of(user) {
            Some(teacher) => teacher.teacher_id,
            None => {
                let id = dialogue::free_id(state, &user.to_string());
                let teacher = Teacher {
                    teacher_id: id,
                    full_name: request.full_name.clone(),
                    telegram_user_id: Some(user),
                    other_accounts: BTreeSet::new(),
                    active: true,
                    created_at: Some(Stamp::new(self.visitor.desk.now, self.visitor.desk.rules.zone)),
                    unknown: Default::default(),
                };
                changes.push(Change::Teacher(id, Some(Box::new(teacher))));
                id
            }
        };
        let mut done = self.done(Screen::Teacher { teacher: id }, Toast::Approved, changes);
        done.work.push(Work::AssignWhereMember { user: self.visitor.user, teacher: id });
        done.work.push(self.tell(user, words::you_are_approved));
        done
    }

    fn reject(&self, user: UserId) -> Done {
        if !self.visitor.desk.state.requests.contains_key(&user) {
            return self.done(Screen::Requests { page: 0 }, Toast::RequestGone, Vec::new());
        }
        let mut done = self.done(Screen::Requests { page: 0 }, Toast::Rejected, vec![Change::Request(user, None)]);
        done.work.push(self.tell(user, words::you_are_rejected));
        done
    }

    fn tell(&self, user: UserId, words: fn(Lang) -> crate::text::html::Html) -> Work {
        let lang = super::lang_of(self.visitor.desk.state, self.visitor.desk.rules, user);
        Work::Send { to: Place::private(user), reply_to: None, html: words(lang).into_string(), buttons: Buttons::None }
    }

    fn attribute(&self, chat: ChatId, tag: &Tag, owner: Option<TeacherId>) -> Done {
        let chat = match self.group(chat) {
            Ok(group) => group.chat_id,
            Err(gone) => return gone,
        };
        let Some(voice) = find_voice(self.visitor.desk.state, chat, tag) else {
            return self.done(Screen::Voices { chat }, Toast::VoiceGone, Vec::new());
        };
        let toast = match owner.map(|teacher| self.teacher(teacher)) {
            Some(Ok(teacher)) => Toast::Attributed(teacher.full_name.to_string()),
            Some(Err(gone)) => return gone,
            None => Toast::Detached,
        };
        self.done(Screen::Voices { chat }, toast, vec![Change::Voice(chat, voice, owner)])
    }

    fn count_earlier(&self, chat: ChatId, tag: &Tag) -> Done {
        let chat = match self.group(chat) {
            Ok(group) => group.chat_id,
            Err(gone) => return gone,
        };
        let state = self.visitor.desk.state;
        let owned = find_voice(state, chat, tag).and_then(|voice| Some((state.voices[&chat][&voice]?, voice)));
        let Some((teacher, voice)) = owned else {
            return self.done(Screen::Voices { chat }, Toast::VoiceGone, Vec::new());
        };
        let period = EARLIER.period(self.visitor.desk.today());
        Done {
            work: vec![Work::CreditVoice { user: self.visitor.user, edit: self.edit, chat, voice, teacher, period }],
            toast: Some((Toast::Preparing, false)),
            ..Done::default()
        }
    }

    fn drop_account(&self, teacher: TeacherId, user: UserId) -> Done {
        match self.teacher(teacher) {
            Ok(known) => {
                let mut changed = known.clone();
                changed.other_accounts.remove(&user);
                if changed.telegram_user_id == Some(user) {
                    changed.telegram_user_id = changed.other_accounts.pop_first();
                }
                let id = known.teacher_id;
                self.done(
                    Screen::TeacherMore { teacher: id },
                    Toast::AccountDropped,
                    vec![Change::Teacher(id, Some(Box::new(changed)))],
                )
            }
            Err(gone) => gone,
        }
    }
}

/// The voice behind a tag.
pub(super) fn find_voice(state: &crate::domain::state::State, chat: ChatId, tag: &Tag) -> Option<Voice> {
    state.voices.get(&chat)?.keys().find(|voice| voice.tag() == tag.0).cloned()
}
