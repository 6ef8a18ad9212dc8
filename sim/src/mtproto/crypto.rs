//! MTProto 2.0's envelope, as the server seals and opens it.

use grammers_crypto::aes::{ige_decrypt, ige_encrypt};
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// What a client and the server share: whoever has it is the account.
pub(crate) type AuthKey = [u8; 256];

/// From where in the auth key the keys of a direction are taken.
const TO_SERVER: usize = 0;
const TO_CLIENT: usize = 8;

/// Least random bytes after a message.
const LEAST_PADDING: usize = 12;

pub(super) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

pub(super) fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}

/// The name of a key: the last 8 bytes of its SHA-1.
pub(crate) fn key_id(key: &AuthKey) -> i64 {
    i64::from_le_bytes(part(&sha1(&[key]), 12))
}

/// `N` bytes from `at`.
pub(super) fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("the slice has this length")
}

fn aes_key_and_iv(key: &AuthKey, msg_key: &[u8; 16], x: usize) -> ([u8; 32], [u8; 32]) {
    let a = sha256(&[msg_key, &key[x..x + 36]]);
    let b = sha256(&[&key[40 + x..76 + x], msg_key]);
    let mixed = |one: &[u8; 32], other: &[u8; 32]| {
        let mut mixed = *one;
        mixed[8..24].copy_from_slice(&other[8..24]);
        mixed
    };
    (mixed(&a, &b), mixed(&b, &a))
}

fn msg_key(key: &AuthKey, plain: &[u8], x: usize) -> [u8; 16] {
    part(&sha256(&[&key[88 + x..120 + x], plain]), 8)
}

/// Seals a packet for the client: salt, session, messages.
pub(super) fn seal(key: &AuthKey, mut plain: Vec<u8>) -> Vec<u8> {
    let missing = (16 - (plain.len() + LEAST_PADDING) % 16) % 16;
    let random: [u8; LEAST_PADDING + 16] = random();
    plain.extend(&random[..LEAST_PADDING + missing]);
    let msg_key = msg_key(key, &plain, TO_CLIENT);
    let (aes_key, iv) = aes_key_and_iv(key, &msg_key, TO_CLIENT);
    ige_encrypt(&mut plain, &aes_key, &iv);
    [&key_id(key).to_le_bytes()[..], &msg_key, &plain].concat()
}

/// Opens a packet of the client; what is wrong with it otherwise.
pub(super) fn open(key: &AuthKey, packet: &[u8]) -> Result<Vec<u8>, &'static str> {
    if packet.len() < 24 + 48 || !(packet.len() - 24).is_multiple_of(16) {
        return Err("an encrypted packet of an impossible length");
    }
    let given: [u8; 16] = part(packet, 8);
    let mut plain = packet[24..].to_vec();
    let (aes_key, iv) = aes_key_and_iv(key, &given, TO_SERVER);
    ige_decrypt(&mut plain, &aes_key, &iv);
    if msg_key(key, &plain, TO_SERVER) != given {
        return Err("a packet whose msg_key doesn't fit its content");
    }
    Ok(plain)
}
