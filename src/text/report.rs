//! Reports as messages. A summary fits into one message; the detailed views may take three.

use chrono::{DateTime, Datelike, Offset, Utc};
use chrono_tz::Tz;

use super::{
    chart::{bar, sparkline},
    days,
    html::Html,
    kind::{extras, icon},
    messages,
    name::fitted,
    number,
    page::Page,
    period, short_date, teachers, weekday,
};
use crate::{
    domain::{ids::TeacherId, kind::Kind, lang::Lang, registry::Voice, state::State, tally::Tally},
    html,
    report::{
        activity::Activity,
        rows::{self, Row, Silent},
        trend::Trend,
    },
    say,
};

/// Longest summary, in UTF-16 units: one message, with room for a line on top.
const SUMMARY: usize = 3_800;
/// Longest detailed view: three messages.
const DETAILED: usize = 11_000;
/// How many of a ranking a summary shows.
const TOP: usize = 10;
/// How many groups, and how many silent teachers, a summary names.
const NAMED: usize = 12;
/// Longest name, in characters.
const NAME: usize = 48;

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
    let mut page = Page::new(SUMMARY, lang);
    page.line(&heading(say!(lang; "📊 Report", "📊 Hisobot", "📊 Отчёт"), activity, frame));
    totals(&mut page, activity, before, frame);
    let one_teacher = activity.scope.teacher.is_some();
    let teachers = rows::counted(rows::by_teacher(activity, frame.state));
    if !one_teacher && !teachers.is_empty() {
        let top = say!(lang; "🏆 Top 10", "🏆 Eng faol 10 nafar", "🏆 Первые 10");
        let all = say!(lang; "🏆 Teachers", "🏆 Oʻqituvchilar", "🏆 Учителя");
        page.section(if teachers.len() > TOP { top } else { all });
        let places = teachers.iter().take(TOP).enumerate();
        page.list(places.map(|(place, row)| html!("{} {}", medal(place), line(row))).collect(), 0);
    }
    let groups = rows::counted(rows::by_group(activity, frame.state));
    if activity.scope.group.is_none() && !groups.is_empty() {
        page.section(say!(lang; "👥 By group", "👥 Guruhlar boʻyicha", "👥 По группам"));
        let lines = groups.iter().take(NAMED).map(|row| html!("• {}", line(row)));
        page.list(lines.collect(), groups.len().saturating_sub(NAMED));
    }
    let silent = rows::silent(activity, frame.state);
    if !one_teacher && !silent.is_empty() {
        page.section(&format!("{} — {}", silent_title(lang), number(silent.len() as u64)));
        let lines = silent.iter().take(NAMED).map(|row| silent_line(row, false, lang));
        page.list(lines.collect(), silent.len().saturating_sub(NAMED));
    }
    unattributed(&mut page, activity, frame);
    page.finish(&footer(frame))
}

/// Teacher by teacher, with each group.
pub fn by_teacher(activity: &Activity, frame: &Frame<'_>) -> Html {
    let title = say!(frame.lang; "👩‍🏫 By teacher", "👩‍🏫 Oʻqituvchilar boʻyicha", "👩‍🏫 По учителям");
    let teachers = rows::counted(rows::by_teacher(activity, frame.state));
    let parts = activity.cells.iter().map(|((teacher, chat), tally)| (*teacher, rows::group_title(frame.state, *chat), tally));
    details(title, &teachers, parts, activity, frame)
}

/// Group by group, with each teacher.
pub fn by_group(activity: &Activity, frame: &Frame<'_>) -> Html {
    let title = say!(frame.lang; "👥 By group", "👥 Guruhlar boʻyicha", "👥 По группам");
    let groups = rows::counted(rows::by_group(activity, frame.state));
    let parts = activity.cells.iter().map(|((teacher, chat), tally)| (*chat, rows::teacher_name(frame.state, *teacher), tally));
    details(title, &groups, parts, activity, frame)
}

/// Who wrote nothing.
pub fn silent(activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut page = Page::new(DETAILED, lang);
    page.line(&heading(silent_title(lang), activity, frame));
    page.gap();
    let silent = rows::silent(activity, frame.state);
    if silent.is_empty() {
        page.line(&Html::text(say!(lang; "🎉 Everybody wrote something.", "🎉 Hamma yozgan.", "🎉 Все что-нибудь написали.")));
    } else {
        let (n, of) = (number(silent.len() as u64), rows::expected(activity, frame.state).count() as u64);
        page.line(&Html::text(say!(lang;
            format!("{n} of {}", teachers(of, lang)),
            format!("{}dan {n} tasi", teachers(of, lang)),
            format!("{n} из {}", number(of)))));
        page.list(silent.iter().map(|row| silent_line(row, true, lang)).collect(), 0);
    }
    page.finish(&footer(frame))
}

