//! What everybody is told about the bot and about themselves: `/info`, `/settings`, what is stored.

use super::{english, html::Html, russian};
use crate::{
    domain::{lang::Lang, registry::Notice},
    html, say,
};

/// Who asks what the bot does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here<'a> {
    /// Somebody in private who is nothing here.
    Nobody,
    /// A teacher, who is counted in so many groups.
    Teacher(u64),
    /// An admin.
    Admin,
    /// In a group that isn't counted.
    UncountedGroup,
    /// In a group, where messages of so many teachers count; and whether its voice chats are watched.
    Group {
        /// The title.
        title: &'a str,
        /// How many.
        teachers: u64,
        /// Study time is measured.
        watched: bool,
    },
}

/// What this bot does, in this chat.
pub fn info(here: &Here<'_>, lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("ℹ️ <b>Rollcall</b>\nI count who takes part in a school's groups: how many messages of which kind teachers write each day, and how long study groups sit in voice chats."),
        html!("ℹ️ <b>Rollcall</b>\nMen maktab guruhlarida kim qatnashayotganini sanayman: oʻqituvchilar har kuni qancha va qanday xabar yozishi, oʻquv guruhlari ovozli chatda qancha oʻtirishi."),
        html!("ℹ️ <b>Rollcall</b>\nЯ считаю, кто участвует в группах школы: сколько и каких сообщений пишут учителя за день и сколько учебные группы сидят в голосовых чатах."));
    html.push_line(&html!("\n{}", this_chat(here, lang)));
    html.push_line(&say!(lang;
        html!("\n🔒 I never store what anybody writes, says or sends: only numbers. /settings in our private chat shows what is stored about you, and deletes it."),
        html!("\n🔒 Hech kimning yozgani, aytgani yoki yuborgani saqlanmaydi: faqat sonlar. Shaxsiy chatdagi /settings siz haqingizda nima saqlanishini koʻrsatadi va oʻchiradi."),
        html!("\n🔒 Я никогда не храню, что кто-то пишет, говорит или присылает: только числа. /settings в личном чате покажет, что хранится о вас, и удалит это.")));
    let version = Html::text(env!("CARGO_PKG_VERSION"));
    html.push_line(
        &say!(lang; html!("<i>Version {}</i>", version), html!("<i>Versiya {}</i>", version), html!("<i>Версия {}</i>", version)),
    );
    html
}

fn this_chat(here: &Here<'_>, lang: Lang) -> Html {
    match here {
        Here::Nobody => Html::text(say!(lang;
            "In this chat nothing is counted. Nobody counts your messages as long as you aren't registered as a teacher.",
            "Bu chatda hech narsa sanalmaydi. Oʻqituvchi sifatida roʻyxatda boʻlmasangiz, xabarlaringiz sanalmaydi.",
            "В этом чате ничего не считается. Пока вы не зарегистрированы как учитель, ваши сообщения никто не считает.")),
        Here::Teacher(groups) => {
            let n = *groups;
            let text = say!(lang;
                format!("In this chat nothing is counted. Your messages count in {n} {}.", english(n, "group", "groups")),
                format!("Bu chatda hech narsa sanalmaydi. Xabarlaringiz {n} ta guruhda hisoblanadi."),
                format!("В этом чате ничего не считается. Ваши сообщения считаются в {n} {}.", russian(n, "группе", "группах", "группах")));
            Html::text(text)
        }
        Here::Admin => Html::text(say!(lang;
            "In this chat nothing is counted. You are an admin: /start opens everything.",
            "Bu chatda hech narsa sanalmaydi. Siz adminsiz: /start hammasini ochadi.",
            "В этом чате ничего не считается. Вы администратор: /start открывает всё.")),
        Here::UncountedGroup => Html::text(say!(lang;
            "In this group nothing is counted.",
            "Bu guruhda hech narsa sanalmaydi.",
            "В этой группе ничего не считается.")),
        Here::Group { title, teachers, watched } => {
            let (title, n) = (Html::name(title), *teachers);
            let counted = Html::text(say!(lang;
                format!("{n} {}", english(n, "teacher", "teachers")),
                format!("{n} ta oʻqituvchi"),
                format!("{n} {}", russian(n, "учителя", "учителей", "учителей"))));
            let mut html = say!(lang;
                html!("Here in {} I count messages of {}, by day and kind; nobody else's.", title, counted),
                html!("{} guruhida {}ning xabarlarini kun va turi boʻyicha sanayman; boshqalarnikini emas.", title, counted),
                html!("Здесь, в {}, я считаю сообщения {} по дням и видам; больше ничьи.", title, counted));
            if *watched {
                html.push_text(say!(lang;
                    " How long members sit in the voice chat is measured too.",
                    " Aʼzolar ovozli chatda qancha oʻtirishi ham oʻlchanadi.",
                    " Измеряется и время участников в голосовом чате."));
            }
            html
        }
    }
}

