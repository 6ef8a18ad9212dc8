//! Background jobs and announcements, in words.

use chrono_tz::Tz;

use crate::{
    domain::{
        jobs::{DeliveryState, JobState},
        lang::Lang,
    },
    jobs::{
        announce::Counts,
        cron::CronFault,
        view::{Row, Sort},
    },
    orders::Refusal,
    say,
    text::{html::Html, report::moment},
};

pub use super::job_reason::reason;

/// As much of an error as somebody reads in a chat.
const LONGEST_ERROR: usize = 500;
/// And in a line of a list.
const LONGEST_REASON: usize = 200;

/// What a job is about.
pub fn sort(sort: Sort, lang: Lang) -> &'static str {
    match sort {
        Sort::Boards => say!(lang; "Study boards", "Oʻqish roʻyxatlari", "Рейтинги учёбы"),
        Sort::Exports => say!(lang; "Snapshots for the web", "Veb uchun nusxalar", "Снимки для сайта"),
        Sort::Groups => say!(lang; "Check of the groups", "Guruhlarni tekshirish", "Проверка групп"),
        Sort::Chats => say!(lang; "Chat statistics", "Chatlar statistikasi", "Статистика чатов"),
        Sort::Digest => say!(lang; "Report", "Hisobot", "Отчёт"),
        Sort::Backup => say!(lang; "Backup", "Zaxira nusxa", "Резервная копия"),
        Sort::Backfill => say!(lang; "Counting of what was missed", "Oʻtkazib yuborilganlarni sanash", "Досчёт пропущенного"),
        Sort::Announcement => say!(lang; "Message", "Xabar", "Сообщение"),
        Sort::Collection => say!(lang; "Collection of channels", "Kanallar toʻplami", "Сбор каналов"),
    }
}

/// How a job stands.
pub fn state(state: JobState, lang: Lang) -> &'static str {
    match state {
        JobState::Pending => say!(lang; "waiting", "kutmoqda", "ждёт"),
        JobState::Running => say!(lang; "running", "bajarilmoqda", "идёт"),
        JobState::Completed => say!(lang; "done", "bajarildi", "готово"),
        JobState::Failed => say!(lang; "failed", "xato", "ошибка"),
        JobState::Stopped => say!(lang; "stopped", "toʻxtatilgan", "остановлено"),
    }
}

/// How far a chat's share of a message is.
pub fn delivery(state: &DeliveryState, lang: Lang) -> &'static str {
    match state {
        DeliveryState::Waiting { .. } => say!(lang; "waiting", "kutmoqda", "ждёт"),
        DeliveryState::Sending { .. } => say!(lang; "on its way", "yuborilmoqda", "отправляется"),
        DeliveryState::Sent { .. } => say!(lang; "sent", "yuborildi", "отправлено"),
        DeliveryState::Failed { .. } => say!(lang; "failed", "xato", "не дошло"),
        DeliveryState::Unsure { .. } => {
            say!(lang; "nobody knows whether it arrived", "yetib borgani nomaʼlum", "неизвестно, дошло ли")
        }
        DeliveryState::Cancelled => say!(lang; "cancelled", "bekor qilingan", "отменено"),
    }
}

/// What became of a message in a chat: "✅ Grade 2" or "⚠️ Grade 3: Forbidden: …".
pub fn result(chat: &str, state: &DeliveryState, lang: Lang) -> Html {
    let sign = match state {
        DeliveryState::Waiting { .. } => "⏳",
        DeliveryState::Sending { .. } => "▶️",
        DeliveryState::Sent { .. } => "✅",
        DeliveryState::Failed { .. } => "⚠️",
        DeliveryState::Unsure { .. } => "❔",
        DeliveryState::Cancelled => "⏹",
    };
    let why = match state {
        DeliveryState::Failed { why, .. } => reason(why, lang).chars().take(LONGEST_REASON).collect(),
        _ => delivery(state, lang).to_owned(),
    };
    Html::text(format!("{sign} {chat}: {why}"))
}

/// A state as one sign.
pub fn sign(state: JobState) -> &'static str {
    match state {
        JobState::Pending => "⏳",
        JobState::Running => "▶️",
        JobState::Completed => "✅",
        JobState::Failed => "⚠️",
        JobState::Stopped => "⏹",
    }
}

