//! A product licence key in clear. It has no `Serialize`, prints as `<redacted>`, and becomes
//! text in one place: [`RevealedKey`], which only the reveal builds.

use serde::{Deserialize, Serialize};

/// Why a text is not a key of the shape the programme uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenceKeyProblem {
    /// Not five groups of five letters and digits.
    Shape,
}

#[derive(Clone, PartialEq, Eq)]
pub struct LicenceKey(String);

impl LicenceKey {
    /// Reads `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`; small letters become capitals. Rule R-KEY-2.
    pub fn parse(raw: &str) -> Result<Self, LicenceKeyProblem> {
        // What programs make of a hyphen, and what nobody sees.
        let plain = |c: char| match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => Some('-'),
            other => Some(other.to_ascii_uppercase()),
        };
        let key: String = raw.chars().filter_map(plain).collect();
        let key = key.trim().to_owned();
        let group = |g: &str| g.len() == 5 && g.bytes().all(|b| b.is_ascii_alphanumeric());
        let groups: Vec<&str> = key.split('-').collect();
        if groups.len() == 5 && groups.into_iter().all(group) { Ok(Self(key)) } else { Err(LicenceKeyProblem::Shape) }
    }

    /// For encryption and the blind index.
    pub fn expose_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The one way to text. Called by the reveal, inside the transaction that records it.
    pub fn reveal(self) -> RevealedKey {
        RevealedKey { key: self.0 }
    }
}

/// A text without the keys that somebody has pasted into it.
pub fn hide_keys(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !is_part(c)) {
        let word = part.trim_end_matches(|c: char| !is_part(c));
        if LicenceKey::parse(word).is_ok() {
            out.push_str("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX");
        } else {
            out.push_str(word);
        }
        out.push_str(&part[word.len()..]);
    }
    out
}

impl std::fmt::Debug for LicenceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LicenceKey(<redacted>)")
    }
}

/// A key on its way to the one person who asked for it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevealedKey {
    pub key: String,
}

impl std::fmt::Debug for RevealedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RevealedKey(<redacted>)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_a_text_are_hidden() {
        let text = "Posted: \u{201e}demo1-7qx2m-4kd9p-h2vtr-8wnc6\u{201c}, twice.\nDEMO1-7QX2M-4KD9P-H2VTR-8WNC6";
        let hidden = hide_keys(text);
        assert!(!hidden.to_uppercase().contains("7QX2M"), "{hidden}");
        assert!(hidden.starts_with("Posted: \u{201e}XXXXX-") && hidden.contains("\u{201c}, twice.\n"), "{hidden}");
        assert_eq!(hide_keys("well-known, 24-hour"), "well-known, 24-hour");
    }

    /// Rule R-KEY-2.
    #[test]
    fn only_five_groups_of_five_are_a_key() {
        let key = LicenceKey::parse(" demo1-7qx2m-4kd9p-h2vtr-8wnc6 ").unwrap();
        assert_eq!(key.expose_bytes(), b"DEMO1-7QX2M-4KD9P-H2VTR-8WNC6");
        assert!(!format!("{key:?}").contains("DEMO1"));
        assert!(!format!("{:?}", key.reveal()).contains("DEMO1"));
        for pasted in ["demo1–7qx2m—4kd9p‑h2vtr−8wnc6", "\u{200b}DEMO1-7QX2M-4KD9P-H2VTR-8WNC6\u{feff} "] {
            let key = LicenceKey::parse(pasted).unwrap();
            assert_eq!(key.expose_bytes(), b"DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", "{pasted}");
        }
        for bad in [
            "",
            "DEMO1",
            "DEMO1-7QX2M-4KD9P-H2VTR",
            "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6-AAAAA",
            "DEMO1-7QX2M-4KD9P-H2VTR-8WNC",
            "DEMO1-7QX2M-4KD9P-H2VTR-8WN€6",
        ] {
            assert!(LicenceKey::parse(bad).is_err(), "{bad}");
        }
    }
}
