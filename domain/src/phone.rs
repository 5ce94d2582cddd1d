//! Phone numbers in the international form: a plus, the country's code, the number.

use crate::text::bare;
use serde::{Deserialize, Serialize};

/// Why a text is not a number that can be called from anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneProblem {
    Empty,
    /// It does not begin with a plus and the country's code.
    NotInternational,
    /// Signs that no number has, or too few or too many digits.
    NotANumber,
}

/// A number as it was typed, without surrounding blanks: `+49 30 5550100`.
///
/// Up to fifteen digits (ITU-T E.164); blanks, hyphens, dots, slashes and brackets only group them.
/// What nobody sees is left out: address books copy numbers with it.
pub fn parse_phone(raw: &str) -> Result<String, PhoneProblem> {
    let raw = bare(raw);
    if raw.is_empty() {
        return Err(PhoneProblem::Empty);
    }
    let Some(rest) = raw.strip_prefix('+') else { return Err(PhoneProblem::NotInternational) };
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    // No country's code begins with a zero.
    let country = rest.starts_with(|c: char| ('1'..='9').contains(&c));
    let fine = rest.chars().all(|c| c.is_ascii_digit() || " -./()".contains(c));
    if country && fine && raw.len() <= 32 && (7..=15).contains(&digits) {
        Ok(raw)
    } else {
        Err(PhoneProblem::NotANumber)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_can_be_called_from_anywhere() {
        for good in [" +49 30 5550100 ", "+1 (425) 555-0100", "+4930/5550100", "+123456789012345"] {
            assert_eq!(parse_phone(good), Ok(good.trim().to_owned()));
        }
        // From an address book, with its blanks and dashes.
        assert_eq!(parse_phone("\u{202d}+49 30 5550100\u{202c}").as_deref(), Ok("+49 30 5550100"));
        assert_eq!(parse_phone("\u{202d} +49 30 5550100 \u{202c}").as_deref(), Ok("+49 30 5550100"));
        assert_eq!(parse_phone("+49\u{a0}30\u{2009}555\u{200b}0100").as_deref(), Ok("+49 30 5550100"));
        assert_eq!(parse_phone("+49 30–5550\u{2011}100").as_deref(), Ok("+49 30-5550-100"));
        assert_eq!(parse_phone("  "), Err(PhoneProblem::Empty));
        assert_eq!(parse_phone("\u{202d}\u{202c}"), Err(PhoneProblem::Empty));
        for bad in ["030 5550100", "0049 30 5550100"] {
            assert_eq!(parse_phone(bad), Err(PhoneProblem::NotInternational), "{bad}");
        }
        for bad in ["+0 30 5550100", "+49 30", "+1234567890123456", "+49 30 phone", "+", "+49 30\r\n5550100"] {
            assert_eq!(parse_phone(bad), Err(PhoneProblem::NotANumber), "{bad:?}");
        }
    }
}
