//! The commands that admins define: questions, screens, why something is refused.

use super::html::Html;
use crate::{
    commands::check::{Fault, placeholders},
    domain::{
        commands::{Answers, Body, CommandName, Custom, Feed},
        lang::Lang,
    },
    html,
    orders::Refusal,
    say,
};

/// New command, first question.
pub fn ask_name(lang: Lang) -> Html {
    say!(lang;
        html!("🧩 <b>New command</b> · 1/3\nSend its name: Latin letters, digits and _, such as <code>news</code>."),
        html!("🧩 <b>Yangi buyruq</b> · 1/3\nNomini yuboring: lotin harflari, raqamlar va _, masalan <code>news</code>."),
        html!("🧩 <b>Новая команда</b> · 1/3\nПришлите имя: латинские буквы, цифры и _, например <code>news</code>."))
}

/// New command, second question.
pub fn ask_description(name: &CommandName, lang: Lang) -> Html {
    let name = Html::code(format!("/{name}"));
    say!(lang;
        html!("🧩 {} · 2/3\nSend a short description: Telegram shows it in its list of commands.", name),
        html!("🧩 {} · 2/3\nQisqa tavsif yuboring: Telegram uni buyruqlar roʻyxatida koʻrsatadi.", name),
        html!("🧩 {} · 2/3\nПришлите короткое описание: Telegram покажет его в списке команд.", name))
}

/// New command, third question; or another text for one that there is.
pub fn ask_body(name: &CommandName, step: &'static str, lang: Lang) -> Html {
    let (name, step, words) = (Html::code(format!("/{name}")), Html::literal(step), Html::text(placeholders()));
    say!(lang;
        html!("🧩 {}{}\nSend the text that it answers. In it {} stand for what is so at that moment.\nOr send the address of an RSS or Atom feed: then it answers with the newest items.", name, step, words),
        html!("🧩 {}{}\nJavob matnini yuboring. Matndagi {} oʻsha paytdagi qiymat bilan almashtiriladi.\nYoki RSS yoki Atom manzilini yuboring: u holda eng yangi yozuvlar koʻrsatiladi.", name, step, words),
        html!("🧩 {}{}\nПришлите текст ответа. {} в нём заменяются тем, что верно в этот момент.\nИли пришлите адрес ленты RSS или Atom: тогда команда ответит новейшими записями.", name, step, words))
}

/// Its description in a language.
pub fn ask_new_description(name: &CommandName, of: Lang, lang: Lang) -> Html {
    let (name, of) = (Html::code(format!("/{name}")), Html::text(super::button::language(of, false)));
    say!(lang;
        html!("✏️ {} · {}\nSend the description. A minus (-) deletes it in this language.", name, of),
        html!("✏️ {} · {}\nTavsifni yuboring. Minus (-) uni bu tilda oʻchiradi.", name, of),
        html!("✏️ {} · {}\nПришлите описание. Минус (-) удаляет его на этом языке.", name, of))
}

/// What `/contact` is to say.
pub fn ask_contact(lang: Lang) -> Html {
    let words = Html::text(placeholders());
    say!(lang;
        html!("☎️ Send what /contact is to say: addresses, telephone numbers, hours. {} may stand in it.", words),
        html!("☎️ /contact nima deyishini yuboring: manzil, telefon, vaqt. Unda {} boʻlishi mumkin.", words),
        html!("☎️ Пришлите, что ответит /contact: адрес, телефоны, часы. В тексте могут быть {}.", words))
}

/// Above the list where it is empty.
pub fn none(lang: Lang) -> Html {
    say!(lang;
        html!("There are none yet. A command answers with a text of yours, or with the newest items of a feed."),
        html!("Hali yoʻq. Buyruq sizning matningiz yoki lentadagi eng yangi yozuvlar bilan javob beradi."),
        html!("Пока нет. Команда отвечает вашим текстом или новейшими записями ленты."))
}

/// In which chats.
pub fn answers(answers: Answers, lang: Lang) -> &'static str {
    match answers {
        Answers::Both => say!(lang; "everywhere", "hamma joyda", "везде"),
        Answers::Private => say!(lang; "in private", "shaxsiy chatda", "в личном чате"),
        Answers::Groups => say!(lang; "in groups", "guruhlarda", "в группах"),
    }
}

