//! Work that needs more than one call: screens with numbers in them, files, checks of every group.

use std::{
    ops::ControlFlow,
    path::PathBuf,
    sync::{Arc, Weak},
    time::Duration,
};

use chrono::NaiveDate;
use tokio::{sync::watch, task::spawn_blocking};

use super::{
    assistant::Assistants,
    collected::Collections,
    diagnose,
    errors::CallError,
    feeds::Feeds,
    fleet::Fleet,
    link::Link,
    methods::Attachment,
    outbox::Outbox,
    progress::{Progress, watched},
    study,
};
use crate::{
    admin::{self, Desk, Facts, Press, Screen, View, diagnosis::Diagnosis, lang_of, study::facts::StudyFacts},
    clock::ProcessStart,
    counter,
    domain::{
        collection::OwnCollection,
        day::{Announced, DaySink},
        event::Place,
        ids::{ChatId, MessageId, TeacherId, UserId},
        lang::Lang,
        line::LineState,
        period::Period,
        registry::Voice,
        tally::Tally,
        work::{Buttons, ReportFormat, ReportScope},
    },
    membership::{self, Check},
    report::{
        activity::{Activity, Collector},
        files::{self, Sheet},
        picture,
    },
    store::{Store, StoreFault},
    text::{
        html::Html,
        report::{self as words, Frame},
        split,
        task::Task,
    },
};

/// What jobs need beside the link.
#[derive(Clone, Debug)]
pub struct Services {
    /// Where reports are kept.
    pub export_dir: PathBuf,
    /// Warn when less room than this is left, in megabytes.
    pub least_disk_mb: u64,
    /// Whether to keep to Telegram's pace.
    pub paced: bool,
    /// How long a job may take before its progress is shown, and between two looks at it.
    pub patience: Duration,
    /// When the process began.
    pub began: ProcessStart,
    /// All bots at work.
    pub fleet: Weak<Fleet>,
    /// Where Telegram delivers to, in webhook mode.
    pub webhook: Option<String>,
    /// Whether privacy mode is off, as `getMe` said.
    pub sees_all_messages: bool,
    /// Where people reach the dashboard, without a slash at the end; `None`: it isn't served.
    pub site: Option<String>,
    /// How the user session does.
    pub session: watch::Receiver<LineState>,
    /// What reads feeds for commands.
    pub feeds: Feeds,
    /// What people collected with accounts of their own.
    pub collections: Arc<dyn Collections>,
    /// Who answers questions, if any bot has an assistant.
    pub assistants: Option<Arc<Assistants>>,
}

/// Draws a screen with what is true now; `None` for a screen that only a later release knows.
pub(super) async fn draw(outbox: &Outbox, user: UserId, screen: &str, note: Option<&str>) -> Option<View> {
    let link = outbox.link().clone();
    let Some(Press::Show(screen)) = Press::decode(screen) else {
        tracing::warn!(screen, "a screen of another release can't be drawn");
        return None;
    };
    let now = link.clock.now();
    let needs = link.store.read(|state| admin::needs(&screen, &Desk { state, rules: &link.rules, now }, user));
    let (activity, before) = (collect(&link.store, needs.activity).await, collect(&link.store, needs.before).await);
    let is_whole = activity.is_ok() && before.is_ok();
    let (activity, before) = (activity.ok().flatten(), before.ok().flatten());
    let diagnosis = if needs.diagnosis { Some(diagnose::everything(outbox).await) } else { None };
    let study = study::look_up(&link, needs.study).await;
    let is_whole = is_whole && study.is_ok();
    let session = outbox.services().session.borrow().clone();
    let collections = &outbox.services().collections;
    let collected = if needs.collected { collections.of(user) } else { None };
    let found = Found { activity, before, diagnosis, study: study.ok().flatten(), collected, session };
    let mut view = draw_with(&link, user, &screen, &found);
    // Without the numbers the screen is another one; whoever asked is told why.
    let failed = (!is_whole).then(|| words::failed(link.store.read(|state| lang_of(state, &link.rules, user))).into_string());
    for line in failed.as_deref().into_iter().chain(note) {
        view.html = Html::from_markup(format!("{line}\n\n{}", view.html));
    }
    Some(view)
}

/// What was looked up for a screen.
struct Found {
    activity: Option<Activity>,
    before: Option<Activity>,
    diagnosis: Option<Diagnosis>,
    study: Option<StudyFacts>,
    collected: Option<OwnCollection>,
    session: LineState,
}

fn draw_with(link: &Link, user: UserId, screen: &Screen, found: &Found) -> View {
    let now = link.clock.now();
    let last_commit = link.store.last_commit();
    let (activity, before) = (found.activity.as_ref(), found.before.as_ref());
    let (diagnosis, study, session) = (found.diagnosis.as_ref(), found.study.as_ref(), &found.session);
    let collected = found.collected;
    link.store.read(|state| {
        let lang = lang_of(state, &link.rules, user);
        let rules = &link.rules;
        let facts = Facts { state, rules, now, user, lang, activity, before, diagnosis, study, collected, session, last_commit };
        admin::render(screen, &facts)
    })
}

