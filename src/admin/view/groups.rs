//! Groups: the list, one of them, who counts there, voices without a person.

use super::{Facts, View, button, link, page, view};
use crate::{
    admin::{
        Desk,
        order::find_voice,
        press::{Back, Order, Press, ReportView, Screen, Span, Subject, Tag},
    },
    domain::{
        ids::{BotId, ChatId},
        registry::{Group, Teacher, Voice},
        tally::Tally,
        work::ReportFormat,
    },
    html, membership,
    report::rows,
    text::{
        button::{Label, switch},
        chart::sparkline,
        html::Html,
        name::fitted,
        number, report as report_words,
        screen::{self as words, Sight},
    },
};

pub(super) fn list(facts: &Facts<'_>, number: u16) -> View {
    let lang = facts.lang;
    let mut groups: Vec<&Group> = facts.state.groups.values().collect();
    groups.sort_by_cached_key(|group| (!group.counts(), group.title.to_lowercase(), group.chat_id));
    let shown = page(&groups, number, |page| Screen::Groups { page });
    let mut html = words::list_heading(&Label::Groups.text(lang), groups.len(), shown.number, shown.pages);
    if groups.is_empty() {
        html.push_line(&words::no_groups(lang));
    }
    let mut rows: Vec<_> = shown.items.iter().map(|group| vec![open(facts, group)]).collect();
    rows.push(shown.turn);
    let candidates: Vec<_> = facts.state.candidates.iter().take(5).collect();
    if !candidates.is_empty() {
        html.push_line(&html!("\n{}", words::candidates(lang)));
    }
    for (chat, candidate) in candidates {
        html.push_line(&html!("• {}", Html::text(fitted(&candidate.title, 60))));
        let title = fitted(&candidate.title, 24);
        rows.push(vec![
            button(format!("✅ {title}"), Press::Do(Order::Register { chat: *chat })),
            facts.wish(Label::Leave, Order::Leave { chat: *chat }),
        ]);
    }
    rows.push(vec![facts.show(Label::AddGroup, Screen::AddGroup {}), facts.wish(Label::SyncGroups, Order::SyncGroups {})]);
    rows.push(vec![facts.menu()]);
    view(html, rows)
}

/// A group in a list.
pub(super) fn open(facts: &Facts<'_>, group: &Group) -> crate::domain::work::Button {
    let mark = if group.gone_since.is_some() {
        "🚪 "
    } else if !group.enabled {
        "⏸ "
    } else {
        ""
    };
    let counted = facts.state.teachers_in(group.chat_id).filter(|teacher| teacher.active).count();
    let label = format!("{mark}{} · {counted}", fitted(&group.title, 44));
    button(label, Press::Show(Screen::Group { chat: group.chat_id }))
}

fn known<'a>(facts: &'a Facts<'_>, chat: ChatId) -> Result<&'a Group, View> {
    facts.state.groups.get(&facts.state.current_id(chat)).ok_or_else(|| list(facts, 0))
}

/// What the bot sees in a group.
fn sight(facts: &Facts<'_>, chat: ChatId) -> Sight {
    match facts.state.standings.get(&chat) {
        Some(standing) if standing.administrator => Sight::Administrator,
        Some(standing) if standing.last_plain.is_some() => Sight::Plain,
        Some(_) | None => Sight::Unknown,
    }
}

