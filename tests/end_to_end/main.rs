//! The real daemon against the simulated Telegram, in the product's words.

mod counting;
mod crash;
mod groups;
mod menu;
mod operation;
mod registry;
mod reports;
mod support;
mod webhook;
