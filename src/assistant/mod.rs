//! An assistant that answers questions about the reports in people's own words. A model chooses what to look up; what is looked
//! up is ours, typed, read only, and within what the person may see at that moment. Pure: `providers` speaks to models,
//! `telegram/assistant` carries the words.

pub mod figures;
pub mod gemini;
pub mod markdown;
pub mod memory;
pub mod openai;
pub mod prompt;
pub mod query;
pub mod sse;
pub mod table;
pub mod talk;
#[cfg(test)]
mod tests;
pub mod tools;

/// How often a model may look something up before it has to answer.
pub const ROUNDS: usize = 6;
/// How many tables go with an answer.
pub const TABLES: usize = 3;
/// How many rows of a table are shown in a chat.
pub const SHOWN_ROWS: usize = 20;
