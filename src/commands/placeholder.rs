//! Words in braces within an admin's text, which stand for what is so when somebody asks.

use chrono::{DateTime, Datelike, Timelike, Utc};
use chrono_tz::Tz;

use crate::{
    domain::lang::Lang,
    text::{html::Html, name, number, short_date, weekday},
};

/// A word in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `{name}`: who asks.
    Name,
    /// `{group}`: the group's title.
    Group,
    /// `{members}`: how many are in the group.
    Members,
    /// `{date}`: today.
    Date,
    /// `{time}`: the time of day.
    Time,
    /// `{weekday}`: the day of the week.
    Weekday,
    /// `{bot}`: the bot's username.
    Bot,
}

impl Placeholder {
    /// All of them, in the order of the explanation.
    pub const ALL: [Placeholder; 7] = [Self::Name, Self::Group, Self::Members, Self::Date, Self::Time, Self::Weekday, Self::Bot];

    /// The word within the braces.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Group => "group",
            Self::Members => "members",
            Self::Date => "date",
            Self::Time => "time",
            Self::Weekday => "weekday",
            Self::Bot => "bot",
        }
    }
}

/// What placeholders stand for at this moment.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    /// Who asks; empty where Telegram doesn't say.
    pub name: &'a str,
    /// The group, if it is one.
    pub group: Option<&'a str>,
    /// How many are in it, as Telegram last said.
    pub members: Option<u32>,
    /// The bot that answers, with its `@`.
    pub bot: &'a str,
    /// When.
    pub now: DateTime<Utc>,
    /// By whose clocks.
    pub zone: Tz,
    /// In which language.
    pub lang: Lang,
}

/// Pieces of an admin's text.
enum Piece<'a> {
    Text(&'a str),
    /// A word in braces, with them.
    Braced(&'a str, &'a str),
}

/// Only small letters and `_` between braces make a placeholder: other braces are an admin's own.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find('{') {
        let word = &rest[open + 1..];
        let length = word.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(word.len());
        if length > 0 && word[length..].starts_with('}') {
            found.push(Piece::Text(&rest[..open]));
            found.push(Piece::Braced(&word[..length], &rest[open..=open + length + 1]));
            rest = &word[length + 1..];
        } else {
            found.push(Piece::Text(&rest[..=open]));
            rest = word;
        }
    }
    found.push(Piece::Text(rest));
    found
}

fn known(word: &str) -> Option<Placeholder> {
    Placeholder::ALL.into_iter().find(|placeholder| placeholder.word() == word)
}

/// The first word in braces that stands for nothing.
pub fn unknown(text: &str) -> Option<&str> {
    pieces(text).into_iter().find_map(|piece| match piece {
        Piece::Braced(word, _) if known(word).is_none() => Some(word),
        Piece::Braced(..) | Piece::Text(_) => None,
    })
}

/// The text with what its placeholders stand for. All of it is foreign, and escaped.
pub fn fill(text: &str, values: &Values<'_>) -> Html {
    let mut html = Html::new();
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => html.push_text(text),
            Piece::Braced(word, as_written) => match known(word) {
                Some(placeholder) => html.push_text(values.of(placeholder)),
                None => html.push_text(as_written),
            },
        }
    }
    html
}

impl Values<'_> {
    fn of(&self, placeholder: Placeholder) -> String {
        let local = self.now.with_timezone(&self.zone);
        let nothing = || "—".to_owned();
        let called = |name: &str| if name.trim().is_empty() { nothing() } else { name::in_text(name) };
        match placeholder {
            Placeholder::Name => called(self.name),
            Placeholder::Group => self.group.map_or_else(nothing, called),
            Placeholder::Members => self.members.map_or_else(nothing, |members| number(u64::from(members))),
            Placeholder::Date => format!("{} {}", short_date(local.date_naive(), self.lang), local.year()),
            Placeholder::Time => format!("{:02}:{:02}", local.hour(), local.minute()),
            Placeholder::Weekday => weekday(local.weekday().num_days_from_monday() as usize, self.lang).to_owned(),
            Placeholder::Bot => self.bot.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values<'a>(name: &'a str, group: Option<&'a str>) -> Values<'a> {
        Values {
            name,
            group,
            members: group.map(|_| 1_234),
            bot: "@rollcall_bot",
            now: "2026-01-26T05:05:00Z".parse().expect("a time"),
            zone: chrono_tz::Asia::Tashkent,
            lang: Lang::En,
        }
    }

    #[test]
    fn every_placeholder_stands_for_something() {
        let all: Vec<_> = Placeholder::ALL.iter().map(|placeholder| format!("{{{}}}", placeholder.word())).collect();
        let filled = fill(&all.join(" · "), &values("Ann", Some("Grade 2")));
        assert_eq!(filled.as_str(), "Ann · Grade 2 · 1\u{202f}234 · 26 Jan 2026 · 10:05 · Mon · @rollcall_bot");
        assert_eq!(fill("{group} {members} {name}", &values("", None)).as_str(), "— — —");
    }

    #[test]
    fn names_and_texts_are_no_markup_and_no_placeholders() {
        let filled = fill("<b>{name}</b> & {group}", &values("<i>{date}</i>", Some("{name}\u{202e}")));
        assert_eq!(filled.as_str(), "&lt;b&gt;&lt;i&gt;{date}&lt;/i&gt;&lt;/b&gt; &amp; {name}");
    }

    #[test]
    fn what_stands_for_nothing_is_found() {
        assert_eq!(unknown("Hi {name}, { } {} {A} {0} {{x {"), None);
        assert_eq!(unknown("{name} {weather}"), Some("weather"));
        assert_eq!(unknown("{{nobody}}"), Some("nobody"));
    }

    proptest! {
        #[test]
        fn any_text_is_filled_and_stays_whole(text in "[{}a-z_ é]{0,40}") {
            let html = fill(&text, &values("", None));
            if unknown(&text).is_none() && !text.contains('}') {
                prop_assert_eq!(html.as_str(), text);
            }
        }
    }
}
