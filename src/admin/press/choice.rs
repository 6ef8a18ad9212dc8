//! A value of a community's setting: chosen by a button, or typed.

use chrono::NaiveTime;
use chrono_tz::Tz;

use super::field::{Field, read_date, read_time, write_date, write_time};
use crate::domain::{
    ids::{ChatId, TopicId},
    lang::Lang,
    study::{Community, MissedPosts, Periods, Poster, Setting},
};

/// How a community is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Boards are posted at these times; ascending, at most [`Choice::MOST_TIMES`].
    Times(Vec<NaiveTime>),
    /// Its midnight.
    Zone(Tz),
    /// Its weeks and months.
    Periods(Periods),
    /// The language of its posts.
    Lang(Lang),
    /// Segments count once they come to so many seconds.
    Gate(u32),
    /// Who posts.
    Poster(Poster),
    /// Where.
    Target(ChatId, Option<TopicId>),
    /// What becomes of boards that were missed.
    Missed(MissedPosts),
    /// Stays that were muted from beginning to end don't count.
    SkipMuted(bool),
    /// No more than so many minutes a day count; `None`: all of them.
    Cap(Option<u32>),
    /// Bots count.
    CountBots(bool),
    /// A picture goes with the board.
    Picture(bool),
}

impl Choice {
    /// So many posts a day are enough, and fit on a button.
    pub const MOST_TIMES: usize = 6;

    /// What it is a value of.
    pub fn setting(&self) -> Setting {
        match self {
            Self::Times(_) => Setting::Times,
            Self::Zone(_) => Setting::Zone,
            Self::Periods(_) => Setting::Periods,
            Self::Lang(_) => Setting::Lang,
            Self::Gate(_) => Setting::Gate,
            Self::Poster(_) => Setting::Poster,
            Self::Target(..) => Setting::Target,
            Self::Missed(_) => Setting::Missed,
            Self::SkipMuted(_) => Setting::Muted,
            Self::Cap(_) => Setting::Cap,
            Self::CountBots(_) => Setting::Bots,
            Self::Picture(_) => Setting::Picture,
        }
    }

    /// The community as it is then.
    pub fn applied(&self, community: &Community) -> Community {
        let mut changed = community.clone();
        match self {
            Self::Times(times) => changed.times.clone_from(times),
            Self::Zone(zone) => changed.zone = *zone,
            Self::Periods(periods) => changed.periods = *periods,
            Self::Lang(lang) => changed.lang = *lang,
            Self::Gate(seconds) => changed.gate_seconds = *seconds,
            Self::Poster(by) => changed.target.by = *by,
            Self::Target(chat, topic) => (changed.target.chat, changed.target.topic) = (*chat, *topic),
            Self::Missed(missed) => changed.missed = *missed,
            Self::SkipMuted(on) => changed.filters.skip_muted = *on,
            Self::Cap(minutes) => changed.filters.daily_cap_minutes = *minutes,
            Self::CountBots(on) => changed.filters.count_bots = *on,
            Self::Picture(on) => changed.picture = *on,
        }
        changed
    }
}

/// Reads post times that are ascending and not too many.
fn read_times(text: &str) -> Option<Vec<NaiveTime>> {
    let times = text.split('.').map(read_time).collect::<Option<Vec<_>>>()?;
    (times.len() <= Choice::MOST_TIMES && times.is_sorted_by(|a, b| a < b)).then_some(times)
}

