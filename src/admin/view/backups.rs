//! A backup that writes itself: when, and how many are kept.

use super::{Facts, View, button, view};
use crate::{
    admin::press::{BackupPlan, DigestOrder, DigestScreen, Order, Press, Screen},
    domain::work::Button,
    text::{backups as words, button::switch, digests},
};

/// Full hours that have a button: when a school sleeps, and when it has closed.
const HOURS: [u8; 8] = [0, 1, 2, 3, 4, 18, 20, 22];
/// How many may be kept.
const KEPT: [u16; 5] = [3, 7, 14, 30, 90];

fn choose(label: String, plan: BackupPlan) -> Button {
    button(label, Press::Show(Screen::Digest(DigestScreen::Backup { plan })))
}

/// To the choice, from the list of jobs.
pub(super) fn to_new(facts: &Facts<'_>) -> Button {
    choose(words::new(facts.lang), BackupPlan::USUAL)
}

fn marked(is_chosen: bool, label: &str) -> String {
    if is_chosen { format!("✅ {label}") } else { label.to_owned() }
}

pub(super) fn new(facts: &Facts<'_>, plan: BackupPlan) -> View {
    let lang = facts.lang;
    let is_weekly = plan.weekday.is_some();
    let mut rows = vec![vec![
        choose(switch(!is_weekly, words::daily(lang)), BackupPlan { weekday: None, ..plan }),
        choose(switch(is_weekly, digests::weekly(lang)), BackupPlan { weekday: plan.weekday.or(Some(7)), ..plan }),
    ]];
    if is_weekly {
        let day = |n: u8| {
            let label = marked(plan.weekday == Some(n), digests::weekday(n, lang));
            choose(label, BackupPlan { weekday: Some(n), ..plan })
        };
        rows.push((1..=7).map(day).collect());
    }
    let hour = |hour: u8| choose(marked(plan.hour == hour, &format!("{hour}:00")), BackupPlan { hour, ..plan });
    let hours = HOURS.map(hour);
    rows.extend([hours[..4].to_vec(), hours[4..].to_vec()]);
    rows.push(KEPT.map(|keep| choose(marked(plan.keep == keep, &words::kept(keep, lang)), BackupPlan { keep, ..plan })).to_vec());
    let ask = DigestOrder::AskFolder { plan, asked: facts.now.timestamp_millis() };
    rows.push(vec![button(words::folder(lang), Press::Do(Order::Digest(ask)))]);
    rows.push(facts.way_back(Screen::Jobs { page: 0 }));
    view(words::plan(&plan, facts.rules.zone, lang), rows)
}
