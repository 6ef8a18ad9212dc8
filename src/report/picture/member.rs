//! Somebody's study time as a picture: what it comes to, and a bar for each of the last days.

use super::canvas::{self, ACCENT, Anchor, Canvas, EMPTY, FAINT, Frame, INK, Label};
use crate::{
    domain::lang::Lang,
    study::personal::Personal,
    text::{self, study_personal as words},
};

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 1000.0;
const GAP: f32 = 32.0;
/// Of the cards with numbers.
const NUMBERS: f32 = 190.0;
/// Where they begin.
const TOP: f32 = 128.0;
/// Of the line that is wanted each day.
const GOAL: &str = "#16a34a";
/// Steps of the axis, in minutes.
const STEPS: [u64; 8] = [5, 10, 20, 30, 60, 120, 180, 300];

/// The picture as PNG, 1600 × 1000.
pub fn member_png(title: &str, personal: &Personal, lang: Lang) -> Result<Vec<u8>, String> {
    super::rendered(&member_svg(title, personal, lang))
}

/// The picture as SVG. It names the font *Inter*, which it doesn't carry.
pub fn member_svg(title: &str, personal: &Personal, lang: Lang) -> String {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let look = Label { size: 52.0, color: INK, is_bold: true, anchor: Anchor::Start };
    let title = canvas::shown(title, words::heading(lang));
    canvas.label(GAP, 84.0, &canvas::fitting(&title, 52.0, WIDTH - 2.0 * GAP), look);
    let tiles = words::tiles(personal, lang);
    let width = (WIDTH - GAP * (tiles.len() + 1) as f32) / tiles.len() as f32;
    for (index, tile) in tiles.iter().enumerate() {
        let x = GAP + (width + GAP) * index as f32;
        number(&mut canvas, Frame { x, y: TOP, width, height: NUMBERS }, tile);
    }
    let y = TOP + NUMBERS + GAP;
    days(&mut canvas, Frame { x: GAP, y, width: WIDTH - 2.0 * GAP, height: HEIGHT - y - GAP }, personal, lang);
    canvas.finish()
}

fn number(canvas: &mut Canvas, frame: Frame, tile: &words::Tile) {
    canvas.card(frame, &tile.what);
    let room = frame.width - 60.0;
    let much = Label { size: 48.0, color: INK, is_bold: true, anchor: Anchor::Start };
    canvas.label(frame.x + 30.0, frame.y + 116.0, &canvas::fitting(&tile.much, 48.0, room), much);
    let note = Label { size: 24.0, color: FAINT, is_bold: false, anchor: Anchor::Start };
    canvas.label(frame.x + 30.0, frame.y + 160.0, &canvas::fitting(&tile.note, 24.0, room), note);
}

fn days(canvas: &mut Canvas, frame: Frame, personal: &Personal, lang: Lang) {
    canvas.card(frame, words::last_days(lang));
    let goal = personal.goal.map_or(0, |goal| goal.seconds / 60);
    let most = personal.chart.values().map(|seconds| seconds / 60).max().unwrap_or(0).max(goal);
    let step = STEPS.into_iter().find(|step| most.div_ceil(*step) <= 5).unwrap_or(300);
    let top = most.div_ceil(step).max(1) * step;
    let named = |minutes: u64| words::duration(minutes * 60, lang);
    let left = 46.0 + (0..=top).step_by(step as usize).map(|n| canvas::width(&named(n), 22.0)).fold(0.0, f32::max);
    let inside = frame.inside([left, 96.0, 36.0, 62.0]);
    let height_of = |minutes: u64| inside.bottom() - inside.height * minutes as f32 / top as f32;
    for n in (0..=top).step_by(step as usize) {
        canvas.rule(inside.x, inside.right(), height_of(n));
        canvas.label(inside.x - 14.0, height_of(n) + 8.0, &named(n), Label::axis(Anchor::End));
    }
    let wide = inside.width / personal.chart.len().max(1) as f32;
    let every = personal.chart.len().div_ceil(6).max(1);
    for (index, (day, seconds)) in personal.chart.iter().enumerate() {
        let x = inside.x + wide * index as f32;
        let y = height_of(seconds / 60).min(inside.bottom() - 4.0);
        let bar = Frame { x: x + wide * 0.15, y, width: wide * 0.7, height: inside.bottom() - y };
        canvas.rect(bar, 6.0, if *seconds > 0 { ACCENT } else { EMPTY }, 1.0);
        // Counted from today backwards, which always has its date.
        if (personal.chart.len() - 1 - index).is_multiple_of(every) {
            canvas.label(x + wide / 2.0, inside.bottom() + 36.0, &text::short_date(*day, lang), Label::axis(Anchor::Middle));
        }
    }
    if goal > 0 {
        let line = Frame { x: inside.x, y: height_of(goal) - 2.0, width: inside.width, height: 4.0 };
        canvas.rect(line, 2.0, GOAL, 0.8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{
        board::shifted,
        personal::personal,
        sample::{ANN, BOB, CHAT, day, study},
    };

    fn picture(goal: Option<u32>, minutes: impl Fn(u32) -> u32) -> Personal {
        let mut study = study();
        study.members.get_mut(&CHAT).and_then(|members| members.get_mut(&ANN)).expect("Ann").goal_minutes = goal;
        let today = day("2026-01-30");
        let of_day = |n: u32| (shifted(today, -i64::from(n)), [(ANN, minutes(n) * 60), (BOB, 3_000)].into());
        let seconds = (0..30).map(of_day).collect();
        personal(&study, CHAT, ANN, today, &seconds).expect("a community")
    }

    #[test]
    fn everybodys_time_is_drawn() {
        let times = [picture(None, |_| 0), picture(Some(90), |n| n % 7 * 25), picture(Some(1_440), |_| 1_440)];
        for (time, lang) in times.iter().flat_map(|time| Lang::ALL.map(|lang| (time, lang))) {
            for title in ["Night owls", "漢字 😀", &"W".repeat(300)] {
                let png = member_png(title, time, lang).expect("draws");
                assert_eq!(png[16..24], [0, 0, 6, 64, 0, 0, 3, 232], "1600 × 1000");
            }
        }
    }

    #[test]
    fn a_picture_of_somebodys_time_stays_as_it_is() {
        let time = picture(Some(90), |n| [75, 130, 0, 45, 95, 150, 60][n as usize % 7] + n % 4 * 10);
        insta::assert_snapshot!(member_svg("Night owls", &time, Lang::En).replace("><", ">\n<"));
    }
}
