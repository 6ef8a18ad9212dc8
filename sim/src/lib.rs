//! A faithful simulated Telegram.
