//! What was written below posts: pages by post, put together into a file of our own.
//!
//! Comments lie in the channel's group, where their numbers say nothing of the post: so the file names it beside them.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use serde::{Deserialize, Serialize};

use super::{
    asker::Asker,
    folder::{ChannelState, Folder, FolderFault},
    source::{ChannelKey, Source, Stop, Told, Trouble, Why, stop},
};
use crate::channels::{Answer, Ask, Item, PAGE, Whither};

/// What the file's name ends in.
pub(super) const ENDING: &str = "_comments.json";

/// One list of a page.
type Part = fn(Answer) -> Vec<Item>;

/// What is here of a post's comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// How many there were when they were read last.
    pub(super) replies: i64,
    /// Pages of the first reading.
    pages: u32,
    /// Pages of each later one, which brought what was newer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    later: Vec<u32>,
}

impl Known {
    /// All pages that are here.
    fn total(&self) -> u32 {
        self.pages + self.later.iter().sum::<u32>()
    }

    /// Their numbers, the page with the newest comments first.
    fn newest_first(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.pages).collect();
        for pages in &self.later {
            let first = order.len() as u32;
            order.splice(0..0, first..first + pages);
        }
        order
    }
}

fn note_of(post: i64) -> String {
    format!("comments/{post}.json")
}

pub(super) fn known(folder: &Folder, id: i64, post: i64) -> Result<Option<Known>, FolderFault> {
    folder.note(id, &note_of(post))
}

/// Comments that a file doesn't have yet: the file is written anew, whatever happens before.
pub(super) struct Reading<'a> {
    pub(super) folder: &'a Folder,
    pub(super) channel: ChannelKey,
    pub(super) state: &'a mut ChannelState,
}

impl Reading<'_> {
    /// Reads what is new below these posts; says how many comments came.
    pub(super) async fn read<S: Source>(&mut self, asker: &mut Asker<'_, S>, due: &[(i64, i64)]) -> Result<u64, Stop> {
        let (mut new, of) = (0, due.len() as u64);
        for (done, post) in due.iter().enumerate() {
            asker.tell(Told::Comments { done: done as u64, of });
            if !self.state.has_new_comments {
                self.state.has_new_comments = true;
                self.folder.save_state(self.channel.id, self.state)?;
            }
            new += read(asker, self.folder, self.channel, *post).await?;
        }
        Ok(new)
    }

    /// Writes the file, if there is something that it lacks.
    pub(super) fn publish(&mut self, posts: &[(i64, i64)]) -> Result<(), FolderFault> {
        let (folder, id) = (self.folder, self.channel.id);
        if self.state.has_new_comments || !folder.has(&folder.of_channel(&self.state.name, ENDING)) {
            assemble(folder, id, self.state, posts)?;
            if std::mem::take(&mut self.state.has_new_comments) {
                folder.save_state(id, self.state)?;
            }
        }
        Ok(())
    }
}

/// Reads what was written below a post since the last reading.
async fn read<S: Source>(
    asker: &mut Asker<'_, S>,
    folder: &Folder,
    channel: ChannelKey,
    (post, replies): (i64, i64),
) -> Result<u64, Stop> {
    let known = known(folder, channel.id, post)?;
    let mut here = known.clone().unwrap_or_default();
    let min_id = newest(folder, channel.id, post, &here)?;
    let (mut pages, mut offset_id, mut new) = (0, 0, 0);
    loop {
        let ask = Ask { whither: Whither::Top, offset_id, offset_date: 0, limit: PAGE, min_id };
        let value = match asker.ask(async |source| source.comments(channel, post, &ask).await).await {
            // The post, or what was below it, is gone: what is here stays.
            Err(Trouble::Channel(Why::Refused(_))) => break,
            answered => answered.map_err(stop)?,
        };
        let Some(page) = Answer::read(&value) else { break };
        if let Some(last) = page.messages.last() {
            offset_id = last.id;
            folder.save_comments(channel.id, post, here.total() + pages, &page)?;
            pages += 1;
            new += page.messages.len() as u64;
        }
        if page.messages.len() < PAGE as usize {
            break;
        }
    }
    match known {
        None => here.pages = pages,
        Some(_) if pages > 0 => here.later.push(pages),
        Some(_) => {}
    }
    here.replies = replies;
    folder.save_note(channel.id, &note_of(post), &here)?;
    Ok(new)
}

