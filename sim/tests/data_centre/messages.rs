//! What a program writes is in the group for everybody, and the other way round.

use grammers_tl_types::{self as tl, enums, functions as f, types};
use telegram_sim::Sim;

use crate::support::{Program, peer_of};

fn message(peer: enums::InputPeer, text: &str, random_id: i64) -> f::messages::SendMessage {
    f::messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        message: text.to_owned(),
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}

fn history(peer: enums::InputPeer, offset_id: i32, limit: i32, min_id: i32) -> f::messages::GetHistory {
    f::messages::GetHistory { peer, offset_id, offset_date: 0, add_offset: 0, limit, max_id: 0, min_id, hash: 0 }
}

async fn texts(program: &Program, request: f::messages::GetHistory) -> Vec<String> {
    let enums::messages::Messages::ChannelMessages(found) = program.ok(request).await else { panic!("a supergroup") };
    let text = |message: enums::Message| match message {
        enums::Message::Message(message) => message.message,
        other => format!("{other:?}"),
    };
    found.messages.into_iter().map(text).collect()
}

/// Number of the message, and by how much it moves the client on.
fn sent(answer: enums::Updates, random_id: i64) -> (i32, i32) {
    let enums::Updates::Updates(updates) = answer else { panic!("{answer:?}") };
    let [enums::Update::MessageId(number), enums::Update::NewChannelMessage(update)] = &updates.updates[..] else { panic!() };
    assert_eq!(number.random_id, random_id);
    (number.id, update.pts_count)
}

#[tokio::test]
async fn a_post_is_there_once_for_bots_and_people() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob, bot) = (sim.user("Ann"), sim.user("Bob"), sim.bot("watcher"));
    bot.set_privacy(false);
    let class = sim.group("Study", &[&ann, &bob]);
    ann.adds(&bot, &class);
    let mut program = Program::new(&ann.session());
    let mut others = Program::new(&bob.session());
    others.ok(f::updates::GetState {}).await;
    let (channel, _) = program.channel(&class).await;
    let peer = peer_of(&channel);

    let mut request = message(peer.clone(), "Top of the day 🏆 #study", 77);
    request.entities = Some(vec![types::MessageEntityBold { offset: 0, length: 3 }.into()]);
    let (id, counts) = sent(program.ok(request.clone()).await, 77);
    assert_eq!(counts, 1);
    assert_eq!(sent(program.ok(request).await, 77), (id, 0), "the same number is the same message");
    let post = class.reads().await;
    assert_eq!((post.message, post.text.as_str()), (i64::from(id), "Top of the day 🏆 #study"));
    // The join, and the post once.
    assert_eq!(bot.pending(), 3);
    let enums::Update::NewChannelMessage(update) = others.update().await else { panic!() };
    let enums::Message::Message(pushed) = update.message else { panic!() };
    let kinds: Vec<u32> = pushed.entities.iter().flatten().map(|entity| tl::Serializable::to_bytes(entity)[0].into()).collect();
    assert_eq!((pushed.message.as_str(), kinds.len(), pushed.out), ("Top of the day 🏆 #study", 2, false));
    // The library tells itself of its own two answers, and nothing comes from outside.
    while program.updates.try_recv().is_ok() {}
    program.hears_nothing().await;

    bob.says(&class, "hello");
    let enums::Update::NewChannelMessage(next) = program.update().await else { panic!() };
    assert_eq!((next.pts, next.pts_count), (update.pts + 1, 1));
    assert_eq!(texts(&program, history(peer.clone(), 0, 2, 0)).await, ["hello", "Top of the day 🏆 #study"]);
    assert_eq!(texts(&program, history(peer.clone(), id + 1, 1, 0)).await, ["Top of the day 🏆 #study"]);
    assert_eq!(texts(&program, history(peer, 0, 100, id)).await, ["hello"]);
    sim.finish();
}

