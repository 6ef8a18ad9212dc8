//! What a model may look up: the tools, their arguments, and who may ask what. Arguments are foreign: they are read strictly,
//! and what they say about whose figures are wanted is no authority.

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    query::Query,
    talk::{Call, ToolSpec},
};
use crate::{
    admin::study::people::is_member,
    domain::{
        assistant::{Assistant, Question, Whom},
        ids::{ChatId, TeacherId, UserId},
        period::Period,
        rules::Rules,
        state::State,
        work::ReportScope,
    },
    study::board::Scope,
};

/// Whose figures somebody may see through an assistant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// Everybody's: an admin in private.
    Everything,
    /// A group's: an admin in that group, where others read along.
    Group(ChatId),
    /// Their own.
    Own(UserId),
}

impl Authority {
    /// What somebody may see at this moment; `None`: the assistant isn't for them.
    pub fn of(state: &State, rules: &Rules, question: &Question) -> Option<Self> {
        let Assistant { whom, in_groups, .. } = rules.assistant();
        let chat = state.current_id(question.to.chat);
        if question.is_in_group() && !(in_groups && state.groups.get(&chat).is_some_and(|group| group.counts())) {
            return None;
        }
        match (whom, rules.admin(question.user)) {
            (Whom::Nobody, _) => None,
            (Whom::Admins | Whom::Members, Some(_)) if question.is_in_group() => Some(Self::Group(chat)),
            (Whom::Admins | Whom::Members, Some(_)) => Some(Self::Everything),
            (Whom::Admins, None) => None,
            (Whom::Members, None) => {
                let is_teacher = state.teacher_of(question.user).is_some_and(|teacher| teacher.active);
                let is_known = is_teacher || state.study.communities.keys().any(|chat| is_member(state, *chat, question.user));
                is_known.then_some(Self::Own(question.user))
            }
        }
    }
}

