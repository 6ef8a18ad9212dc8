//! Collecting public channels.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::{DateTime, TimeDelta};
use serde_json::Value;
use telegram_sim::{Chat, Content, Fault, Sim, When};

use crate::{
    support::Desk,
    telethon::{python, succeeds},
};

/// A desk with a session, where a minute has room for many requests.
pub(crate) fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.set("CHANNELS_PER_MINUTE", "6000");
    desk.logs_in();
    desk
}

/// A channel with everything that channels have: albums, media, polls, links, forwards, a service message, gaps.
fn newsroom(sim: &Sim) -> (Chat, Chat) {
    newsroom_of(sim, 230)
}

/// The same, with so many plain posts.
pub(crate) fn newsroom_of(sim: &Sim, posts: u32) -> (Chat, Chat) {
    let other = sim.channel("Elsewhere").named("elsewhere");
    let talk = sim.group("Talk of the town", &[]).named("town_talk");
    let news = sim.channel("News, \"fresh\" 🏆").named("Newsroom");
    news.describes("What happens.\nEvery day.");
    news.is_talked_about_in(&talk);
    let began = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
    let mut minute = 0;
    let mut post = |content| {
        minute += 1;
        news.posts_at(content, began + TimeDelta::minutes(minute))
    };
    let first = post(Content::text("Welcome @elsewhere, see https://example.com\nand more"));
    for kind in Content::kinds() {
        post(Content::of_kind(kind).expect("it is known").captioned("with words"));
    }
    for _ in 0..3 {
        post(Content::photo().in_album("album"));
    }
    post(Content::voted("Who comes?", &[("Me", 3), ("Nobody", 4)]));
    post(Content::link("Read this", "https://www.example.com/a?b=1", "An article"));
    let gone = post(Content::text("gone"));
    news.takes_back(gone);
    for n in 0..posts {
        post(Content::text(&format!("Post {n} – новости дня")));
    }
    let elsewhere = other.posts(Content::text("From elsewhere"));
    let last = news.passes_on(elsewhere);
    news.rewords(first, "Welcome, all");
    news.counts(first, 1_234, 5, &[("👍", 7), ("🔥", 2)]);
    news.counts(last, 99, 0, &[]);
    let reader = sim.user("Reader");
    reader.joins(&talk);
    for n in 0..3 {
        reader.comments_on(last, &format!("Comment {n}"));
    }
    (news, other)
}

fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(&path).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if !path.ends_with("collect.lock") {
                found.insert(path.strip_prefix(dir).expect("below").to_owned(), fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))).expect("it is JSON")
}

fn calls(sim: &Sim) -> [usize; 3] {
    ["contacts.resolveUsername", "channels.getFullChannel", "messages.getHistory"].map(|method| sim.calls(method).len())
}

#[test]
fn channels_are_collected_into_a_folder_with_the_fewest_calls() {
    let desk = desk();
    let (news, _) = newsroom(&desk.sim);
    let said = desk.does("channels collect https://t.me/Newsroom;@nobody_here -o out", "");
    assert!(said.contains("nobody_here: nobody has this name"), "{said}");
    assert_eq!(calls(&desk.sim), [2, 1, 3]);

    let out = desk.path().join("out");
    let full = json(&out.join("Newsroom/Newsroom.json"));
    assert_eq!((&full["_"], &full["full_chat"]["about"]), (&"ChatFull".into(), &"What happens.\nEvery day.".into()));
    assert_eq!(full["chats"].as_array().expect("chats").len(), 2, "the channel and its group");
    let messages = json(&out.join("Newsroom/Newsroom_messages.json"));
    let all = messages["messages"].as_array().expect("messages");
    assert_eq!((&messages["_"], &messages["count"]), (&"ChannelMessages".into(), &all.len().into()));
    assert!(all.windows(2).all(|pair| pair[0]["id"].as_i64() > pair[1]["id"].as_i64()), "newest first, no doubles");
    assert_eq!(all[0]["fwd_from"]["channel_post"], 1);
    assert_eq!(all[0]["replies"]["replies"], 3);
    let first = all.last().expect("the first post");
    assert_eq!((&first["views"], &first["date"]), (&1_234.into(), &"2023-11-14 22:14:20+00:00".into()));
    assert_eq!(first["reactions"]["results"][0]["reaction"]["emoticon"], "👍");
    assert_eq!(fs::read_to_string(out.join("_exceptions-channels-not-found.txt")).expect("there"), "nobody_here\n");
    let counter = fs::read_to_string(out.join("counter.csv")).expect("there");
    assert_eq!(counter.lines().count(), 1 + 3, "{counter}");

    // Nothing is new: two calls, and the same files.
    let before = files(&out);
    let said = desk.does("channels collect newsroom -o out", "");
    assert!(said.contains("1 channel collected into out, 0 new messages."), "{said}");
    assert_eq!(calls(&desk.sim), [2, 2, 4]);
    assert_eq!(files(&out), before);

    news.posts(Content::text("Fresh"));
    fs::write(desk.path().join("names.txt"), "# ours\n@Newsroom\n").expect("it can be written");
    let said = desk.does("channels collect --batch-file names.txt -o out", "");
    assert!(said.contains("1 new message."), "{said}");
    desk.sim.finish();
}

