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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use tempfile::TempDir;

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-01-29T07:00:00Z".parse().expect("an instant")
    }

    fn with_file(dir: &TempDir, name: &str, days_old: i64) {
        let file = fs::File::create(dir.path().join(name)).expect("creates");
        file.set_modified((now() - TimeDelta::days(days_old)).into()).expect("dates");
    }

    fn names(dir: &TempDir) -> Vec<String> {
        let entries = fs::read_dir(dir.path()).expect("reads");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    #[test]
    fn old_reports_go_and_what_is_not_ours_stays() {
        let dir = TempDir::new().expect("a directory");
        for (name, days_old) in [
            ("report_20251201_100000.xlsx", 59),
            ("report_20251230_100000.csv", 31),
            ("report_20251230_100001.png.tmp", 31),
            ("report_20260101_100000.xlsx", 29),
            ("salaries.xlsx", 400),
            ("my_report_20251201.xlsx", 400),
        ] {
            with_file(&dir, name, days_old);
        }
        fs::create_dir(dir.path().join("report_of_last_year")).expect("creates");
        assert_eq!(prune(dir.path(), 0, now()), 0, "0 keeps all");
        assert_eq!(prune(dir.path(), 36_500, now()), 0);
        assert_eq!(prune(dir.path(), 30, now()), 3);
        assert_eq!(
            names(&dir),
            ["my_report_20251201.xlsx", "report_20260101_100000.xlsx", "report_of_last_year", "salaries.xlsx"]
        );
        assert_eq!(prune(&dir.path().join("nowhere"), 30, now()), 0);
    }

    #[test]
    fn two_reports_in_a_second_are_both_kept() {
        let dir = TempDir::new().expect("a directory");
        let below = dir.path().join("made/when/needed");
        for content in [b"1", b"2", b"3"] {
            let kept = keep(&below, "report_20260129_120000.csv", content).expect("keeps");
            assert_eq!(fs::read(kept).expect("reads"), content);
        }
        assert!(below.join("report_20260129_120000_3.csv").exists());
    }
}
