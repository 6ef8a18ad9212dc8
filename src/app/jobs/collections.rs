//! Public channels, collected, sampled again or estimated through the program's own user session, at its pace.
//!
//! Putting files together takes a while, so it is done on a thread of its own. That ends soon after nobody holds the run any more;
//! whatever it was doing, the folder says from where the next run goes on.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{runtime::Handle, sync::watch, task::spawn_blocking};

use super::Steps;
use crate::{
    channels::{Bounds, ChannelName},
    clock::SharedClock,
    collector::{self, Ended as Collected, Folder, FolderFault, LineSource, RefreshWish, Sampled, Told, Trouble, Why, Wish},
    domain::{
        collection::{Brought, Collection, CollectionStep, Errand},
        job_reason::{Case, Reason},
    },
    jobs::life::{self, Ended},
    mtproto::Line,
    store::{Owner, disk::RealDisk},
};

/// Where collections are put that are named by one word.
const FOLDER: &str = "channels";
/// Nobody sits and waits: whatever Telegram asks for is waited for, and can be stopped.
const PATIENCE: Duration = Duration::from_secs(48 * 3_600);

/// What collecting needs.
#[derive(Clone, Debug)]
pub(super) struct Means {
    pub(super) line: Line,
    pub(super) export_dir: PathBuf,
    pub(super) clock: SharedClock,
}

/// Does what is wished, until it is done or nobody holds the other end any more.
pub(super) async fn run(means: &Means, collection: &Collection, steps: &Steps, held: watch::Receiver<()>) -> Ended {
    let wish = match wish(collection) {
        Ok(wish) => wish,
        Err(why) => return Ended::Hopeless(why),
    };
    let dir = folder(&means.export_dir, &collection.dir);
    let run = Run { means: means.clone(), steps: steps.clone(), errand: collection.errand, dir, wish };
    let runtime = Handle::current();
    match spawn_blocking(move || run.through(held, &runtime)).await {
        Ok(Ok(ended)) => ended,
        Ok(Err(why)) => Ended::Failed(why.to_string().into()),
        Err(_) => Ended::Failed(Case::Broke {}.into()),
    }
}

/// One run.
struct Run {
    means: Means,
    steps: Steps,
    errand: Errand,
    dir: PathBuf,
    wish: Wish,
}

impl Run {
    fn through(self, held: watch::Receiver<()>, runtime: &Handle) -> Result<Ended, FolderFault> {
        let now = self.means.clock.now();
        let owner = Owner { pid: std::process::id(), since: now.to_rfc3339() };
        let open = || Folder::open(&self.dir, Arc::new(RealDisk), &owner);
        let source = LineSource::new(self.means.line.clone()).while_held(held);
        let mut watched = Watched { steps: self.steps.clone(), clock: self.means.clock.clone(), step: None, kept: 0 };
        let tell = &mut |told| watched.tell(told);
        Ok(match self.errand {
            Errand::Collect => judge(&runtime.block_on(collector::collect(&open()?, &source, &self.wish, tell))?),
            Errand::Sample { last } => {
                let (folder, wish) = (open()?, self.sampling(last, now));
                let sampled = runtime.block_on(collector::refresh(&folder, &source, &wish, tell))?;
                self.steps.bring(Brought::Sampled(sampled.samples(wish.has_comments)));
                judge_samples(sampled)
            }
            Errand::Estimate => {
                // Nothing is written: a folder that isn't there isn't made either.
                let folder = self.dir.exists().then(open).transpose()?;
                match runtime.block_on(collector::estimate(folder.as_ref(), &source, &self.wish)) {
                    Ok(found) => {
                        self.steps.bring(Brought::Estimated(found.into_iter().map(Into::into).collect()));
                        Ended::Done
                    }
                    // Whoever asks waits for the answer: it isn't asked for again behind their back.
                    Err(Trouble::Line(why)) => Ended::Hopeless(why.into()),
                    Err(other) => Ended::Hopeless(format!("{other:?}").into()),
                }
            }
        })
    }

