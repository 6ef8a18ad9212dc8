//! Accounts: phone numbers, passwords, login codes, and the keys that programs are logged in with.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
};

use super::{ChatKey, Speaker, World, news::News};
use crate::{
    content::Content,
    mtproto::{
        crypto::{self, AuthKey},
        srp::{Challenge, Password},
    },
};

/// How long a login code is good, in milliseconds.
const CODE_LIFE: i64 = 5 * 60_000;
/// How long a token in a QR code is good, in milliseconds.
const TOKEN_LIFE: i64 = 30_000;
/// Wrong codes after which a code is dead.
const MOST_TRIES: u8 = 5;

/// How programs log in to a person's account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// With country code, digits only.
    pub(crate) phone: String,
    /// The data centre that it lives on.
    pub(crate) centre: i32,
    pub(crate) password: Option<Password>,
    /// What happened in their private chats and basic groups, for programs that missed it.
    pub(crate) log: Vec<(ChatKey, i64, bool)>,
}

/// Who is logged in with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Login {
    Nobody,
    /// The code was right; the account has a password too.
    NeedsPassword(i64),
    User(i64),
}

/// A key that a client agreed on with a data centre.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) bytes: AuthKey,
    pub(crate) centre: i32,
    pub(crate) login: Login,
    pub(crate) code: Option<SentCode>,
    pub(crate) challenge: Option<Challenge>,
}

/// A login code on its way.
#[derive(Clone, Debug)]
pub(crate) struct SentCode {
    pub(crate) user: i64,
    pub(crate) hash: String,
    pub(crate) digits: String,
    until: i64,
    tries: u8,
}

/// What a QR code holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LoginToken {
    /// The key that wants to be logged in.
    pub(crate) key: i64,
    /// Unix milliseconds.
    pub(crate) until: i64,
    pub(crate) accepted_by: Option<i64>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// By person; who has none yet has the [`Account`] that follows from their number.
    of: BTreeMap<i64, Account>,
    pub(crate) keys: HashMap<i64, Key>,
    /// The data centres that run.
    pub(crate) centres: BTreeMap<i32, SocketAddr>,
    pub(crate) tokens: HashMap<Vec<u8>, LoginToken>,
    /// What a data centre gives to a program that goes to another one: there, and who.
    pub(crate) vouchers: HashMap<Vec<u8>, (i32, i64)>,
    /// What programs sent, by person and the number that the program gave it: it isn't sent twice.
    pub(crate) sent: HashMap<(i64, i64), (ChatKey, i64)>,
    /// The data centre that files lie at; every one has them unless told otherwise.
    pub(crate) files_at: Option<i32>,
    /// So many parts of files are cut short.
    pub(crate) short_parts: usize,
    /// Parts of files on their way up, by person and the file's number.
    pub(crate) uploads: HashMap<(i64, i64), BTreeMap<u32, Vec<u8>>>,
}

impl Accounts {
    pub(crate) fn of(&mut self, user: i64) -> &mut Account {
        let centre = self.centres.keys().next().copied().unwrap_or(crate::mtproto::USUAL_CENTRE);
        self.of.entry(user).or_insert_with(|| Account { phone: usual_phone(user), centre, password: None, log: Vec::new() })
    }

    /// This person's number.
    pub(crate) fn phone_of(&self, user: i64) -> String {
        self.of.get(&user).map_or_else(|| usual_phone(user), |account| account.phone.clone())
    }

    /// What happened in this person's private chats and basic groups.
    pub(crate) fn log_of(&self, user: i64) -> &[(ChatKey, i64, bool)] {
        self.of.get(&user).map_or(&[], |account| &account.log)
    }

    /// A new key for this data centre.
    pub(crate) fn add_key(&mut self, centre: i32, bytes: AuthKey, login: Login) {
        self.keys.insert(crypto::key_id(&bytes), Key { bytes, centre, login, code: None, challenge: None });
    }

    /// The keys that this person is logged in with.
    pub(crate) fn keys_of(&self, user: i64) -> Vec<i64> {
        self.keys.iter().filter(|(_, key)| key.login == Login::User(user)).map(|(id, _)| *id).collect()
    }
}

