//! Logging in, step by step: by code, by QR, by somebody else's session; and out again. Each step is in the file before the
//! next one, so that a restart in between costs nothing.

use std::{path::Path, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use grammers_session::updates::UpdatesLike;
use grammers_tl_types as tl;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;

use super::{
    access::Access,
    data_centre::{DataCentre, StringSessionError},
    fault::CallFault,
    file::{FileFault, Sealing, SessionFile},
    password::Question,
    people,
    pool::Pool,
    record::{Account, OwnApi, PendingLogin, Record},
    storage::Storage,
};
use crate::clock::SharedClock;

/// A code that is older is asked for anew.
const CODE_LIVES: chrono::TimeDelta = chrono::TimeDelta::minutes(30);
/// Moves from one data centre to the next, at most.
const MOVES: usize = 3;

/// Why a login doesn't go on, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoginFault {
    /// Somebody is logged in already.
    #[error("{0} is logged in already; `rollcall session logout` first, or `rollcall session check` to see how it is")]
    LoggedInAlready(String),
    /// There is no such number.
    #[error("Telegram doesn't know this phone number: write it with + and the country's code, such as +998901234567")]
    PhoneInvalid,
    /// The number isn't welcome.
    #[error("Telegram has banned this phone number; another account is needed")]
    PhoneBanned,
    /// Nobody has an account there.
    #[error("there is no Telegram account with this number; make one with an official app first")]
    NoAccount,
    /// Another code.
    #[error("the code is wrong; look at the newest message from Telegram (in the app, not by SMS, if you use the app)")]
    CodeInvalid,
    /// Too late.
    #[error("the code has expired (codes that were sent on in a chat expire at once); ask for a new one")]
    CodeExpired,
    /// Another password.
    #[error("the password is wrong: it is the one for two-step verification, not the code")]
    PasswordInvalid,
    /// Too many tries.
    #[error("Telegram asks to wait {} before the next try", in_words(*.0))]
    Wait(Duration),
    /// Too many tries, without a time.
    #[error("too many tries for this number; Telegram allows the next ones in a day")]
    TooMany,
    /// The program isn't known.
    #[error(
        "Telegram doesn't know this TELEGRAM_API_ID with this TELEGRAM_API_HASH: copy both again from https://my.telegram.org"
    )]
    ApiInvalid,
    /// A step that only official apps can take.
    #[error("Telegram asks for {0}, which only its own app can do; log in with `rollcall session login --qr` instead")]
    OnlyInTheApp(&'static str),
    /// The string isn't right.
    #[error(transparent)]
    String(#[from] StringSessionError),
    /// The string's session is over.
    #[error(
        "Telegram doesn't know this session any more ({0}): it was ended in the app's device list, or used from two places at once; make a new one, or use `rollcall session login`"
    )]
    ImportLost(String),
    /// The session belongs to a bot.
    #[error("this session belongs to a bot; bots don't see who sits in a voice chat, a person's account is needed")]
    Bot,
    /// Nothing was begun.
    #[error("no login is under way")]
    NotBegun,
    /// Something else.
    #[error("{0}")]
    Call(CallFault),
}

fn in_words(wait: Duration) -> String {
    match wait.as_secs() {
        seconds @ 0..120 => format!("{seconds} seconds"),
        seconds @ 120..7200 => format!("{} minutes", seconds.div_ceil(60)),
        seconds => format!("{} hours", seconds.div_ceil(3600)),
    }
}