/// Settings of one's own.
pub fn settings(lang: Lang) -> Html {
    say!(lang;
        html!("⚙️ <b>Settings</b>\nThese are yours alone."),
        html!("⚙️ <b>Sozlamalar</b>\nBular faqat sizniki."),
        html!("⚙️ <b>Настройки</b>\nОни только ваши."))
}

/// What an admin hears of. `unheard`: alarms that no admin hears.
pub fn notices(unheard: bool, lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("🔔 <b>Notifications</b>\nWhat I tell you without being asked. Answers to what you do always come."),
        html!("🔔 <b>Bildirishnomalar</b>\nSoʻralmasdan aytadiganlarim. Oʻzingiz qilgan ishga javob har doim keladi."),
        html!("🔔 <b>Уведомления</b>\nО чём я сообщаю без вопроса. Ответы на ваши действия приходят всегда."));
    if unheard {
        html.push_line(&say!(lang;
            html!("\n⚠️ No admin hears alarms: if counting stops, nobody is told."),
            html!("\n⚠️ Hech bir admin ogohlantirishlarni olmaydi: sanash toʻxtasa, hech kim bilmaydi."),
            html!("\n⚠️ Тревоги не получает ни один администратор: если счёт остановится, никто не узнает.")));
    }
    html
}

/// The same for everybody else: nothing comes by itself.
pub fn no_notices(lang: Lang) -> Html {
    say!(lang;
        html!("🔔 <b>Notifications</b>\nI write to you only when you ask, press or write something, or when an admin answers you. There is nothing to switch off."),
        html!("🔔 <b>Bildirishnomalar</b>\nMen faqat siz soʻrasangiz, bossangiz, yozsangiz yoki admin javob bersa yozaman. Oʻchiradigan narsa yoʻq."),
        html!("🔔 <b>Уведомления</b>\nЯ пишу вам, только если вы спросили, нажали, написали или вам ответил администратор. Отключать нечего."))
}

/// A button for a sort of news.
pub fn notice(notice: Notice, on: bool, lang: Lang) -> String {
    let words = match notice {
        Notice::Groups => say!(lang; "Groups and members", "Guruhlar va aʼzolar", "Группы и участники"),
        Notice::Requests => say!(lang; "Requests to be registered", "Roʻyxatga olish soʻrovlari", "Заявки на регистрацию"),
        Notice::Alarms => {
            say!(lang; "Alarms: something doesn't work", "Ogohlantirish: nosozliklar", "Тревоги: что-то не работает")
        }
        Notice::Boards => say!(lang; "Boards that need you", "Eʼtibor talab qiladigan jadvallar", "Доски, где нужны вы"),
        Notice::Digests => say!(lang; "Scheduled reports", "Jadval boʻyicha hisobotlar", "Отчёты по расписанию"),
        Notice::Feedback => say!(lang; "Feedback", "Fikr-mulohazalar", "Отзывы"),
    };
    format!("{} {words}", if on { "🔔" } else { "🔕" })
}

