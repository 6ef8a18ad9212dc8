//! Collecting public channels into a folder that researchers' notebooks read. What to ask next is decided in `channels`; here the
//! answers are kept, page by page, so that a run can be cut short anywhere and the next one goes on there.

mod assemble;
mod estimate;
mod folder;
mod run;
mod source;

#[cfg(test)]
mod tests;

pub use self::{
    estimate::Estimate,
    folder::{Folder, FolderFault, Wanted},
    run::{Ended, Wish},
    source::{ChannelKey, Found, Told, Trouble, Why},
};
pub(crate) use self::{estimate::estimate, run::Collector, source::Source};
