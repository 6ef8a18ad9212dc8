//! `rollcall teachers …`

use clap::Subcommand;
use serde_json::{Value, json};

use super::{
    Session,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{
        ids::{FullName, TeacherId, UserId},
        registry::Teacher,
        state::State,
    },
    orders::{AccountPlace, Order},
};

/// What to do with teachers. `TEACHER` is an id, or a part of a name that only one has; `GROUP` likewise.
#[derive(Debug, Subcommand)]
pub(super) enum TeachersCommand {
    /// Show all teachers
    List {
        /// Only those who are counted in this group
        #[arg(long, value_name = "GROUP", allow_hyphen_values = true)]
        group: Option<String>,
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show one teacher with accounts and groups
    Show {
        /// Who
        teacher: String,
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Register a teacher
    Add {
        /// Full name, in quotes
        name: String,
        /// Own id, 3 to 16 of A-Z a-z 0-9; one is made up without it
        #[arg(long)]
        id: Option<String>,
        /// Telegram id, a number
        #[arg(long, value_name = "TELEGRAM_ID")]
        account: Option<i64>,
        /// Also count them in every registered group
        #[arg(long)]
        assign_all: bool,
    },
    /// Give a teacher another name
    Rename {
        /// Who
        teacher: String,
        /// The name from now on, in quotes
        name: String,
    },
    /// Say under which Telegram account a teacher writes
    Account {
        /// Who
        teacher: String,
        /// Telegram id, a number
        #[arg(value_name = "TELEGRAM_ID")]
        account: i64,
        /// Beside the account known so far, instead of in its place
        #[arg(long, conflicts_with = "remove")]
        also: bool,
        /// The account isn't theirs
        #[arg(long)]
        remove: bool,
    },
    /// Count a teacher's messages again
    Activate {
        /// Who
        teacher: String,
    },
    /// Don't count a teacher's messages for now
    Deactivate {
        /// Who
        teacher: String,
    },
    /// Delete a teacher; what was counted stays
    Delete {
        /// Who
        teacher: String,
        /// Really
        #[arg(long)]
        yes: bool,
    },
    /// Count a teacher in a group
    Assign(Assignment),
    /// Don't count a teacher in a group
    Unassign(Assignment),
}

/// Who, and where.
#[derive(Debug, clap::Args)]
pub(super) struct Assignment {
    /// Who
    teacher: String,
    /// Where
    #[arg(required_unless_present = "all", allow_hyphen_values = true)]
    group: Option<String>,
    /// In every registered group
    #[arg(long, conflicts_with = "group")]
    all: bool,
}

/// Carries the command out.
pub(super) fn run(session: &Session, command: &TeachersCommand) -> Result<(), Failure> {
    let reader = session.read()?;
    let state = reader.state();
    let id_of = |text: &str| pick::teacher(state, text).map(|teacher| teacher.teacher_id);
    let order = match command {
        TeachersCommand::List { group, format } => return list(state, group.as_deref(), *format),
        TeachersCommand::Show { teacher, format } => return show(state, pick::teacher(state, teacher)?, *format),
        TeachersCommand::Add { name, id, account, assign_all } => {
            let teacher = match id {
                Some(id) => TeacherId::parse(id)?,
                None => unused_id(state, &session.unique()),
            };
            session.order(&Order::AddTeacher { teacher, name: FullName::parse(name)?, account: account.map(UserId) })?;
            if !assign_all {
                return Ok(());
            }
            Order::Assign { teacher, group: None, on: true }
        }
        TeachersCommand::Rename { teacher, name } => {
            Order::RenameTeacher { teacher: id_of(teacher)?, name: FullName::parse(name)? }
        }
        TeachersCommand::Account { teacher, account, also, remove } => {
            let place = match (also, remove) {
                (true, _) => AccountPlace::Further,
                (false, true) => AccountPlace::Gone,
                (false, false) => AccountPlace::First,
            };
            Order::Account { teacher: id_of(teacher)?, account: UserId(*account), place }
        }
        TeachersCommand::Activate { teacher } => Order::SetActive { teacher: id_of(teacher)?, active: true },
        TeachersCommand::Deactivate { teacher } => Order::SetActive { teacher: id_of(teacher)?, active: false },
        TeachersCommand::Delete { teacher, yes } => {
            let teacher = pick::teacher(state, teacher)?;
            if !yes {
                return Err(Failure::Refused(format!(
                    "this would delete {} {}; what was counted stays. Repeat it with --yes, or use `rollcall teachers deactivate {0}`",
                    teacher.teacher_id, teacher.full_name
                )));
            }
            Order::DeleteTeacher { teacher: teacher.teacher_id }
        }
        TeachersCommand::Assign(assignment) => assign(state, assignment, true)?,
        TeachersCommand::Unassign(assignment) => assign(state, assignment, false)?,
    };
    session.order(&order)
}

fn assign(state: &State, assignment: &Assignment, on: bool) -> Result<Order, Failure> {
    let group = assignment.group.as_deref().map(|group| pick::group(state, group)).transpose()?;
    let teacher = pick::teacher(state, &assignment.teacher)?.teacher_id;
    Ok(Order::Assign { teacher, group: group.map(|group| group.chat_id), on })
}

fn unused_id(state: &State, seed: &str) -> TeacherId {
    let ids = (0u32..).map(|n| TeacherId::generated(format!("{seed}-{n}")));
    ids.into_iter().find(|id| !state.teachers.contains_key(id)).expect("there are more ids than teachers")
}

fn list(state: &State, group: Option<&str>, format: ListFormat) -> Result<(), Failure> {
    let group = group.map(|group| pick::group(state, group)).transpose()?;
    let mut rows = Rows::new(&["id", "full_name", "telegram_id", "active", "groups"]);
    let wanted = |teacher: &&Teacher| group.is_none_or(|group| state.is_assigned(teacher.teacher_id, group.chat_id));
    for teacher in state.teachers.values().filter(wanted) {
        rows.push([
            json!(teacher.teacher_id),
            json!(teacher.full_name),
            json!(teacher.telegram_user_id),
            json!(teacher.active),
            json!(state.groups_of(teacher.teacher_id).count()),
        ]);
    }
    rows.print(format, "No teachers yet. Add one: rollcall teachers add \"Ann Lee\" --account 123456789")?;
    Ok(())
}

fn show(state: &State, teacher: &Teacher, format: ListFormat) -> Result<(), Failure> {
    if format == ListFormat::Table {
        let accounts = teacher.accounts().map(|account| account.to_string()).collect::<Vec<_>>().join(", ");
        let since = teacher.created_at.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
        let or_none = |text: String| if text.is_empty() { "none yet".to_owned() } else { text };
        out::data(&format!(
            "{} {}\n  Telegram    {}\n  active      {}\n  registered  {since}",
            teacher.teacher_id,
            teacher.full_name,
            or_none(accounts),
            if teacher.active { "yes" } else { "no" },
        ))?;
    }
    let mut rows = Rows::new(&["group", "title", "counts"]);
    for group in state.groups_of(teacher.teacher_id) {
        rows.push([json!(group.chat_id), json!(group.title), json!(group.counts() && teacher.active)]);
    }
    match format {
        ListFormat::Table | ListFormat::Csv => rows.print(format, "Counted in no group yet.")?,
        ListFormat::Json => {
            let mut object = serde_json::to_value(teacher).expect("a teacher is JSON");
            let groups = state.groups_of(teacher.teacher_id).map(|group| json!(group.chat_id)).collect::<Vec<_>>();
            object["groups"] = Value::Array(groups);
            out::data(&serde_json::to_string_pretty(&object).expect("a value is JSON"))?;
        }
    }
    Ok(())
}
