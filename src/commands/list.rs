//! What Telegram lists for whom.

use crate::{
    domain::{
        commands::Setting,
        ids::{BotId, UserId},
        lang::Lang,
        rules::Rules,
        state::State,
    },
    text::commands::{Audience, built_in},
};

/// Who sees a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everybody in private chats.
    Private,
    /// Everybody in groups.
    Groups,
    /// This admin in private.
    Admin(UserId),
}

/// A list of commands as Telegram takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Who sees it.
    pub scope: Scope,
    /// Whose Telegram speaks this; `None`: everybody without a list of their own.
    pub lang: Option<Lang>,
    /// Words and descriptions.
    pub commands: Vec<(String, String)>,
}

/// All lists of the bot whose rules these are, as they are to be now. An admin who never wrote to the bot has none: Telegram takes
/// none for them.
pub fn all(state: &State, rules: &Rules) -> Vec<List> {
    let mut lists = Vec::new();
    for lang in [None].into_iter().chain(Lang::ALL.map(Some)) {
        for scope in [Scope::Private, Scope::Groups] {
            lists.push(List { scope, lang, commands: of(state, rules, scope, lang.unwrap_or(rules.lang)) });
        }
    }
    let is_reached = |admin: &&UserId| state.people.get(admin).is_some_and(|person| !person.unreachable);
    for admin in rules.admins.iter().filter(is_reached) {
        let (scope, chosen) = (Scope::Admin(*admin), crate::admin::lang_of(state, rules, *admin));
        lists.push(List { scope, lang: None, commands: of(state, rules, scope, chosen) });
    }
    lists
}

fn of(state: &State, rules: &Rules, scope: Scope, lang: Lang) -> Vec<(String, String)> {
    let (audience, setting) = match scope {
        Scope::Private => (Audience::Everybody, Setting::Private),
        Scope::Groups => (Audience::Group, Setting::Group),
        Scope::Admin(_) => (Audience::Admin, Setting::Private),
    };
    let mut commands = built_in(audience, rules.assistant().whom, lang);
    let own = state.commands.ordered().into_iter().filter(|(_, custom)| custom.answers_to(rules.bot, setting));
    commands.extend(own.map(|(name, custom)| (name.to_string(), custom.description(lang).to_owned())));
    // One that a later release took as its own name stands in the list once.
    let mut seen = std::collections::BTreeSet::new();
    commands.retain(|(word, description)| !description.is_empty() && seen.insert(word.clone()));
    commands
}

/// Whether a bot still is one that a command could be limited to.
pub fn is_bot(state: &State, bot: BotId) -> bool {
    state.bots.contains_key(&bot)
}
