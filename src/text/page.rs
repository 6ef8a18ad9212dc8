//! A text of a bounded length.

use super::{html::Html, number};
use crate::{domain::lang::Lang, say};

/// Lines up to a length; what doesn't fit is summed up in one line.
pub(super) struct Page {
    html: Html,
    units: usize,
    max: usize,
    lang: Lang,
}

impl Page {
    pub(super) fn new(max: usize, lang: Lang) -> Self {
        Self { html: Html::new(), units: 0, max, lang }
    }

    pub(super) fn line(&mut self, line: &Html) {
        self.units += units(line);
        self.html.push_line(line);
    }

    pub(super) fn gap(&mut self) {
        self.line(&Html::new());
    }

    /// A heading at a distance.
    pub(super) fn section(&mut self, title: &str) {
        self.gap();
        self.line(&Html::bold(title));
    }

    /// The lines that fit, then how many more there are; `unlisted` further ones were not even tried.
    pub(super) fn list(&mut self, lines: Vec<Html>, unlisted: usize) {
        // Room for what is left unsaid, and for the footer.
        let room = 250;
        let mut left = lines.len() + unlisted;
        for line in lines {
            if self.units + units(&line) + room > self.max {
                break;
            }
            left -= 1;
            self.line(&line);
        }
        if left > 0 {
            let n = number(left as u64);
            self.line(&Html::italic(say!(self.lang;
                format!("… and {n} more: the Excel file has all of them."),
                format!("… va yana {n} ta: Excel faylida hammasi bor."),
                format!("… и ещё {n}: все есть в файле Excel."))));
        }
    }

    /// With a last line at a distance.
    pub(super) fn finish(mut self, footer: &Html) -> Html {
        self.gap();
        self.line(footer);
        self.html
    }
}

fn units(line: &Html) -> usize {
    line.as_str().encode_utf16().count() + 1
}
