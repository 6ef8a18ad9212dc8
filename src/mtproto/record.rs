//! What a session is: keys, whose account it is, a login under way, what was learnt of chats, how long to wait.

use std::{
    collections::BTreeMap,
    fmt,
    net::{SocketAddrV4, SocketAddrV6},
};

use chrono::{DateTime, Utc};
use grammers_session::SessionData;
use serde::{Deserialize, Serialize};

use super::data_centre::{AuthKey, DataCentre};
use crate::domain::ids::{ChatId, UserId};

/// A session, as its file holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The data centre at which the account lives, or is looked for first.
    pub(super) home: i32,
    /// All that are known.
    pub(super) centres: BTreeMap<i32, Centre>,
    /// Who is logged in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Account>,
    /// A login that isn't finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) login: Option<PendingLogin>,
    /// What the account was logged in with, where that isn't the program's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) api: Option<OwnApi>,
    /// Groups and channels that the account has seen.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) chats: BTreeMap<ChatId, KnownChat>,
    /// Until when Telegram wants no more of a class of requests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) waits: BTreeMap<String, DateTime<Utc>>,
}

/// A data centre's addresses and our key there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Centre {
    pub(super) v4: SocketAddrV4,
    pub(super) v6: SocketAddrV6,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<AuthKey>,
}

/// Who is logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's number.
    pub id: UserId,
    /// First and last name.
    pub name: String,
    /// Without the `@`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// When it was logged in or imported, by our clock.
    pub since: DateTime<Utc>,
}

/// A login between the sending of the code and its end; survives a restart.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PendingLogin {
    pub(super) phone: String,
    /// Telegram's name for the code that it sent.
    pub(super) code_hash: String,
    /// How the code was sent, in words for the person.
    pub(super) sent_by: String,
    pub(super) sent_at: DateTime<Utc>,
    /// The code was right, and the password is still asked for.
    #[serde(default)]
    pub(super) needs_password: bool,
}

/// Somebody's own key of an application.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OwnApi {
    pub(super) id: i32,
    pub(super) hash: String,
}

impl fmt::Debug for OwnApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnApi(…)")
    }
}

impl fmt::Debug for PendingLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingLogin").field("sent_at", &self.sent_at).finish_non_exhaustive()
    }
}

/// A group or channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownChat {
    pub(super) title: String,
    /// What a supergroup or channel has to be addressed with; basic groups have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hash: Option<i64>,
}

impl Record {
    /// A session of nobody, at Telegram's data centres or at `others`.
    pub(super) fn new(others: &[DataCentre]) -> Self {
        let known = SessionData::default();
        let mut record = Self {
            home: known.home_dc,
            centres: BTreeMap::new(),
            account: None,
            login: None,
            api: None,
            chats: BTreeMap::new(),
            waits: BTreeMap::new(),
        };
        if others.is_empty() {
            let centre = |option: grammers_session::types::DcOption| Centre { v4: option.ipv4, v6: option.ipv6, key: None };
            record.centres = known.dc_options.into_iter().map(|(id, option)| (id, centre(option))).collect();
        }
        record.use_centres(others);
        record
    }

    /// The same session at other addresses. A key that comes with one only stands in where we have none.
    pub(super) fn use_centres(&mut self, others: &[DataCentre]) {
        for other in others {
            let (v4, v6) = other.sockets();
            let id = i32::from(other.id);
            let key = self.centres.get(&id).and_then(|known| known.key.clone()).or_else(|| other.key.clone());
            self.centres.insert(id, Centre { v4, v6, key });
        }
        if let Some(first) = others.first()
            && !self.centres.contains_key(&self.home)
        {
            self.home = i32::from(first.id);
        }
        if let (Some(first), None) = (others.first(), &self.account)
            && self.login.is_none()
        {
            self.home = i32::from(first.id);
        }
    }

    /// The session that somebody else's file holds.
    pub(super) fn imported(from: &DataCentre, others: &[DataCentre]) -> Self {
        let mut record = Self::new(others);
        let (v4, v6) = from.sockets();
        let id = i32::from(from.id);
        record.home = id;
        match record.centres.get_mut(&id) {
            // Telegram's own addresses are better known here than in an old string; a test's are what it says.
            Some(known) => known.key.clone_from(&from.key),
            None => drop(record.centres.insert(id, Centre { v4, v6, key: from.key.clone() })),
        }
        record
    }
}
