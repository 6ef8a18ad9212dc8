//! A simulated Telegram for testing bots: a *model* of users, chats, rights and update queues, served as a Bot API.
//!
//! The model is strict where Telegram is strict (limits, error texts, who sees what) and stricter where that finds
//! mistakes: a call of an unknown method, or with an unknown parameter, is a [violation](Sim::violations).
//!
//! ```
//! use telegram_sim::Sim;
//!
//! let sim = Sim::start();
//! let bot = sim.bot("roll_bot");
//! let ann = sim.user("Ann");
//! let class = sim.group("Grade 2", &[&ann]);
//! ann.adds(&bot, &class);
//! ann.says(&class, "/start@roll_bot");
//! // Point any bot at `sim.url()` with `bot.token()`: it receives the command.
//! assert_eq!(bot.pending(), 3); // `my_chat_member`, the service message about it, and the command
//! ```

mod autolink;
mod bot_api;
mod content;
mod faults;
mod flood;
mod handles;
mod html;
mod judge;
mod model;
mod page;
mod reading;
mod sim;
mod staging;

pub use self::{
    content::Content,
    faults::{Fault, When},
    handles::{Bot, Chat, Posted, User},
    model::{
        chat::{ChatKind, Rights},
        clock::SimClock,
    },
    reading::{Document, Screen, Toast},
    sim::Sim,
};
