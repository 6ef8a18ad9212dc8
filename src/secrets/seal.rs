//! Sealing with a passphrase, in the format of the `age` tool: whoever has the passphrase and no rollcall still gets in.

use age::{DecryptError, scrypt};
use secrecy::SecretString;

/// 2¹⁷ rounds: some 0.2 s and 128 MiB for us, once; for whoever guesses, as much for each guess.
const WORK: u8 = 17;
/// What another program may ask of us at most.
const MOST_WORK: u8 = 20;

/// It can't be opened.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// The passphrase is another one.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The content isn't what was sealed.
    #[error("it is damaged, or was not written by rollcall or age")]
    Damaged,
}

/// Seals.
pub fn seal(plain: &[u8], passphrase: &SecretString) -> Vec<u8> {
    let mut recipient = scrypt::Recipient::new(passphrase.clone());
    recipient.set_work_factor(WORK);
    age::encrypt(&recipient, plain).expect("memory can be written to")
}

/// Opens what [`seal`] or `age --passphrase` made.
pub fn open(sealed: &[u8], passphrase: &SecretString) -> Result<Vec<u8>, SealFault> {
    let mut identity = scrypt::Identity::new(passphrase.clone());
    identity.set_max_work_factor(MOST_WORK);
    age::decrypt(&identity, sealed).map_err(|why| explain(&why))
}

fn explain(why: &DecryptError) -> SealFault {
    match why {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed | DecryptError::NoMatchingKeys => {
            SealFault::WrongPassphrase
        }
        _ => SealFault::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_passphrase_only() {
        let (right, wrong) = (SecretString::from("open sesame"), SecretString::from("open barley"));
        let sealed = seal(b"treasure", &right);
        assert!(!sealed.windows(8).any(|window| window == b"treasure"));
        assert_eq!(open(&sealed, &right).as_deref(), Ok(b"treasure".as_slice()));
        assert_eq!(open(&sealed, &wrong), Err(SealFault::WrongPassphrase));
        assert_eq!(open(&sealed[..sealed.len() - 3], &right), Err(SealFault::Damaged));
        assert_eq!(open(b"something else", &right), Err(SealFault::Damaged));
    }
}
