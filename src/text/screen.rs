//! Headings and hints of the menu's screens.

use super::{html::Html, messages, number};
use crate::{
    domain::{ids::ChatId, lang::Lang},
    html, say,
};

/// The main menu's figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MainFigures {
    /// Teachers who count.
    pub active_teachers: usize,
    /// All teachers.
    pub teachers: usize,
    /// Groups that count.
    pub counting_groups: usize,
    /// All groups.
    pub groups: usize,
    /// Messages today.
    pub today: u64,
}

/// The main menu.
pub fn main(figures: MainFigures, lang: Lang) -> Html {
    let MainFigures { active_teachers, teachers, counting_groups, groups, today } = figures;
    let (t, g) = (Html::text(format!("{active_teachers}/{teachers}")), Html::text(format!("{counting_groups}/{groups}")));
    let today = Html::bold(number(today));
    say!(lang;
        html!("📋 <b>Rollcall</b>\n\nTeachers active: <b>{}</b>\nGroups counting: <b>{}</b>\nMessages today: {}", t, g, today),
        html!("📋 <b>Rollcall</b>\n\nFaol oʻqituvchilar: <b>{}</b>\nHisoblanayotgan guruhlar: <b>{}</b>\nBugungi xabarlar: {}", t, g, today),
        html!("📋 <b>Rollcall</b>\n\nАктивных учителей: <b>{}</b>\nГрупп под учётом: <b>{}</b>\nСообщений сегодня: {}", t, g, today))
}

/// First steps, while there is nobody or nothing to count.
pub fn first_steps(no_groups: bool, no_teachers: bool, lang: Lang) -> Html {
    let mut steps = Html::new();
    if no_groups {
        steps.push_line(&Html::text(say!(lang;
            "👉 Add me to a group: “Add group”.",
            "👉 Meni guruhga qoʻshing: “Guruh qoʻshish”.",
            "👉 Добавьте меня в группу: «Добавить группу».")));
    }
    if no_teachers {
        steps.push_line(&Html::text(say!(lang;
            "👉 Add a teacher: “Add teacher”; or let teachers send me /start.",
            "👉 Oʻqituvchi qoʻshing: “Oʻqituvchi qoʻshish”; yoki oʻqituvchilar menga /start yuborsin.",
            "👉 Добавьте учителя: «Добавить учителя»; или пусть учителя сами отправят мне /start.")));
    }
    steps
}

/// A list's heading: its name, how many, which page.
pub fn list_heading(name: &str, total: usize, page: usize, pages: usize) -> Html {
    let name = Html::name(name);
    if pages > 1 {
        html!("{} · {} · {}", name, Html::text(total), Html::text(format!("{}/{pages}", page + 1)))
    } else {
        html!("{} · {}", name, Html::text(total))
    }
}

/// Beside the list of teachers.
pub fn search_hint(lang: Lang) -> Html {
    Html::italic(
        say!(lang; "Type a part of a name to search.", "Qidirish uchun ismning bir qismini yozing.", "Чтобы найти, напишите часть имени."),
    )
}

/// No teacher yet.
pub fn no_teachers(lang: Lang) -> Html {
    Html::text(say!(lang; "Nobody yet.", "Hozircha hech kim yoʻq.", "Пока никого."))
}

/// No group yet.
pub fn no_groups(lang: Lang) -> Html {
    Html::text(say!(lang; "No groups yet.", "Hozircha guruhlar yoʻq.", "Пока нет групп."))
}

/// A teacher's facts.
pub fn teacher_facts(active: bool, accounts: &str, assigned: usize, counting: usize, lang: Lang) -> Html {
    let state = if active {
        say!(lang; "▶️ active", "▶️ faol", "▶️ активен")
    } else {
        say!(lang; "⏸ inactive: messages don't count", "⏸ faol emas: xabarlar hisoblanmaydi", "⏸ приостановлен: сообщения не считаются")
    };
    let accounts = if accounts.is_empty() {
        Html::text(
            say!(lang; "⚠️ no Telegram account yet: nothing can count", "⚠️ Telegram akkaunti hali yoʻq: hech narsa hisoblanmaydi", "⚠️ аккаунт Telegram не указан: считать нечего"),
        )
    } else {
        Html::code(accounts)
    };
    let groups = Html::text(format!("{assigned}/{counting}"));
    say!(lang;
        html!("{}\nAccount: {}\nCounted in groups: {}", Html::text(state), accounts, groups),
        html!("{}\nAkkaunt: {}\nHisoblanadigan guruhlar: {}", Html::text(state), accounts, groups),
        html!("{}\nАккаунт: {}\nГрупп под учётом: {}", Html::text(state), accounts, groups))
}

