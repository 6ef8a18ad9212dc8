//! Background jobs and sending, on the pages.

use super::words;

words! {
    jobs: "Jobs", "Vazifalar", "Задачи";
    jobs_lead: "What is done in the background: by a schedule, or when somebody starts it.", "Fonda bajariladigan ishlar: jadval boʻyicha yoki kimdir boshlaganda.", "Что делается в фоне: по расписанию или когда кто-то запустит.";
    job: "Job", "Vazifa", "Задача";
    job_id: "Id", "Raqami", "Id";
    progress: "Progress", "Bajarilishi", "Выполнено";
    last_run: "Last run", "Oxirgi marta", "Последний запуск";
    next_run: "Next run", "Keyingi marta", "Следующий запуск";
    schedule: "Schedule", "Jadval", "Расписание";
    schedule_hint: "Minute, hour, day, month, weekday: 0 9 * * MON is every Monday at 9:00; empty: only when started", "Daqiqa, soat, kun, oy, hafta kuni: 0 9 * * MON — har dushanba 9:00; boʻsh: faqat boshlanganda", "Минута, час, день, месяц, день недели: 0 9 * * MON — каждый понедельник в 9:00; пусто: только вручную";
    start_job: "Start now", "Hozir boshlash", "Запустить сейчас";
    stop_job: "Stop", "Toʻxtatish", "Остановить";
    stop_job_more: "It doesn't run by itself until it is started; what of a message isn't sent yet is cancelled.", "Boshlanmaguncha oʻzi ishlamaydi; xabarning hali yuborilmagani bekor qilinadi.", "Сама не запустится, пока её не запустят; неотправленное сообщение отменяется.";
    retry_job: "Send again where it failed", "Xato boʻlgan joyga qayta yuborish", "Отправить снова, где не дошло";
    retry_unsure: "Also where it may have arrived", "Yetib borgani nomaʼlum joylarga ham", "И там, где неизвестно, дошло ли";
    remove_job: "Remove", "Olib tashlash", "Убрать";
    new_digest: "A report that comes by itself", "Oʻzi keladigan hisobot", "Отчёт, который приходит сам";
    digest_more: "To each admin in private. Other receivers and backups: rollcall jobs add, in a terminal.", "Har bir adminga shaxsiy chatda. Boshqa oluvchilar va zaxira nusxalar: terminalda rollcall jobs add.", "Каждому админу лично. Другие получатели и копии: rollcall jobs add в терминале.";
    digest_format: "As", "Koʻrinishi", "Вид";
    digest_days: "About", "Davri", "За период";
    as_text: "Message", "Xabar", "Сообщение";
    as_picture: "Picture", "Rasm", "Картинка";
    as_workbook: "Excel workbook", "Excel kitobi", "Книга Excel";
    as_csv: "CSV file", "CSV fayl", "Файл CSV";
    day_before: "The day before", "Oldingi kun", "Вчера";
    last_week: "Last week", "Oʻtgan hafta", "Прошлая неделя";
    send: "Send", "Yuborish", "Отправка";
    send_lead: "A message to groups, through the bot. Its text is kept only until it has arrived everywhere or is cancelled; where it fails, for seven days.", "Bot orqali guruhlarga xabar. Matn hamma joyga yetguncha yoki bekor qilinguncha saqlanadi; xato boʻlsa, yetti kun.", "Сообщение группам через бота. Текст хранится, пока не дойдёт до всех или не будет отменён; при ошибках — семь дней.";
    message_text: "Text", "Matn", "Текст";
    message_to: "To", "Kimga", "Кому";
    to_me: "Only to me, to look at it first", "Faqat menga, avval koʻrish uchun", "Только мне, чтобы посмотреть";
    to_all_groups: "Every registered group", "Barcha roʻyxatdagi guruhlar", "Все зарегистрированные группы";
    to_matching: "Groups with this in their title", "Nomida shu bor guruhlar", "Группы, в названии которых есть";
    message_markup: "Markup", "Belgilash", "Разметка";
    markup_plain: "None", "Yoʻq", "Нет";
    send_at: "Not before (empty: now)", "Shu vaqtdan keyin (boʻsh: hozir)", "Не раньше (пусто: сейчас)";
    send_silently: "Without a sound", "Ovozsiz", "Без звука";
    sent_messages: "Messages", "Xabarlar", "Сообщения";
    no_messages: "Nothing was sent yet.", "Hali hech narsa yuborilmagan.", "Пока ничего не отправлено.";
    receivers: "Chats", "Chatlar", "Чаты";
    chat: "Chat", "Chat", "Чат";
    why_not: "Why not", "Sababi", "Почему нет";
    bad_moment: "This is no time that is still to come.", "Bu hali kelmagan vaqt emas.", "Это не время в будущем.";
}
