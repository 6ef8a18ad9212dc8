//! The bots that are to run: one by `BOT_TOKEN`, several by `BOTS` and a token each.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret, SecretString};

use super::reading::Reading;
use crate::domain::{bots::Bots, ids::BotId};

/// What the bot is called that has nothing but `BOT_TOKEN`.
pub const MAIN: &str = "main";

/// One bot, as the operator has it.
#[derive(Clone, Debug)]
pub struct BotConfig {
    /// What it is called: small letters, digits, `_`.
    pub name: String,
    /// Its token.
    pub token: SecretString,
}

impl BotConfig {
    /// Which one it is.
    pub fn id(&self) -> BotId {
        let number = self.token.expose_secret().split(':').next().and_then(|id| id.parse().ok());
        BotId(number.expect("a token was looked at when it was read"))
    }
}

/// The setting that holds the token of the bot with this name.
pub fn token_setting(name: &str) -> String {
    if name == MAIN { "BOT_TOKEN".to_owned() } else { format!("BOT_{}_TOKEN", name.to_uppercase()) }
}

/// The bot whose token a setting holds.
pub fn bot_of_setting(setting: &str) -> Option<String> {
    let name = setting.strip_prefix("BOT_")?.strip_suffix("_TOKEN")?.to_lowercase();
    is_name(&name).then_some(name)
}

/// Whether a bot may be called so.
pub fn is_name(name: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=20).contains(&name.len()) && name.bytes().all(is_fine) && !name.starts_with('_') && !name.ends_with('_')
}

/// What decisions know of them. The first one is the main one.
pub(super) fn known(bots: &[BotConfig]) -> Bots {
    let main = bots.first().map_or(BotId(0), BotConfig::id);
    Bots { main, all: bots.iter().map(BotConfig::id).collect() }
}

impl Reading<'_> {
    /// Those that `BOTS` names, in its order; without it all that have a token, the main one first.
    pub(super) fn bots(&mut self) -> Vec<BotConfig> {
        let mut bots: Vec<BotConfig> = Vec::new();
        for name in self.bot_names() {
            let setting = match token_setting(&name) {
                // Whoever calls it main in BOTS may write either.
                setting if name == MAIN && self.get(&setting).is_none() => "BOT_MAIN_TOKEN".to_owned(),
                setting => setting,
            };
            let Some(token) = self.get(&setting).map(ToOwned::to_owned) else {
                // That the only one is missing is told where one is needed.
                if self.get("BOTS").is_some() {
                    self.mistakes.push(format!(
                        "BOTS names {name}, but {setting} is not set: put the token that @BotFather gave there, or run `rollcall bots add {name}`"
                    ));
                }
                continue;
            };
            if !looks_like_a_token(&token) {
                self.mistakes.push(format!("{setting} doesn't look like a token (digits, a colon, 35 letters): copy it again from @BotFather, without quotes or spaces"));
                continue;
            }
            let bot = BotConfig { name, token: token.into() };
            if let Some(twin) = bots.iter().find(|known| known.id() == bot.id()) {
                self.mistakes.push(format!("{setting} is a token of the bot that {} is already: each bot runs once", twin.name));
                continue;
            }
            bots.push(bot);
        }
        bots
    }

    fn bot_names(&mut self) -> Vec<String> {
        let Some(listed) = self.get("BOTS").map(ToOwned::to_owned) else {
            let has_value = |value: &String| !value.trim().is_empty();
            let others = self.given.iter().filter(|(_, value)| has_value(value)).filter_map(|(name, _)| bot_of_setting(name));
            let others: BTreeSet<String> = others.filter(|name| name != MAIN).collect();
            return std::iter::once(MAIN.to_owned()).chain(others).collect();
        };
        let mut names: Vec<String> = Vec::new();
        for name in listed.split([',', ' ', ';']).filter(|name| !name.is_empty()).map(str::to_lowercase) {
            if !is_name(&name) {
                self.mistakes.push(format!("BOTS: {name:?} can't be a name; use up to 20 letters a-z, digits and _"));
            } else if names.contains(&name) {
                self.mistakes.push(format!("BOTS names {name} twice"));
            } else {
                names.push(name);
            }
        }
        names
    }
}

/// Whether @BotFather may have given this.
pub fn looks_like_a_token(text: &str) -> bool {
    text.split_once(':').is_some_and(|(id, secret)| {
        id.parse::<i64>().is_ok_and(|id| id > 0)
            && id.bytes().all(|b| b.is_ascii_digit())
            && secret.len() >= 30
            && secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn token(id: i64) -> String {
        format!("{id}:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0")
    }

    fn read(pairs: &[(&str, &str)]) -> Result<Vec<(String, i64)>, Vec<String>> {
        let given: BTreeMap<_, _> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut reading = Reading { given: &given, mistakes: Vec::new(), warnings: Vec::new() };
        let bots = reading.bots().into_iter().map(|bot| (bot.id().0, bot.name)).map(|(id, name)| (name, id)).collect();
        if reading.mistakes.is_empty() { Ok(bots) } else { Err(reading.mistakes) }
    }

    fn named(pairs: &[(&str, i64)]) -> Result<Vec<(String, i64)>, Vec<String>> {
        Ok(pairs.iter().map(|(name, id)| ((*name).to_owned(), *id)).collect())
    }

    #[test]
    fn one_token_is_one_bot() {
        assert_eq!(read(&[("BOT_TOKEN", &token(1))]), named(&[("main", 1)]));
        assert_eq!(read(&[]), Ok(vec![]));
    }

    #[test]
    fn every_token_is_a_bot_unless_the_list_says_which() {
        let (one, two, three) = (token(1), token(2), token(3));
        let all = [("BOT_TOKEN", one.as_str()), ("BOT_SOUTH_TOKEN", &three), ("BOT_NORTH_TOKEN", &two)];
        assert_eq!(read(&all), named(&[("main", 1), ("north", 2), ("south", 3)]));
        let listed: Vec<_> = all.into_iter().chain([("BOTS", "South, main")]).collect();
        assert_eq!(read(&listed), named(&[("south", 3), ("main", 1)]), "the first one is the main one");
        assert_eq!(read(&[("BOTS", "main"), ("BOT_MAIN_TOKEN", &one)]), named(&[("main", 1)]));
    }

    #[test]
    fn each_mistake_is_told() {
        let one = token(1);
        let mistakes = read(&[
            ("BOTS", "main,north,a-b,north,east,west"),
            ("BOT_TOKEN", &one),
            ("BOT_EAST_TOKEN", &one),
            ("BOT_WEST_TOKEN", "hello"),
        ]);
        insta::assert_snapshot!(mistakes.expect_err("mistakes").join("\n"));
    }
}
