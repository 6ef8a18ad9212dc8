//! Sampling again what is here: counters over time, edits and deletions.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    asker::Asker,
    comments::{self, Reading},
    folder::{ChannelState, Folder, FolderFault},
    samples::{self, Samples as Kept, Version},
    source::{ChannelKey, Source, Stop, Told, Why, stop},
};
use crate::{
    channels::{ChannelName, Item, PAGE, Sample},
    domain::collection::Samples,
};

/// What to sample.
#[derive(Clone, Debug)]
pub struct RefreshWish {
    /// The channels; none: all that are here.
    pub names: Vec<ChannelName>,
    /// So many of each channel's posts, the newest.
    pub last: usize,
    /// What was written below them since as well.
    pub has_comments: bool,
    /// When, as [`RefreshWish::moment`] writes it.
    pub sampled_at: String,
    /// Longer waits are left to the next run.
    pub patience: Duration,
}

impl RefreshWish {
    /// A moment, as it is written down.
    pub fn moment(now: DateTime<Utc>) -> String {
        now.format("%Y-%m-%d %H:%M:%S+00:00").to_string()
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sampled {
    /// Posts that were looked at.
    pub posts: u64,
    /// Those that were edited since the last look.
    pub edited: u64,
    /// Those that were deleted since.
    pub deleted: u64,
    /// Comments that are new.
    pub comments: u64,
    /// What couldn't be read, and why.
    pub failed: Vec<(String, Why)>,
    /// Why nothing more could be read, if so.
    pub cut_short: Option<String>,
}

impl Sampled {
    /// Its numbers.
    pub fn samples(&self, has_comments: bool) -> Samples {
        let comments = has_comments.then_some(self.comments);
        Samples { posts: self.posts, edited: self.edited, deleted: self.deleted, comments }
    }
}

pub(super) async fn refresh<S: Source>(
    folder: &Folder,
    source: &S,
    wish: &RefreshWish,
    tell: &mut dyn FnMut(Told),
) -> Result<Sampled, FolderFault> {
    let mut sampled = Sampled::default();
    let known = folder.names()?.channels;
    let is_wanted = |name: &str| wish.names.is_empty() || wish.names.iter().any(|one| one.as_str().eq_ignore_ascii_case(name));
    for name in wish.names.iter().filter(|name| !known.iter().any(|known| known.name.eq_ignore_ascii_case(name.as_str()))) {
        sampled.failed.push((name.to_string(), Why::NotFound));
    }
    let wanted: Vec<_> = known.iter().filter(|known| is_wanted(&known.name)).collect();
    let mut asker = Asker::new(source, wish.patience, tell);
    for (place, one) in wanted.iter().enumerate() {
        let Some((id, hash)) = one.id.zip(one.hash) else { continue };
        let Some(mut state) = folder.state(id)? else { continue };
        asker.tell(Told::Begins { name: one.name.clone(), place: place + 1, of: wanted.len() });
        let channel = ChannelKey { id, hash };
        match (Look { folder, wish, channel, state: &mut state }).look(&mut asker, &mut sampled).await {
            Ok(()) => {}
            Err(Stop::Line(why)) => {
                sampled.cut_short = Some(why);
                break;
            }
            Err(Stop::Channel(why)) => {
                asker.tell(Told::Failed { name: one.name.clone(), why: why.clone() });
                sampled.failed.push((one.name.clone(), why));
            }
            Err(Stop::Folder(fault)) => return Err(fault),
        }
    }
    Ok(sampled)
}

/// A look at one channel's newest posts; its files are written when all were looked at.
struct Look<'a> {
    folder: &'a Folder,
    wish: &'a RefreshWish,
    channel: ChannelKey,
    state: &'a mut ChannelState,
}

impl Look<'_> {
    async fn look<S: Source>(mut self, asker: &mut Asker<'_, S>, sampled: &mut Sampled) -> Result<(), Stop> {
        let (folder, id) = (self.folder, self.channel.id);
        let versions = samples::resume(folder, id, self.state)?;
        let mut found = Found { samples: Kept::after(versions), ..Found::default() };
        let posts = newest(folder, id, self.state, self.wish.last)?;
        for some in posts.chunks(PAGE as usize) {
            let ids: Vec<i64> = some.iter().map(|post| post.id).collect();
            let value = asker.ask(async |source| source.messages(self.channel, &ids).await).await.map_err(stop)?;
            for message in value.list_of("messages") {
                let Some(now) = Sample::read(message) else { continue };
                let Some(before) = some.iter().find(|post| post.id == now.id) else { continue };
                found.add(&self.wish.sampled_at, before, &now, &|| message.to_json());
            }
            asker.tell(Told::Messages { here: found.posts, of: posts.len() as u64 });
        }
        found.samples.add(folder, id, self.state)?;
        sampled.posts += found.posts;
        sampled.edited += found.edited;
        sampled.deleted += found.deleted;
        if self.wish.has_comments {
            sampled.comments += self.comments(asker, &found.talked_about).await?;
        }
        Ok(())
    }