/// Adds up a period, beside the runtime: old days are read from their files.
pub(super) async fn collect(store: &Store, scope: Option<ReportScope>) -> Result<Option<Activity>, StoreFault> {
    let Some(scope) = scope else { return Ok(None) };
    let store = store.clone();
    let summed = spawn_blocking(move || {
        let mut sums = Collector::new(scope);
        store.show_days(scope.period, &mut sums).map(|()| sums.finish())
    });
    let summed = summed.await.expect("adding up doesn't panic");
    summed.map(Some).inspect_err(|fault| tracing::error!(%fault, "a report can't be added up"))
}

/// Makes a file of a report, keeps it, and sends it.
pub(super) async fn send_report(
    outbox: &Outbox,
    user: UserId,
    scope: ReportScope,
    format: ReportFormat,
) -> Result<(), CallError> {
    let link = outbox.link();
    let chat = ChatId::private(user);
    let lang = link.store.read(|state| lang_of(state, &link.rules, user));
    let action = if format == ReportFormat::Picture { "upload_photo" } else { "upload_document" };
    if let Err(error) = link.wire.send_chat_action(chat, action).await {
        tracing::debug!(%error, "no chat action");
    }
    let export_dir = outbox.services().export_dir.clone();
    let make = async |progress| make_report(link.clone(), export_dir, lang, scope, format, progress).await;
    match watched(outbox, user, Task::Report, make).await {
        Ok(file) => outbox.call(chat, async |wire| wire.send_file(chat, &file).await.map(drop)).await,
        Err(NoReport::Stopped) => Ok(()),
        Err(NoReport::Failed(why)) => {
            tracing::error!(why, "a report can't be made");
            let html = words::failed(lang).into_string();
            outbox.send(Place { chat, topic: None }, None, &html, &Buttons::None).await
        }
    }
}

/// Why there is no file.
pub(super) enum NoReport {
    /// Whoever asked for it changed their mind.
    Stopped,
    /// Something went wrong.
    Failed(String),
}

impl<E: ToString> From<E> for NoReport {
    fn from(why: E) -> Self {
        Self::Failed(why.to_string())
    }
}

