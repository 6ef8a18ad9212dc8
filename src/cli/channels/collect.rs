//! `rollcall channels collect` and `refresh`: from Telegram into a folder.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::NaiveDate;
use clap::ValueEnum;
use tokio::time::Instant;

use super::{handed, progress::Progress};
use crate::cli::{Session, failure::Failure, out, session::wait_for};
use crate::{
    app,
    channels::{Bounds, ChannelName, NameError},
    collector::{Ended, Files, Folder, LineSource, RefreshWish, Trouble, Wish, collect, estimate, refresh},
    domain::collection::{Along, Brought, Errand, Estimated, Samples},
    mtproto::{Line, Sealing, look},
    secrets::keyring::SystemKeyring,
    store::{DirectoryLock, Owner, disk::RealDisk},
    study::local,
};

/// How long the first connection may take.
const CONNECT: Duration = Duration::from_secs(60);

/// What to sample.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct RefreshArgs {
    /// Channels that are collected already; all of them otherwise
    #[arg(value_name = "NAME[;NAME…]")]
    names: Vec<String>,
    /// So many posts of each channel, the newest
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    last: u32,
    /// Also what people wrote below these posts since
    #[arg(long)]
    comments: bool,
    /// Wait so long when Telegram asks to, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    patience: u64,
    /// The folder
    #[arg(long, short, value_name = "DIR", default_value = "output/data")]
    output: PathBuf,
}

/// What to collect.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct CollectArgs {
    /// Channels: @name, t.me/name or a link; several between semicolons or spaces
    #[arg(required_unless_present = "batch_file", value_name = "NAME[;NAME…]")]
    names: Vec<String>,
    /// A file with one channel a line
    #[arg(long, value_name = "FILE")]
    batch_file: Option<PathBuf>,
    /// Only messages of this day and later
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// Only messages of this day and earlier
    #[arg(long, value_name = "DATE")]
    to: Option<NaiveDate>,
    /// Only so many messages of each channel, the newest
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
    /// Only messages with a higher number
    #[arg(long, value_name = "ID", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(i64).range(0..))]
    min_id: i64,
    /// What is known of the channels, without their messages
    #[arg(long)]
    metadata_only: bool,
    /// What people wrote below posts as well, into a file of its own
    #[arg(long, conflicts_with = "metadata_only")]
    comments: bool,
    /// Photos and documents as well, into <channel>/media
    #[arg(long, conflicts_with = "metadata_only")]
    media: bool,
    /// With --media: no documents that are larger, in megabytes
    #[arg(long, value_name = "MB", default_value_t = 20, requires = "media")]
    media_limit: u64,
    /// From channel to channel so many times
    #[arg(long, value_name = "DEPTH", default_value_t = 0, hide_default_value = true, value_parser = clap::value_parser!(u32).range(0..=5))]
    snowball: u32,
    /// With --snowball: along what; names in mentions and links have to be resolved, of which Telegram bears few
    #[arg(long, value_enum, value_delimiter = ',', value_name = "KIND,…", default_values_t = [Way::Forward], requires = "snowball")]
    snowball_kinds: Vec<Way>,
    /// With --snowball: only to channels that so many messages refer to
    #[arg(long, value_name = "N", default_value_t = 5, requires = "snowball")]
    min_references: u64,
    /// With --snowball: resolve at most so many names that mentions and links have, those with the most references
    #[arg(long, value_name = "N", default_value_t = 50, requires = "snowball")]
    max_names: usize,
    /// Only say what it would take, by one or two requests for each channel
    #[arg(long)]
    dry_run: bool,
    /// Count in counter.csv as telegram-tracker does, with its mistakes
    #[arg(long)]
    compat: bool,
    /// Wait so long when Telegram asks to, in minutes; longer waits are left to the next run
    #[arg(long, value_name = "MINUTES", default_value_t = 15)]
    patience: u64,
    /// Where a running bot has the session: have it collect, and don't wait until it is done
    #[arg(long, conflicts_with = "dry_run")]
    detach: bool,
    /// The folder
    #[arg(long, short, value_name = "DIR", default_value = "output/data")]
    output: PathBuf,
}

