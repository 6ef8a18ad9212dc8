//! Reports that come by themselves, made and changed in the chat.

use crate::{
    admin::{
        Press, Screen,
        press::DigestScreen,
        school::{ADMIN, GRADE_2, HEAD, School, presses_of, shown},
    },
    domain::{
        form::FormKey,
        jobs::{Backup, DigestFormat, DigestPeriod, Job, Recipients, Task},
        lang::Lang,
    },
};

fn job(school: &School) -> &Job {
    &school.state.jobs.kept[&"digest-1".parse().expect("an id")]
}

/// The button that makes the report that was chosen.
fn make(school: &School, screen: &str) -> String {
    let Some(Press::Show(screen @ Screen::Digest(DigestScreen::New { .. }))) = Press::decode(screen) else {
        panic!("{screen} is no choice")
    };
    let view = school.draw(ADMIN, &screen);
    presses_of(&view.buttons).into_iter().find(|data| data.starts_with("1:im:")).expect("a button that makes it")
}

#[test]
fn a_report_is_chosen_made_once_and_deleted_only_when_confirmed() {
    let mut school = School::small();
    let press = make(&school, "1:in:w5.18.p");
    let work = school.presses(ADMIN, &press);
    assert!(school.seen(&work).contains("It will come by itself"));
    school.presses(ADMIN, &press);
    assert_eq!(school.state.jobs.kept.len(), 1, "pressing twice makes one");
    let Task::Digest(digest) = &job(&school).task else { panic!("no report") };
    assert_eq!((digest.to, digest.format, digest.period), (Recipients::Admins, DigestFormat::Picture, DigestPeriod::LastWeek));
    // Noon on Thursday: tomorrow at six in the evening.
    assert_eq!(job(&school).next_run.map(|at| at.to_rfc3339()).as_deref(), Some("2026-01-30T13:00:00+00:00"));
    school.now += chrono::Duration::seconds(1);
    let press = make(&school, &format!("1:in:m1.9.t.{GRADE_2}"));
    school.presses(ADMIN, &press);
    let Task::Digest(digest) = &school.state.jobs.kept[&"digest-2".parse().expect("an id")].task else { panic!("no report") };
    assert!(matches!(digest.to, Recipients::Chat(place) if place.chat == GRADE_2));
    assert_eq!(digest.period, DigestPeriod::LastMonth);
    let asked = school.presses(ADMIN, "1:id:digest-1");
    assert!(school.seen(&asked).contains("Really delete") && school.state.jobs.kept.len() == 2);
    let work = school.presses(HEAD, "1:ix:digest-1");
    assert!(school.seen(&work).contains("Deleted") && school.state.jobs.kept.len() == 1);
    let work = school.presses(ADMIN, "1:ix:digest-1");
    assert!(school.seen(&work).contains("no job digest-1 any more"));
    let log = format!("{:?}", school.state.audit.unwritten);
    assert!(log.contains("JobMade") && log.contains("JobRemoved"), "{log}");
}

#[test]
fn other_times_are_typed_and_mistakes_keep_the_question() {
    let mut school = School::small();
    let press = make(&school, "1:in:w1.9.x");
    school.presses(ADMIN, &press);
    school.presses(ADMIN, "1:it:digest-1");
    for wrong in ["often", "0 0 30 2 *"] {
        let work = school.types(ADMIN, wrong);
        assert!(school.seen(&work).contains('⚠') && school.state.forms.contains_key(&FormKey::private(ADMIN)), "{wrong}");
    }
    school.types(ADMIN, "30 18 1 * *");
    assert_eq!(job(&school).schedule.as_ref().map(|schedule| schedule.cron.as_str()), Some("30 18 1 * *"));
    assert!(!school.state.forms.contains_key(&FormKey::private(ADMIN)));
    school.presses(ADMIN, "1:it:digest-1");
    school.types(ADMIN, "-");
    assert_eq!((job(&school).schedule.as_ref(), job(&school).next_run), (None, None));
    let work = school.presses(ADMIN, "1:it:boards");
    assert!(school.seen(&work).contains("no such job"), "it has no times of ours");
}

#[test]
fn forged_choices_are_refused() {
    for forged in ["w0.9.x", "w8.9.x", "m29.9.x", "m1.24.x", "w1.9.z", "w1.9.x.5", "w1.09.x", "w1.9", "w1.9.x.-5.1", "x"] {
        assert_eq!(Press::decode(&format!("1:in:{forged}")), None, "{forged}");
    }
}

#[test]
fn the_choice_of_a_report_looks_so() {
    for (name, lang) in [("digests_en", Lang::En), ("digests_uz", Lang::Uz), ("digests_ru", Lang::Ru)] {
        let mut school = School::small().speaking(lang);
        let press = make(&school, "1:in:w1.9.x");
        school.presses(ADMIN, &press);
        let mut album = String::new();
        let group = format!("1:in:m15.18.t.{GRADE_2}");
        for data in ["1:in:w1.9.x", &group, "1:ig:w1.9.x:0", "1:j:digest-1", "1:id:digest-1", "1:it:digest-1"] {
            let work = school.clone().presses(ADMIN, data);
            album.push_str(&format!("═══ {data}\n{}\n\n", school.seen(&work)));
        }
        let view = school.draw(ADMIN, &Screen::Jobs { page: 0 });
        album.push_str(&format!("═══ jobs\n{}{}\n", view.html, shown(&view.buttons)));
        insta::assert_snapshot!(name, album);
    }
}

