//! What each screen looks like, in every language: one snapshot a language, for reading from top to bottom.

use crate::{
    admin::school::{ANN, APPLICANT, GRADE_2, GRADE_3, HEAD, STRANGER, School, id, shown},
    admin::school_chats::GONE,
    admin::{Press, ReportView, Screen, Span, Subject, Tag},
    domain::{
        change::Change,
        ids::{ChatId, UserId},
        lang::Lang,
        registry::Voice,
    },
};

/// Every screen of a small school, with who looks at it.
fn screens() -> Vec<(&'static str, UserId, Screen)> {
    let teacher = id("T001");
    let chat = GRADE_2;
    let report = |view| Screen::Report { view, span: Span::Last(7), subject: Subject::All };
    vec![
        ("main menu", HEAD, Screen::Main {}),
        ("teachers", HEAD, Screen::Teachers { page: 0 }),
        ("teacher", HEAD, Screen::Teacher { teacher }),
        ("teacher without account and groups", HEAD, Screen::Teacher { teacher: id("T003") }),
        ("teacher who was deleted", HEAD, Screen::Teacher { teacher: id("T999") }),
        ("teacher's groups", HEAD, Screen::TeacherGroups { teacher, page: 0 }),
        ("teacher, more", HEAD, Screen::TeacherMore { teacher }),
        ("really delete?", HEAD, Screen::ConfirmDelete { teacher }),
        ("groups", HEAD, Screen::Groups { page: 0 }),
        ("group", HEAD, Screen::Group { chat }),
        ("group without messages", HEAD, Screen::Group { chat: GRADE_3 }),
        ("group that is not registered", HEAD, Screen::Group { chat: ChatId(-5) }),
        ("group's teachers", HEAD, Screen::GroupTeachers { chat, page: 0 }),
        ("really remove?", HEAD, Screen::ConfirmRemove { chat }),
        ("voices", HEAD, Screen::Voices { chat }),
        ("whose voice?", HEAD, Screen::VoiceOwner { chat, tag: Tag(Voice::Anonymous("Head teacher".into()).tag()), page: 0 }),
        ("add a group", HEAD, Screen::AddGroup {}),
        ("reports", HEAD, Screen::Reports {}),
        ("report, main points", HEAD, report(ReportView::Summary)),
        ("report by teacher", HEAD, report(ReportView::ByTeacher)),
        ("report by group", HEAD, report(ReportView::ByGroup)),
        ("report of the silent", HEAD, report(ReportView::Silent)),
        ("workbooks", HEAD, Screen::Workbooks {}),
        ("chats", HEAD, Screen::Chats { page: 0 }),
        ("chat", HEAD, Screen::Chat { chat }),
        ("chat that was left", HEAD, Screen::Chat { chat: GONE }),
        ("jobs", HEAD, Screen::Jobs { page: 0 }),
        ("job", HEAD, Screen::Job { job: "groups".parse().expect("an id") }),
        ("requests", HEAD, Screen::Requests { page: 0 }),
        ("request", HEAD, Screen::Request { user: APPLICANT }),
        ("language", HEAD, Screen::Language {}),
        ("admin's help", HEAD, Screen::Help {}),
        ("teacher's home", ANN, Screen::Main {}),
        ("my activity", ANN, Screen::MyActivity { span: Span::Last(7) }),
        ("my activity, a month", ANN, Screen::MyActivity { span: Span::ThisMonth }),
        ("teacher's help", ANN, Screen::Help {}),
        ("the offer", STRANGER, Screen::Main {}),
        ("waiting", APPLICANT, Screen::Main {}),
    ]
}

/// A voice that has a person since today, and wrote before.
#[test]
fn earlier_messages_of_a_voice_are_offered() {
    let mut school = School::small();
    let voice = Voice::Anonymous("Head teacher".into());
    school.state.apply(Change::Voice(GRADE_2, voice.clone(), Some(id("T001"))));
    let mut album = String::new();
    for lang in Lang::ALL {
        let school = School { state: school.state.clone(), rules: school.rules.clone(), now: school.now }.speaking(lang);
        for screen in [Screen::Voices { chat: GRADE_2 }, Screen::Earlier { chat: GRADE_2, tag: Tag(voice.tag()) }] {
            let view = school.draw(HEAD, &screen);
            album.push_str(&format!("{}{}\n\n", view.html, shown(&view.buttons)));
        }
    }
    insta::assert_snapshot!("earlier_messages", album);
}

fn album(lang: Lang) -> String {
    let school = School::small().speaking(lang);
    let mut album = String::new();
    for (name, user, screen) in screens() {
        let view = school.draw(user, &screen);
        let data = Press::Show(screen).encode();
        album.push_str(&format!("═══ {name} · {data}\n{}{}\n\n", view.html, shown(&view.buttons)));
    }
    album
}

#[test]
fn screens_in_english() {
    insta::assert_snapshot!(album(Lang::En));
}

#[test]
fn screens_in_uzbek() {
    insta::assert_snapshot!(album(Lang::Uz));
}

#[test]
fn screens_in_russian() {
    insta::assert_snapshot!(album(Lang::Ru));
}