/// A teacher's own numbers: per group, those without a message included. The sums have to be of this teacher alone.
pub fn my_activity(teacher: TeacherId, activity: &Activity, frame: &Frame<'_>) -> Html {
    let lang = frame.lang;
    let mut page = Page::new(SUMMARY, lang);
    page.line(&heading(say!(lang; "📈 My activity", "📈 Mening faolligim", "📈 Моя активность"), activity, frame));
    totals(&mut page, activity, None, frame);
    let groups = rows::groups_of(teacher, activity, frame.state);
    if !groups.is_empty() {
        page.section(say!(lang; "👥 By group", "👥 Guruhlar boʻyicha", "👥 По группам"));
        let most = groups.iter().map(|row| row.tally.total()).max().unwrap_or(0);
        let with_bar = |row: &Row<_>| {
            let bar = Html::code(bar(row.tally.total(), most, 12));
            if row.tally.total() == 0 { html!("• {}", line(row)) } else { html!("• {}\n{}", line(row), bar) }
        };
        page.list(groups.iter().map(with_bar).collect(), 0);
    }
    page.finish(&footer(frame))
}

/// Under a file: what it covers.
pub fn caption(activity: &Activity, frame: &Frame<'_>) -> Html {
    let mut said = heading(say!(frame.lang; "📊 Report", "📊 Hisobot", "📊 Отчёт"), activity, frame);
    said.push_line(&Html::text(messages(activity.total(), frame.lang)));
    said.push_line(&footer(frame));
    said
}

/// A file can't be made.
pub fn failed(lang: Lang) -> Html {
    Html::text(say!(lang;
        "❌ The report could not be made. The reason is in the log; /diag may name it.",
        "❌ Hisobotni tayyorlab boʻlmadi. Sababi jurnalda; /diag ham aytishi mumkin.",
        "❌ Не удалось сделать отчёт. Причина в журнале; возможно, её назовёт /diag."))
}

/// The days of a short period as text, of a long one as a line of bars.
pub fn push_day_line(said: &mut Html, activity: &Activity, lang: Lang) {
    if let Some(days) = day_line(activity, lang) {
        said.push_line(&days);
    }
}

/// "💬 45 · 🖼 3": the kinds that are not 0; 0 where there is nothing.
pub fn kinds_line(tally: &Tally, lang: Lang) -> String {
    let mut parts: Vec<String> = Kind::COUNTED
        .into_iter()
        .zip(tally.counted())
        .filter(|(_, n)| *n > 0)
        .filter_map(|(kind, n)| icon(kind).map(|sign| format!("{sign}\u{a0}{}", number(n))))
        .collect();
    if tally.posts() < tally.total() {
        let posts = number(tally.posts());
        parts.push(say!(lang; format!("posts: {posts}"), format!("postlar: {posts}"), format!("постов: {posts}")));
    }
    if tally.extra_total() > 0 {
        let n = number(tally.extra_total());
        parts.push(say!(lang; format!("+{n} other"), format!("+{n} boshqa"), format!("+{n} прочее")));
    }
    if parts.is_empty() { "0".to_owned() } else { parts.join(" · ") }
}

/// An instant in a zone: `2026-02-01 14:30`.
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

fn heading(title: &str, activity: &Activity, frame: &Frame<'_>) -> Html {
    let scope = activity.scope;
    let mut said = html!(
        "<b>{}</b> · {} ({})",
        Html::text(title),
        Html::text(period(scope.period, frame.lang)),
        Html::text(days(scope.period.len_days(), frame.lang))
    );
    if let Some(teacher) = scope.teacher {
        said.push_line(&html!("👤 {}", Html::bold(fitted(&rows::teacher_name(frame.state, teacher), NAME))));
    }
    if let Some(chat) = scope.group {
        said.push_line(&html!("👥 {}", Html::bold(fitted(&rows::group_title(frame.state, chat), NAME))));
    }
    said
}

/// In which zone the days are, and how far the numbers go: `🕒 Asia/Tashkent (UTC+5) · as of 2026-02-01 14:30`.
fn footer(frame: &Frame<'_>) -> Html {
    let Some(at) = frame.last_commit else { return Html::italic(format!("🕒 {}", frame.zone.name())) };
    let seconds = at.with_timezone(&frame.zone).offset().fix().local_minus_utc();
    let (sign, minutes) = (if seconds < 0 { '−' } else { '+' }, seconds.unsigned_abs() / 60);
    let rest = if minutes % 60 == 0 { String::new() } else { format!(":{:02}", minutes % 60) };
    let zone = format!("🕒 {} (UTC{sign}{}{rest})", frame.zone.name(), minutes / 60);
    let at = moment(at, frame.zone);
    Html::italic(say!(frame.lang;
        format!("{zone} · as of {at}"),
        format!("{zone} · {at} holatiga"),
        format!("{zone} · данные на {at}")))
}

