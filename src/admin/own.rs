//! What everybody has for themselves (settings, what is stored, feedback), and the commands that admins define.

mod command;
mod feedback;
pub(super) mod privacy;

pub(super) use self::{
    command::{answer as answer_command, origin as command_origin, question as command_question, run},
    feedback::{answer as answer_feedback, answered_by_reply, take as take_feedback},
};

use super::{Done, Screen, Visitor, dialogue::ask, press::OwnOrder};
use crate::{
    admin::press::OwnScreen,
    domain::{
        change::Change,
        form::Step,
        ids::MessageId,
        registry::{Notice, Person},
        work::Work,
    },
    text::{own::OwnToast, toast::Toast},
};

/// What to say where the subject of a screen is no more.
pub(super) fn missing(visitor: &Visitor<'_>, screen: &OwnScreen) -> Option<(Toast, bool)> {
    let (OwnScreen::Command { name }
    | OwnScreen::Describe { name }
    | OwnScreen::AnsweredBy { name }
    | OwnScreen::ConfirmDelete { name }) = screen
    else {
        return None;
    };
    let is_there = visitor.desk.state.commands.custom.contains_key(name);
    (!is_there).then_some((Toast::Own(OwnToast::CommandGone), true))
}

/// Does what was wished; `None` if this person may not wish it.
pub(super) fn carry_out(visitor: &Visitor<'_>, order: &OwnOrder, edit: Option<MessageId>) -> Option<Done> {
    match order {
        OwnOrder::ForgetMe {} => return Some(forget_me(visitor, edit)),
        OwnOrder::AskFeedback {} => return Some(ask(visitor, Step::Feedback)),
        _ => {}
    }
    visitor.admin?;
    Some(match order {
        OwnOrder::Hear { of, on } => hear(visitor, *of, *on, edit),
        OwnOrder::AskAnswer { feedback } => feedback::ask_answer(visitor, *feedback),
        order => command::carry_out(visitor, order, edit),
    })
}

/// The screen in place of the pressed one, with what it says and what changed.
fn done(visitor: &Visitor<'_>, edit: Option<MessageId>, screen: OwnScreen, toast: OwnToast, changes: Vec<Change>) -> Done {
    let work = vec![visitor.show(&Screen::Own(screen), edit, None)];
    Done { changes, work, toast: Some((Toast::Own(toast), false)), lang: None }
}

fn hear(visitor: &Visitor<'_>, of: Notice, on: bool, edit: Option<MessageId>) -> Done {
    let known = visitor.desk.state.people.get(&visitor.user).cloned().unwrap_or_default();
    let mut muted = known.muted.clone();
    if on {
        muted.remove(&of);
    } else {
        muted.insert(of);
    }
    let bot = visitor.desk.rules.bots.remembered(visitor.desk.rules.bot);
    let person = Person { muted, unreachable: false, bot, ..known };
    let change = Change::Person(visitor.user, Some(person));
    done(visitor, edit, OwnScreen::Notices {}, if on { OwnToast::Hears } else { OwnToast::HearsNot }, vec![change])
}

/// Deletes what is theirs alone. What lies in files by day goes piece by piece, as when a member asks for it in one community.
fn forget_me(visitor: &Visitor<'_>, edit: Option<MessageId>) -> Done {
    let changes = privacy::forgotten(visitor.desk, visitor.user);
    let mut gone = done(visitor, edit, OwnScreen::Privacy {}, OwnToast::Forgotten, changes);
    gone.work.extend(privacy::to_forget(visitor.desk.state, visitor.user));
    gone.work.push(Work::ForgetTalk { user: visitor.user });
    gone.work.push(Work::ForgetCollected { user: visitor.user });
    gone
}
