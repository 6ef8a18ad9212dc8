//! The report as one picture: bars by teacher, a line by day, a heat map of weekday and hour. Drawn as SVG, shown as PNG
//! with a font of our own, so that it looks the same on every machine.

use std::{
    fmt::Write as _,
    sync::{Arc, OnceLock},
};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, Options, Tree, fontdb},
};

use super::{files::Sheet, rows};
use crate::text::{self, button::elided, workbook as words};

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 1000.0;
const INK: &str = "#17212b";
const FAINT: &str = "#7d8a97";
const GRID: &str = "#e6ebf0";
const ACCENT: &str = "#2481cc";
const EMPTY: &str = "#eef2f6";
/// Teachers in the bars.
const BARS: usize = 14;

/// The picture as PNG, 1600 × 1000.
pub fn png(sheet: &Sheet<'_>) -> Result<Vec<u8>, String> {
    let options = Options { font_family: "Inter".to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(&svg(sheet), &options).map_err(|why: usvg::Error| why.to_string())?;
    let mut pixels = Pixmap::new(WIDTH as u32, HEIGHT as u32).ok_or("no room for the picture")?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|why| why.to_string())
}

/// The fonts, read once.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(include_bytes!("font/Inter-Regular.otf").to_vec());
        fonts.load_font_data(include_bytes!("font/Inter-SemiBold.otf").to_vec());
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

/// The picture as SVG.
pub fn svg(sheet: &Sheet<'_>) -> String {
    let mut svg = String::new();
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Inter"><rect width="100%" height="100%" fill="#f4f7fa"/>"##
    );
    title(&mut svg, sheet);
    card(&mut svg, 40.0, 150.0, 740.0, 810.0, words::chart_by_teacher(sheet.lang));
    bars(&mut svg, sheet, 40.0, 150.0, 740.0, 810.0);
    card(&mut svg, 820.0, 150.0, 740.0, 385.0, words::chart_by_day(sheet.lang));
    line(&mut svg, sheet, 820.0, 150.0, 740.0, 385.0);
    card(&mut svg, 820.0, 575.0, 740.0, 385.0, words::chart_by_hour(sheet.lang));
    heat_map(&mut svg, sheet, 820.0, 575.0, 740.0, 385.0);
    svg.push_str("</svg>");
    svg
}

fn title(svg: &mut String, sheet: &Sheet<'_>) {
    let scope = sheet.activity.scope;
    let of = match (scope.teacher, scope.group) {
        (Some(teacher), _) => rows::teacher_name(sheet.state, teacher),
        (None, Some(chat)) => rows::group_title(sheet.state, chat),
        (None, None) => "Rollcall".to_owned(),
    };
    label(svg, 40.0, 78.0, 44.0, INK, "start", true, &elided(&drawable(&of), 44));
    let when = format!("{} · {}", text::period(scope.period, sheet.lang), sheet.zone.name());
    label(svg, 40.0, 118.0, 24.0, FAINT, "start", false, &when);
    label(svg, 1560.0, 78.0, 44.0, ACCENT, "end", true, &text::number(sheet.activity.total()));
    label(svg, 1560.0, 118.0, 24.0, FAINT, "end", false, words::total(sheet.lang));
}

