//! A browser as small as a test needs it: cookies, forms, no scripts.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder, StatusCode, redirect::Policy};
use telegram_sim::User;

use crate::support::School;

/// A browser at the dashboard.
pub(crate) struct Browser {
    client: Client,
    pub(crate) base: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The language that it asks for.
    pub(crate) lang: &'static str,
}

/// What came.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// What the page's forms carry.
    pub(crate) fn csrf(&self) -> String {
        let found = self.text().split("name=\"csrf\" value=\"").nth(1).expect("a form");
        found.split('"').next().expect("a value").to_owned()
    }
}

/// A school's dashboard from its next start on; where.
pub(crate) fn served(school: &mut School) -> String {
    let address = School::own_address();
    school.set("WEB_ADDR", &address);
    format!("http://{address}")
}

impl Browser {
    pub(crate) fn at(base: &str) -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().expect("a plain client can be built");
        Self { client, base: base.to_owned(), cookies: BTreeMap::new(), lang: "en" }
    }

    /// A browser in which somebody came in by the link that the bot sent them.
    pub(crate) async fn of(base: &str, school: &School, user: &User) -> Self {
        let mut browser = Self::at(base);
        let link = link(school, user).await;
        let landed = browser.come_in(&link).await;
        assert_eq!(landed.status, StatusCode::SEE_OTHER, "{}", landed.text());
        browser
    }

    /// Opens a link and presses its button.
    pub(crate) async fn come_in(&mut self, path: &str) -> Seen {
        let shown = self.get(path).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
        self.post(path, &[("csrf", &shown.csrf())]).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.base)).header("accept-language", self.lang);
        if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Seen {
        self.take(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        self.take(self.request(Method::POST, path).form(fields)).await
    }

    /// Sends a form of our own page: what it carries against forgery is taken from the settings page.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let csrf = self.get("/settings").await.csrf();
        let mut all = fields.to_vec();
        all.push(("csrf", &csrf));
        self.post(path, &all).await
    }

    /// Sends a request, and keeps the cookies that come.
    pub(crate) async fn take(&mut self, request: RequestBuilder) -> Seen {
        let answer = request.send().await.expect("answers");
        let mut headers = BTreeMap::new();
        for (name, value) in answer.headers() {
            let value = value.to_str().expect("ASCII");
            if name == "set-cookie" {
                let (name, value) = value.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            headers.insert(name.to_string(), value.to_owned());
        }
        let status = answer.status();
        Seen { status, headers, body: answer.bytes().await.expect("a body").to_vec() }
    }
}

/// The path of the link that the bot sends somebody.
pub(crate) async fn link(school: &School, user: &User) -> String {
    user.tells(&school.bot, "/dashboard");
    let said = user.reads(&school.bot).await.text;
    let at = said.find("/sign-in/").unwrap_or_else(|| panic!("no link in {said:?}"));
    said[at..].split(|c: char| c.is_whitespace() || c == '<').next().expect("a path").to_owned()
}
