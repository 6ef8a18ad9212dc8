//! The only place that names teloxide: receiving, dispatching, sending.

mod assistant;
pub mod boards;
mod chats;
mod collected;
mod commands;
mod deliver;
mod deliveries;
mod diagnose;
pub mod digest;
mod dispatcher;
pub mod errors;
mod feedback;
mod feeds;
mod fleet;
mod handing_on;
mod intake;
mod jobs;
mod link;
mod listener;
mod methods;
mod outbox;
mod pace;
mod polling;
mod progress;
pub mod quarantine;
mod register;
mod sign_in;
mod source;
mod study;
mod target;
mod vitals;
pub mod webhook;
mod wire;

pub use self::{
    assistant::Assistants,
    chats::keep_statistics,
    collected::Collections,
    commands::{keep_commands, set_menu_buttons},
    deliveries::{Inbox, NotTaken},
    diagnose::about_registry,
    dispatcher::run as receive,
    errors::{CallError, Reaction},
    feeds::Feeds,
    fleet::Fleet,
    handing_on::{HandOnTo, hand_on},
    jobs::Services,
    link::Link,
    listener::harmless_poll,
    methods::{Attachment, Me, Member, Sent, WebhookInfo},
    outbox::Outbox,
    register::{RegisterCopy, follow_register},
    source::Source,
    vitals::{OurBot, Receiving, Vitals, are_alive, judge},
    webhook::{KeepFault, Webhook},
    wire::{CALL_TIMEOUT, ProxyChoice, Wire},
};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use self::{intake::read as read_update, wire::raw_updates};