impl Field for Choice {
    fn write(&self) -> String {
        let on = |letter: &str, on: bool| format!("{letter}{}", Field::write(&on));
        match self {
            Self::Times(times) => format!("t{}", times.iter().map(|time| write_time(*time)).collect::<Vec<_>>().join(".")),
            Self::Zone(zone) => format!("z{}", zone.name()),
            Self::Periods(Periods::Anchored(first)) => format!("pa{}", write_date(*first)),
            Self::Periods(Periods::Calendar(first)) => format!("pc{}", write_date(*first)),
            Self::Periods(Periods::Rolling(first)) => format!("pr{}", write_date(*first)),
            Self::Lang(lang) => format!("l{}", lang.write()),
            Self::Gate(seconds) => format!("g{seconds}"),
            Self::Poster(Poster::Bot) => "bb".to_owned(),
            Self::Poster(Poster::Session) => "bs".to_owned(),
            Self::Target(chat, topic) => match topic {
                Some(topic) => format!("h{chat}/{topic}"),
                None => format!("h{chat}"),
            },
            Self::Missed(MissedPosts::All) => "ma".to_owned(),
            Self::Missed(MissedPosts::Last) => "ml".to_owned(),
            Self::Missed(MissedPosts::None) => "mn".to_owned(),
            Self::SkipMuted(muted) => on("u", *muted),
            Self::Cap(minutes) => format!("d{}", minutes.unwrap_or(0)),
            Self::CountBots(bots) => on("o", *bots),
            Self::Picture(picture) => on("i", *picture),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (letter, value) = text.split_at_checked(1)?;
        match letter {
            "t" => read_times(value).map(Self::Times),
            "z" => value.parse().ok().map(Self::Zone),
            "p" => {
                let (sort, first) = value.split_at_checked(1)?;
                let first = read_date(first)?;
                match sort {
                    "a" => Some(Self::Periods(Periods::Anchored(first))),
                    "c" => Some(Self::Periods(Periods::Calendar(first))),
                    "r" => Some(Self::Periods(Periods::Rolling(first))),
                    _ => None,
                }
            }
            "l" => Lang::read(value).map(Self::Lang),
            "g" => value.parse().ok().filter(|seconds| *seconds <= 86_400).map(Self::Gate),
            "b" => match value {
                "b" => Some(Self::Poster(Poster::Bot)),
                "s" => Some(Self::Poster(Poster::Session)),
                _ => None,
            },
            "h" => match value.split_once('/') {
                Some((chat, topic)) => Some(Self::Target(chat.parse().ok()?, Some(topic.parse().ok()?))),
                None => Some(Self::Target(value.parse().ok()?, None)),
            },
            "m" => match value {
                "a" => Some(Self::Missed(MissedPosts::All)),
                "l" => Some(Self::Missed(MissedPosts::Last)),
                "n" => Some(Self::Missed(MissedPosts::None)),
                _ => None,
            },
            "u" => bool::read(value).map(Self::SkipMuted),
            "d" => match value.parse().ok()? {
                0 => Some(Self::Cap(None)),
                minutes if minutes <= 1_440 => Some(Self::Cap(Some(minutes))),
                _ => None,
            },
            "o" => bool::read(value).map(Self::CountBots),
            "i" => bool::read(value).map(Self::Picture),
            _ => None,
        }
    }

    fn example() -> Self {
        Self::Zone(Tz::America__Argentina__ComodRivadavia)
    }
}

impl Field for Setting {
    fn write(&self) -> String {
        match self {
            Self::Times => "t",
            Self::Zone => "z",
            Self::Periods => "p",
            Self::Lang => "l",
            Self::Gate => "g",
            Self::Poster => "b",
            Self::Target => "h",
            Self::Missed => "m",
            Self::Muted => "u",
            Self::Cap => "d",
            Self::Bots => "o",
            Self::Picture => "i",
        }
        .to_owned()
    }
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.write() == text)
    }
    fn example() -> Self {
        Self::Times
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn every_choice_survives_a_button() {
        let first = NaiveDate::from_ymd_opt(2026, 1, 8).expect("a date");
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        let choices = [
            Choice::Times(vec![at(8, 0), at(21, 30)]),
            Choice::Zone(Tz::Asia__Tashkent),
            Choice::Periods(Periods::Anchored(first)),
            Choice::Periods(Periods::Calendar(first)),
            Choice::Periods(Periods::Rolling(first)),
            Choice::Lang(Lang::Ru),
            Choice::Gate(300),
            Choice::Poster(Poster::Session),
            Choice::Target(ChatId(-1_001_234_567_890), Some(TopicId(5))),
            Choice::Target(ChatId(-1_001_234_567_890), None),
            Choice::Missed(MissedPosts::Last),
            Choice::SkipMuted(true),
            Choice::Cap(Some(480)),
            Choice::Cap(None),
            Choice::CountBots(false),
            Choice::Picture(true),
        ];
        for choice in choices {
            assert_eq!(Choice::read(&choice.write()), Some(choice));
        }
    }

    #[test]
    fn forged_choices_are_refused() {
        for forged in ["t", "t2130.0800", "t2460", "zMars/Olympus", "pa2026018", "g99999", "d1441", "bx", "h", "u2", "я", ""] {
            assert_eq!(Choice::read(forged), None, "{forged}");
        }
    }
}