#[tokio::test]
async fn topics_replies_and_refusals() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, eve) = (sim.user("Ann"), sim.user("Eve"));
    let forum = sim.forum("Study", &[&ann]);
    sim.topic(&forum, 40, false);
    sim.topic(&forum, 41, true);
    let news = sim.channel("News").named("news");
    let program = Program::new(&ann.session());
    let peer = peer_of(&program.channel(&forum).await.0);

    let mut request = message(peer.clone(), "Board", 1);
    let to = |id| types::InputReplyToMessage {
        reply_to_msg_id: id,
        top_msg_id: None,
        reply_to_peer_id: None,
        quote_text: None,
        quote_entities: None,
        quote_offset: None,
        monoforum_peer_id: None,
        todo_item_id: None,
        poll_option: None,
    };
    request.reply_to = Some(to(40).into());
    let (id, _) = sent(program.ok(request).await, 1);
    let post = forum.reads().await;
    assert_eq!((post.topic, post.reply_to), (Some(40), None));
    let mut request = message(peer.clone(), "And more", 2);
    request.reply_to = Some(to(id).into());
    program.ok(request).await;
    let post = forum.reads().await;
    assert_eq!((post.topic, post.reply_to), (Some(40), Some(i64::from(id))));

    let request = f::messages::GetReplies {
        peer: peer.clone(),
        msg_id: 40,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 10,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    let enums::messages::Messages::ChannelMessages(topic) = program.ok(request).await else { panic!() };
    assert_eq!((topic.count, topic.messages.len()), (2, 2));

    for (topic, refusal) in [(41, "400 TOPIC_CLOSED"), (42, "400 TOPIC_DELETED")] {
        let mut request = message(peer.clone(), "Board", topic.into());
        request.reply_to = Some(to(topic).into());
        assert_eq!(program.refused(request).await, refusal);
    }
    assert_eq!(program.refused(message(peer.clone(), "  ", 3)).await, "400 MESSAGE_EMPTY");
    assert_eq!(program.refused(message(peer.clone(), &"x".repeat(4097), 4)).await, "400 MESSAGE_TOO_LONG");
    assert_eq!(program.refused(message(peer.clone(), "x", 0)).await, "400 RANDOM_ID_EMPTY");
    let request = f::contacts::ResolveUsername { username: "news".into(), referer: None };
    let enums::contacts::ResolvedPeer::Peer(found) = program.ok(request).await;
    let [enums::Chat::Channel(channel)] = &found.chats[..] else { panic!() };
    assert_eq!(-channel.id - 1_000_000_000_000, news.id);
    let there = types::InputPeerChannel { channel_id: channel.id, access_hash: channel.access_hash.expect("it is there") };
    assert_eq!(program.refused(message(there.into(), "x", 5)).await, "403 CHAT_WRITE_FORBIDDEN");
    let stranger = Program::new(&eve.session());
    assert_eq!(stranger.refused(message(peer, "x", 6)).await, "400 CHANNEL_INVALID", "a hash is good for one account");
    sim.limit_floods(true);
    sim.finish();
}

#[tokio::test]
async fn a_photo_is_uploaded_in_parts() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let class = sim.group("Study", &[&ann]);
    let program = Program::new(&ann.session());
    let peer = peer_of(&program.channel(&class).await.0);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\x20\0\0\x02\x58".to_vec();
    png.resize(3000, 7);
    for (part, bytes) in png.chunks(1024).enumerate() {
        program.ok(f::upload::SaveFilePart { file_id: 9, file_part: part as i32, bytes: bytes.to_vec() }).await;
    }
    let media = |parts| {
        let file = types::InputFile { id: 9, parts, name: "board.png".into(), md5_checksum: String::new() };
        let photo = types::InputMediaUploadedPhoto {
            spoiler: false,
            live_photo: false,
            file: file.into(),
            stickers: None,
            ttl_seconds: None,
            video: None,
        };
        f::messages::SendMedia {
            silent: false,
            background: false,
            clear_draft: false,
            noforwards: false,
            update_stickersets_order: false,
            invert_media: false,
            allow_paid_floodskip: false,
            peer: peer.clone(),
            reply_to: None,
            media: photo.into(),
            message: "The board".into(),
            random_id: 5,
            reply_markup: None,
            entities: None,
            schedule_date: None,
            schedule_repeat_period: None,
            send_as: None,
            quick_reply_shortcut: None,
            effect: None,
            allow_paid_stars: None,
            suggested_post: None,
        }
    };
    assert_eq!(program.refused(media(4)).await, "400 FILE_PART_MISSING 3");
    program.ok(media(3)).await;
    let post = class.reads().await;
    let picture = post.document.expect("a picture");
    assert_eq!((picture.is_photo, picture.bytes, post.text.as_str()), (true, png, "The board"));
    sim.finish();
}

