//! Whether a posted board says what the stays say now.

use super::super::{Facts, View, view};
use crate::{
    admin::{press::StudyScreen, study::people},
    domain::{ids::ChatId, study::PostKey, work::Button},
    study::audit::{self, Difference},
    text::study::{audit as words, button::StudyLabel},
};

/// So many differences fit into a message; the terminal shows all.
const SHOWN: usize = 25;

pub(super) fn audit(facts: &Facts<'_>, chat: ChatId, key: PostKey) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let lang = facts.lang;
    let mut html = words::title(&community.title, key, lang);
    let found = facts.study.and_then(|found| audit::audit(&facts.state.study, chat, key, &found.seconds));
    match found.as_deref() {
        None => html.push_line(&words::not_kept(lang)),
        Some([]) => html.push_line(&words::the_same(lang)),
        Some(differences) => {
            let name = |one: &Difference| people::name(facts.state, chat, one.who);
            differences.iter().take(SHOWN).for_each(|one| html.push_line(&words::difference(one, &name(one), lang)));
            html.push_line(&words::explanation(differences.len().saturating_sub(SHOWN), lang));
        }
    }
    view(html, vec![facts.study_back(StudyScreen::Community { chat })])
}

/// A button for the newest board that can be compared.
pub(super) fn newest(facts: &Facts<'_>, chat: ChatId) -> Option<Button> {
    audit::newest(&facts.state.study, chat).map(|post| facts.study(StudyLabel::Audit, StudyScreen::Audit { chat, post }))
}
