//! A page of prose, line by line: what stands in backticks, in a block of code, or behind a link.

use crate::program::Program;
use crate::repo::{MADE, Repo, idents, is_ident, is_word, lead};

/// Names that are right and not ours.
const FOREIGN: [(&str, &[&str]); 9] = [
    ("the standard library and the parts of Leptos", &["Option", "Suspense", "Transition", "Route"]),
    ("the router of Leptos", &["use_query_map", "use_url", "use_location"]),
    ("attributes of SeaORM and serde", &["string_value", "skip_serializing_if", "deserialize_any"]),
    ("translation libraries that were compared", &["leptos_i18n", "load_locales", "t_string"]),
    ("cargo, rustc and cargo-leptos", &["RUSTFLAGS", "erase_components", "--split"]),
    ("PostgreSQL", &["pg_notify", "pg_dump"]),
    ("headers, their values, and the browser's own", &["Host", "Origin", "DENY", "EventSource"]),
    ("the machine", &["SSL_CERT_FILE", "/usr"]),
    ("how the demo's keys begin", &["DEMO"]),
];

/// A name with one of these ends is a file.
const ENDS: [&str; 12] = [".rs", ".toml", ".json", ".md", ".sh", ".txt", ".ts", ".mjs", ".css", ".csv", ".db", ".html"];

fn is_foreign(name: &str) -> bool {
    FOREIGN.iter().any(|(_, names)| names.contains(&name))
}

/// What is said in a document and is not so, with its line.
pub fn wrong_in(repo: &Repo, program: &Program, path: &str, text: &str) -> Vec<String> {
    let page = Page { repo, program, path, folder: path.rsplit_once('/').map_or("", |(folder, _)| folder) };
    let mut wrong = Vec::new();
    let (mut is_block, mut is_toml, mut lists_tests) = (false, false, false);
    for (number, line) in (1..).zip(text.lines()) {
        let mut found = Vec::new();
        if line.trim_start().starts_with("```") {
            is_block = !is_block;
            is_toml = line.trim().ends_with("toml");
        } else if is_block {
            found = page.wrong_in_block(line);
            // A setting, or a field of the file that the page is about.
            let name = line.split_once(" = ").map_or("", |(name, _)| name);
            if is_toml && is_ident(name) && !page.is_known(name) {
                found.push(not_there(name));
            }
        } else if line.matches('`').count() % 2 == 1 {
            found.push("a backtick is missing".to_owned());
        } else {
            lists_tests =
                line.starts_with('|') && (lists_tests || line.trim_end_matches([' ', '|']).ends_with("| Tests"));
            found.extend(page.wrong_in_spans(line));
            found.extend(page.wrong_in_links(line));
            found.extend(page.wrong_in_tests(line, lists_tests));
        }
        wrong.extend(found.into_iter().map(|what| format!("{path}:{number}: {what}")));
    }
    wrong
}

struct Page<'a> {
    repo: &'a Repo,
    program: &'a Program,
    path: &'a str,
    folder: &'a str,
}

