//! What is around every page: navigation, tables, errors.

use std::borrow::Borrow;

use super::{Words, words};
use crate::{
    say,
    text::{english, number, russian},
};

words! {
    skip: "Skip to content", "Asosiy qismga oʻtish", "К содержанию";
    navigation: "Main", "Asosiy", "Главное меню";
    overview: "Overview", "Umumiy", "Обзор";
    groups: "Groups", "Guruhlar", "Группы";
    teachers: "Teachers", "Oʻqituvchilar", "Учителя";
    study: "Study time", "Oʻqish vaqti", "Учебное время";
    audit: "Audit log", "Amallar tarixi", "Журнал";
    settings: "Settings", "Sozlamalar", "Настройки";
    my_activity: "My activity", "Mening faolligim", "Моя активность";
    admin: "Admin", "Admin", "Админ";
    viewer: "Viewer", "Kuzatuvchi", "Наблюдатель";
    teacher: "Teacher", "Oʻqituvchi", "Учитель";
    sign_out: "Sign out", "Chiqish", "Выйти";
    live: "Live", "Jonli", "Онлайн";
    live_lost: "Not live: reload the page to see what is new", "Jonli emas: yangisini koʻrish uchun sahifani yangilang", "Нет связи: обновите страницу";
    filter: "Filter", "Saralash", "Фильтр";
    filter_hint: "Type a part of a name …", "Nomning bir qismini yozing …", "Часть имени или названия …";
    apply: "Apply", "Qoʻllash", "Применить";
    export: "Take along:", "Yuklab olish:", "Скачать:";
    nothing_found: "Nothing matches this filter.", "Bu soʻrovga mos narsa topilmadi.", "Под этот фильтр ничего не подходит.";
    previous: "Previous", "Oldingi", "Назад";
    next: "Next", "Keyingi", "Вперёд";
    values: "Values as a table", "Qiymatlar jadvalda", "Значения таблицей";
    period: "Period", "Davr", "Период";
    today: "Today", "Bugun", "Сегодня";
    days_7: "7 days", "7 kun", "7 дней";
    days_30: "30 days", "30 kun", "30 дней";
    this_month: "This month", "Shu oy", "Этот месяц";
    last_month: "Last month", "Oʻtgan oy", "Прошлый месяц";
    from: "From", "Dan", "С";
    to: "To", "Gacha", "По";
    show: "Show", "Koʻrsatish", "Показать";
    error_refused: "That can’t be done", "Buni qilib boʻlmaydi", "Так нельзя";
    back: "Back", "Orqaga", "Назад";
    error_missing: "There is no such page", "Bunday sahifa yoʻq", "Такой страницы нет";
    error_missing_more: "It may have been renamed or deleted. Go on from the first page.", "U oʻchirilgan yoki nomi oʻzgargan boʻlishi mumkin. Bosh sahifadan davom eting.", "Возможно, её удалили или переименовали. Начните с первой страницы.";
    error_forbidden: "This is not for you", "Bu siz uchun emas", "Сюда вам нельзя";
    error_forbidden_more: "Your role doesn't include this page. Ask an admin if you need it.", "Rolingiz bu sahifani ochishga ruxsat bermaydi. Kerak boʻlsa, admindan soʻrang.", "Ваша роль не даёт доступа к этой странице. Если нужно, попросите админа.";
    error_form: "This form is out of date", "Bu shakl eskirgan", "Форма устарела";
    error_form_more: "Nothing was changed. Go back, reload the page and try again.", "Hech narsa oʻzgarmadi. Orqaga qaytib, sahifani yangilang va qayta urinib koʻring.", "Ничего не изменено. Вернитесь, обновите страницу и повторите.";
    error_often: "Too many attempts", "Urinishlar juda koʻp", "Слишком много попыток";
    error_often_more: "Wait a minute, then try again.", "Bir daqiqa kuting, soʻng qayta urinib koʻring.", "Подождите минуту и попробуйте снова.";
    error_fault: "This can't be shown now", "Hozir koʻrsatib boʻlmaydi", "Сейчас это нельзя показать";
    error_fault_more: "The log says why; counting goes on. Try again in a moment.", "Sababi jurnalda; hisoblash davom etmoqda. Birozdan soʻng urinib koʻring.", "Причина в журнале; подсчёт продолжается. Попробуйте чуть позже.";
    error_period: "This is no period", "Bu davr emas", "Это не период";
    error_period_more: "Choose two dates, the first one first, at most ten years apart.", "Ikki sana tanlang: avval birinchisi, oralari oʻn yildan oshmasin.", "Выберите две даты по порядку, не более десяти лет.";
}

impl Words {
    /// A number as people read it. Templates have some by reference.
    pub fn n(self, n: impl Borrow<u64>) -> String {
        number(*n.borrow())
    }

    /// "1–100 of 5,000"
    pub fn page_of(self, from: usize, to: usize, all: usize) -> String {
        let (from, to, all) = (number(from as u64), number(to as u64), number(all as u64));
        say!(self.0; format!("{from}–{to} of {all}"), format!("{from}–{to}, jami {all}"), format!("{from}–{to} из {all}"))
    }

    /// "12 rows"
    pub fn rows(self, n: usize) -> String {
        let n = n as u64;
        let shown = number(n);
        say!(self.0;
            format!("{shown} {}", english(n, "row", "rows")),
            format!("{shown} ta qator"),
            format!("{shown} {}", russian(n, "строка", "строки", "строк")))
    }
}
