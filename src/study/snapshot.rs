//! A board as the JSON that a web dashboard takes. Its keys, their order and what stands in them are somebody else's.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    board::{Block, Board, Display, Row, Scope},
    local,
};
use crate::{
    domain::{
        ids::{ChatId, MessageId},
        lang::Lang,
        presence::Who,
    },
    text::board as words,
};

/// When and where a board was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// When.
    pub at: DateTime<Utc>,
    /// Where and as which message; `None` for boards that were never posted.
    pub message: Option<(ChatId, MessageId)>,
}

#[derive(Serialize, Deserialize)]
struct Snapshot<'a> {
    posted_at: String,
    source: Cow<'a, str>,
    message_id: Option<MessageId>,
    chat_id: Option<ChatId>,
    boards: Vec<Part<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Part<'a> {
    scope: Cow<'a, str>,
    title: Cow<'a, str>,
    header: String,
    period_start: String,
    period_end: String,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Entry<'a> {
    rank: usize,
    user_id: i64,
    seconds: u64,
    minutes: u64,
    display: String,
    rank_emoji: Cow<'a, str>,
    badge: Cow<'a, str>,
    compliment: Cow<'a, str>,
}

/// The body of a request.
pub fn body(board: &Board, posted: Posted, zone: Tz, lang: Lang) -> String {
    let (chat_id, message_id) = posted.message.unzip();
    let snapshot = Snapshot {
        posted_at: posted.at.to_rfc3339_opts(SecondsFormat::Secs, false),
        source: "tracker".into(),
        message_id,
        chat_id,
        boards: board.blocks.iter().map(|block| part(block, zone, lang)).collect(),
    };
    serde_json::to_string(&snapshot).expect("texts and numbers are JSON")
}

/// A body without some people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Without {
    /// It names none of them.
    Nobody,
    /// Their places stay, their names and numbers go.
    Them(String),
    /// It is none of ours.
    Unreadable,
}

/// Takes the names of some accounts' persons out of a body that was made before.
pub fn without(body: &str, accounts: &[Who], lang: Lang) -> Without {
    let Ok(mut snapshot) = serde_json::from_str::<Snapshot<'_>>(body) else { return Without::Unreadable };
    let mut found = false;
    for entry in snapshot.boards.iter_mut().flat_map(|board| &mut board.entries) {
        if accounts.contains(&Who(entry.user_id)) {
            found = true;
            entry.user_id = nobody(entry.rank);
            entry.display = words::display(&Display::Hidden, lang);
            entry.compliment = Cow::default();
        }
    }
    if !found {
        return Without::Nobody;
    }
    Without::Them(serde_json::to_string(&snapshot).expect("texts and numbers are JSON"))
}

/// Whoever doesn't want to be named isn't by a number, either. No account has one of these.
fn nobody(rank: usize) -> i64 {
    i64::try_from(rank).unwrap_or_default()
}

fn part(block: &Block, zone: Tz, lang: Lang) -> Part<'_> {
    let days = block.span.days;
    Part {
        scope: block.span.scope.key().into(),
        title: words::title(block.span, lang).into(),
        header: words::header(block.span, lang),
        period_start: stamp(local::start_of(zone, days.from), zone),
        period_end: period_end(block.span.scope, days.to, zone),
        entries: block.rows.iter().map(|row| entry(row, lang)).collect(),
    }
}

/// A day's is its last second; a week's and a month's is where their last day begins.
fn period_end(scope: Scope, last: NaiveDate, zone: Tz) -> String {
    let end = match scope {
        Scope::Day => local::end_of(zone, last) - TimeDelta::seconds(1),
        Scope::Week | Scope::Month => local::start_of(zone, last),
    };
    stamp(end, zone)
}

