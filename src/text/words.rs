//! Compliments and quotes of our own, for boards. An admin's files replace them (see `store::words`).

use crate::{domain::lang::Lang, say};

/// A list of words for boards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordList {
    /// One for each place of a board.
    Compliments,
    /// One for each day.
    Quotes,
}

impl WordList {
    /// Both.
    pub const ALL: [WordList; 2] = [WordList::Compliments, WordList::Quotes];

    /// Its file's name: `quotes.en.txt`.
    pub fn file(self, lang: Lang) -> String {
        let name = match self {
            WordList::Compliments => "compliments",
            WordList::Quotes => "quotes",
        };
        format!("{name}.{}.txt", lang.code())
    }

    /// Our own, one a line.
    pub fn built_in(self, lang: Lang) -> &'static str {
        match self {
            WordList::Compliments => say!(lang;
                include_str!("words/compliments.en.txt"),
                include_str!("words/compliments.uz.txt"),
                include_str!("words/compliments.ru.txt")),
            WordList::Quotes => say!(lang;
                include_str!("words/quotes.en.txt"),
                include_str!("words/quotes.uz.txt"),
                include_str!("words/quotes.ru.txt")),
        }
    }

    /// The file that an admin finds: how to change it, and our own words.
    pub fn file_content(self, lang: Lang) -> String {
        let how = match self {
            WordList::Compliments => say!(lang;
                "# One compliment a line. Change them as you like; they hold from the next board on.",
                "# Har qatorda bitta maqtov. Xohlagancha oʻzgartiring; keyingi reytingdan boshlab amal qiladi.",
                "# По одной похвале на строку. Меняйте как хотите; действует со следующего рейтинга."),
            WordList::Quotes => say!(lang;
                "# One word of the day a line, in turn from the community's first day on. Change them as you like.",
                "# Har qatorda bitta kun soʻzi, jamoaning birinchi kunidan navbat bilan. Xohlagancha oʻzgartiring.",
                "# По одному слову дня на строку, по очереди с первого дня сообщества. Меняйте как хотите."),
        };
        format!("{how}\n{}", self.built_in(lang))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_enough_words_and_none_twice() {
        for (list, lang) in WordList::ALL.into_iter().flat_map(|list| Lang::ALL.map(|lang| (list, lang))) {
            let lines: Vec<_> = list.built_in(lang).lines().collect();
            assert!(lines.len() >= 60, "{list:?} {lang:?}: {}", lines.len());
            assert_eq!(lines.iter().collect::<BTreeSet<_>>().len(), lines.len(), "{list:?} {lang:?} repeats one");
            let longest = if list == WordList::Compliments { 32 } else { 120 };
            for line in lines {
                let length = line.chars().count();
                assert!(length <= longest && line == line.trim() && !line.starts_with('#') && length > 3, "{line}");
            }
        }
    }

    #[test]
    fn compliments_end_in_a_picture() {
        for lang in Lang::ALL {
            for line in WordList::Compliments.built_in(lang).lines() {
                let last = line.rsplit(' ').next().unwrap_or_default();
                assert!(!last.chars().any(char::is_alphanumeric), "{line}");
            }
        }
    }
}
