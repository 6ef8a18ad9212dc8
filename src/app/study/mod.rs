//! Study time at work: voice chats are watched, boards are posted.

mod blind;
mod post;
mod watch;

pub(super) use self::{post::post, watch::watch};
