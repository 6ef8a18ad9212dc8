//! Assistants: which bots have one, for whom, and which models answer.

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::TimeDelta;

use super::{
    bots::BotConfig,
    reading::{self, Reading},
};
use crate::{
    assistant::prompt::LONGEST_OWN,
    domain::{
        assistant::{Assistant, Whom},
        ids::BotId,
    },
    providers::{ProviderConfig, ProviderKind},
};

/// What an operator decided about assistants.
#[derive(Clone, Debug)]
pub struct AssistantConfig {
    /// `ASSISTANT_FOR`, `ASSISTANT_IN_GROUPS` and `ASSISTANT_DAILY_TOKENS` of the bots that have one.
    pub bots: BTreeMap<BotId, Assistant>,
    /// What each is told beside the rules (`ASSISTANT_PROMPT_FILE`).
    pub prompts: BTreeMap<BotId, String>,
    /// Who answers, in the order in which they are asked.
    pub providers: Vec<ProviderConfig>,
    /// `ASSISTANT_TIMEOUT_SECONDS`: how long a provider may be silent.
    pub timeout: Duration,
    /// `ASSISTANT_MEMORY_MINUTES`
    pub memory: TimeDelta,
    /// Whether `HTTPS_PROXY` and its relatives are heeded.
    pub environment_proxy: bool,
}

impl Reading<'_> {
    /// `None` while no bot has one, however much is wrong with the other settings: nobody needs them then.
    pub(super) fn assistants(&mut self, bots: &[BotConfig]) -> Option<AssistantConfig> {
        let whom = self.per_bot("ASSISTANT_FOR", bots, |text| match text.to_lowercase().as_str() {
            "nobody" | "off" | "no" => Ok(Whom::Nobody),
            "admins" => Ok(Whom::Admins),
            "members" => Ok(Whom::Members),
            _ => Err(format!("{text:?} is not nobody, admins or members")),
        });
        let in_groups = self.per_bot("ASSISTANT_IN_GROUPS", bots, reading::yes_or_no);
        let tokens = self.per_bot("ASSISTANT_DAILY_TOKENS", bots, |text| {
            let number = text.parse().ok().filter(|n| (1_000..=1_000_000_000_u64).contains(n));
            number.ok_or_else(|| format!("{text:?} is no whole number from 1000 to 1000000000"))
        });
        let prompts = self.per_bot("ASSISTANT_PROMPT_FILE", bots, |path| own_prompt(Path::new(path)));
        let timeout = Duration::from_secs(self.number("ASSISTANT_TIMEOUT_SECONDS", 1..=600));
        let memory = TimeDelta::minutes(self.number("ASSISTANT_MEMORY_MINUTES", 0..=1_440) as i64);
        let providers = self.providers();
        let has = |id: &BotId| whom.get(id).copied().unwrap_or_default();
        let with = |id: BotId| Assistant {
            whom: has(&id),
            in_groups: in_groups.get(&id).copied().unwrap_or_default(),
            daily_tokens: tokens.get(&id).copied().unwrap_or_default(),
        };
        let all = bots.iter().map(BotConfig::id).filter(|id| has(id) != Whom::Nobody);
        let assistants: BTreeMap<_, _> = all.map(|id| (id, with(id))).collect();
        if assistants.is_empty() {
            return None;
        }
        if providers.is_empty() {
            self.mistakes.push(
                "ASSISTANT_FOR needs a model: set ASSISTANT_OPENAI_MODEL (and its key or address), or ASSISTANT_GEMINI_MODEL and ASSISTANT_GEMINI_KEY"
                    .to_owned(),
            );
        }
        let environment_proxy = self.get("PROXY_URL") == Some("env");
        Some(AssistantConfig { bots: assistants, prompts, providers, timeout, memory, environment_proxy })
    }

    fn providers(&mut self) -> Vec<ProviderConfig> {
        let order = self.get("ASSISTANT_ORDER").unwrap_or("").to_lowercase();
        let mut providers = Vec::new();
        for name in order.split([',', ' ', ';']).filter(|name| !name.is_empty()) {
            let Some(kind) = ProviderKind::ALL.into_iter().find(|kind| kind.name() == name) else {
                self.mistakes.push(format!("ASSISTANT_ORDER: {name:?} is neither openai nor gemini"));
                continue;
            };
            let setting = |what: &str| format!("ASSISTANT_{}_{what}", kind.name().to_uppercase());
            let Some(model) = self.get(&setting("MODEL")).map(ToOwned::to_owned) else { continue };
            let url = self.parsed(&setting("URL"), reading::http_address);
            let key = self.get(&setting("KEY")).map(|key| key.to_owned().into());
            if kind == ProviderKind::Gemini && key.is_none() {
                self.mistakes
                    .push("ASSISTANT_GEMINI_KEY is missing: take one from https://aistudio.google.com/apikey".to_owned());
            }
            if url.scheme() == "http" && !reading::is_loopback(&url) {
                self.warnings.push(format!("{} is no https:// address: whoever listens on the way reads along", setting("URL")));
            }
            providers.push(ProviderConfig { kind, url, key, model });
        }
        providers
    }

    /// A value for all bots, and others by name: `admins, north=members`.
    fn per_bot<T: Clone>(
        &mut self,
        setting: &str,
        bots: &[BotConfig],
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> BTreeMap<BotId, T> {
        let text = self.get(setting).unwrap_or("").to_owned();
        let mut values = BTreeMap::new();
        let (named, plain): (Vec<&str>, Vec<&str>) =
            text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty()).partition(|part| part.contains('='));
        for part in plain {
            match parse(part) {
                Ok(value) => values.extend(bots.iter().map(|bot| (bot.id(), value.clone()))),
                Err(why) => self.mistakes.push(format!("{setting}: {why}")),
            }
        }
        for part in named {
            let (name, value) = part.split_once('=').expect("it has one");
            match (bots.iter().find(|bot| bot.name == name.trim().to_lowercase()), parse(value.trim())) {
                (None, _) => self.mistakes.push(format!("{setting}: no bot is called {:?}", name.trim())),
                (_, Err(why)) => self.mistakes.push(format!("{setting}: {why}")),
                (Some(bot), Ok(value)) => drop(values.insert(bot.id(), value)),
            }
        }
        values
    }
}

