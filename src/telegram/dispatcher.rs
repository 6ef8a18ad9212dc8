//! The one dispatcher of a bot: which event goes to which decision. Decisions are pure; what they come to is the store's.

use std::{collections::BTreeSet, convert::Infallible, ops::ControlFlow, panic::Location, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use teloxide::{
    Bot,
    dispatching::{Dispatcher, DpHandlerDescription, UpdateHandler},
    dptree::{self, Cont, Handler, HandlerSignature, Type, di::DependencyMap},
    error_handlers::LoggingErrorHandler,
    types::Update,
    update_listeners::UpdateListener as _,
};
use tokio::sync::watch;

use super::{
    link::{Link, Received},
    listener::{DurableListener, ticket},
    source::Source,
};
use crate::{
    admin::{self, Desk},
    counter,
    domain::{
        change::{Change, Outcome},
        event::{Event, GroupMessage, Ignored},
        rules::Rules,
        state::State,
    },
    membership,
};

/// Before asking again for the answer that a dispatcher wants first.
const RETRY: Duration = Duration::from_secs(2);

/// Receives and decides until `stop` says so. Ends with everything received settled and committed.
pub async fn run(link: Arc<Link>, source: Source, mut stop: watch::Receiver<bool>) {
    let bot: Bot = link.wire.teloxide();
    let mut dispatcher = Dispatcher::builder(bot, schema())
        .dependencies(dptree::deps![link.clone()])
        .default_handler(|_| async {})
        // Everything in the order in which it came. Decisions wait for nothing, so more workers than one would only cost:
        // the library keeps a queue for each.
        .distribution_function(|_| Some(()))
        .build();
    let shutdown = dispatcher.shutdown_token();
    while !*stop.borrow() {
        let mut listener = DurableListener::new(link.clone(), source.clone());
        let listening = listener.stop_token();
        let dispatching = dispatcher.try_dispatch_with_listener(listener, LoggingErrorHandler::with_custom_text("receiving"));
        tokio::pin!(dispatching);
        let begun = tokio::select! {
            result = &mut dispatching => result.is_ok(),
            () = stopped(&mut stop) => {
                // Before the dispatcher has begun there is nothing to shut down, and dropping it is enough. Its own way
                // of stopping gets lost while it hands an update on, and the end of it while nobody looks; so the listener
                // is stopped here, and the dispatcher ends with it.
                if shutdown.shutdown().is_ok() {
                    listening.stop();
                    dispatching.await.ok();
                }
                return;
            }
        };
        if begun {
            return;
        }
        // The dispatcher's error may hold the token; ours doesn't, and says as much.
        match link.wire.get_me().await {
            Ok(_) => tracing::warn!("Telegram didn't answer getMe; asking again"),
            Err(error) => tracing::warn!(%error, "Telegram doesn't say who the bot is; asking again"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Ends when it is time to stop. (The borrow of the flag must not live across an await.)
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Who decides about what. What comes often comes first, with the rest behind it: each further branch is a step for all that go by it.
fn schema() -> UpdateHandler<Infallible> {
    dptree::entry().chain(redeem()).branch(on(|event| matches!(event, Event::GroupMessage(_))).endpoint(count)).branch(rarer())
}

/// Who decides about what isn't just somebody's message in a group.
fn rarer() -> UpdateHandler<Infallible> {
    dptree::entry()
        .branch(on(|event| matches!(event, Event::GroupCommand(_))).endpoint(obey_in_group))
        .branch(on(|event| matches!(event, Event::CustomCommand(_))).endpoint(answer_in_group))
        .branch(on(is_membership).endpoint(follow_membership))
        .branch(on(|event| matches!(event, Event::PrivateMessage(_))).endpoint(talk))
        .branch(on(|event| matches!(event, Event::Press(_))).endpoint(press))
        .endpoint(ignore)
}

/// Puts the update in the place of its envelope. By hand: the library's `filter_map` would copy the envelope, which is large, and
/// everything that is handed on with it.
fn redeem() -> UpdateHandler<Infallible> {
    let here = Location::caller();
    let signature = HandlerSignature::Other {
        obligations: [Type::of::<Update>(), Type::of::<Arc<Link>>()].map(|needed| (needed, here)).into(),
        guaranteed_outcomes: [Type::of::<Arc<Received>>()].into(),
        conditional_outcomes: BTreeSet::new(),
        continues: true,
    };
    let put = |mut handed_on: DependencyMap, next: Cont<'static, Result<(), Infallible>>| async move {
        let received = handed_on.get::<Arc<Link>>().redeem(ticket(&handed_on.get::<Update>()));
        let Some(received) = received else { return ControlFlow::Continue(handed_on) };
        handed_on.insert(Arc::new(received));
        next(handed_on).await
    };
    dptree::from_fn(put, signature)
}

fn on(is_it: fn(&Event) -> bool) -> Handler<'static, Result<(), Infallible>, DpHandlerDescription> {
    dptree::filter(move |received: Arc<Received>| is_it(&received.event))
}

fn is_membership(event: &Event) -> bool {
    matches!(
        event,
        Event::Migrated { .. }
            | Event::Renamed { .. }
            | Event::OwnStanding(_)
            | Event::MemberStanding(_)
            | Event::PrivateStanding { .. }
    )
}

async fn count(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if let Event::GroupMessage(message) = &received.event {
        let day = counter::day_of(&link.rules, message);
        let mut counts = false;
        let is_new = link.settle(&received, day.as_slice(), |state, rules, now| {
            let outcome = decide_message(state, rules, message, now);
            counts = outcome.changes.iter().any(|change| matches!(change, Change::Cell(..)));
            outcome
        });
        if is_new && counts {
            link.vitals.updates.note_counted(message.kind, link.clock.now());
        }
    }
    Ok(())
}

/// What comes of a message in a group.
pub(super) fn decide_message(state: &State, rules: &Rules, message: &GroupMessage, now: DateTime<Utc>) -> Outcome {
    let desk = &Desk { state, rules, now };
    // A message from a group that was thought gone says that the bot is back in it.
    let mut outcome = membership::seen_in(desk, message.chat);
    outcome.append(counter::count(state, rules, message, now));
    outcome.append(admin::on_mention(desk, message));
    outcome
}

async fn obey_in_group(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if let Event::GroupCommand(command) = &received.event {
        settle(&link, &received, |desk| admin::on_group_command(desk, command));
    }
    Ok(())
}

async fn answer_in_group(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if let Event::CustomCommand(command) = &received.event {
        settle(&link, &received, |desk| admin::on_custom_command(desk, command));
    }
    Ok(())
}

async fn follow_membership(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    // Joining a migrated group's history concerns every day on which something was counted there.
    let days = match received.event {
        Event::Migrated { .. } => link.store.recall_chats().and_then(|()| link.store.days()),
        _ => Ok(Vec::new()),
    };
    match days {
        Ok(days) => {
            link.settle(&received, &days, |state, rules, now| decide_membership(state, rules, now, &received.event));
        }
        Err(fault) => link.give_up(&fault),
    }
    Ok(())
}

async fn talk(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if let Event::PrivateMessage(message) = &received.event {
        settle(&link, &received, |desk| admin::on_private_message(desk, message));
    }
    Ok(())
}

async fn press(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if let Event::Press(press) = &received.event {
        settle(&link, &received, |desk| admin::on_press(desk, press));
    }
    Ok(())
}

async fn ignore(link: Arc<Link>, received: Arc<Received>) -> Result<(), Infallible> {
    if received.event == Event::Ignored(Ignored::Unreadable) {
        tracing::warn!(update.id = %received.id, "an update of a sort that this release doesn't know");
    }
    link.settle(&received, &[], |_, _, _| Outcome::nothing());
    Ok(())
}

fn settle(link: &Link, received: &Received, decide: impl FnOnce(&Desk<'_>) -> Outcome) {
    link.settle(received, &[], |state, rules, now| decide(&Desk { state, rules, now }));
}

fn decide_membership(state: &State, rules: &Rules, now: DateTime<Utc>, event: &Event) -> Outcome {
    let desk = &Desk { state, rules, now };
    match event {
        Event::Migrated { from, to } => membership::migrated(desk, *from, *to),
        Event::Renamed { chat, title } => membership::renamed(desk, *chat, title),
        Event::OwnStanding(standing) => membership::own_standing(desk, standing),
        Event::MemberStanding(standing) => membership::member_standing(desk, standing),
        Event::PrivateStanding { user, reachable } => membership::private_standing(desk, *user, *reachable),
        Event::GroupMessage(_)
        | Event::GroupCommand(_)
        | Event::CustomCommand(_)
        | Event::PrivateMessage(_)
        | Event::Press(_)
        | Event::Ignored(_) => Outcome::nothing(),
    }
}
