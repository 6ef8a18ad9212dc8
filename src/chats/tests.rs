use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::{
    admin::Desk,
    domain::{
        bots::Bots,
        change::Outcome,
        chats::{BotRole, ChatKind, Right},
        event::{MemberStanding, OwnStanding, Presence},
        ids::{BotId, ChatId, UserId},
        lang::Lang,
        rules::Rules,
        state::State,
    },
};

const MAIN: BotId = BotId(7);
const NORTH: BotId = BotId(8);
const GRADE: ChatId = ChatId(-1001);
const NEWS: ChatId = ChatId(-1002);

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn rules(bot: BotId) -> Rules {
    let bots = Bots { main: MAIN, all: [MAIN, NORTH].into() };
    Rules {
        admins: Default::default(),
        researchers: Default::default(),
        zone: chrono_tz::Asia::Tashkent,
        lang: Lang::En,
        bot,
        bots,
        assistants: Default::default(),
        marks: Default::default(),
    }
}

/// What two bots know, at a time that passes.
struct Scene {
    state: State,
    now: DateTime<Utc>,
}

impl Scene {
    fn new() -> Self {
        Self { state: State::default(), now: at("2026-01-26T05:00:00Z") }
    }

    fn by(&mut self, bot: BotId, decide: impl FnOnce(&Desk<'_>) -> Outcome) {
        let outcome = decide(&Desk { state: &self.state, rules: &rules(bot), now: self.now });
        let again = outcome.changes.clone();
        outcome.changes.into_iter().for_each(|change| self.state.apply(change));
        let once = self.state.clone();
        again.into_iter().for_each(|change| self.state.apply(change));
        assert_eq!(self.state, once, "a change says what is so");
    }

    fn stands(&mut self, bot: BotId, chat: ChatId, kind: ChatKind, presence: Presence) {
        let (title, username) = ("Grade\u{202e} 2\n".to_owned(), Some("grade2".to_owned()));
        let event = OwnStanding { chat, title, username, kind, by: UserId(1), presence };
        self.by(bot, |desk| own_standing(desk, &event));
    }

    fn counts(&mut self, chat: ChatId, members: u32) {
        let own = Some((BotRole::Administrator, [Right::ManageChat].into_iter().collect()));
        self.by(MAIN, |desk| learnt(desk, chat, &Look { members: Some(members), own, ..Look::default() }));
    }

    fn moves(&mut self, bot: BotId, chat: ChatId, comes: bool) {
        let date = self.now.timestamp();
        let event = MemberStanding { chat, user: UserId(5), present: comes, was_present: !comes, date };
        self.by(bot, |desk| member_standing(desk, &event));
    }

    fn today(&self) -> NaiveDate {
        Desk { state: &self.state, rules: &rules(MAIN), now: self.now }.today()
    }

    fn rows(&self) -> Vec<Row> {
        rows(&self.state, &rules(MAIN), self.today(), &Filter::default())
    }

    fn due(&self, works: impl Fn(BotId) -> bool) -> Option<Due> {
        next(&Desk { state: &self.state, rules: &rules(MAIN), now: self.now }, works, true)
    }

    fn wants(&mut self, chat: Option<ChatId>) {
        let outcome = want(&self.state, self.now, chat).expect("it is known");
        outcome.changes.into_iter().for_each(|change| self.state.apply(change));
    }
}

#[test]
fn growth_is_told_from_the_days_that_were_counted() {
    let mut scene = Scene::new();
    scene.stands(MAIN, GRADE, ChatKind::Supergroup, Presence::Administrator);
    // Nobody asked on the 12th to the 17th: the number of the 11th stands for them.
    for (day, members) in [("2026-01-11", 20), ("2026-01-18", 24), ("2026-01-25", 30)] {
        scene.now = at(&format!("{day}T05:00:00Z"));
        scene.counts(GRADE, members);
    }
    let growth = |scene: &Scene| (scene.rows()[0].week.growth, scene.rows()[0].month.growth);
    assert_eq!(growth(&scene), (Some(6), None), "nobody knows what was 30 days ago");
    scene.now = at("2026-01-24T05:00:00Z");
    assert_eq!(growth(&scene).0, Some(10));
    scene.now = at("2026-02-12T05:00:00Z");
    scene.counts(GRADE, 27);
    assert_eq!(growth(&scene), (None, Some(7)), "a number of long before says nothing of a week");
    let days = series(&scene.state.chats, GRADE, scene.today(), 30);
    assert_eq!((days.len(), days[29].1.members(), days[28].1.members()), (30, Some(27), None));
}

#[test]
fn joins_and_leaves_are_counted_by_day_and_by_one_bot() {
    let mut scene = Scene::new();
    for bot in [MAIN, NORTH] {
        scene.stands(bot, GRADE, ChatKind::Supergroup, Presence::Administrator);
    }
    for comes in [true, true, false] {
        // Telegram tells both.
        scene.moves(NORTH, GRADE, comes);
        scene.moves(MAIN, GRADE, comes);
    }
    let row = &scene.rows()[0];
    assert_eq!((row.week.joined, row.week.left), (2, 1));
    scene.now += TimeDelta::days(8);
    scene.moves(MAIN, GRADE, true);
    let row = &scene.rows()[0];
    assert_eq!((row.week.joined, row.week.left, row.month.joined), (1, 0, 3));
    // Promoted or demoted, nobody comes or goes.
    let event = MemberStanding { chat: GRADE, user: UserId(5), present: true, was_present: true, date: 0 };
    let before = scene.state.clone();
    scene.by(MAIN, |desk| member_standing(desk, &event));
    assert_eq!(scene.state, before);
}

#[test]
fn a_join_counts_on_its_own_day_though_it_is_told_late() {
    let mut scene = Scene::new();
    scene.stands(MAIN, GRADE, ChatKind::Supergroup, Presence::Administrator);
    let date = at("2026-01-25T18:59:00Z").timestamp();
    let event = MemberStanding { chat: GRADE, user: UserId(5), present: true, was_present: false, date };
    scene.by(MAIN, |desk| member_standing(desk, &event));
    let on = |scene: &Scene, day: &str| scene.state.chats.on(GRADE, day.parse().expect("a date")).map(|count| count.joined);
    let both = (on(&scene, "2026-01-25"), on(&scene, "2026-01-26"));
    assert_eq!(both, (Some(1), None), "a minute before midnight in Tashkent");
    let nonsense = MemberStanding { date: i64::MAX, ..event };
    scene.by(MAIN, |desk| member_standing(desk, &nonsense));
    assert_eq!(scene.rows()[0].week.joined, 2, "a date that nobody can read is today");
}

#[test]
fn each_chat_is_asked_about_once_a_day_at_its_own_minute() {
    let mut scene = Scene::new();
    for n in 0..200 {
        scene.stands(MAIN, ChatId(-1_001_000_000_000 - n), ChatKind::Supergroup, Presence::Member);
    }
    let mut asked = Vec::new();
    for minute in 0..(3 * 24 * 60) {
        scene.now = at("2026-01-25T19:00:00Z") + TimeDelta::minutes(minute);
        while let Some(due) = scene.due(|_| true) {
            scene.counts(due.chat, 10);
            asked.push((scene.today(), minute));
        }
    }
    let days: Vec<_> = asked.iter().map(|(day, _)| *day).collect();
    for day in ["2026-01-26", "2026-01-27", "2026-01-28"] {
        assert_eq!(days.iter().filter(|asked| asked.to_string() == day).count(), 200, "{day}");
    }
    // The first time at once; then spread over the day.
    let second_day = asked.iter().filter(|(_, minute)| (1_440..2_880).contains(minute));
    let most = second_day.fold(std::collections::BTreeMap::<i64, usize>::new(), |mut by_hour, (_, minute)| {
        *by_hour.entry(minute / 60).or_default() += 1;
        by_hour
    });
    assert!(most.values().all(|n| *n < 30) && most.len() >= 18, "{most:?}");
    assert_eq!((share(50), share(5_000)), (30, 50));
}

#[test]
fn what_somebody_waits_for_comes_first_and_not_twice_a_minute() {
    let mut scene = Scene::new();
    for chat in [GRADE, NEWS] {
        scene.stands(MAIN, chat, ChatKind::Supergroup, Presence::Administrator);
        scene.counts(chat, 10);
    }
    scene.wants(Some(NEWS));
    assert_eq!(scene.due(|_| true), None, "it was asked about just now");
    scene.now += TimeDelta::minutes(2);
    scene.wants(Some(NEWS));
    assert_eq!(scene.due(|_| true), Some(Due { chat: NEWS, bot: Some(MAIN), is_wanted: true }));
    assert_eq!(scene.due(|_| false), Some(Due { chat: NEWS, bot: None, is_wanted: true }), "whoever waits is told so");
    scene.by(MAIN, |desk| asked_in_vain(desk, NEWS));
    let failed = scene.rows().into_iter().find(|row| row.chat == NEWS).and_then(|row| row.known.failed);
    assert!(failed.is_some_and(|failed| failed.passes && failed.why.contains("connected")));
    assert_eq!(scene.due(|_| true), None);
    scene.now += TimeDelta::minutes(2);
    scene.wants(None);
    for _ in 0..2 {
        let due = scene.due(|_| true).expect("both are wanted");
        scene.counts(due.chat, 11);
    }
    assert_eq!(scene.due(|_| true), None);
    assert_eq!(want(&scene.state, scene.now, Some(ChatId(-5))), Err(ChatId(-5)));
}

#[test]
fn a_failed_look_leaves_what_was_known_and_is_tried_again_when_that_helps() {
    let mut scene = Scene::new();
    scene.stands(MAIN, GRADE, ChatKind::Supergroup, Presence::Administrator);
    scene.counts(GRADE, 30);
    let fails = |scene: &mut Scene, passes, is_gone| {
        let why = "Telegram answered 500:\u{202e} Internal ".repeat(20);
        let trouble = Some(Trouble { why, passes, is_gone });
        scene.by(MAIN, |desk| learnt(desk, GRADE, &Look { trouble, ..Look::default() }));
    };
    fails(&mut scene, true, false);
    let row = &scene.rows()[0];
    assert_eq!((row.known.members, row.known.looked.is_some()), (Some(30), true));
    let failed = row.known.failed.as_ref().expect("it failed");
    assert!(failed.why.chars().count() <= 200 && !failed.why.contains('\u{202e}'));
    assert_eq!(Sums::of(&scene.rows()).failed, 1);
    assert_eq!(scene.due(|_| true), None);
    scene.now += TimeDelta::minutes(61);
    assert!(scene.due(|_| true).is_some(), "an hour later");
    fails(&mut scene, false, true);
    let row = &scene.rows()[0];
    assert_eq!(row.known.left(), Some(scene.now));
    scene.now += TimeDelta::days(2);
    assert_eq!(scene.due(|_| true), None, "no bot is in it");
    let sums = Sums::of(&scene.rows());
    assert_eq!((sums.chats, sums.gone, sums.members), (0, 1, 0));
}

#[test]
fn a_chat_is_left_when_the_last_bot_left_and_forgotten_only_then() {
    let mut scene = Scene::new();
    for bot in [MAIN, NORTH] {
        scene.stands(bot, GRADE, ChatKind::Channel, Presence::Administrator);
    }
    scene.counts(GRADE, 30);
    scene.stands(MAIN, GRADE, ChatKind::Channel, Presence::Gone);
    assert_eq!(scene.rows()[0].known.left(), None);
    assert_eq!(forget(&scene.state, GRADE), Err(NotForgotten::BotIsThere));
    scene.now = at("2026-01-27T18:59:00Z");
    assert_eq!(scene.due(|_| true).and_then(|due| due.bot), Some(NORTH), "the other one is asked");
    scene.stands(NORTH, GRADE, ChatKind::Channel, Presence::Gone);
    assert_eq!(scene.rows()[0].known.left(), Some(scene.now));
    scene.by(MAIN, |desk| forget(desk.state, GRADE).expect("nobody is there"));
    assert!(scene.rows().is_empty());
    assert_eq!(scene.state.chats.days_of(GRADE).count(), 0);
    assert_eq!(forget(&scene.state, GRADE), Err(NotForgotten::Unknown));
    scene.stands(MAIN, GRADE, ChatKind::Channel, Presence::Member);
    let place = scene.rows()[0].known.place(MAIN).copied().expect("it is back");
    assert_eq!((place.since, place.gone_since), (Some(scene.now), None));
}

#[test]
fn numbers_go_on_in_the_supergroup() {
    let mut scene = Scene::new();
    let (old, new) = (ChatId(-77), ChatId(-1_001_000_000_077));
    scene.stands(MAIN, old, ChatKind::Group, Presence::Administrator);
    scene.counts(old, 30);
    scene.moves(MAIN, old, true);
    scene.wants(Some(old));
    scene.by(MAIN, |desk| {
        let mut outcome = moved(desk.state, old, new);
        outcome.set(crate::domain::change::Change::Moved(old, new));
        outcome
    });
    let rows = scene.rows();
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.chat, row.known.kind, row.week.joined), (new, ChatKind::Supergroup, 1));
    assert_eq!(row.known.place(MAIN).map(|place| place.role), Some(BotRole::Administrator));
    assert_eq!(scene.state.chats.days_of(old).count(), 0);
    scene.moves(MAIN, old, true);
    assert_eq!(scene.rows()[0].week.joined, 2, "a late update of the old one");
}

#[test]
fn titles_and_names_are_tidy() {
    let mut scene = Scene::new();
    scene.stands(MAIN, GRADE, ChatKind::Forum, Presence::Member);
    assert_eq!(scene.rows()[0].known.title, "Grade 2");
    scene.by(MAIN, |desk| renamed(desk, GRADE, "\u{202e}3\u{0}"));
    assert_eq!(scene.rows()[0].known.title, "3");
    let described = Described { title: " \n".into(), username: None, kind: ChatKind::Supergroup };
    scene.by(MAIN, |desk| learnt(desk, GRADE, &Look { described: Some(described), ..Look::default() }));
    let row = &scene.rows()[0];
    assert_eq!((row.known.title.as_str(), row.known.kind, &row.known.username), ("", ChatKind::Supergroup, &None));
}
