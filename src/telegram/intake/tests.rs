//! Real-shaped updates and what they are read as.

use serde_json::{Value, json};

use super::*;
use crate::domain::{
    chats::ChatKind,
    event::{Author, Command, Said},
    ids::TopicId,
    kind::Kind,
};

const BOT: &str = "rollcall_bot";

fn event(update: &Value) -> Event {
    read(&update.to_string(), BOT).expect("numbered").1
}

/// A message in a supergroup with these fields beside the usual ones.
fn in_group(fields: Value) -> Event {
    let mut message = json!({
        "message_id": 7, "date": 1_769_626_800,
        "chat": { "id": -1001234567890i64, "type": "supergroup", "title": "Grade 2" },
        "from": { "id": 5, "is_bot": false, "first_name": "Ann" },
    });
    message.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    event(&json!({ "update_id": 1, "message": message }))
}

fn in_private(fields: Value) -> Said {
    let mut message = json!({
        "message_id": 7, "date": 1_769_626_800,
        "chat": { "id": 5, "type": "private", "first_name": "Ann" },
        "from": { "id": 5, "is_bot": false, "first_name": "Ann", "language_code": "uz-Latn" },
    });
    message.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
    match event(&json!({ "update_id": 1, "message": message })) {
        Event::PrivateMessage(message) => {
            assert_eq!(message.from, Sender { id: UserId(5), lang: Some(Lang::Uz) });
            message.said
        }
        other => panic!("{other:?}"),
    }
}

fn kind_of(fields: Value) -> Kind {
    match in_group(fields) {
        Event::GroupMessage(message) => message.kind,
        other => panic!("{other:?}"),
    }
}

