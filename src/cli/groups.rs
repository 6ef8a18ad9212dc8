//! `rollcall groups …`

use clap::Subcommand;
use serde_json::{Value, json};

use super::{
    Session,
    failure::Failure,
    out, pick,
    rows::{ListFormat, Rows},
};
use crate::{
    domain::{ids::ChatId, registry::Group, state::State},
    orders::Order,
};

/// What to do with groups. `GROUP` is an id, or a part of a title that only one has.
#[derive(Debug, Subcommand)]
pub(super) enum GroupsCommand {
    /// Show all registered groups, and those that wait for an admin
    List {
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Show one group and who is counted there
    Show {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
        /// As what to print
        #[arg(long, value_enum, default_value_t)]
        format: ListFormat,
    },
    /// Register a group without /confirm_group
    Add {
        /// The chat's id, such as -1001234567890
        #[arg(value_name = "CHAT_ID", allow_hyphen_values = true)]
        chat: i64,
        /// Its title, in quotes
        title: String,
    },
    /// Count in a group again
    Enable {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
    },
    /// Don't count in a group for now
    Disable {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
    },
    /// Have another bot that is in a group count there
    CountBy {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
        /// By which bot: its name in the settings, its @username or its id
        bot: String,
    },
    /// Give a group its own title in reports
    Rename {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
        /// The title from now on, in quotes
        title: String,
    },
    /// Remove a group from the register; what was counted stays
    Remove {
        /// Which
        #[arg(allow_hyphen_values = true)]
        group: String,
        /// Really
        #[arg(long)]
        yes: bool,
    },
}

/// Carries the command out.
pub(super) fn run(session: &Session, command: &GroupsCommand) -> Result<(), Failure> {
    let reader = session.read()?;
    let state = reader.state();
    let id_of = |text: &str| pick::group(state, text).map(|group| group.chat_id);
    let order = match command {
        GroupsCommand::List { format } => return list(state, *format),
        GroupsCommand::Show { group, format } => return show(state, pick::group(state, group)?, *format),
        GroupsCommand::Add { chat, title } => Order::AddGroup { group: ChatId(*chat), title: title.clone() },
        GroupsCommand::Enable { group } => Order::SetEnabled { group: id_of(group)?, enabled: true },
        GroupsCommand::Disable { group } => Order::SetEnabled { group: id_of(group)?, enabled: false },
        GroupsCommand::CountBy { group, bot } => {
            Order::CountBy { group: id_of(group)?, bot: pick::bot(state, bot)?, main: session.config.rules().bots.main }
        }
        GroupsCommand::Rename { group, title } => Order::RenameGroup { group: id_of(group)?, title: title.clone() },
        GroupsCommand::Remove { group, yes } => {
            let group = pick::group(state, group)?;
            if !yes {
                return Err(Failure::Refused(format!(
                    "this would remove {} and its assignments; what was counted stays. Repeat it with --yes, or use `rollcall groups disable {}`",
                    group.title, group.chat_id
                )));
            }
            Order::RemoveGroup { group: group.chat_id }
        }
    };
    session.order(&order)
}

/// How a group is, in a word.
fn condition(group: &Group) -> &'static str {
    match (group.gone_since, group.enabled) {
        (Some(_), _) => "gone",
        (None, true) => "counts",
        (None, false) => "disabled",
    }
}

fn list(state: &State, format: ListFormat) -> Result<(), Failure> {
    let mut rows = Rows::new(&["id", "title", "state", "teachers"]);
    for group in state.groups.values() {
        let teachers = state.teachers_in(group.chat_id).count();
        rows.push([json!(group.chat_id), json!(group.title), json!(condition(group)), json!(teachers)]);
    }
    for (chat, candidate) in &state.candidates {
        rows.push([json!(chat), json!(candidate.title), json!("waits for an admin"), Value::Null]);
    }
    rows.print(format, "No groups yet. Add the bot to one and send /confirm_group there.")?;
    Ok(())
}

fn show(state: &State, group: &Group, format: ListFormat) -> Result<(), Failure> {
    let mut rows = Rows::new(&["id", "full_name", "counts"]);
    for teacher in state.teachers_in(group.chat_id) {
        rows.push([json!(teacher.teacher_id), json!(teacher.full_name), json!(teacher.active && group.counts())]);
    }
    match format {
        ListFormat::Table => {
            let since = group.created_at.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
            out::data(&format!("{} {}\n  state       {}\n  registered  {since}", group.chat_id, group.title, condition(group)))?;
            rows.print(format, "Nobody is counted there yet.")?;
        }
        ListFormat::Csv => rows.print(format, "")?,
        ListFormat::Json => {
            let mut object = serde_json::to_value(group).expect("a group is JSON");
            object["teachers"] = state.teachers_in(group.chat_id).map(|teacher| json!(teacher.teacher_id)).collect();
            out::data(&serde_json::to_string_pretty(&object).expect("a value is JSON"))?;
        }
    }
    Ok(())
}