/// "✅ Report digest-1"
pub fn on_button(row: &Row, lang: Lang) -> String {
    let number = if row.sort.is_removable() { format!(" {}", row.id) } else { String::new() };
    format!("{} {}{number}", sign(row.state), sort(row.sort, lang))
}

/// On the button that leads to all jobs at once, and the heading there.
pub fn together(lang: Lang) -> &'static str {
    say!(lang; "🗂 All at once", "🗂 Barchasi birga", "🗂 Все сразу")
}

/// How many jobs stand how, and what starting and stopping all of them means.
pub fn all_jobs(rows: &[Row], lang: Lang) -> Html {
    let mut html = Html::bold(together(lang));
    for stand in [JobState::Running, JobState::Pending, JobState::Completed, JobState::Failed, JobState::Stopped] {
        let n = rows.iter().filter(|row| row.state == stand).count();
        if n > 0 {
            html.push_text(format!("\n{} {}: {n}", sign(stand), state(stand, lang)));
        }
    }
    html.push_text("\n\n");
    html.push_text(say!(lang;
        "Stop ends everything that runs or would begin by itself, and cancels messages that aren't sent yet. Start begins what was stopped, messages excepted.",
        "Toʻxtatish ishlayotgan yoki oʻzi boshlanadigan hamma narsani tugatadi va hali yuborilmagan xabarlarni bekor qiladi. Boshlash toʻxtatilganlarni boshlaydi, xabarlardan tashqari.",
        "Остановка завершает всё, что идёт или началось бы само, и отменяет неотправленные сообщения. Запуск начинает остановленное, кроме сообщений."));
    html
}

/// A job with all that is to be known of it.
pub fn job(row: &Row, counts: Option<Counts>, zone: Tz, lang: Lang) -> Html {
    let mut html = Html::bold(on_button(row, lang));
    let mut fact = |name: &str, value: String| {
        html.push_text(format!("\n{name}: "));
        html.push_text(value);
    };
    fact(say!(lang; "State", "Holati", "Состояние"), state(row.state, lang).to_owned());
    if row.total > 0 {
        fact(say!(lang; "Done", "Bajarildi", "Выполнено"), format!("{} / {}", row.done, row.total));
    }
    if let Some(Counts { failed, unsure, cancelled, .. }) = counts {
        for (n, name) in [
            (failed, say!(lang; "Not arrived", "Yetib bormadi", "Не дошло")),
            (unsure, say!(lang; "Nobody knows", "Nomaʼlum", "Неизвестно")),
            (cancelled, say!(lang; "Cancelled", "Bekor qilingan", "Отменено")),
        ] {
            if n > 0 {
                fact(name, n.to_string());
            }
        }
    }
    if let Some(at) = row.last_run {
        fact(say!(lang; "Last run", "Oxirgi marta", "Последний запуск"), moment(at, zone));
    }
    if let Some(at) = row.next_run {
        fact(say!(lang; "Next run", "Keyingi marta", "Следующий запуск"), moment(at, zone));
    }
    if let Some(schedule) = &row.schedule {
        fact(say!(lang; "Schedule", "Jadval", "Расписание"), schedule.cron.clone());
    }
    if let Some(why) = &row.last_error {
        fact(
            say!(lang; "Last error", "Oxirgi xato", "Последняя ошибка"),
            reason(why, lang).chars().take(LONGEST_ERROR).collect(),
        );
    }
    html
}

