//! Commands, on the pages.

use super::words;

words! {
    commands: "Commands", "Buyruqlar", "Команды";
    commands_lead: "What people ask the bot by /name: a text of yours, or the newest items of a feed.", "Odamlar /nom orqali soʻraydigan narsalar: sizning matningiz yoki lentaning yangi yozuvlari.", "Что люди спрашивают через /имя: ваш текст или новейшие записи ленты.";
    command: "Command", "Buyruq", "Команда";
    command_name: "Name, without the slash", "Nomi, chiziqsiz", "Имя, без косой черты";
    command_description: "Description", "Tavsif", "Описание";
    description_en: "Description in English", "Inglizcha tavsif", "Описание по-английски";
    description_uz: "Description in Uzbek", "Oʻzbekcha tavsif", "Описание по-узбекски";
    description_ru: "Description in Russian", "Ruscha tavsif", "Описание по-русски";
    command_says: "Answer", "Javob", "Ответ";
    says_hint: "A text with {name}, {group}, {members}, {date}, {time}, {weekday}, {bot}; or the address of an RSS or Atom feed", "{name}, {group}, {members}, {date}, {time}, {weekday}, {bot} boʻlgan matn yoki RSS yoki Atom manzili", "Текст с {name}, {group}, {members}, {date}, {time}, {weekday}, {bot} или адрес ленты RSS или Atom";
    feed_items: "Items of the feed", "Lenta yozuvlari soni", "Записей ленты";
    feed_fault: "What is wrong with the feed", "Lenta xatosi", "Что не так с лентой";
    answers_where: "Where", "Qayerda", "Где";
    answered_by_bot: "By", "Kim", "Кто отвечает";
    used_today: "Today", "Bugun", "Сегодня";
    used_week: "7 days", "7 kun", "7 дней";
    used_month: "30 days", "30 kun", "30 дней";
    usage: "Use", "Ishlatilishi", "Использование";
    is_on: "On", "Yoqilgan", "Включена";
    is_off: "Off", "Oʻchirilgan", "Выключена";
    no_commands: "No commands are defined yet.", "Hali buyruqlar yoʻq.", "Команд пока нет.";
    new_command: "New command", "Yangi buyruq", "Новая команда";
    change_command: "What it says", "Nima deydi", "Что она отвечает";
    command_on: "Switch on", "Yoqish", "Включить";
    command_off: "Switch off", "Oʻchirib qoʻyish", "Выключить";
    move_command: "Place in lists", "Roʻyxatdagi oʻrni", "Место в списке";
    place_hint: "1 is the first", "1 — birinchi", "1 — первое";
    delete_command: "Delete", "Oʻchirish", "Удалить";
    delete_command_more: "Its text and its figures go.", "Matni va raqamlari ham oʻchadi.", "Текст и статистика исчезнут.";
    contact_text: "What /contact says", "/contact nima deydi", "Что отвечает /contact";
    contact_usual: "The usual words again", "Odatdagi soʻzlarga qaytish", "Вернуть обычный текст";
}
