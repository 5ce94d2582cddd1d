//! A product licence key in clear. It has no `Serialize`, prints as `<redacted>`, and becomes
//! text in one place: [`RevealedKey`], which only the reveal builds.

use crate::text::{bare, is_dash, is_hidden};
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
    /// Reads `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`; small letters become capitals, dashes hyphens, and
    /// what nobody sees is left out. Rule R-KEY-2.
    pub fn parse(raw: &str) -> Result<Self, LicenceKeyProblem> {
        let key = bare(raw).to_ascii_uppercase();
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

/// Letters and digits of a group, and groups of a key.
const GROUP: usize = 5;
const GROUPS: usize = 5;

/// A text without the keys that somebody has pasted into it: whatever stands before or behind them,
/// whichever dashes join them, and also with something between that nobody sees.
pub fn hide_keys(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(&sign) = signs.get(at) {
        if let Some(end) = end_of_key(&signs, at) {
            out.push_str("XXXXX-XXXXX-XXXXX-XXXXX-XXXXX");
            at = end;
        } else {
            out.push(sign);
            at += 1;
        }
    }
    out
}

/// Where the key ends that begins here.
fn end_of_key(signs: &[char], begin: usize) -> Option<usize> {
    let mut at = begin;
    for group in 0..GROUPS {
        let mut seen = 0;
        // The dash before a group, then its letters.
        let mut dashes = usize::from(group > 0);
        while seen < GROUP {
            match *signs.get(at)? {
                c if at > begin && is_hidden(c) => {}
                c if dashes > 0 && is_dash(c) => dashes = 0,
                c if dashes == 0 && c.is_ascii_alphanumeric() => seen += 1,
                _ => return None,
            }
            at += 1;
        }
    }
    Some(at)
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
        for (before, key, after) in [
            ("Key-", "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", ""),
            ("-", "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", ""),
            ("", "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", "-"),
            ("key=", "DEMO1\u{2011}7QX2M\u{2011}4KD9P\u{2011}H2VTR\u{2011}8WNC6", "."),
            ("", "DEMO1–7QX2M–4KD9P–H2VTR–8WNC6", "–x"),
            ("Key", "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", "_old"),
            ("(", "DEMO1-\u{200b}7QX2M-4K\u{ad}D9P-H2VTR-8WNC6", ") ü"),
            ("", "DEMO1-7QX2M-4KD9P-H2VTR-8WNC6", "-AAAAA"),
        ] {
            let hidden = hide_keys(&[before, key, after].concat());
            assert_eq!(hidden, [before, "XXXXX-XXXXX-XXXXX-XXXXX-XXXXX", after].concat());
        }
        for harmless in ["well-known, 24-hour", "", "AR-2026-00001", "DEMO1-7QX2M-4KD9P-H2VTR", "a–b – c"] {
            assert_eq!(hide_keys(harmless), harmless);
        }
    }

    /// Rule R-KEY-2.
    #[test]
    fn only_five_groups_of_five_are_a_key() {
        let key = LicenceKey::parse(" demo1-7qx2m-4kd9p-h2vtr-8wnc6 ").unwrap();
        assert_eq!(key.expose_bytes(), b"DEMO1-7QX2M-4KD9P-H2VTR-8WNC6");
        for same in [
            "DEMO1–7QX2M–4KD9P–H2VTR–8WNC6",
            "DEMO1\u{2011}7QX2M\u{2212}4KD9P\u{2010}H2VTR-8WNC6",
            "\u{feff}DEMO1-7QX2M\u{200b}-4KD9P-H2VTR-8WNC6\u{a0}",
        ] {
            assert_eq!(LicenceKey::parse(same), Ok(key.clone()));
        }
        assert!(!format!("{key:?}").contains("DEMO1"));
        assert!(!format!("{:?}", key.reveal()).contains("DEMO1"));
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
