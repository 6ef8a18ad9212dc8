//! A school for tests and fuzzing: ordinary names beside hostile ones, and somebody to press its buttons.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use crate::{
    domain::{
        bots::{BotInfo, Bots},
        change::{Change, Outcome},
        draft::Draft,
        event::{Command, Material, Place, PressEvent, PressedMessage, PrivateMessage, Said, Sender},
        form::{Form, FormKey, Step},
        ids::{BotId, ChatId, FullName, MessageId, TeacherId, TopicId, UserId},
        job_reason::Reason,
        jobs::{Announcement, Content, Delivery, DeliveryState, Job, JobChange, JobId, JobState, Markup, Task},
        kind::Kind,
        lang::Lang,
        line::LineState,
        registry::{Candidate, Group, RegistrationRequest, Stamp, Standing, Teacher, Voice},
        rules::Rules,
        state::State,
        tally::Tally,
        work::{Button, ButtonAction, Buttons, ReportScope, Work},
    },
    jobs::announce,
    report::activity::Collector,
    text::html::Html,
};

use crate::admin::{
    Desk, Facts, Press, Screen, View, diagnosis::Diagnosis, lang_of, needs, on_press, on_private_message, render,
};

pub(crate) const BOT: BotId = BotId(7_000_000_001);
pub(crate) const ADMIN: UserId = UserId(1);
/// An admin who teaches too.
pub(crate) const HEAD: UserId = UserId(2);
pub(crate) const ANN: UserId = UserId(101);
pub(crate) const STRANGER: UserId = UserId(900);
pub(crate) const APPLICANT: UserId = UserId(901);
pub(crate) const GRADE_2: ChatId = ChatId(-1_001_111_111_111);
pub(crate) const GRADE_3: ChatId = ChatId(-1_002_222_222_222);
pub(crate) const WAITING: ChatId = ChatId(-1_008_888_888_888);

pub(crate) fn id(text: &str) -> TeacherId {
    TeacherId::parse(text).expect("a valid id")
}

/// Thursday noon in Tashkent.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-01-29T07:00:00Z".parse().expect("an instant")
}

#[derive(Clone)]
/// A running bot without Telegram: what decisions change is applied, what is shown is drawn.
pub(crate) struct School {
    pub(crate) state: State,
    pub(crate) rules: Rules,
    pub(crate) now: DateTime<Utc>,
}

impl School {
    /// Nobody but the admins.
    pub(crate) fn empty() -> Self {
        let rules = Rules {
            admins: BTreeSet::from([ADMIN, HEAD]),
            researchers: Default::default(),
            zone: chrono_tz::Asia::Tashkent,
            lang: Lang::En,
            bot: BOT,
            bots: Bots::one(BOT),
            assistants: Default::default(),
            marks: Default::default(),
        };
        let mut state = State::default();
        let info = BotInfo { name: "main".into(), username: "rollcall_bot".into(), sees_all: false, stopped: None };
        state.apply(Change::Bot(BOT, Some(info)));
        Self { state, rules, now: noon() }
    }

    /// Two groups, three teachers, a week of messages.
    pub(crate) fn small() -> Self {
        let mut school = Self::empty();
        school.add_group(GRADE_2, "Grade 2 Class");
        school.add_group(GRADE_3, "Grade 3 <B> & Co");
        school.add_teacher("T001", "Ann Lee", Some(ANN), &[GRADE_2, GRADE_3]);
        school.add_teacher("T002", "Bob Stone", Some(HEAD), &[GRADE_2]);
        school.add_teacher("T003", "Cem Ay", None, &[]);
        let today = crate::domain::period::local_day(school.rules.zone, school.now);
        for back in 0..7 {
            let date = today - Duration::days(back);
            school.count(date, GRADE_2, "T001", 3 + back as u64 * 2);
            school.count(date, GRADE_2, "T002", 1);
        }
        let mut posts = Tally::default();
        posts.add_many(Kind::Text, 4);
        let voice = Voice::Anonymous("Head teacher".into());
        school.state.apply(Change::Unattributed(today, GRADE_2, voice.clone(), Some(posts)));
        school.state.apply(Change::Voice(GRADE_2, voice, None));
        school.state.apply(Change::LastUpdate(school.now - Duration::minutes(5)));
        let admin = Standing { administrator: true, since: Some(school.now), ..Standing::default() };
        school.state.apply(Change::Standing(GRADE_2, Some(admin)));
        let blind = Standing { last_message: Some(school.now), ..Standing::default() };
        school.state.apply(Change::Standing(GRADE_3, Some(blind)));
        let candidate =
            Candidate { title: "Parents".into(), added_by: STRANGER, added_at: school.now - Duration::hours(3), bot: None };
        school.state.apply(Change::Candidate(WAITING, Some(candidate)));
        school.ask(APPLICANT, "Dilnoza Karimova");
        school.know_chats();
        school.know_commands();
        school
    }

