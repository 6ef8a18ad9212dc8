//! The dashboard of the real daemon, as a browser sees it.

mod acting;
mod bots;
pub(crate) mod browser;
mod chats;
mod coming_in;
mod live;
mod research;
mod sending;
mod showing;
mod who;
