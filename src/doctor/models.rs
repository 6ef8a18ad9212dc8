//! The models behind the assistants: whether each answers, takes our key and knows the model that is asked for.

use std::sync::Arc;

use super::Finding;
use crate::{
    config::Config,
    providers::{Fault, ProviderConfig, Providers},
};

const SUBJECT: &str = "assistant";

/// What was seen of one provider: whether it knows the model.
pub type Seen = (ProviderConfig, Result<bool, Fault>);

/// Looks. Nothing is asked of a model, so it costs nothing.
pub async fn look(config: &Config) -> Result<Vec<Seen>, String> {
    let Some(assistants) = &config.assistants else { return Ok(Vec::new()) };
    let providers = Providers::new(assistants, Arc::default())?;
    Ok(providers.check().await)
}

/// Judges. Pure.
pub fn judge(seen: &Result<Vec<Seen>, String>) -> Vec<Finding> {
    match seen {
        Ok(seen) => seen.iter().map(|(provider, answer)| one(provider, answer)).collect(),
        Err(why) => vec![Finding::error(SUBJECT, format!("no line to models can be opened: {why}"), "mend PROXY_URL in .env")],
    }
}

fn one(provider: &ProviderConfig, answer: &Result<bool, Fault>) -> Finding {
    let name = provider.kind.name();
    let setting = |what: &str| format!("ASSISTANT_{}_{what}", name.to_uppercase());
    match answer {
        Ok(true) => Finding::ok(SUBJECT, format!("{name} answers and knows {:?}", provider.model)),
        Ok(false) => Finding::warning(
            SUBJECT,
            format!("{name} answers, but doesn't know {:?}", provider.model),
            format!("look up what it is called there, and set {}", setting("MODEL")),
        ),
        Err(fault @ Fault::Key(_)) => Finding::error(SUBJECT, format!("{name}: {fault}"), format!("set {} anew", setting("KEY"))),
        Err(fault @ Fault::Quota(_)) => {
            Finding::warning(SUBJECT, format!("{name}: {fault}"), "wait, or name another one in ASSISTANT_ORDER")
        }
        Err(fault) => Finding::warning(
            SUBJECT,
            format!("{name}: {fault}"),
            format!("is {} right, and does it run? Questions go to the next one in ASSISTANT_ORDER meanwhile", setting("URL")),
        ),
    }
}
