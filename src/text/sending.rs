//! Messages to many, written in an admin's chat.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{groups, html::Html, name::fitted, report::moment};
use crate::{
    domain::{ids::TopicId, lang::Lang},
    html, say,
};

/// What a press about a message says back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendingToast {
    /// To whom?
    NobodyChosen,
    /// There are limits.
    TooMany,
    /// The time that was chosen is over.
    TimeHasPassed,
    /// It is on its way.
    IsBeingSent,
    /// It goes at its time.
    WillBeSent,
    /// It was pressed before.
    SentAlready,
}

impl SendingToast {
    /// The words.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::NobodyChosen => say!(lang;
                "Choose at least one group.",
                "Kamida bitta guruhni tanlang.",
                "Выберите хотя бы одну группу."),
            Self::TooMany => say!(lang;
                "At most 2,000 receivers can be chosen here. The Send page knows all groups.",
                "Bu yerda koʻpi bilan 2000 ta oluvchi tanlanadi. Panelda hamma guruhlar bor.",
                "Здесь можно выбрать не больше 2000 получателей. На странице «Отправка» есть все группы."),
            Self::TimeHasPassed => say!(lang;
                "This time has passed. Send it now, or choose another time.",
                "Bu vaqt oʻtib ketdi. Hozir yuboring yoki boshqa vaqt tanlang.",
                "Это время уже прошло. Отправьте сейчас или выберите другое."),
            Self::IsBeingSent => say!(lang; "📨 On its way.", "📨 Yuborilmoqda.", "📨 Отправляется."),
            Self::WillBeSent => {
                say!(lang; "🕘 It will be sent at its time.", "🕘 Oʻz vaqtida yuboriladi.", "🕘 Уйдёт в своё время.")
            }
            Self::SentAlready => say!(lang;
                "It was sent already; nothing is sent twice.",
                "Bu xabar yuborilgan; hech narsa ikki marta yuborilmaydi.",
                "Оно уже отправлено; дважды ничего не уходит."),
        }
    }
}

/// In the menu.
pub fn begin(lang: Lang) -> String {
    say!(lang; "📨 Send a message", "📨 Xabar yuborish", "📨 Отправить сообщение").to_owned()
}

/// What is to be sent?
pub fn ask_content(lang: Lang) -> Html {
    say!(lang;
        html!("📨 <b>A message to groups</b>\nSend me what they are to get: a text with its formatting, or a photo or a file with a text under it."),
        html!("📨 <b>Guruhlarga xabar</b>\nNima yuborilishini menga yuboring: bezakli matn yoki tagida matni bor rasm yoxud fayl."),
        html!("📨 <b>Сообщение группам</b>\nПришлите то, что они должны получить: текст с оформлением либо фото или файл с подписью."))
}

/// Something else came.
pub fn need_content(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ This can't be sent to groups: send a text, one photo or one file, no album.",
        "⚠️ Buni guruhlarga yuborib boʻlmaydi: albom emas, matn, bitta rasm yoki bitta fayl yuboring.",
        "⚠️ Это нельзя отправить группам: пришлите текст, одно фото или один файл, не альбом."))
}

/// Words were expected.
pub fn need_words(lang: Lang) -> Html {
    Html::text(
        say!(lang; "⚠️ Please answer in words.", "⚠️ Iltimos, soʻz bilan javob bering.", "⚠️ Пожалуйста, ответьте словами."),
    )
}

/// A time that would do.
fn example(zone: Tz, now: DateTime<Utc>) -> Html {
    let tomorrow = (now + TimeDelta::days(1)).with_timezone(&zone);
    Html::code(format!("{} 09:00", tomorrow.format("%Y-%m-%d")))
}

