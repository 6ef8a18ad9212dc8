//! `/metrics` for Prometheus and `/healthz` for whoever restarts what is ill.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};

use super::webhook::Doors;
use crate::{
    clock::ProcessStart,
    context::Context,
    domain::{assistant::Spent, line::LineState, period::local_day},
    metrics::{AssistantFigures, Exposition, Sort, UpdateFigures, content_type, milliseconds, whole},
    mtproto::Line,
    study::export,
    telegram::{OurBot, judge, quarantine},
};

/// What is looked at.
#[derive(Debug)]
pub struct Watched {
    /// What all parts share.
    pub context: Arc<Context>,
    /// The bots, the main one first.
    pub bots: Vec<OurBot>,
    /// The webhook.
    pub doors: Arc<Doors>,
    /// When the process began.
    pub began: ProcessStart,
    /// The user session's line.
    pub line: Line,
    /// Boards go to a web dashboard.
    pub exports: bool,
    /// How assistants do.
    pub assistants: Arc<AssistantFigures>,
}

/// The routes.
pub fn routes(watched: Arc<Watched>) -> Router {
    Router::new().route("/metrics", get(metrics)).route("/healthz", get(healthz)).with_state(watched)
}

async fn healthz(State(watched): State<Arc<Watched>>) -> (StatusCode, String) {
    match judge(&watched.bots, &watched.context) {
        Ok(sentence) => (StatusCode::OK, format!("{sentence}\n")),
        Err(sentence) => (StatusCode::SERVICE_UNAVAILABLE, format!("{sentence}\n")),
    }
}

async fn metrics(State(watched): State<Arc<Watched>>) -> impl IntoResponse {
    // The journal may be in the middle of a sync, and the quarantine is a directory.
    let text = tokio::task::spawn_blocking(move || watched.exposition()).await;
    ([(CONTENT_TYPE, content_type())], text.unwrap_or_default())
}

impl Watched {
    fn exposition(&self) -> String {
        let mut text = Exposition::default();
        let is_well = judge(&self.bots, &self.context).is_ok();
        of_process(&mut text, &self.began, Standing { works: true, is_well });
        self.of_updates(&mut text);
        self.of_store(&mut text);
        self.of_calls(&mut text);
        self.of_session(&mut text);
        self.of_dashboard(&mut text);
        self.of_assistants(&mut text);
        text.finish()
    }

    fn of_updates(&self, text: &mut Exposition) {
        let sorts = self.of_bots(|bot, figures| {
            figures.by_sort().map(|(sort, n)| ([("bot", bot), ("kind", sort.label())], whole(n))).collect()
        });
        text.family(Sort::Counter, "rollcall_updates_total", "Updates that were received and settled.", sorts);
        let repeated = self.of_bots(|bot, figures| vec![([("bot", bot)], whole(figures.repeated.get()))]);
        text.family(Sort::Counter, "rollcall_updates_repeated_total", "Those among them that had been handled before.", repeated);
        let counted = self.of_bots(|bot, figures| {
            figures.counted().map(|(kind, n)| ([("bot", bot), ("kind", kind.key())], whole(n))).collect()
        });
        text.family(Sort::Counter, "rollcall_messages_counted_total", "Messages that were counted for somebody.", counted);
        let lag = self.of_bots(|bot, figures| vec![([("bot", bot)], figures.lag_seconds())]);
        text.family(
            Sort::Gauge,
            "rollcall_update_lag_seconds",
            "From the sending of the last group message to its handling.",
            lag,
        );
        let last = self.bots.iter().filter_map(|bot| bot.vitals.updates.last()).max();
        let last = last.or_else(|| self.context.store.read(|state| state.last_update));
        if let Some(last) = last {
            let at = milliseconds(last.timestamp_millis());
            text.one(Sort::Gauge, "rollcall_last_update_timestamp_seconds", "When the last update was handled.", at);
            let age = milliseconds((self.context.clock.now() - last).num_milliseconds());
            text.one(Sort::Gauge, "rollcall_last_update_age_seconds", "Since the last update was handled.", age);
        }
        let at_work = self.bots.iter().map(|bot| {
            let receives = bot.vitals.receiving.borrow().trouble.is_none();
            ([("bot", bot.name.as_str())], f64::from(u8::from(receives)))
        });
        text.family(Sort::Gauge, "rollcall_bot_receiving", "1 as long as nothing keeps the bot from receiving.", at_work);
        of_requests(text, &self.doors);
    }

