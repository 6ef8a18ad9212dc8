//! Forms, and what became of them.

use super::{Words, words};
use crate::{domain::lang::Lang, orders::Refusal, say, text::name::in_text};

words! {
    manage: "Change", "Oʻzgartirish", "Изменить";
    rename: "Rename", "Nomini oʻzgartirish", "Переименовать";
    new_name: "New name", "Yangi ism", "Новое имя";
    new_title: "New title", "Yangi nom", "Новое название";
    save: "Save", "Saqlash", "Сохранить";
    add_teacher: "Add a teacher", "Oʻqituvchi qoʻshish", "Добавить учителя";
    full_name: "Full name", "Toʻliq ism", "Полное имя";
    account_hint: "Telegram id (a number), if you know it", "Telegram id (raqam), bilsangiz", "Telegram id (число), если известен";
    add: "Add", "Qoʻshish", "Добавить";
    deactivate: "Deactivate", "Faolsizlantirish", "Отключить";
    deactivate_more: "Messages don't count any more; what was counted stays.", "Xabarlar endi hisoblanmaydi; hisoblangani saqlanadi.", "Сообщения больше не учитываются; посчитанное остаётся.";
    activate: "Activate", "Faollashtirish", "Включить";
    activate_more: "Messages count from now on.", "Xabarlar shu paytdan hisoblanadi.", "Сообщения учитываются с этого момента.";
    switch_off: "Switch off", "Oʻchirish", "Выключить";
    switch_off_more: "Nothing is counted in this group until it is switched on again.", "Guruh qayta yoqilguncha unda hech narsa hisoblanmaydi.", "Пока группа выключена, в ней ничего не учитывается.";
    switch_on: "Switch on", "Yoqish", "Включить";
    switch_on_more: "Messages of its teachers count from now on.", "Oʻqituvchilarining xabarlari shu paytdan hisoblanadi.", "Сообщения её учителей учитываются с этого момента.";
    assign: "Count somebody here", "Bu yerda hisoblash", "Учитывать здесь";
    assign_group: "Count in a group", "Guruhda hisoblash", "Учитывать в группе";
    choose_teacher: "Teacher", "Oʻqituvchi", "Учитель";
    teacher_id: "The teacher’s id", "Oʻqituvchining id raqami", "Id учителя";
    group_id: "The group’s id", "Guruhning id raqami", "Id группы";
    choose_group: "Group", "Guruh", "Группа";
    unassign: "Don't count here", "Bu yerda hisoblamaslik", "Не учитывать здесь";
    unassign_group: "Don't count in a group", "Guruhda hisoblamaslik", "Не учитывать в группе";
    appearance: "Appearance", "Koʻrinish", "Вид";
    theme: "Theme", "Mavzu", "Тема";
    theme_auto: "As the device", "Qurilmadagidek", "Как на устройстве";
    theme_light: "Light", "Yorugʻ", "Светлая";
    theme_dark: "Dark", "Qorongʻi", "Тёмная";
    language: "Language", "Til", "Язык";
    language_more: "The bot speaks it in the chat too.", "Bot chatda ham shu tilda gapiradi.", "На нём бот говорит и в чате.";
    viewers: "Viewers", "Kuzatuvchilar", "Наблюдатели";
    viewers_lead: "They see everything here and can change nothing. They sign in as you do: /dashboard in the chat with the bot.", "Ular hammasini koʻradi, lekin hech narsani oʻzgartira olmaydi. Sizdek kirishadi: bot bilan chatda /dashboard.", "Они видят всё, но ничего не могут менять. Входят так же: /dashboard в чате с ботом.";
    no_viewers: "Nobody is a viewer.", "Kuzatuvchi yoʻq.", "Наблюдателей нет.";
    add_viewer: "Name a viewer", "Kuzatuvchi tayinlash", "Назначить наблюдателя";
    viewer_id: "Telegram id (a number)", "Telegram id (raqam)", "Telegram id (число)";
    viewer_name: "What to call them", "Qanday atash kerak", "Как называть";
    named_by: "Named by", "Kim tayinlagan", "Кто назначил";
    remove: "Remove", "Olib tashlash", "Убрать";
    remove_viewer: "Remove a viewer", "Kuzatuvchini olib tashlash", "Убрать наблюдателя";
    researchers: "Researchers", "Tadqiqotchilar", "Исследователи";
    researchers_lead: "They collect public channels on the page Research, each with an account of their own, and see nothing of the school. Admins may anyway; those of the setting RESEARCHER_IDS are removed only there.", "Ular Research sahifasida oʻz hisobi bilan ochiq kanallarni toʻplaydi va maktabdan hech narsani koʻrmaydi. Adminlarga bu shundoq ham mumkin; RESEARCHER_IDS sozlamasidagilar faqat oʻsha yerda olib tashlanadi.", "Они собирают открытые каналы на странице «Исследования», каждый своей учётной записью, и не видят ничего о школе. Администраторам это можно и так; тех, кого назначает настройка RESEARCHER_IDS, убирают только там.";
    no_researchers: "Nobody but the admins is a researcher.", "Adminlardan boshqa tadqiqotchi yoʻq.", "Кроме администраторов, исследователей нет.";
    add_researcher: "Name a researcher", "Tadqiqotchi tayinlash", "Назначить исследователя";
    remove_researcher: "Remove a researcher", "Tadqiqotchini olib tashlash", "Убрать исследователя";
    remove_researcher_more: "What is collected for them at this moment ends. What they have stays theirs: they can have it deleted in the chat with the bot, /settings.", "Hozir ular uchun borayotgan toʻplash tugaydi. Toʻplaganlari oʻzlariniki boʻlib qoladi: bot bilan chatda, /settings da oʻchira olishadi.", "Идущий сбор прекратится. Собранное остаётся за ними: удалить его они могут в чате с ботом, /settings.";
    named_by_setting: "the setting RESEARCHER_IDS", "RESEARCHER_IDS sozlamasi", "настройка RESEARCHER_IDS";
    researcher_is_set: "The setting RESEARCHER_IDS names them, so only whoever runs the bot can change that, where it runs.", "Ularni RESEARCHER_IDS sozlamasi tayinlagan: buni faqat botni yurituvchi, oʻz serverida oʻzgartiradi.", "Их назначает настройка RESEARCHER_IDS: изменить это может только тот, у кого работает бот.";
    sessions: "Where you are signed in", "Qayerda kirgansiz", "Где вы вошли";
    this_one: "This one", "Shu", "Этот";
    last_seen: "Last seen", "Soʻnggi faollik", "Последний раз";
    signed_in_by: "By", "Qanday", "Как";
    by_link: "Link", "Havola", "Ссылка";
    by_app: "Mini App", "Mini App", "Mini App";
    sign_out_everywhere: "Sign out everywhere", "Hamma joydan chiqish", "Выйти везде";
    sign_out_everywhere_more: "Ends all your sessions, this one too.", "Barcha seanslaringiz tugaydi, shu ham.", "Завершает все ваши сеансы, и этот тоже.";
    configured: "What is configured", "Nimalar sozlangan", "Что настроено";
    configured_more: "Whoever runs the bot changes these where it runs.", "Bularni botni yurituvchi oʻz serverida oʻzgartiradi.", "Это меняет тот, у кого работает бот.";
    zone: "Time zone", "Vaqt mintaqasi", "Часовой пояс";
    admins: "Admins", "Adminlar", "Админы";
    address: "Address", "Manzil", "Адрес";
    release: "Release", "Versiya", "Версия";
    user_session: "User session", "Foydalanuvchi seansi", "Сеанс пользователя";
    yes: "yes", "ha", "да";
    no: "no", "yoʻq", "нет";
    own_name: "English", "Oʻzbekcha", "Русский";
}

