//! How a community is watched: all settings, and the choices for one.

use chrono::NaiveTime;
use chrono_tz::Tz;

use super::{
    super::{Facts, View, button, view},
    known_title,
};
use crate::{
    admin::press::{Choice, Order, Press, Screen, StudyOrder, StudyScreen},
    domain::{
        ids::ChatId,
        lang::Lang,
        period::local_day,
        study::{Community, MissedPosts, Periods, Poster, Setting},
        work::Button,
    },
    html,
    text::{
        button::switch,
        html::Html,
        study::{
            button::{self as labels, StudyLabel},
            setting as words,
        },
    },
};

pub(super) fn all(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let lang = facts.lang;
    let mut html = words::settings(&community.title, lang);
    html.push_line(&Html::new());
    let known = known_title(facts, community);
    for setting in Setting::ALL {
        let value = words::value(setting, community, chat, known, lang);
        html.push_line(&html!("{}: {}", Html::text(labels::setting(setting, lang)), Html::bold(value)));
    }
    let mut rows: Vec<Vec<Button>> =
        Setting::ALL.chunks(2).map(|pair| pair.iter().map(|s| open(facts, chat, community, *s)).collect()).collect();
    rows.push(facts.study_back(StudyScreen::Community { chat }));
    view(html, rows)
}

/// Switches are turned at once, for everything else there are choices.
fn open(facts: &Facts<'_>, chat: ChatId, community: &Community, setting: Setting) -> Button {
    let name = labels::setting(setting, facts.lang);
    let turn = |on: bool, choice: Choice| button(switch(on, name), Press::Do(Order::Study(StudyOrder::Set { chat, choice })));
    match setting {
        Setting::Muted => turn(community.filters.skip_muted, Choice::SkipMuted(!community.filters.skip_muted)),
        Setting::Bots => turn(community.filters.count_bots, Choice::CountBots(!community.filters.count_bots)),
        Setting::Picture => turn(community.picture, Choice::Picture(!community.picture)),
        Setting::Times
        | Setting::Zone
        | Setting::Periods
        | Setting::Lang
        | Setting::Gate
        | Setting::Poster
        | Setting::Target
        | Setting::Missed
        | Setting::Cap => button(name.to_owned(), Press::Show(Screen::Study(StudyScreen::Setting { chat, setting }))),
    }
}

pub(super) fn one(facts: &Facts<'_>, chat: ChatId, setting: Setting) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let lang = facts.lang;
    let value = words::value(setting, community, chat, known_title(facts, community), lang);
    let mut html = words::one(&community.title, setting, &value, lang);
    if setting == Setting::Target {
        html.push_line(&words::target_hint(community.target.by, lang));
    }
    let choose = |(label, choice): (String, Choice)| {
        let chosen = choice.applied(community) == *community;
        let label = if chosen { format!("✅ {label}") } else { label };
        button(label, Press::Do(Order::Study(StudyOrder::Set { chat, choice })))
    };
    let choices: Vec<Button> = choices(facts, chat, community, setting).into_iter().map(choose).collect();
    let mut rows: Vec<Vec<Button>> = choices.chunks(columns(setting)).map(<[Button]>::to_vec).collect();
    if words::ask(setting, lang).is_some() {
        rows.push(vec![facts.study_order(StudyLabel::Other, StudyOrder::AskSetting { chat, setting })]);
    }
    rows.push(facts.study_back(StudyScreen::Settings { chat }));
    view(html, rows)
}

/// Short labels stand side by side.
fn columns(setting: Setting) -> usize {
    match setting {
        Setting::Gate | Setting::Cap | Setting::Lang => 3,
        Setting::Times | Setting::Zone | Setting::Muted | Setting::Bots | Setting::Picture | Setting::Poster => 2,
        Setting::Periods | Setting::Target | Setting::Missed => 1,
    }
}

/// The usual values.
fn choices(facts: &Facts<'_>, chat: ChatId, community: &Community, setting: Setting) -> Vec<(String, Choice)> {
    let lang = facts.lang;
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).expect("a time of day");
    let yes_no =
        |choice: fn(bool) -> Choice| [("✓", true), ("✗", false)].map(|(label, on)| (label.to_owned(), choice(on))).to_vec();
    match setting {
        Setting::Times => [
            vec![at(21, 0)],
            vec![at(21, 30)],
            vec![at(22, 0)],
            vec![at(23, 0)],
            vec![at(8, 0), at(21, 30)],
            vec![at(12, 0), at(21, 30)],
        ]
        .map(|times| (words::times(&times, lang), Choice::Times(times)))
        .to_vec(),
        Setting::Zone => {
            let mut zones =
                vec![facts.rules.zone, Tz::Asia__Tashkent, Tz::Europe__Moscow, Tz::Asia__Almaty, Tz::Europe__Berlin, Tz::UTC];
            let mut seen = Vec::new();
            zones.retain(|zone| {
                !seen.contains(zone) && {
                    seen.push(*zone);
                    true
                }
            });
            zones.into_iter().map(|zone| (zone.name().to_owned(), Choice::Zone(zone))).collect()
        }
        Setting::Periods => {
            let first = community.periods.first_day();
            let today = local_day(community.zone, facts.now);
            let mut sorts = vec![Periods::Anchored(first), Periods::Calendar(first), Periods::Rolling(first)];
            if first != today {
                sorts.insert(1, Periods::Anchored(today));
            }
            sorts.into_iter().map(|periods| (labels::periods(periods, lang), Choice::Periods(periods))).collect()
        }
        Setting::Lang => Lang::ALL.map(|lang| (labels::post_language(lang).to_owned(), Choice::Lang(lang))).to_vec(),
        Setting::Gate => [0, 60, 180, 300, 600, 900].map(|seconds| (words::gate(seconds, lang), Choice::Gate(seconds))).to_vec(),
        Setting::Poster => {
            [Poster::Bot, Poster::Session].map(|by| (labels::poster(by, lang).to_owned(), Choice::Poster(by))).to_vec()
        }
        Setting::Target => vec![(StudyLabel::ThisGroup.text(lang), Choice::Target(chat, None))],
        Setting::Missed => [MissedPosts::All, MissedPosts::Last, MissedPosts::None]
            .map(|missed| (labels::missed(missed, lang).to_owned(), Choice::Missed(missed)))
            .to_vec(),
        Setting::Cap => [None, Some(240), Some(360), Some(480), Some(600), Some(720)]
            .map(|cap| (words::cap(cap, lang), Choice::Cap(cap)))
            .to_vec(),
        Setting::Muted => yes_no(Choice::SkipMuted),
        Setting::Bots => yes_no(Choice::CountBots),
        Setting::Picture => yes_no(Choice::Picture),
    }
}
