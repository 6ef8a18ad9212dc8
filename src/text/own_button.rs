//! What is written on buttons about one's own settings, and about commands.

use crate::{domain::lang::Lang, say};

/// A button's label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say what each is")]
pub enum OwnLabel {
    Info,
    Contact,
    Settings,
    Notices,
    Privacy,
    ForgetMe,
    ReallyForget,
    WriteFeedback,
    AnswerFeedback,
    FromTheAdmins,
    Commands,
    AddCommand,
    EditBody,
    Describe,
    TryIt,
    Up,
    Down,
    SwitchOn,
    SwitchOff,
    AnsweredBy,
    EditContact,
    UsualContact,
    Fewer,
    MoreItems,
}

impl OwnLabel {
    /// The words.
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Info => say!(lang; "ℹ️ About", "ℹ️ Bot haqida", "ℹ️ О боте"),
            Self::Contact => say!(lang; "☎️ Contact", "☎️ Aloqa", "☎️ Контакты"),
            Self::Settings => say!(lang; "⚙️ Settings", "⚙️ Sozlamalar", "⚙️ Настройки"),
            Self::Notices => say!(lang; "🔔 Notifications", "🔔 Bildirishnomalar", "🔔 Уведомления"),
            Self::Privacy => say!(lang; "🔒 Privacy", "🔒 Maxfiylik", "🔒 Мои данные"),
            Self::ForgetMe => say!(lang; "🗑 Delete my data", "🗑 Maʼlumotlarimni oʻchirish", "🗑 Удалить мои данные"),
            Self::ReallyForget => say!(lang; "🗑 Yes, delete it", "🗑 Ha, oʻchirilsin", "🗑 Да, удалить"),
            Self::WriteFeedback => say!(lang; "💬 Write to the admins", "💬 Adminlarga yozish", "💬 Написать администраторам"),
            Self::AnswerFeedback => say!(lang; "✍️ Answer", "✍️ Javob berish", "✍️ Ответить"),
            Self::FromTheAdmins => {
                say!(lang; "💬 From the admins · write back", "💬 Adminlardan · javob yozish", "💬 От администраторов · ответить")
            }
            Self::Commands => say!(lang; "🧩 Commands", "🧩 Buyruqlar", "🧩 Команды"),
            Self::AddCommand => say!(lang; "➕ New command", "➕ Yangi buyruq", "➕ Новая команда"),
            Self::EditBody => say!(lang; "✏️ Text or feed", "✏️ Matn yoki lenta", "✏️ Текст или лента"),
            Self::Describe => say!(lang; "🏷 Description", "🏷 Tavsif", "🏷 Описание"),
            Self::TryIt => say!(lang; "👁 Try it", "👁 Sinab koʻrish", "👁 Проверить"),
            Self::Up => say!(lang; "🔼 Up", "🔼 Yuqoriga", "🔼 Выше"),
            Self::Down => say!(lang; "🔽 Down", "🔽 Pastga", "🔽 Ниже"),
            Self::SwitchOn => say!(lang; "▶️ Switch on", "▶️ Yoqish", "▶️ Включить"),
            Self::SwitchOff => say!(lang; "⏸ Switch off", "⏸ Oʻchirib qoʻyish", "⏸ Выключить"),
            Self::AnsweredBy => say!(lang; "🤖 Which bot", "🤖 Qaysi bot", "🤖 Какой бот"),
            Self::EditContact => say!(lang; "✏️ Write it anew", "✏️ Qayta yozish", "✏️ Написать заново"),
            Self::UsualContact => say!(lang; "↩️ The usual words", "↩️ Odatdagi soʻzlar", "↩️ Обычный текст"),
            Self::Fewer => say!(lang; "➖ Fewer items", "➖ Kamroq", "➖ Меньше"),
            Self::MoreItems => say!(lang; "➕ More items", "➕ Koʻproq", "➕ Больше"),
        }
        .to_owned()
    }
}
