//! The sentences of the page's language: a file of their own, whose name holds a hash of both
//! languages' sentences. Program and file fit together, or the page stays as the server drew it.

use crate::i18n::t::HASH;
use domain::language::Language;

/// Where the file of a language is.
pub fn path(language: Language) -> String {
    ["/texts/", language.tag(), "-", HASH, ".txt"].concat()
}

/// The file under this name, if it is this program's.
#[cfg(feature = "ssr")]
pub fn file(name: &str) -> Option<&'static str> {
    Language::ALL.into_iter().find(|l| path(*l).strip_prefix("/texts/") == Some(name)).map(|l| match l {
        Language::En => include_str!(concat!(env!("OUT_DIR"), "/texts.en.txt")),
        Language::De => include_str!(concat!(env!("OUT_DIR"), "/texts.de.txt")),
    })
}

#[cfg(feature = "hydrate")]
static TEXTS: std::sync::OnceLock<Vec<&'static str>> = std::sync::OnceLock::new();

/// Takes the file over. It stays for as long as the page does.
#[cfg(feature = "hydrate")]
pub fn set(file: String) {
    let file: &'static str = Box::leak(file.into_boxed_str());
    let _ = TEXTS.set(file.split('\0').collect());
}

/// A sentence by its number.
#[cfg(feature = "hydrate")]
pub fn get(id: usize) -> &'static str {
    TEXTS.get().and_then(|texts| texts.get(id)).copied().unwrap_or_default()
}

/// A sentence with its values: `\u{1}a` stands for the first, `\u{1}b` for the second.
#[cfg(feature = "hydrate")]
pub fn fill(id: usize, values: &[&str]) -> String {
    let mut parts = get(id).split('\u{1}');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut rest = part.chars();
        let index = rest.next().map_or(0, |c| (c as usize).wrapping_sub('a' as usize));
        out.push_str(values.get(index).copied().unwrap_or_default());
        out.push_str(rest.as_str());
    }
    out
}
