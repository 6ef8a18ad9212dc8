//! What members read about their own study time, in their private chat.

use super::{chart, days as counted_days, html::Html};
use crate::{
    domain::lang::Lang,
    html, say,
    study::{
        board::Scope,
        personal::{Goal, LONGEST_LOOK, Line, Move, Personal, Streak},
    },
};

/// The whole screen.
pub fn screen(title: &str, personal: &Personal, lang: Lang) -> Html {
    let title = Html::name(title);
    let mut text = say!(lang;
        html!("📚 <b>Your study time</b> · {}", title),
        html!("📚 <b>Oʻqish vaqtingiz</b> · {}", title),
        html!("📚 <b>Ваше время учёбы</b> · {}", title));
    text.push_line(&Html::new());
    text.push_line(&numbers(personal, lang));
    if personal.is_hidden {
        text.push_line(&Html::new());
        text.push_line(&Html::italic(say!(lang;
            "Boards don't name you.", "Reytinglarda ismingiz koʻrsatilmaydi.", "В рейтингах вас не называют.")));
    }
    text
}

/// A number with what it is and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// "Week"
    pub what: String,
    /// "3 h 05 min"
    pub much: String,
    /// "place 2 of 17"
    pub note: String,
}

/// What a picture says beside the chart: times and places, days in a row.
pub fn tiles(personal: &Personal, lang: Lang) -> Vec<Tile> {
    let of = |line: &Line| {
        let (what, much) = (scope(line, lang).to_owned(), duration(line.now.seconds, lang));
        Tile { what, much, note: line.now.rank.map(|rank| place(rank, line.now.of, lang)).unwrap_or_default() }
    };
    let streak = personal.streak;
    let longest = counted_days(streak.longest, lang);
    let row = Tile {
        what: say!(lang; "In a row", "Ketma-ket", "Подряд").to_owned(),
        much: counted_days(streak.days, lang),
        note: say!(lang; format!("longest: {longest}"), format!("eng uzuni: {longest}"), format!("рекорд: {longest}")),
    };
    personal.lines.iter().map(of).chain([row]).collect()
}

/// "Your study time"
pub fn heading(lang: Lang) -> &'static str {
    say!(lang; "Your study time", "Oʻqish vaqtingiz", "Ваше время учёбы")
}

/// "Last 30 days"
pub fn last_days(lang: Lang) -> &'static str {
    say!(lang; "Last 30 days", "Soʻnggi 30 kun", "Последние 30 дней")
}

/// Under a picture of it.
pub fn caption(title: &str, lang: Lang) -> Html {
    html!("📚 {} · {}", Html::bold(heading(lang)), Html::name(title))
}

/// Times, places, days in a row, the goal and the chart, without saying whose they are.
pub fn numbers(personal: &Personal, lang: Lang) -> Html {
    let mut text = Html::new();
    for line in &personal.lines {
        text.push_line(&line_of(line, lang));
    }
    text.push_line(&Html::new());
    text.push_line(&streak(personal.streak, lang));
    if let Some(goal) = personal.goal {
        text.push_line(&goal_of(goal, lang));
    }
    if personal.chart.values().any(|seconds| *seconds > 0) {
        let minutes: Vec<u64> = personal.chart.values().map(|seconds| seconds / 60).collect();
        text.push_line(&html!("\n{}\n{}", Html::text(last_days(lang)), Html::code(chart::sparkline(&minutes))));
    }
    text
}

/// "3 h 05 min"
pub fn duration(seconds: u64, lang: Lang) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let minute = say!(lang; "min", "daq.", "мин");
    let hour = say!(lang; "h", "soat", "ч");
    match hours {
        0 => format!("{minutes} {minute}"),
        _ => format!("{hours} {hour} {minutes:02} {minute}"),
    }
}

fn scope(line: &Line, lang: Lang) -> &'static str {
    match line.span.scope {
        Scope::Day => say!(lang; "Today", "Bugun", "Сегодня"),
        Scope::Week => say!(lang; "Week", "Hafta", "Неделя"),
        Scope::Month => say!(lang; "Month", "Oy", "Месяц"),
    }
}

fn place(rank: usize, of: usize, lang: Lang) -> String {
    say!(lang; format!("place {rank} of {of}"), format!("{of} kishidan {rank}-oʻrin"), format!("место {rank} из {of}"))
}

