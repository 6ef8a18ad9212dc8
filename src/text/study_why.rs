//! Why somebody's time is what it is, line by line.

use chrono_tz::Tz;

use super::{html::Html, study::duration};
use crate::{
    domain::{
        lang::Lang,
        presence::Who,
        study::{Began, End},
    },
    html, say,
    study::why::{Fate, StayLine, What, Why},
};

/// So many stays are shown one by one: a message holds no more.
const STAYS_SHOWN: usize = 12;
/// And so many corrections.
const CORRECTIONS_SHOWN: usize = 8;
/// Of an admin's reason.
const REASON_SHOWN: usize = 100;

/// The lines, one below the other; `name` says which of a person's accounts it was, where that needs saying.
pub fn lines(why: &Why, zone: Tz, name: impl Fn(Who) -> Option<String>, lang: Lang) -> Html {
    if why.lines.is_empty() {
        return Html::text(say!(lang;
            "Nothing was seen on this day.",
            "Bu kuni hech narsa koʻrinmadi.",
            "В этот день ничего не было видно."));
    }
    let mut said = Html::default();
    let (mut stays, mut corrections, mut hidden, mut hidden_seconds) = (0, 0, 0, 0);
    for line in &why.lines {
        let is_shown = match &line.what {
            What::Stay(_) => one_more(&mut stays, STAYS_SHOWN),
            What::Correction(_) => one_more(&mut corrections, CORRECTIONS_SHOWN),
            What::Overlap | What::Imported(_) | What::Cap(_) | What::Floor => true,
        };
        if !is_shown {
            (hidden, hidden_seconds) = (hidden + 1, hidden_seconds + line.seconds);
            continue;
        }
        said = with_hidden(said, &mut hidden, &mut hidden_seconds, lang);
        said = match &line.what {
            What::Stay(stay) => html!("{}{}\n", said, self::stay(stay, line.seconds, zone, name(stay.who), lang)),
            what => html!("{}{} · {}\n", said, Html::bold(clock(line.seconds, true)), step(what, lang)),
        };
    }
    said = with_hidden(said, &mut hidden, &mut hidden_seconds, lang);
    let total = Html::bold(clock(i64::from(why.total), false));
    html!("{}{}", said, say!(lang; html!("Together: {}", total), html!("Jami: {}", total), html!("Всего: {}", total)))
}

fn one_more(shown: &mut usize, most: usize) -> bool {
    *shown += 1;
    *shown <= most
}

/// Says once how many lines were left out.
fn with_hidden(said: Html, hidden: &mut u64, seconds: &mut i64, lang: Lang) -> Html {
    let (n, seconds) = (std::mem::take(hidden), std::mem::take(seconds));
    if n == 0 {
        return said;
    }
    let time = Html::bold(clock(seconds, true));
    let more = Html::text(say!(lang; format!("{n} more"), format!("yana {n} ta"), format!("и ещё {n}")));
    html!("{}{} · {}\n", said, time, more)
}

fn stay(stay: &StayLine, seconds: i64, zone: Tz, name: Option<String>, lang: Lang) -> Html {
    let time = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).format("%H:%M:%S").to_string();
    let mut remarks: Vec<String> = name.into_iter().collect();
    match stay.fate {
        Fate::Counts => {}
        Fate::TooShort { seconds, gate } => {
            let (sum, gate) = (clock(seconds, false), duration(u64::from(gate), lang));
            remarks.push(say!(lang;
                format!("doesn't count: {sum} in this call, {gate} needed"),
                format!("hisoblanmaydi: bu suhbatda {sum}, {gate} kerak"),
                format!("не считается: в этом звонке {sum}, нужно {gate}")));
        }
        Fate::Muted => remarks.push(said(say!(lang;
            "doesn't count: muted all the time",
            "hisoblanmaydi: mikrofon doim oʻchiq",
            "не считается: микрофон всё время выключен"))),
        Fate::Bot => remarks.push(said(say!(lang; "doesn't count: a bot", "hisoblanmaydi: bot", "не считается: бот"))),
    }
    if stay.began == Began::Polled {
        remarks.push(said(say!(lang;
            "was there when I looked; Telegram says since when",
            "qaraganimda shu yerda edi; qachondan beri — Telegram maʼlumoti",
            "был(а) в звонке, когда я посмотрел; с какого времени — по данным Telegram")));
    }
    remarks.push(said(ending(stay.end, lang)));
    if stay.unwatched > 0 {
        let unseen = clock(stay.unwatched, false);
        remarks.push(say!(lang;
            format!("{unseen} of it unwatched; Telegram says they hadn't left"),
            format!("shundan {unseen} kuzatilmagan; Telegramga koʻra chiqib ketmagan"),
            format!("из них {unseen} без наблюдения; по данным Telegram, выхода не было")));
    }
    let times = Html::text(format!("{}–{}", time(stay.from), time(stay.to)));
    html!("{} · {} · {}", Html::bold(clock(seconds, true)), times, Html::text(remarks.join("; ")))
}

fn ending(end: Option<End>, lang: Lang) -> &'static str {
    match end {
        None => say!(lang;
            "still there; counted as far as seen",
            "hali shu yerda; koʻrilgan vaqtgacha hisoblandi",
            "ещё в звонке; посчитано до последнего наблюдения"),
        Some(End::Observed) => say!(lang; "left", "chiqib ketdi", "выход"),
        Some(End::CallEnded) => say!(lang; "the call ended", "suhbat tugadi", "звонок завершён"),
        Some(End::Polled) => say!(lang;
            "gone when I looked again; counted until last seen",
            "qayta qaraganimda yoʻq edi; oxirgi koʻrilgan vaqtgacha hisoblandi",
            "при следующей проверке уже не было; посчитано до последнего наблюдения"),
        Some(End::Rejoined) => say!(lang;
            "had joined anew when I looked again; counted until last seen before",
            "qayta qaraganimda yangidan kirgan edi; undan oldin oxirgi koʻrilgan vaqtgacha hisoblandi",
            "при следующей проверке был новый вход; посчитано до последнего наблюдения перед ним"),
        Some(End::Inferred) => say!(lang;
            "the end was not seen; counted until last seen",
            "oxiri koʻrilmadi; oxirgi koʻrilgan vaqtgacha hisoblandi",
            "конец не был виден; посчитано до последнего наблюдения"),
    }
}

