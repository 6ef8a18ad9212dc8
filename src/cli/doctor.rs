//! `rollcall doctor`

use std::io::IsTerminal;

use super::{Session, failure::Failure, out, session::wait_for};
use crate::{
    clock::SharedClock,
    doctor::{Finding, Level, dashboard, judge, local, models, remote, user_session, worst},
    telegram::Wire,
};

/// As what the findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum DoctorFormat {
    /// A line each, with advice.
    #[default]
    Text,
    /// An array of objects.
    Json,
}

/// How to look.
#[derive(Debug, clap::Args)]
pub(super) struct DoctorArgs {
    /// As what to print
    #[arg(long, value_enum, default_value_t)]
    format: DoctorFormat,
    /// Only look at this machine, ask Telegram nothing
    #[arg(long)]
    offline: bool,
}

/// Looks at everything. Settings that can't be read are findings like others.
pub(super) fn run(settings: Result<Session, Failure>, args: &DoctorArgs, clock: SharedClock) -> Result<(), Failure> {
    let findings = match settings {
        Ok(session) => examine(&session, args, &clock),
        Err(Failure::Config(mistakes)) => {
            let finding =
                |mistake: &String| Finding::error("settings", mistake.clone(), "change it in .env; .env.example explains each");
            mistakes.0.iter().map(finding).collect()
        }
        Err(why) => return Err(why),
    };
    match args.format {
        DoctorFormat::Text => out::data(&describe(&findings, std::io::stdout().is_terminal()))?,
        DoctorFormat::Json => out::data(&serde_json::to_string_pretty(&findings).expect("findings are JSON"))?,
    }
    match worst(&findings) {
        Level::Ok | Level::Warning => Ok(()),
        Level::Error => Err(Failure::Unhealthy),
    }
}

fn examine(session: &Session, args: &DoctorArgs, clock: &SharedClock) -> Vec<Finding> {
    let config = &session.config;
    let mut findings = judge::settings(config, session.now());
    findings.extend(judge::secrets(config));
    let here = local::look(config);
    findings.extend(judge::local(&here, config));
    let mut sees_everything = None;
    for bot in config.bots.iter().filter(|_| !args.offline) {
        match Wire::new(bot.token.clone(), config.api_url.clone(), &config.proxy, config.call_timeout) {
            Ok(wire) => {
                let there = wait_for(remote::look(&wire, config, clock, !here.may_be_running()));
                let sees = there.me.as_ref().ok().map(|me| me.can_read_all_group_messages);
                // One that sees less may hide a group.
                sees_everything = sees.map(|sees| sees && sees_everything.unwrap_or(true)).or(sees_everything);
                let of_several = |finding: Finding| match config.bots.len() {
                    1 => finding,
                    _ => Finding { text: format!("{}: {}", bot.name, finding.text), ..finding },
                };
                findings.extend(judge::remote(&there, config).into_iter().map(of_several));
            }
            Err(why) => findings.push(Finding::error("proxy", why.to_string(), "mend PROXY_URL in .env")),
        }
    }
    if here.exists {
        let seen = wait_for(user_session::look(config, clock, !args.offline));
        findings.extend(judge::user_session(&seen, config));
    }
    let seen = wait_for(dashboard::look(config, !args.offline, here.may_be_running()));
    findings.extend(judge::dashboard(&seen, here.state.as_ref().map(|state| &state.study), config, session.now()));
    if !args.offline {
        findings.extend(models::judge(&wait_for(models::look(config))));
    }
    if let Some(state) = &here.state {
        findings.extend(judge::register(state, sees_everything));
    }
    findings
}

fn describe(findings: &[Finding], colours: bool) -> String {
    let mut text = String::new();
    for finding in findings {
        let (word, colour) = match finding.level {
            Level::Ok => ("ok     ", "32"),
            Level::Warning => ("warning", "33"),
            Level::Error => ("ERROR  ", "31"),
        };
        let word = if colours { format!("\u{1b}[{colour}m{word}\u{1b}[0m") } else { word.to_owned() };
        text += &format!("{word}  {:<12}  {}\n", finding.subject, finding.text);
        if let Some(advice) = &finding.advice {
            text += &format!("{:23}→ {advice}\n", "");
        }
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    text + &format!("\n{} errors, {} warnings\n", count(Level::Error), count(Level::Warning))
}
