//! Carries questions to a model and its answers back: looks up what it asks for, counts what it costs, shows how it goes on.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::TimeDelta;

use super::{
    errors::{CallError, Reaction},
    jobs::{collect, decide},
    link::Link,
    methods::Attachment,
    outbox::Outbox,
    progress::{Progress, close, watched_open},
    study::look_up,
};
use crate::{
    admin::lang_of,
    assistant::{
        ROUNDS, SHOWN_ROWS, TABLES,
        figures::Figures,
        markdown,
        memory::{self, Memory},
        prompt,
        query::{Found, Query},
        table::Table,
        talk::{Call, CallResult, Message, Request, Turn},
        tools::{self, Authority},
    },
    config::AssistantConfig,
    domain::{
        assistant::{Question, Spent},
        change::{Change, Outcome},
        ids::{BotId, MessageId, UserId},
        lang::Lang,
        period::local_day,
        work::Buttons,
    },
    metrics::AssistantFigures,
    providers::{Heard, Model, Providers},
    report::files,
    text::{assistant as words, html::Html, split, task::Task},
};

/// A question that waited longer is asked anew by whoever still wants to know.
const TOO_LATE: TimeDelta = TimeDelta::minutes(15);

/// What all bots' assistants share.
#[derive(Debug)]
pub struct Assistants {
    model: Box<dyn Model>,
    prompts: BTreeMap<BotId, String>,
    memory: Mutex<Memory>,
    figures: Arc<AssistantFigures>,
}

impl Assistants {
    /// As the operator has it.
    pub fn open(config: &AssistantConfig, figures: Arc<AssistantFigures>) -> Result<Arc<Self>, String> {
        let providers = Providers::new(config, figures.clone())?;
        let memory = Mutex::new(Memory::new(config.memory));
        Ok(Arc::new(Self { model: Box::new(providers), prompts: config.prompts.clone(), memory, figures }))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoAnswer {
    /// They may not ask any more.
    NotForThem,
    /// The day's budget is used up.
    UsedUp,
    /// No provider answers.
    Unreachable,
    /// It looks up and looks up.
    NoEnd,
    /// Whoever asked changed their mind.
    Stopped,
}

impl NoAnswer {
    /// Its label in metrics.
    fn label(self) -> &'static str {
        match self {
            Self::NotForThem => "not_allowed",
            Self::UsedUp => "budget_used_up",
            Self::Unreachable => "no_provider",
            Self::NoEnd => "no_end",
            Self::Stopped => "stopped",
        }
    }
}

/// An answer.
struct Answer {
    markdown: String,
    /// Figures in it that come from nowhere.
    strange: Vec<String>,
    tables: Vec<Table>,
}

/// `/forget`
pub(super) fn forget(outbox: &Outbox, user: UserId) {
    if let Some(assistants) = &outbox.services().assistants {
        assistants.memory().forget(user);
    }
}

/// Answers a question, in private with a message that grows.
pub(super) async fn answer(outbox: &Outbox, question: &Question) -> Result<(), CallError> {
    let link = outbox.link();
    let lang = link.store.read(|state| lang_of(state, &link.rules, question.user));
    if link.clock.now() - question.at > TOO_LATE {
        return say(outbox, question, None, words::too_late(lang)).await;
    }
    let Some(assistants) = outbox.services().assistants.clone() else { return Ok(()) };
    if let Err(error) = link.wire.send_typing(question.to).await {
        tracing::debug!(%error, "no chat action");
    }
    let find = async |progress: Arc<Progress>| {
        let talk = Talk { link, assistants: &assistants, question, lang, progress: &progress };
        tokio::select! {
            answer = talk.answer() => answer,
            () = progress.until_stopped() => Err(NoAnswer::Stopped),
        }
    };
    // In a group the others would read along while it is written; it comes as one reply.
    let (answer, shown, progress) = if question.is_in_group() {
        let progress = Arc::new(Progress::default());
        (find(progress.clone()).await, None, progress)
    } else {
        watched_open(outbox, question.user, Task::Answer, find).await
    };
    let result = answer.as_ref().map_or_else(|why| why.label(), |_| "answered");
    assistants.figures.note_question(link.bot(), result);
    match answer {
        Ok(answer) => deliver(outbox, question, shown, &answer, lang).await,
        Err(NoAnswer::Stopped) => {
            if let Some(message) = shown {
                close(outbox, question.user, Task::Answer, message, &progress).await;
            }
            Ok(())
        }
        Err(NoAnswer::NotForThem) => Ok(()),
        Err(NoAnswer::UsedUp) => say(outbox, question, shown, words::used_up(lang)).await,
        Err(NoAnswer::Unreachable) => say(outbox, question, shown, words::no_answer(lang)).await,
        Err(NoAnswer::NoEnd) => say(outbox, question, shown, words::no_end(lang)).await,
    }
}

/// A conversation about one question.
struct Talk<'a> {
    link: &'a Link,
    assistants: &'a Assistants,
    question: &'a Question,
    lang: Lang,
    progress: &'a Progress,
}

