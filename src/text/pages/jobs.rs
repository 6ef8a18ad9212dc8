//! Background jobs and sending, on the pages.

use super::{Words, words};
use crate::say;

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
    all_jobs: "All at once", "Barchasi birga", "Все сразу";
    start_all: "Start what is stopped", "Toʻxtatilganlarni boshlash", "Запустить остановленные";
    start_all_more: "Messages excepted: each is sent again on its own page.", "Xabarlardan tashqari: ularning har biri oʻz sahifasida qayta yuboriladi.", "Кроме сообщений: каждое отправляется снова на своей странице.";
    stop_all: "Stop all", "Hammasini toʻxtatish", "Остановить все";
    stop_all_more: "All that runs or would begin by itself; what of messages isn't sent yet is cancelled.", "Ishlayotgan yoki oʻzi boshlanadigan hamma narsa; xabarlarning hali yuborilmagani bekor qilinadi.", "Всё, что идёт или началось бы само; неотправленные сообщения отменяются.";
    retry_job: "Send again where it failed", "Xato boʻlgan joyga qayta yuborish", "Отправить снова, где не дошло";
    retry_unsure: "Also where it may have arrived", "Yetib borgani nomaʼlum joylarga ham", "И там, где неизвестно, дошло ли";
    remove_job: "Remove", "Olib tashlash", "Убрать";
    new_digest: "A report that comes by itself", "Oʻzi keladigan hisobot", "Отчёт, который приходит сам";
    digest_more: "To each admin in private, or into a group. Topics: rollcall jobs add, in a terminal.", "Har bir adminga shaxsiy chatda yoki guruhga. Mavzular: terminalda rollcall jobs add.", "Каждому админу лично или в группу. Темы: rollcall jobs add в терминале.";
    new_backup: "A backup that writes itself", "Oʻzi yoziladigan zaxira nusxa", "Копия по расписанию";
    backup_more: "Into a folder of the server that isn't within the data, and where the service may write. Older ones of this job are deleted.", "Serverning maʼlumotlardan tashqaridagi, xizmat yoza oladigan papkasiga. Bu vazifaning eskilari oʻchiriladi.", "В папку сервера вне данных, куда служба может писать. Старые копии этой задачи удаляются.";
    new_collection: "Collect public channels", "Ochiq kanallarni toʻplash", "Собрать открытые каналы";
    collection_more: "What is posted there, read by the user session, written into a folder of the server. Whoever asks for the same channels again goes on from there.", "U yerdagi postlarni foydalanuvchi seansi oʻqib, serverdagi papkaga yozadi. Oʻsha kanallar yana soʻralsa, oʻsha joydan davom etadi.", "Посты оттуда читает пользовательская сессия и пишет в папку на сервере. Повторный запрос тех же каналов продолжит с того же места.";
    channel_names: "Channels: names or links", "Kanallar: nom yoki havolalar", "Каналы: имена или ссылки";
    pace: "How fast", "Tezligi", "Скорость";
    begin: "Begin", "Boshlash", "Начать";
    backup_folder: "Folder, with its whole path", "Papka, toʻliq yoʻli bilan", "Папка, полный путь";
    backup_keep: "How many are kept", "Nechtasi saqlanadi", "Сколько хранить";
    errand: "What it does", "Nima qiladi", "Что делает";
    outcome: "Outcome", "Natija", "Итог";
    bad_number: "This is no number: write digits, such as 7.", "Bu son emas: raqam yozing, masalan 7.", "Это не число: напишите цифрами, например 7.";
    to_admins: "Each admin, in private", "Har bir adminga, shaxsan", "Каждому админу, лично";
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
    message_file: "A photo or file above it (optional)", "Ustidagi rasm yoki fayl (ixtiyoriy)", "Фото или файл над текстом (необязательно)";
    file_as: "Show the file as", "Faylni koʻrsatish", "Показать файл как";
    as_document: "File", "Fayl", "Файл";
    as_photo: "Photo", "Rasm", "Фото";
    to_ticked: "The groups that are ticked below", "Quyida belgilangan guruhlar", "Группы, отмеченные ниже";
    tick_groups: "Groups", "Guruhlar", "Группы";
    to_topics: "Topics too: links (t.me/c/…) or ID/topic, with spaces between", "Mavzular ham: havolalar (t.me/c/…) yoki ID/mavzu, orasida boʻshliq", "И темы: ссылки (t.me/c/…) или ID/тема через пробел";
    preview: "Preview", "Koʻrib chiqish", "Предпросмотр";
    preview_lead: "Nothing is sent yet. This arrives, and there.", "Hali hech narsa yuborilmadi. Mana shu boradi, mana shu yerlarga.", "Пока ничего не отправлено. Вот что придёт и куда.";
    send_it: "Send it", "Yuborish", "Отправить";
    what_arrives: "What arrives", "Nima boradi", "Что придёт";
    markup_note: "Telegram has the last word on formatting; send it only to yourself first to see it exactly.", "Bezak haqida oxirgi soʻz — Telegramniki; aniq koʻrish uchun avval oʻzingizga yuboring.", "Последнее слово об оформлении — за Telegram; чтобы увидеть точно, сначала отправьте себе.";
    to_me_only: "My private chat", "Mening shaxsiy chatim", "Мой личный чат";
    at_once: "At once", "Hoziroq", "Сразу";
    bad_topic: "One of the topics can't be read: write a link (t.me/c/…) or ID/topic.", "Mavzulardan biri tushunarsiz: havola (t.me/c/…) yoki ID/mavzu yozing.", "Одну из тем не понять: напишите ссылку (t.me/c/…) или ID/тема.";
    file_gone: "The file is no longer here: choose it again.", "Fayl endi yoʻq: qayta tanlang.", "Файла уже нет: выберите его снова.";
    file_empty: "The file is empty; Telegram takes none such.", "Fayl boʻsh; Telegram bundayni qabul qilmaydi.", "Файл пустой; Telegram такие не принимает.";
    file_broken_off: "The file didn't arrive whole; try again.", "Fayl toʻliq yetib kelmadi; qayta urinib koʻring.", "Файл пришёл не целиком; попробуйте снова.";
    bad_moment: "This is no time that is still to come.", "Bu hali kelmagan vaqt emas.", "Это не время в будущем.";
}

