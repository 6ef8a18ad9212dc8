//! Load: many realistic updates in a bot's queue at once, and what was posted by them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use crate::{
    Bot, Chat, Content, Rights, Sim, User,
    model::{ChatKey, World, queue::next_random},
};

/// What to post. The same plan with the same seed in a new simulator posts the same.
#[derive(Clone, Debug)]
pub struct FloodPlan {
    /// Supergroups, with the bot as administrator.
    pub groups: usize,
    /// People, each a member of the groups in which they write.
    pub users: usize,
    /// In how many of the groups each of them writes.
    pub groups_each: usize,
    /// Messages in all.
    pub messages: usize,
    /// Decides who posts what where.
    pub seed: u64,
    /// Kinds that [`Content::of_kind`] knows; a kind that is named twice comes twice as often.
    pub kinds: Vec<&'static str>,
    /// When the first message is posted.
    pub from: DateTime<Utc>,
    /// Over how long they are spread.
    pub over: TimeDelta,
}

impl FloodPlan {
    /// So many messages in 20 groups by 100 people, who write in all of them, within an hour from `from` on: mostly text,
    /// some of each common kind.
    pub fn new(messages: usize, from: DateTime<Utc>) -> Self {
        let kinds = vec!["text", "text", "text", "text", "text", "photo", "video", "audio", "voice", "document"];
        Self { groups: 20, users: 100, groups_each: 20, messages, seed: 1, kinds, from, over: TimeDelta::hours(1) }
    }
}

/// What a plan posted.
#[derive(Clone, Debug)]
pub struct Flood {
    /// How many messages: by UTC day, chat, person and kind.
    pub posted: BTreeMap<(NaiveDate, i64, i64, &'static str), u64>,
    /// The groups that were made.
    pub groups: Vec<Chat>,
    /// The people that were made.
    pub users: Vec<User>,
}

impl Sim {
    /// Fills a bot's queue. The messages are not kept: only the bot hears of them.
    pub fn flood(&self, bot: &Bot, plan: &FloodPlan) -> Flood {
        let users: Vec<User> = (0..plan.users).map(|n| self.user(&format!("Person {n}"))).collect();
        let each = plan.groups_each.min(plan.groups);
        let writes_in = |user: usize, group: usize| (group + plan.groups - user % plan.groups) % plan.groups < each;
        let members = |group| users.iter().enumerate().filter(move |(n, _)| writes_in(*n, group)).map(|(_, user)| user);
        let groups = (0..plan.groups).map(|n| self.group(&format!("Group {n}"), &members(n).collect::<Vec<_>>()));
        let groups: Vec<Chat> = groups.collect();
        for group in &groups {
            self.place(bot.id, group, Rights::Administrator);
        }
        let mut crowd = self.crowd(bot, &groups, &users, &plan.kinds);
        let mut posted = BTreeMap::new();
        let mut seed = plan.seed;
        self.shared.act(|world| {
            for n in 0..plan.messages {
                let mut pick = |from: usize| (next_random(&mut seed) % from as u64) as usize;
                let (user, kind) = (pick(users.len()), pick(plan.kinds.len()));
                let group = (user + pick(each)) % groups.len();
                let at = plan.from + plan.over / plan.messages as i32 * n as i32;
                crowd.post(world, group, user, kind, at);
                *posted.entry((at.date_naive(), groups[group].id, users[user].id, plan.kinds[kind])).or_insert(0) += 1;
            }
        });
        Flood { posted, groups, users }
    }

    /// These people in these groups, ready to post millions of messages of these kinds.
    pub(crate) fn crowd(&self, bot: &Bot, groups: &[Chat], users: &[User], kinds: &[&str]) -> Crowd {
        let world = self.shared.world();
        Crowd {
            bot: bot.id,
            chats: groups.iter().map(|g| (g.id, world.chat(ChatKey::public(g.id)).value().to_string(), 1)).collect(),
            people: users.iter().map(|u| world.users[&u.id].value().to_string()).collect(),
            contents: kinds.iter().map(|kind| fields(kind)).collect(),
        }
    }
}

/// Messages by the million: serialised from ready parts, and not kept.
#[derive(Debug)]
pub(crate) struct Crowd {
    bot: i64,
    /// Number, object, and the number of its next message.
    chats: Vec<(i64, String, i64)>,
    people: Vec<String>,
    contents: Vec<String>,
}

impl Crowd {
    /// One message, by the indices of group, person and kind.
    pub(crate) fn post(&mut self, world: &mut World, group: usize, user: usize, kind: usize, at: DateTime<Utc>) {
        let (id, chat, number) = &mut self.chats[group];
        let (from, content, date) = (&self.people[user], &self.contents[kind], at.timestamp());
        let body = format!("{{\"message_id\":{number},\"from\":{from},\"chat\":{chat},\"date\":{date},{content}}}");
        *number += 1;
        let now = world.now;
        let bot = world.bots.get_mut(&self.bot).expect("handles point at bots that exist");
        bot.queue.push("message", *id, &body, now);
    }
}

/// The content's fields, without braces.
fn fields(kind: &str) -> String {
    let content = Content::of_kind(kind).unwrap_or_else(|| panic!("no kind {kind:?}"));
    let json = json!(content.0).to_string();
    json[1..json.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_says_what_it_posted() {
        let sim = Sim::start();
        let bot = sim.bot("school_bot");
        let plan = FloodPlan { groups: 3, users: 5, ..FloodPlan::new(1_000, DateTime::default()) };
        let flood = sim.flood(&bot, &plan);
        assert_eq!((bot.pending(), flood.posted.values().sum::<u64>()), (1_000, 1_000));
        let again = Sim::start();
        assert_eq!(again.flood(&again.bot("school_bot"), &plan).posted, flood.posted);
    }
}
