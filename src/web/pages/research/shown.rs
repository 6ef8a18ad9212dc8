//! What was collected: at a glance, post by post, as a network, as files.

use chrono::{Days, NaiveDate};

use super::{page, tabs};
use crate::{
    researchers::{Filter, PostLine, Summary, Workspace},
    text::{self, name::in_text},
    web::pages::{
        chart::DayChart,
        look::{Look, Trouble},
        overview::figure,
        page::{Choice, Note, Page, Section},
        table::{Column, Field, Table, Tone},
    },
};

/// A chart has at most so many days, the newest.
const DAYS: u64 = 366;
/// So many posts are found at once.
const MOST_POSTS: usize = 1_000;
/// And so many rows of the network shown; its files have all.
const MOST_ROWS: usize = 500;
/// As much of a post is read at a glance.
const LONGEST: usize = 500;

/// Figures of everything that is here.
pub(super) fn figures(look: &Look<'_>, workspace: &Workspace) -> Option<Section> {
    let (words, summary) = (look.words(), workspace.summary()?);
    let number = |name: &'static str, n: u64| figure(name, n, "");
    Some(Section::Figures(vec![
        number(words.research_channels(), summary.channels.len() as u64),
        number(words.research_posts(), summary.posts),
        number(words.research_views(), summary.views),
        number(words.research_forwarded(), summary.forwarded),
    ]))
}

/// A page with tabs; where nothing is here yet, it says so.
fn tab(look: &Look<'_>, draw: impl FnOnce(&Workspace, &Summary) -> Vec<Section>) -> Page {
    let workspace = look.research();
    let mut sections = vec![tabs(look)];
    match workspace.summary() {
        Some(summary) => sections.extend(draw(&workspace, &summary)),
        None => {
            let note = Note { tone: Tone::Quiet, text: look.words().research_nothing().to_owned() };
            sections.push(Section::Notes(look.words().research().to_owned(), vec![note]));
        }
    }
    page(look, sections)
}

pub(in crate::web::pages) fn overview(look: &Look<'_>) -> Result<Page, Trouble> {
    let (words, lang) = (look.words(), look.lang());
    Ok(tab(look, |workspace, summary| {
        let mut sections: Vec<Section> = figures(look, workspace).into_iter().collect();
        sections.push(Section::Days(by_day(look, summary)));
        let link = |link: &str| Some(link.to_owned()).filter(|link| link.starts_with("https://t.me/"));
        let most = summary.top.first().map_or(0, |post| post.views);
        let top = summary.top.iter().map(|post| {
            let date = post.date.get(..10).and_then(|day| day.parse().ok());
            let title = Field::name(&format!("{} · {}", post.channel, post.text));
            let title = match link(&post.link) {
                Some(link) => title.to(link),
                None => title,
            };
            vec![title, date.map_or_else(Field::nothing, |day| Field::day(day, lang)), Field::count(post.views).of(most)]
        });
        sections.push(Section::Table(Table {
            name: "top",
            title: words.research_top().to_owned(),
            columns: vec![
                Column::text("post", words.research_post()),
                Column::number("date", words.day()),
                Column::number("views", words.research_views()),
            ],
            rows: top.collect(),
            empty: words.research_nothing().to_owned(),
        }));
        let pairs = |name, title: &str, rows: Vec<(String, u64)>| {
            let most = rows.iter().map(|(_, n)| *n).max().unwrap_or(0);
            Section::Table(Table {
                name,
                title: title.to_owned(),
                columns: vec![Column::text("channel", words.research_channel()), Column::number("posts", words.research_posts())],
                rows: rows.into_iter().map(|(name, n)| vec![Field::name(&name), Field::count(n).of(most)]).collect(),
                empty: words.research_nothing().to_owned(),
            })
        };
        sections.push(pairs("origins", words.research_origins(), summary.origins.clone()));
        sections.push(pairs("channels", words.research_channels(), summary.channels.clone().into_iter().collect()));
        sections
    }))
}

fn by_day(look: &Look<'_>, summary: &Summary) -> DayChart {
    let (words, lang) = (look.words(), look.lang());
    let mut days = Vec::new();
    if let (Some(first), Some(last)) = (summary.days.keys().next(), summary.days.keys().next_back()) {
        let earliest = last.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(*first);
        days = first.max(&earliest).iter_days().take_while(|day| day <= last).collect::<Vec<NaiveDate>>();
    }
    let name = |day: NaiveDate| text::short_date(day, lang);
    let period = match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("{first} – {last}"),
        _ => String::new(),
    };
    DayChart {
        title: words.research_by_day().to_owned(),
        period,
        days: days.into_iter().map(|day| (name(day), summary.days.get(&day).copied().unwrap_or(0))).collect(),
        heads: [words.day(), words.research_posts()],
    }
}

pub(in crate::web::pages) fn posts(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    Ok(tab(look, |workspace, summary| {
        let channel = look.query.get("channel");
        let with = |channel: &str| look.query.with_some("channel", channel).without(&["page", "said"]).href(look.path);
        let mut links = vec![(words.research_all().to_owned(), with(""), channel.is_empty())];
        links.extend(summary.channels.keys().map(|name| (name.clone(), with(name), name == channel)));
        let filter = Filter { channel: channel.to_owned(), words: look.query.get("q").trim().to_owned(), most: MOST_POSTS };
        let (found, has_more) = workspace.posts(&filter);
        let mut sections = Vec::new();
        if summary.channels.len() > 1 {
            sections.push(Section::Choices(vec![Choice { label: words.research_channel(), links }]));
        }
        if has_more {
            let note = Note { tone: Tone::Quiet, text: words.research_more().to_owned() };
            sections.push(Section::Notes(words.research_posts().to_owned(), vec![note]));
        }
        sections.push(Section::Table(table(look, &found)));
        sections
    }))
}