/// Above the last seven days.
pub fn last_week(lang: Lang) -> Html {
    Html::bold(say!(lang; "Last 7 days", "Soʻnggi 7 kun", "Последние 7 дней"))
}

/// Nothing in a period.
pub fn no_messages(lang: Lang) -> Html {
    Html::text(say!(lang; "No messages.", "Xabarlar yoʻq.", "Сообщений нет."))
}

/// Where a teacher is counted.
pub fn teacher_groups(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("🔗 In which groups does {} count?", name),
        html!("🔗 {} qaysi guruhlarda hisoblanadi?", name),
        html!("🔗 В каких группах считать: {}?", name))
}

/// Who is counted in a group.
pub fn group_teachers(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🔗 Who counts in {}?", title),
        html!("🔗 {} guruhida kimlar hisoblanadi?", title),
        html!("🔗 Кого считать в {}?", title))
}

/// Really delete a teacher?
pub fn confirm_delete(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("🗑 Delete {}? What was counted stays in the reports under the id.\nTo pause counting, deactivate instead.", name),
        html!("🗑 {} oʻchirilsinmi? Hisoblanganlar hisobotlarda ID ostida qoladi.\nVaqtincha toʻxtatish uchun oʻchirmasdan faolsizlantiring.", name),
        html!("🗑 Удалить учителя {}? Посчитанное останется в отчётах под его ID.\nЧтобы сделать паузу, лучше приостановите.", name))
}

/// Really remove a group?
pub fn confirm_remove(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🗑 Remove {} from the registry? What was counted stays in the reports. I stay in the group; /confirm_group there registers it again.", title),
        html!("🗑 {} roʻyxatdan olib tashlansinmi? Hisoblanganlar hisobotlarda qoladi. Men guruhda qolaman; u yerda /confirm_group qayta roʻyxatga oladi.", title),
        html!("🗑 Убрать {} из списка? Посчитанное останется в отчётах. Я останусь в группе; команда /confirm_group вернёт её.", title))
}

/// A group's state.
pub fn group_state(enabled: bool, gone: bool, lang: Lang) -> Html {
    Html::text(if gone {
        say!(lang; "🚪 I am not in this group any more", "🚪 Men endi bu guruhda emasman", "🚪 Меня больше нет в этой группе")
    } else if enabled {
        say!(lang; "▶️ counting", "▶️ hisoblanmoqda", "▶️ считается")
    } else {
        say!(lang; "⏸ not counting", "⏸ hisoblanmayapti", "⏸ не считается")
    })
}

/// What the bot sees in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Administrator: everything.
    Administrator,
    /// Plain messages arrive.
    Plain,
    /// None was seen yet: privacy mode, or silence.
    Unknown,
}

/// What the bot sees there, and what to do about it.
pub fn sight(sight: Sight, lang: Lang) -> Html {
    match sight {
        Sight::Administrator => Html::text(say!(lang;
            "👁 I am an administrator: I see every message.",
            "👁 Men administratorman: har bir xabarni koʻraman.",
            "👁 Я администратор: вижу все сообщения.")),
        Sight::Plain => Html::text(say!(lang;
            "👁 I see plain messages.",
            "👁 Oddiy xabarlarni koʻryapman.",
            "👁 Вижу обычные сообщения.")),
        Sight::Unknown => Html::text(say!(lang;
            "⚠️ I have seen no plain message here yet. If people write, make me an administrator: privacy mode hides their messages from me.",
            "⚠️ Bu yerda hali oddiy xabar koʻrmadim. Agar yozishayotgan boʻlsa, meni administrator qiling: maxfiylik rejimi xabarlarni mendan yashiradi.",
            "⚠️ Обычных сообщений здесь ещё не видел. Если люди пишут, сделайте меня администратором: режим приватности скрывает их от меня.")),
    }
}

