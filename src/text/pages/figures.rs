//! What figures, charts and tables are called.

use super::{Words, words};
use crate::{
    domain::{change::Warning, lang::Lang, line::LineState},
    report::trend::Trend,
    say,
    text::{english, number, russian},
};

words! {
    overview_lead: "What happened today and this week, and who is missing.", "Bugun va shu haftada nima boʻldi, kim koʻrinmayapti.", "Что было сегодня и на этой неделе, и кого не хватает.";
    today_messages: "Messages today", "Bugungi xabarlar", "Сообщений сегодня";
    today_teachers: "Teachers active today", "Bugun faol oʻqituvchilar", "Активных учителей сегодня";
    week_messages: "Messages, last 7 days", "Xabarlar, soʻnggi 7 kun", "Сообщений за 7 дней";
    week_teachers: "Active, last 7 days", "Faollar, soʻnggi 7 kun", "Активных за 7 дней";
    groups_counted: "Groups counted", "Hisoblanayotgan guruhlar", "Групп учитывается";
    in_calls_now: "In calls now", "Hozir qoʻngʻiroqda", "Сейчас в звонках";
    by_day: "Messages by day", "Kunlar boʻyicha xabarlar", "Сообщения по дням";
    by_hour: "When people write", "Qachon yozishadi", "Когда пишут";
    by_kind: "By kind", "Turlari boʻyicha", "По видам";
    day: "Day", "Kun", "День";
    hour: "Hour", "Soat", "Час";
    weekday: "Weekday", "Hafta kuni", "День недели";
    kind: "Kind", "Turi", "Вид";
    messages: "Messages", "Xabarlar", "Сообщения";
    name: "Name", "Ism", "Имя";
    title: "Title", "Nomi", "Название";
    id: "Id", "Id", "Id";
    group: "Group", "Guruh", "Группа";
    account: "Telegram account", "Telegram hisobi", "Аккаунт Telegram";
    status: "Status", "Holati", "Состояние";
    active: "Active", "Faol", "Активен";
    not_active: "Not active", "Faol emas", "Не активен";
    counted: "Counted", "Hisoblanadi", "Учитывается";
    switched_off: "Switched off", "Oʻchirilgan", "Выключена";
    bot_gone: "The bot is not there", "Bot guruhda yoʻq", "Бота там нет";
    text: "Text", "Matn", "Текст";
    media: "Media", "Media", "Медиа";
    total: "Total", "Jami", "Всего";
    silent: "Silent this week", "Bu hafta jimlar", "Молчат на этой неделе";
    silent_none: "Everybody who is counted wrote something in the last 7 days.", "Hisoblanadigan hamma soʻnggi 7 kunda yozgan.", "За последние 7 дней написали все, кого учитываем.";
    top_groups: "Busiest groups, last 7 days", "Eng faol guruhlar, soʻnggi 7 kun", "Самые активные группы за 7 дней";
    no_groups: "No group is registered yet. Add the bot to a group; it tells you there what to do next.", "Hali guruh roʻyxatga olinmagan. Botni guruhga qoʻshing; keyin nima qilishni oʻzi aytadi.", "Пока нет ни одной группы. Добавьте бота в группу: он подскажет, что дальше.";
    no_teachers: "No teacher is registered yet. Add the first one in the form on this page or in the bot's menu.", "Hali oʻqituvchi yoʻq. Birinchisini shu sahifadagi shaklda yoki bot menyusida qoʻshing.", "Пока нет ни одного учителя. Добавьте первого в форме на этой странице или в меню бота.";
    no_activity: "Nothing was counted in this period.", "Bu davrda hech narsa hisoblanmagan.", "За этот период ничего не насчитано.";
    alarms: "Needs attention", "Eʼtibor talab qiladi", "Требует внимания";
    all_well: "All is well", "Hammasi joyida", "Всё в порядке";
    teachers_of_group: "Teachers of this group", "Bu guruh oʻqituvchilari", "Учителя этой группы";
    groups_of_teacher: "Groups of this teacher", "Bu oʻqituvchining guruhlari", "Группы этого учителя";
    calls_now: "Calls going on now", "Hozirgi qoʻngʻiroqlar", "Звонки сейчас";
    no_calls: "No call is going on in a watched group.", "Kuzatilayotgan guruhlarda hozir qoʻngʻiroq yoʻq.", "В отслеживаемых группах сейчас нет звонков.";
    since: "Since", "Boshlandi", "С какого времени";
    people: "People", "Odamlar", "Люди";
    person: "Person", "Kim", "Кто";
    joined: "Joined", "Qoʻshildi", "Вошёл";
    muted: "Muted", "Ovozsiz", "Без звука";
    so_far: "Longest so far", "Eng uzoq", "Дольше всех";
    communities: "Study groups", "Oʻqish guruhlari", "Учебные группы";
    no_communities: "No group's voice chats are watched yet. Choose one in the bot's menu, under Study time.", "Hali hech qaysi guruhning ovozli suhbatlari kuzatilmayapti. Bot menyusida «Oʻqish vaqti» boʻlimidan tanlang.", "Голосовые чаты пока не отслеживаются. Выберите группу в меню бота: «Учебное время».";
    watched: "Watched", "Kuzatilmoqda", "Отслеживается";
    not_watched: "Not watched", "Kuzatilmayapti", "Не отслеживается";
    place: "Place", "Oʻrin", "Место";
    time: "Time", "Vaqt", "Время";
    seconds: "Seconds", "Soniyalar", "Секунды";
    nobody_studied: "Nobody studied long enough to be on this board yet.", "Hali hech kim roʻyxatga kirarli darajada oʻqimagan.", "Пока никто не занимался достаточно долго.";
    boards_posted: "Boards posted", "Chiqarilgan roʻyxatlar", "Опубликованные рейтинги";
    when: "When", "Qachon", "Когда";
    who: "Who", "Kim", "Кто";
    what: "What", "Nima", "Что";
    audit_lead: "Who changed what, newest first.", "Kim nimani oʻzgartirgan, yangisi yuqorida.", "Кто что менял, новое сверху.";
    audit_empty: "Nothing has been changed yet.", "Hali hech narsa oʻzgartirilmagan.", "Пока ничего не меняли.";
    bots: "Bots", "Botlar", "Боты";
    username: "Username", "Foydalanuvchi nomi", "Имя пользователя";
    receiving: "Receives", "Qabul qilmoqda", "Принимает";
    not_receiving: "Doesn't receive", "Qabul qilmayapti", "Не принимает";
    starting: "Starting", "Ishga tushmoqda", "Запускается";
    revoked: "Token not valid", "Token yaroqsiz", "Токен недействителен";
    last_answer: "Last answer", "Soʻnggi javob", "Последний ответ";
    privacy_mode: "Privacy mode", "Maxfiylik rejimi", "Режим приватности";
    privacy_on: "on", "yoqilgan", "включён";
    privacy_off: "off", "oʻchirilgan", "выключен";
    receives_by: "Receives by", "Qabul usuli", "Способ приёма";
    polling: "Polling", "Polling", "Опрос";
    waiting: "Waiting", "Kutmoqda", "Ждут";
    last_error: "Last error", "Soʻnggi xato", "Последняя ошибка";
    who_counts: "Which bot counts where", "Qaysi bot qayerda hisoblaydi", "Какой бот где считает";
    counted_by: "Counted by", "Hisoblovchi bot", "Считает";
    others_there: "Also there", "U yerda yana", "Там же";
    count_by: "Have another bot count here", "Boshqa bot hisoblasin", "Пусть считает другой бот";
    bot: "Bot", "Bot", "Бот";
    assistants: "Assistants", "Yordamchilar", "Ассистенты";
    models: "Models", "Modellar", "Модели";
    may_ask: "May ask", "Kim soʻrashi mumkin", "Кто может спрашивать";
    only_admins: "Admins", "Adminlar", "Администраторы";
    admins_and_members: "Admins, and members about themselves", "Adminlar, aʼzolar esa oʻzlari haqida", "Администраторы, участники — о себе";
    in_groups: "In groups", "Guruhlarda", "В группах";
    when_named: "when named", "nomi aytilsa", "по имени";
    tokens_today: "Tokens today", "Bugungi tokenlar", "Токенов сегодня";
    tokens_a_day: "Tokens a day at most", "Kuniga koʻpi bilan", "Токенов в день не больше";
    answered: "Answered", "Javob berildi", "С ответом";
    unanswered: "Not answered", "Javobsiz", "Без ответа";
    model: "Model", "Model", "Модель";
    no_model_asked: "No model was asked since the start.", "Ishga tushgandan beri modelga murojaat boʻlmagan.", "С запуска модели ещё не спрашивали.";
    active_days: "Days with messages", "Xabarli kunlar", "Дней с сообщениями";
}

