//! Secrets that we make ourselves: 256 random bits, shown once, kept only as their hash.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::domain::sign_in::Digest;

/// A new secret (43 letters that go into an address), and its hash.
pub fn new() -> Result<(String, Digest), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let secret = URL_SAFE_NO_PAD.encode(bytes);
    let digest = digest(&secret);
    Ok((secret, digest))
}

/// The hash of a secret.
pub fn digest(secret: &str) -> Digest {
    Digest(Sha256::digest(secret.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_alike() {
        let (a, b) = (new().expect("random"), new().expect("random"));
        assert!(a != b && a.0.len() == 43 && digest(&a.0) == a.1);
    }
}
