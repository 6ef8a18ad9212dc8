//! Questions of the dialogues, and what is said when an answer won't do.

use super::{
    html::Html,
    study::{correction::CorrectionRefusal, mine, setting::SettingRefusal},
};
use crate::{
    domain::{
        ids::{FullNameError, TeacherId, TeacherIdError, UserId},
        lang::Lang,
        period::PeriodError,
    },
    html, say,
};

/// New teacher, first question.
pub fn ask_teacher_id(lang: Lang) -> Html {
    say!(lang;
        html!("➕ <b>New teacher</b> · 1/3\nSend the teacher's <b>id</b>: 3 to 16 letters and digits, such as <code>T001</code>."),
        html!("➕ <b>Yangi oʻqituvchi</b> · 1/3\nOʻqituvchi <b>ID</b> sini yuboring: 3 tadan 16 tagacha lotin harfi va raqam, masalan <code>T001</code>."),
        html!("➕ <b>Новый учитель</b> · 1/3\nПришлите <b>ID</b> учителя: от 3 до 16 латинских букв и цифр, например <code>T001</code>."))
}

/// New teacher, second question.
pub fn ask_teacher_name(teacher: TeacherId, lang: Lang) -> Html {
    let id = Html::code(teacher);
    say!(lang;
        html!("➕ <b>New teacher</b> {} · 2/3\nSend the <b>full name</b>.", id),
        html!("➕ <b>Yangi oʻqituvchi</b> {} · 2/3\n<b>Toʻliq ism</b>ni yuboring.", id),
        html!("➕ <b>Новый учитель</b> {} · 2/3\nПришлите <b>полное имя</b>.", id))
}

/// Which account? For a new teacher (with its place in the row of questions) or a known one.
pub fn ask_account(name: &str, step: &'static str, lang: Lang) -> Html {
    let (name, step) = (Html::name(name), Html::literal(step));
    say!(lang;
        html!("👤 {}{}\nWhose Telegram account is it? Choose the person with the button below, forward a message of theirs, share their contact, or send the account's number.", name, step),
        html!("👤 {}{}\nBu kimning Telegram akkaunti? Pastdagi tugma orqali odamni tanlang, uning xabarini uzating, kontaktini yuboring yoki akkaunt raqamini yozing.", name, step),
        html!("👤 {}{}\nЧей это аккаунт Telegram? Выберите человека кнопкой ниже, перешлите его сообщение, отправьте контакт или номер аккаунта.", name, step))
}

/// Beside the question for an account: a button for leaving it open.
pub fn account_may_wait(lang: Lang) -> Html {
    Html::text(say!(lang; "…or leave it for later:", "…yoki keyinga qoldiring:", "…или оставьте на потом:"))
}

/// A teacher's other name.
pub fn ask_new_name(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("✏️ {}\nSend the new full name.", name),
        html!("✏️ {}\nYangi toʻliq ismni yuboring.", name),
        html!("✏️ {}\nПришлите новое полное имя.", name))
}

/// A group's own name.
pub fn ask_group_name(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("✏️ {}\nSend the name that reports should use. Send a minus (-) to follow Telegram's title again.", title),
        html!("✏️ {}\nHisobotlarda ishlatiladigan nomni yuboring. Telegramdagi nomga qaytish uchun minus (-) yuboring.", title),
        html!("✏️ {}\nПришлите название для отчётов. Чтобы снова брать название из Telegram, пришлите минус (-).", title))
}

/// A typed period.
pub fn ask_period(lang: Lang) -> Html {
    say!(lang;
        html!("🗓 Send a number of days (<code>1</code> to <code>365</code>) or two dates: <code>2026-01-01..2026-01-31</code>"),
        html!("🗓 Kunlar sonini (<code>1</code> dan <code>365</code> gacha) yoki ikki sanani yuboring: <code>2026-01-01..2026-01-31</code>"),
        html!("🗓 Пришлите число дней (от <code>1</code> до <code>365</code>) или две даты: <code>2026-01-01..2026-01-31</code>"))
}

/// A part of a name.
pub fn ask_search(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🔎 Send a part of a name, a group's title or an id.",
        "🔎 Ismning bir qismi, guruh nomi yoki ID yuboring.",
        "🔎 Пришлите часть имени, название группы или ID."))
}

