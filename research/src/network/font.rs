//! The font of pictures: the same as in the program's other pictures, so that they look the same on every machine.

use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb;
use skrifa::{
    FontRef, MetadataProvider,
    instance::{LocationRef, Size},
};

const REGULAR: &[u8] = include_bytes!("../../../src/report/font/Inter-Regular.otf");
const BOLD: &[u8] = include_bytes!("../../../src/report/font/Inter-SemiBold.otf");

/// Its name in SVG.
pub(super) const FAMILY: &str = "Inter";

/// For drawing; read once.
pub(super) fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        [REGULAR, BOLD].into_iter().for_each(|font| fonts.load_font_data(font.to_vec()));
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

/// How wide words are, in pixels.
pub(super) fn width(text: &str, size: f64, is_bold: bool) -> f64 {
    let font = FontRef::new(if is_bold { BOLD } else { REGULAR }).expect("our own font is sound");
    let (letters, widths) = (font.charmap(), font.glyph_metrics(Size::new(size as f32), LocationRef::default()));
    let one = |c: char| letters.map(c).and_then(|glyph| widths.advance_width(glyph)).map_or(size * 0.6, f64::from);
    text.chars().map(one).sum()
}

/// As much of the words as fits, with an ellipsis where some don't.
pub(super) fn fitted(text: &str, size: f64, is_bold: bool, room: f64) -> String {
    if width(text, size, is_bold) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept, size, is_bold) + width("…", size, is_bold) > room {
            kept.pop();
            break;
        }
    }
    kept.trim_end().to_owned() + "…"
}