pub(super) fn one(facts: &Facts<'_>, chat: ChatId) -> View {
    let group = match known(facts, chat) {
        Ok(group) => group,
        Err(list) => return list,
    };
    let (lang, chat) = (facts.lang, group.chat_id);
    let counted: Vec<&Teacher> = facts.state.teachers_in(chat).filter(|teacher| teacher.active).collect();
    let mut html = html!("👥 {} · {}", Html::name(&group.title), Html::code(chat));
    html.push_line(&words::group_state(group.enabled, group.gone_since.is_some(), lang));
    if group.gone_since.is_none() {
        html.push_line(&words::sight(sight(facts, chat), lang));
    }
    html.push_line(&words::counted_here(counted.len(), lang));
    let bots = &facts.rules.bots;
    if bots.all.len() > 1 {
        html.push_line(&words::counted_by(&facts.state.bot_name(bots.given(group.bot)), lang));
    }
    if let Some(activity) = facts.activity {
        let days: Vec<u64> = activity.scope.period.days().map(|day| activity.by_day.get(&day).copied().unwrap_or(0)).collect();
        html.push_line(&html!(
            "\n{} · <b>{}</b>  {}",
            words::last_week(lang),
            Html::text(number(activity.total())),
            Html::code(sparkline(&days))
        ));
        for row in rows::by_teacher(activity, facts.state).iter().take(10) {
            let kinds = report_words::kinds_line(&row.tally, lang);
            html.push_line(&html!("{} — {}", Html::text(fitted(&row.name, 40)), Html::text(kinds)));
        }
        if activity.total() == 0 {
            html.push_line(&words::no_messages(lang));
        }
    }
    let subject = Subject::Group(chat);
    let enabled = if group.enabled { Label::Disable } else { Label::Enable };
    let mut rows = vec![
        vec![facts.show(Label::WhoIsCounted, Screen::GroupTeachers { chat, page: 0 })],
        vec![
            facts.show(Label::Report, Screen::Report { view: ReportView::Summary, span: Span::Last(30), subject }),
            facts.wish(Label::Excel, Order::Send { format: ReportFormat::Workbook, span: Span::Last(30), subject }),
        ],
        vec![
            facts.wish(enabled, Order::Enable { chat, on: !group.enabled }),
            facts.wish(Label::Rename, Order::AskGroupName { chat }),
            facts.show(Label::Remove, Screen::ConfirmRemove { chat }),
        ],
    ];
    let desk = Desk { state: facts.state, rules: facts.rules, now: facts.now };
    rows.extend(membership::bots::instead(&desk, chat).map(|bot| vec![membership::bots::button(&desk, chat, bot, lang)]));
    if facts.state.voices.contains_key(&chat) {
        rows.push(vec![facts.show(Label::Unattributed, Screen::Voices { chat })]);
    }
    rows.push(facts.way_back(Screen::Groups { page: 0 }));
    view(html, rows)
}

pub(super) fn teachers(facts: &Facts<'_>, chat: ChatId, number: u16) -> View {
    let group = match known(facts, chat) {
        Ok(group) => group,
        Err(list) => return list,
    };
    let chat = group.chat_id;
    let mut teachers: Vec<&Teacher> = facts.state.teachers.values().collect();
    teachers.sort_by_cached_key(|teacher| (teacher.full_name.as_str().to_lowercase(), teacher.teacher_id));
    let shown = page(&teachers, number, |page| Screen::GroupTeachers { chat, page });
    let back = Back::Group(u16::try_from(shown.number).unwrap_or(0));
    let mut html = words::group_teachers(&group.title, facts.lang);
    if teachers.is_empty() {
        html.push_line(&words::no_teachers(facts.lang));
    }
    let mut rows: Vec<_> = shown
        .items
        .iter()
        .map(|teacher| {
            let on = facts.state.is_assigned(teacher.teacher_id, chat);
            let order = Order::Assign { teacher: teacher.teacher_id, chat, on: !on, back };
            vec![button(switch(on, teacher.full_name.as_str()), Press::Do(order))]
        })
        .collect();
    rows.push(shown.turn);
    if teachers.is_empty() {
        rows.push(vec![facts.wish(Label::AddTeacher, Order::AskTeacher {})]);
    }
    rows.push(facts.way_back(Screen::Group { chat }));
    view(html, rows)
}

pub(super) fn confirm_remove(facts: &Facts<'_>, chat: ChatId) -> View {
    let group = match known(facts, chat) {
        Ok(group) => group,
        Err(list) => return list,
    };
    let chat = group.chat_id;
    let rows = vec![vec![facts.wish(Label::ReallyRemove, Order::RemoveGroup { chat })], facts.way_back(Screen::Group { chat })];
    view(words::confirm_remove(&group.title, facts.lang), rows)
}

fn voice_name(facts: &Facts<'_>, voice: &Voice) -> String {
    match voice {
        Voice::Anonymous(signature) => words::anonymous_voice(signature, facts.lang),
        Voice::Chat(chat) => words::channel_voice(*chat, facts.lang),
    }
}