/// Self-registration.
pub fn ask_own_name(lang: Lang) -> Html {
    Html::text(say!(lang;
        "📝 Send your full name as your school knows it. An admin will confirm it.",
        "📝 Maktabingizda maʼlum boʻlgan toʻliq ismingizni yuboring. Admin uni tasdiqlaydi.",
        "📝 Пришлите своё полное имя, под которым вас знают в школе. Администратор его подтвердит."))
}

/// The request waits.
pub fn request_sent(lang: Lang) -> Html {
    Html::text(say!(lang;
        "📨 Thank you. Your request was sent to the admins; I will write to you when they decide.",
        "📨 Rahmat. Soʻrovingiz adminlarga yuborildi; qaror qabul qilishganda sizga yozaman.",
        "📨 Спасибо. Заявка отправлена администраторам; я напишу вам, когда они решат."))
}

/// To the admins.
pub fn request_received(name: &str, user: UserId, lang: Lang) -> Html {
    let (name, user) = (Html::name(name), Html::code(user));
    say!(lang;
        html!("📝 {} (Telegram id {}) asks to be registered as a teacher.", name, user),
        html!("📝 {} (Telegram ID {}) oʻqituvchi sifatida roʻyxatdan oʻtmoqchi.", name, user),
        html!("📝 {} (Telegram ID {}) просит зарегистрировать себя как учителя.", name, user))
}

/// To the person.
pub fn you_are_approved(lang: Lang) -> Html {
    Html::text(say!(lang;
        "✅ You are registered. Your messages in the school's groups count from now on. Send /start to see your numbers.",
        "✅ Siz roʻyxatga olindingiz. Endi maktab guruhlaridagi xabarlaringiz hisoblanadi. Natijalaringizni koʻrish uchun /start yuboring.",
        "✅ Вы зарегистрированы. Теперь ваши сообщения в группах школы считаются. Свои цифры смотрите по команде /start."))
}

/// To the person.
pub fn you_are_rejected(lang: Lang) -> Html {
    Html::text(say!(lang;
        "❌ The admins did not confirm your request. If this is a mistake, talk to them and try again with /start.",
        "❌ Adminlar soʻrovingizni tasdiqlamadi. Agar bu xato boʻlsa, ular bilan gaplashing va /start orqali qayta urinib koʻring.",
        "❌ Администраторы не подтвердили вашу заявку. Если это ошибка, поговорите с ними и попробуйте снова через /start."))
}

/// Why an answer won't do. The form stays open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No id.
    TeacherId(TeacherIdError),
    /// Somebody has that id.
    IdTaken {
        /// The id.
        teacher: TeacherId,
        /// Whose it is.
        name: String,
    },
    /// No name.
    Name(FullNameError),
    /// Text was expected.
    NeedText,
    /// An account was expected.
    NeedAccount,
    /// The author hides their account.
    HiddenAuthor(String),
    /// Nobody with an account.
    NoAccount,
    /// A bot can't teach.
    IsBot,
    /// One of Telegram's own accounts, which stand for many.
    Nobody,
    /// Somebody has that account.
    AccountTaken {
        /// Whose it is.
        name: String,
    },
    /// No period.
    Period(PeriodError),
    /// No group's name.
    GroupName,
    /// No value for a community's setting.
    Setting(SettingRefusal),
    /// No correction.
    Correction(CorrectionRefusal),
    /// No goal.
    Goal,
    /// No command; why, in the person's language.
    Command(String),
}

