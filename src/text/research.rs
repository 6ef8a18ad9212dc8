//! Sentences of the page on which people collect public channels with an account of their own.

use crate::{
    domain::{lang::Lang, sign_in_fault::SignInFault},
    say,
};

/// What Telegram asked for.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// Nothing.
    Nothing,
    /// The code, which it sent this way.
    Code(&'a str),
    /// The password, with its owner's hint.
    Password(Option<&'a str>),
}

/// What went wrong, and what to do.
pub fn fault(fault: &SignInFault, lang: Lang) -> String {
    let said = match fault {
        SignInFault::Api => say!(lang;
            "The api_id or the api_hash is wrong: copy both again from my.telegram.org.",
            "api_id yoki api_hash notoʻgʻri: ikkalasini my.telegram.org dan qayta koʻchiring.",
            "Неверный api_id или api_hash: скопируйте оба заново с my.telegram.org."),
        SignInFault::Phone => say!(lang;
            "The phone number is wrong: write it with + and the country’s code.",
            "Telefon raqami notoʻgʻri: + va davlat kodi bilan yozing.",
            "Неверный номер телефона: напишите его с + и кодом страны."),
        SignInFault::NoAccount => say!(lang;
            "There is no Telegram account with this phone number.",
            "Bu telefon raqamida Telegram hisobi yoʻq.",
            "С этим номером нет учётной записи Telegram."),
        SignInFault::Code => say!(lang;
            "The code is wrong: look at the newest message from Telegram.",
            "Kod notoʻgʻri: Telegramdan kelgan eng yangi xabarga qarang.",
            "Неверный код: посмотрите самое новое сообщение от Telegram."),
        SignInFault::CodeExpired => say!(lang;
            "The code isn’t valid any more: begin again.",
            "Kod endi yaroqsiz: qaytadan boshlang.",
            "Код больше не действует: начните заново."),
        SignInFault::Password => say!(lang;
            "The password is wrong: it is the one for two-step verification.",
            "Parol notoʻgʻri: bu ikki bosqichli tasdiqlash paroli.",
            "Неверный пароль: нужен пароль двухэтапной проверки."),
        SignInFault::Wait(time) => {
            let minutes = time.as_secs().div_ceil(60);
            return say!(lang;
                format!("Telegram asks to wait {minutes} min before the next try."),
                format!("Telegram keyingi urinishgacha {minutes} daqiqa kutishni soʻramoqda."),
                format!("Telegram просит подождать {minutes} мин до следующей попытки."));
        }
        SignInFault::NotLoggedOut => say!(lang;
            "Everything here is deleted, but Telegram couldn’t be told. End the session in the app: Settings → Devices.",
            "Bu yerdagi hammasi oʻchirildi, lekin Telegramga xabar berib boʻlmadi. Seansni ilovada tugating: Sozlamalar → Qurilmalar.",
            "Здесь всё удалено, но Telegram не ответил. Завершите сеанс в приложении: Настройки → Устройства."),
        SignInFault::Other(why) => why,
    };
    said.to_owned()
}

/// What is wrong in the form that says what to collect.
#[derive(Clone, Copy, Debug)]
pub enum Unfit {
    /// No channel is named.
    Nothing,
    /// What should be a day is none.
    Day,
    /// The first day is later than the last one.
    Order,
    /// A snowball goes so many times at most.
    Depth(u32),
}

/// What is wrong, and what to write.
pub fn unfit(why: Unfit, lang: Lang) -> String {
    let said = match why {
        Unfit::Nothing => say!(lang;
            "Name at least one channel: @name or a link to it.",
            "Kamida bitta kanalni yozing: @nom yoki unga havola.",
            "Назовите хотя бы один канал: @имя или ссылку на него."),
        Unfit::Day => say!(lang;
            "This is no day: write it as 2026-01-31.",
            "Bu kun emas: 2026-01-31 koʻrinishida yozing.",
            "Это не день: напишите его как 2026-01-31."),
        Unfit::Order => say!(lang;
            "The first day is later than the last one.",
            "Birinchi kun oxirgisidan keyin turibdi.",
            "Первый день позже последнего."),
        Unfit::Depth(deepest) => {
            return say!(lang;
                format!("A snowball goes on from channel to channel {deepest} times at most."),
                format!("Kanaldan kanalga koʻpi bilan {deepest} marta oʻtiladi."),
                format!("От канала к каналу можно перейти не более {deepest} раз."));
        }
    };
    said.to_owned()
}

/// What was typed names no public channels.
pub fn no_channels(why: &str, lang: Lang) -> String {
    say!(lang;
        format!("Those are no public channels: {why}"),
        format!("Bular ochiq kanallar emas: {why}"),
        format!("Это не открытые каналы: {why}"))
}

/// A run ended before its time.
pub fn cut_short(why: &str, lang: Lang) -> String {
    say!(lang;
        format!("It ended before its time: {why}. What came until then is here; the same again goes on from there."),
        format!("Muddatidan oldin tugadi: {why}. Shu paytgacha kelgani shu yerda; takrorlansa, oʻsha joydan davom etadi."),
        format!("Закончилось раньше времени: {why}. Что успело прийти, здесь; повтор продолжит с того же места."))
}

/// Where the code went, or the password's hint: a name and a value.
pub fn asked(asked: Asked<'_>, lang: Lang) -> Option<(String, String)> {
    match asked {
        Asked::Nothing | Asked::Password(None) => None,
        Asked::Code(sent_by) => {
            Some((say!(lang; "The code was sent", "Kod yuborildi", "Код отправлен").to_owned(), sent_by.to_owned()))
        }
        Asked::Password(Some(hint)) => Some((say!(lang; "Hint", "Eslatma", "Подсказка").to_owned(), hint.to_owned())),
    }
}
