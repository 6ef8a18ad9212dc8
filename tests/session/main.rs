//! The user session, as an operator has it: the real program against the simulated data centres.

mod backfill;
mod channels;
mod daemon;
mod handed;
mod line;
mod login;
mod secrets;
mod support;
#[path = "../common/telethon.rs"]
mod telethon;
mod tracker;