/// How often it was used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Today.
    pub today: u64,
    /// On the last 7 days.
    pub week: u64,
    /// On the last 30 days.
    pub month: u64,
}

/// A command as an admin sees it.
pub fn command(name: &CommandName, custom: &Custom, used: Use, bot: Option<&str>, lang: Lang) -> Html {
    let mut html = html!("🧩 <b>{}</b>", Html::text(format!("/{name}")));
    if !custom.enabled {
        html.push_text(say!(lang; " · switched off", " · oʻchirilgan", " · выключена"));
    }
    for (of, description) in &custom.descriptions {
        html.push_line(&html!("{} {}", Html::code(of.code()), Html::text(super::name::fitted(description, 200))));
    }
    let (here, by) = (answers(custom.answers, lang), bot.unwrap_or(say!(lang; "every bot", "barcha botlar", "все боты")));
    html.push_line(&Html::text(say!(lang;
        format!("Answers {here} · {by}"),
        format!("Javob beradi: {here} · {by}"),
        format!("Отвечает {here} · {by}"))));
    let Use { today, week, month } = used;
    html.push_line(&Html::text(say!(lang;
        format!("Used today {today} · 7 days {week} · 30 days {month}"),
        format!("Bugun {today} · 7 kun {week} · 30 kun {month}"),
        format!("Сегодня {today} · 7 дней {week} · 30 дней {month}"))));
    html
}

/// What it answers, below that.
pub fn body(custom: &Custom, feed: Option<&Feed>, lang: Lang) -> Html {
    match &custom.body {
        Body::Text(text) => Html::pre(super::name::fitted(text, 1_500)),
        Body::Feed { url, items } => {
            let (url, n) = (Html::code(url), Html::text(items));
            let mut html = say!(lang;
                html!("📰 The newest {} of {}", n, url),
                html!("📰 Eng yangi {} ta: {}", n, url),
                html!("📰 Новейшие {}: {}", n, url));
            if let Some(fault) = feed.and_then(|feed| feed.fault.as_deref()) {
                html.push_line(&html!("⚠️ {}", Html::text(super::name::fitted(fault, 200))));
            }
            html
        }
    }
}

/// Really delete it?
pub fn confirm_delete(name: &CommandName, lang: Lang) -> Html {
    let name = Html::bold(format!("/{name}"));
    say!(lang;
        html!("🗑 Delete {}? Its text and its figures go.", name),
        html!("🗑 {} oʻchirilsinmi? Matni va raqamlari ham oʻchadi.", name),
        html!("🗑 Удалить {}? Текст и статистика исчезнут.", name))
}

/// In which language is it to be described?
pub fn describe(name: &CommandName, lang: Lang) -> Html {
    let name = Html::bold(format!("/{name}"));
    say!(lang;
        html!("✏️ {}: a description in which language?", name),
        html!("✏️ {}: tavsif qaysi tilda?", name),
        html!("✏️ {}: описание на каком языке?", name))
}

/// Which bot answers it?
pub fn answered_by(name: &CommandName, lang: Lang) -> Html {
    let name = Html::bold(format!("/{name}"));
    say!(lang;
        html!("🤖 {}: which bot answers it?", name),
        html!("🤖 {}: qaysi bot javob beradi?", name),
        html!("🤖 {}: какой бот отвечает?", name))
}

/// A button for every bot.
pub fn every_bot(lang: Lang) -> &'static str {
    say!(lang; "Every bot", "Barcha botlar", "Все боты")
}

/// Why an order about commands is refused.
pub fn refusal(why: &Refusal, lang: Lang) -> String {
    match why {
        Refusal::NoCommandName => say!(lang;
            "A name has 1 to 32 Latin letters, digits and _, and begins with a letter.",
            "Nom 1–32 ta lotin harfi, raqam va _ dan iborat, harf bilan boshlanadi.",
            "Имя: от 1 до 32 латинских букв, цифр и _, начинается с буквы.")
        .to_owned(),
        Refusal::CommandTaken(name) => say!(lang;
            format!("There is a command /{name} already."),
            format!("/{name} buyrugʻi bor."),
            format!("Команда /{name} уже есть.")),
        Refusal::UnknownCommand(name) => say!(lang;
            format!("There is no command /{name} any more."),
            format!("/{name} buyrugʻi endi yoʻq."),
            format!("Команды /{name} больше нет.")),
        Refusal::TooManyCommands => say!(lang;
            format!("There are {} commands already: delete one first.", Custom::MOST),
            format!("Buyruqlar allaqachon {} ta: avval birini oʻchiring.", Custom::MOST),
            format!("Команд уже {}: сначала удалите одну.", Custom::MOST)),
        Refusal::LastDescription(name) => say!(lang;
            format!("/{name} needs a description in one language at least."),
            format!("/{name} uchun kamida bitta tilda tavsif kerak."),
            format!("У /{name} должно быть описание хотя бы на одном языке.")),
        Refusal::Command(fault) => fault_text(fault, lang),
        // The others are told elsewhere.
        _ => why.to_string(),
    }
}

