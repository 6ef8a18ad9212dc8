//! Study time in the private chat: what each screen looks like, what is typed, what pressing comes to.

use chrono::Duration;

use crate::{
    admin::{
        Press, Screen, StudyScreen,
        school::{ADMIN, ANN, GRADE_2, GRADE_3, HEAD, STRANGER, School, shown},
        school_study::{SECOND, STUDENT},
    },
    domain::{
        change::Change,
        event::Said,
        form::FormKey,
        ids::{ChatId, TopicId, UserId},
        lang::Lang,
        presence::Who,
        study::{Community, Periods, PostKey, PostState, Setting},
        work::Work,
    },
};

const CHAT: ChatId = GRADE_2;

fn school() -> School {
    School::small().with_study()
}

fn community(school: &School) -> &Community {
    &school.state.study.communities[&CHAT]
}

/// Every screen, with who looks at it.
fn screens() -> Vec<(String, UserId, StudyScreen)> {
    let who = Who::from(STUDENT);
    let day = "2026-01-28".parse().expect("a day");
    let post = |day: &str| PostKey { day: day.parse().expect("a day"), time: "21:30:00".parse().expect("a time"), asked: 0 };
    let mut screens = vec![
        ("communities", HEAD, StudyScreen::Communities { page: 0 }),
        ("watch a group", HEAD, StudyScreen::Watch { page: 0 }),
        ("user session", HEAD, StudyScreen::Session {}),
        ("community", HEAD, StudyScreen::Community { chat: CHAT }),
        ("community that is not watched", HEAD, StudyScreen::Community { chat: GRADE_3 }),
        ("preview", HEAD, StudyScreen::Preview { chat: CHAT }),
        ("post now?", HEAD, StudyScreen::ConfirmPost { chat: CHAT }),
        ("post that perhaps arrived", HEAD, StudyScreen::Post { chat: CHAT, post: post("2026-01-27") }),
        ("refused post", HEAD, StudyScreen::Post { chat: CHAT, post: post("2026-01-28") }),
        ("posted board beside the stays", HEAD, StudyScreen::Audit { chat: CHAT, post: post("2026-01-26") }),
        ("settings", HEAD, StudyScreen::Settings { chat: CHAT }),
        ("members", HEAD, StudyScreen::Members { chat: CHAT, page: 0 }),
        ("member", HEAD, StudyScreen::Member { chat: CHAT, who }),
        ("member's second account", HEAD, StudyScreen::Member { chat: CHAT, who: SECOND }),
        ("same person as", HEAD, StudyScreen::SamePerson { chat: CHAT, who: ANN.into(), page: 0 }),
        ("why", HEAD, StudyScreen::Why { chat: CHAT, who, weeks: 1 }),
        ("why, a day", HEAD, StudyScreen::WhyDay { chat: CHAT, who, day }),
        ("corrections", HEAD, StudyScreen::Corrections { chat: CHAT, page: 0 }),
        ("correction", HEAD, StudyScreen::Correction { chat: CHAT, correction: 1 }),
        ("withdrawn correction", HEAD, StudyScreen::Correction { chat: CHAT, correction: 2 }),
        ("my communities", STUDENT, StudyScreen::MyCommunities {}),
        ("my time", STUDENT, StudyScreen::MyTime { chat: CHAT }),
        ("my time, where I am not", STUDENT, StudyScreen::MyTime { chat: GRADE_3 }),
        ("my why", STUDENT, StudyScreen::MyWhy { chat: CHAT, weeks: 0 }),
        ("my why, a day", STUDENT, StudyScreen::MyWhyDay { chat: CHAT, day }),
        ("my goal", STUDENT, StudyScreen::MyGoal { chat: CHAT }),
        ("forget me?", STUDENT, StudyScreen::ConfirmForget { chat: CHAT }),
    ]
    .into_iter()
    .map(|(name, user, screen)| (name.to_owned(), user, screen))
    .collect::<Vec<_>>();
    for setting in Setting::ALL {
        screens.push((format!("setting {setting:?}"), HEAD, StudyScreen::Setting { chat: CHAT, setting }));
    }
    screens
}

