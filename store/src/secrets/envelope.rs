//! The envelope of a secret column: `version (1) | id length | key id | nonce (24) | ciphertext`.
//!
//! XChaCha20-Poly1305 with a random nonce. The associated data names company, row and column,
//! so that a ciphertext copied elsewhere does not open.

use super::ring::KeyRing;
use crate::error::{StoreError, StoreResult};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::CompanyId;
use uuid::Uuid;

const VERSION: u8 = 1;
const NONCE: usize = 24;

/// Where a secret lives. It opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// None: not given to a company yet.
    pub company: Option<CompanyId>,
    pub row: Uuid,
    pub column: &'static str,
}

impl Place {
    fn associated_data(&self) -> Vec<u8> {
        let mut data = b"vorteil/1\0".to_vec();
        data.extend_from_slice(self.company.map_or(Uuid::nil(), |c| c.0).as_bytes());
        data.extend_from_slice(self.row.as_bytes());
        data.extend_from_slice(self.column.as_bytes());
        data
    }
}

impl KeyRing {
    pub fn seal(&self, place: Place, plaintext: &[u8]) -> StoreResult<Vec<u8>> {
        let (id, key) = self.active().ok_or(StoreError::Unreadable)?;
        let nonce: [u8; NONCE] = super::random_bytes()[..NONCE].try_into().map_err(|_| StoreError::Unreadable)?;
        let aad = place.associated_data();
        let sealed = XChaCha20Poly1305::new(key.into())
            .encrypt(&XNonce::from(nonce), Payload { msg: plaintext, aad: &aad })
            .map_err(|_| StoreError::Unreadable)?;
        let mut envelope = vec![VERSION, u8::try_from(id.len()).map_err(|_| StoreError::Unreadable)?];
        envelope.extend_from_slice(id.as_bytes());
        envelope.extend_from_slice(&nonce);
        envelope.extend_from_slice(&sealed);
        Ok(envelope)
    }

    pub fn open(&self, place: Place, envelope: &[u8]) -> StoreResult<Vec<u8>> {
        let opened = || {
            let (&version, rest) = envelope.split_first()?;
            let (&length, rest) = rest.split_first()?;
            let (id, rest) = rest.split_at_checked(usize::from(length))?;
            let (nonce, sealed) = rest.split_at_checked(NONCE)?;
            let nonce: [u8; NONCE] = nonce.try_into().ok()?;
            let key = self.key(std::str::from_utf8(id).ok()?).filter(|_| version == VERSION)?;
            let aad = place.associated_data();
            XChaCha20Poly1305::new(key.into()).decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad }).ok()
        };
        opened().ok_or(StoreError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place { company: Some(CompanyId(Uuid::from_u128(1))), row: Uuid::from_u128(2), column: "ciphertext" }
    }

    #[test]
    fn a_secret_opens_in_its_place_only() {
        let ring = KeyRing::generate();
        let sealed = ring.seal(place(), b"DEMO1").unwrap();
        assert_eq!(ring.open(place(), &sealed).unwrap(), b"DEMO1");
        assert_ne!(sealed, ring.seal(place(), b"DEMO1").unwrap(), "the nonce is random");
        let elsewhere = [
            Place { company: None, ..place() },
            Place { company: Some(CompanyId(Uuid::from_u128(9))), ..place() },
            Place { row: Uuid::from_u128(3), ..place() },
            Place { column: "other", ..place() },
        ];
        for place in elsewhere {
            assert!(matches!(ring.open(place, &sealed), Err(StoreError::Unreadable)));
        }
        assert!(KeyRing::generate().open(place(), &sealed).is_err(), "another ring");
    }

    #[test]
    fn no_damage_goes_unnoticed_and_none_panics() {
        let ring = KeyRing::generate();
        let sealed = ring.seal(place(), b"DEMO1").unwrap();
        for i in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[i] ^= 1;
            assert!(ring.open(place(), &damaged).is_err(), "byte {i}");
            assert!(ring.open(place(), &sealed[..i]).is_err(), "cut at {i}");
        }
    }
}
