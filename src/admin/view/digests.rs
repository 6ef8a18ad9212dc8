//! Reports that come by themselves: when, as what, to whom; and whether a job is really to go.

use super::{Facts, View, backups, button, jobs, page, view};
use crate::{
    admin::{
        press::{DigestOrder, DigestScreen, Order, Plan, PlanDay, Press, Screen},
        sending::listed,
    },
    domain::{ids::ChatId, jobs::JobId, work::Button},
    text::{
        button::{Label, switch},
        digests as words,
        name::{fitted, in_text},
    },
};

/// Full hours that have a button.
const HOURS: [u8; 8] = [7, 8, 9, 12, 15, 18, 20, 21];
/// Days of the month that have one.
const DAYS: [u8; 7] = [1, 5, 10, 15, 20, 25, 28];

pub(super) fn draw(screen: &DigestScreen, facts: &Facts<'_>) -> View {
    match screen {
        DigestScreen::New { plan } => new(facts, *plan),
        DigestScreen::Group { plan, page } => group(facts, *plan, *page),
        DigestScreen::ConfirmRemove { job } => confirm_remove(facts, job),
        DigestScreen::Backup { plan } => backups::new(facts, *plan),
    }
}

fn choose(label: String, plan: Plan) -> Button {
    button(label, Press::Show(Screen::Digest(DigestScreen::New { plan })))
}

/// To the choice, from the list of jobs.
pub(super) fn to_new(facts: &Facts<'_>) -> Button {
    choose(words::new(facts.lang), Plan::USUAL)
}

fn marked(is_chosen: bool, label: &str) -> String {
    if is_chosen { format!("✅ {label}") } else { label.to_owned() }
}

fn title(facts: &Facts<'_>, chat: ChatId) -> String {
    let chat = facts.state.current_id(chat);
    facts.state.groups.get(&chat).map_or_else(|| chat.to_string(), |group| in_text(&group.title))
}

fn new(facts: &Facts<'_>, plan: Plan) -> View {
    let lang = facts.lang;
    let is_weekly = matches!(plan.day, PlanDay::Week(_));
    let ways = vec![
        choose(switch(is_weekly, words::weekly(lang)), Plan { day: PlanDay::Week(1), ..plan }),
        choose(switch(!is_weekly, words::monthly(lang)), Plan { day: PlanDay::Month(1), ..plan }),
    ];
    let day = |day: PlanDay, label: &str| choose(marked(plan.day == day, label), Plan { day, ..plan });
    let days = match plan.day {
        PlanDay::Week(_) => (1..=7).map(|n| day(PlanDay::Week(n), words::weekday(n, lang))).collect(),
        PlanDay::Month(_) => DAYS.map(|n| day(PlanDay::Month(n), &n.to_string())).to_vec(),
    };
    let hour = |hour: u8| choose(marked(plan.hour == hour, &format!("{hour}:00")), Plan { hour, ..plan });
    let hours: Vec<Button> = HOURS.map(hour).to_vec();
    let format = |format| choose(marked(plan.format == format, words::format(format, lang)), Plan { format, ..plan });
    let to_group = Screen::Digest(DigestScreen::Group { plan, page: 0 });
    let to = vec![
        choose(switch(plan.to.is_none(), words::to_admins(lang)), Plan { to: None, ..plan }),
        button(switch(plan.to.is_some(), words::to_group(lang)), Press::Show(to_group)),
    ];
    let make = DigestOrder::Make { plan, asked: facts.now.timestamp_millis() };
    let group = plan.to.map(|chat| title(facts, chat));
    let rows = vec![
        ways,
        days,
        hours[..4].to_vec(),
        hours[4..].to_vec(),
        Plan::FORMATS.map(format).to_vec(),
        to,
        vec![button(words::make(lang), Press::Do(Order::Digest(make)))],
        facts.way_back(Screen::Jobs { page: 0 }),
    ];
    view(words::plan(&plan, group.as_deref(), facts.rules.zone, lang), rows)
}

fn group(facts: &Facts<'_>, plan: Plan, number: u16) -> View {
    let groups = listed(facts.state, "");
    let shown = page(&groups, number, |page| Screen::Digest(DigestScreen::Group { plan, page }));
    let open = |group: &&crate::domain::registry::Group| {
        vec![choose(fitted(&group.title, 44), Plan { to: Some(group.chat_id), ..plan })]
    };
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(facts.way_back(Screen::Digest(DigestScreen::New { plan })));
    view(words::which_group(facts.lang), rows)
}

fn confirm_remove(facts: &Facts<'_>, job: &JobId) -> View {
    if !facts.state.jobs.kept.contains_key(job) {
        return jobs::list(facts, 0);
    }
    let remove = facts.wish(Label::ReallyDelete, Order::Digest(DigestOrder::Remove { job: job.clone() }));
    view(words::really_remove(job, facts.lang), vec![vec![remove], facts.way_back(Screen::Job { job: job.clone() })])
}
