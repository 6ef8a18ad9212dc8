//! What was written below posts: pages by post, put together into a file of our own.
//!
//! Comments lie in the channel's group, where their numbers say nothing of the post: so the file names it beside them.

use std::{
    collections::HashSet,
    io::{self, Write},
};

use serde::{Deserialize, Serialize};

use super::folder::{ChannelState, Folder, FolderFault};
use crate::channels::{Answer, Item};

/// What the file's name ends in.
pub(super) const ENDING: &str = "_comments.json";

/// One list of a page.
type Part = fn(Answer) -> Vec<Item>;

/// What is here of a post's comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// How many there were when they were read.
    pub(super) replies: i64,
    pages: u32,
}

fn note_of(post: i64) -> String {
    format!("comments/{post}.json")
}

pub(super) fn known(folder: &Folder, id: i64, post: i64) -> Result<Option<Known>, FolderFault> {
    folder.note(id, &note_of(post))
}

pub(super) fn note(folder: &Folder, id: i64, post: i64, replies: i64, pages: u32) -> Result<(), FolderFault> {
    folder.save_note(id, &note_of(post), &Known { replies, pages })
}

/// The posts that people wrote below, and how much, the newest first.
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
    let replies = post.replies.filter(|replies| replies.comments == Some(true) && replies.replies > 0)?;
    Some((message.id, replies.replies))
}

/// Writes `{"posts":[{"post":…,"messages":[…]}…],"chats":[…],"users":[…]}`.
pub(super) fn assemble(folder: &Folder, id: i64, state: &ChannelState, posts: &[(i64, i64)]) -> Result<(), FolderFault> {
    let mut pages = Vec::new();
    for (post, _) in posts {
        pages.extend(known(folder, id, *post)?.map(|known| (*post, known.pages)));
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
        for (at, (post, count)) in pages.iter().enumerate() {
            write!(out, "{}{{\"post\":{post},\"messages\":[", if at > 0 { "," } else { "" })?;
            let mut is_first = true;
            for page in 0..*count {
                items(out, &read(*post, page)?.messages, &mut is_first)?;
            }
            out.write_all(b"]}")?;
        }
        out.write_all(b"]")?;
        let lists: [(&str, Part); 2] = [("chats", |page| page.chats), ("users", |page| page.users)];
        for (key, of) in lists {
            write!(out, ",\"{key}\":[")?;
            let (mut seen, mut is_first) = (HashSet::new(), true);
            for (post, page) in pages.iter().flat_map(|(post, count)| (0..*count).map(move |page| (*post, page))) {
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
