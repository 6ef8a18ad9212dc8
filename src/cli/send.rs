//! `rollcall send`

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

use super::{Session, failure::Failure, pick};
use crate::{
    announcement_files::AnnouncementFiles,
    domain::{
        event::Place,
        ids::{BotId, ChatId, TopicId, UserId},
        jobs::{Announcement, Content, Markup},
        state::State,
    },
    orders::{Audience, Order, dropbox},
    study::local,
};

/// What to send, to whom.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("whom").required(true).multiple(true).args(["to", "all", "matching", "preview"]))]
pub(super) struct SendArgs {
    /// The text; - reads it from standard input
    text: Option<String>,
    /// To this chat: an id, ID:TOPIC for a topic, or a part of a group's title; may be given several times
    #[arg(long, allow_hyphen_values = true, value_name = "CHAT", conflicts_with_all = ["all", "matching"])]
    to: Vec<String>,
    /// To every registered group
    #[arg(long, conflicts_with = "matching")]
    all: bool,
    /// To every registered group with this in its title
    #[arg(long, value_name = "PART")]
    matching: Option<String>,
    /// Only to this admin, to look at it first; without a number: the first of ADMIN_IDS
    #[arg(long, value_name = "ADMIN", num_args = 0..=1, default_missing_value = "0", conflicts_with_all = ["to", "all", "matching", "at"])]
    preview: Option<i64>,
    /// The text is Telegram's Markdown; where Telegram can't read it, it comes as it is
    #[arg(long, conflicts_with_all = ["markdown_v2", "html"])]
    markdown: bool,
    /// The text is Telegram's MarkdownV2
    #[arg(long, conflicts_with = "html")]
    markdown_v2: bool,
    /// The text is Telegram's HTML
    #[arg(long)]
    html: bool,
    /// A photo above the text
    #[arg(long, value_name = "FILE", conflicts_with = "document")]
    photo: Option<PathBuf>,
    /// A file with the text under it
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Not before this local time, such as "2026-01-31 09:00"
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// By this bot; without it in each chat by the bot that works there
    #[arg(long, value_name = "ID")]
    bot: Option<BotId>,
    /// Without a sound
    #[arg(long)]
    silent: bool,
}

/// Orders the announcement; the running bot sends it.
pub(super) fn run(session: &Session, args: &SendArgs) -> Result<(), Failure> {
    let to = audience(session, args)?;
    let at = args.at.as_deref().map(|text| moment(text, session.config.zone, session.now())).transpose()?;
    let files = AnnouncementFiles::at(&session.config.home());
    let file = match (&args.photo, &args.document) {
        (Some(path), _) => Some(kept(&files, path, true)?),
        (None, Some(path)) => Some(kept(&files, path, false)?),
        (None, None) => None,
    };
    let text = match args.text.as_deref() {
        Some("-") => standard_input()?,
        text => text.unwrap_or_default().to_owned(),
    };
    let content = Content { text, markup: markup(args), file: file.clone() };
    let announcement = Box::new(Announcement { content: Some(content), bot: args.bot, silent: args.silent });
    let done = session.order(&Order::Announce { announcement, to, at, asked: dropbox::random_id() });
    if let (Err(Failure::Refused(_)), Some(file)) = (&done, &file) {
        files.forget(file);
    }
    done
}

fn markup(args: &SendArgs) -> Markup {
    match (args.markdown, args.markdown_v2, args.html) {
        (true, ..) => Markup::Markdown,
        (_, true, _) => Markup::MarkdownV2,
        (.., true) => Markup::Html,
        (false, false, false) => Markup::Plain,
    }
}

fn audience(session: &Session, args: &SendArgs) -> Result<Audience, Failure> {
    if let Some(preview) = args.preview {
        let admins = &session.config.admins;
        let wanted = Some(UserId(preview)).filter(|id| id.0 != 0).or(admins.first().copied());
        let admin = wanted.filter(|wanted| admins.contains(wanted));
        let admin =
            admin.ok_or_else(|| Failure::Refused("a preview goes to an admin of ADMIN_IDS; name one of them".to_owned()))?;
        return Ok(Audience::Places(vec![Place::private(admin)]));
    }
    if args.all {
        return Ok(Audience::All);
    }
    if let Some(part) = &args.matching {
        return Ok(Audience::Matching(part.clone()));
    }
    let reader = session.read()?;
    Ok(Audience::Places(args.to.iter().map(|text| place(reader.state(), text)).collect::<Result<_, _>>()?))
}

/// A chat or a topic of it.
pub(super) fn place(state: &State, text: &str) -> Result<Place, Failure> {
    if let Ok(chat) = text.parse::<ChatId>() {
        return Ok(Place { chat: if chat.0 < 0 { state.current_id(chat) } else { chat }, topic: None });
    }
    if let Some((chat, topic)) = text.rsplit_once(':')
        && let (Ok(chat), Ok(topic)) = (chat.parse::<ChatId>(), topic.parse::<TopicId>())
    {
        return Ok(Place { chat: state.current_id(chat), topic: Some(topic) });
    }
    pick::group(state, text).map(|group| Place { chat: group.chat_id, topic: None })
}

/// A local time that is still to come.
fn moment(text: &str, zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, Failure> {
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"];
    let local = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let local = local.ok_or_else(|| Failure::Refused(format!("{text:?} is no time; write one such as \"2026-01-31 09:00\"")))?;
    let at = local::instant(zone, local.date(), local.time());
    if at <= now {
        return Err(Failure::Refused(format!("{text} has passed in {zone}; leave --at out to send now")));
    }
    Ok(at)
}

fn kept(files: &AnnouncementFiles, path: &Path, as_photo: bool) -> Result<crate::domain::jobs::KeptFile, Failure> {
    let refused = |why: &dyn std::fmt::Display| Failure::Refused(format!("{}: {why}", path.display()));
    let bytes = std::fs::read(path).map_err(|why| refused(&why))?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    files.keep(name, &bytes, as_photo).map_err(|why| refused(&why))
}

fn standard_input() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|why| Failure::Refused(format!("standard input can't be read: {why}")))?;
    String::from_utf8(bytes).map_err(|_| Failure::Refused("the text isn't UTF-8; save it as UTF-8 and try again".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_local_and_still_to_come() {
        let now: DateTime<Utc> = "2026-01-26T05:00:00Z".parse().expect("a time");
        let at = |text| moment(text, chrono_tz::Asia::Tashkent, now);
        assert_eq!(at("2026-01-31 09:00").expect("a time").to_rfc3339(), "2026-01-31T04:00:00+00:00");
        for refused in ["2026-01-26 10:00", "tomorrow", "2026-02-30 09:00", "09:00"] {
            assert!(at(refused).is_err(), "{refused}");
        }
    }
}
