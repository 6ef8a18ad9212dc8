//! What a pressed wish about study time comes to.

use super::{
    super::{Desk, Done, Visitor, dialogue::ask},
    dialogue, member, people, post, target,
};
use crate::{
    admin::press::{Choice, Screen, StudyOrder, StudyScreen},
    domain::{
        change::Change,
        form::Step,
        ids::{ChatId, MessageId, UserId},
        period::local_day,
        presence::Who,
        rules::Admin,
        study::{Community, Correction, CorrectionId, Member, PostKey, Setting, StudyChange, StudyStep},
    },
    study::schedule,
    text::{study::toast::StudyToast, toast::Toast},
};

/// Does what was wished; `None` if this person may not wish it.
pub(in crate::admin) fn carry_out(visitor: &Visitor<'_>, order: &StudyOrder, edit: Option<MessageId>) -> Option<Done> {
    if order.is_members() {
        return people::is_known(visitor.desk.state, visitor.user).then(|| member::carry_out(visitor, order, edit));
    }
    let admin = visitor.admin?;
    Some(Keeper { visitor, admin, edit }.carry_out(order))
}

/// The screen in place of the pressed one, with what it says and what changed.
pub(super) fn done(
    visitor: &Visitor<'_>,
    edit: Option<MessageId>,
    screen: StudyScreen,
    toast: StudyToast,
    changes: Vec<StudyChange>,
) -> Done {
    Done {
        changes: changes.into_iter().map(Change::Study).collect(),
        work: vec![visitor.show(&Screen::Study(screen), edit, None)],
        toast: Some((Toast::Study(toast), false)),
        lang: None,
    }
}

/// Times of today that are over when they are chosen are none of today's schedule: whoever chooses 08:00 at noon means tomorrow's.
pub(super) fn passed_times(desk: &Desk<'_>, chat: ChatId, before: &Community, after: &Community) -> Vec<StudyChange> {
    if !after.watched || (&before.times, before.zone) == (&after.times, after.zone) {
        return Vec::new();
    }
    let study = &desk.state.study;
    let is_new = |key: &PostKey| study.posts.get(&chat).is_none_or(|posts| !posts.contains_key(key));
    let mut passed = schedule::started(study, chat, after, desk.now);
    passed.retain(|change| matches!(change, StudyChange::Post(_, key, _) if is_new(key)));
    passed
}

/// An admin at work on communities. The witness says that it was looked up.
pub(super) struct Keeper<'a> {
    pub(super) visitor: &'a Visitor<'a>,
    #[expect(dead_code, reason = "holding it is the proof that this is an admin")]
    pub(super) admin: Admin,
    pub(super) edit: Option<MessageId>,
}

