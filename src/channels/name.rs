//! How channels are named: `@name`, `t.me/name`, links to posts, lists of them.

use std::fmt;

/// A public channel's name, without decoration, in the letters that were typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelName(String);

/// Why something isn't a public channel's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// An invitation.
    #[error("{0} is an invitation to a private chat: only public channels are collected")]
    Invitation(String),
    /// A link into a private chat.
    #[error("{0} leads into a private chat: only public channels are collected")]
    Private(String),
    /// Anything else.
    #[error("{0:?} is no channel's name: 4 to 32 letters, digits and underscores after a letter, as @name or https://t.me/name")]
    NoName(String),
}

/// Where links to Telegram live.
const HOSTS: [&str; 3] = ["t.me/", "telegram.me/", "telegram.dog/"];

impl ChannelName {
    /// Reads a name or a link.
    pub fn parse(typed: &str) -> Result<Self, NameError> {
        let typed = typed.trim();
        let bare = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://")).unwrap_or(typed);
        let bare = bare.strip_prefix("www.").unwrap_or(bare);
        let name = if let Some(path) = HOSTS.iter().find_map(|host| bare.strip_prefix(host)) {
            within_link(path, typed)?
        } else if let Some(query) = typed.strip_prefix("tg://resolve?") {
            query.split('&').find_map(|part| part.strip_prefix("domain=")).unwrap_or_default()
        } else if let Some(name) = bare.strip_suffix(".t.me") {
            name
        } else {
            typed.strip_prefix('@').unwrap_or(typed)
        };
        let is_name = (4..=32).contains(&name.len())
            && name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if is_name { Ok(Self(name.to_owned())) } else { Err(NameError::NoName(typed.to_owned())) }
    }

    /// Reads names between semicolons, or one a line; what begins with `#` is a remark. Doubles are dropped.
    pub fn parse_list(text: &str) -> Result<Vec<Self>, NameError> {
        let mut names: Vec<Self> = Vec::new();
        let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.starts_with('#'));
        for typed in lines.flat_map(|line| line.split(';')).map(str::trim).filter(|typed| !typed.is_empty()) {
            let name = Self::parse(typed)?;
            if !names.iter().any(|known| known.key() == name.key()) {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// The same of names as people write them in a message: spaces and commas stand between them too.
    pub fn parse_words(text: &str) -> Result<Vec<Self>, NameError> {
        Self::parse_list(&text.replace([' ', '\t', ',', '\u{a0}'], ";"))
    }

    /// As Telegram compares names.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChannelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn within_link<'a>(path: &'a str, typed: &str) -> Result<&'a str, NameError> {
    let path = path.strip_prefix("s/").unwrap_or(path);
    if path.starts_with('+') || path.starts_with("joinchat/") {
        return Err(NameError::Invitation(typed.to_owned()));
    }
    let name = path.split(['/', '?', '#']).next().unwrap_or_default();
    if name == "c" { Err(NameError::Private(typed.to_owned())) } else { Ok(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_in_many_forms() {
        let forms = [
            "Alpha_news",
            "@Alpha_news",
            " t.me/Alpha_news ",
            "https://t.me/Alpha_news",
            "http://www.t.me/Alpha_news/",
            "https://t.me/s/Alpha_news?before=120",
            "https://t.me/Alpha_news/77?single",
            "https://telegram.me/Alpha_news",
            "https://Alpha_news.t.me",
            "tg://resolve?domain=Alpha_news&post=7",
        ];
        for form in forms {
            assert_eq!(ChannelName::parse(form).map(|name| name.to_string()), Ok("Alpha_news".to_owned()), "{form}");
        }
    }

    #[test]
    fn what_is_no_public_name_is_refused_in_words() {
        let said: Vec<String> =
            ["https://t.me/+AbCdEf", "t.me/joinchat/AbC", "https://t.me/c/123/4", "abc", "7days", "two words", "../up", ""]
                .iter()
                .map(|typed| ChannelName::parse(typed).expect_err("it is no name").to_string())
                .collect();
        insta::assert_snapshot!(said.join("\n"));
    }

    #[test]
    fn lists_are_read_by_line_and_semicolon_without_doubles() {
        let names = ChannelName::parse_list("\u{feff}# mine\nalpha;@beta; t.me/Alpha\r\n\n gamma ;").expect("names");
        assert_eq!(names.iter().map(ChannelName::as_str).collect::<Vec<_>>(), ["alpha", "beta", "gamma"]);
        let names = ChannelName::parse_words("@alpha, t.me/beta  gamma\n@alpha").expect("names");
        assert_eq!(names.iter().map(ChannelName::as_str).collect::<Vec<_>>(), ["alpha", "beta", "gamma"]);
    }
}
