//! What a row says of a post.

use std::borrow::Cow;

use super::columns::{COLUMNS, Cell, Column, Row};
use crate::{
    json::Json,
    known::{Chat, Known},
    python,
    read::{
        Post,
        post::{Forward, Media, Reply},
    },
};

/// How rows are made.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    /// The channel as the collection was asked for it.
    pub(super) channel: &'a str,
    /// Its chat, where it is known.
    pub(super) chat: Option<&'a Chat>,
    pub(super) known: &'a Known,
    /// As the original program did, defects included.
    pub(super) compat: bool,
}

impl Reader<'_> {
    /// The row of a post at its place in the file.
    pub(super) fn row<'p>(&self, index: u64, post: &'p Post) -> Row<'p> {
        let mut row = Filling(vec![Cell::Empty; COLUMNS.len()]);
        let message = self.message(post);
        row.text(Column::Signature, Some(format!("msg_iteration.{index}.user.{}.post.{}", self.channel, post.id)));
        row.int(Column::ChannelId, post.peer_id.as_ref().and_then(|peer| peer.channel_id));
        row.text(Column::ChannelName, Some(self.channel.to_owned()));
        row.int(Column::MsgId, Some(post.id));
        row.text(Column::CleanedMessage, Some(python::collapsed(&message)));
        row.0[Column::Message as usize] = Cell::Text(message);
        row.time(Column::Date, post.date.as_deref());
        row.text(Column::MsgLink, Some(link(self.channel, post.id)));
        row.text(Column::MsgFromPeer, post.from_id.as_ref().map(|peer| peer.kind.as_str()));
        row.int(Column::MsgFromId, post.from_id.as_ref().and_then(|peer| peer.id()));
        row.int(Column::Views, Some(post.views.unwrap_or(0)));
        row.int(Column::NumberReplies, Some(post.replies.as_ref().and_then(|replies| replies.replies).unwrap_or(0)));
        row.int(Column::NumberForwards, Some(post.forwards.unwrap_or(0)));
        row.flag(Column::IsForward, post.fwd_from.is_some());
        if let Some(forward) = &post.fwd_from {
            self.forward(forward, &mut row);
        }
        row.flag(Column::IsReply, post.reply_to.is_some());
        if let Some(reply) = &post.reply_to {
            self.reply(reply, &mut row);
        }
        row.flag(Column::ContainsMedia, post.media.is_some());
        row.flag(Column::HasUrl, false);
        if let Some(media) = &post.media {
            row.text(Column::MediaType, Some(media.kind.as_str()));
            self.media(media, &mut row);
        }
        self.ours(post, &mut row);
        row.0
    }

    /// The text; of a text with headings, its words.
    fn message<'p>(&self, post: &'p Post) -> Cow<'p, str> {
        let plain = post.message.as_deref().unwrap_or_default();
        match &post.rich_message {
            Some(rich) if plain.is_empty() && !self.compat => Cow::Owned(words(rich)),
            _ => Cow::Borrowed(plain),
        }
    }

    fn forward<'p>(&self, forward: &'p Forward, row: &mut Filling<'p>) {
        let origin = forward.from_id.as_ref();
        let name = origin.and_then(|peer| peer.id()).and_then(|id| self.known.by_id(id)).and_then(|chat| chat.username.clone());
        // Pandas reads such a name as a missing one, and shows that nowhere but in the link.
        let is_missing = self.compat && name.as_deref().is_some_and(is_missing);
        row.text(Column::ForwardPeerType, origin.map(|peer| peer.kind.as_str()));
        row.int(Column::ForwardPeerId, origin.and_then(|peer| peer.id()));
        if let (Some(name), Some(post)) = (&name, forward.channel_post) {
            row.text(Column::ForwardLink, Some(link(if is_missing { "nan" } else { name }, post)));
        }
        row.text(Column::ForwardPeerName, name.filter(|_| !is_missing));
        let date = forward.date.as_deref();
        row.time(Column::ForwardDate, date.map(|date| date.get(..19).unwrap_or(date)));
        row.text(Column::ForwardDateString, date.map(|date| date.get(..10).unwrap_or(date)));
        row.text(Column::HiddenOrigin, forward.from_name.as_deref());
    }

    fn reply<'p>(&self, reply: &'p Reply, row: &mut Filling<'p>) {
        row.int(Column::ReplyToMsgId, reply.reply_to_msg_id);
        let elsewhere = reply.reply_to_peer_id.as_ref().and_then(|peer| peer.id());
        row.int(Column::ReplyToChatId, elsewhere);
        let chat = match elsewhere {
            Some(id) if !self.compat && Some(id) != self.chat.map(|chat| chat.id) => {
                self.known.by_id(id).and_then(|chat| chat.username.as_deref())
            }
            _ => Some(self.channel),
        };
        row.text(Column::ReplyLink, chat.zip(reply.reply_to_msg_id).map(|(chat, post)| link(chat, post)));
    }

    fn media<'p>(&self, media: &'p Media, row: &mut Filling<'p>) {
        match media.kind.as_str() {
            "MessageMediaWebPage" => self.web_page(media, row),
            "MessageMediaDocument" => document(media, row),
            "MessageMediaPoll" => self.poll(media, row),
            "MessageMediaContact" => self.contact(media, row),
            "MessageMediaStory" => {
                row.int(Column::StoryChatId, media.peer.as_ref().and_then(|peer| peer.id()));
                row.int(Column::StoryId, media.id);
            }
            "MessageMediaPaidMedia" => {
                row.int(Column::PaidStars, media.stars_amount);
                let items = media.extended_media.as_ref().map(|items| items.items().len() as i64);
                row.int(Column::PaidItems, items);
            }
            _ => {}
        }
        if let Some(geo) = &media.geo {
            row.text(Column::GeoType, Some(media.kind.as_str()));
            row.float(Column::Lat, geo.lat);
            row.float(Column::Lng, geo.long);
        }
        if media.venue_id.is_some() {
            row.text(Column::VenueId, media.venue_id.as_deref());
            row.text(Column::VenueType, media.venue_type.as_deref());
            row.text(Column::VenueTitle, media.title.as_deref());
            row.text(Column::VenueAddress, media.address.as_deref());
            row.text(Column::VenueProvider, media.provider.as_deref());
        }
    }

    fn web_page<'p>(&self, media: &'p Media, row: &mut Filling<'p>) {
        let Some(page) = media.webpage.as_ref().filter(|page| page.kind == "WebPage") else { return };
        let Some(url) = page.url.as_deref().filter(|url| !url.is_empty()) else { return };
        row.flag(Column::HasUrl, true);
        row.text(Column::Url, Some(url));
        row.text(Column::Domain, Some(if self.compat { python::netloc(url).replace("www.", "") } else { host(url) }));
        row.text(Column::UrlTitle, page.title.as_deref());
        row.text(Column::UrlDescription, page.description.as_deref());
    }

    fn poll<'p>(&self, media: &'p Media, row: &mut Filling<'p>) {
        if let Some(poll) = &media.poll {
            row.int(Column::PollId, poll.id);
            let question = poll.question.as_ref().map(|question| match &question.object {
                Some(object) if self.compat => Cow::Owned(python::repr(object)),
                _ => Cow::Borrowed(question.text.as_str()),
            });
            row.text(Column::PollQuestion, question);
            let answers = poll.answers.iter().flatten().filter_map(|answer| answer.text.as_ref());
            let answers: Vec<_> = answers.map(|answer| answer.text.as_str()).collect();
            row.text(Column::PollAnswers, Some(serde_json::to_string(&answers).expect("text becomes JSON")));
        }
        if let Some(results) = &media.results {
            row.int(Column::PollVoters, results.total_voters);
            let list = results.results.as_ref().filter(|list| **list != Json::Null);
            row.text(Column::PollResults, list.map(python::repr));
        }
    }

    fn contact<'p>(&self, media: &'p Media, row: &mut Filling<'p>) {
        row.text(Column::ContactPhone, media.phone_number.as_deref());
        let (first, last) = (media.first_name.as_deref().unwrap_or_default(), media.last_name.as_deref().unwrap_or_default());
        let name = format!("{first} {last}");
        row.text(Column::ContactName, Some(if self.compat { name } else { name.trim().to_owned() }));
        row.int(Column::ContactUserId, media.user_id);
    }

    /// The columns that the original hadn't.
    fn ours<'p>(&self, post: &'p Post, row: &mut Filling<'p>) {
        row.text(Column::ChannelTitle, self.chat.map(|chat| chat.title.clone()));
        row.time(Column::EditDate, post.edit_date.as_deref());
        row.text(Column::PostAuthor, post.post_author.as_deref());
        row.int(Column::AlbumId, post.grouped_id);
        let reactions = post.reactions.as_ref().map(|all| all.results.iter().flatten().map(|one| one.count).sum());
        row.int(Column::Reactions, Some(reactions.unwrap_or(0)));
        row.int(Column::PostPaidStars, post.paid_message_stars);
        row.flag(Column::IsRich, post.rich_message.is_some());
    }
}

