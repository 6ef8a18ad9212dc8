//! The simulator itself: its clock, its people and places, accidents on order, what was said.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, atomic::AtomicBool},
    time::Duration,
};

use serde_json::Value;
use tokio::{net::TcpListener, runtime::Handle, sync::watch};

use crate::{
    bot_api,
    faults::{Fault, When},
    handles::{Bot, Chat, User},
    judge::Judge,
    model::{
        ChatKey, World,
        chat::{Chat as ChatData, ChatKind, Rights},
        clock::SimClock,
    },
    mtproto::Centre,
    reading::{Outgoing, Screen},
};

/// How long a person waits for a bot before the test fails with everything that was seen.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the parts of a simulator share.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    centres: Mutex<BTreeMap<i32, Arc<Centre>>>,
    /// Where everything is served.
    pub(crate) runtime: Handle,
    pub(crate) clock: SimClock,
    bell: watch::Sender<u64>,
    stalled: watch::Sender<u64>,
    /// Violations don't matter to this test.
    pub(crate) lenient: AtomicBool,
}

impl Shared {
    /// The model, told what time it is.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        let mut world = self.world.lock().expect("an operation on the model panicked; see above");
        world.now = self.clock.now().timestamp_millis();
        world.expire_participants();
        world
    }

    /// The data centres, by number.
    pub(crate) fn centres(&self) -> MutexGuard<'_, BTreeMap<i32, Arc<Centre>>> {
        self.centres.lock().expect("nothing panics while holding the data centres")
    }

    /// Wakes those who wait for something to happen.
    pub(crate) fn changed(&self) {
        self.bell.send_modify(|n| *n += 1);
    }

    /// Ends with the next thing that happens after this call.
    pub(crate) fn change(&self) -> impl Future<Output = ()> + use<> {
        let mut bell = self.bell.subscribe();
        async move {
            let _ = bell.changed().await;
        }
    }

    /// Ends when stalled calls are let go after this call.
    pub(crate) fn released(&self) -> impl Future<Output = ()> + use<> {
        let mut released = self.stalled.subscribe();
        async move {
            let _ = tokio::time::timeout(bot_api::LONGEST_STALL, released.changed()).await;
        }
    }

    /// Does something to the model and wakes everybody.
    pub(crate) fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let done = act(&mut self.world());
        self.changed();
        done
    }
}

/// A simulated Telegram, serving on a port of its own until the process ends.
#[derive(Clone, Debug)]
pub struct Sim {
    pub(crate) shared: Arc<Shared>,
    url: String,
    _judge: Arc<Judge>,
}

impl Sim {
    /// Starts one on any free port of this machine.
    pub fn start() -> Self {
        Self::start_on("127.0.0.1:0")
    }

    /// Starts one on this address.
    pub fn start_on(address: &str) -> Self {
        let listener = std::net::TcpListener::bind(address).unwrap_or_else(|why| panic!("can't listen on {address}: {why}"));
        listener.set_nonblocking(true).expect("a socket can be made non-blocking");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
        let shared = Arc::new(Shared {
            world: Mutex::default(),
            centres: Mutex::default(),
            runtime: runtime.handle().clone(),
            clock: SimClock::running(),
            bell: watch::Sender::new(0),
            stalled: watch::Sender::new(0),
            lenient: AtomicBool::new(false),
        });
        let judge = Arc::new(Judge::new(shared.clone()));
        let served = shared.clone();
        // A thread of its own, so that a test that blocks its runtime still gets answers.
        std::thread::spawn(move || {
            runtime.block_on(async move {
                tokio::spawn(bot_api::deliver(served.clone()));
                bot_api::serve(TcpListener::from_std(listener).expect("the socket is a listener"), served).await;
            });
        });
        Self { shared, url, _judge: judge }
    }

    /// What a bot takes as its API's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The simulator's clock.
    pub fn clock(&self) -> &SimClock {
        &self.shared.clock
    }

    /// Lets the page show times, and ask for them, in this time zone (an IANA name) instead of the browser's.
    pub fn show_times_in(&self, zone: &str) {
        self.shared.act(|world| world.zone = Some(zone.to_owned()));
    }

    /// A new bot, in privacy mode.
    pub fn bot(&self, username: &str) -> Bot {
        let mut world = self.shared.world();
        let id = 7_000_000 + world.take_id();
        let token = format!("{id}:AAHsimulated-token_{username:_<16}00");
        world.add_bot(id, username, &token);
        Bot { sim: self.clone(), id, token, username: username.to_owned() }
    }

    /// A new person whose Telegram speaks English.
    pub fn user(&self, name: &str) -> User {
        self.user_speaking(name, "en")
    }

    /// A new person whose Telegram speaks this language.
    pub fn user_speaking(&self, name: &str, lang: &str) -> User {
        let mut world = self.shared.world();
        let id = 1_000 + world.take_id();
        world.add_user(id, name, lang);
        User { sim: self.clone(), id }
    }

    /// A new person with this number.
    pub fn user_with_id(&self, id: i64, name: &str, lang: &str) -> User {
        self.shared.world().add_user(id, name, lang);
        User { sim: self.clone(), id }
    }

    /// A new supergroup with these members.
    pub fn group(&self, title: &str, members: &[&User]) -> Chat {
        let id = -1_001_000_000_000 - self.shared.world().take_id();
        self.chat(id, ChatKind::Supergroup, title, members)
    }

