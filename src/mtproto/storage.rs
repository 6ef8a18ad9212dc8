//! The session as the library uses it: our record, written to our file at each change that matters.

use std::sync::{
    Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use grammers_session::{
    BoxFuture, Session,
    types::{DcOption, PeerId, PeerInfo, UpdateState, UpdatesState},
};

use super::{
    data_centre::AuthKey,
    file::{FileFault, SessionFile},
    record::{Centre, Record},
};

/// The session in use.
pub(super) struct Storage {
    /// `None` in tests of what needs none.
    file: Option<SessionFile>,
    record: Mutex<Record>,
    /// The addresses come from the settings; Telegram's own list doesn't replace them.
    fixed: bool,
    revoked: AtomicBool,
}

impl Storage {
    pub(super) fn new(file: Option<SessionFile>, record: Record, fixed: bool) -> Self {
        Self { file, record: Mutex::new(record), fixed, revoked: AtomicBool::new(false) }
    }

    /// What is known now.
    pub(super) fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes something; writes the file if it did.
    pub(super) fn change(&self, change: impl FnOnce(&mut Record)) -> Result<(), FileFault> {
        let mut record = self.record();
        let mut changed = record.clone();
        change(&mut changed);
        if changed != *record {
            if let Some(file) = &self.file {
                file.save(&changed)?;
            }
            *record = changed;
        }
        Ok(())
    }

    /// Begins anew with another session, in the same file.
    pub(super) fn replace(&self, fresh: Record) -> Result<(), FileFault> {
        self.change(|record| *record = fresh)?;
        self.revoked.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Whether Telegram doesn't know our key any more. The library has then made a new one, which nobody is logged in with;
    /// it is used for nothing and never written over the old one.
    pub(super) fn is_revoked(&self) -> bool {
        self.revoked.load(Ordering::Relaxed)
    }

    /// Gives the file back, for deleting it.
    pub(super) fn file(&self) -> Option<&SessionFile> {
        self.file.as_ref()
    }

    fn take_option(&self, option: &DcOption) -> Result<(), FileFault> {
        let key = option.auth_key.map(AuthKey);
        let is_lost = {
            let record = self.record();
            let known = record.centres.get(&option.id).and_then(|centre| centre.key.as_ref());
            record.account.is_some() && option.id == record.home && known.is_some() && key.is_some() && known != key.as_ref()
        };
        if is_lost {
            self.revoked.store(true, Ordering::Relaxed);
            return Ok(());
        }
        let is_fixed = self.fixed;
        self.change(|record| match record.centres.get_mut(&option.id) {
            Some(centre) => {
                if !is_fixed {
                    (centre.v4, centre.v6) = (option.ipv4, option.ipv6);
                }
                if key.is_some() {
                    centre.key = key;
                }
            }
            None if is_fixed => {}
            None => {
                record.centres.insert(option.id, Centre { v4: option.ipv4, v6: option.ipv6, key });
            }
        })
    }
}

/// The library looks for peers and the order of updates here; we keep both ourselves, or don't need them.
impl Session for Storage {
    type Error = FileFault;

    fn home_dc_id(&self) -> Result<i32, Self::Error> {
        Ok(self.record().home)
    }

    fn set_home_dc_id(&self, dc_id: i32) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(async move { self.change(|record| record.home = dc_id) })
    }

    fn dc_option(&self, dc_id: i32) -> Result<Option<DcOption>, Self::Error> {
        let option = |centre: &Centre| DcOption {
            id: dc_id,
            ipv4: centre.v4,
            ipv6: centre.v6,
            auth_key: centre.key.as_ref().map(|key| key.0),
        };
        Ok(self.record().centres.get(&dc_id).map(option))
    }

    fn set_dc_option(&self, option: &DcOption) -> BoxFuture<'_, Result<(), Self::Error>> {
        let option = option.clone();
        Box::pin(async move { self.take_option(&option) })
    }

    fn peer(&self, _: PeerId) -> BoxFuture<'_, Result<Option<PeerInfo>, Self::Error>> {
        Box::pin(async { Ok(None) })
    }

    fn cache_peer(&self, _: PeerInfo) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(async { Ok(()) })
    }

    fn updates_state(&self) -> BoxFuture<'_, Result<UpdatesState, Self::Error>> {
        Box::pin(async { Ok(UpdatesState::default()) })
    }

    fn set_update_state(&self, _: UpdateState) -> BoxFuture<'_, Result<(), Self::Error>> {
        Box::pin(async { Ok(()) })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::{
        domain::ids::UserId,
        mtproto::{data_centre::DataCentre, record::Account},
    };

    fn storage(is_logged_in: bool) -> Storage {
        let key = Some(AuthKey([1; 256]));
        let mut record = Record::new(&[DataCentre { id: 2, address: "127.0.0.1:4430".parse().expect("an address"), key }]);
        record.account =
            is_logged_in.then(|| Account { id: UserId(7), name: "Ann".to_owned(), username: None, since: DateTime::UNIX_EPOCH });
        Storage::new(None, record, true)
    }

    fn option(id: i32, key: u8) -> DcOption {
        let (v4, v6) = DataCentre { id: 2, address: "9.9.9.9:443".parse().expect("an address"), key: None }.sockets();
        DcOption { id, ipv4: v4, ipv6: v6, auth_key: Some([key; 256]) }
    }

    #[test]
    fn the_key_of_an_account_is_never_overwritten() {
        let storage = storage(true);
        storage.take_option(&option(2, 1)).expect("taken");
        assert!(!storage.is_revoked());
        storage.take_option(&option(2, 9)).expect("taken");
        assert!(storage.is_revoked());
        assert_eq!(storage.record().centres[&2].key, Some(AuthKey([1; 256])));
    }

    #[test]
    fn before_the_login_a_new_key_is_as_good() {
        let storage = storage(false);
        storage.take_option(&option(2, 9)).expect("taken");
        assert!(!storage.is_revoked());
        assert_eq!(storage.record().centres[&2].key, Some(AuthKey([9; 256])));
        assert_eq!(storage.record().centres[&2].v4.to_string(), "127.0.0.1:4430", "the settings' address stays");
    }
}
