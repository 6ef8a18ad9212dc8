//! What admins and groups are told of groups that come and go.

use super::{groups, html::Html};
use crate::{
    domain::{ids::UserId, lang::Lang},
    html, say,
};

/// To a group that an admin just added the bot to.
pub fn registered(administrator: bool, lang: Lang) -> Html {
    let done = html!(
        "{}",
        Html::text(say!(lang;
        "✅ This group is registered. I count messages of the teachers who are assigned to it; I never keep what is written.",
        "✅ Guruh roʻyxatga olindi. Men biriktirilgan oʻqituvchilarning xabarlarini sanayman, yozilganlarni esa hech qachon saqlamayman.",
        "✅ Группа зарегистрирована. Я считаю сообщения назначенных учителей и никогда не сохраняю написанное."))
    );
    if administrator { done } else { html!("{}\n\n{}", done, make_me_administrator(lang)) }
}

/// The remedy for privacy mode.
pub fn make_me_administrator(lang: Lang) -> Html {
    Html::text(say!(lang;
        "ℹ️ Make me an administrator (no rights needed), otherwise Telegram's privacy mode may hide messages from me.",
        "ℹ️ Meni administrator qiling (huquqlar kerak emas), aks holda Telegramning maxfiylik rejimi xabarlarni mendan yashirishi mumkin.",
        "ℹ️ Сделайте меня администратором (права не нужны), иначе режим приватности Telegram может скрывать от меня сообщения."))
}

/// To the admins about the same.
pub fn admins_registered(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("✅ Group {} is registered. Choose who is counted there: /start → Groups.", title),
        html!("✅ {} guruhi roʻyxatga olindi. Kimlar hisoblanishini tanlang: /start → Guruhlar.", title),
        html!("✅ Группа {} зарегистрирована. Выберите, кого считать: /start → Группы.", title))
}

/// Somebody who is no admin added the bot.
pub fn added_by_stranger(title: &str, by: UserId, lang: Lang) -> Html {
    let (title, by) = (Html::name(title), Html::code(by));
    say!(lang;
        html!("👋 Somebody who is no admin (id {}) added me to the group {}. Nothing is counted there until you register it.", by, title),
        html!("👋 Admin boʻlmagan odam (ID {}) meni {} guruhiga qoʻshdi. Roʻyxatga olmaguningizcha u yerda hech narsa hisoblanmaydi.", by, title),
        html!("👋 Кто-то не из администраторов (ID {}) добавил меня в группу {}. Пока вы её не зарегистрируете, там ничего не считается.", by, title))
}

/// The bot was removed.
pub fn removed(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🚪 I was removed from the group {}. Its history and assignments are kept; they come back when I do.", title),
        html!("🚪 Meni {} guruhidan chiqarib yuborishdi. Tarix va biriktirishlar saqlanadi: qaytsam, ular ham tiklanadi.", title),
        html!("🚪 Меня удалили из группы {}. История и назначения сохранены и восстановятся, когда я вернусь.", title))
}

/// The bot is there again.
pub fn came_back(title: &str, restored: usize, lang: Lang) -> Html {
    let (title, n) = (Html::name(title), Html::text(restored));
    say!(lang;
        html!("👋 I am back in the group {}; assignments restored: {}.", title, n),
        html!("👋 Men {} guruhiga qaytdim; tiklangan biriktirishlar: {}.", title, n),
        html!("👋 Я снова в группе {}; восстановлено назначений: {}.", title, n))
}

/// A teacher came into a group where nothing counts for them.
pub fn teacher_joined(name: &str, title: &str, lang: Lang) -> Html {
    let (name, title) = (Html::name(name), Html::name(title));
    say!(lang;
        html!("👤 {} joined the group {} and is not assigned there.", name, title),
        html!("👤 {} {} guruhiga qoʻshildi, lekin u yerga biriktirilmagan.", name, title),
        html!("👤 {} теперь в группе {}, но не назначен(а) туда.", name, title))
}

/// What `/sync_groups` found.
pub fn synced(kept: usize, gone: &[&str], unknown: &[&str], lang: Lang) -> Html {
    let kept = groups(kept as u64, lang);
    let mut said = html!(
        "🔄 {}",
        Html::text(say!(lang;
        format!("Checked. Still there: {kept}."),
        format!("Tekshirildi. Joyida: {kept}."),
        format!("Проверено. На месте: {kept}.")))
    );
    list(&mut said, say!(lang; "Gone:", "Endi yoʻq:", "Больше нет:"), gone);
    list(
        &mut said,
        say!(lang; "Could not tell (nothing was changed):", "Aniqlab boʻlmadi (hech narsa oʻzgarmadi):", "Не удалось узнать (ничего не изменено):"),
        unknown,
    );
    said
}

