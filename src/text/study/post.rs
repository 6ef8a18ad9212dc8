//! What became of a board, and what admins are asked about it.

use crate::{
    domain::{
        lang::Lang,
        study::{PostKey, PostState},
    },
    html, say,
    text::{html::Html, short_date},
};

/// "28 Jan, 21:30"
pub fn moment(post: PostKey, lang: Lang) -> String {
    format!("{}, {}", short_date(post.day, lang), post.time.format("%H:%M"))
}

/// How far it is, in a word or two.
pub fn state(state: &PostState, lang: Lang) -> &'static str {
    match state {
        PostState::Due { attempts: 0, .. } => say!(lang; "⏳ is being posted", "⏳ joylanmoqda", "⏳ публикуется"),
        PostState::Due { .. } => say!(lang; "⏳ is tried again", "⏳ yana urinilmoqda", "⏳ пробую снова"),
        PostState::Sending { .. } => say!(lang; "⏳ on its way", "⏳ yoʻlda", "⏳ в пути"),
        PostState::Posted { .. } => say!(lang; "✅ posted", "✅ joylandi", "✅ опубликован"),
        PostState::Unsure { .. } => say!(lang; "❔ perhaps posted", "❔ joylangani nomaʼlum", "❔ неизвестно, вышел ли"),
        PostState::Refused { .. } => say!(lang; "❌ refused", "❌ rad etildi", "❌ отклонён"),
        PostState::Skipped => say!(lang; "⤼ left out", "⤼ oʻtkazib yuborildi", "⤼ пропущен"),
    }
}

/// A board, and what became of it.
pub fn told(post: PostKey, what: &PostState, lang: Lang) -> Html {
    html!("{} {}", Html::bold(moment(post, lang)), Html::text(state(what, lang)))
}

/// Really post now?
pub fn confirm(title: &str, place: &str, lang: Lang) -> Html {
    let (title, place) = (Html::name(title), Html::bold(place));
    say!(lang;
        html!("📣 {}: post today's board now? It goes to: {}. The schedule stays as it is.", title, place),
        html!("📣 {}: bugungi reyting hozir joylansinmi? Joyi: {}. Jadval oʻzgarmaydi.", title, place),
        html!("📣 {}: опубликовать сегодняшний рейтинг сейчас? Куда: {}. Расписание не меняется.", title, place))
}
