//! What people write to the admins, and what comes back.

use super::html::Html;
use crate::{
    domain::{ids::UserId, lang::Lang},
    html, say,
};

/// What is to reach the admins?
pub fn ask(lang: Lang) -> Html {
    say!(lang;
        html!("💬 <b>Write to the admins</b>\nSend me one message: a text, a photo or a voice message. I pass it on as it is and keep no copy; their answer comes here."),
        html!("💬 <b>Adminlarga yozish</b>\nMenga bitta xabar yuboring: matn, rasm yoki ovozli xabar. Uni oʻz holicha yetkazaman va nusxasini saqlamayman; javob shu yerga keladi."),
        html!("💬 <b>Написать администраторам</b>\nПришлите одно сообщение: текст, фото или голосовое. Я передам его как есть и не храню копию; ответ придёт сюда."))
}

/// It is on its way.
pub fn thanks(lang: Lang) -> Html {
    Html::text(say!(lang;
        "📨 Thank you. It goes to the admins; if they answer, you read it here.",
        "📨 Rahmat. Adminlarga yetkazildi; javob berishsa, shu yerda oʻqiysiz.",
        "📨 Спасибо. Передаю администраторам; если они ответят, вы прочтёте это здесь."))
}

/// Too many of one person.
pub fn too_often(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⏳ That was a lot within an hour. Please wait a while before you write to the admins again.",
        "⏳ Bir soat ichida juda koʻp yozdingiz. Adminlarga yana yozishdan oldin biroz kuting.",
        "⏳ За час пришло уже много. Подождите немного, прежде чем писать администраторам снова."))
}

/// Nobody would read it.
pub fn nobody(lang: Lang) -> Html {
    Html::text(say!(lang;
        "😕 No admin can be reached through me at the moment, so I haven't taken your message. Please use another way to your school.",
        "😕 Hozir men orqali birorta adminga yetib boʻlmaydi, shuning uchun xabaringiz olinmadi. Maktabga boshqa yoʻl bilan murojaat qiling.",
        "😕 Сейчас через меня нельзя связаться ни с одним администратором, поэтому сообщение не принято. Обратитесь в школу другим способом."))
}

/// Above what somebody wrote, to an admin. `name`: as the register has it, where it does.
pub fn from(name: Option<&str>, user: UserId, lang: Lang) -> Html {
    let link = |words: &str| {
        let words = Html::text(super::name::in_text(words));
        let id = Html::text(user);
        html!("<a href=\"tg://user?id={}\">{}</a>", id, words)
    };
    let who = match name {
        Some(name) => link(name),
        None => link(say!(lang; "somebody", "kimdir", "кто-то")),
    };
    let id = Html::code(user);
    say!(lang;
        html!("💬 <b>Feedback</b> from {} ({}). Reply to the message below, or press the button: your answer goes back without your name.", who, id),
        html!("💬 <b>Fikr-mulohaza</b>: {} ({}). Pastdagi xabarga javob yozing yoki tugmani bosing: javobingiz ismingizsiz yetkaziladi.", who, id),
        html!("💬 <b>Отзыв</b> от {} ({}). Ответьте на сообщение ниже или нажмите кнопку: ответ уйдёт без вашего имени.", who, id))
}

/// To an admin whom the bot that was written to can't reach.
pub fn elsewhere(bot: &str, lang: Lang) -> Html {
    let bot = Html::text(bot);
    say!(lang;
        html!("💬 Somebody wrote to the admins through {}, and that bot can't write to you. Open it and press Start to get what people write there.", bot),
        html!("💬 Kimdir {} orqali adminlarga yozdi, lekin u bot sizga yoza olmaydi. Yozilganlarni olish uchun uni oching va Start tugmasini bosing.", bot),
        html!("💬 Кто-то написал администраторам через {}, а этот бот не может вам писать. Откройте его и нажмите Start, чтобы получать такие сообщения.", bot))
}

/// The author took the message back before it got here.
pub fn taken_back(lang: Lang) -> Html {
    Html::text(say!(lang;
        "(The message can't be passed on: its author has deleted it.)",
        "(Xabarni yetkazib boʻlmaydi: muallifi uni oʻchirgan.)",
        "(Сообщение не передать: автор его удалил.)"))
}

/// What is to be answered?
pub fn ask_answer(lang: Lang) -> Html {
    Html::text(say!(lang;
        "✍️ Send your answer: one message. It goes back without your name.",
        "✍️ Javobingizni yuboring: bitta xabar. U ismingizsiz yetkaziladi.",
        "✍️ Пришлите ответ одним сообщением. Он уйдёт без вашего имени."))
}

/// To the admin who answered.
pub fn answered(lang: Lang) -> Html {
    Html::text(say!(lang; "✅ Your answer has arrived.", "✅ Javobingiz yetkazildi.", "✅ Ответ доставлен."))
}

/// The person can't be written to.
pub fn not_answered(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ Your answer didn't arrive: the person has blocked the bot, or deleted their account.",
        "⚠️ Javobingiz yetib bormadi: bu odam botni bloklagan yoki akkauntini oʻchirgan.",
        "⚠️ Ответ не дошёл: человек заблокировал бота или удалил аккаунт."))
}

/// Telegram doesn't copy such a message.
pub fn not_taken(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ Your answer didn't arrive: Telegram doesn't pass on such a message. Send a text, a photo or a voice message.",
        "⚠️ Javobingiz yetib bormadi: Telegram bunday xabarni oʻtkazmaydi. Matn, rasm yoki ovozli xabar yuboring.",
        "⚠️ Ответ не дошёл: Telegram не передаёт такие сообщения. Пришлите текст, фото или голосовое."))
}

/// Too old, or its author had their data deleted.
pub fn gone(lang: Lang) -> Html {
    Html::text(say!(lang;
        "This can't be answered any more: it is older than 30 days, or its author had their data deleted.",
        "Bunga endi javob berib boʻlmaydi: 30 kundan oʻtgan yoki muallif maʼlumotlarini oʻchirtirgan.",
        "На это уже не ответить: прошло больше 30 дней, или автор удалил свои данные."))
}

/// What `/contact` says where no admin has written anything.
pub fn contact(lang: Lang) -> Html {
    say!(lang;
        html!("☎️ <b>Contact</b>\nThe people who run this bot read what you write with /feedback, and answer here."),
        html!("☎️ <b>Aloqa</b>\nBotni yurituvchilar /feedback orqali yozganingizni oʻqiydi va shu yerda javob beradi."),
        html!("☎️ <b>Контакты</b>\nТе, кто ведёт этого бота, читают написанное через /feedback и отвечают здесь."))
}
