//! Questions about study time, and what the answers come to.

use chrono::{Days, NaiveDate};

use super::{parse, people, target};
use crate::{
    admin::{
        Done, Visitor,
        dialogue::{Answered, close, closed, finish, into_done, next, open_step, refuse, text},
        press::{Choice, Order, Press, Screen, StudyOrder, StudyScreen},
    },
    domain::{
        change::{Change, Outcome},
        event::Said,
        form::{Form, Step},
        ids::{ChatId, TopicId, tidy},
        period::local_day,
        presence::Who,
        study::{Periods, Setting, StudyChange, StudyStep},
        work::{Button, ButtonAction, Buttons, Work},
    },
    text::{
        button::Label,
        dialogue::{Refusal, saved},
        html::Html,
        study::{
            button::StudyLabel,
            correction::{self as words, CorrectionRefusal},
            mine, screen,
            setting::{self, SettingRefusal},
            signed_duration,
        },
        weekday,
    },
};

/// The longest time that a day has, in seconds.
const DAY: i32 = 86_400;

/// Whether a setting's value may be typed.
pub(super) fn is_typed(setting: Setting) -> bool {
    setting::ask(setting, crate::domain::lang::Lang::En).is_some()
}

/// The screen from which a question was asked.
pub(in crate::admin) fn origin(step: &StudyStep) -> Screen {
    Screen::Study(match step {
        StudyStep::Setting { chat, setting } => StudyScreen::Setting { chat: *chat, setting: *setting },
        StudyStep::FindMember { chat } | StudyStep::FoundMembers { chat, .. } => StudyScreen::Members { chat: *chat, page: 0 },
        StudyStep::CorrectionDay { chat, who }
        | StudyStep::CorrectionAmount { chat, who, .. }
        | StudyStep::CorrectionReason { chat, who, .. }
        | StudyStep::CorrectionSummary { chat, who, .. } => StudyScreen::Member { chat: *chat, who: *who },
        StudyStep::Goal { chat } => StudyScreen::MyGoal { chat: *chat },
    })
}

/// What an answer comes to.
pub(in crate::admin) fn answer(visitor: &Visitor<'_>, step: &StudyStep, said: &Said) -> Answered {
    let state = visitor.desk.state;
    let chat = state.current_id(step.chat());
    let Some(community) = state.study.communities.get(&chat) else {
        return Ok(finish(visitor, Screen::Study(StudyScreen::Communities { page: 0 }), None));
    };
    match step {
        StudyStep::Setting { setting, .. } => {
            let choice = choice(visitor, chat, *setting, said)?;
            let mut outcome = finish(visitor, Screen::Study(StudyScreen::Settings { chat }), Some(saved(visitor.lang)));
            let changed = choice.applied(community);
            let passed = super::order::passed_times(visitor.desk, chat, community, &changed);
            passed.into_iter().for_each(|change| outcome.set(Change::Study(change)));
            outcome.work.extend(target::to_check(visitor.user, chat, changed.target != community.target));
            outcome.set(Change::Study(StudyChange::Community(chat, Some(Box::new(changed)))));
            Ok(outcome)
        }
        StudyStep::FindMember { .. } | StudyStep::FoundMembers { .. } => Ok(find(visitor, chat, said)?),
        StudyStep::CorrectionDay { who, .. } => {
            let today = local_day(community.zone, visitor.desk.now);
            let day = parse::date(text(said)?, today).ok_or(Refusal::Correction(CorrectionRefusal::Day));
            let day = day.or_else(refuse)?;
            for_day(visitor, chat, *who, day, today)
        }
        StudyStep::CorrectionAmount { who, day, .. } => {
            let seconds = parse::length(text(said)?).filter(|seconds| *seconds != 0 && seconds.abs() <= DAY);
            match seconds {
                Some(seconds) => {
                    Ok(next(visitor, Step::Study(StudyStep::CorrectionReason { chat, who: *who, day: *day, seconds })))
                }
                None => refuse(Refusal::Correction(CorrectionRefusal::Amount)),
            }
        }
        StudyStep::CorrectionReason { who, day, seconds, .. } => {
            let reason = tidy(text(said)?);
            if !(1..=words::LONGEST_REASON).contains(&reason.chars().count()) {
                return refuse(Refusal::Correction(CorrectionRefusal::Reason));
            }
            let summary = StudyStep::CorrectionSummary { chat, who: *who, day: *day, seconds: *seconds, reason };
            Ok(next(visitor, Step::Study(summary)))
        }
        StudyStep::CorrectionSummary { .. } => refuse(Refusal::Correction(CorrectionRefusal::UseButtons)),
        StudyStep::Goal { .. } => {
            let minutes = parse::length(text(said)?).filter(|seconds| (0..=DAY).contains(seconds) && seconds % 60 == 0);
            match minutes.and_then(|seconds| u32::try_from(seconds / 60).ok()) {
                Some(minutes) => Ok(goal(visitor, chat, minutes)),
                None => refuse(Refusal::Goal),
            }
        }
    }
}

