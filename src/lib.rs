//! Rollcall shows who turns up and who takes part in a school's or a study community's Telegram groups.
//! It stores counters, never content.

pub mod clock;
pub mod counter;
pub mod domain;
pub mod report;
pub mod store;
pub mod text;