#[test]
fn the_files_are_those_that_telethon_makes() {
    let desk = desk();
    newsroom(&desk.sim);
    desk.does("channels collect Newsroom -o out", "");
    let theirs = desk.path().join("theirs");
    fs::create_dir(&theirs).expect("a folder");
    let (session, address) = (desk.ann.session().telethon(), desk.sim.data_centre().address());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/session/telethon_script.py");
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    succeeds(Command::new(python()).arg(script).args(["2", &host, &port, &session, "Newsroom"]).arg(&theirs));
    for file in ["Newsroom.json", "Newsroom_messages.json"] {
        let read = |dir: PathBuf| fs::read_to_string(dir.join(file)).expect("it is there");
        let (ours, theirs) = (read(desk.path().join("out/Newsroom")), read(theirs.clone()));
        let differs = ours.bytes().zip(theirs.bytes()).position(|(ours, theirs)| ours != theirs);
        let around = |text: &str| {
            let at = differs.unwrap_or(0);
            String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..(at + 200).min(text.len())]).into_owned()
        };
        assert!(ours == theirs, "{file} differs:\n{}\n\n{}", around(&ours), around(&theirs));
    }
}

#[test]
fn a_run_that_is_killed_anywhere_is_gone_on_with() {
    let desk = desk();
    newsroom(&desk.sim);
    desk.does("channels collect Newsroom elsewhere -o right", "");
    let right = files(&desk.path().join("right"));
    for (method, call) in [
        ("contacts.resolveUsername", 1),
        ("channels.getFullChannel", 1),
        ("messages.getHistory", 1),
        ("messages.getHistory", 2),
        ("messages.getHistory", 3),
        ("channels.getFullChannel", 2),
        ("messages.getHistory", 4),
    ] {
        let out = format!("out-{}-{call}", method.len());
        let before = desk.sim.calls(method).len();
        let line = format!("channels collect Newsroom elsewhere -o {out}");
        // The call is made, its answer never comes: then the power goes.
        desk.sim.fault_after(method, call - 1, Fault::HoldAnswer);
        let run = desk.starts(&line);
        desk.waits_for(|sim| sim.calls(method).len() >= before + call);
        run.dies();
        desk.sim.release();
        desk.does(&line, "");
        let ours = files(&desk.path().join(out));
        assert_eq!(ours.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>(), "{method} {call}");
        assert!(ours == right, "killed at call {call} of {method}");
    }
}

#[test]
fn floods_are_waited_for_or_left_to_the_next_run() {
    let desk = desk();
    let (news, _) = newsroom(&desk.sim);
    desk.sim.fault("messages.getHistory", When::Next(1), Fault::TooMany(1));
    assert!(desk.does("channels collect Newsroom -o out", "").contains("1 channel collected"));

    news.posts(Content::text("Fresh"));
    desk.sim.fault("messages.getHistory", When::Next(1), Fault::TooMany(7_200));
    let before = desk.sim.calls("messages.getHistory").len();
    let said = desk.fails_saying("channels collect Newsroom elsewhere -o out");
    assert!(said.contains("Newsroom: Telegram wants no more requests") && said.contains("elsewhere: Telegram wants"), "{said}");
    let read = |file: &str| fs::read_to_string(desk.path().join("out").join(file)).expect("there");
    assert_eq!(read("user_exceptions.txt"), "Newsroom\nelsewhere\n");
    // Neither the next channel nor the next run asks before the time.
    desk.fails_saying("channels collect Newsroom -o out");
    assert_eq!(desk.sim.calls("messages.getHistory").len(), before);
}

