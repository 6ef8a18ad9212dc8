//! Rollcall shows who turns up and who takes part in a school's or a study community's Telegram groups.
//! It stores counters, never content.

pub mod admin;
pub mod alerts;
pub mod announcement_files;
pub mod app;
pub mod assistant;
pub mod backup;
pub mod channels;
pub mod chats;
pub mod cli;
pub mod clock;
pub mod collector;
pub mod commands;
pub mod config;
pub mod context;
pub mod counter;
pub mod demo;
pub mod doctor;
pub mod domain;
pub mod exports;
pub mod feeds;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod health;
pub mod history;
pub mod jobs;
pub mod leaderboard_export;
pub mod logging;
pub mod membership;
#[cfg(test)]
mod memory_folder;
pub mod metrics;
pub mod mtproto;
pub mod orders;
pub mod private_file;
pub mod providers;
pub mod pulse;
pub mod report;
pub mod researchers;
pub mod secrets;
pub mod store;
pub mod study;
pub mod telegram;
pub mod text;
pub mod web;
