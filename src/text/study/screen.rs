//! Study time as an admin sees it: the communities, one of them, its members, the user session.

use chrono::NaiveDate;

use super::{button::StudyLabel, people};
use crate::{
    domain::lang::Lang,
    html, say,
    text::{html::Html, short_date},
};

/// Above the list of watched groups.
pub fn communities(n: usize, lang: Lang) -> Html {
    let mut html = html!("{} · {}", Html::bold(StudyLabel::StudyTime.text(lang)), Html::text(n));
    html.push_line(&Html::text(say!(lang;
        "I measure who studies how long in the groups' voice chats, and post the boards.",
        "Guruhlarning ovozli chatlarida kim qancha vaqt oʻqiganini oʻlchayman va reytinglarni joylayman.",
        "Измеряю, кто сколько занимается в голосовых чатах групп, и публикую рейтинги.")));
    if n == 0 {
        html.push_line(&Html::text(say!(lang;
            "\n👉 No group is watched yet: choose one with “Watch a group”.",
            "\n👉 Hali birorta guruh kuzatilmayapti: “Guruhni kuzatish” orqali tanlang.",
            "\n👉 Пока ни за одной группой не следим: выберите её кнопкой «Следить за группой».")));
    }
    html
}

/// Above the groups that could be watched.
pub fn watch(none_left: bool, lang: Lang) -> Html {
    let mut html = html!("{}", Html::bold(StudyLabel::WatchGroup.text(lang)));
    html.push_line(&Html::text(say!(lang;
        "In which group do people study in the voice chat? The user session must be a member of it: bots can't see who is in a call.",
        "Qaysi guruhda odamlar ovozli chatda oʻqishadi? Foydalanuvchi seansi oʻsha guruh aʼzosi boʻlishi kerak: botlar chatda kim borligini koʻra olmaydi.",
        "В какой группе занимаются в голосовом чате? Пользовательская сессия должна быть её участником: боты не видят, кто в чате.")));
    if none_left {
        html.push_line(&Html::text(say!(lang;
            "\nEvery registered group is watched already, or none is registered: add me to the group first.",
            "\nRoʻyxatdagi barcha guruhlar allaqachon kuzatilmoqda yoki birorta guruh yoʻq: avval meni guruhga qoʻshing.",
            "\nЗа всеми группами из списка уже следим, или список пуст: сначала добавьте меня в группу.")));
    }
    html
}

/// Why an account is needed beside the bot.
pub fn why_a_session(lang: Lang) -> Html {
    Html::text(say!(lang;
        "Bots can't see who is in a voice chat, so an ordinary Telegram account looks there. It must be a member of the groups.",
        "Botlar ovozli chatda kim borligini koʻra olmaydi, shuning uchun u yerga oddiy Telegram akkaunti qaraydi. U guruhlar aʼzosi boʻlishi kerak.",
        "Боты не видят, кто в голосовом чате, поэтому туда смотрит обычный аккаунт Telegram. Он должен состоять в группах."))
}

/// "in the call now": beside a group in the list.
pub fn live_mark(n: usize) -> String {
    format!("🔴 {n}")
}

/// What goes on in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// Its title.
    pub title: String,
    /// Whether it is watched.
    pub watched: bool,
    /// Since when.
    pub since: NaiveDate,
    /// How many people sit in the call; `None`: there is none.
    pub in_call: Option<usize>,
    /// The last board: its day and time, and what became of it.
    pub last: Option<Html>,
    /// The next board's local moment.
    pub next: Option<String>,
    /// Everybody who was ever seen.
    pub members: usize,
}

