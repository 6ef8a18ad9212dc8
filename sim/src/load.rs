//! Load: many realistic updates in a bot's queue at once, and what was posted by them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::json;

use crate::{
    Bot, Chat, Content, Rights, Sim, User,
    model::{ChatKey, queue::next_random},
};

/// What to post. The same plan with the same seed in a new simulator posts the same.
#[derive(Clone, Debug)]
pub struct FloodPlan {
    /// Supergroups, with the bot as administrator.
    pub groups: usize,
    /// People, each a member of every group.
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
        let everybody: Vec<&User> = users.iter().collect();
        let groups: Vec<Chat> = (0..plan.groups).map(|n| self.group(&format!("Group {n}"), &everybody)).collect();
        for group in &groups {
            self.place(bot.id, group, Rights::Administrator);
        }
        let posted = self.shared.act(|world| {
            let chats: Vec<String> = groups.iter().map(|g| world.chat(ChatKey::public(g.id)).value().to_string()).collect();
            let people: Vec<String> = users.iter().map(|u| world.users[&u.id].value().to_string()).collect();
            let contents: Vec<String> = plan.kinds.iter().map(|kind| fields(kind)).collect();
            let mut numbers = vec![1_i64; groups.len()];
            let mut posted = BTreeMap::new();
            let mut seed = plan.seed;
            let now = world.now;
            let queue = &mut world.bots.get_mut(&bot.id).expect("handles point at bots that exist").queue;
            for n in 0..plan.messages {
                let mut pick = |from: usize| (next_random(&mut seed) % from as u64) as usize;
                let (user, kind) = (pick(users.len()), pick(contents.len()));
                let group = (user + pick(plan.groups_each.min(groups.len()))) % groups.len();
                let at = plan.from + plan.over / plan.messages as i32 * n as i32;
                let (number, chat, from, content) = (numbers[group], &chats[group], &people[user], &contents[kind]);
                numbers[group] += 1;
                let date = at.timestamp();
                let body = format!("{{\"message_id\":{number},\"from\":{from},\"chat\":{chat},\"date\":{date},{content}}}");
                queue.push("message", groups[group].id, &body, now);
                *posted.entry((at.date_naive(), groups[group].id, users[user].id, plan.kinds[kind])).or_insert(0) += 1;
            }
            posted
        });
        Flood { posted, groups, users }
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
