//! What is said around an assistant's answers, and the tables below them.

use super::{days, html::Html, name::in_text, period};
use crate::{
    assistant::{
        SHOWN_ROWS,
        table::{About, Cell, Column, Subject, Table},
    },
    domain::{
        assistant::{ModelFault, Question},
        lang::Lang,
    },
    html, say,
};

/// The longest cell that is shown, in characters.
const WIDEST: usize = 22;

/// `/ask` without a question.
pub fn what(lang: Lang) -> Html {
    Html::text(say!(lang;
        "💬 Write your question after the command, such as: /ask who wrote less than usual this month?",
        "💬 Savolingizni buyruqdan keyin yozing, masalan: /ask bu oy kim odatdagidan kam yozdi?",
        "💬 Напишите вопрос после команды, например: /ask кто в этом месяце писал меньше обычного?"))
}

/// How to ask it, for the help.
pub fn help(in_groups: bool, lang: Lang) -> Html {
    let mut said = say!(lang;
        html!("🤖 Ask me about the figures in your own words, as you would a colleague; /ask begins a question, /forget ends a conversation. What you ask goes to a language model outside; what people write in groups never does."),
        html!("🤖 Raqamlar haqida oʻz soʻzlaringiz bilan soʻrang; /ask savolni boshlaydi, /forget suhbatni unutadi. Savolingiz tashqi til modeliga yuboriladi; guruhlarda yozilganlar hech qachon."),
        html!("🤖 Спрашивайте о цифрах своими словами; /ask начинает вопрос, /forget заканчивает разговор. Вопрос уходит внешней языковой модели; написанное в группах — никогда."));
    if in_groups {
        said.push(&Html::text(say!(lang;
            " In a group, write my name before the question.",
            " Guruhda savoldan oldin nomimni yozing.",
            " В группе напишите перед вопросом моё имя.")));
    }
    said
}

/// Why a model gave no answer, in a table.
pub fn fault(fault: ModelFault, lang: Lang) -> &'static str {
    match fault {
        ModelFault::Quota => say!(lang; "Its quota is used up", "Limiti tugagan", "Лимит исчерпан"),
        ModelFault::Key => say!(lang; "It doesn't accept the key", "Kalitni qabul qilmayapti", "Не принимает ключ"),
        ModelFault::Refused => say!(lang; "It refuses the request", "Soʻrovni rad etyapti", "Отклоняет запрос"),
        ModelFault::Server => say!(lang; "It has trouble of its own", "Oʻzida nosozlik bor", "У него сбой"),
        ModelFault::Slow => say!(lang; "It doesn't answer in time", "Vaqtida javob bermayapti", "Не отвечает вовремя"),
        ModelFault::Network => say!(lang; "It can't be reached", "Unga ulanib boʻlmayapti", "До него не достучаться"),
        ModelFault::Malformed => say!(lang; "Its answer can't be read", "Javobini oʻqib boʻlmadi", "Ответ не читается"),
    }
}

/// The question is too long.
pub fn too_long(lang: Lang) -> Html {
    let most = Question::LONGEST;
    Html::text(say!(lang;
        format!("✂️ That is too long a question: at most {most} characters."),
        format!("✂️ Savol juda uzun: koʻpi bilan {most} ta belgi."),
        format!("✂️ Вопрос слишком длинный: не больше {most} знаков.")))
}

/// Several questions of theirs wait already.
pub fn one_by_one(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⏳ Your earlier questions aren't answered yet. Ask again when they are.",
        "⏳ Oldingi savollaringizga hali javob berilmadi. Javobdan keyin yana soʻrang.",
        "⏳ На ваши прежние вопросы ещё нет ответа. Спросите снова, когда он будет."))
}

/// `/forget`
pub fn forgotten(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🧹 I have forgotten what we talked about.",
        "🧹 Suhbatimizni unutdim.",
        "🧹 Я забыл наш разговор."))
}

/// The day's budget is used up.
pub fn used_up(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🌙 Today's budget for questions is used up. Ask again tomorrow; the menu works as ever: /start",
        "🌙 Bugungi savollar chegarasi tugadi. Ertaga yana soʻrang; menyu ishlayapti: /start",
        "🌙 На сегодня лимит вопросов исчерпан. Спросите завтра; меню работает как обычно: /start"))
}

/// No provider answers.
pub fn no_answer(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🔌 The assistant can't be reached now. Try again in a few minutes; the menu works as ever: /start",
        "🔌 Yordamchiga hozir ulanib boʻlmadi. Bir necha daqiqadan keyin urinib koʻring; menyu ishlayapti: /start",
        "🔌 Помощник сейчас недоступен. Попробуйте через несколько минут; меню работает как обычно: /start"))
}

/// It went round in circles.
pub fn no_end(lang: Lang) -> Html {
    Html::text(say!(lang;
        "🤷 I found no answer to that. Ask more simply, or look into the menu: /start",
        "🤷 Bunga javob topolmadim. Soddaroq soʻrang yoki menyuga qarang: /start",
        "🤷 Я не нашёл ответа. Спросите проще или загляните в меню: /start"))
}

/// The question waited too long, because the bot was away.
pub fn too_late(lang: Lang) -> Html {
    Html::text(say!(lang;
        "⌛️ I was away when you asked. Please ask again.",
        "⌛️ Siz soʻraganda men ishlamayotgan edim. Iltimos, yana soʻrang.",
        "⌛️ Когда вы спросили, я не работал. Пожалуйста, спросите ещё раз."))
}

