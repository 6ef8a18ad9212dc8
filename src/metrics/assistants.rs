//! What is told of assistants and of the models that answer for them. Never what was said.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::domain::{assistant::ModelFault, ids::BotId};

/// Questions and the calls that they came to.
#[derive(Debug, Default)]
pub struct AssistantFigures(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    questions: BTreeMap<BotId, BTreeMap<&'static str, u64>>,
    models: BTreeMap<&'static str, ModelCalls>,
}

/// Calls to one provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelCalls {
    /// By how they ended: `answered`, or the kind of fault.
    pub ended: BTreeMap<&'static str, u64>,
    /// Why the last one gave no answer; `None`: it did.
    pub trouble: Option<ModelFault>,
}

impl ModelCalls {
    /// The label of calls that were answered.
    pub const ANSWERED: &str = "answered";

    /// How many were answered.
    pub fn answered(&self) -> u64 {
        self.ended.get(Self::ANSWERED).copied().unwrap_or(0)
    }

    /// How many were not.
    pub fn failed(&self) -> u64 {
        self.ended.values().sum::<u64>() - self.answered()
    }
}

impl AssistantFigures {
    /// A question to this bot was settled.
    pub fn note_question(&self, bot: BotId, result: &'static str) {
        *self.seen().questions.entry(bot).or_default().entry(result).or_default() += 1;
    }

    /// A call to a provider ended: with an answer, or with a fault.
    pub fn note_call(&self, provider: &'static str, fault: Option<ModelFault>) {
        let mut seen = self.seen();
        let calls = seen.models.entry(provider).or_default();
        *calls.ended.entry(fault.map_or(ModelCalls::ANSWERED, ModelFault::label)).or_default() += 1;
        calls.trouble = fault;
    }

    /// Questions by bot and by how they were settled.
    pub fn questions(&self) -> BTreeMap<BotId, BTreeMap<&'static str, u64>> {
        self.seen().questions.clone()
    }

    /// Calls by provider.
    pub fn models(&self) -> BTreeMap<&'static str, ModelCalls> {
        self.seen().models.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_answers_again_has_no_trouble() {
        let figures = AssistantFigures::default();
        figures.note_call("openai", Some(ModelFault::Quota));
        figures.note_call("openai", Some(ModelFault::Slow));
        assert_eq!(figures.models()["openai"].trouble, Some(ModelFault::Slow));
        figures.note_call("openai", None);
        let calls = &figures.models()["openai"];
        assert_eq!((calls.answered(), calls.failed(), calls.trouble), (1, 2, None));
    }
}
