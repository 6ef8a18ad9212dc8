//! What is inside an encrypted packet: salt, session, messages; containers and compression; numbers that only rise.

use std::io::{Read, Write};

use grammers_tl_types::{Cursor, Deserializable, Identifiable, Serializable, types};

use super::{
    crypto::{self, AuthKey, part},
    links::Links,
};

pub(super) const MSG_CONTAINER: u32 = 0x73f1_f8dc;
pub(super) const GZIP_PACKED: u32 = 0x3072_cfa1;
pub(super) const RPC_RESULT: u32 = 0xf35c_6d01;

/// How many messages a container holds at most.
const MOST_IN_CONTAINER: usize = 1020;

/// A message of the client.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) seq: i32,
    pub(super) body: Vec<u8>,
}

impl Message {
    pub(super) fn kind(&self) -> u32 {
        kind(&self.body)
    }
}

/// A message to the client.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) id: i64,
    pub(super) body: Vec<u8>,
    /// The client has to acknowledge it.
    pub(super) is_content: bool,
}

/// The first four bytes say what it is.
pub(super) fn kind(body: &[u8]) -> u32 {
    if body.len() < 4 { 0 } else { u32::from_le_bytes(part(body, 0)) }
}

/// What a client whose clock is off is told: its message numbers are too low, or too high.
pub(super) fn clock_error(links: &Links, id: i64) -> Option<i32> {
    let ahead = (id >> 32) - (links.machine_msg_id() >> 32);
    match ahead {
        ..-300 => Some(16),
        -300..=30 => None,
        31.. => Some(17),
    }
}

/// An opened packet.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) salt: i64,
    pub(super) session: i64,
    /// The message as it came: perhaps a container.
    pub(super) outer: Message,
    /// What in it breaks the protocol's rules.
    pub(super) mistakes: Vec<String>,
}

pub(super) fn read(plain: &[u8]) -> Result<Packet, String> {
    let long = |at| i64::from_le_bytes(part(plain, at));
    let int = |at| i32::from_le_bytes(part(plain, at));
    let (salt, session, id, seq) = (long(0), long(8), long(16), int(24));
    let length = usize::try_from(int(28)).unwrap_or(usize::MAX);
    let end = length.checked_add(32).filter(|end| *end <= plain.len() && length.is_multiple_of(4));
    let end = end.ok_or("a message whose length is wrong")?;
    let mut mistakes = Vec::new();
    if !(12..=1024).contains(&(plain.len() - end)) {
        mistakes.push(format!("padding of {} bytes", plain.len() - end));
    }
    if id % 4 != 0 {
        mistakes.push(format!("message number {id}, which isn't divisible by 4"));
    }
    Ok(Packet { salt, session, outer: Message { id, seq, body: plain[32..end].to_vec() }, mistakes })
}

/// The messages within one: those of a container, unpacked.
pub(super) fn flatten(message: Message, out: &mut Vec<Message>) -> Result<(), String> {
    match message.kind() {
        MSG_CONTAINER => {
            let wrong = |_| "a container that is cut off".to_owned();
            let body = &message.body[4..];
            let mut cursor = Cursor::from_slice(body);
            let count = i32::deserialize(&mut cursor).map_err(wrong)?;
            if usize::try_from(count).is_ok_and(|count| count > MOST_IN_CONTAINER) {
                return Err(format!("a container of {count} messages"));
            }
            for _ in 0..count {
                let id = i64::deserialize(&mut cursor).map_err(wrong)?;
                let seq = i32::deserialize(&mut cursor).map_err(wrong)?;
                let length = usize::try_from(i32::deserialize(&mut cursor).map_err(wrong)?).unwrap_or(usize::MAX);
                let mut inner = vec![0; length.min(body.len())];
                cursor.read_exact(&mut inner).map_err(wrong)?;
                flatten(Message { id, seq, body: inner }, out)?;
            }
            Ok(())
        }
        GZIP_PACKED => {
            let body = gunzip(&message.body)?;
            flatten(Message { body, ..message }, out)
        }
        _ => {
            out.push(message);
            Ok(())
        }
    }
}

/// What `gzip_packed` holds.
pub(super) fn gunzip(body: &[u8]) -> Result<Vec<u8>, String> {
    let packed = Vec::<u8>::from_bytes(&body[4..]).map_err(|why| why.to_string())?;
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).map_err(|why| why.to_string())?;
    Ok(unpacked)
}

pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body).expect("memory takes every write");
    let mut packed = GZIP_PACKED.to_bytes();
    encoder.finish().expect("memory takes every write").serialize(&mut packed);
    packed
}

/// `rpc_result` for a request.
pub(super) fn result(request: i64, answer: &[u8]) -> Vec<u8> {
    let mut body = RPC_RESULT.to_bytes();
    request.serialize(&mut body);
    body.extend(answer);
    body
}

/// The server's side of a session: counts what needs an acknowledgement.
#[derive(Debug)]
pub(super) struct Sender {
    pub(super) key: AuthKey,
    pub(super) session: i64,
    content: i32,
}

impl Sender {
    pub(super) fn new(key: AuthKey, session: i64) -> Self {
        Self { key, session, content: 0 }
    }

    /// One encrypted packet with one message or several.
    pub(super) fn pack(&mut self, links: &Links, mut replies: Vec<Reply>) -> Vec<u8> {
        let message = if replies.len() == 1 {
            self.message(&replies.remove(0))
        } else {
            let mut body = MSG_CONTAINER.to_bytes();
            (replies.len() as i32).serialize(&mut body);
            replies.iter().for_each(|reply| body.extend(self.message(reply)));
            self.message(&Reply { id: links.msg_id(true), body, is_content: false })
        };
        let plain = [&links.salt().to_le_bytes()[..], &self.session.to_le_bytes(), &message].concat();
        crypto::seal(&self.key, plain)
    }

    fn message(&mut self, reply: &Reply) -> Vec<u8> {
        let seq = self.content * 2 + i32::from(reply.is_content);
        self.content += i32::from(reply.is_content);
        let mut bytes = reply.id.to_le_bytes().to_vec();
        bytes.extend(seq.to_le_bytes());
        bytes.extend((reply.body.len() as i32).to_le_bytes());
        bytes.extend(&reply.body);
        bytes
    }
}

/// Whether the client has to have counted this message.
pub(super) fn is_content(kind: u32) -> bool {
    kind != types::MsgsAck::CONSTRUCTOR_ID && kind != MSG_CONTAINER
}
