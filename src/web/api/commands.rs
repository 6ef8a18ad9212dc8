//! Commands that admins define.

use std::collections::BTreeMap;

use axum::http::StatusCode;

use super::{
    call::{Answer, Call, json, nothing, ok},
    command_answers::{CommandAnswer, CommandEdit, Descriptions, FeedAnswer, NewCommand, Where},
    problem::Problem,
};
use crate::{
    domain::{
        commands::{Answers, Body, CommandName, Custom},
        ids::BotId,
        lang::Lang,
        state::State,
    },
    orders::{
        Order, Refusal,
        commands::{By, Definition, Edit},
    },
};

impl From<Answers> for Where {
    fn from(answers: Answers) -> Self {
        match answers {
            Answers::Private => Self::Private,
            Answers::Groups => Self::Groups,
            Answers::Both => Self::Both,
        }
    }
}

impl From<Where> for Answers {
    fn from(place: Where) -> Self {
        match place {
            Where::Private => Self::Private,
            Where::Groups => Self::Groups,
            Where::Both => Self::Both,
        }
    }
}

impl Descriptions {
    fn given(self) -> BTreeMap<Lang, String> {
        let all = [(Lang::En, self.en), (Lang::Uz, self.uz), (Lang::Ru, self.ru)];
        all.into_iter().filter_map(|(lang, text)| Some((lang, text?))).collect()
    }
}

fn answered(call: &Call, state: &State, name: &CommandName, custom: &Custom) -> CommandAnswer {
    let (commands, today) = (&state.commands, call.today());
    let (text, feed) = match &custom.body {
        Body::Text(text) => (Some(text.clone()), None),
        Body::Feed { url, items } => {
            let known = commands.feed_of(name);
            let feed = FeedAnswer {
                url: url.clone(),
                items: *items,
                asked: known.map(|feed| feed.asked),
                answered: known.and_then(|feed| feed.answered),
                fault: known.and_then(|feed| feed.fault.clone()),
            };
            (None, Some(feed))
        }
    };
    CommandAnswer {
        name: name.to_string(),
        descriptions: custom.descriptions.iter().map(|(lang, text)| (lang.code().to_owned(), text.clone())).collect(),
        text,
        feed,
        enabled: custom.enabled,
        place: custom.place,
        answers: custom.answers.into(),
        bot_id: custom.bot.map(|bot| bot.0),
        used_today: commands.used_lately(name, today, 1),
        used_7_days: commands.used_lately(name, today, 7),
        used_30_days: commands.used_lately(name, today, 30),
        made: custom.made,
    }
}

fn of(call: &Call, name: &CommandName) -> Result<CommandAnswer, Problem> {
    let found = call.read(|state| Some(answered(call, state, name, state.commands.custom.get(name)?)));
    found.ok_or_else(|| Refusal::UnknownCommand(name.clone()).into())
}

/// `GET /api/v1/commands`, in the order of lists.
pub(super) async fn all(call: Call) -> Answer {
    let limit = call.limit()?;
    let after = call.parsed::<CommandName>("after", "the `next` of the page before")?;
    let shown = call.read(|state| {
        let all = state.commands.ordered();
        let begin = after.and_then(|after| all.iter().position(|(name, _)| **name == after)).map_or(0, |at| at + 1);
        all.into_iter().skip(begin).take(limit + 1).map(|(name, custom)| answered(&call, state, name, custom)).collect()
    });
    call.page(limit, shown, |command: &CommandAnswer| command.name.clone())
}

/// `GET /api/v1/commands/{command}`
pub(super) async fn one(call: Call) -> Answer {
    ok(&of(&call, &call.id("command")?)?)
}

/// `POST /api/v1/commands`
pub(super) async fn add(call: Call) -> Answer {
    let asked: NewCommand = call.json()?;
    let name: CommandName = asked.name.parse().map_err(|_| Refusal::NoCommandName)?;
    let body = body(asked.text, asked.feed_url, asked.items, None)?
        .ok_or_else(|| Problem::invalid("A command has a text or a feed_url."))?;
    let definition = Definition {
        descriptions: asked.descriptions.given(),
        body,
        answers: asked.answers.into(),
        bot: asked.bot_id.map(BotId),
        enabled: asked.enabled.unwrap_or(true),
    };
    call.order(&Order::AddCommand { command: name.clone(), definition: Box::new(definition) }).await?;
    Ok(json(StatusCode::CREATED, &of(&call, &name)?))
}

/// `PATCH /api/v1/commands/{command}`
pub(super) async fn edit(call: Call) -> Answer {
    let asked: CommandEdit = call.json()?;
    let name: CommandName = call.id("command")?;
    let before = call.read(|state| state.commands.custom.get(&name).map(|custom| custom.body.clone()));
    let before = before.ok_or_else(|| Refusal::UnknownCommand(name.clone()))?;
    let by = asked.bot_id.map(|bot| if bot == 0 { By::Every } else { By::Only(BotId(bot)) });
    let edit = Edit {
        descriptions: asked.descriptions.given(),
        body: body(asked.text, asked.feed_url, asked.items, Some(&before))?,
        answers: asked.answers.map(Answers::from),
        by,
    };
    if edit != Edit::default() {
        call.order(&Order::EditCommand { command: name.clone(), edit: Box::new(edit) }).await?;
    }
    if let Some(enabled) = asked.enabled {
        call.order(&Order::EnableCommand { command: name.clone(), enabled }).await?;
    }
    if let Some(place) = asked.place {
        call.order(&Order::MoveCommand { command: name.clone(), place }).await?;
    }
    ok(&of(&call, &name)?)
}

/// `DELETE /api/v1/commands/{command}`
pub(super) async fn remove(call: Call) -> Answer {
    call.order(&Order::RemoveCommand { command: call.id("command")? }).await?;
    nothing()
}

/// What a command answers, of what was given of it. `None`: nothing was.
fn body(text: Option<String>, url: Option<String>, items: Option<u8>, before: Option<&Body>) -> Result<Option<Body>, Problem> {
    let known = match before {
        Some(Body::Feed { url, items }) => Some((url.clone(), *items)),
        Some(Body::Text(_)) | None => None,
    };
    match (text, url, items) {
        (Some(_), Some(_), _) => Err(Problem::invalid("A command has a text or a feed_url, not both.")),
        (Some(_), None, Some(_)) => Err(Problem::invalid("items: only a feed has them.")),
        (Some(text), None, None) => Ok(Some(Body::Text(text))),
        (None, Some(url), items) => {
            let items = items.or(known.map(|(_, items)| items)).unwrap_or(Custom::USUAL_ITEMS);
            Ok(Some(Body::Feed { url, items }))
        }
        (None, None, Some(items)) => match known {
            Some((url, _)) => Ok(Some(Body::Feed { url, items })),
            None => Err(Problem::invalid("items: only a feed has them; give its feed_url.")),
        },
        (None, None, None) => Ok(None),
    }
}