impl Talk<'_> {
    async fn answer(&self) -> Result<Answer, NoAnswer> {
        let key = memory::key(self.link.bot(), self.question.user, self.question.to);
        let (mut messages, mark) = self.assistants.memory().recall(key, self.link.clock.now());
        let mut figures = self.figures(&messages);
        messages.push(Message::User(self.question.text.clone()));
        let (mut tables, mut is_corrected) = (Vec::new(), false);
        for round in 0..=ROUNDS {
            let turn = self.ask(&messages, round < ROUNDS).await?;
            if !turn.calls.is_empty() && round < ROUNDS {
                let results = self.look_up_all(&turn.calls, &mut figures, &mut tables).await;
                messages.push(Message::Model(turn));
                messages.push(Message::Results(results));
                if round + 1 == ROUNDS {
                    messages.push(Message::User(prompt::ENOUGH.to_owned()));
                }
                continue;
            }
            if turn.text.trim().is_empty() {
                return Err(NoAnswer::NoEnd);
            }
            let strange = figures.strange(&turn.text);
            if !strange.is_empty() && !is_corrected && round < ROUNDS {
                is_corrected = true;
                let correction = prompt::correction(&strange);
                messages.push(Message::Model(turn));
                messages.push(Message::User(correction));
                continue;
            }
            // What was made up must not pass for known the next time.
            if strange.is_empty() {
                let now = self.link.clock.now();
                self.assistants.memory().remember(key, mark, &self.question.text, &turn.text, now);
            }
            let last = tables.len().saturating_sub(TABLES);
            return Ok(Answer { markdown: turn.text, strange, tables: tables.split_off(last) });
        }
        Err(NoAnswer::NoEnd)
    }

    /// What a figure may be that is in no result: in the question, in what was said before, today.
    fn figures(&self, before: &[Message]) -> Figures {
        let mut figures = Figures::default();
        figures.allow_text(&self.question.text);
        figures.allow_text(&self.today().to_string());
        for message in before {
            match message {
                Message::User(text) | Message::Model(Turn { text, .. }) => figures.allow_text(text),
                Message::Results(_) => {}
            }
        }
        figures
    }

    fn today(&self) -> chrono::NaiveDate {
        local_day(self.link.rules.zone, self.link.clock.now())
    }

    /// What they may see at this moment: whoever ceases to be an admin in the midst of an answer learns nothing more.
    fn authority(&self) -> Result<Authority, NoAnswer> {
        let rules = &self.link.rules;
        self.link.store.read(|state| Authority::of(state, rules, self.question)).ok_or(NoAnswer::NotForThem)
    }

    async fn ask(&self, messages: &[Message], may_call: bool) -> Result<Turn, NoAnswer> {
        let (authority, today, bot) = (self.authority()?, self.today(), self.link.bot());
        let spent = Spent::on(self.link.store.read(|state| state.spent.get(&bot).copied()), today);
        if spent >= self.link.rules.assistant().daily_tokens {
            return Err(NoAnswer::UsedUp);
        }
        let own = self.assistants.prompts.get(&bot).map_or("", String::as_str);
        let system = prompt::system(authority, self.lang, today, self.link.rules.zone, own);
        let offered = if may_call { tools::offered(authority) } else { Vec::new() };
        let request = Request { system: &system, messages, tools: &offered };
        let mut heard = |heard: Heard<'_>| match heard {
            Heard::Anew => self.progress.words().clear(),
            Heard::Words(words) => self.progress.words().push_str(words),
        };
        let turn = self.assistants.model.ask(request.clone(), &mut heard).await.map_err(|_| NoAnswer::Unreachable)?;
        let cost = turn.cost(&request);
        decide(self.link, |desk| {
            let spent = Spent::and(desk.state.spent.get(&bot).copied(), today, cost);
            Outcome { changes: vec![Change::Spent(bot, Some(spent))], work: Vec::new() }
        });
        Ok(turn)
    }

    async fn look_up_all(&self, calls: &[Call], figures: &mut Figures, tables: &mut Vec<Table>) -> Vec<CallResult> {
        let mut results = Vec::new();
        for call in calls {
            let content = match self.look_up(call).await {
                Ok(table) => {
                    let content = table.for_model();
                    figures.allow(&content);
                    // What is asked twice is shown once.
                    if !tables.contains(&table) {
                        tables.push(table);
                    }
                    content
                }
                Err(why) => serde_json::json!({ "error": why }),
            };
            results.push(CallResult { id: call.id.clone(), name: call.name.clone(), content });
        }
        results
    }

    async fn look_up(&self, call: &Call) -> Result<Table, String> {
        let not_theirs = |_| "this person may not ask any more".to_owned();
        let authority = self.authority().map_err(not_theirs)?;
        let (store, now, today) = (&self.link.store, self.link.clock.now(), self.today());
        let query: Query = store.read(|state| tools::parse(call, authority, state, today))?;
        let failed = |_| "it can't be looked up now".to_owned();
        let mut found = Found::default();
        for scope in query.scopes() {
            found.activities.extend(collect(store, Some(scope)).await.map_err(failed)?);
        }
        let needs = store.read(|state| query.study(state, now));
        if let Some(study) = look_up(self.link, needs).await.map_err(failed)? {
            found.seconds = study.seconds;
        }
        store.read(|state| query.table(state, &found, now))
    }
}

