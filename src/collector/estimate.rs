//! What collecting would take, by the fewest requests that tell.

use super::{
    folder::{Folder, FolderFault, Wanted},
    run::Wish,
    source::{ChannelKey, Found, Source, Trouble, Why},
};
use crate::{
    channels::{Answer, Ask, ChannelName, PAGE, Whither},
    domain::collection::Estimated,
};

/// What a channel would take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Its name.
    pub name: String,
    /// Messages that it has, by the server's count, and those of them that are here; or why it can't be read.
    pub messages: Result<(u64, u64), Why>,
    /// Requests that it would take at most.
    pub calls: u64,
}

impl From<Estimate> for Estimated {
    fn from(estimate: Estimate) -> Self {
        let messages = estimate.messages.map_err(|why| why.to_string());
        Self { name: estimate.name, messages, calls: estimate.calls }
    }
}

/// Asks one request a channel, two where it isn't known yet. Nothing is written.
pub(crate) async fn estimate<S: Source>(folder: Option<&Folder>, source: &S, wish: &Wish) -> Result<Vec<Estimate>, Trouble> {
    let known = folder.map(Folder::names).transpose().map_err(folder_trouble)?;
    let mut all = Vec::new();
    for name in &wish.names {
        let is_it = |known: &&Wanted| known.name.eq_ignore_ascii_case(name.as_str());
        let known = known.as_ref().and_then(|names| names.channels.iter().find(is_it));
        let messages = match look(folder, source, name, known).await {
            Err(Trouble::Channel(why)) => Err(why),
            Err(Trouble::Stale) => Err(Why::Private),
            Err(Trouble::Wait(_)) => Err(Why::Waiting),
            Err(Trouble::Line(why)) => return Err(Trouble::Line(why)),
            Ok(found) => Ok(found),
        };
        let calls = messages.as_ref().map_or(0, |(has, here)| calls(wish, *has, *here));
        all.push(Estimate { name: name.to_string(), messages, calls });
    }
    Ok(all)
}

fn calls(wish: &Wish, has: u64, here: u64) -> u64 {
    if wish.is_metadata_only {
        return 1;
    }
    let missing = wish.bounds.limit.map_or(has, |limit| has.min(limit)).saturating_sub(here);
    1 + missing.div_ceil(u64::from(PAGE)).max(1)
}

async fn look<S: Source>(
    folder: Option<&Folder>,
    source: &S,
    name: &ChannelName,
    known: Option<&Wanted>,
) -> Result<(u64, u64), Trouble> {
    let channel = match known.and_then(|known| known.id.zip(known.hash)) {
        Some((id, hash)) => ChannelKey { id, hash },
        None => match source.resolve(name).await? {
            Found::Channel(channel) => channel,
            Found::Somebody => return Err(Trouble::Channel(Why::NoChannel)),
        },
    };
    let ask = Ask { whither: Whither::Top, offset_id: 0, offset_date: 0, limit: 1, min_id: 0 };
    let answer = Answer::read(&source.history(channel, &ask).await?);
    let state = folder.map(|folder| folder.state(channel.id)).transpose().map_err(folder_trouble)?.flatten();
    let here = state.map_or(0, |state| state.coverage.messages());
    Ok((answer.and_then(|answer| answer.total).unwrap_or(0), here))
}

fn folder_trouble(fault: FolderFault) -> Trouble {
    Trouble::Line(fault.to_string())
}