fn album(lang: Lang) -> String {
    let school = school().speaking(lang);
    let mut album = String::new();
    let home = |user, name: &str| (name.to_owned(), user, Screen::Main {});
    let homes = [home(STUDENT, "student's home"), home(ANN, "teacher's home")];
    let screens = screens().into_iter().map(|(name, user, screen)| (name, user, Screen::Study(screen)));
    for (name, user, screen) in homes.into_iter().chain(screens) {
        let view = school.draw(user, &screen);
        let data = Press::Show(screen).encode();
        album.push_str(&format!("═══ {name} · {data}\n{}{}\n\n", view.html, shown(&view.buttons)));
    }
    album
}

#[test]
fn study_screens_in_english() {
    insta::assert_snapshot!(album(Lang::En));
}

#[test]
fn study_screens_in_uzbek() {
    insta::assert_snapshot!(album(Lang::Uz));
}

#[test]
fn study_screens_in_russian() {
    insta::assert_snapshot!(album(Lang::Ru));
}

#[test]
fn a_group_is_watched_rests_and_is_watched_again_from_that_day_on() {
    let mut school = School::small();
    let work = school.presses(ADMIN, &format!("1:kw:{CHAT}"));
    assert!(school.seen(&work).contains("Watched from now on"));
    let begun = community(&school).clone();
    assert!(begun.watched && begun.target.chat == CHAT && begun.times.len() == 1);
    school.presses(ADMIN, &format!("1:kp:{CHAT}:0"));
    assert!(!community(&school).watched);
    school.now += Duration::days(3);
    school.presses(ADMIN, &format!("1:kw:{CHAT}"));
    let again = community(&school).clone();
    assert_eq!((again.watched, again.since), (true, begun.since + Duration::days(3)));
    assert_eq!(again.periods, begun.periods, "days are numbered as before");
    // Pressed once more, nothing moves.
    school.now += Duration::days(1);
    school.presses(ADMIN, &format!("1:kp:{CHAT}:1"));
    assert_eq!(*community(&school), again);
    // A group that nobody registered is none.
    let work = school.presses(ADMIN, "1:kw:-5");
    assert!(school.seen(&work).contains("isn't measured"));
}

/// Opens a setting's question and answers it.
fn types_setting(school: &mut School, letter: &str, answer: &str) -> String {
    school.presses(ADMIN, &format!("1:ka:{CHAT}:{letter}"));
    let work = school.types(ADMIN, answer);
    school.seen(&work)
}

#[test]
fn settings_are_typed_and_wrong_ones_refused_with_a_hint() {
    let mut school = school();
    assert!(types_setting(&mut school, "t", "21.30, 8:00").contains("08:00, 21:30"));
    let today = school.state.study.posts[&CHAT].iter().filter(|(key, _)| key.day.to_string() == "2026-01-29");
    let today: Vec<_> = today.map(|(key, post)| (key.time.to_string(), post.state.clone())).collect();
    assert_eq!(today, [("08:00:00".to_owned(), PostState::Skipped)], "at noon, 08:00 means tomorrow's");
    assert!(types_setting(&mut school, "z", "tashkend").contains("Asia/Tashkent"));
    let work = school.types(ADMIN, "berlin");
    assert!(school.seen(&work).contains("Europe/Berlin"), "the question was still open");
    assert!(types_setting(&mut school, "z", "New York").contains("America/New_York"));
    types_setting(&mut school, "p", "08.01.2026");
    assert_eq!(community(&school).periods, Periods::Anchored("2026-01-08".parse().expect("a day")));
    types_setting(&mut school, "g", "90s");
    types_setting(&mut school, "d", "8h");
    assert_eq!((community(&school).gate_seconds, community(&school).filters.daily_cap_minutes), (90, Some(480)));
    types_setting(&mut school, "d", "-");
    assert_eq!(community(&school).filters.daily_cap_minutes, None);
    types_setting(&mut school, "h", "https://t.me/c/1999/7/50");
    let target = community(&school).target;
    assert_eq!((target.chat, target.topic), (ChatId(-1_000_000_001_999), Some(TopicId(7))));
    for (letter, wrong) in [("t", "half past nine"), ("p", "31.02.2026"), ("g", "25h"), ("d", "x"), ("h", "@club"), ("h", "5")] {
        let before = community(&school).clone();
        let seen = types_setting(&mut school, letter, wrong);
        assert!(seen.contains('⚠'), "{letter} {wrong}: {seen}");
        assert_eq!(*community(&school), before);
        assert!(school.state.forms.contains_key(&FormKey::private(ADMIN)), "the question stays open");
    }
    school.presses(ADMIN, &format!("1:ka:{CHAT}:h"));
    school.says(ADMIN, Said::Chat(ChatId(-1_007)));
    assert_eq!((community(&school).target.chat, community(&school).target.topic), (ChatId(-1_007), None));
}