#[test]
fn what_is_private_or_gone_is_told_and_ends_nothing() {
    let desk = desk();
    let (news, other) = newsroom(&desk.sim);
    desk.does("channels collect Newsroom elsewhere --limit 5 -o out", "");
    other.bans(&desk.ann);
    news.takes_back_all();
    let said = desk.does("channels collect elsewhere Newsroom -o out", "");
    assert!(said.contains("elsewhere: it is private, or this account is banned there"), "{said}");
    assert_eq!(fs::read_to_string(desk.path().join("out/user_exceptions.txt")).expect("there"), "elsewhere\n");

    // Another name, the same channel: it is known by its number.
    desk.sim.publish(&news, "renamed_news");
    assert!(desk.does("channels collect Newsroom -o out", "").contains("1 channel collected"));
}

#[test]
fn a_dry_run_says_what_it_would_take_and_writes_nothing() {
    let desk = desk();
    newsroom(&desk.sim);
    let said = desk.does("channels collect Newsroom nobody_here --dry-run -o out", "");
    assert!(said.contains(" messages, 0 of them here; 4 requests") && said.contains("nobody_here: nobody"), "{said}");
    assert!(!desk.path().join("out").exists());
    assert_eq!(calls(&desk.sim), [2, 0, 1]);
}

#[test]
fn it_says_what_to_do_where_it_cannot_begin() {
    let mut desk = Desk::new();
    assert!(desk.fails("channels collect Newsroom", "").contains("run `rollcall session login`"));
    assert!(desk.fails("channels collect t.me/+AbCdEf", "").contains("is an invitation to a private chat"));
    desk.set("TELEGRAM_API_ID", "");
    desk.set("TELEGRAM_API_HASH", "");
    assert!(desk.fails("channels collect Newsroom", "").contains("my.telegram.org"));
}

#[test]
fn forwards_lead_to_further_channels() {
    let desk = desk();
    newsroom(&desk.sim);
    let said = desk.does("channels collect Newsroom --snowball 1 --min-references 1 -o out", "");
    assert!(said.contains("2 channels collected"), "{said}");
    assert!(desk.path().join("out/elsewhere/elsewhere_messages.json").exists());
    assert_eq!(calls(&desk.sim)[0], 1, "forwards name the number, so no name is resolved");
}

#[test]
fn the_chats_that_were_met_are_a_table_where_the_originals_way_is_wanted() {
    let desk = desk();
    newsroom(&desk.sim);
    desk.does("channels collect Newsroom -o out", "");
    let path = desk.path().join("out/collected_chats.csv");
    assert!(!path.exists(), "only the original's collector writes it");
    desk.does("channels collect Newsroom --compat -o out", "");
    let table = fs::read_to_string(&path).expect("there");
    assert!(table.starts_with("_,id,title,photo,date,creator,") && table.contains(",Newsroom,"), "{table}");
    // The dataset says the same of these chats.
    desk.does("channels dataset out --compat -o tables", "");
    assert_eq!(fs::read_to_string(desk.path().join("tables/collected_chats.csv")).expect("there"), table);
    // What another program wrote there isn't lost.
    fs::write(&path, "_,id,title\nChannel,7,Theirs\n").expect("writes");
    desk.does("channels collect Newsroom --compat -o out", "");
    assert_eq!(fs::read_to_string(&path).expect("there"), table);
    assert!(fs::read_to_string(desk.path().join("out/original/collected_chats.csv")).expect("kept").contains("Theirs"));
}

#[test]
fn what_people_write_below_posts_is_a_file_of_its_own() {
    let desk = desk();
    newsroom(&desk.sim);
    desk.does("channels collect Newsroom --comments -o out", "");
    assert_eq!(desk.sim.calls("messages.getReplies").len(), 1, "one post has comments");
    let comments = json(&desk.path().join("out/Newsroom/Newsroom_comments.json"));
    let texts: Vec<&str> =
        comments["posts"][0]["messages"].as_array().expect("messages").iter().filter_map(|one| one["message"].as_str()).collect();
    assert_eq!(texts, ["Comment 2", "Comment 1", "Comment 0"]);
    assert_eq!(comments["users"][0]["first_name"], "Reader");
    desk.does("channels collect Newsroom --comments -o out", "");
    assert_eq!(desk.sim.calls("messages.getReplies").len(), 1, "nobody wrote since");
}