fn author_of(fields: Value) -> Author {
    match in_group(fields) {
        Event::GroupMessage(message) => message.author,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_kind_is_what_a_person_would_say_it_is() {
    let file = json!({ "file_id": "x", "file_unique_id": "y" });
    assert_eq!(kind_of(json!({ "text": "hello" })), Kind::Text);
    assert_eq!(kind_of(json!({ "photo": [file], "caption": "a caption is no text" })), Kind::Photo);
    assert_eq!(kind_of(json!({ "animation": file, "document": file })), Kind::Animation);
    assert_eq!(kind_of(json!({ "document": file, "animation": file })), Kind::Animation);
    assert_eq!(kind_of(json!({ "live_photo": file, "photo": [file] })), Kind::LivePhoto);
    assert_eq!(kind_of(json!({ "video_note": file })), Kind::Video);
    assert_eq!(kind_of(json!({ "voice": file })), Kind::Voice);
    assert_eq!(kind_of(json!({ "venue": {}, "location": {} })), Kind::Venue);
    assert_eq!(kind_of(json!({ "hologram": { "of": "2031" } })), Kind::Other);
    assert_eq!(kind_of(json!({})), Kind::Other);
}

#[test]
fn who_wrote_is_whom_telegram_can_vouch_for() {
    assert_eq!(author_of(json!({ "text": "x" })), Author::User(UserId(5)));
    let anonymous = json!({
        "text": "x", "author_signature": "Head",
        "from": { "id": 1087968824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot" },
        "sender_chat": { "id": -1001234567890i64, "type": "supergroup", "title": "Grade 2" },
    });
    assert_eq!(author_of(anonymous), Author::Anonymous(Some("Head".into())));
    let channel = json!({
        "text": "x", "from": { "id": 136817688, "is_bot": true, "first_name": "Channel" },
        "sender_chat": { "id": -1009, "type": "channel", "title": "News" },
    });
    assert_eq!(author_of(channel), Author::Chat(ChatId(-1009)));
}

#[test]
fn what_nobody_wrote_is_not_counted() {
    let forward = json!({
        "text": "x", "is_automatic_forward": true, "from": { "id": 777000, "is_bot": false, "first_name": "Telegram" },
        "sender_chat": { "id": -1009, "type": "channel", "title": "News" },
    });
    assert_eq!(in_group(forward), Event::Ignored(Ignored::AutomaticForward));
    assert_eq!(in_group(json!({ "new_chat_members": [] })), Event::Ignored(Ignored::Service));
    assert_eq!(in_group(json!({ "video_chat_started": {} })), Event::Ignored(Ignored::Service));
    assert_eq!(in_group(json!({ "pinned_message": {}, "text": "x" })), Event::Ignored(Ignored::Service));
    assert_eq!(event(&json!({ "update_id": 1, "edited_message": {} })), Event::Ignored(Ignored::Edit));
    assert_eq!(event(&json!({ "update_id": 1, "channel_post": {} })), Event::Ignored(Ignored::ChannelPost));
    assert_eq!(event(&json!({ "update_id": 1, "message": 5 })), Event::Ignored(Ignored::Unreadable));
    assert_eq!(event(&json!({ "update_id": 1, "novelty": {} })), Event::Ignored(Ignored::OtherUpdate));
}

#[test]
fn commands_are_ours_or_nobodys_concern() {
    let command = |text: &str| match in_group(json!({ "text": text, "message_thread_id": 3, "is_topic_message": true })) {
        Event::GroupCommand(command) => Some((command.command, command.place.topic)),
        Event::Ignored(Ignored::OtherCommand) | Event::CustomCommand(_) => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(command("/confirm_group"), Some((Command::ConfirmGroup, Some(TopicId(3)))));
    assert_eq!(command("/Diag@Rollcall_Bot now"), Some((Command::Diag, Some(TopicId(3)))));
    assert_eq!(command("/diag@other_bot"), None);
    assert_eq!(command("/weather"), None);
    assert_eq!(kind_of(json!({ "text": "/ 5" })), Kind::Text);
    assert_eq!(kind_of(json!({ "text": "a /diag in the middle" })), Kind::Text);
}

#[test]
fn groups_that_move_are_followed_from_either_side() {
    let moved = Event::Migrated { from: ChatId(-1001234567890), to: ChatId(-5) };
    assert_eq!(in_group(json!({ "migrate_to_chat_id": -5 })), moved);
    let moved = Event::Migrated { from: ChatId(-5), to: ChatId(-1001234567890) };
    assert_eq!(in_group(json!({ "migrate_from_chat_id": -5 })), moved);
}

#[test]
fn private_messages_tell_whom_they_point_at() {
    let person = |id, name: &str| Said::Person(SharedPerson { id: UserId(id), name: Some(name.into()), is_bot: false });
    assert_eq!(in_private(json!({ "text": "/start add" })), Said::Command(Command::Start, "add".into()));
    let custom = |word: &str| Said::OtherCommand { word: word.into(), name: "Ann".into() };
    assert_eq!(in_private(json!({ "text": "/Nonsense x" })), custom("nonsense"));
    let anothers = Said::OtherCommand { word: String::new(), name: String::new() };
    assert_eq!(in_private(json!({ "text": "/news@other_bot" })), anothers);
    assert_eq!(in_private(json!({ "text": "Ann Lee" })), Said::Text("Ann Lee".into()));
    let origin = json!({ "type": "user", "date": 1, "sender_user": { "id": 9, "is_bot": false, "first_name": "Bob", "last_name": "Ray" } });
    assert_eq!(in_private(json!({ "text": "x", "forward_origin": origin })), person(9, "Bob Ray"));
    let hidden = json!({ "type": "hidden_user", "date": 1, "sender_user_name": "Bob" });
    assert_eq!(in_private(json!({ "text": "x", "forward_origin": hidden })), Said::HiddenAuthor("Bob".into()));
    let channel = json!({ "type": "channel", "date": 1, "chat": { "id": -100, "type": "channel" }, "message_id": 1 });
    assert_eq!(in_private(json!({ "text": "x", "forward_origin": channel })), Said::Chat(ChatId(-100)));
    assert_eq!(
        in_private(json!({ "users_shared": { "request_id": 1, "users": [{ "user_id": 9, "first_name": "Bob" }] } })),
        person(9, "Bob")
    );
    assert_eq!(in_private(json!({ "contact": { "phone_number": "+1", "first_name": "Bob", "user_id": 9 } })), person(9, "Bob"));
    assert_eq!(in_private(json!({ "contact": { "phone_number": "+1", "first_name": "Bob" } })), Said::NoAccount);
    assert_eq!(in_private(json!({ "sticker": {} })), Said::Something);
}

#[test]
fn standings_and_presses_are_read() {
    let standing = |kind: &str, status: Value| {
        let mut member = status;
        member["user"] = json!({ "id": 42, "is_bot": true, "first_name": "Rollcall" });
        event(&json!({ "update_id": 1, "my_chat_member": {
            "chat": { "id": -7, "type": kind, "title": "Grade 2" }, "from": { "id": 5, "first_name": "Ann" }, "date": 1,
            "old_chat_member": member, "new_chat_member": member,
        }}))
    };
    let expect = |presence| {
        let (title, kind) = ("Grade 2".into(), ChatKind::Group);
        Event::OwnStanding(OwnStanding { chat: ChatId(-7), title, username: None, kind, by: UserId(5), presence })
    };
    assert_eq!(standing("group", json!({ "status": "member" })), expect(Presence::Member));
    assert_eq!(standing("group", json!({ "status": "administrator" })), expect(Presence::Administrator));
    assert_eq!(standing("group", json!({ "status": "kicked" })), expect(Presence::Gone));
    assert_eq!(standing("group", json!({ "status": "restricted", "is_member": false })), expect(Presence::Gone));
    assert_eq!(standing("private", json!({ "status": "kicked" })), Event::PrivateStanding { user: UserId(5), reachable: false });
    let press = event(&json!({ "update_id": 1, "callback_query": {
        "id": "q", "from": { "id": 5, "first_name": "Ann" }, "data": "1:m", "chat_instance": "c",
        "message": { "message_id": 3, "date": 1, "chat": { "id": 5, "type": "private" }, "text": "Menu" },
    }}));
    let Event::Press(press) = press else { panic!("{press:?}") };
    assert_eq!(press.on, Some(PressedMessage { chat: ChatId(5), id: MessageId(3), is_text: true }));
}

#[test]
fn an_escaped_key_is_read_like_any_other() {
    let raw = r#"{"update_id":1,"message":{"message_id":1,"date":5,"chat":{"id":-1,"type":"group","title":"G"},"from":{"id":5},"t\u0065xt":"x"}}"#;
    assert!(matches!(read(raw, BOT).map(|(_, event)| event), Some(Event::GroupMessage(message)) if message.kind == Kind::Text));
}

#[test]
fn what_does_not_matter_for_counting_does_not_stop_it() {
    let beside =
        ["reply_to_message", "forward_origin", "contact", "users_shared", "media_group_id", "message_thread_id", "quote"];
    for key in beside {
        for odd in [json!(null), json!(7), json!("x"), json!([[]]), json!({ "type": 5, "from": 7, "user_id": "x", "users": {} })]
        {
            match in_group(json!({ "text": "hello", key: odd.clone() })) {
                Event::GroupMessage(message) => assert_eq!(message.author, Author::User(UserId(5)), "{key}: {odd}"),
                // Telegram's own message about what happened.
                Event::Ignored(Ignored::Service) if key == "users_shared" => {}
                other => panic!("{key}: {odd}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_number_that_telegram_does_not_give_is_none() {
    for number in [json!(-1), json!(1i64 << 32), json!(i64::MAX), json!("7"), json!(1.5), json!(null)] {
        assert!(read(&json!({ "update_id": number }).to_string(), BOT).is_none(), "{number}");
    }
    assert!(read(r#"{"update_id": 4294967295}"#, BOT).is_some());
}