/// Figures that no report gave.
pub fn strange(figures: &[String], lang: Lang) -> Html {
    let figures = figures.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ");
    html!(
        "⚠️ {}",
        Html::italic(say!(lang;
        format!("These figures come from no report, don't rely on them: {figures}"),
        format!("Bu raqamlar hisobotlardan olinmagan, ularga ishonmang: {figures}"),
        format!("Этих чисел нет в отчётах, не полагайтесь на них: {figures}")))
    )
}

/// A table, as it stands below an answer.
pub fn table(table: &Table, lang: Lang) -> Html {
    let heading = html!("📎 {}", Html::bold(title(&table.about, lang)));
    if table.rows.is_empty() {
        return html!(
            "{}\n{}",
            heading,
            Html::text(say!(lang; "Nobody and nothing.", "Hech kim va hech narsa.", "Никого и ничего."))
        );
    }
    let mut lines = vec![table.columns.iter().map(|column| column_name(*column, lang).to_owned()).collect::<Vec<_>>()];
    let cell = |cell: &Cell| match cell {
        Cell::Text(text) => super::name::fitted(text, WIDEST),
        other => other.shown(),
    };
    lines.extend(table.rows.iter().take(SHOWN_ROWS).map(|row| row.iter().map(cell).collect()));
    let is_number = |at: usize| table.rows[0].get(at).is_some_and(Cell::is_number);
    let mut html = html!("{}\n{}", heading, Html::pre(aligned(&lines, is_number)));
    if table.rows.len() > SHOWN_ROWS {
        let more = table.rows.len() - SHOWN_ROWS;
        html.push_line(&Html::text(say!(lang;
            format!("… and {more} more rows"),
            format!("… va yana {more} qator"),
            format!("… и ещё строк: {more}"))));
    }
    html
}

fn aligned(lines: &[Vec<String>], is_number: impl Fn(usize) -> bool) -> String {
    let columns = lines.first().map_or(0, Vec::len);
    let width = |at: usize| lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |line: &Vec<String>| {
        let cells = line.iter().enumerate().map(|(at, cell)| {
            let pad = " ".repeat(widths[at].saturating_sub(cell.chars().count()));
            if is_number(at) { format!("{pad}{cell}") } else { format!("{cell}{pad}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What a table shows: "Messages · 1 Jan – 26 Jan 2026 (26 days) · 7-A"
pub fn title(about: &About, lang: Lang) -> String {
    let subject = match about.subject {
        Subject::Teachers => say!(lang; "Teachers", "Oʻqituvchilar", "Учителя"),
        Subject::Groups => say!(lang; "Groups", "Guruhlar", "Группы"),
        Subject::Activity => say!(lang; "Messages", "Xabarlar", "Сообщения"),
        Subject::Silent => say!(lang; "Silent teachers", "Jim oʻqituvchilar", "Молчавшие учителя"),
        Subject::Compared => {
            say!(lang; "Messages against what is usual", "Xabarlar odatdagiga nisbatan", "Сообщения в сравнении с обычным")
        }
        Subject::Board => say!(lang; "Study time", "Oʻqish vaqti", "Время учёбы"),
        Subject::OwnTime => say!(lang; "Your study time", "Oʻqish vaqtingiz", "Ваше время учёбы"),
    };
    let mut parts = vec![subject.to_owned()];
    if let Some(span) = about.period {
        parts.push(format!("{} ({})", period(span, lang), days(span.len_days(), lang)));
    }
    parts.extend([&about.group, &about.teacher].into_iter().flatten().map(|name| in_text(name)));
    parts.join(" · ")
}

/// A column's heading.
pub fn column_name(column: Column, lang: Lang) -> &'static str {
    match column {
        Column::Id => "ID",
        Column::Teacher => say!(lang; "Teacher", "Oʻqituvchi", "Учитель"),
        Column::Group => say!(lang; "Group", "Guruh", "Группа"),
        Column::Kind => say!(lang; "Kind", "Turi", "Вид"),
        Column::Day => say!(lang; "Day", "Kun", "День"),
        Column::Messages => say!(lang; "Messages", "Xabarlar", "Сообщений"),
        Column::Before => say!(lang; "Before", "Oldin", "До этого"),
        Column::Usual => say!(lang; "Usual", "Odatda", "Обычно"),
        Column::Change => say!(lang; "+/−", "+/−", "+/−"),
        Column::Percent => "%",
        Column::Counts => say!(lang; "Counts", "Hisobda", "Учёт"),
        Column::Groups => say!(lang; "Groups", "Guruhlar", "Группы"),
        Column::Teachers => say!(lang; "Teachers", "Oʻqituvchilar", "Учителей"),
        Column::Place => say!(lang; "Place", "Oʻrin", "Место"),
        Column::Of => say!(lang; "Of", "Jami", "Из"),
        Column::Person => say!(lang; "Who", "Kim", "Кто"),
        Column::Time => say!(lang; "Time", "Vaqt", "Время"),
        Column::TimeBefore => say!(lang; "Before", "Oldin", "До этого"),
        Column::Period => say!(lang; "Days", "Kunlar", "Дни"),
    }
}