fn stamp(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn entry(row: &Row, lang: Lang) -> Entry<'_> {
    let minutes = row.seconds / 60;
    Entry {
        rank: row.rank,
        user_id: if row.display == Display::Hidden { nobody(row.rank) } else { row.who.0 },
        seconds: row.seconds,
        minutes,
        display: words::display(&row.display, lang),
        rank_emoji: words::rank_emoji(row.rank).into(),
        badge: words::badge(minutes).into(),
        compliment: row.compliment.as_deref().unwrap_or_default().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{
        board::board,
        sample::{ANN, BOB, CHAT, EVE, day, instant, seconds, study},
    };

    fn posted(message: Option<(ChatId, MessageId)>) -> Posted {
        Posted { at: instant("2026-01-09T16:30:00.123Z"), message }
    }

    const ZONE: Tz = chrono_tz::Asia::Tashkent;

    /// Bytes as dashboards have taken them for years.
    const GOLDEN: &str = concat!(
        r#"{"posted_at":"2026-01-09T16:30:00+00:00","source":"tracker","message_id":77,"chat_id":-1001,"boards":["#,
        r#"{"scope":"day","title":"📅 Today","header":"09.01.26 (FRIDAY)","#,
        r#""period_start":"2026-01-09T00:00:00+05:00","period_end":"2026-01-09T23:59:59+05:00","#,
        r#""entries":[{"rank":1,"user_id":1,"seconds":12600,"minutes":210,"display":"@ann","rank_emoji":"🥇","badge":"🚀","compliment":"Focus Alchemist ⚗️"}]},"#,
        r#"{"scope":"week","title":"📆 This"#,
        "\u{a0}",
        r#"Week","header":"08.01.26 - 14.01.26 (WEEK 2)","#,
        r#""period_start":"2026-01-08T00:00:00+05:00","period_end":"2026-01-14T00:00:00+05:00","#,
        r#""entries":[{"rank":1,"user_id":1,"seconds":12600,"minutes":210,"display":"@ann","rank_emoji":"🥇","badge":"🚀","compliment":""},"#,
        r#"{"rank":2,"user_id":2,"seconds":59,"minutes":0,"display":"someone","rank_emoji":"🥈","badge":"😴","compliment":""}]},"#,
        r#"{"scope":"month","title":"🗓️ This"#,
        "\u{a0}",
        r#"Month","header":"01.01.26 - 30.01.26 (MONTH 1)","#,
        r#""period_start":"2026-01-01T00:00:00+05:00","period_end":"2026-01-30T00:00:00+05:00","#,
        r#""entries":[{"rank":1,"user_id":1,"seconds":12600,"minutes":210,"display":"@ann","rank_emoji":"🥇","badge":"🚀","compliment":""},"#,
        r#"{"rank":2,"user_id":2,"seconds":59,"minutes":0,"display":"someone","rank_emoji":"🥈","badge":"😴","compliment":""}]}]}"#,
    );

    #[test]
    fn a_snapshot_is_what_dashboards_expect() {
        let mut study = study();
        study.members.get_mut(&CHAT).expect("there").get_mut(&BOB).expect("there").opted_out = true;
        let chosen = study.compliments.entry(CHAT).or_default().entry("day:2026-01-09".into()).or_default();
        chosen.insert(ANN, "Focus Alchemist ⚗️".into());
        let days = seconds(&[("2026-01-08", &[(BOB, 59)]), ("2026-01-09", &[(ANN, 12_600)])]);
        let board = board(&study, CHAT, day("2026-01-09"), &days).expect("a board");
        assert_eq!(body(&board, posted(Some((CHAT, MessageId(77)))), ZONE, Lang::En), GOLDEN);
        let unposted = body(&board, posted(None), ZONE, Lang::En);
        assert!(unposted.contains(r#""message_id":null,"chat_id":null,"#), "{unposted}");
    }

    #[test]
    fn the_end_of_a_day_follows_the_clocks() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(period_end(Scope::Day, day("2026-03-29"), berlin), "2026-03-29T23:59:59+02:00");
        assert_eq!(period_end(Scope::Week, day("2026-03-29"), berlin), "2026-03-29T00:00:00+01:00");
    }

    #[test]
    fn a_forgotten_persons_name_goes_from_a_snapshot_and_nothing_else_changes() {
        let Without::Them(body) = without(GOLDEN, &[ANN, EVE], Lang::En) else { panic!("Ann is in it") };
        assert!(
            !body.contains("ann")
                && !body.contains("Alchemist")
                && !body.contains(r#""user_id":1,"seconds":12600,"minutes":210,"display":"@"#)
        );
        let hidden = words::display(&Display::Hidden, Lang::En);
        let named = r#""user_id":1,"seconds":12600,"minutes":210,"display":"@ann""#;
        let nameless = format!(r#""user_id":1,"seconds":12600,"minutes":210,"display":"{hidden}""#);
        assert_eq!(body, GOLDEN.replace(named, &nameless).replace("Focus Alchemist ⚗️", ""));
        assert_eq!(without(GOLDEN, &[EVE], Lang::En), Without::Nobody);
        assert_eq!(without("[]", &[ANN], Lang::En), Without::Unreadable);
    }
}