/// One sentence instead of an answer.
async fn say(outbox: &Outbox, question: &Question, shown: Option<MessageId>, html: Html) -> Result<(), CallError> {
    outbox.say_over(question.to, question.reply_to, shown, html.as_str()).await
}

/// The answer, where its beginning was shown if it fits there, and its tables.
async fn deliver(
    outbox: &Outbox,
    question: &Question,
    shown: Option<MessageId>,
    answer: &Answer,
    lang: Lang,
) -> Result<(), CallError> {
    let warned = |mut html: Html| {
        if !answer.strange.is_empty() {
            html.push_text("\n\n");
            html.push(&words::strange(&answer.strange, lang));
        }
        html
    };
    let (to, reply_to) = (question.to, question.reply_to);
    let html = warned(markdown::html(&answer.markdown));
    match outbox.say_over(to, reply_to, shown, html.as_str()).await {
        // Markup that Telegram doesn't take must not cost the words.
        Err(error) if error.reaction() == Reaction::Refused => {
            tracing::warn!(%error, "an answer is sent without its markup");
            outbox.say_over(to, reply_to, shown, warned(Html::text(&answer.markdown)).as_str()).await?;
        }
        said => said?,
    }
    for table in &answer.tables {
        outbox.send(to, reply_to, words::table(table, lang).as_str(), &Buttons::None).await?;
        if table.rows.len() > SHOWN_ROWS && !question.is_in_group() {
            let file = as_file(table, lang);
            outbox.call(to.chat, async |wire| wire.send_file(to.chat, &file).await.map(drop)).await?;
        }
    }
    Ok(())
}

/// All rows, for a spreadsheet.
fn as_file(table: &Table, lang: Lang) -> Attachment {
    let heads = table.columns.iter().map(|column| words::column_name(*column, lang).to_owned()).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(crate::assistant::table::Cell::shown).collect());
    let lines: Vec<Vec<String>> = std::iter::once(heads).chain(rows).collect();
    let caption = split::caption(Html::text(words::title(&table.about, lang)).as_str());
    Attachment { as_photo: false, file_name: "table.csv".to_owned(), bytes: files::csv_of(&lines), caption }
}
