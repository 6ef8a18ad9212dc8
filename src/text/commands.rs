//! Built-in commands as Telegram lists them, by audience and language.

use crate::{
    domain::{assistant::Whom, event::Command, lang::Lang},
    say,
};

/// Who sees a list of commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody in private chat.
    Everybody,
    /// An admin in private chat.
    Admin,
    /// Everybody in groups.
    Group,
}

/// The commands of an audience, with their descriptions.
pub fn built_in(audience: Audience, assistant: Whom, lang: Lang) -> Vec<(String, String)> {
    let commands: &[Command] = match audience {
        Audience::Everybody => &[
            Command::Start,
            Command::Help,
            Command::Info,
            Command::Settings,
            Command::Contact,
            Command::Feedback,
            Command::Lang,
            Command::Cancel,
        ],
        Audience::Admin => &[
            Command::Start,
            Command::Send,
            Command::Dashboard,
            Command::Help,
            Command::Diag,
            Command::SyncGroups,
            Command::Settings,
            Command::Info,
            Command::Contact,
            Command::Feedback,
            Command::Lang,
            Command::Cancel,
        ],
        Audience::Group => &[Command::ConfirmGroup, Command::Diag, Command::Info],
    };
    let asks: &[Command] = match (audience, assistant) {
        (Audience::Admin, Whom::Admins | Whom::Members) | (Audience::Everybody, Whom::Members) => {
            &[Command::Ask, Command::Forget]
        }
        (Audience::Admin | Audience::Everybody | Audience::Group, _) => &[],
    };
    commands.iter().chain(asks).map(|command| (command.word().to_owned(), description(*command, lang).to_owned())).collect()
}

fn description(command: Command, lang: Lang) -> &'static str {
    match command {
        Command::Ask => say!(lang; "Ask about the figures", "Raqamlar haqida soʻrash", "Спросить о цифрах"),
        Command::Forget => say!(lang; "Forget our conversation", "Suhbatimizni unutish", "Забыть наш разговор"),
        Command::Send => say!(lang; "Send a message to groups", "Guruhlarga xabar yuborish", "Отправить сообщение группам"),
        Command::Dashboard => say!(lang; "Open the dashboard", "Boshqaruv panelini ochish", "Открыть панель"),
        Command::Start => say!(lang; "Open the menu", "Menyuni ochish", "Открыть меню"),
        Command::Help => say!(lang; "How this works", "Bu qanday ishlaydi", "Как это работает"),
        Command::Info => {
            say!(lang; "What this bot does and keeps", "Bot nima qiladi va nimani saqlaydi", "Что делает и хранит бот")
        }
        Command::Contact => say!(lang; "How to reach us", "Biz bilan bogʻlanish", "Как с нами связаться"),
        Command::Settings => {
            say!(lang; "Language, notifications, privacy", "Til, bildirishnomalar, maxfiylik", "Язык, уведомления, данные")
        }
        Command::Feedback => say!(lang; "Write to the admins", "Adminlarga yozish", "Написать администраторам"),
        Command::Diag => say!(lang; "What works and what doesn't", "Nima ishlayapti, nima yoʻq", "Что работает, а что нет"),
        Command::Cancel => say!(lang; "Give up the open question", "Ochiq savolni bekor qilish", "Отменить открытый вопрос"),
        Command::SyncGroups => say!(lang; "Check which groups are still there", "Guruhlarni tekshirish", "Проверить группы"),
        Command::Lang => say!(lang; "Choose the language", "Tilni tanlash", "Выбрать язык"),
        Command::ConfirmGroup => {
            say!(lang; "Register this group (admins)", "Guruhni roʻyxatga olish (adminlar)", "Зарегистрировать группу (админы)")
        }
    }
}