/// Something that is stored about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The language that they chose.
    Language(Lang),
    /// That they once wrote to the bot, and their Telegram's language.
    Met,
    /// So many sorts of news that they don't want.
    Muted(u64),
    /// Registered as a teacher: name, id, accounts, groups.
    Teacher {
        /// As registered.
        name: String,
        /// Own id.
        id: String,
        /// How many accounts.
        accounts: u64,
        /// Counted in so many groups.
        groups: u64,
    },
    /// Their wish to be registered, with this name.
    Request(String),
    /// A question that is open.
    Question,
    /// Study time in a community.
    Study(String),
    /// Numbers of messages to the admins that may still be answered.
    Feedback(u64),
    /// Being signed in to the dashboard, on so many devices.
    SignedIn(u64),
    /// So many channels that they collected on the dashboard.
    Collected(u64),
    /// The session of the Telegram account with which they collect.
    OwnSession,
    /// That they may look at the dashboard.
    Viewer,
    /// That they may collect channels there.
    Researcher,
    /// Listed by Telegram as an administrator of so many chats.
    Administrator(u64),
    /// What they changed as an admin, in the log.
    Log,
}

impl Stored {
    /// Whether it goes when they delete what is theirs.
    pub fn goes(&self) -> bool {
        match self {
            Self::Language(_)
            | Self::Met
            | Self::Muted(_)
            | Self::Request(_)
            | Self::Question
            | Self::Study(_)
            | Self::Feedback(_)
            | Self::SignedIn(_)
            | Self::Collected(_)
            | Self::OwnSession => true,
            Self::Teacher { .. } | Self::Viewer | Self::Researcher | Self::Administrator(_) | Self::Log => false,
        }
    }

