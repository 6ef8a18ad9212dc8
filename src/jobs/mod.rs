//! Background jobs, decided: when what is due, and what becomes of a job and of each chat of an announcement. No I/O, no clock.

pub mod announce;
pub mod cron;
pub mod life;
pub mod restored;
pub mod view;
