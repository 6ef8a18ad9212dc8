//! A message to many, written in the chat: what is sent, to whom, when; that nobody disturbs anybody; that it is sent once.

use chrono::Duration;

use crate::{
    admin::{
        Press, Screen, SendingScreen,
        school::{ADMIN, GRADE_2, GRADE_3, HEAD, School, presses_of, shown},
    },
    domain::{
        draft::Draft,
        event::{Command, Material, Place, Said, SharedFile},
        form::FormKey,
        ids::{TopicId, UserId},
        jobs::{Content, DeliveryState, Job, Markup},
        lang::Lang,
        work::Work,
    },
    jobs::announce,
};

fn draft(school: &School, user: UserId) -> Option<&Draft> {
    school.state.forms.get(&FormKey::private(user)).and_then(|form| form.step.draft())
}

fn chosen(school: &School, user: UserId) -> Vec<Place> {
    draft(school, user).expect("a draft").to.clone()
}

fn whole(chat: crate::domain::ids::ChatId) -> Place {
    Place { chat, topic: None }
}

/// Somebody has said what is to be sent.
fn begun(user: UserId) -> School {
    let mut school = School::small();
    school.commands(user, Command::Send);
    school.types(user, "Ertaga <yopiq>");
    school
}

fn send(school: &School, user: UserId) -> String {
    let view = school.draw(user, &Screen::Sending(SendingScreen::Ready {}));
    presses_of(&view.buttons).into_iter().find(|data| data.starts_with("1:wg:")).expect("a button that sends")
}

fn jobs(school: &School) -> Vec<&Job> {
    school.state.jobs.kept.values().collect()
}

#[test]
fn a_command_that_nobody_knows_costs_no_message_that_is_being_written() {
    let mut school = begun(ADMIN);
    let before = draft(&school, ADMIN).cloned();
    let said = school.says(ADMIN, Said::OtherCommand { word: "nonsense".into(), name: "Nora".into() });
    assert!(matches!(said[..], [Work::Send { .. }]), "{said:?}");
    assert_eq!(draft(&school, ADMIN), before.as_ref());
}

#[test]
fn a_message_is_written_looked_at_and_sent_once() {
    let mut school = begun(ADMIN);
    let none = school.presses(ADMIN, "1:wp");
    assert!(school.seen(&none).contains("Choose at least one group"));
    school.presses(ADMIN, &format!("1:wk:{GRADE_2}:1:0"));
    school.presses(ADMIN, &format!("1:wk:{GRADE_2}:1:0"));
    assert_eq!(chosen(&school, ADMIN), [whole(GRADE_2)]);
    let work = school.presses(ADMIN, "1:wp");
    assert!(matches!(work[..], [Work::Preview { user: ADMIN }, Work::Show { .. }, Work::Answer { .. }]), "{work:?}");
    assert!(school.seen(&work).contains("Grade 2 Class"));
    school.presses(ADMIN, "1:wq:1");
    let press = send(&school, ADMIN);
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("On its way"));
    assert!(draft(&school, ADMIN).is_none());
    let announcement = jobs(&school)[0].announcement().expect("a message").clone();
    let content = Content { text: "Ertaga &lt;yopiq&gt;".into(), markup: Markup::Html, file: None };
    assert_eq!((announcement.content, announcement.silent), (Some(content), true));
    let audited = school.state.audit.unwritten.values().any(|entry| format!("{:?}", entry.did).contains("AnnouncementMade"));
    assert!(audited, "{:?}", school.state.audit);
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("nothing is sent twice"));
    assert_eq!(jobs(&school).len(), 1);
    // Somebody else's button of it sends nothing either.
    let work = school.presses(HEAD, &press);
    assert!(school.seen(&work).contains("no longer open") && jobs(&school).len() == 1);
}

#[test]
fn receivers_are_ticked_found_linked_and_taken_back() {
    let mut school = begun(ADMIN);
    let work = school.types(ADMIN, "grade 3");
    let seen = school.seen(&work);
    assert!(seen.contains("Grade 3") && !seen.contains("Grade 2"), "{seen}");
    school.presses(ADMIN, "1:wa:1");
    assert_eq!(chosen(&school, ADMIN), [whole(GRADE_3)], "all that are listed");
    school.presses(ADMIN, "1:wx");
    school.presses(ADMIN, "1:wa:1");
    school.types(ADMIN, "https://t.me/c/1111111111/5/77");
    let topic = Place { chat: GRADE_2, topic: Some(TopicId(5)) };
    assert_eq!(chosen(&school, ADMIN), [whole(GRADE_3), whole(GRADE_2), topic]);
    school.presses(ADMIN, &format!("1:wk:{GRADE_3}:0:0"));
    school.presses(ADMIN, &format!("1:wu:{GRADE_2}:5:0:0"));
    assert_eq!(chosen(&school, ADMIN), [whole(GRADE_2)]);
    let bot = school.rules.bot;
    school.presses(ADMIN, &format!("1:wb:{bot}:0"));
    assert!(chosen(&school, ADMIN).is_empty());
    school.presses(ADMIN, &format!("1:wb:{bot}:1"));
    assert_eq!(chosen(&school, ADMIN).len(), 2);
    school.says(ADMIN, Said::Chat(GRADE_3));
    assert_eq!(chosen(&school, ADMIN).len(), 2, "a forwarded post names its group");
}