    /// Everything that names can do to a menu.
    pub(crate) fn hostile() -> Self {
        let mut school = Self::small();
        let names = ["<b>Bold</b> & \"quoted\"", "שרה כהן", "\u{202e}txet", &"😀".repeat(4096), &"W".repeat(500), "\u{200f}\n"];
        for (i, name) in names.iter().enumerate() {
            school.add_group(ChatId(-1_009_000_000_000_000 - i as i64), name);
            school.add_teacher(&format!("ABCDEFGHabcd{i:04}"), name, Some(UserId(9_000_000_000 + i as i64)), &[]);
            school.ask(UserId(8_000_000_000 + i as i64), name);
        }
        for i in 0..18 {
            let chat = ChatId(-1_003_000_000_000 - i);
            school.add_group(
                chat,
                &format!("Long title of a class, number {i}, with <everything> that fits into it {}", "х".repeat(60)),
            );
            let groups: Vec<ChatId> = school.state.groups.keys().copied().collect();
            school.add_teacher(&format!("LONG{i:03}"), &format!("Преподаватель {i} {}", "я".repeat(60)), None, &groups);
            let date = school.now.date_naive() - Duration::days(i % 30);
            school.count(date, chat, &format!("LONG{i:03}"), 1_234_567);
            let mut posts = Tally::default();
            posts.add_many(Kind::Text, 9);
            let voice = if i % 2 == 0 { Voice::Anonymous(format!("<{i}>")) } else { Voice::Chat(ChatId(-1_005_000_000_000 - i)) };
            school.state.apply(Change::Unattributed(date, GRADE_2, voice.clone(), Some(posts)));
            school.state.apply(Change::Voice(GRADE_2, voice, (i % 3 == 0).then(|| id("T001"))));
        }
        let gone = Group { gone_since: Some(school.now - Duration::days(3)), ..school.state.groups[&GRADE_3].clone() };
        school.state.apply(Change::Group(GRADE_3, Some(Box::new(gone))));
        let renamed = Group { renamed: true, enabled: false, ..school.state.groups[&GRADE_2].clone() };
        school.state.apply(Change::Group(GRADE_2, Some(Box::new(renamed))));
        let many = Teacher {
            active: false,
            other_accounts: (0..30).map(|n| UserId(7_000_000_000_000 + n)).collect(),
            ..school.state.teachers[&id("T001")].clone()
        };
        school.state.apply(Change::Teacher(id("T001"), Some(Box::new(many))));
        school
    }

    /// Somebody is writing a message to many, to all groups and a topic; another one was sent, which not everybody got.
    pub(crate) fn with_message(mut self, user: UserId) -> Self {
        let content = Content { text: "<b>Ertaga</b> &amp; indin".into(), markup: Markup::Html, file: None };
        let whole = |chat: &ChatId| Place { chat: *chat, topic: None };
        let to = self.state.groups.keys().map(whole).chain([Place { chat: GRADE_2, topic: Some(TopicId(5)) }]).collect();
        let draft = Draft { content: Some(content.clone()), to, ..Draft::new(self.now) };
        let form = Form { step: Step::Message(Box::new(draft)), touched: self.now };
        self.state.apply(Change::Form(FormKey::private(user), Some(form)));
        let announcement = Announcement { content: Some(content), bot: None, silent: false };
        let job = Job { state: JobState::Failed, ..Job::new(Task::Announcement(announcement)) };
        let id = JobId::numbered("announcement", 1);
        let places: Vec<Place> = self.state.groups.keys().map(whole).collect();
        announce::made(&id, job, &places).into_iter().for_each(|change| self.state.apply(change));
        let refused =
            DeliveryState::Failed { why: Reason::Words("Forbidden: <nobody> may write".into()), at: self.now, parts: 0 };
        let delivery = Delivery { to: whole(&GRADE_2), state: refused };
        self.state.apply(Change::Job(JobChange::Delivery(id, 0, Some(Box::new(delivery)))));
        self
    }

