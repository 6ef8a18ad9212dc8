//! What tests hold: data centres, sessions, and what people do about their accounts.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, atomic::Ordering},
};

use base64::Engine;

use super::{
    USUAL_CENTRE,
    crypto::{self, AuthKey},
    links::Order,
    server::{self, Centre},
    srp::Password,
};
use crate::{Fault, Sim, User, When, model::account::Login};

/// A data centre on loopback.
#[derive(Clone, Debug)]
pub struct DataCentre(Arc<Centre>);

impl DataCentre {
    /// Its number.
    pub fn id(&self) -> i32 {
        self.0.id
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Connections that have shown a key and are still there.
    pub fn connections(&self) -> usize {
        self.0.links.all().len()
    }

    /// Connections ever made to it.
    pub fn connections_ever(&self) -> usize {
        self.0.links.accepted.load(Ordering::Relaxed)
    }

    /// Messages that clients have acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.0.links.acknowledged()
    }

    /// Resets every connection.
    pub fn resets_connections(&self) {
        self.0.links.order(None, &Order::Reset);
    }

    /// Resets the connections of one program.
    pub fn resets_connections_of(&self, session: &Session) {
        for key in session.keys.iter().filter(|key| key.centre == self.id()) {
            self.0.links.order(Some(crypto::key_id(&key.auth_key)), &Order::Reset);
        }
    }

    /// Goes down: every connection is reset, also those to come; or comes back.
    pub fn is_down(&self, down: bool) {
        self.0.links.down.store(down, Ordering::Relaxed);
        if down {
            self.resets_connections();
        }
    }

    /// From now on another salt is the right one: clients are told so at their next packet.
    pub fn rotates_salt(&self) {
        self.0.links.rotate_salt();
    }

    /// Its clock is so many seconds ahead of the machine's: clients are told that their own is wrong. New connections only:
    /// numbers of one connection must not go back.
    pub fn clock_is_ahead(&self, seconds: i64) {
        self.0.links.skew.store(seconds, Ordering::Relaxed);
    }

    /// Compresses answers that are longer than this, in bytes.
    pub fn compresses_over(&self, bytes: usize) {
        self.0.links.gzip_over.store(bytes, Ordering::Relaxed);
    }

    /// Sends answers in containers, together with an acknowledgement.
    pub fn uses_containers(&self, on: bool) {
        self.0.links.in_containers.store(on, Ordering::Relaxed);
    }

    /// Takes connections and packets, and answers nothing.
    pub fn is_silent(&self, on: bool) {
        self.0.links.silent.store(on, Ordering::Relaxed);
    }

    /// Sends a packet under a session number that isn't the client's, on every connection.
    pub fn sends_foreign_session(&self) {
        self.0.links.order(None, &Order::ForeignSession);
    }

    /// Loses the next so many updates.
    pub fn loses_updates(&self, updates: usize) {
        self.0.links.lose.store(updates, Ordering::Relaxed);
    }

    /// Sends every update twice.
    pub fn doubles_updates(&self, on: bool) {
        self.0.links.twice.store(on, Ordering::Relaxed);
    }

    /// Sends each two updates in the other order; a single one waits for the next.
    pub fn swaps_updates(&self, on: bool) {
        self.0.links.swap.store(on, Ordering::Relaxed);
    }

    /// Sends these bytes where updates should be, on every connection. Their number is a multiple of 4.
    pub fn pushes_bytes(&self, bytes: &[u8]) {
        assert!(bytes.len().is_multiple_of(4), "messages are whole words");
        self.0.links.order(None, &Order::Push(bytes.to_vec()));
    }
}

/// A key that a program has for one data centre.
#[derive(Clone, PartialEq, Eq)]
pub struct CentreKey {
    /// The data centre's number.
    pub centre: i32,
    /// Where it listens.
    pub address: SocketAddr,
    /// The key itself: whoever has it is the account.
    pub auth_key: [u8; 256],
}

impl std::fmt::Debug for CentreKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CentreKey").field("centre", &self.centre).field("address", &self.address).finish_non_exhaustive()
    }
}

/// What a program keeps to be logged in: keys for all data centres, and which of them is home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The home data centre's number.
    pub home: i32,
    /// Who is logged in there.
    pub user: Option<i64>,
    /// A key for each data centre.
    pub keys: Vec<CentreKey>,
}

impl Session {
    /// The home data centre's key.
    pub fn home_key(&self) -> &CentreKey {
        self.keys.iter().find(|key| key.centre == self.home).expect("a session has a key for its home")
    }