impl Words {
    /// Telegram can't read the markup near these words. `wholly`: then nothing of the message arrives.
    pub fn markup_refused(self, near: &str, wholly: bool) -> String {
        if wholly {
            return say!(self.0;
                format!("Telegram can't read this HTML, from about here: \u{201c}{near}\u{201d}. So nothing would arrive: go back and mend it."),
                format!("Telegram bu HTMLni oʻqiy olmaydi, taxminan shu yerdan: \u{201c}{near}\u{201d}. Hech narsa yetib bormaydi: orqaga qaytib tuzating."),
                format!("Telegram не прочтёт этот HTML, примерно отсюда: «{near}». Ничего не придёт: вернитесь и исправьте."));
        }
        say!(self.0;
            format!("Telegram can't read these marks, from about here: \u{201c}{near}\u{201d}. So it would arrive as it is written."),
            format!("Telegram bu belgilarni oʻqiy olmaydi, taxminan shu yerdan: \u{201c}{near}\u{201d}. Xabar yozilganicha boradi."),
            format!("Telegram не прочтёт эту разметку, примерно отсюда: «{near}». Придёт как написано."))
    }

    /// So many megabytes are the most.
    pub fn file_too_large(self, most: usize) -> String {
        say!(self.0;
            format!("The file is too large: Telegram takes {most} MB from a bot. Choose a smaller one, or show a photo as a file."),
            format!("Fayl juda katta: Telegram botdan {most} MB gacha qabul qiladi. Kichikrogʻini tanlang yoki rasmni fayl sifatida yuboring."),
            format!("Файл слишком большой: Telegram принимает от бота до {most} МБ. Выберите меньше или отправьте фото как файл."))
    }
}
