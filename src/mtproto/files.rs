//! What is attached to messages, fetched in parts from the data centre where it lies.

use grammers_tl_types as tl;

use super::{fault::CallFault, line::Line, pace::Class};

/// Bytes that are fetched at once: the most that Telegram gives.
pub const FILE_PART: u64 = 512 << 10;

/// Where a file lies, and what has to be shown for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// The data centre.
    pub dc: i32,
    /// Its number.
    pub id: i64,
    /// What the account has to show.
    pub hash: i64,
    /// Where it was seen; good for some hours.
    pub reference: Vec<u8>,
    /// Of a photo the size that is meant; `None`: a document.
    pub size: Option<String>,
}

impl FilePlace {
    fn location(&self) -> tl::enums::InputFileLocation {
        let (id, access_hash, file_reference) = (self.id, self.hash, self.reference.clone());
        match &self.size {
            Some(size) => {
                let thumb_size = size.clone();
                tl::types::InputPhotoFileLocation { id, access_hash, file_reference, thumb_size }.into()
            }
            None => {
                let thumb_size = String::new();
                tl::types::InputDocumentFileLocation { id, access_hash, file_reference, thumb_size }.into()
            }
        }
    }
}

impl Line {
    /// A part of a file, from this byte on, which is a multiple of [`FILE_PART`]. Less than a part is the last one.
    pub async fn file_part(&self, place: &FilePlace, offset: u64) -> Result<Vec<u8>, CallFault> {
        let request = tl::functions::upload::GetFile {
            precise: false,
            cdn_supported: false,
            location: place.location(),
            offset: i64::try_from(offset).unwrap_or(i64::MAX),
            limit: i32::try_from(FILE_PART).expect("it is small"),
        };
        match self.ask_at(Class::Files, place.dc, &request).await? {
            tl::enums::upload::File::File(part) => Ok(part.bytes),
            tl::enums::upload::File::CdnRedirect(_) => {
                Err(CallFault::Unreadable("a redirection that nobody asked for".to_owned()))
            }
        }
    }
}
