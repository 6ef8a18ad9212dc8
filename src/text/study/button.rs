//! What is written on the buttons of study time.

use crate::{
    domain::{
        lang::Lang,
        study::{MissedPosts, Periods, Poster, Setting},
    },
    say,
    text::short_date,
};

/// A button's label that needs nothing but the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyLabel {
    /// From the main menu.
    StudyTime,
    /// Choose a group to watch.
    WatchGroup,
    /// The account that sees the calls.
    Session,
    /// The board as it would be.
    Preview,
    /// Post it.
    PostNow,
    /// Yes, post it.
    ReallyPost,
    /// A posted board beside what the stays say now.
    Audit,
    /// Everybody who was ever seen.
    Members,
    /// What admins gave and took.
    Corrections,
    /// How it is watched.
    Settings,
    /// Rest.
    Pause,
    /// Watch again.
    Resume,
    /// A value that has no button.
    Other,
    /// Why is the time what it is?
    Why,
    /// Several accounts of one person.
    SamePerson,
    /// No, somebody else.
    OwnPerson,
    /// Give or take time.
    Correct,
    /// It is right so.
    Save,
    /// Take a correction back.
    Withdraw,
    /// Post once more.
    PostAgain,
    /// It did arrive.
    IsThere,
    /// Try a refused post again.
    TryAgain,
    /// One's own time.
    MyTime,
    /// One's own goal.
    Goal,
    /// No goal.
    NoGoal,
    /// One's own time as a picture.
    Chart,
    /// No name in posts.
    HideName,
    /// The name in posts again.
    ShowName,
    /// Delete what is known of oneself.
    DeleteMine,
    /// Yes, delete it.
    ReallyDelete,
    /// A week further back.
    Earlier,
    /// A week nearer to now.
    Later,
    /// All days of a week.
    AllDays,
    /// Where a group's boards go by themselves.
    ThisGroup,
    /// No limit.
    NoCap,
    /// To the group itself.
    OpenCommunity,
}

impl StudyLabel {
    /// The words.
    pub fn text(self, lang: Lang) -> String {
        let words = match self {
            Self::StudyTime => say!(lang; "🎧 Study time", "🎧 Oʻqish vaqti", "🎧 Время учёбы"),
            Self::WatchGroup => say!(lang; "➕ Watch a group", "➕ Guruhni kuzatish", "➕ Следить за группой"),
            Self::Session => say!(lang; "👤 User session", "👤 Foydalanuvchi seansi", "👤 Пользовательская сессия"),
            Self::Preview => say!(lang; "👁 Preview", "👁 Koʻrib chiqish", "👁 Предпросмотр"),
            Self::PostNow => say!(lang; "📣 Post now", "📣 Hozir joylash", "📣 Опубликовать сейчас"),
            Self::ReallyPost => say!(lang; "📣 Yes, post it", "📣 Ha, joylansin", "📣 Да, опубликовать"),
            Self::Audit => {
                say!(lang; "🔍 Check the last board", "🔍 Oxirgi reytingni tekshirish", "🔍 Проверить последний рейтинг")
            }
            Self::Members => say!(lang; "👥 Members", "👥 Aʼzolar", "👥 Участники"),
            Self::Corrections => say!(lang; "📝 Corrections", "📝 Tuzatishlar", "📝 Поправки"),
            Self::Settings => say!(lang; "⚙️ Settings", "⚙️ Sozlamalar", "⚙️ Настройки"),
            Self::Pause => say!(lang; "⏸ Pause", "⏸ Toʻxtatib turish", "⏸ Пауза"),
            Self::Resume => say!(lang; "▶️ Resume", "▶️ Davom ettirish", "▶️ Продолжить"),
            Self::Other => say!(lang; "✏️ Type another…", "✏️ Boshqasini yozish…", "✏️ Ввести другое…"),
            Self::Why => say!(lang; "❔ Why?", "❔ Nega?", "❔ Почему?"),
            Self::SamePerson => say!(lang; "🔗 Same person as…", "🔗 Oʻsha odamning oʻzi…", "🔗 Тот же человек, что…"),
            Self::OwnPerson => say!(lang; "✂️ Not the same person", "✂️ Boshqa odam", "✂️ Не тот же человек"),
            Self::Correct => say!(lang; "✏️ Correct", "✏️ Tuzatish", "✏️ Поправить"),
            Self::Save => say!(lang; "✅ Save", "✅ Saqlash", "✅ Сохранить"),
            Self::Withdraw => say!(lang; "↩️ Withdraw", "↩️ Bekor qilish", "↩️ Отозвать"),
            Self::PostAgain => say!(lang; "🔁 Post again", "🔁 Qayta joylash", "🔁 Опубликовать ещё раз"),
            Self::IsThere => say!(lang; "✅ It is there", "✅ U oʻsha yerda bor", "✅ Он на месте"),
            Self::TryAgain => say!(lang; "🔁 Try again", "🔁 Yana urinish", "🔁 Попробовать снова"),
            Self::MyTime => say!(lang; "🎧 My study time", "🎧 Oʻqish vaqtim", "🎧 Моё время учёбы"),
            Self::Goal => say!(lang; "🎯 Goal", "🎯 Maqsad", "🎯 Цель"),
            Self::NoGoal => say!(lang; "🚫 No goal", "🚫 Maqsadsiz", "🚫 Без цели"),
            Self::Chart => say!(lang; "🖼 Picture", "🖼 Rasm", "🖼 Картинка"),
            Self::HideName => {
                say!(lang; "🙈 Hide my name in posts", "🙈 Ismimni postlarda yashirish", "🙈 Скрыть моё имя в постах")
            }
            Self::ShowName => {
                say!(lang; "🙂 Show my name in posts", "🙂 Ismimni postlarda koʻrsatish", "🙂 Показывать моё имя в постах")
            }
            Self::DeleteMine => say!(lang; "🗑 Delete my data", "🗑 Maʼlumotlarimni oʻchirish", "🗑 Удалить мои данные"),
            Self::ReallyDelete => say!(lang; "🗑 Yes, delete all of it", "🗑 Ha, hammasi oʻchirilsin", "🗑 Да, удалить всё"),
            Self::Earlier => say!(lang; "‹ Week before", "‹ Oldingi hafta", "‹ Неделей раньше"),
            Self::Later => say!(lang; "Week after ›", "Keyingi hafta ›", "Неделей позже ›"),
            Self::AllDays => say!(lang; "📅 All days", "📅 Barcha kunlar", "📅 Все дни"),
            Self::ThisGroup => say!(lang; "📍 This group", "📍 Shu guruh", "📍 Эта группа"),
            Self::NoCap => say!(lang; "No limit", "Cheklanmagan", "Без предела"),
            Self::OpenCommunity => say!(lang; "🎧 Open the group", "🎧 Guruhni ochish", "🎧 Открыть группу"),
        };
        words.to_owned()
    }
}

