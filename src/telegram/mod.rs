//! The only place that names teloxide: receiving, dispatching, sending.

mod commands;
mod diagnose;
mod dispatcher;
pub mod errors;
mod intake;
mod jobs;
mod link;
mod listener;
mod methods;
mod outbox;
mod pace;
mod progress;
pub mod quarantine;
mod wire;

pub use self::{
    commands::set_commands,
    diagnose::about_registry,
    dispatcher::run as receive,
    errors::{CallError, Reaction},
    jobs::Services,
    link::{Link, Receiving},
    listener::harmless_poll,
    methods::{Attachment, Me, Member, Sent, WebhookInfo},
    outbox::Outbox,
    wire::{ProxyChoice, Wire},
};
