//! Reads feeds from the web: RSS, Atom and JSON Feed, whole or not at all, within limits of time and size.

use std::{net::IpAddr, time::Duration};

use feed_rs::model;
use reqwest::{
    Client, Proxy, Response, StatusCode, Url,
    header::{ACCEPT, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
    redirect::{Action, Attempt, Policy},
};
use secrecy::ExposeSecret;

use crate::{
    domain::{
        commands::{Custom, Feed, Item},
        ids::tidy,
    },
    telegram::ProxyChoice,
};

/// Somebody waits for the answer in a chat.
const PATIENCE: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// No feed that is meant for readers is larger, in bytes.
const LARGEST: usize = 2 * 1024 * 1024;
const MOST_REDIRECTS: usize = 5;
/// Of a title, in characters.
const LONGEST_TITLE: usize = 200;
/// With the markup in it.
const LONGEST_RAW: usize = 4_000;
/// Of an address or a mark, in bytes; longer ones are dropped.
const LONGEST_LINK: usize = 1_000;

/// Why a feed wasn't read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It doesn't answer.
    #[error("the source doesn't answer in time")]
    Slow,
    /// It can't be reached.
    #[error("the source can't be reached")]
    Network,
    /// It answers with something else.
    #[error("the source answers with {0}")]
    Status(u16),
    /// More than anybody reads.
    #[error("the source sends more than {} MB", LARGEST / 1024 / 1024)]
    Large,
    /// Neither RSS nor Atom.
    #[error("what the source sends is no RSS or Atom feed")]
    Rubbish,
}

/// What asking came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Nothing is new since the last time.
    Unchanged,
    /// This is in it.
    New {
        /// What it is called.
        title: String,
        /// The newest items, newest first.
        items: Vec<Item>,
        /// The source's mark of it.
        etag: Option<String>,
        /// The source's date of it.
        modified: Option<String>,
    },
}

/// Reads feeds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader(Client);

impl Reader {
    /// A reader that goes the way of all else that leaves the machine, and waits so long at most.
    pub fn new(proxy: &ProxyChoice, patience: Duration) -> Result<Self, String> {
        let builder = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(patience.min(PATIENCE))
            .redirect(Policy::custom(followed))
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")));
        let builder = match proxy {
            ProxyChoice::Direct => builder.no_proxy(),
            ProxyChoice::Environment => builder,
            ProxyChoice::Url(url) => {
                let proxy = Proxy::all(url.expose_secret()).map_err(|_| "PROXY_URL is no proxy's address".to_owned())?;
                builder.no_proxy().proxy(proxy)
            }
        };
        builder.build().map(Self).map_err(|why| why.without_url().to_string())
    }

    /// Reads a feed, unless it says that it is as it was at the last time.
    pub async fn read(&self, url: &str, before: Option<&Feed>) -> Result<Read, Fault> {
        let mut request = self.0.get(url).header(ACCEPT, "application/rss+xml, application/atom+xml, application/xml, */*;q=0.5");
        let marks = before.into_iter().flat_map(|feed| [(IF_NONE_MATCH, &feed.etag), (IF_MODIFIED_SINCE, &feed.modified)]);
        for (name, mark) in marks {
            if let Some(mark) = mark {
                request = request.header(name, mark);
            }
        }
        let response = request.send().await.map_err(|why| fault(&why))?;
        match response.status() {
            StatusCode::NOT_MODIFIED if before.is_some() => return Ok(Read::Unchanged),
            status if status.is_success() => {}
            status => return Err(Fault::Status(status.as_u16())),
        }
        let (etag, modified) = (mark(response.headers(), ETAG), mark(response.headers(), LAST_MODIFIED));
        let bytes = whole(response).await?;
        // A large feed takes a while to read, and others wait for the runtime.
        let parsed = tokio::task::spawn_blocking(move || parse(&bytes)).await;
        let (title, items) = parsed.unwrap_or(Err(Fault::Rubbish))?;
        Ok(Read::New { title, items, etag, modified })
    }
}

fn fault(why: &reqwest::Error) -> Fault {
    if why.is_timeout() { Fault::Slow } else { Fault::Network }
}

fn mark(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let mark = headers.get(name)?.to_str().ok()?;
    (mark.len() <= LONGEST_LINK).then(|| mark.to_owned())
}

