#![doc = include_str!("../README.md")]

mod autolink;
mod bot_api;
mod broadcast;
mod content;
mod faults;
mod flood;
mod handles;
mod html;
mod judge;
mod load;
mod markdown;
mod model;
mod mtproto;
mod page;
mod reading;
mod sim;
mod staging;
#[cfg(unix)]
pub mod storm;
mod voice_chat;

pub use self::{
    content::Content,
    faults::{Fault, When},
    handles::{Bot, Chat, Posted, User},
    load::{Flood, FloodPlan},
    model::{
        chat::{ChatKind, Rights},
        clock::SimClock,
    },
    mtproto::{CentreKey, DataCentre, PUBLIC_KEY, Session},
    reading::{Document, Screen, Toast},
    sim::Sim,
    voice_chat::VoiceChat,
};
