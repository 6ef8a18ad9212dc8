//! Reports that come by themselves, chosen in an admin's chat.

use chrono_tz::Tz;

use super::html::Html;
use crate::{
    admin::press::{Plan, PlanDay},
    domain::{
        jobs::{DigestFormat, JobId},
        lang::Lang,
    },
    html, say,
};

/// In the list of jobs.
pub fn new(lang: Lang) -> String {
    say!(lang; "➕ A report by itself", "➕ Oʻzi keladigan hisobot", "➕ Отчёт по расписанию").to_owned()
}

/// Each week.
pub fn weekly(lang: Lang) -> &'static str {
    say!(lang; "Weekly", "Har hafta", "Каждую неделю")
}

/// Each month.
pub fn monthly(lang: Lang) -> &'static str {
    say!(lang; "Monthly", "Har oy", "Каждый месяц")
}

/// A weekday from 1 (Monday), short.
pub fn weekday(day: u8, lang: Lang) -> &'static str {
    let days = say!(lang;
        ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
        ["Du", "Se", "Ch", "Pa", "Ju", "Sh", "Ya"],
        ["Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"]);
    days[usize::from(day.clamp(1, 7)) - 1]
}

/// As what it comes.
pub fn format(format: DigestFormat, lang: Lang) -> &'static str {
    match format {
        DigestFormat::Text => say!(lang; "Text", "Matn", "Текст"),
        DigestFormat::Picture => say!(lang; "Picture", "Rasm", "Картинка"),
        DigestFormat::Workbook => "Excel",
        DigestFormat::Csv => "CSV",
    }
}

/// To each admin.
pub fn to_admins(lang: Lang) -> &'static str {
    say!(lang; "To the admins", "Adminlarga", "Админам")
}

/// To a group.
pub fn to_group(lang: Lang) -> &'static str {
    say!(lang; "To a group…", "Guruhga…", "В группу…")
}

/// To which?
pub fn which_group(lang: Lang) -> Html {
    Html::text(say!(lang;
        "👥 Which group gets the report? Everybody there sees it.",
        "👥 Hisobot qaysi guruhga borsin? Uni u yerdagi hamma koʻradi.",
        "👥 Какая группа получит отчёт? Его увидят все её участники."))
}

/// Yes.
pub fn make(lang: Lang) -> String {
    say!(lang; "✅ Send it so", "✅ Shunday yuborilsin", "✅ Так и присылать").to_owned()
}

/// As chosen so far.
pub fn plan(plan: &Plan, group: Option<&str>, zone: Tz, lang: Lang) -> Html {
    let when = match plan.day {
        PlanDay::Week(day) => format!("{}, {}, {}:00", weekly(lang), weekday(day, lang), plan.hour),
        PlanDay::Month(day) => format!("{}, {day}, {}:00", monthly(lang), plan.hour),
    };
    let about = match plan.day {
        PlanDay::Week(_) => say!(lang; "about the week before", "oʻtgan hafta haqida", "за прошлую неделю"),
        PlanDay::Month(_) => say!(lang; "about the month before", "oʻtgan oy haqida", "за прошлый месяц"),
    };
    let mut html = say!(lang;
        html!("📊 <b>A report that comes by itself</b>"),
        html!("📊 <b>Oʻzi keladigan hisobot</b>"),
        html!("📊 <b>Отчёт по расписанию</b>"));
    html.push_line(&Html::text(format!("{when} ({})", zone.name())));
    html.push_line(&Html::text(format!("{}, {about}", format(plan.format, lang))));
    html.push_line(&match group {
        Some(group) => html!("→ {}", Html::name(group)),
        None => Html::text(format!("→ {}", to_admins(lang))),
    });
    html
}

/// When is a job to run?
pub fn ask_times(zone: Tz, lang: Lang) -> Html {
    let zone = Html::text(zone.name());
    say!(lang;
        html!("🕘 When is it to run ({})? Send minute, hour, day of the month, month and weekday: <code>0 9 * * MON</code> is every Monday at 9:00, <code>30 18 1 * *</code> the first of each month at 18:30. A minus (-): only when somebody starts it.", zone),
        html!("🕘 Qachon ishlasin ({})? Daqiqa, soat, oy kuni, oy va hafta kunini yuboring: <code>0 9 * * MON</code> — har dushanba 9:00, <code>30 18 1 * *</code> — har oyning birinchi kuni 18:30. Minus (-): faqat kimdir boshlaganda.", zone),
        html!("🕘 Когда запускать ({})? Пришлите минуту, час, число, месяц и день недели: <code>0 9 * * MON</code> — каждый понедельник в 9:00, <code>30 18 1 * *</code> — первого числа в 18:30. Минус (-): только вручную.", zone))
}

/// Other times.
pub fn times(lang: Lang) -> String {
    say!(lang; "🕘 Times…", "🕘 Vaqti…", "🕘 Время…").to_owned()
}

/// Really?
pub fn really_remove(job: &JobId, lang: Lang) -> Html {
    let job = Html::code(job);
    say!(lang;
        html!("🗑 Really delete {}? It doesn't come any more; what was sent stays.", job),
        html!("🗑 {} rostdan oʻchirilsinmi? U endi kelmaydi; yuborilganlari qoladi.", job),
        html!("🗑 Действительно удалить {}? Больше не придёт; отправленное останется.", job))
}
