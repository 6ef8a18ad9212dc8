//! Days in the journal, as chrono writes them (`2026-01-29`), without its formatter: each counted message writes three, which was
//! 4 % of all instructions for it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// For `#[serde(with = …)]`.
pub(super) fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
    let Some(year) = u32::try_from(day.year()).ok().filter(|year| *year <= 9_999) else { return day.serialize(to) };
    let digit = |n: u32| b'0' + (n % 10) as u8;
    let (month, day) = (day.month(), day.day());
    let text = [
        digit(year / 1_000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ];
    to.serialize_str(std::str::from_utf8(&text).expect("digits are UTF-8"))
}

/// For `#[serde(with = …)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    NaiveDate::deserialize(from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Ours(#[serde(with = "super")] NaiveDate);

    proptest! {
        #[test]
        fn it_is_what_chrono_writes(days in -800_000_i32..4_000_000) {
            let day = NaiveDate::from_num_days_from_ce_opt(days).expect("a day");
            let ours = serde_json::to_string(&Ours(day)).expect("JSON");
            prop_assert_eq!(&ours, &serde_json::to_string(&day).expect("JSON"));
            prop_assert_eq!(serde_json::from_str::<Ours>(&ours).expect("reads"), Ours(day));
        }
    }
}
