//! People who collect public channels on the dashboard, each with their own account, in a folder of their own that nobody else sees.
//!
//! A person's folder has their session (sealed as the program's own is), `data` with what was collected, and `made` with the tables and
//! the network of it. It is no part of the store: when it is deleted, everything is gone.

mod collecting;
mod files;
mod made;
mod workspace;

use std::{
    collections::HashMap,
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use secrecy::SecretString;

pub use self::{
    files::{Sent, SentFile},
    made::{Filter, PostLine, Summary, TopPost},
    workspace::{Answer, Phase, Stand, Workspace},
};
use crate::{
    clock::SharedClock,
    domain::{collection::OwnCollection, ids::UserId},
    mtproto::{Access, ApiKey, LineSetup, SESSION_FILE, SealChoice},
};

/// Somebody's folder is deleted again so often, should a page of theirs write into it at that moment.
const TRIES: usize = 3;

/// Where people's folders are, and how Telegram is reached from there.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Below it each person has a folder.
    pub dir: PathBuf,
    /// The way to Telegram; everybody brings a key of their own.
    pub access: Access,
    /// How sessions are closed.
    pub seal: SealChoice,
    /// What opens them.
    pub passphrase: Option<SecretString>,
    /// Requests a minute of each person.
    pub channels_per_minute: u32,
    /// The time, for what is written down.
    pub clock: SharedClock,
}

impl Setup {
    fn access(&self, api: ApiKey, place: usize) -> Access {
        self.access.of_person(api, place)
    }

    fn line(&self, dir: &std::path::Path, access: Access) -> LineSetup {
        let setup = LineSetup::new(dir, Some(access), self.seal, self.passphrase.clone(), self.clock.clone());
        LineSetup { channels_per_minute: self.channels_per_minute, ..setup }
    }
}

/// Everybody's workspaces.
#[derive(Debug)]
pub struct Researchers {
    setup: Setup,
    workspaces: Mutex<HashMap<UserId, Arc<Workspace>>>,
    came: AtomicUsize,
}

impl Researchers {
    /// Nobody has come yet.
    pub fn new(setup: Setup) -> Self {
        Self { setup, workspaces: Mutex::default(), came: AtomicUsize::new(0) }
    }

    /// Somebody's workspace, as they left it. Opening a sealed session takes a moment, once.
    pub fn workspace(&self, user: UserId) -> Arc<Workspace> {
        let mut workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let place = self.came.fetch_add(1, Ordering::Relaxed);
            Arc::new(Workspace::open(self.setup.clone(), self.setup.dir.join(user.to_string()), place))
        };
        workspaces.entry(user).or_insert_with(fresh).clone()
    }

    /// What is here of somebody's; nothing of it is opened.
    pub fn kept(&self, user: UserId) -> Option<OwnCollection> {
        let dir = self.setup.dir.join(user.to_string());
        let all = fs::read_dir(dir.join("data")).into_iter().flatten().flatten();
        let channels = all.filter(|entry| entry.path().is_dir() && !entry.file_name().to_string_lossy().starts_with('.'));
        let has_session = dir.join(SESSION_FILE).exists();
        dir.exists().then(|| OwnCollection { channels: channels.count() as u64, has_session })
    }

    /// Ends somebody's session at Telegram and deletes everything of theirs; whether Telegram knows of it.
    pub async fn forget(self: &Arc<Self>, user: UserId) -> Result<bool, String> {
        let researchers = self.clone();
        // Opening a sealed session takes a moment.
        let workspace = tokio::task::spawn_blocking(move || researchers.workspace(user)).await.map_err(|why| why.to_string())?;
        let mut stands = workspace.stands();
        for _ in 0..TRIES {
            // A page may ask Telegram something for them at this moment; the workspace is the sender, so it can't be gone.
            drop(stands.wait_for(|stand| !stand.is_asking).await);
            workspace.forget();
            drop(stands.wait_for(|stand| !stand.is_asking).await);
            if self.kept(user).is_none() {
                return Ok(workspace.stand().wrong.is_none());
            }
        }
        let wrong = workspace.stand().wrong;
        Err(wrong.map_or_else(|| "somebody goes on there".to_owned(), |wrong| format!("{wrong:?}")))
    }

    /// Ends what is collected for somebody at this moment, if anything is. What came until then stays.
    pub fn cancel(&self, user: UserId) {
        let workspaces = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(workspace) = workspaces.get(&user) {
            workspace.cancel();
        }
    }
}

/// The program ends: what goes on is put away, and goes on when somebody asks for the same again.
impl Drop for Researchers {
    fn drop(&mut self) {
        let workspaces = self.workspaces.get_mut().unwrap_or_else(PoisonError::into_inner);
        workspaces.values().for_each(|workspace| workspace.cancel());
    }
}
