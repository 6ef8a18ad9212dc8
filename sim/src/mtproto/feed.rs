//! What a connection is told without asking: everything since it came, with the accidents that were ordered.

use std::sync::atomic::Ordering;

use super::{
    invoke::Caller,
    links::Links,
    pushes::{self, Reader},
    server::Centre,
};
use crate::model::account::Login;

/// How far a connection was told what happened.
#[derive(Debug)]
pub(super) struct Feed {
    read: usize,
    /// An update that waits for the next one to overtake it.
    overtaken: Option<Vec<u8>>,
}

impl Feed {
    /// From now on.
    pub(super) fn new(centre: &Centre) -> Self {
        Self { read: centre.shared.world().news.len(), overtaken: None }
    }

    /// The updates to send now.
    pub(super) fn fresh(&mut self, centre: &Centre, caller: &Caller) -> Vec<Vec<u8>> {
        let links = &centre.links;
        if links.silent.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let updates = self.unread(centre, caller);
        updates.into_iter().flat_map(|update| self.disturbed(links, update)).collect()
    }

    fn unread(&mut self, centre: &Centre, caller: &Caller) -> Vec<Vec<u8>> {
        let world = centre.shared.world();
        let user = match world.accounts.keys.get(&caller.key).map(|key| key.login) {
            Some(Login::User(user)) => Some(user),
            Some(Login::Nobody | Login::NeedsPassword(_)) | None => None,
        };
        let reader = Reader { key: caller.key, session: caller.session, user };
        let unread = world.news[self.read..].iter().filter_map(|news| pushes::updates(&world, reader, news)).collect();
        self.read = world.news.len();
        unread
    }

    fn disturbed(&mut self, links: &Links, update: Vec<u8>) -> Vec<Vec<u8>> {
        let one_less = |left: usize| left.checked_sub(1);
        if links.lose.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less).is_ok() {
            return Vec::new();
        }
        let mut updates = vec![update];
        match self.overtaken.take() {
            Some(earlier) => updates.push(earlier),
            None if links.swap.load(Ordering::Relaxed) => self.overtaken = updates.pop(),
            None => {}
        }
        if links.twice.load(Ordering::Relaxed) {
            updates = updates.iter().flat_map(|update| [update.clone(), update.clone()]).collect();
        }
        updates
    }
}