/// The value of a setting that was typed or pointed at.
fn choice(visitor: &Visitor<'_>, chat: ChatId, setting: Setting, said: &Said) -> Result<Choice, (Refusal, Buttons)> {
    let no = |why: SettingRefusal| (Refusal::Setting(why), Buttons::None);
    let today = visitor.desk.today();
    match setting {
        Setting::Target => place(said).map(|(to, topic)| Choice::Target(to, topic)).map_err(no),
        Setting::Times => parse::times(text(said)?).map(Choice::Times).ok_or_else(|| no(SettingRefusal::Times)),
        Setting::Zone => parse::zone(text(said)?).map(Choice::Zone).map_err(|hints| no(SettingRefusal::Zone(hints))),
        Setting::Periods => {
            let known = visitor.desk.state.study.communities.get(&chat).map(|community| community.periods);
            let first = parse::date(text(said)?, today).ok_or_else(|| no(SettingRefusal::Date))?;
            Ok(Choice::Periods(known.unwrap_or(Periods::Anchored(first)).from_day(first)))
        }
        Setting::Gate => {
            let seconds = parse::length(text(said)?).filter(|seconds| (0..=DAY).contains(seconds));
            seconds.and_then(|seconds| u32::try_from(seconds).ok()).map(Choice::Gate).ok_or_else(|| no(SettingRefusal::Gate))
        }
        Setting::Cap => {
            let typed = text(said)?;
            if typed.trim() == "-" {
                return Ok(Choice::Cap(None));
            }
            let seconds = parse::length(typed).filter(|seconds| (60..=DAY).contains(seconds) && seconds % 60 == 0);
            let minutes = seconds.and_then(|seconds| u32::try_from(seconds / 60).ok());
            minutes.map(|minutes| Choice::Cap(Some(minutes))).ok_or_else(|| no(SettingRefusal::Cap))
        }
        // These have buttons only; a form of another release may ask for them.
        Setting::Lang | Setting::Poster | Setting::Missed | Setting::Muted | Setting::Bots | Setting::Picture => {
            Err((Refusal::NeedText, Buttons::None))
        }
    }
}

fn place(said: &Said) -> Result<(ChatId, Option<TopicId>), SettingRefusal> {
    match said {
        Said::Chat(chat) => Ok((*chat, None)),
        Said::Text(typed) => match parse::target(typed) {
            Some((chat, _)) if chat.0 > 0 => Err(SettingRefusal::TargetIsPerson),
            Some(place) => Ok(place),
            None => Err(SettingRefusal::Target),
        },
        Said::Person(_) | Said::HiddenAuthor(_) => Err(SettingRefusal::TargetIsPerson),
        Said::Command(..) | Said::OtherCommand { .. } | Said::NoAccount | Said::Something => Err(SettingRefusal::Target),
    }
}

/// Shows whose name has the words in it; the one person that is pointed at, at once.
fn find(visitor: &Visitor<'_>, chat: ChatId, said: &Said) -> Answered {
    if let Said::Person(person) = said {
        let who = Who::from(person.id);
        if people::member(visitor.desk.state, chat, who).is_some() {
            return Ok(finish(visitor, Screen::Study(StudyScreen::Member { chat, who }), None));
        }
        let found = StudyStep::FoundMembers { chat, query: person.id.to_string() };
        return Ok(found_members(visitor, chat, found));
    }
    let query = tidy(text(said)?).chars().take(64).collect();
    Ok(found_members(visitor, chat, StudyStep::FoundMembers { chat, query }))
}

fn found_members(visitor: &Visitor<'_>, chat: ChatId, step: StudyStep) -> Outcome {
    let form = Form { step: Step::Study(step), touched: visitor.desk.now };
    let mut outcome = Outcome { changes: vec![Change::Form(visitor.form(), Some(form))], work: Vec::new() };
    outcome.order(visitor.show(&Screen::Study(StudyScreen::FoundMembers { chat, page: 0 }), None, None));
    outcome
}

fn for_day(visitor: &Visitor<'_>, chat: ChatId, who: Who, day: NaiveDate, today: NaiveDate) -> Answered {
    if day > today {
        return refuse(Refusal::Correction(CorrectionRefusal::DayToCome));
    }
    Ok(next(visitor, Step::Study(StudyStep::CorrectionAmount { chat, who, day })))
}

