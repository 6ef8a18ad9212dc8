//! A board as a picture: three cards side by side, a bar for each place.

use super::canvas::{self, ACCENT, Anchor, Canvas, EMPTY, FAINT, Frame, INK, Label, shown};
use crate::{
    domain::lang::Lang,
    study::board::{Block, Board, PLACES, Row},
    text::board as words,
};

const WIDTH: f32 = 1600.0;
const HEIGHT: f32 = 1000.0;
const GAP: f32 = 32.0;
const TOP: f32 = 128.0;
/// Gold, silver, bronze.
const MEDALS: [&str; 3] = ["#f5b301", "#a3aab5", "#c4763a"];

/// The picture as PNG, 1600 × 1000.
pub fn board_png(board: &Board, lang: Lang) -> Result<Vec<u8>, String> {
    super::rendered(&board_svg(board, lang))
}

/// The picture as SVG. It names the font *Inter*, which it doesn't carry.
pub fn board_svg(board: &Board, lang: Lang) -> String {
    let mut canvas = Canvas::new(WIDTH, HEIGHT);
    let look = Label { size: 56.0, color: INK, is_bold: true, anchor: Anchor::Start };
    canvas.label(GAP, 84.0, drawable(&words::heading(board, lang)).trim(), look);
    let width = (WIDTH - 4.0 * GAP) / 3.0;
    for (index, block) in board.blocks.iter().enumerate() {
        let x = GAP + (width + GAP) * index as f32;
        card(&mut canvas, Frame { x, y: TOP, width, height: HEIGHT - TOP - GAP }, block, lang);
    }
    canvas.finish()
}

fn card(canvas: &mut Canvas, frame: Frame, block: &Block, lang: Lang) {
    canvas.card(frame, drawable(words::title(block.span, lang)).trim());
    let when = Label { size: 22.0, color: FAINT, is_bold: false, anchor: Anchor::Start };
    let header = canvas::fitting(&words::header(block.span, lang), 22.0, frame.width - 60.0);
    canvas.label(frame.x + 30.0, frame.y + 88.0, &header, when);
    let inside = frame.inside([30.0, 116.0, 30.0, 18.0]);
    if block.rows.is_empty() {
        let look = Label { size: 26.0, color: FAINT, is_bold: false, anchor: Anchor::Middle };
        canvas.label(frame.x + frame.width / 2.0, frame.y + frame.height / 2.0, drawable(words::nobody(lang)).trim(), look);
    }
    let most = block.rows.iter().map(|row| row.seconds).max().unwrap_or(0).max(1);
    let step = inside.height / PLACES as f32;
    for (index, row) in block.rows.iter().enumerate() {
        place(canvas, Frame { y: inside.y + step * index as f32, height: step, ..inside }, row, most, lang);
    }
}

/// Place, name and time above a bar.
fn place(canvas: &mut Canvas, frame: Frame, row: &Row, most: u64, lang: Lang) {
    let base = frame.y + frame.height * 0.46;
    let medal = row.rank.checked_sub(1).and_then(|index| MEDALS.get(index)).copied();
    let disc = Frame { x: frame.x, y: base - 25.0, width: 34.0, height: 34.0 };
    canvas.rect(disc, 17.0, medal.unwrap_or(EMPTY), 1.0);
    let color = if medal.is_some() { "#ffffff" } else { INK };
    let rank = Label { size: 20.0, color, is_bold: true, anchor: Anchor::Middle };
    canvas.label(disc.x + 17.0, base - 1.0, &row.rank.to_string(), rank);
    let long = words::minutes(row.seconds / 60, lang);
    canvas.label(frame.right(), base, &long, Label { size: 26.0, color: INK, is_bold: true, anchor: Anchor::End });
    let room = frame.width - 48.0 - canvas::width(&long, 26.0) - 16.0;
    let name = shown(&words::display(&row.display, lang), "—");
    let look = Label { size: 26.0, color: INK, is_bold: false, anchor: Anchor::Start };
    canvas.label(frame.x + 48.0, base, &canvas::fitting(&name, 26.0, room), look);
    let bar = Frame { x: frame.x, y: base + 18.0, width: frame.width, height: 10.0 };
    canvas.rect(bar, 5.0, EMPTY, 1.0);
    let long = (bar.width * row.seconds as f32 / most as f32).max(10.0);
    canvas.rect(Frame { width: long, ..bar }, 5.0, medal.unwrap_or(ACCENT), 1.0);
}

/// Words without the pictures in them.
fn drawable(words: &str) -> String {
    words.chars().filter(|c| canvas::can_draw(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::presence::Who,
        study::{
            board::{Display, board},
            sample::{ANN, BOB, CHAT, EVE, day, seconds, study},
        },
    };

    #[test]
    fn every_board_is_drawn() {
        let days: [&[(Who, u32)]; 3] = [&[], &[(ANN, 12_600), (BOB, 4_500), (EVE, 59)], &[(ANN, 1)]];
        for people in days {
            let mut board = board(&study(), CHAT, day("2026-01-09"), &seconds(&[("2026-01-09", people)])).expect("a board");
            if let Some(row) = board.blocks[0].rows.first_mut() {
                row.display = Display::Name("漢字 😀".repeat(40));
            }
            for lang in Lang::ALL {
                let png = board_png(&board, lang).expect("draws");
                assert_eq!(png[16..24], [0, 0, 6, 64, 0, 0, 3, 232], "1600 × 1000");
            }
        }
    }

    #[test]
    fn a_picture_of_a_board_stays_as_it_is() {
        let people: Vec<_> = (1..=11).map(|n| (Who(n), 12_600 / n as u32)).collect();
        let board = board(&study(), CHAT, day("2026-01-09"), &seconds(&[("2026-01-09", &people)])).expect("a board");
        insta::assert_snapshot!(board_svg(&board, Lang::Ru).replace("><", ">\n<"));
    }
}
