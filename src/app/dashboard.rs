//! The web dashboard: sends it what waits; is one's receiver.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::RunError;
use crate::{
    admin::Desk,
    clock::SharedClock,
    config::Config,
    context::Context,
    domain::{change::Outcome, registry::Notice},
    leaderboard_export::{ExportConfig, Exporter, RefusedSnapshot, Turn},
    membership::tell_admins,
    text::study_post as words,
    web::{
        self,
        receiver::{Receiver, Shelf},
    },
};

/// How often the queue is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Sends snapshots as they come, for ever. A dashboard that is away holds up nothing else.
pub(super) async fn export(link: Arc<Context>, config: ExportConfig) {
    let exporter = match Exporter::new(&config) {
        Ok(exporter) => exporter,
        Err(fault) => {
            tracing::error!(%fault, "no board is sent to the dashboard");
            return;
        }
    };
    loop {
        let tell = |state: &_, refused: &RefusedSnapshot| {
            let now = link.clock.now();
            told(&Desk { state, rules: &link.rules, now }, refused)
        };
        match exporter.turn(&link.store, || link.clock.now(), tell).await {
            Ok(Turn::Sent) => {
                tracing::info!("the dashboard took a board");
                continue;
            }
            Ok(Turn::Later(why)) => tracing::warn!(why, "the dashboard doesn't take a board now"),
            Ok(Turn::Refused(refused)) => {
                tracing::error!(chat.id = %refused.community, day = %refused.day, "the dashboard refuses a board");
            }
            Ok(Turn::Idle(_)) => {}
            Err(fault) if fault.may_heal() => tracing::error!(%fault, "what the dashboard said can't be kept"),
            Err(fault) => link.give_up(&fault),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Once: the snapshot is not sent again.
fn told(desk: &Desk<'_>, refused: &RefusedSnapshot) -> Outcome {
    let mut outcome = Outcome::nothing();
    let community = desk.state.study.communities.get(&refused.community);
    let title = community.map_or_else(|| refused.community.to_string(), |community| community.title.clone());
    tell_admins(desk, Notice::Alarms, &mut outcome, |lang| {
        (words::export_refused(&title, refused.day, &refused.why, lang), Vec::new())
    });
    outcome
}

/// Receives snapshots, if that is asked for, until the end.
pub(super) async fn receive(config: &Config, clock: SharedClock, stop: watch::Receiver<bool>) -> Result<(), RunError> {
    let Some(settings) = &config.receiver else { return Ok(()) };
    let shelf = Shelf::open(&config.data_dir)?;
    let listener = web::listen("LEADERBOARD_RECEIVER_ADDR", settings.listen).await?;
    tracing::info!(address = %settings.listen, "receiving snapshots of boards");
    let receiver = Receiver::new(settings.secret.clone(), settings.cron_secret.clone(), shelf, clock);
    web::serve(listener, web::receiver::routes(receiver), stop);
    Ok(())
}
