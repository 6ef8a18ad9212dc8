//! What the facts mean, and what to do. Pure.

use chrono::{DateTime, TimeDelta, Utc};

pub use super::judge_dashboard::dashboard;
use super::{
    Finding,
    local::{DatabaseFacts, LocalFacts},
    remote::RemoteFacts,
    user_session::SessionFacts,
};
use crate::{
    config::Config,
    domain::{line::LineState, registry::Group, state::State},
    mtproto::CallFault,
    secrets::Origin,
    telegram::{CallError, ProxyChoice, Reaction, WebhookInfo},
};

/// A clock that is wrong by more files messages under the wrong day around midnight and makes TLS fail at worst.
const TOLERATED_SKEW: TimeDelta = TimeDelta::seconds(30);

/// Judges the settings.
pub fn settings(config: &Config, now: DateTime<Utc>) -> Vec<Finding> {
    let local = now.with_timezone(&config.zone).format("%Y-%m-%d %H:%M");
    let mut findings = vec![Finding::ok("time zone", format!("{}: it is {local} there", config.zone))];
    findings.push(match config.bots.len() {
        1 => Finding::ok("token", "is set and looks right"),
        2.. => {
            let names: Vec<&str> = config.bots.iter().map(|bot| bot.name.as_str()).collect();
            Finding::ok("tokens", format!("are set and look right: {}", names.join(", ")))
        }
        0 => Finding::error(
            "token",
            "BOT_TOKEN is not set",
            "open @BotFather in Telegram, send /newbot, and put the token that it gives into .env",
        ),
    });
    findings.push(match config.admins.len() {
        0 => Finding::error(
            "admins",
            "ADMIN_IDS is not set, so nobody can use the menus",
            "send /start to @userinfobot in Telegram and put the number that it gives into .env",
        ),
        n => Finding::ok("admins", format!("{n} named")),
    });
    findings.push(Finding::ok("proxy", proxy(&config.proxy)));
    findings
}

/// Judges this machine.
pub fn local(facts: &LocalFacts, config: &Config) -> Vec<Finding> {
    let dir = facts.data_dir.display();
    if !facts.exists {
        return vec![Finding::error("data", format!("there is no directory {dir}"), "run `rollcall init`, or set DATA_DIR")];
    }
    let mut findings = Vec::new();
    for (dir, why) in &facts.no_rights {
        findings.push(Finding::error(
            "rights",
            format!("files can't be written in {}: {why}", dir.display()),
            "give the directory to the user that rollcall runs as (chown), or name another one",
        ));
    }
    if facts.no_rights.is_empty() {
        findings.push(Finding::ok("rights", format!("files in {dir} can be written, made durable and renamed")));
    }
    findings.push(match (&facts.owner, &facts.owner_fault) {
        (_, Some(why)) => Finding::warning("lock", why.clone(), "look at the directory's rights"),
        (Some(owner), None) => Finding::ok("lock", format!("process {} owns the data since {}", owner.pid, owner.since)),
        (None, None) => Finding::ok("lock", "free: no rollcall runs on this data"),
    });
    if let Some(DatabaseFacts { name, holder }) = &facts.database {
        findings.push(match holder {
            Ok(Some(holder)) => Finding::ok("database", format!("{name} answers; {} works", holder.name)),
            Ok(None) => Finding::ok("database", format!("{name} answers; no replica works now")),
            Err(why) => Finding::error(
                "database",
                format!("{name}: {why}"),
                "see whether the server runs and lets this machine in: psql with the address of STORE_URL; \
                 meanwhile nothing is lost, Telegram waits for a day",
            ),
        });
    }
    for file in &facts.unreadable {
        findings.push(Finding::error("files", file.clone(), "mend the file, or put a copy from a backup in its place"));
    }
    if let Some(why) = &facts.fault {
        findings.push(Finding::error("files", why.clone(), "restore a backup into another directory and set DATA_DIR to it"));
    }
    let answers = facts.database.as_ref().is_none_or(|database| database.holder.is_ok());
    if facts.unreadable.is_empty() && facts.fault.is_none() && answers {
        findings.push(Finding::ok("files", format!("all can be read, with {} days of activity", facts.days)));
    }
    findings.push(disk(facts.free_bytes, config.warn_disk_mb));
    findings
}