impl Page<'_> {
    fn wrong_in_block(&self, line: &str) -> Vec<String> {
        let line = line.split('#').next().unwrap_or_default();
        let mut wrong: Vec<String> =
            self.program.wrong_in_command(self.repo, line).iter().map(|name| not_there(name)).collect();
        let words = line.split(|c: char| c.is_whitespace() || "\"'()$".contains(c));
        for script in words.filter(|word| word.starts_with("scripts/") && !self.repo.paths.contains(*word)) {
            wrong.push(not_there(script));
        }
        wrong
    }

    fn wrong_in_spans(&self, line: &str) -> Vec<String> {
        let parts: Vec<&str> = line.split('`').collect();
        let mut wrong = Vec::new();
        for at in (1..parts.len()).step_by(2) {
            let span = parts[at];
            let first = span.split(' ').next().unwrap_or_default();
            if ["vorteil", "make", "cargo"].contains(&first) || span.starts_with("UPDATE=") {
                wrong.extend(self.program.wrong_in_command(self.repo, span).iter().map(|name| not_there(name)));
            } else if span.starts_with('/') && span.contains(char::is_alphanumeric) {
                if !self.is_address(span) {
                    wrong.push(not_there(span));
                }
            } else if is_path(span) {
                wrong.extend(self.wrong_in_path(span));
                // What is named beside a file is in it: "`file`, `name`" and "`name` (`file`)".
                let before = at.checked_sub(2).filter(|_| parts[at - 1] == " (");
                let after = parts.get(at + 1).filter(|between| [" ", ", "].contains(between)).map(|_| at + 2);
                for name in before.into_iter().chain(after).filter_map(|beside| parts.get(beside)) {
                    let text = self.repo.text(span);
                    if !text.is_empty() && is_ident(name) && !idents(text).contains(name) {
                        wrong.push(format!("`{name}` is not in {span}"));
                    }
                }
            } else if span.starts_with("--") || span.starts_with("serve --") {
                let flags = span.split(' ').filter(|word| word.starts_with("--"));
                wrong.extend(flags.filter(|flag| !self.is_flag(flag)).map(not_there));
            } else if self.path != "CHANGELOG.md" {
                // The changelog tells of the past, in which other names were right.
                wrong.extend(self.wrong_names(span).iter().map(|name| not_there(name)));
            }
        }
        wrong
    }

    fn is_flag(&self, flag: &str) -> bool {
        is_foreign(flag) || self.program.flags.contains(flag)
    }

    /// An address that the program answers to, by its first step.
    fn is_address(&self, address: &str) -> bool {
        let first = address.split('/').nth(1).unwrap_or_default();
        let quoted = [format!("\"/{first}"), format!("/{first}/")];
        is_foreign(address) || self.repo.rust().any(|(_, text)| quoted.iter().any(|form| text.contains(form.as_str())))
    }

    fn wrong_in_path(&self, span: &str) -> Option<String> {
        let (path, tail) = span.rsplit_once(':').unwrap_or((span, ""));
        if !tail.is_empty() && tail.chars().all(|c| c.is_ascii_digit()) {
            return Some(format!("{path} is named with a line, which moves; name what stands there"));
        }
        if span.contains('/') {
            return (!alternatives(span).iter().all(|path| self.is_there(path))).then(|| not_there(span));
        }
        let is_file = self.repo.paths.iter().any(|path| path.rsplit('/').next() == Some(span));
        // The program writes some by itself.
        let is_written = || {
            self.repo.files.iter().any(|(path, text)| {
                (path.ends_with(".rs") || path.ends_with(".sh")) && !path.contains("/tests/") && text.contains(span)
            })
        };
        (!is_file && !is_written()).then(|| not_there(span))
    }

    /// From the root or from the page's own folder; `*` is any part of a name.
    fn is_there(&self, path: &str) -> bool {
        let steps: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let is_made = |step: Option<&&str>| step.is_some_and(|step| MADE.contains(step));
        if is_made(steps.first()) || is_made(steps.last()) || steps.first() == Some(&"~") {
            return true;
        }
        [String::new(), format!("{}/", self.folder)].iter().any(|base| {
            let whole = normal(&format!("{base}{path}"));
            let wanted: Vec<&str> = whole.split('/').collect();
            self.repo.paths.iter().any(|path| {
                let steps: Vec<&str> = path.split('/').collect();
                steps.len() == wanted.len() && wanted.iter().zip(&steps).all(|(pattern, step)| fits(pattern, step))
            })
        })
    }

    fn is_known(&self, name: &str) -> bool {
        // A variant as serde and the addresses write it.
        let camel: String = name.split('_').map(capital).collect();
        let names = [&self.repo.words, &self.repo.tests, &self.program.settings, &self.program.variables];
        is_foreign(name) || names.iter().any(|set| set.contains(name)) || self.repo.words.contains(&camel)
    }

    fn wrong_names(&self, span: &str) -> Vec<String> {
        if span.starts_with("#[") || span.starts_with('"') {
            return Vec::new();
        }
        if let Some(element) = span.strip_prefix('<') {
            let name = lead(element).0;
            let is_ours = name.starts_with(|c: char| c.is_ascii_uppercase());
            return if is_ours && !self.is_known(name) { vec![name.to_owned()] } else { Vec::new() };
        }
        if let Some((table, column)) = span.split_once('.').filter(|(a, b)| is_ident(a) && is_ident(b)) {
            let head = format!("table_name = \"{table}\"");
            let is_there = self.repo.rust().any(|(_, text)| text.contains(&head) && idents(text).contains(&column));
            return if is_there { Vec::new() } else { vec![span.to_owned()] };
        }
        let open = span.trim_matches('…');
        if open != span && is_ident(open) {
            let is_end = span.starts_with('…');
            let fits = |word: &String| if is_end { word.ends_with(open) } else { word.starts_with(open) };
            return if self.repo.words.iter().any(fits) { Vec::new() } else { vec![span.to_owned()] };
        }
        let whole = span.trim_start_matches('&').trim_end_matches(['!', '(', ')']);
        let mut wrong = Vec::new();
        for (chain, is_called) in chains(span) {
            let names: Vec<&str> = chain.split("::").collect();
            let is_there = match names[..] {
                // An everyday word says nothing, and may be anything.
                [name] if !is_called && (name != whole || !is_name(name)) => true,
                [name] => self.is_known(name),
                [.., of, name] if is_type(of) => self.repo.members.get(of).is_some_and(|all| all.contains(name)),
                _ => self.repo.has_module(&names),
            };
            if !is_there {
                wrong.push(chain.to_owned());
            }
        }
        wrong
    }

    fn wrong_in_links(&self, line: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        for link in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if file.is_empty() { self.path.to_owned() } else { normal(&format!("{}/{file}", self.folder)) };
            let mut headings = self.repo.text(&target).lines().filter(|line| line.starts_with('#')).map(anchor_of);
            if !self.repo.paths.contains(&target) {
                wrong.push(not_there(link));
            } else if !anchor.is_empty() && !headings.any(|heading| heading == anchor) {
                wrong.push(format!("`{link}`: no such heading"));
            }
        }
        wrong
    }

    /// A column of tests, what stands behind "Test:", and what is said to run on both databases.
    fn wrong_in_tests(&self, line: &str, lists_tests: bool) -> Vec<String> {
        let cell = if lists_tests { line.trim_end_matches([' ', '|']).rsplit('|').next() } else { None };
        let behind = ["Test: ", "Tests: "].iter().find_map(|head| line.split_once(*head)).map(|(_, rest)| rest);
        let mut wrong = Vec::new();
        for name in cell.or(behind).into_iter().flat_map(|text| text.split('`').skip(1).step_by(2)) {
            if is_ident(name) && !self.repo.tests.contains(name) {
                wrong.push(format!("no test `{name}`"));
            }
        }
        for (before, _) in line.match_indices("` (both)").map(|(at, _)| line.split_at(at)) {
            let name = before.rsplit('`').next().unwrap_or_default();
            if !self.repo.both.contains(name) {
                wrong.push(format!("no test `{name}` on both databases"));
            }
        }
        wrong
    }
}

