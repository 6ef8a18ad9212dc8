//! Words in workbooks and pictures.

use crate::{domain::lang::Lang, say};

/// The sheet by day.
pub fn by_day(lang: Lang) -> &'static str {
    say!(lang; "By day", "Kunlar boʻyicha", "По дням")
}

/// Its columns.
pub fn by_day_columns(lang: Lang) -> [&'static str; 11] {
    say!(lang;
        ["Date", "TeacherID", "Name", "Group", "Text", "Photo", "Video", "Audio", "Voice", "Document", "Total"],
        ["Sana", "ID", "Ism", "Guruh", "Matn", "Rasm", "Video", "Audio", "Ovozli", "Fayl", "Jami"],
        ["Дата", "ID", "Имя", "Группа", "Текст", "Фото", "Видео", "Аудио", "Голос", "Файл", "Итого"])
}

/// In place of a group's title, where groups are added up.
pub fn all_groups(lang: Lang) -> &'static str {
    say!(lang; "(all groups)", "(barcha guruhlar)", "(все группы)")
}

/// The sheet with charts.
pub fn summary(lang: Lang) -> &'static str {
    say!(lang; "Summary", "Umumiy", "Сводка")
}

/// Its columns; the empty ones stay empty.
pub fn summary_columns(lang: Lang) -> [&'static str; 8] {
    say!(lang;
        ["Teacher", "Messages", "", "Group", "Messages", "", "Day", "Messages"],
        ["Oʻqituvchi", "Xabarlar", "", "Guruh", "Xabarlar", "", "Kun", "Xabarlar"],
        ["Учитель", "Сообщения", "", "Группа", "Сообщения", "", "День", "Сообщения"])
}

/// "Messages"
pub fn total(lang: Lang) -> &'static str {
    say!(lang; "Messages", "Xabarlar", "Сообщений")
}

/// A chart.
pub fn chart_by_teacher(lang: Lang) -> &'static str {
    say!(lang; "By teacher", "Oʻqituvchilar", "По учителям")
}

/// A chart.
pub fn chart_by_day(lang: Lang) -> &'static str {
    say!(lang; "By day", "Kunlar boʻyicha", "По дням")
}

/// A chart.
pub fn chart_by_group(lang: Lang) -> &'static str {
    say!(lang; "By group", "Guruhlar", "По группам")
}

/// A chart.
pub fn chart_by_hour(lang: Lang) -> &'static str {
    say!(lang; "By weekday and hour", "Hafta kuni va soat", "По дням недели и часам")
}

/// The sheet of those who wrote nothing.
pub fn silent(lang: Lang) -> &'static str {
    say!(lang; "Silent", "Yozmaganlar", "Молчат")
}

/// Its columns.
pub fn silent_columns(lang: Lang) -> [&'static str; 4] {
    say!(lang;
        ["TeacherID", "Name", "Groups", "Other kinds"],
        ["ID", "Ism", "Guruhlar", "Boshqa turlar"],
        ["ID", "Имя", "Группы", "Прочее"])
}
