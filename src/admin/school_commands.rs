//! Commands of the school for tests and fuzzing, and what somebody wrote to its admins.

use std::collections::BTreeMap;

use super::school::{ANN, BOT, School};
use crate::domain::{
    bots::BotInfo,
    change::Change,
    commands::{Answers, Body, CommandChange, CommandName, Custom, Feed, Feedback, Item},
    ids::{BotId, MessageId},
    lang::Lang,
};

/// A second bot of the school.
const NORTH: BotId = BotId(7_000_000_002);

impl School {
    /// A text, and a feed that was read and whose source is down now; Ann's message to the admins.
    pub(crate) fn know_commands(&mut self) {
        self.define("bus", "The school bus", Body::Text("Hi {name}, it leaves at 15:00 <b>sharp</b>.".into()));
        let url = "https://school.example/rss?a=1&b=2".to_owned();
        self.define("news", "News <now>", Body::Feed { url: url.clone(), items: 5 });
        let item = Item { title: "A <b>title</b>".into(), link: Some(url.clone()), at: Some(self.now) };
        let fault = Some("the source can't be reached".to_owned());
        let (asked, answered) = (self.now, Some(self.now));
        let feed = Feed { url, asked, answered, fault, etag: None, modified: None, title: "News".into(), items: vec![item] };
        self.state.apply(CommandChange::Feed(name("news"), Some(Box::new(feed))).into());
        let feedback = Feedback { from: ANN, message: MessageId(3), bot: BOT, at: self.now, told: BTreeMap::new() };
        self.state.apply(CommandChange::Feedback(1, Some(Box::new(feedback))).into());
    }

    /// Everything that descriptions can do to a menu, and a second bot.
    pub(crate) fn with_hostile_commands(mut self) -> Self {
        let info = BotInfo { name: "north".into(), username: "<north>_bot".into(), sees_all: true, stopped: None };
        self.state.apply(Change::Bot(NORTH, Some(info)));
        let long = format!("{}\u{202e}<i>&\"", "ж".repeat(240));
        for n in 0..12 {
            self.define(&format!("command_with_a_very_long_name_{n:02}"), &long, Body::Text("{name} & <b>\n".repeat(200)));
        }
        self.state.apply(CommandChange::Contact(Some("<b>{name}</b> {date}\nRoom 5 & 6".into())).into());
        self
    }

    fn define(&mut self, word: &str, description: &str, body: Body) {
        let place = u32::try_from(self.state.commands.custom.len()).expect("few");
        let custom = Custom {
            descriptions: [(Lang::En, description.to_owned()), (Lang::Ru, description.to_owned())].into(),
            body,
            enabled: place != 1,
            place,
            answers: Answers::Both,
            bot: (place == 3).then_some(NORTH),
            made: Some(self.now),
            made_by: None,
        };
        self.state.apply(CommandChange::Custom(name(word), Some(Box::new(custom))).into());
    }
}

fn name(word: &str) -> CommandName {
    word.parse().expect("a command's name")
}