/// "Counted here: 3"
pub fn counted_here(n: usize, lang: Lang) -> Html {
    let n = Html::bold(n);
    say!(lang; html!("Counted here: {}", n), html!("Bu yerda hisoblanadi: {}", n), html!("Под учётом: {}", n))
}

/// Which of several bots counts in a group.
pub fn counted_by(bot: &str, lang: Lang) -> Html {
    let bot = Html::name(bot);
    say!(lang; html!("🤖 Counted by {}", bot), html!("🤖 Sanaydigan bot: {}", bot), html!("🤖 Считает {}", bot))
}

/// Messages without a person.
pub fn unattributed(n: u64, lang: Lang) -> Html {
    let n = Html::bold(number(n));
    say!(lang;
        html!("🎭 Unattributed (anonymous or as a channel), 30 days: {}", n),
        html!("🎭 Egasi nomaʼlum (anonim yoki kanal nomidan), 30 kun: {}", n),
        html!("🎭 Без автора (анонимно или от имени канала), 30 дней: {}", n))
}

/// The voices of a group.
pub fn voices(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🎭 Who writes in {} without their own name? Choose a voice and say whose it is; its messages count for that teacher from then on.", title),
        html!("🎭 {} guruhida oʻz nomisiz kim yozadi? Imzoni tanlang va kimniki ekanini belgilang; shundan keyin uning xabarlari oʻsha oʻqituvchiga hisoblanadi.", title),
        html!("🎭 Кто пишет в {} не под своим именем? Выберите подпись и укажите учителя: дальше её сообщения засчитываются ему.", title))
}

/// An anonymous administrator, with their title.
pub fn anonymous_voice(signature: &str, lang: Lang) -> String {
    let who = say!(lang; "Anonymous", "Anonim", "Аноним");
    if signature.is_empty() { who.to_owned() } else { format!("{who}: {signature}") }
}

/// A channel.
pub fn channel_voice(chat: ChatId, lang: Lang) -> String {
    say!(lang; format!("Channel {chat}"), format!("{chat} kanali"), format!("Канал {chat}"))
}

/// Whose is this voice?
pub fn voice_owner(voice: &str, lang: Lang) -> Html {
    let voice = Html::name(voice);
    say!(lang; html!("🎭 Whose is {}?", voice), html!("🎭 {} nomidan kim yozadi?", voice), html!("🎭 Кто пишет как {}?", voice))
}

/// The button to what a voice wrote before it had a person.
pub fn earlier_label(n: u64, lang: Lang) -> String {
    let n = number(n);
    say!(lang; format!("➕ Earlier, not counted: {n}"), format!("➕ Avvalgi, hisoblanmagan: {n}"), format!("➕ Раньше, не засчитано: {n}"))
}

/// Count for a teacher what a voice wrote before?
pub fn earlier(voice: &str, teacher: &str, n: u64, lang: Lang) -> Html {
    let (voice, teacher, n) = (Html::name(voice), Html::name(teacher), Html::bold(messages(n, lang)));
    say!(lang;
        html!("🎭 {} wrote {} in the last 365 days that count for nobody. Count them for {}, each on its day? This can't be undone. (By the hour they are not known.)", voice, n, teacher),
        html!("🎭 {} nomidan soʻnggi 365 kunda yozilgan {} hech kimga hisoblanmagan. Ular {}ga oʻz kuni bilan hisoblansinmi? Buni ortga qaytarib boʻlmaydi. (Soatlari maʼlum emas.)", voice, n, teacher),
        html!("🎭 За последние 365 дней {} — {}, никому не засчитано. Засчитать учителю {}, каждое за свой день? Отменить это нельзя. (Часы неизвестны.)", voice, n, teacher))
}

