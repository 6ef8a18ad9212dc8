//! Changes of the register, each by the order that a terminal gives for it.

use axum::http::{HeaderValue, StatusCode, header};

use super::{
    answers::{self, GroupChange, NewGroup, NewTeacher, Place, TeacherChange},
    call::{Answer, Call, json, nothing, ok},
    problem::Problem,
    register::{one_group, one_teacher},
};
use crate::{
    domain::ids::{ChatId, FullName, TeacherId, UserId, tidy},
    orders::{AccountPlace, Order, dropbox},
};

fn name(text: &str) -> Result<FullName, Problem> {
    FullName::parse(text).map_err(|why| Problem::invalid(format!("full_name: {why}.")))
}

fn title(text: &str) -> Result<String, Problem> {
    let title = tidy(text);
    match title.chars().count() {
        1..=255 => Ok(title),
        _ => Err(Problem::invalid("title: a title has 1 to 255 characters.")),
    }
}

fn empty() -> Problem {
    Problem::invalid("Nothing is to be changed; name at least one field.")
}

/// `POST /api/v1/teachers`
pub(super) async fn add_teacher(call: Call) -> Answer {
    let asked: NewTeacher = call.json()?;
    let id = match &asked.teacher_id {
        Some(id) => TeacherId::parse(id).map_err(|why| Problem::invalid(format!("teacher_id: {why}.")))?,
        None => unused_id(&call),
    };
    let order = Order::AddTeacher { teacher: id, name: name(&asked.full_name)?, account: asked.account.map(UserId) };
    call.order(&order).await?;
    created(&format!("/api/v1/teachers/{id}"), &one_teacher(&call, id)?)
}

fn unused_id(call: &Call) -> TeacherId {
    let seed = dropbox::random_id();
    let mut ids = (0_u32..).map(|n| TeacherId::generated(format!("{seed}-{n}")));
    call.read(|state| ids.find(|id| !state.teachers.contains_key(id))).expect("there are more ids than teachers")
}

fn created(place: &str, thing: &impl serde::Serialize) -> Answer {
    let mut response = json(StatusCode::CREATED, thing);
    let place = HeaderValue::try_from(place).expect("ids are ASCII");
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}

/// `PATCH /api/v1/teachers/{teacher}`
pub(super) async fn change_teacher(call: Call) -> Answer {
    let teacher = call.id("teacher")?;
    let asked: TeacherChange = call.json()?;
    let rename = asked.full_name.as_deref().map(name).transpose()?.map(|name| Order::RenameTeacher { teacher, name });
    let activate = asked.active.map(|active| Order::SetActive { teacher, active });
    let orders: Vec<_> = rename.into_iter().chain(activate).collect();
    if orders.is_empty() {
        return Err(empty());
    }
    for order in &orders {
        call.order(order).await?;
    }
    ok(&one_teacher(&call, teacher)?)
}

/// `DELETE /api/v1/teachers/{teacher}`
pub(super) async fn delete_teacher(call: Call) -> Answer {
    call.order(&Order::DeleteTeacher { teacher: call.id("teacher")? }).await?;
    nothing()
}

/// `PUT /api/v1/teachers/{teacher}/accounts/{account}`
pub(super) async fn put_account(call: Call) -> Answer {
    let (teacher, account) = (call.id("teacher")?, UserId(call.id("account")?));
    let asked: answers::AccountPlace = call.json()?;
    let place = match asked.place {
        Place::First => AccountPlace::First,
        Place::Further => AccountPlace::Further,
    };
    call.order(&Order::Account { teacher, account, place }).await?;
    ok(&one_teacher(&call, teacher)?)
}

/// `DELETE /api/v1/teachers/{teacher}/accounts/{account}`
pub(super) async fn delete_account(call: Call) -> Answer {
    let (teacher, account) = (call.id("teacher")?, UserId(call.id("account")?));
    call.order(&Order::Account { teacher, account, place: AccountPlace::Gone }).await?;
    nothing()
}

/// `POST /api/v1/groups`
pub(super) async fn add_group(call: Call) -> Answer {
    let asked: NewGroup = call.json()?;
    let group = ChatId(asked.chat_id);
    call.order(&Order::AddGroup { group, title: title(&asked.title)? }).await?;
    created(&format!("/api/v1/groups/{group}"), &one_group(&call, group)?)
}

/// `PATCH /api/v1/groups/{group}`
pub(super) async fn change_group(call: Call) -> Answer {
    let group = call.id("group")?;
    let asked: GroupChange = call.json()?;
    let rename = asked.title.as_deref().map(title).transpose()?.map(|title| Order::RenameGroup { group, title });
    let enable = asked.enabled.map(|enabled| Order::SetEnabled { group, enabled });
    let orders: Vec<_> = rename.into_iter().chain(enable).collect();
    if orders.is_empty() {
        return Err(empty());
    }
    for order in &orders {
        call.order(order).await?;
    }
    ok(&one_group(&call, group)?)
}

/// `DELETE /api/v1/groups/{group}`
pub(super) async fn delete_group(call: Call) -> Answer {
    call.order(&Order::RemoveGroup { group: call.id("group")? }).await?;
    nothing()
}

/// `PUT /api/v1/assignments/{teacher}/{group}`
pub(super) async fn assign(call: Call) -> Answer {
    set_assigned(&call, true).await
}

/// `DELETE /api/v1/assignments/{teacher}/{group}`
pub(super) async fn unassign(call: Call) -> Answer {
    set_assigned(&call, false).await
}

async fn set_assigned(call: &Call, on: bool) -> Answer {
    call.order(&Order::Assign { teacher: call.id("teacher")?, group: Some(call.id("group")?), on }).await?;
    nothing()
}
