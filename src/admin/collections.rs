//! Public channels collected by the running program, begun in an admin's chat.

use super::{
    Visitor,
    dialogue::Answered,
    digests::{answered, decided},
};
use crate::{
    channels::ChannelName,
    domain::{change::Outcome, collection::Collection, form::Step, jobs::Task},
    orders::{Order, Refusal},
};

/// Channels' names, as people write them: between spaces, commas, semicolons or lines.
pub(super) fn names(visitor: &Visitor<'_>, asked: i64, typed: &str) -> Answered {
    answered(visitor, Step::CollectChannels { asked }, begun(visitor, asked, typed))
}

fn begun(visitor: &Visitor<'_>, asked: i64, typed: &str) -> Result<Outcome, Refusal> {
    let names = ChannelName::parse_words(typed).map_err(|why| Refusal::NoChannels(why.to_string()))?;
    // The folder is called by the first of them: who asks for the same again goes on there.
    let dir = names.first().map(ChannelName::key).unwrap_or_default().into();
    let names = names.iter().map(ToString::to_string).collect();
    let task = Task::Collection(Box::new(Collection { names, dir, min_references: 5, ..Collection::default() }));
    decided(visitor, &Order::MakeJob { task, timing: None, asked })
}
