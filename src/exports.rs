//! Report files on disk: kept for a while, then pruned.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::store::disk::{Disk, RealDisk, replace};

/// Keeps a report; a second one within a second gets a number behind its name.
pub fn keep(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    RealDisk.create_dir_all(dir)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let names = std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{stem}_{n}.{ending}")));
    let path = names.map(|name| dir.join(name)).find(|path| !path.exists()).expect("numbers don't end");
    replace(&RealDisk, &path, bytes)?;
    Ok(path)
}

/// Deletes reports that are older than so many days; 0 keeps all. How many went.
pub fn prune(dir: &Path, keep_days: u64, now: DateTime<Utc>) -> usize {
    if keep_days == 0 {
        return 0;
    }
    let oldest = std::time::SystemTime::from(now) - Duration::from_secs(keep_days * 86_400);
    let Ok(files) = RealDisk.list(dir) else { return 0 };
    let is_ours =
        |path: &&PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("report_"));
    let is_old = |path: &&PathBuf| fs::metadata(path).and_then(|data| data.modified()).is_ok_and(|at| at < oldest);
    files.iter().filter(is_ours).filter(is_old).filter(|path| RealDisk.remove(path).is_ok()).count()
}

/// Free room on the disk of `dir`, in megabytes; the most there can be where the system doesn't say.
pub fn free_megabytes(dir: &Path) -> u64 {
    fs4::available_space(dir).map_or(u64::MAX, |bytes| bytes / 1_000_000)
}
