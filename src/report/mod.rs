//! Numbers → rows. Pure.

pub mod activity;
