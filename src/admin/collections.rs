//! Public channels collected by the running program, begun in an admin's chat.

use super::{
    Visitor,
    dialogue::{self, Answered},
    digests::decided,
    press::Screen,
};
use crate::{
    channels::ChannelName,
    domain::{
        change::{Change, Outcome},
        collection::Collection,
        form::{Form, Step},
        jobs::{JobChange, Task},
        work::Buttons,
    },
    orders::{Order, Refusal},
    text::{html::Html, jobs::refusal},
};

/// Channels' names, as people write them: between spaces, commas, semicolons or lines.
pub(super) fn names(visitor: &Visitor<'_>, asked: i64, typed: &str) -> Answered {
    match begun(visitor, asked, typed) {
        Ok(outcome) => {
            let made = outcome.changes.iter().find_map(|change| match change {
                Change::Job(JobChange::Job(id, Some(_))) => Some(Screen::Job { job: id.clone() }),
                _ => None,
            });
            let mut all = dialogue::finish(visitor, made.unwrap_or(Screen::Jobs { page: 0 }), None);
            all.changes.extend(outcome.changes);
            Ok(all)
        }
        Err(why) => {
            let form = Form { step: Step::CollectChannels { asked }, touched: visitor.desk.now };
            let said = visitor.say(Html::text(format!("⚠️ {}", refusal(&why, visitor.lang))), Buttons::None);
            Ok(Outcome { changes: vec![Change::Form(visitor.form(), Some(form))], work: vec![said] })
        }
    }
}

fn begun(visitor: &Visitor<'_>, asked: i64, typed: &str) -> Result<Outcome, Refusal> {
    let names = ChannelName::parse_words(typed).map_err(|why| Refusal::NoChannels(why.to_string()))?;
    // The folder is called by the first of them: who asks for the same again goes on there.
    let dir = names.first().map(ChannelName::key).unwrap_or_default().into();
    let names = names.iter().map(ToString::to_string).collect();
    let task = Task::Collection(Box::new(Collection { names, dir, min_references: 5, ..Collection::default() }));
    decided(visitor, &Order::MakeJob { task, timing: None, asked })
}
