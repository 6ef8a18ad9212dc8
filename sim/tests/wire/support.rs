//! A raw Bot API client: no library between the tests and the wire.

use serde_json::{Value, json};
use telegram_sim::{Bot, Sim};

pub(crate) struct Client {
    pub(crate) http: reqwest::Client,
    base: String,
}

impl Client {
    pub(crate) fn new(sim: &Sim, bot: &Bot) -> Self {
        Self {
            http: reqwest::Client::builder().no_proxy().build().expect("a plain client"),
            base: format!("{}/bot{}", sim.url(), bot.token()),
        }
    }

    pub(crate) fn url(&self, method: &str) -> String {
        format!("{}/{method}", self.base)
    }

    /// The whole answer.
    pub(crate) async fn answer(&self, method: &str, parameters: Value) -> Value {
        let sent = self.http.post(self.url(method)).json(&parameters).send().await;
        sent.expect("an answer").json().await.expect("JSON")
    }

    /// The result of a call that has to succeed.
    pub(crate) async fn ok(&self, method: &str, parameters: Value) -> Value {
        let mut answer = self.answer(method, parameters).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["result"].take()
    }

    /// The description of a call that has to fail.
    pub(crate) async fn refused(&self, method: &str, parameters: Value) -> String {
        let answer = self.answer(method, parameters).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        answer["description"].as_str().expect("a description").to_owned()
    }

    /// All updates there are, confirmed.
    pub(crate) async fn updates(&self) -> Vec<Value> {
        let kinds = ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"];
        let got = self.ok("getUpdates", json!({ "allowed_updates": kinds })).await;
        let got = got.as_array().expect("a list").clone();
        if let Some(last) = got.last() {
            let offset = last["update_id"].as_i64().expect("a number") + 1;
            self.ok("getUpdates", json!({ "offset": offset, "limit": 1 })).await;
        }
        got
    }

    /// What kinds of updates there are, in order.
    pub(crate) async fn kinds(&self) -> Vec<String> {
        let kind = |update: &Value| {
            let keys = update.as_object().expect("an object").keys();
            keys.filter(|key| *key != "update_id").cloned().collect::<String>()
        };
        self.updates().await.iter().map(kind).collect()
    }
}
