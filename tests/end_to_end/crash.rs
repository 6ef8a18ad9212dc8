//! A small crash storm over the real binary. The large one: `cargo run --release -p telegram-sim --bin storm`.
#![cfg(unix)]

use telegram_sim::storm::{self, Mode, Plan};

/// Dozens of kills lose nothing and double nothing.
fn raise(seed: u64, mode: Mode) {
    let program = env!("CARGO_BIN_EXE_rollcall").into();
    let plan = Plan { seed, kills: 24, messages: 2_400, program, mode };
    let report = storm::run(&plan, &mut |_| {}).expect("the storm comes to its end");
    assert!(report.is_clean(), "{report}");
    assert!(report.kills >= plan.kills && report.counted > plan.messages / 3, "{report}");
    assert!(report.acknowledged >= plan.messages / 2, "{report}");
}

#[test]
fn dozens_of_kills_lose_nothing_and_double_nothing() {
    raise(20_260_126, Mode::Polling);
}

#[cfg(target_os = "linux")]
#[test]
fn neither_do_they_where_updates_are_delivered() {
    raise(20_260_127, Mode::Webhook);
}
