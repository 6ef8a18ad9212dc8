//! Drawing by hand: rectangles, lines and words as SVG.

use std::fmt::Write as _;

/// Words.
pub(super) const INK: &str = "#111827";
/// Words that step back.
pub(super) const FAINT: &str = "#6b7280";
/// The one colour; the workbook has it too.
pub(super) const ACCENT: &str = "#2563eb";
/// Lines behind the data.
pub(super) const GRID: &str = "#e5e7eb";
/// Where nothing was.
pub(super) const EMPTY: &str = "#eef1f5";
const GROUND: &str = "#f3f5f9";

/// A part of the picture, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

impl Frame {
    pub(super) fn right(self) -> f32 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> f32 {
        self.y + self.height
    }

    /// What is left inside margins: left, top, right, bottom.
    pub(super) fn inside(self, [left, top, right, bottom]: [f32; 4]) -> Self {
        let (width, height) = (self.width - left - right, self.height - top - bottom);
        Self { x: self.x + left, y: self.y + top, width, height }
    }
}

/// Which part of the words is at the point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How words look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    /// In pixels.
    pub(super) size: f32,
    pub(super) color: &'static str,
    pub(super) is_bold: bool,
    pub(super) anchor: Anchor,
}

impl Label {
    /// Of an axis.
    pub(super) fn axis(anchor: Anchor) -> Self {
        Self { size: 22.0, color: FAINT, is_bold: false, anchor }
    }
}

/// A picture that is being drawn.
pub(super) struct Canvas(String);

