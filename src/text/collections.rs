//! Public channels that the running program collects.

use chrono::{DateTime, TimeDelta, Utc};

use super::{html::Html, number};
use crate::{
    domain::{
        collection::{Brought, Collection, CollectionStep, Errand, Samples},
        jobs::JobState,
        lang::Lang,
    },
    html,
    jobs::view::Row,
    say,
};

/// So many names are read at a glance.
const SHOWN: usize = 10;

/// In the list of jobs.
pub fn new(lang: Lang) -> String {
    say!(lang; "➕ Collect channels", "➕ Kanallarni toʻplash", "➕ Собрать каналы").to_owned()
}

/// Which channels?
pub fn ask_channels(lang: Lang) -> Html {
    say!(lang;
        html!("📡 Which <b>public</b> channels? Send names or links, such as <code>@alpha t.me/beta</code>. Their posts are read by the user session and written into a folder of the server; nothing is joined, nothing is sent."),
        html!("📡 Qaysi <b>ochiq</b> kanallar? Nom yoki havolalarni yuboring, masalan <code>@alpha t.me/beta</code>. Postlarini foydalanuvchi seansi oʻqiydi va serverdagi papkaga yozadi; hech qayerga qoʻshilmaydi, hech narsa yubormaydi."),
        html!("📡 Какие <b>открытые</b> каналы? Пришлите имена или ссылки, например <code>@alpha t.me/beta</code>. Посты читает пользовательская сессия и пишет в папку на сервере; она никуда не вступает и ничего не отправляет."))
}

/// What a job does, with which channels, where, and how fast; what it brought.
pub fn of_job(collection: &Collection, row: &Row, now: DateTime<Utc>, lang: Lang) -> Html {
    let mut html = errand(collection.errand, lang).map(Html::text).unwrap_or_default();
    html.push_line(&Html::text(say!(lang; "Channels: ", "Kanallar: ", "Каналы: ")));
    html.push_text(names(collection, lang));
    html.push_line(&Html::text(say!(lang; "Folder: ", "Papka: ", "Папка: ")));
    html.push(&Html::code(collection.dir.display()));
    if let Some(pace) = pace(row, now, lang) {
        html.push_line(&Html::text(pace));
    }
    if let Some(brought) = &row.brought {
        html.push_line(&Html::text(self::brought(brought, lang)));
    }
    html
}

/// What is done, where it isn't collecting.
pub fn errand(errand: Errand, lang: Lang) -> Option<String> {
    match errand {
        Errand::Collect => None,
        Errand::Sample { last } => {
            let last = number(last);
            Some(say!(lang;
                format!("Counters are sampled again, of each channel’s {last} newest posts"),
                format!("Hisoblagichlar qayta olinadi, har kanalning eng yangi {last} ta postidan"),
                format!("Счётчики снимаются заново, у {last} новейших постов каждого канала")))
        }
        Errand::Estimate => Some(
            say!(lang; "Only what collecting would take", "Faqat toʻplash nimani talab qilishi", "Только чего потребует сбор")
                .to_owned(),
        ),
    }
}

/// What a run brought beside files.
pub fn brought(brought: &Brought, lang: Lang) -> String {
    match brought {
        Brought::Sampled(Samples { posts, edited, deleted, comments }) => {
            let [posts, edited, deleted] = [*posts, *edited, *deleted].map(number);
            let said = say!(lang;
                format!("Posts sampled: {posts}, edited: {edited}, deleted: {deleted}"),
                format!("Olingan postlar: {posts}, tahrirlangan: {edited}, oʻchirilgan: {deleted}"),
                format!("Постов снято: {posts}, изменено: {edited}, удалено: {deleted}"));
            let Some(comments) = comments.map(number) else { return said };
            say!(lang;
                format!("{said}, new comments: {comments}"),
                format!("{said}, yangi izohlar: {comments}"),
                format!("{said}, новых комментариев: {comments}"))
        }
        Brought::Estimated(channels) => {
            let calls = number(channels.iter().map(|channel| channel.calls).sum());
            say!(lang;
                format!("Requests at most: {calls}"),
                format!("Soʻrovlar, koʻpi bilan: {calls}"),
                format!("Запросов, не более: {calls}"))
        }
    }
}

/// "alpha, beta", and how many more.
pub fn names(collection: &Collection, lang: Lang) -> String {
    if collection.names.is_empty() {
        return say!(lang; "all that are there", "u yerdagi hammasi", "все, что там есть").to_owned();
    }
    let shown = collection.names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match collection.names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} … +{more}"),
    }
}

/// "alpha (1 of 3) · 2,400 a minute · 5 min left"; `None` where nothing goes on.
pub fn pace(row: &Row, now: DateTime<Utc>, lang: Lang) -> Option<String> {
    let step = row.step.as_ref().filter(|_| row.state == JobState::Running)?;
    let pace = pace_of(step, row.done, row.total, now, lang).map(|pace| format!(" · {pace}"));
    Some(format!("{}{}", channel(step, lang), pace.unwrap_or_default()))
}

/// "2,400 a minute · 5 min left"; `None` as long as nobody can tell.
pub fn pace_of(step: &CollectionStep, done: u64, total: u64, now: DateTime<Utc>, lang: Lang) -> Option<String> {
    let mut parts = Vec::new();
    if let Some(until) = step.waits_until.filter(|until| *until > now) {
        let time = time(until - now, lang);
        parts.push(say!(lang;
            format!("Telegram asks to wait {time}"),
            format!("Telegram {time} kutishni soʻramoqda"),
            format!("Telegram просит подождать {time}")));
    } else if let Some((rate, left)) = step.pace(done, total, now) {
        let (rate, left) = (number(rate), time(left, lang));
        parts.push(say!(lang; format!("{rate} a minute"), format!("daqiqasiga {rate}"), format!("{rate} в минуту")));
        parts.push(say!(lang; format!("{left} left"), format!("{left} qoldi"), format!("осталось {left}")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// "alpha (1 of 3)"
pub fn channel(step: &CollectionStep, lang: Lang) -> String {
    let CollectionStep { channel, place, of, .. } = step;
    if *of < 2 {
        return channel.clone();
    }
    say!(lang; format!("{channel} ({place} of {of})"), format!("{channel} ({place}/{of})"), format!("{channel} ({place} из {of})"))
}

fn time(left: TimeDelta, lang: Lang) -> String {
    let minutes = left.num_seconds().max(0).div_euclid(60) + 1;
    match minutes {
        ..120 => say!(lang; format!("{minutes} min"), format!("{minutes} daqiqa"), format!("{minutes} мин")),
        _ => {
            let hours = minutes.div_euclid(60) + 1;
            say!(lang; format!("{hours} h"), format!("{hours} soat"), format!("{hours} ч"))
        }
    }
}