    /// The same as a wish to sample again.
    fn sampling(&self, last: u64, now: DateTime<Utc>) -> RefreshWish {
        RefreshWish {
            names: self.wish.names.clone(),
            last: usize::try_from(last).unwrap_or(usize::MAX),
            has_comments: self.wish.has_comments,
            sampled_at: RefreshWish::moment(now),
            patience: PATIENCE,
        }
    }
}

/// A whole path is taken as it is.
fn folder(export_dir: &Path, dir: &Path) -> PathBuf {
    export_dir.join(FOLDER).join(dir)
}

fn wish(collection: &Collection) -> Result<Wish, Reason> {
    let names = collection.names.iter().map(|name| ChannelName::parse(name)).collect::<Result<Vec<_>, _>>();
    Ok(Wish {
        names: names.map_err(|why| Reason::Words(why.to_string()))?,
        bounds: Bounds { from: collection.from, to: collection.to, limit: collection.limit, min_id: collection.min_id },
        is_metadata_only: collection.is_metadata_only,
        has_comments: collection.has_comments,
        media: collection.media,
        depth: collection.depth,
        along: collection.along,
        most_names: collection.most_names,
        min_references: collection.min_references,
        is_compatible: collection.is_compatible,
        patience: PATIENCE,
    })
}

fn judge(collected: &Collected) -> Ended {
    if let Some(why) = &collected.cut_short {
        return Ended::Failed(why.clone().into());
    }
    let unread = unread(&collected.failed, collected.done as u64);
    match (unread, collected.files.short) {
        (Some(unread), _) if collected.done == 0 => Ended::Hopeless(unread),
        (Some(unread), _) => Ended::Mostly(unread),
        (None, 0) => Ended::Done,
        (None, files) => Ended::Mostly(Case::FilesShort { files }.into()),
    }
}

fn judge_samples(sampled: Sampled) -> Ended {
    match (sampled.cut_short, unread(&sampled.failed, 0)) {
        (Some(why), _) => Ended::Failed(why.into()),
        (None, Some(unread)) => Ended::Mostly(unread),
        (None, None) => Ended::Done,
    }
}

/// That channels couldn't be read, beside so many that could.
fn unread(failed: &[(String, Why)], done: u64) -> Option<Reason> {
    let ((first, why), unread) = (failed.first()?, failed.len() as u64);
    Some(Case::ChannelsUnread { channels: done + unread, unread, first: first.clone(), why: why.to_string() }.into())
}

/// Notes where it is.
struct Watched {
    steps: Steps,
    clock: SharedClock,
    step: Option<CollectionStep>,
    /// Messages of the channels that are done.
    kept: u64,
}

impl Watched {
    fn tell(&mut self, told: Told) {
        let now = self.clock.now();
        match told {
            Told::Begins { name, place, of } => {
                self.step = Some(CollectionStep::begin(name, place, of, now));
                self.note(0, 0);
            }
            Told::Messages { here: done, of } | Told::Comments { done, of } | Told::Media { done, of } => {
                if let Some(step) = &mut self.step {
                    step.reach(done, now);
                }
                self.note(done, of);
            }
            Told::Waits(time) => {
                if let Some(step) = &mut self.step {
                    step.wait(time, now);
                }
                self.steps.wait(self.step.as_ref());
            }
            Told::Done { messages, .. } => {
                self.kept += messages;
                self.note(self.kept, self.kept);
            }
            Told::Failed { .. } => self.note(self.kept, self.kept),
        }
    }

    fn note(&self, done: u64, of: u64) {
        if let Some(step) = &self.step {
            self.steps.change(|job| life::stepped(job, step, done, of));
        }
    }
}

impl Steps {
    /// The run brought this beside files.
    fn bring(&self, what: Brought) {
        self.change(|job| life::brought(job, what));
    }

    /// Telegram asks to wait: as much is done as before.
    fn wait(&self, step: Option<&CollectionStep>) {
        if let Some(step) = step {
            self.change(|job| life::stepped(job, step, job.done, job.total));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_folder_among_the_exports_and_a_path_is_itself() {
        assert_eq!(folder(Path::new("/srv/exports"), Path::new("alpha")), Path::new("/srv/exports/channels/alpha"));
        assert_eq!(folder(Path::new("/srv/exports"), Path::new("/home/ann/data")), Path::new("/home/ann/data"));
    }
}