    fn of_store(&self, text: &mut Exposition) {
        let figures = self.context.store.figures();
        text.histogram("rollcall_flush_duration_seconds", "Write and sync of a commit.", &figures.flushes);
        let failed = whole(figures.failed_flushes.get());
        text.one(Sort::Counter, "rollcall_flush_failures_total", "Commits that failed and were tried again.", failed);
        text.histogram("rollcall_checkpoint_duration_seconds", "Writing changed files whole.", &figures.checkpoints);
        let failed = whole(figures.failed_checkpoints.get());
        text.one(Sort::Counter, "rollcall_checkpoint_failures_total", "Checkpoints that failed.", failed);
        let bytes = whole(self.context.store.journal_bytes());
        text.one(Sort::Gauge, "rollcall_journal_bytes", "What the journal holds since the last checkpoint.", bytes);
        let (outbox, teachers, groups) = self.context.store.read(|state| {
            let teachers = state.teachers.values().filter(|teacher| teacher.active).count();
            (state.work.len(), teachers, state.groups.values().filter(|group| group.counts()).count())
        });
        let things = |n: usize| whole(n as u64);
        text.one(Sort::Gauge, "rollcall_outbox_length", "Work that waits to be done.", things(outbox));
        text.one(Sort::Gauge, "rollcall_active_teachers", "Teachers who count.", things(teachers));
        text.one(Sort::Gauge, "rollcall_counting_groups", "Groups that count.", things(groups));
        let quarantined = things(quarantine::list(self.context.store.dir()).len());
        text.one(Sort::Gauge, "rollcall_quarantined_updates", "Updates that could not be handled.", quarantined);
    }

    fn of_calls(&self, text: &mut Exposition) {
        let calls: Vec<_> = self.bots.iter().map(|bot| (bot.name.as_str(), bot.wire.figures().calls())).collect();
        let each =
            || calls.iter().flat_map(|(bot, calls)| calls.iter().map(move |(method, calls)| (*bot, method.as_str(), calls)));
        let made = each().map(|(bot, method, calls)| ([("bot", bot), ("method", method)], whole(calls.made)));
        text.family(Sort::Counter, "rollcall_api_calls_total", "Calls to the Bot API that ended, well or not.", made);
        let failed = each().flat_map(|(bot, method, calls)| {
            calls.failed.iter().map(move |(kind, n)| ([("bot", bot), ("method", method), ("kind", *kind)], whole(*n)))
        });
        text.family(Sort::Counter, "rollcall_api_errors_total", "Those among them that failed.", failed);
        let retries = self.bots.iter().map(|bot| ([("bot", bot.name.as_str())], whole(bot.wire.figures().retries.get())));
        text.family(Sort::Counter, "rollcall_api_retries_total", "Calls that were made once more.", retries);
    }

    /// Figures of every bot, under its name.
    fn of_bots<'a, const N: usize>(
        &'a self,
        figures: impl Fn(&'a str, &'a UpdateFigures) -> Vec<([(&'static str, &'a str); N], f64)>,
    ) -> Vec<([(&'static str, &'a str); N], f64)> {
        self.bots.iter().flat_map(|bot| figures(&bot.name, &bot.vitals.updates)).collect()
    }
}

impl Watched {
    fn of_dashboard(&self, text: &mut Exposition) {
        let (waiting, refused, last) = self.context.store.read(|state| {
            let waiting = export::waiting(&state.study).count();
            (waiting, state.study.exports.len() - waiting, state.study.exported)
        });
        if !self.exports && waiting + refused == 0 && last.is_none() {
            return;
        }
        let things = |n: usize| whole(n as u64);
        text.one(Sort::Gauge, "rollcall_export_waiting", "Boards that wait to be sent to the dashboard.", things(waiting));
        text.one(Sort::Gauge, "rollcall_export_refused", "Boards that the dashboard refused, kept for a look.", things(refused));
        if let Some(last) = last {
            let age = milliseconds((self.context.clock.now() - last).num_milliseconds());
            text.one(Sort::Gauge, "rollcall_export_last_success_age_seconds", "Since the dashboard last took a board.", age);
        }
    }

