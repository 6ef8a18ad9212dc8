//! When people write: weekday by hour, the darker the more.

use super::canvas::{ACCENT, Anchor, Canvas, EMPTY, FAINT, Frame, Label};
use crate::{
    report::files::Sheet,
    text::{self, workbook as words},
};

pub(super) fn draw(canvas: &mut Canvas, frame: Frame, sheet: &Sheet<'_>) {
    canvas.card(frame, words::chart_by_hour(sheet.lang));
    let hours = &sheet.activity.by_hour;
    let most = hours.iter().flatten().copied().max().unwrap_or(0);
    let inside = frame.inside([88.0, 80.0, 36.0, 58.0]);
    let (across, down) = (inside.width / 24.0, inside.height / 7.0);
    for (weekday, of_day) in hours.iter().enumerate() {
        let y = inside.y + down * weekday as f32;
        canvas.label(inside.x - 14.0, y + down / 2.0 + 8.0, text::weekday(weekday, sheet.lang), Label::axis(Anchor::End));
        for (hour, n) in of_day.iter().enumerate() {
            let x = inside.x + across * hour as f32;
            let cell = Frame { x: x + 1.5, y: y + 1.5, width: across - 3.0, height: down - 3.0 };
            if *n == 0 {
                canvas.rect(cell, 5.0, EMPTY, 1.0);
            } else {
                // The eye judges areas of colour by about the root.
                canvas.rect(cell, 5.0, ACCENT, 0.15 + 0.85 * (*n as f32 / most as f32).sqrt());
            }
        }
    }
    for hour in (0..24).step_by(3) {
        let x = inside.x + across * (hour as f32 + 0.5);
        canvas.label(x, inside.bottom() + 36.0, &format!("{hour:02}"), Label::axis(Anchor::Middle));
    }
    if most == 0 && sheet.activity.total() > 0 {
        let look = Label { size: 26.0, color: FAINT, is_bold: false, anchor: Anchor::Middle };
        canvas.label(inside.x + inside.width / 2.0, inside.y + inside.height / 2.0 + 9.0, words::no_hours(sheet.lang), look);
    }
}
