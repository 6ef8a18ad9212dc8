//! Commands that admins define, what their use comes to, and what people write to the admins.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    audit::Actor,
    ids::{BotId, MessageId, UserId},
    lang::Lang,
    map::{put, put_within},
};

/// The word of a command, without the slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct CommandName(String);

/// Why something is no [`CommandName`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a command is 1 to 32 characters of a-z, 0-9 and _, and begins with a letter, such as news or school_bus")]
pub struct NoCommandName;

impl CommandName {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CommandName {
    type Err = NoCommandName;

    /// Capital letters are small ones to Telegram's readers, and a slash in front is what people type.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text.strip_prefix('/').unwrap_or(text).to_ascii_lowercase();
        let is_ours = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let begins_well = word.bytes().next().is_some_and(|c| c.is_ascii_lowercase());
        if word.len() <= 32 && begins_well && word.bytes().all(is_ours) { Ok(Self(word)) } else { Err(NoCommandName) }
    }
}

impl<'de> Deserialize<'de> for CommandName {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for CommandName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A command that an admin defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custom {
    /// What lists say of it, by language; a language without one gets the first there is.
    #[serde(default)]
    pub descriptions: BTreeMap<Lang, String>,
    /// What it answers.
    pub body: Body,
    /// Whether it answers.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its place in lists, from 0.
    #[serde(default)]
    pub place: u32,
    /// In which chats it answers.
    #[serde(default)]
    pub answers: Answers,
    /// Only by this bot; `None`: by all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<DateTime<Utc>>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by: Option<Actor>,
}

/// What a command answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A text with placeholders.
    Text(String),
    /// The newest items of a feed.
    Feed {
        /// Its address.
        url: String,
        /// How many items.
        items: u8,
    },
}

/// In which chats a command answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answers {
    /// In private chats only.
    Private,
    /// In groups only.
    Groups,
    /// In both.
    #[default]
    Both,
}

impl Answers {
    /// All of them, in the order of the menu.
    pub const ALL: [Answers; 3] = [Answers::Both, Answers::Private, Answers::Groups];

    /// As lists and settings have it.
    pub fn name(self) -> &'static str {
        match self {
            Answers::Private => "private",
            Answers::Groups => "groups",
            Answers::Both => "both",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answers| answers.name() == name)
    }
}

/// Where a command is given, as far as it decides whether it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// In a private chat.
    Private,
    /// In a group.
    Group,
}

impl Custom {
    /// The most that there may be: Telegram lists a hundred commands, ours among them.
    pub const MOST: usize = 50;
    /// The longest description that Telegram lists, in characters.
    pub const LONGEST_DESCRIPTION: usize = 256;
    /// The longest text, in characters: one message with its placeholders filled.
    pub const LONGEST_TEXT: usize = 3_000;
    /// The most items of a feed.
    pub const MOST_ITEMS: u8 = 10;
    /// So many, unless somebody says another number.
    pub const USUAL_ITEMS: u8 = 5;

    /// Whether it answers a bot's command there.
    pub fn answers_to(&self, bot: BotId, setting: Setting) -> bool {
        let is_there = match self.answers {
            Answers::Private => setting == Setting::Private,
            Answers::Groups => setting == Setting::Group,
            Answers::Both => true,
        };
        self.enabled && is_there && self.bot.is_none_or(|only| only == bot)
    }

    /// What lists say of it in this language.
    pub fn description(&self, lang: Lang) -> &str {
        self.descriptions.get(&lang).or_else(|| self.descriptions.values().next()).map_or("", String::as_str)
    }

    /// Its feed's address.
    pub fn feed(&self) -> Option<&str> {
        match &self.body {
            Body::Feed { url, .. } => Some(url),
            Body::Text(_) => None,
        }
    }
}

/// What was read of a feed: it answers for some minutes, and while its source is down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Where it was read; a command with another address has no use for it.
    pub url: String,
    /// When the source was last asked.
    pub asked: DateTime<Utc>,
    /// When it last answered; `None`: it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered: Option<DateTime<Utc>>,
    /// Why it didn't answer when it was last asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The source's mark of what was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The source's date of what was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// What it is called.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The newest items, newest first.
    #[serde(default)]
    pub items: Vec<Item>,
}

/// One item of a feed, tidied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called.
    pub title: String,
    /// Where it leads: http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// When it appeared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<DateTime<Utc>>,
}

