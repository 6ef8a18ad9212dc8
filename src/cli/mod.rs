//! The command line: arguments in, exit code out. What it does lies elsewhere; here is only who is asked.

mod ask;
mod backfill;
mod bar;
mod bots;
mod channels;
mod chats;
mod commands;
mod data;
mod doctor;
mod export;
mod failure;
mod groups;
mod health;
mod history;
mod import;
mod init;
mod jobs;
mod out;
mod pick;
mod post;
mod report;
mod rows;
mod run;
mod secrets;
mod send;
mod session;
mod store;
mod study;
mod teachers;
mod token;
mod user_session;

use std::{ffi::OsString, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use self::{failure::Failure, session::Session};
use crate::{clock::SharedClock, store::Home};

/// Counts what teachers write in Telegram groups, and tells those who may know.
#[derive(Debug, Parser)]
#[command(name = "rollcall", version, about, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Where things are, for every command.
#[derive(Debug, Args)]
struct Places {
    /// Read settings from this file instead of .env
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Use this data directory instead of DATA_DIR
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

/// The daemon's own command line, which is tried first: the description of all other commands would be some megabytes of the program
/// that a daemon has in memory for nothing.
#[derive(Debug, Parser)]
#[command(disable_help_flag = true, disable_help_subcommand = true, disable_version_flag = true)]
struct Daemon {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    command: Option<DaemonCommand>,
}

#[derive(Debug, Subcommand)]
enum DaemonCommand {
    Run,
}

impl Cli {
    fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        match Daemon::try_parse_from(arguments) {
            Ok(Daemon { places, command: None | Some(DaemonCommand::Run) }) => Ok(Self { places, command: None }),
            // Help, another command, or a mistake, which is then told in view of all commands.
            Err(_) => Self::try_parse_from(arguments),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  rollcall init --demo                       a made-up school to look around in
  rollcall                                   run the bot (the same as `rollcall run`)
  rollcall doctor                            find out why something doesn't work
  rollcall report --days 7                   who wrote how much in the last week
  rollcall report --from 2026-01-01 --to 2026-01-31 --format xlsx --out january.xlsx
  rollcall teachers add \"Ann Lee\" --account 123456789 --assign-all
  rollcall groups list --format json
  rollcall chats --refresh --format summary
  rollcall session login                     log in the account that sees voice chats
  rollcall channels collect @durov --limit 1000
  rollcall channels network output/data      who refers to whom, as tables, a picture and a page
  rollcall secrets set BOT_TOKEN             keep the token sealed instead of in .env
  rollcall backup monday.tar.zst             also while the bot runs
  rollcall send \"School is closed on Friday\" --all
  rollcall commands add news --feed https://school.example/rss --description \"School news\"
  rollcall jobs add digest --cron \"0 9 * * MON\" --to admins --period last-week

Settings come from the environment and from .env; .env.example explains each.

Exit codes:
  0   done
  1   it can't be done or failed (the message says why), or the doctor found an error
  2   the command line can't be understood
  78  the settings have mistakes (all are listed)";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the bot until it is told to stop (SIGTERM, Ctrl+C)
    Run,
    /// Create the data directory and a .env to fill in
    Init(init::InitArgs),
    /// Look at everything that could be wrong, and say what to do
    Doctor(doctor::DoctorArgs),
    /// Ask the running bot whether all is well (it needs METRICS_ADDR)
    Health,
    /// Show who wrote how much
    Report(report::ReportArgs),
    /// Look at and change the register of teachers
    #[command(subcommand)]
    Teachers(teachers::TeachersCommand),
    /// Look at and change the register of groups
    #[command(subcommand)]
    Groups(groups::GroupsCommand),
    /// Show the chats that bots are in: members, growth, administrators, rights
    Chats(chats::ChatsArgs),
    /// Keys with which programs use the REST interface
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Send a message to groups, through the running bot
    Send(send::SendArgs),
    /// Look at and steer what is done in the background: digests, backups, announcements, boards
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Look at and change the commands that people give the bot, beside those that are built in
    #[command(subcommand)]
    Commands(commands::CommandsCommand),
    /// Post a study community's board now, beside the schedule
    PostNow(post::PostArgs),
    /// Look into study time
    #[command(subcommand)]
    Study(study::StudyCommand),
    /// Send boards to the web dashboard
    #[command(subcommand)]
    Export(export::ExportCommand),
    /// Take over what another program counted
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// The user session, which sees who studies in voice chats
    #[command(subcommand)]
    Session(user_session::SessionCommand),
    /// The bots that this program runs, each with its own token
    #[command(subcommand)]
    Bots(bots::BotsCommand),
    /// Public channels for research: collect them, make datasets and networks of them
    #[command(subcommand)]
    Channels(channels::ChannelsCommand),
    /// Keep secret settings out of .env: sealed with a passphrase, or in the system's keyring
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    /// Move the counts to a database, or back to files
    #[command(subcommand)]
    Store(store::StoreCommand),
    /// Write the whole data directory into one file, also while the bot runs
    Backup(data::BackupArgs),
    /// Fill an empty data directory, or the database (STORE_URL), from a backup
    Restore(data::RestoreArgs),
}

/// Runs the program with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>, clock: SharedClock) -> ExitCode {
    let cli = match Cli::read(&arguments.into_iter().collect::<Vec<_>>()) {
        Ok(cli) => cli,
        Err(help_or_mistake) => {
            // If even that can't be written, the exit code says it.
            drop(help_or_mistake.print());
            return ExitCode::from(u8::try_from(help_or_mistake.exit_code()).unwrap_or(failure::FAILED));
        }
    };
    match carry_out(&cli, clock) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let text = why.to_string();
            if !text.is_empty() {
                out::talk(&format!("rollcall: {}", text.trim_end()));
            }
            why.code()
        }
    }
}

