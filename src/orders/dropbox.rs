//! How an order reaches the daemon that owns the data directory: as a file in `DATA_DIR/orders/`.
//!
//! * `<name>.json` — the terminal asks. It may take it back until the daemon has taken it.
//! * `<name>.taken.json` — the daemon works on it; after a crash it does so again, which does no harm.
//! * `<name>.answer.json` — what became of it; the terminal reads and deletes it.
//!
//! Every file appears whole, by a rename.

use std::{
    fs, io,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Serialize, de::DeserializeOwned};

use super::{Answer, Order, Refusal, decide};
use crate::{
    domain::{audit::Actor, change::Outcome},
    store::{
        Home, Store, StoreFault,
        disk::{self, Disk, RealDisk},
    },
};

const ORDERS: &str = "orders";
const ASKED: &str = ".json";
const TAKEN: &str = ".taken.json";
const ANSWERED: &str = ".answer.json";

/// Asks for boards beside the schedule.
const POST_NOW: &str = "post_now.flag";

/// How often the terminal looks for the answer.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Answers that nobody fetched for so long are deleted.
const ANSWER_KEPT: TimeDelta = TimeDelta::hours(1);

/// What can go wrong on the way.
#[derive(Debug, thiserror::Error)]
pub enum DropboxFault {
    /// An operation of the disk failed.
    #[error("can't {operation} {}: {why}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// The daemon holds the directory but takes no order.
    #[error(
        "the running rollcall doesn't answer; nothing was changed. Is it stopped, or still starting? Try again, or look into its log"
    )]
    NotTaken,
    /// The daemon took the order and says nothing.
    #[error("the running rollcall took the order but hasn't answered yet; look whether it is carried out before you repeat it")]
    NotAnswered,
    /// What was found is no answer of ours.
    #[error("{} can't be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        why: serde_json::Error,
    },
    /// The store failed; the order waits.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Gives an order to the daemon that owns this repository, and waits for its answer. `name` must be unique to this order.
