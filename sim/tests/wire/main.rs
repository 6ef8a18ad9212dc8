//! The simulator seen over the wire.

mod bot_api;
mod faults;
mod support;
mod updates;
