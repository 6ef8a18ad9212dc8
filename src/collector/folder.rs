//! The folder: files for researchers, and beside them, in `.rollcall`, what the next run goes on from.
//!
//! Every file is replaced as a whole, and a page is in its place before the channel's state speaks of it: whatever is cut short,
//! the next run reads the same page again and writes the same file.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{page, source::Why};
use crate::{
    channels::{Answer, ChannelName, Coverage, Head, Named},
    store::{
        DirectoryLock, Owner, StoreFault,
        disk::{self, DiskFile, SharedDisk},
    },
};

const OURS: &str = ".rollcall";
const LOCK: &str = "collect.lock";
/// Where files lie that were attached to messages.
const MEDIA: &str = "media";
const FORMAT: u32 = 1;
/// Quick, and a tenth of the size: posts repeat themselves.
const COMPRESSION: i32 = 3;

/// Why the folder can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderFault {
    /// An operation of the disk.
    #[error("can't {operation} {}: {why}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's reason.
        #[source]
        why: io::Error,
    },
    /// It isn't what we wrote.
    #[error("{} can't be read: {why}; put a copy in its place, or collect into another folder", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A newer release wrote it.
    #[error("{} was written by a newer rollcall; use that one", .0.display())]
    Newer(PathBuf),
    /// Another process collects into it.
    #[error(transparent)]
    Lock(StoreFault),
}

/// A channel that was asked for, or that others led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// As it was typed; its folder is called so.
    pub name: String,
    /// What the name stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// What the account that collects has to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<i64>,
    /// Why it couldn't be read the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Why>,
    /// So many steps away from what was asked for.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub depth: u32,
    /// Others led to it, and it isn't collected yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_open: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(depth: &u32) -> bool {
    *depth == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Wanted {
    /// One that nothing is known of.
    pub fn new(name: &ChannelName) -> Self {
        Self { name: name.to_string(), id: None, hash: None, failed: None, depth: 0, is_open: false }
    }
}

/// The channels of the folder, in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    format: u32,
    pub(super) channels: Vec<Wanted>,
}

impl Names {
    /// Where a channel stands in the list.
    pub(super) fn place_of(&self, name: &ChannelName) -> Option<usize> {
        self.channels.iter().position(|known| known.name.eq_ignore_ascii_case(name.as_str()))
    }
}

/// What is known of a channel that is collected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChannelState {
    format: u32,
    /// Its folder.
    pub(super) name: String,
    /// The chats that its own answer names.
    #[serde(default)]
    pub(super) own: Vec<Named>,
    /// What is here of its history.
    #[serde(default)]
    pub(super) coverage: Coverage,
    /// The newest answer, without its lists.
    #[serde(default)]
    pub(super) head: Head,
    /// Something is here that the files don't have yet.
    #[serde(default)]
    pub(super) is_dirty: bool,
    /// The same of the file of comments.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) has_new_comments: bool,
}

/// A folder that this process collects into.
#[derive(Debug)]
pub struct Folder {
    dir: PathBuf,
    disk: SharedDisk,
    _lock: DirectoryLock,
}

impl Folder {
    /// Takes a folder; makes it if need be.
    pub fn open(dir: &Path, disk: SharedDisk, owner: &Owner) -> Result<Self, FolderFault> {
        let ours = dir.join(OURS);
        disk.create_dir_all(&ours).map_err(io_fault("make", &ours))?;
        let lock = DirectoryLock::take_file(&ours, LOCK, owner).map_err(FolderFault::Lock)?;
        Ok(Self { dir: dir.to_owned(), disk, _lock: lock })
    }

