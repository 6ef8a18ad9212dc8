//! Teachers and groups as an operator names them: by id, or by any part of the name that only one has.

use super::failure::Failure;
use crate::{
    domain::{
        bots::BotInfo,
        ids::{BotId, ChatId, TeacherId},
        registry::{Group, Teacher},
        state::State,
        study::Community,
    },
    orders::Refusal,
};

/// The teacher with this id or this part of a name.
pub(super) fn teacher<'a>(state: &'a State, text: &str) -> Result<&'a Teacher, Failure> {
    if let Some(teacher) = TeacherId::parse(text).ok().and_then(|id| state.teachers.get(&id)) {
        return Ok(teacher);
    }
    let found = state.teachers.values().filter(|teacher| contains(teacher.full_name.as_str(), text)).collect::<Vec<_>>();
    only(found, text, "teacher", "teachers", |teacher| format!("{} {}", teacher.teacher_id, teacher.full_name))
}

/// The group with this id or this part of a title.
pub(super) fn group<'a>(state: &'a State, text: &str) -> Result<&'a Group, Failure> {
    let by_id = text.parse().ok().map(|chat: ChatId| state.current_id(chat)).and_then(|chat| state.groups.get(&chat));
    if let Some(group) = by_id {
        return Ok(group);
    }
    let found = state.groups.values().filter(|group| contains(&group.title, text)).collect::<Vec<_>>();
    only(found, text, "group", "groups", |group| format!("{} {}", group.chat_id, group.title))
}

/// The bot that the settings or Telegram call so, or with this id.
pub(super) fn bot(state: &State, text: &str) -> Result<BotId, Failure> {
    let name = text.trim_start_matches('@').to_lowercase();
    let fits = |id: &BotId, info: &BotInfo| {
        id.to_string() == name || info.name.to_lowercase() == name || info.username.to_lowercase() == name
    };
    let found = state.bots.iter().find(|(id, info)| fits(id, info)).map(|(id, _)| *id);
    found.ok_or_else(|| Failure::Refused(format!("there is no bot {text:?}; `rollcall bots list` shows all")))
}

/// The study community with this id or this part of a title.
pub(super) fn community<'a>(state: &'a State, text: &str) -> Result<(ChatId, &'a Community), Failure> {
    let communities = &state.study.communities;
    let by_id = text.parse().ok().map(|chat: ChatId| state.current_id(chat));
    if let Some((chat, community)) = by_id.and_then(|chat| communities.get_key_value(&chat)) {
        return Ok((*chat, community));
    }
    let found: Vec<_> = communities.iter().filter(|(_, community)| contains(&community.title, text)).collect();
    let describe = |(chat, community): &(&ChatId, &Community)| format!("\n  {chat} {}", community.title);
    match found.as_slice() {
        [(chat, only)] => Ok((**chat, only)),
        [] if communities.is_empty() => Err(Refusal::NoCommunity.into()),
        [] => {
            let all: String = communities.iter().map(|entry| describe(&entry)).collect();
            Err(Failure::Refused(format!("there is no study community {text:?}; there are:{all}")))
        }
        several => {
            let lines: String = several.iter().map(describe).collect();
            Err(Failure::Refused(format!("{text:?} fits {} communities; name one of them by its id:{lines}", several.len())))
        }
    }
}

/// The same; without a name, the only one that there is.
pub(super) fn one_community<'a>(state: &'a State, text: Option<&str>) -> Result<(ChatId, &'a Community), Failure> {
    let communities = &state.study.communities;
    match (text, communities.first_key_value()) {
        (None, Some((chat, community))) if communities.len() == 1 => Ok((*chat, community)),
        (None, Some(_)) => Err(Failure::Refused("there are several study communities; name one".to_owned())),
        (named, _) => self::community(state, named.unwrap_or_default()),
    }
}

fn contains(name: &str, part: &str) -> bool {
    !part.is_empty() && name.to_lowercase().contains(&part.to_lowercase())
}

fn only<'a, T>(found: Vec<&'a T>, text: &str, one: &str, many: &str, describe: impl Fn(&T) -> String) -> Result<&'a T, Failure> {
    match found.as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::Refused(format!("there is no {one} {text:?}; `rollcall {many} list` shows all"))),
        several => {
            let lines = several.iter().map(|one| format!("\n  {}", describe(one))).collect::<String>();
            Err(Failure::Refused(format!("{text:?} fits {} {many}; name one of them by its id:{lines}", several.len())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn a_part_of_a_name_suffices_if_only_one_has_it() {
        let now = "2026-03-04T09:30:00Z".parse().expect("a time");
        let state = demo::state(now, chrono_tz::Asia::Tashkent, demo::SEED);
        assert_eq!(teacher(&state, "T004").expect("found").full_name.as_str(), "Екатерина Смирнова");
        assert_eq!(teacher(&state, "СМИРНОВА").expect("found").teacher_id.as_str(), "T004");
        assert_eq!(group(&state, "ielts").expect("found").chat_id, demo::GROUPS[3].chat);
        assert_eq!(group(&state, "-1001700000001").expect("found").chat_id, demo::GROUPS[0].chat);
        let several = group(&state, "5-a").expect_err("two have it").to_string();
        assert!(several.contains("fits 2 groups") && several.contains("Ota-onalar"), "{several}");
        assert!(teacher(&state, "nobody").is_err());
    }
}
