//! Agreeing on a key: the client proves that it talks to the holder of the RSA key, then both make a secret that was never
//! sent.

use grammers_crypto::{
    aes::{ige_decrypt, ige_encrypt},
    generate_key_data_from_nonce,
};
use grammers_tl_types::{Cursor, Deserializable, Identifiable, Serializable, enums, functions as f, types};
use num_bigint::BigUint;

use super::{
    crypto::{AuthKey, part, random, sha1},
    envelope::kind,
    rsa, srp,
};

/// A product of two primes that a client takes a moment to find.
const PQ: u64 = 1_724_114_033_281_923_457;

/// How far a client is.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
    new_nonce: Option<[u8; 32]>,
    secret: Option<BigUint>,
}

/// What a step leads to.
#[derive(Debug)]
pub(super) struct Step {
    /// The answer, serialised.
    pub(super) answer: Vec<u8>,
    /// The key, after the last step.
    pub(super) key: Option<AuthKey>,
}

impl Step {
    fn on(answer: impl Serializable) -> Self {
        Self { answer: answer.to_bytes(), key: None }
    }
}

impl Handshake {
    /// Takes the next packet: `date` is Unix seconds. The error says what the client did wrong.
    pub(super) fn step(&mut self, packet: &[u8], date: i32) -> Result<Step, &'static str> {
        let body = plain_body(packet).ok_or("a plain packet of an impossible length")?;
        let unreadable = |_| "a step of the key exchange that can't be read";
        let inner = &body[4..];
        match kind(body) {
            f::ReqPqMulti::CONSTRUCTOR_ID | f::ReqPq::CONSTRUCTOR_ID => {
                Ok(self.begin(f::ReqPqMulti::from_bytes(inner).map_err(unreadable)?.nonce))
            }
            f::ReqDhParams::CONSTRUCTOR_ID => self.offer(&f::ReqDhParams::from_bytes(inner).map_err(unreadable)?, date),
            f::SetClientDhParams::CONSTRUCTOR_ID => self.agree(&f::SetClientDhParams::from_bytes(inner).map_err(unreadable)?),
            _ => Err("a plain packet that is no step of the key exchange"),
        }
    }

    fn begin(&mut self, nonce: [u8; 16]) -> Step {
        *self = Self { nonce, server_nonce: random(), ..Self::default() };
        let (server_nonce, pq) = (self.server_nonce, PQ.to_be_bytes().to_vec());
        let server_public_key_fingerprints = vec![rsa::fingerprint()];
        Step::on(enums::ResPq::Pq(types::ResPq { nonce, server_nonce, pq, server_public_key_fingerprints }))
    }

    fn offer(&mut self, request: &f::ReqDhParams, date: i32) -> Result<Step, &'static str> {
        self.check(request.nonce, request.server_nonce)?;
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        if number(&request.p).checked_mul(number(&request.q)) != Some(PQ) || request.public_key_fingerprint != rsa::fingerprint()
        {
            return Err("a wrong factor, or a key that was not offered");
        }
        let data = rsa::open(&request.encrypted_data).ok_or("data that wasn't sealed with the offered key")?;
        let inner = enums::PQInnerData::deserialize(&mut Cursor::from_slice(&data)).map_err(|_| "unreadable sealed data")?;
        let new_nonce = match inner {
            enums::PQInnerData::Data(inner) => inner.new_nonce,
            enums::PQInnerData::Dc(inner) => inner.new_nonce,
            enums::PQInnerData::Temp(_) | enums::PQInnerData::TempDc(_) => return Err("a temporary key, which isn't modelled"),
        };
        let secret = BigUint::from_bytes_be(&random::<256>());
        let prime = BigUint::from_bytes_be(&srp::prime());
        let public = BigUint::from(srp::G.unsigned_abs()).modpow(&secret, &prime);
        let (nonce, server_nonce) = (self.nonce, self.server_nonce);
        let (g, dh_prime, g_a) = (srp::G, srp::prime(), srp::padded(&public).to_vec());
        let inner = types::ServerDhInnerData { nonce, server_nonce, g, dh_prime, g_a, server_time: date };
        let answer = enums::ServerDhInnerData::Data(inner).to_bytes();
        (self.new_nonce, self.secret) = (Some(new_nonce), Some(secret));
        let mut encrypted_answer = [&sha1(&[&answer])[..], &answer].concat();
        encrypted_answer.resize(encrypted_answer.len().next_multiple_of(16), 0);
        let (key, iv) = generate_key_data_from_nonce(&server_nonce, &new_nonce);
        ige_encrypt(&mut encrypted_answer, &key, &iv);
        Ok(Step::on(enums::ServerDhParams::Ok(types::ServerDhParamsOk { nonce, server_nonce, encrypted_answer })))
    }

    fn agree(&mut self, request: &f::SetClientDhParams) -> Result<Step, &'static str> {
        self.check(request.nonce, request.server_nonce)?;
        let (Some(new_nonce), Some(secret)) = (self.new_nonce, self.secret.take()) else {
            return Err("steps of the key exchange out of turn");
        };
        let (key, iv) = generate_key_data_from_nonce(&self.server_nonce, &new_nonce);
        let mut data = request.encrypted_data.clone();
        if data.is_empty() || !data.len().is_multiple_of(16) {
            return Err("encrypted data of an impossible length");
        }
        ige_decrypt(&mut data, &key, &iv);
        let mut cursor = Cursor::from_slice(&data[20..]);
        let inner = enums::ClientDhInnerData::deserialize(&mut cursor).map_err(|_| "unreadable encrypted data")?;
        if sha1(&[&data[20..20 + cursor.pos()]]) != data[..20] {
            return Err("encrypted data with a wrong hash");
        }
        let enums::ClientDhInnerData::Data(inner) = inner;
        let prime = BigUint::from_bytes_be(&srp::prime());
        let key: AuthKey = srp::padded(&BigUint::from_bytes_be(&inner.g_b).modpow(&secret, &prime));
        let auxiliary = &sha1(&[&key])[..8];
        let new_nonce_hash1 = part(&sha1(&[&new_nonce, &[1], auxiliary]), 4);
        let done = types::DhGenOk { nonce: self.nonce, server_nonce: self.server_nonce, new_nonce_hash1 };
        Ok(Step { answer: enums::SetClientDhParamsAnswer::DhGenOk(done).to_bytes(), key: Some(key) })
    }

    fn check(&self, nonce: [u8; 16], server_nonce: [u8; 16]) -> Result<(), &'static str> {
        let is_same = nonce == self.nonce && server_nonce == self.server_nonce && self.nonce != [0; 16];
        if is_same { Ok(()) } else { Err("a step of another key exchange") }
    }
}

/// The message in a packet without encryption: no key, number, length, body.
fn plain_body(packet: &[u8]) -> Option<&[u8]> {
    let mut cursor = Cursor::from_slice(packet.get(16..)?);
    let length = usize::try_from(i32::deserialize(&mut cursor).ok()?).ok()?;
    packet.get(20..20 + length).filter(|body| body.len() >= 4)
}

/// A packet without encryption.
pub(super) fn plain_packet(msg_id: i64, body: &[u8]) -> Vec<u8> {
    [&[0; 8][..], &msg_id.to_le_bytes(), &(body.len() as i32).to_le_bytes(), body].concat()
}
