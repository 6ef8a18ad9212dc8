//! What is made of a collection: the dataset, the network, and a summary. What pages show is read from these files.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::Path,
};

use chrono::{DateTime, NaiveDate, Utc};
use rollcall_research::{DatasetOptions, Kind, NetworkOptions, Theme, dataset, network};
use serde::{Deserialize, Serialize};

use super::workspace::{Workspace, make_private};

const POSTS: &str = "messages.jsonl";
const SUMMARY: &str = "summary.json";
/// As many of the best are told.
const TOP: usize = 25;

/// What a collection has, at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Posts.
    pub posts: u64,
    /// How often they were seen.
    pub views: u64,
    /// How often they were passed on.
    pub forwards: u64,
    /// Posts that are passed on from elsewhere.
    pub forwarded: u64,
    /// Posts by channel.
    pub channels: BTreeMap<String, u64>,
    /// Posts by day, in UTC.
    pub days: BTreeMap<NaiveDate, u64>,
    /// Those that were seen most.
    pub top: Vec<TopPost>,
    /// Where posts are passed on from, most first.
    pub origins: Vec<(String, u64)>,
}

/// A post that was seen much.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopPost {
    /// In which channel.
    pub channel: String,
    /// When.
    pub date: String,
    /// Its first words.
    pub text: String,
    /// Where it is.
    pub link: String,
    /// How often it was seen.
    pub views: u64,
}

/// A post, as far as pages show it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PostLine {
    /// In which channel.
    pub channel_name: Option<String>,
    /// Its number there.
    pub msg_id: i64,
    /// Its text.
    pub cleaned_message: Option<String>,
    /// When.
    pub date: Option<String>,
    /// Where it is.
    pub msg_link: Option<String>,
    /// How often it was seen.
    pub views: Option<u64>,
    /// How often it was passed on.
    pub number_forwards: Option<u64>,
    /// How often it was answered.
    pub number_replies: Option<u64>,
    /// Reactions.
    pub reactions: Option<u64>,
    /// What goes with it.
    pub media_type: Option<String>,
    forward_msg_from_peer_name: Option<String>,
    forward_msg_from_peer_id: Option<i64>,
}

/// Which posts are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this channel; empty: of any.
    pub channel: String,
    /// With these letters; empty: any.
    pub words: String,
    /// So many at most.
    pub most: usize,
}

/// Makes everything anew.
pub(super) fn make(data: &Path, made: &Path, now: DateTime<Utc>) -> Result<(), String> {
    let has_posts = fs::read_dir(data)
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.path().is_dir() && entry.file_name() != ".rollcall"));
    if !has_posts {
        return Ok(());
    }
    make_private(made).map_err(|why| why.to_string())?;
    let out = Some(made.to_owned());
    let options =
        DatasetOptions { dir: data.to_owned(), out: out.clone(), lines: true, skip_broken: true, ..DatasetOptions::default() };
    dataset(&options, &mut |_, _| {}).map_err(|why| why.to_string())?;
    let options = NetworkOptions {
        dir: data.to_owned(),
        out,
        compat: false,
        kinds: Kind::ALL.to_vec(),
        min_weight: 1,
        unknown: true,
        seed: 1,
        theme: Theme::Light,
        skip_broken: true,
        today: now.date_naive(),
    };
    network(&options, &mut |_, _| {}).map_err(|why| why.to_string())?;
    let summary = sum(&made.join(POSTS)).map_err(|why| why.to_string())?;
    let text = serde_json::to_vec(&summary).expect("a summary is JSON");
    fs::write(made.join(SUMMARY), text).map_err(|why| why.to_string())
}

fn sum(posts: &Path) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut origins: HashMap<String, u64> = HashMap::new();
    each(posts, |post| {
        let channel = post.channel_name.clone().unwrap_or_default();
        summary.posts += 1;
        summary.views += post.views.unwrap_or(0);
        summary.forwards += post.number_forwards.unwrap_or(0);
        *summary.channels.entry(channel.clone()).or_default() += 1;
        if let Some(day) = post.date.as_deref().and_then(|date| date.get(..10)?.parse().ok()) {
            *summary.days.entry(day).or_default() += 1;
        }
        let origin = post.forward_msg_from_peer_name.clone().or(post.forward_msg_from_peer_id.map(|id| id.to_string()));
        if let Some(origin) = origin {
            summary.forwarded += 1;
            *origins.entry(origin).or_default() += 1;
        }
        let views = post.views.unwrap_or(0);
        if summary.top.len() < TOP || summary.top.last().is_some_and(|last| views > last.views) {
            summary.top.push(TopPost {
                channel,
                date: post.date.clone().unwrap_or_default(),
                text: post.text(200),
                link: post.msg_link.clone().unwrap_or_default(),
                views,
            });
            summary.top.sort_by_key(|post| std::cmp::Reverse(post.views));
            summary.top.truncate(TOP);
        }
        true
    })?;
    summary.origins = origins.into_iter().collect();
    summary.origins.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    summary.origins.truncate(TOP);
    Ok(summary)
}

/// Hears of each post, until it has heard enough.
fn each(posts: &Path, mut hear: impl FnMut(PostLine) -> bool) -> io::Result<()> {
    for line in BufReader::new(File::open(posts)?).lines() {
        if !hear(serde_json::from_str(&line?)?) {
            break;
        }
    }
    Ok(())
}

impl PostLine {
    /// So many letters of its text.
    pub fn text(&self, most: usize) -> String {
        let text = self.cleaned_message.as_deref().unwrap_or_default();
        if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most).chain(['…']).collect() }
    }

    fn is_wanted(&self, filter: &Filter) -> bool {
        let is_of = |channel: &str| filter.channel.is_empty() || channel == filter.channel;
        let has = |text: &str| filter.words.is_empty() || text.to_lowercase().contains(&filter.words);
        is_of(self.channel_name.as_deref().unwrap_or_default()) && has(self.cleaned_message.as_deref().unwrap_or_default())
    }
}

impl Workspace {
    /// What the collection has at a glance; `None`: nothing is here yet.
    pub fn summary(&self) -> Option<Summary> {
        serde_json::from_slice(&fs::read(self.made().join(SUMMARY)).ok()?).ok()
    }

    /// The newest posts of each channel that are wanted, and whether there are more.
    pub fn posts(&self, filter: &Filter) -> (Vec<PostLine>, bool) {
        let filter = Filter { words: filter.words.to_lowercase(), ..filter.clone() };
        let (mut found, mut has_more) = (Vec::new(), false);
        let read = each(&self.made().join(POSTS), |post| {
            if post.is_wanted(&filter) {
                has_more = found.len() == filter.most;
                if !has_more {
                    found.push(post);
                }
            }
            !has_more
        });
        if let Err(why) = read {
            tracing::debug!(%why, "somebody's posts can't be read");
        }
        (found, has_more)
    }
}
