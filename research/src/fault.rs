//! What can go wrong with a folder, in sentences that say which file, where in it, and what to do.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why there is no dataset or network.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The folder isn't there, or isn't one.
    #[error("{} is not a folder that can be read: {why}", path.display())]
    NoFolder {
        /// What was asked for.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A folder without a single channel.
    #[error("{} holds no collected channel: nothing below it is named <channel>_messages.json or <channel>/<channel>.json", .0.display())]
    NothingCollected(PathBuf),
    /// A file or folder that can't be read or written.
    #[error("can't {what} {}: {why}", path.display())]
    Disk {
        /// The operation, as a verb.
        what: &'static str,
        /// Of what.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// A collected file that isn't what it should be.
    #[error("{}, line {line}, column {column}: {why}\n  Collect this channel again, or move the file out of the folder.", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// From 1; collected files mostly have one long line.
        line: usize,
        /// From 1, in bytes.
        column: usize,
        /// What is wrong.
        why: String,
    },
    /// A file that ends in the midst of a value.
    #[error(
        "{} ends in the midst of a value, after {size} bytes: its writing was cut short\n  Collect this channel again, or move the file out of the folder.",
        path.display()
    )]
    CutShort {
        /// Which file.
        path: PathBuf,
        /// Its length.
        size: u64,
    },
    /// A table of the collection that can't be understood.
    #[error("{}: {why}\n  Put the file back as the collection wrote it, or move it away: it is made anew then.", path.display())]
    Table {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A picture or workbook that can't be made.
    #[error("can't draw up {what}: {why}")]
    Made {
        /// What was to be made.
        what: &'static str,
        /// What the library says.
        why: String,
    },
}

impl Fault {
    /// For `map_err`: this operation on this file.
    pub(crate) fn disk<'a>(what: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + use<'a> {
        move |why| Self::Disk { what, path: path.to_owned(), why }
    }

    /// What a JSON reader says of a file.
    pub(crate) fn json(path: &Path, why: serde_json::Error) -> Self {
        use serde_json::error::Category;
        match why.classify() {
            Category::Io => Self::Disk { what: "read", path: path.to_owned(), why: why.into() },
            Category::Eof => Self::CutShort { path: path.to_owned(), size: std::fs::metadata(path).map_or(0, |file| file.len()) },
            Category::Syntax | Category::Data => {
                let (line, column) = (why.line(), why.column());
                let said = why.to_string();
                let place = format!(" at line {line} column {column}");
                Self::Broken { path: path.to_owned(), line, column, why: said.strip_suffix(&place).unwrap_or(&said).to_owned() }
            }
        }
    }
}
