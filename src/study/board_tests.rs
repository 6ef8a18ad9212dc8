use super::*;
use crate::study::sample::{ANN, BOB, CHAT, EVE, day, member, seconds, study};

const ANCHORED: fn() -> Periods = || Periods::Anchored(day("2026-01-01"));

fn span(periods: Periods, scope: Scope, on: &str) -> (String, Numbered) {
    let span = Span::of(periods, scope, day(on));
    (format!("{}..{}", span.days.from, span.days.to), span.number)
}

fn places(block: &Block) -> Vec<(usize, Who, u64)> {
    block.rows.iter().map(|row| (row.rank, row.who, row.seconds)).collect()
}

#[test]
fn anchored_blocks_have_7_and_30_days() {
    let numbered = |text: &str, n| (text.to_owned(), Numbered::As(n));
    assert_eq!(span(ANCHORED(), Scope::Day, "2026-01-09"), numbered("2026-01-09..2026-01-09", 9));
    assert_eq!(span(ANCHORED(), Scope::Week, "2026-01-07"), numbered("2026-01-01..2026-01-07", 1));
    assert_eq!(span(ANCHORED(), Scope::Week, "2026-01-08"), numbered("2026-01-08..2026-01-14", 2));
    assert_eq!(span(ANCHORED(), Scope::Month, "2026-01-30"), numbered("2026-01-01..2026-01-30", 1));
    assert_eq!(span(ANCHORED(), Scope::Month, "2026-01-31"), numbered("2026-01-31..2026-03-01", 2));
}

#[test]
fn before_the_first_day_numbers_go_on_downwards() {
    let numbered = |text: &str, n| (text.to_owned(), Numbered::As(n));
    assert_eq!(span(ANCHORED(), Scope::Day, "2025-12-31"), numbered("2025-12-31..2025-12-31", 0));
    assert_eq!(span(ANCHORED(), Scope::Week, "2025-12-31"), numbered("2025-12-25..2025-12-31", 0));
    assert_eq!(span(ANCHORED(), Scope::Week, "2025-12-24"), numbered("2025-12-18..2025-12-24", -1));
    assert_eq!(span(ANCHORED(), Scope::Month, "2025-12-02"), numbered("2025-12-02..2025-12-31", 0));
}

#[test]
fn calendar_and_rolling_follow_their_own_rules() {
    let calendar = Periods::Calendar(day("2026-01-01"));
    assert_eq!(span(calendar, Scope::Week, "2027-01-02"), ("2026-12-28..2027-01-03".into(), Numbered::As(53)));
    assert_eq!(span(calendar, Scope::Month, "2028-02-29"), ("2028-02-01..2028-02-29".into(), Numbered::As(2)));
    assert_eq!(span(calendar, Scope::Day, "2026-02-01").1, Numbered::As(32));
    let rolling = Periods::Rolling(day("2026-01-01"));
    assert_eq!(span(rolling, Scope::Week, "2026-01-09"), ("2026-01-03..2026-01-09".into(), Numbered::Rolling));
    assert_eq!(span(rolling, Scope::Month, "2026-01-09"), ("2025-12-11..2026-01-09".into(), Numbered::Rolling));
}

#[test]
fn the_period_before_ends_where_this_one_begins() {
    for periods in [ANCHORED(), Periods::Calendar(day("2026-01-01")), Periods::Rolling(day("2026-01-01"))] {
        for scope in Scope::ALL {
            let span = Span::of(periods, scope, day("2026-05-13"));
            let before = span.before(periods);
            assert_eq!(shifted(before.days.to, 1), span.days.from, "{periods:?} {scope:?}");
        }
    }
}

#[test]
fn most_comes_first_and_ties_go_by_name() {
    let seconds = seconds(&[("2026-01-08", &[(ANN, 60)]), ("2026-01-09", &[(EVE, 120), (BOB, 120), (ANN, 120), (Who(9), 0)])]);
    let board = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
    assert_eq!(places(&board.blocks[0]), [(1, ANN, 120), (2, BOB, 120), (3, EVE, 120)], "ann, Bob, Eve; nothing is no place");
    assert_eq!(places(&board.blocks[1]), [(1, ANN, 180), (2, BOB, 120), (3, EVE, 120)]);
    assert_eq!(board.number, 9);
}

#[test]
fn later_days_are_not_in_the_board_of_a_past_one() {
    let seconds = seconds(&[("2026-01-08", &[(ANN, 600)]), ("2026-01-10", &[(BOB, 6000)]), ("2026-01-14", &[(EVE, 9000)])]);
    let board = board(&study(), CHAT, day("2026-01-09"), &seconds).expect("a board");
    assert_eq!(places(&board.blocks[0]), []);
    assert_eq!(places(&board.blocks[1]), [(1, ANN, 600)]);
    assert_eq!(places(&board.blocks[2]), [(1, ANN, 600)]);
}

#[test]
fn ten_places_are_shown() {
    let crowd: Vec<_> = (1..=25).map(|n| (Who(n), 100 * n as u32)).collect();
    let board = board(&study(), CHAT, day("2026-01-09"), &seconds(&[("2026-01-09", &crowd)])).expect("a board");
    assert_eq!(board.blocks[0].rows.len(), PLACES);
    assert_eq!(board.blocks[0].rows[9].who, Who(16));
}

#[test]
fn whoever_asked_not_to_be_named_keeps_the_place() {
    let mut study = study();
    let members = study.members.get_mut(&CHAT).expect("they are there");
    // Bob's second account asked, so Bob did.
    let second = crate::domain::study::Member { same_as: Some(BOB), opted_out: true, ..member("Bob's phone", None) };
    members.insert(Who(22), second);
    // And Ann's third account did, through her second one.
    let phone = crate::domain::study::Member { same_as: Some(Who(12)), opted_out: true, ..member("Ann's phone", None) };
    members.insert(Who(12), crate::domain::study::Member { same_as: Some(ANN), ..member("Ann at work", None) });
    members.insert(Who(13), phone);
    // Only another account of this one was ever seen.
    members.insert(Who(44), crate::domain::study::Member { same_as: Some(Who(4)), ..member("Dan", None) });
    let seconds = seconds(&[("2026-01-09", &[(BOB, 500), (ANN, 400), (Who(4), 300), (Who(5), 200)])]);
    let board = board(&study, CHAT, day("2026-01-09"), &seconds).expect("a board");
    let displays: Vec<_> = board.blocks[0].rows.iter().map(|row| row.display.clone()).collect();
    let expected = [Display::Hidden, Display::Hidden, Display::Name("Dan".into()), Display::Unknown(Who(5))];
    assert_eq!(displays, expected);
}

#[test]
fn a_board_needs_the_days_from_where_its_longest_block_begins() {
    let needed = |periods, on| days_needed(periods, day(on)).from.to_string();
    assert_eq!(needed(ANCHORED(), "2026-01-31"), "2026-01-29", "the week is older than the month");
    assert_eq!(needed(ANCHORED(), "2026-01-20"), "2026-01-01");
    assert_eq!(needed(Periods::Calendar(day("2026-01-01")), "2026-04-02"), "2026-03-30");
}

#[test]
fn a_day_that_is_over_counts_to_its_end() {
    let zone = chrono_tz::Asia::Tashkent;
    let now = crate::study::sample::instant("2026-01-10T12:00:00Z");
    assert_eq!(until(zone, day("2026-01-09"), now).to_rfc3339(), "2026-01-09T19:00:00+00:00");
    assert_eq!(until(zone, day("2026-01-10"), now), now);
}
