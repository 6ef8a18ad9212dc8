//! One process through a simulated week: `soak [--seed S] [--groups G] [--messages M] [--program PATH]`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it tells the person who started it how it goes")]

#[cfg(not(target_os = "linux"))]
fn main() -> std::process::ExitCode {
    eprintln!("the soak reads /proc, which only Linux has");
    std::process::ExitCode::from(2)
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{path::PathBuf, process::ExitCode};

    use telegram_sim::storm::{Sample, SoakPlan, SoakReport, soak};

    const USAGE: &str = "usage: soak [--seed S] [--groups G] [--messages M] [--program PATH]";

    pub(super) fn main() -> ExitCode {
        let plan = match plan() {
            Ok(plan) => plan,
            Err(why) => {
                eprintln!("{why}\n{USAGE}");
                return ExitCode::from(2);
            }
        };
        println!("seed {}: {} groups, {} messages, {}", plan.seed, plan.groups, plan.messages, plan.program.display());
        println!("simulated hour     MiB  open files");
        let told =
            |sample: &Sample| println!("{}  {:>5.1}  {:>5}", sample.at.format("%Y-%m-%d %H:%M"), sample.memory_mib, sample.files);
        match soak(&plan, &mut { told }) {
            Ok(report) => conclude(&report),
            Err(why) => {
                eprintln!("the soak could not be brought to its end: {why}");
                ExitCode::FAILURE
            }
        }
    }

    fn conclude(report: &SoakReport) -> ExitCode {
        println!("\nday         MiB at most  open files at most");
        for (day, (memory, files)) in report.days() {
            println!("{day}  {memory:>11.1}  {files:>18}");
        }
        for example in &report.verdict.examples {
            println!("  {example}");
        }
        println!("{} messages, {} count, {} numbers compared", report.messages, report.counted, report.cells);
        println!("{} simulated hours in {:.0} s", report.samples.len(), report.took.as_secs_f64());
        println!("lost {}, double {}, wrong hours {}", report.verdict.lost, report.verdict.double, report.verdict.beside);
        let growth = report.growth();
        println!("{}", growth.as_deref().unwrap_or("memory and open files are flat"));
        if report.verdict.is_exact() && growth.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn plan() -> Result<SoakPlan, String> {
        let beside = std::env::current_exe().map_err(|why| why.to_string())?.with_file_name("rollcall");
        let mut plan = SoakPlan { seed: 1, groups: 3_000, messages: 6_000_000, program: beside };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            let number = || value.parse::<u64>().map_err(|_| format!("{name} takes a whole number, not {value:?}"));
            match name.as_str() {
                "--seed" => plan.seed = number()?,
                "--groups" => plan.groups = number()?.max(2) as usize,
                "--messages" => plan.messages = number()?,
                "--program" => plan.program = PathBuf::from(value),
                _ => return Err(format!("{name} is unknown")),
            }
        }
        Ok(plan)
    }
}
