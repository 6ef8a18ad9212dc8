//! Which other channels a post refers to.

use crate::{
    json::Json,
    read::{
        Post,
        post::{Entity, Peer},
    },
};

/// In what way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It was forwarded from there, or shows a story from there.
    Forward,
    /// Its text has an `@name`.
    Mention,
    /// Its text, its preview or a button has a link to there.
    Link,
    /// The channel has it as its discussion group, or the other way round.
    Linked,
}

impl Kind {
    /// All, in the order of columns.
    pub const ALL: [Self; 4] = [Self::Forward, Self::Mention, Self::Link, Self::Linked];

    /// As columns and filters name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Forward => "forwards",
            Self::Mention => "mentions",
            Self::Link => "links",
            Self::Linked => "linked",
        }
    }
}

/// Who is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    Id(i64),
    /// A username in lower case.
    Name(String),
}

/// Every channel that the post refers to, once for each way.
pub(crate) fn references(post: &Post) -> Vec<(Kind, Target)> {
    let mut found = Vec::new();
    let channel = |peer: &Option<Peer>| peer.as_ref().and_then(|peer| peer.channel_id).map(Target::Id);
    let origin = post.fwd_from.as_ref().and_then(|forward| channel(&forward.from_id));
    let story = post.media.as_ref().filter(|media| media.kind == "MessageMediaStory").and_then(|media| channel(&media.peer));
    found.extend(origin.into_iter().chain(story).map(|target| (Kind::Forward, target)));
    let text = post.message.as_deref().unwrap_or_default();
    for entity in post.entities.iter().flatten() {
        match entity.kind.as_str() {
            "MessageEntityMention" => found.extend(mentioned(stretch(text, entity)).map(|name| (Kind::Mention, name))),
            "MessageEntityUrl" => found.extend(linked(stretch(text, entity)).map(|target| (Kind::Link, target))),
            "MessageEntityTextUrl" => found.extend(entity.url.as_deref().and_then(linked).map(|target| (Kind::Link, target))),
            _ => {}
        }
    }
    let preview = post.media.as_ref().and_then(|media| media.webpage.as_ref()).and_then(|page| page.url.as_deref());
    let rows = post.reply_markup.iter().flat_map(|markup| markup.rows.iter().flatten());
    let buttons = rows.flat_map(|row| row.buttons.iter().flatten()).filter_map(|button| button.url.as_deref());
    found.extend(preview.into_iter().chain(buttons).filter_map(linked).map(|target| (Kind::Link, target)));
    if let Some(rich) = &post.rich_message {
        in_rich(rich, &mut found);
    }
    let mut once = Vec::with_capacity(found.len());
    for reference in found {
        if !once.contains(&reference) {
            once.push(reference);
        }
    }
    once
}

/// The usernames that a post has in it, in lower case, and in what way; none in what is no post.
pub fn names_in(post: &str) -> Vec<(Kind, String)> {
    let Ok(post) = serde_json::from_str(post) else { return Vec::new() };
    let name = |(kind, target)| if let Target::Name(name) = target { Some((kind, name)) } else { None };
    references(&post).into_iter().filter_map(name).collect()
}

/// Links anywhere in a text with headings and tables.
fn in_rich(value: &Json, found: &mut Vec<(Kind, Target)>) {
    match value {
        Json::List(items) => items.iter().for_each(|item| in_rich(item, found)),
        Json::Object(fields) => {
            let url = value.at("url").text().and_then(linked);
            found.extend(url.map(|target| (Kind::Link, target)));
            fields.iter().for_each(|(_, item)| in_rich(item, found));
        }
        _ => {}
    }
}

/// The characters of an entity, which counts in UTF-16.
fn stretch<'a>(text: &'a str, entity: &Entity) -> &'a str {
    let (mut units, mut from, mut to) = (0, None, text.len());
    let end = entity.offset.saturating_add(entity.length);
    for (at, c) in text.char_indices() {
        if from.is_none() && units >= entity.offset {
            from = Some(at);
        }
        if units >= end {
            to = at;
            break;
        }
        units += c.len_utf16();
    }
    from.and_then(|from| text.get(from..to)).unwrap_or_default()
}

fn mentioned(text: &str) -> Option<Target> {
    username(text.strip_prefix('@')?)
}

