//! What admins are told when nobody can see into the voice chats.

use crate::{domain::lang::Lang, html, say, text::html::Html};

/// For so many minutes already; and why, as far as is known.
pub fn blind(minutes: i64, why: &Html, lang: Lang) -> Html {
    let n = Html::bold(minutes);
    say!(lang;
        html!("🙈 For {} minutes I can't see into the voice chats. {}\nNobody loses time by that: whoever is still there when I see again was there all along; whoever left meanwhile ends when I saw them last.", n, why.clone()),
        html!("🙈 {} daqiqadan beri ovozli chatlarni koʻra olmayapman. {}\nBundan hech kimning vaqti yoʻqolmaydi: qayta koʻrganimda hali oʻsha yerda boʻlganlar butun vaqt davomida boʻlgan hisoblanadi; orada chiqib ketganlarning vaqti oxirgi koʻrgan paytimda tugaydi.", n, why.clone()),
        html!("🙈 Уже {} мин. я не вижу голосовых чатов. {}\nНикто от этого времени не теряет: кто ещё там, когда я снова увижу, был там всё время; у вышедших время кончается моментом, когда я видел их последний раз.", n, why.clone()))
}

/// It is over.
pub fn sees_again(minutes: i64, lang: Lang) -> Html {
    let n = Html::bold(minutes);
    say!(lang;
        html!("👀 I see into the voice chats again, after about {} minutes.", n),
        html!("👀 Taxminan {} daqiqadan soʻng ovozli chatlarni yana koʻryapman.", n),
        html!("👀 Снова вижу голосовые чаты, спустя примерно {} мин.", n))
}
