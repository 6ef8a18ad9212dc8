//! Several replicas of the real program on one PostgreSQL, beside the simulated Telegram: killed, paused, replaced.
#![cfg(target_os = "linux")]

mod balancer;
mod boards;
mod clock;
mod messages;
mod moving;
mod outages;
mod proxy;
mod refusals;
mod school;
mod taking_over;
mod upgrade;
mod webhooks;

#[path = "../common/bad_disk.rs"]
mod bad_disk;
#[path = "../common/postgres.rs"]
mod postgres;
#[path = "../common/preload.rs"]
mod preload;
#[expect(dead_code, reason = "others ask whether nothing was heard")]
#[path = "../common/service_manager.rs"]
mod service_manager;
