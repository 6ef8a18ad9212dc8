//! Questions for a bot's assistant: who may ask, what is taken for a question. What is asked goes to the outbox.

use super::{Desk, Visitor, lang_of, leave_form, view::matches};
use crate::{
    assistant::tools::Authority,
    domain::{
        assistant::{Question, Whom},
        change::Outcome,
        event::{Author, GroupMessage, Place, ToUs},
        ids::UserId,
        lang::Lang,
        work::{Buttons, Work},
    },
    membership,
    text::{assistant as words, dialogue, html::Html},
};

/// An admin's text with so many words is a question, unless somebody or something is called so.
const WORDS: usize = 3;

/// `/ask …`
pub(super) fn on_ask(visitor: &Visitor<'_>, asked: &str) -> Outcome {
    let mut outcome = leave_form(visitor);
    if authority(visitor).is_none() {
        outcome.order(visitor.say(dialogue::unknown_command(visitor.lang), Buttons::None));
    } else if asked.trim().is_empty() {
        outcome.order(visitor.say(words::what(visitor.lang), Buttons::None));
    } else {
        outcome.append(ask(visitor, asked));
    }
    outcome
}

/// Whether a text that nobody asked for is for the assistant. Admins look for people and groups by typing a part of a name.
pub(super) fn is_for(visitor: &Visitor<'_>, text: &str) -> bool {
    match authority(visitor) {
        None => false,
        Some(Authority::Own(_)) => true,
        Some(Authority::Everything | Authority::Group(_)) => {
            let is_question = text.trim_end().ends_with(['?', '؟', '？']) || text.split_whitespace().count() >= WORDS;
            let (people, places) = matches(visitor.desk.state, text.trim());
            is_question && people.is_empty() && places.is_empty()
        }
    }
}

/// A question in private, from somebody who may ask.
pub(super) fn ask(visitor: &Visitor<'_>, text: &str) -> Outcome {
    let mut outcome = Outcome::nothing();
    let question = question(visitor.desk, visitor.user, text);
    outcome.order(match refusal(visitor.desk, &question, visitor.lang) {
        Some(why) => visitor.say(why, Buttons::None),
        None => Work::Ask(question),
    });
    outcome
}

/// Why a question isn't taken from somebody who may ask.
fn refusal(desk: &Desk<'_>, question: &Question, lang: Lang) -> Option<Html> {
    if question.text.chars().count() > Question::LONGEST {
        Some(words::too_long(lang))
    } else if waiting(desk, question.user) >= Question::WAITING {
        Some(words::one_by_one(lang))
    } else {
        None
    }
}

/// A message in a group, perhaps one that names the bot. Who may not ask hears nothing: it would be noise for the others.
pub fn on_mention(desk: &Desk<'_>, message: &GroupMessage) -> Outcome {
    let mut outcome = Outcome::nothing();
    let (Some(to_us), Author::User(user)) = (&message.to_us, &message.author) else { return outcome };
    let ToUs { text, message: id, topic } = &**to_us;
    let chat = desk.state.current_id(message.chat);
    let question = Question { to: Place { chat, topic: *topic }, reply_to: Some(*id), ..question(desk, *user, text) };
    let may = membership::is_ours(desk, chat) && Authority::of(desk.state, desk.rules, &question).is_some();
    if !may || question.text.is_empty() {
        return outcome;
    }
    let lang = lang_of(desk.state, desk.rules, *user);
    outcome.order(match refusal(desk, &question, lang) {
        Some(why) => Work::Send { to: question.to, reply_to: question.reply_to, html: why.into_string(), buttons: Buttons::None },
        None => Work::Ask(question),
    });
    outcome
}

fn authority(visitor: &Visitor<'_>) -> Option<Authority> {
    if visitor.desk.rules.assistant().whom == Whom::Nobody {
        return None;
    }
    Authority::of(visitor.desk.state, visitor.desk.rules, &question(visitor.desk, visitor.user, ""))
}

fn question(desk: &Desk<'_>, user: UserId, text: &str) -> Question {
    Question { user, to: Place::private(user), reply_to: None, text: text.trim().to_owned(), at: desk.now }
}

/// Questions of theirs that aren't answered yet.
fn waiting(desk: &Desk<'_>, user: UserId) -> usize {
    desk.state.work.values().filter(|work| matches!(work, Work::Ask(question) if question.user == user)).count()
}