impl Refusal {
    /// The words.
    pub fn html(&self, lang: Lang) -> Html {
        match self {
            Refusal::TeacherId(TeacherIdError::Length) => plain(say!(lang;
                "⚠️ An id has 3 to 16 characters. Send another one.",
                "⚠️ ID 3 tadan 16 tagacha belgidan iborat. Boshqasini yuboring.",
                "⚠️ В ID от 3 до 16 символов. Пришлите другой.")),
            Refusal::TeacherId(TeacherIdError::Character) => plain(say!(lang;
                "⚠️ An id consists of Latin letters and digits only. Send another one.",
                "⚠️ ID faqat lotin harflari va raqamlardan iborat. Boshqasini yuboring.",
                "⚠️ ID состоит только из латинских букв и цифр. Пришлите другой.")),
            Refusal::IdTaken { teacher, name } => {
                let (id, name) = (Html::code(teacher), Html::name(name));
                say!(lang;
                    html!("⚠️ The id {} belongs to {} already. Send another one, or open that teacher.", id, name),
                    html!("⚠️ {} ID si allaqachon {} ga tegishli. Boshqasini yuboring yoki oʻsha oʻqituvchini oching.", id, name),
                    html!("⚠️ ID {} уже занят: {}. Пришлите другой или откройте этого учителя.", id, name))
            }
            Refusal::Name(FullNameError::TooShort) => plain(say!(lang;
                "⚠️ A name has at least 2 characters. Send it again.",
                "⚠️ Ism kamida 2 ta belgidan iborat. Qayta yuboring.",
                "⚠️ В имени хотя бы 2 символа. Пришлите ещё раз.")),
            Refusal::Name(FullNameError::TooLong) => plain(say!(lang;
                "⚠️ That is too long: a name has at most 64 characters. Send a shorter one.",
                "⚠️ Juda uzun: ism koʻpi bilan 64 ta belgi. Qisqarogʻini yuboring.",
                "⚠️ Слишком длинно: в имени не больше 64 символов. Пришлите короче.")),
            Refusal::NeedText => plain(say!(lang;
                "⚠️ Please answer with text, or /cancel.",
                "⚠️ Iltimos, matn bilan javob bering yoki /cancel.",
                "⚠️ Ответьте, пожалуйста, текстом или отправьте /cancel.")),
            Refusal::NeedAccount => plain(say!(lang;
                "⚠️ I need a person: use the button, forward a message of theirs, share their contact, or send the account's number. /cancel gives up.",
                "⚠️ Menga odam kerak: tugmadan foydalaning, uning xabarini uzating, kontaktini yuboring yoki akkaunt raqamini yozing. Bekor qilish: /cancel.",
                "⚠️ Нужен человек: нажмите кнопку, перешлите его сообщение, отправьте контакт или номер аккаунта. Отмена: /cancel.")),
            Refusal::HiddenAuthor(name) => {
                let name = Html::name(name);
                say!(lang;
                    html!("⚠️ {} hides their account in forwarded messages, so Telegram tells me a name only. Use the button to choose the person, share their contact, or let them send me /start and register themselves.", name),
                    html!("⚠️ {} uzatilgan xabarlarda akkauntini yashirgan, Telegram menga faqat ismni aytadi. Tugma orqali odamni tanlang, kontaktini yuboring yoki u oʻzi menga /start yuborib roʻyxatdan oʻtsin.", name),
                    html!("⚠️ {} скрывает свой аккаунт при пересылке, Telegram сообщает мне только имя. Выберите человека кнопкой, отправьте контакт, или пусть он сам отправит мне /start и зарегистрируется.", name))
            }
            Refusal::NoAccount => plain(say!(lang;
                "⚠️ No Telegram account stands behind this. Use the button to choose the person.",
                "⚠️ Buning ortida Telegram akkaunti yoʻq. Tugma orqali odamni tanlang.",
                "⚠️ За этим не стоит аккаунт Telegram. Выберите человека кнопкой.")),
            Refusal::IsBot => plain(say!(lang;
                "⚠️ This is a bot. Choose a person.",
                "⚠️ Bu bot. Odamni tanlang.",
                "⚠️ Это бот. Выберите человека.")),
            Refusal::Nobody => plain(say!(lang;
                "⚠️ This is an account of Telegram's own: anonymous admins or channels stand behind it, not one person. Choose another one.",
                "⚠️ Bu Telegramning xizmat akkaunti: ortida bitta odam emas, anonim adminlar yoki kanallar turadi. Boshqasini tanlang.",
                "⚠️ Это служебный аккаунт Telegram: за ним не один человек, а анонимные админы или каналы. Выберите другой.")),
            Refusal::AccountTaken { name } => {
                let name = Html::name(name);
                say!(lang;
                    html!("⚠️ This account belongs to {} already. Choose another person, or take it from that teacher first.", name),
                    html!("⚠️ Bu akkaunt allaqachon {} ga tegishli. Boshqa odamni tanlang yoki avval uni oʻsha oʻqituvchidan oling.", name),
                    html!("⚠️ Этот аккаунт уже принадлежит учителю {}. Выберите другого человека или сначала уберите аккаунт у него.", name))
            }
            Refusal::Period(PeriodError::OutOfRange) => plain(say!(lang;
                "⚠️ The number of days must be from 1 to 365.",
                "⚠️ Kunlar soni 1 dan 365 gacha boʻlishi kerak.",
                "⚠️ Число дней — от 1 до 365.")),
            Refusal::Period(PeriodError::Backwards) => plain(say!(lang;
                "⚠️ The last day lies before the first. Send the dates in order.",
                "⚠️ Oxirgi kun birinchisidan oldin. Sanalarni tartib bilan yuboring.",
                "⚠️ Последний день раньше первого. Пришлите даты по порядку.")),
            Refusal::Period(PeriodError::TooLong) => plain(say!(lang;
                "⚠️ That is longer than ten years. Choose a shorter period.",
                "⚠️ Bu oʻn yildan uzun. Qisqaroq davrni tanlang.",
                "⚠️ Это больше десяти лет. Выберите период короче.")),
            Refusal::Period(PeriodError::Unreadable) => html!("⚠️ {}", ask_period(lang)),
            Refusal::Setting(why) => why.html(lang),
            Refusal::Correction(why) => why.html(lang),
            Refusal::Goal => html!("⚠️ {}", mine::ask_goal(lang)),
            Refusal::Command(why) => html!("⚠️ {}", Html::text(why)),
            Refusal::GroupName => plain(say!(lang;
                "⚠️ A name has 1 to 128 characters. Send it again.",
                "⚠️ Nom 1 tadan 128 tagacha belgidan iborat. Qayta yuboring.",
                "⚠️ В названии от 1 до 128 символов. Пришлите ещё раз.")),
        }
    }
}