fn own_prompt(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|why| format!("{} can't be read: {why}", path.display()))?;
    let length = text.trim().chars().count();
    if length > LONGEST_OWN {
        return Err(format!("{} has {length} characters; at most {LONGEST_OWN} are told to a model", path.display()));
    }
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn config(pairs: &[(&str, &str)]) -> Result<Option<AssistantConfig>, String> {
        let token = |id: i64| format!("{id}:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0");
        let (one, two) = (token(1), token(2));
        let bots = [("BOT_TOKEN", one.as_str()), ("BOT_NORTH_TOKEN", &two)];
        let given = bots.iter().chain(pairs).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from_map(&given).map(|(config, _)| config.assistants).map_err(|mistakes| mistakes.to_string())
    }

    #[test]
    fn nobody_has_one_unless_somebody_says_so() {
        assert!(config(&[("ASSISTANT_OPENAI_MODEL", "x"), ("ASSISTANT_OPENAI_KEY", "hush")]).expect("valid").is_none());
    }

    #[test]
    fn each_bot_may_have_its_own() {
        let settings = [
            ("ASSISTANT_FOR", "admins, north=members"),
            ("ASSISTANT_IN_GROUPS", "north=yes"),
            ("ASSISTANT_DAILY_TOKENS", "5000;north=9000"),
            ("ASSISTANT_ORDER", "gemini openai"),
            ("ASSISTANT_OPENAI_MODEL", "local"),
            ("ASSISTANT_OPENAI_URL", "http://127.0.0.1:11434/v1"),
            ("ASSISTANT_GEMINI_MODEL", "gemini"),
            ("ASSISTANT_GEMINI_KEY", "hush-hush"),
        ];
        let config = config(&settings).expect("valid").expect("there are some");
        let one = |id| config.bots[&BotId(id)];
        assert_eq!(one(1), Assistant { whom: Whom::Admins, in_groups: false, daily_tokens: 5_000 });
        assert_eq!(one(2), Assistant { whom: Whom::Members, in_groups: true, daily_tokens: 9_000 });
        assert_eq!(config.providers.iter().map(|provider| provider.kind.name()).collect::<Vec<_>>(), ["gemini", "openai"]);
        assert!(!format!("{config:?}").contains("hush-hush"));
    }

    #[test]
    fn each_mistake_is_told() {
        let settings = [
            ("ASSISTANT_FOR", "everybody, south=admins, north=admins"),
            ("ASSISTANT_DAILY_TOKENS", "5"),
            ("ASSISTANT_ORDER", "openai, claude"),
            ("ASSISTANT_PROMPT_FILE", "/nowhere/prompt.txt"),
            ("ASSISTANT_TIMEOUT_SECONDS", "0"),
        ];
        insta::assert_snapshot!(config(&settings).expect_err("mistakes"));
    }
}