/// Where a new teacher was found and assigned.
pub fn assigned_where_member(name: &str, here: &[&str], unknown: &[&str], lang: Lang) -> Html {
    let name = Html::name(name);
    let mut said = if here.is_empty() {
        say!(lang;
            html!("🔗 {} is in none of the groups yet; assign by hand in the menu.", name),
            html!("🔗 {} hozircha hech bir guruhda yoʻq; menyuda qoʻlda biriktiring.", name),
            html!("🔗 {} пока нет ни в одной группе; назначьте вручную в меню.", name))
    } else {
        say!(lang;
            html!("🔗 {} is assigned to the groups in which they are a member.", name),
            html!("🔗 {} aʼzo boʻlgan guruhlariga biriktirildi.", name),
            html!("🔗 {}: назначение во все группы, где есть этот участник.", name))
    };
    list(&mut said, "", here);
    list(&mut said, say!(lang; "Could not tell:", "Aniqlab boʻlmadi:", "Не удалось узнать:"), unknown);
    said
}

/// At most so many names of a list are shown.
const LISTED: usize = 30;

fn list(said: &mut Html, heading: &str, names: &[&str]) {
    if names.is_empty() {
        return;
    }
    if !heading.is_empty() {
        said.push_line(&html!("\n{}", Html::bold(heading)));
    }
    for name in names.iter().take(LISTED) {
        said.push_line(&html!("• {}", Html::text(super::name::in_text(name))));
    }
    if names.len() > LISTED {
        said.push_line(&html!("… +{}", Html::text(names.len() - LISTED)));
    }
}

/// `/confirm_group` registered the group.
pub fn confirmed(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("✅ {} is registered. Choose who is counted here in the private chat with me.", title),
        html!("✅ {} roʻyxatga olindi. Kimlar hisoblanishini men bilan shaxsiy chatda tanlang.", title),
        html!("✅ {}: группа зарегистрирована. Кого считать, выберите в личном чате со мной.", title))
}

/// `/confirm_group` in a group that is registered.
pub fn confirmed_already(title: &str, counted: usize, lang: Lang) -> Html {
    let (title, n) = (Html::name(title), Html::text(counted));
    say!(lang;
        html!("✅ {} is registered already; its title is up to date. Teachers counted here: {}.", title, n),
        html!("✅ {} allaqachon roʻyxatda, nomi yangilandi. Bu yerda hisoblanadigan oʻqituvchilar: {}.", title, n),
        html!("✅ {}: уже зарегистрирована, название обновлено. Учителей под учётом: {}.", title, n))
}

/// `/confirm_group`, said to a bot in a group that another one counts.
pub fn counted_by_another(title: &str, bot: &str, lang: Lang) -> Html {
    let (title, bot) = (Html::name(title), Html::name(bot));
    say!(lang;
        html!("✅ {} is registered already, and {} counts here. To let me count instead: private chat → Groups → this group.", title, bot),
        html!("✅ {} allaqachon roʻyxatda, bu yerda {} sanaydi. Oʻrniga men sanashim uchun: shaxsiy chat → Guruhlar → shu guruh.", title, bot),
        html!("✅ {}: уже зарегистрирована, здесь считает {}. Чтобы считал я: личный чат → Группы → эта группа.", title, bot))
}

/// Telegram doesn't know a bot's token any more.
pub fn bot_revoked(bot: &str, setting: &str, lang: Lang) -> Html {
    let (bot, setting) = (Html::name(bot), Html::code(setting));
    say!(lang;
        html!("⛔️ Telegram doesn't know the token of {} any more: this bot has stopped, its groups are not counted; the others go on. Take the current token from @BotFather into {} and restart the program.", bot, setting),
        html!("⛔️ Telegram endi {} tokenini tanimayapti: bu bot toʻxtadi, uning guruhlari sanalmayapti; boshqalari ishlayapti. @BotFather dan joriy tokenni {} ga yozing va dasturni qayta ishga tushiring.", bot, setting),
        html!("⛔️ Telegram больше не знает токен бота {}: он остановлен, его группы не считаются; остальные работают. Возьмите текущий токен у @BotFather, впишите в {} и перезапустите программу.", bot, setting))
}

/// Somebody who is no admin tried to register a group.
pub fn not_an_admin(user: UserId, lang: Lang) -> Html {
    let user = Html::code(user);
    say!(lang;
        html!("⛔ Only admins can register a group. Your Telegram id is {}; whoever runs the bot can add it to ADMIN_IDS.", user),
        html!("⛔ Guruhni faqat adminlar roʻyxatga ola oladi. Sizning Telegram ID raqamingiz: {}; botni yurituvchi uni ADMIN_IDS ga qoʻshishi mumkin.", user),
        html!("⛔ Зарегистрировать группу могут только администраторы. Ваш Telegram ID: {}; владелец бота может добавить его в ADMIN_IDS.", user))
}

