//! A raw client: grammers without its comforts.

use std::{net::SocketAddr, num::NonZero, sync::Arc, time::Duration};

use grammers_client::{Client, SenderPool};
use grammers_mtsender::{ConnectionParams, InvocationError, NoRetries};
use grammers_session::{SessionData, storages::MemorySession, types::DcOption, updates::UpdatesLike};
use grammers_tl_types as tl;
use telegram_sim::Session;
use tokio::sync::mpsc;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A program with a session.
pub(crate) struct Program {
    pub(crate) client: Client,
    pub(crate) memory: Arc<MemorySession>,
    pub(crate) updates: mpsc::Receiver<UpdatesLike>,
    pub(crate) runner: tokio::task::JoinHandle<()>,
}

impl Program {
    pub(crate) fn new(session: &Session) -> Self {
        let memory = Arc::new(MemorySession::from(data(session)));
        let parameters = ConnectionParams {
            device_model: "test".into(),
            retry_policy: Box::new(NoRetries),
            updates_channel_capacity: NonZero::new(10_000).expect("it isn't zero"),
            ..ConnectionParams::default()
        };
        let SenderPool { runner, handle, updates } = SenderPool::with_configuration(memory.clone(), 12_345, parameters);
        let runner = tokio::spawn(runner.run());
        Self { client: Client::new(handle), memory, updates, runner }
    }

    /// Calls a method that has to succeed.
    pub(crate) async fn ok<R: tl::RemoteCall>(&self, request: R) -> R::Return {
        self.call(request).await.unwrap_or_else(|why| panic!("{why}"))
    }

    pub(crate) async fn call<R: tl::RemoteCall>(&self, request: R) -> Result<R::Return, InvocationError> {
        tokio::time::timeout(PATIENCE, self.client.invoke(&request)).await.expect("an answer in time")
    }

    /// Telegram's word for why a call is refused.
    pub(crate) async fn refused<R: tl::RemoteCall>(&self, request: R) -> String {
        match self.call(request).await {
            Ok(_) => panic!("it was not refused"),
            Err(InvocationError::Rpc(why)) => match why.value {
                Some(value) => format!("{} {} {value}", why.code, why.name),
                None => format!("{} {}", why.code, why.name),
            },
            Err(why) => panic!("not refused but failed: {why:?}"),
        }
    }
}

/// A session that knows the simulated data centres and no other: nothing can ever dial the real ones.
fn data(session: &Session) -> SessionData {
    let mut data = SessionData::default();
    let option = |key: &telegram_sim::CentreKey| {
        let SocketAddr::V4(ipv4) = key.address else { panic!("the simulator listens on IPv4") };
        let ipv6 = std::net::SocketAddrV6::new(ipv4.ip().to_ipv6_mapped(), ipv4.port(), 0, 0);
        (key.centre, DcOption { id: key.centre, ipv4, ipv6, auth_key: Some(key.auth_key) })
    };
    data.dc_options = session.keys.iter().map(option).collect();
    data.home_dc = session.home;
    data
}

impl Program {
    /// The next thing that is pushed.
    pub(crate) async fn pushed(&mut self) -> UpdatesLike {
        tokio::time::timeout(PATIENCE, self.updates.recv()).await.expect("something in time").expect("the runner lives")
    }

    /// The next update that is pushed.
    pub(crate) async fn update(&mut self) -> tl::enums::Update {
        match self.pushed().await {
            UpdatesLike::Updates(tl::enums::Updates::Updates(mut updates)) if updates.updates.len() == 1 => {
                updates.updates.remove(0)
            }
            UpdatesLike::Updates(tl::enums::Updates::UpdateShort(short)) => short.update,
            other => panic!("not one update: {other:?}"),
        }
    }

    /// The next change in a voice chat: its version and who changed.
    pub(crate) async fn change(&mut self) -> (i32, tl::types::GroupCallParticipant) {
        match self.update().await {
            tl::enums::Update::GroupCallParticipants(mut update) if update.participants.len() == 1 => {
                let tl::enums::GroupCallParticipant::Participant(one) = update.participants.remove(0);
                (update.version, one)
            }
            other => panic!("not a change in a voice chat: {other:?}"),
        }
    }

    /// Nothing was pushed before the answer to this call.
    pub(crate) async fn hears_nothing(&mut self) {
        self.ok(tl::functions::help::GetConfig {}).await;
        assert!(self.updates.try_recv().is_err(), "something was pushed");
    }

    /// A supergroup as the session sees it.
    pub(crate) async fn channel(&self, chat: &telegram_sim::Chat) -> (tl::enums::InputChannel, tl::types::Channel) {
        let all = tl::functions::messages::GetDialogs {
            exclude_pinned: false,
            folder_id: None,
            offset_date: 0,
            offset_id: 0,
            offset_peer: tl::enums::InputPeer::Empty,
            limit: 100,
            hash: 0,
        };
        let tl::enums::messages::Dialogs::Dialogs(dialogs) = self.ok(all).await else { panic!("all chats fit") };
        let id = -chat.id - 1_000_000_000_000;
        let known = dialogs.chats.into_iter().find_map(|known| match known {
            tl::enums::Chat::Channel(channel) if channel.id == id => Some(channel),
            _ => None,
        });
        let known = known.expect("it is among the chats");
        let access_hash = known.access_hash.expect("it is no stub");
        (tl::types::InputChannel { channel_id: id, access_hash }.into(), known)
    }
}

/// The same place for messages.
pub(crate) fn peer_of(channel: &tl::enums::InputChannel) -> tl::enums::InputPeer {
    let tl::enums::InputChannel::Channel(channel) = channel else { panic!("it is a channel") };
    tl::types::InputPeerChannel { channel_id: channel.channel_id, access_hash: channel.access_hash }.into()
}