/// Earlier messages were counted.
pub fn earlier_counted(teacher: &str, n: u64, lang: Lang) -> Html {
    let (teacher, n) = (Html::name(teacher), Html::text(messages(n, lang)));
    say!(lang;
        html!("✅ Counted for {}: {}.", teacher, n),
        html!("✅ {}ga hisoblandi: {}.", teacher, n),
        html!("✅ Засчитано учителю {}: {}.", teacher, n))
}

/// How to add a group.
pub fn add_group(lang: Lang) -> Html {
    say!(lang;
        html!("➕ <b>Add a group</b>\n\n1. Tap the button and choose the group. You add me yourself, so it is registered at once.\n2. Accept me as administrator: otherwise privacy mode hides messages from me. I need no rights beyond that.\n3. Choose who is counted there.\n\nI am there already? Send <code>/confirm_group</code> in the group."),
        html!("➕ <b>Guruh qoʻshish</b>\n\n1. Tugmani bosing va guruhni tanlang. Meni oʻzingiz qoʻshsangiz, guruh darhol roʻyxatga olinadi.\n2. Meni administrator sifatida qabul qiling: aks holda maxfiylik rejimi xabarlarni yashiradi. Boshqa huquqlar kerak emas.\n3. U yerda kimlar hisoblanishini tanlang.\n\nMen allaqachon guruhdamanmi? Guruhda <code>/confirm_group</code> yuboring."),
        html!("➕ <b>Добавить группу</b>\n\n1. Нажмите кнопку и выберите группу. Если добавляете вы, группа регистрируется сразу.\n2. Назначьте меня администратором: иначе режим приватности скрывает сообщения. Другие права не нужны.\n3. Выберите, кого там считать.\n\nЯ уже в группе? Отправьте там <code>/confirm_group</code>."))
}

/// Groups that wait for a decision.
pub fn candidates(lang: Lang) -> Html {
    Html::bold(say!(lang; "Waiting for your decision:", "Qaroringizni kutmoqda:", "Ждут вашего решения:"))
}

/// Which report?
pub fn reports(lang: Lang) -> Html {
    say!(lang;
        html!("📊 <b>Reports</b>\nFor which period?"),
        html!("📊 <b>Hisobotlar</b>\nQaysi davr uchun?"),
        html!("📊 <b>Отчёты</b>\nЗа какой период?"))
}

/// Which workbook?
pub fn workbooks(lang: Lang) -> Html {
    say!(lang;
        html!("📗 <b>Excel</b>\nFor which period?"),
        html!("📗 <b>Excel</b>\nQaysi davr uchun?"),
        html!("📗 <b>Excel</b>\nЗа какой период?"))
}

/// No requests.
pub fn no_requests(lang: Lang) -> Html {
    Html::text(say!(lang; "Nobody is waiting.", "Hech kim kutmayapti.", "Никто не ждёт."))
}

/// Choose a language.
pub fn language() -> Html {
    Html::literal("🌐 <b>Language · Til · Язык</b>")
}

/// Nothing found.
pub fn found(query: &str, n: usize, lang: Lang) -> Html {
    let query = Html::name(query);
    let n = Html::text(n);
    say!(lang; html!("🔎 {}: {} found", query, n), html!("🔎 {}: {} ta topildi", query, n), html!("🔎 {}: найдено {}", query, n))
}

/// To somebody who is nobody here yet.
pub fn visitor(lang: Lang) -> Html {
    Html::text(say!(lang;
        "👋 I count how active teachers are in their school's groups. I keep numbers only, never what is written.\n\nAre you a teacher here? Ask to be registered:",
        "👋 Men oʻqituvchilarning maktab guruhlaridagi faolligini sanayman. Faqat sonlarni saqlayman, yozilganlarni hech qachon.\n\nSiz shu yerda oʻqituvchimisiz? Roʻyxatdan oʻtishni soʻrang:",
        "👋 Я считаю, насколько активны учителя в группах своей школы. Храню только числа и никогда — написанное.\n\nВы здесь учитель? Попросите о регистрации:"))
}

