//! How far long work is.

use super::{chats, groups, html::Html};
use crate::{domain::lang::Lang, html, say};

/// Something that takes long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Looking which groups are still there; steps are groups.
    Groups,
    /// Asking about chats; steps are chats.
    Chats,
    /// Making a report; steps are days that are read, some of them twice.
    Report,
    /// Finding the answer to a question; it has no steps.
    Answer,
}

/// Blocks of the bar.
const BAR: usize = 12;

/// While it goes on.
pub fn under_way(task: Task, done: usize, total: usize, lang: Lang) -> Html {
    let what = match task {
        Task::Groups => say!(lang; "Looking at the groups…", "Guruhlar tekshirilmoqda…", "Проверяю группы…"),
        Task::Chats => {
            say!(lang; "Asking Telegram about the chats…", "Telegramdan chatlar haqida soʻralmoqda…", "Спрашиваю Telegram о чатах…")
        }
        Task::Report => say!(lang; "Preparing the report…", "Hisobot tayyorlanmoqda…", "Готовлю отчёт…"),
        Task::Answer => return thinking("", lang),
    };
    let filled = (done * BAR).checked_div(total).unwrap_or(0).min(BAR);
    let bar = "▰".repeat(filled) + &"▱".repeat(BAR - filled);
    Html::text(format!("⏳ {what}\n{bar} {}", steps(task, done, total, lang)))
}

/// While an answer is found: as much of it as there is.
pub fn thinking(words: &str, lang: Lang) -> Html {
    let head = Html::text(say!(lang; "💭 Thinking…", "💭 Oʻylayapman…", "💭 Думаю…"));
    if words.is_empty() { head } else { html!("{}\n\n💭", Html::text(words)) }
}

/// When it is done.
pub fn finished(lang: Lang) -> Html {
    Html::text(say!(lang; "✅ Done.", "✅ Tayyor.", "✅ Готово."))
}

/// When somebody stopped it.
pub fn stopped(task: Task, done: usize, total: usize, lang: Lang) -> Html {
    let word = say!(lang; "Stopped", "Toʻxtatildi", "Остановлено");
    if task == Task::Answer {
        return Html::text(format!("⏹ {word}."));
    }
    Html::text(format!("⏹ {word}: {}", steps(task, done, total, lang)))
}

/// When a button is pressed that outlived its work.
pub fn over(lang: Lang) -> Html {
    Html::text(say!(lang; "⌛️ This is over already.", "⌛️ Bu allaqachon tugagan.", "⌛️ Это уже завершено."))
}

/// "40 of 500 groups", "34 %"
fn steps(task: Task, done: usize, total: usize, lang: Lang) -> String {
    match task {
        Task::Groups => say!(lang;
            format!("{done} of {}", groups(total as u64, lang)),
            format!("{done} / {}", groups(total as u64, lang)),
            // Behind "из" the genitive stands: after 1 in the singular.
            format!("{done} из {total} {}", if total % 10 == 1 && total % 100 != 11 { "группы" } else { "групп" })),
        Task::Chats => say!(lang;
            format!("{done} of {}", chats::chats(total as u64, lang)),
            format!("{done} / {}", chats::chats(total as u64, lang)),
            format!("{done} из {total} {}", if total % 10 == 1 && total % 100 != 11 { "чата" } else { "чатов" })),
        Task::Report | Task::Answer => format!("{} %", (done * 100).checked_div(total).unwrap_or(0)),
    }
}