pub(super) fn voices(facts: &Facts<'_>, chat: ChatId) -> View {
    let group = match known(facts, chat) {
        Ok(group) => group,
        Err(list) => return list,
    };
    let chat = group.chat_id;
    let mut html = words::voices(&group.title, facts.lang);
    if let Some(activity) = facts.activity {
        html.push_line(&html!("\n{}", words::unattributed(rows::unattributed(activity), facts.lang)));
    }
    let known = facts.state.voices.get(&chat).into_iter().flatten();
    let mut rows = Vec::new();
    for (voice, owner) in known.take(20) {
        let name = owner.map_or_else(|| "?".to_owned(), |teacher| rows::teacher_name(facts.state, teacher));
        let label = format!("{} → {}", fitted(&voice_name(facts, voice), 30), fitted(&name, 24));
        let tag = Tag(voice.tag());
        rows.push(vec![button(label, Press::Show(Screen::VoiceOwner { chat, tag: tag.clone(), page: 0 }))]);
        let earlier = unattributed(facts, chat, voice);
        if owner.is_some() && earlier > 0 {
            rows.push(vec![button(words::earlier_label(earlier, facts.lang), Press::Show(Screen::Earlier { chat, tag }))]);
        }
    }
    rows.push(facts.way_back(Screen::Group { chat }));
    view(html, rows)
}

/// A voice's messages that count for nobody, in the period that the screen looks at.
fn unattributed(facts: &Facts<'_>, chat: ChatId, voice: &Voice) -> u64 {
    facts.activity.and_then(|activity| activity.unattributed.get(&(chat, voice.clone()))).map_or(0, Tally::total)
}

/// Count what a voice wrote before it had a person?
pub(super) fn earlier(facts: &Facts<'_>, chat: ChatId, tag: &Tag) -> View {
    let chat = facts.state.current_id(chat);
    let voice = find_voice(facts.state, chat, tag);
    let owner = voice.as_ref().and_then(|voice| facts.state.voices.get(&chat)?.get(voice).copied().flatten());
    let (Some(voice), Some(owner)) = (voice, owner) else { return voices(facts, chat) };
    let messages = unattributed(facts, chat, &voice);
    let teacher = rows::teacher_name(facts.state, owner);
    let mut rows = Vec::new();
    if messages > 0 {
        rows.push(vec![facts.wish(Label::ReallyCount, Order::CountEarlier { chat, tag: tag.clone() })]);
    }
    rows.push(facts.way_back(Screen::Voices { chat }));
    view(words::earlier(&voice_name(facts, &voice), &teacher, messages, facts.lang), rows)
}

pub(super) fn voice_owner(facts: &Facts<'_>, chat: ChatId, tag: &Tag, number: u16) -> View {
    let group = match known(facts, chat) {
        Ok(group) => group,
        Err(list) => return list,
    };
    let chat = group.chat_id;
    let Some(voice) = find_voice(facts.state, chat, tag) else { return voices(facts, chat) };
    let mut teachers: Vec<&Teacher> = facts.state.teachers.values().collect();
    // Those who are counted here come first.
    teachers.sort_by_cached_key(|teacher| {
        let here = facts.state.is_assigned(teacher.teacher_id, chat);
        (!here, teacher.full_name.as_str().to_lowercase(), teacher.teacher_id)
    });
    let shown = page(&teachers, number, |page| Screen::VoiceOwner { chat, tag: tag.clone(), page });
    let mut rows: Vec<_> = shown
        .items
        .iter()
        .map(|teacher| {
            let order = Order::Attribute { chat, tag: tag.clone(), teacher: teacher.teacher_id };
            vec![button(fitted(teacher.full_name.as_str(), 44), Press::Do(order))]
        })
        .collect();
    rows.push(shown.turn);
    rows.push(vec![facts.wish(Label::NobodysVoice, Order::Detach { chat, tag: tag.clone() })]);
    rows.push(facts.way_back(Screen::Voices { chat }));
    view(words::voice_owner(&voice_name(facts, &voice), facts.lang), rows)
}

pub(super) fn how_to_add(facts: &Facts<'_>) -> View {
    // The least right that an administrator can have; being one is what lifts privacy mode.
    let bots = &facts.rules.bots.all;
    let works = |bot: &&BotId| facts.state.bots.get(bot).is_some_and(|info| info.stopped.is_none());
    let open = bots.iter().filter(works).map(|bot| {
        let name = facts.state.bot_name(*bot);
        let url = format!("https://t.me/{}?startgroup=rollcall&admin=manage_chat", name.trim_start_matches('@'));
        let label = Label::OpenGroupChooser.text(facts.lang);
        vec![link(if bots.len() > 1 { format!("{label} · {name}") } else { label }, url)]
    });
    let rows = open.chain([facts.way_back(Screen::Groups { page: 0 })]).collect();
    view(words::add_group(facts.lang), rows)
}
