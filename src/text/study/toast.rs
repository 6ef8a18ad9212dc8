//! What a press about study time says back.

use crate::{domain::lang::Lang, say};

/// The result of a press, or why it has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StudyToast {
    /// Watched now.
    Watched,
    /// It rests.
    Paused,
    /// Saved.
    Saved,
    /// The board is on its way.
    Posting,
    /// It was on its way before.
    PostedAlready,
    /// Noted that it is there.
    NotedThere,
    /// There is nothing to decide about it any more.
    PostSettled,
    /// Two accounts are one person.
    Joined,
    /// They are two.
    Parted,
    /// These two can't be one.
    CantJoin,
    /// The correction counts.
    Corrected,
    /// It counts no more.
    Withdrawn,
    /// The goal is set.
    GoalSet,
    /// No goal.
    GoalOff,
    /// No name in posts.
    Hidden,
    /// The name in posts again.
    Shown,
    /// A picture is on its way.
    Drawing,
    /// Being deleted.
    Forgetting,
    /// Not watched, or not any more.
    CommunityGone,
    /// Nobody is known by that number.
    MemberGone,
    /// It isn't in the list.
    CorrectionGone,
    /// This person is known nowhere.
    NotAMember,
}

impl StudyToast {
    /// The words.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Watched => say!(lang; "▶️ Watched from now on", "▶️ Endi kuzatiladi", "▶️ Теперь следим"),
            Self::Paused => say!(lang; "⏸ Paused", "⏸ Toʻxtatib turildi", "⏸ Пауза"),
            Self::Saved => say!(lang; "✅ Saved", "✅ Saqlandi", "✅ Сохранено"),
            Self::Posting => say!(lang; "📣 On its way", "📣 Joylanmoqda", "📣 Публикуется"),
            Self::PostedAlready => {
                say!(lang; "This press was taken already; nothing is posted twice", "Bu bosish allaqachon qabul qilingan; ikki marta joylanmaydi", "Это нажатие уже принято, дважды ничего не публикуется")
            }
            Self::NotedThere => say!(lang; "✅ Noted: it is there", "✅ Belgilandi: u oʻsha yerda", "✅ Отмечено: он на месте"),
            Self::PostSettled => {
                say!(lang; "There is nothing to decide about this board any more", "Bu reyting boʻyicha endi hal qilinadigan narsa yoʻq", "По этому рейтингу решать больше нечего")
            }
            Self::Joined => say!(lang; "🔗 One person from now on", "🔗 Endi bitta odam", "🔗 Теперь это один человек"),
            Self::Parted => say!(lang; "✂️ Two persons again", "✂️ Yana ikki kishi", "✂️ Снова два человека"),
            Self::CantJoin => {
                say!(lang; "These two can't be one person", "Bu ikkisi bitta odam boʻla olmaydi", "Эти двое не могут быть одним человеком")
            }
            Self::Corrected => say!(lang; "✅ Corrected", "✅ Tuzatildi", "✅ Поправлено"),
            Self::Withdrawn => {
                say!(lang; "↩️ Withdrawn; it stays in the list", "↩️ Bekor qilindi; roʻyxatda qoladi", "↩️ Отозвано; в списке останется")
            }
            Self::GoalSet => say!(lang; "🎯 Good luck!", "🎯 Omad!", "🎯 Удачи!"),
            Self::GoalOff => say!(lang; "🎯 No goal", "🎯 Maqsadsiz", "🎯 Без цели"),
            Self::Hidden => {
                say!(lang; "🙈 Posts don't name you from now on", "🙈 Endi postlarda ismingiz yozilmaydi", "🙈 В постах вас больше не называют")
            }
            Self::Shown => {
                say!(lang; "🙂 Posts name you from now on", "🙂 Endi postlarda ismingiz yoziladi", "🙂 В постах вас снова называют")
            }
            Self::Drawing => say!(lang; "🖼 On its way", "🖼 Tayyorlanmoqda", "🖼 Рисую"),
            Self::Forgetting => say!(lang; "🗑 Being deleted…", "🗑 Oʻchirilmoqda…", "🗑 Удаляю…"),
            Self::CommunityGone => {
                say!(lang; "This group's study time isn't measured", "Bu guruhda oʻqish vaqti oʻlchanmaydi", "В этой группе время учёбы не измеряется")
            }
            Self::MemberGone => {
                say!(lang; "This member isn't known here", "Bu aʼzo bu yerda maʼlum emas", "Этот участник здесь неизвестен")
            }
            Self::CorrectionGone => say!(lang; "There is no such correction", "Bunday tuzatish yoʻq", "Такой поправки нет"),
            Self::NotAMember => {
                say!(lang; "I don't know you in that group yet: join its voice chat first", "Sizni u guruhda hali bilmayman: avval ovozli chatiga kiring", "В той группе я вас ещё не видел: сначала зайдите в голосовой чат")
            }
        }
    }
}
