//! What is shown is what was counted, whole and harmless; files have what is shown.

use reqwest::StatusCode;
use rollcall::web::pages::{Who, table};
use serde_json::json;

use super::{
    browser::{Browser, served},
    who::{real, school, watch},
};
use crate::support::{School, is_about_files};

/// Cells of a page's table, row by row, as text.
fn rows(html: &str, name: &str) -> Vec<Vec<String>> {
    let section = html.split(&format!("id=\"t-{name}\"")).nth(1).expect("the table").split("</section>").next().expect("its end");
    let body = section.split("<tbody>").nth(1).map_or("", |body| body.split("</tbody>").next().expect("its end"));
    let cells = |row: &str| {
        let cells = row.split("<td").skip(1).map(|cell| {
            let cell = cell.split_once('>').expect("a cell").1.split("</td>").next().expect("its end");
            let mut text = String::new();
            let mut is_tag = false;
            for c in cell.chars() {
                match c {
                    '<' => is_tag = true,
                    '>' => is_tag = false,
                    c if !is_tag => text.push(c),
                    _ => {}
                }
            }
            text.trim().to_owned()
        });
        cells.collect()
    };
    body.split("<tr").skip(1).map(cells).collect()
}

#[tokio::test]
async fn files_have_the_rows_of_the_page_in_its_order() {
    let (school, base, ann, bob, grade2) = school();
    for (user, n) in [(&ann, 2), (&bob, 5)] {
        (0..n).for_each(|_| {
            let _ = user.says(&grade2, "hello");
        });
    }
    school.has_counted_all().await;
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    for sorted in ["", "&sort=name&dir=asc", "&sort=total&dir=desc", "&sort=total&dir=asc", "&q=ann", "&q=nobody"] {
        let page = boss.get(&format!("/teachers?table=teachers{sorted}")).await;
        let shown: Vec<_> = rows(page.text(), "teachers").into_iter().map(|row| (row[0].clone(), row[6].clone())).collect();
        let json = boss.get(&format!("/teachers?table=teachers{sorted}&format=json")).await.json();
        let json: Vec<_> = json
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (row["name"].as_str().expect("text").to_owned(), row["total"].to_string()))
            .collect();
        assert_eq!(shown, json, "{sorted}");
        let csv = boss.get(&format!("/teachers?table=teachers{sorted}&format=csv")).await;
        let csv: Vec<_> = csv
            .text()
            .lines()
            .skip(1)
            .map(|line| line.split(',').collect::<Vec<_>>())
            .map(|row| (row[0].to_owned(), row[6].to_owned()))
            .collect();
        assert_eq!(shown, csv, "{sorted}");
    }
    let xlsx = boss.get("/teachers?table=teachers&format=xlsx").await;
    assert_eq!(&xlsx.body[..2], b"PK");
    assert_eq!(xlsx.header("content-disposition"), "attachment; filename=\"rollcall-teachers-2026-01-26.xlsx\"");
    assert_eq!(boss.get("/teachers?table=others&format=csv").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_overview_tells_today_and_the_week_and_who_is_silent() {
    let (school, base, ann, _, grade2) = school();
    ann.says(&grade2, "hello");
    school.has_counted_all().await;
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let page = boss.get("/").await;
    let silent = rows(page.text(), "silent");
    assert_eq!(silent, [["Bob Ray", "T002", "Grade 2"]]);
    assert_eq!(rows(page.text(), "busiest"), [["Grade 2", "1"]]);
    assert!(page.text().contains("data-live=\"today\">1</b>"), "{}", page.text());
}

#[tokio::test]
async fn old_days_are_taken_anew_when_they_change() {
    if is_about_files("a file is changed by hand") {
        return;
    }
    let mut school = School::closed();
    let base = served(&mut school);
    let ann = school.sim.user("Ann");
    let grade2 = school.sim.group("Grade 2", &[&ann, &school.boss]);
    school.boss.adds(&school.bot, &grade2);
    school.write_registry(&[("T001", "Ann Lee", Some(&ann))], &[&grade2], &[("T001", &[&grade2])]);
    let day = |n: u64| json!({ grade2.id.to_string(): { "T001": { "text": n, "photo": 0, "video": 0, "audio": 0, "voice": 0, "document": 0 } } });
    let path = school.data().join("stats/2026-01-21.json");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, serde_json::to_vec(&day(40)).expect("JSON")).expect("writes");
    school.start();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    assert!(boss.get("/").await.text().contains("data-live=\"week\">40</b>"));
    std::fs::write(&path, serde_json::to_vec(&day(4_100)).expect("JSON")).expect("writes");
    assert!(boss.get("/").await.text().contains("data-live=\"week\">4\u{202f}100</b>"));
}