#[test]
fn counters_are_sampled_again_and_changes_noticed() {
    let desk = desk();
    let (news, _) = newsroom(&desk.sim);
    let (kept, edited, deleted) =
        (news.posts(Content::text("kept")), news.posts(Content::text("as it was")), news.posts(Content::text("rash")));
    desk.does("channels collect Newsroom -o out", "");
    news.counts(kept, 10, 1, &[("👍", 2)]);
    news.rewords(edited, "as it is");
    news.takes_back(deleted);
    let said = desk.does("channels refresh --last 3 -o out", "");
    assert_eq!(said, "3 posts sampled: 1 edited, 1 deleted since the last look.\n");
    news.counts(kept, 20, 1, &[("👍", 2), ("🔥", 1)]);
    let said = desk.does("channels refresh Newsroom --last 3 -o out", "");
    assert_eq!(said, "3 posts sampled: 0 edited, 0 deleted since the last look.\n");

    let folder = desk.path().join("out/Newsroom");
    let counters = fs::read_to_string(folder.join("Newsroom_counters.csv")).expect("there");
    let of_kept: Vec<&str> = counters.lines().filter(|line| line.contains(&format!(",{},", kept.message))).collect();
    assert_eq!(of_kept.len(), 2, "{counters}");
    assert!(of_kept[0].ends_with(&format!(",{},10,1,0,2,👍=2,,False", kept.message)), "{counters}");
    assert!(of_kept[1].ends_with(&format!(",{},20,1,0,3,👍=2 🔥=1,,False", kept.message)), "{counters}");
    assert_eq!(counters.matches(",True\n").count(), 1, "what is gone is told once: {counters}");
    let changes = fs::read_to_string(folder.join("Newsroom_changes.jsonl")).expect("there");
    let changes: Vec<Value> = changes.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let seen: Vec<_> = changes
        .iter()
        .map(|one| (one["change"].as_str(), one["collected"]["message"].as_str(), one["now"]["message"].as_str()))
        .collect();
    assert_eq!(seen, [(Some("deleted"), Some("rash"), None), (Some("edited"), Some("as it was"), Some("as it is"))]);
}

#[test]
fn mentions_and_links_lead_further_where_that_is_asked_for() {
    let desk = desk();
    let news = desk.sim.channel("News").named("newsroom");
    desk.sim.channel("Deep").named("deep_end").posts(Content::text("the end"));
    let far = desk.sim.channel("Far").named("far_away");
    far.posts(Content::text("on to https://t.me/deep_end and to https://t.me/deep_end/1"));
    far.posts(Content::text("@deep_end"));
    let talk = desk.sim.group("Talk", &[]).named("town_talk");
    desk.sim.user("Nobody").says(&talk, "hello");
    for _ in 0..3 {
        news.posts(Content::text("see @far_away, @town_talk and @nobody_here"));
    }
    news.posts(Content::text("once: https://t.me/seldom_one"));

    let dry = desk.does("channels collect newsroom --snowball 2 --snowball-kinds mention,link --dry-run -o out", "");
    assert!(dry.contains("at most 50 names are resolved in a run, in some 1 minute."), "{dry}");
    desk.does("channels collect newsroom --snowball 2 --min-references 2 -o out", "");
    assert!(!desk.path().join("out/far_away").exists(), "nothing was forwarded");
    let line = "channels collect newsroom --snowball 2 --snowball-kinds mention,link --min-references 2 -o out";
    let said = desk.does(line, "");
    assert!(said.contains("3 channels collected"), "{said}");
    assert!(
        said.contains("town_talk: a person, a bot or a group has this name") && said.contains("nobody_here: nobody"),
        "{said}"
    );
    let there = |name: &str| desk.path().join(format!("out/{name}/{name}_messages.json")).exists();
    assert!(there("far_away") && there("deep_end") && !there("town_talk") && !there("seldom_one"));
    let resolved = desk.sim.calls("contacts.resolveUsername").len();
    // What was found is no beginning of another snowball, and names that lead nowhere aren't asked for again.
    assert!(desk.does(line, "").contains("1 channel collected"));
    assert_eq!(desk.sim.calls("contacts.resolveUsername").len(), resolved);
}

