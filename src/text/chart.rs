//! Small charts in text.

const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// One block a value, the highest value the full block; nothing is the lowest one.
pub fn sparkline(values: &[u64]) -> String {
    let most = values.iter().copied().max().unwrap_or(0);
    let level = |value: u64| if most == 0 { 0 } else { (value * 7).div_ceil(most) as usize };
    values.iter().map(|value| LEVELS[level(*value).min(7)]).collect()
}

/// A bar of up to `width` blocks.
pub fn bar(value: u64, most: u64, width: u64) -> String {
    let filled = if most == 0 { 0 } else { (value * width).div_ceil(most) };
    "█".repeat(filled as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_full_and_something_is_never_nothing() {
        assert_eq!(sparkline(&[0, 1, 50, 100]), "▁▂▅█");
        assert_eq!(sparkline(&[0, 0]), "▁▁");
        assert_eq!((bar(1, 100, 10).as_str(), bar(0, 100, 10).as_str(), bar(100, 100, 3).as_str()), ("█", "", "███"));
    }
}