    fn add_group(&mut self, chat: ChatId, title: &str) {
        let group = serde_json::from_value(serde_json::json!({ "chat_id": chat.0, "title": title })).expect("a group");
        self.state.apply(Change::Group(chat, Some(Box::new(group))));
    }

    fn add_teacher(&mut self, teacher: &str, name: &str, account: Option<UserId>, groups: &[ChatId]) {
        let teacher = Teacher {
            teacher_id: id(teacher),
            full_name: FullName::from_file(name.to_owned()),
            telegram_user_id: account,
            other_accounts: BTreeSet::new(),
            active: true,
            created_at: None,
            unknown: Default::default(),
        };
        self.state.apply(Change::Assignments(teacher.teacher_id, groups.iter().copied().collect()));
        self.state.apply(Change::Teacher(teacher.teacher_id, Some(Box::new(teacher))));
    }

    fn ask(&mut self, user: UserId, name: &str) {
        let request = RegistrationRequest {
            telegram_user_id: user,
            full_name: FullName::from_file(name.to_owned()),
            created_at: Stamp::new(self.now - Duration::hours(2), self.rules.zone),
            unknown: Default::default(),
        };
        self.state.apply(Change::Request(user, Some(request)));
    }

    fn count(&mut self, date: chrono::NaiveDate, chat: ChatId, teacher: &str, n: u64) {
        let mut tally = Tally::default();
        tally.add_many(Kind::Text, n);
        self.state.apply(Change::Cell(date, chat, id(teacher), Some(tally)));
    }

    /// Speaks `lang` with everybody.
    pub(crate) fn speaking(mut self, lang: Lang) -> Self {
        self.rules.lang = lang;
        self
    }

