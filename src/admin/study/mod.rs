//! Study time in the private chat: what is wished, what is typed, and what comes of it.

mod dialogue;
pub mod facts;
mod member;
mod order;
mod parse;
pub mod people;
pub mod post;
mod target;

pub(crate) use self::parse::target;
pub(super) use self::{
    dialogue::{answer, origin, question},
    order::carry_out,
};
pub use self::{
    member::{forget_accounts, forget_day, forget_rest, forget_seats, forgotten},
    post::{refused, unsure},
    target::{Reach, target_checked},
};

use super::{Visitor, press::StudyScreen};
use crate::{
    domain::{ids::ChatId, presence::Who},
    text::{study::toast::StudyToast, toast::Toast},
};

/// What to say where the subject of a screen is no more: what is shown instead says nothing about it.
pub(super) fn missing(visitor: &Visitor<'_>, screen: &StudyScreen) -> Option<(Toast, bool)> {
    let study = &visitor.desk.state.study;
    let here = |chat: ChatId| visitor.desk.state.current_id(chat);
    let community = |chat: ChatId| (!study.communities.contains_key(&here(chat))).then_some(StudyToast::CommunityGone);
    let member = |chat: ChatId, who: Who| {
        let is_known = study.members.get(&here(chat)).is_some_and(|members| members.contains_key(&who));
        community(chat).or_else(|| (!is_known).then_some(StudyToast::MemberGone))
    };
    let gone = match screen {
        StudyScreen::Communities { .. } | StudyScreen::Watch { .. } | StudyScreen::Session {} | StudyScreen::MyCommunities {} => {
            None
        }
        StudyScreen::Community { chat }
        | StudyScreen::Preview { chat }
        | StudyScreen::ConfirmPost { chat }
        | StudyScreen::Settings { chat }
        | StudyScreen::Setting { chat, .. }
        | StudyScreen::Members { chat, .. }
        | StudyScreen::FoundMembers { chat, .. }
        | StudyScreen::Corrections { chat, .. } => community(*chat),
        StudyScreen::Member { chat, who }
        | StudyScreen::Why { chat, who, .. }
        | StudyScreen::WhyDay { chat, who, .. }
        | StudyScreen::SamePerson { chat, who, .. } => member(*chat, *who),
        StudyScreen::Correction { chat, correction } => {
            let is_known = study.corrections.get(&here(*chat)).is_some_and(|all| all.contains_key(correction));
            community(*chat).or_else(|| (!is_known).then_some(StudyToast::CorrectionGone))
        }
        StudyScreen::Post { chat, post } | StudyScreen::Audit { chat, post } => {
            let is_known = study.posts.get(&here(*chat)).is_some_and(|posts| posts.contains_key(post));
            community(*chat).or_else(|| (!is_known).then_some(StudyToast::PostSettled))
        }
        StudyScreen::MyTime { chat }
        | StudyScreen::MyWhy { chat, .. }
        | StudyScreen::MyWhyDay { chat, .. }
        | StudyScreen::MyGoal { chat }
        | StudyScreen::ConfirmForget { chat } => {
            (!people::is_member(visitor.desk.state, *chat, visitor.user)).then_some(StudyToast::NotAMember)
        }
    };
    gone.map(|toast| (Toast::Study(toast), true))
}

/// Whether somebody may see a screen.
pub(super) fn may_see(visitor: &Visitor<'_>, screen: &StudyScreen) -> bool {
    if screen.is_members() { people::is_known(visitor.desk.state, visitor.user) } else { visitor.admin.is_some() }
}