/// A day was chosen with a button.
pub(super) fn press_day(visitor: &Visitor<'_>, day: NaiveDate) -> Done {
    let Some(Step::Study(StudyStep::CorrectionDay { chat, who })) = open_step(visitor) else { return closed(visitor) };
    let state = visitor.desk.state;
    let Some(community) = state.study.communities.get(&state.current_id(*chat)) else { return closed(visitor) };
    match for_day(visitor, *chat, *who, day, local_day(community.zone, visitor.desk.now)) {
        Ok(outcome) => into_done(outcome),
        Err((refusal, buttons)) => Done { work: vec![visitor.say(refusal.html(visitor.lang), buttons)], ..Done::default() },
    }
}

/// An amount was chosen with a button.
pub(super) fn press_minutes(visitor: &Visitor<'_>, minutes: i32) -> Done {
    let Some(Step::Study(StudyStep::CorrectionAmount { chat, who, day })) = open_step(visitor) else { return closed(visitor) };
    let Some(seconds) = minutes.checked_mul(60).filter(|seconds| *seconds != 0 && seconds.abs() <= DAY) else {
        let html = CorrectionRefusal::Amount.html(visitor.lang);
        return Done { work: vec![visitor.say(html, Buttons::None)], ..Done::default() };
    };
    into_done(next(visitor, Step::Study(StudyStep::CorrectionReason { chat: *chat, who: *who, day: *day, seconds })))
}

/// One's own goal, typed.
fn goal(visitor: &Visitor<'_>, chat: ChatId, minutes: u32) -> Outcome {
    let Some(change) = super::member::goal(visitor, chat, minutes) else {
        let mut outcome = close(visitor);
        outcome.order(visitor.show(&Screen::Study(StudyScreen::MyCommunities {}), None, None));
        return outcome;
    };
    let mut outcome = finish(visitor, Screen::Study(StudyScreen::MyTime { chat }), Some(saved(visitor.lang)));
    outcome.set(Change::Study(change));
    outcome
}

/// The messages that put a question.
pub(in crate::admin) fn question(visitor: &Visitor<'_>, step: &StudyStep) -> Vec<Work> {
    let (lang, state) = (visitor.lang, visitor.desk.state);
    let chat = state.current_id(step.chat());
    let title = state.study.communities.get(&chat).map(|community| community.title.as_str()).unwrap_or_default();
    let name = |who: Who| people::name(state, chat, who);
    let cancel = || button(Label::Cancel.text(lang), Order::Cancel {});
    let (html, mut rows): (Html, Vec<Vec<Button>>) = match step {
        StudyStep::Setting { setting, .. } => (setting::ask(*setting, lang).unwrap_or_default(), Vec::new()),
        StudyStep::FindMember { .. } | StudyStep::FoundMembers { .. } => (screen::ask_member(title, lang), Vec::new()),
        StudyStep::CorrectionDay { who, .. } => (words::ask_day(&name(*who), lang), days(visitor, chat)),
        StudyStep::CorrectionAmount { who, day, .. } => {
            let amount = |minutes: i32| {
                button(signed_duration(minutes * 60, lang), Order::Study(StudyOrder::CorrectionMinutes { minutes }))
            };
            let rows = vec![[15, 30, 60].map(amount).to_vec(), [-15, -30, -60].map(amount).to_vec()];
            (words::ask_amount(&name(*who), *day, lang), rows)
        }
        StudyStep::CorrectionReason { who, day, seconds, .. } => {
            (words::ask_reason(&name(*who), *day, *seconds, lang), Vec::new())
        }
        StudyStep::CorrectionSummary { who, day, seconds, reason, .. } => {
            let save = button(StudyLabel::Save.text(lang), Order::Study(StudyOrder::CorrectionDone {}));
            return vec![
                visitor
                    .say(words::summary(&name(*who), *day, *seconds, reason, lang), Buttons::Inline(vec![vec![save, cancel()]])),
            ];
        }
        StudyStep::Goal { .. } => (mine::ask_goal(lang), Vec::new()),
    };
    rows.push(vec![cancel()]);
    vec![visitor.say(html, Buttons::Inline(rows))]
}

/// Today and the days before it.
fn days(visitor: &Visitor<'_>, chat: ChatId) -> Vec<Vec<Button>> {
    use chrono::Datelike;
    let zone = visitor.desk.state.study.communities.get(&chat).map_or(visitor.desk.rules.zone, |community| community.zone);
    let today = local_day(zone, visitor.desk.now);
    let day = |back: u64| {
        let day = today - Days::new(back);
        let name = weekday(day.weekday().num_days_from_monday() as usize, visitor.lang);
        let label = format!("{name}, {}", crate::text::short_date(day, visitor.lang));
        button(label, Order::Study(StudyOrder::CorrectionDay { day }))
    };
    vec![[0, 1, 2].map(day).to_vec(), [3, 4, 5].map(day).to_vec()]
}

fn button(label: String, order: Order) -> Button {
    Button { label, action: ButtonAction::Press(Press::Do(order).encode()) }
}
