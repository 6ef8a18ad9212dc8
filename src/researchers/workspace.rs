//! One person's workspace: whether they are signed in to Telegram, and what is collected for them at this moment.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use secrecy::SecretString;
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

use super::Setup;
use crate::{
    collector::Why,
    domain::{collection::CollectionStep, sign_in_fault::SignInFault},
    mtproto::{ApiKey, Login, LoginFault, Sealing, Step, called, own_session},
    secrets::keyring::SystemKeyring,
};

/// Pages of one person that listen at the same time.
const LISTENERS: usize = 6;
/// A line that was just closed gives the session's file back within this time.
const GIVEN_BACK: Duration = Duration::from_secs(5);

/// How far somebody is with signing in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not signed in.
    Out,
    /// Telegram has sent a code, this way.
    Code(String),
    /// The password of two-step verification is asked for, with its owner's hint.
    Password(Option<String>),
    /// Signed in as this account.
    In(String),
}

impl From<LoginFault> for SignInFault {
    fn from(fault: LoginFault) -> Self {
        match fault {
            LoginFault::ApiInvalid => Self::Api,
            LoginFault::PhoneInvalid | LoginFault::PhoneBanned => Self::Phone,
            LoginFault::NoAccount => Self::NoAccount,
            LoginFault::CodeInvalid => Self::Code,
            LoginFault::CodeExpired | LoginFault::NotBegun => Self::CodeExpired,
            LoginFault::PasswordInvalid => Self::Password,
            LoginFault::Wait(time) => Self::Wait(time),
            other @ (LoginFault::LoggedInAlready(_)
            | LoginFault::TooMany
            | LoginFault::OnlyInTheApp(_)
            | LoginFault::String(_)
            | LoginFault::ImportLost(_)
            | LoginFault::Bot
            | LoginFault::Call(_)) => Self::Other(other.to_string()),
        }
    }
}

/// What Telegram asked for.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The code.
    Code(SecretString),
    /// The password.
    Password(SecretString),
}

/// How a workspace stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// How far signing in is.
    pub phase: Phase,
    /// Telegram is being asked.
    pub is_asking: bool,
    /// What went wrong last.
    pub wrong: Option<SignInFault>,
    /// What is collected at this moment.
    pub step: Option<CollectionStep>,
    /// Whether anything goes on: collecting, or making tables of it.
    pub is_running: bool,
    /// Messages here.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// What couldn't be read, and why, as of the last run.
    pub failed: Vec<(String, Why)>,
    /// Why the last run ended before its time.
    pub cut_short: Option<String>,
}

/// A person's workspace.
#[derive(Debug)]
pub struct Workspace {
    pub(super) setup: Setup,
    pub(super) dir: PathBuf,
    /// Which of several keys is theirs, where there are several.
    pub(super) place: usize,
    stand: watch::Sender<Stand>,
    login: tokio::sync::Mutex<Option<LoginUnderWay>>,
    pub(super) api: Mutex<Option<ApiKey>>,
    /// Held by the run that goes on; it ends when nobody holds it.
    stop: Mutex<Option<watch::Sender<()>>>,
    listeners: Arc<Semaphore>,
}

struct LoginUnderWay(Login);

impl std::fmt::Debug for LoginUnderWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LoginUnderWay(…)")
    }
}

impl Workspace {
    pub(super) fn open(setup: Setup, dir: PathBuf, place: usize) -> Self {
        let keyring = SystemKeyring::of(&dir);
        let known = own_session(&dir, &sealing(&setup, &keyring));
        let (phase, api, wrong) = match known {
            Ok(Some((account, api))) => (Phase::In(called(&account)), Some(api), None),
            Ok(None) => (Phase::Out, None, None),
            Err(why) => (Phase::Out, None, Some(SignInFault::Other(why.to_string()))),
        };
        let stand = Stand {
            phase,
            wrong,
            is_asking: false,
            step: None,
            is_running: false,
            done: 0,
            total: 0,
            failed: Vec::new(),
            cut_short: None,
        };
        Self {
            setup,
            dir,
            place,
            stand: watch::Sender::new(stand),
            login: tokio::sync::Mutex::default(),
            api: Mutex::new(api),
            stop: Mutex::default(),
            listeners: Arc::new(Semaphore::new(LISTENERS)),
        }
    }

    /// How it stands.
    pub fn stand(&self) -> Stand {
        self.stand.borrow().clone()
    }

    /// How it stands, from now on; `None` where too many listen.
    pub fn listen(&self) -> Option<(watch::Receiver<Stand>, OwnedSemaphorePermit)> {
        Some((self.stand.subscribe(), self.listeners.clone().try_acquire_owned().ok()?))
    }