/// Along what a snowball goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// Forwarded messages, which name the other channel's number
    Forward,
    /// An @name in a text
    Mention,
    /// A link to a channel or to one of its posts
    Link,
}

/// Collects.
pub(super) fn collect_all(session: &Session, args: &CollectArgs) -> Result<(), Failure> {
    let wish = wish(session, args)?;
    // A running bot has the session: it collects for us.
    if has_bot(session)? {
        let errand = if args.dry_run { Errand::Estimate } else { Errand::Collect };
        let brought = handed::hand_over(session, handed::collection(&wish, &args.output, errand)?, !args.detach)?;
        return match brought {
            Some(Brought::Estimated(found)) => tell_estimate(session, &wish, &found),
            Some(Brought::Sampled(_)) | None => Ok(()),
        };
    }
    with_telegram(session, async |source| {
        if args.dry_run { dry_run(session, args, &wish, source).await } else { gather(session, args, &wish, source).await }
    })
}

/// Samples again.
pub(super) fn refresh_all(session: &Session, args: &RefreshArgs) -> Result<(), Failure> {
    let names = ChannelName::parse_list(&args.names.join(";")).map_err(|why| Failure::Refused(why.to_string()))?;
    if !args.output.is_dir() {
        return Err(Failure::Refused(format!("nothing is collected in {} yet", args.output.display())));
    }
    if has_bot(session)? {
        let wish = Wish { names, has_comments: args.comments, ..Wish::default() };
        let errand = Errand::Sample { last: u64::from(args.last) };
        let brought = handed::hand_over(session, handed::collection(&wish, &args.output, errand)?, true)?;
        return match brought {
            Some(Brought::Sampled(samples)) => Ok(out::data(&said_samples(samples).join("\n"))?),
            Some(Brought::Estimated(_)) | None => Ok(()),
        };
    }
    let wish = RefreshWish {
        names,
        last: args.last as usize,
        has_comments: args.comments,
        sampled_at: RefreshWish::moment(session.now()),
        patience: Duration::from_secs(args.patience.saturating_mul(60)),
    };
    with_telegram(session, async |source| sample(session, args, &wish, source).await)
}

fn with_telegram(session: &Session, work: impl AsyncFnOnce(&LineSource) -> Result<(), Failure>) -> Result<(), Failure> {
    is_free(session)?;
    wait_for(async {
        let work = async { work(&connect(session).await?).await };
        tokio::select! {
            done = work => done,
            _ = tokio::signal::ctrl_c() => {
                Err(Failure::Refused("stopped; the same command goes on from here".to_owned()))
            }
        }
    })
}

fn wish(session: &Session, args: &CollectArgs) -> Result<Wish, Failure> {
    let mut typed = args.names.join(";");
    if let Some(path) = &args.batch_file {
        let text = fs::read_to_string(path).map_err(|why| Failure::Refused(format!("can't read {}: {why}", path.display())))?;
        typed = format!("{typed}\n{text}");
    }
    let names = ChannelName::parse_list(&typed).map_err(|why: NameError| Failure::Refused(why.to_string()))?;
    if names.is_empty() {
        return Err(Failure::Refused("no channel is named".to_owned()));
    }
    if args.from.zip(args.to).is_some_and(|(from, to)| from > to) {
        return Err(Failure::Refused("--from is later than --to".to_owned()));
    }
    let zone = session.config.zone;
    let bounds = Bounds {
        from: args.from.map(|day| local::start_of(zone, day).timestamp()),
        to: args.to.map(|day| local::end_of(zone, day).timestamp()),
        limit: args.limit,
        min_id: args.min_id,
    };
    Ok(Wish {
        names,
        bounds,
        is_metadata_only: args.metadata_only,
        has_comments: args.comments,
        media: args.media.then(|| args.media_limit.saturating_mul(1 << 20)),
        depth: args.snowball,
        along: Along {
            forwards: args.snowball_kinds.contains(&Way::Forward),
            mentions: args.snowball_kinds.contains(&Way::Mention),
            links: args.snowball_kinds.contains(&Way::Link),
        },
        most_names: args.max_names,
        min_references: args.min_references,
        is_compatible: args.compat,
        patience: Duration::from_secs(args.patience.saturating_mul(60)),
    })
}

