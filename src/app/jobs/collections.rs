//! Public channels, collected through the program's own user session, at its pace.
//!
//! Putting files together takes a while, so it is done on a thread of its own. That ends soon after nobody holds the run any more;
//! whatever it was doing, the folder says from where the next run goes on.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{runtime::Handle, sync::watch, task::spawn_blocking};

use super::Steps;
use crate::{
    channels::{Bounds, ChannelName},
    clock::SharedClock,
    collector::{self, Ended as Collected, Folder, LineSource, Told, Wish},
    domain::{
        collection::{Collection, CollectionStep},
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

/// Collects, until it is done or nobody holds the other end any more.
pub(super) async fn collect(means: &Means, collection: &Collection, steps: &Steps, held: watch::Receiver<()>) -> Ended {
    let (dir, wish) = match (folder(&means.export_dir, &collection.dir), wish(collection)) {
        (dir, Ok(wish)) => (dir, wish),
        (_, Err(why)) => return Ended::Hopeless(why),
    };
    let (means, steps, runtime) = (means.clone(), steps.clone(), Handle::current());
    let run = spawn_blocking(move || {
        let owner = Owner { pid: std::process::id(), since: means.clock.now().to_rfc3339() };
        let folder = Folder::open(&dir, Arc::new(RealDisk), &owner)?;
        let mut watched = Watched { steps, clock: means.clock.clone(), step: None, kept: 0 };
        let source = LineSource::new(means.line).while_held(held);
        runtime.block_on(collector::collect(&folder, &source, &wish, &mut |told| watched.tell(told)))
    });
    match run.await {
        Ok(Ok(collected)) => judge(&collected),
        Ok(Err(why)) => Ended::Failed(why.to_string().into()),
        Err(_) => Ended::Failed(Case::Broke {}.into()),
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
    let Some((first, why)) = collected.failed.first() else {
        return match collected.files.short {
            0 => Ended::Done,
            files => Ended::Mostly(Case::FilesShort { files }.into()),
        };
    };
    let unread = collected.failed.len() as u64;
    let channels = collected.done as u64 + unread;
    let unread = Case::ChannelsUnread { channels, unread, first: first.clone(), why: why.to_string() }.into();
    if collected.done == 0 { Ended::Hopeless(unread) } else { Ended::Mostly(unread) }
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
