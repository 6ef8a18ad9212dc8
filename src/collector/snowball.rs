//! From channel to channel: which ones those that are here refer to.

use std::collections::{BTreeMap, BTreeSet};

use rollcall_research::{Kind, names_in};
use serde::Deserialize;

use super::{
    assemble::TALLY,
    folder::{Folder, FolderFault, Names, Wanted},
    run::Wish,
    source::Why,
};
use crate::{
    channels::{ChannelName, Item, Named, PageTally},
    domain::collection::Along,
};

fn goes(along: Along, kind: Kind) -> bool {
    match kind {
        Kind::Mention => along.mentions,
        Kind::Link => along.links,
        Kind::Forward | Kind::Linked => false,
    }
}

/// What those that are here refer to.
#[derive(Default)]
struct References {
    /// By number, in the order in which they turned up.
    order: Vec<Named>,
    by_id: BTreeMap<i64, u64>,
    /// By a name of which nothing is known.
    by_name: BTreeMap<String, u64>,
}

impl References {
    fn to(&mut self, chat: &Named, count: u64) {
        *self.by_id.entry(chat.id).or_insert_with(|| {
            self.order.push(chat.clone());
            0
        }) += count;
    }
}

/// The channels to collect in this step: those that an earlier run left, and those that are referred to often enough and aren't known
/// yet. `most_names` falls by the names that are new.
pub(super) fn next(
    folder: &Folder,
    names: &mut Names,
    wish: &Wish,
    step: u32,
    most_names: &mut usize,
) -> Result<Vec<usize>, FolderFault> {
    let found = references(folder, names, wish.along, step)?;
    let is_enough = |count: u64| count >= wish.min_references;
    for chat in found.order.iter().filter(|chat| is_enough(found.by_id[&chat.id])) {
        let is_known = |known: &Wanted| known.id == Some(chat.id) || is_hopeless(known) && known.name == chat.username;
        if let Ok(name) = ChannelName::parse(&chat.username)
            && !names.channels.iter().any(is_known)
        {
            let wanted = open(names, &name, step);
            (wanted.id, wanted.hash) = (Some(chat.id).filter(|_| chat.hash.is_some()), chat.hash);
        }
    }
    let mut unknown: Vec<(String, u64)> = found.by_name.into_iter().filter(|(_, count)| is_enough(*count)).collect();
    unknown.sort_by(|(a, one), (b, other)| other.cmp(one).then_with(|| a.cmp(b)));
    for (name, _) in unknown.into_iter().take(*most_names) {
        if let Ok(name) = ChannelName::parse(&name) {
            open(names, &name, step);
            *most_names -= 1;
        }
    }
    Ok((0..names.channels.len()).filter(|at| names.channels[*at].is_open && names.channels[*at].depth == step).collect())
}

/// Asking again would bring the same.
fn is_hopeless(known: &Wanted) -> bool {
    known.failed.as_ref().is_some_and(|why| *why != Why::Waiting)
}

fn open<'a>(names: &'a mut Names, name: &ChannelName, step: u32) -> &'a mut Wanted {
    let place = names.place_of(name).unwrap_or_else(|| {
        names.channels.push(Wanted { depth: step, ..Wanted::new(name) });
        names.channels.len() - 1
    });
    let wanted = &mut names.channels[place];
    (wanted.depth, wanted.is_open) = (step, true);
    wanted
}

fn references(folder: &Folder, names: &Names, along: Along, step: u32) -> Result<References, FolderFault> {
    let mut found = References::default();
    let mut known: BTreeMap<i64, Named> = BTreeMap::new();
    let from: Vec<i64> = names.channels.iter().filter(|known| known.depth < step).filter_map(|known| known.id).collect();
    for id in &from {
        let tally: PageTally = folder.note(*id, TALLY)?.unwrap_or_default();
        for met in tally.chats {
            if along.forwards && met.chat.is_channel && met.forwards > 0 {
                found.to(&met.chat, met.forwards);
            }
            known.insert(met.chat.id, met.chat);
        }
    }
    if along.names() {
        let named = Mentioned::read(folder, names, &from, along)?;
        for (name, count) in named.counts {
            match named.chats.get(&name).and_then(|id| known.get(id)) {
                Some(chat) if chat.is_channel => found.to(chat, count),
                Some(_) => {}
                None if named.others.contains(&name) => {}
                None => drop(found.by_name.insert(name, count)),
            }
        }
    }
    Ok(found)
}

/// Names that posts have in them, in small letters.
#[derive(Default)]
struct Mentioned {
    /// In how many posts.
    counts: BTreeMap<String, u64>,
    /// Chats that were named with their numbers.
    chats: BTreeMap<String, i64>,
    /// People and bots, and channels that are in the folder's list.
    others: BTreeSet<String>,
}

impl Mentioned {
    fn read(folder: &Folder, names: &Names, from: &[i64], along: Along) -> Result<Self, FolderFault> {
        let mut found = Self::default();
        found.others.extend(names.channels.iter().map(|known| known.name.to_ascii_lowercase()));
        for id in from {
            let Some(state) = folder.state(*id)? else { continue };
            for place in Folder::places(&state) {
                let page = folder.page(*id, place)?;
                found.others.extend(page.users.iter().flat_map(usernames));
                found.chats.extend(page.chats.iter().flat_map(|chat| usernames(chat).into_iter().map(|name| (name, chat.id))));
                page.messages.iter().for_each(|post| found.count(post, along));
            }
        }
        Ok(found)
    }

    /// A post counts once for each name.
    fn count(&mut self, post: &Item, along: Along) {
        let named = names_in(&post.json).into_iter().filter(|(kind, _)| goes(along, *kind)).map(|(_, name)| name);
        for name in named.collect::<BTreeSet<String>>() {
            *self.counts.entry(name).or_default() += 1;
        }
    }
}

/// All names that somebody has, in small letters.
fn usernames(somebody: &Item) -> Vec<String> {
    #[derive(Deserialize)]
    struct Somebody {
        #[serde(default)]
        username: Option<String>,
        #[serde(default)]
        usernames: Option<Vec<One>>,
    }
    #[derive(Deserialize)]
    struct One {
        username: String,
    }
    let Ok(read) = serde_json::from_str::<Somebody>(&somebody.json) else { return Vec::new() };
    let several = read.usernames.unwrap_or_default().into_iter().map(|one| one.username);
    read.username.into_iter().chain(several).map(|name| name.to_ascii_lowercase()).collect()
}