#[test]
fn a_correction_is_asked_for_summed_up_saved_once_and_withdrawn_for_all_to_see() {
    let mut school = school();
    let corrections = |school: &School| school.state.study.corrections[&CHAT].clone();
    let before = corrections(&school);
    school.presses(ADMIN, &format!("1:kc:{CHAT}:{}", SECOND.0));
    let work = school.types(ADMIN, "30.01.2026");
    assert!(school.seen(&work).contains("still to come"));
    school.types(ADMIN, "28.01");
    let work = school.types(ADMIN, "a lot");
    assert!(school.seen(&work).contains("+30"));
    school.types(ADMIN, "-1h15m");
    let work = school.types(ADMIN, "Slept <in> the call");
    let seen = school.seen(&work);
    assert!(seen.contains("−1 h 15 min") && seen.contains("Slept &lt;in&gt; the call"), "{seen}");
    assert_eq!(corrections(&school), before, "nothing counts before it is confirmed");
    let work = school.types(ADMIN, "yes");
    assert!(school.seen(&work).contains("with a button"));
    school.presses(ADMIN, "1:kk");
    let made = corrections(&school)[&3].clone();
    // The person's own account, whichever of theirs was open.
    assert_eq!((made.who, made.seconds, made.by), (Who::from(STUDENT), -4_500, ADMIN));
    let work = school.presses(ADMIN, "1:kk");
    assert!(school.seen(&work).contains("no longer open"));
    assert_eq!(corrections(&school).len(), before.len() + 1, "it is saved once");
    school.presses(ADMIN, &format!("1:kv:{CHAT}:3"));
    let first = corrections(&school)[&3].withdrawn;
    assert_eq!(first, Some((ADMIN, school.now)));
    school.now += Duration::hours(1);
    school.presses(HEAD, &format!("1:kv:{CHAT}:3"));
    assert_eq!(corrections(&school)[&3].withdrawn, first, "who did it first stays written");
}

#[test]
fn a_correction_can_be_made_with_buttons_alone_but_for_the_reason() {
    let mut school = school();
    school.presses(ADMIN, &format!("1:kc:{CHAT}:{STUDENT}"));
    school.presses(ADMIN, "1:kd:20260127");
    school.presses(ADMIN, "1:km:30");
    school.types(ADMIN, "Power cut");
    school.presses(ADMIN, "1:kk");
    let made = &school.state.study.corrections[&CHAT][&3];
    assert_eq!((made.day.to_string().as_str(), made.seconds, made.reason.as_str()), ("2026-01-27", 1_800, "Power cut"));
}