fn document<'p>(media: &'p Media, row: &mut Filling<'p>) {
    let Some(document) = &media.document else { return };
    row.int(Column::DocumentId, document.id);
    row.text(Column::DocumentType, document.mime_type.as_deref());
    for attribute in document.attributes.iter().flatten() {
        match attribute.kind.as_str() {
            "DocumentAttributeVideo" => {
                row.0[Column::DocumentDuration as usize] = match attribute.duration {
                    Json::Int(seconds) => Cell::Int(seconds),
                    Json::Float(seconds) => Cell::Float(seconds),
                    _ => Cell::Empty,
                }
            }
            "DocumentAttributeFilename" => row.text(Column::DocumentFilename, attribute.file_name.as_deref()),
            _ => {}
        }
    }
}

fn link(channel: &str, post: i64) -> String {
    format!("https://t.me/{channel}/{post}")
}

/// The host alone, without `www.`, a port, or who logs in there.
fn host(url: &str) -> String {
    let place = python::netloc(url);
    let place = place.rsplit('@').next().unwrap_or_default();
    let host = match place.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|c| c.is_ascii_digit()) => host,
        _ => place,
    };
    let host = host.to_lowercase();
    host.strip_prefix("www.").unwrap_or(&host).to_owned()
}

/// The words of a text with headings and tables: a block a line.
fn words(rich: &Json) -> String {
    let mut out = String::new();
    for block in rich.at("blocks").items() {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        gather(block, &mut out);
    }
    out.trim_end().to_owned()
}

