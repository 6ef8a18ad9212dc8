//! The simulator's own RSA key. It guards nothing: everybody may know both halves.

use std::sync::LazyLock;

use grammers_crypto::aes::ige_decrypt;
use grammers_tl_types::Serializable;
use num_bigint::BigUint;

use super::crypto::{part, sha1, sha256};

/// The public half, for clients to which a data centre's key can be told (PKCS #1).
pub const PUBLIC_KEY: &str = "\
-----BEGIN RSA PUBLIC KEY-----\n\
MIIBCgKCAQEAzBTnizvQ2M6OgLKaCZN3DZbd9eIYA9szQCj9Xu3H35w5LCwmkrWr\n\
tesVta1MBdSmVIVb6MpGUJ4Q8g2OzVT5SXZhItLzMsEkkOsop+D64nWB5VH/ULTl\n\
bSGEcJyY1GZJAPzfZ1lj4FMvr3p32z7pI1hyw4u2QZHJa/n5UWW76zgZPc5I0quR\n\
mOPKFoZ/ICZZyOqSkQR/iQ4/Q6zM3G2GPvyC4ifsc1DdhK1GXiI0OW8tjQBDL38M\n\
p9Kgw2nWZpkyxAwcOlw7KJZBIiaazqqkcc94pRPHOBopfHAAjDGLJTOi7IBp4+yW\n\
Xu41R/0VtpYg6XvOda+fMz9rjtrGofZuSQIDAQAB\n\
-----END RSA PUBLIC KEY-----\n";

const MODULUS: &str = "cc14e78b3bd0d8ce8e80b29a0993770d96ddf5e21803db334028fd5eedc7df9c392c2c2692b5abb5eb15b5ad4c05d4a654855be8ca46509e10f20d8ecd54f949766122d2f332c12490eb28a7e0fae27581e551ff50b4e56d2184709c98d4664900fcdf675963e0532faf7a77db3ee9235872c38bb64191c96bf9f95165bbeb38193dce48d2ab9198e3ca16867f202659c8ea9291047f890e3f43acccdc6d863efc82e227ec7350dd84ad465e2234396f2d8d00432f7f0ca7d2a0c369d6669932c40c1c3a5c3b28964122269aceaaa471cf78a513c7381a297c70008c318b2533a2ec8069e3ec965eee3547fd15b69620e97bce75af9f333f6b8edac6a1f66e49";
const SECRET: &str = "dfaae98f5cf75526cd0cf00732b23eab7e2060a3c87e3177721225342d41547efb8a160ebb2c060d534bc52f314012ad03ba9a88aabd75b8475f8221c84376690a7d05eafcefdb6420101b2178747ef86fc222a417e80000232e9687dfad548d1e5ab18900c773216359dc776555b05e89f45301d9b648a436306462243058bc7885b25f32ea05fe4c0d2b9c544079c943b3aebf843a1546cbd24dbd88cfee58f8da9bf26ae7b7f422c93435cc1bc6f724d0bc29c1f54ba14c94769fd9ce361133bc01f13528a87ae7f8ba8e65e23f006190205cd81a3cf1df3165320118907ffb01df1ba95b2f34c5c6adfb6000b483fe2034b2d00c15fde71e3ef8f096d3b";

static N: LazyLock<BigUint> = LazyLock::new(|| BigUint::parse_bytes(MODULUS.as_bytes(), 16).expect("the modulus is a number"));
static D: LazyLock<BigUint> = LazyLock::new(|| BigUint::parse_bytes(SECRET.as_bytes(), 16).expect("the exponent is a number"));

/// By what clients know the key: the last 8 bytes of its SHA-1.
pub(super) fn fingerprint() -> i64 {
    let (n, e) = (N.to_bytes_be().to_bytes(), BigUint::from(65_537_u32).to_bytes_be().to_bytes());
    i64::from_le_bytes(part(&sha1(&[&n, &e]), 12))
}

/// What a client sealed for the holder of the key; in either way that clients pad it.
pub(super) fn open(sealed: &[u8]) -> Option<Vec<u8>> {
    let number = BigUint::from_bytes_be(sealed).modpow(&D, &N).to_bytes_be();
    let mut plain = vec![0; 256_usize.checked_sub(number.len())?];
    plain.extend(number);
    with_hash_before(&plain).or_else(|| padded(&plain))
}

/// The old way: SHA-1, data, anything, in 255 bytes.
fn with_hash_before(plain: &[u8]) -> Option<Vec<u8>> {
    let (hash, data) = (&plain[1..21], &plain[21..]);
    // How long the data is only the hash tells. The names within are words of four bytes.
    let fits = |length: &usize| sha1(&[&data[..*length]]) == *hash;
    let length = (0..=data.len()).step_by(4).find(fits).filter(|_| plain[0] == 0)?;
    Some(data[..length].to_vec())
}

/// The new way (`RSA_PAD`): data reversed and hashed under a key of its own, which is hidden by the hash of the outcome.
fn padded(plain: &[u8]) -> Option<Vec<u8>> {
    let (hidden, encrypted) = plain.split_at(32);
    let hash = sha256(&[encrypted]);
    let mut key: [u8; 32] = part(hidden, 0);
    key.iter_mut().zip(hash).for_each(|(byte, other)| *byte ^= other);
    let mut data = encrypted.to_vec();
    ige_decrypt(&mut data, &key, &[0; 32]);
    let hash = data.split_off(192);
    data.reverse();
    (sha256(&[&key, &data]) == hash[..]).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_padding_are_opened() {
        let data = b"what the client wants to say, in words of four bytes";
        let key = grammers_crypto::rsa::Key::new(&N.to_string(), "65537").expect("a key");
        let sealed = grammers_crypto::rsa::encrypt_hashed(data, &key, &[5; 224]);
        assert!(open(&sealed).expect("the new way").starts_with(data));

        let mut plain = [&[0][..], &sha1(&[data]), data].concat();
        plain.resize(256, 9);
        let sealed = BigUint::from_bytes_be(&plain).modpow(&BigUint::from(65_537_u32), &N).to_bytes_be();
        assert_eq!(open(&sealed).expect("the old way"), data);
        assert_eq!(open(&[7; 256]), None);
    }
}
