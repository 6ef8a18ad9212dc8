//! What is written on buttons.

use super::{english, period, russian};
use crate::{
    admin::press::{ReportView, Span},
    domain::{lang::Lang, work::ReportFormat},
    say,
};

/// A button's label that needs nothing but the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// To the list of teachers.
    Teachers,
    /// Begin a new teacher.
    AddTeacher,
    /// To the list of groups.
    Groups,
    /// How to add a group.
    AddGroup,
    /// To the reports.
    Reports,
    /// To the workbooks.
    Excel,
    /// What could be wrong.
    Diagnostics,
    /// Choose a language.
    Language,
    /// Help.
    Help,
    /// To the main menu.
    Menu,
    /// One screen up.
    Back,
    /// Give up what was begun.
    Cancel,
    /// End long work.
    Stop,
    /// Yes, count them.
    ReallyCount,
    /// Register a group.
    Register,
    /// Leave a group.
    Leave,
    /// Count a teacher in a group.
    Assign,
    /// Where a teacher is counted.
    Assignments,
    /// Further actions.
    More,
    /// Rename a group.
    Rename,
    /// Give a person another name.
    RenamePerson,
    /// Choose another account.
    ChangeAccount,
    /// Choose a first account.
    SetAccount,
    /// Choose a further account.
    AddAccount,
    /// Stop counting a teacher.
    Deactivate,
    /// Count a teacher again.
    Activate,
    /// Delete.
    Delete,
    /// Yes, delete.
    ReallyDelete,
    /// Remove a group.
    Remove,
    /// Yes, remove.
    ReallyRemove,
    /// A report on this.
    Report,
    /// All groups on.
    AllOn,
    /// All groups off.
    AllOff,
    /// Stop counting in a group.
    Disable,
    /// Count in a group again.
    Enable,
    /// Who is counted here.
    WhoIsCounted,
    /// Voices without a person.
    Unattributed,
    /// Nobody's.
    NobodysVoice,
    /// Add the bot to a group.
    OpenGroupChooser,
    /// Check the groups.
    SyncGroups,
    /// Type a period.
    OtherPeriod,
    /// Look for a name.
    Search,
    /// Let somebody in.
    Approve,
    /// Turn somebody away.
    Reject,
    /// Begin one's own registration.
    RegisterMe,
    /// Make an id.
    GenerateId,
    /// The account comes later.
    Later,
    /// Ask Telegram for a person.
    ChoosePerson,
    /// Look again.
    Refresh,
    /// The teacher that a clash is about.
    OpenThatTeacher,
    /// Own numbers.
    MyActivity,
    /// To the chats that bots are in.
    Chats,
    /// To what is done in the background.
    Jobs,
    /// Run a job now.
    StartJob,
    /// Send a message again where it failed.
    SendAgain,
}

