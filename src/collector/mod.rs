//! Collecting public channels into a folder that researchers' notebooks read. What to ask next is decided in `channels`; here the
//! answers are kept, page by page, so that a run can be cut short anywhere and the next one goes on there.

mod asker;
mod assemble;
mod comments;
mod estimate;
mod folder;
mod line;
mod media;
mod page;
mod publish;
mod refresh;
mod run;
mod samples;
mod snowball;
mod source;

#[cfg(test)]
mod tests;

use self::run::Collector;
pub use self::{
    estimate::Estimate,
    folder::{Folder, FolderFault, Wanted},
    line::LineSource,
    media::Files,
    refresh::{RefreshWish, Sampled},
    run::{Ended, Wish},
    source::{ChannelKey, Found, Told, Trouble, Why},
};

/// Collects what is wished, and tells how far it is.
pub async fn collect(
    folder: &Folder,
    source: &LineSource,
    wish: &Wish,
    tell: &mut dyn FnMut(Told),
) -> Result<Ended, FolderFault> {
    Collector::new(folder, source, wish, tell)?.run().await
}

/// Samples the newest posts of channels that are here again; all channels, if none is named.
pub async fn refresh(
    folder: &Folder,
    source: &LineSource,
    wish: &RefreshWish,
    tell: &mut dyn FnMut(Told),
) -> Result<Sampled, FolderFault> {
    refresh::refresh(folder, source, wish, tell).await
}

/// What that would take. Nothing is written.
pub async fn estimate(folder: Option<&Folder>, source: &LineSource, wish: &Wish) -> Result<Vec<Estimate>, Trouble> {
    estimate::estimate(folder, source, wish).await
}
