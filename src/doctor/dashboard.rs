//! A look at the way to a web dashboard, and at our own receiver.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{net::TcpStream, time::timeout};

use crate::{config::Config, leaderboard_export::Exporter, web::receiver::Shelf};

/// Somebody on this machine answers at once, or not at all.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was seen.
#[derive(Debug, Default)]
pub struct DashboardFacts {
    /// Whether anybody answers at the dashboard's address; `None`: nobody was asked.
    pub reachable: Option<Result<(), String>>,
    /// Whether somebody listens where our receiver does; `None`: nobody was asked.
    pub listens: Option<Result<(), String>>,
    /// Whether what our receiver took can be read; `None`: there is no receiver.
    pub shelf: Option<Result<(), String>>,
}

/// Looks. `may_ask`: others on the network; `is_running`: somebody owns the data, and so receives.
pub async fn look(config: &Config, may_ask: bool, is_running: bool) -> DashboardFacts {
    let mut facts = DashboardFacts::default();
    if let Some(export) = config.export.as_ref().filter(|_| may_ask) {
        facts.reachable = Some(match Exporter::new(export) {
            Ok(exporter) => exporter.reach().await,
            Err(why) => Err(why.to_string()),
        });
    }
    if let Some(receiver) = &config.receiver {
        facts.shelf = Some(Shelf::open(&config.data_dir).map(drop).map_err(|why| why.to_string()));
        if is_running {
            facts.listens = Some(connects(reachable(receiver.listen)).await);
        }
    }
    facts
}

async fn connects(to: SocketAddr) -> Result<(), String> {
    match timeout(PATIENCE, TcpStream::connect(to)).await {
        Ok(connected) => connected.map(drop).map_err(|why| why.to_string()),
        Err(_) => Err("no answer".to_owned()),
    }
}

/// Where to reach whoever listens on every address.
pub fn reachable(listens_on: SocketAddr) -> SocketAddr {
    let host = match listens_on.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(host, listens_on.port())
}
