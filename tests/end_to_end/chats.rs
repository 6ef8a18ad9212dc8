//! Statistics of the chats that bots are in, as Telegram tells them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use telegram_sim::{Bot, Chat, Fault, Rights, When};

use crate::{rest::Program, support::School};

/// A school with a second bot, `north`, where Grade 2 has 31 members and the channel News 501.
async fn school() -> (School, Program, Bot, Chat, Chat) {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    let north = school.sim.bot("north_bot");
    school.set("API_REQUESTS_PER_MINUTE", "1000000");
    school.set("BOTS", "main,north");
    school.set("BOT_NORTH_TOKEN", north.token());
    let (ann, boss) = (school.sim.user("Ann"), school.boss.clone());
    let grade2 = school.sim.group("Grade 2", &[&ann]);
    boss.becomes_owner_of(&grade2);
    school.sim.place(school.bot.id, &grade2, Rights::Administrator);
    school.sim.grant(school.bot.id, &grade2, &["manage_chat", "delete_messages"]);
    school.sim.place(ann.id, &grade2, Rights::Administrator);
    school.sim.entitle(ann.id, &grade2, "Head\u{202e} of <b>studies</b>");
    school.sim.publish(&grade2, "grade2");
    school.sim.fill(&grade2, 28);
    school.write_registry(&[], &[&grade2], &[]);
    let news = school.sim.channel("News");
    school.sim.fill(&news, 500);
    school.start();
    school.bot.has_polled(1).await;
    boss.promotes(&north, &news);
    north.has_confirmed_all().await;
    (school, program, north, grade2, news)
}

fn chat<'a>(all: &'a Value, chat: &Chat) -> &'a Value {
    let found = all["chats"].as_array().into_iter().flatten().find(|row| row["chat_id"] == chat.id);
    found.unwrap_or_else(|| panic!("no chat {} in {all:#}", chat.id))
}

async fn fresh(program: &Program) -> Value {
    let (status, all) = program.gets("/telegram/channel-stats/?refresh=true").await;
    assert_eq!((status.as_u16(), &all["waiting"]), (200, &json!(false)), "{all:#}");
    all
}

#[tokio::test]
async fn chats_are_known_with_members_administrators_and_rights() {
    let (school, program, north, grade2, news) = school().await;
    let all = fresh(&program).await;
    let known = chat(&all, &grade2);
    assert_eq!(
        (&known["title"], &known["type"], &known["username"], &known["members"], &known["registered"], &known["error"]),
        (&json!("Grade 2"), &json!("supergroup"), &json!("grade2"), &json!(31), &json!(true), &Value::Null)
    );
    let administrators = known["administrators"].as_array().expect("a list");
    let named: Vec<_> = administrators.iter().map(|one| (&one["name"], &one["role"], &one["custom_title"])).collect();
    let (owner, plain) = (json!("owner"), json!("administrator"));
    let title = json!("Head of <b>studies</b>");
    let (boss, ann, bot) = (json!("Boss"), json!("Ann"), json!("rollcall_bot"));
    assert_eq!(named, [(&boss, &owner, &Value::Null), (&ann, &plain, &title), (&bot, &plain, &Value::Null)]);
    let own = &known["bots"][0];
    assert_eq!((&own["username"], &own["role"]), (&json!("rollcall_bot"), &json!("administrator")));
    assert_eq!(own["rights"], json!(["manage_chat", "delete_messages"]));
    let channel = chat(&all, &news);
    assert_eq!((&channel["type"], &channel["members"], &channel["registered"]), (&json!("channel"), &json!(501), &json!(false)));
    let sums = &all["sums"];
    assert_eq!((&sums["chats"], &sums["members"], &sums["average_members"]), (&json!(2), &json!(532), &json!(266)));
    assert_eq!(all["by_type"].as_array().map(Vec::len), Some(2));

    let (_, norths) = program.gets(&format!("/telegram/bot/{}/chats/stats/", north.id)).await;
    assert_eq!((norths["chats"].as_array().map(Vec::len), &norths["sums"]["members"]), (Some(1), &json!(501)), "{norths:#}");
    let one = format!("/telegram/bot/{}/chat/{}/stats/", school.bot.id, grade2.id);
    let (_, one) = program.gets(&one).await;
    assert_eq!((&one["chat"], one["days"].as_array().map(Vec::len)), (known, Some(30)));
    assert_eq!(one["days"][29], json!({ "day": "2026-01-26", "members": 31, "joined": 0, "left": 0 }));
    let (status, _) = program.gets(&format!("/telegram/bot/{}/chat/{}/stats/", north.id, grade2.id)).await;
    assert_eq!(status, 404, "it isn't North's");
    let (_, social) = program.gets("/studio/social/telegram-stats/").await;
    assert_eq!((&social["platform"], &social["largest"][0]["title"]), (&json!("telegram"), &json!("News")));
    let (_, channels) = program.gets("/telegram/channel-stats/?type=channel&limit=1").await;
    assert_eq!((channels["chats"].as_array().map(Vec::len), &channels["next"]), (Some(1), &Value::Null));
}