/// One watched group.
pub fn community(overview: &Overview, lang: Lang) -> Html {
    let mut html = html!("🎧 {}", Html::name(&overview.title));
    let since = short_date(overview.since, lang);
    html.push_line(&Html::text(if overview.watched {
        say!(lang; format!("▶️ watched since {since}"), format!("▶️ {since} dan beri kuzatilmoqda"), format!("▶️ следим с {since}"))
    } else {
        say!(lang;
            "⏸ paused: nobody's time is measured, nothing is posted",
            "⏸ toʻxtatib turilgan: vaqt oʻlchanmaydi, hech narsa joylanmaydi",
            "⏸ пауза: время не измеряется, ничего не публикуется").to_owned()
    }));
    html.push_line(&Html::text(match overview.in_call {
        Some(n) => {
            let n = people(n as u64, lang);
            say!(lang; format!("🔴 {n} in the call now"), format!("🔴 hozir chatda {n}"), format!("🔴 сейчас в чате {n}"))
        }
        None => say!(lang; "⚪️ no call now", "⚪️ hozir ovozli chat yoʻq", "⚪️ сейчас голосового чата нет").to_owned(),
    }));
    if let Some(last) = &overview.last {
        html.push_line(
            &say!(lang; html!("Last board: {}", last), html!("Oxirgi reyting: {}", last), html!("Последний рейтинг: {}", last)),
        );
    }
    if let Some(next) = &overview.next {
        let next = Html::bold(next);
        html.push_line(
            &say!(lang; html!("Next board: {}", next), html!("Keyingi reyting: {}", next), html!("Следующий рейтинг: {}", next)),
        );
    }
    let members = Html::text(overview.members);
    html.push_line(&say!(lang; html!("Members seen: {}", members), html!("Koʻrilgan aʼzolar: {}", members), html!("Замечено участников: {}", members)));
    html
}

/// Something that keeps a community from working.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The user session doesn't see the calls now.
    SessionDown,
    /// The bot isn't in the chat where the boards go.
    BotNotThere,
    /// Boards go nowhere at any time of the day.
    NoTimes,
}

/// What is wrong, and what to do about it.
pub fn trouble(trouble: Trouble, lang: Lang) -> Html {
    let words = match trouble {
        Trouble::SessionDown => say!(lang;
            "⚠️ The user session isn't connected: nobody sees the calls. Look at “User session”.",
            "⚠️ Foydalanuvchi seansi ulanmagan: chatlarni hech kim koʻrmayapti. “Foydalanuvchi seansi”ga qarang.",
            "⚠️ Пользовательская сессия не подключена: чаты никто не видит. Загляните в «Пользовательская сессия»."),
        Trouble::BotNotThere => say!(lang;
            "⚠️ I am not in the chat where the boards go. Add me there, let the user session post, or choose another place in the settings.",
            "⚠️ Men reytinglar joylanadigan chatda emasman. Meni u yerga qoʻshing, foydalanuvchi seansi joylasin yoki sozlamalarda boshqa joy tanlang.",
            "⚠️ Меня нет в чате, куда идут рейтинги. Добавьте меня, поручите это пользовательской сессии или выберите в настройках другое место."),
        Trouble::NoTimes => say!(lang;
            "⚠️ No post time is set: boards are posted only by “Post now”.",
            "⚠️ Joylash vaqti belgilanmagan: reytinglar faqat “Hozir joylash” orqali chiqadi.",
            "⚠️ Время постов не задано: рейтинг выходит только по «Опубликовать сейчас»."),
    };
    Html::text(words)
}

/// The board, before anybody but the admin sees it.
pub fn preview(board: &Html, lang: Lang) -> Html {
    let heading = Html::italic(say!(lang;
        "👁 As it would be posted now; nobody else sees this:",
        "👁 Hozir joylansa, shunday boʻladi; buni faqat siz koʻryapsiz:",
        "👁 Таким рейтинг был бы сейчас; видите его только вы:"));
    html!("{}\n\n{}", heading, board)
}

/// Nothing can be shown.
pub fn no_board(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ The board can't be drawn up: the stays can't be read. The operator finds the reason in the log.",
        "⚠️ Reytingni tuzib boʻlmadi: maʼlumotlarni oʻqib boʻlmayapti. Sababi operator jurnalida.",
        "⚠️ Рейтинг не составить: данные не читаются. Причина — в журнале оператора."))
}