fn disk(free_bytes: Option<u64>, least_mb: u64) -> Finding {
    const MB: u64 = 1 << 20;
    match free_bytes.map(|bytes| bytes / MB) {
        None => Finding::warning("disk", "the free room can't be told", "look at it yourself: df -h"),
        Some(0) => Finding::error(
            "disk",
            "is full: nothing can be counted",
            "make room; what was counted is safe, and counting goes on by itself",
        ),
        Some(free) if free < least_mb => {
            Finding::warning("disk", format!("only {free} MB are left"), "make room soon: a full disk stops the counting")
        }
        Some(free) => Finding::ok("disk", format!("{free} MB are left")),
    }
}

/// Judges Telegram's answers.
pub fn remote(facts: &RemoteFacts, config: &Config) -> Vec<Finding> {
    let me = match &facts.me {
        Ok(me) => me,
        Err(why) => return vec![unreached(why, config)],
    };
    let mut findings = vec![Finding::ok("bot", format!("Telegram knows it as @{}", me.username))];
    findings.push(if me.can_read_all_group_messages {
        Finding::ok("privacy mode", "is off: the bot sees all messages")
    } else {
        Finding::warning(
            "privacy mode",
            "is on: in groups where the bot is no administrator it sees only commands",
            "send /setprivacy to @BotFather and choose Disable, then remove the bot from its groups and add it again; \
             or make it administrator of each group",
        )
    });
    findings.extend(facts.webhook.as_ref().map(|webhook| match webhook {
        Ok(info) => judge_webhook(info, facts.own_webhook.as_deref(), config.webhook.is_some()),
        Err(why) => Finding::warning("webhook", why.to_string(), "try again in a minute"),
    }));
    findings.push(match &facts.receiving {
        None => Finding::ok("receiving", "not tried: a running rollcall would be interrupted, or a webhook is set"),
        Some(Ok(())) => Finding::ok("receiving", "works, and nobody else receives"),
        Some(Err(why)) if why.reaction() == Reaction::OtherPoller => Finding::error(
            "receiving",
            "another program receives this bot's messages",
            "stop it (an old bot? a second rollcall? another machine?); if you can't find it, send /revoke to @BotFather and use the new token",
        ),
        Some(Err(why)) => Finding::warning("receiving", why.to_string(), "try again in a minute"),
    });
    findings.extend(facts.clocks.map(|(theirs, ours)| {
        let skew = ours - theirs;
        if skew.abs() <= TOLERATED_SKEW {
            Finding::ok("clock", "is right")
        } else {
            Finding::warning(
                "clock",
                format!("is {} seconds {}", skew.num_seconds().abs(), if skew > TimeDelta::zero() { "ahead" } else { "behind" }),
                "switch on the automatic time of the system (timedatectl set-ntp true)",
            )
        }
    }));
    for (admin, answer) in &facts.admins {
        findings.push(match answer {
            Ok(()) => Finding::ok("admin", format!("{admin} can be reached")),
            Err(why) if why.reaction() == Reaction::Unreachable => Finding::warning(
                "admin",
                format!("{admin} can't be reached by the bot"),
                format!("open @{} from that account and press Start; if that is no person's id, mend ADMIN_IDS", me.username),
            ),
            Err(why) => Finding::warning("admin", format!("{admin}: {why}"), "try again in a minute"),
        });
    }
    findings
}

