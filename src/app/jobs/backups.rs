//! Backups that write themselves.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;

use super::Steps;
use crate::{
    backup as archive,
    context::Context,
    domain::{
        job_reason::Case,
        jobs::{Backup, JobId},
    },
    jobs::life::Ended,
};

/// So many files are written between two notes of how far it is.
const NOTED_EVERY: u64 = 64;
const ENDING: &str = ".tar.zst";

/// Writes a backup and deletes older ones of the same job.
pub(super) async fn write(context: &Context, backup: &Backup, id: &JobId, steps: &Steps) -> Ended {
    let (home, now, zone) = (context.store.home().clone(), context.clock.now(), context.rules.zone);
    let (backup, steps, prefix) = (backup.clone(), steps.clone(), format!("rollcall-{id}-"));
    let is_inside = |folder: &Path| Some(fs::canonicalize(folder).ok()?.starts_with(fs::canonicalize(home.dir()).ok()?));
    if let Err(why) = fs::create_dir_all(&backup.dir) {
        let folder = backup.dir.display().to_string();
        return Ended::Failed(Case::FolderNotMade { folder, why: why.to_string() }.into());
    }
    if is_inside(&backup.dir) == Some(true) {
        return Ended::Hopeless(Case::BackupInData {}.into());
    }
    let file = backup.dir.join(format!("{prefix}{}{ENDING}", now.with_timezone(&zone).format("%Y%m%d-%H%M%S")));
    let written = spawn_blocking(move || {
        // What a run left within which the program died.
        for path in ours(&backup.dir, &prefix)?.iter().filter(|path| is_part(path)) {
            fs::remove_file(path)?;
        }
        archive::create(&home, &file, now, &mut |done, total| {
            if done % NOTED_EVERY == 0 || done == total {
                steps.reach(usize::try_from(done).unwrap_or(usize::MAX), usize::try_from(total).unwrap_or(usize::MAX));
            }
        })
        .map_err(io::Error::other)?;
        let mut whole: Vec<PathBuf> = ours(&backup.dir, &prefix)?.into_iter().filter(|path| !is_part(path)).collect();
        whole.sort();
        let superfluous = whole.len().saturating_sub(backup.keep as usize);
        whole.iter().take(superfluous).try_for_each(fs::remove_file)
    });
    match written.await {
        Ok(Ok(())) => Ended::Done,
        Ok(Err(why)) => Ended::Failed(Case::BackupNotWritten { why: why.to_string() }.into()),
        Err(_) => Ended::Failed(Case::Broke {}.into()),
    }
}

fn is_part(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "part")
}

/// The files of a job.
fn ours(dir: &Path, prefix: &str) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with(prefix) && (name.ends_with(ENDING) || is_part(&path)) {
            found.push(path);
        }
    }
    Ok(found)
}