impl Canvas {
    pub(super) fn new(width: f32, height: f32) -> Self {
        let mut canvas = Self(String::with_capacity(1 << 16));
        canvas.push(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="Inter">"#
        ));
        canvas.rect(Frame { x: 0.0, y: 0.0, width, height }, 0.0, GROUND, 1.0);
        canvas
    }

    /// A white card with a heading.
    pub(super) fn card(&mut self, frame: Frame, heading: &str) {
        self.rect(frame, 20.0, "#ffffff", 1.0);
        let heading = fitting(heading, 29.0, frame.width - 60.0);
        let look = Label { size: 29.0, color: INK, is_bold: true, anchor: Anchor::Start };
        self.label(frame.x + 30.0, frame.y + 52.0, &heading, look);
    }

    pub(super) fn rect(&mut self, frame: Frame, radius: f32, fill: &str, opacity: f32) {
        let Frame { x, y, width, height } = frame;
        let radius = radius.min(width / 2.0);
        self.push(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" rx="{radius:.1}" fill="{fill}" opacity="{opacity:.2}"/>"#
        ));
    }

    /// A line across, at this height.
    pub(super) fn rule(&mut self, from: f32, to: f32, y: f32) {
        self.push(format_args!(r#"<path d="M{from:.1} {y:.1}H{to:.1}" stroke="{GRID}" stroke-width="2"/>"#));
    }

    /// A line through points, filled down to `bottom`.
    pub(super) fn curve(&mut self, points: &[(f32, f32)], bottom: f32) {
        let (Some((first, _)), Some((last, _))) = (points.first(), points.last()) else { return };
        let through: String = points.iter().map(|(x, y)| format!("{x:.1},{y:.1} ")).collect();
        let area = format!("{first:.1},{bottom:.1} {through}{last:.1},{bottom:.1}");
        self.push(format_args!(r#"<polygon points="{area}" fill="{ACCENT}" opacity="0.10"/>"#));
        self.push(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{ACCENT}" stroke-width="4.5" stroke-linejoin="round" stroke-linecap="round"/>"#,
            through.trim_end()
        ));
    }

    pub(super) fn dot(&mut self, (x, y): (f32, f32), radius: f32) {
        self.push(format_args!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="{radius}" fill="{ACCENT}"/>"#));
    }

    /// Words with their base line at `y`. Characters that the font lacks are left out.
    pub(super) fn label(&mut self, x: f32, y: f32, words: &str, look: Label) {
        let anchor = match look.anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if look.is_bold { 600 } else { 400 };
        let (size, color) = (look.size, look.color);
        self.push(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" font-size="{size}" font-weight="{weight}" fill="{color}" text-anchor="{anchor}">"#
        ));
        for c in words.chars().filter(|c| can_draw(*c)) {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                c => self.0.push(c),
            }
        }
        self.0.push_str("</text>");
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</svg>");
        self.0
    }

    fn push(&mut self, markup: std::fmt::Arguments<'_>) {
        self.0.write_fmt(markup).expect("writing to a string succeeds");
    }
}

/// A name as far as the font has its letters; `otherwise` where hardly any is left.
pub(super) fn shown(name: &str, otherwise: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    let (drawn, lost): (Vec<char>, Vec<char>) = letters.partition(|c| can_draw(*c));
    if drawn.is_empty() || lost.len() > drawn.len() {
        return otherwise.to_owned();
    }
    let clean: String = name.chars().filter(|c| can_draw(*c)).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// As much of the words as fits into `room` pixels.
pub(super) fn fitting(words: &str, size: f32, room: f32) -> String {
    if width(words, size) <= room {
        return words.to_owned();
    }
    let mut short = String::new();
    for c in words.chars() {
        short.push(c);
        if width(&short, size) + width("…", size) > room {
            short.pop();
            break;
        }
    }
    format!("{}…", short.trim_end())
}

/// How wide words are at most, in pixels: semi-bold is a little wider than regular, of which the tables are.
pub(super) fn width(words: &str, size: f32) -> f32 {
    let hundredths = |c: char| match c {
        ' '..='~' => LATIN[c as usize - 0x20],
        '\u{400}'..='\u{45f}' => CYRILLIC[c as usize - 0x400],
        'ʻ' | 'ʼ' | '‘' | '’' | '·' | '\u{a0}' | '\u{202f}' => 29,
        '…' => 81,
        c if c.is_uppercase() => 75,
        _ => 62,
    };
    words.chars().filter(|c| can_draw(*c)).map(|c| f32::from(hundredths(c))).sum::<f32>() * 1.03 * size / 100.0
}

/// Advances from U+0020 to U+007E in the regular font, in hundredths of its size.
const LATIN: [u8; 95] = [
    29, 28, 41, 64, 64, 82, 64, 23, 37, 37, 50, 66, 28, 47, 28, 36, 63, 47, 61, 64, 65, 61, 63, 58, 62, 63, 28, 28, 66, 66, 66,
    51, 94, 68, 66, 73, 72, 60, 59, 75, 75, 27, 55, 66, 57, 89, 76, 77, 64, 77, 64, 64, 65, 75, 68, 95, 65, 67, 63, 37, 36, 37,
    47, 46, 50, 57, 63, 56, 63, 59, 37, 61, 60, 24, 24, 55, 24, 87, 59, 60, 61, 61, 38, 53, 37, 59, 56, 82, 54, 56, 55, 37, 33,
    37, 66,
];
/// The same from U+0400 to U+045F.
const CYRILLIC: [u8; 96] = [
    60, 60, 81, 58, 67, 64, 27, 27, 55, 109, 113, 91, 66, 76, 63, 72, 68, 66, 66, 58, 76, 60, 95, 64, 76, 76, 65, 72, 89, 75, 77,
    73, 64, 73, 65, 63, 80, 65, 76, 72, 96, 99, 82, 85, 66, 68, 102, 68, 57, 59, 57, 46, 63, 59, 83, 50, 60, 60, 54, 59, 75, 59,
    60, 59, 61, 56, 54, 56, 69, 54, 64, 58, 82, 87, 66, 75, 56, 55, 82, 57, 59, 59, 60, 46, 54, 53, 24, 24, 24, 93, 90, 60, 54,
    60, 56, 59,
];

/// What the bundled fonts have: Latin, Greek, Cyrillic and punctuation. Other characters would be drawn as boxes.
pub(super) fn can_draw(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a0}'..='\u{148}' | '\u{14a}'..='\u{1c3}' | '\u{1c5}'..='\u{24f}' | '\u{2b9}'..='\u{2bc}'
        | '\u{300}'..='\u{30c}' | '\u{384}'..='\u{38a}' | '\u{38e}'..='\u{3a1}' | '\u{3a3}'..='\u{3e1}'
        | '\u{400}'..='\u{49d}' | '\u{4a0}'..='\u{4ff}' | '\u{1e00}'..='\u{1eff}' | '\u{2010}'..='\u{2027}' | '\u{202f}'..='\u{205e}'
        | '\u{20a0}'..='\u{20bf}' | '№' | '™' | '\u{2190}'..='\u{2199}' | '−' | '▲' | '▼' | '●')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_the_font_lacks_leave_no_boxes() {
        assert_eq!(shown("Ann 😀 Ли (漢)", "T001"), "Ann Ли ()");
        assert_eq!(shown("漢字 A", "T001"), "T001");
        assert_eq!(shown("😀", "T001"), "T001");
        assert_eq!(shown("Gʻulomjon Oʻktamov", "T001"), "Gʻulomjon Oʻktamov");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(fitting("Ann", 20.0, 100.0), "Ann");
        let short = fitting(&"Шамшиддинова ".repeat(5), 20.0, 200.0);
        assert!(short.ends_with('…') && width(&short, 20.0) <= 200.0, "{short}");
    }
}
