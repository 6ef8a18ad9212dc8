//! Commands that admins define: what a text's placeholders stand for, which command answers where, what Telegram lists. Pure.

pub mod answer;
pub mod check;
pub mod list;
pub mod placeholder;
