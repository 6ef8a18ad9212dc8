//! Who is there and what they post, with the ledger kept beside it.

use std::{collections::BTreeMap, fs, path::Path};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    dice::Dice,
    ledger::{Ledger, Zone},
};
use crate::{Bot, Chat, Content, Posted, Rights, Sim, User};

/// Groups, the last ones special: one is switched off, one was never registered.
const GROUPS: usize = 30;
const SWITCHED_OFF: usize = GROUPS - 2;
const UNREGISTERED: usize = GROUPS - 1;
/// These may become supergroups while the storm goes on.
const BASIC: usize = 16;
const TEACHERS: usize = 24;
/// This one is paused.
const PAUSED: usize = TEACHERS - 1;
const STRANGERS: usize = 10;

/// A school in a simulated Telegram.
#[derive(Debug)]
pub(super) struct School {
    pub(super) sim: Sim,
    pub(super) bot: Bot,
    pub(super) boss: User,
    pub(super) ledger: Ledger,
    /// Everything posted, whether it counts or not.
    pub(super) posted: u64,
    teachers: Vec<User>,
    strangers: Vec<User>,
    groups: Vec<Chat>,
    channel: Chat,
    kinds: Vec<&'static str>,
    albums: u64,
    migrated: usize,
    last: Option<(usize, Posted)>,
    is_moving: bool,
}

impl School {
    /// A school whose simulated clock stands at what `start` makes of the machine's time.
    pub(super) fn new(start: impl FnOnce(DateTime<Utc>) -> DateTime<Utc>, zone: Zone) -> Self {
        let sim = Sim::start();
        sim.clock().set(start(sim.clock().now()));
        let bot = sim.bot("rollcall_bot");
        bot.set_privacy(false);
        let boss = sim.user("Boss");
        let teachers: Vec<User> = (0..TEACHERS).map(|n| sim.user(&format!("Teacher {n}"))).collect();
        let strangers = (0..STRANGERS).map(|n| sim.user(&format!("Stranger {n}"))).collect();
        let everybody: Vec<&User> = teachers.iter().chain([&boss]).collect();
        let group = |n: usize| {
            let title = format!("Group {n}");
            if n < BASIC { sim.basic_group(&title, &everybody) } else { sim.group(&title, &everybody) }
        };
        let groups: Vec<Chat> = (0..GROUPS).map(group).collect();
        for group in &groups {
            sim.place(bot.id, group, Rights::Administrator);
        }
        let channel = sim.channel("News");
        let kinds = Content::kinds().chain(["text"; 12]).chain(["photo", "voice", "voice"]).collect();
        Self {
            sim,
            bot,
            boss,
            ledger: Ledger::new(zone),
            posted: 0,
            teachers,
            strangers,
            groups,
            channel,
            kinds,
            albums: 0,
            migrated: 0,
            last: None,
            is_moving: false,
        }
    }

    /// Writes the register as the program's operator would have left it.
    pub(super) fn write_register(&self, data: &Path) -> Result<(), String> {
        let created = "2026-01-05T09:00:00+05:00";
        let teachers: BTreeMap<String, Value> = (0..TEACHERS)
            .map(|n| {
                let (id, account) = (teacher_id(n), self.teachers[n].id);
                let teacher = json!({ "teacher_id": id, "full_name": format!("Teacher {n}"), "telegram_user_id": account,
                    "active": n != PAUSED, "created_at": created });
                (id, teacher)
            })
            .collect();
        let groups: BTreeMap<String, Value> = (0..UNREGISTERED)
            .map(|n| {
                let id = self.groups[n].id;
                let group =
                    json!({ "chat_id": id, "title": format!("Group {n}"), "enabled": n != SWITCHED_OFF, "created_at": created });
                (id.to_string(), group)
            })
            .collect();
        let assigned =
            |teacher| (0..GROUPS).filter(move |group| is_assigned(teacher, *group)).map(|n| self.groups[n].id.to_string());
        let assignments: BTreeMap<String, Vec<String>> = (0..TEACHERS).map(|n| (teacher_id(n), assigned(n).collect())).collect();
        write(data, "teachers.json", &json!(teachers))?;
        write(data, "groups.json", &json!(groups))?;
        write(data, "teacher_groups.json", &json!(assignments))
    }

    /// Posts this many messages of all sorts; an album at the end may make it a few more.
    pub(super) fn posts(&mut self, messages: u64, dice: &mut Dice) {
        let end = self.posted + messages;
        while self.posted < end {
            let group = dice.below(GROUPS as u64) as usize;
            match dice.below(100) {
                0..=71 => self.posts_any(group, dice),
                72..=77 => self.posts_album(group, dice),
                78..=80 => self.posts_late(group, dice),
                81..=83 => self.posts_unattributed(group, dice),
                other => self.posts_uncounted(other, group, dice),
            }
        }
    }

