//! What there is: the files of the repository, and the names that its Rust sources define. Reading text
//! is enough, because rustfmt writes it: a block ends where its indentation does.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Built, installed or written by a run, and so not of the repository.
pub const MADE: [&str; 6] = ["target", "node_modules", "var", "site", "test-results", "playwright-report"];

/// The name of what is defined stands behind one of these.
const DEFINING: [&str; 9] = ["fn", "struct", "enum", "trait", "const", "static", "type", "mod", "macro_rules"];

/// What makes a test for each database of each line behind it.
const ON_BOTH: [&str; 2] = ["on_both! {", "races! {"];

/// This test's own files: what they quote is false on purpose.
const OWN: &str = "domain/tests/docs_are_true/";

pub fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

pub fn is_ident(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_word) && !text.starts_with(|c: char| c.is_ascii_digit())
}

pub fn idents(text: &str) -> Vec<&str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect()
}

/// The word that a text begins with, and the rest.
pub fn lead(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !is_word(c)).unwrap_or(text.len()))
}

/// What stands between a line that has `head` in it and the next brace at the line's beginning.
pub fn block<'a>(text: &'a str, head: &str) -> &'a str {
    let rest = text.split_once(head).map_or("", |(_, rest)| rest);
    rest.split_once("\n}").map_or(rest, |(inner, _)| inner)
}

fn defined<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words.windows(2).filter(|pair| DEFINING.contains(&pair[0])).map(|pair| pair[1]).collect()
}

fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with("//")
}

#[derive(Default)]
pub struct Repo {
    /// Files and folders, from the root.
    pub paths: BTreeSet<String>,
    /// Their texts; that of a picture is empty.
    pub files: BTreeMap<String, String>,
    /// Whatever has a name: definitions, fields, variants, words that are quoted, keys of sentences.
    pub words: BTreeSet<String>,
    pub tests: BTreeSet<String>,
    /// The tests that run on both databases.
    pub both: BTreeSet<String>,
    /// Fields, variants, functions and constants by their type.
    pub members: BTreeMap<String, BTreeSet<String>>,
}

impl Repo {
    pub fn read(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        walk(root, "", &mut files);
        Self::of(files)
    }

    pub fn of(files: BTreeMap<String, String>) -> Self {
        let mut repo = Self::default();
        for (path, text) in &files {
            repo.paths.insert(path.clone());
            repo.paths.extend(path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
            if path.ends_with(".rs") {
                repo.learn(text);
                if !path.starts_with(OWN) {
                    repo.words.extend(text.split('"').filter(|word| is_ident(word)).map(str::to_owned));
                }
            } else if path.starts_with("app/locales/en/") {
                repo.words.extend(text.lines().filter_map(|line| line.split('"').nth(1)).map(str::to_owned));
            }
        }
        repo.files = files;
        repo
    }

    pub fn text(&self, path: &str) -> &str {
        self.files.get(path).map_or("", String::as_str)
    }

    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|(path, _)| path.ends_with(".rs") && !path.starts_with(OWN))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    pub fn documents(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().filter(|(path, _)| path.ends_with(".md")).map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// `a::b::c` is a file, or something that is defined in one, on a path through the modules.
    pub fn has_module(&self, segments: &[&str]) -> bool {
        let Some((last, before)) = segments.split_last() else { return false };
        self.rust().any(|(path, text)| {
            goes_through(path, segments)
                || goes_through(path, before)
                    && text.lines().filter(|line| is_code(line)).any(|line| defined(&idents(line)).contains(last))
        })
    }

    fn learn(&mut self, text: &str) {
        let (mut is_test, mut in_both) = (false, false);
        let mut tests_here = BTreeSet::new();
        let mut owner: Option<Owner> = None;
        for line in text.lines().filter(|line| is_code(line)) {
            let (bare, words) = (line.trim(), idents(line));
            let indent = line.len() - line.trim_start().len();
            let names = defined(&words);
            self.words.extend(names.iter().map(|name| (*name).to_owned()));
            let (first, rest) = lead(without_pub(bare));
            if is_entry(first, rest) {
                self.words.insert(first.to_owned());
            }
            if bare.starts_with("#[") {
                is_test |= words.contains(&"test") && !words.contains(&"cfg");
            } else if let Some(at) = words.iter().position(|word| *word == "fn") {
                if let (true, Some(name)) = (is_test, words.get(at + 1)) {
                    self.tests.insert((*name).to_owned());
                    // Once for each database.
                    if !tests_here.insert((*name).to_owned()) {
                        self.both.insert((*name).to_owned());
                    }
                }
                is_test = false;
            }
            in_both |= ON_BOTH.iter().any(|head| bare.starts_with(head));
            if in_both {
                for (at, _) in line.match_indices(" =>") {
                    if let Some(name) = idents(&line[..at]).last() {
                        self.both.insert((*name).to_owned());
                        self.tests.insert((*name).to_owned());
                    }
                }
                in_both = !bare.ends_with('}');
            }
            owner = match owner.take() {
                Some(of) if indent == of.indent && bare.starts_with('}') => None,
                Some(of) => {
                    if indent == of.indent + 4 {
                        let members = self.members.entry(of.name.clone()).or_default();
                        members.extend(names.iter().map(|name| (*name).to_owned()));
                        if !of.is_impl && !first.is_empty() {
                            members.insert(first.to_owned());
                        }
                    }
                    Some(of)
                }
                None => Owner::of(bare, indent, &words),
            };
        }
    }
}

fn walk(root: &Path, folder: &str, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".git" || MADE.contains(&name.as_str()) {
            continue;
        }
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if entry.path().is_dir() {
            walk(root, &path, files);
        } else {
            let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
            files.insert(path, text);
        }
    }
}

fn goes_through(path: &str, names: &[&str]) -> bool {
    let mut steps = path.trim_end_matches(".rs").split('/');
    names.iter().all(|name| steps.any(|step| step == *name))
}

fn without_pub(line: &str) -> &str {
    ["pub(crate) ", "pub(super) ", "pub "].iter().find_map(|head| line.strip_prefix(head)).unwrap_or(line)
}

/// A field, or a variant.
fn is_entry(first: &str, rest: &str) -> bool {
    let is_field = rest.starts_with(':') && !rest.starts_with("::");
    let is_variant = rest.is_empty() || [",", "(", " {", " ="].iter().any(|sign| rest.starts_with(sign));
    is_ident(first) && (is_field || first.starts_with(|c: char| c.is_ascii_uppercase()) && is_variant)
}

/// The type whose block the lines are in.
struct Owner {
    name: String,
    indent: usize,
    is_impl: bool,
}

impl Owner {
    /// The one that begins with this line.
    fn of(line: &str, indent: usize, words: &[&str]) -> Option<Self> {
        let begins = without_pub(line);
        if line.ends_with(['}', ';']) {
            return None;
        }
        if ["enum ", "struct ", "trait "].iter().any(|kind| begins.starts_with(kind)) {
            return Some(Self { name: (*idents(begins).get(1)?).to_owned(), indent, is_impl: false });
        }
        if words.first() != Some(&"impl") {
            return None;
        }
        let head = line.split('{').next().unwrap_or_default().trim_start_matches("impl");
        let head = match head.rsplit_once(" for ") {
            Some((_, of)) => of,
            None if head.starts_with('<') => head.split_once("> ").map_or(head, |(_, of)| of),
            None => head,
        };
        let name = *idents(head.trim().split(['<', ' ']).next()?).last()?;
        Some(Self { name: name.to_owned(), indent, is_impl: true })
    }
}
