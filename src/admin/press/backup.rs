//! A backup that writes itself, as it is being chosen.

use super::field::Field;

/// When, and how many are kept. Where, is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// On this day of each week, from 1 (Monday); `None`: every day.
    pub weekday: Option<u8>,
    /// At this full hour.
    pub hour: u8,
    /// So many are kept.
    pub keep: u16,
}

impl BackupPlan {
    /// What most want.
    pub const USUAL: BackupPlan = BackupPlan { weekday: None, hour: 3, keep: 7 };

    /// As a cron expression.
    pub fn cron(&self) -> String {
        let day = self.weekday.map_or_else(|| "*".to_owned(), |day| (day % 7).to_string());
        format!("0 {} * * {day}", self.hour)
    }
}

/// `d.3.7`, or weekly `w1.3.7`.
impl Field for BackupPlan {
    fn write(&self) -> String {
        let day = self.weekday.map_or_else(|| "d".to_owned(), |day| format!("w{day}"));
        format!("{day}.{}.{}", self.hour, self.keep)
    }
    fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [day, hour, keep] = parts[..] else { return None };
        let number = |text: &str, most: u16| text.parse().ok().filter(|n: &u16| *n <= most && n.to_string() == text);
        let small = |text: &str, most: u8| number(text, most.into()).and_then(|n| u8::try_from(n).ok());
        let weekday = match day.split_at_checked(1)? {
            ("d", "") => None,
            ("w", day) => Some(small(day, 7).filter(|day| *day > 0)?),
            _ => return None,
        };
        Some(Self { weekday, hour: small(hour, 23)?, keep: number(keep, 1_000).filter(|keep| *keep > 0)? })
    }
    fn example() -> Self {
        Self { weekday: Some(7), hour: 23, keep: 1_000 }
    }
}
