//! Time that admins give and take: the questions, the summary, the list that keeps everything.

use chrono::NaiveDate;

use super::{button::StudyLabel, signed_duration};
use crate::{
    domain::lang::Lang,
    html, say,
    text::{html::Html, name::fitted, short_date, weekday},
};

/// The longest reason, in characters.
pub const LONGEST_REASON: usize = 200;

fn on_day(day: NaiveDate, lang: Lang) -> String {
    use chrono::Datelike;
    format!("{}, {} {}", weekday(day.weekday().num_days_from_monday() as usize, lang), short_date(day, lang), day.year())
}

/// First question.
pub fn ask_day(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("✏️ Correct the time of {} · 1/3\nFor which <b>day</b>? Choose, or send a date: <code>2026-01-28</code>, <code>28.01</code>.", name),
        html!("✏️ {} vaqtini tuzatish · 1/3\nQaysi <b>kun</b> uchun? Tanlang yoki sana yuboring: <code>2026-01-28</code>, <code>28.01</code>.", name),
        html!("✏️ Поправка времени: {} · 1/3\nЗа какой <b>день</b>? Выберите или пришлите дату: <code>2026-01-28</code>, <code>28.01</code>.", name))
}

/// Second question.
pub fn ask_amount(name: &str, day: NaiveDate, lang: Lang) -> Html {
    let (name, day) = (Html::name(name), Html::text(on_day(day, lang)));
    say!(lang;
        html!("✏️ {}, {} · 2/3\n<b>How much</b>? <code>+30</code> gives 30 minutes, <code>-1h15m</code> takes 1 hour and 15 minutes.", name, day),
        html!("✏️ {}, {} · 2/3\n<b>Qancha</b>? <code>+30</code> 30 daqiqa qoʻshadi, <code>-1h15m</code> 1 soat 15 daqiqani ayiradi.", name, day),
        html!("✏️ {}, {} · 2/3\n<b>Сколько</b>? <code>+30</code> добавит 30 минут, <code>-1h15m</code> уберёт 1 час 15 минут.", name, day))
}

/// Third question.
pub fn ask_reason(name: &str, day: NaiveDate, seconds: i32, lang: Lang) -> Html {
    let (name, day, much) = (Html::name(name), Html::text(on_day(day, lang)), Html::bold(signed_duration(seconds, lang)));
    say!(lang;
        html!("✏️ {}, {}: {} · 3/3\n<b>Why</b>? The person sees the reason in “Why?”.", name, day, much),
        html!("✏️ {}, {}: {} · 3/3\n<b>Nega</b>? Odam sababni “Nega?” orqali koʻradi.", name, day, much),
        html!("✏️ {}, {}: {} · 3/3\n<b>Почему</b>? Человек увидит причину в «Почему?».", name, day, much))
}

/// Is it right so?
pub fn summary(name: &str, day: NaiveDate, seconds: i32, reason: &str, lang: Lang) -> Html {
    let (name, day, much) = (Html::name(name), Html::text(on_day(day, lang)), Html::bold(signed_duration(seconds, lang)));
    let reason = Html::italic(fitted(reason, LONGEST_REASON));
    say!(lang;
        html!("✏️ {}\n{}: {}\n{}\n\nIs it right so? It can be withdrawn later, and stays in the list then.", name, day, much, reason),
        html!("✏️ {}\n{}: {}\n{}\n\nShundaymi? Keyin bekor qilish mumkin, roʻyxatda esa qoladi.", name, day, much, reason),
        html!("✏️ {}\n{}: {}\n{}\n\nВсё верно? Позже можно отозвать, в списке она останется.", name, day, much, reason))
}

/// The summary waits for a button.
pub fn use_buttons(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ Please choose with a button: save or cancel.",
        "⚠️ Iltimos, tugma orqali tanlang: saqlash yoki bekor qilish.",
        "⚠️ Выберите кнопкой: сохранить или отменить."))
}

/// Why an answer won't do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrectionRefusal {
    /// No date.
    Day,
    /// A day to come.
    DayToCome,
    /// No amount, nothing, or more than a day has.
    Amount,
    /// No reason, or a whole story.
    Reason,
    /// The summary waits for a button.
    UseButtons,
}

