//! `rollcall session`: the account that sees voice chats, logged in at the terminal.

use std::io::IsTerminal;

use qrcode::{QrCode, render::unicode::Dense1x2};
use secrecy::SecretString;

use super::{Session, ask, failure::Failure, out, session::wait_for};
use crate::{
    mtproto::{Access, Account, CallFault, Login, LoginFault, QrStep, Sealing, Step, called, look},
    secrets::keyring::SystemKeyring,
};

/// What to do with the user session.
#[derive(Debug, clap::Subcommand)]
pub(super) enum SessionCommand {
    /// Log in: by phone number, code and password, or by a QR code
    Login(LoginArgs),
    /// Take over a session of Telethon, from TG_STRING_SESSION or standard input
    ImportTelethon,
    /// Ask Telegram who is logged in, and whether all is well
    Check,
    /// End the session at Telegram and delete it here
    Logout(LogoutArgs),
}

/// How to log in.
#[derive(Debug, clap::Args)]
pub(super) struct LoginArgs {
    /// The account's phone number, such as +998901234567; asked for otherwise
    #[arg(long, conflicts_with = "qr")]
    phone: Option<String>,
    /// Show a QR code to scan in the app: Settings, Devices, Link Desktop Device
    #[arg(long)]
    qr: bool,
}

/// How to log out.
#[derive(Debug, clap::Args)]
pub(super) struct LogoutArgs {
    /// Only delete it here, if Telegram can't be reached; end it in the app's device list then
    #[arg(long)]
    forget: bool,
}

/// Tries at a code or password.
const TRIES: usize = 3;

/// Does it.
pub(super) fn run(session: &Session, command: &SessionCommand) -> Result<(), Failure> {
    let config = &session.config;
    let keyring = SystemKeyring::of(&config.data_dir);
    let sealing = Sealing { choice: config.session.seal, passphrase: config.session.passphrase.as_ref(), keyring: &keyring };
    let access = config.access().ok_or_else(|| {
        Failure::Refused(
            "TELEGRAM_API_ID and TELEGRAM_API_HASH are missing: take both from https://my.telegram.org (API development tools) and put them into .env"
                .to_owned(),
        )
    });
    wait_for(async {
        match command {
            SessionCommand::Login(args) => {
                let login = Login::open(&config.data_dir, access?, &sealing, session.clock()).await?.renew().await?;
                let account = if args.qr { by_qr(login).await? } else { by_code(&login, args.phone.as_deref()).await? };
                welcome(&account)
            }
            SessionCommand::ImportTelethon => {
                let text = match &config.session.import {
                    Some(text) => text.clone(),
                    None => ask::hidden("The StringSession:").await?,
                };
                let account = Login::import(&config.data_dir, &text, access?, &sealing, session.clock()).await?;
                out::talk("Stop the other program that uses this session now: Telegram ends a session that two programs use.");
                welcome(&account)
            }
            SessionCommand::Check => check(session, access?, &sealing).await,
            SessionCommand::Logout(args) => {
                let login = Login::open(&config.data_dir, access?, &sealing, session.clock()).await?;
                let account = login.account();
                if args.forget {
                    login.delete(&sealing)?;
                } else {
                    login.log_out(&sealing).await?;
                }
                Ok(out::data(&match account {
                    Some(account) => format!("{} is logged out.", called(&account)),
                    None => "Nobody was logged in.".to_owned(),
                })?)
            }
        }
    })
}

fn welcome(account: &Account) -> Result<(), Failure> {
    Ok(out::data(&format!("{} is logged in. A running rollcall uses the session within a few seconds.", called(account)))?)
}

async fn by_code(login: &Login, phone: Option<&str>) -> Result<Account, Failure> {
    let mut step = match login.resume().await? {
        // A number that is named means to begin anew.
        Some(step) if phone.is_none() => step,
        Some(_) | None => {
            let phone = match phone {
                Some(phone) => phone.to_owned(),
                None => ask::line("The account's phone number, with + and the country's code:").await?,
            };
            login.send_code(&phone).await?
        }
    };
    loop {
        step = match step {
            Step::Code(sent_by) => {
                out::talk(&format!("Telegram has sent a code {sent_by}. Don't send it to anybody in a chat: it expires then."));
                tried(|| async { Ok(login.enter_code(&ask::hidden("The code:").await?).await?) }).await?
            }
            Step::Password(hint) => Step::Done(by_password(login, hint).await?),
            Step::Done(account) => return Ok(account),
        }
    }
}

