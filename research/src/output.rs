//! Files that appear whole or not at all: each is written beside its place, and takes it when everything is done.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::fault::Fault;

/// A file on its way.
#[derive(Debug)]
pub(crate) struct Output {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
}

impl Output {
    /// Begins a file in a folder.
    pub(crate) fn begin(dir: &Path, name: &str) -> Result<Self, Fault> {
        let (path, part) = (dir.join(name), dir.join(format!("{name}.part")));
        let file = File::create(&part).map_err(Fault::disk("write", &part))?;
        Ok(Self { path, part, file: BufWriter::with_capacity(256 * 1024, file) })
    }

    /// A whole file at once.
    pub(crate) fn whole(dir: &Path, name: &str, content: &[u8]) -> Result<Self, Fault> {
        let mut output = Self::begin(dir, name)?;
        output.put(content)?;
        Ok(output)
    }

    pub(crate) fn put(&mut self, content: &[u8]) -> Result<(), Fault> {
        self.file.write_all(content).map_err(Fault::disk("write", &self.part))
    }

    /// What a writer of the library said, as a fault of this file.
    pub(crate) fn fault(&self, why: io::Error) -> Fault {
        Fault::disk("write", &self.part)(why)
    }

    /// The file takes its place.
    pub(crate) fn finish(mut self) -> Result<PathBuf, Fault> {
        self.file.flush().map_err(Fault::disk("write", &self.part))?;
        self.file.get_ref().sync_all().map_err(Fault::disk("write", &self.part))?;
        fs::rename(&self.part, &self.path).map_err(Fault::disk("put in its place", &self.path))?;
        Ok(self.path.clone())
    }
}

impl Write for Output {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        self.file.write(content)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Output {
    /// Nothing half is left lying about; after `finish` there is no such file any more.
    fn drop(&mut self) {
        drop(fs::remove_file(&self.part));
    }
}