/// When?
pub fn ask_time(zone: Tz, now: DateTime<Utc>, lang: Lang) -> Html {
    let (zone, example) = (Html::text(zone.name()), example(zone, now));
    say!(lang;
        html!("🕘 When? Send a time ({}), such as {}, <code>31.01 9:00</code> or <code>18:30</code>.", zone, example),
        html!("🕘 Qachon? Vaqtni yuboring ({}), masalan {}, <code>31.01 9:00</code> yoki <code>18:30</code>.", zone, example),
        html!("🕘 Когда? Пришлите время ({}), например {}, <code>31.01 9:00</code> или <code>18:30</code>.", zone, example))
}

/// Not a time, or one that has passed.
pub fn bad_time(zone: Tz, now: DateTime<Utc>, lang: Lang) -> Html {
    let (zone, example) = (Html::text(zone.name()), example(zone, now));
    say!(lang;
        html!("⚠️ This is no time that is still to come ({}). Write it so: {}", zone, example),
        html!("⚠️ Bu hali kelmagan vaqt emas ({}). Shunday yozing: {}", zone, example),
        html!("⚠️ Это не время в будущем ({}). Напишите так: {}", zone, example))
}

/// To whom?
pub fn receivers(chosen: usize, query: &str, found: usize, page: usize, pages: usize, lang: Lang) -> Html {
    let chosen = Html::text(groups(chosen as u64, lang));
    let mut html = say!(lang;
        html!("📨 <b>To whom?</b> Chosen: {}", chosen),
        html!("📨 <b>Kimga?</b> Tanlandi: {}", chosen),
        html!("📨 <b>Кому?</b> Выбрано: {}", chosen));
    if pages > 1 {
        html.push_text(format!(" · {}/{pages}", page + 1));
    }
    if !query.is_empty() {
        let (query, found) = (Html::name(query), Html::text(found));
        html.push_line(&say!(lang;
            html!("🔎 {}: {} found", query, found),
            html!("🔎 {}: {} ta topildi", query, found),
            html!("🔎 {}: найдено {}", query, found)));
    }
    html.push_line(&Html::italic(say!(lang;
        "Type a part of a title to look for groups, or send a link into a topic (t.me/c/…).",
        "Guruhni qidirish uchun nomining bir qismini yozing yoki mavzu havolasini yuboring (t.me/c/…).",
        "Чтобы найти группу, напишите часть названия, или пришлите ссылку на тему (t.me/c/…).")));
    html
}

/// Behind a group's title.
pub fn topic(topic: TopicId, lang: Lang) -> String {
    say!(lang; format!(" · topic {topic}"), format!(" · {topic}-mavzu"), format!(" · тема {topic}"))
}

/// Ticks all that are listed.
pub fn all(n: usize, lang: Lang) -> String {
    say!(lang; format!("✅ All ({n})"), format!("✅ Hammasi ({n})"), format!("✅ Все ({n})"))
}

/// Ticks those of a bot.
pub fn of_bot(bot: &str, lang: Lang) -> String {
    let bot = fitted(bot, 40);
    say!(lang; format!("🤖 All of {bot}"), format!("🤖 {bot} ning hammasi"), format!("🤖 Все группы {bot}"))
}

/// Ends a search.
pub fn list_all(lang: Lang) -> String {
    say!(lang; "🔎 List all groups", "🔎 Barcha guruhlar", "🔎 Показать все группы").to_owned()
}

/// On to the preview.
pub fn go_on(lang: Lang) -> String {
    say!(lang; "👁 Preview ›", "👁 Koʻrib chiqish ›", "👁 Просмотр ›").to_owned()
}

/// A message that is about to be sent.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The first receivers.
    pub names: Vec<String>,
    /// All of them.
    pub receivers: usize,
    /// When; `None`: now.
    pub at: Option<DateTime<Utc>>,
    /// Without a sound.
    pub silent: bool,
    /// Whose clocks are meant.
    pub zone: Tz,
}

