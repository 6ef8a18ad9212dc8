//! Live numbers (server-sent events): today's figures and calls that go on.
//!
//! One task looks at the store while anybody listens, whoever many they are; a stream says something only when that changed, and
//! ends with the session that it belongs to.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
    routing::{MethodRouter, get},
};
use futures::{StreamExt as _, stream};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::{
    Dashboard, Who,
    serve::{self, admitted, sees_own_only},
};
use crate::{
    domain::{
        ids::UserId,
        period::{Period, local_day},
        state::State as Known,
    },
    text,
};

/// Streams of everybody together, and of one person.
const MOST: usize = 64;
const MOST_OF_ONE: usize = 6;
/// Between looks at the store at least, however much is committed.
const PAUSE: Duration = Duration::from_secs(1);
/// Between signs of life, which also find out that nobody listens any more.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What listeners are told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Figures {
    /// Texts by the name of their place on the page.
    values: BTreeMap<&'static str, String>,
    /// Changes when parts of the page are to be taken anew: somebody joined a call, or left.
    version: String,
}

/// Who listens.
#[derive(Debug)]
pub(super) struct Hub {
    room: Arc<Semaphore>,
    by_person: Mutex<BTreeMap<UserId, usize>>,
    /// The task that looks at the store, while there is one.
    looking: Mutex<Weak<watch::Sender<Figures>>>,
}

impl Default for Hub {
    fn default() -> Self {
        let room = Arc::new(Semaphore::new(MOST));
        Self { room, by_person: Mutex::default(), looking: Mutex::default() }
    }
}

/// A place among the listeners; given back when the stream ends, however it ends.
struct Seat {
    hub: Arc<Hub>,
    user: UserId,
    _room: OwnedSemaphorePermit,
    /// Keeps the task that looks going.
    _looking: Arc<watch::Sender<Figures>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut by_person = self.hub.by_person.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_person.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                by_person.remove(&self.user);
            }
        }
    }
}

/// `/events`
pub(super) fn route() -> MethodRouter<Arc<Dashboard>> {
    get(listen)
}

async fn listen(State(dashboard): State<Arc<Dashboard>>, headers: HeaderMap) -> Response {
    let visitor = match admitted(&dashboard, &headers, Who::SignedIn) {
        Ok(visitor) if !sees_own_only(&visitor) => visitor,
        Ok(_) => return StatusCode::FORBIDDEN.into_response(),
        Err(status) => return status.into_response(),
    };
    let Some((seat, news)) = sit(&dashboard, visitor.user).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "60")]).into_response();
    };
    let first = (dashboard, headers, seat, news, true);
    let stream = stream::unfold(first, |(dashboard, headers, seat, mut news, is_first)| async move {
        let is_news = is_first || matches!(tokio::time::timeout(HEARTBEAT, news.changed()).await, Ok(Ok(())));
        // Whoever signed out, or may no longer look, hears nothing more.
        serve::visitor(&dashboard, &headers, dashboard.now()).filter(|visitor| !sees_own_only(visitor))?;
        let event = if is_news {
            let figures = news.borrow_and_update().clone();
            Event::default().event("figures").json_data(figures).unwrap_or_default()
        } else {
            Event::default().comment("")
        };
        Some((Ok::<_, Infallible>(event), (dashboard, headers, seat, news, false)))
    });
    Sse::new(stream.boxed()).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response()
}

/// A place, and the news; `None` when there are too many.
async fn sit(dashboard: &Arc<Dashboard>, user: UserId) -> Option<(Seat, watch::Receiver<Figures>)> {
    let hub = dashboard.hub.clone();
    let room = hub.room.clone().try_acquire_owned().ok()?;
    let now = figures(dashboard).await;
    {
        let mut by_person = hub.by_person.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_person.entry(user).or_default();
        if *count >= MOST_OF_ONE {
            return None;
        }
        *count += 1;
    }
    let mut looking = hub.looking.lock().unwrap_or_else(PoisonError::into_inner);
    let sender = looking.upgrade().unwrap_or_else(|| {
        let sender = Arc::new(watch::Sender::new(now));
        *looking = Arc::downgrade(&sender);
        tokio::spawn(look(dashboard.clone(), Arc::downgrade(&sender)));
        sender
    });
    drop(looking);
    let news = sender.subscribe();
    Some((Seat { hub, user, _room: room, _looking: sender }, news))
}

/// Looks at the store after each commit, as long as somebody listens.
async fn look(dashboard: Arc<Dashboard>, news: Weak<watch::Sender<Figures>>) {
    loop {
        let seen = dashboard.store().commits();
        let now = figures(&dashboard).await;
        let Some(listened) = news.upgrade() else { return };
        listened.send_if_modified(|before| {
            let is_new = *before != now;
            *before = now;
            is_new
        });
        drop(listened);
        tokio::time::sleep(PAUSE).await;
        // Midnight comes without a commit, and so does the end of listening.
        let _ = tokio::time::timeout(HEARTBEAT, dashboard.store().committed_after(seen)).await;
    }
}

/// The numbers of this moment, beside the runtime: a large school has many counters.
async fn figures(dashboard: &Arc<Dashboard>) -> Figures {
    let dashboard = dashboard.clone();
    tokio::task::spawn_blocking(move || summed(&dashboard)).await.unwrap_or_default()
}

fn summed(dashboard: &Dashboard) -> Figures {
    let today = local_day(dashboard.rules().zone, dashboard.now());
    let store = dashboard.store();
    // Today is in memory, or nothing was counted yet.
    let sums = dashboard.sums.of(store, Period { from: today, to: today }).unwrap_or_default();
    let (total, teachers) = sums.first().map_or((0, 0), |(_, sum)| (sum.total, sum.teachers.len()));
    let (calls, people, version) = store.read(calls);
    let number = |n: usize| text::number(n as u64);
    let values = [
        ("today", text::number(total)),
        ("teachers", number(teachers)),
        ("open-calls", number(calls)),
        ("calls", number(people)),
    ];
    Figures { values: values.into(), version }
}

/// How many calls, how many people in them, and a text that changes when either does.
fn calls(state: &Known) -> (usize, usize, String) {
    let mut hash = DefaultHasher::new();
    let mut people = 0;
    for (id, call) in &state.study.calls {
        people += call.seats.len();
        (id, call.chat, call.seats.len()).hash(&mut hash);
        call.seats.iter().for_each(|(who, seat)| (who, seat.joined.timestamp(), seat.muted).hash(&mut hash));
    }
    (state.study.calls.len(), people, format!("{:016x}", hash.finish()))
}
