//! What a new password must be. How guessable it is, the server judges.

use serde::{Deserialize, Serialize};

/// ASVS 6.2.1 asks for 8 at least; longer is the one demand that helps.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// Enough for any passphrase, and a bound on what is hashed.
pub const MAX_PASSWORD_CHARS: usize = 128;

/// Why a new password is refused. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasswordProblem {
    TooShort,
    TooLong,
    /// On a list of common passwords, or made of the person's own names.
    Guessable,
    /// The two entries differ.
    NotRepeated,
    /// The new one is the old one.
    Unchanged,
}

/// Checks length and repetition. No composition rules: they make passwords worse. Rule R-AUTH-1.
pub fn check_new_password(new: &str, repeated: &str) -> Result<(), PasswordProblem> {
    let chars = new.chars().count();
    if chars < MIN_PASSWORD_CHARS {
        return Err(PasswordProblem::TooShort);
    }
    if chars > MAX_PASSWORD_CHARS {
        return Err(PasswordProblem::TooLong);
    }
    if new != repeated {
        return Err(PasswordProblem::NotRepeated);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        let twelve = "ü".repeat(12);
        assert_eq!(check_new_password(&twelve, &twelve), Ok(()));
        let eleven = "ü".repeat(11);
        assert_eq!(check_new_password(&eleven, &eleven), Err(PasswordProblem::TooShort));
        let most = "x".repeat(128);
        assert_eq!(check_new_password(&most, &most), Ok(()));
        let over = "x".repeat(129);
        assert_eq!(check_new_password(&over, &over), Err(PasswordProblem::TooLong));
        assert_eq!(check_new_password(&twelve, &most), Err(PasswordProblem::NotRepeated));
    }
}
