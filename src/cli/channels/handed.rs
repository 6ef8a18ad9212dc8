//! Beside a running daemon, which has the user session: it collects, as a background job, and this follows how far it is.

use std::{path::Path, time::Duration};

use super::progress::Progress;
use crate::{
    cli::{Session, failure::Failure, out, session::wait_for},
    collector::{Told, Wish},
    domain::{
        collection::Collection,
        jobs::{JobId, JobState, Task},
        state::State,
    },
    jobs::view::{self, Row},
    orders::{Order, dropbox},
};

/// Between looks at how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Has the daemon collect into the folder, and waits until that is done, unless nobody wants to.
pub(super) fn hand_over(session: &Session, wish: &Wish, dir: &Path, is_followed: bool) -> Result<(), Failure> {
    let dir = std::path::absolute(dir).map_err(|why| Failure::Refused(format!("{}: {why}", dir.display())))?;
    let collection = Collection {
        names: wish.names.iter().map(ToString::to_string).collect(),
        dir: dir.clone(),
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
    };
    let id = begin(session, collection)?;
    out::talk(&format!("The running bot has the user session, and collects into {} as the job {id}.", dir.display()));
    if !is_followed {
        return Ok(out::data(id.as_str())?);
    }
    wait_for(async {
        tokio::select! {
            done = follow(session, &id) => done,
            _ = tokio::signal::ctrl_c() => {
                out::talk(&format!("It goes on. `rollcall jobs status {id}` shows how far it is, `rollcall jobs stop {id}` stops it."));
                Ok(())
            }
        }
    })
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

async fn follow(session: &Session, id: &JobId) -> Result<(), Failure> {
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

fn ended(row: &Row) -> Result<(), Failure> {
    if let Some(why) = &row.last_error {
        out::data(&why.to_string())?;
    }
    Ok(out::data(&format!("{}: {} messages are in the folder.", row.id, row.done))?)
}

fn failed(row: &Row) -> Failure {
    let why = row.last_error.as_ref().map(ToString::to_string).unwrap_or_default();
    let then = if row.next_run.is_some() { "it is tried again by itself" } else { "the same command goes on from there" };
    Failure::Refused(format!("{why}; what came until then is kept, and {then}"))
}