/// The number of the newest comment that is here.
fn newest(folder: &Folder, id: i64, post: i64, known: &Known) -> Result<i64, FolderFault> {
    let Some(page) = known.newest_first().first().copied() else { return Ok(0) };
    Ok(folder.comments(id, post, page)?.messages.iter().map(|comment| comment.id).max().unwrap_or(0))
}

/// The posts below which people may write, and how much was there when they were collected, the newest first.
pub(super) fn talked_about(folder: &Folder, id: i64, state: &ChannelState) -> Result<Vec<(i64, i64)>, FolderFault> {
    let mut posts = Vec::new();
    for place in Folder::places(state) {
        posts.extend(folder.page(id, place)?.messages.iter().filter_map(replies));
    }
    Ok(posts)
}

fn replies(message: &Item) -> Option<(i64, i64)> {
    #[derive(Deserialize)]
    struct Post {
        #[serde(default)]
        replies: Option<Replies>,
    }
    #[derive(Deserialize)]
    struct Replies {
        replies: i64,
        #[serde(default)]
        comments: Option<bool>,
    }
    let post: Post = serde_json::from_str(&message.json).ok()?;
    let replies = post.replies.filter(|replies| replies.comments == Some(true))?;
    Some((message.id, replies.replies))
}

/// Writes `{"posts":[{"post":…,"messages":[…]}…],"chats":[…],"users":[…]}`.
fn assemble(folder: &Folder, id: i64, state: &ChannelState, posts: &[(i64, i64)]) -> Result<(), FolderFault> {
    let mut pages = Vec::new();
    for (post, _) in posts {
        pages.extend(known(folder, id, *post)?.map(|known| (*post, known.newest_first())));
    }
    let mut fault = None;
    let mut read = |post, page| {
        folder.comments(id, post, page).map_err(|why| {
            fault = Some(why);
            io::Error::other("a page can't be read")
        })
    };
    let written = folder.publish_by(&folder.of_channel(&state.name, ENDING), |out| {
        out.write_all(b"{\"posts\":[")?;
        for (at, (post, numbers)) in pages.iter().enumerate() {
            write!(out, "{}{{\"post\":{post},\"messages\":[", if at > 0 { "," } else { "" })?;
            let mut is_first = true;
            for page in numbers {
                items(out, &read(*post, *page)?.messages, &mut is_first)?;
            }
            out.write_all(b"]}")?;
        }
        out.write_all(b"]")?;
        let lists: [(&str, Part); 2] = [("chats", |page| page.chats), ("users", |page| page.users)];
        for (key, of) in lists {
            write!(out, ",\"{key}\":[")?;
            let (mut seen, mut is_first) = (HashSet::new(), true);
            for (post, page) in pages.iter().flat_map(|(post, numbers)| numbers.iter().map(move |page| (*post, *page))) {
                let mut fresh = of(read(post, page)?);
                fresh.retain(|item| seen.insert(item.id));
                items(out, &fresh, &mut is_first)?;
            }
            out.write_all(b"]")?;
        }
        out.write_all(b"}")
    });
    fault.map_or(written, Err)
}

fn items(out: &mut dyn Write, items: &[Item], is_first: &mut bool) -> io::Result<()> {
    for item in items {
        if !std::mem::take(is_first) {
            out.write_all(b",")?;
        }
        out.write_all(item.json.as_bytes())?;
    }
    Ok(())
}
