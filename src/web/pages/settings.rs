//! What is configured, who else may look, and what is the visitor's own: language, theme, sessions.

use super::{
    look::{Look, Trouble},
    page::{Form, InputKind, Page, Section},
    table::{Column, Field, Table},
};
use crate::{
    domain::{
        ids::{FullName, UserId},
        lang::Lang,
        sign_in::{Named, Role, Way},
        state::State,
    },
    text::{
        name::in_text,
        pages::{Words, line_word},
        report::moment,
    },
};

pub(super) fn draw(look: &Look<'_>) -> Result<Page, Trouble> {
    let words = look.words();
    let mut sections = vec![appearance(look)];
    if !look.visitor.role.sees_own_only() {
        sections.push(configured(look));
        sections.push(look.read(|state| viewers(look, state)));
        sections.push(look.read(|state| researchers(look, state)));
    }
    sections.push(look.read(|state| sessions(look, state)));
    if look.visitor.admin().is_some() {
        sections.push(look.read(|state| viewer_forms(look, state)));
        sections.push(look.read(|state| researcher_forms(look, state)));
    }
    let everywhere =
        Form::new("/sign-out-everywhere", words.sign_out_everywhere()).more(words.sign_out_everywhere_more()).grave();
    sections.push(Section::Forms(words.sign_out_everywhere().to_owned(), vec![everywhere]));
    Ok(Page { title: words.settings().to_owned(), sections, ..Page::default() })
}

fn appearance(look: &Look<'_>) -> Section {
    let words = look.words();
    let langs = Lang::ALL.map(|lang| (lang.code().to_owned(), Words(lang).own_name().to_owned(), lang == look.lang()));
    let themes = [("auto", words.theme_auto()), ("light", words.theme_light()), ("dark", words.theme_dark())];
    let themes = themes.map(|(key, name)| (key.to_owned(), name.to_owned(), key == look.theme));
    let forms = vec![
        Form::new("/settings/language", words.language()).more(words.language_more()).button(words.save()).with(
            "lang",
            words.language(),
            InputKind::Choice(langs.into()),
        ),
        Form::new("/settings/theme", words.theme()).button(words.save()).with(
            "theme",
            words.theme(),
            InputKind::Choice(themes.into()),
        ),
    ];
    Section::Forms(words.appearance().to_owned(), forms)
}

fn configured(look: &Look<'_>) -> Section {
    let (words, rules) = (look.words(), look.dashboard.rules());
    let admins: Vec<_> = rules.admins.iter().map(ToString::to_string).collect();
    let line = line_word(&look.dashboard.watched.line.state(), look.lang());
    let facts = vec![
        (words.release().to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        (words.address().to_owned(), look.dashboard.address.clone()),
        (words.zone().to_owned(), rules.zone.name().to_owned()),
        (words.admins().to_owned(), admins.join(", ")),
        (words.user_session().to_owned(), line.to_owned()),
    ];
    Section::Facts(words.configured().to_owned(), facts)
}

fn viewers(look: &Look<'_>, state: &State) -> Section {
    let words = look.words();
    let rows = state.access.sign_in.viewers.iter().map(|(user, viewer)| row(look, state, *user, viewer)).collect();
    people(look, "viewers", words.viewers(), rows, words.no_viewers())
}

/// Those whom the setting names first: they stay as long as it says so.
fn researchers(look: &Look<'_>, state: &State) -> Section {
    let (words, set) = (look.words(), &look.dashboard.rules().researchers);
    let of_setting = set.iter().map(|user| {
        let named_by = Field::text(words.named_by_setting());
        vec![Field::name(&called(state, *user)), Field::text(user.to_string()), named_by, Field::nothing()]
    });
    let named = removable(look, state).map(|(user, named)| row(look, state, *user, named));
    people(look, "researchers", words.researchers(), of_setting.chain(named).collect(), words.no_researchers())
}

/// Those whom admins named and the setting doesn't.
fn removable<'a>(look: &'a Look<'_>, state: &'a State) -> impl Iterator<Item = (&'a UserId, &'a Named)> {
    let set = &look.dashboard.rules().researchers;
    state.access.sign_in.researchers.iter().filter(|(user, _)| !set.contains(user))
}