/// A command that needs an admin came from behind the group.
pub fn anonymous_admin(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🎭 You write anonymously, so I can't tell who you are. Switch anonymity off for a moment, or use the menu in the private chat with me.",
        "🎭 Siz anonim yozyapsiz, shuning uchun kimligingizni bilolmayman. Anonimlikni bir zum oʻchiring yoki men bilan shaxsiy chatdagi menyudan foydalaning.",
        "🎭 Вы пишете анонимно, и я не могу понять, кто вы. Отключите анонимность на минуту или воспользуйтесь меню в личном чате со мной."))
}

/// `/start` or `/help` in a group.
pub fn ask_me_in_private(lang: Lang) -> Html {
    Html::text(say!(lang;
        "👋 I count activity here. Everything else happens in the private chat with me: tap my name and send /start.",
        "👋 Men bu yerda faollikni sanayman. Qolgan hammasi men bilan shaxsiy chatda: ismimni bosing va /start yuboring.",
        "👋 Я считаю активность в этой группе. Всё остальное — в личном чате: нажмите на моё имя и отправьте /start."))
}

/// The bot was away so long that Telegram may have dropped updates.
pub fn was_away(hours: i64, lang: Lang) -> Html {
    let hours = Html::text(hours);
    say!(lang;
        html!("⚠️ I was away for {} hours. Telegram keeps messages for 24 hours at most: some of that time may be missing from the counts.", hours),
        html!("⚠️ Men {} soat ishlamadim. Telegram xabarlarni koʻpi bilan 24 soat saqlaydi: shu davrning bir qismi hisobga kirmagan boʻlishi mumkin.", hours),
        html!("⚠️ Меня не было {} ч. Telegram хранит сообщения не дольше 24 часов: часть этого времени могла не попасть в счёт.", hours))
}

/// Nothing was counted for so much working time.
pub fn nothing_counted(minutes: i64, lang: Lang) -> Html {
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (hours, minutes) = (Html::text(hours), Html::text(minutes));
    say!(lang;
        html!("⚠️ In {} h {} min of working time I have counted nothing at all. Am I still in the groups, and do I see their messages? /diag says what could be wrong.", hours, minutes),
        html!("⚠️ Ish vaqtining {} soat {} daqiqasida hech narsa sanamadim. Men hali ham guruhlardamanmi va xabarlarni koʻryapmanmi? /diag nima notoʻgʻri boʻlishi mumkinligini aytadi.", hours, minutes),
        html!("⚠️ За {} ч {} мин рабочего времени я ничего не насчитал. Я ещё в группах, вижу ли я сообщения? /diag подскажет, что не так.", hours, minutes))
}

/// Something is counted after such a silence.
pub fn counts_again(lang: Lang) -> Html {
    Html::text(say!(lang;
        "✅ Messages are counted again.",
        "✅ Xabarlar yana sanalyapti.",
        "✅ Сообщения снова считаются."))
}

/// The disk is nearly full.
pub fn disk_low(free_mb: u64, lang: Lang) -> Html {
    let free = Html::text(free_mb);
    say!(lang;
        html!("⚠️ Only {} MB are left on the disk. When it is full I stop acknowledging messages; nothing is lost for 24 hours. Make room.", free),
        html!("⚠️ Diskda atigi {} MB joy qoldi. Toʻlsa, xabarlarni tasdiqlashni toʻxtataman; 24 soat ichida hech narsa yoʻqolmaydi. Joy boʻshating.", free),
        html!("⚠️ На диске осталось {} МБ. Когда место кончится, я перестану подтверждать сообщения; за 24 часа ничего не пропадёт. Освободите место.", free))
}

/// A group shows only commands, as privacy mode makes it.
pub fn group_is_silent(title: &str, hours: i64, lang: Lang) -> Html {
    let (title, hours) = (Html::name(title), Html::text(hours));
    say!(lang;
        html!("⚠️ For {} hours I have seen no plain message in {}. If people write there, privacy mode hides it: make me an administrator of the group, or switch privacy off with @BotFather (/setprivacy) and add me to the group again.", hours, title),
        html!("⚠️ {} soatdan beri {} guruhida oddiy xabar koʻrmadim. Agar u yerda yozishayotgan boʻlsa, maxfiylik rejimi yashiryapti: meni guruhda administrator qiling yoki @BotFather orqali (/setprivacy) maxfiylikni oʻchirib, meni guruhga qayta qoʻshing.", hours, title),
        html!("⚠️ Уже {} ч. я не вижу обычных сообщений в {}. Если там пишут, их скрывает режим приватности: сделайте меня администратором группы или отключите приватность у @BotFather (/setprivacy) и добавьте меня в группу заново.", hours, title))
}
