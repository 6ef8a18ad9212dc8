//! Study time: the communities, one of them, the user session; settings, members and one's own time are beside it.

mod audit;
mod members;
mod mine;
mod settings;
mod why;

use super::{Facts, View, button, page, view};
use crate::{
    admin::{
        press::{Order, Press, Screen, StudyOrder, StudyScreen},
        study::people,
    },
    domain::{
        ids::ChatId,
        period::local_day,
        registry::Group,
        study::{Community, PostKey, PostState, Poster},
        work::Button,
    },
    study::{compose::compose, local},
    text::{
        button::Label,
        html::Html,
        line,
        name::fitted,
        report::moment,
        study::{
            button::StudyLabel,
            post as post_words,
            screen::{self as words, Overview, Trouble},
            setting as setting_words,
        },
    },
};

pub(super) fn draw(screen: &StudyScreen, facts: &Facts<'_>) -> View {
    match screen {
        StudyScreen::Communities { page } => list(facts, *page),
        StudyScreen::Watch { page } => watch(facts, *page),
        StudyScreen::Session {} => session(facts),
        StudyScreen::Community { chat } => one(facts, *chat),
        StudyScreen::Preview { chat } => preview(facts, *chat),
        StudyScreen::ConfirmPost { chat } => confirm_post(facts, *chat),
        StudyScreen::Post { chat, post: key } => post(facts, *chat, *key),
        StudyScreen::Audit { chat, post } => audit::audit(facts, *chat, *post),
        StudyScreen::Settings { chat } => settings::all(facts, *chat),
        StudyScreen::Setting { chat, setting } => settings::one(facts, *chat, *setting),
        StudyScreen::Members { chat, page } => members::list(facts, *chat, *page),
        StudyScreen::FoundMembers { chat, page } => members::found(facts, *chat, *page),
        StudyScreen::Member { chat, who } => members::one(facts, *chat, *who),
        StudyScreen::SamePerson { chat, who, page } => members::same_person(facts, *chat, *who, *page),
        StudyScreen::Corrections { chat, page } => members::corrections(facts, *chat, *page),
        StudyScreen::Correction { chat, correction } => members::correction(facts, *chat, *correction),
        StudyScreen::Why { chat, who, weeks } => why::week(facts, *chat, *who, *weeks),
        StudyScreen::WhyDay { chat, who, day } => why::day(facts, *chat, *who, *day),
        StudyScreen::MyCommunities {} => mine::list(facts),
        StudyScreen::MyTime { chat } => mine::time(facts, *chat),
        StudyScreen::MyWhy { chat, weeks } => mine::why(facts, *chat, *weeks),
        StudyScreen::MyWhyDay { chat, day } => mine::why_day(facts, *chat, *day),
        StudyScreen::MyGoal { chat } => mine::goal(facts, *chat),
        StudyScreen::ConfirmForget { chat } => mine::confirm_forget(facts, *chat),
    }
}

pub(super) use mine::home;

impl Facts<'_> {
    pub(super) fn study(&self, label: StudyLabel, screen: StudyScreen) -> Button {
        button(label.text(self.lang), Press::Show(Screen::Study(screen)))
    }

    fn study_order(&self, label: StudyLabel, order: StudyOrder) -> Button {
        button(label.text(self.lang), Press::Do(Order::Study(order)))
    }

    fn study_back(&self, up: StudyScreen) -> Vec<Button> {
        self.way_back(Screen::Study(up))
    }

    /// A community under its id of now; the list where there is none.
    fn community(&self, chat: ChatId) -> Result<(ChatId, &Community), View> {
        let chat = self.state.current_id(chat);
        self.state.study.communities.get(&chat).map(|community| (chat, community)).ok_or_else(|| list(self, 0))
    }
}