fn judge_webhook(info: &WebhookInfo, ours: Option<&str>, is_wanted: bool) -> Finding {
    let host = host_of(&info.url);
    let waiting = info.pending_update_count;
    match (info.url.as_str(), is_wanted) {
        ("", false) => Finding::ok("webhook", "none is set"),
        ("", true) => Finding::warning(
            "webhook",
            "none is set, so Telegram delivers nothing",
            "start rollcall: it sets the webhook; if it runs already, its log says why it can't",
        ),
        (url, true) if Some(url) == ours => match &info.last_error_message {
            Some(why) if waiting > 0 => Finding::warning(
                "webhook",
                format!("{waiting} updates wait, because Telegram can't deliver to {host}: {why}"),
                "does rollcall run, and does WEBHOOK_URL lead to WEB_ADDR, with a valid certificate? Nothing is lost for 24 hours",
            ),
            Some(_) | None => Finding::ok("webhook", format!("Telegram delivers to {host}; {waiting} updates wait")),
        },
        (url, false) if Some(url) == ours => Finding::warning(
            "webhook",
            "is still set from the time in webhook mode",
            "start rollcall: it deletes the webhook and goes on by polling",
        ),
        (_, true) => Finding::error(
            "webhook",
            format!("messages go to {host} instead of to rollcall"),
            "stop the program there, then restart rollcall: it sets the webhook to itself",
        ),
        (_, false) => Finding::error(
            "webhook",
            format!("messages go to {host} instead of to rollcall"),
            "stop the program there; then open https://api.telegram.org/bot<token>/deleteWebhook once, with your token in its place",
        ),
    }
}

fn unreached(why: &CallError, config: &Config) -> Finding {
    match why.reaction() {
        Reaction::Unauthorized => Finding::error(
            "bot",
            "Telegram doesn't know this token",
            "copy it again from @BotFather (/mybots, API Token) into .env",
        ),
        _ => Finding::error(
            "bot",
            why.to_string(),
            match config.proxy {
                ProxyChoice::Direct => "is this machine online? Where Telegram is blocked, set PROXY_URL",
                ProxyChoice::Environment | ProxyChoice::Url(_) => "is the proxy right and running? Try without PROXY_URL",
            },
        ),
    }
}

/// Judges the register: why a group doesn't count.
pub fn register(state: &State, sees_everything: Option<bool>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let active = state.teachers.values().filter(|teacher| teacher.active);
    let (counted, nameless): (Vec<_>, Vec<_>) = active.partition(|teacher| teacher.accounts().next().is_some());
    findings.push(if state.teachers.is_empty() {
        Finding::warning("teachers", "there are none yet", "add them in the bot's menu, or with `rollcall teachers add`")
    } else {
        Finding::ok("teachers", format!("{} of {} count", counted.len(), state.teachers.len()))
    });
    for teacher in nameless {
        findings.push(Finding::warning(
            "teachers",
            format!("{} is active but has no Telegram account", teacher.teacher_id),
            format!("say which: rollcall teachers account {} <Telegram id>", teacher.teacher_id),
        ));
    }
    if state.groups.is_empty() {
        findings.push(Finding::warning("groups", "there are none yet", "add the bot to a group and send /confirm_group there"));
    }
    findings.extend(state.groups.values().map(|group| judge_group(state, group, sees_everything)));
    for chat in state.candidates.keys() {
        findings.push(Finding::warning("groups", format!("{chat} waits for an admin"), "send /confirm_group in it"));
    }
    findings
}

fn judge_group(state: &State, group: &Group, sees_everything: Option<bool>) -> Finding {
    let chat = group.chat_id;
    let counted = state.teachers_in(chat).filter(|teacher| teacher.active).count();
    let standing = state.standings.get(&chat);
    let hidden = sees_everything == Some(false)
        && standing.is_none_or(|standing| !standing.administrator && standing.last_plain.is_none());
    if group.gone_since.is_some() {
        Finding::warning(
            "groups",
            format!("{chat}: the bot is no longer there"),
            "add it again; the assignments come back by themselves",
        )
    } else if !group.enabled {
        Finding::ok("groups", format!("{chat} is disabled, so nothing counts there"))
    } else if counted == 0 {
        Finding::warning(
            "groups",
            format!("{chat}: nobody is counted there"),
            format!("assign somebody: rollcall teachers assign <teacher> {chat}"),
        )
    } else if hidden {
        Finding::error(
            "groups",
            format!("{chat}: privacy mode hides its messages, and no plain one was ever seen"),
            "make the bot administrator there, or remove it and add it again after switching privacy mode off",
        )
    } else {
        Finding::ok("groups", format!("{chat} counts {counted} teachers"))
    }
}