impl CorrectionRefusal {
    /// The words.
    pub fn html(self, lang: Lang) -> Html {
        match self {
            Self::Day => say!(lang;
                html!("⚠️ I read no date in that. Send one such as <code>2026-01-28</code> or <code>28.01</code>."),
                html!("⚠️ Bunda sana yoʻq. <code>2026-01-28</code> yoki <code>28.01</code> kabi yuboring."),
                html!("⚠️ Не вижу здесь даты. Пришлите, например, <code>2026-01-28</code> или <code>28.01</code>.")),
            Self::DayToCome => Html::text(say!(lang;
                "⚠️ That day is still to come. Send today's date or an earlier one.",
                "⚠️ U kun hali kelmagan. Bugungi yoki oldingi sanani yuboring.",
                "⚠️ Этот день ещё впереди. Пришлите сегодняшнюю или более раннюю дату.")),
            Self::Amount => say!(lang;
                html!("⚠️ Send minutes with a sign, at most 24 hours: <code>+30</code>, <code>-1h15m</code>."),
                html!("⚠️ Daqiqani ishora bilan yuboring, koʻpi bilan 24 soat: <code>+30</code>, <code>-1h15m</code>."),
                html!("⚠️ Пришлите минуты со знаком, не больше 24 часов: <code>+30</code>, <code>-1h15m</code>.")),
            Self::Reason => Html::text(say!(lang;
                "⚠️ A reason has 1 to 200 characters. Send it again.",
                "⚠️ Sabab 1 tadan 200 tagacha belgidan iborat. Qayta yuboring.",
                "⚠️ В причине от 1 до 200 символов. Пришлите ещё раз.")),
            Self::UseButtons => use_buttons(lang),
        }
    }
}

/// Above the list.
pub fn list(title: &str, n: usize, lang: Lang) -> Html {
    let mut html = html!("{} · {} · {}", Html::text(StudyLabel::Corrections.text(lang)), Html::name(title), Html::text(n));
    if n == 0 {
        html.push_line(&Html::text(say!(lang;
            "None. To give or take time, open a member.",
            "Yoʻq. Vaqt qoʻshish yoki ayirish uchun aʼzoni oching.",
            "Нет. Чтобы добавить или убрать время, откройте участника.")));
    }
    html
}

/// On a button: "28 Jan · +30 min · Ann"; withdrawn ones are marked.
pub fn line(name: &str, day: NaiveDate, seconds: i32, withdrawn: bool, lang: Lang) -> String {
    let mark = if withdrawn { "↩️ " } else { "" };
    format!("{mark}{} · {} · {}", short_date(day, lang), signed_duration(seconds, lang), fitted(name, 32))
}

/// Beside a day's time: how much, why, and whether it counts.
pub fn in_why(seconds: i32, reason: &str, withdrawn: bool, lang: Lang) -> Html {
    let (much, reason) = (Html::bold(signed_duration(seconds, lang)), Html::italic(fitted(reason, LONGEST_REASON)));
    if withdrawn {
        return say!(lang;
            html!("↩️ {}: {} (withdrawn, doesn't count)", much, reason),
            html!("↩️ {}: {} (bekor qilingan, hisoblanmaydi)", much, reason),
            html!("↩️ {}: {} (отозвано, не считается)", much, reason));
    }
    html!("📝 {}: {}", much, reason)
}

/// A correction with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// For whom.
    pub name: String,
    /// For which day.
    pub day: NaiveDate,
    /// How much.
    pub seconds: i32,
    /// Why.
    pub reason: String,
    /// Which admin, and when.
    pub given: (String, String),
    /// Who took it back, and when.
    pub withdrawn: Option<(String, String)>,
}

/// One correction.
pub fn one(told: &Told, lang: Lang) -> Html {
    let (name, day) = (Html::name(&told.name), Html::text(on_day(told.day, lang)));
    let (much, reason) = (Html::bold(signed_duration(told.seconds, lang)), Html::italic(fitted(&told.reason, LONGEST_REASON)));
    let mut html = html!("📝 {}\n{}: {}\n{}", name, day, much, reason);
    let by = |(who, when): &(String, String)| (Html::code(who), Html::text(when));
    let (who, when) = by(&told.given);
    html.push_line(&say!(lang;
        html!("\nBy admin {}, {}", who, when),
        html!("\nAdmin {}, {}", who, when),
        html!("\nАдминистратор {}, {}", who, when)));
    if let Some(withdrawn) = &told.withdrawn {
        let (who, when) = by(withdrawn);
        html.push_line(&say!(lang;
            html!("↩️ Withdrawn by {}, {}: it doesn't count", who, when),
            html!("↩️ {} bekor qilgan, {}: hisoblanmaydi", who, when),
            html!("↩️ Отозвал {}, {}: не считается", who, when)));
    }
    html
}
