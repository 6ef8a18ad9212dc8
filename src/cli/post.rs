//! `rollcall post-now`

use super::{Session, failure::Failure, pick};
use crate::orders::{Order, dropbox};

/// Whose board.
#[derive(Debug, clap::Args)]
pub(super) struct PostArgs {
    /// A study community: its group's id, or a part of its title. Without it: every watched one
    #[arg(allow_hyphen_values = true)]
    community: Option<String>,
}

/// Orders the board; the running bot posts it.
pub(super) fn run(session: &Session, args: &PostArgs) -> Result<(), Failure> {
    let reader = session.read()?;
    let community = args.community.as_deref().map(|text| pick::community(reader.state(), text)).transpose()?;
    let asked = session.now().timestamp_millis();
    let order = Order::PostNow { community: community.map(|(chat, _)| chat), asked, random_id: dropbox::random_id() };
    session.order(&order)
}
