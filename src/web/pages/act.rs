//! What admins change from the pages: forms, and the orders that they become.

use super::{
    look::{Done, Look, Trouble},
    page::{Form, InputKind, Section},
    query::Query,
};
use crate::{
    domain::{
        access::AccessChange,
        audit::{Actor, audited},
        change::{Change, Outcome},
        ids::{BotId, ChatId, FullName, TeacherId, UserId, tidy},
        lang::Lang,
        registry::{Group, Person, Teacher},
        rules::{Admin, Rules},
        sign_in::{Named, SignInChange, may_research},
        state::State,
    },
    orders::{self, Order},
    text::{
        name::in_text,
        pages::{Notice, Words},
    },
};

/// Beyond so many nobody finds anything in a list: then the id is typed.
const MOST_CHOICES: usize = 200;
/// Telegram's own limit.
const LONGEST_TITLE: usize = 128;

pub(super) fn add_teacher(words: Words) -> Section {
    let form = Form::new("/teachers", words.add_teacher())
        .button(words.add())
        .with("name", words.full_name(), InputKind::Text(String::new(), FullName::MAX, false))
        .with("account", words.account_hint(), InputKind::Number(true));
    Section::Forms(words.add_teacher().to_owned(), vec![form])
}

pub(super) fn on_teacher(look: &Look<'_>, state: &State, teacher: &Teacher) -> Section {
    let (words, id) = (look.words(), teacher.teacher_id);
    let at = format!("/teachers/{id}");
    let mut groups: Vec<_> = state.groups.values().filter(|group| group.gone_since.is_none()).collect();
    groups.sort_by_cached_key(|group| (group.title.to_lowercase(), group.chat_id));
    let (here, elsewhere): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| state.is_assigned(id, group.chat_id));
    let choice = |groups: &[&Group]| {
        if groups.len() > MOST_CHOICES {
            return InputKind::Text(String::new(), 20, false);
        }
        InputKind::Choice(groups.iter().map(|group| (group.chat_id.to_string(), in_text(&group.title), false)).collect())
    };
    let label = |n: usize| if n > MOST_CHOICES { words.group_id() } else { words.choose_group() };
    let name = InputKind::Text(typed(teacher.full_name.as_str(), FullName::MAX), FullName::MAX, false);
    let mut forms =
        vec![Form::new(format!("{at}/name"), words.rename()).button(words.save()).with("name", words.new_name(), name)];
    if !elsewhere.is_empty() {
        let form = Form::new(format!("{at}/assign"), words.assign_group()).button(words.add());
        forms.push(form.with("group", label(elsewhere.len()), choice(&elsewhere)));
    }
    if !here.is_empty() {
        let form = Form::new(format!("{at}/unassign"), words.unassign_group()).button(words.remove());
        forms.push(form.with("group", label(here.len()), choice(&here)));
    }
    let active = if teacher.active {
        Form::new(format!("{at}/active"), words.deactivate()).more(words.deactivate_more()).grave()
    } else {
        Form::new(format!("{at}/active"), words.activate()).more(words.activate_more())
    };
    forms.push(active.with("on", "", InputKind::Hidden(yes_or_no(!teacher.active))));
    Section::Forms(words.manage().to_owned(), forms)
}

pub(super) fn on_group(look: &Look<'_>, state: &State, group: &Group) -> Section {
    let words = look.words();
    let at = format!("/groups/{}", group.chat_id);
    let mut teachers: Vec<_> = state.teachers.values().filter(|teacher| teacher.active).collect();
    teachers.sort_by_cached_key(|teacher| (teacher.full_name.as_str().to_lowercase(), teacher.teacher_id));
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        teachers.into_iter().partition(|teacher| state.is_assigned(teacher.teacher_id, group.chat_id));
    let choice = |teachers: &[&Teacher]| {
        if teachers.len() > MOST_CHOICES {
            return InputKind::Text(String::new(), 16, false);
        }
        let one = |teacher: &&Teacher| (teacher.teacher_id.to_string(), in_text(teacher.full_name.as_str()), false);
        InputKind::Choice(teachers.iter().map(one).collect())
    };
    let label = |n: usize| if n > MOST_CHOICES { words.teacher_id() } else { words.choose_teacher() };
    let title = InputKind::Text(typed(&group.title, LONGEST_TITLE), LONGEST_TITLE, false);
    let mut forms =
        vec![Form::new(format!("{at}/title"), words.rename()).button(words.save()).with("title", words.new_title(), title)];
    if !elsewhere.is_empty() {
        let form = Form::new(format!("{at}/assign"), words.assign()).button(words.add());
        forms.push(form.with("teacher", label(elsewhere.len()), choice(&elsewhere)));
    }
    if !here.is_empty() {
        let form = Form::new(format!("{at}/unassign"), words.unassign()).button(words.remove());
        forms.push(form.with("teacher", label(here.len()), choice(&here)));
    }
    let others: Vec<_> = state.also_in.get(&group.chat_id).into_iter().flat_map(|bots| bots.keys()).collect();
    if !others.is_empty() {
        let bots = others.iter().map(|bot| (bot.to_string(), in_text(&state.bot_name(**bot)), false)).collect();
        let form = Form::new(format!("{at}/bot"), words.count_by()).button(words.save());
        forms.push(form.with("bot", words.bot(), InputKind::Choice(bots)));
    }
    let enabled = if group.enabled {
        Form::new(format!("{at}/enabled"), words.switch_off()).more(words.switch_off_more()).grave()
    } else {
        Form::new(format!("{at}/enabled"), words.switch_on()).more(words.switch_on_more())
    };
    forms.push(enabled.with("on", "", InputKind::Hidden(yes_or_no(!group.enabled))));
    Section::Forms(words.manage().to_owned(), forms)
}

