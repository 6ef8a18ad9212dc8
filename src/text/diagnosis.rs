//! What works and what doesn't, in words, each with what to do.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{html::Html, name::fitted, number};
use crate::{
    admin::diagnosis::{Diagnosis, Finding, Level},
    domain::lang::Lang,
    html, say,
};

/// Titles in one line.
const LISTED: usize = 5;

/// Everything, for the admin's chat.
pub fn full(diagnosis: &Diagnosis, zone: Tz, lang: Lang) -> Html {
    let figures = &diagnosis.figures;
    let mut said = Html::bold(say!(lang; "🩺 Diagnostics", "🩺 Tekshiruv", "🩺 Диагностика"));
    let at = |instant: Option<DateTime<Utc>>| {
        instant.map_or_else(|| "—".to_owned(), |at| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string())
    };
    let lines = say!(lang;
    [
        format!("Teachers active: {}/{}", figures.teachers.0, figures.teachers.1),
        format!("Groups counting: {}/{}", figures.groups.0, figures.groups.1),
        format!("Days with a file: {}", figures.days),
        format!("Last update: {}", at(figures.last_update)),
        format!("Last commit: {}", at(figures.last_commit)),
        format!("Journal: {} bytes · outbox: {}", number(figures.journal_bytes), figures.outbox),
        format!("Version {} · up {}", figures.version, uptime(figures.uptime_seconds)),
    ],
    [
        format!("Faol oʻqituvchilar: {}/{}", figures.teachers.0, figures.teachers.1),
        format!("Hisoblanayotgan guruhlar: {}/{}", figures.groups.0, figures.groups.1),
        format!("Fayli bor kunlar: {}", figures.days),
        format!("Oxirgi yangilanish: {}", at(figures.last_update)),
        format!("Oxirgi saqlash: {}", at(figures.last_commit)),
        format!("Jurnal: {} bayt · navbat: {}", number(figures.journal_bytes), figures.outbox),
        format!("Versiya {} · ishlash vaqti {}", figures.version, uptime(figures.uptime_seconds)),
    ],
    [
        format!("Активных учителей: {}/{}", figures.teachers.0, figures.teachers.1),
        format!("Групп под учётом: {}/{}", figures.groups.0, figures.groups.1),
        format!("Дней с файлом: {}", figures.days),
        format!("Последнее обновление: {}", at(figures.last_update)),
        format!("Последнее сохранение: {}", at(figures.last_commit)),
        format!("Журнал: {} байт · в очереди: {}", number(figures.journal_bytes), figures.outbox),
        format!("Версия {} · работает {}", figures.version, uptime(figures.uptime_seconds)),
    ]);
    for line in lines {
        said.push_line(&Html::text(line));
    }
    said.push_line(&Html::new());
    for finding in &diagnosis.findings {
        said.push_line(&html!("{} {}", Html::text(finding.level().mark()), sentence(finding, zone, lang)));
    }
    said
}

/// The worst level, as one word.
pub fn verdict(level: Level, lang: Lang) -> &'static str {
    match level {
        Level::Ok => say!(lang; "everything works", "hammasi ishlayapti", "всё работает"),
        Level::Warning => say!(lang; "works, with warnings", "ishlayapti, ogohlantirishlar bor", "работает, есть предупреждения"),
        Level::Error => say!(lang; "something does not work", "nimadir ishlamayapti", "что-то не работает"),
    }
}