#[tokio::test]
async fn one_bad_chat_is_an_error_in_its_row() {
    let (school, program, north, grade2, news) = school().await;
    let boss = school.boss.clone();
    let mut chats = Vec::new();
    for title in ["Busy", "Forbidden", "Broken", "Odd"] {
        let chat = school.sim.group(title, &[]);
        boss.adds(&north, &chat);
        chat.reads().await;
        chats.push(chat);
    }
    let (busy, kicked, broken, odd) = (&chats[0], &chats[1], &chats[2], &chats[3]);
    let forbidden = "Forbidden: bot was kicked from the supergroup chat".to_owned();
    school.sim.fault_in(kicked, "getChat", When::Always, Fault::Refuse(403, forbidden));
    school.sim.fault_in(broken, "getChatMemberCount", When::Always, Fault::ServerErrorPage(502));
    school.sim.fault_in(odd, "getChatAdministrators", When::Always, Fault::Refuse(400, "Bad Request: \u{202e}odd".to_owned()));
    school.sim.fault_in(busy, "getChat", When::Always, Fault::TooMany(600));
    let all = fresh(&program).await;
    assert_eq!(chat(&all, &grade2)["members"], 31);
    let error = |of: &Chat| chat(&all, of)["error"].clone();
    let says = |of: &Chat, words: &str, passes: bool| {
        let error = error(of);
        assert!(error["message"].as_str().is_some_and(|message| message.contains(words)), "{error}");
        assert_eq!(error["passes"], json!(passes), "{error}");
    };
    says(kicked, "bot was kicked", false);
    assert!(chat(&all, kicked)["left_at"].is_string(), "it is gone");
    says(broken, "502", true);
    assert_eq!(chat(&all, broken)["administrators"], json!([]), "the rest is told");
    says(odd, "odd", false);
    assert_eq!(chat(&all, odd)["members"], 1);
    says(busy, "429", true);
    assert_eq!((&all["sums"]["gone"], &all["sums"]["failed"]), (&json!(1), &json!(3)));
    // Whoever is told to wait for ten minutes isn't asked again meanwhile, and says so.
    let calls = school.sim.calls("getChat").len();
    school.later(TimeDelta::minutes(2));
    let all = fresh(&program).await;
    assert_eq!(chat(&all, &news)["members"], 501);
    assert!(chat(&all, &news)["error"]["message"].as_str().is_some_and(|why| why.contains("wait")));
    assert_eq!(school.sim.calls("getChat").len(), calls + 1, "the other bot's chat");
    school.sim.release();
}

#[tokio::test]
async fn growth_joins_and_leaves_come_with_the_days() {
    let (mut school, program, _, grade2, _) = school().await;
    fresh(&program).await;
    let people: Vec<_> = (0..3).map(|n| school.sim.user(&format!("Child {n}"))).collect();
    people.iter().for_each(|child| child.joins(&grade2));
    people[0].leaves(&grade2);
    school.has_counted_all().await;
    for _ in 0..8 {
        school.later(TimeDelta::days(1));
        fresh(&program).await;
    }
    school.sim.fill(&grade2, 27);
    school.later(TimeDelta::minutes(2));
    let all = fresh(&program).await;
    let known = chat(&all, &grade2);
    assert_eq!((&known["members"], &known["week"]["growth"]), (&json!(32), &json!(-1)));
    assert_eq!((&known["month"]["joined"], &known["month"]["left"], &known["week"]["joined"]), (&json!(3), &json!(1), &json!(0)));
    school.stop().expect("stops");
    // Nothing says who came or went.
    let months: Vec<_> = std::fs::read_dir(school.data().join("chats")).expect("a folder").flatten().collect();
    assert_eq!(months.len(), 4, "what is known, what is wanted, January and February");
    for file in months {
        let text = std::fs::read_to_string(file.path()).expect("a file");
        assert!(people.iter().all(|child| !text.contains(&child.id.to_string()) && !text.contains("Child")), "{text}");
    }
    let program = Program::before(&mut school);
    school.start();
    let (_, again) = program.gets("/telegram/channel-stats/").await;
    assert_eq!(chat(&again, &grade2), known, "a restart loses nothing");
}

