//! What a press says back: a line of at most 200 characters over the chat.

use super::{name::fitted, own::OwnToast, sending::SendingToast, study::toast::StudyToast};
use crate::{domain::lang::Lang, say};

/// The result of a press, or why it has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Toast {
    /// Assigned.
    Assigned(String),
    /// No longer assigned.
    Unassigned(String),
    /// Assigned everywhere.
    AssignedEverywhere,
    /// Assigned nowhere.
    AssignedNowhere,
    /// Counts again.
    Activated,
    /// Doesn't count now.
    Deactivated,
    /// Deleted.
    Deleted,
    /// The group counts again.
    Enabled,
    /// The group doesn't count now.
    Disabled,
    /// Another bot counts here now.
    CountedBy(String),
    /// It can't: it isn't in the group.
    BotNotThere,
    /// Registered.
    Registered,
    /// Left.
    Left,
    /// Removed.
    Removed,
    /// Let in.
    Approved,
    /// Turned away.
    Rejected,
    /// A voice has a person now.
    Attributed(String),
    /// A voice has none now.
    Detached,
    /// An account is forgotten.
    AccountDropped,
    /// This language.
    Language,
    /// On its way.
    Preparing,
    /// Checking.
    Checking,
    /// Being ended.
    Stopping,
    /// Given up.
    Cancelled,
    /// There was nothing to give up.
    NothingToCancel,
    /// The question behind the button is answered or given up.
    FormClosed,
    /// It is there no more.
    TeacherGone,
    /// It is there no more.
    GroupGone,
    /// It was answered already.
    RequestGone,
    /// Unknown voice.
    VoiceGone,
    /// Not allowed.
    NotAdmin,
    /// An old or foreign button.
    OutOfDate,
    /// Nobody knows this chat any more.
    ChatGone,
    /// Telegram is being asked.
    AskingTelegram,
    /// Nobody has such a job any more.
    JobGone,
    /// A background job begins.
    JobStarted,
    /// It is stopped.
    JobStopped,
    /// It is there now.
    JobMade,
    /// It is no more.
    JobRemoved,
    /// Why an order about a job isn't carried out.
    JobRefused(String),
    /// About study time.
    Study(StudyToast),
    /// About one's own settings, or commands.
    Own(OwnToast),
    /// About messages to many.
    Sending(SendingToast),
}

impl Toast {
    /// The words.
    pub fn text(&self, lang: Lang) -> String {
        let name = |name: &str| fitted(name, 60);
        match self {
            Toast::Assigned(who) => {
                let who = name(who);
                say!(lang; format!("✅ {who} is counted"), format!("✅ {who} hisoblanadi"), format!("✅ {who}: считаем"))
            }
            Toast::Unassigned(who) => {
                let who = name(who);
                say!(lang; format!("⬜️ {who} is not counted"), format!("⬜️ {who} hisoblanmaydi"), format!("⬜️ {who}: не считаем"))
            }
            Toast::Attributed(who) => {
                let who = name(who);
                say!(lang; format!("✅ From now on: {who}"), format!("✅ Endi bu: {who}"), format!("✅ Теперь это: {who}"))
            }
            Toast::CountedBy(bot) => {
                let bot = name(bot);
                say!(lang; format!("🤖 {bot} counts here from now on"), format!("🤖 Endi bu yerda {bot} sanaydi"), format!("🤖 Теперь здесь считает {bot}"))
            }
            Toast::JobRefused(why) | Toast::Own(OwnToast::Refused(why)) => format!("⚠️ {}", fitted(why, 150)),
            fixed => fixed.words(lang).to_owned(),
        }
    }

