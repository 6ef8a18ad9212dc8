//! A community's settings: what is so, what can be chosen, what to type.

use chrono::NaiveTime;

use super::{
    button::{self, StudyLabel, missed, periods, poster},
    duration,
};
use crate::{
    admin::study::Reach,
    domain::{
        ids::ChatId,
        lang::Lang,
        study::{Community, Poster, Setting, Target},
    },
    html, say,
    text::html::Html,
};

/// "08:00, 21:30"
pub fn times(times: &[NaiveTime], lang: Lang) -> String {
    if times.is_empty() {
        return say!(lang; "never", "hech qachon", "никогда").to_owned();
    }
    times.iter().map(|time| time.format("%H:%M").to_string()).collect::<Vec<_>>().join(", ")
}

/// How long a visit must last to count.
pub fn gate(seconds: u32, lang: Lang) -> String {
    if seconds == 0 {
        return say!(lang; "every second counts", "har soniya hisoblanadi", "считается каждая секунда").to_owned();
    }
    let least = duration(u64::from(seconds), lang);
    if seconds < 60 || seconds.is_multiple_of(60) {
        least
    } else {
        format!("{least} {}", duration(u64::from(seconds % 60), lang))
    }
}

/// How much counts in a day.
pub fn cap(minutes: Option<u32>, lang: Lang) -> String {
    minutes.map_or_else(|| StudyLabel::NoCap.text(lang), |minutes| duration(u64::from(minutes) * 60, lang))
}

/// "−1001234567890", "this group", with a topic's number.
pub fn target(target: Target, home: ChatId, known: Option<&str>, lang: Lang) -> String {
    let mut place = if target.chat == home {
        say!(lang; "this group", "shu guruh", "эта группа").to_owned()
    } else {
        known.map_or_else(|| target.chat.to_string(), |title| crate::text::name::fitted(title, 60))
    };
    if let Some(topic) = target.topic {
        place.push_str(&say!(lang; format!(", topic {topic}"), format!(", {topic}-mavzu"), format!(", тема {topic}")));
    }
    place
}

fn yes(on: bool, lang: Lang) -> &'static str {
    if on { say!(lang; "yes", "ha", "да") } else { say!(lang; "no", "yoʻq", "нет") }
}

/// A setting's value, not escaped. `known`: the title of the chat where the boards go.
pub fn value(setting: Setting, community: &Community, home: ChatId, known: Option<&str>, lang: Lang) -> String {
    match setting {
        Setting::Times => times(&community.times, lang),
        Setting::Zone => community.zone.name().to_owned(),
        Setting::Periods => periods(community.periods, lang),
        Setting::Lang => button::post_language(community.lang).to_owned(),
        Setting::Gate => gate(community.gate_seconds, lang),
        Setting::Poster => poster(community.target.by, lang).to_owned(),
        Setting::Target => target(community.target, home, known, lang),
        Setting::Missed => missed(community.missed, lang).to_owned(),
        Setting::Muted => yes(community.filters.skip_muted, lang).to_owned(),
        Setting::Cap => cap(community.filters.daily_cap_minutes, lang),
        Setting::Bots => yes(community.filters.count_bots, lang).to_owned(),
        Setting::Picture => yes(community.picture, lang).to_owned(),
    }
}

