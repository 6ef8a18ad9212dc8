//! What the page on which people collect public channels says.

use super::words;

words! {
    research: "Research", "Tadqiqot", "Исследования";
    researcher: "Researcher", "Tadqiqotchi", "Исследователь";
    research_lead: "Public channels, collected with your own Telegram account. Nobody else sees what is here.", "Ochiq kanallar, oʻz Telegram hisobingiz bilan toʻplanadi. Bu yerdagini boshqa hech kim koʻrmaydi.", "Открытые каналы, собранные вашей учётной записью Telegram. Кроме вас, этого никто не видит.";
    research_account: "Telegram account", "Telegram hisobi", "Учётная запись Telegram";
    research_asking: "Telegram is being asked …", "Telegramdan soʻralmoqda …", "Запрос к Telegram …";
    research_trouble: "What went wrong", "Nima xato ketdi", "Что пошло не так";
    research_sign_in: "Sign in to Telegram", "Telegramga kirish", "Войти в Telegram";
    research_sign_in_more: "Make an application at my.telegram.org (API development tools) and copy its api_id and api_hash. The session is kept on this server, for you only.", "my.telegram.org da (API development tools) ilova yarating va api_id bilan api_hash ni koʻchiring. Seans shu serverda, faqat siz uchun saqlanadi.", "Создайте приложение на my.telegram.org (API development tools) и скопируйте api_id и api_hash. Сеанс хранится на этом сервере, только для вас.";
    research_phone: "Phone number, with +", "Telefon raqami, + bilan", "Номер телефона, с +";
    research_code: "The code from Telegram", "Telegramdan kelgan kod", "Код из Telegram";
    research_code_more: "Type it here. Never send it to anybody in a chat: it expires then.", "Shu yerga yozing. Uni chatda hech kimga yubormang: kod bekor boʻladi.", "Введите его здесь. Никому не пересылайте его в чате: он перестанет действовать.";
    research_password: "The password of two-step verification", "Ikki bosqichli tasdiqlash paroli", "Пароль двухэтапной проверки";
    research_password_more: "It is used once and kept nowhere.", "U bir marta ishlatiladi va hech qayerda saqlanmaydi.", "Он используется один раз и нигде не хранится.";
    research_anew: "Begin again", "Qaytadan boshlash", "Начать заново";
    go_on: "Go on", "Davom etish", "Продолжить";
    research_forget: "Log out and delete everything", "Chiqish va hammasini oʻchirish", "Выйти и удалить всё";
    research_forget_more: "Ends the session at Telegram and deletes what was collected here. Take along what you need first.", "Telegramdagi seansni tugatadi va bu yerda toʻplanganini oʻchiradi. Avval keraklisini yuklab oling.", "Завершает сеанс в Telegram и удаляет всё собранное здесь. Сначала скачайте нужное.";
    research_collect: "Collect", "Toʻplash", "Собрать";
    research_collect_more: "Nothing is joined, nothing is sent, no media is downloaded. The same channels again bring what is new.", "Hech qayerga qoʻshilmaydi, hech narsa yuborilmaydi, media yuklanmaydi. Oʻsha kanallar yana soʻralsa, yangisi keladi.", "Никуда не вступает, ничего не отправляет, медиа не скачивает. Повтор тех же каналов принесёт новое.";
    research_limit: "Only the newest of each channel (a number)", "Har kanaldan faqat eng yangilari (soni)", "Только последние из каждого канала (число)";
    research_now: "Being collected", "Toʻplanmoqda", "Собирается";
    research_cancel: "Cancel", "Bekor qilish", "Отменить";
    research_cancel_more: "What came until now stays here.", "Hozirgacha kelgani shu yerda qoladi.", "Что уже пришло, останется здесь.";
    research_nothing: "Nothing is collected yet.", "Hali hech narsa toʻplanmagan.", "Пока ничего не собрано.";
    research_channels: "Channels", "Kanallar", "Каналы";
    research_channel: "Channel", "Kanal", "Канал";
    research_posts: "Posts", "Postlar", "Посты";
    research_post: "Post", "Post", "Пост";
    research_views: "Views", "Koʻrishlar", "Просмотры";
    research_forwarded: "Forwarded from elsewhere", "Boshqa joydan ulashilgan", "Пересланных";
    research_by_day: "Posts by day", "Kunlar boʻyicha postlar", "Посты по дням";
    research_top: "Seen most", "Eng koʻp koʻrilgan", "Самые просматриваемые";
    research_origins: "Forwarded from", "Qayerdan ulashilgan", "Откуда переслано";
    research_all: "All", "Hammasi", "Все";
    research_more: "Only the first 1,000 are shown. Type words, or choose a channel; the files have all.", "Faqat dastlabki 1 000 tasi koʻrsatilgan. Soʻz yozing yoki kanal tanlang; fayllarda hammasi bor.", "Показаны только первые 1 000. Введите слова или выберите канал; в файлах есть все.";
    research_text: "Text", "Matn", "Текст";
    research_media: "Media", "Media", "Медиа";
    research_passed_on: "Forwards", "Ulashishlar", "Пересылки";
    research_replies: "Replies", "Javoblar", "Ответы";
    research_reactions: "Reactions", "Reaksiyalar", "Реакции";
    research_network: "Network", "Tarmoq", "Сеть";
    research_network_more: "Which channels refer to which: the tables below say the same. The file network.html can be explored.", "Qaysi kanal qaysi kanalga ishora qiladi: quyidagi jadvallarda ham shu. network.html faylini koʻrib chiqish mumkin.", "Какой канал на какой ссылается: то же в таблицах ниже. Файл network.html интерактивный.";
    research_nodes: "Channels of the network", "Tarmoq kanallari", "Каналы сети";
    research_edges: "Connections", "Bogʻlanishlar", "Связи";
    research_files: "Files", "Fayllar", "Файлы";
    research_file: "File", "Fayl", "Файл";
    research_all_files: "All files in one (zip)", "Hamma fayl bittada (zip)", "Все файлы одним (zip)";
    research_bytes: "Bytes", "Bayt", "Байт";
}