impl Label {
    /// The words.
    pub fn text(self, lang: Lang) -> String {
        let words = match self {
            Label::Teachers => say!(lang; "👩‍🏫 Teachers", "👩‍🏫 Oʻqituvchilar", "👩‍🏫 Учителя"),
            Label::AddTeacher => say!(lang; "➕ Add teacher", "➕ Oʻqituvchi qoʻshish", "➕ Добавить учителя"),
            Label::Jobs => say!(lang; "🗓 Jobs", "🗓 Vazifalar", "🗓 Задачи"),
            Label::StartJob => say!(lang; "▶️ Start now", "▶️ Hozir boshlash", "▶️ Запустить"),
            Label::SendAgain => say!(lang; "🔁 Send again", "🔁 Qayta yuborish", "🔁 Отправить снова"),
            Label::Chats => say!(lang; "💬 Chats", "💬 Chatlar", "💬 Чаты"),
            Label::Groups => say!(lang; "👥 Groups", "👥 Guruhlar", "👥 Группы"),
            Label::AddGroup => say!(lang; "➕ Add group", "➕ Guruh qoʻshish", "➕ Добавить группу"),
            Label::Reports => say!(lang; "📊 Reports", "📊 Hisobotlar", "📊 Отчёты"),
            Label::Excel => say!(lang; "📗 Excel", "📗 Excel", "📗 Excel"),
            Label::Diagnostics => say!(lang; "🩺 Diagnostics", "🩺 Tekshiruv", "🩺 Диагностика"),
            Label::Language => say!(lang; "🌐 Language", "🌐 Til", "🌐 Язык"),
            Label::Help => say!(lang; "❓ Help", "❓ Yordam", "❓ Помощь"),
            Label::Menu => say!(lang; "🏠 Menu", "🏠 Menyu", "🏠 Меню"),
            Label::Back => say!(lang; "‹ Back", "‹ Orqaga", "‹ Назад"),
            Label::Stop => say!(lang; "⏹ Stop", "⏹ Toʻxtatish", "⏹ Остановить"),
            Label::Cancel => say!(lang; "✖️ Cancel", "✖️ Bekor qilish", "✖️ Отмена"),
            Label::Register => say!(lang; "✅ Register", "✅ Roʻyxatga olish", "✅ Зарегистрировать"),
            Label::Leave => say!(lang; "🚪 Leave", "🚪 Guruhdan chiqish", "🚪 Выйти из группы"),
            Label::Assign => say!(lang; "✅ Assign", "✅ Biriktirish", "✅ Назначить"),
            Label::Assignments => say!(lang; "🔗 Assignments", "🔗 Biriktirilgan guruhlar", "🔗 Назначения"),
            Label::More => say!(lang; "⚙️ Edit", "⚙️ Tahrirlash", "⚙️ Изменить"),
            Label::Rename => say!(lang; "✏️ Rename", "✏️ Nomini oʻzgartirish", "✏️ Переименовать"),
            Label::RenamePerson => say!(lang; "✏️ Rename", "✏️ Ismini oʻzgartirish", "✏️ Изменить имя"),
            Label::ChangeAccount => say!(lang; "👤 Change account", "👤 Akkauntni almashtirish", "👤 Сменить аккаунт"),
            Label::SetAccount => say!(lang; "👤 Set account", "👤 Akkauntni belgilash", "👤 Указать аккаунт"),
            Label::AddAccount => say!(lang; "➕ Second account", "➕ Yana bir akkaunt", "➕ Ещё один аккаунт"),
            Label::Deactivate => say!(lang; "⏸ Deactivate", "⏸ Toʻxtatib turish", "⏸ Приостановить"),
            Label::Activate => say!(lang; "▶️ Activate", "▶️ Faollashtirish", "▶️ Возобновить"),
            Label::Delete => say!(lang; "🗑 Delete", "🗑 Oʻchirish", "🗑 Удалить"),
            Label::ReallyDelete => say!(lang; "🗑 Yes, delete", "🗑 Ha, oʻchirilsin", "🗑 Да, удалить"),
            Label::Remove => say!(lang; "🗑 Remove", "🗑 Olib tashlash", "🗑 Убрать"),
            Label::ReallyCount => say!(lang; "✅ Yes, count them", "✅ Ha, hisoblansin", "✅ Да, засчитать"),
            Label::ReallyRemove => say!(lang; "🗑 Yes, remove", "🗑 Ha, olib tashlansin", "🗑 Да, убрать"),
            Label::Report => say!(lang; "📊 Report", "📊 Hisobot", "📊 Отчёт"),
            Label::AllOn => say!(lang; "✅ All groups", "✅ Barcha guruhlar", "✅ Все группы"),
            Label::AllOff => say!(lang; "⬜️ None", "⬜️ Hech biri", "⬜️ Ни одной"),
            Label::Disable => say!(lang; "⏸ Stop counting", "⏸ Hisoblashni toʻxtatish", "⏸ Не считать"),
            Label::Enable => say!(lang; "▶️ Count again", "▶️ Yana hisoblash", "▶️ Снова считать"),
            Label::WhoIsCounted => say!(lang; "🔗 Who is counted", "🔗 Kimlar hisoblanadi", "🔗 Кого считать"),
            Label::Unattributed => say!(lang; "🎭 Unattributed", "🎭 Egasi nomaʼlum", "🎭 Без автора"),
            Label::NobodysVoice => say!(lang; "🚫 Nobody", "🚫 Hech kim", "🚫 Никто"),
            Label::OpenGroupChooser => say!(lang; "➕ Choose a group", "➕ Guruhni tanlash", "➕ Выбрать группу"),
            Label::SyncGroups => say!(lang; "🔄 Check groups", "🔄 Guruhlarni tekshirish", "🔄 Проверить группы"),
            Label::OtherPeriod => say!(lang; "🗓 Other period…", "🗓 Boshqa davr…", "🗓 Другой период…"),
            Label::Search => say!(lang; "🔎 Search", "🔎 Qidirish", "🔎 Поиск"),
            Label::Approve => say!(lang; "✅ Approve", "✅ Tasdiqlash", "✅ Одобрить"),
            Label::Reject => say!(lang; "❌ Reject", "❌ Rad etish", "❌ Отклонить"),
            Label::RegisterMe => {
                say!(lang; "📝 Register me as a teacher", "📝 Meni oʻqituvchi sifatida roʻyxatga olish", "📝 Зарегистрировать меня как учителя")
            }
            Label::GenerateId => say!(lang; "🎲 Make an id for me", "🎲 ID yaratib bering", "🎲 Создать ID"),
            Label::Later => say!(lang; "⏭ Later", "⏭ Keyinroq", "⏭ Позже"),
            Label::ChoosePerson => say!(lang; "👤 Choose a person", "👤 Odamni tanlash", "👤 Выбрать человека"),
            Label::Refresh => say!(lang; "🔄 Refresh", "🔄 Yangilash", "🔄 Обновить"),
            Label::OpenThatTeacher => {
                say!(lang; "👤 Open that teacher", "👤 Oʻsha oʻqituvchini ochish", "👤 Открыть этого учителя")
            }
            Label::MyActivity => say!(lang; "📊 My activity", "📊 Mening faolligim", "📊 Моя активность"),
        };
        words.to_owned()
    }
}

