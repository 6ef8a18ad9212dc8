//! Who may look at the pages, and how they come in. Secrets are never here, only their hashes.

use std::{collections::BTreeMap, fmt, str::FromStr};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{
    ids::{TeacherId, UserId},
    map::put,
    rules::{Admin, Rules},
    state::State,
};

/// A link works for so long, once.
pub const LINK_LIFE: TimeDelta = TimeDelta::minutes(5);
/// A session that nobody uses ends after so long.
pub const IDLE_LIFE: TimeDelta = TimeDelta::days(7);
/// And every one after so long.
pub const SESSION_LIFE: TimeDelta = TimeDelta::days(30);
/// Exactness of [`WebSession::seen`]: a look at a page is seldom worth a write.
const SEEN_EVERY: TimeDelta = TimeDelta::hours(1);
/// The most links and sessions of one person; the oldest go.
const MOST_LINKS: usize = 5;
const MOST_SESSIONS: usize = 20;

/// SHA-256 of a secret of 256 random bits: no dictionary holds such a one, so a slow hash would protect nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({:02x}{:02x}…)", self.0[0], self.0[1])
    }
}

impl FromStr for Digest {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "expected 64 hexadecimal digits";
        if text.len() != 64 || !text.is_ascii() {
            return Err(wrong);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| wrong)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// By which way somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A link that the bot sent.
    Link,
    /// The Mini App.
    App,
}

/// Somebody who is signed in at one browser. It says who they are, never what they may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebSession {
    /// Who.
    pub user: UserId,
    /// By which way.
    pub by: Way,
    /// Since when.
    pub began: DateTime<Utc>,
    /// When they last looked; exact to the hour.
    pub seen: DateTime<Utc>,
}

impl WebSession {
    /// Whether it still goes on.
    pub fn goes_on(&self, now: DateTime<Utc>) -> bool {
        now < self.began + SESSION_LIFE && now < self.seen + IDLE_LIFE
    }
}

/// A way in that was sent to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLink {
    /// To whom.
    pub user: UserId,
    /// Until when it works.
    pub until: DateTime<Utc>,
}

/// Somebody who may do something here because an admin said so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// What the admin calls them.
    pub name: String,
    /// Which admin.
    pub named_by: UserId,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// Everything about who may look at the pages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SignIn {
    /// By the hash of the cookie.
    pub sessions: BTreeMap<Digest, WebSession>,
    /// By the hash of what is in the address.
    pub links: BTreeMap<Digest, SignInLink>,
    /// Proofs of Telegram that were used, until they are too old to be used again.
    pub proofs: BTreeMap<Digest, DateTime<Utc>>,
    /// Those who see everything and change nothing.
    pub viewers: BTreeMap<UserId, Named>,
    /// Those who may collect public channels, beside whom the settings name.
    pub researchers: BTreeMap<UserId, Named>,
}

/// A new value of one thing; `None`: it is no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SignInChange {
    /// A session.
    Session(Digest, Option<WebSession>),
    /// A link.
    Link(Digest, Option<SignInLink>),
    /// A proof, until when it is remembered.
    Proof(Digest, Option<DateTime<Utc>>),
    /// A viewer.
    Viewer(UserId, Option<Named>),
    /// A researcher.
    Researcher(UserId, Option<Named>),
}

/// What somebody may do at the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Admin(Admin),
    /// Look at everything.
    Viewer,
    /// Look at what is their own.
    Teacher(TeacherId),
    /// Nothing but collect public channels.
    Researcher,
}

impl Role {
    /// Whether they see nothing of the school but what is their own.
    pub fn sees_own_only(self) -> bool {
        match self {
            Self::Admin(_) | Self::Viewer => false,
            Self::Teacher(_) | Self::Researcher => true,
        }
    }
}

/// What somebody may do at this moment; `None`: nothing.
pub fn role(state: &State, rules: &Rules, user: UserId) -> Option<Role> {
    if let Some(admin) = rules.admin(user) {
        return Some(Role::Admin(admin));
    }
    if state.access.sign_in.viewers.contains_key(&user) {
        return Some(Role::Viewer);
    }
    let teacher = state.teacher_of(user).map(|teacher| Role::Teacher(teacher.teacher_id));
    teacher.or_else(|| may_research(state, rules, user).then_some(Role::Researcher))
}