/// Whether boards can go where they are to go, and what to do if not.
pub fn reach(reach: &Reach, lang: Lang) -> Html {
    match reach {
        Reach::Fine { title } => {
            let title = Html::name(title);
            say!(lang;
                html!("✅ Boards go to {}: I can write there.", title),
                html!("✅ Reytinglar {} ga boradi: men u yerda yoza olaman.", title),
                html!("✅ Рейтинги пойдут в {}: писать там я могу.", title))
        }
        Reach::NotThere { place } => {
            let place = Html::code(place);
            say!(lang;
                html!("⚠️ I am not in {}, or there is no such chat. Add me there (in a channel: as an administrator who may post), or choose another place.", place),
                html!("⚠️ Men {} da emasman yoki bunday chat yoʻq. Meni u yerga qoʻshing (kanalda: post yoza oladigan administrator qilib) yoki boshqa joy tanlang.", place),
                html!("⚠️ Меня нет в {}, или такого чата нет. Добавьте меня туда (в канал: администратором с правом публикации) или выберите другое место.", place))
        }
        Reach::MayNotWrite { title, is_channel: true } => {
            let title = Html::name(title);
            say!(lang;
                html!("⚠️ I may not post in the channel {}. Make me an administrator there who may post messages.", title),
                html!("⚠️ Men {} kanalida post yoza olmayman. Meni xabar joylash huquqi bor administrator qiling.", title),
                html!("⚠️ В канале {} мне нельзя публиковать. Сделайте меня администратором с правом публикации.", title))
        }
        Reach::MayNotWrite { title, is_channel: false } => {
            let title = Html::name(title);
            say!(lang;
                html!("⚠️ I am in {}, but may not write there. Allow members to write, or make me an administrator.", title),
                html!("⚠️ Men {} daman, lekin yozishga ruxsatim yoʻq. Aʼzolarga yozishga ruxsat bering yoki meni administrator qiling.", title),
                html!("⚠️ Я есть в {}, но писать мне там нельзя. Разрешите участникам писать или сделайте меня администратором.", title))
        }
        Reach::NoTopics { title } => {
            let title = Html::name(title);
            say!(lang;
                html!("⚠️ {} has no topics. Choose the group itself, or another place.", title),
                html!("⚠️ {} da mavzular yoʻq. Guruhning oʻzini yoki boshqa joyni tanlang.", title),
                html!("⚠️ В {} нет тем. Выберите саму группу или другое место.", title))
        }
        Reach::Refused { title, why } => {
            let (title, why) = (Html::name(title), Html::code(crate::text::name::fitted(why, 200)));
            say!(lang;
                html!("⚠️ In {} Telegram doesn't let me write at that place: {}. If it is a topic, check its number, and that it is open.", title, why),
                html!("⚠️ {} dagi bu joyga Telegram yozdirmayapti: {}. Mavzu boʻlsa, raqamini va ochiqligini tekshiring.", title, why),
                html!("⚠️ В {} Telegram не даёт мне писать в этом месте: {}. Если это тема, проверьте её номер и открыта ли она.", title, why))
        }
        Reach::BySession => Html::text(say!(lang;
            "ℹ️ The user session posts there. Whether it may write shows with the first board: “Post now” tries it.",
            "ℹ️ U yerga foydalanuvchi seansi joylaydi. Yoza olishi birinchi reytingda bilinadi: “Hozir joylash” bilan sinab koʻring.",
            "ℹ️ Туда публикует пользовательская сессия. Может ли она писать, покажет первый рейтинг: проверьте кнопкой «Опубликовать сейчас».")),
        Reach::CouldNotTell => Html::text(say!(lang;
            "❔ Telegram didn't answer whether I can write there. “Post now” tries it.",
            "❔ Telegram u yerga yoza olishim haqida javob bermadi. “Hozir joylash” bilan sinab koʻring.",
            "❔ Telegram не ответил, могу ли я там писать. Проверьте кнопкой «Опубликовать сейчас».")),
    }
}

/// What stands in a topic for a moment, to see whether it can be written there: Telegram tells in no other way.
pub fn trial(lang: Lang) -> &'static str {
    say!(lang; "📍 Boards will be posted here.", "📍 Reytinglar shu yerga joylanadi.", "📍 Рейтинги будут появляться здесь.")
}

/// Above all settings of a community.
pub fn settings(title: &str, lang: Lang) -> Html {
    html!("{} · {}", Html::text(StudyLabel::Settings.text(lang)), Html::name(title))
}

