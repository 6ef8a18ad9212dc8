//! `rollcall health`: asks the running daemon how it is, for a container's health check.

use std::{net::SocketAddr, time::Duration};

use super::{Session, failure::Failure, out, session::wait_for};
use crate::doctor::dashboard::reachable;

/// A daemon that doesn't answer within this time isn't well.
const PATIENCE: Duration = Duration::from_secs(5);

/// Prints the daemon's own sentence; fails unless all is well.
pub(super) fn run(session: &Session) -> Result<(), Failure> {
    let Some(address) = session.config.metrics else {
        return Err(Failure::Refused(
            "METRICS_ADDR is not set, so there is nobody to ask; set it (127.0.0.1:9464, say) and restart the daemon".to_owned(),
        ));
    };
    let address = reachable(address);
    let (is_well, sentence) = wait_for(ask(address)).map_err(|why| {
        Failure::Refused(format!(
            "nobody answers at {address}: does the daemon run, with this METRICS_ADDR? ({})",
            why.without_url()
        ))
    })?;
    if is_well { Ok(out::data(sentence.trim_end())?) } else { Err(Failure::Refused(sentence)) }
}

async fn ask(address: SocketAddr) -> Result<(bool, String), reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let answer = client.get(format!("http://{address}/healthz")).send().await?;
    Ok((answer.status().is_success(), answer.text().await?))
}