impl Keeper<'_> {
    fn carry_out(&self, order: &StudyOrder) -> Done {
        match order {
            StudyOrder::Watch { chat } => self.watch(*chat),
            StudyOrder::Run { chat, on } => self.run(*chat, *on),
            StudyOrder::Set { chat, choice } => self.set(*chat, choice),
            StudyOrder::AskSetting { chat, setting } => self.ask_setting(*chat, *setting),
            StudyOrder::PostNow { chat, asked } => post::now(self, *chat, *asked),
            StudyOrder::PostAgain { chat, post } | StudyOrder::PostRetry { chat, post } => {
                post::settle(self, *chat, *post, false)
            }
            StudyOrder::PostIsThere { chat, post } => post::settle(self, *chat, *post, true),
            StudyOrder::AskMember { chat } => match self.community(*chat) {
                Ok((chat, _)) => ask(self.visitor, Step::Study(StudyStep::FindMember { chat })),
                Err(gone) => gone,
            },
            StudyOrder::Join { chat, who, same_as } => self.join(*chat, *who, *same_as),
            StudyOrder::Part { chat, who } => self.part(*chat, *who),
            StudyOrder::AskCorrection { chat, who } => match self.member(*chat, *who) {
                Ok((chat, _)) => {
                    let who = people::canonical(self.visitor.desk.state, chat, *who);
                    ask(self.visitor, Step::Study(StudyStep::CorrectionDay { chat, who }))
                }
                Err(gone) => gone,
            },
            StudyOrder::CorrectionDay { day } => dialogue::press_day(self.visitor, *day),
            StudyOrder::CorrectionMinutes { minutes } => dialogue::press_minutes(self.visitor, *minutes),
            StudyOrder::CorrectionDone {} => self.correct(),
            StudyOrder::Withdraw { chat, correction } => self.withdraw(*chat, *correction),
            // Members', and done before.
            StudyOrder::SetGoal { .. }
            | StudyOrder::AskGoal { .. }
            | StudyOrder::Hide { .. }
            | StudyOrder::Chart { .. }
            | StudyOrder::ForgetMe { .. } => Done::default(),
        }
    }

    pub(super) fn done(&self, screen: StudyScreen, toast: StudyToast, changes: Vec<StudyChange>) -> Done {
        done(self.visitor, self.edit, screen, toast, changes)
    }

    /// The community under its id of now.
    pub(super) fn community(&self, chat: ChatId) -> Result<(ChatId, &Community), Done> {
        let state = self.visitor.desk.state;
        let chat = state.current_id(chat);
        let known = state.study.communities.get(&chat).map(|community| (chat, community));
        known.ok_or_else(|| self.done(StudyScreen::Communities { page: 0 }, StudyToast::CommunityGone, Vec::new()))
    }

    fn member(&self, chat: ChatId, who: Who) -> Result<(ChatId, &Member), Done> {
        let (chat, _) = self.community(chat)?;
        let known = people::member(self.visitor.desk.state, chat, who).map(|member| (chat, member));
        known.ok_or_else(|| self.done(StudyScreen::Members { chat, page: 0 }, StudyToast::MemberGone, Vec::new()))
    }

    fn watch(&self, chat: ChatId) -> Done {
        let desk = self.visitor.desk;
        let chat = desk.state.current_id(chat);
        if desk.state.study.communities.contains_key(&chat) {
            return self.run(chat, true);
        }
        let Some(group) = desk.state.groups.get(&chat) else {
            return self.done(StudyScreen::Watch { page: 0 }, StudyToast::CommunityGone, Vec::new());
        };
        let community = Community::new(chat, group.title.clone(), desk.rules.zone, desk.rules.lang, desk.today());
        let mut changes = schedule::started(&desk.state.study, chat, &community, desk.now);
        changes.push(StudyChange::Community(chat, Some(Box::new(community))));
        self.done(StudyScreen::Community { chat }, StudyToast::Watched, changes)
    }

    fn run(&self, chat: ChatId, on: bool) -> Done {
        let (chat, community) = match self.community(chat) {
            Ok(known) => known,
            Err(gone) => return gone,
        };
        let toast = if on { StudyToast::Watched } else { StudyToast::Paused };
        if community.watched == on {
            return self.done(StudyScreen::Community { chat }, toast, Vec::new());
        }
        let mut changed = Community { watched: on, ..community.clone() };
        let mut changes = Vec::new();
        if on {
            // What was not watched is not made up for.
            changed.since = local_day(community.zone, self.visitor.desk.now);
            changed.resumed = Some(self.visitor.desk.now);
            changes = schedule::started(&self.visitor.desk.state.study, chat, &changed, self.visitor.desk.now);
        }
        changes.push(StudyChange::Community(chat, Some(Box::new(changed))));
        self.done(StudyScreen::Community { chat }, toast, changes)
    }

    fn set(&self, chat: ChatId, choice: &Choice) -> Done {
        let (chat, community) = match self.community(chat) {
            Ok(known) => known,
            Err(gone) => return gone,
        };
        let changed = choice.applied(community);
        let passed = passed_times(self.visitor.desk, chat, community, &changed);
        let is_elsewhere = changed.target != community.target;
        let changes =
            if changed == *community { Vec::new() } else { vec![StudyChange::Community(chat, Some(Box::new(changed)))] };
        let changes = changes.into_iter().chain(passed).collect();
        let mut done = self.done(StudyScreen::Settings { chat }, StudyToast::Saved, changes);
        done.work.extend(target::to_check(self.visitor.user, chat, is_elsewhere));
        done
    }

    fn ask_setting(&self, chat: ChatId, setting: Setting) -> Done {
        match self.community(chat) {
            Ok((chat, _)) if dialogue::is_typed(setting) => ask(self.visitor, Step::Study(StudyStep::Setting { chat, setting })),
            // A button that no release has: the choices are shown instead.
            Ok((chat, _)) => {
                let screen = Screen::Study(StudyScreen::Setting { chat, setting });
                Done { work: vec![self.visitor.show(&screen, self.edit, None)], ..Done::default() }
            }
            Err(gone) => gone,
        }
    }

    /// Makes one person of two: everything of the first one's is the second one's from now on, and always was.
    fn join(&self, chat: ChatId, who: Who, same_as: Who) -> Done {
        let chat = match (self.member(chat, who), self.member(chat, same_as)) {
            (Ok((chat, _)), Ok(_)) => chat,
            (Err(gone), _) | (_, Err(gone)) => return gone,
        };
        let state = self.visitor.desk.state;
        let (from, to) = (people::canonical(state, chat, who), people::canonical(state, chat, same_as));
        let screen = StudyScreen::Member { chat, who: to };
        if from == to {
            let toast = if who == same_as { StudyToast::CantJoin } else { StudyToast::Joined };
            return self.done(screen, toast, Vec::new());
        }
        // Nobody points at somebody who points on: all accounts of the one point at the other.
        let accounts = people::accounts(state, chat, from);
        let members = accounts.into_iter().filter_map(|account| Some((account, people::member(state, chat, account)?)));
        let joined = members.map(|(account, member)| {
            StudyChange::Member(chat, account, Some(Box::new(Member { same_as: Some(to), ..member.clone() })))
        });
        self.done(screen, StudyToast::Joined, joined.collect())
    }

    fn part(&self, chat: ChatId, who: Who) -> Done {
        match self.member(chat, who) {
            Ok((chat, member)) => {
                let parted = Member { same_as: None, ..member.clone() };
                let changes = vec![StudyChange::Member(chat, who, Some(Box::new(parted)))];
                self.done(StudyScreen::Member { chat, who }, StudyToast::Parted, changes)
            }
            Err(gone) => gone,
        }
    }

    /// Saves the correction whose summary is open.
    fn correct(&self) -> Done {
        let Some(Step::Study(StudyStep::CorrectionSummary { chat, who, day, seconds, reason })) =
            super::super::dialogue::open_step(self.visitor)
        else {
            return super::super::dialogue::closed(self.visitor);
        };
        let (chat, _) = match self.member(*chat, *who) {
            Ok(known) => known,
            Err(gone) => return gone,
        };
        let desk = self.visitor.desk;
        let known = desk.state.study.corrections.get(&chat);
        let id = known.and_then(|known| known.last_key_value()).map_or(1, |(last, _)| last.saturating_add(1));
        let correction = Correction {
            day: *day,
            who: *who,
            seconds: *seconds,
            reason: reason.clone(),
            by: self.visitor.user,
            at: desk.now,
            withdrawn: None,
        };
        let mut done = self.done(
            StudyScreen::Member { chat, who: *who },
            StudyToast::Corrected,
            vec![StudyChange::Correction(chat, id, Some(Box::new(correction)))],
        );
        done.changes.push(Change::Form(self.visitor.form(), None));
        done
    }

    fn withdraw(&self, chat: ChatId, id: CorrectionId) -> Done {
        let (chat, _) = match self.community(chat) {
            Ok(known) => known,
            Err(gone) => return gone,
        };
        let state = self.visitor.desk.state;
        let Some(known) = state.study.corrections.get(&chat).and_then(|all| all.get(&id)) else {
            return self.done(StudyScreen::Corrections { chat, page: 0 }, StudyToast::CorrectionGone, Vec::new());
        };
        let by: (UserId, _) = (self.visitor.user, self.visitor.desk.now);
        // Who did it first stays written.
        let withdrawn = Correction { withdrawn: known.withdrawn.or(Some(by)), ..known.clone() };
        let changes = vec![StudyChange::Correction(chat, id, Some(Box::new(withdrawn)))];
        self.done(StudyScreen::Correction { chat, correction: id }, StudyToast::Withdrawn, changes)
    }
}
