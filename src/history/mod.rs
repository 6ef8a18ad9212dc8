//! What Telegram Desktop exports of a chat (`result.json`), and what of it could have been counted when it was sent.

pub mod collect;
pub mod export;
pub mod message;

#[cfg(test)]
mod tests;

pub use self::{
    collect::{Collected, Collector, Skipped, Wanted},
    export::{ExportFault, read},
};
