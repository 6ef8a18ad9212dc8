//! The private chat without Telegram: what is said and pressed, and what is seen then.

mod dialogue;
mod screens;
mod study;
mod walk;