/// To somebody whose request waits.
pub fn waiting(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("⏳ {}, your request is waiting for an admin. I will write to you when it is decided.", name),
        html!("⏳ {}, soʻrovingiz adminni kutmoqda. Qaror qabul qilinganda sizga yozaman.", name),
        html!("⏳ {}, ваша заявка ждёт администратора. Я напишу, когда её рассмотрят.", name))
}

/// A teacher's home.
pub fn teacher_home(name: &str, lang: Lang) -> Html {
    let name = Html::name(name);
    say!(lang;
        html!("👋 {}, here are your own numbers. I keep counts only, never what you write.", name),
        html!("👋 {}, mana sizning natijalaringiz. Faqat sonlarni saqlayman, yozganlaringizni hech qachon.", name),
        html!("👋 {}, здесь ваши цифры. Я храню только числа и никогда — написанное вами.", name))
}

/// Help for admins.
pub fn help_admin(lang: Lang) -> Html {
    say!(lang;
        html!("❓ <b>How it works</b>\n\n• Add me to groups (Add group), add teachers, say who is counted where.\n• I count text, photos, videos, audio, voice messages and files by day. Stickers, polls and the like are shown beside the total. Commands, edits and service messages don't count.\n• I keep numbers only, never what is written.\n\n/start menu · /diag what is wrong · /sync_groups check the groups · /settings language, notifications, privacy · /cancel give up a question\n🧩 Commands: define your own, with a text or a news feed; /contact and /feedback are everybody's.\nIn a group: /confirm_group registers it, /diag says who is counted there."),
        html!("❓ <b>Bu qanday ishlaydi</b>\n\n• Meni guruhlarga qoʻshing (Guruh qoʻshish), oʻqituvchilarni kiriting, kim qayerda hisoblanishini belgilang.\n• Men kunlar boʻyicha matn, rasm, video, audio, ovozli xabar va fayllarni sanayman. Stiker, soʻrovnoma va boshqalar jamidan tashqari koʻrsatiladi. Buyruqlar, tahrirlar va xizmat xabarlari hisoblanmaydi.\n• Faqat sonlarni saqlayman, yozilganlarni hech qachon.\n\n/start menyu · /diag nima notoʻgʻri · /sync_groups guruhlarni tekshirish · /settings til, bildirishnomalar, maxfiylik · /cancel bekor qilish\n🧩 Buyruqlar: matn yoki yangiliklar lentasi bilan oʻz buyruqlaringiz; /contact va /feedback hamma uchun.\nGuruhda: /confirm_group roʻyxatga oladi, /diag kim hisoblanishini aytadi."),
        html!("❓ <b>Как это работает</b>\n\n• Добавьте меня в группы («Добавить группу»), внесите учителей, укажите, кого где считать.\n• Я считаю по дням тексты, фото, видео, аудио, голосовые и файлы. Стикеры, опросы и прочее показываю отдельно от суммы. Команды, правки и служебные сообщения не считаются.\n• Я храню только числа и никогда — написанное.\n\n/start меню · /diag что не так · /sync_groups проверить группы · /settings язык, уведомления, данные · /cancel отменить вопрос\n🧩 Команды: свои, с текстом или лентой новостей; /contact и /feedback — для всех.\nВ группе: /confirm_group регистрирует её, /diag показывает, кого считают."))
}

/// Help for everybody else.
pub fn help_visitor(lang: Lang) -> Html {
    say!(lang;
        html!("❓ I count how many messages of which kind teachers write in their school's groups. I keep numbers only, never what is written.\n\n/start your numbers, or registration · /info what I keep · /settings language and privacy · /contact · /feedback write to the admins"),
        html!("❓ Men oʻqituvchilar maktab guruhlarida qancha va qanday xabar yozishini sanayman. Faqat sonlarni saqlayman, yozilganlarni hech qachon.\n\n/start natijalaringiz yoki roʻyxatdan oʻtish · /info nimani saqlayman · /settings til va maxfiylik · /contact · /feedback adminlarga yozish"),
        html!("❓ Я считаю, сколько и каких сообщений пишут учителя в группах своей школы. Храню только числа и никогда — написанное.\n\n/start ваши цифры или регистрация · /info что я храню · /settings язык и данные · /contact · /feedback написать администраторам"))
}