/// What a setting is called.
pub fn setting(setting: Setting, lang: Lang) -> &'static str {
    match setting {
        Setting::Times => say!(lang; "🕘 Post times", "🕘 Joylash vaqtlari", "🕘 Время постов"),
        Setting::Zone => say!(lang; "🌍 Time zone", "🌍 Vaqt mintaqasi", "🌍 Часовой пояс"),
        Setting::Periods => say!(lang; "🗓 Weeks and months", "🗓 Hafta va oylar", "🗓 Недели и месяцы"),
        Setting::Lang => say!(lang; "🌐 Language of posts", "🌐 Postlar tili", "🌐 Язык постов"),
        Setting::Gate => say!(lang; "🚪 Shortest visit", "🚪 Eng qisqa tashrif", "🚪 Кратчайший визит"),
        Setting::Poster => say!(lang; "✍️ Posted by", "✍️ Kim joylaydi", "✍️ Кто публикует"),
        Setting::Target => say!(lang; "📍 Posted to", "📍 Qayerga joylanadi", "📍 Куда публикуется"),
        Setting::Missed => say!(lang; "🕳 Missed boards", "🕳 Oʻtkazib yuborilgan reytinglar", "🕳 Пропущенные рейтинги"),
        Setting::Muted => say!(lang; "🔇 Leave out the muted", "🔇 Ovozsizlar hisoblanmasin", "🔇 Не считать молчащих"),
        Setting::Cap => say!(lang; "⏱ Most in a day", "⏱ Bir kunda eng koʻpi", "⏱ Не больше в день"),
        Setting::Bots => say!(lang; "🤖 Count bots", "🤖 Botlar hisoblansin", "🤖 Считать ботов"),
        Setting::Picture => say!(lang; "🖼 Picture with the board", "🖼 Reyting rasmi bilan", "🖼 Картинка к рейтингу"),
    }
}

/// Weeks and months of this sort.
pub fn periods(periods: Periods, lang: Lang) -> String {
    let first = periods.first_day();
    let from = format!("{} {}", short_date(first, lang), chrono::Datelike::year(&first));
    match periods {
        Periods::Anchored(_) => {
            say!(lang; format!("Blocks of 7 and 30 days from {from}"), format!("{from} dan 7 va 30 kunlik davrlar"), format!("По 7 и 30 дней с {from}"))
        }
        Periods::Calendar(_) => {
            say!(lang; "Calendar weeks and months", "Kalendar haftalari va oylari", "Календарные недели и месяцы").to_owned()
        }
        Periods::Rolling(_) => say!(lang; "Last 7 and 30 days", "Soʻnggi 7 va 30 kun", "Последние 7 и 30 дней").to_owned(),
    }
}

/// Who posts.
pub fn poster(poster: Poster, lang: Lang) -> &'static str {
    match poster {
        Poster::Bot => say!(lang; "🤖 The bot", "🤖 Bot", "🤖 Бот"),
        Poster::Session => say!(lang; "👤 The user session", "👤 Foydalanuvchi seansi", "👤 Пользовательская сессия"),
    }
}

/// What becomes of missed boards.
pub fn missed(missed: MissedPosts, lang: Lang) -> &'static str {
    match missed {
        MissedPosts::All => say!(lang; "Post each of them", "Har biri joylansin", "Опубликовать каждый"),
        MissedPosts::Last => say!(lang; "Only the last one", "Faqat oxirgisi", "Только последний"),
        MissedPosts::None => say!(lang; "Leave them out", "Joylanmasin", "Не публиковать"),
    }
}

/// A language of posts, by its own name.
pub fn post_language(lang: Lang) -> &'static str {
    say!(lang; "English", "Oʻzbekcha", "Русский")
}
