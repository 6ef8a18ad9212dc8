//! Backups that write themselves, made in an admin's chat by the orders of a terminal.

use std::path::PathBuf;

use super::{
    Done, Visitor,
    dialogue::{self, Answered, ask},
    digests::decided,
    press::{BackupPlan, Screen},
};
use crate::{
    domain::{
        change::{Change, Outcome},
        form::{Form, Step},
        jobs::{Backup, JobChange, Task},
        work::Buttons,
    },
    orders::{Order, Timing},
    text::{backups as words, html::Html, jobs::refusal},
};

/// A backup as far as buttons say it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) cron: &'a str,
    pub(super) keep: u32,
    pub(super) asked: i64,
}

/// Asks for the folder of what was chosen.
pub(super) fn ask_folder(visitor: &Visitor<'_>, plan: &BackupPlan, asked: i64) -> Done {
    ask(visitor, Step::BackupFolder { cron: plan.cron(), keep: plan.keep.into(), asked })
}

/// Into which folder?
pub(super) fn question(visitor: &Visitor<'_>) -> Html {
    let kept = visitor.desk.state.jobs.kept.values();
    let other = kept.rev().find_map(|job| if let Task::Backup(backup) = &job.task { Some(backup.dir.as_path()) } else { None });
    words::ask_folder(other, visitor.lang)
}

/// A folder's whole path.
pub(super) fn folder(visitor: &Visitor<'_>, backup: Asked<'_>, typed: &str) -> Answered {
    let Asked { cron, keep, asked } = backup;
    let task = Task::Backup(Backup { dir: PathBuf::from(typed.trim()), keep });
    let timing = Some(Timing { cron: cron.to_owned(), zone: None });
    match decided(visitor, &Order::MakeJob { task, timing, asked }) {
        Ok(outcome) => {
            let made = outcome.changes.iter().find_map(|change| match change {
                Change::Job(JobChange::Job(id, Some(_))) => Some(Screen::Job { job: id.clone() }),
                _ => None,
            });
            let mut all = dialogue::finish(visitor, made.unwrap_or(Screen::Jobs { page: 0 }), None);
            all.changes.extend(outcome.changes);
            Ok(all)
        }
        Err(why) => {
            let step = Step::BackupFolder { cron: cron.to_owned(), keep, asked };
            let form = Form { step, touched: visitor.desk.now };
            let said = visitor.say(Html::text(format!("⚠️ {}", refusal(&why, visitor.lang))), Buttons::None);
            Ok(Outcome { changes: vec![Change::Form(visitor.form(), Some(form))], work: vec![said] })
        }
    }
}
