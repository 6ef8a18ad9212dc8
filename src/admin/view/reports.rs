//! Reports and workbooks: which period, which arrangement.

use super::{Facts, View, button, view};
use crate::{
    admin::press::{Order, Press, ReportView, Screen, Span, Subject},
    domain::work::{Button, ReportFormat},
    text::{
        button::{self, Label},
        report as words, screen,
    },
};

fn spans(facts: &Facts<'_>, press: impl Fn(Span) -> Press) -> Vec<Vec<Button>> {
    let buttons: Vec<_> = Span::BUTTONS.iter().map(|span| button(button::span(*span, facts.lang), press(*span))).collect();
    buttons.chunks(2).map(<[Button]>::to_vec).collect()
}

pub(super) fn choose(facts: &Facts<'_>) -> View {
    let mut rows = spans(facts, |span| Press::Show(Screen::Report { view: ReportView::Summary, span, subject: Subject::All }));
    rows.push(vec![facts.wish(Label::OtherPeriod, Order::AskReportPeriod {})]);
    rows.push(vec![facts.menu()]);
    view(screen::reports(facts.lang), rows)
}

pub(super) fn choose_workbook(facts: &Facts<'_>) -> View {
    let mut rows = spans(facts, |span| Press::Do(Order::Send { format: ReportFormat::Workbook, span, subject: Subject::All }));
    rows.push(vec![facts.wish(Label::OtherPeriod, Order::AskWorkbookPeriod {})]);
    rows.push(vec![facts.menu()]);
    view(screen::workbooks(facts.lang), rows)
}

pub(super) fn one(facts: &Facts<'_>, arrangement: ReportView, span: Span, subject: Subject) -> View {
    let Some(activity) = facts.activity else { return choose(facts) };
    let frame = facts.frame();
    let html = match arrangement {
        ReportView::Summary => words::summary(activity, facts.before, &frame),
        ReportView::ByTeacher => words::by_teacher(activity, &frame),
        ReportView::ByGroup => words::by_group(activity, &frame),
        ReportView::Silent => words::silent(activity, &frame),
    };
    let others: Vec<_> = ReportView::ALL
        .into_iter()
        .filter(|other| *other != arrangement)
        .map(|other| button(button::report_view(other, facts.lang), Press::Show(Screen::Report { view: other, span, subject })))
        .collect();
    let files = [ReportFormat::Picture, ReportFormat::Workbook, ReportFormat::Csv];
    let files =
        files.map(|format| button(button::report_format(format, facts.lang), Press::Do(Order::Send { format, span, subject })));
    // Everybody's report was chosen by its period; one teacher's or group's begins with a month.
    let marked = |other: Span| {
        let days = button::span(other, facts.lang);
        if other == span { format!("· {days} ·") } else { days }
    };
    let again = |other: &Span| button(marked(*other), Press::Show(Screen::Report { view: arrangement, span: *other, subject }));
    let (up, spans) = match subject {
        Subject::All => (Screen::Reports {}, Vec::new()),
        Subject::Teacher(teacher) => (Screen::Teacher { teacher }, Span::BUTTONS.to_vec()),
        Subject::Group(chat) => (Screen::Group { chat }, Span::BUTTONS.to_vec()),
    };
    let mut rows: Vec<Vec<Button>> = spans.chunks(3).map(|spans| spans.iter().map(again).collect()).collect();
    if subject != Subject::All {
        rows.push(vec![facts.wish(Label::OtherPeriod, Order::AskPeriodOf { subject })]);
    }
    rows.extend([others, files.to_vec(), facts.way_back(up)]);
    view(html, rows)
}