#[tokio::test]
async fn hostile_names_harm_no_page() {
    let names = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "\u{202e}evil\u{202d} סבא",
        "=cmd|' /C calc'!A0",
        "{{ 7*7 }} {% raw %}",
    ];
    let mut school = School::closed();
    let base = served(&mut school);
    let people: Vec<_> = names.iter().map(|_| school.sim.user("Somebody")).collect();
    let emoji = "😀".repeat(4_096);
    let members: Vec<_> = people.iter().chain([&school.boss]).collect();
    let group = school.sim.group(names[0], &members);
    school.boss.adds(&school.bot, &group);
    let ids: Vec<_> = (1..=names.len() + 1).map(|n| format!("T{n:03}")).collect();
    let all: Vec<_> = names.iter().copied().chain([emoji.as_str()]).collect();
    let teachers: Vec<_> = ids.iter().zip(&all).enumerate().map(|(n, (id, name))| (id.as_str(), *name, people.get(n))).collect();
    let here = [&group];
    school.write_registry(&teachers, &here, &[("T001", &here), ("T002", &here), ("T006", &here)]);
    watch(&school, &group, names[1], &people.iter().zip(names).collect::<Vec<_>>());
    school.start();
    people[0].says(&group, "hello");
    school.has_counted_all().await;
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    boss.submit("/settings/viewers", &[("name", names[1]), ("account", "77")]).await;
    for (method, path, who) in table() {
        if method != "GET" || who == Who::Anybody || path == "/me" {
            continue;
        }
        for id in ["T001", "T002", "T003", "T006"] {
            let path = if path.starts_with("/teachers/") { path.replace("{id}", id) } else { real(path, &group) };
            let seen = boss.get(&path).await;
            assert_eq!(seen.status, StatusCode::OK, "{path}");
            let text = seen.text();
            assert!(!text.contains("<script>alert") && !text.contains("<img src=x") && !text.contains('\u{202e}'), "{path}");
            assert!(text.matches('😀').count() < 2_000, "{path}: a name has no end");
        }
    }
    let csv = boss.get("/teachers?table=teachers&format=csv").await;
    assert!(csv.text().contains("'=cmd|") && !csv.text().contains("\n=cmd"), "{}", csv.text());
}

#[tokio::test]
async fn mistyped_addresses_are_sentences() {
    let (school, base, ..) = school();
    let mut boss = Browser::of(&base, &school, &school.boss).await;
    let wrong = [
        ("/teachers/T999", StatusCode::NOT_FOUND),
        ("/teachers/%3Cscript%3E", StatusCode::NOT_FOUND),
        ("/groups/nonsense", StatusCode::NOT_FOUND),
        ("/groups/-1", StatusCode::NOT_FOUND),
        ("/study/-1", StatusCode::NOT_FOUND),
        ("/teachers?from=2026-02-01&to=2026-01-01", StatusCode::BAD_REQUEST),
        ("/teachers?from=x", StatusCode::BAD_REQUEST),
        ("/teachers?days=0", StatusCode::BAD_REQUEST),
    ];
    for (path, status) in wrong {
        let seen = boss.get(path).await;
        assert_eq!(seen.status, status, "{path}");
        assert!(seen.text().contains("<h1>") && !seen.text().contains("<script>"), "{path}");
    }
    for (path, words) in [("/teachers?month=this", "1 Jan"), ("/teachers?month=last", "1 Dec"), ("/groups?days=30", "28 Dec")] {
        assert!(boss.get(path).await.text().contains(words), "{path}");
    }
}
