//! One's own study time.

use super::{button::StudyLabel, duration};
use crate::{domain::lang::Lang, html, say, text::html::Html};

/// Which community?
pub fn communities(lang: Lang) -> Html {
    let heading = Html::bold(StudyLabel::MyTime.text(lang));
    say!(lang;
        html!("{}\nIn which group?", heading),
        html!("{}\nQaysi guruhda?", heading),
        html!("{}\nВ какой группе?", heading))
}

/// The panel of somebody who is known for their study time only.
pub fn home(lang: Lang) -> Html {
    Html::text(say!(lang;
        "👋 I measure study time in your group's voice chat. Here you see yours, and why it is what it is.",
        "👋 Men guruhingiz ovozli chatida oʻqish vaqtini oʻlchayman. Bu yerda oʻz vaqtingizni va u nega shunday ekanini koʻrasiz.",
        "👋 Я измеряю время учёбы в голосовом чате вашей группы. Здесь видно ваше время и откуда оно взялось."))
}

/// Nothing can be shown.
pub fn unreadable(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ Your time can't be read now. Please try again later.",
        "⚠️ Vaqtingizni hozir oʻqib boʻlmadi. Keyinroq urinib koʻring.",
        "⚠️ Сейчас ваше время не прочитать. Попробуйте позже."))
}

/// The goal as it is, above its buttons.
pub fn goal(minutes: Option<u32>, lang: Lang) -> Html {
    let now = match minutes {
        Some(minutes) => Html::bold(duration(u64::from(minutes) * 60, lang)),
        None => Html::bold(say!(lang; "none", "yoʻq", "нет")),
    };
    say!(lang;
        html!("🎯 How long do you want to study each day?\nNow: {}", now),
        html!("🎯 Har kuni qancha oʻqimoqchisiz?\nHozir: {}", now),
        html!("🎯 Сколько хотите заниматься каждый день?\nСейчас: {}", now))
}

/// Type a goal.
pub fn ask_goal(lang: Lang) -> Html {
    say!(lang;
        html!("🎯 Send minutes (<code>90</code>) or hours (<code>2h</code>), at most 24 hours; <code>0</code>: no goal."),
        html!("🎯 Daqiqa (<code>90</code>) yoki soat (<code>2h</code>) yuboring, koʻpi bilan 24 soat; <code>0</code>: maqsadsiz."),
        html!("🎯 Пришлите минуты (<code>90</code>) или часы (<code>2h</code>), не больше 24 часов; <code>0</code>: без цели."))
}

/// Really delete? `accounts`: how many of the person's accounts are meant.
pub fn confirm_forget(title: &str, accounts: usize, lang: Lang) -> Html {
    let title = Html::name(title);
    let mut html = say!(lang;
        html!("🗑 Delete everything that I know of your study time in {}?\n\n• Your stays in calls, imported time, corrections and compliments go for good.\n• Your name, username, goal and links between accounts are forgotten.\n• You are opted out from now on: no post names you. When you join a call again, your time is measured anew, without a name.\n\nIf you sit in a call now, I don't see you there any more until you leave and join again.\n\nBoards that were posted already stay in the group, and those that a web dashboard has stay there. Backups of the operator are not changed. This can't be undone.", title),
        html!("🗑 {} guruhidagi oʻqish vaqtingiz haqida bilganlarimning hammasi oʻchirilsinmi?\n\n• Chatdagi vaqtlaringiz, koʻchirilgan vaqt, tuzatishlar va maqtovlar butunlay oʻchadi.\n• Ismingiz, foydalanuvchi nomingiz, maqsadingiz va akkauntlaringiz bogʻlanishi unutiladi.\n• Shundan keyin postlarda ismingiz yozilmaydi. Chatga yana kirsangiz, vaqt yangidan, ismsiz oʻlchanadi.\n\nHozir chatda boʻlsangiz, chiqib qayta kirmaguningizcha sizni u yerda koʻrmayman.\n\nJoylangan reytinglar guruhda, veb-sahifaga yuborilganlari oʻsha yerda qoladi. Operatorning zaxira nusxalari oʻzgarmaydi. Buni ortga qaytarib boʻlmaydi.", title),
        html!("🗑 Удалить всё, что я знаю о вашем времени учёбы в {}?\n\n• Ваше время в чатах, перенесённое время, поправки и похвалы исчезнут навсегда.\n• Имя, юзернейм, цель и связи между аккаунтами забудутся.\n• После этого в постах вас не называют. Если снова зайдёте в чат, время пойдёт заново, без имени.\n\nЕсли вы сейчас в чате, я больше не вижу вас там, пока вы не выйдете и не зайдёте снова.\n\nУже опубликованные рейтинги останутся в группе, отправленные на веб-страницу — там. Резервные копии оператора не меняются. Отменить это нельзя.", title));
    if accounts > 1 {
        let n = Html::bold(accounts);
        html.push_line(&say!(lang;
            html!("\n🔗 It concerns all your accounts here: {}.", n),
            html!("\n🔗 Bu yerdagi barcha akkauntlaringizga taalluqli: {} ta.", n),
            html!("\n🔗 Касается всех ваших аккаунтов здесь: {}.", n)));
    }
    html
}

/// It is done.
pub fn forgotten(title: &str, lang: Lang) -> Html {
    let title = Html::name(title);
    say!(lang;
        html!("🗑 Deleted: what I knew of your study time in {}.", title),
        html!("🗑 Oʻchirildi: {} guruhidagi oʻqish vaqtingiz haqida bilganlarim.", title),
        html!("🗑 Удалено всё, что я знал о вашем времени учёбы в {}.", title))
}

/// It could not be done whole.
pub fn not_forgotten(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⚠️ Not everything could be deleted. Please try again; if it stays so, tell the admins.",
        "⚠️ Hammasini oʻchirib boʻlmadi. Yana urinib koʻring; takrorlansa, adminlarga ayting.",
        "⚠️ Удалить удалось не всё. Попробуйте ещё раз; если не выйдет, сообщите администраторам."))
}
