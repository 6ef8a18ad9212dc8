//! Reports as messages.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{
    button::elided,
    chart::{bar, sparkline},
    days,
    html::Html,
    messages, number, period, short_date, weekday,
};
use crate::{
    domain::{ids::TeacherId, kind::Kind, lang::Lang, state::State, tally::Tally, work::ReportScope},
    html,
    report::{activity::Activity, rows},
    say,
};

/// How many of a ranking a summary shows.
const TOP: usize = 10;
/// How many of a detailed list are shown; the workbook has all.
const LISTED: usize = 150;

/// What a report says beside the numbers.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Names and titles.
    pub state: &'a State,
    /// Whose days.
    pub zone: Tz,
    /// How far the numbers go.
    pub last_commit: Option<DateTime<Utc>>,
    /// The language.
    pub lang: Lang,
}

/// The main points: top 10, by group, totals, change against the period before, who wrote nothing.
pub fn summary(activity: &Activity, before: Option<&Activity>, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut said = heading(say!(lang; "📊 Report", "📊 Hisobot", "📊 Отчёт"), activity, frame);
    let mut total = html!("{}: <b>{}</b>", Html::text(total_word(lang)), Html::text(number(activity.total())));
    if let Some(before) = before {
        total = html!("{} ({})", total, Html::text(change(activity.total(), before.total(), lang)));
    }
    said.push_line(&html!("\n{}", total));
    push_day_line(&mut said, activity, lang);
    let teachers = rows::by_teacher(activity, frame.state);
    let speaking: Vec<_> = teachers.iter().filter(|row| row.tally.total() > 0).collect();
    if !speaking.is_empty() && activity.scope.teacher.is_none() {
        let top = say!(lang; "Top 10", "Eng faol 10", "Топ-10");
        said.push_line(&html!(
            "\n{}",
            Html::bold(if speaking.len() > TOP { top.to_owned() } else { teachers_word(lang).to_owned() })
        ));
        for (index, row) in speaking.iter().take(TOP).enumerate() {
            said.push_line(&ranked_line(index, &row.name, &row.tally, lang));
        }
    }
    if activity.scope.group.is_none() {
        push_groups(&mut said, activity, frame);
    }
    let kinds = kinds_line(&sum(activity), lang);
    if activity.total() > 0 || !kinds.is_empty() {
        said.push_line(&html!("\n{}", Html::text(kinds)));
    }
    let unattributed = rows::unattributed(activity);
    if unattributed > 0 {
        let n = number(unattributed);
        said.push_line(&Html::text(say!(lang;
            format!("🎭 Unattributed: {n}"),
            format!("🎭 Egasi nomaʼlum: {n}"),
            format!("🎭 Без автора: {n}"))));
    }
    let silent = rows::silent(activity, frame.state);
    if !silent.is_empty() {
        let names = silent.iter().take(TOP).map(|silent| elided(&silent.name, 32)).collect::<Vec<_>>().join(", ");
        let more = if silent.len() > TOP { format!(" … +{}", silent.len() - TOP) } else { String::new() };
        let heading = say!(lang; "🔕 Wrote nothing", "🔕 Hech narsa yozmaganlar", "🔕 Ничего не написали");
        said.push_line(&html!(
            "\n<b>{} ({})</b>\n{}{}",
            Html::text(heading),
            Html::text(silent.len()),
            Html::text(names),
            Html::text(more)
        ));
    }
    push_footer(&mut said, frame);
    said
}