/// Right so?
pub fn ready(summary: &Summary, lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("☝️ <b>This is how it arrives.</b> Right so?"),
        html!("☝️ <b>Shu koʻrinishda boradi.</b> Toʻgʻrimi?"),
        html!("☝️ <b>Так оно придёт.</b> Всё верно?"));
    let more = summary.receivers - summary.names.len().min(summary.receivers);
    let mut names = summary.names.join(", ");
    if more > 0 {
        names.push_str(&say!(lang; format!(" and {more} more"), format!(" va yana {more} ta"), format!(" и ещё {more}")));
    }
    let names = Html::text(names);
    html.push_line(&say!(lang; html!("To: {}", names), html!("Kimga: {}", names), html!("Кому: {}", names)));
    let at = match summary.at {
        Some(at) => format!("{} ({})", moment(at, summary.zone), summary.zone.name()),
        None => say!(lang; "now", "hozir", "сейчас").to_owned(),
    };
    let at = Html::text(at);
    html.push_line(&say!(lang; html!("When: {}", at), html!("Qachon: {}", at), html!("Когда: {}", at)));
    if summary.silent {
        html.push_line(&Html::text(say!(lang; "🔕 Without a sound", "🔕 Ovozsiz", "🔕 Без звука")));
    }
    html.push_line(&Html::italic(say!(lang;
        "Send another text, photo or file to replace it.",
        "Almashtirish uchun boshqa matn, rasm yoki fayl yuboring.",
        "Чтобы заменить, пришлите другой текст, фото или файл.")));
    html
}

/// Yes.
pub fn send(later: bool, lang: Lang) -> String {
    if later {
        say!(lang; "📨 Send at this time", "📨 Shu vaqtda yuborish", "📨 Отправить в это время").to_owned()
    } else {
        say!(lang; "📨 Send now", "📨 Hozir yuborish", "📨 Отправить сейчас").to_owned()
    }
}

/// Later.
pub fn at_a_time(lang: Lang) -> String {
    say!(lang; "🕘 At a time…", "🕘 Vaqtida…", "🕘 В другое время…").to_owned()
}

/// Not later.
pub fn now(lang: Lang) -> String {
    say!(lang; "🕘 Not later, now", "🕘 Keyin emas, hozir", "🕘 Не позже, сейчас").to_owned()
}

/// With or without a sound; says how it is.
pub fn sound(silent: bool, lang: Lang) -> String {
    if silent {
        say!(lang; "🔕 Without a sound", "🔕 Ovozsiz", "🔕 Без звука").to_owned()
    } else {
        say!(lang; "🔔 With a sound", "🔔 Ovozli", "🔔 Со звуком").to_owned()
    }
}

/// Other receivers.
pub fn change_receivers(lang: Lang) -> String {
    say!(lang; "👥 To whom", "👥 Kimga", "👥 Кому").to_owned()
}

/// Another text.
pub fn change_text(lang: Lang) -> String {
    say!(lang; "✏️ Text", "✏️ Matn", "✏️ Текст").to_owned()
}

/// The preview once more.
pub fn look_again(lang: Lang) -> String {
    say!(lang; "👁 Preview", "👁 Koʻrib chiqish", "👁 Просмотр").to_owned()
}

/// To what became of a message in each chat.
pub fn chats(lang: Lang) -> String {
    say!(lang; "👥 Chat by chat", "👥 Chatma-chat", "👥 По чатам").to_owned()
}

/// Above what became of a message in each chat.
pub fn results(sent: u64, all: u64, lang: Lang) -> Html {
    let n = Html::text(format!("{sent} / {all}"));
    say!(lang; html!("📨 <b>Arrived: {}</b>", n), html!("📨 <b>Yetib bordi: {}</b>", n), html!("📨 <b>Дошло: {}</b>", n))
}

/// Telegram doesn't even show it to whoever writes it.
pub fn preview_refused(why: &str, lang: Lang) -> Html {
    let why = Html::text(why);
    say!(lang;
        html!("⚠️ Telegram doesn't take this message: {}", why),
        html!("⚠️ Telegram bu xabarni qabul qilmadi: {}", why),
        html!("⚠️ Telegram не принимает это сообщение: {}", why))
}
