//! To the channels that are to be collected.

use super::{Facts, button};
use crate::{
    admin::press::{DigestOrder, Order, Press},
    domain::work::Button,
    text::collections as words,
};

/// From the list of jobs.
pub(super) fn to_new(facts: &Facts<'_>) -> Button {
    let ask = DigestOrder::AskChannels { asked: facts.now.timestamp_millis() };
    button(words::new(facts.lang), Press::Do(Order::Digest(ask)))
}
