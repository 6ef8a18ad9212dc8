//! Data centres, and the key that an account has at one: together they are a session, as Telethon writes it in one line.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Telethon pads, others don't.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const URL_SAFE_TEXT: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);
const TEXT: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
/// The only form of session strings that there is.
const VERSION: char = '1';

/// What an account is recognised by at a data centre: whoever has it, is that account.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthKey(pub(super) [u8; Self::LENGTH]);

impl AuthKey {
    const LENGTH: usize = 256;
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthKey(…)")
    }
}

impl Serialize for AuthKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&TEXT.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for AuthKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // No error names what was read.
        let text = String::deserialize(deserializer).map_err(|_| D::Error::custom("a key must be a text"))?;
        let bytes = TEXT.decode(text).map_err(|_| D::Error::custom("a key must be base64"))?;
        bytes.try_into().map(Self).map_err(|_| D::Error::custom("a key must have 256 bytes"))
    }
}

/// A data centre, perhaps with the key that an account has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataCentre {
    /// Its number, 1 to 5 at Telegram.
    pub id: u8,
    /// Where it listens.
    pub address: SocketAddr,
    /// The account's key.
    pub key: Option<AuthKey>,
}

/// A text is no session string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StringSessionError {
    /// Nothing at all.
    #[error("there is no session string")]
    Empty,
    /// Pyrogram's or another library's, or a newer form.
    #[error("this is no StringSession of Telethon (those begin with 1); convert it, or log in with `rollcall session login`")]
    Version,
    /// Characters are missing or added.
    #[error("the session string is damaged: copy it again, as one line without quotes")]
    Damaged,
    /// It was saved before somebody logged in.
    #[error("the session string has no key in it: it was made before the login")]
    NoKey,
}

impl DataCentre {
    /// Reads Telethon's `StringSession`: a `1`, then base64 of number, address, port and key.
    pub fn from_session_string(text: &str) -> Result<Self, StringSessionError> {
        let text = text.trim();
        let rest = match text.chars().next() {
            None => return Err(StringSessionError::Empty),
            Some(VERSION) => &text[1..],
            Some(_) => return Err(StringSessionError::Version),
        };
        let bytes = URL_SAFE_TEXT.decode(rest).map_err(|_| StringSessionError::Damaged)?;
        let (head, key) =
            bytes.len().checked_sub(AuthKey::LENGTH).map(|at| bytes.split_at(at)).ok_or(StringSessionError::Damaged)?;
        let (id, address) = match head {
            [id, address @ .., high, low] => (*id, (address, u16::from_be_bytes([*high, *low]))),
            _ => return Err(StringSessionError::Damaged),
        };
        let ip = match address.0.len() {
            4 => IpAddr::from(<[u8; 4]>::try_from(address.0).map_err(|_| StringSessionError::Damaged)?),
            16 => IpAddr::from(<[u8; 16]>::try_from(address.0).map_err(|_| StringSessionError::Damaged)?),
            _ => return Err(StringSessionError::Damaged),
        };
        let key: [u8; AuthKey::LENGTH] = key.try_into().map_err(|_| StringSessionError::Damaged)?;
        if key.iter().all(|byte| *byte == 0) {
            return Err(StringSessionError::NoKey);
        }
        Ok(Self { id, address: SocketAddr::new(ip, address.1), key: Some(AuthKey(key)) })
    }

    /// Reads `TELEGRAM_DC`: data centres separated by commas, each as `2@127.0.0.1:4430` or as a session string.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Self::parse).collect()
    }

    fn parse(text: &str) -> Result<Self, String> {
        // What may hold a key isn't quoted.
        let wrong = "write number@address:port such as 2@127.0.0.1:4430, or a session string".to_owned();
        match text.split_once('@') {
            Some((id, address)) => {
                let id = id.parse().map_err(|_| wrong.clone())?;
                let address = address.parse().map_err(|_| wrong)?;
                Ok(Self { id, address, key: None })
            }
            None => Self::from_session_string(text).map_err(|why| format!("{why}; {wrong}")),
        }
    }

    /// Both addresses that the library asks for; one of them stands for the other.
    pub(super) fn sockets(&self) -> (std::net::SocketAddrV4, std::net::SocketAddrV6) {
        let port = self.address.port();
        match self.address {
            SocketAddr::V4(v4) => (v4, std::net::SocketAddrV6::new(v4.ip().to_ipv6_mapped(), port, 0, 0)),
            SocketAddr::V6(v6) => {
                let v4 = v6.ip().to_ipv4_mapped().unwrap_or(Ipv4Addr::UNSPECIFIED);
                (std::net::SocketAddrV4::new(v4, port), std::net::SocketAddrV6::new(Ipv6Addr::from(v6.ip().octets()), port, 0, 0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// As Telethon itself writes it.
    fn written(centre: &DataCentre) -> String {
        let ip = match centre.address.ip() {
            IpAddr::V4(ip) => ip.octets().to_vec(),
            IpAddr::V6(ip) => ip.octets().to_vec(),
        };
        let port = centre.address.port().to_be_bytes();
        let key = centre.key.as_ref().expect("a key").0;
        format!("{VERSION}{}", URL_SAFE_TEXT.encode([&[centre.id], &ip[..], &port, &key].concat()))
    }

    proptest! {
        #[test]
        fn a_session_string_holds_all_of_a_session(id: u8, ip: IpAddr, port: u16, seed in 1..=255_u8, padded: bool) {
            let centre = DataCentre { id, address: SocketAddr::new(ip, port), key: Some(AuthKey([seed; 256])) };
            let text = written(&centre);
            let text = if padded { text } else { text.trim_end_matches('=').to_owned() };
            prop_assert_eq!(DataCentre::from_session_string(&format!(" {text}\n")), Ok(centre.clone()));
            prop_assert_eq!(DataCentre::parse_list(&format!("3@127.0.0.1:1, {text}")).map(|list| list[1].clone()), Ok(centre));
        }

        #[test]
        fn anything_else_is_refused_without_being_quoted(text in "[!-~]{0,400}") {
            if let Err(why) = DataCentre::parse_list(&text) {
                prop_assert!(text.len() < 12 || !why.contains(&text));
            }
        }
    }

    #[test]
    fn what_is_wrong_with_a_session_string_is_told() {
        let of = |text: &str| DataCentre::from_session_string(text).expect_err("refused");
        assert_eq!(of(" "), StringSessionError::Empty);
        assert_eq!(of("BQABAgM"), StringSessionError::Version);
        assert_eq!(of("1abcd"), StringSessionError::Damaged);
        assert_eq!(of("1!!!!"), StringSessionError::Damaged);
        let empty = DataCentre { id: 2, address: "1.2.3.4:443".parse().expect("an address"), key: Some(AuthKey([0; 256])) };
        assert_eq!(of(&written(&empty)), StringSessionError::NoKey);
    }

    #[test]
    fn a_key_is_never_shown() {
        let key = AuthKey([b'k'; 256]);
        assert_eq!(format!("{key:?}"), "AuthKey(…)");
        let text = serde_json::to_string(&key).expect("JSON");
        assert_eq!(serde_json::from_str::<AuthKey>(&text).expect("reads"), key);
        for spoilt in [text.replace('a', "?"), "\"aaaa\"".to_owned(), "7".to_owned()] {
            let why = serde_json::from_str::<AuthKey>(&spoilt).expect_err("refused").to_string();
            assert!(!why.contains("aaaa"), "{why}");
        }
    }
}
