//! The bots: whether they receive, and which one counts where.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::runtime::Handle;

use super::{
    look::{Look, Trouble},
    page::{Page, Section},
    table::{Column, Field, Table, Tone},
};
use crate::{
    domain::{
        assistant::{Spent, Whom},
        ids::BotId,
        period::local_day,
        state::State,
    },
    metrics::ModelCalls,
    telegram::{OurBot, WebhookInfo},
    text::{assistant as said, report::moment},
    web::bots::Bot,
};

/// For Telegram to say how its deliveries go; the page is shown without it otherwise.
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) fn draw(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let deliveries = deliveries(look);
    let mut sections = look.read(|state| vec![bots(look, state, &deliveries), groups(look, state)]);
    if !look.dashboard.rules().assistants.is_empty() {
        sections.extend([look.read(|state| assistants(look, state)), models(look)]);
    }
    Ok(Page { title: words.bots().to_owned(), sections, ..Page::default() })
}

/// What Telegram says of the webhooks of those bots that have one. Asked beside the runtime, all at once.
fn deliveries(look: &Look<'_>) -> BTreeMap<BotId, WebhookInfo> {
    let asked: Vec<Arc<dyn Bot>> = look.dashboard.bots.all().into_iter().filter(|bot| bot.uses_webhook()).collect();
    let answers = asked.iter().map(|bot| async {
        let answer = tokio::time::timeout(PATIENCE, bot.webhook_info()).await;
        Some((bot.id(), answer.ok()?.ok()?))
    });
    let answers = futures::future::join_all(answers);
    if asked.is_empty() { BTreeMap::new() } else { Handle::current().block_on(answers).into_iter().flatten().collect() }
}

fn bots(look: &Look<'_>, state: &State, deliveries: &BTreeMap<BotId, WebhookInfo>) -> Section {
    let (words, known) = (look.words(), &look.dashboard.rules().bots);
    let mut counted: BTreeMap<BotId, u64> = BTreeMap::new();
    for group in state.groups.values().filter(|group| group.counts()) {
        *counted.entry(known.given(group.bot)).or_default() += 1;
    }
    let rows = look.dashboard.watched.bots.iter().map(|bot| {
        let info = state.bots.get(&bot.id());
        let username = info.map(|info| info.username.as_str()).filter(|name| !name.is_empty());
        let privacy = match info {
            Some(info) if info.sees_all => words.privacy_off(),
            Some(_) => words.privacy_on(),
            None => "—",
        };
        let (mode, waiting, error) = match deliveries.get(&bot.id()) {
            Some(hook) => (
                Field::name(&hook.url),
                Field::count(hook.pending_update_count),
                hook.last_error_message.as_deref().map_or_else(Field::nothing, Field::name),
            ),
            None => (Field::text(words.polling()), Field::nothing(), Field::nothing()),
        };
        let (status, since) = condition(look, bot);
        vec![
            Field::name(&bot.name),
            username.map_or_else(Field::nothing, |name| Field::name(&format!("@{name}"))),
            status,
            since,
            Field::count(counted.get(&bot.id()).copied().unwrap_or(0)),
            Field::text(privacy),
            mode,
            waiting,
            error,
        ]
    });
    Section::Table(Table {
        name: "bots",
        title: words.bots().to_owned(),
        columns: vec![
            Column::text("name", words.name()),
            Column::text("username", words.username()).minor(),
            Column::text("status", words.status()),
            Column::text("last_answer", words.last_answer()).minor(),
            Column::number("groups", words.groups_counted()),
            Column::text("privacy_mode", words.privacy_mode()).minor(),
            Column::text("receives_by", words.receives_by()).minor(),
            Column::number("waiting", words.waiting()).minor(),
            Column::text("last_error", words.last_error()).minor(),
        ],
        rows: rows.collect(),
        empty: String::new(),
    })
}