#[test]
fn accounts_become_one_person_without_chains_and_part_again() {
    let mut school = school();
    let same_as = |school: &School, who: Who| school.state.study.members[&CHAT][&who].same_as;
    // The student, who has a second account already, is Ann.
    school.presses(ADMIN, &format!("1:kj:{CHAT}:{}:{ANN}", SECOND.0));
    let ann = Some(Who::from(ANN));
    assert_eq!((same_as(&school, STUDENT.into()), same_as(&school, SECOND)), (ann, ann));
    // The other way round, and with themselves: nothing goes round in circles.
    school.presses(ADMIN, &format!("1:kj:{CHAT}:{ANN}:{}", SECOND.0));
    school.presses(ADMIN, &format!("1:kj:{CHAT}:{ANN}:{ANN}"));
    assert_eq!((same_as(&school, ANN.into()), same_as(&school, SECOND)), (None, ann));
    school.presses(ADMIN, &format!("1:kx:{CHAT}:{}", SECOND.0));
    assert_eq!((same_as(&school, SECOND), same_as(&school, STUDENT.into())), (None, ann));
}

#[test]
fn one_press_posts_once_and_an_old_button_posts_nothing() {
    let mut school = school();
    let view = school.draw(ADMIN, &Screen::Study(StudyScreen::ConfirmPost { chat: CHAT }));
    let press = crate::admin::school::presses_of(&view.buttons).remove(0);
    let posts = |school: &School| school.state.study.posts[&CHAT].len();
    let before = posts(&school);
    school.now += Duration::seconds(5);
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("On its way"));
    let work = school.presses(HEAD, &press);
    assert!(school.seen(&work).contains("nothing is posted twice"));
    assert_eq!(posts(&school), before + 1);
    school.now += Duration::days(2);
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("post today's board now?"));
    for forged in [i64::MAX, i64::MIN, 0, school.now.timestamp_millis() + 60_000] {
        school.presses(ADMIN, &format!("1:kn:{CHAT}:{forged}"));
    }
    assert_eq!(posts(&school), before + 1);
    school.presses(ADMIN, &format!("1:kp:{CHAT}:0"));
    school.presses(ADMIN, &format!("1:kn:{CHAT}:{}", school.now.timestamp_millis()));
    assert_eq!(posts(&school), before + 1, "nothing is posted while it rests");
}

#[test]
fn admins_settle_boards_of_which_nobody_knows() {
    let state_of = |school: &School, day: &str| {
        let posts = &school.state.study.posts[&CHAT];
        posts.iter().find(|(key, _)| key.day.to_string() == day).map(|(_, post)| post.state.clone()).expect("a post")
    };
    let mut school = school();
    school.presses(ADMIN, &format!("1:ki:{CHAT}:20260127-2130"));
    assert!(matches!(state_of(&school, "2026-01-27"), PostState::Posted { .. }));
    let work = school.presses(HEAD, &format!("1:kg:{CHAT}:20260127-2130"));
    assert!(school.seen(&work).contains("nothing to decide"));
    assert!(matches!(state_of(&school, "2026-01-27"), PostState::Posted { .. }), "the second press comes too late");
    school.presses(ADMIN, &format!("1:kt:{CHAT}:20260128-2130"));
    assert!(matches!(state_of(&school, "2026-01-28"), PostState::Due { .. }));
}

#[test]
fn members_choose_their_goal_and_whether_they_are_named() {
    let mut school = school();
    let member = |school: &School, who: Who| school.state.study.members[&CHAT][&who].clone();
    school.presses(STUDENT, &format!("1:og:{CHAT}:120"));
    assert_eq!(member(&school, STUDENT.into()).goal_minutes, Some(120));
    school.presses(STUDENT, &format!("1:oa:{CHAT}"));
    let work = school.types(STUDENT, "a little");
    assert!(school.seen(&work).contains('⚠'));
    school.types(STUDENT, "2h30");
    assert_eq!(member(&school, STUDENT.into()).goal_minutes, Some(150));
    school.presses(STUDENT, &format!("1:og:{CHAT}:0"));
    assert_eq!(member(&school, STUDENT.into()).goal_minutes, None);
    school.presses(STUDENT, &format!("1:oh:{CHAT}:1"));
    assert!(member(&school, STUDENT.into()).opted_out && member(&school, SECOND).opted_out, "all accounts of theirs");
    school.presses(STUDENT, &format!("1:oh:{CHAT}:0"));
    assert!(!member(&school, STUDENT.into()).opted_out && !member(&school, SECOND).opted_out);
    // Who was never seen has nothing to choose.
    let work = school.presses(STRANGER, &format!("1:og:{CHAT}:120"));
    assert!(school.seen(&work).contains("⛔"));
    assert!(!school.state.study.members[&CHAT].contains_key(&STRANGER.into()));
}

