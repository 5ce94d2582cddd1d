//! What a new password must be. How guessable it is, the server judges.

use crate::text;
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

/// Checks length and repetition, in the form that is compared. No composition rules: they make
/// passwords worse. Rule R-AUTH-1.
pub fn check_new_password(new: &str, repeated: &str) -> Result<(), PasswordProblem> {
    let (new, repeated) = (text::password(new), text::password(repeated));
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

/// What has to be left of a password without the words that everybody knows.
#[cfg(any(test, feature = "unicode"))]
const MIN_OWN_CHARS: usize = 8;

/// Phrases that stand in every guesser's list, and the demo's password, which is public. Without
/// blanks and signs.
#[cfg(any(test, feature = "unicode"))]
const KNOWN: &[&str] = &[
    "vorteildemo2026",
    "correcthorsebatterystaple",
    "thequickbrownfoxjumpsoverthelazydog",
    "thequickbrownfox",
    "franzjagtimkomplettverwahrlostentaxiquerdurchbayern",
    "maytheforcebewithyou",
    "tobeornottobethatisthequestion",
    "tobeornottobe",
    "seinodernichtsein",
    "iloveyou",
    "ichliebedich",
    "letmein",
    "opensesame",
    "sesamoeffnedich",
    "trustnoone",
    "changeme",
];

/// Seasons and months, folded. The longer ones first, where one begins with another.
#[cfg(any(test, feature = "unicode"))]
const TIMES: &[&str] = &[
    "fruhjahr",
    "fruehjahr",
    "fruhling",
    "fruehling",
    "sommer",
    "herbst",
    "spring",
    "summer",
    "autumn",
    "winter",
    "fall",
    "january",
    "januar",
    "janner",
    "jaenner",
    "february",
    "februar",
    "march",
    "marz",
    "maerz",
    "april",
    "june",
    "juni",
    "july",
    "juli",
    "august",
    "september",
    "october",
    "oktober",
    "november",
    "december",
    "dezember",
    "mai",
    "may",
];

/// Whether a guesser has the password early: a phrase that everybody knows, or a season or a month
/// with a year, and little of one's own beside it. Rule R-AUTH-1.
#[cfg(any(test, feature = "unicode"))]
pub fn is_well_known(password: &str) -> bool {
    let bare: String = text::fold(password).chars().filter(|c| c.is_alphanumeric()).collect();
    let has = |words: &[&str]| words.iter().any(|word| bare.contains(word));
    let without = |words: &[&str]| words.iter().fold(bare.clone(), |rest, word| rest.replace(word, " "));
    let is_own = |rest: &str| rest.chars().filter(|&c| c != ' ').count() >= MIN_OWN_CHARS;
    if has(KNOWN) && !is_own(&without(KNOWN)) {
        return true;
    }
    let rest: Vec<char> = without(TIMES).chars().collect();
    if !has(TIMES) || !rest.iter().any(char::is_ascii_digit) {
        return false;
    }
    // What is left when the year goes too, written with four digits or two.
    let mut left = String::new();
    for run in rest.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()) {
        let year = run.len() == 2 || (run.len() == 4 && (run.starts_with(&['1', '9']) || run.starts_with(&['2', '0'])));
        if !(year && run.iter().all(char::is_ascii_digit)) {
            left.extend(run);
        }
    }
    !is_own(&left)
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
        // However the keyboard composes its letters.
        let apart = "u\u{308}".repeat(12);
        assert_eq!(check_new_password(&apart, &twelve), Ok(()));
        let few = "u\u{308}".repeat(11);
        assert_eq!(check_new_password(&few, &few), Err(PasswordProblem::TooShort));
    }

    /// Rule R-AUTH-1.
    #[test]
    fn what_everybody_knows_is_no_password() {
        for known in [
            "Vorteil-demo-2026",
            "vorteil demo 2026!",
            "Sommer2026!!",
            "Winter2026!!",
            "Summer2026!",
            "Summer2026!!",
            "Frühling2027!",
            "Fruehling2027",
            "Herbst-2026-Herbst",
            "September2026",
            "August 2026 August 2026",
            "März2026März2026",
            "2026SommerWinter",
            "Sommer26!!!!!",
            "correct horse battery staple",
            "CorrectHorseBatteryStaple1",
            "Correct-Horse-Battery-Staple!",
            "May the Force be with you",
            "I love you, I love you",
        ] {
            assert!(is_well_known(known), "{known}");
        }
        for own in [
            "korrekt pferd batterie klammer",
            "korrekt pferd batterie",
            "Grüner Bär fährt Zug",
            "Im Sommer 2019 fuhr ein gelber Traktor",
            "augustus winterhalter",
            "sommer herbst winter",
            "x7Kq-9vTz-Lm3p",
            "",
        ] {
            assert!(!is_well_known(own), "{own}");
        }
    }
}
