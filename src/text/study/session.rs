//! The user session in the chat: its state, and how to log in, which is never done here.

use crate::{domain::lang::Lang, html, say, text::html::Html};

use super::button::StudyLabel;

/// How the user session is doing, as far as the menu tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SessionSight {
    /// Nobody set it up.
    #[default]
    Missing,
    /// It sees the calls.
    Up,
    /// It is not connected now.
    Down {
        /// Why, in the terminal's words.
        why: String,
    },
}

/// Its state, and what to do about it.
pub fn session(sight: &SessionSight, lang: Lang) -> Html {
    let mut html = html!("{}", Html::bold(StudyLabel::Session.text(lang)));
    html.push_line(&state(sight, lang));
    html.push_line(&say!(lang;
        html!("\nBots can't see who is in a voice chat, so an ordinary Telegram account looks there; it must be a member of the groups.\n\nLog in where I run:\n<code>rollcall session login</code>\nor by scanning a code with the phone:\n<code>rollcall session login --qr</code>\n\n🔒 Never send the login code here: Telegram makes every code invalid that is sent in a chat, and nobody who asks for it in a chat means well."),
        html!("\nBotlar ovozli chatda kim borligini koʻra olmaydi, shuning uchun u yerga oddiy Telegram akkaunti qaraydi; u guruhlar aʼzosi boʻlishi kerak.\n\nMen ishlayotgan kompyuterda kiring:\n<code>rollcall session login</code>\nyoki telefon bilan kodni skanerlang:\n<code>rollcall session login --qr</code>\n\n🔒 Kirish kodini hech qachon bu yerga yubormang: Telegram chatda yuborilgan har bir kodni bekor qiladi, uni chatda soʻragan kishining niyati esa yaxshi emas."),
        html!("\nБоты не видят, кто в голосовом чате, поэтому туда смотрит обычный аккаунт Telegram; он должен состоять в группах.\n\nВойдите на компьютере, где я работаю:\n<code>rollcall session login</code>\nили отсканируйте код телефоном:\n<code>rollcall session login --qr</code>\n\n🔒 Никогда не присылайте сюда код входа: Telegram аннулирует любой код, отправленный в чат, а тот, кто просит его в чате, желает вам зла.")));
    html
}

/// Its state in a line.
pub fn state(sight: &SessionSight, lang: Lang) -> Html {
    match sight {
        SessionSight::Missing => Html::text(say!(lang; "⚪️ not logged in", "⚪️ kirilmagan", "⚪️ вход не выполнен")),
        SessionSight::Up => Html::text(say!(lang; "✅ connected", "✅ ulangan", "✅ подключён")),
        SessionSight::Down { why } => {
            let why = Html::text(crate::text::name::fitted(why, 300));
            say!(lang; html!("⚠️ not connected: {}", why), html!("⚠️ ulanmagan: {}", why), html!("⚠️ не подключён: {}", why))
        }
    }
}
