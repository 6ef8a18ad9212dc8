//! The presses of reports that come by themselves. What was chosen so far stands in the buttons, so nothing is kept meanwhile.

use super::{backup::BackupPlan, field::Field};
use crate::domain::{
    ids::ChatId,
    jobs::{DigestFormat, JobId},
};

presses! {
    /// A screen of reports and backups that come by themselves.
    DigestScreen {
        /// When, as what, to whom?
        New = "in" { /** As chosen so far. */ plan: Plan },
        /// To which group?
        Group = "ig" { /** As chosen so far. */ plan: Plan, /** From 0. */ page: u16 },
        /// Really take the job away?
        ConfirmRemove = "id" { /** Which. */ job: JobId },
        /// When is a backup to be written, and how many are kept?
        Backup = "bn" { /** As chosen so far. */ plan: BackupPlan },
    }
}

presses! {
    /// A wish about them, or about other jobs' times.
    DigestOrder {
        /// Make it so. The moment at which the button was drawn names the wish, so that pressing twice makes one.
        Make = "im" { /** As chosen. */ plan: Plan, /** Unix milliseconds. */ asked: i64 },
        /// Type other times for a job.
        AskTimes = "it" { /** Which. */ job: JobId },
        /// Take a job away.
        Remove = "ix" { /** Which. */ job: JobId },
        /// Type the folder of a backup, which makes it. The moment names the wish, as above.
        AskFolder = "bf" { /** As chosen. */ plan: BackupPlan, /** Unix milliseconds. */ asked: i64 },
        /// Type which channels are to be collected, which begins it. The moment names the wish, as above.
        AskChannels = "bc" { /** Unix milliseconds. */ asked: i64 },
        /// Count what groups' histories have of a time when the bot was away.
        Backfill = "bh" { /** From this moment on, Unix seconds. */ from: i64, /** Up to this one. */ to: i64 },
    }
}

/// A report as it is being chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// On this day.
    pub day: PlanDay,
    /// At this full hour.
    pub hour: u8,
    /// As what.
    pub format: DigestFormat,
    /// To this group; `None`: to each admin.
    pub to: Option<ChatId>,
}

/// A day that comes again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanDay {
    /// This day of each week, from 1 (Monday).
    Week(u8),
    /// This day of each month.
    Month(u8),
}

impl Plan {
    /// What most want.
    pub const USUAL: Plan = Plan { day: PlanDay::Week(1), hour: 9, format: DigestFormat::Workbook, to: None };
    /// All formats, in the order of the buttons.
    pub const FORMATS: [DigestFormat; 4] = [DigestFormat::Text, DigestFormat::Picture, DigestFormat::Workbook, DigestFormat::Csv];

    /// As a cron expression.
    pub fn cron(&self) -> String {
        match self.day {
            PlanDay::Week(day) => format!("0 {} * * {}", self.hour, day % 7),
            PlanDay::Month(day) => format!("0 {} {day} * *", self.hour),
        }
    }
}

fn letter(format: DigestFormat) -> &'static str {
    match format {
        DigestFormat::Text => "t",
        DigestFormat::Picture => "p",
        DigestFormat::Workbook => "x",
        DigestFormat::Csv => "c",
    }
}

/// `w1.9.x`, or with a group `m15.18.t.-1001234567890`.
impl Field for Plan {
    fn write(&self) -> String {
        let day = match self.day {
            PlanDay::Week(day) => format!("w{day}"),
            PlanDay::Month(day) => format!("m{day}"),
        };
        let to = self.to.map(|chat| format!(".{chat}")).unwrap_or_default();
        format!("{day}.{}.{}{to}", self.hour, letter(self.format))
    }
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let (day, hour, format, to) = match parts[..] {
            [day, hour, format] => (day, hour, format, None),
            [day, hour, format, to] => (day, hour, format, Some(to.parse().ok().filter(|chat: &ChatId| chat.0 < 0)?)),
            _ => return None,
        };
        let number = |text: &str, most: u8| text.parse().ok().filter(|n: &u8| *n <= most && n.to_string() == text);
        let day = match day.split_at_checked(1)? {
            ("w", day) => PlanDay::Week(number(day, 7).filter(|day| *day > 0)?),
            // Every month has these.
            ("m", day) => PlanDay::Month(number(day, 28).filter(|day| *day > 0)?),
            _ => return None,
        };
        let format = Plan::FORMATS.into_iter().find(|known| letter(*known) == format)?;
        Some(Self { day, hour: number(hour, 23)?, format, to })
    }
    fn example() -> Self {
        Self { day: PlanDay::Month(28), hour: 23, format: DigestFormat::Workbook, to: Some(ChatId::example()) }
    }
}
