//! Background jobs: all of them, and one with what can be done about it.

use super::{Facts, View, backups, button, collections, digests, page, sending, view};
use crate::{
    admin::press::{DigestOrder, DigestScreen, Order, Press, Screen},
    domain::jobs::{JobId, JobState, Task},
    jobs::{
        announce::Counts,
        view::{self as jobs, Sort},
    },
    text::{
        backups as backup_words, button::Label, collections as collection_words, digests as button_words, jobs as words,
        screen::list_heading,
    },
};

pub(super) fn list(facts: &Facts<'_>, number: u16) -> View {
    let lang = facts.lang;
    let mut all = jobs::rows(facts.state, facts.now);
    // Announcements come and go; the newest are what somebody looks for.
    all.sort_by_key(|row| {
        (row.sort == Sort::Announcement, std::cmp::Reverse(row.last_run.filter(|_| row.sort == Sort::Announcement)))
    });
    let shown = page(&all, number, |page| Screen::Jobs { page });
    let html = list_heading(&Label::Jobs.text(lang), all.len(), shown.number, shown.pages);
    let open = |row: &jobs::Row| vec![button(words::on_button(row, lang), Press::Show(Screen::Job { job: row.id.clone() }))];
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(vec![digests::to_new(facts), backups::to_new(facts)]);
    rows.push(vec![collections::to_new(facts)]);
    rows.push(vec![button(words::together(lang).to_owned(), Press::Show(Screen::Job { job: JobId::all() }))]);
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

/// All at once.
fn together(facts: &Facts<'_>) -> View {
    let html = words::all_jobs(&jobs::rows(facts.state, facts.now), facts.lang);
    let wishes = vec![
        facts.wish(Label::StartJob, Order::StartJob { job: JobId::all() }),
        facts.wish(Label::Stop, Order::StopJob { job: JobId::all() }),
    ];
    let looks = vec![facts.show(Label::Refresh, Screen::Job { job: JobId::all() })];
    view(html, vec![wishes, looks, facts.way_back(Screen::Jobs { page: 0 })])
}

pub(super) fn one(facts: &Facts<'_>, id: &JobId) -> View {
    if id.is_all() {
        return together(facts);
    }
    let Some(row) = jobs::row(facts.state, id, facts.now) else { return list(facts, 0) };
    let counts =
        (row.sort == Sort::Announcement).then(|| Counts::of(facts.state.jobs.deliveries_of(id).map(|(_, delivery)| delivery)));
    let mut html = words::job(&row, counts, facts.rules.zone, facts.lang);
    if let Some(Task::Backup(backup)) = facts.state.jobs.get(id).map(|job| job.task) {
        html.push_line(&backup_words::of_job(&backup, facts.lang));
    }
    if let Some(Task::Collection(collection)) = facts.state.jobs.get(id).map(|job| job.task) {
        html.push_line(&collection_words::of_job(&collection, &row, facts.now, facts.lang));
    }
    let job = || id.clone();
    let mut wishes = Vec::new();
    let is_message = row.sort == Sort::Announcement;
    if row.sort.is_steerable() {
        if row.state != JobState::Running && (!is_message || row.state == JobState::Pending) {
            wishes.push(facts.wish(Label::StartJob, Order::StartJob { job: job() }));
        }
        if row.can_be_sent_again() {
            wishes.push(facts.wish(Label::SendAgain, Order::SendAgain { job: job() }));
        }
        if row.state != JobState::Stopped && !(is_message && row.state == JobState::Completed) {
            wishes.push(facts.wish(Label::Stop, Order::StopJob { job: job() }));
        }
    }
    let mut looks = vec![facts.show(Label::Refresh, Screen::Job { job: job() })];
    if is_message {
        looks.insert(0, sending::to_chats(facts, id));
    }
    let mut changes = Vec::new();
    if row.sort.has_times() {
        let ask = Order::Digest(DigestOrder::AskTimes { job: job() });
        changes.push(button(button_words::times(facts.lang), Press::Do(ask)));
    }
    if row.sort.is_removable() && row.state != JobState::Running {
        changes.push(facts.show(Label::Delete, Screen::Digest(DigestScreen::ConfirmRemove { job: job() })));
    }
    view(html, vec![wishes, changes, looks, facts.way_back(Screen::Jobs { page: 0 })])
}