/// How a bot does, and when Telegram last answered it.
fn condition(look: &Look<'_>, bot: &OurBot) -> (Field, Field) {
    let words = look.words();
    let receiving = bot.vitals.receiving.borrow().clone();
    let status = if receiving.is_revoked {
        Field::badge(words.revoked(), Tone::Warning)
    } else if receiving.trouble.is_some() {
        Field::badge(words.not_receiving(), Tone::Warning)
    } else if receiving.is_open {
        Field::badge(words.receiving(), Tone::Good)
    } else {
        Field::badge(words.starting(), Tone::Quiet)
    };
    let zone = look.dashboard.rules().zone;
    (status, receiving.last_answer.map_or_else(Field::nothing, |at| Field::text(moment(at, zone))))
}

/// Who may ask which bot's assistant, and what that costs.
fn assistants(look: &Look<'_>, state: &State) -> Section {
    let (words, rules, watched) = (look.words(), look.dashboard.rules(), &look.dashboard.watched);
    let (today, questions) = (local_day(rules.zone, watched.context.clock.now()), watched.assistants.questions());
    let rows = rules.assistants.iter().map(|(bot, assistant)| {
        let settled = questions.get(bot).cloned().unwrap_or_default();
        let answered = settled.get(ModelCalls::ANSWERED).copied().unwrap_or(0);
        vec![
            Field::name(&state.bot_name(*bot)),
            Field::text(if assistant.whom == Whom::Members { words.admins_and_members() } else { words.only_admins() }),
            if assistant.in_groups { Field::text(words.when_named()) } else { Field::nothing() },
            Field::count(Spent::on(state.spent.get(bot).copied(), today)),
            Field::count(assistant.daily_tokens),
            Field::count(answered),
            Field::count(settled.values().sum::<u64>() - answered),
        ]
    });
    Section::Table(Table {
        name: "assistants",
        title: words.assistants().to_owned(),
        columns: vec![
            Column::text("bot", words.bot()),
            Column::text("may_ask", words.may_ask()),
            Column::text("in_groups", words.in_groups()).minor(),
            Column::number("tokens_today", words.tokens_today()),
            Column::number("tokens_a_day", words.tokens_a_day()).minor(),
            Column::number("answered", words.answered()),
            Column::number("unanswered", words.unanswered()).minor(),
        ],
        rows: rows.collect(),
        empty: String::new(),
    })
}

/// Who answers for them, and how reliably.
fn models(look: &Look<'_>) -> Section {
    let words = look.words();
    let rows = look.dashboard.watched.assistants.models().into_iter().map(|(provider, calls)| {
        vec![
            Field::name(provider),
            Field::count(calls.answered()),
            Field::count(calls.failed()),
            calls.trouble.map_or_else(Field::nothing, |why| Field::text(said::fault(why, look.lang()))),
        ]
    });
    Section::Table(Table {
        name: "models",
        title: words.models().to_owned(),
        columns: vec![
            Column::text("model", words.model()),
            Column::number("answered", words.answered()),
            Column::number("unanswered", words.unanswered()),
            Column::text("last_error", words.last_error()),
        ],
        rows: rows.collect(),
        empty: words.no_model_asked().to_owned(),
    })
}

fn groups(look: &Look<'_>, state: &State) -> Section {
    let (words, known) = (look.words(), &look.dashboard.rules().bots);
    let mut all: Vec<_> = state.groups.values().collect();
    all.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    let rows = all.into_iter().map(|group| {
        let others = state.also_in.get(&group.chat_id).into_iter().flat_map(BTreeMap::keys);
        let others: Vec<_> = others.map(|bot| state.bot_name(*bot)).collect();
        vec![
            Field::name(&group.title).to(format!("/groups/{}", group.chat_id)),
            Field::name(&state.bot_name(known.given(group.bot))),
            if others.is_empty() { Field::nothing() } else { Field::name(&others.join(", ")) },
        ]
    });
    Section::Table(Table {
        name: "groups",
        title: words.who_counts().to_owned(),
        columns: vec![
            Column::text("group", words.group()),
            Column::text("bot", words.counted_by()),
            Column::text("others", words.others_there()),
        ],
        rows: rows.collect(),
        empty: words.no_groups().to_owned(),
    })
}
