//! What the product is about, decided without any I/O: no async, no Telegram types, no files, no clock, no words.

pub mod access;
pub mod assistant;
pub mod audit;
pub mod bots;
pub mod change;
pub mod chats;
pub mod day;
pub mod dayfile;
pub mod event;
pub mod form;
pub mod ids;
pub mod jobs;
pub mod kind;
pub mod lang;
pub mod line;
mod map;
pub mod period;
pub mod presence;
pub mod registry;
pub mod rules;
pub mod sign_in;
pub mod state;
pub mod study;
pub mod table;
pub mod tally;
pub mod work;
pub mod working_hours;