fn list(facts: &Facts<'_>, number: u16) -> View {
    let mut communities: Vec<_> = facts.state.study.communities.iter().collect();
    communities.sort_by_cached_key(|(chat, community)| (!community.watched, community.title.to_lowercase(), **chat));
    let shown = page(&communities, number, |page| Screen::Study(StudyScreen::Communities { page }));
    let mut html = words::communities(communities.len(), facts.lang);
    html.push_line(&session_line(facts));
    let open = |(chat, community): &(&ChatId, &Community)| {
        let mark = if community.watched { "●" } else { "⏸" };
        let live = people::in_call(facts.state, **chat).map(|n| format!(" · {}", words::live_mark(n))).unwrap_or_default();
        let label = format!("{mark} {}{live}", fitted(&community.title, 44));
        vec![button(label, Press::Show(Screen::Study(StudyScreen::Community { chat: **chat })))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(open).collect();
    rows.push(shown.turn);
    rows.push(vec![
        facts.study(StudyLabel::WatchGroup, StudyScreen::Watch { page: 0 }),
        facts.study(StudyLabel::Session, StudyScreen::Session {}),
    ]);
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

/// "User session: works since …"
fn session_line(facts: &Facts<'_>) -> Html {
    let name = Html::text(StudyLabel::Session.text(facts.lang));
    crate::html!("\n{}: {}", name, line::sentence(facts.session, facts.rules.zone, facts.lang))
}

fn watch(facts: &Facts<'_>, number: u16) -> View {
    let state = facts.state;
    let is_free = |group: &&Group| group.gone_since.is_none() && !state.study.communities.contains_key(&group.chat_id);
    let mut groups: Vec<&Group> = state.groups.values().filter(is_free).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    let shown = page(&groups, number, |page| Screen::Study(StudyScreen::Watch { page }));
    let choose = |group: &&Group| {
        let order = Order::Study(StudyOrder::Watch { chat: group.chat_id });
        vec![button(format!("🎧 {}", fitted(&group.title, 44)), Press::Do(order))]
    };
    let mut rows: Vec<_> = shown.items.iter().map(choose).collect();
    rows.push(shown.turn);
    if groups.is_empty() {
        rows.push(vec![facts.show(Label::AddGroup, Screen::AddGroup {})]);
    }
    rows.push(facts.study_back(StudyScreen::Communities { page: 0 }));
    view(words::watch(groups.is_empty(), facts.lang), rows)
}

fn session(facts: &Facts<'_>) -> View {
    let rows = vec![
        vec![button(Label::Refresh.text(facts.lang), Press::Show(Screen::Study(StudyScreen::Session {})))],
        facts.study_back(StudyScreen::Communities { page: 0 }),
    ];
    let mut html = line::screen(facts.session, None, facts.rules.zone, facts.lang);
    html.push_line(&crate::html!("\n{}", words::why_a_session(facts.lang)));
    view(html, rows)
}

fn one(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let lang = facts.lang;
    let posts = facts.state.study.posts.get(&chat);
    let last = posts.and_then(|posts| posts.iter().rev().find(|(_, post)| post.state != PostState::Skipped));
    let overview = Overview {
        title: community.title.clone(),
        watched: community.watched,
        since: community.since,
        in_call: people::in_call(facts.state, chat),
        last: last.map(|(key, post)| post_words::told(*key, &post.state, lang)),
        next: next_board(community, facts),
        members: people::persons(facts.state, chat).len(),
    };
    let mut html = words::community(&overview, lang);
    let troubles = troubles(facts, chat, community);
    if !troubles.is_empty() {
        html.push_line(&Html::new());
    }
    troubles.into_iter().for_each(|trouble| html.push_line(&words::trouble(trouble, lang)));
    let (running, on) = if community.watched { (StudyLabel::Pause, false) } else { (StudyLabel::Resume, true) };
    let mut posting = vec![facts.study(StudyLabel::Preview, StudyScreen::Preview { chat })];
    if community.watched {
        posting.push(facts.study(StudyLabel::PostNow, StudyScreen::ConfirmPost { chat }));
    }
    let mut rows: Vec<_> = open_questions(facts, chat).take(5).map(|row| vec![row]).collect();
    rows.extend([
        posting,
        vec![
            facts.study(StudyLabel::Members, StudyScreen::Members { chat, page: 0 }),
            facts.study(StudyLabel::Corrections, StudyScreen::Corrections { chat, page: 0 }),
        ],
        audit::newest(facts, chat).into_iter().collect(),
        vec![
            facts.study(StudyLabel::Settings, StudyScreen::Settings { chat }),
            facts.study_order(running, StudyOrder::Run { chat, on }),
        ],
        facts.study_back(StudyScreen::Communities { page: 0 }),
    ]);
    view(html, rows)
}

/// Boards of which nobody knows whether they arrived, and refused ones: newest first.
fn open_questions<'a>(facts: &'a Facts<'_>, chat: ChatId) -> impl Iterator<Item = Button> + 'a {
    let posts = facts.state.study.posts.get(&chat).into_iter().flatten().rev();
    let is_open = |state: &PostState| matches!(state, PostState::Unsure { .. } | PostState::Refused { .. });
    posts.filter(move |(_, post)| is_open(&post.state)).map(move |(key, post)| {
        let label = format!("{} {}", post_words::moment(*key, facts.lang), post_words::state(&post.state, facts.lang));
        button(label, Press::Show(Screen::Study(StudyScreen::Post { chat, post: *key })))
    })
}

/// "29 Jan, 21:30 (Asia/Tashkent)"
fn next_board(community: &Community, facts: &Facts<'_>) -> Option<String> {
    if !community.watched {
        return None;
    }
    let today = local_day(community.zone, facts.now);
    // The day after tomorrow, too: a zone may leave one out.
    let days = today.iter_days().take(3);
    let times = days.flat_map(|day| community.times.iter().map(move |time| local::instant(community.zone, day, *time)));
    let at = times.filter(|at| *at > facts.now).min()?;
    Some(format!("{} ({})", moment(at, community.zone), community.zone.name()))
}

fn troubles(facts: &Facts<'_>, chat: ChatId, community: &Community) -> Vec<Trouble> {
    if !community.watched {
        return Vec::new();
    }
    let target = facts.state.current_id(community.target.chat);
    let group = facts.state.groups.get(&target);
    // Of channels and other chats nobody told whether the bot is there: then only an attempt shows it.
    let is_away = community.target.by == Poster::Bot
        && (group.is_some_and(|group| group.gone_since.is_some()) || (group.is_none() && target == chat));
    let found = [
        (!facts.session.is_up(), Trouble::SessionDown),
        (is_away, Trouble::BotNotThere),
        (community.times.is_empty(), Trouble::NoTimes),
    ];
    found.into_iter().filter_map(|(is_so, trouble)| is_so.then_some(trouble)).collect()
}

fn preview(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let today = local_day(community.zone, facts.now);
    let composed = facts.study.and_then(|found| compose(&facts.state.study, chat, today, &found.seconds, found.words.as_ref()?));
    let html = match composed {
        Some(made) => words::preview(&crate::text::board::post(&made.board, made.quote.as_deref(), community.lang), facts.lang),
        None => words::no_board(facts.lang),
    };
    let rows = vec![
        vec![
            button(Label::Refresh.text(facts.lang), Press::Show(Screen::Study(StudyScreen::Preview { chat }))),
            facts.study(StudyLabel::PostNow, StudyScreen::ConfirmPost { chat }),
        ],
        facts.study_back(StudyScreen::Community { chat }),
    ];
    view(html, rows)
}

fn target_of(facts: &Facts<'_>, chat: ChatId, community: &Community) -> String {
    setting_words::target(community.target, chat, known_title(facts, community), facts.lang)
}

/// The title of the chat where the boards go, where it is one of ours.
fn known_title<'a>(facts: &'a Facts<'_>, community: &Community) -> Option<&'a str> {
    facts.state.groups.get(&facts.state.current_id(community.target.chat)).map(|group| group.title.as_str())
}

fn confirm_post(facts: &Facts<'_>, chat: ChatId) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let order = StudyOrder::PostNow { chat, asked: facts.now.timestamp_millis() };
    let rows = vec![vec![facts.study_order(StudyLabel::ReallyPost, order)], facts.study_back(StudyScreen::Community { chat })];
    view(post_words::confirm(&community.title, &target_of(facts, chat, community), facts.lang), rows)
}

fn post(facts: &Facts<'_>, chat: ChatId, key: PostKey) -> View {
    let (chat, community) = match facts.community(chat) {
        Ok(known) => known,
        Err(list) => return list,
    };
    let Some(post) = facts.state.study.posts.get(&chat).and_then(|posts| posts.get(&key)) else { return one(facts, chat) };
    let (html, mut rows) = match &post.state {
        PostState::Unsure { .. } => crate::admin::study::unsure(chat, community, key, facts.lang),
        PostState::Refused { why, .. } => {
            let (html, _) = crate::admin::study::refused(chat, community, key, why, facts.lang);
            (html, vec![vec![facts.study_order(StudyLabel::TryAgain, StudyOrder::PostRetry { chat, post: key })]])
        }
        PostState::Due { .. } | PostState::Sending { .. } | PostState::Posted { .. } | PostState::Skipped => {
            (post_words::told(key, &post.state, facts.lang), Vec::new())
        }
    };
    rows.push(facts.study_back(StudyScreen::Community { chat }));
    view(html, rows)
}
