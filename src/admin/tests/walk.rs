//! Walks every screen that pressing leads to, as everybody, in every language.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{
    admin::school::{ADMIN, ANN, APPLICANT, GRADE_2, HEAD, STRANGER, School, id, presses_of, screen_of},
    admin::school_study::{SECOND, STUDENT},
    admin::{
        Order, OwnOrder, Press, Screen, View,
        press::{BackupPlan, DigestOrder, DigestScreen, LONGEST, Plan},
    },
    domain::{
        change::Change,
        commands::Commands,
        draft::Draft,
        event::Command,
        form::{CommandStep, Form, FormKey, Step},
        ids::{FullName, UserId},
        lang::Lang,
        presence::Who,
        registry::RegistrationRequest,
        study::{Setting, StudyStep},
        work::{Button, Buttons, Work},
    },
    text::split::messages,
};

/// What a screen or press is called, without what it is about.
fn kind(named: impl std::fmt::Debug) -> String {
    let name = format!("{named:?}");
    name.split([' ', '{']).next().unwrap_or_default().to_owned()
}

fn check(view: &View, screen: &Screen) {
    let html = view.html.as_str();
    assert!(!html.trim().is_empty(), "{screen:?} is empty");
    // Long reports go out as several messages; whatever else is too long could not be edited in place.
    if !matches!(screen, Screen::Report { .. }) {
        assert_eq!(messages(html).len(), 1, "{screen:?} is too long for a message: {}", html.chars().count());
    }
    assert!(!html.contains('\u{202e}'), "{screen:?} lets a name turn the line around");
    check_buttons(&view.buttons, &format!("{screen:?}"));
}

fn check_buttons(buttons: &Buttons, what: &str) {
    let Buttons::Inline(rows) = buttons else { return };
    assert!(rows.iter().all(|row| !row.is_empty() && row.len() <= 8), "{what} has an odd row");
    assert!(rows.iter().flatten().count() <= 100, "{what} has too many buttons");
    for Button { label, .. } in rows.iter().flatten() {
        assert!(!label.trim().is_empty() && label.chars().count() <= 80, "{what}: label {label:?}");
        assert!(!label.contains(['\n', '\u{202e}']), "{what}: label {label:?}");
    }
}

/// Four answers make a report that comes by itself, thousands of ways with every group, and three a backup: each answer is
/// tried with the others as they are at first.
fn is_one_of_too_many(press: &Press) -> bool {
    if let Press::Show(Screen::Digest(DigestScreen::Backup { plan }))
    | Press::Do(Order::Digest(DigestOrder::AskFolder { plan, .. })) = press
    {
        let usual = BackupPlan::USUAL;
        let others = [plan.weekday != usual.weekday, plan.hour != usual.hour, plan.keep != usual.keep];
        return others.into_iter().filter(|is_other| *is_other).count() > 1;
    }
    let (Press::Show(Screen::Digest(DigestScreen::New { plan } | DigestScreen::Group { plan, .. }))
    | Press::Do(Order::Digest(DigestOrder::Make { plan, .. }))) = press
    else {
        return false;
    };
    let usual = Plan::USUAL;
    let others = [plan.day != usual.day, plan.hour != usual.hour, plan.format != usual.format, plan.to != usual.to];
    others.into_iter().filter(|is_other| *is_other).count() > 1
}

