//! Charts as SVG. Letters are never in them but beside them, so that they stay readable at any width; every value also stands in
//! a table.

use std::{borrow::Borrow, fmt::Write as _};

/// A line by day with its values.
#[derive(Clone, Debug)]
pub(super) struct DayChart {
    pub(super) title: String,
    /// "30 Dec – 28 Jan 2026"
    pub(super) period: String,
    /// Names of days and what was counted.
    pub(super) days: Vec<(String, u64)>,
    /// Headings of the table of values.
    pub(super) heads: [&'static str; 2],
}

/// Weekday by hour.
#[derive(Clone, Debug)]
pub(super) struct HeatChart {
    pub(super) title: String,
    pub(super) weekday: &'static str,
    /// Names of weekdays and what was counted in each hour.
    pub(super) rows: Vec<(&'static str, [u64; 24])>,
}

const WIDTH: f32 = 1_000.0;
const HEIGHT: f32 = 240.0;

impl DayChart {
    /// Whether there is anything to draw.
    pub(super) fn is_empty(&self) -> bool {
        self.days.iter().all(|(_, n)| *n == 0)
    }

    /// The largest number of the axis.
    pub(super) fn top(&self) -> u64 {
        let most = self.days.iter().map(|(_, n)| *n).max().unwrap_or(0);
        round_up(most)
    }

    /// Three names below: the first day, one in the middle, the last.
    pub(super) fn ticks(&self) -> Vec<&str> {
        let last = self.days.len().saturating_sub(1);
        let mut picked = vec![0, last / 2, last];
        picked.dedup();
        picked.into_iter().filter_map(|index| self.days.get(index)).map(|(name, _)| name.as_str()).collect()
    }

    /// The drawing; stretched to any width.
    pub(super) fn svg(&self) -> String {
        let top = self.top().max(1) as f32;
        let height_of = |n: u64| HEIGHT - (HEIGHT - 8.0) * n as f32 / top;
        let mut svg = format!(
            "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\">"
        );
        for part in [0.0, 0.5, 1.0_f32] {
            let y = HEIGHT - (HEIGHT - 8.0) * part;
            write!(svg, "<path class=\"rule\" d=\"M0 {y:.1}H{WIDTH}\"/>").expect("writing to a string succeeds");
        }
        let step = WIDTH / self.days.len().max(1) as f32;
        // A few days are bars, many a line.
        if self.days.len() <= 14 {
            for (index, (_, n)) in self.days.iter().enumerate() {
                let (x, y) = (step * (index as f32 + 0.18), height_of(*n));
                let (width, height) = (step * 0.64, HEIGHT - y);
                write!(svg, "<rect class=\"column\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>")
                    .expect("writing to a string succeeds");
            }
        } else {
            let along = |index: usize| step * (index as f32 + 0.5);
            let mut line = String::new();
            for (index, (_, n)) in self.days.iter().enumerate() {
                let sign = if index == 0 { 'M' } else { 'L' };
                write!(line, "{sign}{:.1} {:.1}", along(index), height_of(*n)).expect("writing to a string succeeds");
            }
            let (first, last) = (along(0), along(self.days.len() - 1));
            write!(
                svg,
                "<path class=\"area\" d=\"{line}L{last:.1} {HEIGHT}L{first:.1} {HEIGHT}Z\"/><path class=\"line\" d=\"{line}\"/>"
            )
            .expect("writing to a string succeeds");
        }
        svg.push_str("</svg>");
        svg
    }
}

/// A line without axes, as small as a word: its values stand beside it. Nothing for less than two of them.
pub(super) fn spark(values: &[u64]) -> String {
    const HIGH: f32 = 20.0;
    let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else { return String::new() };
    if values.len() < 2 {
        return String::new();
    }
    let (width, span) = ((values.len() - 1) as f32, (most - least).max(1) as f32);
    let mut line = String::new();
    for (index, value) in values.iter().enumerate() {
        let sign = if index == 0 { 'M' } else { 'L' };
        // Nothing changed: a line in the middle.
        let part = if most == least { 0.5 } else { (value - least) as f32 / span };
        let y = HIGH - 2.0 - (HIGH - 4.0) * part;
        write!(line, "{sign}{index} {y:.1}").expect("writing to a string succeeds");
    }
    format!(
        "<svg class=\"spark\" viewBox=\"0 0 {width} {HIGH}\" preserveAspectRatio=\"none\" aria-hidden=\"true\" focusable=\"false\"><path d=\"{line}\"/></svg>"
    )
}

impl HeatChart {
    /// How dark a cell is, from 0 to 9. The eye judges areas of colour by about the root.
    pub(super) fn level(&self, n: impl Borrow<u64>) -> u8 {
        let n = *n.borrow();
        let most = self.rows.iter().flat_map(|(_, hours)| hours).copied().max().unwrap_or(0);
        if n == 0 || most == 0 { 0 } else { (1.0 + 8.0 * (n as f64 / most as f64).sqrt()).round() as u8 }
    }

    /// Whether there is anything to draw.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.iter().all(|(_, hours)| hours.iter().all(|n| *n == 0))
    }
}

/// The next of 1, 2, 5, 10, 20, 50 …, which halves well where it is even.
fn round_up(most: u64) -> u64 {
    let mut zeros = 1_u64;
    loop {
        for step in [1, 2, 4, 6, 8] {
            if most <= zeros.saturating_mul(step) {
                return zeros.saturating_mul(step);
            }
        }
        match zeros.checked_mul(10) {
            Some(more) => zeros = more,
            None => return u64::MAX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0, 1, 3, 7, 9, 99, 1_234, 65_000].map(round_up), [1, 1, 4, 8, 10, 100, 2_000, 80_000]);
        assert_eq!(round_up(u64::MAX), u64::MAX);
    }

    #[test]
    fn small_lines_stay_within_their_frame() {
        assert!(spark(&[]).is_empty() && spark(&[7]).is_empty());
        let numbers = |svg: &str| {
            let path = svg.split("d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a path").to_owned();
            let points = path
                .split(['M', 'L'])
                .filter(|point| !point.is_empty())
                .map(|point| point.split(' ').nth(1).and_then(|y| y.parse::<f32>().ok()).expect("a number"));
            points.collect::<Vec<_>>()
        };
        assert_eq!(numbers(&spark(&[5, 5, 5])), [10.0, 10.0, 10.0]);
        assert_eq!(numbers(&spark(&[u64::MAX, 0])), [2.0, 18.0]);
    }

    #[test]
    fn what_is_drawn_stays_within_its_frame() {
        for days in [0, 1, 2, 14, 15, 366] {
            let days = (0..days).map(|n| (format!("day {n}"), n * 7 % 13)).collect::<Vec<_>>();
            let chart = DayChart { title: String::new(), period: String::new(), days, heads: ["", ""] };
            let svg = chart.svg();
            assert!(!svg.contains("NaN") && !svg.contains("inf") && !svg.contains("=\"-"), "{svg}");
            assert!(chart.ticks().len() <= 3);
        }
    }
}
