//! The server's side of the second password: the client proves that it knows it and never sends it.

use std::sync::LazyLock;

use num_bigint::BigUint;
use sha2::Sha512;

use super::crypto::{random, sha256};

pub(crate) const G: i32 = 3;

/// The prime that Telegram has, which clients know to be a safe one.
const PRIME: &str = "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";

static P: LazyLock<BigUint> = LazyLock::new(|| BigUint::parse_bytes(PRIME.as_bytes(), 16).expect("the prime is a number"));

/// The prime, 256 bytes.
pub(crate) fn prime() -> Vec<u8> {
    P.to_bytes_be()
}

/// What is kept of a password.
#[derive(Clone, Debug)]
pub(crate) struct Password {
    pub(crate) hint: String,
    pub(crate) salt1: Vec<u8>,
    pub(crate) salt2: Vec<u8>,
    verifier: BigUint,
}

/// One attempt to prove it: good for one check.
#[derive(Clone, Debug)]
pub(crate) struct Challenge {
    pub(crate) id: i64,
    secret: BigUint,
    /// What the client is told.
    pub(crate) public: [u8; 256],
}

impl Password {
    /// Hashes a password the long way: a hundred thousand rounds.
    pub(crate) fn new(password: &str, hint: &str) -> Self {
        let (salt1, salt2) = (random::<32>().to_vec(), random::<16>().to_vec());
        let salted = |data: &[u8], salt: &[u8]| sha256(&[salt, data, salt]);
        let first = salted(&salted(password.as_bytes(), &salt1), &salt2);
        let mut stretched = [0; 64];
        pbkdf2::pbkdf2::<hmac::Hmac<Sha512>>(&first, &salt1, 100_000, &mut stretched).expect("HMAC takes keys of any length");
        let x = BigUint::from_bytes_be(&salted(&stretched, &salt2));
        Self { hint: hint.to_owned(), salt1, salt2, verifier: g().modpow(&x, &P) }
    }

    /// Begins an attempt.
    pub(crate) fn challenge(&self) -> Challenge {
        let secret = BigUint::from_bytes_be(&random::<256>());
        let k = BigUint::from_bytes_be(&sha256(&[&prime(), &padded(&g())]));
        let public = padded(&((k * &self.verifier + g().modpow(&secret, &P)) % &*P));
        Challenge { id: i64::from_le_bytes(random()), secret, public }
    }

    /// Whether this is the proof of somebody who knows the password.
    pub(crate) fn proves(&self, challenge: &Challenge, a: &[u8], m1: &[u8]) -> bool {
        let a_number = BigUint::from_bytes_be(a);
        if &a_number % &*P == BigUint::ZERO || a.len() > 256 {
            return false;
        }
        let a = padded(&a_number);
        let u = BigUint::from_bytes_be(&sha256(&[&a, &challenge.public]));
        let shared = (a_number * self.verifier.modpow(&u, &P)).modpow(&challenge.secret, &P);
        let key = sha256(&[&padded(&shared)]);
        let (hash_p, hash_g) = (sha256(&[&prime()]), sha256(&[&padded(&g())]));
        let xored: Vec<u8> = hash_p.iter().zip(hash_g).map(|(p, g)| p ^ g).collect();
        sha256(&[&xored, &sha256(&[&self.salt1]), &sha256(&[&self.salt2]), &a, &challenge.public, &key]) == m1
    }
}

fn g() -> BigUint {
    BigUint::from(G.unsigned_abs())
}

/// A number in 256 bytes, the highest first.
pub(super) fn padded(number: &BigUint) -> [u8; 256] {
    let bytes = number.to_bytes_be();
    let mut padded = [0; 256];
    padded[256 - bytes.len()..].copy_from_slice(&bytes);
    padded
}
