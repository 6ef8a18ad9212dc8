//! What somebody may take along: single files, or all of them in one.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rollcall_research::page_blocks;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::workspace::Workspace;

/// From here on a file within an archive needs longer numbers.
const LARGE: u64 = u32::MAX as u64;

/// A file to take along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentFile {
    /// Names it in an address: its path with `~` for `/`, which no name here has.
    pub key: String,
    /// Its path within the folder.
    pub name: String,
    /// Its length in bytes.
    pub bytes: u64,
    path: PathBuf,
}

/// What is taken along.
#[derive(Clone, Debug)]
pub enum Sent {
    /// One.
    One(SentFile),
    /// All of them.
    All(Vec<SentFile>),
}

impl Workspace {
    /// Everything that can be taken along, by name. What the collecting keeps for itself is nobody's.
    pub fn files(&self) -> Vec<SentFile> {
        let mut found = Vec::new();
        for (folder, name) in [(self.made(), "tables"), (self.data(), "channels")] {
            walk(&folder, name, &mut found);
        }
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    }

    /// The file of this key.
    pub fn file(&self, key: &str) -> Option<SentFile> {
        self.files().into_iter().find(|file| file.key == key)
    }

    /// The picture of the network.
    pub fn picture(&self) -> Option<Vec<u8>> {
        fs::read(self.made().join("network.svg")).ok()
    }

    /// The page of the network, if its style and its script are those of this release: nothing else may run in a browser that is
    /// signed in here.
    pub fn network_page(&self) -> Option<String> {
        let page = fs::read_to_string(self.made().join("network.html")).ok()?;
        let [style, script] = page_blocks();
        let has = |block: String| page.contains(&block);
        (has(format!("<style>{style}</style>")) && has(format!("<script>{script}</script>"))).then_some(page)
    }

    /// What the nodes of the network are called, by their ids.
    pub fn names(&self) -> HashMap<String, String> {
        self.rows("nodes.csv", usize::MAX - 1)
            .into_iter()
            .filter_map(|row| Some((row.first()?.clone(), row.get(1)?.clone())))
            .collect()
    }

    /// The rows of a table of the network (`nodes.csv`, `edges.csv`) with its headings, so many at most.
    pub fn rows(&self, file: &str, most: usize) -> Vec<Vec<String>> {
        let Ok(mut reader) = csv::ReaderBuilder::new().has_headers(false).from_path(self.made().join(file)) else {
            return Vec::new();
        };
        reader.records().flatten().take(most + 1).map(|row| row.iter().map(str::to_owned).collect()).collect()
    }
}

fn walk(folder: &Path, name: &str, found: &mut Vec<SentFile>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (Ok(kind), Ok(own)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
        let name = format!("{name}/{own}");
        if own.starts_with('.') || own.ends_with(".part") || own == "summary.json" {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &name, found);
        } else if let (true, Ok(data)) = (kind.is_file(), entry.metadata()) {
            found.push(SentFile { key: name.replace('/', "~"), name, bytes: data.len(), path: entry.path() });
        }
    }
}

impl Sent {
    /// Writes it, bit by bit.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        match self {
            Self::One(file) => io::copy(&mut File::open(&file.path)?, &mut out).map(drop),
            Self::All(files) => {
                let mut archive = ZipWriter::new_stream(UntilGone { out, is_gone: false });
                for file in files {
                    let options = SimpleFileOptions::default().large_file(file.bytes >= LARGE);
                    archive.start_file(&file.name, options)?;
                    io::copy(&mut File::open(&file.path)?, &mut archive)?;
                }
                archive.finish()?.flush()
            }
        }
    }
}

/// Takes everything once whoever reads is gone. An archive that is dropped then writes its end all the same, and the library that
/// makes it would complain on standard error, where nobody can do anything about it.
struct UntilGone<W> {
    out: W,
    is_gone: bool,
}

impl<W: Write> Write for UntilGone<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_gone {
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        self.is_gone = written.as_ref().is_err_and(|why| why.kind() != io::ErrorKind::Interrupted);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_gone { Ok(()) } else { self.out.flush() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Breaks after so many bytes, and counts what is written to it after that.
    struct Breaks {
        left: usize,
        after: usize,
    }

    impl Write for &mut Breaks {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.left == 0 {
                self.after += 1;
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let written = bytes.len().min(self.left);
            self.left -= written;
            Ok(written)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_goes_away_is_written_to_once() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("posts.csv");
        fs::write(&path, "a post\n".repeat(100_000)).expect("written");
        let file = SentFile { key: "posts.csv".to_owned(), name: "posts.csv".to_owned(), bytes: 700_000, path };
        let mut reader = Breaks { left: 100, after: 0 };
        let sent = Sent::All(vec![file]).write(&mut reader);
        assert_eq!(sent.map_err(|why| why.kind()), Err(io::ErrorKind::BrokenPipe));
        assert_eq!(reader.after, 1);
    }
}
