//! Statistics of the chats that bots are in: what is learnt, when Telegram is asked, and what the numbers come to. Pure.
//!
//! Telegram has no list of a bot's chats and no history of their sizes. So chats are remembered as their updates come, each is asked
//! about once a day, and growth is what the days' numbers differ by. Who joined or left is never kept, only how many.

mod due;
mod learn;
mod numbers;
#[cfg(test)]
mod tests;

pub use self::{
    due::{Due, ask_all_over, next, share, still_wanted},
    learn::{
        Described, Look, NotForgotten, Trouble, adopt, asked_in_vain, forget, learnt, member_standing, moved, own_standing,
        renamed, want,
    },
    numbers::{Filter, Moved, Row, Sums, rows, series},
};