impl Words {
    /// "▲ 12 %" or "no change", against the period before.
    pub fn trend(self, trend: Trend) -> String {
        match trend {
            Trend::Same => say!(self.0; "as before", "avvalgidek", "как раньше").to_owned(),
            Trend::Up { percent: Some(percent), .. } => format!("▲ {percent} %"),
            Trend::Up { by, percent: None } => format!("▲ {}", number(by)),
            Trend::Down { percent, .. } => format!("▼ {percent} %"),
        }
    }

    /// What a trend is measured against: "from 1,204".
    pub fn against(self, before: u64) -> String {
        let before = number(before);
        say!(self.0; format!("from {before}"), format!("avval {before}"), format!("было {before}"))
    }

    /// "of 24"
    pub fn of(self, all: u64) -> String {
        let all = number(all);
        say!(self.0; format!("of {all}"), format!("{all} tadan"), format!("из {all}"))
    }

    /// Somebody waits to be registered.
    pub fn requests(self, n: u64) -> String {
        say!(self.0;
            format!("{n} {} to be registered: answer in the bot's menu, under Requests.", english(n, "person waits", "people wait")),
            format!("{n} kishi roʻyxatga olishni kutmoqda: bot menyusidagi soʻrovlarga javob bering."),
            format!("{n} {} регистрации: ответьте в меню бота.", russian(n, "человек ждёт", "человека ждут", "человек ждут")))
    }

