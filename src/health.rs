//! Whether the daemon does what it is there for, in a sentence. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// What is known.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The fault that the process ends with.
    pub fault: Option<String>,
    /// A loop that should go round doesn't.
    pub is_stuck: bool,
    /// Where the last write failed: the data directory, or the database.
    pub writing_fails: Option<&'static str>,
    /// Why nothing is received.
    pub trouble: Option<String>,
    /// Receiving has begun.
    pub is_open: bool,
    /// When Telegram last answered or delivered.
    pub last_answer: Option<DateTime<Utc>>,
    /// An answer is due so often; `None` in webhook mode, where silence is silence in the groups.
    pub answers_every: Option<TimeDelta>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// All is well, or why not.
pub fn judge(facts: &Facts) -> Result<&'static str, String> {
    if let Some(fault) = &facts.fault {
        return Err(format!("ending: {fault}"));
    }
    if facts.is_stuck {
        return Err("stuck: receiving makes no progress".to_owned());
    }
    if let Some(place) = facts.writing_fails {
        return Err(format!("can't write to the {place}; nothing is lost, and nothing more is received meanwhile"));
    }
    if let Some(trouble) = &facts.trouble {
        return Err(format!("not receiving: {trouble}"));
    }
    if !facts.is_open {
        return Err("starting: Telegram has not answered yet".to_owned());
    }
    let silence = facts.last_answer.map(|at| facts.now - at);
    match (silence, facts.answers_every) {
        (Some(silence), Some(usual)) if silence > usual => {
            Err(format!("not receiving: no answer from Telegram for {} seconds", silence.num_seconds()))
        }
        _ => Ok("receiving"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn well() -> Facts {
        let now = DateTime::from_timestamp(1_000_000, 0).expect("a time");
        Facts {
            fault: None,
            is_stuck: false,
            writing_fails: None,
            trouble: None,
            is_open: true,
            last_answer: Some(now - TimeDelta::seconds(20)),
            answers_every: Some(TimeDelta::seconds(60)),
            now,
        }
    }

    #[test]
    fn each_ailment_has_its_sentence() {
        assert_eq!(judge(&well()), Ok("receiving"));
        let long_ago = well().last_answer.map(|at| at - TimeDelta::seconds(100));
        assert_eq!(judge(&Facts { last_answer: long_ago, answers_every: None, ..well() }), Ok("receiving"));
        let ill = [
            (Facts { fault: Some("the disk failed".into()), ..well() }, "ending: the disk failed"),
            (Facts { is_stuck: true, ..well() }, "stuck"),
            (Facts { writing_fails: Some("database"), ..well() }, "can't write to the database"),
            (Facts { trouble: Some("refused".into()), ..well() }, "not receiving: refused"),
            (Facts { is_open: false, ..well() }, "starting"),
            (Facts { last_answer: long_ago, ..well() }, "no answer from Telegram for 120 seconds"),
        ];
        for (facts, words) in ill {
            let said = judge(&facts).expect_err("not well");
            assert!(said.contains(words), "{said}");
        }
    }
}
