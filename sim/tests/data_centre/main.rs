//! The data centre, seen by a raw client of MTProto.

mod calls;
mod faults;
mod login;
mod messages;
mod support;