/// The body, as far as it isn't larger than it may be.
async fn whole(mut response: Response) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|why| fault(&why))? {
        if bytes.len() + chunk.len() > LARGEST {
            return Err(Fault::Large);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A feed's title and newest items.
fn parse(bytes: &[u8]) -> Result<(String, Vec<Item>), Fault> {
    let feed = feed_rs::parser::parse(bytes).map_err(|_| Fault::Rubbish)?;
    let mut items: Vec<Item> = feed.entries.into_iter().filter_map(item).collect();
    // As the source has them where one has no date: that is how feeds are written.
    if items.iter().all(|item| item.at.is_some()) {
        items.sort_by_key(|item| std::cmp::Reverse(item.at));
    }
    items.truncate(usize::from(Custom::MOST_ITEMS));
    Ok((words(feed.title.as_ref()), items))
}

fn item(entry: model::Entry) -> Option<Item> {
    let is_page = |link: &&model::Link| link.rel.as_deref().is_none_or(|rel| rel == "alternate");
    let link = entry.links.iter().find(is_page).or_else(|| entry.links.first());
    let on_the_web = |link: &&model::Link| {
        let lower = link.href.to_ascii_lowercase();
        let is_plain = !link.href.chars().any(|c| c.is_whitespace() || c.is_control());
        is_plain && link.href.len() <= LONGEST_LINK && (lower.starts_with("https://") || lower.starts_with("http://"))
    };
    let link = link.filter(on_the_web).map(|link| link.href.clone());
    let title = words(entry.title.as_ref());
    let title = if title.is_empty() { words(entry.summary.as_ref()) } else { title };
    (!title.is_empty()).then_some(Item { title, link, at: entry.published.or(entry.updated) })
}

/// A title as plain words on one line.
fn words(text: Option<&model::Text>) -> String {
    let Some(text) = text else { return String::new() };
    tidy(&without_markup(&text.content)).chars().take(LONGEST_TITLE).collect()
}

/// An admin may name a source within the house; a source outside must not lead there.
fn followed(attempt: Attempt<'_>) -> Action {
    let leads_inside = is_inside(attempt.url()) && !attempt.previous().iter().all(is_inside);
    if leads_inside {
        attempt.error("it leads from outside into this network")
    } else if attempt.previous().len() > MOST_REDIRECTS {
        attempt.error("it leads from address to address")
    } else {
        attempt.follow()
    }
}

/// Whether an address is this machine's or the house's own, by its number or as `localhost`.
fn is_inside(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Titles are HTML in many feeds, whatever they say of themselves: tags go, and what stands for a character becomes it. What is much
/// longer than any title is not looked through: each tag is looked for up to the end.
fn without_markup(text: &str) -> String {
    let mut plain = String::new();
    let text: String = text.chars().take(LONGEST_RAW).collect();
    let mut rest = text.as_str();
    while let Some(open) = rest.find('<') {
        let after = &rest[open + 1..];
        let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        plain.push_str(&rest[..open]);
        match after.find('>').filter(|_| is_tag) {
            Some(close) => rest = &after[close + 1..],
            None => {
                plain.push('<');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " ")];
    let plain = named.into_iter().fold(plain, |plain, (name, letter)| plain.replace(name, letter));
    plain.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>School &amp; Co</title>
        <item><title>Old</title><link>https://s.uz/1</link><pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate></item>
        <item><title><![CDATA[<b>New</b> &amp; 2 < 3]]></title><link>https://s.uz/2</link><pubDate>Tue, 06 Jan 2026 10:00:00 GMT</pubDate></item>
        <item><title>Trap</title><link>javascript:alert(1)</link><pubDate>Sun, 04 Jan 2026 10:00:00 GMT</pubDate></item>
        <item><title></title><link>https://s.uz/4</link><pubDate>Sun, 04 Jan 2026 10:00:00 GMT</pubDate></item>
        </channel></rss>"#;

    #[test]
    fn the_houses_own_addresses_are_known() {
        let inside = |url: &str| is_inside(&url.parse().expect("an address"));
        for own in [
            "http://127.0.0.1:9464/",
            "http://10.1.2.3/",
            "http://169.254.169.254/",
            "http://[::1]/",
            "http://[fe80::1]/",
            "http://localhost/",
        ] {
            assert!(inside(own), "{own}");
        }
        for outside in ["https://school.uz/rss", "http://8.8.8.8/", "http://[2001:db8::1]/", "http://localhost.uz/"] {
            assert!(!inside(outside), "{outside}");
        }
    }

    #[test]
    fn the_newest_items_come_first_without_markup() {
        let (title, items) = parse(RSS.as_bytes()).expect("a feed");
        assert_eq!(title, "School & Co");
        let seen: Vec<_> = items.iter().map(|item| (item.title.as_str(), item.link.as_deref())).collect();
        assert_eq!(seen, [("New & 2 < 3", Some("https://s.uz/2")), ("Old", Some("https://s.uz/1")), ("Trap", None)]);
    }

    #[test]
    fn atom_is_read_too_and_items_without_dates_keep_their_order() {
        let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><id>x</id><updated>2026-01-01T00:00:00Z</updated>
            <entry><title>One</title><id>1</id><link rel="enclosure" href="https://s.uz/a.mp3"/><link rel="alternate" href="https://s.uz/1"/></entry>
            <entry><title>Two</title><id>2</id><updated>2026-01-06T10:00:00Z</updated></entry></feed>"#;
        let (_, items) = parse(atom.as_bytes()).expect("a feed");
        assert_eq!(items.iter().map(|item| item.title.as_str()).collect::<Vec<_>>(), ["One", "Two"]);
        assert_eq!(items[0].link.as_deref(), Some("https://s.uz/1"));
    }

    #[test]
    fn rubbish_is_no_feed_and_entities_are_no_bomb() {
        for rubbish in ["", "<html><body>Sign in</body></html>", "{}", "\u{0}\u{1}", "<rss>"] {
            assert_eq!(parse(rubbish.as_bytes()).err().or(Some(Fault::Rubbish)), Some(Fault::Rubbish), "{rubbish:?}");
        }
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
            <rss version="2.0"><channel><title>&b;</title><item><title>&b;&b;</title></item></channel></rss>"#;
        let longest = parse(bomb.as_bytes()).map_or(0, |(title, _)| title.len());
        assert!(longest <= LONGEST_TITLE, "{longest}");
    }

    #[test]
    fn markup_goes_and_letters_stay() {
        for (text, plain) in
            [("a<b>b</b>c", "abc"), ("1 < 2 > 0", "1 < 2 > 0"), ("&amp;lt;b&amp;gt;", "&lt;b&gt;"), ("<", "<"), ("<b", "<b")]
        {
            assert_eq!(without_markup(text), plain);
        }
    }
}