/// Presses everything that can be reached, each press on the school as it was at first; returns the kinds of screens seen.
fn walk(school: impl Fn() -> School, user: UserId) -> BTreeSet<String> {
    let (mut seen, mut kinds) = (BTreeSet::new(), BTreeSet::new());
    let mut ahead: VecDeque<String> = VecDeque::new();
    let mut meet = |school: &School, work: &[Work], ahead: &mut VecDeque<String>| {
        for work in work {
            match work {
                Work::Show { user: reader, screen, .. } => {
                    let screen = screen_of(screen);
                    let view = school.draw(*reader, &screen);
                    check(&view, &screen);
                    kinds.insert(kind(&screen));
                    if *reader == user {
                        ahead.extend(presses_of(&view.buttons));
                    }
                }
                Work::Send { to, html, buttons, .. } => {
                    assert_eq!(messages(html).len(), 1, "{html}");
                    check_buttons(buttons, html);
                    if to.chat.0 == user.0 {
                        ahead.extend(presses_of(buttons));
                    }
                }
                Work::Answer { text, .. } => {
                    assert!(text.as_ref().is_none_or(|text| text.encode_utf16().count() <= 200), "{text:?}");
                }
                Work::SendReport { .. }
                | Work::Leave { .. }
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
                | Work::ForgetCollected { .. } => {}
            }
        }
    };
    let mut first = school();
    let start = first.commands(user, Command::Start);
    meet(&first, &start, &mut ahead);
    if user == HEAD {
        let found = first.types(user, "a");
        meet(&first, &found, &mut ahead);
        // A message to many begins with what is to be sent.
        first.presses(user, "1:ws");
        let receivers = first.types(user, "a message");
        meet(&first, &receivers, &mut ahead);
        // What is found among members is reached by typing, too.
        first.presses(user, &format!("1:kf:{GRADE_2}"));
        let found = first.types(user, "a");
        meet(&first, &found, &mut ahead);
    }
    while let Some(data) = ahead.pop_front() {
        if !seen.insert(data.clone()) {
            continue;
        }
        let press = Press::decode(&data).filter(|_| (1..=LONGEST).contains(&data.len()));
        if is_one_of_too_many(&press.unwrap_or_else(|| panic!("{data}"))) {
            continue;
        }
        let mut school = school();
        let work = school.presses(user, &data);
        let answers = work.iter().filter(|work| matches!(work, Work::Answer { .. })).count();
        assert_eq!(answers, 1, "{data} is answered once");
        meet(&school, &work, &mut ahead);
    }
    kinds
}

fn every_screen_is_reachable_and_fits(lang: Lang) {
    // Made once: a copy for each press is quick, a new one is not.
    let hostile = School::hostile().with_hostile_study().with_hostile_commands().with_message(HEAD).speaking(lang);
    let every: BTreeSet<String> = Press::examples()
        .into_iter()
        .filter_map(|press| match press {
            Press::Show(screen) => Some(kind(screen)),
            Press::Do(_) => None,
        })
        .collect();
    let users = [HEAD, ANN, STRANGER, APPLICANT, STUDENT];
    let seen: BTreeSet<String> = users.into_iter().flat_map(|user| walk(|| hostile.clone(), user)).collect();
    assert_eq!(seen, every);
}

// One for each language, so that they run side by side.

#[test]
fn every_screen_is_reachable_and_fits_in_english() {
    every_screen_is_reachable_and_fits(Lang::En);
}

#[test]
fn every_screen_is_reachable_and_fits_in_uzbek() {
    every_screen_is_reachable_and_fits(Lang::Uz);
}

#[test]
fn every_screen_is_reachable_and_fits_in_russian() {
    every_screen_is_reachable_and_fits(Lang::Ru);
}

#[test]
fn an_empty_school_has_a_menu_too() {
    for lang in Lang::ALL {
        let seen = walk(|| School::empty().speaking(lang), ADMIN);
        assert!(seen.contains("Teachers") && seen.contains("AddGroup"));
    }
}

