//! Which functions a day's work runs, so that the linker can lay them side by side (`build.rs`).
//!
//! The program has some 35,000 functions, and runs 2,000 of them as long as nobody asks for a workbook, a picture or a network. The kernel maps a
//! program's file in pieces of 64 KiB: scattered among the others those 2,000 keep nearly half of the file in memory, together a tenth of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::Path,
    process::Command,
    time::Duration,
};

use chrono::{DateTime, Utc};
use telegram_sim::{FloodPlan, Sim};

use super::{
    program::{Program, wait, write_registry},
    updates::FROM,
};

/// Beside this file, for the linker.
const ORDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/daemon/order.ld");
const MESSAGES: usize = 2_000;
const REST: Duration = Duration::from_secs(30);
/// A line names a function without what tells those apart that were made of it for different types, since that changes with every release of
/// a compiler or a library. When it means more bytes than these that didn't run, those that ran are named one by one before it, as they are called now.
const WIDE: u64 = 1_500;
/// Too many for the line that means them all.
const TOO_WIDE: u64 = 80_000;
const HEAD: &str = "\
/* What a day's work runs, side by side: written by `cargo bench --bench daemon -- order PROGRAM`.
   Functions that are no longer there do no harm, and new ones only lie elsewhere. */
SECTIONS
{
  .text : {
";
const TAIL: &str = "  }\n}\nINSERT AFTER .eh_frame;\n";

/// A function of the program.
struct Function {
    name: String,
    bytes: u64,
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// First what a program does that nobody writes to.
    AtRest,
    AtWork,
    /// Last what is called like something that runs: should its name have changed, it is here.
    Alike,
}

/// Writes the order that this program shows, which has its symbols still.
pub(super) fn run(program: &Path) -> Result<(), String> {
    let functions = functions(program)?;
    if functions.len() < 1_000 {
        return Err(format!("{} doesn't name its functions: build it with `-C strip=none`", program.display()));
    }
    let (at_rest, at_work) = (ran(program, 0), ran(program, MESSAGES));
    let mut alike: BTreeMap<String, Vec<&Function>> = BTreeMap::new();
    for function in &functions {
        alike.entry(pattern(&function.name)).or_default().push(function);
    }
    let mut lines = BTreeSet::new();
    let (mut run, mut bytes) = (0, 0);
    for (pattern, alike) in alike {
        let (ran, others): (Vec<_>, Vec<_>) =
            alike.into_iter().partition(|function| at_rest.contains(&function.name) || at_work.contains(&function.name));
        if ran.is_empty() {
            continue;
        }
        run += ran.len();
        bytes += ran.iter().map(|function| function.bytes).sum::<u64>();
        let beside = others.iter().map(|function| function.bytes).sum::<u64>();
        let place = |function: &Function| if at_rest.contains(&function.name) { Place::AtRest } else { Place::AtWork };
        if beside <= WIDE {
            lines.extend(ran.iter().map(|function| place(function)).min().map(|place| (place, pattern)));
            continue;
        }
        lines.extend(ran.iter().map(|function| (place(function), function.name.clone())));
        if beside <= TOO_WIDE {
            lines.insert((Place::Alike, pattern));
        }
    }
    let text: String = lines.iter().map(|(_, name)| format!("    *(.text*.{name})\n")).collect();
    fs::write(ORDER, format!("{HEAD}{text}{TAIL}")).map_err(|why| format!("{ORDER}: {why}"))?;
    println!("{run} of {} functions ran, {} KiB: {} lines", functions.len(), bytes / 1024, lines.len());
    Ok(())
}

/// The names of what runs from the start until a stop: with messages they are counted, and an admin asks for the menu.
fn ran(program: &Path, messages: usize) -> BTreeSet<String> {
    let sim = Sim::start();
    let bot = sim.bot("rollcall_bot");
    let from = DateTime::<Utc>::from_timestamp(FROM, 0).expect("a time");
    sim.clock().set(from);
    let flood = sim.flood(&bot, &FloodPlan::new(messages, from));
    let admin = sim.user("Admin");
    let dir = tempfile::tempdir().expect("a directory");
    let pairs = flood.groups.iter().flat_map(|group| flood.users.iter().map(|user| (group.id, user.id)));
    write_registry(dir.path(), &pairs.collect());
    let profile = dir.path().join("callgrind.out");
    let running = Program::profiled(program, dir.path(), &sim, &bot, admin.id, &profile);
    wait(|| bot.polls() > 0 && bot.pending() == 0);
    if messages > 0 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
        runtime.block_on(async {
            admin.tells(&bot, "/start");
            admin.reads(&bot).await;
            for label in ["Teachers", "Menu"] {
                admin.presses(&bot, label).await;
                admin.reads(&bot).await;
            }
        });
    }
    // The first looks at groups, messages that are due, and days that are over.
    std::thread::sleep(REST);
    running.stop();
    names(&fs::read_to_string(&profile).expect("callgrind writes its profile"))
}

/// Functions that have costs of their own in a profile. It names each once in full, `fn=(12) name`, and calls (`cfn=`) name some too.
fn names(profile: &str) -> BTreeSet<String> {
    let mut known: HashMap<&str, &str> = HashMap::new();
    let mut ran = BTreeSet::new();
    for line in profile.lines() {
        let Some((kind, rest)) = line.split_once("fn=(") else { continue };
        let Some((number, name)) = rest.split_once(')') else { continue };
        if !name.is_empty() {
            known.insert(number, name.trim_start());
        }
        if kind.is_empty() {
            // A function that calls itself has a number behind its name.
            let name = known.get(number).copied().unwrap_or_default();
            ran.insert(name.split('\'').next().unwrap_or_default().to_owned());
        }
    }
    ran
}

fn functions(program: &Path) -> Result<Vec<Function>, String> {
    let listed = Command::new("nm").arg("--print-size").arg(program).output().map_err(|why| format!("nm: {why}"))?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let function = |line: &str| {
        let [_, bytes, kind, name] = line.split_whitespace().collect::<Vec<_>>()[..] else { return None };
        let bytes = u64::from_str_radix(bytes, 16).ok()?;
        matches!(kind, "t" | "T" | "w" | "W").then(|| Function { name: name.to_owned(), bytes })
    };
    Ok(listed.lines().filter_map(function).collect())
}

/// A name without what another compiler, or another release of a library, would call otherwise: the hash at its end, or those of the crates in it.
fn pattern(name: &str) -> String {
    let (name, is_cut) = name.split_once(".llvm.").map_or((name, false), |(name, _)| (name, true));
    let hash = name.len().checked_sub("17h0123456789abcdefE".len());
    if let Some(hash) = hash.filter(|hash| name.ends_with('E') && name[*hash..].starts_with("17h")) {
        return format!("{}17h*", &name[..hash]);
    }
    let mut parts = name.split("Cs");
    let mut pattern = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('_') {
            Some((hash, rest)) if name.starts_with("_R") && hash.chars().all(|c| c.is_ascii_alphanumeric()) => {
                pattern.push_str("Cs*_");
                pattern.push_str(rest);
            }
            _ => {
                pattern.push_str("Cs");
                pattern.push_str(part);
            }
        }
    }
    if is_cut { format!("{pattern}*") } else { pattern }
}