#[tokio::test]
async fn what_was_missed_can_be_asked_for() {
    let sim = Sim::start();
    let centre = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let small = sim.basic_group("Few", &[&ann, &bob]);
    let mut program = Program::new(&ann.session());
    let (channel, _) = program.channel(&class).await;
    let enums::updates::State::State(before) = program.ok(f::updates::GetState {}).await;
    centre.loses_updates(2);
    bob.says(&class, "one");
    bob.says(&small, "two");
    bob.says(&small, "three");
    let enums::Update::NewMessage(seen) = program.update().await else { panic!() };
    assert_eq!(seen.pts, before.pts + 2, "one is missing");

    let request = f::updates::GetDifference {
        pts: before.pts,
        pts_limit: None,
        pts_total_limit: None,
        date: before.date,
        qts: 0,
        qts_limit: None,
    };
    let enums::updates::Difference::Difference(missed) = program.ok(request).await else { panic!() };
    assert_eq!(missed.new_messages.len(), 2);
    let filter = enums::ChannelMessagesFilter::Empty;
    let request = f::updates::GetChannelDifference { force: false, channel, filter, pts: 1, limit: 100 };
    let enums::updates::ChannelDifference::Difference(missed) = program.ok(request).await else { panic!() };
    assert_eq!((missed.new_messages.len(), missed.r#final, missed.pts), (1, true, 2));
    sim.finish();
}

#[tokio::test]
async fn many_chats_are_listed_page_by_page() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    sim.clock().set(sim.clock().now());
    let groups: Vec<_> = (0..250).map(|n| sim.group(&format!("G{n}"), &[&ann])).collect();
    for group in groups.iter().take(120) {
        ann.says(group, "hello");
    }
    let program = Program::new(&ann.session());
    let mut titles = std::collections::BTreeSet::new();
    let (mut offset_peer, mut pages) = (enums::InputPeer::Empty, 0);
    loop {
        let request = f::messages::GetDialogs {
            exclude_pinned: false,
            folder_id: None,
            offset_date: 0,
            offset_id: 0,
            offset_peer: offset_peer.clone(),
            limit: 100,
            hash: 0,
        };
        let enums::messages::Dialogs::Slice(page) = program.ok(request).await else { panic!("not all fit") };
        assert_eq!(page.count, 250);
        pages += 1;
        let hash = |id: i64| {
            page.chats.iter().find_map(|chat| match chat {
                enums::Chat::Channel(channel) if channel.id == id => channel.access_hash,
                _ => None,
            })
        };
        for chat in &page.chats {
            let enums::Chat::Channel(channel) = chat else { panic!("a supergroup") };
            titles.insert(channel.title.clone());
        }
        let Some(enums::Dialog::Dialog(last)) = page.dialogs.last() else { break };
        let enums::Peer::Channel(peer) = &last.peer else { panic!("a supergroup") };
        let access_hash = hash(peer.channel_id).expect("it is there");
        offset_peer = types::InputPeerChannel { channel_id: peer.channel_id, access_hash }.into();
    }
    assert_eq!((titles.len(), pages), (250, 4));
    sim.finish();
}
