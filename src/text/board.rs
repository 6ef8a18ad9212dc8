//! The board as it stands in the group. In English every character of it is a contract: people and programs know it.

use chrono::{Datelike, NaiveDate};

use super::{html::Html, name::fitted, split};
use crate::{
    domain::lang::Lang,
    html, say,
    study::board::{Block, Board, Display, Numbered, Row, Scope, Span},
};

/// How long names, compliments and the quote may be, most generous first. The last ones fit into a message whatever stands in them.
const ROOM: [(usize, usize); 4] = [(64, 1000), (40, 700), (24, 400), (16, 200)];

/// The post. Fits into one message: long names are cut before anybody is left out.
pub fn post(board: &Board, quote: Option<&str>, lang: Lang) -> Html {
    let last = ROOM.len() - 1;
    let mut fitting = ROOM[..last].iter().map(|(name, saying)| sized(board, quote, lang, *name, *saying));
    let fitting = fitting.find(|html| split::length(html.as_str()) <= split::LONGEST);
    fitting.unwrap_or_else(|| sized(board, quote, lang, ROOM[last].0, ROOM[last].1))
}

/// Its first line, without markup: what a picture of it says below.
pub fn heading(board: &Board, lang: Lang) -> String {
    let n = board.number;
    say!(lang; format!("📊 LEADERBOARD — DAY {n} 👑"), format!("📊 REYTING — {n}-KUN 👑"), format!("📊 ЛИДЕРЫ — ДЕНЬ {n} 👑"))
}

/// What stands above a block: "📆 This Week".
pub fn title(span: Span, lang: Lang) -> &'static str {
    match (span.scope, span.number) {
        (Scope::Day, _) => say!(lang; "📅 Today", "📅 Bugun", "📅 Сегодня"),
        (Scope::Week, Numbered::As(_)) => {
            say!(lang; "📆 This\u{a0}Week", "📆 Shu\u{a0}hafta", "📆 Эта\u{a0}неделя")
        }
        (Scope::Month, Numbered::As(_)) => say!(lang; "🗓️ This\u{a0}Month", "🗓️ Shu\u{a0}oy", "🗓️ Этот\u{a0}месяц"),
        (Scope::Week, Numbered::Rolling) => {
            say!(lang; "📆 Last 7\u{a0}Days", "📆 Soʻnggi 7\u{a0}kun", "📆 Последние 7\u{a0}дней")
        }
        (Scope::Month, Numbered::Rolling) => {
            say!(lang; "🗓️ Last 30\u{a0}Days", "🗓️ Soʻnggi 30\u{a0}kun", "🗓️ Последние 30\u{a0}дней")
        }
    }
}

/// Which days a block is about: "08.01.26 - 14.01.26 (WEEK 2)".
pub fn header(span: Span, lang: Lang) -> String {
    let (from, to) = (short(span.days.from), short(span.days.to));
    match (span.scope, span.number) {
        (Scope::Day, _) => format!("{from} ({})", weekday(span.days.from, lang)),
        (Scope::Week, Numbered::As(n)) => {
            say!(lang; format!("{from} - {to} (WEEK {n})"), format!("{from} - {to} ({n}-HAFTA)"), format!("{from} - {to} (НЕДЕЛЯ {n})"))
        }
        (Scope::Month, Numbered::As(n)) => {
            say!(lang; format!("{from} - {to} (MONTH {n})"), format!("{from} - {to} ({n}-OY)"), format!("{from} - {to} (МЕСЯЦ {n})"))
        }
        (Scope::Week | Scope::Month, Numbered::Rolling) => format!("{from} - {to}"),
    }
}

/// A place's sign: medals, then digits.
pub fn rank_emoji(rank: usize) -> &'static str {
    const SIGNS: [&str; 10] = ["🥇", "🥈", "🥉", "4️⃣", "5️⃣", "6️⃣", "7️⃣", "8️⃣", "9️⃣", "🔟"];
    rank.checked_sub(1).and_then(|index| SIGNS.get(index)).copied().unwrap_or("▫️")
}

/// What so many minutes are worth.
pub fn badge(minutes: u64) -> &'static str {
    match minutes {
        180.. => "🚀",
        120..180 => "🔥",
        60..120 => "💪",
        1..60 => "✅",
        0 => "😴",
    }
}

/// How somebody is called, without markup and not cut.
pub fn display(display: &Display, lang: Lang) -> String {
    match display {
        Display::Username(username) => format!("@{username}"),
        Display::Name(name) => name.clone(),
        Display::Hidden => say!(lang; "someone", "kimdir", "кто-то").to_owned(),
        Display::Unknown(who) => format!("ID {}", who.0),
    }
}

/// In place of places.
pub fn nobody(lang: Lang) -> &'static str {
    say!(lang; "nobody did lessons 😴", "hech kim dars qilmadi 😴", "никто не занимался 😴")
}

/// "210m"
pub fn minutes(minutes: u64, lang: Lang) -> String {
    say!(lang; format!("{minutes}m"), format!("{minutes} daq."), format!("{minutes} мин"))
}

fn sized(board: &Board, quote: Option<&str>, lang: Lang, name: usize, saying: usize) -> Html {
    let mut post = html!("{}\n", Html::bold(heading(board, lang)));
    for block in &board.blocks {
        post.push_line(&block_lines(block, lang, name));
    }
    if let Some(quote) = quote {
        let word = say!(lang; "WORD OF THE DAY 🌟", "KUN SOʻZI 🌟", "СЛОВО ДНЯ 🌟");
        let quote = Html::text(super::button::elided(quote, saying));
        post.push_line(&html!("{}\n<blockquote><b><i>{}</i></b></blockquote>", Html::bold(word), quote));
    }
    Html::from_markup(post.as_str().trim_end().to_owned())
}

/// A block, with an empty line below it.
fn block_lines(block: &Block, lang: Lang, name: usize) -> Html {
    let above = format!("{} — {}", title(block.span, lang), header(block.span, lang));
    let mut lines = html!("<blockquote>{}</blockquote>", Html::bold(above));
    if block.rows.is_empty() {
        lines.push_line(&Html::bold(nobody(lang)));
    }
    for row in &block.rows {
        lines.push_line(&row_line(row, lang, name));
    }
    lines.push_line(&Html::new());
    lines
}

fn row_line(row: &Row, lang: Lang, longest: usize) -> Html {
    let minutes = row.seconds / 60;
    let name = Html::bold(fitted(&display(&row.display, lang), longest));
    let mut line = html!(
        "{} {} — {} {}",
        Html::text(rank_emoji(row.rank)),
        name,
        Html::text(self::minutes(minutes, lang)),
        Html::text(badge(minutes))
    );
    if let Some(compliment) = &row.compliment {
        line.push(&html!(" — {}", Html::bold(fitted(compliment, longest))));
    }
    line
}

/// "09.01.26"
fn short(day: NaiveDate) -> String {
    day.format("%d.%m.%y").to_string()
}

/// "FRIDAY"
fn weekday(day: NaiveDate, lang: Lang) -> &'static str {
    let index = day.weekday().num_days_from_monday() as usize;
    say!(lang;
        ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"][index],
        ["DUSHANBA", "SESHANBA", "CHORSHANBA", "PAYSHANBA", "JUMA", "SHANBA", "YAKSHANBA"][index],
        ["ПОНЕДЕЛЬНИК", "ВТОРНИК", "СРЕДА", "ЧЕТВЕРГ", "ПЯТНИЦА", "СУББОТА", "ВОСКРЕСЕНЬЕ"][index])
}

#[cfg(test)]
#[path = "board_tests.rs"]
mod tests;
