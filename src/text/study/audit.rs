//! A posted board beside what the stays say now.

use super::{duration, post::moment};
use crate::{
    domain::{lang::Lang, study::PostKey},
    html, say,
    study::{audit::Difference, board::Scope},
    text::html::Html,
};

/// Which board.
pub fn title(community: &str, post: PostKey, lang: Lang) -> Html {
    let (community, moment) = (Html::name(community), Html::bold(moment(post, lang)));
    say!(lang;
        html!("🔍 {}: the board of {}, beside what the stays say now\n", community, moment),
        html!("🔍 {}: {} reytingi va hozirgi hisob\n", community, moment),
        html!("🔍 {}: рейтинг за {} и нынешний подсчёт\n", community, moment))
}

/// Nothing is different.
pub fn the_same(lang: Lang) -> Html {
    Html::text(say!(lang;
        "✅ Every place and every time is the same.",
        "✅ Barcha oʻrinlar va vaqtlar bir xil.",
        "✅ Все места и всё время совпадают."))
}

/// It isn't known what the board said.
pub fn not_kept(lang: Lang) -> Html {
    Html::text(say!(lang;
        "❔ What this board said isn't kept: somebody on it had their data deleted, or an earlier release posted it.",
        "❔ Bu reytingda nima yozilgani saqlanmagan: undagi kimdir maʼlumotlarini oʻchirtirgan yoki uni oldingi versiya joylagan.",
        "❔ Что было в этом рейтинге, не сохранилось: кто-то из него удалил свои данные или его опубликовала прежняя версия."))
}

/// "📅 Ann Lee: posted 1 h 30 min, now 1 h 45 min (corrected since)"
pub fn difference(one: &Difference, name: &str, lang: Lang) -> Html {
    let mark = match one.scope {
        Scope::Day => "📅",
        Scope::Week => "📆",
        Scope::Month => "🗓",
    };
    let time = |seconds: Option<u64>| {
        let none = say!(lang; "no place", "oʻrin yoʻq", "нет места");
        Html::bold(seconds.map_or_else(|| none.to_owned(), |seconds| duration(seconds, lang)))
    };
    let (mark, name, posted, now) = (Html::text(mark), Html::name(name), time(one.posted), time(one.now));
    let line = say!(lang;
        html!("{} {}: posted {}, now {}", mark, name, posted, now),
        html!("{} {}: joylangan {}, hozir {}", mark, name, posted, now),
        html!("{} {}: было {}, сейчас {}", mark, name, posted, now));
    if one.corrected.is_empty() {
        return line;
    }
    html!("{} {}", line, Html::text(say!(lang; "(corrected since)", "(keyin tuzatilgan)", "(с тех пор есть поправка)")))
}

/// Why that may be; how many more there are.
pub fn explanation(more: usize, lang: Lang) -> Html {
    let mut html = Html::text(say!(lang;
        "\nCorrections, linked accounts and other settings hold for the past too. Somebody's “Why?” shows it line by line.",
        "\nTuzatishlar, bogʻlangan akkauntlar va yangi sozlamalar oʻtmishga ham taalluqli. Aʼzoning “Nega?” tugmasi hammasini qatorma-qator koʻrsatadi.",
        "\nПоправки, связанные аккаунты и новые настройки действуют и на прошлое. «Почему?» у участника показывает всё построчно."));
    if more > 0 {
        let more = Html::text(more);
        html.push_line(&say!(lang; html!("… {} more", more), html!("… yana {} ta", more), html!("… ещё {}", more)));
    }
    html
}