/// Judges where the secret settings come from.
pub fn secrets(config: &Config) -> Vec<Finding> {
    let from = |(name, origin): (&String, &Origin)| Finding::ok("secret", format!("{name} comes from {origin}"));
    config.origins.iter().map(from).collect()
}

/// Judges the user session.
pub fn user_session(facts: &SessionFacts, config: &Config) -> Vec<Finding> {
    const LOG_IN: &str = "run `rollcall session login`; a running rollcall goes on by itself then";
    let subject = "session";
    let name = match &facts.account {
        Err(why) => {
            return vec![Finding::error(
                subject,
                why.clone(),
                "do as it says, or delete session.json and run `rollcall session login`; messages are counted on meanwhile",
            )];
        }
        Ok(None) if config.session.api.is_none() => {
            return vec![Finding::ok(subject, "none is set up, so voice chats aren't watched")];
        }
        Ok(None) => return vec![Finding::warning(subject, "nobody is logged in, so voice chats can't be seen", LOG_IN)],
        Ok(Some(name)) => name,
    };
    let mut findings = Vec::new();
    findings.push(match (&facts.owner, &facts.state, &facts.remote) {
        _ if config.session.api.is_none() => Finding::error(
            subject,
            format!("{name} is logged in, but TELEGRAM_API_ID and TELEGRAM_API_HASH are missing"),
            "put the ones that it was logged in with back into .env",
        ),
        (Some(owner), state, _) => used(name, owner.pid, state.as_ref(), config),
        (None, _, Some(Ok(()))) => Finding::ok(subject, format!("{name} is logged in, and Telegram answers")),
        (None, _, Some(Err(CallFault::LoggedOut(_)))) => {
            Finding::error(subject, format!("Telegram has ended the session of {name}"), LOG_IN)
        }
        (None, _, Some(Err(why))) => Finding::error(
            subject,
            format!("{name} is logged in, but {why}"),
            "is this machine online? Then try again in a minute",
        ),
        (None, _, None) => Finding::ok(subject, format!("{name} is logged in; Telegram wasn't asked")),
    });
    if config.session.import.is_some() {
        findings.push(Finding::warning(
            subject,
            "TG_STRING_SESSION is still set, though the session was taken over",
            "delete it in .env: whoever reads it is the account",
        ));
    }
    findings
}

fn used(name: &str, pid: u32, state: Option<&LineState>, config: &Config) -> Finding {
    let Some(state) = state else { return Finding::ok("session", format!("process {pid} uses the session of {name}")) };
    let text = format!("{name}, in use by process {pid}: {}", state.in_english(config.zone));
    match state {
        LineState::Up { .. } | LineState::NotConfigured => Finding::ok("session", text),
        LineState::Connecting { .. } | LineState::Waiting { .. } | LineState::NotLoggedIn => {
            Finding::warning("session", text, "it goes on trying; what happens meanwhile is marked as unseen")
        }
        LineState::Dead { .. } => Finding::error("session", text, "do as it says; messages are counted on meanwhile"),
    }
}

fn proxy(choice: &ProxyChoice) -> &'static str {
    match choice {
        ProxyChoice::Direct => "none: straight to Telegram",
        ProxyChoice::Environment => "as HTTPS_PROXY and its relatives say",
        ProxyChoice::Url(_) => "as PROXY_URL says",
    }
}

/// A webhook's address may hold its secret in the path.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
