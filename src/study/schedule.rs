//! Which boards are due. A board is ordered durably, by community, day and time, before anything is sent; what was ordered once is
//! never ordered again, whatever restarts, clocks or second looks there are.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, SubsecRound, Utc};

use super::{board::shifted, local};
use crate::domain::{
    ids::{ChatId, UserId},
    period::local_day,
    study::{Community, MissedPosts, Post, PostKey, PostState, Study, StudyChange},
};

/// The most days that are made up for after a long time away: nobody reads more.
pub const MOST_MADE_UP: i64 = 31;
/// How many days posts and compliments are kept.
const KEPT_DAYS: i64 = 100;

type Posts = BTreeMap<PostKey, Post>;

/// Boards that are due by now and were never ordered. `random` gives numbers that nobody can guess.
///
/// Days before a community's `since` are never made up for: when watching begins or begins again, use [`started`].
pub fn due(study: &Study, now: DateTime<Utc>, random: &mut dyn FnMut() -> i64) -> Vec<StudyChange> {
    let none = Posts::new();
    let mut changes = Vec::new();
    for (chat, community) in study.communities.iter().filter(|(_, community)| community.watched) {
        let mut order =
            Ordering { chat: *chat, community, posts: study.posts.get(chat).unwrap_or(&none), now, changes: Vec::new() };
        order.missed_days(random);
        order.today(random);
        changes.append(&mut order.changes);
    }
    changes
}

/// Watching begins, now: days and times that are over are none of its schedule's, and what still waits is left out.
/// The community's `since` is to be set to today.
pub fn started(study: &Study, chat: ChatId, community: &Community, now: DateTime<Utc>) -> Vec<StudyChange> {
    let none = Posts::new();
    let posts = study.posts.get(&chat).unwrap_or(&none);
    let mut order = Ordering { chat, community, posts, now, changes: Vec::new() };
    let waiting = posts.iter().filter(|(_, post)| matches!(post.state, PostState::Due { .. }));
    waiting.for_each(|(key, post)| order.skip(*key, post));
    let today = local_day(community.zone, now);
    for time in order.slots(today).into_iter().filter(|time| !posts.contains_key(&key(today, *time))) {
        let closes_day = order.last_time() == Some(time);
        order.set(key(today, time), Post { state: PostState::Skipped, ..order.post(today, closes_day, 0) });
    }
    order.changes
}

/// Somebody's wish for a board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Names it (Unix milliseconds, not 0): one wish is one post, however often it is told.
    pub asked: i64,
    /// Whose it is.
    pub by: Option<UserId>,
    /// A number that nobody can guess.
    pub random_id: i64,
}

/// A board that somebody asked for, with all that happened by now. The schedule doesn't know of it. `None`: there is no such
/// community, or it is ordered already.
pub fn post_now(study: &Study, chat: ChatId, now: DateTime<Utc>, wish: Wish) -> Option<StudyChange> {
    let community = study.communities.get(&chat)?;
    let local = now.with_timezone(&community.zone).naive_local();
    let key = PostKey { day: local.date(), time: local.time().trunc_subsecs(0), asked: wish.asked };
    let known = study.posts.get(&chat).is_some_and(|posts| posts.keys().any(|known| known.asked == wish.asked));
    let state = PostState::Due { not_before: now, attempts: 0 };
    let post = Post {
        due: now,
        until: now,
        closes_day: false,
        random_id: wish.random_id,
        asked_by: wish.by,
        owes_snapshot: false,
        shown: None,
        state,
    };
    (!known && wish.asked != 0).then(|| StudyChange::Post(chat, key, Some(Box::new(post))))
}

/// What is to be sent now: of each community the oldest scheduled board, and the oldest that somebody asked for. While
/// one is on its way or has to wait, younger ones of its sort wait too.
pub fn ready(study: &Study, now: DateTime<Utc>) -> Vec<(ChatId, PostKey)> {
    let mut found = Vec::new();
    for (chat, posts) in watched_posts(study) {
        found.extend(lanes(posts).filter(|(_, moment)| moment.is_some_and(|at| at <= now)).map(|(key, _)| (chat, key)));
    }
    found
}