    /// Groups that no admin confirmed.
    pub fn candidates(self, n: u64) -> String {
        say!(self.0;
            format!("{n} {} to be confirmed: answer in the bot's menu, under Groups.", english(n, "group waits", "groups wait")),
            format!("{n} ta guruh tasdiqlashni kutmoqda: bot menyusida tasdiqlang."),
            format!("{n} {} подтверждения: ответьте в меню бота.", russian(n, "группа ждёт", "группы ждут", "групп ждут")))
    }

    /// Groups in which the bot is no longer.
    pub fn gone(self, n: u64) -> String {
        say!(self.0;
            format!("The bot is no longer in {n} {}: nothing is counted there.", english(n, "group", "groups")),
            format!("Bot {n} ta guruhdan chiqarilgan: u yerda hisoblanmayapti."),
            format!("Бота больше нет в {n} {}: там ничего не учитывается.", russian(n, "группе", "группах", "группах")))
    }
}

/// What admins were warned of, as long as it holds.
pub fn warning(warning: Warning, lang: Lang) -> &'static str {
    match warning {
        Warning::WasAway => say!(lang;
            "The bot was away so long that Telegram may have dropped messages.",
            "Bot uzoq vaqt oʻchiq turdi: Telegram ayrim xabarlarni oʻchirgan boʻlishi mumkin.",
            "Бот долго не работал: Telegram мог удалить часть сообщений."),
        Warning::DiskLow => say!(lang;
            "The disk is nearly full: make room before nothing can be written any more.",
            "Disk deyarli toʻla: joy boʻshating.",
            "Диск почти заполнен: освободите место."),
        Warning::NothingCounted => say!(lang;
            "Nothing has been counted for a long working time: look at /diag in the chat with the bot.",
            "Ish vaqtida anchadan beri hech narsa hisoblanmadi: bot bilan chatda /diag buyrugʻini koʻring.",
            "В рабочее время давно ничего не насчитано: посмотрите /diag в чате с ботом."),
        Warning::Blind5 | Warning::Blind10 | Warning::Blind15 => say!(lang;
            "Nobody can see into the voice chats: study time isn't measured meanwhile.",
            "Ovozli suhbatlar koʻrinmayapti: oʻqish vaqti hozir oʻlchanmayapti.",
            "Голосовые чаты не видны: учебное время сейчас не измеряется."),
        Warning::SessionEnded => say!(lang;
            "Telegram ended the user session: log in again with `rollcall session login`.",
            "Telegram foydalanuvchi seansini tugatdi: `rollcall session login` bilan qayta kiring.",
            "Telegram завершил сеанс пользователя: войдите снова командой `rollcall session login`."),
    }
}

/// How the user session does, in a word.
pub fn line_word(state: &LineState, lang: Lang) -> &'static str {
    match state {
        LineState::NotConfigured => say!(lang; "not set up", "sozlanmagan", "не настроен"),
        LineState::NotLoggedIn => say!(lang; "nobody is logged in", "hech kim kirmagan", "никто не вошёл"),
        LineState::Connecting { .. } => say!(lang; "connecting", "ulanmoqda", "подключается"),
        LineState::Up { .. } => say!(lang; "works", "ishlayapti", "работает"),
        LineState::Waiting { .. } => {
            say!(lang; "Telegram makes it wait", "Telegram kutishni soʻradi", "Telegram просит подождать")
        }
        LineState::Dead { .. } => say!(lang; "waits for somebody: /diag", "yordam kerak: /diag", "нужна помощь: /diag"),
    }
}
