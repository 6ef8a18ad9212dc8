//! Shelves keep what they are given, and say no word of it.

use std::sync::Mutex;

use tempfile::TempDir;

use super::*;

/// A keyring in memory.
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

fn taken(cupboard: &Cupboard<'_>) -> Vec<(String, Shelf, String)> {
    let (found, faults) = cupboard.take(|_| true);
    assert!(faults.is_empty(), "{faults:?}");
    found.into_iter().map(|(name, shelf, value)| (name, shelf, value.expose_secret().to_owned())).collect()
}

#[test]
fn a_secret_lies_on_one_shelf_until_it_is_removed() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let cupboard = Cupboard::new(dir.path(), Some("sesame".into()), &keyring);
    cupboard.set("BOT_TOKEN", &"1:first".into(), Shelf::Keyring).expect("kept");
    cupboard.set("CRON_SECRET", &"second".into(), Shelf::File).expect("kept");
    let both = [("BOT_TOKEN", Shelf::Keyring, "1:first"), ("CRON_SECRET", Shelf::File, "second")];
    assert_eq!(taken(&cupboard), both.map(|(name, shelf, value)| (name.to_owned(), shelf, value.to_owned())));

    cupboard.set("BOT_TOKEN", &"1:other".into(), Shelf::File).expect("moved");
    assert!(keyring.0.lock().expect("held by nobody").is_empty(), "it lies in two places");
    for name in ["BOT_TOKEN", "CRON_SECRET"] {
        assert!(cupboard.remove(name).expect("removed") && !cupboard.remove(name).expect("looked"));
    }
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0, "nothing is left of it");
}

#[test]
fn nobody_reads_it_without_the_passphrase() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let open = |passphrase: Option<&str>| Cupboard::new(dir.path(), passphrase.map(SecretString::from), &keyring);
    open(Some("sesame")).set("BOT_TOKEN", &"1:treasure".into(), Shelf::File).expect("kept");
    for file in std::fs::read_dir(dir.path()).expect("a directory").flatten() {
        let bytes = std::fs::read(file.path()).expect("reads");
        assert!(!bytes.windows(8).any(|window| window == b"treasure"), "{:?}", file.path());
        assert!(!private_file::is_open_to_others(&file.path()));
    }
    for (passphrase, word) in [(None, "needs a passphrase"), (Some("barley"), "the passphrase is wrong")] {
        let (found, faults) = open(passphrase).take(|_| true);
        assert!(found.is_empty() && faults.len() == 1 && faults[0].to_string().contains(word), "{faults:?}");
        assert!(open(passphrase).set("CRON_SECRET", &"x".into(), Shelf::File).is_err(), "it would replace what it can't read");
    }
    assert!(open(None).take(|_| false).1.is_empty(), "nothing is unlocked that nobody wants");
}

#[test]
fn only_secrets_are_kept() {
    let (dir, keyring) = (TempDir::new().expect("a directory"), Memory::default());
    let cupboard = Cupboard::new(dir.path(), Some("sesame".into()), &keyring);
    assert!(matches!(cupboard.set("TZ", &"x".into(), Shelf::File), Err(SecretsFault::Unknown(_))));
    assert!(matches!(cupboard.set(PASSPHRASE, &"x".into(), Shelf::File), Err(SecretsFault::KeyInItsOwnBox)));
    cupboard.set(PASSPHRASE, &"x".into(), Shelf::Keyring).expect("kept");
}

#[test]
fn a_passphrase_comes_from_a_setting_a_file_or_systemd() {
    let dir = TempDir::new().expect("a directory");
    let file = dir.path().join(CREDENTIAL);
    std::fs::write(&file, "from the file\n").expect("writes");
    let of = |pairs: &[(&str, &str)]| {
        let given = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        passphrase(&given).map(|found| found.map(|found| found.expose_secret().to_owned()))
    };
    let path = file.to_str().expect("UTF-8");
    assert_eq!(of(&[]), Ok(None));
    assert_eq!(of(&[(PASSPHRASE, "itself"), (PASSPHRASE_FILE, path)]), Ok(Some("itself".to_owned())));
    assert_eq!(of(&[(PASSPHRASE_FILE, path)]), Ok(Some("from the file".to_owned())));
    assert_eq!(of(&[("CREDENTIALS_DIRECTORY", dir.path().to_str().expect("UTF-8"))]), Ok(Some("from the file".to_owned())));
    assert!(of(&[(PASSPHRASE_FILE, "/nowhere/at/all")]).is_err());
}
