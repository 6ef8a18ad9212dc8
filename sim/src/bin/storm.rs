//! Raises a crash storm: `storm --seed S --kills K --messages M [--program PATH] [--mode polling|webhook]`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it tells the person who started it how it goes")]

#[cfg(not(unix))]
fn main() -> std::process::ExitCode {
    eprintln!("the storm needs signals, which only Unix has");
    std::process::ExitCode::from(2)
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    unix::main()
}

#[cfg(unix)]
mod unix {
    use std::{path::PathBuf, process::ExitCode};

    use telegram_sim::storm::{self, Mode, Plan};

    const USAGE: &str = "usage: storm [--seed S] [--kills K] [--messages M] [--program PATH] [--mode polling|webhook]";

    pub(super) fn main() -> ExitCode {
        let plan = match plan() {
            Ok(plan) => plan,
            Err(why) => {
                eprintln!("{why}\n{USAGE}");
                return ExitCode::from(2);
            }
        };
        println!("seed {}: {} kills, {} messages, {}", plan.seed, plan.kills, plan.messages, plan.program.display());
        let told = |so_far: &storm::Report| {
            println!(
                "{:>5.0} s: {} kills, {} messages, {} updates acknowledged",
                so_far.took.as_secs_f64(),
                so_far.kills,
                so_far.messages,
                so_far.acknowledged
            );
        };
        match storm::run(&plan, &mut { told }) {
            Ok(report) => {
                println!("\n{report}");
                if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(why) => {
                eprintln!("the storm could not be brought to its end: {why}");
                ExitCode::FAILURE
            }
        }
    }

    fn plan() -> Result<Plan, String> {
        let beside = std::env::current_exe().map_err(|why| why.to_string())?.with_file_name("rollcall");
        let mut plan = Plan { seed: 1, kills: 1_000, messages: 100_000, program: beside, mode: Mode::Polling };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{name} takes a whole number, not {value:?}"));
            match name.as_str() {
                "--seed" => plan.seed = number()?,
                "--kills" => plan.kills = number()?,
                "--messages" => plan.messages = number()?,
                "--mode" if value == "polling" => plan.mode = Mode::Polling,
                "--mode" if value == "webhook" => plan.mode = Mode::Webhook,
                "--program" => plan.program = PathBuf::from(value),
                _ => return Err(format!("{name} {value} is unknown")),
            }
        }
        Ok(plan)
    }
}
