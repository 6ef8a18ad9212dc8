//! What screens of study time are drawn from, beside the state: times of some days, and the reasons for them.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::people;
use crate::{
    admin::{Desk, press::StudyScreen},
    domain::{
        ids::{ChatId, UserId},
        lang::Lang,
        period::{Period, local_day},
        presence::Who,
    },
    study::{DaySeconds, board, personal, why::Why, words::Words},
};

/// What has to be looked up before a screen of study time can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StudyNeeds {
    /// Of which community.
    pub chat: ChatId,
    /// On which local days.
    pub days: Period,
    /// With what had happened by then; `None`: by now.
    pub until: Option<DateTime<Utc>>,
    /// Whose time on the last of these days is to be explained.
    pub why: Option<Who>,
    /// Whether a board is drawn up, in which language.
    pub words: Option<Lang>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StudyFacts {
    /// Who studied how long.
    pub seconds: DaySeconds,
    /// Why somebody's time on the last day is what it is.
    pub why: Option<Why>,
    /// What boards say beside the times.
    pub words: Option<Words>,
}

/// The seven days that end so many weeks ago.
pub fn week(today: NaiveDate, weeks: u16) -> Period {
    // Ten years and more ago there is nothing; the calendar's beginning is further away still.
    Period::last_days(today - Days::new(7 * u64::from(weeks.min(1_000))), 7)
}

/// What has to be looked up before `screen` can be drawn for `user`.
pub fn needs(screen: &StudyScreen, desk: &Desk<'_>, user: UserId) -> Option<StudyNeeds> {
    let state = desk.state;
    let of = |chat: ChatId, days: &dyn Fn(NaiveDate) -> Period, why: Option<Who>| {
        let chat = state.current_id(chat);
        let community = state.study.communities.get(&chat)?;
        Some(StudyNeeds { chat, days: days(local_day(community.zone, desk.now)), until: None, why, words: None })
    };
    // A person's time, and everybody's with whom they are compared.
    let personal = |chat: ChatId| {
        let community = state.study.communities.get(&state.current_id(chat))?;
        of(chat, &|today| personal::days_needed(community.periods, today), None)
    };
    let one_day = |day: NaiveDate| Period { from: day, to: day };
    let own = Who::from(user);
    match screen {
        StudyScreen::Preview { chat } => {
            let community = state.study.communities.get(&state.current_id(*chat))?;
            let needs = of(*chat, &|today| board::days_needed(community.periods, today), None)?;
            Some(StudyNeeds { words: Some(community.lang), ..needs })
        }
        StudyScreen::Audit { chat, post } => {
            let chat = state.current_id(*chat);
            let community = state.study.communities.get(&chat)?;
            let until = state.study.posts.get(&chat)?.get(post)?.until;
            let needs = of(chat, &|_| board::days_needed(community.periods, post.day), None)?;
            Some(StudyNeeds { until: Some(until), ..needs })
        }
        StudyScreen::Member { chat, .. } => personal(*chat),
        StudyScreen::Why { chat, weeks, .. } => of(*chat, &|today| week(today, *weeks), None),
        StudyScreen::WhyDay { chat, who, day } => of(*chat, &|_| one_day(*day), Some(*who)),
        StudyScreen::MyTime { chat } if people::is_member(state, *chat, user) => personal(*chat),
        StudyScreen::MyWhy { chat, weeks } if people::is_member(state, *chat, user) => {
            of(*chat, &|today| week(today, *weeks), None)
        }
        StudyScreen::MyWhyDay { chat, day } if people::is_member(state, *chat, user) => of(*chat, &|_| one_day(*day), Some(own)),
        StudyScreen::MyTime { .. } | StudyScreen::MyWhy { .. } | StudyScreen::MyWhyDay { .. } => None,
        StudyScreen::Communities { .. }
        | StudyScreen::Watch { .. }
        | StudyScreen::Session {}
        | StudyScreen::Community { .. }
        | StudyScreen::ConfirmPost { .. }
        | StudyScreen::Post { .. }
        | StudyScreen::Settings { .. }
        | StudyScreen::Setting { .. }
        | StudyScreen::Members { .. }
        | StudyScreen::FoundMembers { .. }
        | StudyScreen::SamePerson { .. }
        | StudyScreen::Corrections { .. }
        | StudyScreen::Correction { .. }
        | StudyScreen::MyCommunities {}
        | StudyScreen::MyGoal { .. }
        | StudyScreen::ConfirmForget { .. } => None,
    }
}