    /// Reads what was written below these posts since the last reading.
    async fn comments<S: Source>(&mut self, asker: &mut Asker<'_, S>, posts: &[(i64, i64)]) -> Result<u64, Stop> {
        let (folder, id) = (self.folder, self.channel.id);
        let mut due = Vec::new();
        for (post, replies) in posts {
            let known = comments::known(folder, id, *post)?.map_or(0, |known| known.replies);
            if known != *replies {
                due.push((*post, *replies));
            }
        }
        let all = comments::talked_about(folder, id, self.state)?;
        let mut reading = Reading { folder, channel: self.channel, state: self.state };
        let new = reading.read(asker, &due).await?;
        reading.publish(&all)?;
        Ok(new)
    }
}

/// What a look brought.
#[derive(Default)]
struct Found {
    samples: Kept,
    posts: u64,
    edited: u64,
    deleted: u64,
    /// Posts below which people may write, and how much is there now.
    talked_about: Vec<(i64, i64)>,
}

impl Found {
    fn add(&mut self, sampled_at: &str, before: &Item, now: &Sample, json: &dyn Fn() -> String) {
        self.posts += 1;
        self.talked_about.extend(now.comments.map(|comments| (now.id, comments)));
        let known = self.samples.versions.get(&now.id);
        if !(now.is_deleted && known == Some(&Version::Deleted)) {
            self.samples.rows.push_str(&now.row(sampled_at));
        }
        let version = if now.is_deleted { Version::Deleted } else { Version::Edited(now.text.clone()) };
        if !is_changed(before, known, &version) {
            return;
        }
        let (what, after) = if now.is_deleted { ("deleted", "null".to_owned()) } else { ("edited", json()) };
        self.samples.changes.push_str(&format!(
            "{{\"sampled_at\":\"{sampled_at}\",\"id\":{},\"change\":\"{what}\",\"collected\":{},\"now\":{after}}}\n",
            now.id, before.json
        ));
        *(if now.is_deleted { &mut self.deleted } else { &mut self.edited }) += 1;
        self.samples.versions.insert(now.id, version);
    }
}

/// The newest posts that are here; service messages have no counters.
fn newest(folder: &Folder, id: i64, state: &ChannelState, last: usize) -> Result<Vec<Item>, FolderFault> {
    let mut posts = Vec::new();
    for place in Folder::places(state) {
        let page = folder.page(id, place)?;
        posts.extend(page.messages.into_iter().filter(|message| message.json.starts_with("{\"_\":\"Message\",")));
        if posts.len() >= last {
            break;
        }
    }
    posts.truncate(last);
    Ok(posts)
}

fn is_changed(collected: &Item, known: Option<&Version>, now: &Version) -> bool {
    #[derive(Deserialize)]
    struct Words {
        message: String,
    }
    match (known, now) {
        (Some(known), now) => known != now,
        (None, Version::Deleted) => true,
        (None, Version::Edited(text)) => {
            serde_json::from_str(&collected.json).is_ok_and(|collected: Words| collected.message != *text)
        }
    }
}