    /// A file for researchers.
    pub(super) fn public(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    /// A channel's file for researchers: `name/name` and what follows.
    pub(super) fn of_channel(&self, name: &str, ending: &str) -> PathBuf {
        self.dir.join(name).join(format!("{name}{ending}"))
    }

    fn ours(&self, id: i64) -> PathBuf {
        self.dir.join(OURS).join(id.to_string())
    }

    fn page_path(&self, id: i64, place: (u32, u32)) -> PathBuf {
        self.ours(id).join(format!("{:05}-{:06}.page", place.0, place.1))
    }

    pub(super) fn names(&self) -> Result<Names, FolderFault> {
        let path = self.dir.join(OURS).join("channels.json");
        let names: Option<Names> = self.read(&path)?;
        if names.as_ref().is_some_and(|names| names.format > FORMAT) {
            return Err(FolderFault::Newer(path));
        }
        Ok(names.unwrap_or(Names { format: FORMAT, channels: Vec::new() }))
    }

    pub(super) fn save_names(&self, names: &Names) -> Result<(), FolderFault> {
        self.save(&self.dir.join(OURS).join("channels.json"), names)
    }

    pub(super) fn state(&self, id: i64) -> Result<Option<ChannelState>, FolderFault> {
        let path = self.ours(id).join("state.json");
        let state: Option<ChannelState> = self.read(&path)?;
        if state.as_ref().is_some_and(|state| state.format > FORMAT) {
            return Err(FolderFault::Newer(path));
        }
        Ok(state)
    }

    pub(super) fn new_state(name: &str) -> ChannelState {
        ChannelState { format: FORMAT, name: name.to_owned(), ..ChannelState::default() }
    }

    pub(super) fn save_state(&self, id: i64, state: &ChannelState) -> Result<(), FolderFault> {
        self.save(&self.ours(id).join("state.json"), state)
    }

    /// Something else that is known of a channel.
    pub(super) fn note<T: DeserializeOwned>(&self, id: i64, file: &str) -> Result<Option<T>, FolderFault> {
        self.read(&self.ours(id).join(file))
    }

    pub(super) fn save_note<T: Serialize>(&self, id: i64, file: &str, note: &T) -> Result<(), FolderFault> {
        self.save(&self.ours(id).join(file), note)
    }

    pub(super) fn forget_note(&self, id: i64, file: &str) -> Result<(), FolderFault> {
        self.withdraw(&self.ours(id).join(file))
    }

    /// Keeps a page.
    pub(super) fn save_page(&self, id: i64, place: (u32, u32), page: &Answer) -> Result<(), FolderFault> {
        self.pack(&self.page_path(id, place), page)
    }

    /// Reads a page that was kept; without its head.
    pub(super) fn page(&self, id: i64, place: (u32, u32)) -> Result<Answer, FolderFault> {
        self.unpack(self.page_path(id, place))
    }

    fn comments_path(&self, id: i64, post: i64, page: u32) -> PathBuf {
        self.ours(id).join("comments").join(format!("{post}-{page:04}.page"))
    }

    /// Keeps a page of what was written below a post.
    pub(super) fn save_comments(&self, id: i64, post: i64, page: u32, answer: &Answer) -> Result<(), FolderFault> {
        self.pack(&self.comments_path(id, post, page), answer)
    }

    /// Reads it.
    pub(super) fn comments(&self, id: i64, post: i64, page: u32) -> Result<Answer, FolderFault> {
        self.unpack(self.comments_path(id, post, page))
    }

    fn pack(&self, path: &Path, page: &Answer) -> Result<(), FolderFault> {
        let packed = zstd::encode_all(page::written(page).as_bytes(), COMPRESSION).map_err(io_fault("pack", path))?;
        self.replace(path, &packed)
    }

    fn unpack(&self, path: PathBuf) -> Result<Answer, FolderFault> {
        let packed = self.disk.read(&path).map_err(io_fault("read", &path))?;
        let unpacked = zstd::Decoder::new(&packed[..]).map_err(io_fault("unpack", &path))?;
        page::read(unpacked).map_err(|why| FolderFault::Unreadable { path, why: why.to_string() })
    }

    /// The places of all pages, the newest first.
    pub(super) fn places(state: &ChannelState) -> impl Iterator<Item = (u32, u32)> {
        state.coverage.spans.iter().flat_map(|span| (0..span.pages).map(|page| (span.key, page)))
    }

    /// Writes a file for researchers as a whole.
    pub(super) fn publish(&self, path: &Path, content: &[u8]) -> Result<(), FolderFault> {
        self.publish_by(path, |out| out.write_all(content))
    }

    /// The same, piece by piece.
    pub(super) fn publish_by(
        &self,
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), FolderFault> {
        let parent = path.parent().unwrap_or(&self.dir);
        self.disk.create_dir_all(parent).map_err(io_fault("make", parent))?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let work = || {
            let mut out = io::BufWriter::with_capacity(1 << 20, self.disk.create(&part)?);
            write(&mut out)?;
            let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync()?;
            drop(file);
            self.disk.rename(&part, path)?;
            self.disk.sync_dir(parent)
        };
        work().map_err(io_fault("write", path))
    }

    /// A file for researchers, to be read bit by bit; `None` where there is none.
    pub(super) fn open_public(&self, path: &Path) -> Result<Option<std::fs::File>, FolderFault> {
        match std::fs::File::open(path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(None),
            opened => opened.map(Some).map_err(io_fault("read", path)),
        }
    }

    /// How long a file for researchers is; 0 where there is none.
    pub(super) fn length(&self, path: &Path) -> Result<u64, FolderFault> {
        let file = self.open_public(path)?;
        file.map_or(Ok(0), |file| Ok(file.metadata().map_err(io_fault("read", path))?.len()))
    }

    /// Whether a file for researchers is there.
    pub(super) fn has(&self, path: &Path) -> bool {
        path.exists()
    }

    /// The numbers of the messages whose files are here.
    pub(super) fn media_here(&self, name: &str) -> Result<BTreeSet<i64>, FolderFault> {
        let dir = self.dir.join(name).join(MEDIA);
        let files = match self.disk.list(&dir) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
            listed => listed.map_err(io_fault("look into", &dir))?,
        };
        Ok(files.iter().filter_map(|file| file.file_stem()?.to_str()?.parse().ok()).collect())
    }

