//! Study time for the private chat: what screens look up, and what members want deleted.

use chrono::{DateTime, NaiveDate, Utc};
use tokio::task::spawn_blocking;

use super::{errors::CallError, jobs::decide, link::Link, methods::Attachment, outbox::Outbox};
use crate::{
    admin::{
        Desk, lang_of,
        study::{
            self,
            facts::{StudyFacts, StudyNeeds},
        },
    },
    domain::{
        event::Place,
        ids::{ChatId, UserId},
        lang::Lang,
        period::{Period, local_day},
        presence::Who,
        work::Buttons,
    },
    report::picture,
    store::{Store, StoreFault, words::words},
    study::{personal, persons::Persons, seconds, why},
    text::{report, study_personal},
};

/// Looks up what a screen needs, beside the runtime: old days are read from their files.
pub(super) async fn look_up(link: &Link, needs: Option<StudyNeeds>) -> Result<Option<StudyFacts>, StoreFault> {
    let Some(needs) = needs else { return Ok(None) };
    let (store, now) = (link.store.clone(), link.clock.now());
    let found = spawn_blocking(move || facts(&store, &needs, now));
    let found = found.await.expect("looking up times doesn't panic");
    found.map(Some).inspect_err(|fault| tracing::error!(%fault, "times of a community can't be looked up"))
}

fn facts(store: &Store, needs: &StudyNeeds, now: DateTime<Utc>) -> Result<StudyFacts, StoreFault> {
    let study = store.read(|state| state.study.clone());
    let (chat, until) = (needs.chat, needs.until.unwrap_or(now));
    let counted = seconds::count(&study, chat, needs.days, until, |days, to| store.scan_presence(chat, days, to))?;
    let explain = |who| why::explain(&study, chat, who, needs.days.to, until, |days, each| store.show_presence(chat, days, each));
    let why = needs.why.map(explain).transpose()?.flatten();
    let lexicon = needs.words.map(|lang| {
        let (lexicon, faults) = words(store.dir(), lang);
        faults.iter().for_each(|fault| tracing::warn!(%fault, "words for boards"));
        lexicon
    });
    Ok(StudyFacts { seconds: counted.unwrap_or_default(), why, words: lexicon })
}

/// Deletes everything that is known of a person in a community. Each day is a commit of its own, and deleted once: a crash in
/// between leaves the other days to the next try.
pub(super) async fn forget_member(outbox: &Outbox, user: UserId, chat: ChatId, asked: &[Who]) -> Result<(), CallError> {
    let link = outbox.link();
    let forgotten = forget(link, user, chat, asked).await;
    let is_whole = forgotten.is_ok();
    if let Err(fault) = forgotten {
        // The rest is done when they ask again.
        tracing::error!(%fault, "a member can't be forgotten");
    }
    decide(link, |desk| study::forgotten(desk, user, chat, is_whole));
    Ok(())
}

async fn forget(link: &Link, user: UserId, chat: ChatId, asked: &[Who]) -> Result<(), StoreFault> {
    let (store, now) = (&link.store, link.clock.now());
    let chat = store.read(|state| state.current_id(chat));
    let accounts = store.read(|state| study::forget_accounts(state, chat, user, asked));
    store.decide(&[], |state| study::forget_seats(&Desk { state, rules: &link.rules, now }, chat, &accounts))?;
    store.flush().await?;
    let looked = (store.clone(), accounts.clone());
    let days = spawn_blocking(move || days_of(&looked.0, chat, &looked.1)).await.expect("looking for days doesn't panic")?;
    for (n, day) in (1..).zip(days) {
        store.decide(&[day], |state| study::forget_day(state, day, chat, &accounts))?;
        if n % 16 == 0 {
            // Old days leave memory.
            store.checkpoint().await?;
        }
    }
    store.decide(&[], |state| study::forget_rest(state, chat, &accounts))?;
    // What is deleted leaves large files and the journal too.
    store.checkpoint().await
}

/// Draws somebody's own time, and sends it to them. Whoever isn't known there any more gets nothing.
pub(super) async fn send_chart(outbox: &Outbox, user: UserId, chat: ChatId) -> Result<(), CallError> {
    let link = outbox.link();
    let (store, now) = (link.store.clone(), link.clock.now());
    let lang = store.read(|state| lang_of(state, &link.rules, user));
    let private = ChatId::private(user);
    if let Err(error) = link.wire.send_chat_action(private, "upload_photo").await {
        tracing::debug!(%error, "no chat action");
    }
    let drawn = spawn_blocking(move || chart(&store, user, chat, lang, now)).await;
    match drawn.map_err(|_| "drawing panicked".to_owned()).and_then(|drawn| drawn) {
        Ok(Some(file)) => outbox.call(private, async |wire| wire.send_file(private, &file).await.map(drop)).await,
        Ok(None) => Ok(()),
        Err(why) => {
            tracing::error!(why, "somebody's time can't be drawn");
            let html = report::failed(lang).into_string();
            outbox.send(Place::private(user), None, &html, &Buttons::None).await
        }
    }
}

fn chart(store: &Store, user: UserId, chat: ChatId, lang: Lang, now: DateTime<Utc>) -> Result<Option<Attachment>, String> {
    let (study, chat) = store.read(|state| (state.study.clone(), state.current_id(chat)));
    let who = Who::from(user);
    let is_known = study.members.get(&chat).is_some_and(|members| members.contains_key(&who));
    let Some(community) = study.communities.get(&chat).filter(|_| is_known) else { return Ok(None) };
    let today = local_day(community.zone, now);
    let days = personal::days_needed(community.periods, today);
    let counted = seconds::count(&study, chat, days, now, |days, to| store.scan_presence(chat, days, to));
    let counted = counted.map_err(|fault| fault.to_string())?.unwrap_or_default();
    let person = Persons::of(&study, chat).person(who);
    let Some(time) = personal::personal(&study, chat, person, today, &counted) else { return Ok(None) };
    let bytes = picture::member_png(&community.title, &time, lang)?;
    let caption = study_personal::caption(&community.title, lang).into_string();
    Ok(Some(Attachment { as_photo: true, file_name: "study-time.png".to_owned(), bytes, caption }))
}

/// The days on which anything is known of these accounts.
fn days_of(store: &Store, chat: ChatId, accounts: &[Who]) -> Result<Vec<NaiveDate>, StoreFault> {
    let ever = Period { from: NaiveDate::MIN, to: NaiveDate::MAX };
    let mut days = Vec::new();
    store.show_presence(chat, ever, |day, known| {
        let is_theirs = |who: &Who| accounts.contains(who);
        if known.stays.keys().any(|key| is_theirs(&key.who)) || known.imported.keys().any(is_theirs) {
            days.push(day);
        }
    })?;
    Ok(days)
}
