//! A year of a large school in the database.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use chrono::{Days, NaiveDate};
use rollcall::domain::{
    day::Hours,
    dayfile::{self, Cells, HourCells},
    ids::{ChatId, TeacherId},
    kind::Kind,
    tally::Tally,
};
use serde_json::json;

use super::{School, Server, Setup, school::path, stop};

const DAYS: u64 = 365;
const GROUPS_OF_A_TEACHER: usize = 5;
const FIRST: &str = "2025-01-01";
const LAST: &str = "2025-12-31";

pub(crate) async fn measure(groups: usize) {
    let server = Server::set_up(Setup { syncs: true, ..Setup::default() });
    let school = School::on(server.fresh());
    let here = school.dir.path().join("year");
    write(&here, groups);
    for round in ["all of it", "again, with nothing new: the time of the last switch"] {
        let began = Instant::now();
        school.does(&["store", "copy", "--from", path(&here), "--to", "STORE_URL"]);
        println!(
            "{DAYS} days of {groups} groups copied into the database and compared, {round}: {:.0} s",
            began.elapsed().as_secs_f64()
        );
    }
    let bytes: i64 = school.column("SELECT sum(pg_total_relation_size(relid))::text FROM pg_partition_tree('day_document')")[0]
        .parse()
        .expect("a number");
    println!("days: {} MB, {} kB for a group and year", bytes / 1_000_000, bytes / 1_000 / groups as i64);
    println!("a report over the year, day by day: {:.2} s", report(&school).as_secs_f64());
    let replica = school.starts("one", None);
    let began = Instant::now();
    replica.says("months were added up", 1);
    println!("twelve months added up in {:.1} s", began.elapsed().as_secs_f64());
    println!("a report over the year, by months: {:.2} s", report(&school).as_secs_f64());
    let sums = school.column("SELECT sum(pg_column_size(content))::text FROM document WHERE starts_with(path, 'sums/')");
    println!("the sums: {} bytes for a group and year", sums[0].parse::<i64>().expect("a number") / groups as i64);
    stop(vec![replica]);
}

/// The fastest of three runs of the whole program.
fn report(school: &School) -> Duration {
    let timed = (0..3).map(|_| {
        let began = Instant::now();
        let out = school.dir.path().join("report.json");
        school.does(&["report", "--from", FIRST, "--to", LAST, "--format", "json", "--out", path(&out)]);
        began.elapsed()
    });
    timed.min().expect("three runs")
}

/// A teacher for five groups each; half a dozen messages a day in each.
fn write(dir: &Path, groups: usize) {
    for folder in ["stats", "hours"] {
        fs::create_dir_all(dir.join(folder)).expect("a folder");
    }
    let chat = |group: usize| ChatId(-1_001_000_000_000 - i64::try_from(group).expect("a number"));
    let id = |group: usize| format!("T{:05}", group / GROUPS_OF_A_TEACHER);
    let created = "2024-12-01T09:00:00";
    let (mut teachers, mut places, mut assigned) = (json!({}), json!({}), json!({}));
    for group in 0..groups {
        let (teacher, chat) = (id(group), chat(group).0);
        places[chat.to_string()] =
            json!({ "chat_id": chat, "title": format!("Group {group}"), "enabled": true, "created_at": created });
        teachers[&teacher] = json!({
            "teacher_id": teacher, "full_name": teacher, "telegram_user_id": 1_000 + group / GROUPS_OF_A_TEACHER, "active": true,
            "created_at": created,
        });
        match assigned[&teacher].as_array_mut() {
            Some(all) => all.push(chat.to_string().into()),
            None => assigned[&teacher] = json!([chat.to_string()]),
        }
    }
    for (file, value) in [("teachers.json", teachers), ("groups.json", places), ("teacher_groups.json", assigned)] {
        fs::write(dir.join(file), value.to_string()).expect("written");
    }
    let first: NaiveDate = FIRST.parse().expect("a date");
    for n in 0..DAYS {
        let (mut cells, mut hours) = (Cells::default(), HourCells::default());
        for group in 0..groups {
            // Different every day and in every group, and the same on every run.
            let seed = (group as u64 * 31 + n * 17) % 97;
            let (mut tally, mut by_hour) = (Tally::default(), Hours::default());
            tally.add_many(Kind::Text, seed % 8);
            tally.add_many(Kind::Voice, seed % 3);
            for message in 0..tally.total() {
                by_hour[8 + ((seed + message * 5) % 14) as usize] += 1;
            }
            let teacher = TeacherId::parse(&id(group)).expect("an id");
            cells.put(chat(group), teacher, Some(tally));
            hours.put(chat(group), teacher, Some(by_hour));
        }
        let day = first + Days::new(n);
        fs::write(dir.join(format!("stats/{day}.json")), dayfile::render_cells(&cells)).expect("written");
        fs::write(dir.join(format!("hours/{day}.json")), dayfile::render_hours(&hours)).expect("written");
    }
}