#[test]
fn who_is_forgotten_leaves_nothing_but_the_wish_not_to_be_named() {
    use crate::admin::study::{forget_accounts, forget_day, forget_rest, forget_seats};
    use crate::domain::{
        presence::CallId,
        study::{Alias, Began, End, PresenceChange, Stay, StayKey, StudyChange},
    };
    let mut school = school();
    let day = "2026-01-27".parse().expect("a day");
    let stay = Stay {
        began: Began::Polled,
        seen: school.now,
        left: school.now,
        end: End::Observed,
        noticed: school.now,
        muted: false,
        outages: Vec::new(),
    };
    let mut learn = |change| school.state.apply(change);
    for who in [Who::from(STUDENT), SECOND, Who::from(ANN)] {
        let key = StayKey { call: CallId(1), who, joined: stay.seen };
        learn(Change::Presence(day, CHAT, PresenceChange::Stay(key, Some(stay.clone()))));
        learn(Change::Presence(day, CHAT, PresenceChange::Imported(who, Some(60))));
        learn(StudyChange::Compliment(CHAT, "day:2026-01-27".into(), who, Some("Owl".into())).into());
    }
    learn(StudyChange::Alias(CHAT, Alias::new("dilnoza"), Some(Alias::new("boss"))).into());
    let work = school.presses(STUDENT, &format!("1:of:{CHAT}"));
    let accounts = work.iter().find_map(|work| match work {
        Work::ForgetMember { user, chat, accounts } => Some(forget_accounts(&school.state, *chat, *user, accounts)),
        _ => None,
    });
    let accounts = accounts.expect("it is ordered");
    let seats = forget_seats(&school.desk(), CHAT, &accounts);
    school.apply(seats);
    let days = forget_day(&school.state, day, CHAT, &accounts);
    school.apply(days);
    let rest = forget_rest(&school.state, CHAT, &accounts);
    school.apply(rest);
    let presence = &school.state.days[&day].presence[&CHAT];
    let ann = Who::from(ANN);
    assert!(presence.stays.keys().all(|key| key.who == ann) && presence.stays.len() == 1);
    assert!(presence.imported.keys().eq([&ann]));
    let study = &school.state.study;
    assert!(!study.corrections.contains_key(&CHAT) && study.calls[&CallId(5)].seats.is_empty());
    assert!(!study.aliases.contains_key(&CHAT));
    assert!(study.compliments[&CHAT]["day:2026-01-27"].keys().eq([&ann]));
    for who in [Who::from(STUDENT), SECOND] {
        let member = &study.members[&CHAT][&who];
        assert_eq!((member.name.as_str(), &member.username, member.opted_out, member.same_as), ("", &None, true, None));
    }
    let text = format!("{:?}", school.state.study);
    assert!(!text.contains("ilnoza"), "{text}");
}

#[test]
fn a_form_is_given_up_where_it_was_begun() {
    let mut school = school();
    school.presses(ADMIN, &format!("1:ka:{CHAT}:z"));
    let work = school.presses(ADMIN, "1:x");
    assert!(school.seen(&work).contains("🌍 Time zone"));
    school.presses(STUDENT, &format!("1:oa:{CHAT}"));
    let work = school.presses(STUDENT, "1:x");
    assert!(school.seen(&work).contains("🎯"));
}
