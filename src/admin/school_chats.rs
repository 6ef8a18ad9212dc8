//! What is known of the test school's chats.

use chrono::{Days, Duration};

use super::school::{ANN, GRADE_2, HEAD, School};
use crate::domain::{
    change::Change,
    chats::{Administrator, BotPlace, BotRole, ChatChange, ChatKind, DayCount, Failure, KnownChat, Right, Rights},
    ids::{BotId, ChatId, UserId},
    period::local_day,
};

/// A channel that the bot left.
pub(crate) const GONE: ChatId = ChatId(-1_001_000_000_099);

impl School {
    /// Grade 2 has administrators and ten days of numbers; the bot left a channel.
    pub(super) fn know_chats(&mut self) {
        let bot = self.rules.bot;
        let known = KnownChat {
            title: "Grade 2 Class".into(),
            username: Some("grade2".into()),
            kind: ChatKind::Supergroup,
            first_seen: Some(self.now - Duration::days(90)),
            members: Some(31),
            administrators: Some(vec![
                administrator(HEAD, "Head <i>of</i> studies", Some("Head teacher"), true),
                administrator(ANN, "Ann Lee", None, false),
                Administrator { bot: true, ..administrator(bot.account(), "Rollcall", None, false) },
            ]),
            bots: vec![self.place(bot, BotRole::Administrator)],
            looked: Some(self.now - Duration::hours(3)),
            failed: None,
        };
        self.know(GRADE_2, known);
        let today = local_day(self.rules.zone, self.now);
        for back in 0..10 {
            let count = DayCount { members: (31 - back as u32 / 2).try_into().ok(), joined: u32::from(back % 2 == 0), left: 0 };
            self.state.apply(ChatChange::Day(GRADE_2, today - Days::new(back), Some(count)).into());
        }
        let left = KnownChat {
            title: "News & \u{5d0}\u{5d1}".into(),
            kind: ChatKind::Channel,
            bots: vec![BotPlace { gone_since: Some(self.now - Duration::days(2)), ..self.place(bot, BotRole::Gone) }],
            failed: Some(Failure {
                at: self.now,
                why: "Telegram answered 400: Bad Request: chat not found".into(),
                passes: false,
            }),
            ..KnownChat::default()
        };
        self.know(GONE, left);
    }

    fn place(&self, bot: BotId, role: BotRole) -> BotPlace {
        let rights: Rights =
            [Right::ManageChat, Right::DeleteMessages].into_iter().filter(|_| role == BotRole::Administrator).collect();
        BotPlace { bot, role, rights, since: Some(self.now - Duration::days(90)), gone_since: None }
    }

    fn know(&mut self, chat: ChatId, known: KnownChat) {
        self.state.apply(Change::Chat(ChatChange::Known(chat, Some(Box::new(known)))));
    }
}

fn administrator(user: UserId, name: &str, title: Option<&str>, owner: bool) -> Administrator {
    let title = title.map(ToOwned::to_owned);
    Administrator { user, name: name.into(), username: None, title, owner, bot: false, anonymous: false }
}