#[tokio::test]
async fn a_chat_goes_on_as_a_supergroup_and_is_left_in_the_end() {
    let mut school = School::closed();
    let program = Program::before(&mut school);
    let boss = school.boss.clone();
    let ann = school.sim.user("Ann");
    let old = school.sim.basic_group("Grade 2", &[&ann, &boss]);
    school.start();
    school.bot.has_polled(1).await;
    boss.promotes(&school.bot, &old);
    old.reads().await;
    let (_, all) = program.gets("/telegram/channel-stats/?refresh=true").await;
    assert_eq!((&chat(&all, &old)["type"], &chat(&all, &old)["members"]), (&json!("group"), &json!(3)));
    let new = old.migrates(&boss, false);
    school.has_counted_all().await;
    school.later(TimeDelta::minutes(2));
    let all = fresh(&program).await;
    assert_eq!((all["chats"].as_array().map(Vec::len), &chat(&all, &new)["type"]), (Some(1), &json!("supergroup")));
    // Under its old id it is found as well.
    let (status, one) = program.gets(&format!("/telegram/bot/{}/chat/{}/stats/", school.bot.id, old.id)).await;
    assert_eq!((status.as_u16(), &one["chat"]["chat_id"]), (200, &json!(new.id)));
    boss.removes(&school.bot, &new);
    school.has_counted_all().await;
    let (_, all) = program.gets("/telegram/channel-stats/").await;
    assert!(chat(&all, &new)["left_at"].is_string());
    assert_eq!((&all["sums"]["chats"], &all["sums"]["gone"]), (&json!(0), &json!(1)));
    let calls = school.sim.calls("getChat").len();
    school.later(TimeDelta::minutes(2));
    fresh(&program).await;
    assert_eq!(school.sim.calls("getChat").len(), calls, "nobody is asked about a chat that is left");
}

