//! The columns of a post, by name and type: one list for CSV, JSON lines and Parquet.

use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Int,
    Float,
    /// 0 or 1 in CSV.
    Flag,
    /// `2023-04-20 10:11:12+00:00`, or without the offset.
    Time,
}

/// A value of a post.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell<'a> {
    #[default]
    Empty,
    Text(Cow<'a, str>),
    Int(i64),
    Float(f64),
    Flag(bool),
    Time(Cow<'a, str>),
}

macro_rules! columns {
    ($($variant:ident $name:literal $kind:ident,)*) => {
        /// Every column; its number is its place.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Column { $($variant,)* }

        /// Names and types, in the order of [`Column`].
        pub(crate) const COLUMNS: &[(&str, Type)] = &[$(($name, Type::$kind),)*];
    };
}

columns! {
    Signature "signature" Text,
    ChannelId "channel_id" Int,
    ChannelName "channel_name" Text,
    MsgId "msg_id" Int,
    Message "message" Text,
    CleanedMessage "cleaned_message" Text,
    Date "date" Time,
    MsgLink "msg_link" Text,
    MsgFromPeer "msg_from_peer" Text,
    MsgFromId "msg_from_id" Int,
    Views "views" Int,
    NumberReplies "number_replies" Int,
    NumberForwards "number_forwards" Int,
    IsForward "is_forward" Flag,
    ForwardPeerType "forward_msg_from_peer_type" Text,
    ForwardPeerId "forward_msg_from_peer_id" Int,
    ForwardPeerName "forward_msg_from_peer_name" Text,
    ForwardDate "forward_msg_date" Time,
    ForwardDateString "forward_msg_date_string" Text,
    ForwardLink "forward_msg_link" Text,
    IsReply "is_reply" Flag,
    ReplyToMsgId "reply_to_msg_id" Int,
    ReplyLink "reply_msg_link" Text,
    ContainsMedia "contains_media" Flag,
    MediaType "media_type" Text,
    HasUrl "has_url" Flag,
    Url "url" Text,
    Domain "domain" Text,
    UrlTitle "url_title" Text,
    UrlDescription "url_description" Text,
    DocumentType "document_type" Text,
    DocumentId "document_id" Int,
    DocumentDuration "document_video_duration" Float,
    DocumentFilename "document_filename" Text,
    PollId "poll_id" Int,
    PollQuestion "poll_question" Text,
    PollVoters "poll_total_voters" Int,
    PollResults "poll_results" Text,
    ContactPhone "contact_phone_number" Text,
    ContactName "contact_name" Text,
    ContactUserId "contact_userid" Int,
    GeoType "geo_type" Text,
    Lat "lat" Float,
    Lng "lng" Float,
    VenueId "venue_id" Text,
    VenueType "venue_type" Text,
    VenueTitle "venue_title" Text,
    VenueAddress "venue_address" Text,
    VenueProvider "venue_provider" Text,
    // Ours: in JSON lines and Parquet only.
    ChannelTitle "channel_title" Text,
    EditDate "edit_date" Time,
    PostAuthor "post_author" Text,
    AlbumId "album_id" Int,
    Reactions "reactions" Int,
    HiddenOrigin "forward_hidden_name" Text,
    ReplyToChatId "reply_to_chat_id" Int,
    PollAnswers "poll_answers" Text,
    StoryChatId "story_chat_id" Int,
    StoryId "story_id" Int,
    PaidStars "paid_media_stars" Int,
    PaidItems "paid_media_items" Int,
    PostPaidStars "paid_message_stars" Int,
    IsRich "is_rich" Flag,
}

/// How many of them `msgs_dataset.csv` has.
pub(crate) const LEGACY: usize = 49;

/// A post's values, in the order of [`COLUMNS`].
pub(crate) type Row<'a> = Vec<Cell<'a>>;

impl Cell<'_> {
    /// As CSV shows it.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        use std::io::Write as _;
        match self {
            Self::Empty => Ok(()),
            Self::Text(text) | Self::Time(text) => out.write_all(text.as_bytes()),
            Self::Int(number) => write!(out, "{number}"),
            Self::Float(number) => out.write_all(crate::python::float(*number).as_bytes()),
            Self::Flag(is_so) => out.write_all(if *is_so { b"1" } else { b"0" }),
        }
        .expect("writing to memory succeeds");
    }
}

/// Milliseconds since 1970 of a date as Python writes it, with an offset or in UTC.
pub(crate) fn millis(date: &str) -> Option<i64> {
    let (date, offset) = match date.get(19..) {
        Some("") | None => (date, 0),
        Some(offset) => (date.get(..19)?, offset_minutes(offset)?),
    };
    let time = chrono::NaiveDateTime::parse_from_str(date, "%Y-%m-%d %H:%M:%S").ok()?;
    Some((time.and_utc().timestamp() - offset * 60) * 1000)
}

fn offset_minutes(offset: &str) -> Option<i64> {
    let sign = match offset.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, minutes) = offset[1..].split_once(':')?;
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contract_has_forty_nine_columns() {
        assert_eq!(COLUMNS[LEGACY - 1].0, "venue_provider");
        assert_eq!(Column::VenueProvider as usize, LEGACY - 1);
    }

    #[test]
    fn dates_become_numbers() {
        assert_eq!(millis("1970-01-01 00:00:01+00:00"), Some(1000));
        assert_eq!(millis("1970-01-01 02:00:01+02:00"), Some(1000));
        assert_eq!(millis("1969-12-31 22:30:01-01:30"), Some(1000));
        assert_eq!(millis("1970-01-01 00:00:01"), Some(1000));
        for odd in ["", "yesterday", "1970-01-01", "1970-01-01 00:00:01 UTC", "1970-01-01 00:00:0é+00:00"] {
            assert_eq!(millis(odd), None, "{odd}");
        }
    }
}
