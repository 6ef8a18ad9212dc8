//! Why a request wasn't answered as asked.

use std::time::Duration;

use grammers_mtsender::{InvocationError, RpcError};

use super::{access::ProxyFault, file::FileFault};

/// Why a request wasn't answered as asked. No variant holds what was sent.
#[derive(Debug, thiserror::Error)]
pub enum CallFault {
    /// There is no connection, or it broke; asking again may help.
    #[error("no connection to Telegram: {0}")]
    Line(String),
    /// Nothing came for so long.
    #[error("Telegram didn't answer for {} seconds", .0.as_secs())]
    Silent(Duration),
    /// Telegram wants us to wait.
    #[error("Telegram asks to wait for {} seconds", .0.as_secs())]
    Wait(Duration),
    /// It lives at another data centre.
    #[error("the account lives at data centre {0}")]
    Elsewhere(i32),
    /// The session isn't valid any more, or nobody is logged in.
    #[error("nobody is logged in any more ({0})")]
    LoggedOut(String),
    /// Right as sent, refused by Telegram.
    #[error("Telegram refuses: {0}")]
    Refused(String),
    /// What came can't be understood.
    #[error("Telegram's answer can't be understood: {0}")]
    Unreadable(String),
    /// The proxy.
    #[error(transparent)]
    Proxy(#[from] ProxyFault),
    /// The session's file.
    #[error(transparent)]
    File(#[from] FileFault),
}

/// What a lost session is called.
const LOST: [&str; 6] = [
    "AUTH_KEY_UNREGISTERED",
    "AUTH_KEY_INVALID",
    "AUTH_KEY_DUPLICATED",
    "SESSION_REVOKED",
    "SESSION_EXPIRED",
    "USER_DEACTIVATED_BAN",
];

impl CallFault {
    /// Whether Telegram refuses with this name.
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Self::Refused(refusal) if refusal == name)
    }

    /// Whether another connection may help.
    pub fn is_about_the_line(&self) -> bool {
        matches!(self, Self::Line(_) | Self::Silent(_) | Self::Unreadable(_))
    }
}

impl From<InvocationError> for CallFault {
    fn from(error: InvocationError) -> Self {
        match error {
            InvocationError::Rpc(error) => Self::from(error),
            InvocationError::Io(why) => Self::Line(why.to_string()),
            InvocationError::Transport(why) => Self::Line(why.to_string()),
            InvocationError::Dropped(_) => Self::Line("the connection was given up".to_owned()),
            InvocationError::Deserialize(why) => Self::Unreadable(why.to_string()),
            InvocationError::Session(why) => Self::Line(why.to_string()),
            InvocationError::InvalidDc => Self::Line("Telegram named a data centre that isn't known".to_owned()),
            InvocationError::Authentication(why) => {
                Self::Line(format!("no key could be agreed on: {why}; is the clock of this machine right?"))
            }
        }
    }
}

impl From<RpcError> for CallFault {
    fn from(error: RpcError) -> Self {
        let value = error.value.unwrap_or(0);
        let seconds = Duration::from_secs(u64::from(value));
        match (error.code, error.name.as_str()) {
            (303, _) => Self::Elsewhere(i32::try_from(value).unwrap_or(0)),
            (420, _) | (_, "FLOOD_WAIT" | "SLOWMODE_WAIT" | "FLOOD_PREMIUM_WAIT") => Self::Wait(seconds),
            // Half logged in: the password is still missing.
            (_, "SESSION_PASSWORD_NEEDED") => Self::Refused(error.name),
            // Not its trouble, whatever the number says: the post is there already.
            (_, "RANDOM_ID_DUPLICATE") => Self::Refused(error.name),
            (401, _) => Self::LoggedOut(error.name),
            (_, name) if LOST.contains(&name) => Self::LoggedOut(error.name),
            // Telegram's own trouble, which passes.
            (500.., _) | (-503, _) => Self::Line(format!("Telegram has trouble of its own ({})", error.name)),
            _ => Self::Refused(error.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telegrams_refusals_are_told_apart() {
        let of = |error_code: i32, error_message: &str| {
            let error = grammers_tl_types::types::RpcError { error_code, error_message: error_message.to_owned() };
            CallFault::from(RpcError::from(error)).to_string()
        };
        let said = [
            of(420, "FLOOD_WAIT_31"),
            of(420, "SLOWMODE_WAIT_7"),
            of(303, "PHONE_MIGRATE_4"),
            of(401, "AUTH_KEY_UNREGISTERED"),
            of(406, "AUTH_KEY_DUPLICATED"),
            of(401, "SESSION_PASSWORD_NEEDED"),
            of(500, "INTERDC_2_CALL_ERROR"),
            of(500, "RANDOM_ID_DUPLICATE"),
            of(400, "PHONE_CODE_INVALID"),
        ];
        insta::assert_snapshot!(said.join("\n"));
    }
}
