//! `docs/rules.md` and the code name the same rules, and what the page names exists.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn rust_files(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
}

fn sources(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for folder in folders {
        rust_files(&root().join(folder), &mut found);
    }
    found
}

/// `R-ORD-2` and its like.
fn ids(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("R-") {
        // No end of a longer word.
        if text[..at].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let rest = &text[at + 2..];
        let letters: String = rest.chars().take_while(char::is_ascii_uppercase).collect();
        let digits: String =
            rest[letters.len()..].strip_prefix('-').unwrap_or("").chars().take_while(char::is_ascii_digit).collect();
        if !letters.is_empty() && !digits.is_empty() {
            found.insert(format!("R-{letters}-{digits}"));
        }
    }
    found
}

fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn the_page_of_rules_is_true() {
    let code = sources(&["domain/src", "store/src"]);
    let in_code: BTreeSet<String> = code.iter().flat_map(|(_, text)| ids(text)).collect();
    assert!(in_code.len() > 8, "rules are marked in the code");
    let page = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let rows: BTreeMap<&str, Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| R-"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
            (cells[0], cells)
        })
        .collect();
    let on_page: BTreeSet<String> = rows.keys().map(|id| (*id).to_owned()).collect();
    assert_eq!(on_page, in_code, "docs/rules.md and the code differ in their rules");
    let tests: String = sources(&["domain", "store", "server"]).into_iter().map(|(_, text)| text).collect();
    for (id, cells) in rows {
        let [file, items @ ..] = &quoted(cells[2])[..] else { panic!("{id}: no code named") };
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_else(|_| panic!("{id}: no file {file}"));
        assert!(ids(&text).contains(id), "{id} is not marked in {file}");
        for item in items {
            assert!(text.contains(item), "{id}: {file} has no {item}");
        }
        let named = quoted(cells[3]);
        assert!(!named.is_empty(), "{id}: no test named");
        for test in named {
            assert!(
                tests.contains(&format!("fn {test}(")) || tests.contains(&format!("{test} =>")),
                "{id}: no test {test}"
            );
        }
    }
}