fn not_there(name: &str) -> String {
    format!("there is no `{name}`")
}

fn is_path(span: &str) -> bool {
    let is_other = ["://", "::", " ", "("].iter().any(|sign| span.contains(sign)) || span.starts_with('@');
    let bare = span.rsplit_once(':').map_or(span, |(path, _)| path);
    !is_other
        && (span.contains('/') && span.contains(char::is_alphabetic) || ENDS.iter().any(|end| bare.ends_with(end)))
}

fn is_type(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase())
}

/// Not a word of everyday language: a type, a constant, or words that are joined.
fn is_name(name: &str) -> bool {
    let is_constant = name.len() > 1 && !name.contains(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    is_type(name) || is_constant || name.contains('_')
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Names joined by `::`, and whether each is called.
fn chains(span: &str) -> Vec<(&str, bool)> {
    let mut found = Vec::new();
    let mut rest = span;
    while let Some(start) = rest.find(is_word) {
        let begun = &rest[start..];
        let mut end = lead(begun).0.len();
        while let Some(next) = begun[end..].strip_prefix("::").map(|next| lead(next).0).filter(|next| !next.is_empty())
        {
            end += "::".len() + next.len();
        }
        let (chain, behind) = begun.split_at(end);
        if !chain.starts_with(|c: char| c.is_ascii_digit()) {
            found.push((chain, behind.starts_with(['(', '!'])));
        }
        rest = behind;
    }
    found
}

/// `a/{b,c}/<d>.rs` as `a/b/*.rs` and `a/c/*.rs`.
fn alternatives(path: &str) -> Vec<String> {
    let mut path = path.replace('…', "*");
    while let Some((before, rest)) = path.split_once('<') {
        let Some((_, after)) = rest.split_once('>') else { break };
        path = format!("{before}*{after}");
    }
    if let Some((before, rest)) = path.split_once('{')
        && let Some((inner, after)) = rest.split_once('}')
    {
        return inner.split(',').flat_map(|one| alternatives(&format!("{before}{one}{after}"))).collect();
    }
    vec![path]
}

/// Without `.` and `..`.
fn normal(path: &str) -> String {
    let mut steps = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| fits(after, &rest[at..]))
        }),
    }
}

/// As a forge writes the anchor of a heading.
fn anchor_of(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}