/// What was done, in a word on top of the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It is so now.
    Saved,
    /// A teacher is registered.
    TeacherAdded,
    /// Somebody may look.
    ViewerNamed,
    /// Somebody may no longer look.
    ViewerRemoved,
    /// Somebody may collect.
    ResearcherNamed,
    /// Somebody may no longer collect.
    ResearcherRemoved,
    /// The session is over.
    SignedOut,
    /// Telegram is being asked about chats.
    TelegramAsked,
}

impl Notice {
    /// All of them.
    pub const ALL: [Notice; 8] = [
        Self::Saved,
        Self::TeacherAdded,
        Self::ViewerNamed,
        Self::ViewerRemoved,
        Self::ResearcherNamed,
        Self::ResearcherRemoved,
        Self::SignedOut,
        Self::TelegramAsked,
    ];

    /// Its name in an address.
    pub fn key(self) -> &'static str {
        match self {
            Self::Saved => "saved",
            Self::TeacherAdded => "teacher-added",
            Self::ViewerNamed => "viewer-named",
            Self::ViewerRemoved => "viewer-removed",
            Self::ResearcherNamed => "researcher-named",
            Self::ResearcherRemoved => "researcher-removed",
            Self::SignedOut => "signed-out",
            Self::TelegramAsked => "asked",
        }
    }

    /// The one with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.key() == key)
    }

    /// In words.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Saved => say!(lang; "Saved.", "Saqlandi.", "Сохранено."),
            Self::TeacherAdded => say!(lang;
                "The teacher is registered. Now choose where they are counted.",
                "Oʻqituvchi roʻyxatga olindi. Endi qaysi guruhlarda hisoblanishini tanlang.",
                "Учитель зарегистрирован. Теперь выберите, где его учитывать."),
            Self::ViewerNamed => say!(lang;
                "They can look from now on: by /dashboard in the chat with the bot.",
                "Endi ular koʻra oladi: bot bilan chatda /dashboard.",
                "Теперь они могут смотреть: /dashboard в чате с ботом."),
            Self::ViewerRemoved => say!(lang; "They can't look any more.", "Ular endi koʻra olmaydi.", "Доступ закрыт."),
            Self::ResearcherNamed => say!(lang;
                "They can collect from now on: by /dashboard in the chat with the bot.",
                "Endi ular toʻplay oladi: bot bilan chatda /dashboard.",
                "Теперь они могут собирать: /dashboard в чате с ботом."),
            Self::ResearcherRemoved => say!(lang;
                "They can't collect any more.",
                "Ular endi toʻplay olmaydi.",
                "Собирать они больше не могут."),
            Self::SignedOut => Words(lang).signed_out(),
            Self::TelegramAsked => say!(lang;
                "Telegram is being asked. Reload the page in a moment.",
                "Telegramdan soʻralmoqda. Birozdan soʻng sahifani yangilang.",
                "Спрашиваем Telegram. Обновите страницу чуть позже."),
        }
    }
}