/// Teacher by teacher, with each group.
pub fn by_teacher(activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut said = heading(say!(lang; "👩‍🏫 By teacher", "👩‍🏫 Oʻqituvchilar boʻyicha", "👩‍🏫 По учителям"), activity, frame);
    let rows = rows::by_teacher(activity, frame.state);
    if rows.is_empty() {
        said.push_line(&html!("\n{}", super::screen::no_messages(lang)));
    }
    for (index, row) in rows.iter().take(LISTED).enumerate() {
        said.push_line(&html!("\n{}", ranked_line(index, &row.name, &row.tally, lang)));
        let mut groups: Vec<_> = activity.cells.iter().filter(|((teacher, _), _)| *teacher == row.key).collect();
        groups.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total()));
        for ((_, chat), tally) in groups {
            let title = elided(&rows::group_title(frame.state, *chat), 40);
            said.push_line(&html!("   {} — {}", Html::text(title), Html::text(kinds_line(tally, lang))));
        }
    }
    push_more(&mut said, rows.len(), lang);
    push_footer(&mut said, frame);
    said
}

/// Group by group, with each teacher.
pub fn by_group(activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut said = heading(say!(lang; "👥 By group", "👥 Guruhlar boʻyicha", "👥 По группам"), activity, frame);
    let rows = rows::by_group(activity, frame.state);
    if rows.is_empty() {
        said.push_line(&html!("\n{}", super::screen::no_messages(lang)));
    }
    for row in rows.iter().take(LISTED) {
        said.push_line(&html!("\n<b>{}</b> — {}", Html::text(elided(&row.name, 48)), Html::text(number(row.tally.total()))));
        let mut teachers: Vec<_> = activity.cells.iter().filter(|((_, chat), _)| *chat == row.key).collect();
        teachers.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total()));
        for ((teacher, _), tally) in teachers {
            let name = elided(&rows::teacher_name(frame.state, *teacher), 40);
            said.push_line(&html!("   {} — {}", Html::text(name), Html::text(kinds_line(tally, lang))));
        }
    }
    push_more(&mut said, rows.len(), lang);
    push_footer(&mut said, frame);
    said
}

/// Who wrote nothing.
pub fn silent(activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut said = heading(say!(lang; "🔕 Wrote nothing", "🔕 Hech narsa yozmaganlar", "🔕 Ничего не написали"), activity, frame);
    let silent = rows::silent(activity, frame.state);
    said.push_line(&Html::new());
    if silent.is_empty() {
        said.push_line(&Html::text(
            say!(lang; "🎉 Everybody wrote something.", "🎉 Hamma yozgan.", "🎉 Все что-нибудь написали."),
        ));
    }
    for row in silent.iter().take(LISTED) {
        let name = Html::text(elided(&row.name, 48));
        let groups = Html::text(super::groups(row.groups as u64, lang));
        let mut line = html!("• {} ({})", name, groups);
        if row.extra > 0 {
            let n = number(row.extra);
            line = html!(
                "{} {}",
                line,
                Html::italic(
                    say!(lang; format!("only other kinds: {n}"), format!("faqat boshqa turlar: {n}"), format!("только прочее: {n}"))
                )
            );
        }
        said.push_line(&line);
    }
    push_more(&mut said, silent.len(), lang);
    push_footer(&mut said, frame);
    said
}

/// A teacher's own numbers: per group, those without a message included.
pub fn my_activity(teacher: TeacherId, activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut said = heading(say!(lang; "📊 My activity", "📊 Mening faolligim", "📊 Моя активность"), activity, frame);
    said.push_line(&html!("\n{}: <b>{}</b>", Html::text(total_word(lang)), Html::text(number(activity.total()))));
    push_day_line(&mut said, activity, lang);
    said.push_line(&Html::new());
    for group in frame.state.groups_of(teacher) {
        let tally = activity.cells.get(&(teacher, group.chat_id)).cloned().unwrap_or_default();
        let title = Html::bold(elided(&group.title, 40));
        said.push_line(&html!("{} — {}", title, Html::text(kinds_line(&tally, lang))));
    }
    for ((_, chat), tally) in
        activity.cells.iter().filter(|((id, chat), _)| *id == teacher && !frame.state.is_assigned(teacher, *chat))
    {
        let title = Html::text(elided(&rows::group_title(frame.state, *chat), 40));
        said.push_line(&html!("{} — {}", title, Html::text(kinds_line(tally, lang))));
    }
    push_footer(&mut said, frame);
    said
}

