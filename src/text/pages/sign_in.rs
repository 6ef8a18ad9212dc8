//! Coming in: the link in the chat, the page behind it, the Mini App.

use super::{Words, words};
use crate::{domain::lang::Lang, html, say, text::html::Html};

words! {
    sign_in: "Sign in", "Kirish", "Вход";
    sign_in_how: "Send /dashboard to the bot in a private chat. It answers with a link that works once, for five minutes.", "Botga shaxsiy chatda /dashboard deb yozing. U besh daqiqa ishlaydigan bir martalik havola yuboradi.", "Отправьте боту в личном чате /dashboard. Он пришлёт одноразовую ссылку на пять минут.";
    sign_in_ready: "Your link is good. Press the button to come in; the link is used up by that.", "Havolangiz yaroqli. Kirish uchun tugmani bosing; shundan keyin havola ishlamaydi.", "Ссылка действует. Нажмите кнопку, чтобы войти; после этого она больше не сработает.";
    sign_in_button: "Come in", "Kirish", "Войти";
    link_over: "This link doesn't work any more", "Bu havola endi ishlamaydi", "Ссылка больше не действует";
    link_over_more: "It was used already, or five minutes have passed. Send /dashboard to the bot for a new one.", "U ishlatilgan yoki besh daqiqa oʻtgan. Yangisini olish uchun botga /dashboard deb yozing.", "Её уже использовали, или прошло пять минут. Отправьте боту /dashboard, чтобы получить новую.";
    signed_out: "You are signed out.", "Siz chiqdingiz.", "Вы вышли.";
    app_opening: "Opening …", "Ochilmoqda …", "Открываем …";
    app_failed: "Telegram's proof wasn't accepted. Close this window and open the dashboard again from the bot's menu.", "Telegram tasdigʻi qabul qilinmadi. Oynani yopib, boshqaruv panelini bot menyusidan qayta oching.", "Подтверждение Telegram не принято. Закройте окно и откройте панель снова из меню бота.";
    app_only: "This page belongs into Telegram: open it from the bot's menu button.", "Bu sahifa Telegram ichida ochiladi: botning menyu tugmasidan foydalaning.", "Эта страница открывается в Telegram: нажмите кнопку меню бота.";
}

/// The message with the link, and what is on its button.
pub fn link(lang: Lang) -> (Html, &'static str) {
    let html = say!(lang;
        html!("🔐 Your way into the dashboard. The link works once, for five minutes, and only you should use it."),
        html!("🔐 Boshqaruv paneliga havola. U bir marta, besh daqiqa ishlaydi; boshqalarga bermang."),
        html!("🔐 Вход в панель управления. Ссылка одноразовая и действует пять минут; никому её не передавайте."));
    (html, say!(lang; "Open the dashboard", "Panelni ochish", "Открыть панель"))
}

/// The same with the address in the text: Telegram takes no button to an address on this very machine.
pub fn plain_link(address: &str, lang: Lang) -> Html {
    let (said, _) = link(lang);
    html!("{}\n\n{}", said, Html::code(address))
}

/// No page is served.
pub fn off(lang: Lang) -> Html {
    say!(lang;
        html!("The dashboard is off. Whoever runs the bot can turn it on with <code>WEB_ADDR</code>; the README says how."),
        html!("Boshqaruv paneli oʻchirilgan. Botni yurituvchi uni <code>WEB_ADDR</code> sozlamasi bilan yoqishi mumkin."),
        html!("Панель выключена. Её включает настройка <code>WEB_ADDR</code>; подробности в README."))
}

/// Who asks has nothing to see there.
pub fn not_for_you(lang: Lang) -> Html {
    say!(lang;
        html!("The dashboard is for admins, for those whom they name, and for registered teachers."),
        html!("Boshqaruv paneli adminlar, ular tayinlaganlar va roʻyxatdagi oʻqituvchilar uchun."),
        html!("Панель доступна админам, тем, кого они назначили, и зарегистрированным учителям."))
}

/// What is written on the menu button that opens the Mini App.
pub fn menu_button(lang: Lang) -> &'static str {
    say!(lang; "Dashboard", "Panel", "Панель")
}

impl Words {
    /// Who is about to come in.
    pub fn sign_in_as(self, name: &str) -> String {
        say!(self.0; format!("You come in as {name}."), format!("Siz {name} sifatida kirasiz."), format!("Вы входите как {name}."))
    }
}
