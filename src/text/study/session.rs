//! The user session in the chat: why it is needed, how it does, how to log in, which is never done here.

use chrono_tz::Tz;

use super::button::StudyLabel;
use crate::{
    domain::{lang::Lang, line::LineState},
    html, say,
    text::html::Html,
};

/// Its state, and what to do about it.
pub fn session(state: &LineState, zone: Tz, lang: Lang) -> Html {
    let mut html = html!("{}", Html::bold(StudyLabel::Session.text(lang)));
    html.push_line(&brief(state, zone, lang));
    html.push_line(&say!(lang;
        html!("\nBots can't see who is in a voice chat, so an ordinary Telegram account looks there; it must be a member of the groups.\n\nLog in where I run:\n<code>rollcall session login</code>\nor by scanning a code with the phone:\n<code>rollcall session login --qr</code>\n\n🔒 Never send the login code here: Telegram makes every code invalid that is sent in a chat, and nobody who asks for it in a chat means well."),
        html!("\nBotlar ovozli chatda kim borligini koʻra olmaydi, shuning uchun u yerga oddiy Telegram akkaunti qaraydi; u guruhlar aʼzosi boʻlishi kerak.\n\nMen ishlayotgan kompyuterda kiring:\n<code>rollcall session login</code>\nyoki telefon bilan kodni skanerlang:\n<code>rollcall session login --qr</code>\n\n🔒 Kirish kodini hech qachon bu yerga yubormang: Telegram chatda yuborilgan har bir kodni bekor qiladi, uni chatda soʻragan kishining niyati esa yaxshi emas."),
        html!("\nБоты не видят, кто в голосовом чате, поэтому туда смотрит обычный аккаунт Telegram; он должен состоять в группах.\n\nВойдите на компьютере, где я работаю:\n<code>rollcall session login</code>\nили отсканируйте код телефоном:\n<code>rollcall session login --qr</code>\n\n🔒 Никогда не присылайте сюда код входа: Telegram аннулирует любой код, отправленный в чат, а тот, кто просит его в чате, желает вам зла.")));
    html
}

/// Its state in a line.
pub fn brief(state: &LineState, zone: Tz, lang: Lang) -> Html {
    let _ = zone;
    Html::text(match state {
        LineState::NotConfigured | LineState::NotLoggedIn => {
            say!(lang; "⚪️ not logged in", "⚪️ kirilmagan", "⚪️ вход не выполнен")
        }
        LineState::Up { .. } => say!(lang; "✅ connected", "✅ ulangan", "✅ подключена"),
        LineState::Connecting { .. } | LineState::Waiting { .. } | LineState::Dead { .. } => {
            say!(lang; "⚠️ not connected", "⚠️ ulanmagan", "⚠️ не подключена")
        }
    })
}
