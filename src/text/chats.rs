//! Words about the chats that bots are in.

use super::{english, html::Html, number, russian};
use crate::{
    chats::{Moved, Sums},
    domain::{
        chats::{Administrator, BotRole, ChatKind, Right},
        lang::Lang,
    },
    html, say,
};

/// What a chat is.
pub fn kind(kind: ChatKind, lang: Lang) -> &'static str {
    match kind {
        ChatKind::Group => say!(lang; "group", "guruh", "группа"),
        ChatKind::Supergroup => say!(lang; "supergroup", "superguruh", "супергруппа"),
        ChatKind::Forum => say!(lang; "forum", "forum", "форум"),
        ChatKind::Channel => say!(lang; "channel", "kanal", "канал"),
    }
}

/// As what a bot is in a chat.
pub fn role(role: BotRole, lang: Lang) -> &'static str {
    match role {
        BotRole::Administrator => say!(lang; "administrator", "administrator", "администратор"),
        BotRole::Member => say!(lang; "member", "aʼzo", "участник"),
        BotRole::Restricted => say!(lang; "may not write", "yoza olmaydi", "не может писать"),
        BotRole::Gone => say!(lang; "gone", "chiqib ketgan", "вышел"),
    }
}

/// What an administrator may do.
pub fn right(right: Right, lang: Lang) -> &'static str {
    match right {
        Right::ManageChat => say!(lang; "see everything", "hammasini koʻrish", "видеть всё"),
        Right::DeleteMessages => say!(lang; "delete messages", "xabarlarni oʻchirish", "удалять сообщения"),
        Right::ManageVideoChats => say!(lang; "manage voice chats", "ovozli chatlarni boshqarish", "управлять звонками"),
        Right::RestrictMembers => say!(lang; "restrict members", "aʼzolarni cheklash", "ограничивать участников"),
        Right::PromoteMembers => say!(lang; "add administrators", "administrator qoʻshish", "назначать администраторов"),
        Right::ChangeInfo => say!(lang; "change the profile", "profilni oʻzgartirish", "менять профиль"),
        Right::InviteUsers => say!(lang; "invite", "taklif qilish", "приглашать"),
        Right::PostMessages => say!(lang; "post", "post yozish", "публиковать"),
        Right::EditMessages => say!(lang; "edit posts", "postlarni tahrirlash", "править публикации"),
        Right::PinMessages => say!(lang; "pin", "qadash", "закреплять"),
        Right::PostStories => say!(lang; "post stories", "hikoya joylash", "публиковать истории"),
        Right::EditStories => say!(lang; "edit stories", "hikoyalarni tahrirlash", "править истории"),
        Right::DeleteStories => say!(lang; "delete stories", "hikoyalarni oʻchirish", "удалять истории"),
        Right::ManageTopics => say!(lang; "manage topics", "mavzularni boshqarish", "управлять темами"),
        Right::ManageDirectMessages => {
            say!(lang; "answer direct messages", "shaxsiy xabarlarga javob", "отвечать на личные сообщения")
        }
    }
}

/// "12 chats"
pub fn chats(n: u64, lang: Lang) -> String {
    say!(lang;
        format!("{n} {}", english(n, "chat", "chats")),
        format!("{n} ta chat"),
        format!("{n} {}", russian(n, "чат", "чата", "чатов")))
}

/// "1 234 members"
pub fn members(n: u64, lang: Lang) -> String {
    let shown = number(n);
    say!(lang;
        format!("{shown} {}", english(n, "member", "members")),
        format!("{shown} aʼzo"),
        format!("{shown} {}", russian(n, "участник", "участника", "участников")))
}

/// "+3", "−1", "±0": with a real minus, so that it is as wide as the plus.
pub fn growth(by: i64) -> String {
    let size = number(by.unsigned_abs());
    match by.signum() {
        1 => format!("+{size}"),
        -1 => format!("−{size}"),
        _ => format!("±{size}"),
    }
}

/// Growth, or a dash where nobody counted back then.
pub fn growth_or_dash(by: Option<i64>) -> String {
    by.map_or_else(|| "—".to_owned(), growth)
}

/// The sums above a list.
pub fn sums(sums: &Sums, lang: Lang) -> Html {
    let (count, people) = (chats(sums.chats, lang), members(sums.members, lang));
    let average = sums.average().map(number).unwrap_or_else(|| "—".to_owned());
    let (week, month) = (growth_or_dash(sums.week), growth_or_dash(sums.month));
    say!(lang;
        html!("{} · <b>{}</b>, {} on average\n7 days: <b>{}</b> · 30 days: <b>{}</b>",
            Html::text(&count), Html::text(&people), Html::text(&average), Html::text(&week), Html::text(&month)),
        html!("{} · <b>{}</b>, oʻrtacha {}\n7 kun: <b>{}</b> · 30 kun: <b>{}</b>",
            Html::text(&count), Html::text(&people), Html::text(&average), Html::text(&week), Html::text(&month)),
        html!("{} · <b>{}</b>, в среднем {}\n7 дней: <b>{}</b> · 30 дней: <b>{}</b>",
            Html::text(&count), Html::text(&people), Html::text(&average), Html::text(&week), Html::text(&month)))
}

