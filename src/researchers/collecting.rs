//! A run in somebody's workspace: collects with their account, then makes tables and the network of everything that is there.

use std::{sync::Arc, time::Duration};

use tokio::{runtime::Handle, sync::watch, time::Instant};

use super::{
    made,
    workspace::{Workspace, held},
};
use crate::{
    collector::{self, Ended, Folder, LineSource, Told, Wish},
    domain::collection::CollectionStep,
    mtproto::Line,
    store::{Owner, disk::RealDisk},
};

/// How long the first connection may take.
const CONNECT: Duration = Duration::from_secs(60);

impl Workspace {
    /// Collects what is wished, beside the runtime. Whether it could begin; the stand says the rest.
    pub fn collect(self: &Arc<Self>, wish: Wish) -> bool {
        let Some(held) = self.begin() else { return false };
        let (workspace, runtime) = (self.clone(), Handle::current());
        tokio::task::spawn_blocking(move || {
            let is_held = held.clone();
            let ended = runtime.block_on(workspace.run(&wish, held));
            let is_cancelled = is_held.has_changed().is_err();
            // Also of what was cut short: what is here can be looked at.
            let made = made::make(&workspace.data(), &workspace.made(), workspace.setup.clock.now());
            workspace.change(|stand| {
                (stand.is_running, stand.step) = (false, None);
                match ended {
                    // Who cancelled it knows why.
                    Ok(ended) => (stand.failed, stand.cut_short) = (ended.failed, ended.cut_short.filter(|_| !is_cancelled)),
                    Err(why) => stand.cut_short = Some(why),
                }
                stand.cut_short = stand.cut_short.take().or(made.err());
            });
        });
        true
    }

    async fn run(&self, wish: &Wish, going: watch::Receiver<()>) -> Result<Ended, String> {
        let api = held(&self.api).clone().ok_or("nobody is signed in")?;
        let owner = Owner { pid: std::process::id(), since: self.setup.clock.now().to_rfc3339() };
        let folder = Folder::open(&self.data(), Arc::new(RealDisk), &owner).map_err(|why| why.to_string())?;
        let access = self.setup.access(api, self.place);
        let (line, supervisor, mut events) = Line::new(self.setup.line(&self.dir, access));
        let supervising = tokio::spawn(supervisor.run());
        // What happens in groups is nothing to us.
        let listening = tokio::spawn(async move { while events.recv().await.is_some() {} });
        let mut tell = |told| self.tell(told);
        let ended = async {
            let source = LineSource::new(line.clone()).while_held(going);
            let silent = |why: Option<String>| why.unwrap_or_else(|| "Telegram can't be reached".to_owned());
            source.is_up(Instant::now() + CONNECT).await.map_err(silent)?;
            collector::collect(&folder, &source, wish, &mut tell).await.map_err(|why| why.to_string())
        };
        let ended = ended.await;
        supervising.abort();
        listening.abort();
        drop(supervising.await);
        ended
    }

    fn tell(&self, told: Told) {
        let now = self.setup.clock.now();
        self.change(|stand| match told {
            Told::Begins { name, place, of } => {
                (stand.done, stand.total) = (0, 0);
                stand.step = Some(CollectionStep::begin(name, place, of, now));
            }
            Told::Messages { here: done, of } | Told::Comments { done, of } | Told::Media { done, of } => {
                (stand.done, stand.total) = (done, of);
                if let Some(step) = &mut stand.step {
                    step.reach(done, now);
                }
            }
            Told::Waits(time) => {
                if let Some(step) = &mut stand.step {
                    step.wait(time, now);
                }
            }
            Told::Done { .. } => {}
            Told::Failed { name, why } => stand.failed.push((name, why)),
        });
    }
}