/// What Telegram takes for a username.
fn username(name: &str) -> Option<Target> {
    let fits = (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    fits.then(|| Target::Name(name.to_ascii_lowercase()))
}

/// First words of addresses that are no channel.
const NO_CHANNEL: [&str; 27] = [
    "addemoji",
    "addlist",
    "addstickers",
    "addtheme",
    "auction",
    "boost",
    "call",
    "confirmphone",
    "contact",
    "folder",
    "giftcode",
    "instantview",
    "invoice",
    "joinchat",
    "login",
    "msg",
    "newbot",
    "nft",
    "passport",
    "proxy",
    "setlanguage",
    "share",
    "socks",
    "startapp",
    "stickers",
    "theme",
    "username",
];

/// The channel that a link leads to.
fn linked(url: &str) -> Option<Target> {
    let url = url.trim();
    if let Some(query) = strip_start(url, "tg://resolve?") {
        return query.split('&').find_map(|pair| pair.strip_prefix("domain=")).and_then(username);
    }
    let rest = strip_start(url, "https://").or_else(|| strip_start(url, "http://")).unwrap_or(url);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    if let Some(name) = host.strip_suffix(".t.me") {
        return username(name);
    }
    if !["t.me", "telegram.me", "telegram.dog"].contains(&host) {
        return None;
    }
    let mut parts = path.split(['?', '#']).next().unwrap_or_default().split('/').filter(|part| !part.is_empty());
    match parts.next()? {
        // The page of a channel for people without the app.
        "s" => parts.next().and_then(username),
        // A post of a channel without a username.
        "c" => parts.next()?.parse().ok().filter(|id| *id > 0).map(Target::Id),
        first if NO_CHANNEL.contains(&first.to_ascii_lowercase().as_str()) => None,
        first => username(first.strip_prefix('@').unwrap_or(first)),
    }
}

/// Schemes are written in any case.
fn strip_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = (text.get(..start.len())?, text.get(start.len()..)?);
    head.eq_ignore_ascii_case(start).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> Option<Target> {
        Some(Target::Name(name.to_owned()))
    }

    #[test]
    fn links_lead_to_channels() {
        let cases = [
            ("https://t.me/Gamma", name("gamma")),
            ("t.me/gamma/12?single", name("gamma")),
            ("HTTP://T.me/s/gamma", name("gamma")),
            ("https://www.telegram.me/gamma#x", name("gamma")),
            ("https://gamma.t.me/5", name("gamma")),
            ("tg://resolve?post=1&domain=gamma", name("gamma")),
            ("https://t.me/c/1234567/8", Some(Target::Id(1_234_567))),
            ("https://t.me/joinchat/AAAA", None),
            ("https://t.me/+AbCdEf", None),
            ("https://t.me/share/url?url=x", None),
            ("https://t.me/", None),
            ("https://t.me/abc", None),
            ("https://example.com/gamma", None),
            ("https://xt.me/gamma", None),
            ("é", None),
        ];
        for (url, target) in cases {
            assert_eq!(linked(url), target, "{url}");
        }
    }

    /// Entities count in UTF-16: an emoji is two.
    #[test]
    fn each_way_counts_once_a_post() {
        let post: Post = serde_json::from_str(
            r#"{"_":"Message","id":1,"message":"👩 see @Gamma, @gamma and t.me/beta_channel",
            "fwd_from":{"from_id":{"_":"PeerChannel","channel_id":102}},
            "media":{"_":"MessageMediaWebPage","webpage":{"_":"WebPage","url":"https://t.me/beta_channel"}},
            "reply_markup":{"rows":[{"buttons":[{"url":"https://t.me/delta"},{"text":"no link"}]}]},
            "rich_message":{"blocks":[{"_":"PageBlockParagraph","text":{"_":"TextUrl","url":"https://t.me/epsilon/3"}}]},
            "entities":[{"_":"MessageEntityMention","offset":7,"length":6},{"_":"MessageEntityMention","offset":15,"length":6},
            {"_":"MessageEntityUrl","offset":26,"length":17},{"_":"MessageEntityTextUrl","offset":0,"length":2,"url":"https://t.me/c/77/1"},
            {"_":"MessageEntityMention","offset":900,"length":9}]}"#,
        )
        .unwrap();
        let expected = [
            (Kind::Forward, Target::Id(102)),
            (Kind::Mention, Target::Name("gamma".to_owned())),
            (Kind::Link, Target::Name("beta_channel".to_owned())),
            (Kind::Link, Target::Id(77)),
            (Kind::Link, Target::Name("delta".to_owned())),
            (Kind::Link, Target::Name("epsilon".to_owned())),
        ];
        assert_eq!(references(&post), expected);
    }
}