/// What a table has a row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Each teacher.
    Teacher,
    /// Each group.
    Group,
    /// Each kind of message.
    Kind,
    /// Each day.
    Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListArguments {
    query: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReportArguments {
    period: String,
    by: Option<By>,
    teacher: Option<String>,
    group: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardArguments {
    community: Option<String>,
    span: Span,
    date: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnTimeArguments {
    community: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Span {
    Day,
    Week,
    Month,
}

const PERIOD: &str = "today, yesterday, this_week, last_week, this_month, last_month, a number of days up to today such as 30, \
                      a date such as 2026-01-31, or two dates such as 2026-01-01..2026-01-31";

/// The tools that are offered to somebody with this authority.
pub fn offered(authority: Authority) -> Vec<ToolSpec> {
    let named = || json!({ "type": "string", "description": "A name, title or id, or a part of it that only one has." });
    let of = |mut arguments: Value, required: &[&str]| {
        if let Authority::Own(_) | Authority::Group(_) = authority {
            let forced = if matches!(authority, Authority::Own(_)) { "teacher" } else { "group" };
            arguments.as_object_mut().map(|arguments| arguments.remove(forced));
        }
        json!({ "type": "object", "properties": arguments, "required": required })
    };
    let by = |kinds: &[&str]| json!({ "type": "string", "enum": kinds });
    let report = |kinds: &[&str]| json!({ "period": { "type": "string", "description": PERIOD }, "by": by(kinds), "teacher": named(), "group": named() });
    let list = || of(json!({ "query": { "type": "string", "description": "Part of a name; without it: all." } }), &[]);
    let every = if matches!(authority, Authority::Own(_)) {
        &["group", "kind", "day"][..]
    } else {
        &["teacher", "group", "kind", "day"][..]
    };
    let compared = &every[..every.len() - 1];
    let mut tools = vec![
        ToolSpec {
            name: "activity",
            description: "Counted messages in a period, by teacher, group, kind or day.",
            parameters: of(report(every), &["period", "by"]),
        },
        ToolSpec {
            name: "compare",
            description: "Counted messages in a period against the period of the same length just before it, and against what is \
                          usual (the average of the three such periods before). For who wrote more or less than usual.",
            parameters: of(report(compared), &["period", "by"]),
        },
    ];
    let list_groups =
        ToolSpec { name: "list_groups", description: "Groups, with how many teachers count in each.", parameters: list() };
    let own_time = ToolSpec {
        name: "my_study_time",
        description: "The person's own study time in voice chats: today, this week, this month, place, streak.",
        parameters: of(json!({ "community": named() }), &[]),
    };
    match authority {
        Authority::Own(_) => tools.extend([list_groups, own_time]),
        Authority::Everything | Authority::Group(_) => {
            tools.push(ToolSpec {
                name: "list_teachers",
                description: "Teachers: id, name, whether they count now, in how many groups.",
                parameters: list(),
            });
            tools.push(ToolSpec {
                name: "silent_teachers",
                description: "Teachers who are counted and wrote nothing in a period.",
                parameters: of(json!({ "period": { "type": "string", "description": PERIOD }, "group": named() }), &["period"]),
            });
            tools.push(ToolSpec {
                name: "study_board",
                description: "Who studied how long in a community's voice chats: the first ten of a day, week or month.",
                parameters: of(
                    json!({
                        "community": named(),
                        "span": by(&["day", "week", "month"]),
                        "date": { "type": "string", "description": "A day in it, such as 2026-01-31; without it: today." },
                    }),
                    &["span"],
                ),
            });
            if authority == Authority::Everything {
                tools.push(list_groups);
            }
        }
    }
    tools
}

/// Reads a call as somebody with this authority may make it. The error tells the model what to do instead.
pub fn parse(call: &Call, authority: Authority, state: &State, today: NaiveDate) -> Result<Query, String> {
    let asked = Asked { authority, state, today };
    if !offered(authority).iter().any(|tool| tool.name == call.name) {
        return Err(format!("there is no tool {:?} for this person", clipped(&call.name)));
    }
    match call.name.as_str() {
        "list_teachers" => {
            let ListArguments { query } = arguments(call)?;
            Ok(Query::Teachers { named: query, group: asked.own_group() })
        }
        "list_groups" => {
            let ListArguments { query } = arguments(call)?;
            Ok(Query::Groups { named: query, teacher: asked.own_teacher()? })
        }
        "activity" => {
            let report: ReportArguments = arguments(call)?;
            Ok(Query::Activity { scope: asked.scope(&report)?, by: asked.by(report.by)? })
        }
        "silent_teachers" => {
            let report: ReportArguments = arguments(call)?;
            Ok(Query::Silent { scope: asked.scope(&report)? })
        }
        "compare" => {
            let report: ReportArguments = arguments(call)?;
            let by = asked.by(report.by)?;
            if by == By::Day {
                return Err("compare by teacher, group or kind; days have the tool activity".to_owned());
            }
            Query::compare(asked.scope(&report)?, by)
        }
        "study_board" => {
            let BoardArguments { community, span, date } = arguments(call)?;
            let scope = match span {
                Span::Day => Scope::Day,
                Span::Week => Scope::Week,
                Span::Month => Scope::Month,
            };
            Ok(Query::Board { chat: asked.community(community.as_deref())?, scope, day: date.unwrap_or(today).min(today) })
        }
        "my_study_time" => {
            let OwnTimeArguments { community } = arguments(call)?;
            let Authority::Own(user) = authority else { return Err("this tool is for members".to_owned()) };
            Ok(Query::OwnTime { chat: asked.community(community.as_deref())?, user })
        }
        other => Err(format!("there is no tool {:?}", clipped(other))),
    }
}

fn arguments<T: DeserializeOwned>(call: &Call) -> Result<T, String> {
    let text = if call.arguments.trim().is_empty() { "{}" } else { &call.arguments };
    serde_json::from_str(text).map_err(|why| format!("the arguments can't be read: {}", clipped(&why.to_string())))
}

fn clipped(text: &str) -> String {
    text.chars().take(160).collect()
}

/// Somebody's call, while it is read.
struct Asked<'a> {
    authority: Authority,
    state: &'a State,
    today: NaiveDate,
}

impl Asked<'_> {
    fn own_group(&self) -> Option<ChatId> {
        match self.authority {
            Authority::Group(chat) => Some(chat),
            Authority::Everything | Authority::Own(_) => None,
        }
    }

    /// The teacher who asks; `None` for those who may ask about everybody.
    fn own_teacher(&self) -> Result<Option<TeacherId>, String> {
        let Authority::Own(user) = self.authority else { return Ok(None) };
        let teacher = self.state.teacher_of(user).filter(|teacher| teacher.active);
        teacher
            .map(|teacher| Some(teacher.teacher_id))
            .ok_or_else(|| "this person is no teacher: only my_study_time is theirs".into())
    }

    fn scope(&self, report: &ReportArguments) -> Result<ReportScope, String> {
        let group = report.group.as_deref().map(|named| self.group(named)).transpose()?;
        let teacher = report.teacher.as_deref().map(|named| self.teacher(named)).transpose()?;
        let (own_group, own_teacher) = (self.own_group(), self.own_teacher()?);
        if own_group.is_some() && group.is_some_and(|group| Some(group) != own_group) {
            return Err("in a group only that group's figures are shown; other ones are asked for in private".to_owned());
        }
        if own_teacher.is_some() && teacher.is_some_and(|teacher| Some(teacher) != own_teacher) {
            return Err("this person sees only their own figures".to_owned());
        }
        Ok(ReportScope {
            period: period(&report.period, self.today)?,
            teacher: own_teacher.or(teacher),
            group: own_group.or(group),
        })
    }

    fn by(&self, by: Option<By>) -> Result<By, String> {
        match (by, self.authority) {
            (Some(By::Teacher), Authority::Own(_)) => {
                Err("this person sees only their own figures: by group, kind or day".to_owned())
            }
            (Some(by), _) => Ok(by),
            (None, _) => Err("by is missing".to_owned()),
        }
    }

    /// Whoever sees only their own figures learns nothing of other names either.
    fn teacher(&self, named: &str) -> Result<TeacherId, String> {
        let own = self.own_teacher()?;
        let seen = self.state.teachers.values().filter(|teacher| own.is_none_or(|own| own == teacher.teacher_id));
        the_one(
            "teacher",
            named,
            seen.map(|teacher| (teacher.teacher_id, teacher.teacher_id.to_string(), teacher.full_name.as_str())),
        )
    }

    fn group(&self, named: &str) -> Result<ChatId, String> {
        let own = self.own_teacher()?;
        let seen = self.state.groups.values().filter(|group| match self.authority {
            Authority::Everything => true,
            Authority::Group(chat) => group.chat_id == chat,
            Authority::Own(_) => own.is_some_and(|teacher| self.state.is_assigned(teacher, group.chat_id)),
        });
        the_one("group", named, seen.map(|group| (group.chat_id, group.chat_id.to_string(), group.title.as_str())))
    }

    fn community(&self, named: Option<&str>) -> Result<ChatId, String> {
        let may = |chat: ChatId| match self.authority {
            Authority::Everything => true,
            Authority::Group(own) => own == chat,
            Authority::Own(user) => is_member(self.state, chat, user),
        };
        let seen: Vec<_> = self.state.study.communities.iter().filter(|(chat, _)| may(**chat)).collect();
        let all = seen.iter().map(|(chat, community)| (**chat, chat.to_string(), community.title.as_str()));
        match (named, &seen[..]) {
            (None, [(only, _)]) => Ok(**only),
            (_, []) => Err("there is no study community for this person".to_owned()),
            (named, _) => the_one("community", named.unwrap_or(""), all),
        }
    }
}

/// The one that is called so; or what to say instead.
fn the_one<'a, K: Copy>(what: &str, named: &str, all: impl Iterator<Item = (K, String, &'a str)>) -> Result<K, String> {
    let wanted = named.trim().to_lowercase();
    let all: Vec<_> = all.collect();
    let exact: Vec<_> = all.iter().filter(|(_, id, name)| id.to_lowercase() == wanted || name.to_lowercase() == wanted).collect();
    let near: Vec<_> = match exact[..] {
        [] => all.iter().filter(|(_, _, name)| name.to_lowercase().contains(&wanted)).collect(),
        _ => exact,
    };
    match near[..] {
        [(key, ..)] => Ok(*key),
        [] => Err(format!("no {what} is called {:?}", clipped(named))),
        _ => {
            let names: Vec<_> = near.iter().take(10).map(|(_, id, name)| json!({ "id": id, "name": clipped(name) })).collect();
            Err(format!("several are called so; take the id of one {what}: {}", Value::from(names)))
        }
    }
}

/// Reads a period, as a model or a person may write it.
pub fn period(text: &str, today: NaiveDate) -> Result<Period, String> {
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let back = |day: NaiveDate, days: u64| day - Days::new(days);
    let period = match text.trim().to_lowercase().replace([' ', '-'], "_").as_str() {
        "today" => Period { from: today, to: today },
        "yesterday" => Period { from: back(today, 1), to: back(today, 1) },
        "this_week" => Period { from: monday, to: today },
        "last_week" => Period { from: back(monday, 7), to: back(monday, 1) },
        "this_month" => Period::this_month(today),
        "last_month" => Period::last_month(today),
        _ => Period::parse(text, today).map_err(|why| format!("{:?} is no period ({why}); write {PERIOD}", clipped(text)))?,
    };
    if period.from > today {
        return Err(format!("{} lies in the future; today is {today}", period.from));
    }
    Ok(Period { from: period.from, to: period.to.min(today) })
}