/// What a setting does.
pub fn explained(setting: Setting, lang: Lang) -> &'static str {
    match setting {
        Setting::Times => say!(lang;
            "When is the board of the day posted? The last time of a day is the one that is made up for after an outage.",
            "Kun reytingi qachon joylanadi? Uzilishdan keyin kunning oxirgi vaqti tiklanadi.",
            "Когда публикуется рейтинг дня? После сбоя навёрстывается последнее время дня."),
        Setting::Zone => say!(lang;
            "Whose midnight separates the days, and whose clock are the post times?",
            "Kunlar qaysi mintaqa yarim tuni bilan ajraladi va joylash vaqtlari qaysi soat boʻyicha?",
            "По полуночи какого пояса делятся дни и по чьим часам идут посты?"),
        Setting::Periods => say!(lang;
            "What are weeks and months on the board? Days are numbered from the first day.",
            "Reytingda hafta va oy nima? Kunlar birinchi kundan boshlab raqamlanadi.",
            "Что в рейтинге неделя и месяц? Дни нумеруются с первого дня."),
        Setting::Lang => say!(lang; "In which language are the posts?", "Postlar qaysi tilda?", "На каком языке посты?"),
        Setting::Gate => say!(lang;
            "A person's time in a call counts once it comes to so much, then all of it.",
            "Odamning chatdagi vaqti shuncha boʻlgach, hammasi hisoblanadi.",
            "Время человека в чате засчитывается, когда набралось столько, — и тогда целиком."),
        Setting::Poster => say!(lang;
            "Who posts? What the user session posts can't come twice when an answer gets lost; the bot asks you then.",
            "Kim joylaydi? Javob yoʻqolganda foydalanuvchi seansi joylagani ikki marta chiqmaydi; bot esa sizdan soʻraydi.",
            "Кто публикует? Если ответ Telegram потерялся, пост пользовательской сессии не повторится; бот в таком случае спросит вас."),
        Setting::Target => say!(lang;
            "Where do the boards go?",
            "Reytinglar qayerga joylanadi?",
            "Куда идут рейтинги?"),
        Setting::Missed => say!(lang;
            "What becomes of boards that could not be posted in time, because I or Telegram was away?",
            "Men yoki Telegram ishlamagani uchun vaqtida joylanmagan reytinglar nima boʻladi?",
            "Что делать с рейтингами, которые не вышли вовремя, потому что не работал я или Telegram?"),
        Setting::Muted => say!(lang;
            "Leave out people whose microphone was off from the beginning to the end of their stay?",
            "Mikrofoni boshidan oxirigacha oʻchiq boʻlganlar hisoblanmasinmi?",
            "Не считать тех, у кого микрофон был выключен всё время?"),
        Setting::Cap => say!(lang;
            "How much time counts in a day at most?",
            "Bir kunda koʻpi bilan qancha vaqt hisoblanadi?",
            "Сколько времени засчитывается за день самое большее?"),
        Setting::Bots => say!(lang; "Do bots in the call count?", "Chatdagi botlar hisoblansinmi?", "Считать ли ботов в чате?"),
        Setting::Picture => say!(lang;
            "Does a picture of the board go with the post?",
            "Post bilan reyting rasmi ham joylansinmi?",
            "Добавлять ли к посту картинку рейтинга?"),
    }
}

/// One setting: what it does, and what is so now.
pub fn one(title: &str, setting: Setting, value: &str, lang: Lang) -> Html {
    let (name, title, value) =
        (Html::bold(button::setting(setting, lang)), Html::text(crate::text::name::in_text(title)), Html::bold(value));
    let explained = Html::text(explained(setting, lang));
    say!(lang;
        html!("{} · {}\n{}\n\nNow: {}", name, title, explained, value),
        html!("{} · {}\n{}\n\nHozir: {}", name, title, explained, value),
        html!("{} · {}\n{}\n\nСейчас: {}", name, title, explained, value))
}

/// What to type; `None` for what has buttons only.
pub fn ask(setting: Setting, lang: Lang) -> Option<Html> {
    let words = match setting {
        Setting::Times => say!(lang;
            html!("🕘 Send the times of the day, at most 6: <code>21:30</code> or <code>08:00, 21:30</code>. Send a minus (-) to post only by hand."),
            html!("🕘 Kun vaqtlarini yuboring, koʻpi bilan 6 ta: <code>21:30</code> yoki <code>08:00, 21:30</code>. Faqat qoʻlda joylash uchun minus (-) yuboring."),
            html!("🕘 Пришлите время дня, не больше 6: <code>21:30</code> или <code>08:00, 21:30</code>. Чтобы публиковать только вручную, пришлите минус (-).")),
        Setting::Zone => say!(lang;
            html!("🌍 Send the time zone's name or its city: <code>Asia/Tashkent</code>, <code>Berlin</code>."),
            html!("🌍 Vaqt mintaqasi nomini yoki shahrini yuboring: <code>Asia/Tashkent</code>, <code>Berlin</code>."),
            html!("🌍 Пришлите название пояса или его город латиницей: <code>Asia/Tashkent</code>, <code>Berlin</code>.")),
        Setting::Periods => say!(lang;
            html!("🗓 Send the date of day 1: <code>2026-01-08</code> or <code>08.01.2026</code>."),
            html!("🗓 1-kun sanasini yuboring: <code>2026-01-08</code> yoki <code>08.01.2026</code>."),
            html!("🗓 Пришлите дату первого дня: <code>2026-01-08</code> или <code>08.01.2026</code>.")),
        Setting::Gate => say!(lang;
            html!("🚪 Send minutes (<code>5</code>) or seconds (<code>90s</code>), at most 24 hours; <code>0</code>: every second counts."),
            html!("🚪 Daqiqa (<code>5</code>) yoki soniya (<code>90s</code>) yuboring, koʻpi bilan 24 soat; <code>0</code>: har soniya hisoblanadi."),
            html!("🚪 Пришлите минуты (<code>5</code>) или секунды (<code>90s</code>), не больше 24 часов; <code>0</code>: считается каждая секунда.")),
        Setting::Target => say!(lang;
            html!("📍 Forward a message from the channel or group, or send its number (<code>-1001234567890</code>, with a topic <code>-1001234567890/5</code>) or the link of a message there (<code>https://t.me/c/1234567890/5/77</code>)."),
            html!("📍 Kanal yoki guruhdan xabar uzating yoki uning raqamini (<code>-1001234567890</code>, mavzu bilan <code>-1001234567890/5</code>) yoki u yerdagi xabar havolasini yuboring (<code>https://t.me/c/1234567890/5/77</code>)."),
            html!("📍 Перешлите сообщение из канала или группы, либо пришлите номер (<code>-1001234567890</code>, с темой <code>-1001234567890/5</code>) или ссылку на сообщение оттуда (<code>https://t.me/c/1234567890/5/77</code>).")),
        Setting::Cap => say!(lang;
            html!("⏱ Send the most hours or minutes a day: <code>8h</code>, <code>90m</code>; a minus (-) takes the limit away."),
            html!("⏱ Kuniga eng koʻp soat yoki daqiqani yuboring: <code>8h</code>, <code>90m</code>; minus (-) cheklovni olib tashlaydi."),
            html!("⏱ Пришлите предел на день в часах или минутах: <code>8h</code>, <code>90m</code>; минус (-) снимает предел.")),
        Setting::Lang | Setting::Poster | Setting::Missed | Setting::Muted | Setting::Bots | Setting::Picture => return None,
    };
    Some(words)
}