fn card(svg: &mut String, x: f32, y: f32, width: f32, height: f32, heading: &str) {
    let _ = write!(svg, r##"<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="20" fill="#ffffff"/>"##);
    label(svg, x + 32.0, y + 48.0, 24.0, INK, "start", true, heading);
}

fn bars(svg: &mut String, sheet: &Sheet<'_>, x: f32, y: f32, width: f32, height: f32) {
    let teachers = rows::by_teacher(sheet.activity, sheet.state);
    let most = teachers.first().map_or(0, |row| row.tally.total()).max(1);
    let shown = teachers.iter().filter(|row| row.tally.total() > 0).take(BARS);
    let step = (height - 100.0) / BARS as f32;
    let (left, room) = (x + 300.0, width - 300.0 - 110.0);
    for (index, row) in shown.enumerate() {
        let middle = y + 80.0 + step * (index as f32 + 0.5);
        label(svg, left - 18.0, middle + 7.0, 20.0, INK, "end", false, &elided(&drawable(&row.name), 24));
        let length = (room * row.tally.total() as f32 / most as f32).max(4.0);
        let opacity = 1.0 - 0.045 * index as f32;
        let _ = write!(
            svg,
            r#"<rect x="{left}" y="{}" width="{length:.1}" height="28" rx="8" fill="{ACCENT}" opacity="{opacity:.2}"/>"#,
            middle - 14.0
        );
        label(svg, left + length + 12.0, middle + 7.0, 20.0, FAINT, "start", true, &text::number(row.tally.total()));
    }
    let rest = teachers.iter().filter(|row| row.tally.total() > 0).count().saturating_sub(BARS);
    if rest > 0 {
        label(svg, x + width - 32.0, y + 48.0, 20.0, FAINT, "end", false, &format!("+{rest}"));
    }
}

fn line(svg: &mut String, sheet: &Sheet<'_>, x: f32, y: f32, width: f32, height: f32) {
    let days: Vec<_> = sheet.activity.scope.period.days().collect();
    let values: Vec<u64> = days.iter().map(|day| sheet.activity.by_day.get(day).copied().unwrap_or(0)).collect();
    let most = nice(values.iter().copied().max().unwrap_or(0));
    let (left, right, top, bottom) = (x + 84.0, x + width - 36.0, y + 84.0, y + height - 62.0);
    for part in 0..=4u64 {
        let at = bottom - (bottom - top) * part as f32 / 4.0;
        let _ = write!(svg, r#"<line x1="{left}" y1="{at:.1}" x2="{right}" y2="{at:.1}" stroke="{GRID}" stroke-width="2"/>"#);
        label(svg, left - 14.0, at + 6.0, 18.0, FAINT, "end", false, &text::number(most * part / 4));
    }
    let along = |index: usize| {
        if days.len() > 1 { left + (right - left) * index as f32 / (days.len() - 1) as f32 } else { f32::midpoint(left, right) }
    };
    let up = |value: u64| bottom - (bottom - top) * value as f32 / most as f32;
    let points: String =
        values.iter().enumerate().map(|(index, value)| format!("{:.1},{:.1} ", along(index), up(*value))).collect();
    if days.len() > 1 {
        let last = along(days.len() - 1);
        let _ = write!(svg, r#"<polygon points="{left},{bottom} {points}{last:.1},{bottom}" fill="{ACCENT}" opacity="0.12"/>"#);
        let _ = write!(
            svg,
            r#"<polyline points="{points}" fill="none" stroke="{ACCENT}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"/>"#
        );
    }
    if days.len() <= 35 {
        for (index, value) in values.iter().enumerate() {
            let _ = write!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="5" fill="{ACCENT}"/>"#, along(index), up(*value));
        }
    }
    let every = days.len().div_ceil(6);
    for (index, day) in days.iter().enumerate().filter(|(index, _)| index % every == 0) {
        label(svg, along(index), bottom + 34.0, 18.0, FAINT, "middle", false, &text::short_date(*day, sheet.lang));
    }
}

fn heat_map(svg: &mut String, sheet: &Sheet<'_>, x: f32, y: f32, width: f32, height: f32) {
    let hours = &sheet.activity.by_hour;
    let most = hours.iter().flatten().copied().max().unwrap_or(0);
    let (left, top) = (x + 84.0, y + 76.0);
    let (across, down) = ((width - 84.0 - 36.0) / 24.0, (height - 76.0 - 58.0) / 7.0);
    for (weekday, of_day) in hours.iter().enumerate() {
        let row = top + down * weekday as f32;
        label(svg, left - 14.0, row + down / 2.0 + 6.0, 18.0, FAINT, "end", false, text::weekday(weekday, sheet.lang));
        for (hour, n) in of_day.iter().enumerate() {
            let column = left + across * hour as f32;
            let (fill, opacity) = if *n == 0 { (EMPTY, 1.0) } else { (ACCENT, 0.15 + 0.85 * (*n as f32 / most as f32).sqrt()) };
            let _ = write!(
                svg,
                r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}" rx="5" fill="{fill}" opacity="{opacity:.2}"/>"#,
                column + 1.5,
                row + 1.5,
                across - 3.0,
                down - 3.0
            );
        }
    }
    for hour in (0..24).step_by(3) {
        let at = left + across * (hour as f32 + 0.5);
        label(svg, at, top + down * 7.0 + 30.0, 18.0, FAINT, "middle", false, &format!("{hour:02}"));
    }
}

#[expect(clippy::too_many_arguments, reason = "a label is all of these")]
fn label(svg: &mut String, x: f32, y: f32, size: f32, color: &str, anchor: &str, bold: bool, words: &str) {
    let weight = if bold { 600 } else { 400 };
    let words = words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = write!(
        svg,
        r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="{weight}" fill="{color}" text-anchor="{anchor}">{words}</text>"#
    );
}

/// What the font can draw; other scripts and pictograms leave nothing behind.
fn drawable(text: &str) -> String {
    let can_draw = |c: &char| matches!(c, ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}' | 'ʻ' | 'ʼ' | '\u{400}'..='\u{45f}' | 'Ґ' | 'ґ' | 'Қ' | 'қ' | 'Ҳ' | 'ҳ' | '\u{2010}'..='\u{2026}' | '№');
    let drawn: String = text.chars().filter(can_draw).collect();
    let drawn = drawn.split_whitespace().collect::<Vec<_>>().join(" ");
    if drawn.is_empty() { "—".to_owned() } else { drawn }
}

/// A round number that is at least `most`, divisible by four.
fn nice(most: u64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor * 4 >= most.max(1) {
                return step * factor * 4;
            }
        }
        step *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_at_round_numbers() {
        assert_eq!([0, 1, 5, 17, 21, 99, 1_234].map(nice), [4, 4, 8, 20, 40, 200, 2_000]);
    }

    #[test]
    fn names_that_the_font_lacks_leave_no_boxes() {
        assert_eq!(drawable("Ann 😀 漢字 Ли"), "Ann Ли");
        assert_eq!(drawable("漢字"), "—");
    }
}
