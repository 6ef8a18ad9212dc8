//! The whole thing without a Telegram account: a simulated Telegram, the real daemon, and a page to play all parts in.
//!
//! `cargo run --example playground [ADDRESS]` — 127.0.0.1:8080 unless told. Nothing of it outlives the process.

#![expect(clippy::print_stdout, reason = "it tells the person who started it where to look")]

mod stand_in;

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use chrono::{DateTime, Utc};
use rollcall::{
    app,
    clock::{Clock, SharedClock},
    config::Config,
    demo,
    domain::{
        audit::Actor,
        change::{Change, Outcome},
        ids::UserId,
        jobs::{Digest, DigestFormat, DigestPeriod, Recipients, Task},
        lang::Lang,
        period::local_day,
        state::State,
        study::{Community, StudyChange},
    },
    mtproto::{Login, SealChoice, Sealing},
    orders::{Order, Timing, about_job},
    secrets::keyring::SystemKeyring,
    store::Store,
};
use telegram_sim::{Bot, Chat, ChatKind, Content, Rights, Sim, User};
use tokio::sync::watch;

/// The head of studies.
const ADMIN: i64 = 600_000_001;
const STUDENT: i64 = 700_000_500;
/// Somebody who collects public channels.
const RESEARCHER: i64 = 700_000_700;
/// The account through which voice chats are watched.
const WATCHER: i64 = 700_000_900;

/// The simulator's time, so that an evening on the page is an evening for the bot.
#[derive(Debug)]
struct PlayClock(Sim);

impl Clock for PlayClock {
    fn now(&self) -> DateTime<Utc> {
        self.0.clock().now()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let dir = tempfile::tempdir()?;
    let sim = Sim::start_on(&address);
    let _ = sim.data_centre();
    let watcher = sim.user_with_id(WATCHER, "Rollcall's eyes", "en").described("The user session");
    let clock: SharedClock = Arc::new(PlayClock(sim.clone()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let [bot, second] = ["rollcall_demo_bot", "second_demo_bot"].map(|name| sim.bot(name));
        bot.set_privacy(false);
        second.set_privacy(false);
        let model = stand_in::start().await?;
        let config = settings(&dir, (&sim, &address), &watcher, [&bot, &second], &model)?;
        fill(&config, &clock).await?;
        log_in(&config, &watcher, &clock).await?;
        sim.show_times_in(config.zone.name());
        open_school(&sim, [&bot, &second], &watcher);
        publish(&sim, clock.now());
        println!("\n  The playground is open: {}\n", sim.url());
        println!("  Play the head of studies: send /start to the bot, then tap.");
        println!("  Write in a group as a teacher, and watch the numbers.");
        println!("  Ask the bot: who wrote less than usual this month? (A stand-in for a model answers from the real reports.)");
        println!("  Send /send to the bot: write to all groups at once; Jobs shows what became of it, and a weekly report.");
        println!("  Send /dashboard to the bot: its link leads to the dashboard at http://{}", beside(&address)?);
        println!("  Start a voice chat in the first group, let people join, move the clock to 21:30. Ctrl+C ends it.\n");
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.send_replace(true);
            }
        });
        app::run(config, clock, stopped).await?;
        Ok(())
    })
}

/// The settings of a school that has only just heard of Rollcall.
fn settings(
    dir: &tempfile::TempDir,
    (sim, address): (&Sim, &str),
    watcher: &User,
    [bot, second]: [&Bot; 2],
    model: &str,
) -> Result<Config, Box<dyn std::error::Error>> {
    let path = |name: &str| dir.path().join(name).display().to_string();
    let own = (0..8).map(|_| sim.new_session().telethon());
    let keys = std::iter::once(watcher.session().telethon()).chain(own).collect::<Vec<_>>().join(",");
    let given = [
        ("BOT_TOKEN", bot.token().to_owned()),
        ("BOTS", "main,second".to_owned()),
        ("BOT_SECOND_TOKEN", second.token().to_owned()),
        ("ADMIN_IDS", ADMIN.to_string()),
        ("DATA_DIR", path("data")),
        ("EXPORT_DIR", path("exports")),
        ("TELEGRAM_API_URL", format!("http://{address}")),
        ("WARN_DISK_MB", "0".to_owned()),
        ("WEB_ADDR", beside(address)?.to_string()),
        ("TELEGRAM_API_ID", "1234567".to_owned()),
        ("TELEGRAM_API_HASH", "0123456789abcdef0123456789abcdef".to_owned()),
        // The watcher's key, and one for each of those who research.
        ("TELEGRAM_DC", keys),
        ("RESEARCHER_IDS", RESEARCHER.to_string()),
        ("CHANNELS_PER_MINUTE", "6000".to_owned()),
        ("ASSISTANT_FOR", "admins".to_owned()),
        ("ASSISTANT_IN_GROUPS", "yes".to_owned()),
        ("ASSISTANT_OPENAI_URL", model.to_owned()),
        ("ASSISTANT_OPENAI_MODEL", "stand-in".to_owned()),
    ];
    let given: BTreeMap<_, _> = given.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let config = Config::from_map(&given)?.0;
    // Whoever plays looks on.
    Ok(Config { look_every: std::time::Duration::from_secs(1), ..config })
}