/// A name as it could have been typed: files of other programs may hold any.
fn typed(name: &str, most: usize) -> String {
    tidy(name).chars().take(most).collect()
}

fn yes_or_no(on: bool) -> String {
    if on { "yes" } else { "no" }.to_owned()
}

/// What a form says about on or off; anything else isn't ours.
pub(super) fn is_on(form: &Query) -> Result<bool, Trouble> {
    match form.get("on") {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Trouble::Form),
    }
}

/// Carries an order out. Only an admin has the witness that it asks for.
pub(super) fn order(look: &Look<'_>, order: &Order) -> Result<(), Trouble> {
    let admin = witness(look)?;
    let (mut refused, zone) = (None, look.dashboard.rules().zone);
    look.dashboard.store().decide(&order.days(), |state| {
        match orders::decide(state, zone, look.now, &Actor::Session(admin.id()), order) {
            Ok((outcome, _)) => outcome,
            Err(why) => {
                refused = Some(why);
                Outcome::nothing()
            }
        }
    })?;
    refused.map_or(Ok(()), |why| Err(look.refused(&why)))
}

/// Whoever changes something must be an admin at this moment.
fn witness(look: &Look<'_>) -> Result<Admin, Trouble> {
    look.visitor.admin().ok_or(Trouble::Forbidden)
}

fn name(look: &Look<'_>, form: &Query) -> Result<FullName, Trouble> {
    FullName::parse(form.get("name")).map_err(|_| Trouble::Refused(look.words().bad_name().to_owned()))
}

fn account(look: &Look<'_>, text: &str) -> Result<UserId, Trouble> {
    let id = text.trim().parse().ok().filter(|id: &UserId| id.0 > 0 && *id != Rules::ANONYMOUS_ADMIN);
    id.ok_or_else(|| Trouble::Refused(look.words().bad_account().to_owned()))
}

pub(super) fn new_teacher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let name = name(look, form)?;
    let given = form.get("account").trim();
    let account = if given.is_empty() { None } else { Some(account(look, given)?) };
    let teacher = look.read(|state| {
        let seeds = (0_u64..).map(|n| format!("{name}{}{n}", look.now.timestamp_micros()));
        seeds.map(TeacherId::generated).find(|id| !state.teachers.contains_key(id)).expect("ids don't run out")
    });
    order(look, &Order::AddTeacher { teacher, name, account })?;
    Ok(Done::saved(format!("/teachers/{teacher}"), Notice::TeacherAdded))
}

pub(super) fn rename_teacher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let teacher = look.teacher()?;
    order(look, &Order::RenameTeacher { teacher, name: name(look, form)? })?;
    Ok(Done::saved(format!("/teachers/{teacher}"), Notice::Saved))
}

pub(super) fn set_active(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let teacher = look.teacher()?;
    order(look, &Order::SetActive { teacher, active: is_on(form)? })?;
    Ok(Done::saved(format!("/teachers/{teacher}"), Notice::Saved))
}

pub(super) fn assign_teacher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    of_teacher(look, form, true)
}

pub(super) fn unassign_teacher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    of_teacher(look, form, false)
}

fn of_teacher(look: &Look<'_>, form: &Query, on: bool) -> Result<Done, Trouble> {
    let teacher = look.teacher()?;
    let group: ChatId = form.get("group").trim().parse().map_err(|_| Trouble::Form)?;
    order(look, &Order::Assign { teacher, group: Some(group), on })?;
    Ok(Done::saved(format!("/teachers/{teacher}"), Notice::Saved))
}

pub(super) fn assign_group(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    of_group(look, form, true)
}

pub(super) fn unassign_group(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    of_group(look, form, false)
}

fn of_group(look: &Look<'_>, form: &Query, on: bool) -> Result<Done, Trouble> {
    let group = look.chat()?;
    let teacher = TeacherId::parse(form.get("teacher").trim()).map_err(|_| Trouble::Form)?;
    order(look, &Order::Assign { teacher, group: Some(group), on })?;
    Ok(Done::saved(format!("/groups/{group}"), Notice::Saved))
}

