use proptest::prelude::*;

use super::*;
use crate::{
    domain::{presence::Who, study::Periods},
    study::{
        board::board,
        sample::{ANN, BOB, CHAT, day, seconds, study},
    },
};

/// Bytes as the community has seen them for years.
const GOLDEN: &str = "<b>📊 LEADERBOARD — DAY 9 👑</b>\n\n\
<blockquote><b>📅 Today — 09.01.26 (FRIDAY)</b></blockquote>\n\
🥇 <b>@ann</b> — 210m 🚀 — <b>Focus Alchemist ⚗️</b>\n\
🥈 <b>Bob &lt;B&gt; &amp; Co</b> — 75m 💪 — <b>Page Turner 📖</b>\n\n\
<blockquote><b>📆 This\u{a0}Week — 08.01.26 - 14.01.26 (WEEK 2)</b></blockquote>\n\
🥇 <b>@ann</b> — 270m 🚀 — <b>Deep Diver 🤿</b>\n\
🥈 <b>Bob &lt;B&gt; &amp; Co</b> — 75m 💪\n\n\
<blockquote><b>🗓️ This\u{a0}Month — 01.01.26 - 30.01.26 (MONTH 1)</b></blockquote>\n\
🥇 <b>@ann</b> — 270m 🚀\n\
🥈 <b>Bob &lt;B&gt; &amp; Co</b> — 75m 💪\n\n\
<b>WORD OF THE DAY 🌟</b>\n\
<blockquote><b><i>Slow &amp; steady</i></b></blockquote>";

fn sample() -> Board {
    let mut study = study();
    let chosen = study.compliments.entry(CHAT).or_default();
    chosen.entry("day:2026-01-09".into()).or_default().insert(ANN, "Focus Alchemist ⚗️".into());
    chosen.entry("day:2026-01-09".into()).or_default().insert(BOB, "Page Turner 📖".into());
    chosen.entry("week:2026-01-08".into()).or_default().insert(ANN, "Deep Diver 🤿".into());
    let seconds = seconds(&[("2026-01-08", &[(ANN, 3600)]), ("2026-01-09", &[(ANN, 12_659), (BOB, 4_500)])]);
    board(&study, CHAT, day("2026-01-09"), &seconds).expect("a board")
}

#[test]
fn the_post_is_what_it_always_was() {
    assert_eq!(post(&sample(), Some("Slow & steady"), Lang::En).as_str(), GOLDEN);
}

#[test]
fn an_empty_board_says_so() {
    let board = board(&study(), CHAT, day("2026-01-09"), &seconds(&[])).expect("a board");
    let text = post(&board, None, Lang::En).into_string();
    let empty = "<blockquote><b>📅 Today — 09.01.26 (FRIDAY)</b></blockquote>\n<b>nobody did lessons 😴</b>\n\n";
    assert!(text.contains(empty), "{text}");
    assert_eq!(text.matches("nobody did lessons").count(), 3);
    assert!(!text.ends_with('\n') && !text.contains("WORD OF THE DAY"));
}

#[test]
fn other_languages_say_the_same() {
    for lang in [Lang::Uz, Lang::Ru] {
        insta::assert_snapshot!(format!("board_{}", lang.code()), post(&sample(), Some("Slow & steady"), lang));
    }
}

#[test]
fn rolling_blocks_have_no_number() {
    let mut study = study();
    study.communities.get_mut(&CHAT).expect("it is there").periods = Periods::Rolling(day("2026-01-01"));
    let board = board(&study, CHAT, day("2026-01-09"), &seconds(&[])).expect("a board");
    let text = post(&board, None, Lang::En).into_string();
    assert!(text.contains("📆 Last 7\u{a0}Days — 03.01.26 - 09.01.26</b>"), "{text}");
}

#[test]
fn badges_begin_at_their_minutes() {
    assert_eq!([0, 1, 59, 60, 119, 120, 179, 180, 1440].map(badge), ["😴", "✅", "✅", "💪", "💪", "🔥", "🔥", "🚀", "🚀"]);
}

#[test]
fn every_place_has_its_sign() {
    let signs: Vec<_> = (1..=10).map(rank_emoji).collect();
    assert_eq!(signs.join(" "), "🥇 🥈 🥉 4️⃣ 5️⃣ 6️⃣ 7️⃣ 8️⃣ 9️⃣ 🔟");
}

#[test]
fn who_has_no_name_in_posts_is_someone() {
    assert_eq!(Lang::ALL.map(|lang| display(&Display::Hidden, lang)), ["someone", "kimdir", "кто-то"]);
    assert_eq!(display(&Display::Unknown(Who(7)), Lang::En), "ID 7");
}

proptest! {
    #[test]
    fn whatever_people_are_called_a_post_is_one_message(name in "\\PC{1,200}", compliment in "\\PC{1,300}", quote in "\\PC{0,5000}") {
        let mut board = sample();
        for block in &mut board.blocks {
            let row = |rank| Row {
                rank,
                who: Who(rank as i64),
                display: Display::Name(name.clone()),
                seconds: 86_400 * 30,
                compliment: Some(compliment.clone()),
            };
            block.rows = (1..=10).map(row).collect();
        }
        for lang in Lang::ALL {
            let text = post(&board, Some(&quote), lang);
            prop_assert_eq!(split::messages(text.as_str()).len(), 1);
            prop_assert_eq!(text.as_str().matches("</b> — ").count() / 3, 10, "nobody is left out");
        }
    }
}
