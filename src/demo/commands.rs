//! A command of the made-up school, and what people asked it.

use chrono::{DateTime, Utc};

use crate::domain::{
    change::Outcome,
    commands::{Answers, Body, CommandChange, CommandName, Custom},
    lang::Lang,
    period::Period,
};

/// `/bells`, asked more often on days that come nearer.
pub(super) fn add(school: &mut Outcome, period: Period, now: DateTime<Utc>) {
    let name: CommandName = "bells".parse().expect("a command's name");
    let descriptions = [(Lang::En, "When the bells ring"), (Lang::Uz, "Qoʻngʻiroq vaqtlari"), (Lang::Ru, "Расписание звонков")];
    let text = "🔔 {weekday}, {date}\n1  08:30–09:15\n2  09:25–10:10\n3  10:30–11:15\n4  11:25–12:10\nHave a good day, {name}!";
    let custom = Custom {
        descriptions: descriptions.map(|(lang, text)| (lang, text.to_owned())).into(),
        body: Body::Text(text.to_owned()),
        enabled: true,
        place: 0,
        answers: Answers::Both,
        bot: None,
        made: Some(now),
        made_by: None,
    };
    school.set(CommandChange::Custom(name.clone(), Some(Box::new(custom))).into());
    for (n, day) in (1..).zip(period.days()) {
        school.set(CommandChange::Used(name.clone(), day, Some(n % 7 + n / 6)).into());
    }
}
