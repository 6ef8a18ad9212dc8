//! One connection: packets in, answers and updates out, in turn.

use std::{
    io,
    sync::{Arc, atomic::Ordering},
};

use grammers_tl_types::{self as tl, Deserializable, Identifiable, Serializable, functions, types};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpStream, tcp::OwnedWriteHalf},
    sync::mpsc,
    task::JoinHandle,
};

use super::{
    crypto::{self, part},
    envelope::{self, Message, Packet, Reply, Sender, is_content},
    feed::Feed,
    handshake::{self, Handshake},
    invoke::{self, Caller, Outcome},
    links::{Link, Links, Order},
    server::Centre,
    transport::{Incoming, Outgoing},
};
use crate::model::account::Login;

/// Packets that may wait to be handled.
const WAITING: usize = 64;

/// Serves a connection until it ends.
pub(super) async fn serve(centre: Arc<Centre>, stream: TcpStream) {
    let id = centre.links.take_number();
    // A failure means that the client went away, or was told to.
    let _ = converse(&centre, id, stream).await;
    centre.links.leave(id);
}

async fn converse(centre: &Arc<Centre>, id: u64, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (read, write) = stream.into_split();
    let mut incoming = Incoming::begin(read).await?;
    let framing = incoming.framing();
    // Reading half a packet must not be cancelled: it has a task of its own.
    let (packets, mut read_packets) = mpsc::channel(WAITING);
    let _reader = Abort(tokio::spawn(async move {
        loop {
            let packet = incoming.packet().await;
            let is_last = packet.is_err();
            if packets.send(packet).await.is_err() || is_last {
                break;
            }
        }
    }));
    let (orders, mut read_orders) = mpsc::unbounded_channel();
    let mut connection = Connection {
        centre: centre.clone(),
        id,
        write,
        outgoing: Outgoing::new(framing),
        orders,
        session: None,
        last_id: 0,
        handshake: Handshake::default(),
    };
    loop {
        let change = centre.shared.change();
        connection.news().await?;
        tokio::select! {
            biased;
            () = change => {}
            Some(order) = read_orders.recv() => connection.obey(order).await?,
            packet = read_packets.recv() => {
                match packet {
                    Some(Ok(packet)) => connection.packet(&packet).await?,
                    Some(Err(why)) if why.kind() == io::ErrorKind::InvalidData => {
                        centre.violated(&why.to_string());
                        return Err(why);
                    }
                    Some(Err(_)) | None => return Ok(()),
                }
            }
        }
    }
}

/// Ends a task with its owner.
struct Abort(JoinHandle<()>);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Connection {
    centre: Arc<Centre>,
    id: u64,
    write: OwnedWriteHalf,
    outgoing: Outgoing,
    orders: mpsc::UnboundedSender<Order>,
    /// Once the client has shown a key.
    session: Option<(Caller, Sender, Feed)>,
    /// The client's highest message number.
    last_id: i64,
    handshake: Handshake,
}

impl Connection {
    async fn obey(&mut self, order: Order) -> io::Result<()> {
        match order {
            Order::Answer(request, answer) => {
                let reply = self.answered(request, &answer);
                self.send(reply).await
            }
            Order::Push(body) => {
                let reply = Reply { id: self.centre.links.msg_id(false), body, is_content: true };
                self.send(vec![reply]).await
            }
            Order::ForeignSession => {
                let Some((_, sender, _)) = &self.session else { return Ok(()) };
                let mut foreign = Sender::new(sender.key, !sender.session);
                let body = tl::enums::Updates::TooLong.to_bytes();
                let reply = Reply { id: self.centre.links.msg_id(false), body, is_content: true };
                let packet = foreign.pack(&self.centre.links, vec![reply]);
                self.write_packet(&packet).await
            }
            Order::Reset => Err(self.reset()),
        }
    }

    /// Tells the client what happened.
    async fn news(&mut self) -> io::Result<()> {
        let Some((caller, _, feed)) = &mut self.session else { return Ok(()) };
        for update in feed.fresh(&self.centre, caller) {
            self.obey(Order::Push(update)).await?;
        }
        Ok(())
    }

