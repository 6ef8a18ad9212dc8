//! How the sheets look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The one colour beside greys; the pictures have it too.
pub(super) const ACCENT: Color = Color::RGB(0x2563EB);
/// The accent as a tint, behind bars in cells.
pub(super) const TINT: Color = Color::RGB(0xBFD3FB);
/// Grid lines of charts.
pub(super) const GRID: Color = Color::RGB(0xE5E7EB);
/// Text that steps back.
pub(super) const MUTED: Color = Color::RGB(0x6B7280);

const COUNT: &str = "#,##0";

/// The formats that cells have.
pub(super) struct Style {
    /// The first row of a table.
    pub(super) header: Format,
    /// The same above numbers.
    pub(super) header_right: Format,
    /// The sheet's title.
    pub(super) title: Format,
    /// The label of a single number.
    pub(super) label: Format,
    /// A remark.
    pub(super) note: Format,
    /// A number of messages.
    pub(super) count: Format,
    /// A number of messages that stands out.
    pub(super) total: Format,
    /// A part of the whole.
    pub(super) share: Format,
    /// A day.
    pub(super) date: Format,
    /// Text that stays text whatever it looks like.
    pub(super) text: Format,
    /// Text beside a label.
    pub(super) value: Format,
}

impl Style {
    pub(super) fn new() -> Self {
        let header = Format::new()
            .set_bold()
            .set_font_color(Color::White)
            .set_background_color(ACCENT)
            .set_border_bottom(FormatBorder::Thin)
            .set_border_color(ACCENT)
            .set_align(FormatAlign::VerticalCenter);
        Self {
            header_right: header.clone().set_align(FormatAlign::Right),
            header,
            title: Format::new().set_bold().set_font_size(16),
            label: Format::new().set_font_color(MUTED),
            note: Format::new().set_italic().set_font_color(MUTED),
            count: Format::new().set_num_format(COUNT),
            total: Format::new().set_num_format(COUNT).set_bold(),
            share: Format::new().set_num_format("0.0%").set_font_color(MUTED),
            date: Format::new().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left),
            text: Format::new().set_num_format("@"),
            value: Format::new().set_align(FormatAlign::Right),
        }
    }
}
