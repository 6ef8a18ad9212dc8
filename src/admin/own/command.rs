//! The commands that admins define: what is pressed, what is typed, and what runs.

use super::{
    super::{
        Done, Screen, Visitor,
        dialogue::{self, Answered, ask, finish, next, open_step, text},
        leave_form,
        press::{Order, OwnOrder, OwnScreen, Press},
    },
    done,
};
use crate::{
    commands::{answer as answers, check},
    domain::{
        audit::Actor,
        change::Outcome,
        commands::{Body, CommandName, Custom},
        event::{Place, Said},
        form::{CommandStep, Step},
        ids::MessageId,
        work::{Button, ButtonAction, Buttons, Work},
    },
    orders::{
        self,
        commands::{By, Definition, Edit},
    },
    text::{
        button::Label,
        custom as words,
        dialogue::{Refusal, saved, unknown_command},
        own::OwnToast,
    },
};

/// Somebody gave a command in private that isn't built in.
pub(in crate::admin) fn run(visitor: &Visitor<'_>, word: &str, name: &str) -> Outcome {
    // Asked for a new command's name, people write it as they would give it.
    if matches!(open_step(visitor), Some(Step::Command(CommandStep::Name))) && visitor.admin.is_some() && !word.is_empty() {
        return dialogue::answer(visitor, &Said::Text(word.to_owned()), None);
    }
    let to = Place::private(visitor.user);
    let asked = answers::Asked { to, reply_to: None, name, group: None, lang: visitor.lang };
    match answers::given(visitor.desk, word, &asked) {
        Some(given) => {
            let mut outcome = leave_form(visitor);
            outcome.append(given);
            outcome
        }
        // What was begun isn't lost by a slip.
        None => Outcome { changes: Vec::new(), work: vec![visitor.say(unknown_command(visitor.lang), Buttons::None)] },
    }
}

/// What an admin pressed.
pub(super) fn carry_out(visitor: &Visitor<'_>, order: &OwnOrder, edit: Option<MessageId>) -> Done {
    let about = |name: &CommandName, wish: orders::Order| {
        let screen = OwnScreen::Command { name: name.clone() };
        wished(visitor, edit, &wish, screen, OwnToast::Saved)
    };
    let change = |name: &CommandName, change: Edit| {
        about(name, orders::Order::EditCommand { command: name.clone(), edit: Box::new(change) })
    };
    match order {
        OwnOrder::AskCommand {} => ask(visitor, Step::Command(CommandStep::Name)),
        OwnOrder::AskContact {} => ask(visitor, Step::Command(CommandStep::Contact)),
        OwnOrder::UsualContact {} => {
            wished(visitor, edit, &orders::Order::SetContact { text: None }, OwnScreen::Contact {}, OwnToast::Saved)
        }
        OwnOrder::AskBody { name } => ask_about(visitor, name, edit, CommandStep::NewBody { name: name.clone() }),
        OwnOrder::AskDescription { name, lang } => {
            ask_about(visitor, name, edit, CommandStep::NewDescription { name: name.clone(), lang: *lang })
        }
        OwnOrder::EnableCommand { name, on } => about(name, orders::Order::EnableCommand { command: name.clone(), enabled: *on }),
        OwnOrder::MoveCommand { name, place } => {
            about(name, orders::Order::MoveCommand { command: name.clone(), place: u32::from(*place) })
        }
        OwnOrder::SetAnswers { name, answers } => change(name, Edit { answers: Some(*answers), ..Edit::default() }),
        OwnOrder::OnlyBot { name, bot } => change(name, Edit { by: Some(By::Only(*bot)), ..Edit::default() }),
        OwnOrder::EveryBot { name } => change(name, Edit { by: Some(By::Every), ..Edit::default() }),
        OwnOrder::SetItems { name, items } => match known(visitor, name).and_then(Custom::feed) {
            Some(url) => {
                let body = Body::Feed { url: url.to_owned(), items: u8::try_from(*items).unwrap_or(u8::MAX) };
                change(name, Edit { body: Some(body), ..Edit::default() })
            }
            None => change(name, Edit::default()),
        },
        OwnOrder::TryCommand { name } => try_it(visitor, name, edit),
        OwnOrder::DeleteCommand { name } => {
            let wish = orders::Order::RemoveCommand { command: name.clone() };
            wished(visitor, edit, &wish, OwnScreen::Commands { page: 0 }, OwnToast::CommandDeleted)
        }
        // Everybody's, or done before.
        OwnOrder::Hear { .. } | OwnOrder::ForgetMe {} | OwnOrder::AskFeedback {} | OwnOrder::AskAnswer { .. } => Done::default(),
    }
}

