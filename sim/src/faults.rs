//! Everyday accidents, on order: the n-th call of a method fails in a chosen way.

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 with so many seconds to wait.
    TooMany(u64),
    /// A server error as Telegram's gateway sends it: a page.
    ServerErrorPage(u16),
    /// A server error as the Bot API sends it: JSON.
    ServerError(u16),
    /// The API refuses with these words.
    Refuse(u16, String),
    /// The connection is reset before anything is done.
    ResetBefore,
    /// It is done, and the answer is lost.
    LoseAnswer,
    /// It is done, and the answer is cut off.
    TruncateAnswer,
    /// It is done, and the answer is so many milliseconds on its way.
    Slow(u64),
    /// Nothing is done and no answer comes, until [`crate::Sim::release`].
    Stall,
    /// It is done, and the answer comes after [`crate::Sim::release`].
    HoldAnswer,
}

/// Which calls of a method a fault hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The next so many.
    Next(usize),
    /// All, until cleared.
    Always,
}

/// What deliveries to a webhook are called where accidents are ordered.
pub(crate) const DELIVERY: &str = "webhook";

#[derive(Debug, Default)]
pub(crate) struct Faults {
    ordered: Vec<(String, When, Fault)>,
}

impl Faults {
    pub(crate) fn order(&mut self, method: &str, when: When, fault: Fault) {
        self.ordered.push((method.to_lowercase(), when, fault));
    }

    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
    }

    /// The fault for a call of `method` now.
    pub(crate) fn strike(&mut self, method: &str) -> Option<Fault> {
        let method = method.to_lowercase();
        let is_call = method != DELIVERY;
        let index = self.ordered.iter().position(|(at, ..)| *at == method || (at == "*" && is_call))?;
        let (_, when, fault) = &mut self.ordered[index];
        let fault = fault.clone();
        if let When::Next(left) = when {
            *left -= 1;
            if *left == 0 {
                self.ordered.remove(index);
            }
        }
        Some(fault)
    }
}
