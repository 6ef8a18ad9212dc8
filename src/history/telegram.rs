//! A message as Telegram gives it to a person's account → what it is and who wrote it. The same questions as of an update, to other
//! fields.

use tl_dict::Value;

use super::written::{Album, Uncountable, Written};
use crate::domain::{
    event::{Author, Command},
    ids::{ChatId, UserId},
    kind::Kind,
    rules::Rules,
};

/// A page of messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The newest first; deleted ones aren't there.
    pub messages: Vec<Written>,
    /// The lowest number that came, of whatever sort.
    pub lowest: Option<i64>,
    /// The oldest moment that came, Unix seconds.
    pub oldest: Option<i64>,
}

/// Reads an answer of `messages.getHistory` about a group.
pub fn page(answer: &Value, group: ChatId) -> Page {
    let messages = answer.list_of("messages");
    let name = |user: UserId| {
        let is_theirs = |known: &&Value| known.get("id").and_then(Value::int) == Some(user.0);
        let known = answer.list_of("users").iter().find(is_theirs)?;
        let parts = ["first_name", "last_name"].into_iter().filter_map(|key| known.get(key).and_then(Value::text));
        Some(parts.collect::<Vec<_>>().join(" "))
    };
    let named = |mut written: Written| {
        written.name = if let Author::User(user) = written.author { name(user) } else { None };
        written
    };
    Page {
        messages: messages.iter().filter_map(|message| written(message, group)).map(named).collect(),
        lowest: messages.iter().filter_map(|message| message.get("id")?.int()).min(),
        oldest: messages.iter().filter_map(date).min(),
    }
}

fn date(message: &Value) -> Option<i64> {
    if let Some(Value::Date(date)) = message.get("date") { Some(i64::from(*date)) } else { None }
}

/// A message of the group; `None` for what isn't there any more.
fn written(message: &Value, group: ChatId) -> Option<Written> {
    if message.is("MessageEmpty") {
        return None;
    }
    let album = message.get("grouped_id").and_then(Value::int);
    Some(Written {
        id: message.get("id")?.int()?,
        date: date(message),
        author: author(message, group),
        name: None,
        kind: kind(message),
        album: album.map_or(Album::None, Album::Of),
    })
}

fn author(message: &Value, group: ChatId) -> Author {
    let title = || message.get("post_author").and_then(Value::text).map(ToOwned::to_owned);
    let by_chat = |sender: ChatId| if sender == group { Author::Anonymous(title()) } else { Author::Chat(sender) };
    match message.get("from_id").and_then(peer) {
        Some(Peer::User(user)) if user == Rules::ANONYMOUS_ADMIN => Author::Anonymous(title()),
        Some(Peer::User(user)) => Author::User(user),
        Some(Peer::Chat(sender)) => by_chat(sender),
        // In the group's own name.
        None => Author::Anonymous(title()),
    }
}

enum Peer {
    User(UserId),
    Chat(ChatId),
}

fn peer(peer: &Value) -> Option<Peer> {
    let number = |key: &str| peer.get(key).and_then(Value::int);
    number("user_id")
        .map(|id| Peer::User(UserId(id)))
        .or_else(|| number("channel_id").map(|id| Peer::Chat(ChatId::supergroup(id))))
        .or_else(|| number("chat_id").map(|id| Peer::Chat(ChatId::basic_group(id))))
}

fn kind(message: &Value) -> Result<Kind, Uncountable> {
    if message.is("MessageService") {
        return Err(Uncountable::Service);
    }
    if is_automatic_forward(message) {
        return Err(Uncountable::AutomaticForward);
    }
    let text = message.get("message").and_then(Value::text).unwrap_or_default();
    let kind = content(message, text);
    if kind == Kind::Text && Command::spoken(text).is_some() {
        return Err(Uncountable::Command);
    }
    Ok(kind)
}

/// A linked channel's post in its discussion group: from the channel, and forwarded from there.
fn is_automatic_forward(message: &Value) -> bool {
    let forwarded = message.get("fwd_from");
    let saved_from = forwarded.and_then(|from| from.get("saved_from_peer")?.get("channel_id")?.int());
    let from = message.get("from_id").and_then(|from| from.get("channel_id")?.int());
    saved_from.is_some() && saved_from == from
}