impl World {
    /// Whose number this is.
    pub(crate) fn owner_of_phone(&mut self, phone: &str) -> Option<i64> {
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let people: Vec<i64> = self.users.keys().copied().collect();
        people.into_iter().find(|user| self.accounts.of(*user).phone == digits)
    }

    /// Sends a code to this person's other programs: its hash.
    pub(crate) fn send_code(&mut self, key: i64, user: i64) -> String {
        let hash = format!("{:016x}", u64::from_le_bytes(crypto::random()));
        let digits = format!("{:05}", u32::from_le_bytes(crypto::random()) % 100_000);
        let code = SentCode { user, hash: hash.clone(), digits, until: self.now + CODE_LIFE, tries: 0 };
        if let Some(key) = self.accounts.keys.get_mut(&key) {
            key.code = Some(code);
        }
        hash
    }

    /// The newest code that is still good and that this person can read.
    pub(crate) fn code_for(&self, user: i64) -> Option<String> {
        let codes = self.accounts.keys.values().filter_map(|key| key.code.as_ref());
        codes
            .filter(|code| code.user == user && code.until > self.now)
            .max_by_key(|code| code.until)
            .map(|code| code.digits.clone())
    }

    /// Takes a code that somebody typed: whose account it opens, or Telegram's word for what is wrong.
    pub(crate) fn take_code(&mut self, key: i64, hash: &str, digits: &str) -> Result<i64, &'static str> {
        let now = self.now;
        let key = self.accounts.keys.get_mut(&key).ok_or("AUTH_KEY_UNREGISTERED")?;
        let code = key.code.as_mut().filter(|code| code.hash == hash).ok_or("PHONE_CODE_EXPIRED")?;
        if digits.is_empty() {
            return Err("PHONE_CODE_EMPTY");
        }
        if now >= code.until || code.tries >= MOST_TRIES {
            return Err("PHONE_CODE_EXPIRED");
        }
        if code.digits != digits {
            code.tries += 1;
            return Err("PHONE_CODE_INVALID");
        }
        let user = code.user;
        key.code = None;
        Ok(user)
    }

    /// Whoever writes their login code into a chat makes it worthless: that is how codes are stolen.
    pub(super) fn spoil_codes(&mut self, speaker: &Speaker, content: &Content) {
        let (Speaker::User(user), Some(text)) = (speaker, content.0.get("text").and_then(|text| text.as_str())) else { return };
        let codes = self.accounts.keys.values_mut().filter_map(|key| key.code.as_mut());
        for code in codes.filter(|code| code.user == *user && text.contains(&code.digits)) {
            code.until = 0;
        }
    }

    /// A new token for a QR code that this key shows.
    pub(crate) fn new_token(&mut self, key: i64) -> (Vec<u8>, i64) {
        let now = self.now;
        self.accounts.tokens.retain(|_, token| token.key != key && token.until > now);
        let (token, until) = (crypto::random::<32>().to_vec(), now + TOKEN_LIFE);
        self.accounts.tokens.insert(token.clone(), LoginToken { key, until, accepted_by: None });
        (token, until)
    }

    /// Somebody's phone reads a QR code; the key that waits, or why not.
    pub(crate) fn accept_token(&mut self, user: i64, token: &[u8]) -> Result<i64, &'static str> {
        let now = self.now;
        let known = self.accounts.tokens.get_mut(token).ok_or("AUTH_TOKEN_INVALID")?;
        if known.until <= now {
            return Err("AUTH_TOKEN_EXPIRED");
        }
        if known.accepted_by.is_some() {
            return Err("AUTH_TOKEN_ALREADY_ACCEPTED");
        }
        known.accepted_by = Some(user);
        let key = known.key;
        self.tell(News::Token { key });
        Ok(key)
    }

    /// The account's owner has shown who they are: they are in, or the password is still asked for.
    pub(crate) fn log_in(&mut self, key: i64, user: i64) -> Login {
        let login = if self.accounts.of(user).password.is_some() { Login::NeedsPassword(user) } else { Login::User(user) };
        if let Some(key) = self.accounts.keys.get_mut(&key) {
            key.login = login;
        }
        login
    }
}

fn usual_phone(user: i64) -> String {
    format!("99890{:07}", user % 10_000_000)
}
