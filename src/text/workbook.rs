//! Words in workbooks and pictures.

use crate::{domain::lang::Lang, say};

/// The title of a report.
pub fn report(lang: Lang) -> &'static str {
    say!(lang; "Report", "Hisobot", "Отчёт")
}

/// The columns of the sheet by day.
pub fn by_day_columns(lang: Lang) -> [&'static str; 12] {
    say!(lang;
        ["Date", "Teacher ID", "Name", "Chat ID", "Group", "Text", "Photo", "Video", "Audio", "Voice", "Document", "Total"],
        ["Sana", "Oʻqituvchi ID", "Ism", "Chat ID", "Guruh", "Matn", "Surat", "Video", "Audio", "Ovozli", "Hujjat", "Jami"],
        ["Дата", "ID учителя", "Имя", "ID чата", "Группа", "Текст", "Фото", "Видео", "Аудио", "Голос", "Документ", "Всего"])
}

/// Why the sheet by day says less than usual: it has rows by day and teacher, or by day alone.
pub fn fewer_details(lang: Lang, by_teacher: bool) -> &'static str {
    if by_teacher {
        say!(lang;
            "There are more rows than an Excel sheet can hold: these are by day and teacher, without groups.",
            "Qatorlar soni Excel varagʻiga sigʻmaydi: bu yerda kun va oʻqituvchi boʻyicha, guruhlarsiz.",
            "Строк больше, чем помещается на лист Excel: здесь — по дням и учителям, без групп.")
    } else {
        say!(lang;
            "There are more rows than an Excel sheet can hold: these are by day alone. Choose a shorter period.",
            "Qatorlar soni Excel varagʻiga sigʻmaydi: bu yerda faqat kunlar boʻyicha. Qisqaroq davrni tanlang.",
            "Строк больше, чем помещается на лист Excel: здесь — только по дням. Выберите период короче.")
    }
}

/// Whose midnight separates the days.
pub fn zone(lang: Lang) -> &'static str {
    say!(lang; "Time zone", "Vaqt mintaqasi", "Часовой пояс")
}

/// How far the numbers go.
pub fn as_of(lang: Lang) -> &'static str {
    say!(lang; "Data as of", "Maʼlumotlar holati", "Данные на")
}

/// "Messages"
pub fn total(lang: Lang) -> &'static str {
    say!(lang; "Messages", "Xabarlar", "Сообщений")
}

/// Albums counted once.
pub fn posts(lang: Lang) -> &'static str {
    say!(lang; "… with each album counted once", "… har bir albom bitta deb olinsa", "… если считать альбом за одно")
}

/// How many teachers wrote.
pub fn wrote(lang: Lang) -> &'static str {
    say!(lang; "Teachers who wrote", "Yozgan oʻqituvchilar", "Писали учителя")
}

/// How many did not.
pub fn wrote_nothing(lang: Lang) -> &'static str {
    say!(lang; "Wrote nothing", "Hech narsa yozmaganlar", "Ничего не написали")
}

/// Messages of somebody whom nobody is mapped to.
pub fn unattributed(lang: Lang) -> &'static str {
    say!(lang; "Unattributed, not in the total", "Egasi nomaʼlum, jamiga kirmaydi", "Без автора, вне итога")
}

/// Kinds beside the six.
pub fn other_kinds(lang: Lang) -> &'static str {
    say!(lang; "Other kinds, not in the total", "Boshqa turlar, jamiga kirmaydi", "Другие виды, вне итога")
}

/// A teacher, as a label.
pub fn teacher(lang: Lang) -> &'static str {
    say!(lang; "Teacher", "Oʻqituvchi", "Учитель")
}

/// A group, as a label.
pub fn group(lang: Lang) -> &'static str {
    say!(lang; "Group", "Guruh", "Группа")
}

/// Groups, as a label.
pub fn groups(lang: Lang) -> &'static str {
    say!(lang; "Groups", "Guruhlar", "Группы")
}

/// A chart or a table.
pub fn chart_by_teacher(lang: Lang) -> &'static str {
    say!(lang; "By teacher", "Oʻqituvchilar boʻyicha", "По учителям")
}

/// A chart or a table.
pub fn chart_by_group(lang: Lang) -> &'static str {
    say!(lang; "By group", "Guruhlar boʻyicha", "По группам")
}

/// A chart or a table.
pub fn chart_by_day(lang: Lang) -> &'static str {
    say!(lang; "By day", "Kunlar boʻyicha", "По дням")
}

/// A chart.
pub fn chart_by_hour(lang: Lang) -> &'static str {
    say!(lang; "By weekday and hour", "Hafta kuni va soat boʻyicha", "По дням недели и часам")
}

/// A chart.
pub fn chart_by_kind(lang: Lang) -> &'static str {
    say!(lang; "By kind", "Turlar boʻyicha", "По видам")
}

/// A chart of one day.
pub fn chart_by_hour_of_day(lang: Lang) -> &'static str {
    say!(lang; "By hour", "Soatlar boʻyicha", "По часам")
}

/// In place of bars.
pub fn nothing(lang: Lang) -> &'static str {
    say!(lang; "Nothing was written", "Hech narsa yozilmagan", "Ничего не написано")
}

/// In place of a heat map: the days come from another program.
pub fn no_hours(lang: Lang) -> &'static str {
    say!(lang; "Hours were not recorded", "Soatlar qayd etilmagan", "Часы не записаны")
}

/// The columns of the sheet of those who wrote nothing.
pub fn silent_columns(lang: Lang) -> [&'static str; 4] {
    [say!(lang; "Teacher ID", "Oʻqituvchi ID", "ID учителя"), teacher(lang), groups(lang), other_kinds(lang)]
}

/// In place of those who wrote nothing.
pub fn nobody_silent(lang: Lang) -> &'static str {
    say!(lang; "Everybody wrote something.", "Hamma nimadir yozgan.", "Каждый что-нибудь написал.")
}
