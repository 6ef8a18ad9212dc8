//! Backups that write themselves, made in an admin's chat by the orders of a terminal.

use std::path::PathBuf;

use super::{
    Done, Visitor,
    dialogue::{Answered, ask},
    digests::{answered, decided},
    press::BackupPlan,
};
use crate::{
    domain::{
        form::Step,
        jobs::{Backup, Task},
    },
    orders::{Order, Timing},
    text::{backups as words, html::Html},
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
    let decided = decided(visitor, &Order::MakeJob { task, timing, asked });
    answered(visitor, Step::BackupFolder { cron: cron.to_owned(), keep, asked }, decided)
}
