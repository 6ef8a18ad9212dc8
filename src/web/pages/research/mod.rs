//! Public channels, collected by whoever looks, with an account of their own. Everything here is theirs: nobody else's folder is
//! ever asked for, because no address names one.

mod account;
mod sent;
mod shown;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) use self::{
    account::{anew, answer, forget, sign_in},
    sent::{events, explorer, picture, take},
    shown::{files, network, overview, posts},
};
use super::{
    collecting,
    look::{Done, Look, Trouble},
    overview::figure,
    page::{Choice, Figure, Form, Note, Page, Section},
    query::Query,
    table::Tone,
};
use crate::{
    researchers::{Phase, Stand, Workspace},
    text::{self, collections, research as said},
};

/// What takes longer is seen on the page while it goes on.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between looks whether it is done.
const LOOK_EVERY: Duration = Duration::from_millis(20);

impl Look<'_> {
    /// The workspace of whoever looks, never another one.
    fn research(&self) -> Arc<Workspace> {
        self.dashboard.researchers.workspace(self.visitor.user)
    }
}

/// Where people sign in, collect, and see how far that is.
pub(super) fn workspace(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, workspace) = (look.words(), look.research());
    let stand = workspace.stand();
    let mut sections = Vec::new();
    if stand.phase_is_in() {
        sections.push(tabs(look));
    }
    sections.extend(notes(look, &stand));
    match &stand.phase {
        _ if stand.is_asking => sections.push(Section::Notes(
            words.research_account().to_owned(),
            vec![Note { tone: Tone::Plain, text: words.research_asking().to_owned() }],
        )),
        Phase::In(account) => {
            sections.extend(collecting(look, &stand));
            sections.extend(shown::figures(look, &workspace));
            sections.push(account::signed_in(words, account));
        }
        Phase::Out | Phase::Code(_) | Phase::Password(_) => sections.extend(account::forms(look, &stand.phase)),
    }
    // What is drawn here is compared with the first news: nothing that happens in between is missed.
    let live = Query::default().with("page", &sent::page_of(&stand)).href("/research/events");
    Ok(Page { live, ..page(look, sections) })
}

fn page(look: &Look<'_>, sections: Vec<Section>) -> Page {
    let words = look.words();
    Page { title: words.research().to_owned(), lead: Some(words.research_lead().to_owned()), sections, ..Page::default() }
}

/// The parts of the page.
fn tabs(look: &Look<'_>) -> Section {
    let words = look.words();
    let all = [
        ("/research", words.research_collect()),
        ("/research/overview", words.overview()),
        ("/research/posts", words.research_posts()),
        ("/research/network", words.research_network()),
        ("/research/files", words.research_files()),
    ];
    let links = all.into_iter().map(|(href, label)| (label.to_owned(), href.to_owned(), look.path == href));
    Section::Choices(vec![Choice { label: words.research(), links: links.collect() }])
}

/// What went wrong, and what couldn't be read.
fn notes(look: &Look<'_>, stand: &Stand) -> Option<Section> {
    let lang = look.lang();
    let mut notes: Vec<String> = Vec::new();
    notes.extend(stand.wrong.as_ref().map(|wrong| said::fault(wrong, lang)));
    notes.extend(stand.cut_short.as_ref().map(|why| said::cut_short(why, lang)));
    notes.extend(stand.failed.iter().map(|(name, why)| format!("{name}: {why}")));
    let note = |text| Note { tone: Tone::Warning, text };
    (!notes.is_empty()).then(|| Section::Notes(look.words().research_trouble().to_owned(), notes.into_iter().map(note).collect()))
}

/// What goes on, or the form that begins it.
fn collecting(look: &Look<'_>, stand: &Stand) -> Vec<Section> {
    let words = look.words();
    if !stand.is_running {
        let words = look.words();
        let form =
            Form::new("/research/collect", words.research_collect()).more(words.research_collect_more()).button(words.begin());
        return vec![Section::Forms(words.research_collect().to_owned(), vec![collecting::fields(form, look)])];
    }
    let words_of = [words.research_now(), words.progress(), words.pace()];
    let figures = words_of.into_iter().zip(progress(look, stand)).zip(LIVE);
    let figures = figures.map(|((label, value), live)| Figure { value, ..figure(label, 0, live) }).collect();
    let cancel = Form::new("/research/cancel", words.research_cancel()).more(words.research_cancel_more()).grave();
    vec![Section::Figures(figures), Section::Forms(words.research_cancel().to_owned(), vec![cancel])]
}

/// The names of what moves while channels are collected.
const LIVE: [&str; 3] = ["research-channel", "research-done", "research-pace"];

/// Channel, messages, pace.
fn progress(look: &Look<'_>, stand: &Stand) -> [String; 3] {
    said_progress(stand, look.now, look.lang())
}

fn said_progress(stand: &Stand, now: chrono::DateTime<chrono::Utc>, lang: crate::domain::lang::Lang) -> [String; 3] {
    let nothing = || "—".to_owned();
    let Some(step) = &stand.step else { return [nothing(), nothing(), nothing()] };
    let done = format!("{} / {}", text::number(stand.done), text::number(stand.total));
    let pace = collections::pace_of(step, stand.done, stand.total, now, lang);
    [collections::channel(step, lang), done, pace.unwrap_or_else(nothing)]
}

/// Waits for a moment: mostly the next page can show how it ended.
fn settled(workspace: &Workspace) -> Done {
    let began = Instant::now();
    while workspace.stand().is_asking && began.elapsed() < PATIENCE {
        std::thread::sleep(LOOK_EVERY);
    }
    back()
}

fn back() -> Done {
    Done { to: "/research".to_owned(), notice: None, cookie: None }
}

/// Collects channels.
pub(super) fn collect(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    look.research().collect(collecting::read(look, form)?);
    Ok(back())
}

/// Ends what goes on.
pub(super) fn cancel(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    look.research().cancel();
    Ok(back())
}
