//! What fuzzers throw bytes at: one function a border at which foreign bytes come in. Each panics when a promise is broken.
//! `fuzz/` calls them with libFuzzer's inputs, the tests with mutations of real-shaped ones and with what was once found.

mod export;
mod files;
#[cfg(test)]
mod tests;
mod updates;

pub use self::{
    export::export,
    files::{directory, journal},
    updates::{dialogue, intake, press, updates},
};

/// Panics when a promise is broken.
pub type Target = fn(&[u8]);

/// Every target by the name that it has in `fuzz/`.
pub const TARGETS: [(&str, Target); 7] = [
    ("intake", intake),
    ("updates", updates),
    ("press", press),
    ("dialogue", dialogue),
    ("journal", journal),
    ("directory", directory),
    ("export", export),
];