/// 3 d 4 h 5 min
fn uptime(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{minutes} min"),
        (0, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// One finding, with what to do.
pub fn sentence(finding: &Finding, zone: Tz, lang: Lang) -> Html {
    match finding {
        Finding::Bot { username } => {
            let username = Html::text(format!("@{username}"));
            say!(lang; html!("Bot: {}", username), html!("Bot: {}", username), html!("Бот: {}", username))
        }
        Finding::Of { bot } => html!("🤖 <b>{}</b>", Html::text(bot)),
        Finding::NotAtWork { bot } => {
            let bot = Html::text(bot);
            say!(lang;
                html!("{} isn't connected: the log says why. If its token was changed, take the current one from @BotFather.", bot),
                html!("{} ulanmagan: sababi jurnalda. Tokeni almashgan boʻlsa, @BotFather dan joriysini oling.", bot),
                html!("{} не подключён: причина в журнале. Если токен сменили, возьмите текущий у @BotFather.", bot))
        }
        Finding::BadToken => Html::text(say!(lang;
            "The token is not valid: take the current one from @BotFather into BOT_TOKEN.",
            "Token yaroqsiz: @BotFather dan joriy tokenni BOT_TOKEN ga yozing.",
            "Токен недействителен: возьмите текущий у @BotFather и впишите в BOT_TOKEN.")),
        Finding::Unreachable { why } => {
            let why = Html::code(why);
            say!(lang;
                html!("Telegram can't be reached: {}. Check the network, PROXY_URL and TELEGRAM_API_URL.", why),
                html!("Telegramga ulanib boʻlmadi: {}. Tarmoq, PROXY_URL va TELEGRAM_API_URL ni tekshiring.", why),
                html!("Нет связи с Telegram: {}. Проверьте сеть, PROXY_URL и TELEGRAM_API_URL.", why))
        }
        Finding::Privacy { off: true } => Html::text(say!(lang;
            "Privacy mode is off: I see every message in groups that I joined since.",
            "Maxfiylik rejimi oʻchiq: shundan keyin qoʻshilgan guruhlarda hamma xabarni koʻraman.",
            "Режим приватности выключен: в группах, куда меня добавили после этого, вижу все сообщения.")),
        Finding::Privacy { off: false } => Html::text(say!(lang;
            "Privacy mode is on: where I am no administrator I see commands only. Make me administrator of each group, or /setprivacy with @BotFather and add me to the groups again.",
            "Maxfiylik rejimi yoqilgan: administrator boʻlmagan guruhlarda faqat buyruqlarni koʻraman. Har guruhda administrator qiling yoki @BotFather da /setprivacy qilib, guruhlarga qayta qoʻshing.",
            "Режим приватности включён: где я не администратор, вижу только команды. Сделайте меня администратором в группах или отключите приватность у @BotFather (/setprivacy) и добавьте меня заново.")),
        Finding::Webhook { url } if url.is_empty() => Html::text(
            say!(lang; "No webhook takes the updates away.", "Yangilanishlarni webhook olib ketmayapti.", "Вебхук обновления не перехватывает."),
        ),
        Finding::Webhook { url } => {
            let url = Html::code(url);
            say!(lang;
                html!("A webhook takes all updates to {}: stop that program, or call deleteWebhook (rollcall doctor says how).", url),
                html!("Webhook barcha yangilanishlarni {} ga olib ketyapti: oʻsha dasturni toʻxtating yoki deleteWebhook chaqiring (rollcall doctor koʻrsatadi).", url),
                html!("Вебхук уводит все обновления на {}: остановите ту программу или вызовите deleteWebhook (как — скажет rollcall doctor).", url))
        }
        Finding::OwnWebhook { waiting } => {
            let n = Html::text(waiting);
            say!(lang;
                html!("Telegram delivers to my webhook; updates that wait: {}.", n),
                html!("Telegram mening webhookimga yetkazyapti; kutayotgan yangilanishlar: {}.", n),
                html!("Telegram доставляет на мой вебхук; обновлений ждёт: {}.", n))
        }
        Finding::Receiving { trouble: None, last_answer } => {
            let at = last_answer.map_or_else(|| "—".to_owned(), |at| at.with_timezone(&zone).format("%H:%M:%S").to_string());
            let at = Html::text(at);
            say!(lang;
                html!("Receiving works; Telegram last answered at {}.", at),
                html!("Qabul qilish ishlayapti; Telegram oxirgi marta {} da javob berdi.", at),
                html!("Приём работает; последний ответ Telegram в {}.", at))
        }
        Finding::Receiving { trouble: Some(trouble), .. } => {
            let trouble = Html::code(trouble);
            say!(lang;
                html!("Nothing is received: {}", trouble),
                html!("Hech narsa qabul qilinmayapti: {}", trouble),
                html!("Ничего не приходит: {}", trouble))
        }
        Finding::Clock { skew_seconds } => {
            let skew = Html::text(skew_seconds);
            say!(lang;
                html!("This machine's clock differs from Telegram's by {} s.", skew),
                html!("Bu kompyuter soati Telegramnikidan {} soniya farq qiladi.", skew),
                html!("Часы этой машины расходятся с часами Telegram на {} с.", skew))
        }
        Finding::Disk { free_mb, least_mb } => {
            let (free, least) = (Html::text(number(*free_mb)), Html::text(number(*least_mb)));
            say!(lang;
                html!("Disk: {} MB free (warned below {}).", free, least),
                html!("Disk: {} MB boʻsh ({} dan kam boʻlsa, ogohlantiraman).", free, least),
                html!("Диск: свободно {} МБ (предупреждаю ниже {}).", free, least))
        }
        Finding::Session { state } => {
            let said = super::line::sentence(state, zone, lang);
            let said = if state.needs_login() { html!("{} {}", said, super::line::how_to_log_in(lang)) } else { said };
            say!(lang;
                html!("User session: {}", said),
                html!("Foydalanuvchi seansi: {}", said),
                html!("Пользовательская сессия: {}", said))
        }
        Finding::Quarantine { updates: 0 } => {
            Html::text(say!(lang; "No update is in quarantine.", "Karantinda yangilanish yoʻq.", "В карантине ничего нет."))
        }
        Finding::Quarantine { updates } => {
            let n = Html::text(updates);
            say!(lang;
                html!("Updates in quarantine: {}. They could not be handled; please report the files in quarantine/.", n),
                html!("Karantindagi yangilanishlar: {}. Ularga ishlov berib boʻlmadi; quarantine/ fayllari haqida xabar bering.", n),
                html!("Обновлений в карантине: {}. Их не удалось обработать; сообщите о файлах в quarantine/.", n))
        }
        Finding::UnreachableAdmins { admins: 0 } => Html::text(
            say!(lang; "Every admin can be written to.", "Barcha adminlarga yozish mumkin.", "Всем администраторам можно писать."),
        ),
        Finding::UnreachableAdmins { admins } => {
            let n = Html::text(admins);
            say!(lang;
                html!("Admins who can't be written to: {}. They have to send me /start.", n),
                html!("Yozib boʻlmaydigan adminlar: {}. Ular menga /start yuborishi kerak.", n),
                html!("Администраторов, которым нельзя написать: {}. Пусть отправят мне /start.", n))
        }
        Finding::NoAccount { teachers: 0 } => Html::text(
            say!(lang; "Every teacher has an account.", "Har bir oʻqituvchining akkaunti bor.", "У каждого учителя указан аккаунт."),
        ),
        Finding::NoAccount { teachers } => {
            let n = Html::text(teachers);
            say!(lang;
                html!("Teachers without a Telegram account, who can't count: {}. Teachers → the one with ❔ → Edit.", n),
                html!("Telegram akkaunti yoʻq, hisoblanmaydigan oʻqituvchilar: {}. Oʻqituvchilar → ❔ belgili → Tahrirlash.", n),
                html!("Учителей без аккаунта Telegram, их не посчитать: {}. Учителя → отмеченный ❔ → Изменить.", n))
        }
        Finding::SilentGroups { titles } if titles.is_empty() => Html::text(say!(lang;
            "Plain messages arrive from every group.",
            "Har bir guruhdan oddiy xabarlar kelyapti.",
            "Обычные сообщения приходят из всех групп.")),
        Finding::SilentGroups { titles } => {
            let titles = some(titles);
            say!(lang;
                html!("No plain message seen yet in: {}. Make me administrator there.", titles),
                html!("Hali oddiy xabar koʻrinmagan guruhlar: {}. Meni u yerda administrator qiling.", titles),
                html!("Обычных сообщений ещё не было в: {}. Сделайте меня там администратором.", titles))
        }
        Finding::EmptyGroups { titles } if titles.is_empty() => Html::text(say!(lang;
            "Somebody is counted in every group.",
            "Har bir guruhda kimdir hisoblanadi.",
            "В каждой группе кого-то считаем.")),
        Finding::EmptyGroups { titles } => {
            let titles = some(titles);
            say!(lang;
                html!("Nobody is counted in: {}. Groups → the group → Who is counted.", titles),
                html!("Hech kim hisoblanmaydigan guruhlar: {}. Guruhlar → guruh → Kimlar hisoblanadi.", titles),
                html!("Никого не считаем в: {}. Группы → группа → Кого считать.", titles))
        }
        Finding::GoneGroups { titles } if titles.is_empty() => Html::text(say!(lang;
            "I am in every registered group.",
            "Roʻyxatdagi barcha guruhlardaman.",
            "Я есть во всех группах из списка.")),
        Finding::GoneGroups { titles } => {
            let titles = some(titles);
            say!(lang;
                html!("I am no longer in: {}. Add me again, or remove the group.", titles),
                html!("Men endi yoʻq guruhlar: {}. Meni qayta qoʻshing yoki guruhni olib tashlang.", titles),
                html!("Меня больше нет в: {}. Добавьте меня снова или уберите группу.", titles))
        }
    }
}

fn some(titles: &[String]) -> Html {
    let mut names: Vec<_> = titles.iter().take(LISTED).map(|title| fitted(title, 40)).collect();
    if titles.len() > LISTED {
        names.push(format!("… +{}", titles.len() - LISTED));
    }
    Html::text(names.join(", "))
}

/// What `/diag` says in a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InGroup<'a> {
    /// Whether it is registered.
    pub registered: bool,
    /// Whether messages count.
    pub counts: bool,
    /// What the bot sees.
    pub sight: super::screen::Sight,
    /// Who is counted.
    pub counted: Vec<&'a str>,
}

/// `/diag` in a group.
pub fn in_group(group: &InGroup<'_>, lang: Lang) -> Html {
    if !group.registered {
        return Html::text(say!(lang;
            "❌ This group is not registered: nothing counts here. Send /confirm_group.",
            "❌ Bu guruh roʻyxatda yoʻq: hech narsa hisoblanmaydi. /confirm_group yuboring.",
            "❌ Группа не зарегистрирована: здесь ничего не считается. Отправьте /confirm_group."));
    }
    let mut said = super::screen::group_state(group.counts, false, lang);
    said.push_line(&super::screen::sight(group.sight, lang));
    said.push_line(&super::screen::counted_here(group.counted.len(), lang));
    for name in group.counted.iter().take(50) {
        said.push_line(&html!("• {}", Html::text(fitted(name, 60))));
    }
    said
}
