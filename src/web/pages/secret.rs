//! Secrets of the pages: what is in a link, in a cookie, in a form; and Telegram's proof of who opened the Mini App.

use axum::extract::Query as Extract;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::domain::{ids::UserId, lang::Lang, sign_in::Digest};
pub(super) use crate::secrets::token::{digest, new};

/// A proof is believed for so long.
const PROOF_LIFE: TimeDelta = TimeDelta::minutes(5);
/// Clocks differ.
const AHEAD: TimeDelta = TimeDelta::seconds(60);

/// What a form of somebody with this cookie carries: who doesn't have the cookie can't make it.
pub(super) fn of_forms(cookie: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"rollcall form ");
    hash.update(cookie.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

/// Whether two texts are the same, without telling by the time that it takes how much of them is.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// What Telegram signs with for a bot's Mini App.
#[derive(Clone)]
pub struct AppKey([u8; 32]);

impl std::fmt::Debug for AppKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AppKey(…)")
    }
}

/// Who opened the Mini App, as Telegram says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) user: UserId,
    pub(super) lang: Option<Lang>,
    /// Until when this is believed.
    pub(super) until: DateTime<Utc>,
    /// Names the proof, so that it is used once.
    pub(super) proof: Digest,
}

impl AppKey {
    /// Of the bot with this token.
    pub fn of(token: &str) -> Self {
        Self(signed(b"WebAppData", token.as_bytes()))
    }

    /// Reads Telegram's `initData` (<https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app>): every
    /// field but `hash`, by name, a line each, signed. `None`: it isn't Telegram's, or too old.
    pub(super) fn opened(&self, init_data: &str, now: DateTime<Utc>) -> Option<Opened> {
        let uri = format!("/?{init_data}").parse::<axum::http::Uri>().ok()?;
        let Extract(mut fields) = Extract::<Vec<(String, String)>>::try_from_uri(&uri).ok()?;
        let at = fields.iter().position(|(name, _)| name == "hash")?;
        let (_, given) = fields.swap_remove(at);
        fields.sort();
        // A name twice would leave it open which of its values counts.
        if fields.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return None;
        }
        let lines: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let expected = Digest(signed(&self.0, lines.join("\n").as_bytes()));
        if !is_same(&expected.to_string(), &given) {
            return None;
        }
        let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        let made = DateTime::from_timestamp(field("auth_date")?.parse().ok()?, 0)?;
        if made > now + AHEAD || now >= made + PROOF_LIFE {
            return None;
        }
        let user: serde_json::Value = serde_json::from_str(field("user")?).ok()?;
        let id = user.get("id")?.as_i64().filter(|id| *id > 0)?;
        let lang = user.get("language_code").and_then(|tag| tag.as_str()).and_then(Lang::from_tag);
        Some(Opened { user: UserId(id), lang, until: made + PROOF_LIFE, proof: expected })
    }
}

fn signed(key: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key does");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// What a real Telegram would hand over, for tests.
#[cfg(test)]
pub(super) fn sample(token: &str, fields: &[(&str, &str)]) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let lines: Vec<_> = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let hash = Digest(signed(&AppKey::of(token).0, lines.join("\n").as_bytes())).to_string();
    let query = fields.iter().fold(super::query::Query::default(), |query, (name, value)| query.with(name, value));
    query.with("hash", &hash).href("").trim_start_matches('?').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "123456:a-token-of-this-test";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time")
    }

    fn data(user: &str) -> String {
        let fields = [("user", user), ("auth_date", "1700000000"), ("query_id", "AA b&c=d"), ("signature", "x-y_z")];
        sample(TOKEN, &fields)
    }

    #[test]
    fn telegrams_word_is_taken_for_five_minutes() {
        let key = AppKey::of(TOKEN);
        let opened =
            key.opened(&data(r#"{"id":7,"first_name":"Ann & <b>","language_code":"ru-RU"}"#), at(1)).expect("it is right");
        assert_eq!((opened.user, opened.lang, opened.until), (UserId(7), Some(Lang::Ru), at(300)));
        assert_eq!(key.opened(&data(r#"{"id":7}"#), at(300)), None, "too old");
        assert_eq!(key.opened(&data(r#"{"id":7}"#), at(-61)), None, "not yet");
    }

    #[test]
    fn nobody_elses_word_is() {
        let key = AppKey::of(TOKEN);
        let good = data(r#"{"id":7}"#);
        assert!(key.opened(&good, at(0)).is_some());
        assert_eq!(AppKey::of("123456:another").opened(&good, at(0)), None);
        assert_eq!(key.opened(&good.replace("%3A7", "%3A8"), at(0)), None);
        assert_eq!(key.opened(&good.replace("1700000000", "1700000001"), at(0)), None);
        assert_eq!(key.opened(&format!("{good}&user=%7B%22id%22%3A8%7D"), at(0)), None);
        assert_eq!(key.opened(&format!("{good}&hash=00"), at(0)), None);
        assert_eq!(key.opened(&data("{}"), at(0)), None);
        assert_eq!(key.opened(&data(r#"{"id":-5}"#), at(0)), None);
        for nonsense in ["", "hash=", "%ff", "hash=00&auth_date=1"] {
            assert_eq!(key.opened(nonsense, at(0)), None);
        }
    }

    /// The documented computation, made with another library once (Python's `hmac`), so that both sides can't be wrong alike.
    #[test]
    fn the_hash_is_the_documented_one() {
        let user = r#"{"id":279058397,"first_name":"Vladislav"}"#;
        let made = sample(
            "5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8",
            &[("user", user), ("auth_date", "1662771648"), ("query_id", "AAHdF6IQAAAAAN0XohDhrOrc")],
        );
        assert!(made.ends_with(KNOWN), "{made}");
    }

    const KNOWN: &str = "&hash=d5419785fa4bcd622bbd4c98e0617fd43755fe9b6cd5841fd81506379411f8ef";

    #[test]
    fn secrets_are_long_and_their_forms_another_thing() {
        let (a, b) = (new().expect("random").0, new().expect("random").0);
        assert!(a != b && a.len() == 43 && of_forms(&a) != of_forms(&b) && of_forms(&a) != a);
        assert!(!format!("{:?}", AppKey::of(TOKEN)).contains(char::is_numeric));
    }
}
