//! The report as one picture, 1600 × 1000: bars by teacher and by group, a line by day, a heat map of weekday and hour.
//! Drawn as SVG, shown as PNG with a font of our own, so that it looks the same on every machine. Sizes are chosen for a
//! phone, which shows it at a quarter of its width.

mod bars;
mod board;
mod canvas;
mod days;
mod hours;
mod member;

use std::sync::{Arc, OnceLock};

use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, Options, Tree, fontdb},
};

use super::{files::Sheet, rows};
use crate::text::{self, workbook as words};

use self::canvas::{ACCENT, Anchor, Canvas, FAINT, Frame, INK, Label, shown};

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 1000.0;
/// Between cards, and around them.
const GAP: f32 = 32.0;
/// Where the cards begin.
const TOP: f32 = 168.0;

pub use self::{
    board::{board_png, board_svg},
    member::{member_png, member_svg},
};

/// The picture as PNG.
pub fn png(sheet: &Sheet<'_>) -> Result<Vec<u8>, String> {
    rendered(&svg(sheet))
}

fn rendered(svg: &str) -> Result<Vec<u8>, String> {
    let options = Options { font_family: "Inter".to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|why: usvg::Error| why.to_string())?;
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

/// The picture as SVG. It names the font *Inter*, which it doesn't carry.
pub fn svg(sheet: &Sheet<'_>) -> String {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    title(&mut canvas, sheet);
    let half = (WIDTH - 3.0 * GAP) / 2.0;
    let left = Frame { x: GAP, y: TOP, width: half, height: HEIGHT - TOP - GAP };
    bars::draw(&mut canvas, left, sheet);
    let right = Frame { x: 2.0 * GAP + half, height: (left.height - GAP) / 2.0, ..left };
    days::draw(&mut canvas, right, sheet);
    hours::draw(&mut canvas, Frame { y: right.y + right.height + GAP, ..right }, sheet);
    canvas.finish()
}

/// What and when on the left, the main numbers on the right.
fn title(canvas: &mut Canvas, sheet: &Sheet<'_>) {
    let (activity, lang) = (sheet.activity, sheet.lang);
    let scope = activity.scope;
    let of_whom = match (scope.teacher, scope.group) {
        (Some(teacher), _) => shown(&rows::teacher_name(sheet.state, teacher), teacher.as_str()),
        (None, Some(chat)) => shown(&rows::group_title(sheet.state, chat), &chat.to_string()),
        (None, None) => words::report(lang).to_owned(),
    };
    let mut numbers = vec![(activity.total(), words::total(lang), ACCENT)];
    if scope.teacher.is_none() {
        let wrote = rows::counted(rows::by_teacher(activity, sheet.state)).len() as u64;
        numbers.push((wrote, words::wrote(lang), INK));
        numbers.push((rows::silent(activity, sheet.state).len() as u64, words::wrote_nothing(lang), INK));
    }
    let mut right = WIDTH - GAP;
    for (n, label, color) in numbers.into_iter().rev() {
        canvas.label(right, 82.0, &text::number(n), Label { size: 56.0, color, is_bold: true, anchor: Anchor::End });
        canvas.label(right, 126.0, label, Label { size: 25.0, color: FAINT, is_bold: false, anchor: Anchor::End });
        right -= canvas::width(label, 25.0).max(canvas::width(&text::number(n), 56.0)) + 48.0;
    }
    let of_whom = canvas::fitting(&of_whom, 56.0, right - GAP);
    canvas.label(GAP, 82.0, &of_whom, Label { size: 56.0, color: INK, is_bold: true, anchor: Anchor::Start });
    let when = format!("{} · {}", text::period(scope.period, lang), sheet.zone.name());
    let when = canvas::fitting(&when, 27.0, right - GAP);
    canvas.label(GAP, 126.0, &when, Label { size: 27.0, color: FAINT, is_bold: false, anchor: Anchor::Start });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::lang::Lang,
        report::sample::{SEVEN_A, Sample, teacher},
    };

    #[test]
    fn every_sort_of_report_is_drawn() {
        let samples = [
            Sample::school(),
            Sample::empty(),
            Sample::crowd(60),
            Sample::school().within(|scope| scope.teacher = Some(teacher("T001"))),
            Sample::school().within(|scope| scope.group = Some(SEVEN_A)),
            Sample::school().within(|scope| scope.period.from = scope.period.to),
        ];
        for sample in &samples {
            for lang in Lang::ALL {
                let png = png(&sample.sheet(lang)).expect("draws");
                assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
                assert_eq!(png[16..24], [0, 0, 6, 64, 0, 0, 3, 232], "1600 × 1000");
            }
        }
    }

    #[test]
    fn a_picture_of_a_month_stays_as_it_is() {
        insta::assert_snapshot!(svg(&Sample::school().sheet(Lang::Uz)).replace("><", ">\n<"));
    }
}