pub fn ask(home: &Home, name: &str, order: &Order, patience: Duration) -> Result<Answer, DropboxFault> {
    let (orders, disk) = (home.dir().join(ORDERS), home.disk());
    let disk = disk.as_ref();
    disk.create_dir_all(&orders).map_err(|why| fault("create", &orders, why))?;
    let asked = orders.join(format!("{name}{ASKED}"));
    let answered = orders.join(format!("{name}{ANSWERED}"));
    write(disk, &asked, order)?;
    let start = Instant::now();
    loop {
        if let Some(answer) = read::<Answer>(disk, &answered)? {
            remove(disk, &answered)?;
            return Ok(answer);
        }
        if start.elapsed() >= patience {
            return Err(if remove(disk, &asked)? { DropboxFault::NotTaken } else { DropboxFault::NotAnswered });
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Carries out the orders that wait in the store's directory, and answers them once they are durable.
/// Returns how many there were. Cheap when there are none: to be called every second or so.
pub async fn serve(store: &Store, zone: Tz, now: DateTime<Utc>) -> Result<usize, DropboxFault> {
    serve_flag(store, zone, now).await?;
    let (orders, disk) = (store.dir().join(ORDERS), store.disk().as_ref());
    let names = waiting(disk, &orders, now)?;
    for name in &names {
        let taken = orders.join(format!("{name}{TAKEN}"));
        let answer = match read::<Order>(disk, &taken) {
            Ok(Some(order)) => carry_out(store, zone, now, &Actor::Terminal, &order).await?,
            Ok(None) => continue,
            Err(DropboxFault::Unreadable { why, .. }) => Answer { done: false, text: format!("the order can't be read: {why}") },
            Err(why) => return Err(why),
        };
        write(disk, &orders.join(format!("{name}{ANSWERED}")), &answer)?;
        remove(disk, &taken)?;
    }
    Ok(names.len())
}

/// A file `post_now.flag` in the data directory asks for boards, as it did with the Python tracker. Its date names the wish, so
/// that a crash before it is deleted repeats nothing.
async fn serve_flag(store: &Store, zone: Tz, now: DateTime<Utc>) -> Result<(), DropboxFault> {
    let flag = store.dir().join(POST_NOW);
    let written = match fs::metadata(&flag).and_then(|data| data.modified()) {
        Ok(written) => DateTime::<Utc>::from(written),
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(why) => return Err(fault("look at", &flag, why)),
    };
    let order = Order::PostNow { community: None, asked: written.timestamp_millis(), random_id: random_id() };
    let answer = carry_out(store, zone, now, &Actor::Terminal, &order).await?;
    tracing::info!(done = answer.done, "{POST_NOW} was found: {}", answer.text);
    remove(&RealDisk, &flag).map(drop)
}

/// A number that makes repeated sending safe, and that nobody can guess.
pub fn random_id() -> i64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("every system that we run on has a random generator");
    i64::from_ne_bytes(bytes)
}

/// Decides about an order and makes it durable.
pub async fn carry_out(store: &Store, zone: Tz, now: DateTime<Utc>, actor: &Actor, order: &Order) -> Result<Answer, StoreFault> {
    Ok(try_to(store, zone, now, actor, order).await?.unwrap_or_else(|why| Answer::refused(&why)))
}

/// [`carry_out`], for those who have their own words for a refusal.
pub async fn try_to(
    store: &Store,
    zone: Tz,
    now: DateTime<Utc>,
    actor: &Actor,
    order: &Order,
) -> Result<Result<Answer, Refusal>, StoreFault> {
    if matches!(order, Order::ForgetChat { .. }) {
        store.recall_chats()?;
    }
    let mut decided = None;
    store.decide(&order.days(), |state| {
        let (outcome, answer) = match decide(state, zone, now, actor, order) {
            Ok((outcome, answer)) => (outcome, Ok(answer)),
            Err(why) => (Outcome::nothing(), Err(why)),
        };
        decided = Some(answer);
        outcome
    })?;
    store.flush().await?;
    Ok(decided.expect("the decision was made"))
}

/// Takes what was asked, so that it can't be taken back; names also what was taken before a crash. Sorted by name.
fn waiting(disk: &dyn Disk, orders: &Path, now: DateTime<Utc>) -> Result<Vec<String>, DropboxFault> {
    let paths = match disk.list(orders) {
        Ok(paths) => paths,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(fault("list", orders, why)),
    };
    let mut names = Vec::new();
    for path in paths {
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(name) = file.strip_suffix(TAKEN) {
            names.push(name.to_owned());
        } else if file.ends_with(ANSWERED) {
            forget_if_old(disk, &path, now)?;
        } else if let Some(name) = file.strip_suffix(ASKED)
            && rename(disk, &path, &orders.join(format!("{name}{TAKEN}")))?
        {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn forget_if_old(disk: &dyn Disk, path: &Path, now: DateTime<Utc>) -> Result<(), DropboxFault> {
    let written = disk.stamp(path).map(|(written, _)| DateTime::<Utc>::from(written));
    if written.is_ok_and(|written| now - written > ANSWER_KEPT) {
        remove(disk, path)?;
    }
    Ok(())
}

fn write(disk: &dyn Disk, path: &Path, value: &impl Serialize) -> Result<(), DropboxFault> {
    let json = serde_json::to_vec_pretty(value).expect("orders and answers are JSON");
    disk::replace(disk, path, &json).map_err(|why| fault("write", path, why))
}

/// `None` if there is no such file.
fn read<T: DeserializeOwned>(disk: &dyn Disk, path: &Path) -> Result<Option<T>, DropboxFault> {
    match disk.read(path) {
        Ok(bytes) => match serde_json::from_slice(&bytes) {
            Ok(value) => Ok(Some(value)),
            Err(why) => Err(DropboxFault::Unreadable { path: path.to_owned(), why }),
        },
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(fault("read", path, why)),
    }
}

/// Whether there was one.
fn remove(disk: &dyn Disk, path: &Path) -> Result<bool, DropboxFault> {
    present(disk.remove(path)).map_err(|why| fault("remove", path, why))
}

/// Whether there was one.
fn rename(disk: &dyn Disk, from: &Path, to: &Path) -> Result<bool, DropboxFault> {
    present(disk.rename(from, to)).map_err(|why| fault("rename", from, why))
}

fn present(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(why) => Err(why),
    }
}

fn fault(operation: &'static str, path: &Path, why: io::Error) -> DropboxFault {
    DropboxFault::Io { operation, path: path.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::*;
    use crate::{
        clock::SystemClock,
        domain::{
            change::Change,
            ids::{FullName, TeacherId},
            study::StudyChange,
        },
        study::sample,
    };

    const ZONE: Tz = chrono_tz::Asia::Tashkent;

    fn order() -> Order {
        let teacher = TeacherId::parse("T001").expect("an id");
        Order::AddTeacher { teacher, name: FullName::parse("Ann Lee").expect("a name"), account: None }
    }

    fn open(dir: &TempDir) -> Store {
        Store::open(dir.path(), Arc::new(SystemClock)).expect("opens")
    }

    #[tokio::test]
    async fn an_order_is_carried_out_and_answered() {
        let dir = TempDir::new().expect("a directory");
        let store = open(&dir);
        let path = dir.path().to_owned();
        let asking = tokio::task::spawn_blocking(move || ask(&Home::directory(&path), "1", &order(), Duration::from_secs(20)));
        while serve(&store, ZONE, DateTime::default()).await.expect("serves") == 0 {
            tokio::task::yield_now().await;
        }
        let answer = asking.await.expect("asked").expect("answered");
        assert!(answer.done, "{answer:?}");
        assert_eq!(store.read(|state| state.teachers.len()), 1);
        assert_eq!(fs::read_dir(dir.path().join(ORDERS)).expect("lists").count(), 0, "the box is empty again");
    }

    #[tokio::test]
    async fn an_order_that_a_crash_interrupted_is_carried_out_again() {
        let dir = TempDir::new().expect("a directory");
        let orders = dir.path().join(ORDERS);
        fs::create_dir(&orders).expect("created");
        write(&RealDisk, &orders.join("1.taken.json"), &order()).expect("written");
        fs::write(orders.join("2.json"), "{}").expect("written");
        let store = open(&dir);
        assert_eq!(serve(&store, ZONE, DateTime::default()).await.expect("serves"), 2);
        let answer = |name| read::<Answer>(&RealDisk, &orders.join(name)).expect("reads").expect("is there");
        assert!(answer("1.answer.json").done);
        assert!(answer("2.answer.json").text.contains("can't be read"));
    }

    #[tokio::test]
    async fn a_flag_asks_for_a_board_once() {
        let dir = TempDir::new().expect("a directory");
        let store = open(&dir);
        let change = StudyChange::Community(sample::CHAT, Some(Box::new(sample::community())));
        let community = || Outcome { changes: vec![Change::Study(change.clone())], ..Outcome::nothing() };
        store.decide(&[], |_| community()).expect("decides");
        let flag = dir.path().join(POST_NOW);
        let posts = || store.read(|state| state.study.posts.get(&sample::CHAT).map_or(0, |posts| posts.len()));
        fs::write(&flag, "").expect("written");
        let date = fs::metadata(&flag).and_then(|data| data.modified()).expect("dated");
        serve(&store, ZONE, DateTime::default()).await.expect("serves");
        assert!(posts() == 1 && !flag.exists());
        // As after a crash that left it there.
        fs::File::create(&flag).and_then(|file| file.set_modified(date)).expect("written");
        serve(&store, ZONE, DateTime::default() + TimeDelta::seconds(9)).await.expect("serves");
        assert!(posts() == 1 && !flag.exists());
    }

    #[test]
    fn an_order_that_nobody_takes_is_taken_back() {
        let dir = TempDir::new().expect("a directory");
        let answer = ask(&Home::directory(dir.path()), "1", &order(), Duration::ZERO);
        assert!(matches!(answer, Err(DropboxFault::NotTaken)));
        assert_eq!(fs::read_dir(dir.path().join(ORDERS)).expect("lists").count(), 0);
    }
}
