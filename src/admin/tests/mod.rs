//! The private chat without Telegram: what is said and pressed, and what is seen then.

mod dialogue;
mod digests;
mod screens;
mod sending;
mod study;
mod walk;
