//! What a dataset costs: posts of every sort that the original reads too, in time and memory.
//!
//! `cargo bench -p rollcall-research --bench dataset [-- POSTS [DIR]]`; 100,000 posts unless told. With a DIR the collection stays there, with
//! the tables that the original's `build-datasets.py` wants beside it. Each run is a process of its own, so that the peak is its own too.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::{
    env,
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use rollcall_research::{DatasetOptions, dataset};

const POSTS: u64 = 100_000;
const CHANNELS: u64 = 2;
const WORDS: &str =
    "the school opens its doors at nine and everyone is welcome — приходите все, ҳамма келсин 🎓 \"quoted\" it's fine";

fn main() {
    // `cargo bench` passes `--bench`.
    let told: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [command, dir, out] = &told[..] {
        return measure(command, Path::new(dir), Path::new(out));
    }
    let posts = told.first().map_or(POSTS, |posts| posts.parse().expect("a number of posts"));
    let scratch = tempfile::tempdir().expect("a folder");
    let dir = told.get(1).map_or_else(|| scratch.path().join("collection"), PathBuf::from);
    generate(&dir, posts).expect("the disk has room");
    let myself = env::current_exe().expect("a running program has a path");
    for command in ["--compat", "--default", "--parquet"] {
        let out = scratch.path().join(command);
        let ran = Command::new(&myself).arg(command).args([&dir, &out]).status().expect("starts");
        assert!(ran.success());
    }
    if told.len() > 1 {
        for table in ["collected_chats.csv", "counter.csv", "chats.txt"] {
            fs::copy(scratch.path().join("--compat").join(table), dir.join(table)).expect("the disk has room");
        }
    }
}

fn measure(command: &str, dir: &Path, out: &Path) {
    let options = DatasetOptions {
        dir: dir.to_owned(),
        out: Some(out.to_owned()),
        compat: command == "--compat",
        lines: command != "--compat",
        parquet: command == "--parquet",
        ..DatasetOptions::default()
    };
    let began = Instant::now();
    let made = dataset(&options, &mut |_, _| {}).expect("the collection is sound");
    let (took, worked) = (began.elapsed().as_secs_f64(), processor_seconds());
    println!(
        "{command:>9}: {} posts in {took:.2} s ({worked:.2} s of a processor), {:.0} posts/s, {} at most",
        made.posts,
        made.posts as f64 / took,
        peak_kib().map_or("unknown".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0)),
    );
}

