//! How long a press of a menu button takes while a stream of messages is counted: from the press to the new screen, all of
//! it on one machine.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

use telegram_sim::{Bot, Sim, User};

use super::program::{Program, print_percentiles, write_registry};

/// So many admins that nobody presses faster than Telegram lets a bot answer.
const ADMINS: usize = 20;
const ROUNDS: usize = 8;
const PACE: Duration = Duration::from_millis(125);
/// Messages a second; they come in handfuls, as from a busy evening.
const STREAMS: [u64; 2] = [0, 5_000];
const HANDFUL: u64 = 25;
const TEACHERS: usize = 100;
const GROUPS: usize = 20;

/// Prints a table.
pub(super) fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    println!("\nA press, from the tap to the new screen ({} presses)\n", ADMINS * ROUNDS);
    for per_second in STREAMS {
        let (mut took, really) = measure(&runtime, per_second);
        print_percentiles(&format!("while {really:.0} messages/s come in"), &mut took);
    }
}

/// The times of the presses, and how many messages a second there really were.
fn measure(runtime: &tokio::runtime::Runtime, per_second: u64) -> (Vec<Duration>, f64) {
    let sim = Sim::start();
    let bot = sim.bot("rollcall_bot");
    let teachers: Vec<User> = (0..TEACHERS).map(|n| sim.user(&format!("Teacher {n}"))).collect();
    let everybody: Vec<&User> = teachers.iter().collect();
    let groups: Vec<_> = (0..GROUPS).map(|n| sim.group(&format!("Group {n}"), &everybody)).collect();
    let admins: Vec<User> = (0..ADMINS).map(|n| sim.user(&format!("Admin {n}"))).collect();
    for group in &groups {
        admins[0].joins(group);
        admins[0].adds(&bot, group);
    }
    let dir = tempfile::tempdir().expect("a directory");
    let pairs = groups.iter().flat_map(|group| teachers.iter().map(|teacher| (group.id, teacher.id)));
    write_registry(dir.path(), &pairs.collect());
    let ids: Vec<String> = admins.iter().map(|admin| admin.id.to_string()).collect();
    let _daemon = Program::daemon(dir.path(), &sim, &bot, &ids.join(","));
    let (over, said) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let began = Instant::now();
            while per_second > 0 && !over.load(Relaxed) {
                let due = (began.elapsed().as_secs_f64() * per_second as f64) as u64;
                if due < said.load(Relaxed) + HANDFUL {
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
                for _ in 0..HANDFUL {
                    let n = said.fetch_add(1, Relaxed) as usize;
                    teachers[n % TEACHERS].says(&groups[n % GROUPS], "Good evening!");
                }
            }
        });
        let began = Instant::now();
        let took = runtime.block_on(press(&bot, &admins));
        over.store(true, Relaxed);
        (took, said.load(Relaxed) as f64 / began.elapsed().as_secs_f64())
    })
}

/// Each admin goes from the menu to the teachers and back again.
async fn press(bot: &Bot, admins: &[User]) -> Vec<Duration> {
    for admin in admins {
        admin.tells(bot, "/start");
        admin.reads(bot).await;
    }
    let mut took = Vec::new();
    let mut ticks = tokio::time::interval(PACE);
    for round in 0..ROUNDS {
        for admin in admins {
            ticks.tick().await;
            let label = if round % 2 == 0 { "Teachers" } else { "Menu" };
            let began = Instant::now();
            admin.presses(bot, label).await;
            admin.reads(bot).await;
            took.push(began.elapsed());
        }
    }
    took
}