    fn of_assistants(&self, text: &mut Exposition) {
        let rules = &self.context.rules;
        let ours = || self.bots.iter().filter_map(|bot| Some((bot, rules.assistants.get(&bot.id())?)));
        if ours().next().is_none() {
            return;
        }
        let today = local_day(rules.zone, self.context.clock.now());
        let spent = self.context.store.read(|state| state.spent.clone());
        let tokens = ours().map(|(bot, _)| {
            let tokens = Spent::on(spent.get(&bot.id()).copied(), today);
            ([("bot", bot.name.as_str())], whole(tokens))
        });
        text.family(Sort::Gauge, "rollcall_assistant_tokens_today", "Tokens that the assistant has used today.", tokens);
        let budget = ours().map(|(bot, assistant)| ([("bot", bot.name.as_str())], whole(assistant.daily_tokens)));
        text.family(Sort::Gauge, "rollcall_assistant_tokens_budget", "Tokens that it may use on a day.", budget);
        let questions = self.assistants.questions();
        let settled = ours().flat_map(|(bot, _)| {
            let results = questions.get(&bot.id()).into_iter().flatten();
            results.map(|(result, n)| ([("bot", bot.name.as_str()), ("result", *result)], whole(*n)))
        });
        text.family(Sort::Counter, "rollcall_assistant_questions_total", "Questions, by how they were settled.", settled);
        let models = self.assistants.models();
        let calls = models.iter().flat_map(|(provider, calls)| {
            calls.ended.iter().map(|(result, n)| ([("provider", *provider), ("result", *result)], whole(*n)))
        });
        text.family(Sort::Counter, "rollcall_assistant_calls_total", "Calls to models, by how they ended.", calls);
    }

    fn of_session(&self, text: &mut Exposition) {
        let state = self.line.state();
        if state == LineState::NotConfigured {
            return;
        }
        let states = LineState::LABELS.map(|label| ([("state", label)], f64::from(u8::from(label == state.label()))));
        text.family(Sort::Gauge, "rollcall_session_state", "How the user session does: 1 at the state that it is in.", states);
        let figures = self.line.figures();
        let counters = [
            ("rollcall_session_requests_total", "Requests of the user session that ended, well or not.", &figures.requests),
            ("rollcall_session_failures_total", "Those among them that failed.", &figures.failures),
            ("rollcall_session_waits_total", "Times that Telegram asked the user session to wait.", &figures.waits),
            ("rollcall_session_connections_total", "Attempts of the user session to connect.", &figures.connections),
        ];
        for (name, help, counter) in counters {
            text.one(Sort::Counter, name, help, whole(counter.get()));
        }
    }
}

/// What a replica is to the others, and how it does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standing {
    pub(super) works: bool,
    pub(super) is_well: bool,
}

/// What every replica tells, whether it works or stands by.
pub(super) fn of_process(text: &mut Exposition, began: &ProcessStart, standing: Standing) {
    let version = [([("version", env!("CARGO_PKG_VERSION"))], 1.0)];
    text.family(Sort::Gauge, "rollcall_build_info", "The release that runs.", version);
    let up = began.elapsed().as_secs_f64();
    text.one(Sort::Gauge, "rollcall_uptime_seconds", "Since the process began.", up);
    let began_at = milliseconds(began.at.timestamp_millis());
    text.one(Sort::Gauge, "process_start_time_seconds", "When the process began, in seconds since 1970.", began_at);
    if let Some(bytes) = resident_bytes() {
        text.one(Sort::Gauge, "process_resident_memory_bytes", "Memory in use.", whole(bytes));
    }
    if let Some(n) = open_files() {
        text.one(Sort::Gauge, "process_open_fds", "Open file handles.", whole(n));
    }
    let as_number = |is_so: bool| f64::from(u8::from(is_so));
    text.one(Sort::Gauge, "rollcall_healthy", "1 as long as /healthz says that all is well.", as_number(standing.is_well));
    text.one(Sort::Gauge, "rollcall_standing_by", "1 as long as this is a replica that stands by.", as_number(!standing.works));
}

pub(super) fn of_requests(text: &mut Exposition, doors: &Doors) {
    let requests = doors.requests.by_status();
    let requests = requests.iter().map(|(status, n)| ([("status", status.as_str())], whole(*n)));
    text.family(
        Sort::Counter,
        "rollcall_webhook_requests_total",
        "Requests to the webhook, by how they were answered.",
        requests,
    );
}

/// As `/proc` says: elsewhere it isn't told.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

fn open_files() -> Option<u64> {
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count() as u64)
}
