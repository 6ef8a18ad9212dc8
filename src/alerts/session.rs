//! The user session was ended, and only its owner can log in again: that is told once, not at every attempt. Pure.

use crate::{
    admin::Desk,
    domain::{
        change::{Change, Outcome, Warning},
        line::{DeadWhy, LineState},
        registry::Notice,
    },
    membership::tell_admins,
    text::line as words,
};

/// Looks at the line. `account` is whose session it was, as far as is known.
pub fn judge(desk: &Desk<'_>, state: &LineState, account: Option<&str>) -> Outcome {
    let mut outcome = Outcome::nothing();
    let was_told = desk.state.warned.contains_key(&Warning::SessionEnded);
    match state {
        LineState::Dead { why: DeadWhy::LoggedOut, .. } if !was_told => {
            outcome.set(Change::Warned(Warning::SessionEnded, Some(desk.now)));
            tell_admins(desk, Notice::Alarms, &mut outcome, |lang| (words::ended(account, lang), Vec::new()));
        }
        // Only a line that works shows that somebody logged in: it tries for a while after each start.
        LineState::Up { .. } if was_told => outcome.set(Change::Warned(Warning::SessionEnded, None)),
        LineState::Dead { .. }
        | LineState::Up { .. }
        | LineState::NotConfigured
        | LineState::NotLoggedIn
        | LineState::Connecting { .. }
        | LineState::Waiting { .. } => {}
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{admin::school::School, domain::work::Work};

    #[test]
    fn an_ended_session_is_told_once_until_it_works_again() {
        let mut school = School::small();
        let now = school.desk().now;
        let dead = LineState::Dead { since: now, why: DeadWhy::LoggedOut };
        let retries = LineState::Connecting { since: now, why: None };
        let mut told = |state: &LineState| {
            let outcome = judge(&school.desk(), state, Some("Ann (@ann)"));
            let text = |work| match work {
                Work::Send { html, .. } => html,
                other => panic!("{other:?}"),
            };
            school.apply(outcome).into_iter().map(text).collect::<Vec<_>>()
        };
        assert!(told(&LineState::NotLoggedIn).is_empty() && told(&retries).is_empty());
        let first = told(&dead);
        assert!(first.len() == 2 && first[0].contains("Ann (@ann)") && first[0].contains("session login"), "{first:?}");
        for still in [&dead, &retries, &dead] {
            assert!(told(still).is_empty(), "no loop, through restarts too");
        }
        assert!(told(&LineState::Up { since: now }).is_empty());
        assert_eq!(told(&dead).len(), 2, "another time");
    }
}