    fn words(&self, lang: Lang) -> Html {
        match self {
            Self::Language(chosen) => {
                let chosen = Html::text(super::button::language(*chosen, false));
                say!(lang; html!("the language you chose: {}", chosen), html!("tanlagan tilingiz: {}", chosen), html!("выбранный язык: {}", chosen))
            }
            Self::Met => Html::text(say!(lang;
                "that you have written to me, and your Telegram's language",
                "menga yozganingiz va Telegram tilingiz",
                "что вы мне писали, и язык вашего Telegram")),
            Self::Muted(n) => Html::text(say!(lang;
                format!("notifications that you switched off: {n}"),
                format!("oʻchirgan bildirishnomalaringiz: {n}"),
                format!("отключённые уведомления: {n}"))),
            Self::Teacher { name, id, accounts, groups } => {
                let (name, id) = (Html::name(name), Html::code(id));
                let (accounts, groups) = (Html::text(accounts), Html::text(groups));
                say!(lang;
                    html!("your entry as a teacher: {} {}, accounts: {}, groups: {}, and how many messages of which kind you wrote each day", name, id, accounts, groups),
                    html!("oʻqituvchi sifatidagi yozuv: {} {}, akkauntlar: {}, guruhlar: {}, har kuni qancha va qanday xabar yozganingiz", name, id, accounts, groups),
                    html!("запись учителя: {} {}, аккаунтов: {}, групп: {}, и сколько каких сообщений вы писали за день", name, id, accounts, groups))
            }
            Self::Request(name) => {
                let name = Html::name(name);
                say!(lang; html!("your wish to be registered as {}", name), html!("{} nomi bilan roʻyxatdan oʻtish soʻrovingiz", name), html!("ваша заявка на регистрацию: {}", name))
            }
            Self::Question => Html::text(
                say!(lang; "a question that waits for your answer", "javobingizni kutayotgan savol", "вопрос, который ждёт ответа"),
            ),
            Self::Study(title) => {
                let title = Html::name(title);
                say!(lang;
                    html!("in {}: your name there, when you sat in the voice chat, your goal", title),
                    html!("{} guruhida: ismingiz, ovozli chatda qachon oʻtirganingiz, maqsadingiz", title),
                    html!("в {}: ваше имя там, когда вы были в голосовом чате, ваша цель", title))
            }
            Self::Feedback(n) => Html::text(say!(lang;
                format!("the numbers (not the words) of {n} {} to the admins, for 30 days at most", english(*n, "message", "messages")),
                format!("adminlarga yozgan {n} ta xabaringizning raqami (matni emas), koʻpi bilan 30 kun"),
                format!("номера (не текст) {n} {} администраторам, не дольше 30 дней", russian(*n, "сообщения", "сообщений", "сообщений")))),
            Self::SignedIn(n) => Html::text(say!(lang;
                format!("that you are signed in to the dashboard: {n}"),
                format!("panelga kirganingiz: {n}"),
                format!("что вы вошли в панель: {n}"))),
            Self::Collected(n) => Html::text(say!(lang;
                format!("what you collected on the dashboard’s page Research, channels: {n} (to be deleted there too: “Log out and delete everything”)"),
                format!("panelning Tadqiqot sahifasida toʻplaganingiz, kanallar: {n} (u yerda ham oʻchirsa boʻladi: “Chiqish va hammasini oʻchirish”)"),
                format!("что вы собрали в панели на странице «Исследования», каналов: {n} (удалить можно и там: «Выйти и удалить всё»)"))),
            Self::OwnSession => Html::text(say!(lang;
                "the session of your Telegram account there; it is ended at Telegram too",
                "u yerdagi Telegram hisobingiz seansi; u Telegramda ham tugatiladi",
                "сеанс вашей учётной записи Telegram там; он завершается и в Telegram")),
            Self::Researcher => Html::text(say!(lang;
                "that you may collect public channels on the dashboard",
                "panelda ochiq kanallarni toʻplash huquqingiz",
                "что вам можно собирать открытые каналы в панели")),
            Self::Viewer => Html::text(
                say!(lang; "that you may look at the dashboard", "panelni koʻrish huquqingiz", "что вам можно смотреть панель"),
            ),
            Self::Administrator(n) => Html::text(say!(lang;
                format!("that Telegram lists you as an administrator of {n} {}", english(*n, "chat", "chats")),
                format!("Telegram sizni {n} ta chat administratori deb koʻrsatishi"),
                format!("что Telegram называет вас администратором {n} {}", russian(*n, "чата", "чатов", "чатов")))),
            Self::Log => Html::text(say!(lang;
                "what you change as an admin, in the log of changes",
                "admin sifatida oʻzgartirganlaringiz, oʻzgarishlar jurnalida",
                "что вы меняете как администратор, в журнале изменений")),
        }
    }
}

/// What is stored about somebody.
pub fn privacy(stored: &[Stored], lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("🔒 <b>Privacy</b>\nWhat you write to anybody is never stored. Stored about you is:"),
        html!("🔒 <b>Maxfiylik</b>\nYozganlaringiz hech qachon saqlanmaydi. Siz haqingizda saqlanadi:"),
        html!("🔒 <b>Ваши данные</b>\nЧто вы пишете, не хранится никогда. О вас хранится:"));
    push_list(&mut html, stored.iter().filter(|stored| stored.goes()), lang);
    if !stored.iter().any(Stored::goes) {
        html.push_line(&Html::text(
            say!(lang; "• nothing that you could delete", "• oʻchirsa boʻladigan narsa yoʻq", "• ничего, что можно удалить"),
        ));
    }
    if stored.iter().any(|stored| !stored.goes()) {
        html.push_line(&say!(lang;
            html!("\nBelongs to the school, and is deleted by its admins (/contact):"),
            html!("\nMaktabga tegishli, uni adminlar oʻchiradi (/contact):"),
            html!("\nПринадлежит школе, удаляют её администраторы (/contact):")));
        push_list(&mut html, stored.iter().filter(|stored| !stored.goes()), lang);
    }
    html
}