pub(super) fn set_enabled(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let group = look.chat()?;
    order(look, &Order::SetEnabled { group, enabled: is_on(form)? })?;
    Ok(Done::saved(format!("/groups/{group}"), Notice::Saved))
}

pub(super) fn rename_group(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let group = look.chat()?;
    order(look, &Order::RenameGroup { group, title: form.get("title").to_owned() })?;
    Ok(Done::saved(format!("/groups/{group}"), Notice::Saved))
}

pub(super) fn count_by(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let (group, main) = (look.chat()?, look.dashboard.rules().bots.main);
    let bot = form.get("bot").parse().map(BotId).map_err(|_| Trouble::Form)?;
    order(look, &Order::CountBy { group, bot, main })?;
    Ok(Done::saved(format!("/groups/{group}"), Notice::Saved))
}

pub(super) fn name_viewer(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let (admin, user, name) = (witness(look)?, account(look, form.get("account"))?, name(look, form)?);
    let viewer = Named { name: name.to_string(), named_by: admin.id(), since: look.now };
    set_named(look, admin, SignInChange::Viewer(user, Some(viewer)))?;
    Ok(Done::saved("/settings", Notice::ViewerNamed))
}

pub(super) fn remove_viewer(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let (admin, user) = (witness(look)?, account(look, form.get("account"))?);
    set_named(look, admin, SignInChange::Viewer(user, None))?;
    Ok(Done::saved("/settings", Notice::ViewerRemoved))
}

pub(super) fn name_researcher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let (admin, user, name) = (witness(look)?, researcher(look, form)?, name(look, form)?);
    let named = Named { name: name.to_string(), named_by: admin.id(), since: look.now };
    set_named(look, admin, SignInChange::Researcher(user, Some(named)))?;
    Ok(Done::saved("/settings", Notice::ResearcherNamed))
}

pub(super) fn remove_researcher(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let (admin, user) = (witness(look)?, researcher(look, form)?);
    set_named(look, admin, SignInChange::Researcher(user, None))?;
    if !look.read(|state| may_research(state, look.dashboard.rules(), user)) {
        look.dashboard.researchers.cancel(user);
    }
    Ok(Done::saved("/settings", Notice::ResearcherRemoved))
}

/// Somebody about whom the settings leave something to say.
fn researcher(look: &Look<'_>, form: &Query) -> Result<UserId, Trouble> {
    let user = account(look, form.get("account"))?;
    if look.dashboard.rules().researchers.contains(&user) {
        return Err(Trouble::Refused(look.words().researcher_is_set().to_owned()));
    }
    Ok(user)
}

fn set_named(look: &Look<'_>, admin: Admin, change: SignInChange) -> Result<(), Trouble> {
    look.dashboard.store().decide(&[], |state| {
        let outcome = Outcome { changes: vec![Change::Access(AccessChange::SignIn(change))], work: Vec::new() };
        audited(state, look.now, &Actor::Session(admin.id()), outcome)
    })?;
    Ok(())
}

/// The visitor's own language, which the bot speaks with them too.
pub(super) fn set_language(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let lang = Lang::ALL.into_iter().find(|lang| lang.code() == form.get("lang")).ok_or(Trouble::Form)?;
    let user = look.visitor.user;
    look.dashboard.store().decide(&[], |state| {
        let known = state.people.get(&user).cloned().unwrap_or_default();
        let change = Change::Person(user, Some(Person { lang: Some(lang), ..known }));
        Outcome { changes: vec![change], work: Vec::new() }
    })?;
    Ok(Done::saved("/settings", Notice::Saved))
}

/// How the pages look in this browser.
pub(super) fn set_theme(look: &Look<'_>, form: &Query) -> Result<Done, Trouble> {
    let theme = super::theme(form.get("theme"));
    let _ = look;
    Ok(Done { cookie: Some((super::THEME, theme.to_owned())), ..Done::saved("/settings", Notice::Saved) })
}

/// This session is over.
pub(super) fn sign_out(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    end(look, vec![SignInChange::Session(look.visitor.session, None)])
}

/// And all others of the visitor.
pub(super) fn sign_out_everywhere(look: &Look<'_>, _: &Query) -> Result<Done, Trouble> {
    let changes = look.read(|state| state.access.sign_in.ended(look.visitor.user));
    end(look, changes)
}

fn end(look: &Look<'_>, changes: Vec<SignInChange>) -> Result<Done, Trouble> {
    let changes = changes.into_iter().map(|change| Change::Access(AccessChange::SignIn(change))).collect();
    look.dashboard.store().decide(&[], |_| Outcome { changes, work: Vec::new() })?;
    let cookie = Some((look.dashboard.cookie(), String::new()));
    Ok(Done { cookie, ..Done::saved("/sign-in", Notice::SignedOut) })
}
