//! The file keeps its secret, its owner and its past.

use std::{collections::BTreeMap, sync::Mutex};

use tempfile::TempDir;

use super::*;
use crate::mtproto::data_centre::{AuthKey, DataCentre};

#[derive(Default)]
struct Memory(Mutex<BTreeMap<String, SecretString>>);

impl Keyring for Memory {
    fn get(&self, name: &str) -> Result<Option<SecretString>, KeyringFault> {
        Ok(self.0.lock().expect("held by nobody").get(name).cloned())
    }

    fn set(&self, name: &str, value: &SecretString) -> Result<(), KeyringFault> {
        self.0.lock().expect("held by nobody").insert(name.to_owned(), value.clone());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<bool, KeyringFault> {
        Ok(self.0.lock().expect("held by nobody").remove(name).is_some())
    }
}

fn record() -> Record {
    let key = Some(AuthKey([b'k'; 256]));
    Record::new(&[DataCentre { id: 2, address: "127.0.0.1:4430".parse().expect("an address"), key }])
}

fn now() -> DateTime<Utc> {
    "2026-03-04T09:30:00Z".parse().expect("a time")
}

/// Whether the file has the key in it, in any of the ways in which it could.
fn shows_the_key(dir: &Path) -> bool {
    let text = std::fs::read_to_string(dir.join(FILE)).expect("reads");
    text.contains(&STANDARD.encode([b'k'; 255])[..40]) || text.contains("kkkk") || text.contains("127.0.0.1")
}

#[test]
fn it_is_closed_as_the_settings_say_whenever_they_change() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let sesame = SecretString::from("sesame");
    let ways = [
        (SealChoice::Auto, None, true),
        (SealChoice::Auto, Some(&sesame), false),
        (SealChoice::Keyring, Some(&sesame), false),
        (SealChoice::Passphrase, Some(&sesame), false),
        (SealChoice::None, Some(&sesame), true),
    ];
    for (index, (choice, passphrase, is_plain)) in ways.into_iter().enumerate() {
        let sealing = Sealing { choice, passphrase, keyring: &keyring };
        let (file, found) = SessionFile::open(dir.path(), &sealing, now()).expect("opens");
        assert_eq!(found, (index > 0).then(record), "{choice:?}");
        file.save(&record()).expect("saves");
        assert_eq!(shows_the_key(dir.path()), is_plain, "{choice:?}");
        assert!(!private_file::is_open_to_others(&dir.path().join(FILE)));
    }
}

#[test]
fn it_opens_for_nobody_else() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let (sesame, barley) = (SecretString::from("sesame"), SecretString::from("barley"));
    let with = |passphrase| Sealing { choice: SealChoice::Auto, passphrase, keyring: &keyring };
    SessionFile::open(dir.path(), &with(Some(&sesame)), now()).expect("opens").0.save(&record()).expect("saves");
    let refused = |passphrase| SessionFile::open(dir.path(), &with(passphrase), now()).err().expect("refused");
    assert!(matches!(refused(None), FileFault::NoPassphrase));
    assert!(matches!(refused(Some(&barley)), FileFault::Sealed(SealFault::WrongPassphrase)));
    assert!(matches!(SessionFile::peek(dir.path(), &with(Some(&sesame))), Ok(Some(found)) if found == record()));
}

#[test]
fn one_process_has_it() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
    let first = SessionFile::open(dir.path(), &sealing, now()).expect("opens");
    let refused = SessionFile::open(dir.path(), &sealing, now()).err().expect("refused").to_string();
    assert!(refused.contains(&format!("process {}", std::process::id())) && refused.contains("stop it first"), "{refused}");
    assert!(SessionFile::owner(dir.path()).is_some());
    drop(first);
    assert!(SessionFile::owner(dir.path()).is_none() && SessionFile::open(dir.path(), &sealing, now()).is_ok());
}

#[test]
fn what_cant_be_read_is_told_without_quoting_it() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let sealing = Sealing { choice: SealChoice::None, passphrase: None, keyring: &keyring };
    for (text, word) in [
        ("{\"format\": 1, \"session\": {\"home\": \"kkkk\"}}", "line 1 column"),
        ("{\"format\": 9}", "newer rollcall"),
        ("{\"format\": 1}", "either a session or a sealed one"),
        ("kkkk", "line 1 column 1"),
    ] {
        std::fs::write(dir.path().join(FILE), text).expect("writes");
        let why = SessionFile::open(dir.path(), &sealing, now()).err().expect("refused").to_string();
        assert!(why.contains(word) && !why.contains("kkkk"), "{why}");
        assert_eq!(std::fs::read_to_string(dir.path().join(FILE)).expect("reads"), text, "it was touched");
    }
}