fn step(what: &What, lang: Lang) -> Html {
    match what {
        What::Stay(_) => Html::default(),
        What::Overlap => Html::text(say!(lang;
            "at the same time in two ways: counts once",
            "bir vaqtda ikki marta: bir marta hisoblanadi",
            "одновременно дважды: считается один раз")),
        What::Imported(seconds) => {
            let time = clock(i64::from(*seconds), false);
            Html::text(say!(lang;
                format!("the program before counted {time} on this day, which is more"),
                format!("oldingi dastur bu kuni {time} hisoblagan, bu koʻproq"),
                format!("прежняя программа насчитала в этот день {time}, это больше")))
        }
        What::Cap(seconds) => {
            let most = duration(u64::from(*seconds), lang);
            Html::text(say!(lang;
                format!("at most {most} count on a day"),
                format!("bir kunda koʻpi bilan {most} hisoblanadi"),
                format!("в день считается не больше: {most}")))
        }
        What::Correction(reason) => {
            let reason = Html::text(reason.chars().take(REASON_SHOWN).collect::<String>());
            say!(lang; html!("an admin: {}", reason), html!("admin: {}", reason), html!("администратор: {}", reason))
        }
        What::Floor => Html::text(say!(lang;
            "a day has no less than nothing",
            "bir kunda noldan kam boʻlmaydi",
            "меньше нуля в дне не бывает")),
    }
}

fn said(words: &str) -> String {
    words.to_owned()
}

/// "1:05:09", "+0:00:40", "−0:10:00"
fn clock(seconds: i64, signed: bool) -> String {
    let sign = if seconds < 0 {
        "−"
    } else if signed && seconds > 0 {
        "+"
    } else {
        ""
    };
    let seconds = seconds.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{ids::ChatId, presence::CallId},
        study::{sample::instant, why::Line},
    };

    #[test]
    fn every_line_has_its_words() {
        let stay = |from: &str, to: &str, end, unwatched, fate| StayLine {
            who: Who(ChatId(-5).0),
            call: CallId(1),
            from: instant(&format!("2026-01-09T{from}+05:00")),
            to: instant(&format!("2026-01-09T{to}+05:00")),
            began: if unwatched > 0 { Began::Polled } else { Began::Observed },
            end,
            unwatched,
            fate,
        };
        let too_short = Fate::TooShort { seconds: 61, gate: 300 };
        let stays = [
            (3600, stay("09:00:00", "10:00:00", Some(End::Observed), 0, Fate::Counts)),
            (600, stay("10:00:00", "10:10:00", Some(End::CallEnded), 125, Fate::Counts)),
            (0, stay("10:20:00", "10:21:01", Some(End::Polled), 0, too_short)),
            (0, stay("10:30:00", "10:40:00", Some(End::Rejoined), 0, Fate::Muted)),
            (0, stay("10:50:00", "11:00:00", Some(End::Inferred), 0, Fate::Bot)),
            (1800, stay("12:00:00", "12:30:00", None, 0, Fate::Counts)),
        ];
        let stays = stays.map(|(seconds, stay)| Line { seconds, what: What::Stay(stay) });
        let steps = [
            (-60, What::Overlap),
            (1260, What::Imported(7200)),
            (-3600, What::Cap(3600)),
            (600, What::Correction("was <there>".to_owned())),
            (-9000, What::Correction("cheated".to_owned())),
            (4800, What::Floor),
        ];
        let steps = steps.map(|(seconds, what)| Line { seconds, what });
        let why = Why { lines: stays.into_iter().chain(steps).collect(), total: 0 };
        let all = Lang::ALL.map(|lang| lines(&why, chrono_tz::Asia::Tashkent, |_| None, lang).into_string());
        for said in &all {
            assert_eq!(said.lines().count(), why.lines.len() + 1, "{said}");
            for part in ["+1:00:00", "09:00:00–10:00:00", "0:02:05", "0:01:01", "−1:00:00", "was &lt;there&gt;", "−2:30:00"]
            {
                assert!(said.contains(part), "{part} is missing: {said}");
            }
        }
        let different: std::collections::BTreeSet<_> = all.iter().flat_map(|said| said.lines()).collect();
        assert_eq!(different.len(), 3 * (why.lines.len() + 1), "each language has its own words");
    }

    #[test]
    fn many_stays_fit_into_a_message() {
        let (from, to) = (instant("2026-01-09T10:00:00Z"), instant("2026-01-09T10:10:00Z"));
        let (who, call, began, end) = (Who(1), CallId(1), Began::Polled, Some(End::Rejoined));
        let stay = StayLine { who, call, from, to, began, end, unwatched: 60, fate: Fate::Counts };
        let line = Line { seconds: 600, what: What::Stay(stay) };
        let why = Why { lines: vec![line; 200], total: 120_000 };
        for lang in Lang::ALL {
            let said = lines(&why, chrono_tz::Asia::Tashkent, |_| Some("Ann Lee @ann".to_owned()), lang).into_string();
            assert!(said.chars().count() < 3900 && said.contains("188"), "{} {said}", said.len());
        }
    }
}
