//! What the program takes: settings, variables, commands, and the targets of the Makefile. Each is in the
//! documents, and nothing else is.

use crate::repo::{Repo, block, idents, is_ident, lead};
use std::collections::{BTreeMap, BTreeSet};

pub const CONFIG: &str = "server/src/config.rs";
const CLI: &str = "server/src/cli.rs";
pub const SETTINGS_PAGE: &str = "docs/operations.md";

pub struct Program {
    pub settings: BTreeSet<String>,
    /// The variables of the settings, and those that are read elsewhere.
    pub variables: BTreeSet<String>,
    pub commands: BTreeSet<String>,
    pub flags: BTreeSet<String>,
    pub targets: BTreeSet<String>,
    defaults: BTreeMap<String, String>,
}

impl Program {
    pub fn of(repo: &Repo) -> Self {
        let config = repo.text(CONFIG);
        let settings: BTreeSet<String> = block(config, "pub struct Config {")
            .lines()
            .filter_map(|line| line.trim().strip_prefix("pub ")?.split(':').next())
            .map(str::to_owned)
            .collect();
        let read_elsewhere = config.split('"').filter(|word| word.starts_with("VORTEIL_") && is_ident(word));
        let variables = settings.iter().map(|name| variable(name)).chain(read_elsewhere.map(str::to_owned)).collect();
        let defaults = config
            .lines()
            .filter(|line| line.trim().starts_with("(\"") && line.trim().ends_with("\"),"))
            .filter_map(|line| {
                let parts: Vec<&str> = line.split('"').collect();
                Some(((*parts.get(1)?).to_owned(), (*parts.get(3)?).to_owned()))
            })
            .collect();
        let cli = repo.text(CLI);
        let targets = repo
            .text("Makefile")
            .lines()
            .filter_map(|line| line.split_once(':').filter(|(_, rest)| rest.contains("## ")))
            .map(|(name, _)| name.to_owned())
            .filter(|name| is_ident(name))
            .collect();
        Self { settings, variables, commands: commands(cli), flags: flags(cli), targets, defaults }
    }

    /// What a command line names that is not there.
    pub fn wrong_in_command(&self, repo: &Repo, line: &str) -> Vec<String> {
        let words: Vec<&str> = line.split_whitespace().skip_while(|word| word.contains('=')).collect();
        let is_plain = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        match words[..] {
            ["vorteil", ref rest @ ..] => {
                let mut wrong: Vec<String> = rest
                    .iter()
                    .filter(|w| w.starts_with("--") && !self.flags.contains(**w))
                    .map(|w| (*w).into())
                    .collect();
                let named: Vec<&str> = rest.iter().filter(is_plain).take(2).copied().collect();
                let is_known = match named[..] {
                    [] | ["help"] => true,
                    [first, ..] => self.commands.contains(first) || self.commands.contains(&named.join(" ")),
                };
                if !is_known {
                    wrong.push(line.trim().to_owned());
                }
                wrong
            }
            ["make", ref rest @ ..] => rest
                .iter()
                .filter(is_plain)
                .filter(|w| !self.targets.contains(**w))
                .map(|w| format!("make {w}"))
                .collect(),
            ["cargo", "test", ref rest @ ..] => wrong_in_cargo_test(repo, rest),
            _ => Vec::new(),
        }
    }

    /// What the program takes and no document tells of, and how the table of settings differs.
    pub fn untold(&self, repo: &Repo) -> Vec<String> {
        let told: String = repo.documents().map(|(_, text)| text).collect();
        let mut wrong = Vec::new();
        let commands = self.commands.iter().map(|name| format!("vorteil {name}"));
        let targets = self.targets.iter().map(|name| format!("make {name}"));
        for name in commands.chain(targets).chain(self.variables.iter().map(|name| format!("`{name}`"))) {
            if !told.contains(&name) {
                wrong.push(format!("{name}: no document tells of it"));
            }
        }
        let mut listed = BTreeSet::new();
        for (number, line) in (1..).zip(repo.text(SETTINGS_PAGE).lines()) {
            let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
            let [_, name, default, environment, _, _] = cells[..] else { continue };
            if !environment.starts_with("VORTEIL_") {
                continue;
            }
            listed.insert(name.to_owned());
            if environment != variable(name) {
                wrong.push(format!("{SETTINGS_PAGE}:{number}: {name} is set by {}", variable(name)));
            }
            if let Some(real) = self.defaults.get(name).filter(|real| *real != default) {
                wrong.push(format!("{SETTINGS_PAGE}:{number}: {name} is {real} by default"));
            }
        }
        for name in listed.symmetric_difference(&self.settings) {
            wrong.push(format!("{name}: the table of settings in {SETTINGS_PAGE} and {CONFIG} differ"));
        }
        wrong
    }
}

fn variable(setting: &str) -> String {
    format!("VORTEIL_{}", setting.to_ascii_uppercase())
}

/// The variants of `Command`, and with them those of an enum of further commands.
fn commands(cli: &str) -> BTreeSet<String> {
    let variants = |name: &str| {
        block(cli, &format!("enum {name} {{"))
            .lines()
            .filter_map(|line| line.strip_prefix("    "))
            .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
            .map(|line| lead(line).0.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let mut found = BTreeSet::new();
    let mut inner = BTreeMap::new();
    let mut current = String::new();
    for line in block(cli, "enum Command {").lines() {
        if let Some(line) = line.strip_prefix("    ").filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        {
            current = lead(line).0.to_ascii_lowercase();
        } else if let Some(name) = line.trim().strip_prefix("command: ") {
            inner.insert(current.clone(), name.trim_end_matches(','));
        }
    }
    for name in variants("Command") {
        match inner.get(&name) {
            Some(&further) => found.extend(variants(further).into_iter().map(|second| format!("{name} {second}"))),
            None => {
                found.insert(name);
            }
        }
    }
    found
}

/// The fields that are given by name, and what every program of this kind has.
fn flags(cli: &str) -> BTreeSet<String> {
    let mut found: BTreeSet<String> = ["--help", "--version"].map(str::to_owned).into();
    let mut is_long = false;
    for line in cli.lines() {
        if line.contains("#[arg(long") {
            is_long = true;
        } else if is_long {
            found.insert(format!("--{}", lead(line.trim()).0));
            is_long = false;
        }
    }
    found
}

fn wrong_in_cargo_test(repo: &Repo, words: &[&str]) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut package, mut words) = ("", words.iter());
    while let Some(word) = words.next() {
        match *word {
            "-p" => {
                package = words.next().copied().unwrap_or_default();
                if !repo.paths.contains(&format!("{package}/Cargo.toml")) {
                    wrong.push(package.to_owned());
                }
            }
            "--test" => {
                let name = words.next().copied().unwrap_or_default();
                let is_there = |end: &str| repo.paths.contains(&format!("{package}/tests/{name}{end}"));
                if !is_there(".rs") && !is_there("/main.rs") {
                    wrong.push(format!("{package}/tests/{name}.rs"));
                }
            }
            "--features" => {
                words.next();
            }
            filter => {
                let is_there = |(path, text): (&str, &str)| {
                    path.starts_with(&format!("{package}/")) && idents(text).contains(&filter)
                };
                if !repo.rust().any(is_there) {
                    wrong.push(filter.to_owned());
                }
            }
        }
    }
    wrong
}
