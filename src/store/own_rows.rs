//! A day's file of stays exactly as we write it, read at the speed of comparing bytes: naming and skipping each field of half a million
//! stays is most of the time that a month's board takes. What looks different in the least is left to the JSON reader.

use crate::domain::{
    ids::ChatId,
    presence::{CallId, Who},
    study::Sat,
};

/// What a file has of one community.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Found {
    pub(super) stays: Vec<Sat>,
    pub(super) imported: Vec<(Who, u32)>,
}

/// `None`: it isn't written as [`super::study::render_presence`] writes it.
pub(super) fn read(file: &[u8], wanted: ChatId) -> Option<Found> {
    let mut found = Found::default();
    let mut at = Bytes(file);
    at.is(b"{")?;
    loop {
        at.is(b"\"")?;
        let is_wanted = at.number()? == wanted.0;
        at.is(b"\":{\"stays\":[")?;
        at.items(b"]", |at| {
            let stay = at.stay()?;
            if is_wanted {
                found.stays.push(stay);
            }
            Some(())
        })?;
        at.is(b",\"imported\":{")?;
        at.items(b"}", |at| {
            at.is(b"\"")?;
            let who = Who(at.number()?);
            at.is(b"\":")?;
            let seconds = u32::try_from(at.number()?).ok()?;
            if is_wanted {
                found.imported.push((who, seconds));
            }
            Some(())
        })?;
        at.is(b"}")?;
        if at.is(b"}").is_some() {
            return at.0.is_empty().then_some(found);
        }
        at.is(b",")?;
    }
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    /// Takes just this.
    fn is(&mut self, literal: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(literal)?;
        Some(())
    }

    /// Takes a whole number.
    fn number(&mut self) -> Option<i64> {
        let is_negative = self.is(b"-").is_some();
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 || (digits > 1 && self.0.starts_with(b"0")) {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        let number =
            number.iter().try_fold(0_i64, |number, digit| number.checked_mul(10)?.checked_add(i64::from(digit - b'0')))?;
        Some(if is_negative { -number } else { number })
    }

    /// Takes one of our words in quotes.
    fn word(&mut self) -> Option<()> {
        self.is(b"\"")?;
        let letters = self.0.iter().take_while(|byte| byte.is_ascii_lowercase() || **byte == b'_').count();
        self.0 = &self.0[letters..];
        self.is(b"\"")
    }

    /// Takes what is left of a list, with its end.
    fn items(&mut self, end: &[u8], mut item: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        if self.is(end).is_some() {
            return Some(());
        }
        loop {
            item(self)?;
            if self.is(end).is_some() {
                return Some(());
            }
            self.is(b",")?;
        }
    }

    fn stay(&mut self) -> Option<Sat> {
        self.is(b"[{\"call\":")?;
        let call = CallId(self.number()?);
        self.is(b",\"who\":")?;
        let who = Who(self.number()?);
        self.is(b",\"joined\":")?;
        let from = self.number()?;
        self.is(b"},{\"began\":")?;
        self.word()?;
        self.is(b",\"seen\":")?;
        self.number()?;
        self.is(b",\"left\":")?;
        let to = self.number()?;
        self.is(b",\"end\":")?;
        self.word()?;
        self.is(b",\"noticed\":")?;
        self.number()?;
        let muted = self.is(b",\"muted\":true").is_some();
        if self.is(b",\"outages\":[").is_some() {
            self.items(b"]", |at| {
                at.is(b"{\"from\":")?;
                at.number()?;
                at.is(b",\"to\":")?;
                at.number()?;
                at.is(b"}")
            })?;
        }
        self.is(b"}]")?;
        Some(Sat { who, call, from, to, muted })
    }
}
