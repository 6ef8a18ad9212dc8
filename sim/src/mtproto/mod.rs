//! A data centre: encrypted MTProto over TCP, on the model that the Bot API serves too.

mod calls;
mod connection;
pub(crate) mod crypto;
mod entities;
mod envelope;
mod feed;
mod handles;
mod handshake;
mod invoke;
mod links;
mod media;
mod messages;
mod methods;
mod peers;
mod pushes;
mod rsa;
mod server;
pub(crate) mod srp;
mod transport;

pub(crate) use self::server::Centre;
pub use self::{
    handles::{CentreKey, DataCentre, Session},
    rsa::PUBLIC_KEY,
};

/// Where people live unless told otherwise.
pub(crate) const USUAL_CENTRE: i32 = 2;

/// What a call is refused with: `rpc_error`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RpcError {
    pub(crate) code: i32,
    pub(crate) name: String,
}

impl RpcError {
    pub(crate) fn new(code: i32, name: impl Into<String>) -> Self {
        Self { code, name: name.into() }
    }

    /// 400: the request is wrong.
    pub(crate) fn bad(name: impl Into<String>) -> Self {
        Self::new(400, name)
    }
}

/// Everything of a TL type that has to be there, in the order of the schema; the rest is absent.
macro_rules! least {
    ($type:ty; $($field:expr),* $(,)?) => {{
        let mut bytes = Vec::new();
        $(grammers_tl_types::Serializable::serialize(&$field, &mut bytes);)*
        <$type as grammers_tl_types::Deserializable>::from_bytes(&bytes).expect("the fields are those of the schema")
    }};
}
pub(crate) use least;