pub(super) async fn make_report(
    link: Arc<Link>,
    export_dir: PathBuf,
    lang: Lang,
    scope: ReportScope,
    format: ReportFormat,
    progress: Arc<Progress>,
) -> Result<Attachment, NoReport> {
    spawn_blocking(move || {
        // A workbook goes through the days twice: for the sums, and for its sheet by day.
        let days = scope.period.days().count();
        progress.set_total(if format == ReportFormat::Workbook { 2 * days } else { days });
        let show_days = |to: &mut dyn DaySink, before| {
            let announce = |date: NaiveDate| {
                progress.reach(before + scope.period.position(date));
                if progress.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let shown = link.store.show_days(scope.period, &mut Announced { to, before: announce });
            if progress.is_stopped() { Err(NoReport::Stopped) } else { Ok(shown?) }
        };
        let mut sums = Collector::new(scope);
        show_days(&mut sums, 0)?;
        let activity = sums.finish();
        let now = link.clock.now();
        let last_commit = link.store.last_commit();
        // A copy of the registry: the file is written while messages are counted.
        let state = link.store.read(|state| state.without_days());
        let sheet = Sheet { state: &state, activity: &activity, zone: link.rules.zone, lang, now, last_commit };
        let bytes = match format {
            ReportFormat::Workbook => {
                let mut shown = Ok(());
                let bytes = files::workbook(&sheet, &mut |sink| shown = show_days(sink, days));
                shown.and(bytes.map_err(NoReport::from))?
            }
            ReportFormat::Csv => files::csv(&sheet),
            ReportFormat::Picture => picture::png(&sheet)?,
        };
        progress.reach(2 * days);
        let file_name = files::name(format, now, link.rules.zone);
        crate::exports::keep(&export_dir, &file_name, &bytes)?;
        let frame = Frame { state: &state, zone: link.rules.zone, last_commit, lang };
        let caption = split::caption(words::caption(&activity, &frame).as_str());
        Ok(Attachment { as_photo: format == ReportFormat::Picture, file_name, bytes, caption })
    })
    .await
    .map_err(|_| NoReport::Failed("making the file panicked".to_owned()))?
}

/// Asks for each registered group whether the bot is still there.
pub(super) async fn sync_groups(outbox: &Outbox, user: UserId) -> Result<(), CallError> {
    let link = outbox.link();
    let chats: Vec<ChatId> = link.store.read(|state| state.groups.keys().copied().collect());
    let check_all = async |progress: Arc<Progress>| {
        progress.set_total(chats.len());
        let mut checks = Vec::new();
        for chat in chats {
            if progress.is_stopped() {
                break;
            }
            checks.push(check_group(outbox, chat).await);
            progress.reach(checks.len());
        }
        checks
    };
    let checks = watched(outbox, user, Task::Groups, check_all).await;
    decide(link, |desk| membership::sync_report(desk, user, &checks));
    Ok(())
}

/// Asks for a group, and keeps what the answer says: the group's id now, and the answer. The bot whose group it is asks.
pub(super) async fn check_group(outbox: &Outbox, chat: ChatId) -> (ChatId, Check) {
    let Some(outbox) = outbox.of(chat) else { return (chat, Check::CouldNotTell) };
    let link = outbox.link();
    let check = match outbox.ask(async |wire| wire.get_chat_member(chat, wire.bot_id().account()).await).await {
        Ok(member) if member.is_present() => Check::Kept { administrator: member.is_administrator() },
        Ok(_) => Check::Gone,
        Err(error) if error.says_gone() => Check::Gone,
        Err(error) => match error.reaction() {
            super::Reaction::Migrated(to) => {
                outbox.link().learn_migration(chat, to).await;
                Check::Kept { administrator: false }
            }
            _ => Check::CouldNotTell,
        },
    };
    decide(link, |desk| membership::checked(desk, desk.state.current_id(chat), check));
    (link.store.read(|state| state.current_id(chat)), check)
}

/// Looks in each counted group for a new teacher, and assigns them where they are.
pub(super) async fn assign_where_member(outbox: &Outbox, user: UserId, teacher: TeacherId) -> Result<(), CallError> {
    let link = outbox.link();
    let (accounts, chats) = link.store.read(|state| {
        let accounts: Vec<UserId> =
            state.teachers.get(&teacher).into_iter().flat_map(|teacher| teacher.accounts().collect::<Vec<_>>()).collect();
        let chats: Vec<ChatId> = state.groups.values().filter(|group| group.counts()).map(|group| group.chat_id).collect();
        (accounts, chats)
    });
    let mut found = Vec::new();
    for chat in chats {
        let mut is_member = Some(false);
        let Some(there) = outbox.of(chat) else {
            found.push((chat, None));
            continue;
        };
        for account in &accounts {
            match there.ask(async |wire| wire.get_chat_member(chat, *account).await).await {
                Ok(member) if member.is_present() => is_member = Some(true),
                Ok(_) => {}
                // Telegram doesn't know them there at all.
                Err(CallError::Api { code: 400, .. }) => {}
                Err(_) => is_member = is_member.filter(|here| *here).or(None),
            }
        }
        found.push((chat, is_member));
    }
    decide(link, |desk| membership::assigned_where_member(desk, user, teacher, &found));
    Ok(())
}

/// Counts for a teacher what a voice wrote before it was theirs. Each day is a commit of its own, and credited once: a crash
/// in between leaves the other days to the next try.
pub(super) async fn credit_voice(
    outbox: &Outbox,
    (user, edit): (UserId, Option<MessageId>),
    chat: ChatId,
    voice: &Voice,
    teacher: TeacherId,
    period: Period,
) -> Result<(), CallError> {
    let link = outbox.link();
    let credited = credit_days(&link.store, chat, voice, teacher, period).await;
    let messages = match credited {
        Ok(messages) => messages,
        Err(fault) => {
            // The rest is done by whoever presses again.
            tracing::error!(%fault, "a voice's messages can't be credited");
            0
        }
    };
    decide(link, |desk| membership::voice_credited(desk, user, edit, chat, teacher, messages));
    Ok(())
}

async fn credit_days(store: &Store, chat: ChatId, voice: &Voice, teacher: TeacherId, period: Period) -> Result<u64, StoreFault> {
    let mut messages = 0;
    for (n, day) in (1..).zip(store.days_of_voice(chat, voice, period)?) {
        store.decide(&[day], |state| {
            messages += state.days.get(&day).and_then(|day| day.unattributed.get(&chat)?.get(voice)).map_or(0, Tally::total);
            counter::credit(state, day, chat, voice, teacher)
        })?;
        if n % 16 == 0 {
            // Old days leave memory.
            store.checkpoint().await?;
        }
    }
    store.flush().await?;
    Ok(messages)
}

/// `/diag` where it was asked: everything in private, this group in a group.
pub(super) async fn diagnose(outbox: &Outbox, to: Place, reply_to: Option<MessageId>, lang: Lang) -> Result<(), CallError> {
    let link = outbox.link();
    let html = if to.chat.0 > 0 {
        crate::text::diagnosis::full(&diagnose::everything(outbox).await, link.rules.zone, lang)
    } else {
        diagnose::group(outbox, to.chat, lang).await
    };
    outbox.send(to, reply_to, html.as_str(), &Buttons::None).await
}

/// A decision about what Telegram answered; durable and released with the next commit, which follows at once.
pub(super) fn decide(link: &Link, decide: impl FnOnce(&Desk<'_>) -> crate::domain::change::Outcome) {
    let now = link.clock.now();
    if let Err(fault) = link.store.decide(&[], |state| decide(&Desk { state, rules: &link.rules, now })) {
        link.give_up(&fault);
    }
}