    fn words(&self, lang: Lang) -> &'static str {
        match self {
            Toast::Assigned(_) | Toast::Unassigned(_) | Toast::Attributed(_) | Toast::CountedBy(_) | Toast::JobRefused(_) => "",
            Toast::Study(toast) => toast.text(lang),
            Toast::Own(toast) => toast.text(lang),
            Toast::Sending(toast) => toast.text(lang),
            Toast::JobGone => say!(lang; "There is no such job any more.", "Bu vazifa endi yoʻq.", "Такой задачи больше нет."),
            Toast::JobStarted => say!(lang; "▶️ It begins.", "▶️ Boshlanmoqda.", "▶️ Запускается."),
            Toast::JobMade => say!(lang; "✅ It will come by itself.", "✅ Oʻzi keladi.", "✅ Будет приходить само."),
            Toast::JobRemoved => say!(lang; "🗑 Deleted.", "🗑 Oʻchirildi.", "🗑 Удалено."),
            Toast::JobStopped => say!(lang; "⏹ Stopped.", "⏹ Toʻxtatildi.", "⏹ Остановлено."),
            Toast::ChatGone => {
                say!(lang; "Nobody knows this chat any more.", "Bu chatni endi hech kim bilmaydi.", "Этот чат больше не известен.")
            }
            Toast::AskingTelegram => say!(lang; "⏳ Asking Telegram…", "⏳ Telegramdan soʻralmoqda…", "⏳ Спрашиваю Telegram…"),
            Toast::AssignedEverywhere => {
                say!(lang; "✅ Counted in all groups", "✅ Barcha guruhlarda hisoblanadi", "✅ Считаем во всех группах")
            }
            Toast::AssignedNowhere => {
                say!(lang; "⬜️ Counted in no group", "⬜️ Hech bir guruhda hisoblanmaydi", "⬜️ Не считаем нигде")
            }
            Toast::Activated => say!(lang; "▶️ Counts again", "▶️ Yana hisoblanadi", "▶️ Снова считаем"),
            Toast::Deactivated => say!(lang; "⏸ Doesn't count for now", "⏸ Hozircha hisoblanmaydi", "⏸ Пока не считаем"),
            Toast::Deleted => {
                say!(lang; "🗑 Deleted; the history stays", "🗑 Oʻchirildi; tarix qoladi", "🗑 Удалено; история осталась")
            }
            Toast::Enabled => say!(lang; "▶️ The group counts again", "▶️ Guruh yana hisoblanadi", "▶️ Группа снова считается"),
            Toast::Disabled => {
                say!(lang; "⏸ The group doesn't count for now", "⏸ Guruh hozircha hisoblanmaydi", "⏸ Группа пока не считается")
            }
            Toast::BotNotThere => say!(lang;
                "This bot isn't in the group: add it there first",
                "Bu bot guruhda yoʻq: avval uni guruhga qoʻshing",
                "Этого бота нет в группе: сначала добавьте его туда"),
            Toast::Registered => say!(lang; "✅ Registered", "✅ Roʻyxatga olindi", "✅ Зарегистрирована"),
            Toast::Left => say!(lang; "🚪 Leaving", "🚪 Chiqyapman", "🚪 Выхожу"),
            Toast::Removed => {
                say!(lang; "🗑 Removed; the history stays", "🗑 Olib tashlandi; tarix qoladi", "🗑 Убрана; история осталась")
            }
            Toast::Approved => say!(lang; "✅ Approved", "✅ Tasdiqlandi", "✅ Одобрено"),
            Toast::Rejected => say!(lang; "❌ Rejected", "❌ Rad etildi", "❌ Отклонено"),
            Toast::Detached => say!(lang; "🚫 Nobody's from now on", "🚫 Endi hech kimniki emas", "🚫 Теперь ничьё"),
            Toast::AccountDropped => say!(lang; "👤 Account removed", "👤 Akkaunt olib tashlandi", "👤 Аккаунт убран"),
            Toast::Language => say!(lang; "🌐 English it is", "🌐 Endi oʻzbekcha", "🌐 Теперь по-русски"),
            Toast::Preparing => say!(lang; "⏳ Being prepared…", "⏳ Tayyorlanmoqda…", "⏳ Готовлю…"),
            Toast::Stopping => say!(lang; "⏹ Stopping…", "⏹ Toʻxtatilmoqda…", "⏹ Останавливаю…"),
            Toast::Checking => say!(lang; "⏳ Checking…", "⏳ Tekshirilmoqda…", "⏳ Проверяю…"),
            Toast::Cancelled => say!(lang; "✖️ Cancelled", "✖️ Bekor qilindi", "✖️ Отменено"),
            Toast::NothingToCancel => {
                say!(lang; "There is nothing to cancel", "Bekor qiladigan narsa yoʻq", "Отменять нечего")
            }
            Toast::FormClosed => {
                say!(lang;
                    "This question is no longer open. Please begin again from the menu.",
                    "Bu savol endi ochiq emas. Iltimos, menyudan qaytadan boshlang.",
                    "Этот вопрос уже закрыт. Пожалуйста, начните заново из меню.")
            }
            Toast::TeacherGone => {
                say!(lang; "This teacher is no longer registered", "Bu oʻqituvchi endi roʻyxatda yoʻq", "Этого учителя больше нет в списке")
            }
            Toast::GroupGone => {
                say!(lang; "This group is no longer registered", "Bu guruh endi roʻyxatda yoʻq", "Этой группы больше нет в списке")
            }
            Toast::RequestGone => {
                say!(lang; "This request was answered already", "Bu soʻrovga javob berib boʻlingan", "На эту заявку уже ответили")
            }
            Toast::VoiceGone => {
                say!(lang; "Nothing was counted for it lately", "Yaqinda u uchun hech narsa hisoblanmagan", "За последнее время по нему ничего нет")
            }
            Toast::NotAdmin => {
                say!(lang; "⛔ Only admins can do this", "⛔ Buni faqat adminlar qila oladi", "⛔ Это могут только администраторы")
            }
            Toast::OutOfDate => {
                say!(lang; "This menu is out of date; here is the current one", "Bu menyu eskirgan; mana yangisi", "Это меню устарело, вот новое")
            }
        }
    }
}
