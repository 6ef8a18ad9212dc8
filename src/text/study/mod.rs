//! Words of study time: what admins and members see in their private chat.

pub mod audit;
pub mod button;
pub mod correction;
pub mod mine;
pub mod post;
pub mod screen;
pub mod setting;
pub mod toast;
pub mod watch;

use crate::{
    domain::{lang::Lang, presence::Who, study::Member},
    say,
    text::{english, russian},
};

/// "3 h 05 min", "12 min", "40 s"
pub fn duration(seconds: u64, lang: Lang) -> String {
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => say!(lang; format!("{seconds} s"), format!("{seconds} son."), format!("{seconds} с")),
        (0, _) => say!(lang; format!("{minutes} min"), format!("{minutes} daq."), format!("{minutes} мин")),
        (_, 0) => say!(lang; format!("{hours} h"), format!("{hours} soat"), format!("{hours} ч")),
        _ => say!(lang;
            format!("{hours} h {minutes:02} min"),
            format!("{hours} soat {minutes:02} daq."),
            format!("{hours} ч {minutes:02} мин")),
    }
}

/// "+30 min", "−1 h 15 min"
pub fn signed_duration(seconds: i32, lang: Lang) -> String {
    let sign = if seconds < 0 { '−' } else { '+' };
    format!("{sign}{}", duration(u64::from(seconds.unsigned_abs()), lang))
}

/// "12 people"
pub fn people(n: u64, lang: Lang) -> String {
    say!(lang;
        format!("{n} {}", english(n, "person", "people")),
        format!("{n} kishi"),
        format!("{n} {}", russian(n, "человек", "человека", "человек")))
}

/// How a member is called where admins look: username, else name, else number. Not escaped, not cut.
pub fn name(member: Option<&Member>, who: Who) -> String {
    let username = member.and_then(|member| member.username.as_deref()).filter(|username| !username.is_empty());
    let name = member.map(|member| member.name.trim()).filter(|name| !name.is_empty());
    match (name, username) {
        (Some(name), Some(username)) => format!("{name} @{username}"),
        (Some(name), None) => name.to_owned(),
        (None, Some(username)) => format!("@{username}"),
        (None, None) => format!("#{}", who.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let en = |seconds| duration(seconds, Lang::En);
        assert_eq!(
            [0, 59, 60, 3_599, 3_600, 3_900, 90_000].map(en),
            ["0 s", "59 s", "1 min", "59 min", "1 h", "1 h 05 min", "25 h"]
        );
        assert_eq!(
            (signed_duration(-4_500, Lang::Ru), signed_duration(1_800, Lang::Uz)),
            ("−1 ч 15 мин".into(), "+30 daq.".into())
        );
    }
}