/// What a terminal orders, ordered here.
fn wished(visitor: &Visitor<'_>, edit: Option<MessageId>, wish: &orders::Order, screen: OwnScreen, toast: OwnToast) -> Done {
    match orders::about_command(visitor.desk.state, visitor.desk.now, &Actor::Telegram(visitor.user), wish) {
        Ok(outcome) => done(visitor, edit, screen, toast, outcome.changes),
        Err(why) => {
            let toast = OwnToast::Refused(words::refusal(&why, visitor.lang));
            done(visitor, edit, OwnScreen::Commands { page: 0 }, toast, Vec::new())
        }
    }
}

fn known<'a>(visitor: &Visitor<'a>, name: &CommandName) -> Option<&'a Custom> {
    visitor.desk.state.commands.custom.get(name)
}

fn gone(visitor: &Visitor<'_>, edit: Option<MessageId>) -> Done {
    done(visitor, edit, OwnScreen::Commands { page: 0 }, OwnToast::CommandGone, Vec::new())
}

fn ask_about(visitor: &Visitor<'_>, name: &CommandName, edit: Option<MessageId>, step: CommandStep) -> Done {
    if known(visitor, name).is_some() { ask(visitor, Step::Command(step)) } else { gone(visitor, edit) }
}

/// The answer as it would come in private. It counts as no use.
fn try_it(visitor: &Visitor<'_>, name: &CommandName, edit: Option<MessageId>) -> Done {
    let Some(custom) = known(visitor, name) else { return gone(visitor, edit) };
    let own = visitor.desk.state.teacher_of(visitor.user).map(|teacher| teacher.full_name.to_string()).unwrap_or_default();
    let to = Place::private(visitor.user);
    let asked = answers::Asked { to, reply_to: None, name: &own, group: None, lang: visitor.lang };
    Done { work: vec![answers::answer(visitor.desk, name, custom, &asked)], ..Done::default() }
}

/// The screen from which a question was asked.
pub(in crate::admin) fn origin(step: &CommandStep) -> Screen {
    Screen::Own(match step {
        CommandStep::Name | CommandStep::Description { .. } | CommandStep::Body { .. } => OwnScreen::Commands { page: 0 },
        CommandStep::NewDescription { name, .. } => OwnScreen::Describe { name: name.clone() },
        CommandStep::NewBody { name } => OwnScreen::Command { name: name.clone() },
        CommandStep::Contact => OwnScreen::Contact {},
    })
}

/// The messages that put a question.
pub(in crate::admin) fn question(visitor: &Visitor<'_>, step: &CommandStep) -> Vec<Work> {
    let lang = visitor.lang;
    let html = match step {
        CommandStep::Name => words::ask_name(lang),
        CommandStep::Description { name } => words::ask_description(name, lang),
        CommandStep::Body { name, .. } => words::ask_body(name, " · 3/3", lang),
        CommandStep::NewDescription { name, lang: of } => words::ask_new_description(name, *of, lang),
        CommandStep::NewBody { name } => words::ask_body(name, "", lang),
        CommandStep::Contact => words::ask_contact(lang),
    };
    let cancel = Button { label: Label::Cancel.text(lang), action: ButtonAction::Press(Press::Do(Order::Cancel {}).encode()) };
    vec![visitor.say(html, Buttons::Inline(vec![vec![cancel]]))]
}

