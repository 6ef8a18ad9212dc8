//! Boards that are posted out of turn, and those of which nobody knows what became of them.

use chrono::{DateTime, Duration, Utc};

use super::order::Keeper;
use crate::{
    admin::{
        Done,
        press::{Order, Press, StudyOrder, StudyScreen},
    },
    domain::{
        ids::ChatId,
        lang::Lang,
        study::{Community, PostKey, StudyChange},
        work::{Button, ButtonAction},
    },
    study::{
        post::{self, Verdict},
        schedule,
    },
    text::{
        html::Html,
        study::{button::StudyLabel, toast::StudyToast},
        study_post as words,
    },
};

/// A button to post at once is good for so long: after that it would post another day's board than was shown.
const GOOD_FOR: Duration = Duration::hours(12);

/// Posts the board out of turn. The wish has the moment at which it was offered for a name, so that it is taken once.
pub(super) fn now(keeper: &Keeper<'_>, chat: ChatId, asked: i64) -> Done {
    let chat = match keeper.community(chat) {
        Ok((chat, community)) if community.watched => chat,
        // Nothing is posted while it rests.
        Ok((chat, _)) => return keeper.done(StudyScreen::Community { chat }, StudyToast::Paused, Vec::new()),
        Err(gone) => return gone,
    };
    let desk = keeper.visitor.desk;
    let asked = DateTime::from_timestamp_millis(asked).filter(|asked| *asked <= desk.now && desk.now - *asked < GOOD_FOR);
    let Some(asked) = asked else {
        // Offered anew, for today.
        let screen = crate::admin::Screen::Study(StudyScreen::ConfirmPost { chat });
        return Done { work: vec![keeper.visitor.show(&screen, keeper.edit, None)], ..Done::default() };
    };
    let screen = StudyScreen::Community { chat };
    let random_id = random_id(chat, asked);
    let wish = schedule::Wish { asked: asked.timestamp_millis(), by: Some(keeper.visitor.user), random_id };
    match schedule::post_now(&desk.state.study, chat, desk.now, wish) {
        Some(change) => keeper.done(screen, StudyToast::Posting, vec![change]),
        None => keeper.done(screen, StudyToast::PostedAlready, Vec::new()),
    }
}

/// An admin has looked, or decides, what became of a board.
pub(super) fn settle(keeper: &Keeper<'_>, chat: ChatId, key: PostKey, is_there: bool) -> Done {
    let (chat, target) = match keeper.community(chat) {
        Ok((chat, community)) => (chat, community.target.chat),
        Err(gone) => return gone,
    };
    let verdict = if is_there { Verdict::Found(target, None) } else { Verdict::Again };
    let screen = StudyScreen::Community { chat };
    let known = keeper.visitor.desk.state.study.posts.get(&chat).and_then(|posts| posts.get(&key));
    match known.and_then(|post| post::settled(post, verdict, keeper.visitor.desk.now)) {
        Some(post) => {
            let toast = if is_there { StudyToast::NotedThere } else { StudyToast::Posting };
            keeper.done(screen, toast, vec![StudyChange::Post(chat, key, Some(Box::new(post)))])
        }
        None => keeper.done(screen, StudyToast::PostSettled, Vec::new()),
    }
}

/// Asks the admins about a board that may have arrived or not.
pub fn unsure(chat: ChatId, community: &Community, post: PostKey, lang: Lang) -> (Html, Vec<Vec<Button>>) {
    let buttons = vec![
        button(StudyLabel::IsThere, StudyOrder::PostIsThere { chat, post }, lang),
        button(StudyLabel::PostAgain, StudyOrder::PostAgain { chat, post }, lang),
    ];
    (words::unsure(&community.title, post.day, lang), vec![buttons])
}

/// Tells the admins of a board that Telegram refuses.
pub fn refused(chat: ChatId, community: &Community, post: PostKey, why: &str, lang: Lang) -> (Html, Vec<Vec<Button>>) {
    let retry = button(StudyLabel::TryAgain, StudyOrder::PostRetry { chat, post }, lang);
    let show = Press::Show(crate::admin::Screen::Study(StudyScreen::Community { chat }));
    let open = Button { label: StudyLabel::OpenCommunity.text(lang), action: ButtonAction::Press(show.encode()) };
    (words::refused(&community.title, post.day, why, lang), vec![vec![retry, open]])
}

/// Names the sending for Telegram. Nobody but the user session's own account could send with it, so it needs no secret.
fn random_id(chat: ChatId, asked: DateTime<Utc>) -> i64 {
    let high = crc32fast::hash(format!("{chat}/{}", asked.timestamp_millis()).as_bytes());
    let low = crc32fast::hash(format!("{}/{chat}", asked.timestamp_millis()).as_bytes());
    (i64::from(high) << 31) ^ i64::from(low)
}

fn button(label: StudyLabel, order: StudyOrder, lang: Lang) -> Button {
    Button { label: label.text(lang), action: ButtonAction::Press(Press::Do(Order::Study(order)).encode()) }
}