impl Feed {
    /// So long its items are taken for the newest.
    pub const FRESH: TimeDelta = TimeDelta::minutes(10);
    /// So long a source that didn't answer is left alone.
    pub const RESTS: TimeDelta = TimeDelta::seconds(60);

    /// Whether the source is to be asked again.
    pub fn is_stale(&self, now: DateTime<Utc>) -> bool {
        let lasts = if self.fault.is_some() { Self::RESTS } else { Self::FRESH };
        // A clock that was set back makes nothing fresh for ever.
        now - self.asked >= lasts || self.asked > now
    }
}

/// Number of something that somebody wrote to the admins; ascending.
pub type FeedbackId = u64;

/// Something that somebody wrote to the admins. What it says is in Telegram alone: messages are forwarded by their numbers, and
/// only those are kept, for as long as an answer may follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// Who wrote.
    pub from: UserId,
    /// Their message, in their chat with the bot.
    pub message: MessageId,
    /// To which bot.
    pub bot: BotId,
    /// When.
    pub at: DateTime<Utc>,
    /// What each admin got of it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<UserId, Told>,
}

/// What an admin got of somebody's feedback, by its numbers in their chat with the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who writes, with a button to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<MessageId>,
    /// What they wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forward: Option<MessageId>,
}

/// When somebody wrote lately whose data was deleted meanwhile: deleting it wins nobody a further turn. Under a [`Marks`] number.
///
/// [`Marks`]: super::rules::Marks
pub type Spent = Vec<DateTime<Utc>>;

impl Feedback {
    /// An answer may follow for so long.
    pub const KEPT: TimeDelta = TimeDelta::days(30);
    /// A person may write so many …
    pub const MOST: usize = 5;
    /// … within this time.
    pub const WITHIN: TimeDelta = TimeDelta::hours(1);

    fn is_recent(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        now - at < Self::WITHIN
    }
}

/// All about commands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commands {
    /// Those that admins defined.
    pub custom: BTreeMap<CommandName, Custom>,
    /// How often each was answered on a local day.
    pub used: BTreeMap<CommandName, BTreeMap<NaiveDate, u32>>,
    /// What was read of feeds.
    pub feeds: BTreeMap<CommandName, Feed>,
    /// What `/contact` says; `None`: the usual words.
    pub contact: Option<String>,
    /// What people wrote to the admins lately.
    pub feedback: BTreeMap<FeedbackId, Feedback>,
    /// The number of the next one.
    pub next_feedback: FeedbackId,
    /// When those wrote whose data was deleted since.
    pub spent: BTreeMap<u64, Spent>,
}

/// A new value of one thing; `None`: it is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CommandChange {
    /// A command.
    Custom(CommandName, Option<Box<Custom>>),
    /// How often it was answered on a day.
    Used(CommandName, NaiveDate, Option<u32>),
    /// What was read of its feed.
    Feed(CommandName, Option<Box<Feed>>),
    /// What `/contact` says.
    Contact(Option<String>),
    /// What somebody wrote to the admins.
    Feedback(FeedbackId, Option<Box<Feedback>>),
    /// When somebody wrote whose data was deleted.
    Spent(u64, Option<Spent>),
}

impl Commands {
    /// Usage is kept for so many days.
    pub const DAYS_OF_USE: u64 = 90;

    /// In the order of lists.
    pub fn ordered(&self) -> Vec<(&CommandName, &Custom)> {
        let mut all: Vec<_> = self.custom.iter().collect();
        all.sort_by_key(|(name, custom)| (custom.place, *name));
        all
    }

    /// How often a command was answered on the last so many days, `today` included.
    pub fn used_lately(&self, name: &CommandName, today: NaiveDate, days: u64) -> u64 {
        let from = today.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(today);
        self.used.get(name).into_iter().flat_map(|by_day| by_day.range(from..=today)).map(|(_, n)| u64::from(*n)).sum()
    }

    /// One use more.
    pub fn use_of(&self, name: &CommandName, today: NaiveDate) -> CommandChange {
        let before = self.used.get(name).and_then(|by_day| by_day.get(&today)).copied().unwrap_or(0);
        CommandChange::Used(name.clone(), today, Some(before.saturating_add(1)))
    }

    /// What of its feed is known at its address.
    pub fn feed_of(&self, name: &CommandName) -> Option<&Feed> {
        let url = self.custom.get(name)?.feed()?;
        self.feeds.get(name).filter(|feed| feed.url == url)
    }

