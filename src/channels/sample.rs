//! A post's counters at some moment, for a history of counters.

use tl_dict::Value;

/// The columns of the file of samples.
pub const SAMPLE_COLUMNS: &str = "sampled_at,msg_id,views,forwards,replies,reactions,reactions_by_kind,edit_date,deleted";

/// A post at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its number.
    pub id: i64,
    /// It isn't there any more.
    pub is_deleted: bool,
    views: Option<i64>,
    forwards: Option<i64>,
    replies: Option<i64>,
    /// What people wrote below it, where they may.
    pub comments: Option<i64>,
    reactions: Vec<(String, i64)>,
    edit_date: Option<String>,
    /// What can be edited, to compare with an earlier moment.
    pub text: String,
}

impl Sample {
    /// Of a message as Telegram gives it; deleted ones are empty.
    pub fn read(message: &Value) -> Option<Self> {
        let number = |key: &str| message.get(key).and_then(Value::int);
        let replies = message.get("replies").and_then(|replies| replies.get("replies")?.int());
        let has_comments = message.get("replies").is_some_and(|replies| replies.get("comments").is_some_and(Value::is_true));
        let edit_date = message.get("edit_date").filter(|date| matches!(date, Value::Date(_)));
        Some(Self {
            id: number("id")?,
            is_deleted: message.is("MessageEmpty"),
            views: number("views"),
            forwards: number("forwards"),
            replies,
            comments: replies.filter(|_| has_comments),
            reactions: message.get("reactions").map(reactions).unwrap_or_default(),
            edit_date: edit_date.map(|date| date.to_json().trim_matches('"').to_owned()),
            text: message.get("message").and_then(Value::text).unwrap_or_default().to_owned(),
        })
    }

    /// Its line in the file of samples.
    pub fn row(&self, sampled_at: &str) -> String {
        let cell = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
        let total = self.reactions.iter().map(|(_, count)| count).sum::<i64>();
        let kinds: Vec<String> = self.reactions.iter().map(|(kind, count)| format!("{kind}={count}")).collect();
        let reactions = if self.is_deleted { String::new() } else { total.to_string() };
        format!(
            "{sampled_at},{},{},{},{},{reactions},{},{},{}\n",
            self.id,
            cell(self.views),
            cell(self.forwards),
            cell(self.replies),
            kinds.join(" "),
            self.edit_date.as_deref().unwrap_or_default(),
            if self.is_deleted { "True" } else { "False" },
        )
    }
}

fn reactions(reactions: &Value) -> Vec<(String, i64)> {
    let kind = |reaction: &Value| {
        let emoji = reaction.get("emoticon").and_then(Value::text).map(str::to_owned);
        let custom = || Some(format!("custom:{}", reaction.get("document_id")?.int()?));
        emoji.or_else(custom).unwrap_or_else(|| "paid".to_owned())
    };
    let one = |one: &Value| Some((kind(one.get("reaction")?), one.get("count")?.int()?));
    reactions.list_of("results").iter().filter_map(one).collect()
}