impl From<CallFault> for LoginFault {
    fn from(fault: CallFault) -> Self {
        let CallFault::Refused(name) = &fault else {
            return match fault {
                CallFault::Wait(wait) => Self::Wait(wait),
                other => Self::Call(other),
            };
        };
        match name.as_str() {
            "PHONE_NUMBER_INVALID" => Self::PhoneInvalid,
            "PHONE_NUMBER_BANNED" => Self::PhoneBanned,
            "PHONE_NUMBER_UNOCCUPIED" => Self::NoAccount,
            "PHONE_CODE_INVALID" | "PHONE_CODE_EMPTY" => Self::CodeInvalid,
            "PHONE_CODE_EXPIRED" | "PHONE_CODE_HASH_EMPTY" => Self::CodeExpired,
            "PASSWORD_HASH_INVALID" | "SRP_PASSWORD_CHANGED" => Self::PasswordInvalid,
            "PHONE_NUMBER_FLOOD" | "PHONE_PASSWORD_FLOOD" => Self::TooMany,
            "API_ID_INVALID" | "API_ID_PUBLISHED_FLOOD" => Self::ApiInvalid,
            _ => Self::Call(fault),
        }
    }
}

impl From<FileFault> for LoginFault {
    fn from(fault: FileFault) -> Self {
        Self::Call(fault.into())
    }
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// The code, which Telegram has sent this way.
    Code(String),
    /// The password of two-step verification, with its owner's hint.
    Password(Option<String>),
    /// Nothing: this account is logged in.
    Done(Account),
}

/// What a QR login shows.
#[derive(Debug, PartialEq, Eq)]
pub enum QrStep {
    /// This link as a QR code, for so long.
    Show(String, Duration),
    /// What comes after it was scanned.
    Then(Step),
}

/// A session that is logged in, looked at or logged out.
pub struct Login {
    pool: Pool,
    news: mpsc::Receiver<UpdatesLike>,
    access: Access,
    clock: SharedClock,
}

impl Login {
    /// Takes the session's file, with whatever is in it, or a new one.
    pub async fn open(dir: &Path, access: Access, sealing: &Sealing<'_>, clock: SharedClock) -> Result<Self, LoginFault> {
        let (file, record) = SessionFile::open(dir, sealing, clock.now())?;
        let mut record = record.unwrap_or_else(|| Record::new(&access.data_centres));
        record.use_centres(&access.data_centres);
        let storage = Arc::new(Storage::new(Some(file), record, !access.data_centres.is_empty()));
        let (pool, _, news) = Pool::open(&access, storage).await?;
        Ok(Self { pool, news, access, clock })
    }

    /// Takes over a session that Telethon made. The file is written only if Telegram knows it.
    pub async fn import(
        dir: &Path,
        text: &SecretString,
        access: Access,
        sealing: &Sealing<'_>,
        clock: SharedClock,
    ) -> Result<Account, LoginFault> {
        let centre = DataCentre::from_session_string(text.expose_secret())?;
        let (file, before) = SessionFile::open(dir, sealing, clock.now())?;
        if let Some(account) = before.and_then(|record| record.account) {
            return Err(LoginFault::LoggedInAlready(called(&account)));
        }
        let record = Record::imported(&centre, &access.data_centres);
        let trial = Arc::new(Storage::new(None, record, !access.data_centres.is_empty()));
        let (pool, _, news) = Pool::open(&access, trial).await?;
        let mut login = Self { pool, news, access, clock };
        let account = match login.who_am_i().await {
            Ok(account) => account,
            Err(CallFault::LoggedOut(name)) => return Err(LoginFault::ImportLost(name)),
            Err(why) => return Err(why.into()),
        };
        if login.pool.storage().is_revoked() {
            return Err(LoginFault::ImportLost("AUTH_KEY_UNREGISTERED".to_owned()));
        }
        login.news.close();
        let mut record = login.pool.storage().record().clone();
        record.account = Some(account.clone());
        file.save(&record)?;
        Ok(account)
    }

    /// Writes down what is logged in with, for an account that isn't the program's own.
    pub fn keep_api(&self) -> Result<(), LoginFault> {
        let api = OwnApi { id: self.access.api.id, hash: self.access.api.hash.expose_secret().to_owned() };
        Ok(self.pool.storage().change(|record| record.api = Some(api))?)
    }

    /// Who is logged in, as the file says.
    pub fn account(&self) -> Option<Account> {
        self.pool.storage().record().account.clone()
    }