/// Whether somebody may collect public channels on the dashboard at this moment.
pub fn may_research(state: &State, rules: &Rules, user: UserId) -> bool {
    rules.may_research(user) || state.access.sign_in.researchers.contains_key(&user)
}

impl SignIn {
    /// Makes a change so.
    pub(super) fn apply(&mut self, change: SignInChange) {
        match change {
            SignInChange::Session(digest, session) => put(&mut self.sessions, digest, session),
            SignInChange::Link(digest, link) => put(&mut self.links, digest, link),
            SignInChange::Proof(digest, until) => put(&mut self.proofs, digest, until),
            SignInChange::Viewer(user, viewer) => put(&mut self.viewers, user, viewer),
            SignInChange::Researcher(user, researcher) => put(&mut self.researchers, user, researcher),
        }
    }

    /// The session behind a cookie, while it goes on.
    pub fn session(&self, cookie: &Digest, now: DateTime<Utc>) -> Option<&WebSession> {
        self.sessions.get(cookie).filter(|session| session.goes_on(now))
    }

    /// Notes that a session is used, now and then.
    pub fn seen(&self, cookie: &Digest, now: DateTime<Utc>) -> Option<SignInChange> {
        let session = self.session(cookie, now).filter(|session| now - session.seen >= SEEN_EVERY)?;
        Some(SignInChange::Session(*cookie, Some(WebSession { seen: now, ..session.clone() })))
    }

    /// The link behind an address, while it works.
    pub fn link(&self, token: &Digest, now: DateTime<Utc>) -> Option<&SignInLink> {
        self.links.get(token).filter(|link| now < link.until)
    }

    /// Somebody gets a link.
    pub fn linked(&self, token: Digest, user: UserId, now: DateTime<Utc>) -> Vec<SignInChange> {
        let mut changes = self.swept(now);
        let mut theirs: Vec<_> = self.links.iter().filter(|(_, link)| link.user == user && now < link.until).collect();
        theirs.sort_by_key(|(_, link)| link.until);
        let beyond = (theirs.len() + 1).saturating_sub(MOST_LINKS);
        changes.extend(theirs.into_iter().take(beyond).map(|(digest, _)| SignInChange::Link(*digest, None)));
        changes.push(SignInChange::Link(token, Some(SignInLink { user, until: now + LINK_LIFE })));
        changes
    }

    /// Somebody uses a link; `None`: it doesn't work (any more).
    pub fn came_by_link(&self, token: &Digest, cookie: Digest, now: DateTime<Utc>) -> Option<Vec<SignInChange>> {
        let user = self.link(token, now)?.user;
        let mut changes = self.swept(now);
        changes.push(SignInChange::Link(*token, None));
        changes.extend(self.begun(cookie, user, Way::Link, now));
        Some(changes)
    }

    /// Somebody shows Telegram's proof, made at `made` and no longer believed from `until` on; `None`: it was used before.
    pub fn came_by_app(
        &self,
        proof: Digest,
        until: DateTime<Utc>,
        user: UserId,
        cookie: Digest,
        now: DateTime<Utc>,
    ) -> Option<Vec<SignInChange>> {
        if now >= until || self.proofs.contains_key(&proof) {
            return None;
        }
        let mut changes = self.swept(now);
        changes.push(SignInChange::Proof(proof, Some(until)));
        changes.extend(self.begun(cookie, user, Way::App, now));
        Some(changes)
    }

    /// Ends all sessions and links of somebody.
    pub fn ended(&self, user: UserId) -> Vec<SignInChange> {
        let sessions = self.sessions.iter().filter(|(_, session)| session.user == user);
        let links = self.links.iter().filter(|(_, link)| link.user == user);
        let sessions = sessions.map(|(digest, _)| SignInChange::Session(*digest, None));
        sessions.chain(links.map(|(digest, _)| SignInChange::Link(*digest, None))).collect()
    }

    fn begun(&self, cookie: Digest, user: UserId, by: Way, now: DateTime<Utc>) -> Vec<SignInChange> {
        let mut theirs: Vec<_> =
            self.sessions.iter().filter(|(_, session)| session.user == user && session.goes_on(now)).collect();
        theirs.sort_by_key(|(_, session)| session.seen);
        let beyond = (theirs.len() + 1).saturating_sub(MOST_SESSIONS);
        let gone = theirs.into_iter().take(beyond).map(|(digest, _)| SignInChange::Session(*digest, None));
        let new = SignInChange::Session(cookie, Some(WebSession { user, by, began: now, seen: now }));
        gone.chain([new]).collect()
    }

