//! Pages as HTML. The templates escape whatever they are given.

use askama::Template;

use super::{
    look::{Look, Trouble, Visitor},
    page::{InputKind, Page, Section},
};
use crate::{
    domain::{
        lang::Lang,
        sign_in::{Role, Way},
    },
    text::pages::{Notice, Words},
};

/// Changes with the assets: browsers keep them as long as it stays.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A page with what is around it.
#[derive(Template)]
#[template(path = "page.html")]
struct Framed<'a> {
    w: Words,
    theme: &'static str,
    in_app: bool,
    title: &'a str,
    version: String,
    live: String,
    home: &'static str,
    nav: Vec<Nav>,
    name: &'a str,
    role: &'a str,
    csrf: &'a str,
    notice: Option<&'a str>,
    page: &'a Page,
}

/// A page for those who aren't signed in, or an error.
#[derive(Template)]
#[template(path = "plain.html")]
pub(super) struct Plain<'a> {
    pub(super) w: Words,
    pub(super) theme: &'static str,
    pub(super) in_app: bool,
    pub(super) title: &'a str,
    pub(super) version: String,
    pub(super) live: String,
    pub(super) more: &'a str,
    /// A button: where it leads, and what the form carries.
    pub(super) form: Option<(&'a str, &'a str)>,
    /// It is the Mini App's first page.
    pub(super) app: bool,
    /// A way on.
    pub(super) way: Option<(&'a str, &'a str)>,
}

/// An entry of the navigation.
struct Nav {
    href: &'static str,
    label: &'static str,
    icon: &'static str,
    is_here: bool,
}

/// A page for somebody.
pub(super) fn framed(look: &Look<'_>, page: &Page) -> Result<String, askama::Error> {
    let (words, visitor) = (look.words(), look.visitor);
    let notice = Notice::from_key(look.query.get("said")).map(|notice| notice.text(look.lang()));
    let live = match look.path {
        _ if !page.live.is_empty() => page.live.clone(),
        path if is_live(path, visitor) => "/events".to_owned(),
        _ => String::new(),
    };
    let mut shown = page.clone();
    for section in &mut shown.sections {
        if let Section::Table(table) = section {
            *section = Section::Shown(table.view(look.path, look.query, words));
        }
    }
    // Of an admin who is no teacher only the number is known.
    let (role, is_nameless) = (role(visitor.role, words), visitor.name == visitor.user.to_string());
    let html = Framed {
        w: words,
        theme: look.theme,
        in_app: visitor.by == Way::App,
        title: &page.title,
        version: version(),
        live,
        home: home(visitor.role),
        nav: nav(look),
        name: if is_nameless { role } else { &visitor.name },
        role: if is_nameless { &visitor.name } else { role },
        csrf: &visitor.csrf,
        notice,
        page: &shown,
    };
    html.render()
}

/// Pages whose numbers move.
fn is_live(path: &str, visitor: &Visitor) -> bool {
    !visitor.role.sees_own_only() && (path == "/" || path == "/study" || path.starts_with("/study/"))
}

/// Where somebody begins.
pub(super) fn home(role: Role) -> &'static str {
    match role {
        Role::Admin(_) | Role::Viewer => "/",
        Role::Teacher(_) => "/me",
        Role::Researcher => "/research",
    }
}

fn role(role: Role, words: Words) -> &'static str {
    match role {
        Role::Admin(_) => words.admin(),
        Role::Viewer => words.viewer(),
        Role::Teacher(_) => words.teacher(),
        Role::Researcher => words.researcher(),
    }
}