async fn by_password(login: &Login, hint: Option<String>) -> Result<Account, Failure> {
    let hint = hint.map(|hint| format!(" (hint: {hint})")).unwrap_or_default();
    let prompt = format!("The password of two-step verification{hint}:");
    tried(|| async {
        let password: SecretString = ask::hidden(&prompt).await?;
        Ok(login.enter_password(password).await?)
    })
    .await
}

/// A mistyped code or password may be typed again.
async fn tried<T>(work: impl AsyncFn() -> Result<T, Trouble>) -> Result<T, Failure> {
    for _ in 1..TRIES {
        match work().await {
            Err(Trouble::Login(why @ (LoginFault::CodeInvalid | LoginFault::PasswordInvalid))) => out::talk(&why.to_string()),
            Err(Trouble::Login(why)) => return Err(why.into()),
            Err(Trouble::Other(why)) => return Err(why),
            Ok(done) => return Ok(done),
        }
    }
    work().await.map_err(|trouble| match trouble {
        Trouble::Login(why) => why.into(),
        Trouble::Other(why) => why,
    })
}

enum Trouble {
    Login(LoginFault),
    Other(Failure),
}

impl From<LoginFault> for Trouble {
    fn from(why: LoginFault) -> Self {
        Self::Login(why)
    }
}

impl From<Failure> for Trouble {
    fn from(why: Failure) -> Self {
        Self::Other(why)
    }
}

async fn by_qr(mut login: Login) -> Result<Account, Failure> {
    let mut lines = 0;
    loop {
        match login.qr().await? {
            QrStep::Show(link, lives) => {
                lines = draw(&link, lines)?;
                login.wait_for_scan(lives).await;
            }
            QrStep::Then(Step::Done(account)) => return Ok(account),
            QrStep::Then(Step::Password(hint)) => return by_password(&login, hint).await,
            QrStep::Then(Step::Code(_)) => {
                return Err(Failure::Refused("Telegram asks for a code after the scan; log in without --qr".to_owned()));
            }
        }
    }
}

/// Draws the code over the one before, `above` lines further up. How many lines it took.
fn draw(link: &str, above: usize) -> Result<usize, Failure> {
    let code = QrCode::new(link).map_err(|why| Failure::Refused(format!("the link doesn't fit into a QR code: {why}")))?;
    // Light modules are drawn, dark ones left out: right on dark terminals, and scanners take it on light ones too.
    let drawn = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
    let text = format!("{drawn}\n\nIn the Telegram app: Settings → Devices → Link Desktop Device. Or open: {link}");
    if above > 0 && std::io::stdout().is_terminal() {
        out::bytes(format!("\u{1b}[{above}A\u{1b}[J").as_bytes())?;
    }
    out::data(&text)?;
    Ok(text.lines().count())
}

async fn check(session: &Session, access: Access, sealing: &Sealing<'_>) -> Result<(), Failure> {
    let config = &session.config;
    let here = look(&config.data_dir, sealing);
    if let Some(owner) = here.owner {
        // Telegram isn't asked: two programs with one session end it.
        let who = here.account?.map_or_else(|| "Nobody is logged in.".to_owned(), |account| format!("{}.", called(&account)));
        let state = match here.state {
            Some(state) => {
                format!("The running rollcall (process {}) uses the session: {}.", owner.pid, state.in_english(config.zone))
            }
            None => format!("Process {} has it: somebody is logging in there, or rollcall has just started.", owner.pid),
        };
        return Ok(out::data(&format!("{who}\n{state}"))?);
    }
    let mut login = Login::open(&config.data_dir, access, sealing, session.clock()).await?;
    if login.account().is_none() {
        return Err(Failure::Refused("nobody is logged in: run `rollcall session login`".to_owned()));
    }
    let account = login.check().await.map_err(|why| match why {
        CallFault::LoggedOut(name) => Failure::Refused(format!(
            "Telegram has ended this session ({name}): in the app's device list, or because two programs used it. Run `rollcall session login`"
        )),
        other => other.into(),
    })?;
    let since = account.since.with_timezone(&config.zone).format("%Y-%m-%d %H:%M");
    Ok(out::data(&format!(
        "{}, account {}\nat data centre {}, logged in since {since}\nTelegram answers; all is well.",
        called(&account),
        account.id,
        login.home()
    ))?)
}