#[test]
fn forged_presses_of_others_change_nothing_and_show_nothing_of_the_admins() {
    let small = School::small().with_study();
    let everything = examples_and_about_the_community();
    let forget_me = Press::Do(Order::Own(OwnOrder::ForgetMe {}));
    // The last one was an admin until just now.
    for user in [ANN, STRANGER, APPLICANT, STUDENT, ADMIN] {
        for press in &everything {
            let mut school = small.clone();
            school.rules.admins.remove(&ADMIN);
            let before = school.state.clone();
            let work = school.presses(user, &press.encode());
            for work in &work {
                match work {
                    Work::Show { user: reader, screen, .. } => {
                        assert_eq!(*reader, user);
                        for data in presses_of(&school.draw(user, &screen_of(screen)).buttons) {
                            let next = Press::decode(&data).expect("a press");
                            assert!(is_everybodys(&next), "{press:?} leads to {next:?}");
                        }
                    }
                    Work::Send { to, .. } => assert_eq!(to.chat.0, user.0, "{press:?}"),
                    Work::Answer { .. } => {}
                    // One's own, and nobody else's.
                    Work::ForgetMember { user: whose, accounts, .. } => {
                        assert_eq!(*whose, user);
                        let own: &[Who] = if user == STUDENT { &[Who(STUDENT.0), SECOND] } else { &[Who(ANN.0)] };
                        assert_eq!(accounts, own, "{press:?}");
                    }
                    Work::ForgetTalk { user: whose } | Work::ForgetCollected { user: whose } => assert_eq!(*whose, user),
                    Work::SendStudyChart { user: whose, .. } => assert_eq!(*whose, user),
                    Work::SendReport { .. }
                    | Work::Leave { .. }
                    | Work::SyncGroups { .. }
                    | Work::StopJob { .. }
                    | Work::CreditVoice { .. }
                    | Work::CheckTarget { .. }
                    | Work::AssignWhereMember { .. }
                    | Work::SendSignIn { .. }
                    | Work::ShowFreshChats { .. }
                    | Work::Deliver { .. }
                    | Work::Preview { .. }
                    | Work::Diagnose { .. }
                    | Work::PassOn { .. }
                    | Work::PassBack { .. }
                    | Work::ShowFeed { .. }
                    | Work::Ask(_) => panic!("{press:?} makes {work:?}"),
                }
            }
            assert_eq!((&school.state.teachers, &school.state.groups), (&before.teachers, &before.groups), "{press:?}");
            let others = |requests: &BTreeMap<UserId, RegistrationRequest>| {
                requests.iter().filter(|(whose, _)| **whose != user).map(|(whose, _)| *whose).collect::<Vec<_>>()
            };
            assert_eq!(others(&school.state.requests), others(&before.requests), "{press:?}");
            assert!(*press == forget_me || school.state.requests == before.requests, "{press:?}");
            assert_eq!(school.state.voices, before.voices, "{press:?}");
            let own =
                |commands: &Commands| Commands { feedback: Default::default(), spent: Default::default(), ..commands.clone() };
            assert_eq!(own(&school.state.commands), own(&before.commands), "{press:?}");
            let mut untouched = before.study.clone();
            untouched.members.remove(&GRADE_2);
            let others = before.study.members[&GRADE_2].iter().filter(|(who, _)| !own_accounts(user).contains(who));
            assert!(
                others.eq(school
                    .state
                    .study
                    .members
                    .get(&GRADE_2)
                    .into_iter()
                    .flatten()
                    .filter(|(who, _)| !own_accounts(user).contains(who))),
                "{press:?}"
            );
            assert_eq!(school.state.jobs, before.jobs, "{press:?}");
            school.state.study.members.remove(&GRADE_2);
            assert_eq!(school.state.study, untouched, "{press:?}");
        }
    }
}

/// Accounts that belong to somebody.
fn own_accounts(user: UserId) -> Vec<Who> {
    if user == STUDENT { vec![STUDENT.into(), SECOND] } else { vec![user.into()] }
}

/// One of each press, and the same about the community that there is, its members and its posts.
fn examples_and_about_the_community() -> Vec<Press> {
    let examples = Press::examples();
    let chat = "-1001234567890";
    let here = |press: &Press| press.encode().replacen(chat, &GRADE_2.to_string(), 1);
    let about = |data: String| data.replace("4503599627370495", &STUDENT.to_string()).replace(":999999", ":1");
    let about = examples.iter().map(here).map(about).map(|data| Press::decode(&data).expect("a press"));
    examples.iter().cloned().chain(about.collect::<Vec<_>>()).collect()
}