/// The form was left alone for too long.
pub fn form_expired(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⌛ The open question was given up after 15 minutes. Here is the menu.",
        "⌛ Ochiq savol 15 daqiqadan soʻng bekor qilindi. Mana menyu.",
        "⌛ Вопрос остался без ответа 15 минут и закрыт. Вот меню."))
}

/// Given up.
pub fn cancelled(lang: Lang) -> Html {
    Html::text(say!(lang; "✖️ Cancelled.", "✖️ Bekor qilindi.", "✖️ Отменено."))
}

/// There was nothing to give up.
pub fn nothing_to_cancel(lang: Lang) -> Html {
    Html::text(say!(lang; "There is nothing to cancel.", "Bekor qiladigan narsa yoʻq.", "Отменять нечего."))
}

/// A command that nobody knows.
pub fn unknown_command(lang: Lang) -> Html {
    Html::text(say!(lang;
        "I don't know this command. /help lists those I know.",
        "Bu buyruqni bilmayman. Men biladiganlari: /help.",
        "Я не знаю этой команды. Список: /help."))
}

/// A command for admins only.
pub fn admins_only(lang: Lang) -> Html {
    Html::text(
        say!(lang; "⛔ Only admins can do this.", "⛔ Buni faqat adminlar qila oladi.", "⛔ Это могут только администраторы."),
    )
}

/// A teacher was added.
pub fn teacher_added(name: &str, teacher: TeacherId, lang: Lang) -> Html {
    let (name, id) = (Html::name(name), Html::code(teacher));
    say!(lang;
        html!("✅ {} ({}) is added. Now choose the groups:", name, id),
        html!("✅ {} ({}) qoʻshildi. Endi guruhlarni tanlang:", name, id),
        html!("✅ {} ({}): учитель добавлен. Теперь выберите группы:", name, id))
}

/// Something was saved.
pub fn saved(lang: Lang) -> Html {
    Html::text(say!(lang; "✅ Saved.", "✅ Saqlandi.", "✅ Сохранено."))
}

fn plain(words: &'static str) -> Html {
    Html::text(words)
}