fn content(message: &Value, text: &str) -> Kind {
    let is_there = |key: &str| message.get(key).is_some_and(|value| value.object().is_some());
    if is_there("rich_message") {
        return Kind::RichMessage;
    }
    let none = Value::Null;
    let media = message.get("media").unwrap_or(&none);
    let name = media.object().map_or("", |object| object.name());
    match name {
        "MessageMediaPhoto" if media.get("live_photo").is_some_and(Value::is_true) => Kind::LivePhoto,
        "MessageMediaPhoto" => Kind::Photo,
        "MessageMediaDocument" => document(media),
        "MessageMediaGeo" | "MessageMediaGeoLive" => Kind::Location,
        "MessageMediaContact" => Kind::Contact,
        "MessageMediaVenue" => Kind::Venue,
        "MessageMediaGame" => Kind::Game,
        "MessageMediaInvoice" => Kind::Invoice,
        "MessageMediaPoll" => Kind::Poll,
        "MessageMediaDice" => Kind::Dice,
        "MessageMediaStory" => Kind::Story,
        "MessageMediaGiveaway" | "MessageMediaGiveawayResults" => Kind::Giveaway,
        "MessageMediaPaidMedia" => Kind::PaidMedia,
        "MessageMediaToDo" => Kind::Checklist,
        "" | "MessageMediaEmpty" | "MessageMediaWebPage" if !text.is_empty() => Kind::Text,
        _ => Kind::Other,
    }
}

/// A file is what its attributes say; one that has expired is what the message says it was.
fn document(media: &Value) -> Kind {
    let attributes = media.get("document").map_or(&[][..], |document| document.list_of("attributes"));
    let has = |class: &str| attributes.iter().any(|attribute| attribute.is(class));
    let is_voice =
        |attribute: &Value| attribute.is("DocumentAttributeAudio") && attribute.get("voice").is_some_and(Value::is_true);
    let says = |flag: &str| media.get(flag).is_some_and(Value::is_true);
    if has("DocumentAttributeSticker") {
        Kind::Sticker
    } else if has("DocumentAttributeAnimated") {
        Kind::Animation
    } else if attributes.iter().any(is_voice) || says("voice") {
        Kind::Voice
    } else if has("DocumentAttributeAudio") {
        Kind::Audio
    } else if has("DocumentAttributeVideo") || says("video") || says("round") {
        Kind::Video
    } else {
        Kind::Document
    }
}

#[cfg(test)]
mod tests {
    use grammers_tl_types::{Deserializable, Serializable, enums, types};

    use super::*;

    const GROUP: ChatId = ChatId(-1_001_234_567_890);

    /// What is read of messages that come in one answer.
    fn read(messages: Vec<enums::Message>) -> Page {
        let user = types::UserEmpty { id: 501 }.into();
        let answer: enums::messages::Messages =
            types::messages::Messages { messages, topics: Vec::new(), chats: Vec::new(), users: vec![user] }.into();
        page(&tl_dict::decode(&answer.to_bytes()).expect("the schema knows it"), GROUP)
    }

    /// A constructor with all that it must have.
    macro_rules! least {
        ($type:ty; $($field:expr),* $(,)?) => {{
            let mut bytes = Vec::new();
            $(Serializable::serialize(&$field, &mut bytes);)*
            <$type as Deserializable>::from_bytes(&bytes).expect("these are the schema's fields")
        }};
    }

    fn message(text: &str) -> types::Message {
        let group: enums::Peer = types::PeerChannel { channel_id: 1_234_567_890 }.into();
        let mut message = least!(types::Message; 0i32, 0i32, 7i32, group, 1_770_000_000i32, text.to_owned());
        message.from_id = Some(types::PeerUser { user_id: 501 }.into());
        message
    }

    fn with(media: impl Into<enums::MessageMedia>) -> Result<Kind, Uncountable> {
        kind_of(types::Message { media: Some(media.into()), ..message("words below it") })
    }

    fn kind_of(message: types::Message) -> Result<Kind, Uncountable> {
        read(vec![message.into()]).messages[0].kind
    }

    fn file(attributes: Vec<enums::DocumentAttribute>) -> Result<Kind, Uncountable> {
        let (reference, mime) = (Vec::<u8>::new(), "video/mp4".to_owned());
        let document = least!(types::Document; 0i32, 1i64, 2i64, reference, 0i32, mime, 100i64, 2i32, attributes);
        let mut media = least!(types::MessageMediaDocument; 0i32);
        media.document = Some(document.into());
        with(media)
    }

