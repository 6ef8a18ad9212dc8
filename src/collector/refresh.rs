//! Sampling again what is here: counters over time, edits and deletions.

use std::{collections::BTreeMap, time::Duration};

use serde::{Deserialize, Serialize};

use super::{
    folder::{ChannelState, Folder, FolderFault},
    source::{ChannelKey, Source, Told, Trouble, Why},
};
use crate::channels::{ChannelName, Item, PAGE, SAMPLE_COLUMNS, Sample};

/// Where it is kept what posts became after they were collected.
const VERSIONS: &str = "versions.json";

/// What to sample.
#[derive(Clone, Debug)]
pub struct RefreshWish {
    /// The channels; none: all that are here.
    pub names: Vec<ChannelName>,
    /// So many of each channel's posts, the newest.
    pub last: usize,
    /// When, as it is written down.
    pub sampled_at: String,
    /// Longer waits are left to the next run.
    pub patience: Duration,
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
    /// What couldn't be read, and why.
    pub failed: Vec<(String, Why)>,
    /// Why nothing more could be read, if so.
    pub cut_short: Option<String>,
}

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Version {
    Edited(String),
    Deleted,
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
    for (place, one) in wanted.iter().enumerate() {
        let Some((id, hash)) = one.id.zip(one.hash) else { continue };
        let Some(state) = folder.state(id)? else { continue };
        tell(Told::Begins { name: one.name.clone(), place: place + 1, of: wanted.len() });
        match sample(folder, source, wish, ChannelKey { id, hash }, &state, tell).await? {
            Ok(one) => {
                sampled.posts += one.posts;
                sampled.edited += one.edited;
                sampled.deleted += one.deleted;
            }
            Err(Trouble::Line(why)) => {
                sampled.cut_short = Some(why);
                break;
            }
            Err(trouble) => {
                let why = match trouble {
                    Trouble::Channel(why) => why,
                    Trouble::Wait(_) => Why::Waiting,
                    Trouble::Stale | Trouble::Line(_) => Why::Private,
                };
                tell(Told::Failed { name: one.name.clone(), why: why.clone() });
                sampled.failed.push((one.name.clone(), why));
            }
        }
    }
    Ok(sampled)
}

/// Looks at one channel's newest posts; its files are written when all were looked at.
async fn sample<S: Source>(
    folder: &Folder,
    source: &S,
    wish: &RefreshWish,
    channel: ChannelKey,
    state: &ChannelState,
    tell: &mut dyn FnMut(Told),
) -> Result<Result<Sampled, Trouble>, FolderFault> {
    let posts = newest(folder, channel.id, state, wish.last)?;
    let mut versions: BTreeMap<i64, Version> = folder.note(channel.id, VERSIONS)?.unwrap_or_default();
    let (mut rows, mut changes, mut sampled) = (String::new(), String::new(), Sampled::default());
    for some in posts.chunks(PAGE as usize) {
        let ids: Vec<i64> = some.iter().map(|post| post.id).collect();
        let value = loop {
            match source.messages(channel, &ids).await {
                Err(Trouble::Wait(time)) if time <= wish.patience => {
                    tell(Told::Waits(time));
                    source.pause(time).await;
                }
                Err(trouble) => return Ok(Err(trouble)),
                Ok(value) => break value,
            }
        };
        for message in value.list_of("messages") {
            let Some(now) = Sample::read(message) else { continue };
            let Some(before) = some.iter().find(|post| post.id == now.id) else { continue };
            sampled.posts += 1;
            if !(now.is_deleted && versions.get(&now.id) == Some(&Version::Deleted)) {
                rows.push_str(&now.row(&wish.sampled_at));
            }
            let version = if now.is_deleted { Version::Deleted } else { Version::Edited(now.text.clone()) };
            if is_changed(before, versions.get(&now.id), &version) {
                let (what, after) = if now.is_deleted { ("deleted", "null".to_owned()) } else { ("edited", message.to_json()) };
                changes.push_str(&format!(
                    "{{\"sampled_at\":\"{}\",\"id\":{},\"change\":\"{what}\",\"collected\":{},\"now\":{after}}}\n",
                    wish.sampled_at, now.id, before.json
                ));
                *(if now.is_deleted { &mut sampled.deleted } else { &mut sampled.edited }) += 1;
                versions.insert(now.id, version);
            }
        }
        tell(Told::Messages { here: sampled.posts, of: posts.len() as u64 });
    }
    append(folder, state, "_counters.csv", SAMPLE_COLUMNS, &rows)?;
    if !changes.is_empty() {
        append(folder, state, "_changes.jsonl", "", &changes)?;
        folder.save_note(channel.id, VERSIONS, &versions)?;
    }
    Ok(Ok(sampled))
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

/// Adds lines to a file, as a whole: a run that dies leaves the old file.
fn append(folder: &Folder, state: &ChannelState, ending: &str, heading: &str, lines: &str) -> Result<(), FolderFault> {
    let path = folder.of_channel(&state.name, ending);
    let before = folder.open_public(&path)?;
    folder.publish_by(&path, |out| {
        match before {
            Some(mut before) => drop(std::io::copy(&mut before, out)?),
            None if heading.is_empty() => {}
            None => writeln!(out, "{heading}")?,
        }
        out.write_all(lines.as_bytes())
    })
}