    /// What is over is forgotten whenever somebody comes in.
    fn swept(&self, now: DateTime<Utc>) -> Vec<SignInChange> {
        let sessions = self.sessions.iter().filter(|(_, session)| !session.goes_on(now));
        let links = self.links.iter().filter(|(_, link)| now >= link.until);
        let proofs = self.proofs.iter().filter(|(_, until)| now >= **until);
        let sessions = sessions.map(|(digest, _)| SignInChange::Session(*digest, None));
        let links = links.map(|(digest, _)| SignInChange::Link(*digest, None));
        sessions.chain(links).chain(proofs.map(|(digest, _)| SignInChange::Proof(*digest, None))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: UserId = UserId(7);

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::<Utc>::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn digest(n: u8) -> Digest {
        Digest([n; 32])
    }

    /// What is kept, as changes make it so.
    #[derive(Default)]
    struct Kept(SignIn);

    impl Kept {
        fn does(&mut self, changes: Vec<SignInChange>) {
            changes.into_iter().for_each(|change| self.0.apply(change));
        }
    }

    #[test]
    fn a_link_works_once_within_five_minutes() {
        let mut kept = Kept::default();
        kept.does(kept.0.linked(digest(1), ANN, at(0)));
        assert_eq!(kept.0.came_by_link(&digest(2), digest(9), at(1)), None);
        assert_eq!(kept.0.came_by_link(&digest(1), digest(9), at(5)), None);
        kept.does(kept.0.came_by_link(&digest(1), digest(9), at(4)).expect("it works"));
        assert_eq!(kept.0.came_by_link(&digest(1), digest(8), at(4)), None);
        assert_eq!(kept.0.session(&digest(9), at(4)).map(|session| session.user), Some(ANN));
    }

    #[test]
    fn sessions_end_by_themselves_and_at_once_when_asked() {
        let mut kept = Kept::default();
        kept.does(kept.0.came_by_app(digest(1), at(5), ANN, digest(9), at(0)).expect("it works"));
        assert_eq!(kept.0.came_by_app(digest(1), at(5), ANN, digest(8), at(1)), None, "a proof works once");
        assert_eq!(kept.0.seen(&digest(9), at(59)), None);
        let day = 24 * 60;
        for days in 1..30 {
            let seen = kept.0.seen(&digest(9), at(days * day)).expect("it is noted");
            kept.does(vec![seen]);
        }
        assert!(kept.0.session(&digest(9), at(30 * day - 1)).is_some());
        assert!(kept.0.session(&digest(9), at(30 * day)).is_none());
        kept.does(kept.0.linked(digest(2), ANN, at(day)));
        kept.does(kept.0.ended(ANN));
        assert!(kept.0.sessions.is_empty() && kept.0.links.is_empty());
    }

    #[test]
    fn an_unused_session_ends_after_a_week_and_is_forgotten() {
        let mut kept = Kept::default();
        kept.does(kept.0.came_by_app(digest(1), at(5), ANN, digest(9), at(0)).expect("it works"));
        let week = at(7 * 24 * 60);
        assert!(kept.0.session(&digest(9), week).is_none());
        kept.does(kept.0.linked(digest(2), ANN, week));
        assert!(kept.0.sessions.is_empty() && kept.0.proofs.is_empty());
    }

    #[test]
    fn nobody_fills_the_files_with_links() {
        let mut kept = Kept::default();
        for n in 0..100 {
            kept.does(kept.0.linked(digest(n), ANN, at(0) + TimeDelta::seconds(i64::from(n))));
        }
        assert_eq!(kept.0.links.len(), MOST_LINKS);
        assert!(kept.0.link(&digest(99), at(2)).is_some());
    }

    #[test]
    fn hashes_survive_their_text() {
        let digest = Digest(std::array::from_fn(|n| n as u8 * 7));
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("zz".repeat(32).parse::<Digest>().is_err() && "é".repeat(32).parse::<Digest>().is_err());
    }
}
