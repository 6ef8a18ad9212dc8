//! Reports that come by themselves, and jobs' times, steered from an admin's chat by the orders of a terminal.

use super::{
    Done, Visitor, backups,
    dialogue::{self, Answered, ask},
    press::{DigestOrder, DigestScreen, Plan, PlanDay, Screen},
};
use crate::{
    domain::{
        audit::Actor,
        backfill::Backfill,
        change::{Change, Outcome},
        event::Place,
        form::{Form, Step},
        ids::{MessageId, tidy},
        jobs::{Digest, DigestPeriod, JobChange, JobId, Recipients, Task},
        work::Buttons,
    },
    jobs::view,
    orders::{Order, Refusal, Timing, about_job},
    text::{digests as words, html::Html, jobs::refusal, toast::Toast},
};

/// Does what was wished. Only admins get here.
pub(super) fn carry_out(visitor: &Visitor<'_>, order: &DigestOrder, edit: Option<MessageId>) -> Done {
    match order {
        DigestOrder::Make { plan, asked } => {
            let task = Task::Digest(digest(visitor, plan));
            let timing = Some(Timing { cron: plan.cron(), zone: None });
            done(visitor, &Order::MakeJob { task, timing, asked: *asked }, None, edit, Toast::JobMade)
        }
        DigestOrder::Remove { job } => {
            done(visitor, &Order::RemoveJob { job: job.clone() }, Some(Screen::Jobs { page: 0 }), edit, Toast::JobRemoved)
        }
        DigestOrder::AskFolder { plan, asked } => backups::ask_folder(visitor, plan, *asked),
        DigestOrder::AskChannels { asked } => ask(visitor, Step::CollectChannels { asked: *asked }),
        DigestOrder::Backfill { from, to } => {
            let task = Task::Backfill(Backfill { from: *from, to: *to, group: None });
            // Below the news that it was away, which stays; its beginning names the wish.
            done(visitor, &Order::MakeJob { task, timing: None, asked: *from }, None, None, Toast::JobStarted)
        }
        DigestOrder::AskTimes { job } if has_times(visitor, job) => ask(visitor, Step::JobTimes { job: job.clone() }),
        DigestOrder::AskTimes { .. } => Done {
            work: vec![visitor.show(&Screen::Jobs { page: 0 }, edit, None)],
            toast: Some((Toast::JobGone, true)),
            ..Done::default()
        },
    }
}

fn digest(visitor: &Visitor<'_>, plan: &Plan) -> Digest {
    let to = match plan.to {
        Some(chat) => Recipients::Chat(Place { chat: visitor.desk.state.current_id(chat), topic: None }),
        None => Recipients::Admins,
    };
    let period = match plan.day {
        PlanDay::Week(_) => DigestPeriod::LastWeek,
        PlanDay::Month(_) => DigestPeriod::LastMonth,
    };
    Digest { to, format: plan.format, period, lang: None, group: None }
}

/// Whether somebody may say when a job runs.
pub(super) fn has_times(visitor: &Visitor<'_>, job: &JobId) -> bool {
    view::row(visitor.desk.state, job, visitor.desk.now).is_some_and(|row| row.sort.has_times())
}

pub(super) fn decided(visitor: &Visitor<'_>, order: &Order) -> Result<Outcome, Refusal> {
    about_job(visitor.desk.state, visitor.desk.rules.zone, visitor.desk.now, &Actor::Telegram(visitor.user), order)
}

fn done(visitor: &Visitor<'_>, order: &Order, then: Option<Screen>, edit: Option<MessageId>, toast: Toast) -> Done {
    match decided(visitor, order) {
        Ok(outcome) => {
            let work = vec![visitor.show(&then.unwrap_or_else(|| of_job(&outcome)), edit, None)];
            Done { changes: outcome.changes, work, toast: Some((toast, false)), lang: None }
        }
        Err(why) => Done {
            work: vec![visitor.show(&Screen::Jobs { page: 0 }, edit, None)],
            toast: Some((Toast::JobRefused(refusal(&why, visitor.lang)), true)),
            ..Done::default()
        },
    }
}

/// The screen of the job that was made or changed.
fn of_job(outcome: &Outcome) -> Screen {
    let job = outcome.changes.iter().find_map(|change| match change {
        Change::Job(JobChange::Job(id, Some(_))) => Some(Screen::Job { job: id.clone() }),
        _ => None,
    });
    job.unwrap_or(Screen::Jobs { page: 0 })
}

/// The end of a question about a job, with the job's screen; or why not, and the question stays open.
pub(super) fn answered(visitor: &Visitor<'_>, question: Step, decided: Result<Outcome, Refusal>) -> Answered {
    Ok(match decided {
        Ok(outcome) => {
            let mut all = dialogue::finish(visitor, of_job(&outcome), None);
            all.changes.extend(outcome.changes);
            all
        }
        Err(why) => {
            let form = Form { step: question, touched: visitor.desk.now };
            let said = visitor.say(Html::text(format!("⚠️ {}", refusal(&why, visitor.lang))), Buttons::None);
            Outcome { changes: vec![Change::Form(visitor.form(), Some(form))], work: vec![said] }
        }
    })
}

/// What to say where the subject of a screen is no more.
pub(super) fn missing(visitor: &Visitor<'_>, screen: &DigestScreen) -> Option<(Toast, bool)> {
    match screen {
        DigestScreen::New { .. } | DigestScreen::Group { .. } | DigestScreen::Backup { .. } => None,
        DigestScreen::ConfirmRemove { job } => {
            (!visitor.desk.state.jobs.kept.contains_key(job)).then_some((Toast::JobGone, true))
        }
    }
}

/// When is it to run?
pub(super) fn question(visitor: &Visitor<'_>) -> Html {
    words::ask_times(visitor.desk.rules.zone, visitor.lang)
}

/// A cron expression, or a minus: only when somebody starts it.
pub(super) fn times(visitor: &Visitor<'_>, job: &JobId, typed: &str) -> Answered {
    let typed = tidy(typed);
    let timing = (typed != "-").then_some(Timing { cron: typed, zone: None });
    let decided = decided(visitor, &Order::ScheduleJob { job: job.clone(), timing });
    answered(visitor, Step::JobTimes { job: job.clone() }, decided)
}
