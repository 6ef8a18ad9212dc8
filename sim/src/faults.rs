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

#[derive(Debug)]
struct Order {
    /// In small letters; `*` is any but deliveries.
    method: String,
    /// The program with this key only.
    key: Option<i64>,
    /// Calls about this chat only.
    chat: Option<i64>,
    /// So many go well before.
    spared: usize,
    when: When,
    fault: Fault,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    ordered: Vec<Order>,
}

impl Faults {
    pub(crate) fn order(&mut self, method: &str, key: Option<i64>, when: When, fault: Fault) {
        self.ordered.push(Order { method: method.to_lowercase(), key, chat: None, spared: 0, when, fault });
    }

    /// One accident, after so many calls that go well.
    pub(crate) fn order_after(&mut self, method: &str, spared: usize, fault: Fault) {
        self.ordered.push(Order { method: method.to_lowercase(), key: None, chat: None, spared, when: When::Next(1), fault });
    }

    /// The same for calls about one chat.
    pub(crate) fn order_for(&mut self, method: &str, chat: i64, when: When, fault: Fault) {
        self.ordered.push(Order { method: method.to_lowercase(), key: None, chat: Some(chat), spared: 0, when, fault });
    }

    /// Whether any is about one chat: then who strikes has to know the chat.
    pub(crate) fn ask_for_chats(&self) -> bool {
        self.ordered.iter().any(|order| order.chat.is_some())
    }

    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
    }

    /// The fault for a call of `method` now, by a bot or by the program with this key.
    pub(crate) fn strike(&mut self, method: &str, key: Option<i64>) -> Option<Fault> {
        self.strike_in(method, key, None)
    }

    /// The same for a call about this chat.
    pub(crate) fn strike_in(&mut self, method: &str, key: Option<i64>, chat: Option<i64>) -> Option<Fault> {
        let method = method.to_lowercase();
        let is_call = method != DELIVERY;
        let is_meant = |order: &Order| {
            (order.method == method || (order.method == "*" && is_call))
                && (order.key.is_none() || order.key == key)
                && (order.chat.is_none() || order.chat == chat)
        };
        let index = self.ordered.iter().position(is_meant)?;
        let order = &mut self.ordered[index];
        if let Some(left) = order.spared.checked_sub(1) {
            order.spared = left;
            return None;
        }
        let fault = order.fault.clone();
        if let When::Next(left) = &mut order.when {
            *left -= 1;
            if *left == 0 {
                self.ordered.remove(index);
            }
        }
        Some(fault)
    }
}
