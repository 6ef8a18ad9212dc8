//! Questions and answers: forms that are filled in, given up, outlived; clashes and their ways on.

use chrono::Duration;

use crate::admin::school::{ADMIN, ANN, APPLICANT, GRADE_2, HEAD, STRANGER, School, id};
use crate::domain::{
    event::{Command, Said, SharedPerson},
    form::FormKey,
    ids::UserId,
    lang::Lang,
    work::{Buttons, Work},
};

fn removes_keyboard(work: &[Work]) -> bool {
    work.iter().any(|work| matches!(work, Work::Send { buttons: Buttons::Remove, .. }))
}

fn is_open(school: &School, user: UserId) -> bool {
    school.state.forms.contains_key(&FormKey::private(user))
}

/// As far as the question for the account of a new teacher.
fn asked_for_account() -> School {
    let mut school = School::small();
    school.presses(ADMIN, "1:nt");
    school.types(ADMIN, "T010");
    school.types(ADMIN, "Dora Fine");
    school
}

#[test]
fn a_teacher_is_registered_by_three_answers_and_their_request_is_settled() {
    let mut school = School::small();
    school.presses(ADMIN, "1:nt");
    school.types(ADMIN, " T010 ");
    school.types(ADMIN, "Dilnoza   Karimova");
    let person = SharedPerson { id: APPLICANT, name: None, is_bot: false };
    let work = school.says(ADMIN, Said::Person(person));
    assert!(removes_keyboard(&work) && !is_open(&school, ADMIN));
    let teacher = &school.state.teachers[&id("T010")];
    assert_eq!((teacher.full_name.as_str(), teacher.telegram_user_id), ("Dilnoza Karimova", Some(APPLICANT)));
    assert!(!school.state.requests.contains_key(&APPLICANT));
    let told = work.iter().any(|work| matches!(work, Work::Send { to, .. } if to.chat.0 == APPLICANT.0));
    assert!(told, "who asked to be registered hears that they are");
}

#[test]
fn wrong_answers_keep_the_form_and_say_what_to_do() {
    let mut school = asked_for_account();
    let mut says = |said: Said| {
        let work = school.says(ADMIN, said);
        assert!(is_open(&school, ADMIN));
        school.seen(&work)
    };
    let person = |id: i64, is_bot| Said::Person(SharedPerson { id: UserId(id), name: None, is_bot });
    assert!(says(Said::Text("@dora".into())).contains("account's number"));
    assert!(says(Said::Text("-5".into())).contains("account's number"));
    assert!(says(Said::Text("99999999999999999".into())).contains("account's number"));
    assert!(says(Said::Text("777000".into())).contains("Telegram's own"));
    assert!(says(person(1_087_968_824, false)).contains("Telegram's own"));
    assert!(says(person(5, true)).contains("This is a bot"));
    assert!(says(Said::HiddenAuthor("Do<ra>".into())).contains("<b>Do&lt;ra&gt;</b> hides"));
    assert!(says(Said::NoAccount).contains("No Telegram account"));
    assert!(says(Said::Something).contains("I need a person"));
    let taken = says(person(ANN.0, false));
    assert!(taken.contains("Ann Lee") && taken.contains("[👤 Open that teacher]"), "{taken}");
}

#[test]
fn whatever_leaves_the_question_for_an_account_takes_its_keyboard_away() {
    type Leave = fn(&mut School) -> Vec<Work>;
    let ways: [(&str, Leave); 6] = [
        ("/start", |school| school.commands(ADMIN, Command::Start)),
        ("/help", |school| school.commands(ADMIN, Command::Help)),
        ("/cancel", |school| school.commands(ADMIN, Command::Cancel)),
        ("the menu", |school| school.presses(ADMIN, "1:m")),
        ("cancel", |school| school.presses(ADMIN, "1:x")),
        ("cancel in another language", |school| school.types(ADMIN, &crate::text::button::Label::Cancel.text(Lang::Ru))),
    ];
    for (way, leave) in ways {
        let mut school = asked_for_account();
        let work = leave(&mut school);
        assert!(removes_keyboard(&work), "{way}");
        assert!(!is_open(&school, ADMIN), "{way}");
    }
    // Another question takes its place.
    let mut school = asked_for_account();
    let work = school.presses(ADMIN, "1:nf");
    assert!(removes_keyboard(&work) && is_open(&school, ADMIN));
}

