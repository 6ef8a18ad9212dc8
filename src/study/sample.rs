//! A small community for tests.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::DaySeconds;
use crate::domain::{
    change::Change,
    ids::ChatId,
    lang::Lang,
    presence::Who,
    state::State,
    study::{Community, Member, Study, StudyChange},
};

pub(crate) const CHAT: ChatId = ChatId(-1001);
pub(crate) const ANN: Who = Who(1);
pub(crate) const BOB: Who = Who(2);
pub(crate) const EVE: Who = Who(3);

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time")
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Whose first day is 1 January 2026, in Tashkent; boards are due at 21:30.
pub(crate) fn community() -> Community {
    Community::new(CHAT, "Night owls".to_owned(), chrono_tz::Asia::Tashkent, Lang::En, day("2026-01-01"))
}

pub(crate) fn member(name: &str, username: Option<&str>) -> Member {
    Member { name: name.to_owned(), username: username.map(ToOwned::to_owned), ..Member::default() }
}

/// Ann, who has a username; Bob, who has an awkward name; Eve.
pub(crate) fn study() -> Study {
    let mut study = Study::default();
    study.communities.insert(CHAT, community());
    let people = [(ANN, member("Ann Lee", Some("ann"))), (BOB, member("Bob <B> & Co", None)), (EVE, member("Eve", None))];
    study.members.insert(CHAT, people.into_iter().collect());
    study
}

/// Seconds from days, each with its people.
pub(crate) fn seconds(days: &[(&str, &[(Who, u32)])]) -> DaySeconds {
    days.iter().map(|(date, people)| (day(date), people.iter().copied().collect())).collect()
}

/// Makes changes so, as the store does.
pub(crate) fn applied(study: Study, changes: impl IntoIterator<Item = StudyChange>) -> Study {
    let mut state = State::default();
    state.study = study;
    changes.into_iter().for_each(|change| state.apply(Change::Study(change)));
    state.study
}
