//! The only place that names teloxide: receiving, dispatching, sending.

pub mod errors;
mod intake;
mod methods;
mod pace;
pub mod quarantine;
mod wire;

pub use self::{
    errors::{CallError, Reaction},
    methods::{Attachment, Me, Member, Sent, WebhookInfo},
    wire::{ProxyChoice, Wire},
};