fn gather(value: &Json, out: &mut String) {
    match value {
        Json::List(items) => {
            for item in items {
                // Items of lists, rows of tables and blocks within blocks stand on lines of their own.
                let kind = item.at("_").text().unwrap_or_default();
                if kind.starts_with("Page") && !out.is_empty() && !out.ends_with('\n') {
                    out.push(if kind == "PageTableCell" { '\t' } else { '\n' });
                }
                gather(item, out);
            }
        }
        Json::Object(fields) => match (value.at("_").text(), value.at("text").text()) {
            (Some(kind), Some(text)) if kind.starts_with("Text") => out.push_str(text),
            _ => fields.iter().filter(|(key, _)| key != "photos" && key != "documents").for_each(|(_, item)| gather(item, out)),
        },
        _ => {}
    }
}

/// What pandas takes for a missing value in CSV.
pub(super) fn is_missing(cell: &str) -> bool {
    const MISSING: [&str; 18] = [
        "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL",
        "NaN", "None", "n/a", "nan",
    ];
    MISSING.contains(&cell) || cell == "null"
}

/// A row that is being filled.
struct Filling<'p>(Row<'p>);

impl<'p> Filling<'p> {
    fn text(&mut self, column: Column, text: Option<impl Into<Cow<'p, str>>>) {
        self.0[column as usize] = text.map_or(Cell::Empty, |text| Cell::Text(text.into()));
    }

    fn time(&mut self, column: Column, time: Option<&'p str>) {
        self.0[column as usize] = time.map_or(Cell::Empty, |time| Cell::Time(Cow::Borrowed(time)));
    }

    fn int(&mut self, column: Column, number: Option<i64>) {
        self.0[column as usize] = number.map_or(Cell::Empty, Cell::Int);
    }

    fn float(&mut self, column: Column, number: Option<f64>) {
        self.0[column as usize] = number.map_or(Cell::Empty, Cell::Float);
    }

    fn flag(&mut self, column: Column, is_so: bool) {
        self.0[column as usize] = Cell::Flag(is_so);
    }
}
