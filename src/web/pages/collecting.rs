//! What public channels a form asks for: of people with an account of their own, or of a background job.

use std::time::Duration;

use chrono::NaiveDate;

use super::{
    look::{Look, Trouble},
    page::{Form, Input, InputKind},
    query::Query,
};
use crate::{
    channels::{Bounds, ChannelName},
    collector::Wish,
    study::local,
    text::research::{self as said, Unfit},
};

/// Names of as many channels as anybody collects at once.
const LONGEST_NAMES: usize = 10_000;
/// As many digits as anybody needs.
const LONGEST_NUMBER: usize = 7;
/// From channel to channel at most so many times.
const DEEPEST: u32 = 5;
/// Fewer messages that refer to a channel are a coincidence.
const LEAST_REFERENCES: u64 = 5;
/// What Telegram asks for is waited for; it can be cancelled.
const PATIENCE: Duration = Duration::from_secs(24 * 3_600);

/// Adds the fields: names, how many, and what few need.
pub(super) fn fields(form: Form, look: &Look<'_>) -> Form {
    let words = look.words();
    let depth = |n: u32| (n.to_string(), if n == 0 { words.research_no_snowball().to_owned() } else { n.to_string() }, n == 0);
    let comments = vec![("yes".to_owned(), words.research_with_comments().to_owned(), false)];
    let references = InputKind::Text(LEAST_REFERENCES.to_string(), LONGEST_NUMBER, true);
    form.with("channels", words.channel_names(), InputKind::Long(String::new(), LONGEST_NAMES))
        .with("limit", words.research_limit(), InputKind::Number(true))
        .folding(
            words.research_fold(),
            vec![
                Input::new("from", words.from(), InputKind::Day),
                Input::new("to", words.to(), InputKind::Day),
                Input::new("snowball", words.research_snowball(), InputKind::Choice((0..=DEEPEST).map(depth).collect())),
                Input::new("min_references", words.research_min_references(), references),
                Input::new("comments", words.research_comments(), InputKind::Ticks(comments)),
            ],
        )
}

/// What the form asks for.
pub(super) fn read(look: &Look<'_>, form: &Query) -> Result<Wish, Trouble> {
    let lang = look.lang();
    let unfit = |why: Unfit| Trouble::Refused(said::unfit(why, lang));
    let typed: String = form.get("channels").chars().take(LONGEST_NAMES).collect();
    let names = ChannelName::parse_words(&typed).map_err(|why| Trouble::Refused(said::no_channels(&why.to_string(), lang)))?;
    if names.is_empty() {
        return Err(unfit(Unfit::Nothing));
    }
    let day = |name: &str| match form.get(name).trim() {
        "" => Ok(None),
        day => day.parse::<NaiveDate>().map(Some).map_err(|_| unfit(Unfit::Day)),
    };
    let (from, to) = (day("from")?, day("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(unfit(Unfit::Order));
    }
    let zone = look.dashboard.rules().zone;
    let bounds = Bounds {
        from: from.map(|day| local::start_of(zone, day).timestamp()),
        to: to.map(|day| local::end_of(zone, day).timestamp()),
        limit: count(look, form.get("limit"))?,
        ..Bounds::default()
    };
    let depth = match form.get("snowball") {
        "" => 0,
        depth => depth.parse().ok().filter(|depth| *depth <= DEEPEST).ok_or_else(|| unfit(Unfit::Depth(DEEPEST)))?,
    };
    Ok(Wish {
        names,
        bounds,
        has_comments: !form.get("comments").is_empty(),
        depth,
        min_references: count(look, form.get("min_references"))?.unwrap_or(LEAST_REFERENCES),
        patience: PATIENCE,
        ..Wish::default()
    })
}

/// A number from 1, or nothing.
fn count(look: &Look<'_>, typed: &str) -> Result<Option<u64>, Trouble> {
    let refused = || Trouble::Refused(look.words().bad_number().to_owned());
    match typed.trim() {
        "" => Ok(None),
        number => number.parse().ok().filter(|n| *n > 0).map(Some).ok_or_else(refused),
    }
}
