//! A line by day; for a single day bars by hour.

use super::canvas::{self, ACCENT, Anchor, Canvas, Frame, INK, Label};
use crate::{
    report::files::Sheet,
    text::{self, workbook as words},
};

pub(super) fn draw(canvas: &mut Canvas, frame: Frame, sheet: &Sheet<'_>) {
    if sheet.activity.scope.period.len_days() == 1 {
        by_hour(canvas, frame, sheet);
    } else {
        by_day(canvas, frame, sheet);
    }
}

fn by_day(canvas: &mut Canvas, frame: Frame, sheet: &Sheet<'_>) {
    canvas.card(frame, words::chart_by_day(sheet.lang));
    let days: Vec<_> = sheet.activity.days().collect();
    let plot = axes(canvas, frame, days.iter().map(|(_, n)| *n).max().unwrap_or(0));
    let along = |index: usize| plot.inside.x + plot.inside.width * index as f32 / (days.len() - 1) as f32;
    let points: Vec<_> = days.iter().enumerate().map(|(index, (_, n))| (along(index), plot.height_of(*n))).collect();
    canvas.curve(&points, plot.inside.bottom());
    if days.len() <= 31 {
        points.iter().for_each(|point| canvas.dot(*point, 5.5));
    }
    // The first of equally good days is named.
    if let Some((best, (day, n))) = days.iter().enumerate().rev().max_by_key(|(_, (_, n))| *n).filter(|(_, (_, n))| *n > 0) {
        let words = format!("{} · {}", text::number(*n), text::short_date(*day, sheet.lang));
        let half = canvas::width(&words, 23.0) / 2.0;
        let x = points[best].0.clamp(plot.inside.x + half, frame.right() - 30.0 - half);
        let look = Label { size: 23.0, color: INK, is_bold: true, anchor: Anchor::Middle };
        canvas.dot(points[best], 9.0);
        canvas.label(x, points[best].1 - 18.0, &words, look);
    }
    let every = days.len().div_ceil(6).max(1);
    for (index, (day, _)) in days.iter().enumerate().filter(|(index, _)| index % every == 0) {
        let words = text::short_date(*day, sheet.lang);
        let half = canvas::width(&words, 22.0) / 2.0;
        let x = along(index).min(frame.right() - 16.0 - half);
        canvas.label(x, plot.inside.bottom() + 36.0, &words, Label::axis(Anchor::Middle));
    }
}

fn by_hour(canvas: &mut Canvas, frame: Frame, sheet: &Sheet<'_>) {
    canvas.card(frame, words::chart_by_hour_of_day(sheet.lang));
    let hours: Vec<u64> = (0..24).map(|hour| sheet.activity.by_hour.iter().map(|of_day| of_day[hour]).sum()).collect();
    let plot = axes(canvas, frame, hours.iter().copied().max().unwrap_or(0));
    let step = plot.inside.width / 24.0;
    for (hour, n) in hours.iter().enumerate() {
        let x = plot.inside.x + step * hour as f32;
        if *n > 0 {
            let top = plot.height_of(*n);
            let bar = Frame { x: x + 3.0, y: top, width: step - 6.0, height: (plot.inside.bottom() - top).max(3.0) };
            canvas.rect(bar, 5.0, ACCENT, 1.0);
        }
        if hour % 3 == 0 {
            canvas.label(x + step / 2.0, plot.inside.bottom() + 36.0, &format!("{hour:02}"), Label::axis(Anchor::Middle));
        }
    }
}

/// Where data is drawn, and up to which number.
struct Plot {
    inside: Frame,
    top: u64,
}

impl Plot {
    fn height_of(&self, n: u64) -> f32 {
        self.inside.bottom() - self.inside.height * n as f32 / self.top as f32
    }
}

/// Lines across at round numbers, from 0 to above `most`.
fn axes(canvas: &mut Canvas, frame: Frame, most: u64) -> Plot {
    let step = round_step(most);
    let top = most.div_ceil(step).max(1) * step;
    let left = 46.0 + canvas::width(&text::number(top), 22.0);
    // Above the highest point there has to be room for its name.
    let plot = Plot { inside: frame.inside([left, 112.0, 36.0, 62.0]), top };
    for n in (0..=top).step_by(step as usize) {
        let y = plot.height_of(n);
        canvas.rule(plot.inside.x, plot.inside.right(), y);
        canvas.label(plot.inside.x - 14.0, y + 8.0, &text::number(n), Label::axis(Anchor::End));
    }
    plot
}

/// 1, 2 or 5 with zeros, so that at most five steps reach `most`.
fn round_step(most: u64) -> u64 {
    let mut zeros = 1_u64;
    loop {
        for step in [1, 2, 5] {
            if most.div_ceil(zeros * step) <= 5 {
                return zeros * step;
            }
        }
        zeros = zeros.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0, 1, 5, 6, 17, 25, 99, 1_234].map(round_step), [1, 1, 1, 2, 5, 5, 20, 500]);
        assert!(round_step(u64::MAX / 100) > 0);
    }
}