    /// What an admin answers by replying to this message in their chat with the bot.
    pub fn feedback_behind(&self, admin: UserId, bot: BotId, message: MessageId) -> Option<FeedbackId> {
        let is_it = |told: &Told| told.header == Some(message) || told.forward == Some(message);
        let known = self.feedback.iter().filter(|(_, feedback)| feedback.bot == bot);
        known.rev().find(|(_, feedback)| feedback.told.get(&admin).is_some_and(is_it)).map(|(id, _)| *id)
    }

    /// When somebody wrote within the time that counts, also if their data was deleted since.
    pub fn wrote_lately(&self, from: UserId, mark: u64, now: DateTime<Utc>) -> Spent {
        let kept = self.feedback.values().filter(|feedback| feedback.from == from).map(|feedback| feedback.at);
        let spent = self.spent.get(&mark).into_iter().flatten().copied();
        spent.chain(kept).filter(|at| Feedback::is_recent(*at, now)).collect()
    }

    /// What is too old to be kept.
    pub fn outdated(&self, now: DateTime<Utc>, today: NaiveDate) -> Vec<CommandChange> {
        let feedback = self.feedback.iter().filter(|(_, feedback)| now - feedback.at >= Feedback::KEPT);
        let feedback = feedback.map(|(id, _)| CommandChange::Feedback(*id, None));
        let from = today.checked_sub_days(Days::new(Self::DAYS_OF_USE)).unwrap_or(today);
        let days = self.used.iter().flat_map(|(name, by_day)| by_day.range(..from).map(move |(day, _)| (name, *day)));
        let spent = self.spent.iter().filter(|(_, times)| !times.iter().any(|at| Feedback::is_recent(*at, now)));
        let spent = spent.map(|(mark, _)| CommandChange::Spent(*mark, None));
        feedback.chain(spent).chain(days.map(|(name, day)| CommandChange::Used(name.clone(), day, None))).collect()
    }

    /// Makes a change so.
    pub(super) fn apply(&mut self, change: CommandChange) {
        match change {
            CommandChange::Custom(name, custom) => put(&mut self.custom, name, custom.map(|boxed| *boxed)),
            CommandChange::Used(name, day, times) => put_within(&mut self.used, name, day, times),
            CommandChange::Feed(name, feed) => put(&mut self.feeds, name, feed.map(|boxed| *boxed)),
            CommandChange::Contact(text) => self.contact = text,
            CommandChange::Feedback(id, feedback) => {
                self.next_feedback = self.next_feedback.max(id.saturating_add(1));
                put(&mut self.feedback, id, feedback.map(|boxed| *boxed));
            }
            CommandChange::Spent(mark, times) => put(&mut self.spent, mark, times),
        }
    }
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_telegram_lists() {
        for (typed, name) in [("news", Some("news")), ("/News", Some("news")), ("a_1", Some("a_1"))] {
            assert_eq!(typed.parse::<CommandName>().ok().map(|name| name.to_string()).as_deref(), name);
        }
        for wrong in ["", "/", "1a", "_a", "a b", "a-b", "новости", &"a".repeat(33), "a@bot", "//a"] {
            assert!(wrong.parse::<CommandName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn use_is_summed_over_the_last_days_and_forgotten_after_ninety() {
        let name: CommandName = "news".parse().expect("a name");
        let day = |n: u64| NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date") + Days::new(n);
        let mut commands = Commands::default();
        for n in [0, 0, 5, 93, 99] {
            commands.apply(commands.use_of(&name, day(n)));
        }
        let lately = |days| commands.used_lately(&name, day(99), days);
        assert_eq!((lately(1), lately(7), lately(30), lately(100)), (1, 2, 2, 5));
        let old = commands.outdated(DateTime::UNIX_EPOCH, day(99));
        assert_eq!(old, [0, 5].map(|n| CommandChange::Used(name.clone(), day(n), None)));
    }

    #[test]
    fn a_feed_is_asked_again_after_ten_minutes_and_after_one_where_it_failed() {
        let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).expect("a time");
        let feed = |fault: Option<&str>| Feed {
            url: "http://a/".into(),
            asked: at(1_000),
            answered: None,
            fault: fault.map(ToOwned::to_owned),
            etag: None,
            modified: None,
            title: String::new(),
            items: Vec::new(),
        };
        assert!(!feed(None).is_stale(at(1_599)) && feed(None).is_stale(at(1_600)) && feed(None).is_stale(at(999)));
        assert!(!feed(Some("x")).is_stale(at(1_059)) && feed(Some("x")).is_stale(at(1_060)));
    }
}
