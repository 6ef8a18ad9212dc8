//! The whole thing without a Telegram account: a simulated Telegram, the real daemon, and a page to play all parts in.
//!
//! `cargo run --example playground [ADDRESS]` — 127.0.0.1:8080 unless told. Nothing of it outlives the process.

#![expect(clippy::print_stdout, reason = "it tells the person who started it where to look")]

use std::{collections::BTreeMap, sync::Arc};

use rollcall::{
    app,
    clock::{Clock, SystemClock},
    config::Config,
    demo,
    store::Store,
};
use telegram_sim::{Bot, Chat, ChatKind, Content, Sim, User};
use tokio::sync::watch;

/// The head of studies.
const ADMIN: i64 = 600_000_001;
const STUDENT: i64 = 700_000_500;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let dir = tempfile::tempdir()?;
    let config = settings(&dir, &address)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        fill(&config).await?;
        let sim = Sim::start_on(&address);
        let bot = sim.bot("rollcall_demo_bot");
        bot.set_privacy(false);
        let config = with_token(config, bot.token(), sim.url())?;
        open_school(&sim, &bot);
        println!("\n  The playground is open: {}\n", sim.url());
        println!("  Play the head of studies: send /start to the bot, then tap.");
        println!("  Write in a group as a teacher, and watch the numbers. Ctrl+C ends it.\n");
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.send_replace(true);
            }
        });
        app::run(config, Arc::new(SystemClock), stopped).await?;
        Ok(())
    })
}

/// The settings of a school that has only just heard of Rollcall.
fn settings(dir: &tempfile::TempDir, address: &str) -> Result<Config, Box<dyn std::error::Error>> {
    let path = |name: &str| dir.path().join(name).display().to_string();
    let given = [
        ("ADMIN_IDS", ADMIN.to_string()),
        ("DATA_DIR", path("data")),
        ("EXPORT_DIR", path("exports")),
        ("TELEGRAM_API_URL", format!("http://{address}")),
        ("WARN_DISK_MB", "0".to_owned()),
    ];
    let given: BTreeMap<_, _> = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Ok(Config::from_map(&given)?.0)
}

fn with_token(config: Config, token: &str, url: &str) -> Result<Config, Box<dyn std::error::Error>> {
    Ok(Config { bot_token: Some(token.into()), api_url: url.parse()?, ..config })
}

/// A month of made-up activity, as `rollcall init --demo` makes it.
async fn fill(config: &Config) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(&config.data_dir)?;
    let clock = Arc::new(SystemClock);
    let (school, days) = demo::school(clock.now(), config.zone, demo::SEED);
    let store = Store::open(&config.data_dir, clock)?;
    store.decide(&days, |_| school)?;
    store.close().await?;
    Ok(())
}

/// The same teachers and groups in the simulated Telegram, with a few words in each group.
fn open_school(sim: &Sim, bot: &Bot) {
    let admin = sim.user_with_id(ADMIN, "Nodira Azimova", "en").described("Head of studies");
    let student = sim.user_with_id(STUDENT, "Jasur", "uz").described("Student");
    let (applicant, name) = demo::APPLICANT;
    let applicant = sim.user_with_id(applicant.0, name, "uz").described("Wants to be registered");
    let teachers: Vec<(User, &demo::DemoTeacher)> = demo::TEACHERS
        .iter()
        .map(|teacher| (sim.user_with_id(teacher.account.0, teacher.name, "en").described("Teacher"), teacher))
        .collect();
    let mut groups: Vec<Chat> = Vec::new();
    for (index, group) in demo::GROUPS.iter().enumerate() {
        let here = teachers.iter().filter(|(_, teacher)| teacher.groups.contains(&index)).map(|(user, _)| user);
        let members: Vec<&User> = here.chain([&student, &applicant]).collect();
        let chat = sim.chat(group.chat.0, ChatKind::Supergroup, group.title, &members);
        admin.joins(&chat);
        admin.becomes_owner_of(&chat);
        admin.adds(bot, &chat);
        groups.push(chat);
    }
    for (user, teacher) in &teachers {
        if let Some(group) = teacher.groups.first().and_then(|index| groups.get(*index)) {
            user.says(group, greeting(teacher.id));
        }
    }
    if let Some((user, _)) = teachers.first() {
        user.sends(&groups[0], Content::voice());
        user.sends(&groups[0], Content::photo().captioned("Doskadagi masala"));
    }
    student.says(&groups[0], "Rahmat, ustoz!");
    groups[0].anonymous_says(Some(demo::ANONYMOUS_SIGNATURE), "Ota-onalar yigʻilishi juma kuni soat 18:00 da.");
    sim.basic_group("Parents of 5-A", &[&student]);
    admin.tells(bot, "/start");
    for (user, _) in teachers.iter().take(2) {
        user.tells(bot, "/start");
    }
}

fn greeting(id: &str) -> &'static str {
    match id.bytes().last().unwrap_or(b'0') % 4 {
        0 => "Assalomu alaykum! Bugungi mavzu: kasrlar.",
        1 => "Homework: exercises 4–7, page 52.",
        2 => "Завтра контрольная, повторите законы Ньютона.",
        _ => "Great work today, everyone 👏",
    }
}
