//! Reports that come by themselves.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    fleet::Fleet,
    jobs::{NoReport, collect, make_report},
    methods::Upload,
    outbox::Outbox,
    progress::Progress,
};
use crate::{
    admin::lang_of,
    domain::{
        event::Place,
        ids::{ChatId, UserId},
        job_reason::{Case, Reason},
        jobs::DigestFormat,
        lang::Lang,
        work::{Buttons, ReportFormat, ReportScope},
    },
    membership,
    text::report::{self as words, Frame},
};

/// A bot that isn't connected is waited for so long.
const CONNECTED_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A report for somebody.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// To whom.
    pub to: Place,
    /// In which language; `None`: in theirs.
    pub lang: Option<Lang>,
    /// As what.
    pub format: DigestFormat,
    /// What it covers.
    pub scope: ReportScope,
}

/// Makes a report and sends it. Why not, for a list.
pub async fn send(fleet: &Fleet, report: Report) -> Result<(), Reason> {
    let outbox = connected(fleet, report.to.chat).await.ok_or(Case::BotNotConnected {})?;
    let link = outbox.link();
    let (to, lang) = link.store.read(|state| {
        let chat = if report.to.chat.0 < 0 { state.current_id(report.to.chat) } else { report.to.chat };
        let lang = report.lang.unwrap_or_else(|| lang_of(state, &link.rules, UserId(chat.0)));
        (Place { chat, ..report.to }, lang)
    });
    let format = match report.format {
        DigestFormat::Text => return send_text(&outbox, to, lang, report.scope).await,
        DigestFormat::Picture => ReportFormat::Picture,
        DigestFormat::Workbook => ReportFormat::Workbook,
        DigestFormat::Csv => ReportFormat::Csv,
    };
    let export_dir = outbox.services().export_dir.clone();
    let made = make_report(link.clone(), export_dir, lang, report.scope, format, Arc::new(Progress::default())).await;
    let file = made.map_err(|why| match why {
        NoReport::Stopped => Reason::from(Case::WasStopped {}),
        NoReport::Failed(why) => Case::ReportNotMade { why }.into(),
    })?;
    let upload = Upload::New { name: file.file_name, bytes: file.bytes };
    let sent = outbox.call(to.chat, async |wire| {
        wire.send_upload(to, &upload, file.as_photo, &file.caption, Some("HTML"), false).await.map(drop)
    });
    sent.await.map_err(Reason::from)
}

async fn send_text(outbox: &Outbox, to: Place, lang: Lang, scope: ReportScope) -> Result<(), Reason> {
    let link = outbox.link();
    let before = ReportScope { period: scope.period.before(), ..scope };
    let found = (collect(&link.store, Some(scope)).await, collect(&link.store, Some(before)).await);
    let (Ok(Some(activity)), Ok(before)) = found else { return Err(Case::DaysUnreadable {}.into()) };
    let last_commit = link.store.last_commit();
    let html = link.store.read(|state| {
        let frame = Frame { state, zone: link.rules.zone, last_commit, lang };
        words::summary(&activity, before.as_ref(), &frame)
    });
    outbox.send(to, None, html.as_str(), &Buttons::None).await.map_err(Reason::from)
}

/// Who sends in a chat, once they are connected: a program that has just begun needs a moment.
async fn connected(fleet: &Fleet, chat: ChatId) -> Option<Arc<Outbox>> {
    let began = Instant::now();
    loop {
        match fleet.outbox_for(chat) {
            None if began.elapsed() < CONNECTED_WITHIN => tokio::time::sleep(LOOK_EVERY).await,
            outbox => return outbox,
        }
    }
}

/// Asks whether the bot is still in a group, and keeps what the answer says. `false`: nobody could tell.
pub async fn check_group(fleet: &Fleet, chat: ChatId) -> bool {
    let Some(outbox) = connected(fleet, chat).await else { return false };
    let (_, check) = super::jobs::check_group(&outbox, chat).await;
    check != membership::Check::CouldNotTell
}