/// The sum, what changed, the kinds, and the days.
fn totals(page: &mut Page, activity: &Activity, before: Option<&Activity>, frame: &Frame<'_>) {
    let lang = frame.lang;
    let all = activity.totals();
    page.gap();
    let mut first = Html::bold(messages(all.total(), lang));
    if activity.scope.teacher.is_none() {
        first.push_text(format!(" · {}", who_wrote(activity, frame)));
    }
    page.line(&first);
    if let Some(before) = before {
        page.line(&Html::text(change(all.total(), before.total(), lang)));
    }
    if all.total() > 0 {
        // What kinds_line adds at its end has lines of its own below.
        let counted = Kind::COUNTED.into_iter().zip(all.counted()).filter(|(_, n)| *n > 0);
        let kinds = counted.filter_map(|(kind, n)| icon(kind).map(|sign| format!("{sign}\u{a0}{}", number(n))));
        page.line(&Html::text(kinds.collect::<Vec<_>>().join(" · ")));
    }
    if all.posts() < all.total() {
        page.line(&Html::text(posts(&all, lang)));
    }
    if all.extra_total() > 0 {
        let extras = extras(&all, lang);
        page.line(&Html::text(say!(lang;
            format!("➕ not in the total: {extras}"),
            format!("➕ jamiga kirmaydi: {extras}"),
            format!("➕ не входят в итог: {extras}"))));
    }
    if let Some(line) = day_line(activity, lang) {
        page.gap();
        page.line(&line);
    }
}

fn who_wrote(activity: &Activity, frame: &Frame<'_>) -> String {
    let lang = frame.lang;
    let wrote = rows::counted(rows::by_teacher(activity, frame.state)).len() as u64;
    let silent = number(rows::silent(activity, frame.state).len() as u64);
    let wrote = teachers(wrote, lang);
    say!(lang;
        format!("{wrote} wrote, {silent} did not"),
        format!("{wrote} yozgan, {silent} tasi yozmagan"),
        format!("писали: {wrote}, не писали: {silent}"))
}

/// "▲ +40 (+19 %) against the period before: 210"
fn change(now: u64, before: u64, lang: Lang) -> String {
    let percent = |sign: char, percent: u64| {
        let n = number(percent);
        say!(lang; format!(" ({sign}{n}%)"), format!(" ({sign}{n}%)"), format!(" ({sign}{n}\u{a0}%)"))
    };
    let by = match Trend::of(now, before) {
        Trend::Same => "＝ 0".to_owned(),
        Trend::Up { by, percent: None } => format!("▲ +{}", number(by)),
        Trend::Up { by, percent: Some(of) } => format!("▲ +{}{}", number(by), percent('+', of)),
        Trend::Down { by, percent: of } => format!("▼ −{}{}", number(by), percent('−', of)),
    };
    let before = number(before);
    say!(lang;
        format!("{by} against the period before: {before}"),
        format!("{by} oldingi davrga nisbatan: {before}"),
        format!("{by} к предыдущему периоду: {before}"))
}

fn day_line(activity: &Activity, lang: Lang) -> Option<Html> {
    let len = activity.scope.period.len_days();
    if len < 2 || activity.total() == 0 {
        return None;
    }
    let days_of: Vec<_> = activity.days().collect();
    if len <= 7 {
        let most = days_of.iter().map(|(_, n)| *n).max().unwrap_or(0);
        let lines: Vec<String> = days_of
            .iter()
            .map(|(day, n)| {
                let weekday = weekday(day.weekday().num_days_from_monday() as usize, lang);
                format!("{weekday} {:>6} {:>5} {}", short_date(*day, lang), number(*n), bar(*n, most, 10)).trim_end().to_owned()
            })
            .collect();
        return Some(Html::pre(lines.join("\n")));
    }
    // At most so many bars fit a phone's line: days are put together.
    let together = days_of.len().div_ceil(31);
    let bars: Vec<u64> = days_of.chunks(together).map(|chunk| chunk.iter().map(|(_, n)| n).sum()).collect();
    let mut title = say!(lang; "📅 By day", "📅 Kunlar boʻyicha", "📅 По дням").to_owned();
    if together > 1 {
        let each = days(together as u64, lang);
        title.push_str(&say!(lang;
            format!(" (a bar is {each})"),
            format!(" (bitta ustun — {each})"),
            format!(" (столбик — {each})")));
    }
    // The first of equally good days.
    let (best, n) = days_of.iter().rev().max_by_key(|(_, n)| *n).expect("a period has a day");
    let (best, n) = (short_date(*best, lang), number(*n));
    let best = say!(lang; format!("best: {best} — {n}"), format!("eng faol: {best} — {n}"), format!("лучший: {best} — {n}"));
    Some(html!("<b>{}</b>\n{}\n{}", Html::text(title), Html::code(sparkline(&bars)), Html::text(best)))
}