#[test]
fn a_form_that_a_former_admin_left_open_takes_no_answer() {
    let (teacher, chat) = (id("T001"), GRADE_2);
    let name = FullName::parse("Cem Ay").expect("a name");
    let steps = [
        Step::NewTeacherId,
        Step::NewTeacherName { teacher: id("T009") },
        Step::NewTeacherAccount { teacher: id("T009"), name },
        Step::RenameTeacher { teacher },
        Step::TeacherAccount { teacher, replace: true },
        Step::RenameGroup { chat },
        Step::ReportPeriod,
        Step::WorkbookPeriod,
        Step::SearchTeacher,
        Step::Found { query: "ann".to_owned() },
        Step::JobTimes { job: "groups".parse().expect("an id") },
        Step::BackupFolder { cron: "0 3 * * *".to_owned(), keep: 7, asked: 1 },
        Step::Message(Box::new(Draft::new("2026-01-29T07:00:00Z".parse().expect("a time")))),
    ];
    let (who, day) = (Who::from(STUDENT), "2026-01-28".parse().expect("a day"));
    let study = [
        StudyStep::Setting { chat, setting: Setting::Times },
        StudyStep::Setting { chat, setting: Setting::Target },
        StudyStep::FindMember { chat },
        StudyStep::FoundMembers { chat, query: "ann".to_owned() },
        StudyStep::CorrectionDay { chat, who },
        StudyStep::CorrectionAmount { chat, who, day },
        StudyStep::CorrectionReason { chat, who, day, seconds: 60 },
        StudyStep::CorrectionSummary { chat, who, day, seconds: 60, reason: "x".to_owned() },
        // Not a member of it, and so without a goal there.
        StudyStep::Goal { chat },
    ];
    let news = || "news".parse().expect("a name");
    let commands = [
        CommandStep::Name,
        CommandStep::Description { name: news() },
        CommandStep::Body { name: news(), description: "x".to_owned() },
        CommandStep::NewDescription { name: news(), lang: Lang::Uz },
        CommandStep::NewBody { name: news() },
        CommandStep::Contact,
    ];
    let steps = steps.into_iter().chain(study.map(Step::Study)).chain(commands.map(Step::Command));
    let steps: Vec<_> = steps.chain([Step::AnswerFeedback { feedback: 1 }]).collect();
    for step in steps {
        for answer in ["T009", "12345", "7", "Ann", "08:00", "2026-01-28"] {
            let mut school = School::small().with_study();
            school.rules.admins.remove(&ADMIN);
            school.state.apply(Change::Form(FormKey::private(ADMIN), Some(Form { step: step.clone(), touched: school.now })));
            let before = school.state.clone();
            let work = school.types(ADMIN, answer);
            assert_eq!((&school.state.teachers, &school.state.groups), (&before.teachers, &before.groups), "{step:?}");
            assert_eq!((&school.state.study, &school.state.jobs), (&before.study, &before.jobs), "{step:?}");
            assert_eq!(school.state.commands, before.commands, "{step:?}");
            assert!(work.iter().all(|work| matches!(work, Work::Send { .. } | Work::Show { .. })), "{step:?}: {work:?}");
            assert!(!school.seen(&work).contains("Ann Lee"), "{step:?} shows the register");
        }
    }
}

/// What people who are no admins may press.
fn is_everybodys(press: &Press) -> bool {
    match press {
        Press::Show(screen) => {
            matches!(screen, Screen::Main {} | Screen::Help {} | Screen::Language {} | Screen::MyActivity { .. })
                || matches!(screen, Screen::Study(screen) if screen.is_members())
                || matches!(screen, Screen::Own(screen) if screen.is_everybodys())
        }
        Press::Do(order) => {
            matches!(order, Order::Speak { .. } | Order::Cancel {} | Order::AskOwnName {})
                || matches!(order, Order::Study(order) if order.is_members())
                || matches!(order, Order::Own(order) if order.is_everybodys())
        }
    }
}

#[test]
fn a_screen_asked_for_by_a_former_admin_is_not_drawn_for_them() {
    let mut school = School::small().with_study();
    school.rules.admins.clear();
    for press in examples_and_about_the_community() {
        if let Press::Show(screen) = press {
            for data in presses_of(&school.draw(ADMIN, &screen).buttons) {
                assert!(Press::decode(&data).is_some_and(|press| is_everybodys(&press)), "{screen:?} offers {data}");
            }
        }
    }
}

#[test]
fn whatever_an_admin_presses_about_things_that_are_not_is_answered_and_drawn() {
    let small = School::small().with_study();
    for press in examples_and_about_the_community() {
        let mut school = small.clone();
        let work = school.presses(ADMIN, &press.encode());
        assert!(work.iter().any(|work| matches!(work, Work::Answer { .. })), "{press:?}");
        assert!(!school.seen(&work).is_empty());
    }
}