    /// What is here of a file that is being fetched, in whole parts. It becomes a file for researchers, as readable as the others.
    pub(super) fn open_part(&self, id: i64, part: &str, size: u64) -> Result<(Box<dyn DiskFile>, u64), FolderFault> {
        let path = self.ours(id).join(MEDIA).join(part);
        let parent = self.ours(id).join(MEDIA);
        self.disk.create_dir_all(&parent).map_err(io_fault("make", &parent))?;
        let open = || {
            let file = self.disk.append(&path)?;
            let whole = file.size()? / size * size;
            file.truncate(whole)?;
            Ok((file, whole))
        };
        open().map_err(io_fault("open", &path))
    }

    /// Forgets what was fetched of a file.
    pub(super) fn drop_part(&self, id: i64, part: &str) -> Result<(), FolderFault> {
        self.withdraw(&self.ours(id).join(MEDIA).join(part))
    }

    /// Puts a file that was fetched into its place.
    pub(super) fn publish_part(&self, id: i64, part: &str, name: &str, file: &str) -> Result<(), FolderFault> {
        let dir = self.dir.join(name).join(MEDIA);
        self.disk.create_dir_all(&dir).map_err(io_fault("make", &dir))?;
        let path = dir.join(file);
        let renamed = self.disk.rename(&self.ours(id).join(MEDIA).join(part), &path).and_then(|()| self.disk.sync_dir(&dir));
        renamed.map_err(io_fault("write", &path))
    }

    /// Takes a file away, if it is there.
    pub(super) fn withdraw(&self, path: &Path) -> Result<(), FolderFault> {
        match self.disk.remove(path) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => Err(io_fault("remove", path)(why)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn read<T: DeserializeOwned>(&self, path: &Path) -> Result<Option<T>, FolderFault> {
        let bytes = match self.disk.read(path) {
            Ok(bytes) => bytes,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(io_fault("read", path)(why)),
        };
        let unreadable = |why: serde_json::Error| FolderFault::Unreadable { path: path.to_owned(), why: why.to_string() };
        serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
    }

    fn save<T: Serialize>(&self, path: &Path, what: &T) -> Result<(), FolderFault> {
        self.replace(path, &serde_json::to_vec(what).expect("it is JSON"))
    }

    fn replace(&self, path: &Path, content: &[u8]) -> Result<(), FolderFault> {
        let parent = path.parent().unwrap_or(&self.dir);
        self.disk.create_dir_all(parent).map_err(io_fault("make", parent))?;
        let replaced = disk::replace_private(&*self.disk, path, content).and_then(|()| self.disk.sync_dir(parent));
        replaced.map_err(io_fault("write", path))
    }
}

/// A fault of an operation on this.
pub(super) fn io_fault(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> FolderFault {
    let path = path.to_owned();
    move |why| FolderFault::Io { operation, path, why }
}