    /// The same as Telethon's `StringSession`: version, number, address, port and key of the home data centre.
    pub fn telethon(&self) -> String {
        let key = self.home_key();
        let mut bytes = vec![u8::try_from(key.centre).expect("data centres have small numbers")];
        match key.address.ip() {
            IpAddr::V4(ip) => bytes.extend(ip.octets()),
            IpAddr::V6(ip) => bytes.extend(ip.octets()),
        }
        bytes.extend(key.address.port().to_be_bytes());
        bytes.extend(key.auth_key);
        format!("1{}", base64::engine::general_purpose::URL_SAFE.encode(bytes))
    }
}

impl Sim {
    /// The data centre where everybody lives unless told otherwise: number 2, started if need be.
    pub fn data_centre(&self) -> DataCentre {
        self.data_centre_numbered(USUAL_CENTRE)
    }

    /// The data centre with this number, started if need be. People live on the first one.
    pub fn data_centre_numbered(&self, id: i32) -> DataCentre {
        let mut centres = self.shared.centres();
        let centre = centres.entry(id).or_insert_with(|| server::start(&self.shared, id));
        DataCentre(centre.clone())
    }

    /// Files lie at this data centre now, whatever messages say: the others send whoever asks for one there.
    pub fn files_move_to(&self, centre: &DataCentre) {
        self.shared.act(|world| world.accounts.files_at = Some(centre.id()));
    }

    /// The next so many parts of files come with half their bytes.
    pub fn cuts_files_short(&self, parts: usize) {
        self.shared.act(|world| world.accounts.short_parts = parts);
    }

    /// Keys of a program that nobody is logged in with yet. The data centres must run.
    pub fn new_session(&self) -> Session {
        let home = self.data_centre_or_first();
        self.session_at(home, None)
    }

    fn data_centre_or_first(&self) -> i32 {
        let first = self.shared.world().accounts.centres.keys().next().copied();
        first.unwrap_or_else(|| self.data_centre().id())
    }

    fn session_at(&self, home: i32, user: Option<i64>) -> Session {
        let mut world = self.shared.world();
        let centres = world.accounts.centres.clone();
        let new_key = |(centre, address): (i32, SocketAddr)| {
            let auth_key: AuthKey = crypto::random();
            let login = user.filter(|_| centre == home).map_or(Login::Nobody, Login::User);
            world.accounts.add_key(centre, auth_key, login);
            CentreKey { centre, address, auth_key }
        };
        Session { home, user, keys: centres.into_iter().map(new_key).collect() }
    }

    /// Orders an accident for calls of `method` (`*`: any) by one program, at its home.
    pub fn fault_for(&self, session: &Session, method: &str, when: When, fault: Fault) {
        let key = crypto::key_id(&session.home_key().auth_key);
        self.shared.world().faults.order(method, Some(key), when, fault);
    }

    /// The data centres no longer know these keys: they answer with the transport's error -404.
    pub fn forgets_keys(&self, session: &Session) {
        self.shared.act(|world| {
            for key in &session.keys {
                world.accounts.keys.remove(&crypto::key_id(&key.auth_key));
            }
        });
    }
}

impl User {
    /// Their phone number: digits with the country code.
    pub fn phone(&self) -> String {
        self.sim.shared.world().accounts.phone_of(self.id)
    }

    /// Their account lives on this data centre.
    pub fn lives_on(&self, centre: &DataCentre) {
        self.sim.shared.act(|world| world.accounts.of(self.id).centre = centre.id());
    }

    /// A session of a program that is logged in to their account.
    pub fn session(&self) -> Session {
        // People live on the first data centre: there has to be one.
        self.sim.data_centre_or_first();
        let home = self.sim.shared.act(|world| world.accounts.of(self.id).centre);
        self.sim.session_at(home, Some(self.id))
    }

    /// Guards their account with a password as well.
    pub fn sets_password(&self, password: &str, hint: &str) {
        // It takes a while: nobody waits for it.
        let password = Password::new(password, hint);
        self.sim.shared.act(|world| world.accounts.of(self.id).password = Some(password));
    }

    /// The login code that Telegram sent them last, if it is still good.
    pub fn login_code(&self) -> Option<String> {
        self.sim.shared.world().code_for(self.id)
    }

    /// Points their phone at a QR code: the bytes of the token in it. Refused with Telegram's word for why.
    pub fn scans(&self, token: &[u8]) -> Result<(), &'static str> {
        self.sim.shared.act(|world| world.accept_token(self.id, token)).map(drop)
    }

    /// Ends every session of their account: those programs are answered 401 from now on.
    pub fn ends_sessions(&self) {
        self.sim.shared.act(|world| {
            for key in world.accounts.keys_of(self.id) {
                world.accounts.keys.entry(key).and_modify(|key| key.login = Login::Nobody);
            }
        });
    }
}