    /// How it stands, from now on, for whoever isn't a page.
    pub(super) fn stands(&self) -> watch::Receiver<Stand> {
        self.stand.subscribe()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Stand)) {
        self.stand.send_modify(change);
    }

    /// What was collected.
    pub(super) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// What was made of it.
    pub(super) fn made(&self) -> PathBuf {
        self.dir.join("made")
    }

    /// Has Telegram send a code. Goes on by itself; the stand says how it ended.
    pub fn sign_in(self: &Arc<Self>, api: ApiKey, phone: String) {
        let workspace = self.clone();
        self.ask(async move |login| {
            *login = None;
            make_private(&workspace.dir).map_err(|why| SignInFault::Other(why.to_string()))?;
            let keyring = SystemKeyring::of(&workspace.dir);
            let access = workspace.setup.access(api.clone(), workspace.place);
            let fresh =
                Login::open(&workspace.dir, access, &sealing(&workspace.setup, &keyring), workspace.setup.clock.clone()).await?;
            fresh.keep_api()?;
            let step = fresh.send_code(&phone).await?;
            *held(&workspace.api) = Some(api);
            *login = Some(LoginUnderWay(fresh));
            Ok(step)
        });
    }

    /// What Telegram asked for.
    pub fn answer(self: &Arc<Self>, answer: Answer) {
        self.ask(async move |login| {
            let LoginUnderWay(open) = login.as_ref().ok_or(SignInFault::CodeExpired)?;
            Ok(match answer {
                Answer::Code(code) => open.enter_code(&code).await?,
                Answer::Password(password) => Step::Done(open.enter_password(password).await?),
            })
        });
    }

    /// Asks Telegram, beside the runtime: opening a sealed file and proving a password take a while.
    fn ask(self: &Arc<Self>, work: impl AsyncFnOnce(&mut Option<LoginUnderWay>) -> Result<Step, SignInFault> + Send + 'static) {
        if self.stand().is_asking {
            return;
        }
        self.change(|stand| (stand.is_asking, stand.wrong) = (true, None));
        let (workspace, runtime) = (self.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            runtime.clone().block_on(async {
                let mut login = workspace.login.lock().await;
                let ended = work(&mut login).await;
                let is_over = matches!(
                    ended,
                    Ok(Step::Done(_))
                        | Err(SignInFault::CodeExpired | SignInFault::Api | SignInFault::Phone | SignInFault::NoAccount)
                );
                if is_over {
                    *login = None;
                }
                workspace.change(|stand| {
                    stand.is_asking = false;
                    match ended {
                        Ok(Step::Code(sent_by)) => stand.phase = Phase::Code(sent_by),
                        Ok(Step::Password(hint)) => stand.phase = Phase::Password(hint),
                        Ok(Step::Done(account)) => stand.phase = Phase::In(called(&account)),
                        Err(wrong) => {
                            if is_over {
                                stand.phase = Phase::Out;
                            }
                            stand.wrong = Some(wrong);
                        }
                    }
                });
            });
        });
    }

    /// Whether a run may begin, which holds the workspace until it ends.
    pub(super) fn begin(&self) -> Option<watch::Receiver<()>> {
        let mut stop = held(&self.stop);
        let is_free = self.stand().phase_is_in() && !self.stand().is_running;
        is_free.then(|| {
            let (sender, receiver) = watch::channel(());
            *stop = Some(sender);
            self.change(|stand| {
                (stand.is_running, stand.wrong, stand.step, stand.cut_short) = (true, None, None, None);
                stand.failed.clear();
                (stand.done, stand.total) = (0, 0);
            });
            receiver
        })
    }

    /// Ends the run that goes on. What came until then stays.
    pub fn cancel(&self) {
        drop(held(&self.stop).take());
    }

    /// Gives up signing in.
    pub fn begin_anew(self: &Arc<Self>) {
        if let Ok(mut login) = self.login.try_lock() {
            *login = None;
            self.change(|stand| (stand.phase, stand.wrong) = (Phase::Out, None));
        }
    }

    /// Ends the session at Telegram, and deletes everything of this person.
    pub fn forget(self: &Arc<Self>) {
        self.cancel();
        if self.stand().is_asking {
            return;
        }
        self.change(|stand| (stand.is_asking, stand.wrong) = (true, None));
        let (workspace, runtime) = (self.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            runtime.clone().block_on(async {
                // A run that goes on holds the session's file.
                let mut stands = workspace.stand.subscribe();
                // The workspace itself is the sender, so it can't be gone.
                drop(stands.wait_for(|stand| !stand.is_running).await);
                *workspace.login.lock().await = None;
                let told = workspace.log_out().await;
                let deleted = delete(&workspace.dir);
                *held(&workspace.api) = None;
                workspace.change(|stand| {
                    (stand.phase, stand.is_asking, stand.step) = (Phase::Out, false, None);
                    stand.failed.clear();
                    stand.cut_short = None;
                    stand.wrong = match (deleted, told) {
                        (Err(why), _) => Some(SignInFault::Other(why.to_string())),
                        (Ok(()), false) => Some(SignInFault::NotLoggedOut),
                        (Ok(()), true) => None,
                    };
                });
            });
        });
    }

    /// Whether Telegram knows that the session is over.
    async fn log_out(&self) -> bool {
        let Some(api) = held(&self.api).clone() else { return true };
        let keyring = SystemKeyring::of(&self.dir);
        let sealing = sealing(&self.setup, &keyring);
        let opened = async {
            loop {
                let access = self.setup.access(api.clone(), self.place);
                match Login::open(&self.dir, access, &sealing, self.setup.clock.clone()).await {
                    Ok(login) => return login,
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        };
        match tokio::time::timeout(GIVEN_BACK, opened).await {
            Ok(login) => login.log_out(&sealing).await.is_ok(),
            Err(_) => false,
        }
    }
}

impl Stand {
    /// Whether somebody is signed in.
    pub fn phase_is_in(&self) -> bool {
        matches!(self.phase, Phase::In(_))
    }
}

fn delete(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// A folder that only its owner may look into.
pub(super) fn make_private(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

pub(super) fn sealing<'a>(setup: &'a Setup, keyring: &'a SystemKeyring) -> Sealing<'a> {
    Sealing { choice: setup.seal, passphrase: setup.passphrase.as_ref(), keyring }
}

pub(super) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