/// "Requests (2)"
pub fn requests(n: usize, lang: Lang) -> String {
    let words = say!(lang; "📝 Requests", "📝 Soʻrovlar", "📝 Заявки");
    if n == 0 { words.to_owned() } else { format!("{words} ({n})") }
}

/// A period's button.
pub fn span(span: Span, lang: Lang) -> String {
    match span {
        Span::Today => say!(lang; "Today", "Bugun", "Сегодня").to_owned(),
        Span::Last(n) => {
            let days = u64::from(n);
            say!(lang;
                format!("{n} {}", english(days, "day", "days")),
                format!("{n} kun"),
                format!("{n} {}", russian(days, "день", "дня", "дней")))
        }
        Span::ThisMonth => say!(lang; "This month", "Bu oy", "Этот месяц").to_owned(),
        Span::LastMonth => say!(lang; "Last month", "Oʻtgan oy", "Прошлый месяц").to_owned(),
        Span::Dates(dates) => period(dates, lang),
    }
}

/// A report's arrangement.
pub fn report_view(view: ReportView, lang: Lang) -> String {
    match view {
        ReportView::Summary => say!(lang; "Summary", "Umumiy", "Сводка"),
        ReportView::ByTeacher => say!(lang; "By teacher", "Oʻqituvchilar", "По учителям"),
        ReportView::ByGroup => say!(lang; "By group", "Guruhlar", "По группам"),
        ReportView::Silent => say!(lang; "Silent", "Yozmaganlar", "Молчат"),
    }
    .to_owned()
}

/// A file's kind.
pub fn report_format(format: ReportFormat, lang: Lang) -> String {
    match format {
        ReportFormat::Workbook => say!(lang; "📗 Excel", "📗 Excel", "📗 Excel"),
        ReportFormat::Csv => say!(lang; "📄 CSV", "📄 CSV", "📄 CSV"),
        ReportFormat::Picture => say!(lang; "🖼 Picture", "🖼 Rasm", "🖼 Картинка"),
    }
    .to_owned()
}

/// A language, by its own name.
pub fn language(lang: Lang, is_current: bool) -> String {
    let name = say!(lang; "English", "Oʻzbekcha", "Русский");
    if is_current { format!("✅ {name}") } else { name.to_owned() }
}

/// Lets another bot count in a group.
pub fn count_by(bot: &str, lang: Lang) -> String {
    let bot = super::name::fitted(bot, 40);
    say!(lang; format!("🤖 Count by {bot}"), format!("🤖 {bot} sanasin"), format!("🤖 Пусть считает {bot}"))
}

/// A switch: on or off.
pub fn switch(on: bool, name: &str) -> String {
    format!("{} {}", if on { "✅" } else { "⬜️" }, super::name::fitted(name, 40))
}

/// At most `most` characters, the rest cut off.
pub fn elided(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}
