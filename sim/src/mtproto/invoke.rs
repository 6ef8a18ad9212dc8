//! A call: taken out of its wrappings, struck by accidents, answered by a method.

use std::{sync::Arc, time::Duration};

use grammers_tl_types::{self as tl, Cursor, Deserializable, Identifiable, Serializable, functions, types};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::{
    RpcError,
    envelope::{GZIP_PACKED, gunzip, kind},
    links::Order,
    methods,
    server::Centre,
};
use crate::{
    faults::Fault,
    model::{Call, World, account::Login},
};

/// Requests that are longer are not noted in full.
const LONGEST_NOTED: usize = 4096;

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    /// The data centre that is called.
    pub(crate) centre: i32,
    /// The key's number.
    pub(crate) key: i64,
    pub(crate) session: i64,
}

/// What comes of a call.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The answer or the error, serialised.
    Answer(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// The answer comes as an order, or never.
    Later,
}

/// What a method works with.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) caller: &'a Caller,
}

impl Context<'_> {
    /// Who is logged in with the caller's key.
    pub(crate) fn login(&self) -> Login {
        self.world.accounts.keys.get(&self.caller.key).map_or(Login::Nobody, |key| key.login)
    }

    /// The person who calls; nobody else may call most methods.
    pub(crate) fn user(&self) -> Result<i64, RpcError> {
        match self.login() {
            Login::User(user) => Ok(user),
            Login::NeedsPassword(_) => Err(RpcError::new(401, "SESSION_PASSWORD_NEEDED")),
            Login::Nobody => Err(RpcError::new(401, "AUTH_KEY_UNREGISTERED")),
        }
    }

    /// The clock's reading in seconds, as dates have it.
    pub(crate) fn date(&self) -> i32 {
        (self.world.now / 1000) as i32
    }
}

/// Carries out a call, with the accident that was ordered for it.
pub(super) fn call(centre: &Arc<Centre>, caller: &Caller, orders: &UnboundedSender<Order>, id: i64, body: Vec<u8>) -> Outcome {
    let shared = centre.shared.clone();
    let body = match unwrapped(&mut shared.world(), body) {
        Ok(body) => body,
        Err(why) => {
            centre.violated(&why);
            return Outcome::Answer(error(&RpcError::bad("INPUT_REQUEST_INVALID")));
        }
    };
    let fault = shared.world().faults.strike(tl::name_for_id(kind(&body)), Some(caller.key));
    let refuse = |code, name: &str| Outcome::Answer(error(&RpcError::new(code, name)));
    let perform = {
        let (centre, caller) = (centre.clone(), caller.clone());
        move || perform(&centre, &caller, &body)
    };
    match fault {
        None => Outcome::Answer(perform()),
        Some(Fault::TooMany(seconds)) => refuse(420, &format!("FLOOD_WAIT_{seconds}")),
        Some(Fault::ServerErrorPage(code) | Fault::ServerError(code)) => refuse(i32::from(code), "RPC_CALL_FAIL"),
        Some(Fault::Refuse(code, words)) => refuse(i32::from(code), &words),
        Some(Fault::ResetBefore) => Outcome::Reset,
        Some(Fault::LoseAnswer) => {
            perform();
            Outcome::Reset
        }
        Some(Fault::TruncateAnswer) => {
            let answer = perform();
            Outcome::Answer(answer[..answer.len() / 8 * 4].to_vec())
        }
        Some(Fault::HoldAnswer) => {
            let answer = perform();
            answer_after(shared.released(), orders, id, || answer)
        }
        Some(Fault::Slow(millis)) => {
            let answer = perform();
            answer_after(tokio::time::sleep(Duration::from_millis(millis)), orders, id, || answer)
        }
        Some(Fault::Stall) => answer_after(shared.released(), orders, id, perform),
    }
}

/// Answers when something has happened; the client may be gone by then.
fn answer_after(
    moment: impl Future<Output = ()> + Send + 'static,
    orders: &UnboundedSender<Order>,
    id: i64,
    answer: impl FnOnce() -> Vec<u8> + Send + 'static,
) -> Outcome {
    let orders = orders.clone();
    tokio::spawn(async move {
        moment.await;
        let _ = orders.send(Order::Answer(id, answer()));
    });
    Outcome::Later
}

/// Calls the method: what it answers, or why not, serialised.
fn perform(centre: &Centre, caller: &Caller, body: &[u8]) -> Vec<u8> {
    let mut world = centre.shared.world();
    world.acting = Some((caller.key, caller.session));
    let mut context = Context { world: &mut world, caller };
    let answer = methods::run(&mut context, kind(body), &body[4..]);
    world.acting = None;
    drop(world);
    centre.shared.changed();
    answer.unwrap_or_else(|why| error(&why))
}

fn error(why: &RpcError) -> Vec<u8> {
    let error = types::RpcError { error_code: why.code, error_message: why.name.clone() };
    tl::enums::RpcError::Error(error).to_bytes()
}

/// Notes a call for those who ask what was called.
pub(super) fn note(context: &mut Context<'_>, method: &str, length: usize, request: &dyn std::fmt::Debug) {
    let request = if length > LONGEST_NOTED { Value::Null } else { json!(format!("{request:?}")) };
    let user = match context.login() {
        Login::User(user) => Some(user),
        Login::NeedsPassword(_) | Login::Nobody => None,
    };
    let parameters = json!({ "centre": context.caller.centre, "user": user, "request": request });
    context.world.calls.push(Call { method: method.to_owned(), parameters });
}

/// The rest of a request: what a wrapping holds.
struct Rest(Vec<u8>);

impl Deserializable for Rest {
    fn deserialize(buf: &mut Cursor<'_>) -> tl::deserialize::Result<Self> {
        let mut rest = Vec::new();
        buf.read_to_end(&mut rest)?;
        Ok(Self(rest))
    }
}

/// The request within `invokeWithLayer`, `initConnection` and their like.
fn unwrapped(world: &mut World, mut body: Vec<u8>) -> Result<Vec<u8>, String> {
    loop {
        let inner = body.get(4..).unwrap_or_default();
        let unreadable = |why: tl::deserialize::Error| format!("a request that can't be read: {why}");
        body = match kind(&body) {
            functions::InvokeWithLayer::<()>::CONSTRUCTOR_ID => {
                functions::InvokeWithLayer::<Rest>::from_bytes(inner).map_err(unreadable)?.query.0
            }
            functions::InitConnection::<()>::CONSTRUCTOR_ID => {
                let init = functions::InitConnection::<Rest>::from_bytes(inner).map_err(unreadable)?;
                let parameters = json!({
                    "api_id": init.api_id, "device_model": init.device_model, "system_version": init.system_version,
                    "app_version": init.app_version, "lang_code": init.lang_code,
                });
                world.calls.push(Call { method: "initConnection".to_owned(), parameters });
                init.query.0
            }
            functions::InvokeWithoutUpdates::<()>::CONSTRUCTOR_ID => {
                functions::InvokeWithoutUpdates::<Rest>::from_bytes(inner).map_err(unreadable)?.query.0
            }
            functions::InvokeAfterMsg::<()>::CONSTRUCTOR_ID => {
                functions::InvokeAfterMsg::<Rest>::from_bytes(inner).map_err(unreadable)?.query.0
            }
            GZIP_PACKED => gunzip(&body)?,
            0 => return Err("an empty request".to_owned()),
            _ => return Ok(body),
        };
    }
}
