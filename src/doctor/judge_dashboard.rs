//! What the facts about the web dashboard mean. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Finding, dashboard::DashboardFacts};
use crate::{config::Config, domain::study::Study, study::export};

/// Snapshots are sent at once; one that waits so long waits for something.
const WAITS_LONG: TimeDelta = TimeDelta::hours(1);
const EXPORT: &str = "dashboard";
const RECEIVER: &str = "receiver";

/// Judges the way to a dashboard, and our own receiver; nothing is said where neither is set up.
pub fn dashboard(facts: &DashboardFacts, study: Option<&Study>, config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.export.is_some() {
        findings.push(reached(facts));
        findings.extend(study.into_iter().flat_map(|study| queue(study, now)));
    }
    if config.receiver.is_some() {
        findings.extend(receiver(facts, config));
    }
    findings
}

fn reached(facts: &DashboardFacts) -> Finding {
    match &facts.reachable {
        Some(Ok(())) => Finding::ok(EXPORT, "somebody answers at LEADERBOARD_INGEST_URL"),
        Some(Err(why)) => Finding::warning(
            EXPORT,
            format!("nobody answers at LEADERBOARD_INGEST_URL: {why}"),
            "is the address right, and does the dashboard run? Boards wait meanwhile, none is lost",
        ),
        None => Finding::ok(EXPORT, "boards are sent to one; it wasn't asked"),
    }
}

fn queue(study: &Study, now: DateTime<Utc>) -> Vec<Finding> {
    let waiting = export::waiting(study).count();
    let last = match study.exported {
        Some(at) => format!("the last one was taken {}", at.format("%Y-%m-%d %H:%M UTC")),
        None => "none was taken yet".to_owned(),
    };
    let tried = export::waiting(study).next().map_or(0, |(_, export)| export.attempts);
    let is_stuck = tried > 0 && study.exported.is_none_or(|at| now - at > WAITS_LONG);
    let line = format!("{waiting} boards wait, {last}");
    let mut findings = vec![if is_stuck {
        Finding::warning(EXPORT, format!("{line}; tried {tried} times"), "the log says what the dashboard answers")
    } else {
        Finding::ok(EXPORT, line)
    }];
    let mut refused = study.exports.values().filter_map(|export| Some((export.day, export.refused.as_deref()?)));
    if let Some((day, why)) = refused.next_back() {
        let more = refused.count();
        let others = if more == 0 { String::new() } else { format!(", and {more} more") };
        findings.push(Finding::warning(
            EXPORT,
            format!("the board of {day} is refused{others}: {why}"),
            format!("mend what it says, then: rollcall export backfill --start {day} --end {day}"),
        ));
    }
    findings
}

fn receiver(facts: &DashboardFacts, config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.receiver else { return Vec::new() };
    let state = match settings.cron_secret {
        Some(_) => "shows its state to whoever knows CRON_SECRET",
        None => "shows its state to nobody, since CRON_SECRET is not set",
    };
    let believes = format!("takes boards from whoever knows LEADERBOARD_INGEST_SECRET, and {state}");
    let mut findings = vec![match &facts.listens {
        Some(Ok(())) => Finding::ok(RECEIVER, format!("listens at {} and {believes}", settings.listen)),
        Some(Err(why)) => Finding::error(
            RECEIVER,
            format!("nobody listens at {}: {why}", settings.listen),
            "restart rollcall: the receiver's address is taken at the start; its log says if another program has it",
        ),
        None => Finding::ok(RECEIVER, format!("will listen at {} when rollcall runs; {believes}", settings.listen)),
    }];
    if let Some(Err(why)) = &facts.shelf {
        let advice = "mend the file, or move it away: the receiver begins a new one, and `rollcall export backfill` fills it";
        findings.push(Finding::error(RECEIVER, why.clone(), advice));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        doctor::Level,
        domain::study::Export,
        study::sample::{CHAT, day, instant},
    };

    fn config(more: &[(&str, &str)]) -> Config {
        let usual = [
            ("LEADERBOARD_WEB_EXPORT_ENABLED", "yes"),
            ("LEADERBOARD_INGEST_URL", "http://127.0.0.1:9/api"),
            ("LEADERBOARD_INGEST_SECRET", "hush"),
        ];
        let given = usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::from_map(&given).expect("valid").0
    }

    fn said(facts: &DashboardFacts, study: &Study, config: &Config) -> Vec<(Level, String)> {
        let findings = dashboard(facts, Some(study), config, instant("2026-01-09T16:30:00Z"));
        assert!(!findings.iter().any(|finding| format!("{finding:?}").contains("hush")));
        findings.into_iter().map(|finding| (finding.level, finding.text)).collect()
    }

    #[test]
    fn the_queue_says_what_waits_what_was_taken_and_what_is_refused() {
        let mut study = Study::default();
        let facts = DashboardFacts { reachable: Some(Ok(())), ..DashboardFacts::default() };
        let quiet = said(&facts, &study, &config(&[]));
        assert!(quiet.iter().all(|(level, _)| *level == Level::Ok), "{quiet:?}");
        assert_eq!(quiet[1].1, "0 boards wait, none was taken yet");
        let export = |date: &str, attempts, refused: Option<&str>| Export {
            community: CHAT,
            day: day(date),
            body: "{}".into(),
            attempts,
            not_before: instant("2026-01-09T16:00:00Z"),
            refused: refused.map(ToOwned::to_owned),
        };
        study.exported = Some(instant("2026-01-08T16:30:05Z"));
        study.exports.insert(1, export("2026-01-07", 1, Some("stored-for-review")));
        study.exports.insert(2, export("2026-01-08", 9, None));
        let facts = DashboardFacts { reachable: Some(Err("refused".into())), ..DashboardFacts::default() };
        let [(first, _), (second, waits), (third, refused)] = &said(&facts, &study, &config(&[]))[..] else { panic!("three") };
        assert_eq!([first, second, third], [&Level::Warning; 3]);
        assert_eq!(waits, "1 boards wait, the last one was taken 2026-01-08 16:30 UTC; tried 9 times");
        assert_eq!(refused, "the board of 2026-01-07 is refused: stored-for-review");
    }

    #[test]
    fn a_receiver_says_where_it_listens_and_whom_it_believes() {
        let config = config(&[("LEADERBOARD_RECEIVER_ADDR", "127.0.0.1:8090"), ("LEADERBOARD_WEB_EXPORT_ENABLED", "no")]);
        let facts = |listens, shelf| DashboardFacts { reachable: None, listens, shelf: Some(shelf) };
        let found = said(&facts(Some(Ok(())), Ok(())), &Study::default(), &config);
        assert!(found[0].1.contains("listens at 127.0.0.1:8090") && found[0].1.contains("CRON_SECRET is not set"), "{found:?}");
        let found = said(&facts(Some(Err("refused".into())), Err("spoilt".into())), &Study::default(), &config);
        assert!(found.iter().all(|(level, _)| *level == Level::Error) && found.len() == 2, "{found:?}");
        let found = said(&facts(None, Ok(())), &Study::default(), &config);
        assert!(found[0].1.contains("will listen"), "{found:?}");
    }
}
