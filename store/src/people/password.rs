//! Passwords: Argon2id with OWASP's parameters (19 MiB, two passes), at most two at once.
//!
//! Invariant: what is hashed is the form that every keyboard gives (`domain::text::password`).

use crate::error::{StoreError, StoreResult};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::password::{MAX_PASSWORD_CHARS, PasswordProblem, is_well_known};
use domain::text;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Each hash takes a core and 19 MiB; more at once would only make everybody wait.
const AT_ONCE: usize = 2;
/// Who waits longer than this in the queue is told to try again.
const PATIENCE: Duration = Duration::from_secs(5);
/// Keeps the work per try the same. Longer than any password that can be set, also where a keyboard
/// writes each letter and its marks apart.
const MOST_TYPED: usize = 4 * MAX_PASSWORD_CHARS;
/// What has to be left of a password without the person's own names.
const MIN_OWN_CHARS: usize = 8;
/// zxcvbn's scale ends at 4; below 3 a password falls to a patient guesser.
const MIN_SCORE: zxcvbn::Score = zxcvbn::Score::Three;

#[derive(Clone, Debug)]
pub struct Passwords {
    gate: Arc<Semaphore>,
    /// Its own password, which is public, is allowed in the demo alone.
    is_demo: bool,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { gate: Arc::new(Semaphore::new(AT_ONCE)), is_demo: false }
    }
}

impl Passwords {
    pub fn of_demo() -> Self {
        Self { is_demo: true, ..Self::default() }
    }

    async fn work<T: Send + 'static>(&self, job: impl FnOnce() -> StoreResult<T> + Send + 'static) -> StoreResult<T> {
        let permit = tokio::time::timeout(PATIENCE, self.gate.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(StoreError::Busy) };
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            job()
        });
        work.await.map_err(|_| StoreError::Corrupt("password work"))?
    }

    pub async fn hash(&self, password: &str) -> StoreResult<String> {
        let password = text::password(password);
        self.work(move || hash(&password)).await
    }

    /// Whether the password is the hashed one. Without a hash (unknown account, no password
    /// set) the same work is done for nothing, so that the time tells nothing.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> StoreResult<bool> {
        let typed: String = password.chars().take(MOST_TYPED).collect();
        let stored = stored.map(str::to_owned);
        self.work(move || {
            let known = stored.is_some();
            let phc = match &stored {
                Some(phc) => phc.as_str(),
                None => dummy()?,
            };
            let parsed = PasswordHash::new(phc).map_err(|_| StoreError::Corrupt("password_hash"))?;
            let fits = |text: &str| Argon2::default().verify_password(text.as_bytes(), &parsed).is_ok();
            let composed = text::password(&typed);
            // Hashes from before the form was agreed on are of what was typed.
            Ok((fits(&composed) || (composed != typed && fits(&typed))) && known)
        })
        .await
    }

    /// Refuses what a guesser tries early: common passwords and the person's own names.
    pub async fn judge(&self, password: &str, own_words: &[&str]) -> StoreResult<()> {
        let password = text::password(password);
        let words: Vec<String> = own_words
            .iter()
            .flat_map(|w| w.split(['@', '.', ' ', '-']))
            .filter(|w| w.len() > 2)
            .map(str::to_owned)
            .collect();
        let is_demos = self.is_demo && password == crate::demo::PASSWORD;
        self.work(move || {
            if is_well_known(&password) && !is_demos {
                return Err(StoreError::Password(PasswordProblem::Guessable));
            }
            let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
            words.push("vorteil");
            // The estimator counts each of a person's words as one guess among few, but not how
            // little is left without them.
            let rest = words.iter().fold(password.to_lowercase(), |rest, word| rest.replace(&word.to_lowercase(), ""));
            if rest.chars().count() < MIN_OWN_CHARS {
                return Err(StoreError::Password(PasswordProblem::Guessable));
            }
            // Its cost grows with the square of the length; beyond 64 characters nothing is guessable.
            let head: String = password.chars().take(64).collect();
            if zxcvbn::zxcvbn(&head, &words).score() < MIN_SCORE {
                return Err(StoreError::Password(PasswordProblem::Guessable));
            }
            Ok(())
        })
        .await
    }
}

fn hash(password: &str) -> StoreResult<String> {
    let hashed = Argon2::default().hash_password(password.as_bytes()).map_err(|_| StoreError::Corrupt("password"))?;
    Ok(hashed.to_string())
}

fn dummy() -> StoreResult<&'static str> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(phc) = DUMMY.get() {
        return Ok(phc);
    }
    let made = hash(&crate::secrets::new_token())?;
    Ok(DUMMY.get_or_init(|| made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_of_what_was_typed_still_opens() {
        let (composed, apart) = ("Grüner Bär fährt Zug", "Gru\u{308}ner Ba\u{308}r fa\u{308}hrt Zug");
        let passwords = Passwords::default();
        // As it was hashed before the form was agreed on.
        let old = hash(apart).unwrap();
        assert!(passwords.verify(apart, Some(&old)).await.unwrap());
        assert!(!passwords.verify("Grüner Bär fährt Bus", Some(&old)).await.unwrap());
        let new = passwords.hash(apart).await.unwrap();
        for typed in [composed, apart] {
            assert!(passwords.verify(typed, Some(&new)).await.unwrap());
        }
        assert!(!passwords.verify(apart, None).await.unwrap());
    }
}