fn table(look: &Look<'_>, found: &[PostLine]) -> Table {
    let words = look.words();
    let count = |n: Option<u64>| n.map_or_else(Field::nothing, Field::count);
    let row = |post: &PostLine| {
        let date = post.date.as_deref().and_then(|date| date.get(..16)).map(|date| date.replace('T', " "));
        let date = Field::text(date.unwrap_or_else(|| "—".to_owned()));
        let link = post.msg_link.clone().filter(|link| link.starts_with("https://t.me/"));
        let text = post.text(LONGEST);
        let media = post.media_type.as_deref().map(|kind| kind.trim_start_matches("MessageMedia").to_owned());
        vec![
            match link {
                Some(link) => date.to(link),
                None => date,
            },
            Field::text(post.channel_name.clone().unwrap_or_default()),
            if text.is_empty() { Field::nothing() } else { Field::text(text) },
            media.map_or_else(Field::nothing, Field::text),
            count(post.views),
            count(post.number_forwards),
            count(post.number_replies),
            count(post.reactions),
        ]
    };
    Table {
        name: "posts",
        title: words.research_posts().to_owned(),
        columns: vec![
            Column::text("date", words.day()),
            Column::text("channel", words.research_channel()),
            Column::text("text", words.research_text()),
            Column::text("media", words.research_media()).minor(),
            Column::number("views", words.research_views()),
            Column::number("forwards", words.research_passed_on()).minor(),
            Column::number("replies", words.research_replies()).minor(),
            Column::number("reactions", words.research_reactions()).minor(),
        ],
        rows: found.iter().map(row).collect(),
        empty: words.nothing_found().to_owned(),
    }
}

pub(in crate::web::pages) fn network(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    Ok(tab(look, |workspace, _| {
        let mut sections = Vec::new();
        if workspace.network_page().is_some() {
            let lang = look.lang().code();
            let src = match look.theme {
                "auto" => format!("/research/network.html#{lang}"),
                theme => format!("/research/network.html#{theme},{lang}"),
            };
            sections.push(Section::Frame(words.research_explore().to_owned(), src, words.research_explore_more()));
        }
        if workspace.picture().is_some() {
            let alt = words.research_network_more().to_owned();
            sections.push(Section::Picture(words.research_network().to_owned(), "/research/network.svg", alt));
        }
        sections.extend(rows(
            workspace,
            "nodes",
            words.research_nodes(),
            "nodes.csv",
            &[
                ("Label", words.research_channel()),
                ("Title", words.research_title()),
                ("Participants", words.research_members()),
                ("Posts", words.research_posts()),
                ("Community", words.research_community()),
                ("InDegree", words.research_referred_by()),
                ("OutDegree", words.research_refers_to()),
            ],
        ));
        sections.extend(rows(
            workspace,
            "edges",
            words.research_edges(),
            "edges.csv",
            &[
                ("Source", words.research_from()),
                ("Target", words.research_to()),
                ("Weight", words.research_weight()),
                ("forwards", words.research_passed_on()),
                ("mentions", words.research_mentions()),
                ("links", words.research_links()),
                ("first_seen", words.research_first()),
                ("last_seen", words.research_last()),
            ],
        ));
        sections
    }))
}

/// A table of the network: these columns of its file, under these headings.
fn rows(
    workspace: &Workspace,
    name: &'static str,
    title: &str,
    file: &str,
    wanted: &[(&'static str, &'static str)],
) -> Option<Section> {
    let mut rows = workspace.rows(file, MOST_ROWS);
    if name == "edges" {
        let names = workspace.names();
        for cell in rows.iter_mut().skip(1).flat_map(|row| row.iter_mut().take(2)) {
            if let Some(name) = names.get(cell) {
                cell.clone_from(name);
            }
        }
    }
    let (heads, rows) = rows.split_first()?;
    let place = |key: &str| heads.iter().position(|head| head == key);
    let places: Vec<_> = wanted.iter().filter_map(|(key, head)| Some((*key, *head, place(key)?))).collect();
    let is_number = |place: usize| rows.iter().all(|row| row[place].is_empty() || row[place].parse::<u64>().is_ok());
    let columns = places
        .iter()
        .map(|(key, head, place)| if is_number(*place) { Column::number(key, *head) } else { Column::text(key, *head) });
    let field = |text: &String, is_number: bool| match text.parse() {
        Ok(n) if is_number => Field::count(n),
        _ if text.is_empty() => Field::nothing(),
        Ok(_) | Err(_) => Field::text(in_text(text)),
    };
    let row = |row: &Vec<String>| places.iter().map(|(_, _, place)| field(&row[*place], is_number(*place))).collect();
    let rows_shown = rows.iter().map(row).collect();
    Some(Section::Table(Table {
        name,
        title: title.to_owned(),
        columns: columns.collect(),
        rows: rows_shown,
        empty: String::new(),
    }))
}

pub(in crate::web::pages) fn files(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    Ok(tab(look, |workspace, _| {
        let files = workspace.files();
        let all: u64 = files.iter().map(|file| file.bytes).sum();
        let mut rows =
            vec![vec![Field::text(words.research_all_files()).to("/research/files/all.zip".to_owned()), Field::count(all)]];
        rows.extend(
            files
                .into_iter()
                .map(|file| vec![Field::text(file.name).to(format!("/research/files/{}", file.key)), Field::count(file.bytes)]),
        );
        vec![Section::Table(Table {
            name: "files",
            title: words.research_files().to_owned(),
            columns: vec![Column::text("file", words.research_file()), Column::number("bytes", words.research_bytes())],
            rows,
            empty: words.research_nothing().to_owned(),
        })]
    }))
}
