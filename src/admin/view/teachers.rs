//! Teachers: the list, one of them, their groups, their end.

use super::{Facts, View, button, page, view};
use crate::{
    admin::press::{Back, Order, Press, ReportView, Screen, Span, Subject},
    domain::{ids::TeacherId, registry::Teacher, work::ReportFormat},
    html,
    report::rows,
    text::{
        button::{Label, switch},
        chart::sparkline,
        html::Html,
        name::fitted,
        number, report as report_words, screen as words,
    },
};

pub(super) fn list(facts: &Facts<'_>, number: u16) -> View {
    let lang = facts.lang;
    let mut teachers: Vec<&Teacher> = facts.state.teachers.values().collect();
    teachers.sort_by_cached_key(|teacher| (!teacher.active, teacher.full_name.as_str().to_lowercase(), teacher.teacher_id));
    let shown = page(&teachers, number, |page| Screen::Teachers { page });
    let mut html = words::list_heading(&Label::Teachers.text(lang), teachers.len(), shown.number, shown.pages);
    if teachers.is_empty() {
        html.push_line(&words::no_teachers(lang));
    } else {
        html.push_line(&words::search_hint(lang));
    }
    let mut rows: Vec<_> = shown.items.iter().map(|teacher| vec![open(teacher)]).collect();
    rows.push(shown.turn);
    rows.push(vec![facts.wish(Label::AddTeacher, Order::AskTeacher {}), facts.wish(Label::Search, Order::AskSearch {})]);
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

/// A teacher in a list.
pub(super) fn open(teacher: &Teacher) -> crate::domain::work::Button {
    let mark = match (teacher.active, teacher.telegram_user_id) {
        (false, _) => "⏸ ",
        (true, None) => "❔ ",
        (true, Some(_)) => "",
    };
    let label = format!("{mark}{} · {}", fitted(teacher.full_name.as_str(), 40), teacher.teacher_id);
    button(label, Press::Show(Screen::Teacher { teacher: teacher.teacher_id }))
}

/// The teacher, or the list where they are no more.
fn known<'a>(facts: &'a Facts<'_>, teacher: TeacherId) -> Result<&'a Teacher, View> {
    facts.state.teachers.get(&teacher).ok_or_else(|| list(facts, 0))
}

pub(super) fn one(facts: &Facts<'_>, teacher: TeacherId) -> View {
    let teacher = match known(facts, teacher) {
        Ok(teacher) => teacher,
        Err(list) => return list,
    };
    let (lang, id) = (facts.lang, teacher.teacher_id);
    let accounts = teacher.accounts().map(|account| account.to_string()).collect::<Vec<_>>().join(", ");
    let assigned = facts.state.groups_of(id).filter(|group| group.counts()).count();
    let counting = facts.state.groups.values().filter(|group| group.counts()).count();
    let mut html = html!("👤 {} · {}", Html::name(teacher.full_name.as_str()), Html::code(id));
    html.push_line(&words::teacher_facts(teacher.active, &accounts, assigned, counting, lang));
    if let Some(activity) = facts.activity {
        let days: Vec<u64> = activity.scope.period.days().map(|day| activity.by_day.get(&day).copied().unwrap_or(0)).collect();
        html.push_line(&html!(
            "\n{} · <b>{}</b>  {}",
            words::last_week(lang),
            Html::text(number(activity.total())),
            Html::code(sparkline(&days))
        ));
        if activity.total() == 0 {
            html.push_line(&words::no_messages(lang));
        }
        report_words::push_day_line(&mut html, activity, lang);
        for row in rows::by_group(activity, facts.state).iter().take(10) {
            let kinds = report_words::kinds_line(&row.tally, lang);
            html.push_line(&html!("{} — {}", Html::text(fitted(&row.name, 40)), Html::text(kinds)));
        }
    }
    let subject = Subject::Teacher(id);
    let active = if teacher.active { Label::Deactivate } else { Label::Activate };
    let rows = vec![
        vec![facts.show(Label::Assignments, Screen::TeacherGroups { teacher: id, page: 0 })],
        vec![
            facts.show(Label::Report, Screen::Report { view: ReportView::Summary, span: Span::Last(30), subject }),
            facts.wish(Label::Excel, Order::Send { format: ReportFormat::Workbook, span: Span::Last(30), subject }),
        ],
        vec![
            facts.wish(active, Order::Activate { teacher: id, on: !teacher.active }),
            facts.show(Label::More, Screen::TeacherMore { teacher: id }),
        ],
        facts.way_back(Screen::Teachers { page: 0 }),
    ];
    view(html, rows)
}

pub(super) fn assignments(facts: &Facts<'_>, teacher: TeacherId, number: u16) -> View {
    let teacher = match known(facts, teacher) {
        Ok(teacher) => teacher,
        Err(list) => return list,
    };
    let (lang, id) = (facts.lang, teacher.teacher_id);
    let mut groups: Vec<_> = facts.state.groups.values().filter(|group| group.gone_since.is_none()).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    let shown = page(&groups, number, |page| Screen::TeacherGroups { teacher: id, page });
    let back = Back::Teacher(u16::try_from(shown.number).unwrap_or(0));
    let mut html = words::teacher_groups(teacher.full_name.as_str(), lang);
    if groups.is_empty() {
        html.push_line(&words::no_groups(lang));
    }
    let mut rows: Vec<_> = shown
        .items
        .iter()
        .map(|group| {
            let on = facts.state.is_assigned(id, group.chat_id);
            let order = Order::Assign { teacher: id, chat: group.chat_id, on: !on, back };
            vec![button(switch(on, &group.title), Press::Do(order))]
        })
        .collect();
    rows.push(shown.turn);
    if groups.is_empty() {
        rows.push(vec![facts.show(Label::AddGroup, Screen::AddGroup {})]);
    } else {
        rows.push(vec![
            facts.wish(Label::AllOn, Order::AssignAll { teacher: id, on: true }),
            facts.wish(Label::AllOff, Order::AssignAll { teacher: id, on: false }),
        ]);
    }
    rows.push(facts.way_back(Screen::Teacher { teacher: id }));
    view(html, rows)
}

pub(super) fn more(facts: &Facts<'_>, teacher: TeacherId) -> View {
    let teacher = match known(facts, teacher) {
        Ok(teacher) => teacher,
        Err(list) => return list,
    };
    let id = teacher.teacher_id;
    let html = html!("⚙️ {} · {}", Html::name(teacher.full_name.as_str()), Html::code(id));
    let first = if teacher.telegram_user_id.is_some() { Label::ChangeAccount } else { Label::SetAccount };
    let mut accounts = vec![facts.wish(first, Order::AskAccount { teacher: id, replace: true })];
    if teacher.telegram_user_id.is_some() {
        accounts.push(facts.wish(Label::AddAccount, Order::AskAccount { teacher: id, replace: false }));
    }
    let mut rows = vec![vec![facts.wish(Label::RenamePerson, Order::AskName { teacher: id })], accounts];
    if teacher.accounts().count() > 1 {
        // Forgetting the only account is what "change" is for.
        rows.extend(
            teacher
                .accounts()
                .take(6)
                .map(|user| vec![button(format!("✖️ {user}"), Press::Do(Order::DropAccount { teacher: id, user }))]),
        );
    }
    rows.push(vec![facts.show(Label::Delete, Screen::ConfirmDelete { teacher: id })]);
    rows.push(facts.way_back(Screen::Teacher { teacher: id }));
    view(html, rows)
}

pub(super) fn confirm_delete(facts: &Facts<'_>, teacher: TeacherId) -> View {
    let teacher = match known(facts, teacher) {
        Ok(teacher) => teacher,
        Err(list) => return list,
    };
    let id = teacher.teacher_id;
    let rows = vec![
        vec![facts.wish(Label::ReallyDelete, Order::Delete { teacher: id })],
        facts.way_back(Screen::TeacherMore { teacher: id }),
    ];
    view(words::confirm_delete(teacher.full_name.as_str(), facts.lang), rows)
}