    /// One of the basic groups that are left becomes a supergroup. Whether there was one.
    pub(super) fn migrates(&mut self, dice: &mut Dice) -> bool {
        let is_left = self.migrated < BASIC;
        if is_left {
            let old = self.groups[self.migrated].clone();
            let new = old.migrates(&self.boss, dice.percent(50));
            self.ledger.moves(old.id, new.id);
            self.groups[self.migrated] = new;
            self.migrated += 1;
            self.is_moving = true;
            self.last = None;
        }
        is_left
    }

    /// Whether the program may not have heard of a group's new number yet.
    pub(super) fn is_moving(&self) -> bool {
        self.is_moving
    }

    /// Everything was taken.
    pub(super) fn has_settled(&mut self) {
        self.is_moving = false;
    }

    /// Waiting updates.
    pub(super) fn pending(&self) -> usize {
        self.bot.pending()
    }

    fn posts_any(&mut self, group: usize, dice: &mut Dice) {
        let (teacher, kind) = (dice.below(TEACHERS as u64) as usize, *dice.pick(&self.kinds));
        let content = Content::of_kind(kind).expect("the list has only known kinds");
        let now = self.sim.clock().now();
        let posted = self.teachers[teacher].sends(&self.groups[group], content);
        self.note(teacher, group, kind, now);
        self.last = Some((teacher, posted));
    }

    fn posts_album(&mut self, group: usize, dice: &mut Dice) {
        let teacher = dice.below(TEACHERS as u64) as usize;
        self.albums += 1;
        let (album, now) = (format!("album{}", self.albums), self.sim.clock().now());
        for item in 0..2 + dice.below(9) {
            let kind = *dice.pick(&["photo", "photo", "video", "document"]);
            let content = Content::of_kind(kind).expect("these kinds are known").in_album(&album);
            self.teachers[teacher].sends(&self.groups[group], content);
            self.note(teacher, group, kind, now);
            if item > 0 && counts(teacher, group) {
                self.ledger.album_rest(self.groups[group].id, &teacher_id(teacher), now);
            }
        }
    }

    /// A message that reaches the bot hours after it was written.
    fn posts_late(&mut self, group: usize, dice: &mut Dice) {
        let teacher = dice.below(TEACHERS as u64) as usize;
        let at = self.sim.clock().now() - TimeDelta::minutes(dice.below(23 * 60) as i64);
        self.teachers[teacher].sends_at(&self.groups[group], Content::voice(), at);
        self.note(teacher, group, "voice", at);
    }

    fn posts_unattributed(&mut self, group: usize, dice: &mut Dice) {
        let (chat, now) = (&self.groups[group], self.sim.clock().now());
        let voice = if dice.percent(50) {
            chat.anonymous_says(Some("Head"), "hello");
            "anon:Head".to_owned()
        } else {
            chat.channel_says(&self.channel, "hello");
            format!("chat:{}", self.channel.id)
        };
        self.posted += 1;
        if group < SWITCHED_OFF {
            self.ledger.unattributed(chat.id, &voice, "text", now);
        }
    }

    fn posts_uncounted(&mut self, which: u64, group: usize, dice: &mut Dice) {
        let (chat, stranger) = (&self.groups[group], dice.pick(&self.strangers));
        let teacher = dice.pick(&self.teachers);
        match which {
            84..=87 => {
                stranger.sends(chat, Content::of_kind(dice.pick::<&str>(&self.kinds)).expect("the list has only known kinds"));
            }
            88..=91 => {
                if let Some((teacher, posted)) = self.last {
                    self.teachers[teacher].edits(posted, "said otherwise");
                }
            }
            92..=94 => {
                teacher.says(chat, dice.pick::<&str>(&["/weather", "/weather@other_bot now", "/help@other_bot"]));
            }
            95 => chat.renamed(&self.boss, &format!("Group {group}, {}", dice.below(100))),
            96 => {
                stranger.joins(chat);
                stranger.leaves(chat);
            }
            97 => {
                chat.linked_channel_posts(&self.channel, "news");
            }
            98 if dice.percent(20) => self.boss.tells(&self.bot, "/start"),
            98 if dice.percent(20) => {
                teacher.says(chat, "/diag@rollcall_bot");
            }
            _ => stranger.tells(&self.bot, "hello"),
        }
        self.posted += 1;
    }

    fn note(&mut self, teacher: usize, group: usize, kind: &str, at: DateTime<Utc>) {
        self.posted += 1;
        if counts(teacher, group) {
            self.ledger.counted(self.groups[group].id, &teacher_id(teacher), kind, at);
        }
    }
}

/// Whether what a teacher writes in a group counts.
fn counts(teacher: usize, group: usize) -> bool {
    teacher != PAUSED && group < SWITCHED_OFF && is_assigned(teacher, group)
}

fn is_assigned(teacher: usize, group: usize) -> bool {
    !(teacher * 7 + group * 3).is_multiple_of(5)
}

fn teacher_id(teacher: usize) -> String {
    format!("T{teacher:03}")
}

fn write(data: &Path, file: &str, value: &Value) -> Result<(), String> {
    let path = data.join(file);
    let bytes = serde_json::to_vec_pretty(value).expect("a value is JSON");
    fs::write(&path, bytes).map_err(|why| format!("{}: {why}", path.display()))
}
