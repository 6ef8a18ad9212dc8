//! How much a number changed.

/// A number against the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// No difference.
    Same,
    /// More; no percentage where there was nothing before.
    Up {
        /// By how many.
        by: u64,
        /// Rounded to the nearest, of the number before.
        percent: Option<u64>,
    },
    /// Less.
    Down {
        /// By how many.
        by: u64,
        /// Rounded to the nearest, of the number before.
        percent: u64,
    },
}

impl Trend {
    /// What became of `before`.
    pub fn of(now: u64, before: u64) -> Self {
        let percent = |by: u64| (u128::from(by) * 200 + u128::from(before)).checked_div(u128::from(before) * 2).map(|p| p as u64);
        match now.cmp(&before) {
            std::cmp::Ordering::Equal => Trend::Same,
            std::cmp::Ordering::Greater => Trend::Up { by: now - before, percent: percent(now - before) },
            std::cmp::Ordering::Less => {
                let by = before - now;
                Trend::Down { by, percent: percent(by).expect("there was something before") }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_rounded_to_the_nearest_percent() {
        assert_eq!(Trend::of(5, 5), Trend::Same);
        assert_eq!(Trend::of(0, 0), Trend::Same);
        assert_eq!(Trend::of(3, 0), Trend::Up { by: 3, percent: None });
        assert_eq!(Trend::of(8, 3), Trend::Up { by: 5, percent: Some(167) });
        assert_eq!(Trend::of(1, 3), Trend::Down { by: 2, percent: 67 });
        assert_eq!(Trend::of(0, 3), Trend::Down { by: 3, percent: 100 });
    }
}