/// Why an order is refused, for people on a page.
pub fn refusal(why: &Refusal, lang: Lang) -> String {
    match why {
        Refusal::IdTaken(id, name) => say!(lang;
            format!("The id {id} belongs to {name}."),
            format!("{id} raqami {name} ga tegishli."),
            format!("Id {id} уже у {name}.")),
        Refusal::AccountTaken(account, id, name) => say!(lang;
            format!("The Telegram account {account} belongs to {name} ({id}); take it away there first."),
            format!("{account} Telegram hisobi {name} ({id}) ga tegishli; avval u yerdan olib tashlang."),
            format!("Аккаунт {account} принадлежит {name} ({id}); сначала уберите его там.")),
        Refusal::NoAccount(account) => say!(lang;
            format!("{account} is no person's Telegram id: those are positive numbers. @userinfobot tells them."),
            format!("{account} shaxsning Telegram id raqami emas: u musbat son. @userinfobot aytib beradi."),
            format!("{account} не id человека: это положительное число. Его подскажет @userinfobot.")),
        Refusal::UnknownTeacher(id) => say!(lang;
            format!("There is no teacher {id} any more."),
            format!("{id} oʻqituvchisi endi yoʻq."),
            format!("Учителя {id} больше нет.")),
        Refusal::UnknownGroup(chat) => say!(lang;
            format!("The group {chat} is no longer registered."),
            format!("{chat} guruhi endi roʻyxatda yoʻq."),
            format!("Группа {chat} больше не зарегистрирована.")),
        Refusal::NoGroup(chat) => say!(lang;
            format!("{chat} is no group: a group's id is negative."),
            format!("{chat} guruh emas: guruh raqami manfiy boʻladi."),
            format!("{chat} не группа: id группы отрицательный.")),
        Refusal::BotNotThere(bot, title) => say!(lang;
            format!("{bot} isn't in {title}: add it to the group first."),
            format!("{bot} boti {title} guruhida yoʻq: avval guruhga qoʻshing."),
            format!("{bot} нет в {title}: сначала добавьте его в группу.")),
        Refusal::GroupGone(title) => say!(lang;
            format!("No bot is in {} any more; add it to the group again.", in_text(title)),
            format!("{} guruhida endi bot yoʻq; uni yana qoʻshing.", in_text(title)),
            format!("В {} больше нет бота; добавьте его снова.", in_text(title))),
        Refusal::UnknownCommunity(_) | Refusal::NoCommunity => say!(lang;
            "This group's voice chats aren't watched.",
            "Bu guruhning ovozli suhbatlari kuzatilmayapti.",
            "Голосовые чаты этой группы не отслеживаются.")
        .to_owned(),
        Refusal::UnknownChat(chat) => say!(lang;
            format!("No bot knows the chat {chat} any more."),
            format!("{chat} chatini endi hech bir bot bilmaydi."),
            format!("Чат {chat} больше не известен ни одному боту.")),
        Refusal::BotIsThere(title) => say!(lang;
            format!("A bot is still in {}; take it out first.", in_text(title)),
            format!("Bot hali {} ichida; avval uni chiqaring.", in_text(title)),
            format!("Бот всё ещё в чате {}; сначала уберите его.", in_text(title))),
        Refusal::UnknownJob(_)
        | Refusal::OwnMaster(_)
        | Refusal::RunsAlready(_)
        | Refusal::NothingStopped
        | Refusal::NoSuchTime
        | Refusal::NothingRuns
        | Refusal::NotRemovable(_)
        | Refusal::Cron(_)
        | Refusal::SentOnce(_)
        | Refusal::NothingToSend
        | Refusal::TooLong
        | Refusal::NobodyToSendTo
        | Refusal::NothingToRepeat(_)
        | Refusal::NoBackupFolder(_)
        | Refusal::NoChannels(_)
        | Refusal::NoCollectionFolder(_) => crate::text::jobs::refusal(why, lang),
        Refusal::NoCommandName
        | Refusal::CommandTaken(_)
        | Refusal::UnknownCommand(_)
        | Refusal::TooManyCommands
        | Refusal::LastDescription(_)
        | Refusal::UnknownBot(_)
        | Refusal::Command(_) => crate::text::custom::refusal(why, lang),
        Refusal::UnknownKey(_) | Refusal::KeyTaken(_) | Refusal::NoKeyName | Refusal::AlreadyExpired => why.to_string(),
        Refusal::NoTitle => {
            say!(lang; "A title has at least one letter.", "Nomda kamida bitta harf boʻlsin.", "В названии нужна хотя бы одна буква.")
                .to_owned()
        }
    }
}

impl Words {
    /// A name that can't be one.
    pub fn bad_name(self) -> &'static str {
        say!(self.0; "A name has 2 to 64 characters.", "Ism 2 tadan 64 tagacha belgidan iborat.", "В имени от 2 до 64 символов.")
    }

    /// A number that can't be a Telegram id.
    pub fn bad_account(self) -> &'static str {
        say!(self.0;
            "A Telegram id is a positive number; @userinfobot tells it.",
            "Telegram id musbat son; uni @userinfobot aytadi.",
            "Telegram id — положительное число; его подскажет @userinfobot.")
    }
}
