//! What goes wrong when somebody signs in to Telegram with an account of their own, or out again.

use std::time::Duration;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFault {
    /// `api_id` or `api_hash`.
    Api,
    /// The phone number.
    Phone,
    /// The account of this number.
    NoAccount,
    /// The code.
    Code,
    /// The code came too late.
    CodeExpired,
    /// The password.
    Password,
    /// Telegram asks to wait.
    Wait(Duration),
    /// Everything here is deleted, and Telegram doesn't know yet that the session is over.
    NotLoggedOut,
    /// Something else, in somebody else's words.
    Other(String),
}
