//! The real daemon against the simulated Telegram, in the product's words.

#[cfg(target_os = "linux")]
mod assistant;
#[cfg(target_os = "linux")]
#[path = "../common/bad_disk.rs"]
mod bad_disk;
mod bots;
#[cfg(target_os = "linux")]
mod chats;
mod commands;
mod counting;
mod crash;
#[cfg(target_os = "linux")]
mod dashboard;
mod disk;
mod groups;
mod history;
mod hostile;
#[cfg(target_os = "linux")]
mod jobs;
mod log;
mod menu;
mod moving;
mod network;
mod operation;
#[cfg(target_os = "linux")]
mod pages;
#[cfg(target_os = "linux")]
#[expect(dead_code, reason = "tests of replicas use more of it")]
#[path = "../common/postgres.rs"]
mod postgres;
#[cfg(target_os = "linux")]
#[path = "../common/preload.rs"]
mod preload;
mod process;
mod proxy;
mod registry;
#[cfg(target_os = "linux")]
mod relay;
mod reports;
#[cfg(target_os = "linux")]
mod resilience;
#[cfg(target_os = "linux")]
mod rest;
#[cfg(target_os = "linux")]
mod rest_document;
#[cfg(target_os = "linux")]
mod rest_school;
#[cfg(target_os = "linux")]
mod sending;
#[cfg(target_os = "linux")]
#[path = "../common/service_manager.rs"]
mod service_manager;
mod study;
mod study_menu;
mod support;
mod webhook;
