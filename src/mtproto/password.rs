//! The proof that somebody knows the 2FA password, without saying it (SRP, as Telegram has it).

use grammers_crypto::two_factor_auth::{calculate_2fa, check_p_and_g};
use grammers_tl_types as tl;
use secrecy::{ExposeSecret, SecretString};

use super::fault::CallFault;

/// The size of the numbers, in bytes.
const LENGTH: usize = 256;
/// The generators that the protocol knows.
const GENERATORS: std::ops::RangeInclusive<i32> = 2..=7;

/// What Telegram asks for.
pub(super) struct Question {
    salt1: Vec<u8>,
    salt2: Vec<u8>,
    p: Vec<u8>,
    g: i32,
    srp_b: Vec<u8>,
    srp_id: i64,
    /// What the owner wrote down to remember it by.
    pub(super) hint: Option<String>,
}

impl Question {
    /// Reads it; refuses what would lead the arithmetic astray.
    pub(super) fn read(password: tl::enums::account::Password) -> Result<Self, CallFault> {
        let tl::enums::account::Password::Password(password) = password;
        let unknown = || CallFault::Unreadable("it asks for the password in a way that this release doesn't know".to_owned());
        let (Some(algorithm), Some(srp_b), Some(srp_id)) = (password.current_algo, password.srp_b, password.srp_id) else {
            return Err(unknown());
        };
        let tl::enums::PasswordKdfAlgo::Sha256Sha256Pbkdf2Hmacsha512iter100000Sha256ModPow(algorithm) = algorithm else {
            return Err(unknown());
        };
        let is_sound = algorithm.p.len() == LENGTH && srp_b.len() <= LENGTH && GENERATORS.contains(&algorithm.g);
        if !is_sound || srp_b.iter().all(|byte| *byte == 0) {
            return Err(unknown());
        }
        let hint = password.hint.filter(|hint| !hint.trim().is_empty());
        Ok(Self { salt1: algorithm.salt1, salt2: algorithm.salt2, p: algorithm.p, g: algorithm.g, srp_b, srp_id, hint })
    }

    /// The answer; takes half a second of computing, on a thread where that disturbs nobody.
    pub(super) async fn answer(self, password: SecretString) -> Result<tl::functions::auth::CheckPassword, CallFault> {
        let work = tokio::task::spawn_blocking(move || {
            if !check_p_and_g(&self.p, &self.g) {
                return Err(CallFault::Unreadable("its numbers for the password's proof are unsafe".to_owned()));
            }
            // Our own chance: the server's would let whoever listens there try passwords.
            let mut chance = [0; LENGTH];
            getrandom::fill(&mut chance).map_err(|why| CallFault::Line(format!("the system has no randomness: {why}")))?;
            let (m1, a) =
                calculate_2fa(&self.salt1, &self.salt2, &self.p, &self.g, self.srp_b, chance.to_vec(), password.expose_secret());
            let proof = tl::types::InputCheckPasswordSrp { srp_id: self.srp_id, a: a.to_vec(), m1: m1.to_vec() };
            Ok(tl::functions::auth::CheckPassword { password: proof.into() })
        });
        work.await.map_err(|_| CallFault::Unreadable("its numbers for the password's proof lead nowhere".to_owned()))?
    }
}
