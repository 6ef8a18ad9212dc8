//! What admins are told about boards that didn't arrive, and snapshots that were refused.

use chrono::NaiveDate;

use super::html::Html;
use crate::{domain::lang::Lang, html, say};

/// Nobody knows whether a board arrived: the answer got lost.
pub fn unsure(title: &str, day: NaiveDate, lang: Lang) -> Html {
    let (title, day) = (Html::name(title), date(day));
    say!(lang;
        html!("❓ The board of {} for {} was on its way when the answer got lost. Look into the group: if it isn't there, post it again.", day, title),
        html!("❓ {} uchun {} reytingi yuborilayotganda javob yoʻqoldi. Guruhga qarang: u yerda boʻlmasa, qayta yuboring.", title, day),
        html!("❓ Рейтинг за {} для {} был в пути, когда ответ потерялся. Посмотрите в группу: если его там нет, отправьте ещё раз.", day, title))
}

/// Telegram refuses a board, in its own words.
pub fn refused(title: &str, day: NaiveDate, why: &str, lang: Lang) -> Html {
    let (title, day, why) = (Html::name(title), date(day), Html::code(super::button::elided(why, 300)));
    say!(lang;
        html!("🚫 Telegram refuses the board of {} for {}: {}\nSee that whoever posts is in the group and may write there; then post it again.", day, title, why),
        html!("🚫 Telegram {} uchun {} reytingini qabul qilmadi: {}\nYuboruvchi guruhda ekanini va yoza olishini tekshiring, soʻng qayta yuboring.", title, day, why),
        html!("🚫 Telegram не принимает рейтинг за {} для {}: {}\nПроверьте, что отправитель состоит в группе и может там писать, затем отправьте ещё раз.", day, title, why))
}

/// A web dashboard understood a snapshot and refuses it.
pub fn export_refused(title: &str, day: NaiveDate, why: &str, lang: Lang) -> Html {
    let (title, day, why) = (Html::name(title), date(day), Html::code(super::button::elided(why, 300)));
    say!(lang;
        html!("🚫 The web dashboard refuses the snapshot of {} for {}: {}\nIt is kept and not sent again; send it anew with <code>rollcall export backfill</code> when the dashboard is mended.", day, title, why),
        html!("🚫 Veb-panel {} uchun {} maʼlumotini qabul qilmadi: {}\nU saqlanadi va qayta yuborilmaydi; panel tuzatilgach <code>rollcall export backfill</code> bilan qayta yuboring.", title, day, why),
        html!("🚫 Веб-панель не принимает снимок за {} для {}: {}\nОн сохранён и повторно не отправляется; когда панель починят, отправьте его командой <code>rollcall export backfill</code>.", day, title, why))
}

/// The button below [`unsure`] and [`refused`].
pub fn post_again(lang: Lang) -> &'static str {
    say!(lang; "🔁 Post again", "🔁 Qayta yuborish", "🔁 Отправить ещё раз")
}

/// The button that says that a board arrived after all.
pub fn is_there(lang: Lang) -> &'static str {
    say!(lang; "✅ It is there", "✅ U oʻsha yerda", "✅ Он там")
}

fn date(day: NaiveDate) -> Html {
    Html::bold(day.format("%d.%m.%Y"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_learn_what_happened_and_what_to_do() {
        let day = "2026-01-09".parse().expect("a day");
        let said = Lang::ALL.map(|lang| {
            let all = [
                unsure("Night <owls>", day, lang),
                refused("Night <owls>", day, "Forbidden: bot was kicked", lang),
                export_refused("Night <owls>", day, "boards[0].entries: too long", lang),
            ];
            all.map(Html::into_string).join("\n\n")
        });
        insta::assert_snapshot!(said.join("\n\n---\n\n"));
    }
}
