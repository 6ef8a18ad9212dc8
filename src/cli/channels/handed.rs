//! Beside a running daemon, which has the user session: it collects, samples or estimates, as a background job, and this follows how far
//! it is.

use std::{path::Path, time::Duration};

use super::progress::Progress;
use crate::{
    cli::{Session, failure::Failure, out, session::wait_for},
    collector::{Told, Wish},
    domain::{
        collection::{Brought, Collection, Errand},
        jobs::{JobId, JobState, Task},
        state::State,
    },
    jobs::view::{self, Row},
    orders::{Order, dropbox},
};

/// Between looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A collection as the daemon is told of it.
pub(super) fn collection(wish: &Wish, dir: &Path, errand: Errand) -> Result<Collection, Failure> {
    let dir = std::path::absolute(dir).map_err(|why| Failure::Refused(format!("{}: {why}", dir.display())))?;
    Ok(Collection {
        errand,
        names: wish.names.iter().map(ToString::to_string).collect(),
        dir,
        from: wish.bounds.from,
        to: wish.bounds.to,
        limit: wish.bounds.limit,
        min_id: wish.bounds.min_id,
        is_metadata_only: wish.is_metadata_only,
        has_comments: wish.has_comments,
        media: wish.media,
        depth: wish.depth,
        along: wish.along,
        most_names: wish.most_names,
        min_references: wish.min_references,
        is_compatible: wish.is_compatible,
    })
}

/// Has the daemon do it, and waits until that is done, unless nobody wants to. What it brought beside files.
pub(super) fn hand_over(session: &Session, collection: Collection, is_followed: bool) -> Result<Option<Brought>, Failure> {
    let (errand, dir) = (collection.errand, collection.dir.clone());
    let id = begin(session, collection)?;
    let does = match errand {
        Errand::Collect => format!("collects into {}", dir.display()),
        Errand::Sample { .. } => format!("samples what is in {} again", dir.display()),
        Errand::Estimate => "asks what it would take".to_owned(),
    };
    out::talk(&format!("The running bot has the user session, and {does} as the job {id}."));
    if !is_followed {
        out::data(id.as_str())?;
        return Ok(None);
    }
    let brought = wait_for(async {
        tokio::select! {
            done = follow(session, &id) => done,
            _ = tokio::signal::ctrl_c() => {
                out::talk(&format!("It goes on. `rollcall jobs status {id}` shows how far it is, `rollcall jobs stop {id}` stops it."));
                Ok(None)
            }
        }
    });
    if errand == Errand::Estimate && !matches!(brought, Ok(None)) {
        // It was a question, and is answered: nobody looks for it among the jobs.
        session.answer(&Order::RemoveJob { job: id })?;
    }
    brought
}

/// The job that collects this already, or a new one.
fn begin(session: &Session, collection: Collection) -> Result<JobId, Failure> {
    let task = Task::Collection(Box::new(collection));
    let known = session.read()?.state().jobs.all().into_iter().find(|(_, job)| job.task == task);
    if let Some((id, job)) = known {
        if job.state != JobState::Running {
            session.order_aside(&Order::StartJob { job: id.clone() })?;
        }
        return Ok(id);
    }
    let asked = dropbox::random_id();
    session.order_aside(&Order::MakeJob { task, timing: None, asked })?;
    let made = |state: &State| state.jobs.kept.iter().find(|(_, job)| job.asked == asked).map(|(id, _)| id.clone());
    made(session.read()?.state())
        .ok_or_else(|| Failure::Refused("the job is gone again; `rollcall jobs list` shows all".to_owned()))
}

async fn follow(session: &Session, id: &JobId) -> Result<Option<Brought>, Failure> {
    let progress = Progress::new();
    let mut channel = String::new();
    loop {
        let row = view::row(session.read()?.state(), id, session.now());
        let row = row.ok_or_else(|| Failure::Refused(format!("somebody took {id} away")))?;
        match row.state {
            JobState::Running | JobState::Pending => show(session, &progress, &row, &mut channel),
            JobState::Completed => {
                drop(progress);
                return ended(&row);
            }
            JobState::Stopped => return Err(Failure::Refused(format!("somebody stopped {id}; what came until then is kept"))),
            JobState::Failed => return Err(failed(&row)),
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn show(session: &Session, progress: &Progress, row: &Row, channel: &mut String) {
    let Some(step) = &row.step else { return };
    if *channel != step.channel {
        channel.clone_from(&step.channel);
        let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        progress.tell(Told::Begins { name: channel.clone(), place: place(step.place), of: place(step.of) });
    }
    progress.tell(Told::Messages { here: row.done, of: row.total });
    if let Some(left) = step.waits_until.and_then(|until| (until - session.now()).to_std().ok()) {
        progress.tell(Told::Waits(left));
    }
}

fn ended(row: &Row) -> Result<Option<Brought>, Failure> {
    if let Some(why) = &row.last_error {
        out::data(&why.to_string())?;
    }
    if row.brought.is_none() {
        out::data(&format!("{}: {} messages are in the folder.", row.id, row.done))?;
    }
    Ok(row.brought.as_deref().cloned())
}

fn failed(row: &Row) -> Failure {
    let why = row.last_error.as_ref().map(ToString::to_string).unwrap_or_default();
    let then = if row.next_run.is_some() { "it is tried again by itself" } else { "the same command goes on from there" };
    Failure::Refused(format!("{why}; what came until then is kept, and {then}"))
}
