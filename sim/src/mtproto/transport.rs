//! How packets are framed on the wire: the client says which way with its first bytes, and is answered the same way.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

use super::crypto;

/// Longer ones are not sent by any client.
const LONGEST: usize = 2 * 1024 * 1024;

/// One of the transports of the documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// A length in words, in one byte or four.
    Abridged,
    /// A length in bytes, in four.
    Intermediate,
    /// The same, with up to 15 random bytes at the end.
    Padded,
    /// A length, a running number and a checksum.
    Full,
}

/// Takes packets apart as they come.
#[derive(Debug)]
pub(super) struct Incoming<R> {
    stream: R,
    framing: Framing,
    /// The first bytes belong to the first packet already.
    begun: Option<[u8; 4]>,
    received: u32,
}

impl<R: AsyncRead + Unpin> Incoming<R> {
    /// Reads the first bytes, which tell the transport.
    pub(super) async fn begin(mut stream: R) -> io::Result<Self> {
        let first = stream.read_u8().await?;
        if first == 0xef {
            return Ok(Self { stream, framing: Framing::Abridged, begun: None, received: 0 });
        }
        let mut head = [first, 0, 0, 0];
        stream.read_exact(&mut head[1..]).await?;
        let (framing, begun) = match head {
            [0xee, 0xee, 0xee, 0xee] => (Framing::Intermediate, None),
            [0xdd, 0xdd, 0xdd, 0xdd] => (Framing::Padded, None),
            [..] => (Framing::Full, Some(head)),
        };
        Ok(Self { stream, framing, begun, received: 0 })
    }

    pub(super) fn framing(&self) -> Framing {
        self.framing
    }

    /// The next packet.
    pub(super) async fn packet(&mut self) -> io::Result<Vec<u8>> {
        match self.framing {
            Framing::Abridged => {
                // The highest bit asks for a quick acknowledgement, which may be left out.
                let words = match self.stream.read_u8().await? & 0x7f {
                    0x7f => {
                        let mut length = [0; 4];
                        self.stream.read_exact(&mut length[..3]).await?;
                        u32::from_le_bytes(length) as usize
                    }
                    words => usize::from(words),
                };
                self.bytes(words * 4).await
            }
            Framing::Intermediate | Framing::Padded => {
                let length = self.stream.read_u32_le().await? & 0x7fff_ffff;
                let mut packet = self.bytes(length as usize).await?;
                if self.framing == Framing::Padded {
                    packet.truncate(without_padding(&packet));
                }
                Ok(packet)
            }
            Framing::Full => self.full().await,
        }
    }

    async fn full(&mut self) -> io::Result<Vec<u8>> {
        let head = match self.begun.take() {
            Some(head) => head,
            None => self.stream.read_u32_le().await?.to_le_bytes(),
        };
        let length = u32::from_le_bytes(head) as usize;
        if length < 12 {
            return Err(broken("a transport that the simulator doesn't know"));
        }
        let mut packet = self.bytes(length - 4).await?;
        let checksum = packet.split_off(packet.len() - 4);
        let mut hash = crc32fast::Hasher::new();
        hash.update(&head);
        hash.update(&packet);
        if hash.finalize().to_le_bytes() != checksum[..] {
            return Err(broken("a packet with a wrong checksum"));
        }
        let body = packet.split_off(4);
        if packet != self.received.to_le_bytes() {
            return Err(broken("a packet out of turn"));
        }
        self.received += 1;
        Ok(body)
    }

    async fn bytes(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > LONGEST {
            return Err(broken("a transport that the simulator doesn't know, or a huge packet"));
        }
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
}

/// Frames packets for the client.
#[derive(Debug)]
pub(super) struct Outgoing {
    framing: Framing,
    sent: u32,
}

impl Outgoing {
    pub(super) fn new(framing: Framing) -> Self {
        Self { framing, sent: 0 }
    }

    /// The bytes of a packet on the wire.
    pub(super) fn frame(&mut self, packet: &[u8]) -> Vec<u8> {
        let length = packet.len() as u32;
        match self.framing {
            Framing::Abridged if packet.len() / 4 < 0x7f => [&[(packet.len() / 4) as u8][..], packet].concat(),
            Framing::Abridged => [&[0x7f][..], &(length / 4).to_le_bytes()[..3], packet].concat(),
            Framing::Intermediate => [&length.to_le_bytes()[..], packet].concat(),
            Framing::Padded => {
                let random: [u8; 16] = crypto::random();
                let padding = &random[1..1 + usize::from(random[0] % 16)];
                [&(length + padding.len() as u32).to_le_bytes()[..], packet, padding].concat()
            }
            Framing::Full => {
                let mut framed = [&(length + 12).to_le_bytes()[..], &self.sent.to_le_bytes(), packet].concat();
                framed.extend(crc32fast::hash(&framed).to_le_bytes());
                self.sent += 1;
                framed
            }
        }
    }

    /// An error of the transport itself, e.g. -404 for a key that nobody has: four bytes in place of a packet.
    pub(super) fn error(&mut self, code: i32) -> Vec<u8> {
        match self.framing {
            // The real ones send it as length, number and body.
            Framing::Full => code.to_le_bytes().repeat(3),
            Framing::Abridged | Framing::Intermediate | Framing::Padded => self.frame(&code.to_le_bytes()),
        }
    }
}

/// Encrypted packets are 24 bytes and whole blocks of 16; those without a key say themselves how long they are.
fn without_padding(packet: &[u8]) -> usize {
    let is_encrypted = packet.len() >= 24 && packet[..8] != [0; 8];
    if is_encrypted { 24 + (packet.len() - 24) / 16 * 16 } else { packet.len() }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_one_side_frames_the_other_reads() {
        let packets: Vec<Vec<u8>> = [40, 24 + 30 * 16, 24 + 31 * 16, 24 + 310 * 16].map(|length| vec![7; length]).into();
        let all = [
            (Framing::Abridged, &[0xef][..]),
            (Framing::Intermediate, &[0xee; 4]),
            (Framing::Padded, &[0xdd; 4]),
            (Framing::Full, &[]),
        ];
        for (framing, greeting) in all {
            let mut outgoing = Outgoing::new(framing);
            let bytes: Vec<u8> = packets.iter().fold(greeting.to_vec(), |bytes, packet| [bytes, outgoing.frame(packet)].concat());
            let mut incoming = Incoming::begin(&bytes[..]).await.expect("a greeting");
            assert_eq!(incoming.framing(), framing);
            for packet in &packets {
                assert!(incoming.packet().await.expect("a packet") == *packet, "{framing:?}, {} bytes", packet.len());
            }
            assert!(incoming.packet().await.is_err());
        }
    }

    #[tokio::test]
    async fn other_protocols_are_turned_away() {
        let mut incoming = Incoming::begin(&b"GET / HTTP/1.1\r\n\r\n"[..]).await.expect("some bytes");
        assert_eq!(incoming.packet().await.expect_err("no packet").kind(), io::ErrorKind::InvalidData);
    }
}