    /// The data centre of the account.
    pub fn home(&self) -> i32 {
        self.pool.storage().record().home
    }

    /// Makes room for a login: forgets an account that Telegram doesn't know any more, refuses where it still does.
    pub async fn renew(self) -> Result<Self, LoginFault> {
        let Some(account) = self.account() else { return Ok(self) };
        match self.pool.invoke(&tl::functions::updates::GetState {}).await {
            Ok(_) => Err(LoginFault::LoggedInAlready(called(&account))),
            Err(CallFault::LoggedOut(_)) => {
                let Self { pool, access, clock, .. } = self;
                let chats = pool.storage().record().chats.clone();
                let fresh = Record { chats, ..Record::new(&access.data_centres) };
                let storage = pool.close();
                storage.replace(fresh)?;
                let (pool, _, news) = Pool::open(&access, storage).await?;
                Ok(Self { pool, news, access, clock })
            }
            Err(why) => Err(why.into()),
        }
    }

    /// The step at which an earlier run stopped.
    pub async fn resume(&self) -> Result<Option<Step>, LoginFault> {
        let pending = self.pool.storage().record().login.clone();
        match pending {
            Some(pending) if pending.needs_password => Ok(Some(Step::Password(self.question().await?.hint))),
            Some(pending) if self.clock.now() - pending.sent_at < CODE_LIVES => Ok(Some(Step::Code(pending.sent_by))),
            Some(_) | None => Ok(None),
        }
    }

