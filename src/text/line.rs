//! What admins are told of the user session. How to log in is always the terminal: a code that is sent in a chat expires.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::html::Html;
use crate::{
    domain::{
        lang::Lang,
        line::{DeadWhy, LineState},
    },
    html, say,
};

/// The screen "Study time → user session": how it does, and what to do.
pub fn screen(state: &LineState, account: Option<&str>, zone: Tz, lang: Lang) -> Html {
    let mut said = Html::bold(say!(lang; "👤 User session", "👤 Foydalanuvchi seansi", "👤 Пользовательская сессия"));
    if let Some(account) = account {
        let account = Html::text(account);
        said.push_line(&say!(lang;
            html!("Account: {}", account),
            html!("Akkaunt: {}", account),
            html!("Аккаунт: {}", account)));
    }
    said.push_line(&sentence(state, zone, lang));
    if state.needs_login() {
        said.push_line(&Html::new());
        said.push_line(&how_to_log_in(lang));
    }
    said
}

/// How the session does, in a sentence.
pub fn sentence(state: &LineState, zone: Tz, lang: Lang) -> Html {
    let at = |time: &DateTime<Utc>| Html::text(time.with_timezone(&zone).format("%Y-%m-%d %H:%M"));
    match state {
        LineState::NotConfigured => Html::text(say!(lang;
            "Study time isn't set up: TELEGRAM_API_ID and TELEGRAM_API_HASH (from my.telegram.org) are missing in the settings.",
            "Oʻqish vaqti sozlanmagan: sozlamalarda TELEGRAM_API_ID va TELEGRAM_API_HASH (my.telegram.org dan) yoʻq.",
            "Учёт времени не настроен: в настройках нет TELEGRAM_API_ID и TELEGRAM_API_HASH (с my.telegram.org).")),
        LineState::NotLoggedIn => Html::text(say!(lang;
            "Nobody is logged in, so voice chats can't be seen.",
            "Hech kim kirmagan, shuning uchun ovozli chatlar koʻrinmaydi.",
            "Никто не вошёл, поэтому голосовые чаты не видны.")),
        LineState::Connecting { since, why } => {
            let since = at(since);
            let why = why.as_ref().map_or_else(Html::new, |why| html!(": {}", Html::code(why)));
            say!(lang;
                html!("Connecting since {}{}. What happens meanwhile is marked as unseen.", since, why),
                html!("{} dan beri ulanmoqda{}. Bu vaqtdagi hodisalar koʻrilmagan deb belgilanadi.", since, why),
                html!("Подключаюсь с {}{}. Время без связи отмечается как ненаблюдаемое.", since, why))
        }
        LineState::Up { since } => {
            let since = at(since);
            say!(lang;
                html!("Works since {}.", since),
                html!("{} dan beri ishlayapti.", since),
                html!("Работает с {}.", since))
        }
        LineState::Waiting { until } => {
            let until = at(until);
            say!(lang;
                html!("Telegram asks to wait until {}.", until),
                html!("Telegram {} gacha kutishni soʻradi.", until),
                html!("Telegram просит подождать до {}.", until))
        }
        LineState::Dead { since, why: DeadWhy::LoggedOut } => {
            let since = at(since);
            say!(lang;
                html!("Telegram ended the session at {}: somebody removed the device, or two programs used it.", since),
                html!("Telegram seansni {} da tugatdi: kimdir qurilmani oʻchirgan yoki uni ikki dastur ishlatgan.", since),
                html!("Telegram завершил сессию {}: устройство удалили или ею пользовались две программы.", since))
        }
        LineState::Dead { since, why: DeadWhy::File(why) | DeadWhy::Settings(why) } => {
            let (since, why) = (at(since), Html::code(why));
            say!(lang;
                html!("Doesn't work since {}: {}", since, why),
                html!("{} dan beri ishlamayapti: {}", since, why),
                html!("Не работает с {}: {}", since, why))
        }
    }
}

/// What to type, and where.
pub fn how_to_log_in(lang: Lang) -> Html {
    let (code, qr) = (Html::code("rollcall session login"), Html::code("rollcall session login --qr"));
    say!(lang;
        html!("Log in at the server's terminal: {} or {} (a QR code to scan). Never send the login code in a chat: Telegram kills it at once. The bot goes on by itself.", code, qr),
        html!("Server terminalida kiring: {} yoki {} (skanerlash uchun QR kod). Kirish kodini hech qachon chatga yubormang: Telegram uni darrov bekor qiladi. Bot oʻzi davom etadi.", code, qr),
        html!("Войдите в терминале сервера: {} или {} (QR-код для сканирования). Никогда не присылайте код входа в чат: Telegram сразу его отменит. Дальше бот продолжит сам.", code, qr))
}

/// To the admins, once.
pub fn ended(account: Option<&str>, lang: Lang) -> Html {
    let whose = account.map_or_else(Html::new, |account| html!(" ({})", Html::text(account)));
    let said = say!(lang;
        html!("🔌 Telegram ended the user session{}: study time stands still, messages are counted on.", whose),
        html!("🔌 Telegram foydalanuvchi seansini{} tugatdi: oʻqish vaqti toʻxtab turibdi, xabarlar hisoblanishda davom etadi.", whose),
        html!("🔌 Telegram завершил пользовательскую сессию{}: учёт времени стоит, сообщения считаются дальше.", whose));
    html!("{}\n{}", said, how_to_log_in(lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_sentence_in_every_language() {
        let now = DateTime::from_timestamp(1_772_000_000, 0).expect("a time");
        let states = [
            LineState::NotConfigured,
            LineState::NotLoggedIn,
            LineState::Connecting { since: now, why: Some("no <answer>".to_owned()) },
            LineState::Up { since: now },
            LineState::Waiting { until: now },
            LineState::Dead { since: now, why: DeadWhy::LoggedOut },
            LineState::Dead { since: now, why: DeadWhy::Settings("no SOCKS5".to_owned()) },
        ];
        let mut text = String::new();
        for lang in [Lang::En, Lang::Uz, Lang::Ru] {
            for state in &states {
                text += &format!("{}\n---\n", screen(state, Some("Ann <1>"), chrono_tz::Asia::Tashkent, lang).as_str());
            }
            text += &format!("{}\n===\n", ended(Some("Ann"), lang).as_str());
        }
        insta::assert_snapshot!(text);
    }
}