fn carry_out(cli: &Cli, clock: SharedClock) -> Result<(), Failure> {
    let (env_file, data_dir) = (cli.places.env_file.as_deref(), cli.places.data_dir.as_deref());
    if let Some(Command::Secrets(command)) = &cli.command {
        return secrets::run(env_file, data_dir, command);
    }
    if let Some(Command::Bots(command)) = &cli.command
        && let Some(done) = bots::keep(env_file, data_dir, command)
    {
        return done;
    }
    let settings = || Session::open(env_file, data_dir, clock.clone());
    if let Some(Command::Channels(command)) = &cli.command {
        return channels::run(settings, command, &clock);
    }
    let settings = settings();
    let command = match &cli.command {
        Some(Command::Doctor(args)) => return doctor::run(settings, args, clock),
        Some(command) => command,
        None => &Command::Run,
    };
    let session = settings?;
    match command {
        Command::Run => run::run(session),
        Command::Init(args) => init::run(&session, args),
        Command::Doctor(args) => doctor::run(Ok(session), args, clock),
        Command::Health => health::run(&session),
        Command::Report(args) => report::run(&session, args),
        Command::Teachers(command) => teachers::run(&session, command),
        Command::Groups(command) => groups::run(&session, command),
        Command::Chats(args) => chats::run(&session, args),
        Command::Token(command) => token::run(&session, command),
        Command::Send(args) => send::run(&session, args),
        Command::Jobs(command) => jobs::run(&session, command),
        Command::Commands(command) => commands::run(&session, command),
        Command::PostNow(args) => post::run(&session, args),
        Command::Study(command) => study::run(&session, command),
        Command::Export(command) => export::run(&session, command),
        Command::Import(command) => import::run(&session, command),
        Command::Session(command) => user_session::run(&session, command),
        Command::Bots(command) => bots::run(&session, command),
        Command::Channels(command) => channels::run(|| Ok(session), command, &clock),
        Command::Secrets(command) => secrets::run(env_file, data_dir, command),
        Command::Store(command) => store::run(&session, command),
        Command::Backup(args) => data::backup(&session, args),
        Command::Restore(args) => {
            // Whoever names a directory means it, also where the counts are in a database.
            let place = data_dir.map_or_else(|| session.config.home(), Home::directory);
            data::restore(&session, &place, args)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_daemons_own_command_line_is_a_part_of_the_whole() {
        Daemon::command().debug_assert();
        for line in ["", "run", "--data-dir x", "run --data-dir x", "--env-file y run --data-dir x"] {
            let words: Vec<OsString> = std::iter::once("rollcall").chain(line.split_whitespace()).map(OsString::from).collect();
            let (first, whole) = (Cli::read(&words).expect(line), Cli::try_parse_from(&words).expect(line));
            let is_daemon = matches!((&first.command, &whole.command), (None, None | Some(Command::Run)));
            assert!(is_daemon && format!("{:?}", first.places) == format!("{:?}", whole.places), "{line}");
        }
        for line in ["--help", "run --help", "--version", "help", "doctor", "nonsense", "run --nonsense"] {
            let words: Vec<OsString> = ["rollcall"].into_iter().chain(line.split_whitespace()).map(OsString::from).collect();
            let whole = Cli::try_parse_from(&words).map(|cli| format!("{cli:?}")).map_err(|why| why.to_string());
            assert_eq!(Cli::read(&words).map(|cli| format!("{cli:?}")).map_err(|why| why.to_string()), whole);
        }
    }

    #[test]
    fn the_help_teaches() {
        insta::assert_snapshot!(Cli::command().term_width(100).render_long_help());
    }

    #[test]
    fn ids_of_groups_begin_with_a_minus() {
        for line in [
            "groups enable -1001",
            "teachers assign T001 -1001",
            "report --days 7 --group -1001",
            "teachers list --group -1001",
            "chats --chat-id -1001",
            "chats forget -1001",
            "import telegram-export result.json --group -1001",
            "import telegram-history --since 2026-01-01 --group -1001",
        ] {
            let words = std::iter::once("rollcall").chain(line.split(' '));
            assert!(Cli::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
