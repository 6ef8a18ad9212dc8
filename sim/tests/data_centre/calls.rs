//! Voice chats: who is there, page by page and change by change.

use std::collections::BTreeSet;

use grammers_tl_types::{enums, functions as f, types};
use telegram_sim::{Sim, User, VoiceChat};

use crate::support::Program;

/// The call of a group, as a client finds it.
async fn found(program: &Program, chat: &telegram_sim::Chat) -> enums::InputGroupCall {
    let (channel, known) = program.channel(chat).await;
    assert!(known.call_active);
    let enums::messages::ChatFull::Full(full) = program.ok(f::channels::GetFullChannel { channel }).await;
    let enums::ChatFull::ChannelFull(full) = full.full_chat else { panic!("a supergroup") };
    full.call.expect("there is a call")
}

async fn read(program: &Program, call: &enums::InputGroupCall, limit: i32) -> types::phone::GroupCall {
    let enums::phone::GroupCall::Call(answer) = program.ok(f::phone::GetGroupCall { call: call.clone(), limit }).await;
    answer
}

fn crowd(sim: &Sim, call: &VoiceChat, people: usize) -> Vec<User> {
    let all: Vec<User> = (0..people).map(|n| sim.user(&format!("P{n}"))).collect();
    all.iter().for_each(|user| user.joins_call(call));
    all
}

#[tokio::test]
async fn a_call_is_found_and_read_page_by_page() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let class = sim.group("Study", &[&ann]);
    let call = class.start_call(&ann);
    let people = crowd(&sim, &call, 230);
    let program = Program::new(&ann.session());
    let input = found(&program, &class).await;
    let first = read(&program, &input, 100).await;
    let enums::GroupCall::Call(head) = &first.call else { panic!() };
    assert_eq!((head.version, head.participants_count), (call.version(), 230));
    let (mut seen, mut total, mut pages) = (BTreeSet::new(), 0, 1);
    let mut note = |participants: Vec<enums::GroupCallParticipant>| {
        for enums::GroupCallParticipant::Participant(one) in participants {
            let enums::Peer::User(user) = one.peer else { panic!() };
            seen.insert(user.user_id);
            total += 1;
        }
    };
    let mut offset = first.participants_next_offset;
    note(first.participants);
    while !offset.is_empty() {
        let request =
            f::phone::GetGroupParticipants { call: input.clone(), ids: Vec::new(), sources: Vec::new(), offset, limit: 100 };
        let enums::phone::GroupParticipants::Participants(page) = program.ok(request).await;
        assert_eq!((page.count, page.version), (230, call.version()));
        offset = page.next_offset;
        note(page.participants);
        pages += 1;
    }
    assert_eq!(seen, people.iter().map(|user| user.id).collect());
    assert!(total > 230, "pages overlap");
    assert_eq!(pages, 3);
    let wrong = f::phone::GetGroupCall { call: types::InputGroupCall { id: call.id, access_hash: 1 }.into(), limit: 1 };
    assert_eq!(program.refused(wrong).await, "400 GROUPCALL_INVALID");
    sim.finish();
}

#[tokio::test]
async fn every_change_is_pushed_with_its_version() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let channel = sim.channel("Bob's own");
    let mut program = Program::new(&ann.session());
    program.ok(f::updates::GetState {}).await;

    let call = class.start_call(&bob);
    let enums::Update::GroupCall(begun) = program.update().await else { panic!() };
    let enums::GroupCall::Call(head) = &begun.call else { panic!() };
    assert_eq!((head.id, head.version, head.participants_count), (call.id, 1, 0));
    assert!(matches!(program.update().await, enums::Update::Channel(_)));
    let enums::Update::NewChannelMessage(notice) = program.update().await else { panic!() };
    let enums::Message::Service(notice) = notice.message else { panic!() };
    assert!(matches!(notice.action, enums::MessageAction::GroupCall(_)));

    bob.joins_call(&call);
    let (version, joined) = program.change().await;
    assert_eq!((version, joined.just_joined, joined.versioned, joined.left, joined.muted), (2, true, true, false, true));
    assert!(matches!(program.update().await, enums::Update::Channel(_)), "the chat shows that somebody is there");
    bob.mutes(&call, false);
    let (version, unmuted) = program.change().await;
    assert_eq!((version, unmuted.muted, unmuted.just_joined), (3, false, false));
    bob.shows_video(&call, true);
    assert!(program.change().await.1.video.is_some());
    bob.speaks(&call);
    let (version, speaks) = program.change().await;
    assert_eq!((version, speaks.versioned, speaks.active_date.is_some()), (4, false, true));

    bob.joins_call_as(&call, &channel);
    let (version, as_channel) = program.change().await;
    assert_eq!(version, 5);
    assert!(matches!(as_channel.peer, enums::Peer::Channel(_)));

    sim.clock().advance(chrono::TimeDelta::seconds(90));
    bob.leaves_call(&call);
    let (version, left) = program.change().await;
    assert_eq!((version, left.left, left.date, left.source), (6, true, joined.date, joined.source));
    bob.joins_call(&call);
    let (_, again) = program.change().await;
    assert!(again.date >= joined.date + 90 && again.source != joined.source);

    call.ends(&bob);
    let enums::Update::GroupCall(over) = program.update().await else { panic!() };
    let enums::GroupCall::Discarded(over) = over.call else { panic!() };
    assert_eq!(over.id, call.id);
    assert!(over.duration >= 90);
    assert!(!program.channel(&class).await.1.call_active);
    let gone =
        f::phone::GetGroupCall { call: types::InputGroupCall { id: over.id, access_hash: over.access_hash }.into(), limit: 1 };
    assert_eq!(program.refused(gone).await, "403 GROUPCALL_FORBIDDEN");
    assert_ne!(class.start_call(&ann).id, call.id, "another call has another number");
    sim.finish();
}

