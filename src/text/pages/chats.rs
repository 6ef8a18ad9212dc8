//! What the pages about chats say.

use super::{Words, words};
use crate::{say, text::chats as words_of};

words! {
    chats: "Chats", "Chatlar", "Чаты";
    chats_lead: "Every group and channel that a bot is in, asked about once a day.", "Botlar turgan har bir guruh va kanal; kuniga bir marta soʻraladi.", "Все группы и каналы с ботами; опрашиваются раз в день.";
    chats_here: "Chats with a bot", "Botli chatlar", "Чатов с ботом";
    members_all: "Members in all", "Jami aʼzolar", "Всего участников";
    members: "Members", "Aʼzolar", "Участники";
    average: "Members on average", "Oʻrtacha aʼzolar", "Участников в среднем";
    growth_7: "Growth, 7 days", "Oʻsish, 7 kun", "Прирост за 7 дней";
    growth_30: "Growth, 30 days", "Oʻsish, 30 kun", "Прирост за 30 дней";
    joined_7: "Joined, 7 days", "Qoʻshildi, 7 kun", "Пришло за 7 дней";
    left_7: "Left, 7 days", "Chiqdi, 7 kun", "Ушло за 7 дней";
    joined_30: "Joined, 30 days", "Qoʻshildi, 30 kun", "Пришло за 30 дней";
    left_30: "Left, 30 days", "Chiqdi, 30 kun", "Ушло за 30 дней";
    came: "Joined", "Qoʻshildi", "Пришло";
    went: "Left", "Chiqdi", "Ушло";
    failed_looks: "Without an answer", "Javobsiz", "Без ответа";
    chat_type: "Type", "Turi", "Тип";
    administrators: "Administrators", "Administratorlar", "Администраторы";
    role: "Role", "Roli", "Роль";
    owner: "Owner", "Egasi", "Владелец";
    administrator: "Administrator", "Administrator", "Администратор";
    custom_title: "Custom title", "Maxsus unvon", "Подпись";
    rights: "Rights", "Huquqlar", "Права";
    chat_fine: "Fine", "Joyida", "В порядке";
    chat_failed: "No answer", "Javob yoʻq", "Нет ответа";
    chat_left: "Left", "Chiqib ketgan", "Бот вышел";
    chat_unasked: "Not asked yet", "Hali soʻralmagan", "Ещё не спрашивали";
    no_chats: "No chat is known yet. Add a bot to a group or channel.", "Hali birorta chat maʼlum emas. Botni guruh yoki kanalga qoʻshing.", "Пока нет ни одного чата. Добавьте бота в группу или канал.";
    no_administrators: "Telegram didn't say who administers this chat.", "Telegram bu chatni kim boshqarishini aytmadi.", "Telegram не сообщил, кто администрирует этот чат.";
    every_type: "All types", "Barcha turlar", "Все типы";
    every_bot: "All bots", "Barcha botlar", "Все боты";
    by_type: "By type", "Turi boʻyicha", "По типам";
    refresh: "Ask Telegram now", "Hozir Telegramdan soʻrash", "Спросить Telegram сейчас";
    refresh_more: "What was asked within the last minute isn't asked again.", "Oxirgi daqiqada soʻralgani qayta soʻralmaydi.", "То, о чём спросили в последнюю минуту, не спрашивается снова.";
    forget_chat: "Forget this chat", "Bu chatni unutish", "Забыть этот чат";
    forget_chat_more: "Deletes its numbers for good. What teachers wrote there stays counted.", "Uning raqamlari butunlay oʻchadi. Oʻqituvchilar yozgani hisobda qoladi.", "Удаляет его показатели навсегда. Сообщения учителей останутся учтены.";
    members_by_day: "Members by day", "Kunlar boʻyicha aʼzolar", "Участники по дням";
    last_30_days: "Last 30 days", "Soʻnggi 30 kun", "Последние 30 дней";
    about_chat: "About this chat", "Chat haqida", "О чате";
    first_seen: "First seen", "Birinchi koʻrilgan", "Впервые замечен";
    refreshed: "Telegram last answered", "Telegram oxirgi javobi", "Последний ответ Telegram";
    left_since: "No bot is in it since", "Botsiz qolgan vaqti", "Без ботов с";
    registered: "In the register", "Roʻyxatda", "В реестре";
}

impl Words {
    /// Telegram is still to be asked about so many.
    pub fn being_asked(self, n: usize) -> String {
        let count = words_of::chats(n as u64, self.0);
        say!(self.0;
            format!("Telegram is being asked about {count}; reload the page in a moment."),
            format!("Telegramdan {count} haqida soʻralmoqda; birozdan soʻng sahifani yangilang."),
            format!("Спрашиваем Telegram о: {count}; обновите страницу чуть позже."))
    }
}
