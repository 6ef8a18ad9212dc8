//! The data centre, seen by a raw client of MTProto.

mod login;
mod support;
