//! What was written while the bot was away.

use super::{html::Html, number};
use crate::{domain::lang::Lang, html, say};

/// Below the news that the bot was away.
pub fn offer(lang: Lang) -> String {
    say!(lang; "📥 Count it from the groups' history", "📥 Guruhlar tarixidan sanash", "📥 Досчитать по истории групп").to_owned()
}

/// What came of it.
pub fn counted(messages: u64, groups: usize, unrecorded: u64, lang: Lang) -> Html {
    let several = |one: &'static str, more: &'static str, n: bool| Html::text(if n { one } else { more });
    let (one, alone) = (several("message", "messages", messages == 1), several("group", "groups", groups == 1));
    let (messages, groups) = (Html::text(number(messages)), Html::text(groups));
    let mut html = say!(lang;
        html!("📥 The history is read. Counted now, and not before: {} {} in {} {}.", messages, one, groups, alone),
        html!("📥 Guruhlar tarixi oʻqildi: {1} ta guruhda {0} ta xabar sanalmagan edi, endi sanaldi.", messages, groups),
        html!("📥 История групп прочитана: не было сосчитано сообщений: {}, групп: {}; теперь они в счёте.", messages, groups));
    if unrecorded > 0 {
        let unrecorded = Html::text(number(unrecorded));
        html.push_line(&say!(lang;
            html!("{} more are of days that an earlier release counted without a note of what; they stay as they are.", unrecorded),
            html!("Yana {} tasi oldingi versiya nima sanalganini belgilamagan kunlarga tegishli; ular oʻzgarmaydi.", unrecorded),
            html!("Ещё {} — за дни, которые считала прежняя версия без пометок; они остаются как есть.", unrecorded)));
    }
    html
}