#[tokio::test]
async fn each_chat_is_asked_about_once_a_day_by_itself() {
    let (school, program, _, grade2, _) = school().await;
    let asked_on = async |day: &str| {
        loop {
            let (_, all) = program.gets("/telegram/channel-stats/").await;
            let is_asked = |row: &Value| row["refreshed_at"].as_str().is_some_and(|at| at.starts_with(day));
            if all["chats"].as_array().is_some_and(|chats| chats.len() == 2 && chats.iter().all(is_asked)) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    school.later(TimeDelta::hours(13));
    asked_on("2026-01-26").await;
    school.later(TimeDelta::days(1));
    asked_on("2026-01-27").await;
    let calls = |method: &str| school.sim.calls(method).len();
    assert_eq!([calls("getChat"), calls("getChatAdministrators"), calls("getChatMemberCount")], [4; 3], "four calls a chat");
    let (_, all) = program.gets("/telegram/channel-stats/").await;
    assert_eq!(chat(&all, &grade2)["members"], 31);
}

#[tokio::test]
async fn a_chat_with_several_bots_is_asked_about_once() {
    let (school, program, north, grade2, _) = school().await;
    school.boss.promotes(&north, &grade2);
    school.sim.grant(north.id, &grade2, &["pin_messages"]);
    north.has_confirmed_all().await;
    let before = school.sim.calls("getChat").len();
    let all = fresh(&program).await;
    assert_eq!(school.sim.calls("getChat").len(), before + 2);
    let bots = chat(&all, &grade2)["bots"].as_array().expect("a list");
    let rights: Vec<_> = bots.iter().map(|bot| (&bot["role"], &bot["rights"])).collect();
    let role = json!("administrator");
    assert_eq!(rights, [(&role, &json!(["manage_chat", "delete_messages"])), (&role, &json!(["pin_messages"]))]);
    let child = school.sim.user("Child");
    child.joins(&grade2);
    north.has_confirmed_all().await;
    school.has_counted_all().await;
    let (_, all) = program.gets("/telegram/channel-stats/").await;
    assert_eq!(chat(&all, &grade2)["week"]["joined"], 1, "both bots hear of it");
}

#[tokio::test]
async fn an_admin_looks_at_chats_in_the_chat_with_the_bot() {
    let (school, _, _, grade2, _) = school().await;
    let (boss, bot) = (school.boss.clone(), school.bot.clone());
    boss.tells(&bot, "/start");
    boss.reads(&bot).await;
    boss.presses(&bot, "Chats").await;
    let list = boss.reads(&bot).await;
    assert!(list.text.contains("2 chats"), "{list:?}");
    assert!(boss.presses(&bot, "Refresh").await.text.contains("Asking Telegram"));
    let list = boss.reads(&bot).await;
    assert!(list.text.contains("532 members, 266 on average") && list.text.contains("channel: 1 · 501 members"), "{list:?}");
    boss.presses(&bot, "Grade 2 · 31").await;
    let one = boss.reads(&bot).await;
    for words in [
        "31 members",
        "👑 Boss",
        "Ann — Head of <b>studies</b>",
        "@rollcall_bot: administrator (see everything, delete messages)",
    ] {
        assert!(one.text.contains(words), "{words:?} isn't in {one:?}");
    }
    school.later(TimeDelta::minutes(2));
    school.sim.fill(&grade2, 29);
    boss.presses(&bot, "Refresh").await;
    assert!(boss.reads(&bot).await.text.contains("32 members"));
    // A second time within a minute Telegram is left alone.
    let calls = school.sim.calls("getChat").len();
    boss.presses(&bot, "Refresh").await;
    // The screen stays as it is, so the next one tells that this press is done with.
    boss.presses(&bot, "Menu").await;
    boss.reads(&bot).await;
    assert_eq!(school.sim.calls("getChat").len(), calls);
}

#[tokio::test]
async fn an_operator_looks_at_chats_from_a_terminal() {
    let (mut school, _, north, grade2, news) = school().await;
    let (done, said) = school.runs(&"chats --refresh --format summary".split(' ').collect::<Vec<_>>()).await;
    assert!(done, "{said}");
    for words in ["supergroup", "channel", "@north_bot", "532", "266"] {
        assert!(said.contains(words), "{words:?} isn't in {said}");
    }
    let (_, csv) = school.runs(&"chats --all-bots --format csv".split(' ').collect::<Vec<_>>()).await;
    let row = format!("{},Grade 2,supergroup,@grade2,31,", grade2.id);
    assert!(csv.lines().count() == 3 && csv.contains(&row), "{csv}");
    let (_, table) = school.runs(&"chats --bot-name north".split(' ').collect::<Vec<_>>()).await;
    assert!(table.contains("News") && !table.contains("Grade 2"), "{table}");
    let (_, json) = school.runs(&"chats --bot-name @Rollcall_Bot --format json".split(' ').collect::<Vec<_>>()).await;
    let json: Value = serde_json::from_str(&json).unwrap_or_else(|why| panic!("{why}: {json}"));
    assert_eq!((&json["sums"]["members"], &json["chats"][0]["bots"][0]["role"]), (&json!(31), &json!("administrator")));
    let (done, said) = school.runs(&"chats --bot-name east".split(' ').collect::<Vec<_>>()).await;
    assert!(!done && said.contains("there is no such bot") && said.contains("north"), "{said}");
    let (done, said) = school.runs(&"chats --chat-id -5".split(' ').collect::<Vec<_>>()).await;
    assert!(!done && said.contains("no bot knows a chat -5"), "{said}");

    let forget: &'static str = Box::leak(format!("chats forget {}", news.id).into_boxed_str());
    let (done, said) = school.runs(&forget.split(' ').collect::<Vec<_>>()).await;
    assert!(!done && said.contains("a bot is still in News"), "{said}");
    school.boss.removes(&north, &news);
    north.has_confirmed_all().await;
    let (_, table) = school.runs(&"chats".split(' ').collect::<Vec<_>>()).await;
    assert!(table.contains("left on 2026-01-26"), "{table}");
    let (done, said) = school.runs(&forget.split(' ').collect::<Vec<_>>()).await;
    assert!(done && said.contains("News is forgotten"), "{said}");
    school.stop().expect("stops");
    assert!(school.file("chats/known.json").get(news.id.to_string()).is_none());
    assert!(school.file("chats/2026-01.json").get(news.id.to_string()).is_none());
    let (done, said) = school.runs(&"chats --refresh".split(' ').collect::<Vec<_>>()).await;
    assert!(!done && said.contains("only the running bot asks Telegram"), "{said}");
}