#[test]
fn channels_are_typed_and_collected_once() {
    let mut school = School::small();
    let view = school.draw(ADMIN, &Screen::Jobs { page: 0 });
    let press = presses_of(&view.buttons).into_iter().find(|data| data.starts_with("1:bc:")).expect("a button that asks");
    let asked = school.presses(ADMIN, &press);
    assert!(school.seen(&asked).contains("public"));
    for wrong in ["t.me/+AbCdEf", "x", ";"] {
        let work = school.types(ADMIN, wrong);
        assert!(school.seen(&work).contains('⚠') && school.state.forms.contains_key(&FormKey::private(ADMIN)), "{wrong}");
    }
    let made = school.types(ADMIN, "@Newsroom, https://t.me/elsewhere/7\nnewsroom");
    assert!(
        school.seen(&made).contains("Channels: Newsroom, elsewhere\nFolder: <code>newsroom</code>"),
        "{}",
        school.seen(&made)
    );
    let job = school.state.jobs.kept[&"collection-1".parse().expect("an id")].clone();
    assert_eq!(job.next_run, Some(school.now), "at once");
    // The same button once more is the same wish.
    school.presses(ADMIN, &press);
    school.types(ADMIN, "newsroom");
    assert_eq!(school.state.jobs.kept.len(), 1);
}

/// The press that asks for the folder of the backup that was chosen.
fn to_folder(school: &School, screen: &str) -> String {
    let Some(Press::Show(screen @ Screen::Digest(DigestScreen::Backup { .. }))) = Press::decode(screen) else {
        panic!("{screen} is no choice")
    };
    let view = school.draw(ADMIN, &screen);
    presses_of(&view.buttons).into_iter().find(|data| data.starts_with("1:bf:")).expect("a button that asks")
}

#[test]
fn a_backup_is_chosen_gets_its_folder_typed_and_is_made_once() {
    let mut school = School::small();
    let press = to_folder(&school, "1:bn:w7.22.14");
    let asked = school.presses(ADMIN, &press);
    assert!(school.seen(&asked).contains("whole path"));
    for wrong in ["backups", "../etc"] {
        let work = school.types(ADMIN, wrong);
        assert!(school.seen(&work).contains('⚠') && school.state.forms.contains_key(&FormKey::private(ADMIN)), "{wrong}");
    }
    let made = school.types(ADMIN, "/var/backups/rollcall");
    assert!(
        school.seen(&made).contains("Folder: <code>/var/backups/rollcall</code>, the newest 14 are kept"),
        "{}",
        school.seen(&made)
    );
    let backup = school.state.jobs.kept[&"backup-1".parse().expect("an id")].clone();
    assert_eq!(backup.task, Task::Backup(Backup { dir: "/var/backups/rollcall".into(), keep: 14 }));
    // Noon on Thursday: Sunday at ten in the evening.
    assert_eq!(backup.next_run.map(|at| at.to_rfc3339()).as_deref(), Some("2026-02-01T17:00:00+00:00"));
    assert!(!school.state.forms.contains_key(&FormKey::private(ADMIN)));
    // The same button once more is the same wish.
    school.presses(ADMIN, &press);
    school.types(ADMIN, "/var/backups/rollcall");
    assert_eq!(school.state.jobs.kept.len(), 1);
    // Its times change as a report's do, and the next question knows where the first one lies.
    school.presses(ADMIN, "1:it:backup-1");
    school.types(ADMIN, "0 4 * * *");
    assert_eq!(
        school.state.jobs.kept.values().next().and_then(|job| job.schedule.clone()).map(|times| times.cron).as_deref(),
        Some("0 4 * * *")
    );
    school.now += chrono::Duration::seconds(1);
    let press = to_folder(&school, "1:bn:d.3.7");
    let again = school.presses(ADMIN, &press);
    assert!(school.seen(&again).contains("Another backup goes to"));
    let log = format!("{:?}", school.state.audit.unwritten);
    assert!(log.contains("JobMade"), "{log}");
}

#[test]
fn forged_backups_are_refused() {
    for forged in ["d1.3.7", "w0.3.7", "w8.3.7", "d.24.7", "d.3.0", "d.3.1001", "d.03.7", "d.3", "x", "d.3.7.1"] {
        assert_eq!(Press::decode(&format!("1:bn:{forged}")), None, "{forged}");
    }
}

#[test]
fn the_choice_of_a_backup_looks_so() {
    for (name, lang) in [("backups_en", Lang::En), ("backups_uz", Lang::Uz), ("backups_ru", Lang::Ru)] {
        let mut school = School::small().speaking(lang);
        let mut album = String::new();
        for data in ["1:bn:d.3.7", "1:bn:w5.18.30"] {
            let work = school.presses(ADMIN, data);
            album.push_str(&format!("═══ {data}\n{}\n\n", school.seen(&work)));
        }
        let press = to_folder(&school, "1:bn:d.3.7");
        let asked = school.presses(ADMIN, &press);
        let made = school.types(ADMIN, "/var/backups/rollcall");
        album.push_str(&format!("═══ folder\n{}\n\n═══ made\n{}\n", school.seen(&asked), school.seen(&made)));
        insta::assert_snapshot!(name, album);
    }
}