    /// A new basic group with these members; it can become a supergroup.
    pub fn basic_group(&self, title: &str, members: &[&User]) -> Chat {
        let id = -10_000 - self.shared.world().take_id();
        self.chat(id, ChatKind::Group, title, members)
    }

    /// A new channel.
    pub fn channel(&self, title: &str) -> Chat {
        let id = -1_002_000_000_000 - self.shared.world().take_id();
        self.chat(id, ChatKind::Channel, title, &[])
    }

    /// A new chat with this number.
    pub fn chat(&self, id: i64, kind: ChatKind, title: &str, members: &[&User]) -> Chat {
        self.shared.act(|world| {
            let mut chat = ChatData::new(id, kind, title);
            chat.members = members.iter().map(|user| (user.id, Rights::Member)).collect();
            world.chats.insert(ChatKey::public(id), chat);
        });
        Chat { sim: self.clone(), id }
    }

    /// Orders an accident for calls of `method` (`*`: any).
    pub fn fault(&self, method: &str, when: When, fault: Fault) {
        self.shared.world().faults.order(method, None, when, fault);
    }

    /// Orders an accident for one call of `method`, after so many that go well.
    pub fn fault_after(&self, method: &str, calls: usize, fault: Fault) {
        self.shared.world().faults.order_after(method, calls, fault);
    }

    /// The same for calls about one chat alone.
    pub fn fault_in(&self, chat: &Chat, method: &str, when: When, fault: Fault) {
        self.shared.world().faults.order_for(method, chat.id, when, fault);
    }

    /// No more accidents; stalled calls go on.
    pub fn release(&self) {
        self.shared.world().faults.clear();
        self.shared.stalled.send_modify(|n| *n += 1);
    }

    /// Whether sending too fast is refused, as Telegram does. Off at first.
    pub fn limit_floods(&self, on: bool) {
        self.shared.world().flood.enabled = on;
    }

    /// The parameters of each call of `method` so far.
    pub fn calls(&self, method: &str) -> Vec<Value> {
        let world = self.shared.world();
        world.calls.iter().filter(|call| call.method == method).map(|call| call.parameters.clone()).collect()
    }

    /// Waits until `method` was called `n` times.
    pub async fn called(&self, method: &str, n: usize) -> Vec<Value> {
        self.until(&format!("{n} calls of {method}"), |_| Some(self.calls(method)).filter(|calls| calls.len() >= n)).await
    }

    /// Calls that Telegram has no such method or parameter for.
    pub fn violations(&self) -> Vec<String> {
        self.shared.world().violations.clone()
    }

    /// What bots sent that nobody read: chat number and text.
    pub fn unread(&self) -> Vec<(i64, String)> {
        let world = self.shared.world();
        let is_unread = |(index, outgoing): &(usize, &Outgoing)| *index >= world.read.get(&outgoing.key).copied().unwrap_or(0);
        let unread = world.outgoing.iter().enumerate().filter(is_unread);
        unread.map(|(_, outgoing)| (outgoing.key.chat, Screen::of(&world, outgoing).text)).collect()
    }

    /// Ends a test: nothing unread, nothing that Telegram wouldn't understand.
    pub fn finish(&self) {
        let violations = self.violations();
        assert!(violations.is_empty(), "calls that Telegram doesn't know: {violations:#?}");
        let unread = self.unread();
        assert!(unread.is_empty(), "nobody read this: {unread:#?}");
    }

    /// Waits until something is so.
    pub async fn until_it_is_so(&self, what: impl Fn(&Self) -> bool) {
        self.until("something to be so", |sim| what(sim).then_some(())).await;
    }

    /// Waits until `find` finds something; fails with `what` otherwise.
    pub(crate) async fn until<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let change = self.shared.change();
            if let Some(found) = find(self) {
                return found;
            }
            if tokio::time::timeout_at(deadline, change).await.is_err() {
                panic!("waited in vain for {what}; unread: {:#?}; violations: {:#?}", self.unread(), self.violations());
            }
        }
    }

    /// The texts of everything that stands in a chat, oldest first; nothing where nobody ever wrote.
    pub(crate) fn texts(&self, key: ChatKey) -> Vec<String> {
        let world = self.shared.world();
        let Some(chat) = world.chats.get(&key) else { return Vec::new() };
        let messages = chat.messages.values();
        let words = |value: &Value| value.get("text").or_else(|| value.get("caption"))?.as_str().map(ToOwned::to_owned);
        messages.filter_map(|message| words(&message.value)).collect()
    }

    /// The next unread message of a bot in a chat.
    pub(crate) async fn read(&self, key: ChatKey, who: &str) -> Screen {
        let find = |sim: &Self| {
            let mut world = sim.shared.world();
            let from = world.read.get(&key).copied().unwrap_or(0);
            let (index, screen) = world
                .outgoing
                .iter()
                .enumerate()
                .skip(from)
                .find(|(_, outgoing)| outgoing.key == key)
                .map(|(index, outgoing)| (index, Screen::of(&world, outgoing)))?;
            world.read.insert(key, index + 1);
            Some(screen)
        };
        self.until(&format!("a message to {who}"), find).await
    }
}