    pub(crate) fn desk(&self) -> Desk<'_> {
        Desk { state: &self.state, rules: &self.rules, now: self.now }
    }

    /// Makes so what was decided; what is to be done comes back.
    pub(crate) fn apply(&mut self, outcome: Outcome) -> Vec<Work> {
        outcome.changes.into_iter().for_each(|change| self.state.apply(change));
        outcome.work
    }

    /// Writes to the bot.
    pub(crate) fn says(&mut self, user: UserId, said: Said) -> Vec<Work> {
        self.sends(user, said, None)
    }

    /// Writes to the bot what it could send on.
    pub(crate) fn sends(&mut self, user: UserId, said: Said, material: Option<Material>) -> Vec<Work> {
        let material = material.map(Box::new);
        let message =
            PrivateMessage { from: Sender { id: user, lang: None }, said, message: MessageId(7), reply_to: None, material };
        let outcome = on_private_message(&self.desk(), &message);
        self.apply(outcome)
    }

    /// Writes words to the bot.
    pub(crate) fn types(&mut self, user: UserId, text: &str) -> Vec<Work> {
        let html = Html::text(text).into_string();
        self.sends(user, Said::Text(text.into()), Some(Material { html, file: None }))
    }

    /// Gives a command.
    pub(crate) fn commands(&mut self, user: UserId, command: Command) -> Vec<Work> {
        self.says(user, Said::Command(command, String::new()))
    }

    /// Presses a button with this data.
    pub(crate) fn presses(&mut self, user: UserId, data: &str) -> Vec<Work> {
        let on = Some(PressedMessage { chat: ChatId::private(user), id: MessageId(5), is_text: true });
        let press = PressEvent { query: "q".into(), from: Sender { id: user, lang: None }, data: data.into(), on };
        let outcome = on_press(&self.desk(), &press);
        self.apply(outcome)
    }

    /// Draws a screen for somebody, from everything in memory.
    pub(crate) fn draw(&self, user: UserId, screen: &Screen) -> View {
        let desk = self.desk();
        let needs = needs(screen, &desk, user);
        let collect = |scope: ReportScope| {
            let mut sums = Collector::new(scope);
            self.state.days.iter().for_each(|(date, day)| day.show(*date, &mut sums));
            sums.finish()
        };
        let (activity, before) = (needs.activity.map(collect), needs.before.map(collect));
        let diagnosis = Diagnosis::default();
        let study = needs.study.map(|needs| self.study_facts(needs));
        let facts = Facts {
            state: &self.state,
            rules: &self.rules,
            user,
            lang: lang_of(&self.state, &self.rules, user),
            now: self.now,
            activity: activity.as_ref(),
            before: before.as_ref(),
            diagnosis: needs.diagnosis.then_some(&diagnosis),
            study: study.as_ref(),
            collected: None,
            session: &LineState::Up { since: self.now },
            last_commit: Some(self.now),
        };
        render(screen, &facts)
    }

    /// What somebody sees when this is done: messages, screens, toasts, and files on their way.
    pub(crate) fn seen(&self, work: &[Work]) -> String {
        let mut seen = Vec::new();
        for work in work {
            seen.push(match work {
                Work::Send { to, html, buttons, reply_to, .. } => {
                    let reply = if reply_to.is_some() { " (reply)" } else { "" };
                    format!("→ {}{reply}\n{html}{}", to.chat, shown(buttons))
                }
                Work::Show { user, edit, screen, note } => {
                    let view = self.draw(*user, &screen_of(screen));
                    let how = if edit.is_some() { "edited" } else { "new" };
                    let note = note.as_ref().map(|note| format!("{note}\n\n")).unwrap_or_default();
                    format!("→ {user} ({how})\n{note}{}{}", view.html, shown(&view.buttons))
                }
                Work::Answer { text, alert, .. } => match text {
                    Some(text) => format!("{}{text}", if *alert { "dialog: " } else { "toast: " }),
                    None => "answered".into(),
                },
                Work::SendReport { user, scope, format } => format!("→ {user} {format:?} of {}", scope.period),
                other @ (Work::Leave { .. }
                | Work::SyncGroups { .. }
                | Work::StopJob { .. }
                | Work::CreditVoice { .. }
                | Work::ForgetMember { .. }
                | Work::CheckTarget { .. }
                | Work::SendStudyChart { .. }
                | Work::AssignWhereMember { .. }
                | Work::SendSignIn { .. }
                | Work::ShowFreshChats { .. }
                | Work::Deliver { .. }
                | Work::Preview { .. }
                | Work::Diagnose { .. }
                | Work::PassOn { .. }
                | Work::PassBack { .. }
                | Work::ShowFeed { .. }
                | Work::Ask(_)
                | Work::ForgetTalk { .. }
                | Work::ForgetCollected { .. }) => {
                    format!("{other:?}")
                }
            });
        }
        seen.join("\n----\n")
    }
}

/// The screen behind this data.
pub(crate) fn screen_of(data: &str) -> Screen {
    match Press::decode(data) {
        Some(Press::Show(screen)) => screen,
        other => panic!("{data} is {other:?}, not a screen"),
    }
}

/// Buttons as rows of `[label]`.
pub(crate) fn shown(buttons: &Buttons) -> String {
    match buttons {
        Buttons::None => String::new(),
        Buttons::Inline(rows) => {
            let row = |row: &Vec<Button>| row.iter().map(|button| format!("[{}]", button.label)).collect::<Vec<_>>().join(" ");
            format!("\n{}", rows.iter().map(row).collect::<Vec<_>>().join("\n"))
        }
        Buttons::AskPerson { choose, cancel } => format!("\n<{choose}> <{cancel}>"),
        Buttons::Remove => "\n(keyboard removed)".into(),
    }
}

/// The callback data under a message.
pub(crate) fn presses_of(buttons: &Buttons) -> Vec<String> {
    let Buttons::Inline(rows) = buttons else { return Vec::new() };
    let data = |button: &Button| match &button.action {
        ButtonAction::Press(data) => Some(data.clone()),
        ButtonAction::Open(_) => None,
    };
    rows.iter().flatten().filter_map(data).collect()
}