#[test]
fn a_time_is_asked_for_and_one_that_passes_meanwhile_is_not_kept() {
    let mut school = begun(ADMIN);
    school.presses(ADMIN, "1:wa:1");
    school.presses(ADMIN, "1:wp");
    school.presses(ADMIN, "1:ww");
    let work = school.types(ADMIN, "yesterday");
    assert!(school.seen(&work).contains("no time that is still to come"));
    let work = school.types(ADMIN, "13:00");
    assert!(school.seen(&work).contains("When: 2026-01-29 13:00 (Asia/Tashkent)"), "{}", school.seen(&work));
    let press = send(&school, ADMIN);
    school.now += Duration::hours(1);
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("has passed") && jobs(&school).is_empty());
    assert_eq!(draft(&school, ADMIN).and_then(|draft| draft.at), None);
    school.presses(ADMIN, "1:ww");
    school.types(ADMIN, "30.01 9:00");
    school.presses(ADMIN, &press);
    let job = jobs(&school)[0];
    assert_eq!(job.next_run.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-30T04:00:00+00:00"));
}

#[test]
fn files_are_named_as_this_bot_knows_them_and_other_things_are_refused() {
    let mut school = begun(ADMIN);
    school.presses(ADMIN, "1:wt");
    let work = school.says(ADMIN, Said::Something);
    assert!(school.seen(&work).contains("can't be sent to groups"));
    let file = SharedFile { id: "photo-x".into(), name: String::new(), as_photo: true };
    let material = Material { html: "<b>under it</b>".into(), file: Some(file) };
    school.sends(ADMIN, Said::Something, Some(material));
    let content = draft(&school, ADMIN).and_then(|draft| draft.content.clone()).expect("it was said");
    let kept = content.file.clone().expect("a file");
    let shared = kept.shared.expect("it lies at Telegram");
    assert_eq!((shared.bot, shared.id.as_str(), kept.as_photo, kept.kept.as_str()), (school.rules.bot, "photo-x", true, ""));
    assert_eq!(announce::parts(&content).len(), 1, "the text goes under it");
}

#[test]
fn two_admins_write_their_own_messages() {
    let mut school = begun(ADMIN);
    school.commands(HEAD, Command::Send);
    school.types(HEAD, "from the head");
    school.presses(ADMIN, &format!("1:wk:{GRADE_2}:1:0"));
    school.presses(HEAD, &format!("1:wk:{GRADE_3}:1:0"));
    for user in [ADMIN, HEAD] {
        let press = send(&school, user);
        school.presses(user, &press);
    }
    let sent: Vec<_> = school.state.jobs.deliveries.values().map(|all| all[&0].to.chat).collect();
    assert_eq!(sent, [GRADE_2, GRADE_3]);
}

#[test]
fn what_is_never_sent_is_forgotten() {
    let mut school = begun(ADMIN);
    school.now += Duration::minutes(119);
    assert!(announce::forgotten(&school.state, school.now).is_empty());
    school.now += Duration::minutes(1);
    let changes = announce::forgotten(&school.state, school.now);
    assert_eq!(changes.len(), 1);
    changes.into_iter().for_each(|change| school.state.apply(change));
    assert!(draft(&school, ADMIN).is_none());
    let mut school = begun(ADMIN);
    school.presses(ADMIN, "1:x");
    assert!(draft(&school, ADMIN).is_none(), "cancelled");
}

#[test]
fn the_screens_of_a_message_look_so() {
    for (name, lang) in [("sending_en", Lang::En), ("sending_uz", Lang::Uz), ("sending_ru", Lang::Ru)] {
        let mut school = School::small().with_message(HEAD).speaking(lang);
        let job = "announcement-1".parse().expect("an id");
        let arrived = DeliveryState::Sent { message: crate::domain::ids::MessageId(9), at: school.now };
        let delivery = crate::domain::jobs::Delivery { to: whole(GRADE_3), state: arrived };
        let change =
            crate::domain::jobs::JobChange::Delivery("announcement-1".parse().expect("an id"), 1, Some(Box::new(delivery)));
        school.state.apply(crate::domain::change::Change::Job(change));
        let screens = [SendingScreen::Receivers { page: 0 }, SendingScreen::Ready {}, SendingScreen::Chats { job, page: 0 }];
        let mut album = String::new();
        for screen in screens {
            let screen = Screen::Sending(screen);
            let view = school.draw(HEAD, &screen);
            album.push_str(&format!("═══ {}\n{}{}\n\n", Press::Show(screen).encode(), view.html, shown(&view.buttons)));
        }
        for data in ["1:ws", "1:ww"] {
            let work = school.clone().presses(HEAD, data);
            album.push_str(&format!("═══ {data}\n{}\n\n", school.seen(&work)));
        }
        insta::assert_snapshot!(name, album);
    }
}
