//! What an address or a form says.

use axum::extract::Query as Extract;

/// Names and values, in order. A name that isn't there has an empty value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`, or in the body of a form. What can't be read says nothing.
    pub(super) fn parse(text: &str) -> Self {
        let uri = format!("/?{text}").parse::<axum::http::Uri>().ok();
        let read = uri.and_then(|uri| Extract::<Vec<(String, String)>>::try_from_uri(&uri).ok());
        Self(read.map(|Extract(pairs)| pairs).unwrap_or_default())
    }

    /// A value; empty where there is none.
    pub(super) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// All values of a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// One more.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Without these.
    pub(super) fn without(&self, names: &[&str]) -> Self {
        Self(self.0.iter().filter(|(name, _)| !names.contains(&name.as_str())).cloned().collect())
    }

    /// With this one, instead of another of its name.
    pub(super) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(&[name]);
        changed.0.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// The same, unless the value is empty.
    pub(super) fn with_some(&self, name: &str, value: &str) -> Self {
        if value.is_empty() { self.without(&[name]) } else { self.with(name, value) }
    }

    /// Names and values.
    pub(super) fn pairs(self) -> Vec<(String, String)> {
        self.0
    }

    /// The address of a page with it.
    pub(super) fn href(&self, path: &str) -> String {
        let mut href = path.to_owned();
        for (index, (name, value)) in self.0.iter().enumerate() {
            href.push(if index == 0 { '?' } else { '&' });
            encode(name, &mut href);
            href.push('=');
            encode(value, &mut href);
        }
        href
    }
}

fn encode(text: &str, to: &mut String) {
    use std::fmt::Write as _;
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => to.push(char::from(byte)),
            other => write!(to, "%{other:02X}").expect("writing to a string succeeds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_into_an_address_is_read_from_it() {
        for value in ["", "a b", "ўқитувчи & co=1?#%", "😀\"<>'"] {
            let href = Query::default().with("q", value).with("z", "1").href("/x");
            assert!(href.is_ascii(), "{href}");
            let read = Query::parse(href.split_once('?').expect("a query").1);
            assert_eq!((read.get("q"), read.get("z")), (value, "1"));
        }
        assert_eq!(Query::parse("%ff=%zz&&==").get("q"), "");
    }
}
