//! Finding out what works: asks Telegram, the store and the disk; judging is [`crate::admin::diagnosis`]'s.

use super::{errors::Reaction, outbox::Outbox, quarantine};
use crate::{
    admin::diagnosis::{Diagnosis, Figures, Finding},
    domain::{bots::Bots, ids::ChatId, lang::Lang, line::LineState, state::State},
    text::{diagnosis as words, html::Html, screen::Sight},
};

/// Everything. The figures are the program's, whichever bot was asked.
pub(super) async fn everything(outbox: &Outbox) -> Diagnosis {
    let link = outbox.link();
    let services = outbox.services();
    let mut findings = Vec::new();
    if let Some(fleet) = services.fleet.upgrade() {
        let (bots, at_work) = (&link.rules.bots, fleet.outboxes());
        for outbox in &at_work {
            if bots.all.len() > 1 {
                findings.push(Finding::Of { bot: format!("@{}", outbox.link().username) });
            }
            findings.extend(of_bot(outbox).await);
        }
        let missing = bots.all.iter().filter(|bot| !at_work.iter().any(|outbox| outbox.link().bot() == **bot));
        findings.extend(missing.map(|bot| Finding::NotAtWork { bot: link.store.read(|state| state.bot_name(*bot)) }));
    }
    if let Ok(Some(theirs)) = link.wire.server_time().await {
        findings.push(Finding::Clock { skew_seconds: (link.clock.now() - theirs).num_seconds() });
    }
    findings.push(Finding::Disk { free_mb: crate::exports::free_megabytes(link.store.dir()), least_mb: services.least_disk_mb });
    let session = services.session.borrow().clone();
    if session != LineState::NotConfigured {
        findings.push(Finding::Session { state: session });
    }
    findings.push(Finding::Quarantine { updates: quarantine::list(link.store.dir()).len() });
    let days = link.store.days().map_or(0, |days| days.len());
    let admins = &link.rules.admins;
    link.store
        .read(|state| {
            let unreachable = admins.iter().filter(|admin| state.people.get(admin).is_none_or(|person| person.unreachable));
            findings.push(Finding::UnreachableAdmins { admins: unreachable.count() });
            findings.extend(about_registry(state, &link.rules.bots));
            let figures = Figures {
                teachers: (state.teachers.values().filter(|teacher| teacher.active).count(), state.teachers.len()),
                groups: (state.groups.values().filter(|group| group.counts()).count(), state.groups.len()),
                days,
                last_update: state.last_update,
                outbox: state.work.len(),
                version: env!("CARGO_PKG_VERSION"),
                uptime_seconds: services.began.elapsed().as_secs(),
                ..Figures::default()
            };
            Diagnosis { figures, findings }
        })
        .with_store(link.store.last_commit(), link.store.journal_bytes())
}

/// What Telegram says of one bot.
async fn of_bot(outbox: &Outbox) -> Vec<Finding> {
    let (link, services) = (outbox.link(), outbox.services());
    let mut findings = Vec::new();
    match link.wire.get_me().await {
        Ok(me) => {
            findings.push(Finding::Bot { username: me.username });
            findings.push(Finding::Privacy { off: me.can_read_all_group_messages });
        }
        Err(error) if error.reaction() == Reaction::Unauthorized => findings.push(Finding::BadToken),
        Err(error) => findings.push(Finding::Unreachable { why: error.to_string() }),
    }
    let mut receiving = link.vitals.receiving.borrow().clone();
    match (link.wire.get_webhook_info().await, &services.webhook) {
        (Ok(hook), Some(ours)) if *ours == hook.url => findings.push(Finding::OwnWebhook { waiting: hook.pending_update_count }),
        (Ok(hook), Some(_)) if hook.url.is_empty() => {
            receiving.trouble.get_or_insert_with(|| "the webhook is not set".to_owned());
        }
        (Ok(hook), _) => findings.push(Finding::Webhook { url: hook.url }),
        (Err(_), _) => {}
    }
    findings.push(Finding::Receiving { trouble: receiving.trouble, last_answer: receiving.last_answer });
    findings
}

/// What the registry itself shows to be missing.
pub fn about_registry(state: &State, bots: &Bots) -> Vec<Finding> {
    let titles = |wanted: &dyn Fn(&crate::domain::registry::Group) -> bool| {
        state.groups.values().filter(|group| wanted(group)).map(|group| group.title.clone()).collect::<Vec<_>>()
    };
    let is_silent = |chat: ChatId| {
        let standing = state.standings.get(&chat);
        !state.sees_all(chat, bots) && standing.is_none_or(|standing| !standing.administrator && standing.last_plain.is_none())
    };
    vec![
        Finding::NoAccount {
            teachers: state.teachers.values().filter(|teacher| teacher.active && teacher.accounts().next().is_none()).count(),
        },
        Finding::SilentGroups { titles: titles(&|group| group.counts() && is_silent(group.chat_id)) },
        Finding::EmptyGroups {
            titles: titles(&|group| group.counts() && !state.teachers_in(group.chat_id).any(|teacher| teacher.active)),
        },
        Finding::GoneGroups { titles: titles(&|group| group.gone_since.is_some()) },
    ]
}

/// One group, as it is asked in it.
pub(super) async fn group(outbox: &Outbox, chat: ChatId, lang: Lang) -> Html {
    let link = outbox.link();
    let asked = outbox.ask(async |wire| wire.get_chat_member(chat, wire.bot_id().account()).await).await;
    let administrator = asked.is_ok_and(|member| member.is_administrator());
    link.store.read(|state| {
        let chat = state.current_id(chat);
        let sight = if administrator {
            Sight::Administrator
        } else if state.standings.get(&chat).is_some_and(|standing| standing.last_plain.is_some()) {
            Sight::Plain
        } else {
            Sight::Unknown
        };
        let counted =
            state.teachers_in(chat).filter(|teacher| teacher.active).map(|teacher| teacher.full_name.as_str()).collect();
        let group = state.groups.get(&chat);
        words::in_group(
            &words::InGroup { registered: group.is_some(), counts: group.is_some_and(|group| group.counts()), sight, counted },
            lang,
        )
    })
}