fn push_list<'a>(html: &mut Html, stored: impl Iterator<Item = &'a Stored>, lang: Lang) {
    for stored in stored {
        html.push_line(&html!("• {}", stored.words(lang)));
    }
}

/// Really delete it?
pub fn confirm_forget(stored: &[Stored], lang: Lang) -> Html {
    let mut html = say!(lang;
        html!("🗑 <b>Delete what is stored about you?</b>\nIt can't be brought back. This goes:"),
        html!("🗑 <b>Siz haqingizda saqlanganlar oʻchirilsinmi?</b>\nQaytarib boʻlmaydi. Quyidagilar oʻchadi:"),
        html!("🗑 <b>Удалить, что хранится о вас?</b>\nВернуть нельзя. Удаляется:"));
    push_list(&mut html, stored.iter().filter(|stored| stored.goes()), lang);
    html
}

/// What somebody collected is no more; whether Telegram knows that its session is over.
pub fn collected_forgotten(is_told: bool, lang: Lang) -> Html {
    if is_told {
        return say!(lang;
            html!("🗑 What you collected is deleted, and the session of your Telegram account is over."),
            html!("🗑 Toʻplaganlaringiz oʻchirildi, Telegram hisobingiz seansi tugadi."),
            html!("🗑 Собранное вами удалено, сеанс вашей учётной записи Telegram завершён."));
    }
    say!(lang;
        html!("🗑 What you collected is deleted, but Telegram couldn’t be told. End the session in the app: Settings → Devices."),
        html!("🗑 Toʻplaganlaringiz oʻchirildi, lekin Telegramga xabar berib boʻlmadi. Seansni ilovada tugating: Sozlamalar → Qurilmalar."),
        html!("🗑 Собранное вами удалено, но Telegram не ответил. Завершите сеанс в приложении: Настройки → Устройства."))
}

/// What somebody collected couldn't be deleted.
pub fn not_forgotten(lang: Lang) -> Html {
    say!(lang;
        html!("⚠️ What you collected couldn’t be deleted. Try again, or tell the admins: /feedback"),
        html!("⚠️ Toʻplaganlaringizni oʻchirib boʻlmadi. Qayta urinib koʻring yoki adminlarga yozing: /feedback"),
        html!("⚠️ Собранное вами не удалось удалить. Попробуйте ещё раз или напишите администраторам: /feedback"))
}

/// What a press about one's own settings, or about commands, says back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnToast {
    /// News of this sort come.
    Hears,
    /// They don't.
    HearsNot,
    /// What was stored is deleted.
    Forgotten,
    /// It is so.
    Saved,
    /// A command is no more.
    CommandDeleted,
    /// Nobody knows this command any more.
    CommandGone,
    /// Why it isn't so.
    Refused(String),
}

impl OwnToast {
    /// The words; of a refusal they are in it.
    pub(super) fn text(&self, lang: Lang) -> &'static str {
        match self {
            Self::Hears => say!(lang; "🔔 I tell you", "🔔 Xabar beraman", "🔔 Буду сообщать"),
            Self::HearsNot => say!(lang; "🔕 I don't tell you", "🔕 Xabar bermayman", "🔕 Не буду сообщать"),
            Self::Forgotten => say!(lang;
                "🗑 Deleted. Study time and what you collected, if there was any, take a moment more.",
                "🗑 Oʻchirildi. Oʻqish vaqti va toʻplaganlaringiz boʻlsa, yana bir oz vaqt kerak.",
                "🗑 Удалено. Учебное время и собранное, если они были, займут ещё немного."),
            Self::Saved => say!(lang; "✅ Saved", "✅ Saqlandi", "✅ Сохранено"),
            Self::CommandDeleted => say!(lang; "🗑 Deleted", "🗑 Oʻchirildi", "🗑 Удалено"),
            Self::CommandGone => {
                say!(lang; "There is no such command any more.", "Bunday buyruq endi yoʻq.", "Такой команды больше нет.")
            }
            Self::Refused(_) => "",
        }
    }
}
