//! Encryption at rest: the master key ring, the envelope that a secret column holds, and the
//! blind index that finds a duplicate without opening anything.

mod envelope;
mod ring;

pub use envelope::Place;
pub use ring::{KeyRing, RingProblem};

use sha2::{Digest, Sha256};

/// 32 bytes from the system's random source.
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    // Without randomness nothing here may go on.
    #[expect(clippy::expect_used, reason = "a system without random numbers cannot keep secrets")]
    getrandom::fill(&mut bytes).expect("the system's random source failed");
    bytes
}

/// The form in which a token (session, set-up) is stored: useless to whoever reads it.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A token of 256 bits, in letters that need no escaping anywhere.
pub fn new_token() -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random_bytes())
}
