//! What a command may be.

use super::placeholder;
use crate::domain::{
    commands::{Body, CommandName, Custom},
    event::Command,
};

/// Why something is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The program has one of that name.
    #[error("/{0} is built in; choose another name")]
    BuiltIn(CommandName),
    /// A placeholder that stands for nothing.
    #[error("{{{0}}} stands for nothing: there are {known}", known = placeholders())]
    UnknownPlaceholder(String),
    /// Telegram lists no command without one.
    #[error("a command has a description of 1 to {} characters", Custom::LONGEST_DESCRIPTION)]
    Description,
    /// Nothing to say, or more than a message holds.
    #[error("a command's text has 1 to {} characters", Custom::LONGEST_TEXT)]
    Text,
    /// Not an address that feeds are read at.
    #[error("{0:?} is no address of a feed: it begins with https:// or http://, has no spaces and at most 500 characters")]
    Address(String),
    /// No items, or too many.
    #[error("a feed shows 1 to {} items", Custom::MOST_ITEMS)]
    Items,
}

/// The longest address, in bytes.
const LONGEST_ADDRESS: usize = 500;

/// All placeholders, for a sentence.
pub fn placeholders() -> String {
    let words = placeholder::Placeholder::ALL.map(|placeholder| format!("{{{}}}", placeholder.word()));
    words.join(", ")
}

/// A name that isn't built in.
pub fn name(name: &CommandName) -> Result<(), Fault> {
    match Command::from_word(name.as_str()) {
        Some(_) => Err(Fault::BuiltIn(name.clone())),
        None => Ok(()),
    }
}

/// A description, tidied: one line.
pub fn description(text: &str) -> Result<String, Fault> {
    let tidy = crate::domain::ids::tidy(text);
    let is_fine = (1..=Custom::LONGEST_DESCRIPTION).contains(&tidy.chars().count());
    if is_fine { Ok(tidy) } else { Err(Fault::Description) }
}

/// A text with placeholders.
pub fn text(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > Custom::LONGEST_TEXT {
        return Err(Fault::Text);
    }
    match placeholder::unknown(text) {
        Some(word) => Err(Fault::UnknownPlaceholder(word.to_owned())),
        None => Ok(text.to_owned()),
    }
}

/// What a command answers, tidied.
pub fn body(body: &Body) -> Result<Body, Fault> {
    match body {
        Body::Text(said) => text(said).map(Body::Text),
        Body::Feed { items, .. } if !(1..=Custom::MOST_ITEMS).contains(items) => Err(Fault::Items),
        Body::Feed { url, items } => Ok(Body::Feed { url: address(url)?, items: *items }),
    }
}

/// Whether a typed text is meant as an address: then it is a feed's.
pub fn is_address(typed: &str) -> bool {
    let typed = typed.trim();
    typed.contains("://") && !typed.contains(char::is_whitespace)
}

fn address(typed: &str) -> Result<String, Fault> {
    let typed = typed.trim();
    let no_address = || Fault::Address(typed.chars().take(80).collect());
    let lower = typed.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).ok_or_else(no_address)?;
    let has_host = host.starts_with(|c: char| c.is_alphanumeric() || c == '[');
    let is_plain = !typed.chars().any(|c| c.is_whitespace() || c.is_control());
    if has_host && is_plain && typed.len() <= LONGEST_ADDRESS { Ok(typed.to_owned()) } else { Err(no_address()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_on_the_web_are_feeds() {
        let feed = |url: &str| body(&Body::Feed { url: url.to_owned(), items: 5 });
        assert!(feed(" https://school.uz/rss ").is_ok() && feed("HTTP://[::1]:80/").is_ok());
        let long = format!("https://a/{}", "x".repeat(500));
        for wrong in
            ["ftp://a/", "file:///etc/passwd", "https://", "https:///x", "javascript://x", "http://a b/", "a.uz/rss", &long]
        {
            assert!(matches!(feed(wrong), Err(Fault::Address(_))), "{wrong}");
        }
        assert_eq!(body(&Body::Feed { url: "https://a/".into(), items: 0 }), Err(Fault::Items));
        assert_eq!(body(&Body::Feed { url: "https://a/".into(), items: 11 }), Err(Fault::Items));
    }

    #[test]
    fn what_is_refused_says_what_there_is() {
        let why = text("Hi {nick}").expect_err("it stands for nothing");
        assert!(why.to_string().contains("{nick}") && why.to_string().contains("{name}, {group}"), "{why}");
        assert_eq!(
            name(&"start".parse().expect("a name")).map_err(|why| why.to_string()),
            Err("/start is built in; choose another name".into())
        );
        assert_eq!(description(" a \n b "), Ok("a b".to_owned()));
        assert_eq!((description(" "), text("\n")), (Err(Fault::Description), Err(Fault::Text)));
    }
}