fn row(look: &Look<'_>, state: &State, user: UserId, named: &Named) -> Vec<Field> {
    vec![
        Field::name(&named.name),
        Field::text(user.to_string()),
        Field::name(&called(state, named.named_by)),
        Field::text(moment(named.since, look.dashboard.rules().zone)),
    ]
}

/// Those who may do something here.
fn people(look: &Look<'_>, name: &'static str, title: &str, rows: Vec<Vec<Field>>, empty: &str) -> Section {
    let words = look.words();
    Section::Table(Table {
        name,
        title: title.to_owned(),
        columns: vec![
            Column::text("name", words.name()),
            Column::text("account", words.account()),
            Column::text("named_by", words.named_by()).minor(),
            Column::text("since", words.since()).minor(),
        ],
        rows,
        empty: empty.to_owned(),
    })
}

fn viewer_forms(look: &Look<'_>, state: &State) -> Section {
    let words = look.words();
    let mut forms = vec![naming(words, "/settings/viewers", words.add_viewer()).more(words.viewers_lead())];
    let viewers = state.access.sign_in.viewers.iter();
    let viewers: Vec<_> = viewers.map(|(user, viewer)| (user.to_string(), in_text(&viewer.name), false)).collect();
    if !viewers.is_empty() {
        let form = Form::new("/settings/viewers/remove", words.remove_viewer()).button(words.remove()).grave();
        forms.push(form.with("account", words.name(), InputKind::Choice(viewers)));
    }
    Section::Forms(words.add_viewer().to_owned(), forms)
}

fn researcher_forms(look: &Look<'_>, state: &State) -> Section {
    let words = look.words();
    let mut forms = vec![naming(words, "/settings/researchers", words.add_researcher()).more(words.researchers_lead())];
    let named: Vec<_> = removable(look, state).map(|(user, named)| (user.to_string(), in_text(&named.name), false)).collect();
    if !named.is_empty() {
        let form = Form::new("/settings/researchers/remove", words.remove_researcher()).more(words.remove_researcher_more());
        forms.push(form.button(words.remove()).grave().with("account", words.name(), InputKind::Choice(named)));
    }
    Section::Forms(words.add_researcher().to_owned(), forms)
}

/// Who it is, and what to call them.
fn naming(words: Words, action: &str, title: &'static str) -> Form {
    Form::new(action, title)
        .button(words.add())
        .with("name", words.viewer_name(), InputKind::Text(String::new(), FullName::MAX, false))
        .with("account", words.viewer_id(), InputKind::Number(false))
}

fn sessions(look: &Look<'_>, state: &State) -> Section {
    let (words, zone) = (look.words(), look.dashboard.rules().zone);
    let own = state.access.sign_in.sessions.iter();
    let own = own.filter(|(_, session)| session.user == look.visitor.user && session.goes_on(look.now));
    let rows = own.map(|(digest, session)| {
        let way = match session.by {
            Way::Link => words.by_link(),
            Way::App => words.by_app(),
        };
        let this = if *digest == look.visitor.session { Field::text(words.this_one()) } else { Field::nothing() };
        vec![Field::text(way), Field::text(moment(session.began, zone)), Field::text(moment(session.seen, zone)), this]
    });
    Section::Table(Table {
        name: "sessions",
        title: words.sessions().to_owned(),
        columns: vec![
            Column::text("by", words.signed_in_by()),
            Column::text("since", words.since()),
            Column::text("seen", words.last_seen()).minor(),
            Column::text("this", words.this_one()),
        ],
        rows: rows.collect(),
        empty: String::new(),
    })
}

/// What somebody is called on the way in: of an admin who is no teacher only the number is known.
pub(super) fn announced(state: &State, user: UserId, role: Role, words: Words) -> String {
    let name = called(state, user);
    match role {
        Role::Admin(_) if name == user.to_string() => format!("{} ({name})", words.admin()),
        Role::Admin(_) | Role::Viewer | Role::Teacher(_) | Role::Researcher => name,
    }
}

/// What somebody is called who may be a teacher, a viewer, a researcher or only a number.
pub(super) fn called(state: &State, user: UserId) -> String {
    if let Some(teacher) = state.teacher_of(user) {
        return teacher.full_name.to_string();
    }
    let sign_in = &state.access.sign_in;
    let named = sign_in.viewers.get(&user).or_else(|| sign_in.researchers.get(&user));
    named.map_or_else(|| user.to_string(), |named| named.name.clone())
}
