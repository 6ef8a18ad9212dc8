//! Datasets and networks from collected Telegram channels.
//!
//! A collection is a folder with what the server said: `<channel>/<channel>.json` and `<channel>/<channel>_messages.json`. Nothing here
//! talks to Telegram, and nothing in the folder that a collection wrote is lost.

mod dataset;
mod fault;
mod folder;
mod json;
mod known;
mod network;
mod output;
mod python;
mod read;
mod references;
mod table;
mod tables;

pub use self::{
    dataset::{Counter, DatasetOptions, DatasetOutcome, Met, Progress, collected_chats, dataset},
    fault::Fault,
    network::{NetworkOptions, NetworkOutcome, Theme, network, page_blocks},
    references::{Kind, names_in},
};