/// The days of a short period as text, of a long one as a line.
pub fn push_day_line(said: &mut Html, activity: &Activity, lang: Lang) {
    let scope = activity.scope.period;
    if scope.len_days() < 2 || activity.total() == 0 {
        return;
    }
    let per_day: Vec<u64> = scope.days().map(|day| activity.by_day.get(&day).copied().unwrap_or(0)).collect();
    if per_day.len() <= 7 {
        let most = per_day.iter().copied().max().unwrap_or(0);
        let lines: Vec<String> = scope
            .days()
            .zip(&per_day)
            .map(|(day, n)| {
                let weekday = weekday(chrono::Datelike::weekday(&day).num_days_from_monday() as usize, lang);
                format!("{weekday} {:>6} {:>5} {}", short_date(day, lang), number(*n), bar(*n, most, 10)).trim_end().to_owned()
            })
            .collect();
        said.push_line(&Html::pre(lines.join("\n")));
    } else {
        // At most so many blocks fit a phone's line: days are put together.
        let bucket = per_day.len().div_ceil(31);
        let blocks: Vec<u64> = per_day.chunks(bucket).map(|chunk| chunk.iter().sum()).collect();
        said.push_line(&Html::code(sparkline(&blocks)));
    }
}

/// "📝 45 📷 3": the kinds that are not 0; a dash where there is nothing.
pub fn kinds_line(tally: &Tally, lang: Lang) -> String {
    let mut parts: Vec<String> = Kind::COUNTED
        .into_iter()
        .zip(tally.counted())
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| format!("{} {}", mark(kind), number(n)))
        .collect();
    if tally.posts() < tally.total() {
        let posts = number(tally.posts());
        parts.push(say!(lang; format!("(posts: {posts})"), format!("(postlar: {posts})"), format!("(постов: {posts})")));
    }
    if tally.extra_total() > 0 {
        let n = number(tally.extra_total());
        parts.push(say!(lang; format!("+{n} other"), format!("+{n} boshqa"), format!("+{n} прочее")));
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join("  ") }
}

/// A kind's sign.
pub fn mark(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "✍️",
        Kind::Photo => "📷",
        Kind::Video => "🎬",
        Kind::Audio => "🎵",
        Kind::Voice => "🎤",
        Kind::Document => "📎",
        Kind::Animation
        | Kind::LivePhoto
        | Kind::PaidMedia
        | Kind::Sticker
        | Kind::Story
        | Kind::Poll
        | Kind::Venue
        | Kind::Location
        | Kind::Contact
        | Kind::Dice
        | Kind::Game
        | Kind::Checklist
        | Kind::Invoice
        | Kind::Giveaway
        | Kind::RichMessage
        | Kind::Other => "✨",
    }
}

/// Under a file: what it covers.
pub fn caption(activity: &Activity, frame: &Frame<'_>) -> Html {
    let mut said = heading("📎", activity, frame);
    said.push_line(&Html::text(messages(activity.total(), frame.lang)));
    push_footer(&mut said, frame);
    said
}

/// A file can't be made.
pub fn failed(lang: Lang) -> Html {
    Html::text(say!(lang;
        "❌ The report could not be made. The reason is in the log; /diag may name it.",
        "❌ Hisobotni tayyorlab boʻlmadi. Sababi jurnalda; /diag ham aytishi mumkin.",
        "❌ Не удалось сделать отчёт. Причина в журнале; возможно, её назовёт /diag."))
}