/// Whether the process that owns the data has the user session.
fn has_bot(session: &Session) -> Result<bool, Failure> {
    let dir = &session.config.data_dir;
    let owner = DirectoryLock::owner(dir)?;
    let (keyring, config) = (SystemKeyring::of(dir), &session.config.session);
    let sealing = Sealing { choice: config.seal, passphrase: config.passphrase.as_ref(), keyring: &keyring };
    Ok(owner.is_some() && look(dir, &sealing).owner.map(|owner| owner.pid) == owner.map(|owner| owner.pid))
}

/// Telegram ends a session that two programs use.
fn is_free(session: &Session) -> Result<(), Failure> {
    let config = &session.config;
    let keyring = SystemKeyring::of(&config.data_dir);
    let sealing = Sealing { choice: config.session.seal, passphrase: config.session.passphrase.as_ref(), keyring: &keyring };
    if config.access().is_none() {
        return Err(Failure::Refused(
            "TELEGRAM_API_ID and TELEGRAM_API_HASH are missing: take both from https://my.telegram.org (API development tools) and put them into .env"
                .to_owned(),
        ));
    }
    let here = look(&config.data_dir, &sealing);
    if let Some(owner) = here.owner {
        return Err(Failure::Refused(format!(
            "process {} uses this user session, and Telegram ends a session that two programs use. Stop that one for as long as it takes; \
             or give research an account of its own: `rollcall --data-dir research session login`, then `rollcall --data-dir research channels collect …`",
            owner.pid
        )));
    }
    if here.account?.is_none() {
        return Err(Failure::Refused("nobody is logged in: run `rollcall session login`".to_owned()));
    }
    Ok(())
}

async fn connect(session: &Session) -> Result<LineSource, Failure> {
    let (line, supervisor, mut events) = Line::new(app::line_setup(&session.config, session.clock()));
    tokio::spawn(supervisor.run());
    // What happens in groups is nothing to us.
    tokio::spawn(async move { while events.recv().await.is_some() {} });
    let mut states = line.states();
    // It says that nobody is logged in before it has looked.
    let looked = tokio::time::timeout(CONNECT, states.changed()).await;
    let source = LineSource::new(line);
    let up = match looked {
        Ok(Ok(())) => source.is_up(Instant::now() + CONNECT).await,
        Ok(Err(_)) | Err(_) => Err(None),
    };
    let why = |why: Option<String>| why.unwrap_or_else(|| "Telegram can't be reached; see `rollcall session check`".to_owned());
    up.map(|()| source).map_err(|silent| Failure::Refused(why(silent)))
}

fn owner(session: &Session) -> Owner {
    Owner { pid: std::process::id(), since: session.now().to_rfc3339() }
}

fn open(session: &Session, dir: &Path) -> Result<Folder, Failure> {
    Folder::open(dir, Arc::new(RealDisk), &owner(session)).map_err(|why| Failure::Refused(why.to_string()))
}

async fn gather(session: &Session, args: &CollectArgs, wish: &Wish, source: &LineSource) -> Result<(), Failure> {
    let folder = open(session, &args.output)?;
    let progress = Progress::new();
    let ended = collect(&folder, source, wish, &mut |told| progress.tell(told)).await;
    drop(progress);
    let ended = ended.map_err(|why| Failure::Refused(why.to_string()))?;
    out::data(&summary(&ended, &args.output))?;
    match ended.cut_short {
        Some(why) => {
            Err(Failure::Refused(format!("{why}; what came until then is kept, and the same command goes on from there")))
        }
        None if ended.done == 0 => Err(Failure::Unhealthy),
        None => Ok(()),
    }
}

