//! Nobody can see into the voice chats: told after 5, 10 and 15 minutes, then silence, then once that it is over.

use chrono::TimeDelta;

use crate::{
    admin::Desk,
    domain::{
        change::{Change, Outcome, Warning},
        registry::Notice,
    },
    membership::tell_admins,
    text::study::watch as words,
};

/// After so many minutes it is told, once each.
const TOLD_AFTER: [(i64, Warning); 3] = [(5, Warning::Blind5), (10, Warning::Blind10), (15, Warning::Blind15)];

/// What admins are told when the last good look into the voice chats, or the start where there was none since (`saw` says which),
/// was so long ago; `why` is what stands in the way, in a language. A good look ends it, and having nothing to look at.
pub fn judge(
    desk: &Desk<'_>,
    since: TimeDelta,
    saw: bool,
    is_watching: bool,
    why: impl Fn(crate::domain::lang::Lang) -> crate::text::html::Html,
) -> Outcome {
    let mut outcome = Outcome::nothing();
    let told = |warning: &Warning| desk.state.warned.contains_key(warning);
    let minutes = since.num_minutes();
    let is_blind = is_watching && minutes >= TOLD_AFTER[0].0;
    if is_blind {
        let due = TOLD_AFTER.iter().filter(|(after, warning)| minutes >= *after && !told(warning));
        let due: Vec<_> = due.collect();
        for (_, warning) in &due {
            outcome.set(Change::Warned(*warning, Some(desk.now)));
        }
        if !due.is_empty() {
            tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::blind(minutes, &why(lang), lang), Vec::new()));
        }
        return outcome;
    }
    if is_watching && !saw {
        // Just started, perhaps within an outage that was told.
        return outcome;
    }
    let since = TOLD_AFTER.iter().filter_map(|(_, warning)| desk.state.warned.get(warning)).min().copied();
    for (_, warning) in TOLD_AFTER.iter().filter(|(_, warning)| told(warning)) {
        outcome.set(Change::Warned(*warning, None));
    }
    if let Some(since) = since.filter(|_| is_watching) {
        // The first word of it came after five minutes.
        let minutes = (desk.now - since).num_minutes().max(0) + TOLD_AFTER[0].0;
        tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::sees_again(minutes, lang), Vec::new()));
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        admin::school::School,
        domain::{lang::Lang, work::Work},
        text::html::Html,
    };

    /// What one of the two admins is told.
    fn told(school: &mut School, minutes: i64, is_watching: bool) -> Vec<String> {
        told_after(school, minutes, true, is_watching)
    }

    fn told_after(school: &mut School, minutes: i64, saw: bool, is_watching: bool) -> Vec<String> {
        let outcome = judge(&school.desk(), TimeDelta::minutes(minutes), saw, is_watching, |_: Lang| Html::text("no network"));
        let work = school.apply(outcome);
        let said = work.into_iter().filter_map(|work| match work {
            Work::Send { html, .. } => Some(html),
            _ => None,
        });
        said.step_by(2).collect()
    }

    #[test]
    fn an_outage_is_told_three_times_and_its_end_once() {
        let mut school = School::small();
        let said: Vec<usize> = (0..40).map(|minute| told(&mut school, minute, true).len()).collect();
        let when: Vec<usize> = said.iter().enumerate().filter(|(_, said)| **said > 0).map(|(minute, _)| minute).collect();
        assert_eq!(when, [5, 10, 15]);
        assert_eq!(told(&mut school, 0, true).len(), 1, "that it is over");
        assert!(told(&mut school, 0, true).is_empty());
        assert_eq!(told(&mut school, 5, true).len(), 1, "the next one is a new one");
    }

    #[test]
    fn a_process_that_finds_an_outage_of_an_hour_says_so_once() {
        let mut school = School::small();
        assert_eq!(told(&mut school, 60, true).len(), 1);
        assert!(told(&mut school, 61, true).is_empty());
    }

    #[test]
    fn a_restart_within_an_outage_is_not_its_end() {
        let mut school = School::small();
        assert_eq!(told(&mut school, 5, true).len(), 1);
        assert!(told_after(&mut school, 0, false, true).is_empty(), "nothing was seen yet");
        assert!(told_after(&mut school, 5, false, true).is_empty(), "told already");
        assert_eq!(told_after(&mut school, 0, true, true).len(), 1, "now it is over");
    }

    #[test]
    fn where_nothing_is_watched_nothing_is_missed() {
        let mut school = School::small();
        assert!(told(&mut school, 60, false).is_empty());
        assert_eq!(told(&mut school, 60, true).len(), 1);
        assert!(told(&mut school, 60, false).is_empty(), "no word that it is over: it isn't");
        assert!(school.state.warned.is_empty());
    }
}