/// What the session may do that the bot may not, where the place is another chat.
pub fn target_hint(by: Poster, lang: Lang) -> Html {
    Html::italic(match by {
        Poster::Bot => say!(lang;
            "I must be in that chat, in a channel as administrator with the right to post.",
            "Men oʻsha chatda boʻlishim kerak, kanalda esa joylash huquqiga ega administrator sifatida.",
            "Я должен быть в том чате, а в канале — администратором с правом публикации."),
        Poster::Session => say!(lang;
            "The user session must be allowed to write in that chat.",
            "Foydalanuvchi seansi oʻsha chatda yozish huquqiga ega boʻlishi kerak.",
            "Пользовательская сессия должна иметь право писать в том чате."),
    })
}

/// Why a typed value won't do. The question stays open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingRefusal {
    /// No times of the day, or too many.
    Times,
    /// No time zone; those that were perhaps meant.
    Zone(Vec<&'static str>),
    /// No date, or one that no calendar of ours has.
    Date,
    /// No length of time, or too long.
    Gate,
    /// No limit, or none that a day has room for.
    Cap,
    /// No chat.
    Target,
    /// A person is no place for boards.
    TargetIsPerson,
}

impl SettingRefusal {
    /// The words.
    pub fn html(&self, lang: Lang) -> Html {
        let again = |setting| ask(setting, lang).unwrap_or_default();
        match self {
            Self::Times => html!("⚠️ {}", again(Setting::Times)),
            Self::Zone(meant) if !meant.is_empty() => {
                let meant = Html::code(meant.join(", "));
                say!(lang;
                    html!("⚠️ I know no such time zone. Perhaps: {}? Send its full name.", meant),
                    html!("⚠️ Bunday vaqt mintaqasini bilmayman. Balki: {}? Toʻliq nomini yuboring.", meant),
                    html!("⚠️ Такого пояса не знаю. Может быть: {}? Пришлите полное название.", meant))
            }
            Self::Zone(_) => say!(lang;
                html!("⚠️ I know no such time zone. Send a name such as <code>Asia/Tashkent</code> or <code>Europe/Berlin</code>: region, slash, a large city of the zone."),
                html!("⚠️ Bunday vaqt mintaqasini bilmayman. <code>Asia/Tashkent</code> yoki <code>Europe/Berlin</code> kabi nom yuboring: hudud, chiziq, mintaqaning yirik shahri."),
                html!("⚠️ Такого пояса не знаю. Пришлите название вроде <code>Asia/Tashkent</code> или <code>Europe/Berlin</code>: регион, косая черта, крупный город пояса.")),
            Self::Date => html!("⚠️ {}", again(Setting::Periods)),
            Self::Gate => html!("⚠️ {}", again(Setting::Gate)),
            Self::Cap => html!("⚠️ {}", again(Setting::Cap)),
            Self::Target => html!("⚠️ {}", again(Setting::Target)),
            Self::TargetIsPerson => say!(lang;
                html!("⚠️ That is a person. {}", again(Setting::Target)),
                html!("⚠️ Bu odam. {}", again(Setting::Target)),
                html!("⚠️ Это человек. {}", again(Setting::Target))),
        }
    }
}