#[test]
fn a_file_that_comes_short_is_fetched_anew_and_never_left_as_if_whole() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut desk = Desk::new();
    desk.set("CHANNELS_PER_MINUTE", "6000");
    desk.logs_in();
    let news = desk.sim.channel("News").named("newsroom");
    let bytes: Vec<u8> = (0..1_300_000_u32).map(|at| (at % 251) as u8).collect();
    let book = news.posts(desk.sim.file("book.pdf", &bytes));
    let (out, line) = (desk.path().join("out/newsroom"), "channels collect newsroom --media -o out");
    let path = out.join(format!("media/{}.pdf", book.message));

    // Short twice: it isn't kept, and said so.
    desk.sim.cuts_files_short(2);
    let said = desk.does(line, "");
    assert!(said.contains("0 new files;") && said.contains("1 came shorter than Telegram says and weren't kept"), "{said}");
    assert!(!path.exists());
    // Short once, in its second part: it is fetched anew at once.
    desk.sim.cuts_files_short(1);
    let said = desk.does(line, "");
    assert!(said.contains("1 new files;") && !said.contains("shorter"), "{said}");
    assert!(fs::read(&path).expect("there") == bytes);
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&path), mode(&out.join("newsroom_messages.json")), "as readable as the others");
    let asked = desk.sim.calls("upload.getFile").len();
    desk.does(line, "");
    assert_eq!(desk.sim.calls("upload.getFile").len(), asked, "it is here");
    desk.sim.finish();
}

#[test]
fn files_are_fetched_where_that_is_asked_for_and_gone_on_with() {
    let mut desk = Desk::with_centres(&[2, 4]);
    desk.set("CHANNELS_PER_MINUTE", "6000");
    desk.logs_in();
    let news = desk.sim.channel("News").named("newsroom");
    let large: Vec<u8> = (0..1_300_000_u32).map(|at| (at % 251) as u8).collect();
    let book = news.posts(desk.sim.file("The book.PDF", &large));
    let picture = news.posts(Content::photo());
    news.posts(desk.sim.file("huge.bin", &vec![0; 2 << 20]));
    news.posts(Content::text("no file"));
    desk.does("channels collect newsroom -o out", "");
    let media = desk.path().join("out/newsroom/media");
    assert!(!media.exists(), "never by default");

    // They lie elsewhere, there is a flood, and what has to be shown for them is too old: it dies in the second part.
    desk.sim.files_move_to(&desk.sim.data_centre_numbered(4));
    desk.sim.fault("upload.getFile", When::Next(1), Fault::TooMany(1));
    let line = "channels collect newsroom --media --media-limit 2 -o out";
    desk.sim.fault_after("upload.getFile", 5, Fault::HoldAnswer);
    let run = desk.starts(line);
    desk.waits_for(|sim| sim.calls("upload.getFile").len() >= 5);
    run.dies();
    desk.sim.release();
    desk.sim.fault("upload.getFile", When::Next(1), Fault::Refuse(400, "FILE_REFERENCE_EXPIRED".to_owned()));
    let said = desk.does(line, "");
    assert!(said.contains(" new files; 0 are larger than wanted, 0 can't be had any more."), "{said}");
    assert!(fs::read(media.join(format!("{}.pdf", book.message))).expect("there") == large);
    assert_eq!(fs::read(media.join(format!("{}.jpg", picture.message))).expect("there"), b"simulated");
    let before = desk.sim.calls("upload.getFile").len();
    desk.does(line, "");
    assert_eq!(desk.sim.calls("upload.getFile").len(), before, "they are here");
    desk.sim.finish();
}

#[test]
fn what_is_written_below_old_posts_later_is_read_by_a_refresh() {
    let desk = desk();
    let (news, _) = newsroom(&desk.sim);
    let old = news.posts(Content::text("An old post"));
    desk.does("channels collect Newsroom --comments -o out", "");
    let reader = desk.sim.user("Late reader");
    for n in 0..2 {
        reader.comments_on(old, &format!("Late {n}"));
    }
    let said = desk.does("channels refresh --last 5 --comments -o out", "");
    assert!(said.ends_with("2 new comments.\n"), "{said}");
    let comments = json(&desk.path().join("out/Newsroom/Newsroom_comments.json"));
    let texts = |post: usize| -> Vec<String> {
        let messages = comments["posts"][post]["messages"].as_array().expect("messages").iter();
        messages.map(|one| one["message"].as_str().expect("text").to_owned()).collect()
    };
    assert_eq!(
        (texts(0), texts(1)),
        (
            vec!["Late 1".to_owned(), "Late 0".to_owned()],
            vec!["Comment 2".to_owned(), "Comment 1".to_owned(), "Comment 0".to_owned()]
        )
    );
    assert!(desk.does("channels refresh --last 5 --comments -o out", "").ends_with("0 new comments.\n"));
}