    #[test]
    fn the_kind_is_what_a_bot_hears() {
        assert_eq!(kind_of(message("hello")), Ok(Kind::Text));
        assert_eq!(kind_of(message("/bus@other_bot now")), Err(Uncountable::Command));
        assert_eq!(kind_of(message("/ is a slash")), Ok(Kind::Text));
        assert_eq!(kind_of(message("")), Ok(Kind::Other));
        assert_eq!(with(least!(types::MessageMediaPhoto; 0i32)), Ok(Kind::Photo));
        assert_eq!(with(types::MessageMediaUnsupported {}), Ok(Kind::Other));
        let page: enums::WebPage = types::WebPageEmpty { id: 1, url: None }.into();
        assert_eq!(with(least!(types::MessageMediaWebPage; 0i32, page)), Ok(Kind::Text));
        assert_eq!(with(types::MessageMediaGeo { geo: types::GeoPointEmpty {}.into() }), Ok(Kind::Location));

        let sound = |voice| least!(types::DocumentAttributeAudio; if voice { 1i32 << 10 } else { 0i32 }, 3i32).into();
        let video = || least!(types::DocumentAttributeVideo; 0i32, 3.0f64, 1i32, 1i32).into();
        let moving = || types::DocumentAttributeAnimated {}.into();
        let stickers: enums::InputStickerSet = types::InputStickerSetEmpty {}.into();
        let sticker = least!(types::DocumentAttributeSticker; 0i32, "x".to_owned(), stickers).into();
        assert_eq!(file(vec![]), Ok(Kind::Document));
        assert_eq!(file(vec![sound(true)]), Ok(Kind::Voice));
        assert_eq!(file(vec![sound(false)]), Ok(Kind::Audio));
        assert_eq!(file(vec![video()]), Ok(Kind::Video));
        assert_eq!(file(vec![video(), moving()]), Ok(Kind::Animation));
        assert_eq!(file(vec![video(), sticker]), Ok(Kind::Sticker));
        let mut expired = least!(types::MessageMediaDocument; 0i32);
        expired.voice = true;
        assert_eq!(with(expired), Ok(Kind::Voice));
    }

    #[test]
    fn what_nobody_wrote_is_told_apart() {
        let group: enums::Peer = types::PeerChannel { channel_id: 1_234_567_890 }.into();
        let action: enums::MessageAction = types::MessageActionPinMessage {}.into();
        let service = least!(types::MessageService; 0i32, 9i32, group, 1_770_000_100i32, action);
        let empty = types::MessageEmpty { id: 5, peer_id: None };
        let page = read(vec![service.into(), message("hello").into(), empty.into()]);
        let kinds: Vec<_> = page.messages.iter().map(|message| message.kind).collect();
        assert_eq!(kinds, [Err(Uncountable::Service), Ok(Kind::Text)]);
        assert_eq!((page.lowest, page.oldest), (Some(5), Some(1_770_000_000)), "where the next page begins");

        let channel: enums::Peer = types::PeerChannel { channel_id: 42 }.into();
        let mut header = least!(types::MessageFwdHeader; 0i32, 1_769_000_000i32);
        (header.saved_from_peer, header.saved_from_msg_id) = (Some(channel.clone()), Some(3));
        let copied = types::Message { from_id: Some(channel), fwd_from: Some(header.into()), ..message("a post") };
        assert_eq!(kind_of(copied), Err(Uncountable::AutomaticForward));
    }

    #[test]
    fn whoever_wrote_is_told_as_a_bot_is_told() {
        let author = |from_id: Option<enums::Peer>| {
            let signed = types::Message { from_id, post_author: Some("Head".to_owned()), ..message("hello") };
            read(vec![signed.into()]).messages.remove(0).author
        };
        assert_eq!(author(Some(types::PeerUser { user_id: 501 }.into())), Author::User(UserId(501)));
        assert_eq!(author(Some(types::PeerChannel { channel_id: 42 }.into())), Author::Chat(ChatId(-1_000_000_000_042)));
        let anonymous = Author::Anonymous(Some("Head".to_owned()));
        assert_eq!(author(Some(types::PeerChannel { channel_id: 1_234_567_890 }.into())), anonymous);
        assert_eq!(author(None), anonymous);
        let album = types::Message { grouped_id: Some(13), ..message("") };
        assert_eq!(read(vec![album.into()]).messages[0].album, Album::Of(13));
    }
}
