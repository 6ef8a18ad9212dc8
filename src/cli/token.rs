//! `rollcall token …`

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{
    Session,
    failure::Failure,
    out,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{
        access::{KeyId, Scope},
        audit::Actor,
        period::local_day,
    },
    orders::Order,
    study::local,
    web::api::{SECRET_PREFIX, hash_of},
};

/// The longest time that a key may be given, in days.
const LONGEST: u64 = 3_650;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a key and show it, once
    Create {
        /// What it is for, such as timetable
        #[arg(long)]
        name: String,
        /// What it may do
        #[arg(long, value_enum, default_value_t)]
        scope: ScopeName,
        /// How long it works: so many days such as 90d, up to a date such as 2026-12-31, or never
        #[arg(long, default_value = "90d", value_name = "WHEN")]
        expires: String,
    },
    /// Show all keys; never the secrets
    List {
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Take a key back, at once and for ever
    Revoke {
        /// Its id, as `rollcall token list` shows it
        id: String,
    },
}

/// What a key may do; each may do what those before it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ScopeName {
    /// Look at everything
    #[default]
    Read,
    /// Also send messages
    Send,
    /// Also change the register
    Admin,
}

impl From<ScopeName> for Scope {
    fn from(name: ScopeName) -> Self {
        match name {
            ScopeName::Read => Self::Read,
            ScopeName::Send => Self::Send,
            ScopeName::Admin => Self::Admin,
        }
    }
}

/// Carries the command out.
pub(super) fn run(session: &Session, command: &TokenCommand) -> Result<(), Failure> {
    match command {
        TokenCommand::Create { name, scope, expires } => create(session, name, (*scope).into(), expires),
        TokenCommand::List { format } => list(session, *format),
        TokenCommand::Revoke { id } => session.order(&Order::RevokeKey { key: KeyId::named(id) }),
    }
}

/// The daemon hears only the hash: the secret is nowhere but on this terminal.
fn create(session: &Session, name: &str, scope: Scope, expires: &str) -> Result<(), Failure> {
    let expires = end(expires, session.config.zone, session.now())?;
    let secret = format!("{SECRET_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()));
    let key = KeyId::of(random());
    let order = Order::MakeKey { key, name: name.to_owned(), hash: hash_of(&secret), scope, expires };
    session.order_aside(&order)?;
    out::data(&secret)?;
    out::talk("This is the only time that the key is shown: put it where its program finds it, and nowhere else.");
    Ok(())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("every system that we run on has a random generator");
    bytes
}

/// The moment at which a key ends; `None`: never.
fn end(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Failure> {
    if text == "never" {
        return Ok(None);
    }
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| (1..=LONGEST).contains(days));
    if let Some(end) = days.and_then(|days| now.checked_add_days(Days::new(days))) {
        return Ok(Some(end));
    }
    match text.parse::<NaiveDate>() {
        // Through the whole of its last day.
        Ok(last) if last >= local_day(zone, now) => Ok(Some(local::end_of(zone, last))),
        Ok(last) => Err(Failure::Refused(format!("{last} has passed: the key would never work"))),
        Err(_) => Err(Failure::Refused(format!(
            "{text:?} is no end for a key; write so many days such as 90d (up to {LONGEST}d), a date such as 2026-12-31, or never"
        ))),
    }
}

fn list(session: &Session, format: ListFormat) -> Result<(), Failure> {
    let reader = session.read()?;
    let mut rows = Rows::new(&["id", "name", "scope", "state", "created", "expires", "made_by"]);
    let day = |at: DateTime<Utc>| at.with_timezone(&session.config.zone).date_naive().to_string();
    for (id, key) in &reader.state().access.keys {
        rows.push([
            json!(id),
            json!(key.name),
            json!(key.scope.name()),
            json!(key.state(session.now()).name()),
            json!(day(key.created)),
            json!(key.expires.map_or_else(|| "never".to_owned(), day)),
            json!(maker(&key.made_by)),
        ]);
    }
    rows.print(format, "No keys yet. Make one: rollcall token create --name timetable --scope read")?;
    Ok(())
}

fn maker(actor: &Actor) -> String {
    match actor {
        Actor::Terminal => "terminal".to_owned(),
        Actor::Telegram(user) | Actor::Session(user) => user.to_string(),
        Actor::Key { id, .. } => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_after_days_at_a_date_or_never() {
        let now: DateTime<Utc> = "2026-01-26T05:00:00Z".parse().expect("a time");
        let end = |text: &str| end(text, chrono_tz::Asia::Tashkent, now).map(|end| end.map(|end| end.to_rfc3339()));
        let at = |text: &str| end(text).expect("an end");
        assert_eq!(at("never"), None);
        assert_eq!(at("90d").as_deref(), Some("2026-04-26T05:00:00+00:00"));
        assert_eq!(at("2026-01-26").as_deref(), Some("2026-01-26T19:00:00+00:00"), "through its last local day");
        for refused in ["", "0d", "3651d", "d", "-1d", "90", "2026-01-25", "2026-13-01", "tomorrow"] {
            assert!(matches!(end(refused), Err(Failure::Refused(_))), "{refused}");
        }
    }
}