#[test]
fn a_form_given_up_leads_back_to_where_it_was_begun() {
    for (begin, origin) in [
        ("1:nt", "1:tl:0"),
        ("1:nn:T001", "1:tm:T001"),
        ("1:ng:-1001111111111", "1:g:-1001111111111"),
        ("1:np", "1:rl"),
        ("1:nx", "1:xl"),
    ] {
        let mut school = School::small();
        school.presses(ADMIN, begin);
        let work = school.presses(ADMIN, "1:x");
        let shows = work.iter().any(|work| matches!(work, Work::Show { screen, .. } if screen == origin));
        assert!(shows, "{begin}: {work:?}");
    }
    let mut school = School::small();
    let work = school.presses(ADMIN, "1:x");
    assert!(school.seen(&work).contains("There is nothing to cancel"));
}

#[test]
fn a_question_is_given_up_after_a_quarter_of_an_hour() {
    let mut school = asked_for_account();
    school.now += Duration::minutes(15);
    // Neither a typed answer nor an old button fills it in.
    let seen = |school: &School, work: &[Work]| school.seen(work);
    let work = school.presses(ADMIN, "1:na");
    assert!(seen(&school, &work).contains("no longer open"));
    let work = school.types(ADMIN, "12345");
    assert!(seen(&school, &work).contains("given up after 15 minutes") && removes_keyboard(&work));
    assert!(!school.state.teachers.contains_key(&id("T010")));
}

#[test]
fn two_admins_fill_in_their_own_forms() {
    let mut school = School::small();
    for admin in [ADMIN, HEAD] {
        school.presses(admin, "1:nt");
        school.types(admin, "T010");
    }
    school.types(ADMIN, "First Comer");
    school.presses(ADMIN, "1:na");
    school.types(HEAD, "Late Comer");
    let work = school.presses(HEAD, "1:na");
    assert!(school.seen(&work).contains("belongs to <b>First Comer</b>"));
    school.types(HEAD, "T011");
    school.types(HEAD, "Late Comer");
    school.presses(HEAD, "1:na");
    assert_eq!(school.state.teachers[&id("T010")].full_name.as_str(), "First Comer");
    assert_eq!(school.state.teachers[&id("T011")].full_name.as_str(), "Late Comer");
}

#[test]
fn an_order_given_twice_is_carried_out_once() {
    let mut school = School::small();
    for _ in 0..2 {
        school.presses(ADMIN, "1:as:T003:-1001111111111:1:t0");
        assert!(school.state.is_assigned(id("T003"), GRADE_2));
    }
    for _ in 0..2 {
        school.presses(ADMIN, "1:ac:T001:0");
        assert!(!school.state.teachers[&id("T001")].active);
    }
    let first = school.presses(ADMIN, "1:ok:901");
    assert!(school.seen(&first).contains("Approved"));
    let teachers = school.state.teachers.len();
    let again = school.presses(HEAD, "1:ok:901");
    assert!(school.seen(&again).contains("answered already"));
    assert_eq!(school.state.teachers.len(), teachers);
}

#[test]
fn somebody_unknown_asks_once_and_every_admin_hears_of_it() {
    let mut school = School::small();
    let offer = school.commands(STRANGER, Command::Start);
    assert!(school.seen(&offer).contains("Are you a teacher here?"));
    school.presses(STRANGER, "1:nr");
    assert!(is_open(&school, STRANGER));
    let short = school.types(STRANGER, "X");
    assert!(school.seen(&short).contains("at least 2 characters"));
    let asked = school.types(STRANGER, "Ulugʻbek Oripov");
    for admin in [ADMIN, HEAD] {
        let heard = asked.iter().any(|work| matches!(work, Work::Send { to, .. } if to.chat.0 == admin.0));
        assert!(heard, "{asked:?}");
    }
    // Asking again changes nothing.
    let again = school.presses(STRANGER, "1:nr");
    assert!(!is_open(&school, STRANGER));
    assert!(school.seen(&again).contains("waiting for an admin"));
}

#[test]
fn typing_without_a_question_searches() {
    let mut school = School::small();
    let found = school.types(ADMIN, "GRADE");
    let seen = school.seen(&found);
    assert!(seen.contains("2 found") && seen.contains("Grade 2 Class"), "{seen}");
    let none = school.types(ADMIN, &"я".repeat(4096));
    assert!(school.seen(&none).contains("0 found"));
    let theirs = school.types(ANN, "grade");
    assert!(school.seen(&theirs).contains("your own numbers"));
}