/// "▲ +12 / +3 %" against the period before.
fn change(now: u64, before: u64, lang: Lang) -> String {
    let (arrow, sign) = match now.cmp(&before) {
        std::cmp::Ordering::Greater => ("▲", "+"),
        std::cmp::Ordering::Less => ("▼", "−"),
        std::cmp::Ordering::Equal => ("=", ""),
    };
    let difference = now.abs_diff(before);
    let percent =
        (difference * 100 + before / 2).checked_div(before).map(|percent| format!(" / {sign}{percent} %")).unwrap_or_default();
    let change = format!("{arrow} {sign}{}{percent}", number(difference));
    say!(lang;
        format!("{change} against the period before"),
        format!("{change}, oldingi davrga nisbatan"),
        format!("{change} к предыдущему периоду"))
}

fn heading(word: &str, activity: &Activity, frame: &Frame<'_>) -> Html {
    let ReportScope { period: when, teacher, group } = activity.scope;
    let mut said = html!(
        "<b>{}</b> · {} ({})",
        Html::text(word),
        Html::text(period(when, frame.lang)),
        Html::text(days(when.len_days(), frame.lang))
    );
    if let Some(teacher) = teacher {
        said.push_line(&html!("👤 {}", Html::bold(rows::teacher_name(frame.state, teacher))));
    }
    if let Some(chat) = group {
        said.push_line(&html!("👥 {}", Html::bold(rows::group_title(frame.state, chat))));
    }
    said
}

fn push_groups(said: &mut Html, activity: &Activity, frame: &Frame<'_>) {
    let groups = rows::by_group(activity, frame.state);
    let speaking: Vec<_> = groups.iter().filter(|row| row.tally.total() > 0).collect();
    if speaking.is_empty() {
        return;
    }
    said.push_line(&html!("\n{}", Html::bold(say!(frame.lang; "Groups", "Guruhlar", "Группы"))));
    for row in speaking.iter().take(TOP) {
        said.push_line(&html!("{} — <b>{}</b>", Html::text(elided(&row.name, 40)), Html::text(number(row.tally.total()))));
    }
    if speaking.len() > TOP {
        said.push_line(&html!("… +{}", Html::text(speaking.len() - TOP)));
    }
}

fn ranked_line(index: usize, name: &str, tally: &Tally, lang: Lang) -> Html {
    let place = match index {
        0 => "🥇".to_owned(),
        1 => "🥈".to_owned(),
        2 => "🥉".to_owned(),
        n => format!("{}.", n + 1),
    };
    let posts = if tally.posts() < tally.total() {
        let posts = number(tally.posts());
        say!(lang; format!(" ({posts} posts)"), format!(" ({posts} post)"), format!(" (постов: {posts})"))
    } else {
        String::new()
    };
    html!(
        "{} {} — <b>{}</b>{}",
        Html::text(place),
        Html::text(elided(name, 40)),
        Html::text(number(tally.total())),
        Html::text(posts)
    )
}

fn push_more(said: &mut Html, rows: usize, lang: Lang) {
    if rows > LISTED {
        let n = rows - LISTED;
        said.push_line(&html!(
            "\n{}",
            Html::italic(say!(lang;
            format!("… and {n} more: the Excel file has all of them."),
            format!("… va yana {n} ta: Excel faylida hammasi bor."),
            format!("… и ещё {n}: все есть в файле Excel.")))
        ));
    }
}

/// In which zone the days are, and how far the numbers go.
fn push_footer(said: &mut Html, frame: &Frame<'_>) {
    let as_of =
        frame.last_commit.map(|at| at.with_timezone(&frame.zone).format(" · %Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    said.push_line(&html!("\n{}", Html::italic(format!("🕒 {}{as_of}", frame.zone.name()))));
}

fn sum(activity: &Activity) -> Tally {
    let mut sum = Tally::default();
    for tally in activity.cells.values() {
        sum.merge(tally);
    }
    sum
}

fn total_word(lang: Lang) -> &'static str {
    say!(lang; "Messages", "Xabarlar", "Сообщений")
}

fn teachers_word(lang: Lang) -> &'static str {
    say!(lang; "Teachers", "Oʻqituvchilar", "Учителя")
}
