//! Words for boards, in files that an admin may change: `DATA_DIR/study/words/compliments.en.txt` and so on. They are written at
//! first use with our own words in them, and read anew for each board.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::disk::{Disk, RealDisk, replace};
use crate::{
    domain::lang::Lang,
    study::words::{Words, WordsError, parse},
    text::words::WordList,
};

/// Below the data directory.
const FOLDER: &str = "study/words";

/// Why a file of words can't be used; ours are, meanwhile.
#[derive(Debug, thiserror::Error)]
pub enum WordsFault {
    /// An operation of the disk failed.
    #[error("can't {operation} {}: {why}; our own words are used meanwhile", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// It has nothing that can be used.
    #[error("{} can't be used: {why}. Our own words are used meanwhile", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        why: WordsError,
    },
}

/// The words of a language, and what is wrong with their files.
pub fn words(data_dir: &Path, lang: Lang) -> (Words, Vec<WordsFault>) {
    let mut faults = Vec::new();
    let mut lines = |list: WordList| {
        list_from(data_dir, list, lang).unwrap_or_else(|fault| {
            faults.push(fault);
            built_in(list, lang)
        })
    };
    let words = Words { compliments: lines(WordList::Compliments), quotes: lines(WordList::Quotes) };
    (words, faults)
}

fn list_from(data_dir: &Path, list: WordList, lang: Lang) -> Result<Vec<String>, WordsFault> {
    let path = data_dir.join(FOLDER).join(list.file(lang));
    match RealDisk.read(&path) {
        Ok(bytes) => parse(&bytes).map_err(|why| WordsFault::Unusable { path, why }),
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            // Never makes the data directory itself: one that is gone for a moment is not to be taken for a new one.
            if data_dir.is_dir() {
                write(&path, &list.file_content(lang)).map_err(|why| WordsFault::Io { operation: "write", path, why })?;
            }
            Ok(built_in(list, lang))
        }
        Err(why) => Err(WordsFault::Io { operation: "read", path, why }),
    }
}

fn write(path: &Path, content: &str) -> io::Result<()> {
    RealDisk.create_dir_all(path.parent().expect("it has a folder"))?;
    replace(&RealDisk, path, content.as_bytes())
}

fn built_in(list: WordList, lang: Lang) -> Vec<String> {
    parse(list.built_in(lang).as_bytes()).expect("ours are lines of text")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    #[test]
    fn files_are_written_at_first_use_and_then_an_admins_own() {
        let dir = TempDir::new().expect("a directory");
        let (ours, faults) = words(dir.path(), Lang::Uz);
        assert!(faults.is_empty() && ours.quotes.len() >= 60);
        let path = dir.path().join("study/words/quotes.uz.txt");
        let written = fs::read_to_string(&path).expect("written");
        assert!(written.starts_with('#') && written.contains(&ours.quotes[3]));
        assert_eq!(words(dir.path(), Lang::Uz).0, ours, "what was written reads the same");
        fs::write(&path, "Bir\nIkki\n").expect("changed");
        let (changed, _) = words(dir.path(), Lang::Uz);
        assert_eq!((changed.quotes, changed.compliments), (vec!["Bir".into(), "Ikki".into()], ours.compliments));
        assert!(!dir.path().join("study/words/quotes.ru.txt").exists(), "only what is used");
    }

    #[test]
    fn what_can_not_be_used_is_named_and_left_alone() {
        let dir = TempDir::new().expect("a directory");
        let (ours, _) = words(dir.path(), Lang::En);
        let path = |name: &str| dir.path().join("study/words").join(name);
        fs::write(path("quotes.en.txt"), b"\xff\xff").expect("spoilt");
        fs::write(path("compliments.en.txt"), "# nothing\n").expect("emptied");
        let (words_now, faults) = words(dir.path(), Lang::En);
        assert_eq!(words_now, ours);
        let said: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert!(said[0].contains("compliments.en.txt") && said[0].contains("one a line"), "{said:?}");
        assert!(said[1].contains("quotes.en.txt") && said[1].contains("UTF-8"), "{said:?}");
        assert_eq!(fs::read(path("quotes.en.txt")).expect("there"), b"\xff\xff");
    }

    #[test]
    fn a_directory_that_is_gone_is_not_made_anew() {
        let dir = TempDir::new().expect("a directory");
        let gone = dir.path().join("gone");
        let (words, faults) = words(&gone, Lang::En);
        assert!(words.quotes.len() >= 60 && faults.is_empty() && !gone.exists());
    }
}
