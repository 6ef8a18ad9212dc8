//! What people write to the admins, and the way back. Only numbers of messages are kept: Telegram itself passes on what they say.

use super::super::{
    Done, Visitor,
    dialogue::{ask, close, closed},
    leave_form,
};
use crate::{
    domain::{
        change::Outcome,
        commands::{CommandChange, Feedback, FeedbackId},
        event::{PrivateMessage, Said},
        form::Step,
        ids::UserId,
        registry::Notice,
        work::{Buttons, Work},
    },
    membership::hears,
    text::feedback as words,
};

/// Takes the message that was just written for the admins.
pub(in crate::admin) fn take(visitor: &Visitor<'_>) -> Outcome {
    let mut outcome = leave_form(visitor);
    let Some(message) = visitor.message else { return outcome };
    let (desk, from) = (visitor.desk, visitor.user);
    let commands = &desk.state.commands;
    let readers = readers(visitor);
    let said = if commands.wrote_lately(from, desk.rules.marks.of(from), desk.now).len() >= Feedback::MOST {
        words::too_often(visitor.lang)
    } else if readers.is_empty() {
        words::nobody(visitor.lang)
    } else {
        let (id, bot) = (commands.next_feedback, desk.rules.bot);
        let feedback = Feedback { from, message, bot, at: desk.now, told: Default::default() };
        outcome.set(CommandChange::Feedback(id, Some(Box::new(feedback))).into());
        readers.into_iter().for_each(|admin| outcome.order(Work::PassOn { feedback: id, admin, bot }));
        words::thanks(visitor.lang)
    };
    outcome.order(visitor.say(said, Buttons::None));
    outcome
}

/// The admins who read what somebody writes: not the writer, unless there is nobody else.
fn readers(visitor: &Visitor<'_>) -> Vec<UserId> {
    let admins = &visitor.desk.rules.admins;
    let reads =
        |admin: &&UserId| hears(visitor.desk, **admin, Notice::Feedback) && (**admin != visitor.user || admins.len() == 1);
    admins.iter().filter(reads).copied().collect()
}

/// An admin's reply to what somebody wrote goes back to them. `None`: it is no such reply.
pub(in crate::admin) fn answered_by_reply(visitor: &Visitor<'_>, message: &PrivateMessage) -> Option<Outcome> {
    let (admin, replied) = (visitor.admin?, message.reply_to?);
    if matches!(message.said, Said::Command(..) | Said::OtherCommand { .. }) {
        return None;
    }
    let feedback = visitor.desk.state.commands.feedback_behind(admin.id(), visitor.desk.rules.bot, replied)?;
    Some(pass_back(visitor, feedback))
}

/// The button under what somebody wrote.
pub(super) fn ask_answer(visitor: &Visitor<'_>, feedback: FeedbackId) -> Done {
    if visitor.desk.state.commands.feedback.contains_key(&feedback) {
        return ask(visitor, Step::AnswerFeedback { feedback });
    }
    Done { work: vec![visitor.say(words::gone(visitor.lang), Buttons::None)], ..closed(visitor) }
}

/// The message that was asked for is an answer.
pub(in crate::admin) fn answer(visitor: &Visitor<'_>, feedback: FeedbackId) -> Outcome {
    let mut outcome = close(visitor);
    outcome.append(pass_back(visitor, feedback));
    outcome
}

fn pass_back(visitor: &Visitor<'_>, id: FeedbackId) -> Outcome {
    let mut outcome = Outcome::nothing();
    let bot = visitor.desk.rules.bot;
    // Somebody who talks to another bot now can't be answered by this one.
    let known = visitor.desk.state.commands.feedback.get(&id).filter(|feedback| feedback.bot == bot);
    match (known, visitor.message) {
        (Some(_), Some(message)) => {
            outcome.order(Work::PassBack { feedback: id, admin: visitor.user, message, bot });
        }
        _ => outcome.order(visitor.say(words::gone(visitor.lang), Buttons::None)),
    }
    outcome
}