fn line_of(line: &Line, lang: Lang) -> Html {
    let mut text = html!("{}: {}", Html::text(scope(line, lang)), Html::bold(duration(line.now.seconds, lang)));
    if let Some(rank) = line.now.rank {
        text.push_text(format_args!(" · {}", place(rank, line.now.of, lang)));
    }
    match line.moved() {
        Move::Up(by) => text.push_text(format_args!(" ▲{by}")),
        Move::Down(by) => text.push_text(format_args!(" ▼{by}")),
        Move::Same | Move::Unknown => {}
    }
    text
}

fn streak(streak: Streak, lang: Lang) -> Html {
    let known = |days: u64| {
        let more = if i64::try_from(days).is_ok_and(|days| days >= LONGEST_LOOK) { "+" } else { "" };
        Html::bold(format_args!("{}{more}", counted_days(days, lang)))
    };
    let (now, longest) = (known(streak.days), known(streak.longest));
    match (streak.days, streak.has_today) {
        (0, _) => say!(lang;
            html!("🌱 No streak yet. A minute today begins one."),
            html!("🌱 Hozircha ketma-ketlik yoʻq. Bugun bir daqiqa oʻqisangiz, boshlanadi."),
            html!("🌱 Серии пока нет. Одна минута сегодня её начнёт.")),
        (_, true) => say!(lang;
            html!("🔥 In a row: {} (longest: {})", now, longest),
            html!("🔥 Ketma-ket: {} (eng uzuni: {})", now, longest),
            html!("🔥 Подряд: {} (рекорд: {})", now, longest)),
        (_, false) => say!(lang;
            html!("⏳ In a row: {} (longest: {}). Study today and it goes on.", now, longest),
            html!("⏳ Ketma-ket: {} (eng uzuni: {}). Bugun ham oʻqisangiz, davom etadi.", now, longest),
            html!("⏳ Подряд: {} (рекорд: {}). Позанимайтесь сегодня, и серия продолжится.", now, longest)),
    }
}

fn goal_of(goal: Goal, lang: Lang) -> Html {
    let filled = goal.percent() / 10;
    let bar = Html::text(format_args!("{}{}", "▰".repeat(filled as usize), "▱".repeat(10 - filled as usize)));
    let (today, all) = (Html::text(duration(goal.today, lang)), Html::text(duration(goal.seconds, lang)));
    let reached = Html::text(goal.reached);
    say!(lang;
        html!("🎯 {} {} of {}; reached on {} of 7 days", bar, today, all, reached),
        html!("🎯 {} {} / {}; 7 kundan {} kunida bajarildi", bar, today, all, reached),
        html!("🎯 {} {} из {}; выполнено в {} из 7 дней", bar, today, all, reached))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::presence::Who,
        study::{
            personal::personal,
            sample::{ANN, BOB, CHAT, day, seconds, study},
        },
    };

    fn said(on: &str, days: &[(&str, &[(Who, u32)])]) -> String {
        let mut study = study();
        let ann = study.members.get_mut(&CHAT).expect("there").get_mut(&ANN).expect("there");
        (ann.goal_minutes, ann.opted_out) = (Some(90), true);
        let personal = personal(&study, CHAT, ANN, day(on), &seconds(days)).expect("a community");
        Lang::ALL.map(|lang| screen("Night <owls>", &personal, lang).into_string()).join("\n\n---\n\n")
    }

    #[test]
    fn somebody_who_studies() {
        insta::assert_snapshot!(said(
            "2026-01-09",
            &[
                ("2026-01-06", &[(ANN, 1_200), (BOB, 4_000)]),
                ("2026-01-08", &[(ANN, 7_000), (BOB, 1_000)]),
                ("2026-01-09", &[(ANN, 3_900), (BOB, 4_000)]),
            ],
        ));
    }

    #[test]
    fn somebody_whose_streak_waits() {
        let said = said("2026-01-09", &[("2026-01-08", &[(ANN, 7_000)])]);
        assert!(said.contains("Study today and it goes on"), "{said}");
    }

    #[test]
    fn somebody_new() {
        let said = said("2026-01-09", &[]);
        assert!(said.contains("No streak yet") && !said.contains("Last 30 days") && !said.contains("place"), "{said}");
    }
}