fn nav(look: &Look<'_>) -> Vec<Nav> {
    let words = look.words();
    let settings = ("/settings", words.settings(), SETTINGS);
    let research = ("/research", words.research(), RESEARCH);
    let mut all = match look.visitor.role {
        Role::Researcher => vec![settings],
        Role::Teacher(_) => vec![("/me", words.my_activity(), OVERVIEW), settings],
        Role::Admin(_) | Role::Viewer => vec![
            ("/", words.overview(), OVERVIEW),
            ("/groups", words.groups(), GROUPS),
            ("/teachers", words.teachers(), TEACHERS),
            ("/chats", words.chats(), CHATS),
            ("/study", words.study(), STUDY),
            ("/send", words.send(), SEND),
            ("/jobs", words.jobs(), JOBS),
            ("/commands", words.commands(), COMMANDS),
            ("/bots", words.bots(), BOTS),
            ("/audit", words.audit(), AUDIT),
            settings,
        ],
    };
    if look.visitor.researches {
        all.insert(all.len() - 1, research);
    }
    let is_here = |href: &str| look.path == href || (href != "/" && look.path.starts_with(&format!("{href}/")));
    all.into_iter().map(|(href, label, icon)| Nav { href, label, icon, is_here: is_here(href) }).collect()
}

/// A page that isn't there, or isn't for somebody, in words.
pub(super) fn trouble(trouble: &Trouble, lang: Lang, theme: &'static str, home: &str) -> Result<String, askama::Error> {
    let words = Words(lang);
    let (title, more) = match trouble {
        Trouble::Missing => (words.error_missing(), words.error_missing_more()),
        Trouble::Forbidden => (words.error_forbidden(), words.error_forbidden_more()),
        Trouble::Form => (words.error_form(), words.error_form_more()),
        Trouble::Often => (words.error_often(), words.error_often_more()),
        Trouble::Period => (words.error_period(), words.error_period_more()),
        Trouble::Refused(why) | Trouble::TooLarge(why) => (words.error_refused(), why.as_str()),
        Trouble::Fault(_) | Trouble::Broken(_) => (words.error_fault(), words.error_fault_more()),
    };
    Plain { way: Some((home, words.back())), ..Plain::new(lang, theme, title, more) }.render()
}

impl<'a> Plain<'a> {
    /// A page with a heading and a sentence.
    pub(super) fn new(lang: Lang, theme: &'static str, title: &'a str, more: &'a str) -> Self {
        Self {
            w: Words(lang),
            theme,
            in_app: false,
            title,
            version: version(),
            live: String::new(),
            more,
            form: None,
            app: false,
            way: None,
        }
    }
}

fn version() -> String {
    format!("v={VERSION}-{:08x}", super::assets::checksum())
}

const SEND: &str =
    r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 9.500 17 3.500l-4.500 13-3-5.500zM9.500 11 17 3.500"/></svg>"#;
const JOBS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3.500 5h13v11.500h-13zM3.500 8.500h13M7 3v3.500M13 3v3.500M7.500 12.500l1.800 1.700 3.400-3.400"/></svg>"#;
const COMMANDS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 4.500h14v11H3zM11.500 7.500l-3 5M6.500 10h.01M13.500 10h.01"/></svg>"#;
const OVERVIEW: &str =
    r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3.500 16.500v-5M10 16.500v-13M16.500 16.500v-8"/></svg>"#;
const GROUPS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 5.500a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3v-3a2 2 0 0 1-2-2z"/></svg>"#;
const CHATS: &str =
    r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 16.500 8 10l3.500 3L17 5M12.500 5H17v4.500"/></svg>"#;
const TEACHERS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="7.500" cy="7" r="3"/><path d="M2 16.500c.4-2.800 2.600-4.500 5.500-4.500s5.100 1.700 5.500 4.500M12.500 4.300a3 3 0 0 1 0 5.400M15 12.400c1.600.7 2.700 2.100 3 4.100"/></svg>"#;
const RESEARCH: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.500" cy="8.500" r="5"/><path d="m12.200 12.200 4.800 4.800"/></svg>"#;
const STUDY: &str =
    r#"<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="7"/><path d="M10 6v4l2.700 1.800"/></svg>"#;
const AUDIT: &str =
    r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M5 3.500h10v13H5zM8 7.500h4M8 10.500h4M8 13.500h2"/></svg>"#;
const BOTS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M4 7.500h12v8H4zM10 7.500v-3M7.500 11v1M12.500 11v1"/><circle cx="10" cy="3.500" r="1"/></svg>"#;
const SETTINGS: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M3 6h8m4 0h2M3 14h2m4 0h8"/><circle cx="13" cy="6" r="2"/><circle cx="7" cy="14" r="2"/></svg>"#;
