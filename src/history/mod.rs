//! What was written in a chat before anybody counted there: from what Telegram Desktop exports (`result.json`), or from what Telegram
//! gives to a person's account; and what of it could have been counted when it was sent.

pub mod collect;
pub mod export;
pub mod message;
pub mod telegram;
pub mod written;

#[cfg(test)]
mod tests;

pub use self::{
    collect::{Collected, Collector, Skipped, Wanted},
    export::{ExportFault, read},
    written::{Album, Uncountable, Written},
};
