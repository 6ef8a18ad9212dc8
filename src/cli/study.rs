//! `rollcall study …`

use chrono::NaiveDate;
use clap::Subcommand;
use serde_json::json;

use super::{
    Session,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{
        ids::ChatId,
        state::State,
        study::{Community, PostKey},
    },
    study::{
        audit::{self, Difference},
        board, seconds,
    },
    text::study::name,
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum StudyCommand {
    /// Compare a posted board with what the stays say now
    Audit(AuditArgs),
}

/// Which board.
#[derive(Debug, clap::Args)]
pub(super) struct AuditArgs {
    /// A study community: its group's id, or a part of its title. Not needed where there is only one
    #[arg(allow_hyphen_values = true)]
    community: Option<String>,
    /// The board of this day; without it the newest one
    #[arg(long, value_name = "DATE")]
    day: Option<NaiveDate>,
    /// As what to print
    #[arg(long, value_enum, default_value_t)]
    format: ListFormat,
}

/// Does it.
pub(super) fn run(session: &Session, command: &StudyCommand) -> Result<(), Failure> {
    match command {
        StudyCommand::Audit(args) => audit(session, args),
    }
}

fn audit(session: &Session, args: &AuditArgs) -> Result<(), Failure> {
    let reader = session.read()?;
    let study = &reader.state().study;
    let (chat, community) = pick::one_community(reader.state(), args.community.as_deref())?;
    let key = the_board(reader.state(), chat, args.day)?;
    let until = study.posts[&chat][&key].until;
    let days = board::days_needed(community.periods, key.day);
    let counted = seconds::count(study, chat, days, until, |days, to| reader.scan_presence(chat, days, to))?;
    let found = audit::audit(study, chat, key, &counted.unwrap_or_default()).unwrap_or_default();
    out::talk(&said(community, key, found.len()));
    rows(reader.state(), chat, &found).print(args.format, "")?;
    Ok(())
}

/// The newest board, of a day or at all, of which it is kept what it said.
fn the_board(state: &State, chat: ChatId, day: Option<NaiveDate>) -> Result<PostKey, Failure> {
    let newest = match day {
        None => audit::newest(&state.study, chat),
        Some(day) => {
            let posts = state.study.posts.get(&chat).into_iter().flatten().rev();
            let mut of_day = posts.filter(|(key, post)| key.day == day && audit::is_posted(&post.state) && post.shown.is_some());
            of_day.next().map(|(key, _)| *key)
        }
    };
    newest.ok_or_else(|| {
        let what = day.map_or_else(|| "no board".to_owned(), |day| format!("no board of {day}"));
        Failure::Refused(format!("{what} was posted of which it is kept what it said; boards of the last 100 days are kept"))
    })
}

fn said(community: &Community, key: PostKey, differences: usize) -> String {
    let board = format!("The board of {}, {}, for {}", key.day, key.time.format("%H:%M"), community.title);
    match differences {
        0 => format!("{board} says what the stays say now."),
        1 => format!("{board} has another time in 1 place:"),
        n => format!("{board} has another time in {n} places:"),
    }
}

fn rows(state: &State, chat: ChatId, found: &[Difference]) -> Rows {
    let mut rows = Rows::new(&["block", "who", "name", "posted_seconds", "seconds_now", "corrections_since"]);
    for one in found {
        let member = state.study.members.get(&chat).and_then(|members| members.get(&one.who));
        let corrected: Vec<String> = one.corrected.iter().map(ToString::to_string).collect();
        rows.push([
            json!(one.scope.key()),
            json!(one.who),
            json!(name(member, one.who)),
            json!(one.posted),
            json!(one.now),
            json!(corrected.join(" ")),
        ]);
    }
    rows
}