    /// Has a code sent to the account with this number.
    pub async fn send_code(&self, phone: &str) -> Result<Step, LoginFault> {
        if let Some(account) = self.account() {
            return Err(LoginFault::LoggedInAlready(called(&account)));
        }
        let phone: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
        if phone.len() < 5 {
            return Err(LoginFault::PhoneInvalid);
        }
        let request = tl::functions::auth::SendCode {
            phone_number: phone.clone(),
            api_id: self.access.api.id,
            api_hash: self.access.api.hash.expose_secret().to_owned(),
            settings: tl::types::CodeSettings {
                allow_flashcall: false,
                current_number: false,
                allow_app_hash: false,
                allow_missed_call: false,
                allow_firebase: false,
                unknown_number: false,
                logout_tokens: None,
                token: None,
                app_sandbox: None,
            }
            .into(),
        };
        let code = match self.invoke(&request).await? {
            tl::enums::auth::SentCode::Code(code) => code,
            tl::enums::auth::SentCode::Success(success) => return self.finish(success.authorization).map(Step::Done),
            tl::enums::auth::SentCode::PaymentRequired(_) => return Err(LoginFault::OnlyInTheApp("a payment")),
        };
        let sent_by = sent_by(&code.r#type)?.to_owned();
        let pending = PendingLogin {
            phone,
            code_hash: code.phone_code_hash,
            sent_by: sent_by.clone(),
            sent_at: self.clock.now(),
            needs_password: false,
        };
        self.pool.storage().change(|record| record.login = Some(pending))?;
        Ok(Step::Code(sent_by))
    }

    /// The code that was sent.
    pub async fn enter_code(&self, code: &SecretString) -> Result<Step, LoginFault> {
        let pending = self.pool.storage().record().login.clone().ok_or(LoginFault::NotBegun)?;
        let code: String = code.expose_secret().chars().filter(char::is_ascii_alphanumeric).collect();
        let request = tl::functions::auth::SignIn {
            phone_number: pending.phone,
            phone_code_hash: pending.code_hash,
            phone_code: Some(code),
            email_verification: None,
        };
        match self.invoke(&request).await {
            Ok(authorization) => self.finish(authorization).map(Step::Done),
            Err(fault) if fault.is("SESSION_PASSWORD_NEEDED") => self.ask_password().await,
            Err(fault) => match fault.into() {
                LoginFault::CodeExpired => {
                    self.pool.storage().change(|record| record.login = None)?;
                    Err(LoginFault::CodeExpired)
                }
                other => Err(other),
            },
        }
    }

    /// The password of two-step verification.
    pub async fn enter_password(&self, password: SecretString) -> Result<Account, LoginFault> {
        let proof = self.question().await?.answer(password).await?;
        self.finish(self.invoke(&proof).await?)
    }

    /// A link that the app's QR scanner takes (Settings, Devices), or what comes after it was scanned.
    pub async fn qr(&self) -> Result<QrStep, LoginFault> {
        if let Some(account) = self.account() {
            return Err(LoginFault::LoggedInAlready(called(&account)));
        }
        let export = tl::functions::auth::ExportLoginToken {
            api_id: self.access.api.id,
            api_hash: self.access.api.hash.expose_secret().to_owned(),
            except_ids: Vec::new(),
        };
        let mut token = self.invoke(&export).await;
        for _ in 0..MOVES {
            token = match token {
                Ok(tl::enums::auth::LoginToken::MigrateTo(elsewhere)) => {
                    self.pool.move_to(elsewhere.dc_id).await?;
                    self.invoke(&tl::functions::auth::ImportLoginToken { token: elsewhere.token }).await
                }
                Err(fault) if fault.is("AUTH_TOKEN_EXPIRED") => self.invoke(&export).await,
                settled => return self.judge(settled).await,
            };
        }
        Err(CallFault::Line("Telegram sends us from one data centre to the next".to_owned()).into())
    }

    async fn judge(&self, token: Result<tl::enums::auth::LoginToken, CallFault>) -> Result<QrStep, LoginFault> {
        match token {
            Ok(tl::enums::auth::LoginToken::Token(token)) => {
                let link = format!("tg://login?token={}", URL_SAFE_NO_PAD.encode(&token.token));
                // By our clock, which may be wrong: about half a minute is what Telegram gives.
                let left = i64::from(token.expires) - self.clock.now().timestamp();
                Ok(QrStep::Show(link, Duration::from_secs(left.clamp(5, 30).unsigned_abs())))
            }
            Ok(tl::enums::auth::LoginToken::Success(success)) => {
                self.finish(success.authorization).map(|account| QrStep::Then(Step::Done(account)))
            }
            Ok(tl::enums::auth::LoginToken::MigrateTo(_)) => {
                Err(CallFault::Line("Telegram sends us from one data centre to the next".to_owned()).into())
            }
            Err(fault) if fault.is("SESSION_PASSWORD_NEEDED") => self.ask_password().await.map(QrStep::Then),
            Err(fault) => Err(fault.into()),
        }
    }

    /// Waits until the code was scanned, or for so long.
    pub async fn wait_for_scan(&mut self, at_most: Duration) {
        let scanned = async {
            while let Some(news) = self.news.recv().await {
                if people::updates_in(&news).any(|update| matches!(update, tl::enums::Update::LoginToken)) {
                    return;
                }
            }
            std::future::pending::<()>().await;
        };
        // Not scanned: the next link is shown.
        let _ = tokio::time::timeout(at_most, scanned).await;
    }

    /// Who Telegram says that we are; the file's account is brought up to date.
    pub async fn check(&mut self) -> Result<Account, CallFault> {
        self.pool.invoke(&tl::functions::updates::GetState {}).await?;
        let account = self.who_am_i().await?;
        self.pool.storage().change(|record| record.account = Some(account.clone()))?;
        Ok(account)
    }

    /// Ends the session at Telegram and deletes the file. A session that Telegram doesn't know any more is only deleted.
    pub async fn log_out(self, sealing: &Sealing<'_>) -> Result<(), CallFault> {
        if self.account().is_some() {
            match self.pool.invoke(&tl::functions::auth::LogOut {}).await {
                Ok(_) | Err(CallFault::LoggedOut(_)) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(self.delete(sealing)?)
    }

    /// Deletes the file only.
    pub fn delete(self, sealing: &Sealing<'_>) -> Result<(), FileFault> {
        self.pool.storage().file().map_or(Ok(()), |file| file.delete(sealing.keyring))
    }

    async fn ask_password(&self) -> Result<Step, LoginFault> {
        let (now, hint) = (self.clock.now(), self.question().await?.hint);
        self.pool.storage().change(|record| {
            // A scanned QR code leads here too, without a phone number.
            let pending = record.login.take().unwrap_or_else(|| PendingLogin {
                phone: String::new(),
                code_hash: String::new(),
                sent_by: String::new(),
                sent_at: now,
                needs_password: true,
            });
            record.login = Some(PendingLogin { needs_password: true, ..pending });
        })?;
        Ok(Step::Password(hint))
    }

    async fn question(&self) -> Result<Question, CallFault> {
        Question::read(self.invoke(&tl::functions::account::GetPassword {}).await?)
    }

    /// Asks, at whatever data centre Telegram sends us to.
    async fn invoke<R: tl::RemoteCall>(&self, request: &R) -> Result<R::Return, CallFault> {
        let mut has_tried = false;
        for _ in 0..=MOVES {
            match self.pool.invoke(request).await {
                Err(CallFault::Elsewhere(dc)) => self.pool.move_to(dc).await?,
                // Broken while somebody looked for their code; asking again connects anew.
                Err(CallFault::Line(_)) if !has_tried => has_tried = true,
                answered => return answered,
            }
        }
        Err(CallFault::Line("Telegram sends us from one data centre to the next".to_owned()))
    }

    async fn who_am_i(&self) -> Result<Account, CallFault> {
        let me = tl::functions::users::GetUsers { id: vec![tl::enums::InputUser::UserSelf] };
        let user = self.invoke(&me).await?.into_iter().next();
        let since = self.account().map_or_else(|| self.clock.now(), |account| account.since);
        account(user, since).ok_or_else(|| CallFault::Unreadable("it doesn't say who we are".to_owned()))
    }

    fn finish(&self, authorization: tl::enums::auth::Authorization) -> Result<Account, LoginFault> {
        let user = match authorization {
            tl::enums::auth::Authorization::Authorization(authorization) => authorization.user,
            tl::enums::auth::Authorization::SignUpRequired(_) => return Err(LoginFault::NoAccount),
        };
        let account = account(Some(user), self.clock.now())
            .ok_or_else(|| CallFault::Unreadable("it doesn't say who logged in".to_owned()))?;
        self.pool.storage().change(|record| {
            record.login = None;
            record.account = Some(account.clone());
            record.waits.clear();
        })?;
        Ok(account)
    }
}

fn account(user: Option<tl::enums::User>, since: DateTime<Utc>) -> Option<Account> {
    let user = people::profile_of_user(&user?)?;
    Some(Account { id: user.who.user()?, name: user.name, username: user.username, since })
}

/// "Ann Lee (@ann)"
pub fn called(account: &Account) -> String {
    match &account.username {
        Some(username) => format!("{} (@{username})", account.name),
        None => format!("{} (id {})", account.name, account.id),
    }
}

fn sent_by(way: &tl::enums::auth::SentCodeType) -> Result<&'static str, LoginFault> {
    use tl::enums::auth::SentCodeType as Way;
    match way {
        Way::App(_) => Ok("in the Telegram app, as a message from Telegram"),
        Way::Sms(_) | Way::FirebaseSms(_) | Way::SmsWord(_) | Way::SmsPhrase(_) => Ok("by SMS"),
        Way::Call(_) => Ok("by a phone call"),
        Way::FlashCall(_) | Way::MissedCall(_) => Ok("as the last digits of the number that calls"),
        Way::EmailCode(_) => Ok("by e-mail"),
        Way::FragmentSms(_) => Ok("at fragment.com"),
        Way::SetUpEmailRequired(_) => Err(LoginFault::OnlyInTheApp("an e-mail address")),
    }
}
