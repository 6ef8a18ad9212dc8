//! Which part of a channel's history is here, and what to ask for next.
//!
//! What is here lies in *spans*, the newest first: each was read from its top downwards without a gap. Every run looks above the
//! topmost span, then closes the gaps between spans that earlier runs left, then goes on below the lowest. So it makes no
//! difference when or how often a run was cut short.

use serde::{Deserialize, Serialize};

/// Messages that Telegram gives at once.
pub const PAGE: u32 = 100;

/// Messages that were read downwards without a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Its number among the channel's spans, in the order in which they were begun.
    pub key: u32,
    /// Pages of it that are kept.
    pub pages: u32,
    /// Messages in them.
    pub messages: u64,
    /// The number of the newest message.
    pub top: i64,
    /// The number of the oldest one.
    pub bottom: i64,
    /// The oldest date that was seen, in seconds since 1970; perhaps of a message that wasn't wanted.
    pub seen: i64,
    /// Nothing is missing between the bottom and this number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<i64>,
}

/// What is wanted of a channel's history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Nothing older, in seconds since 1970.
    pub from: Option<i64>,
    /// Only what is older than this.
    pub to: Option<i64>,
    /// So many messages, the newest.
    pub limit: Option<u64>,
    /// Only numbers above this one.
    pub min_id: i64,
}

/// Where a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whither {
    /// Above everything that is here.
    Top,
    /// Below a span, counted from the newest.
    Below(usize),
}

/// What to ask Telegram for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Where the answer belongs.
    pub whither: Whither,
    /// Only messages with lower numbers; 0: from the newest.
    pub offset_id: i64,
    /// Only messages that are older; 0: no matter.
    pub offset_date: i64,
    /// So many.
    pub limit: u32,
    /// Only messages with higher numbers.
    pub min_id: i64,
}

/// What an answer held, for the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// Messages that came.
    pub came: u64,
    /// Those that are kept.
    pub kept: u64,
    /// The newest and the oldest number of the kept ones.
    pub range: Option<(i64, i64)>,
    /// The oldest date that came.
    pub seen: Option<i64>,
    /// Messages that the channel has, by the server's count.
    pub total: Option<u64>,
}

/// What is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The newest first.
    pub spans: Vec<Span>,
    /// The top was looked at within this run.
    #[serde(skip)]
    pub is_looked_at: bool,
    /// Nothing that came below was wanted: asking again would bring the same.
    #[serde(skip)]
    is_stuck: bool,
}

impl Coverage {
    /// Messages that are here.
    pub fn messages(&self) -> u64 {
        self.spans.iter().map(|span| span.messages).sum()
    }

    /// What to ask for next; `None` when everything that is wanted is here.
    pub fn next(&self, bounds: &Bounds) -> Option<Ask> {
        if !self.is_looked_at {
            let min_id = self.spans.first().map_or(0, |span| span.top).max(bounds.min_id);
            let limit = bounds.limit.map_or(PAGE, page);
            return Some(Ask { whither: Whither::Top, offset_id: 0, offset_date: bounds.to.unwrap_or(0), limit, min_id });
        }
        if self.is_stuck {
            return None;
        }
        let mut here = 0;
        for (at, span) in self.spans.iter().enumerate() {
            here += span.messages;
            if bounds.limit.is_some_and(|limit| here >= limit) || bounds.from.is_some_and(|from| span.seen < from) {
                return None;
            }
            let below = self.spans.get(at + 1).map_or(0, |next| next.top);
            let min_id = below.max(bounds.min_id);
            if span.floor.is_none_or(|floor| floor > min_id) && span.bottom > min_id + 1 {
                let limit = bounds.limit.map_or(PAGE, |limit| page(limit - here));
                return Some(Ask { whither: Whither::Below(at), offset_id: span.bottom, offset_date: 0, limit, min_id });
            }
            if bounds.min_id > below {
                return None;
            }
        }
        None
    }

    /// Where the page goes that answers this: the span's number, and the page's within it.
    pub fn place(&self, ask: &Ask) -> (u32, u32) {
        match ask.whither {
            Whither::Top => (self.spans.iter().map(|span| span.key + 1).max().unwrap_or(0), 0),
            Whither::Below(at) => (self.spans[at].key, self.spans[at].pages),
        }
    }

    /// Notes what came of it.
    pub fn took(&mut self, ask: &Ask, took: &Took) {
        let (key, _) = self.place(ask);
        if ask.whither == Whither::Top {
            self.is_looked_at = true;
            let Some((top, bottom)) = took.range else { return };
            let seen = took.seen.unwrap_or(i64::MAX);
            self.spans.insert(0, Span { key, pages: 1, messages: took.kept, top, bottom, seen, floor: None });
            return self.close(0, ask, took);
        }
        let Whither::Below(at) = ask.whither else { return };
        let span = &mut self.spans[at];
        if let Some((_, bottom)) = took.range {
            span.pages += 1;
            span.messages += took.kept;
            span.bottom = bottom;
        }
        span.seen = span.seen.min(took.seen.unwrap_or(i64::MAX));
        self.close(at, ask, took);
        self.is_stuck = took.kept == 0 && self.spans[at].floor.is_none();
    }

    /// An answer with less than was asked for was the last one; unless the server says itself that it has more.
    fn close(&mut self, at: usize, ask: &Ask, took: &Took) {
        let is_short = took.came < u64::from(ask.limit);
        let has_more = ask.min_id == 0 && took.came > 0 && took.total.is_some_and(|total| total > self.messages());
        if is_short && !has_more && took.came == took.kept {
            self.spans[at].floor = Some(ask.min_id);
        }
    }
}

fn page(wanted: u64) -> u32 {
    u32::try_from(wanted).unwrap_or(PAGE).clamp(1, PAGE)
}