/// Attempts that were begun and whose end isn't known.
pub fn on_their_way(study: &Study) -> Vec<(ChatId, PostKey)> {
    let of_all = study.posts.iter().flat_map(|(chat, posts)| posts.iter().map(|(key, post)| (*chat, *key, post)));
    of_all.filter(|(.., post)| matches!(post.state, PostState::Sending { .. })).map(|(chat, key, _)| (chat, key)).collect()
}

/// Posted boards whose snapshots are not in the queue for a web dashboard yet.
pub fn without_snapshot(study: &Study) -> Vec<(ChatId, PostKey)> {
    let of_all = study.posts.iter().flat_map(|(chat, posts)| posts.iter().map(|(key, post)| (*chat, *key, post)));
    of_all.filter(|(.., post)| post.owes_snapshot).map(|(chat, key, _)| (chat, key)).collect()
}

/// When [`due`] or [`ready`] have something next, as far as can be told now; `None`: not before something changes.
pub fn wake(study: &Study, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let waiting = watched_posts(study).flat_map(|(_, posts)| lanes(posts)).filter_map(|(_, moment)| moment);
    let slots = study.communities.values().filter(|community| community.watched).flat_map(|community| {
        let today = local_day(community.zone, now).max(community.since);
        // The day after tomorrow, too: a zone may leave one out.
        let days = (0..3).map(move |ahead| shifted(today, ahead));
        days.flat_map(move |day| community.times.iter().map(move |time| local::instant(community.zone, day, *time)))
    });
    waiting.chain(slots).filter(|at| *at > now).min()
}

/// Takes out what is too old to be asked for again: settled posts, compliments.
pub fn prune(study: &Study, now: DateTime<Utc>) -> Vec<StudyChange> {
    let oldest = shifted(now.date_naive(), -KEPT_DAYS);
    let mut changes = Vec::new();
    for (chat, posts) in &study.posts {
        // The last one says from where on days were missed.
        let last = last_closed(posts);
        let is_open = |post: &Post| matches!(post.state, PostState::Due { .. } | PostState::Sending { .. });
        let old = posts.iter().filter(|(key, post)| key.day < oldest && !is_open(post) && Some(key.day) != last);
        changes.extend(old.map(|(key, _)| StudyChange::Post(*chat, *key, None)));
    }
    for (chat, periods) in &study.compliments {
        for (period, people) in periods.iter().filter(|(period, _)| began(period).is_some_and(|day| day < oldest)) {
            changes.extend(people.keys().map(|who| StudyChange::Compliment(*chat, period.clone(), *who, None)));
        }
    }
    changes
}

/// The first day of the period that compliments are kept under.
fn began(period: &str) -> Option<NaiveDate> {
    period.split_once(':')?.1.parse().ok()
}

fn key(day: NaiveDate, time: NaiveTime) -> PostKey {
    PostKey { day, time, asked: 0 }
}

/// The last day that is done with.
fn last_closed(posts: &Posts) -> Option<NaiveDate> {
    posts.iter().filter(|(key, post)| key.asked == 0 && post.closes_day).map(|(key, _)| key.day).max()
}

fn watched_posts(study: &Study) -> impl Iterator<Item = (ChatId, &Posts)> {
    let watched = |chat: &ChatId| study.communities.get(chat).is_some_and(|community| community.watched);
    study.posts.iter().filter(move |(chat, _)| watched(chat)).map(|(chat, posts)| (*chat, posts))
}

/// The oldest unsettled board by schedule and the oldest that was asked for, with the moment from which it may be sent; `None`
/// in place of that: it is on its way.
fn lanes(posts: &Posts) -> impl Iterator<Item = (PostKey, Option<DateTime<Utc>>)> {
    let open = |asked: bool| {
        posts.iter().filter(move |(key, _)| (key.asked != 0) == asked).find_map(|(key, post)| match post.state {
            PostState::Due { not_before, .. } => Some((*key, Some(not_before))),
            PostState::Sending { .. } => Some((*key, None)),
            PostState::Posted { .. } | PostState::Unsure { .. } | PostState::Refused { .. } | PostState::Skipped => None,
        })
    };
    open(false).into_iter().chain(open(true))
}