/// Where the dashboard is: the next port.
fn beside(address: &str) -> Result<SocketAddr, Box<dyn std::error::Error>> {
    let page: SocketAddr = address.parse()?;
    Ok(SocketAddr::new(page.ip(), page.port().checked_add(1).ok_or("there is no port after this one")?))
}

/// A month of made-up activity, as `rollcall init --demo` makes it.
async fn fill(config: &Config, clock: &SharedClock) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(&config.data_dir)?;
    let (school, days) = demo::school(clock.now(), config.zone, demo::SEED);
    let store = Store::open(&config.data_dir, clock.clone())?;
    store.decide(&days, |_| school)?;
    store.decide(&[], |_| watched(config, clock))?;
    store.decide(&[], |state| weekly_report(state, config, clock))?;
    store.close().await?;
    Ok(())
}

/// The first group's voice chats are watched, from today on.
fn watched(config: &Config, clock: &SharedClock) -> Outcome {
    let group = &demo::GROUPS[0];
    let today = local_day(config.zone, clock.now());
    let community = Community::new(group.chat, group.title.to_owned(), config.zone, Lang::En, today);
    let change = StudyChange::Community(group.chat, Some(Box::new(community)));
    Outcome { changes: vec![Change::Study(change)], work: Vec::new() }
}

/// The admins get last week's report on Mondays.
fn weekly_report(state: &State, config: &Config, clock: &SharedClock) -> Outcome {
    let digest =
        Digest { to: Recipients::Admins, format: DigestFormat::Text, period: DigestPeriod::LastWeek, lang: None, group: None };
    let timing = Some(Timing { cron: "0 9 * * MON".to_owned(), zone: None });
    let order = Order::MakeJob { task: Task::Digest(digest), timing, asked: 1 };
    let made = about_job(state, config.zone, clock.now(), &Actor::Telegram(UserId(ADMIN)), &order);
    made.unwrap_or_else(|_| Outcome::nothing())
}

async fn log_in(config: &Config, watcher: &User, clock: &SharedClock) -> Result<(), Box<dyn std::error::Error>> {
    let keyring = SystemKeyring::of(&config.data_dir);
    let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
    let access = config.access().ok_or("the application's key is set above")?;
    Login::import(&config.data_dir, &watcher.session().telethon().into(), access, &sealing, clock.clone()).await?;
    Ok(())
}

/// Public channels, for whoever wants to collect some.
fn publish(sim: &Sim, now: DateTime<Utc>) {
    let _ = sim.user_with_id(RESEARCHER, "Rita", "en").described("Researcher");
    let names = [
        ("City news", "city_news"),
        ("Weather", "weather_here"),
        ("Buses and trams", "buses_today"),
        ("Culture", "culture_tonight"),
    ];
    let channels = names.map(|(title, name)| sim.channel(title).named(name));
    for day in (0..60_i64).rev() {
        for (place, channel) in (0..).zip(&channels) {
            let posts = 1 + (day * 7 + place * 3) % 4;
            for n in 0..posts {
                let text = format!(
                    "{}: what happened on day {day}, part {n}. See @{}",
                    names[usize::try_from(place).unwrap_or(0)].0,
                    names[usize::try_from((place + 1) % 4).unwrap_or(0)].1
                );
                let post =
                    channel.posts_at(Content::text(&text), now - chrono::TimeDelta::days(day) + chrono::TimeDelta::minutes(n));
                let views = i32::try_from(900 + (day * 131 + place * 57 + n * 17) % 4_000).unwrap_or(0);
                channel.counts(post, views, views / 40, &[]);
                if (day + place) % 5 == 0 && n == 0 {
                    channels[usize::try_from((place + 1) % 4).unwrap_or(0)].passes_on(post);
                }
            }
        }
    }
}

/// The same teachers and groups in the simulated Telegram, with a few words in each group.
fn open_school(sim: &Sim, [bot, second]: [&Bot; 2], watcher: &User) {
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
        let members: Vec<&User> = here.chain([&student, &applicant, watcher]).collect();
        let chat = sim.chat(group.chat.0, ChatKind::Supergroup, group.title, &members);
        admin.joins(&chat);
        admin.becomes_owner_of(&chat);
        if index % 2 == 0 {
            admin.promotes(bot, &chat);
            sim.grant(bot.id, &chat, &["manage_chat", "delete_messages", "pin_messages"]);
        } else {
            admin.adds(bot, &chat);
        }
        if let Some((teacher, _)) = teachers.iter().find(|(_, teacher)| teacher.groups.contains(&index)) {
            sim.place(teacher.id, &chat, Rights::Administrator);
            sim.entitle(teacher.id, &chat, "Sinf rahbari");
        }
        // The head of studies and the bot came beside them.
        sim.fill(&chat, (demo::members(index, 0) as usize).saturating_sub(members.len() + 2));
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
    // Another bot in a group that the first one counts: either can be told to.
    admin.adds(second, &groups[groups.len() - 1]);
    student.says(&groups[0], "Rahmat, ustoz!");
    groups[0].anonymous_says(Some(demo::ANONYMOUS_SIGNATURE), "Ota-onalar yigʻilishi juma kuni soat 18:00 da.");
    let news = sim.channel("Maktab yangiliklari");
    sim.publish(&news, "maktab_yangiliklari");
    sim.fill(&news, 412);
    admin.promotes(bot, &news);
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
