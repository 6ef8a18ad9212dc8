//! A message of a chat's history, whoever tells of it: what is asked of it before it counts.

use crate::domain::{event::Author, kind::Kind};

/// Why a message doesn't count, whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Uncountable {
    /// Telegram tells what happened.
    Service,
    /// A command to a bot.
    Command,
    /// A linked channel's post that Telegram copied into its discussion group.
    AutomaticForward,
    /// Of a sort that Telegram Desktop doesn't write down, not even its moment.
    Unsupported,
    /// Without a moment that can be believed. Old releases of Telegram Desktop wrote local time only.
    Undated,
}

/// Whether a message belongs to an album.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Album {
    /// Nobody says.
    Untold,
    /// It stands alone.
    None,
    /// To the one with this number.
    Of(i64),
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its number. Negative in an export: before a group became a supergroup.
    pub id: i64,
    /// When it was sent, Unix seconds.
    pub date: Option<i64>,
    /// Who wrote it.
    pub author: Author,
    /// The author's name.
    pub name: Option<String>,
    /// What it counts as.
    pub kind: Result<Kind, Uncountable>,
    /// The album that it belongs to.
    pub album: Album,
}