/// One type's sums in a line.
pub fn of_kind(of: ChatKind, sums: &Sums, lang: Lang) -> Html {
    let average = sums.average().map(|average| format!(" (⌀ {})", number(average))).unwrap_or_default();
    Html::text(format!("• {}: {} · {}{average}", kind(of, lang), number(sums.chats), members(sums.members, lang)))
}

/// How many looks failed.
pub fn failed(n: u64, lang: Lang) -> Html {
    let count = chats(n, lang);
    Html::text(say!(lang;
        format!("⚠️ Telegram didn't answer about {count}."),
        format!("⚠️ Telegram {count} haqida javob bermadi."),
        format!("⚠️ Telegram не ответил о: {count}.")))
}

/// No chat yet.
pub fn none(lang: Lang) -> Html {
    Html::text(say!(lang;
        "No chats yet. Add me to one.",
        "Hozircha chatlar yoʻq. Meni biriga qoʻshing.",
        "Пока нет чатов. Добавьте меня в какой-нибудь."))
}

/// How many are in a chat, and by how many it grew.
pub fn size(count: Option<u32>, week: &Moved, month: &Moved, lang: Lang) -> Html {
    let Some(count) = count else {
        return Html::text(
            say!(lang; "Telegram wasn't asked yet.", "Telegramdan hali soʻralmagan.", "Telegram ещё не спрашивали."),
        );
    };
    let people = Html::bold(members(u64::from(count), lang));
    let (seven, thirty) = (Html::bold(growth_or_dash(week.growth)), Html::bold(growth_or_dash(month.growth)));
    say!(lang;
        html!("{}\n7 days: {} · 30 days: {}", people, seven, thirty),
        html!("{}\n7 kun: {} · 30 kun: {}", people, seven, thirty),
        html!("{}\n7 дней: {} · 30 дней: {}", people, seven, thirty))
}

/// How many came and went.
pub fn came_and_went(month: &Moved, lang: Lang) -> Html {
    let (joined, left) = (number(month.joined), number(month.left));
    Html::text(say!(lang;
        format!("In 30 days {joined} joined, {left} left."),
        format!("30 kunda {joined} kishi qoʻshildi, {left} kishi chiqdi."),
        format!("За 30 дней пришло {joined}, ушло {left}.")))
}

/// "Administrators · 3"
pub fn administrators(n: usize, lang: Lang) -> Html {
    let word = say!(lang; "Administrators", "Administratorlar", "Администраторы");
    html!("<b>{}</b> · {}", Html::text(word), Html::text(n))
}

/// One of them.
pub fn administrator(one: &Administrator) -> Html {
    let mark = match (one.owner, one.bot) {
        (true, _) => "👑",
        (false, true) => "🤖",
        (false, false) => "•",
    };
    let title = one.title.as_deref().map(|title| super::name::fitted(title, 32));
    let title = title.map(|title| format!(" — {title}")).unwrap_or_default();
    Html::text(format!("{mark} {}{title}", super::name::fitted(&one.name, 40)))
}

/// "… and 5 more"
pub fn more(n: usize, lang: Lang) -> Html {
    Html::text(say!(lang; format!("… and {n} more"), format!("… va yana {n}"), format!("… и ещё {n}")))
}

/// When Telegram last answered.
pub fn asked(at: &str, lang: Lang) -> Html {
    Html::italic(say!(lang; format!("As of {at}"), format!("{at} holatiga koʻra"), format!("По состоянию на {at}")))
}

/// Why the last look failed.
pub fn trouble(why: &str, lang: Lang) -> Html {
    let why = super::name::fitted(why, 200);
    Html::text(say!(lang;
        format!("⚠️ The last look failed: {why}"),
        format!("⚠️ Oxirgi tekshiruv muvaffaqiyatsiz: {why}"),
        format!("⚠️ Последняя проверка не удалась: {why}")))
}

/// Every bot left.
pub fn left(at: &str, lang: Lang) -> Html {
    Html::text(say!(lang;
        format!("🚪 No bot of ours is in it since {at}."),
        format!("🚪 {at} dan beri unda bizning botimiz yoʻq."),
        format!("🚪 С {at} там нет наших ботов.")))
}