#[tokio::test]
async fn whoever_falls_off_the_network_is_listed_until_timed_out() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let call = class.start_call(&ann);
    bob.joins_call(&call);
    let mut program = Program::new(&ann.session());
    let input = found(&program, &class).await;
    bob.falls_off(&call);
    sim.clock().advance(chrono::TimeDelta::seconds(55));
    assert_eq!(read(&program, &input, 100).await.participants.len(), 1);
    sim.clock().advance(chrono::TimeDelta::seconds(10));
    let (_, left) = program.change().await;
    assert!(left.left);
    assert_eq!(read(&program, &input, 100).await.participants.len(), 0);
    sim.finish();
}

#[tokio::test]
async fn listeners_can_be_hidden_and_strangers_see_nothing() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob, eve) = (sim.user("Ann"), sim.user("Bob"), sim.user("Eve"));
    let class = sim.group("Study", &[&ann, &bob]);
    let call = class.start_call(&ann);
    ann.joins_call(&call);
    bob.joins_call(&call);
    bob.mutes(&call, false);
    call.hides_listeners(true);
    let program = Program::new(&ann.session());
    let input = found(&program, &class).await;
    let answer = read(&program, &input, 100).await;
    let enums::GroupCall::Call(head) = &answer.call else { panic!() };
    assert_eq!((head.listeners_hidden, head.participants_count, answer.participants.len()), (true, 2, 1));

    let mut stranger = Program::new(&eve.session());
    assert_eq!(stranger.refused(f::phone::GetGroupCall { call: input, limit: 1 }).await, "403 GROUPCALL_FORBIDDEN");
    bob.leaves_call(&call);
    stranger.hears_nothing().await;
    sim.finish();
}

#[tokio::test]
async fn a_basic_group_has_calls_too() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let class = sim.basic_group("Study", &[&ann]);
    let call = class.start_call(&ann);
    let program = Program::new(&ann.session());
    let enums::messages::ChatFull::Full(full) = program.ok(f::messages::GetFullChat { chat_id: -class.id }).await;
    let enums::ChatFull::Full(full) = full.full_chat else { panic!("a basic group") };
    let Some(enums::InputGroupCall::Call(input)) = full.call else { panic!() };
    assert_eq!(input.id, call.id);
    sim.finish();
}

#[tokio::test]
async fn a_call_outlives_that_its_group_becomes_a_supergroup() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let ann = sim.user("Ann");
    let class = sim.basic_group("Study", &[&ann]);
    let call = class.start_call(&ann);
    ann.joins_call(&call);
    let program = Program::new(&ann.session());
    program.ok(f::updates::GetState {}).await;
    let class = class.migrates(&ann, true);
    let input = found(&program, &class).await;
    let enums::InputGroupCall::Call(known) = &input else { panic!() };
    assert_eq!(known.id, call.id);
    assert_eq!(read(&program, &input, 10).await.participants.len(), 1);
    sim.finish();
}

#[tokio::test]
async fn whoever_is_thrown_out_is_told_and_sees_no_more() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let call = class.start_call(&bob);
    let mut program = Program::new(&ann.session());
    let input = found(&program, &class).await;
    ann.leaves(&class);
    assert!(matches!(program.update().await, enums::Update::Channel(_)));
    bob.joins_call(&call);
    program.hears_nothing().await;
    let request = f::phone::GetGroupCall { call: input, limit: 1 };
    assert_eq!(program.refused(request).await, "403 GROUPCALL_FORBIDDEN");
    sim.finish();
}

#[tokio::test]
async fn a_discreet_call_tells_only_those_who_are_there() {
    let sim = Sim::start();
    let _ = sim.data_centre();
    let (ann, bob) = (sim.user("Ann"), sim.user("Bob"));
    let class = sim.group("Study", &[&ann, &bob]);
    let call = class.start_call(&bob);
    bob.joins_call(&call);
    call.is_discreet(true);
    let mut program = Program::new(&ann.session());
    program.ok(f::updates::GetState {}).await;
    bob.mutes(&call, false);
    program.hears_nothing().await;
    ann.joins_call(&call);
    assert!(program.change().await.1.is_self);
    bob.mutes(&call, true);
    assert!(program.change().await.1.muted);
    sim.finish();
}