/// Above the members.
pub fn members(title: &str, n: usize, lang: Lang) -> Html {
    let (title, n) = (Html::name(title), Html::text(n));
    say!(lang;
        html!("👥 {}: members · {}", title, n),
        html!("👥 {}: aʼzolar · {}", title, n),
        html!("👥 {}: участники · {}", title, n))
}

/// Nobody was ever seen.
pub fn no_members(lang: Lang) -> Html {
    Html::text(say!(lang;
        "Nobody yet: people appear here once they were seen in a call.",
        "Hozircha hech kim: odamlar ovozli chatda koʻringach, shu yerda paydo boʻladi.",
        "Пока никого: люди появятся здесь, когда побывают в голосовом чате."))
}

/// Question for a part of a name.
pub fn ask_member(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🔎 {}: send a part of a name, a username or an account's number.", title),
        html!("🔎 {}: ismning bir qismini, foydalanuvchi nomini yoki akkaunt raqamini yuboring.", title),
        html!("🔎 {}: пришлите часть имени, юзернейм или номер аккаунта.", title))
}

/// What is known of a member, but their time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberFacts {
    /// How they are called.
    pub name: String,
    /// Their account, or the chat that they speak as.
    pub number: i64,
    /// A program.
    pub bot: bool,
    /// No name in posts.
    pub opted_out: bool,
    /// They sit in a call.
    pub in_call: bool,
    /// Other accounts of theirs.
    pub accounts: Vec<String>,
}

/// One member.
pub fn member(facts: &MemberFacts, lang: Lang) -> Html {
    let mut html = html!("👤 {} · {}", Html::name(&facts.name), Html::code(facts.number));
    if facts.in_call {
        html.push_line(&Html::text(say!(lang; "🔴 in the call now", "🔴 hozir chatda", "🔴 сейчас в чате")));
    }
    if facts.bot {
        html.push_line(&Html::text(say!(lang; "🤖 a bot", "🤖 bot", "🤖 бот")));
    }
    if facts.number < 0 {
        html.push_line(&Html::text(say!(lang;
            "📢 joins in the name of a channel or group",
            "📢 kanal yoki guruh nomidan qoʻshiladi",
            "📢 заходит от имени канала или группы")));
    }
    if facts.opted_out {
        html.push_line(&Html::text(say!(lang;
            "🙈 wants no name in posts",
            "🙈 postlarda ismi koʻrinishini istamaydi",
            "🙈 не хочет имени в постах")));
    }
    if !facts.accounts.is_empty() {
        let accounts =
            Html::text(facts.accounts.iter().map(|name| crate::text::name::fitted(name, 40)).collect::<Vec<_>>().join(", "));
        html.push_line(&say!(lang;
            html!("🔗 Other accounts: {}", accounts),
            html!("🔗 Boshqa akkauntlari: {}", accounts),
            html!("🔗 Другие аккаунты: {}", accounts)));
    }
    html
}

/// Which other member is the same person?
pub fn same_person(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("🔗 Whose second account is {}? Their times become one: what overlaps counts once, also in the past. This can be undone.", name),
        html!("🔗 {} kimning ikkinchi akkaunti? Vaqtlari birlashadi: ustma-ust tushgani bir marta hisoblanadi, oʻtmishda ham. Buni ortga qaytarish mumkin.", name),
        html!("🔗 Чей второй аккаунт — {}? Время станет общим: совпавшее считается один раз, в том числе за прошлое. Это можно отменить.", name))
}

/// Days and their times, of somebody.
pub fn why(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("❔ {}: why is the time what it is? Choose a day to see it line by line.", name),
        html!("❔ {}: nega vaqt shunday? Satrma-satr koʻrish uchun kunni tanlang.", name),
        html!("❔ {}: откуда такое время? Выберите день, чтобы увидеть всё построчно.", name))
}