/// One community's boards being ordered.
struct Ordering<'a> {
    chat: ChatId,
    community: &'a Community,
    posts: &'a Posts,
    now: DateTime<Utc>,
    changes: Vec<StudyChange>,
}

impl Ordering<'_> {
    /// Days that are over and have no board: one each, in order, as the community's settings have it.
    fn missed_days(&mut self, random: &mut dyn FnMut() -> i64) {
        let Some(time) = self.last_time() else { return };
        let today = local_day(self.community.zone, self.now);
        let after_closed = last_closed(self.posts).map_or(NaiveDate::MIN, |day| shifted(day, 1));
        let first = self.community.since.max(after_closed).max(shifted(today, -MOST_MADE_UP));
        let days = (0..(today - first).num_days()).map(|n| shifted(first, n));
        let has_board = |day| self.posts.keys().any(|known| known.day == day && known.asked == 0 && known.time >= time);
        let missed: Vec<_> = days.filter(|day| local::exists(self.community.zone, *day) && !has_board(*day)).collect();
        let Some(last) = missed.last().copied() else { return };
        for day in missed {
            let post = match self.community.missed {
                MissedPosts::All => self.post(day, true, random()),
                MissedPosts::Last if day == last => self.post(day, true, random()),
                MissedPosts::Last | MissedPosts::None => Post { state: PostState::Skipped, ..self.post(day, true, 0) },
            };
            self.supersede(day);
            self.set(key(day, time), post);
        }
    }

    /// The last of today's times that is over; earlier ones of today are overtaken by it.
    fn today(&mut self, random: &mut dyn FnMut() -> i64) {
        let today = local_day(self.community.zone, self.now);
        if today < self.community.since || last_closed(self.posts).is_some_and(|day| day >= today) {
            return;
        }
        let new: Vec<_> = self.slots(today).into_iter().filter(|time| !self.posts.contains_key(&key(today, *time))).collect();
        let Some((latest, overtaken)) = new.split_last() else { return };
        let newest_ordered =
            self.posts.keys().filter(|known| known.day == today && known.asked == 0).map(|known| known.time).max();
        for time in overtaken {
            self.set(key(today, *time), Post { state: PostState::Skipped, ..self.post(today, false, 0) });
        }
        let closes_day = self.last_time() == Some(*latest);
        // A time that was put before one that is posted already has been overtaken, too.
        let post = if newest_ordered.is_some_and(|newest| newest > *latest) {
            Post { state: PostState::Skipped, ..self.post(today, closes_day, 0) }
        } else {
            self.supersede(today);
            self.post(today, closes_day, random())
        };
        self.set(key(today, *latest), post);
    }

    /// The times of a day that are over by now, ascending.
    fn slots(&self, day: NaiveDate) -> Vec<NaiveTime> {
        let mut times = self.community.times.clone();
        times.sort_unstable();
        times.dedup();
        times.retain(|time| local::instant(self.community.zone, day, *time) <= self.now);
        times
    }

    fn last_time(&self) -> Option<NaiveTime> {
        self.community.times.iter().copied().max()
    }

    /// A board that is due: as much as there is of its day.
    fn post(&self, day: NaiveDate, closes_day: bool, random_id: i64) -> Post {
        let until = super::board::until(self.community.zone, day, self.now);
        let state = PostState::Due { not_before: self.now, attempts: 0 };
        Post { due: self.now, until, closes_day, random_id, asked_by: None, owes_snapshot: false, shown: None, state }
    }

    /// Earlier boards of a day that could not be sent yet give way to a later one.
    fn supersede(&mut self, day: NaiveDate) {
        let of_day = self.posts.iter().filter(|(key, _)| key.day == day && key.asked == 0);
        let waiting: Vec<_> = of_day.filter(|(_, post)| matches!(post.state, PostState::Due { .. })).collect();
        waiting.into_iter().for_each(|(key, post)| self.skip(*key, post));
    }

    fn skip(&mut self, key: PostKey, post: &Post) {
        self.set(key, Post { state: PostState::Skipped, ..post.clone() });
    }

    fn set(&mut self, key: PostKey, post: Post) {
        self.changes.push(StudyChange::Post(self.chat, key, Some(Box::new(post))));
    }
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
