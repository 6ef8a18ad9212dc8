//! Why somebody's time is what it is: a week's days, and one of them line by line.

use chrono::{Datelike, NaiveDate};

use super::super::{Facts, View, button, view};
use crate::{
    admin::{
        press::{Press, Screen, StudyScreen},
        study::{facts::week as days_of_week, people},
    },
    domain::{ids::ChatId, period::local_day, presence::Who, work::Button},
    study::board,
    text::{
        html::Html,
        short_date,
        study::{button::StudyLabel, correction, duration, screen as words},
        study_why, weekday,
    },
};

pub(super) fn week(facts: &Facts<'_>, chat: ChatId, who: Who, weeks: u16) -> View {
    let chat = match facts.community(chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    if people::member(facts.state, chat, who).is_none() {
        return super::members::list(facts, chat, 0);
    }
    let open = |day| StudyScreen::WhyDay { chat, who, day };
    let turn = |weeks| StudyScreen::Why { chat, who, weeks };
    let mut rows = days(facts, chat, who, weeks, open, turn);
    rows.push(facts.study_back(StudyScreen::Member { chat, who }));
    view(words::why(&people::name(facts.state, chat, who), facts.lang), rows)
}

/// A button for each day of a week, newest first, with what it came to; and the weeks before and after.
pub(super) fn days(
    facts: &Facts<'_>,
    chat: ChatId,
    who: Who,
    weeks: u16,
    open: impl Fn(NaiveDate) -> StudyScreen,
    turn: impl Fn(u16) -> StudyScreen,
) -> Vec<Vec<Button>> {
    let zone = facts.state.study.communities.get(&chat).map_or(facts.rules.zone, |community| community.zone);
    let period = days_of_week(local_day(zone, facts.now), weeks);
    let person = people::canonical(facts.state, chat, who);
    let times = facts.study.map(|found| board::by_day(&found.seconds, person, period)).unwrap_or_default();
    let day = |day: NaiveDate| {
        let name = weekday(day.weekday().num_days_from_monday() as usize, facts.lang);
        let time = times.get(&day).map(|seconds| format!(" · {}", duration(*seconds, facts.lang))).unwrap_or_default();
        let label = format!("{name}, {}{time}", short_date(day, facts.lang));
        vec![button(label, Press::Show(Screen::Study(open(day))))]
    };
    let mut rows: Vec<_> = period.days().rev().map(day).collect();
    let mut around = Vec::new();
    // Before the first day there is nothing to explain.
    let first = facts.state.study.communities.get(&chat).map(|community| community.since.min(community.periods.first_day()));
    if first.is_some_and(|first| first < period.from) {
        around.push(facts.study(StudyLabel::Earlier, turn(weeks.saturating_add(1))));
    }
    if weeks > 0 {
        around.push(facts.study(StudyLabel::Later, turn(weeks - 1)));
    }
    rows.push(around);
    rows
}

pub(super) fn day(facts: &Facts<'_>, chat: ChatId, who: Who, day: NaiveDate) -> View {
    let chat = match facts.community(chat) {
        Ok((chat, _)) => chat,
        Err(list) => return list,
    };
    if people::member(facts.state, chat, who).is_none() {
        return super::members::list(facts, chat, 0);
    }
    let html = lines(facts, chat, who, day, &people::name(facts.state, chat, who));
    let weeks = weeks_ago(facts, chat, day);
    let rows = vec![
        vec![facts.study(StudyLabel::AllDays, StudyScreen::Why { chat, who, weeks })],
        facts.study_back(StudyScreen::Member { chat, who }),
    ];
    view(html, rows)
}

/// In which week back from now a day lies.
pub(super) fn weeks_ago(facts: &Facts<'_>, chat: ChatId, day: NaiveDate) -> u16 {
    let zone = facts.state.study.communities.get(&chat).map_or(facts.rules.zone, |community| community.zone);
    let days = (local_day(zone, facts.now) - day).num_days();
    u16::try_from(days / 7).unwrap_or(0)
}

/// What counts on a day, and what admins did to it.
pub(super) fn lines(facts: &Facts<'_>, chat: ChatId, who: Who, day: NaiveDate, name: &str) -> Html {
    let lang = facts.lang;
    let accounts = people::accounts(facts.state, chat, who);
    let person = people::canonical(facts.state, chat, who);
    let seconds = facts.study.and_then(|found| found.seconds.get(&day)?.get(&person).copied()).unwrap_or(0);
    let time = Html::bold(duration(u64::from(seconds), lang));
    let mut html = crate::html!("❔ {} · {} · {}", Html::name(name), Html::text(short_date(day, lang)), time);
    let why = facts.study.and_then(|found| found.why.as_ref());
    if let Some(why) = why {
        let zone = facts.state.study.communities.get(&chat).map_or(facts.rules.zone, |community| community.zone);
        let account = |who: Who| (who != person).then(|| people::name(facts.state, chat, who));
        html = crate::html!("{}\n\n{}", html, study_why::lines(why, zone, account, lang));
    }
    let corrections = facts.state.study.corrections.get(&chat).into_iter().flatten().map(|(_, correction)| correction);
    // A day has few of them; a hostile one must not push the rest out of the message.
    // Those that hold are among the lines, where there are lines.
    let to_tell =
        corrections.filter(|it| it.day == day && accounts.contains(&it.who) && (why.is_none() || it.withdrawn.is_some()));
    for correction in to_tell.take(10) {
        html.push_line(&correction::in_why(correction.seconds, &correction.reason, correction.withdrawn.is_some(), lang));
    }
    html
}
