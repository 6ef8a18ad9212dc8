//! What an operator decided, as far as decisions need it.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{BuildHasher as _, RandomState},
};

use chrono_tz::Tz;

use super::{
    assistant::Assistant,
    bots::Bots,
    ids::{BotId, UserId},
    lang::Lang,
};

/// The operator's settings that decisions depend on.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who may change anything (`ADMIN_IDS`).
    pub admins: BTreeSet<UserId>,
    /// Who else may collect public channels on the dashboard (`RESEARCHER_IDS`).
    pub researchers: BTreeSet<UserId>,
    /// Whose midnight separates the days (`TZ`).
    pub zone: Tz,
    /// The language for those whose own one is unknown (`DEFAULT_LANG`).
    pub lang: Lang,
    /// The bot that what is decided about came to.
    pub bot: BotId,
    /// All bots.
    pub bots: Bots,
    /// The assistants of those that have one (`ASSISTANT_FOR`).
    pub assistants: BTreeMap<BotId, Assistant>,
    /// What marks those by whose deleted data something still has to be known for a while.
    pub marks: Marks,
}

/// Makes numbers of people, from which nobody gets back to them: the key is drawn by each process and is in its memory alone, so a mark
/// on the disk, or in a backup, is nobody's.
#[derive(Clone, Debug, Default)]
pub struct Marks(RandomState);

impl Marks {
    /// Somebody's mark.
    pub fn of(&self, user: UserId) -> u64 {
        self.0.hash_one(user)
    }
}

/// Proof that somebody is an admin now. Only [`Rules::admin`] makes one; orders that change something ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admin(UserId);

impl Admin {
    /// Who it is.
    pub fn id(self) -> UserId {
        self.0
    }
}

impl Rules {
    /// The assistant of the bot that what is decided about came to; one for nobody where it has none.
    pub fn assistant(&self) -> Assistant {
        self.assistants.get(&self.bot).copied().unwrap_or_default()
    }

    /// The account that stands for every anonymous administrator: never an admin, for anyone could be behind it.
    pub const ANONYMOUS_ADMIN: UserId = UserId(1_087_968_824);

    /// Whether the settings let somebody collect public channels on the dashboard, whoever else may.
    pub fn may_research(&self, user: UserId) -> bool {
        user != Self::ANONYMOUS_ADMIN && (self.admins.contains(&user) || self.researchers.contains(&user))
    }

    /// The proof, if `user` is an admin at this moment.
    pub fn admin(&self, user: UserId) -> Option<Admin> {
        (user != Self::ANONYMOUS_ADMIN && self.admins.contains(&user)).then_some(Admin(user))
    }
}