fn fault_text(fault: &Fault, lang: Lang) -> String {
    match fault {
        Fault::BuiltIn(name) => say!(lang;
            format!("/{name} is built in: choose another name."),
            format!("/{name} dasturning oʻziniki: boshqa nom tanlang."),
            format!("/{name} встроена: выберите другое имя.")),
        Fault::UnknownPlaceholder(word) => {
            let (word, known) = (super::name::fitted(word, 40), placeholders());
            say!(lang;
                format!("{{{word}}} stands for nothing. There are {known}."),
                format!("{{{word}}} hech narsani anglatmaydi. Bular bor: {known}."),
                format!("{{{word}}} ничего не значит. Есть {known}."))
        }
        Fault::Description => {
            let most = Custom::LONGEST_DESCRIPTION;
            say!(lang;
                format!("A description has 1 to {most} characters."),
                format!("Tavsif 1–{most} belgidan iborat."),
                format!("Описание: от 1 до {most} символов."))
        }
        Fault::Text => {
            let most = Custom::LONGEST_TEXT;
            say!(lang;
                format!("A text has 1 to {most} characters."),
                format!("Matn 1–{most} belgidan iborat."),
                format!("Текст: от 1 до {most} символов."))
        }
        Fault::Address(_) => say!(lang;
            "That is no address of a feed: it begins with https:// or http:// and has no spaces.",
            "Bu lenta manzili emas: u https:// yoki http:// bilan boshlanadi, boʻsh joysiz.",
            "Это не адрес ленты: он начинается с https:// или http:// и без пробелов.")
        .to_owned(),
        Fault::Items => {
            let most = Custom::MOST_ITEMS;
            say!(lang;
                format!("A feed shows 1 to {most} items."),
                format!("Lenta 1–{most} ta yozuv koʻrsatadi."),
                format!("Лента показывает от 1 до {most} записей."))
        }
    }
}

/// The answer of a command that reads a feed.
pub fn feed(feed: &Feed, items: usize, zone: chrono_tz::Tz, lang: Lang) -> Html {
    if feed.items.is_empty() {
        return Html::text(match feed.fault {
            Some(_) => say!(lang;
                "😕 The news can't be read at the moment. Please try again later.",
                "😕 Hozir yangiliklarni oʻqib boʻlmayapti. Keyinroq urinib koʻring.",
                "😕 Сейчас новости прочитать не удаётся. Попробуйте позже."),
            None => say!(lang; "There is nothing new.", "Yangilik yoʻq.", "Ничего нового нет."),
        });
    }
    let mut html = Html::new();
    if !feed.title.is_empty() {
        html.push(&html!("📰 {}", Html::name(&feed.title)));
    }
    for item in feed.items.iter().take(items) {
        let title = Html::text(super::name::fitted(&item.title, 160));
        let title = match &item.link {
            Some(link) => html!("<a href=\"{}\">{}</a>", Html::text(link), title),
            None => title,
        };
        let day = item.at.map(|at| at.with_timezone(&zone).date_naive());
        html.push_line(&match day {
            Some(day) => html!("• {} <i>· {}</i>", title, Html::text(super::short_date(day, lang))),
            None => html!("• {}", title),
        });
    }
    if let (Some(_), Some(answered)) = (&feed.fault, feed.answered) {
        let when = super::report::moment(answered, zone);
        html.push_line(&Html::italic(say!(lang;
            format!("The source doesn't answer; this is from {when}."),
            format!("Manba javob bermayapti; bu {when} holati."),
            format!("Источник не отвечает; это на {when}."))));
    }
    html
}