fn details<'a, K: Ord + Copy>(
    title: &str,
    rows: &[Row<K>],
    parts: impl Iterator<Item = (K, String, &'a Tally)>,
    activity: &Activity,
    frame: &Frame<'_>,
) -> Html {
    let lang = frame.lang;
    let mut of: std::collections::BTreeMap<K, Vec<(String, &Tally)>> = std::collections::BTreeMap::new();
    parts.for_each(|(key, name, tally)| of.entry(key).or_default().push((name, tally)));
    let mut page = Page::new(DETAILED, lang);
    page.line(&heading(title, activity, frame));
    totals(&mut page, activity, None, frame);
    page.gap();
    let block = |(place, row): (usize, &Row<K>)| {
        let name = Html::bold(fitted(&row.name, NAME));
        let mut block = html!("{}. {} — {}", Html::text(place + 1), name, Html::bold(number(row.tally.total())));
        let mut parts = of.remove(&row.key).unwrap_or_default();
        parts.sort_by_cached_key(|(name, tally)| (std::cmp::Reverse(tally.total()), name.to_lowercase()));
        for (name, tally) in parts {
            block.push_line(&html!("   {}: {}", Html::text(fitted(&name, NAME)), Html::text(kinds_line(tally, lang))));
        }
        block
    };
    page.list(rows.iter().enumerate().map(block).collect(), 0);
    unattributed(&mut page, activity, frame);
    page.finish(&footer(frame))
}

fn unattributed(page: &mut Page, activity: &Activity, frame: &Frame<'_>) {
    let total = rows::unattributed(activity);
    if total == 0 {
        return;
    }
    let title = say!(frame.lang; "🎭 Unattributed", "🎭 Egasi nomaʼlum", "🎭 Без автора");
    page.section(&format!("{title} — {}", number(total)));
    let mut voices: Vec<_> = activity.unattributed.iter().filter(|(_, tally)| tally.total() > 0).collect();
    voices.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total()));
    let line = |((chat, voice), tally): (&(_, Voice), &Tally)| {
        let who = match voice {
            Voice::Anonymous(title) if title.is_empty() => {
                say!(frame.lang; "anonymous administrator", "anonim administrator", "анонимный администратор").to_owned()
            }
            Voice::Anonymous(title) => fitted(title, NAME),
            Voice::Chat(chat) => fitted(&rows::group_title(frame.state, *chat), NAME),
        };
        let group = fitted(&rows::group_title(frame.state, *chat), NAME);
        html!("• {}, {} — {}", Html::text(who), Html::text(group), Html::text(number(tally.total())))
    };
    let rest = voices.len().saturating_sub(NAMED);
    page.list(voices.into_iter().take(NAMED).map(line).collect(), rest);
}

fn silent_title(lang: Lang) -> &'static str {
    say!(lang; "🔕 Wrote nothing", "🔕 Hech narsa yozmaganlar", "🔕 Ничего не написали")
}

fn silent_line(row: &Silent, with_groups: bool, lang: Lang) -> Html {
    let mut line = html!("• {}", Html::text(fitted(&row.name, NAME)));
    if with_groups {
        let titles: Vec<_> = row.groups.iter().take(5).map(|title| fitted(title, NAME)).collect();
        let more = if row.groups.len() > 5 { format!(" … +{}", row.groups.len() - 5) } else { String::new() };
        line.push_text(format!(" — {}{more}", titles.join(", ")));
    }
    if row.tally.extra_total() > 0 {
        line.push(&html!(" {}", Html::italic(format!("({})", extras(&row.tally, lang)))));
    }
    line
}

fn line<K>(row: &Row<K>) -> Html {
    html!("{} — {}", Html::text(fitted(&row.name, NAME)), Html::bold(number(row.tally.total())))
}

fn medal(place: usize) -> Html {
    match place {
        0 => Html::literal("🥇"),
        1 => Html::literal("🥈"),
        2 => Html::literal("🥉"),
        place => html!("{}.", Html::text(place + 1)),
    }
}

fn posts(tally: &Tally, lang: Lang) -> String {
    let n = number(tally.posts());
    say!(lang;
        format!("🗂 posts, an album counted once: {n}"),
        format!("🗂 postlar, albom bitta deb olinsa: {n}"),
        format!("🗂 постов, если считать альбом за один: {n}"))
}

#[cfg(test)]
mod tests;