async fn sample(session: &Session, args: &RefreshArgs, wish: &RefreshWish, source: &LineSource) -> Result<(), Failure> {
    let folder = open(session, &args.output)?;
    let progress = Progress::new();
    let sampled = refresh(&folder, source, wish, &mut |told| progress.tell(told)).await;
    drop(progress);
    let sampled = sampled.map_err(|why| Failure::Refused(why.to_string()))?;
    let mut lines: Vec<String> = sampled.failed.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    lines.extend(said_samples(sampled.samples(wish.has_comments)));
    out::data(&lines.join("\n"))?;
    sampled.cut_short.map_or(Ok(()), |why| Err(Failure::Refused(why)))
}

fn said_samples(samples: Samples) -> Vec<String> {
    let Samples { posts, edited, deleted, comments } = samples;
    let mut lines = vec![format!("{posts} posts sampled: {edited} edited, {deleted} deleted since the last look.")];
    lines.extend(comments.map(|comments| match comments {
        1 => "1 new comment.".to_owned(),
        many => format!("{many} new comments."),
    }));
    lines
}

fn summary(ended: &Ended, dir: &Path) -> String {
    let mut lines: Vec<String> = ended.failed.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    if ended.files != Files::default() {
        let Files { new, too_large, gone, short } = ended.files;
        lines.push(format!("{new} new files; {too_large} are larger than wanted, {gone} can't be had any more."));
        if short > 0 {
            lines.push(format!("{short} came shorter than Telegram says and weren't kept; the next run asks for them again."));
        }
    }
    let channels = if ended.done == 1 { "1 channel".to_owned() } else { format!("{} channels", ended.done) };
    let messages = if ended.new == 1 { "1 new message".to_owned() } else { format!("{} new messages", ended.new) };
    lines.push(format!("{channels} collected into {}, {messages}.", dir.display()));
    lines.join("\n")
}

async fn dry_run(session: &Session, args: &CollectArgs, wish: &Wish, source: &LineSource) -> Result<(), Failure> {
    let folder = args.output.exists().then(|| open(session, &args.output)).transpose()?;
    let found = estimate(folder.as_ref(), source, wish).await.map_err(|trouble| match trouble {
        Trouble::Line(why) => Failure::Refused(why),
        other => Failure::Refused(format!("{other:?}")),
    })?;
    tell_estimate(session, wish, &found.into_iter().map(Into::into).collect::<Vec<_>>())
}

fn tell_estimate(session: &Session, wish: &Wish, found: &[Estimated]) -> Result<(), Failure> {
    let mut lines: Vec<String> = found.iter().map(one_estimate).collect();
    let calls: u64 = found.iter().map(|one| one.calls).sum();
    let minutes = calls.div_ceil(u64::from(session.config.session.channels_per_minute)).max(1);
    if wish.media.is_some() {
        lines.push("How many files there are is known only when the messages are here; they come on top.".to_owned());
    }
    if wish.depth > 0 {
        lines.push(snowball_estimate(session, wish));
    }
    lines.push(format!("{calls} requests at most, some {}. Nothing was collected.", duration(minutes)));
    Ok(out::data(&lines.join("\n"))?)
}

fn one_estimate(one: &Estimated) -> String {
    match &one.messages {
        Ok((has, here)) => format!("{}: {has} messages, {here} of them here; {} requests", one.name, one.calls),
        Err(why) => format!("{}: {why}", one.name),
    }
}

/// Nobody knows beforehand where posts lead.
fn snowball_estimate(session: &Session, wish: &Wish) -> String {
    let begins = "Where a snowball leads is known only when the posts are here; its channels come on top.";
    if !wish.along.names() {
        return begins.to_owned();
    }
    // A tenth of the pace, see `mtproto/pace`.
    let minutes = (wish.most_names as u64 * 10).div_ceil(u64::from(session.config.session.channels_per_minute)).max(1);
    format!(
        "{begins} For mentions and links at most {} names are resolved in a run, in some {}.",
        wish.most_names,
        duration(minutes)
    )
}

fn duration(minutes: u64) -> String {
    match minutes {
        1 => "1 minute".to_owned(),
        2..120 => format!("{minutes} minutes"),
        _ => format!("{} hours", minutes.div_ceil(60)),
    }
}
