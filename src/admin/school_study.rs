//! A study community for tests and fuzzing: people who were in its calls, posts of every sort, corrections.

use chrono::{Duration, NaiveDate, NaiveTime};

use super::{
    school::{ADMIN, ANN, GRADE_2, STRANGER, School},
    study::facts::{StudyFacts, StudyNeeds},
};
use crate::{
    domain::{
        change::Change,
        ids::{ChatId, MessageId},
        lang::Lang,
        period::local_day,
        presence::{CallId, Who},
        study::{Began, Call, Community, Correction, Member, Post, PostKey, PostState, Seat, StudyChange},
    },
    study::{
        DaySeconds,
        words::{Words, parse},
    },
    text::words::WordList,
};

fn built_in(lang: Lang) -> Words {
    let lines = |list: WordList| parse(list.built_in(lang).as_bytes()).expect("our own words are right");
    Words { compliments: lines(WordList::Compliments), quotes: lines(WordList::Quotes) }
}

/// Somebody who is known for their study time only.
pub(crate) const STUDENT: crate::domain::ids::UserId = crate::domain::ids::UserId(701);
/// Their second account.
pub(crate) const SECOND: Who = Who(702);

impl School {
    /// Makes the first group a community with a call that goes on.
    pub(crate) fn with_study(mut self) -> Self {
        let today = local_day(self.rules.zone, self.now);
        let title = self.state.groups.get(&GRADE_2).map(|group| group.title.clone()).unwrap_or_default();
        let community = Community::new(GRADE_2, title, self.rules.zone, Lang::En, today - Duration::days(21));
        self.learn(StudyChange::Community(GRADE_2, Some(Box::new(community))));
        self.add_member(GRADE_2, STUDENT.into(), "Dilnoza Karimova", Some("dilnoza"));
        self.add_member(GRADE_2, ANN.into(), "Ann Lee", None);
        self.add_member(GRADE_2, Who(703), "Bob <B> & Co", Some("bob"));
        self.add_member(GRADE_2, Who(-1_001_999), "A channel", None);
        let second = Member { name: "Dilnoza 2".into(), same_as: Some(STUDENT.into()), ..Member::default() };
        self.learn(StudyChange::Member(GRADE_2, SECOND, Some(Box::new(second))));
        let call = Call { chat: GRADE_2, seen: self.now, confirmed: self.now, outages: Vec::new(), seats: Default::default() };
        self.learn(StudyChange::Call(CallId(5), Some(Box::new(call))));
        let seat = Seat { joined: self.now, began: Began::Observed, seen: self.now, source: 1, muted: false, confirmed: None };
        self.learn(StudyChange::Seat(CallId(5), STUDENT.into(), Some(seat)));
        let mut correction = Correction {
            day: today - Duration::days(1),
            who: STUDENT.into(),
            seconds: 1_800,
            reason: "Internet was <down>".into(),
            by: ADMIN,
            at: self.now,
            withdrawn: None,
        };
        self.learn(StudyChange::Correction(GRADE_2, 1, Some(Box::new(correction.clone()))));
        correction.withdrawn = Some((ADMIN, self.now));
        self.learn(StudyChange::Correction(GRADE_2, 2, Some(Box::new(correction))));
        for (back, state) in [
            (3, PostState::Posted { chat: GRADE_2, message: Some(MessageId(9)), at: self.now }),
            (2, PostState::Unsure { since: self.now }),
            (1, PostState::Refused { why: "Forbidden: bot was <kicked>".into(), at: self.now }),
        ] {
            self.add_post(today - Duration::days(back), state);
        }
        self
    }

    /// What names and numbers can do to it.
    pub(crate) fn with_hostile_study(self) -> Self {
        let mut school = self.with_study();
        let names =
            ["<b>Bold</b> & \"quoted\"", "שרה כהן", "\u{202e}txet", &"😀".repeat(4096), &"W".repeat(500), "\u{200f}\n", ""];
        for (i, name) in names.iter().enumerate() {
            let i = i as i64;
            school.add_member(GRADE_2, Who(9_000_000_000 + i), name, None);
            let chat = ChatId(-1_009_000_000_000_000 - i);
            let community = Community::new(chat, (*name).to_owned(), chrono_tz::UTC, Lang::Ru, school.now.date_naive());
            school.learn(StudyChange::Community(chat, Some(Box::new(Community { watched: i % 2 == 0, ..community }))));
            school.add_member(chat, STRANGER.into(), name, Some(&"u".repeat(300)));
            let correction = Correction {
                day: school.now.date_naive(),
                who: Who(9_000_000_000 + i),
                seconds: i32::MIN,
                reason: (*name).to_owned(),
                by: ADMIN,
                at: school.now,
                withdrawn: None,
            };
            school.learn(StudyChange::Correction(GRADE_2, 10 + i as u64, Some(Box::new(correction))));
        }
        for i in 0..12 {
            let who = Who(4_503_599_627_370_000 + i);
            let member = Member {
                name: format!("Участник {i} {}", "я".repeat(60)),
                same_as: Some(STUDENT.into()),
                opted_out: i % 2 == 0,
                ..Member::default()
            };
            school.learn(StudyChange::Member(GRADE_2, who, Some(Box::new(member))));
            school.add_post(
                school.now.date_naive() - Duration::days(10 + i),
                PostState::Refused { why: "<&>".repeat(900), at: school.now },
            );
        }
        school
    }

    fn learn(&mut self, change: StudyChange) {
        self.state.apply(Change::Study(change));
    }

    fn add_member(&mut self, chat: ChatId, who: Who, name: &str, username: Option<&str>) {
        let member = Member { name: name.to_owned(), username: username.map(str::to_owned), ..Member::default() };
        self.learn(StudyChange::Member(chat, who, Some(Box::new(member))));
    }

    fn add_post(&mut self, day: NaiveDate, state: PostState) {
        let key = PostKey { day, time: NaiveTime::from_hms_opt(21, 30, 0).expect("a time"), asked: 0 };
        // Somebody was corrected since, and somebody else had no place.
        let places = vec![(Who::from(STUDENT), 4_000), (Who::from(ANN), 2_400)];
        let shown = matches!(state, PostState::Posted { .. }).then(|| Box::new([places.clone(), places, Vec::new()]));
        let post = Post {
            due: self.now,
            until: self.now,
            closes_day: true,
            random_id: 7,
            asked_by: None,
            owes_snapshot: false,
            shown,
            state,
        };
        self.learn(StudyChange::Post(GRADE_2, key, Some(Box::new(post))));
    }

    /// What would be looked up for a screen: some minutes of everybody on every day.
    pub(super) fn study_facts(&self, needs: StudyNeeds) -> StudyFacts {
        let members = self.state.study.members.get(&needs.chat).into_iter().flatten();
        let persons: Vec<Who> = members.filter(|(_, member)| member.same_as.is_none()).map(|(who, _)| *who).collect();
        let minutes = |day: NaiveDate, n: usize| {
            let back = (local_day(self.rules.zone, self.now) - day).num_days();
            u32::try_from((back * 37 + 40 * n as i64).rem_euclid(240)).unwrap_or(0)
        };
        let on = |day| persons.iter().enumerate().map(|(n, who)| (*who, minutes(day, n) * 60)).collect();
        let seconds: DaySeconds = needs.days.days().map(|day| (day, on(day))).collect();
        StudyFacts { seconds, why: None, words: needs.words.map(built_in) }
    }
}