    /// Ends the connection without a proper end.
    fn reset(&self) -> io::Error {
        // If it fails, the client sees an early end instead.
        let _ = self.write.as_ref().set_zero_linger();
        io::ErrorKind::ConnectionReset.into()
    }

    async fn packet(&mut self, packet: &[u8]) -> io::Result<()> {
        if self.centre.links.silent.load(Ordering::Relaxed) {
            return Ok(());
        }
        if packet.len() < 8 {
            return Ok(());
        }
        let id = i64::from_le_bytes(part(packet, 0));
        if id == 0 {
            return self.agree(packet).await;
        }
        let known =
            self.centre.shared.world().accounts.keys.get(&id).filter(|key| key.centre == self.centre.id).map(|key| key.bytes);
        let Some(key) = known else {
            let error = self.outgoing.error(-404);
            self.write.write_all(&error).await?;
            return Err(io::ErrorKind::NotFound.into());
        };
        let opened = crypto::open(&key, packet).map_err(str::to_owned).and_then(|plain| envelope::read(&plain));
        match opened {
            Ok(opened) => self.opened(key, id, opened).await,
            Err(why) => {
                self.centre.violated(&why);
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }

    /// A step towards a key.
    async fn agree(&mut self, packet: &[u8]) -> io::Result<()> {
        let date = self.centre.shared.clock.now().timestamp() as i32;
        match self.handshake.step(packet, date) {
            Ok(step) => {
                if let Some(key) = step.key {
                    self.centre.shared.world().accounts.add_key(self.centre.id, key, Login::Nobody);
                }
                let packet = handshake::plain_packet(self.centre.links.msg_id(true), &step.answer);
                self.write_packet(&packet).await
            }
            Err(why) => {
                self.centre.violated(why);
                let error = self.outgoing.error(-404);
                self.write.write_all(&error).await?;
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }

    async fn opened(&mut self, key: crypto::AuthKey, key_id: i64, packet: Packet) -> io::Result<()> {
        packet.mistakes.iter().for_each(|mistake| self.centre.violated(mistake));
        let is_same = self.session.as_ref().is_some_and(|(caller, ..)| caller.session == packet.session && caller.key == key_id);
        if !is_same {
            self.centre.links.leave(self.id);
            self.centre.links.all().push(Link { id: self.id, key: key_id, orders: self.orders.clone() });
            let caller = Caller { centre: self.centre.id, key: key_id, session: packet.session };
            self.session = Some((caller, Sender::new(key, packet.session), Feed::new(&self.centre)));
            self.last_id = 0;
        }
        let links = &self.centre.links;
        if let Some(error_code) = envelope::clock_error(links, packet.outer.id) {
            let (bad_msg_id, bad_msg_seqno) = (packet.outer.id, packet.outer.seq);
            // Numbers begin anew with the right time.
            self.last_id = 0;
            let notice = types::BadMsgNotification { bad_msg_id, bad_msg_seqno, error_code };
            let body = tl::enums::BadMsgNotification::Notification(notice).to_bytes();
            return self.send(vec![Reply { id: links.msg_id(true), body, is_content: false }]).await;
        }
        if packet.salt != links.salt() {
            let notice = types::BadServerSalt {
                bad_msg_id: packet.outer.id,
                bad_msg_seqno: packet.outer.seq,
                error_code: 48,
                new_server_salt: links.salt(),
            };
            let body = tl::enums::BadMsgNotification::BadServerSalt(notice).to_bytes();
            return self.send(vec![Reply { id: links.msg_id(true), body, is_content: false }]).await;
        }
        if links.is_new(key_id, packet.session) {
            let notice = types::NewSessionCreated {
                first_msg_id: packet.outer.id,
                unique_id: i64::from_le_bytes(crypto::random()),
                server_salt: links.salt(),
            };
            let body = tl::enums::NewSession::Created(notice).to_bytes();
            self.send(vec![Reply { id: links.msg_id(false), body, is_content: true }]).await?;
        }
        let mut messages = Vec::new();
        if let Err(why) = envelope::flatten(packet.outer, &mut messages) {
            self.centre.violated(&why);
        }
        for message in messages {
            self.message(message).await?;
        }
        Ok(())
    }

    /// What the protocol itself asks for is answered here; the rest is a call.
    async fn message(&mut self, message: Message) -> io::Result<()> {
        self.look_at(&message);
        let links = &self.centre.links;
        let body = match message.kind() {
            types::MsgsAck::CONSTRUCTOR_ID => {
                if let Ok(types::MsgsAck { msg_ids }) = types::MsgsAck::from_bytes(&message.body[4..]) {
                    links.acknowledge(msg_ids.len());
                }
                return Ok(());
            }
            functions::Ping::CONSTRUCTOR_ID | functions::PingDelayDisconnect::CONSTRUCTOR_ID => {
                let ping_id = i64::from_bytes(&message.body[4..]).unwrap_or(0);
                tl::enums::Pong::Pong(types::Pong { msg_id: message.id, ping_id }).to_bytes()
            }
            functions::GetFutureSalts::CONSTRUCTOR_ID => future_salts(links, message.id),
            // Nothing that it asks about is ever repeated here: nothing gets lost on the way but whole connections.
            types::MsgsStateReq::CONSTRUCTOR_ID | types::HttpWait::CONSTRUCTOR_ID => return Ok(()),
            functions::DestroySession::CONSTRUCTOR_ID => {
                let session_id = i64::from_bytes(&message.body[4..]).unwrap_or(0);
                tl::enums::DestroySessionRes::DestroySessionNone(types::DestroySessionNone { session_id }).to_bytes()
            }
            _ => return self.call(message).await,
        };
        self.send(vec![Reply { id: links.msg_id(true), body, is_content: false }]).await
    }

    /// Message numbers rise and sequence numbers are odd where content is.
    fn look_at(&mut self, message: &Message) {
        let name = tl::name_for_id(message.kind());
        if message.id <= self.last_id {
            self.centre.violated(&format!("{name}: message number {} after {}", message.id, self.last_id));
        }
        self.last_id = self.last_id.max(message.id);
        if is_content(message.kind()) != (message.seq % 2 == 1) {
            self.centre.violated(&format!("{name}: sequence number {}", message.seq));
        }
    }

    async fn call(&mut self, message: Message) -> io::Result<()> {
        let Some((caller, ..)) = &self.session else { return Ok(()) };
        match invoke::call(&self.centre, caller, &self.orders, message.id, message.body) {
            Outcome::Answer(answer) => {
                let replies = self.answered(message.id, &answer);
                self.send(replies).await
            }
            Outcome::Reset => Err(self.reset()),
            Outcome::Later => Ok(()),
        }
    }

    /// An answer, packed as the switches say.
    fn answered(&self, request: i64, answer: &[u8]) -> Vec<Reply> {
        let links = &self.centre.links;
        let mut replies = Vec::new();
        if links.in_containers.load(Ordering::Relaxed) {
            let body = tl::enums::MsgsAck::Ack(types::MsgsAck { msg_ids: vec![request] }).to_bytes();
            replies.push(Reply { id: links.msg_id(true), body, is_content: false });
        }
        let is_long = answer.len() > links.gzip_over.load(Ordering::Relaxed);
        let body = if is_long { envelope::result(request, &envelope::gzip(answer)) } else { envelope::result(request, answer) };
        replies.push(Reply { id: links.msg_id(true), body, is_content: true });
        replies
    }

    async fn send(&mut self, replies: Vec<Reply>) -> io::Result<()> {
        let Some((_, sender, _)) = &mut self.session else { return Ok(()) };
        let packet = sender.pack(&self.centre.links, replies);
        self.write_packet(&packet).await
    }

    async fn write_packet(&mut self, packet: &[u8]) -> io::Result<()> {
        let framed = self.outgoing.frame(packet);
        self.write.write_all(&framed).await
    }
}

fn future_salts(links: &Links, request: i64) -> Vec<u8> {
    let now = (links.machine_msg_id() >> 32) as i32;
    let salt = |since: i32| types::FutureSalt { valid_since: now + since, valid_until: now + since + 86_400, salt: links.salt() };
    let salts = tl::RawVec(vec![salt(-60), salt(80_000)]);
    tl::enums::FutureSalts::Salts(types::FutureSalts { req_msg_id: request, now, salts }).to_bytes()
}
