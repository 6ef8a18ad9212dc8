//! The user session: the only place that names grammers. A person's account sees what no bot may: who sits in a voice chat.

mod access;
mod data_centre;
mod fault;
mod file;
mod local;
mod login;
mod password;
mod people;
mod pool;
mod record;
mod storage;

pub use self::{
    access::{Access, ApiKey, ProxyFault, SealChoice},
    data_centre::{AuthKey, DataCentre, StringSessionError},
    fault::CallFault,
    file::{FileFault, Sealing},
    local::{LocalSession, look},
    login::{Login, LoginFault, QrStep, Step, called},
    record::Account,
};