/// What an answer comes to.
pub(in crate::admin) fn answer(visitor: &Visitor<'_>, step: &CommandStep, said: &Said) -> Answered {
    let typed = text(said)?;
    let (wish, screen) = match step {
        CommandStep::Name => return name(visitor, typed),
        CommandStep::Description { name } => {
            let description = check::description(typed).map_err(|why| refused(visitor, &why.into()))?;
            return Ok(next(visitor, Step::Command(CommandStep::Body { name: name.clone(), description })));
        }
        CommandStep::Body { name, description } => {
            let definition = Definition {
                descriptions: [(visitor.lang, description.clone())].into(),
                body: body(typed, Custom::USUAL_ITEMS),
                answers: Default::default(),
                bot: None,
                enabled: true,
            };
            let wish = orders::Order::AddCommand { command: name.clone(), definition: Box::new(definition) };
            (wish, OwnScreen::Command { name: name.clone() })
        }
        CommandStep::NewDescription { name, lang } => {
            let description = if typed.trim() == "-" { String::new() } else { typed.to_owned() };
            let edit = Edit { descriptions: [(*lang, description)].into(), ..Edit::default() };
            let wish = orders::Order::EditCommand { command: name.clone(), edit: Box::new(edit) };
            (wish, OwnScreen::Command { name: name.clone() })
        }
        CommandStep::NewBody { name } => {
            let items = match known(visitor, name).map(|custom| &custom.body) {
                Some(Body::Feed { items, .. }) => *items,
                Some(Body::Text(_)) | None => Custom::USUAL_ITEMS,
            };
            let edit = Edit { body: Some(body(typed, items)), ..Edit::default() };
            let wish = orders::Order::EditCommand { command: name.clone(), edit: Box::new(edit) };
            (wish, OwnScreen::Command { name: name.clone() })
        }
        CommandStep::Contact => (orders::Order::SetContact { text: Some(typed.to_owned()) }, OwnScreen::Contact {}),
    };
    let desk = visitor.desk;
    match orders::about_command(desk.state, desk.now, &Actor::Telegram(visitor.user), &wish) {
        Ok(changed) => {
            let mut outcome = finish(visitor, Screen::Own(screen), Some(saved(visitor.lang)));
            outcome.append(changed);
            Ok(outcome)
        }
        // Another admin deleted it while this was typed.
        Err(why @ orders::Refusal::UnknownCommand(_)) => {
            let note = crate::text::html::Html::text(words::refusal(&why, visitor.lang));
            Ok(finish(visitor, Screen::Own(OwnScreen::Commands { page: 0 }), Some(note)))
        }
        Err(why) => Err(refused(visitor, &why)),
    }
}

/// The question stays open.
fn refused(visitor: &Visitor<'_>, why: &orders::Refusal) -> (Refusal, Buttons) {
    (Refusal::Command(words::refusal(why, visitor.lang)), Buttons::None)
}

fn name(visitor: &Visitor<'_>, typed: &str) -> Answered {
    let wrong = |why: orders::Refusal| Err(refused(visitor, &why));
    let Ok(name) = typed.trim().parse::<CommandName>() else { return wrong(orders::Refusal::NoCommandName) };
    if let Err(why) = check::name(&name) {
        return wrong(why.into());
    }
    if known(visitor, &name).is_some() {
        return wrong(orders::Refusal::CommandTaken(name));
    }
    if visitor.desk.state.commands.custom.len() >= Custom::MOST {
        return wrong(orders::Refusal::TooManyCommands);
    }
    Ok(next(visitor, Step::Command(CommandStep::Description { name })))
}

/// A typed text, or a feed where it is an address.
fn body(typed: &str, items: u8) -> Body {
    if check::is_address(typed) { Body::Feed { url: typed.trim().to_owned(), items } } else { Body::Text(typed.to_owned()) }
}
