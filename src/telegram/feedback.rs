//! Passes on what people write to the admins, and what admins answer. Telegram forwards and copies messages by their numbers: what
//! they say goes through no file of ours. Each step is committed once it is done, so that a crash repeats one message at most.

use super::{errors::CallError, errors::Reaction, jobs::decide, methods::Sent, outbox::Outbox};
use crate::{
    admin::{OwnOrder, Press, lang_of},
    domain::{
        change::Outcome,
        commands::{CommandChange, Feedback, FeedbackId, Told},
        event::Place,
        ids::{ChatId, MessageId, UserId},
        work::{Button, ButtonAction, Buttons},
    },
    text::{feedback as words, own_button::OwnLabel},
};

/// Tells an admin who writes, and forwards what they wrote. Nothing, if that is deleted meanwhile.
pub(super) async fn pass_on(outbox: &Outbox, id: FeedbackId, admin: UserId) -> Result<(), CallError> {
    let link = outbox.link();
    let Some(feedback) = link.store.read(|state| state.commands.feedback.get(&id).cloned()) else { return Ok(()) };
    let told = feedback.told.get(&admin).copied().unwrap_or_default();
    let header = match told.header {
        Some(header) => header,
        None => match announce(outbox, id, &feedback, admin).await {
            Ok(header) => header,
            Err(error) => return elsewhere(outbox, admin, error).await,
        },
    };
    if told.forward.is_some() {
        return Ok(());
    }
    let (to, from) = (ChatId::private(admin), ChatId::private(feedback.from));
    let forwarded = outbox.call(to, async |wire| wire.forward_message(to, from, feedback.message).await.map(Some)).await;
    match forwarded {
        Ok(sent) => note(outbox, id, admin, Told { header: Some(header), forward: sent.map(|sent| sent.message_id) }).await,
        Err(error) if error.reaction() == Reaction::Refused => {
            let lang = link.store.read(|state| lang_of(state, &link.rules, admin));
            outbox.send(Place::private(admin), Some(header), words::taken_back(lang).as_str(), &Buttons::None).await?;
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Says who writes; the message with the button to answer.
async fn announce(outbox: &Outbox, id: FeedbackId, feedback: &Feedback, admin: UserId) -> Result<MessageId, CallError> {
    let link = outbox.link();
    let (html, lang) = link.store.read(|state| {
        let lang = lang_of(state, &link.rules, admin);
        let name = state.teacher_of(feedback.from).map(|teacher| teacher.full_name.to_string());
        (words::from(name.as_deref(), feedback.from, lang), lang)
    });
    let buttons = button(OwnLabel::AnswerFeedback.text(lang), OwnOrder::AskAnswer { feedback: id });
    let to = Place::private(admin);
    let sent: Option<Sent> =
        outbox.call(to.chat, async |wire| wire.send_message(to, None, html.as_str(), &buttons).await.map(Some)).await?;
    let header = sent.map(|sent| sent.message_id).ok_or_else(|| CallError::Malformed("a message without a number".to_owned()))?;
    note(outbox, id, admin, Told { header: Some(header), forward: None }).await;
    Ok(header)
}

/// The bot that was written to can't write to an admin: one that can says so.
async fn elsewhere(outbox: &Outbox, admin: UserId, error: CallError) -> Result<(), CallError> {
    let chat = ChatId::private(admin);
    let other = outbox.of(chat).filter(|other| other.link().bot() != outbox.link().bot());
    let Some(other) = other.filter(|_| error.reaction() == Reaction::Unreachable) else { return Err(error) };
    let link = outbox.link();
    let lang = link.store.read(|state| lang_of(state, &link.rules, admin));
    let html = words::elsewhere(&format!("@{}", link.username), lang);
    // It may be off itself, in which case nobody reaches them.
    other
        .try_once(chat, async |wire| {
            wire.send_message(Place::private(admin), None, html.as_str(), &Buttons::None).await.map(drop)
        })
        .await
}

/// Copies an admin's answer to whoever wrote, below their own message, without the admin's name.
pub(super) async fn pass_back(outbox: &Outbox, id: FeedbackId, admin: UserId, message: MessageId) -> Result<(), CallError> {
    let link = outbox.link();
    let known = link.store.read(|state| {
        let feedback = state.commands.feedback.get(&id)?.clone();
        Some((lang_of(state, &link.rules, feedback.from), feedback))
    });
    let mine = link.store.read(|state| lang_of(state, &link.rules, admin));
    let Some((theirs, feedback)) = known else {
        return outbox.send(Place::private(admin), Some(message), words::gone(mine).as_str(), &Buttons::None).await;
    };
    let (to, from) = (ChatId::private(feedback.from), ChatId::private(admin));
    let back = button(OwnLabel::FromTheAdmins.text(theirs), OwnOrder::AskFeedback {});
    let copied =
        outbox.call(to, async |wire| wire.copy_message(to, from, message, feedback.message, &back).await.map(drop)).await;
    let said = match &copied {
        Ok(()) => words::answered(mine),
        Err(error) if error.reaction() == Reaction::Unreachable => words::not_answered(mine),
        Err(_) => words::not_taken(mine),
    };
    if let Err(error) = &copied {
        tracing::info!(%error, "an answer to feedback didn't arrive");
    }
    outbox.send(Place::private(admin), Some(message), said.as_str(), &Buttons::None).await
}

fn button(label: String, order: OwnOrder) -> Buttons {
    let action = ButtonAction::Press(Press::Do(crate::admin::Order::Own(order)).encode());
    Buttons::Inline(vec![vec![Button { label, action }]])
}

/// Remembers what an admin got: durable before the next step.
async fn note(outbox: &Outbox, id: FeedbackId, admin: UserId, told: Told) {
    let link = outbox.link();
    decide(link, |desk| {
        let mut outcome = Outcome::nothing();
        // Whoever had their data deleted meanwhile isn't remembered anew.
        if let Some(feedback) = desk.state.commands.feedback.get(&id) {
            let mut feedback = feedback.clone();
            feedback.told.insert(admin, told);
            outcome.set(CommandChange::Feedback(id, Some(Box::new(feedback))).into());
        }
        outcome
    });
    if let Err(fault) = link.store.flush().await
        && !fault.may_heal()
    {
        link.give_up(&fault);
    }
}