/// Why an order about jobs is refused.
pub fn refusal(why: &Refusal, lang: Lang) -> String {
    match why {
        Refusal::UnknownJob(id) => say!(lang;
            format!("There is no job {id} any more."),
            format!("{id} vazifasi endi yoʻq."),
            format!("Задачи {id} больше нет.")),
        Refusal::NoSuchTime => say!(lang;
            "That is no time in the past: give its first day, and its last one or none.",
            "Bu oʻtgan vaqt emas: birinchi kunini, keyin oxirgisini yozing yoki boʻsh qoldiring.",
            "Это не прошедшее время: укажите первый день и последний, или только первый.")
        .to_owned(),
        Refusal::NothingStopped => say!(lang;
            "No job is stopped.", "Toʻxtatilgan vazifa yoʻq.", "Остановленных задач нет.")
        .to_owned(),
        Refusal::NothingRuns => say!(lang;
            "No job runs, and none would by itself.",
            "Hech bir vazifa ishlamayapti va oʻzi boshlanmaydi.",
            "Ни одна задача не идёт и сама не начнётся.")
        .to_owned(),
        Refusal::OwnMaster(id) => say!(lang;
            format!("{id} runs by itself and can only be looked at here."),
            format!("{id} oʻzi ishlaydi, bu yerda faqat koʻrish mumkin."),
            format!("{id} работает сама, здесь её можно только посмотреть.")),
        Refusal::RunsAlready(id) => say!(lang;
            format!("{id} runs at this moment; wait until it has ended, or stop it."),
            format!("{id} hozir ishlamoqda; tugashini kuting yoki toʻxtating."),
            format!("{id} сейчас идёт; дождитесь конца или остановите.")),
        Refusal::NotRemovable(id) => say!(lang;
            format!("{id} can be stopped, but not removed."),
            format!("{id} ni toʻxtatish mumkin, olib tashlab boʻlmaydi."),
            format!("{id} можно остановить, но не убрать.")),
        Refusal::Cron(CronFault::Unreadable(text)) => say!(lang;
            format!("\u{201c}{text}\u{201d} is no time: write minute, hour, day, month and weekday, such as 0 9 * * MON."),
            format!("\u{201c}{text}\u{201d} vaqt emas: daqiqa, soat, kun, oy va hafta kunini yozing, masalan 0 9 * * MON."),
            format!("«{text}» не время: напишите минуту, час, день, месяц и день недели, например 0 9 * * MON.")),
        Refusal::Cron(CronFault::Never(text)) => say!(lang;
            format!("\u{201c}{text}\u{201d} never comes: no calendar has such a day."),
            format!("\u{201c}{text}\u{201d} hech qachon kelmaydi: bunday kun yoʻq."),
            format!("«{text}» никогда не наступит: такого дня нет.")),
        Refusal::SentOnce(id) => say!(lang;
            format!("{id} is sent once; write another message for another time."),
            format!("{id} bir marta yuboriladi; boshqa vaqt uchun yangi xabar yozing."),
            format!("{id} отправляется один раз; для другого времени напишите новое.")),
        Refusal::NothingToSend => say!(lang;
            "There is nothing to send: write a text, or choose a file.",
            "Yuboriladigan narsa yoʻq: matn yozing yoki fayl tanlang.",
            "Отправлять нечего: напишите текст или выберите файл.")
        .to_owned(),
        Refusal::TooLong => say!(lang;
            "The text is too long: at most 20,000 characters.",
            "Matn juda uzun: koʻpi bilan 20 000 belgi.",
            "Текст слишком длинный: не больше 20 000 символов.")
        .to_owned(),
        Refusal::NobodyToSendTo => say!(lang;
            "There is nobody to send it to: no registered group fits.",
            "Yuboradigan joy yoʻq: mos guruh topilmadi.",
            "Отправлять некому: подходящих групп нет.")
        .to_owned(),
        Refusal::NothingToRepeat(id) => say!(lang;
            format!("Nothing of {id} can be sent again: nothing failed, or its text is gone."),
            format!("{id} ni qayta yuborib boʻlmaydi: xato yoʻq yoki matni oʻchirilgan."),
            format!("{id} нельзя отправить снова: ошибок нет или текст уже удалён.")),
        Refusal::NoBackupFolder(dir) => say!(lang;
            format!("{dir} is no folder for backups: give its whole path."),
            format!("{dir} zaxira uchun papka emas: toʻliq yoʻlini yozing."),
            format!("{dir} не папка для копий: укажите полный путь.")),
        Refusal::NoChannels(why) => say!(lang;
            format!("Those are no public channels: {why}"),
            format!("Bular ochiq kanallar emas: {why}"),
            format!("Это не открытые каналы: {why}")),
        Refusal::NoCollectionFolder(dir) => say!(lang;
            format!("{dir} is no folder for a collection: give its whole path, or a name of small letters and digits."),
            format!("{dir} toʻplam uchun papka emas: toʻliq yoʻlini yoki kichik harf va raqamlardan iborat nom yozing."),
            format!("{dir} не папка для сбора: укажите полный путь или имя из строчных букв и цифр.")),
        // The others are told elsewhere.
        _ => why.to_string(),
    }
}