/// A collection of the layer that the original reads.
fn generate(dir: &Path, posts: u64) -> io::Result<()> {
    let mut dice = Dice(7);
    for channel in 1..=CHANNELS {
        let name = format!("chan_{channel}");
        let folder = dir.join(&name);
        fs::create_dir_all(&folder)?;
        let full = format!(
            r#"{{"_":"ChatFull","full_chat":{{"_":"ChannelFull","id":{},"participants_count":{}}},"chats":[{}],"users":[]}}"#,
            1000 + channel,
            channel * 10,
            chat(channel)
        );
        fs::write(folder.join(format!("{name}.json")), full)?;
        let mut out = BufWriter::new(File::create(folder.join(format!("{name}_messages.json")))?);
        let count = posts / CHANNELS;
        write!(out, r#"{{"_":"ChannelMessages","pts":1,"count":{count},"messages":["#)?;
        for id in (1..=count).rev() {
            write!(out, "{}{}", post(&mut dice, channel, id), if id > 1 { "," } else { "" })?;
        }
        let chats: Vec<String> = (1..=CHANNELS * 3).map(chat).collect();
        write!(out, r#"],"chats":[{}],"users":[],"inexact":false}}"#, chats.join(","))?;
        out.flush()?;
    }
    Ok(())
}

fn chat(channel: u64) -> String {
    format!(
        r#"{{"_":"Channel","id":{},"title":"Channel {channel}, \"news\"","photo":{{"_":"ChatPhotoEmpty"}},"date":"2020-01-02 03:04:05+00:00","creator":null,"left":true,"broadcast":true,"verified":false,"megagroup":false,"restricted":false,"signatures":false,"min":false,"scam":false,"has_link":null,"has_geo":false,"slowmode_enabled":false,"call_active":false,"call_not_empty":false,"fake":false,"gigagroup":false,"noforwards":false,"join_to_send":false,"join_request":false,"forum":false,"access_hash":123456789012345,"username":"chan_{channel}","restriction_reason":[],"admin_rights":null,"banned_rights":null,"default_banned_rights":null,"participants_count":null,"usernames":[]}}"#,
        1000 + channel
    )
}

fn post(dice: &mut Dice, channel: u64, id: u64) -> String {
    let (peer, date) = (peer(channel), date(dice));
    let forward = if dice.below(5) == 0 {
        let origin = peer_of(dice);
        let at = self::date(dice);
        format!(
            r#"{{"_":"MessageFwdHeader","date":"{at}","imported":false,"from_id":{origin},"from_name":null,"channel_post":{},"post_author":null}}"#,
            dice.below(999) + 1
        )
    } else {
        "null".to_owned()
    };
    let reply = if dice.below(10) == 0 {
        format!(
            r#"{{"_":"MessageReplyHeader","reply_to_msg_id":{},"reply_to_scheduled":false,"forum_topic":false,"reply_to_peer_id":null,"reply_to_top_id":null}}"#,
            dice.below(id) + 1
        )
    } else {
        "null".to_owned()
    };
    let (words, media) = (sentence(dice, 40), media(dice));
    let (views, forwards, replies) = (dice.below(1_000_000), dice.below(100), dice.below(10));
    format!(
        r#"{{"_":"Message","id":{id},"peer_id":{peer},"date":"{date}","message":"{words}","out":false,"mentioned":false,"media_unread":false,"silent":false,"post":true,"from_scheduled":false,"legacy":false,"edit_hide":false,"pinned":false,"noforwards":false,"from_id":null,"fwd_from":{forward},"via_bot_id":null,"reply_to":{reply},"media":{media},"reply_markup":null,"entities":[],"views":{views},"forwards":{forwards},"replies":{{"_":"MessageReplies","replies":{replies},"replies_pts":1,"comments":null}},"edit_date":null,"post_author":null,"grouped_id":null,"reactions":null,"restriction_reason":[],"ttl_period":null}}"#
    )
}

fn media(dice: &mut Dice) -> String {
    match dice.below(10) {
        0 | 1 => format!(
            r#"{{"_":"MessageMediaPhoto","photo":{{"_":"Photo","id":{},"access_hash":1,"file_reference":"b'\\x01\\xff'","date":"{}","sizes":[{{"_":"PhotoSize","type":"x","w":800,"h":600,"size":90000}}],"dc_id":2}},"ttl_seconds":null}}"#,
            dice.below(1 << 40),
            date(dice)
        ),
        2 | 3 => format!(
            r#"{{"_":"MessageMediaWebPage","webpage":{{"_":"WebPage","id":1,"url":"https://www.example.com/a?b={}","display_url":"x","hash":0,"type":null,"site_name":null,"title":"{}","description":"{}","photo":null}}}}"#,
            dice.below(99),
            sentence(dice, 3),
            sentence(dice, 9)
        ),
        4 => format!(
            r#"{{"_":"MessageMediaDocument","document":{{"_":"Document","id":{},"access_hash":1,"file_reference":"b''","date":"{}","mime_type":"video/mp4","size":1,"dc_id":1,"attributes":[{{"_":"DocumentAttributeVideo","duration":3.5,"w":1,"h":1}},{{"_":"DocumentAttributeFilename","file_name":"clip.mp4"}}]}},"ttl_seconds":null}}"#,
            dice.below(1 << 40),
            date(dice)
        ),
        5 => format!(
            r#"{{"_":"MessageMediaPoll","poll":{{"_":"Poll","id":{},"question":"{}","answers":[{{"_":"PollAnswer","text":"A","option":"b'0'"}}]}},"results":{{"_":"PollResults","min":null,"results":[{{"_":"PollAnswerVoters","option":"b'0'","voters":3,"chosen":null,"correct":null}}],"total_voters":7,"recent_voters":[],"solution":null}}}}"#,
            dice.below(1 << 40),
            sentence(dice, 4)
        ),
        _ => "null".to_owned(),
    }
}

fn peer(channel: u64) -> String {
    format!(r#"{{"_":"PeerChannel","channel_id":{}}}"#, 1000 + channel)
}

fn peer_of(dice: &mut Dice) -> String {
    if dice.below(4) == 0 { "null".to_owned() } else { peer(dice.below(CHANNELS * 3) + 1) }
}

fn date(dice: &mut Dice) -> String {
    let mut two = |most: u64, from: u64| format!("{:02}", dice.below(most) + from);
    format!("2023-{}-{} {}:{}:{}+00:00", two(12, 1), two(28, 1), two(24, 0), two(60, 0), two(60, 0))
}

fn sentence(dice: &mut Dice, most: u64) -> String {
    let words: Vec<&str> = WORDS.split(' ').collect();
    let some: Vec<&str> = (0..dice.below(most) + 1).map(|_| words[dice.below(words.len() as u64) as usize]).collect();
    some.join(" ").replace('"', "\\\"")
}

/// Chance that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 20) % limit.max(1)
    }
}

/// The most memory that this process ever had, where the system says.
fn peak_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Processor time of this process, where the system says, in ticks of a hundredth of a second.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
