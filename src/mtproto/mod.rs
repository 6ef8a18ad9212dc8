//! The user session: the only place that names grammers. A person's account sees what no bot may: who sits in a voice chat.

mod access;
mod calls;
mod channels;
mod data_centre;
mod fault;
mod file;
mod files;
mod history;
mod html;
mod line;
mod local;
mod login;
mod news;
mod pace;
mod password;
mod people;
mod pool;
mod posts;
mod record;
mod server_time;
mod storage;
mod supervisor;

pub use self::{
    access::{Access, ApiKey, ProxyFault, SealChoice},
    calls::Place,
    channels::HistoryPage,
    data_centre::{AuthKey, DataCentre, StringSessionError},
    fault::CallFault,
    file::{FILE as SESSION_FILE, FileFault, Sealing},
    files::{FILE_PART, FilePlace},
    html::plain_text,
    line::{Line, LineEvent, LineFigures, LineSetup},
    local::{LocalSession, look, own_session},
    login::{Login, LoginFault, QrStep, Step, called},
    posts::{Post, Posted},
    record::Account,
    supervisor::Supervisor,
};
