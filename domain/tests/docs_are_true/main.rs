//! What the documents say of the code is so: files, names, settings, commands, tests and links. `rules_doc.rs`
//! does the same for the page of rules, in more detail.
//!
//! It reads text, and so it finds what is not there; that what is there does what the sentence says, it
//! cannot know.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test stops where something is wrong"
)]

mod document;
mod program;
mod repo;

use document::wrong_in;
use program::Program;
use repo::{Repo, idents, is_word, lead};
use std::collections::BTreeSet;
use std::path::Path;

fn repository() -> Repo {
    Repo::read(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
}

fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} to mend:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_documents_are_true() {
    let repo = repository();
    let program = Program::of(&repo);
    assert!(repo.documents().count() > 10 && repo.tests.len() > 200 && program.settings.len() > 10);
    let mut wrong = program.untold(&repo);
    for (path, text) in repo.documents() {
        wrong.extend(wrong_in(&repo, &program, path, text));
    }
    nothing(&wrong);
}

/// "The wording is in `locales/*/x.json`" names the files that the enum's function takes its sentences from.
#[test]
fn comments_name_the_files_of_their_sentences() {
    nothing(&wrong_sentences(&repository()));
}

/// A list that is not in the repository gives nobody anything to look up.
#[test]
fn browser_tests_are_called_after_what_they_do() {
    let repo = repository();
    let mut wrong = Vec::new();
    for (path, text) in repo.files.iter().filter(|(path, _)| path.ends_with(".spec.ts")) {
        let titles = text.lines().map(str::trim);
        let titles = titles.filter_map(|line| line.split_once("('").or_else(|| line.split_once("(`")));
        let titles: Vec<&str> = titles.filter(|(call, _)| call.chars().all(is_word)).map(|(_, title)| title).collect();
        assert!(!titles.is_empty(), "{path} has tests");
        for title in titles {
            let mut letters = title.chars();
            let begins = (letters.next(), letters.next());
            if let (Some(letter), Some(digit)) = begins
                && letter.is_ascii_uppercase()
                && digit.is_ascii_digit()
            {
                wrong.push(format!("{path}: '{title}' begins with an id"));
            }
        }
    }
    nothing(&wrong);
}

fn wrong_sentences(repo: &Repo) -> Vec<String> {
    let functions: Vec<&str> =
        repo.rust().filter(|(path, _)| path.starts_with("app/src/")).flat_map(|(_, text)| functions(text)).collect();
    let mut wrong = Vec::new();
    for (path, text) in repo.rust() {
        let mut comment = String::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.starts_with("//") {
                comment.push_str(line);
                continue;
            }
            if line.starts_with("#[") {
                continue;
            }
            if comment.contains("locales/*/") {
                let says = files_in(&comment);
                for file in &says {
                    if ["en", "de"].iter().any(|l| !repo.paths.contains(&format!("app/locales/{l}/{file}.json"))) {
                        wrong.push(format!("{path}:{number}: there is no {file}.json in both languages"));
                    }
                }
                let of = line.strip_prefix("pub enum ").map(|rest| lead(rest).0);
                if let Some(name) = of.filter(|_| comment.contains("wording"))
                    && !is_worded(name, &says, &functions)
                {
                    wrong.push(format!("{path}:{number}: the sentences of {name} are not in {says:?}, or not all"));
                }
            }
            comment.clear();
        }
    }
    wrong
}

/// Those that take the enum have all their sentences there. Where only a larger function knows it, its
/// sentences are among that function's.
fn is_worded(name: &str, says: &BTreeSet<&str>, functions: &[&str]) -> bool {
    let takes_it = |function: &&&str| idents(function.split('{').next().unwrap_or_default()).contains(&name);
    let own: Vec<&&str> = functions.iter().filter(takes_it).collect();
    if own.is_empty() {
        let used: BTreeSet<&str> =
            functions.iter().filter(|f| idents(f).contains(&name)).flat_map(|f| slices(f)).collect();
        return says.is_subset(&used);
    }
    let used: BTreeSet<&str> = own.into_iter().flat_map(|f| slices(f)).collect();
    *says == used
}

/// The names before `.json`.
fn files_in(comment: &str) -> BTreeSet<&str> {
    let before = comment.match_indices(".json").map(|(at, _)| &comment[..at]);
    before.filter_map(|text| text.rsplit(|c: char| !is_word(c)).next()).filter(|name| !name.is_empty()).collect()
}

/// The functions at the beginning of a line, whole.
fn functions(text: &str) -> Vec<&str> {
    let begins = |line: &str| !line.starts_with([' ', '/', '#', '}']) && idents(line).contains(&"fn");
    let mut found = Vec::new();
    let (mut at, mut begun) = (0, None);
    for line in text.split_inclusive('\n') {
        if begun.is_none() && begins(line) {
            begun = Some(at);
        }
        at += line.len();
        if line.trim_end() == "}"
            && let Some(start) = begun.take()
        {
            found.push(&text[start..at]);
        }
    }
    found
}

/// The files of sentences that a function uses: `t::seats::…`, or `use t::{refusals as r, told as w}`.
fn slices(function: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, sign) in function.match_indices("t::") {
        if function[..at].ends_with(is_word) {
            continue;
        }
        let rest = &function[at + sign.len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let inner = list.split('}').next().unwrap_or_default();
                found.extend(inner.split(',').filter_map(|one| idents(one).first().copied()));
            }
            None => found.push(lead(rest).0),
        }
    }
    found
}

/// A small repository, and what is true and false of it.
mod itself {
    use super::*;

    fn small() -> Repo {
        let files = [
            ("README.md", "# Try it\n"),
            ("docs/operations.md", "| `listen` | `127.0.0.1:3000` | `VORTEIL_LISTEN` | Where. |\n"),
            ("Makefile", "serve: build ## Serve\n"),
            ("scripts/tools.sh", "exit\n"),
            ("domain/Cargo.toml", ""),
            (
                "domain/src/seat.rs",
                "pub enum Seat {\n    Free,\n}\n\nimpl Seat {\n    pub const ALL: [Self; 1] = [Self::Free];\n}\n\npub fn assignable() {}\n",
            ),
            ("domain/tests/seats.rs", "#[test]\nfn one_seat_is_one() {}\n\non_both! { a_seat_is_kept => kept }\n"),
            (
                "server/src/config.rs",
                "pub struct Config {\n    pub listen: u16,\n}\n        [\n            (\"listen\", \"127.0.0.1:3000\"),\n        ]\n",
            ),
            (
                "server/src/cli.rs",
                "enum Command {\n    Serve {\n        #[arg(long)]\n        demo: bool,\n    },\n    Keys {\n        #[command(subcommand)]\n        command: KeysCommand,\n    },\n}\n\nenum KeysCommand {\n    Import { file: PathBuf },\n}\n",
            ),
        ];
        Repo::of(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    fn wrong_on(page: &str) -> Vec<String> {
        let repo = small();
        wrong_in(&repo, &Program::of(&repo), "docs/page.md", page)
    }

    #[test]
    fn what_is_true_passes() {
        for line in [
            "`domain/src/seat.rs`, `assignable`; `assignable` (`domain/src/seat.rs`); `domain/{src,tests}/<name>.rs`",
            "`Seat::ALL`, `Seat::Free`, `assignable()`, `domain::seat`, `seat::assignable`, `ass…`, an `everyday` word",
            "`vorteil serve --demo`, `vorteil keys import FILE`, `vorteil help`, `make serve PORT=3001`",
            "`cargo test -p domain --test seats one_seat_is_one`, `VORTEIL_LISTEN`, `target/site`, `https://seat.example`",
            "[a heading](../README.md#try-it), [a file](operations.md), [elsewhere](https://example.com/#x)",
            "Tests: `one_seat_is_one`, `a_seat_is_kept` (both)",
        ] {
            assert_eq!(wrong_on(line), Vec::<String>::new());
        }
        assert_eq!(
            wrong_on("```\nmake serve      # a comment\neval \"$(scripts/tools.sh env)\"\n```\n"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_is_false_is_named_with_its_line() {
        for (line, name) in [
            ("`domain/src/seats.rs`", "domain/src/seats.rs"),
            ("`domain/{src,texts}/`", "domain/{src,texts}/"),
            ("`seats.toml`", "seats.toml"),
            ("`domain/src/seat.rs:3`", "a line, which moves"),
            ("`domain/src/seat.rs`, `removable`", "removable"),
            ("`removable` (`domain/src/seat.rs`)", "removable"),
            ("`Seat::NONE`", "Seat::NONE"),
            ("`Seat::Taken`", "Seat::Taken"),
            ("`seat::removable`", "seat::removable"),
            ("`domain::order`", "domain::order"),
            ("`removable()`", "removable"),
            ("`Chair`", "Chair"),
            ("`many_chairs`", "many_chairs"),
            ("`rem…`", "rem…"),
            ("`VORTEIL_HEAR`", "VORTEIL_HEAR"),
            ("`vorteil sit`", "vorteil sit"),
            ("`vorteil keys export`", "vorteil keys export"),
            ("`vorteil serve --loud`", "--loud"),
            ("`make chairs`", "make chairs"),
            ("`cargo test -p domain --test chairs`", "domain/tests/chairs.rs"),
            ("`/chairs`", "/chairs"),
            ("[here](../CHAIRS.md)", "../CHAIRS.md"),
            ("[here](../README.md#sit)", "no such heading"),
            ("| Promise | Tests |\n| One | `two_seats_are_two` |", "two_seats_are_two"),
            ("Test: `one_seat_is_one` (both).", "on both databases"),
            ("```\nscripts/chairs.sh\n```", "scripts/chairs.sh"),
            ("```toml\nhear = \"127.0.0.1:3000\"\n```", "hear"),
            ("one ` alone", "a backtick is missing"),
        ] {
            let found = wrong_on(&format!("A line.\n{line}\n"));
            assert!(found.iter().any(|what| what.contains(name)), "{line}: {found:?}");
            assert!(found.iter().all(|what| what.starts_with("docs/page.md:")), "{line}: {found:?}");
        }
        assert!(wrong_on("A line.\n`Chair`").first().is_some_and(|what| what.starts_with("docs/page.md:2: ")));
    }

    #[test]
    fn what_no_document_tells_of_is_named() {
        let repo = small();
        let found = Program::of(&repo).untold(&repo).join("\n");
        assert!(found.contains("make serve: ") && found.contains("vorteil keys import: "), "{found}");
        assert!(!found.contains("listen"), "{found}");
    }

    #[test]
    fn sentences_that_are_elsewhere_are_named() {
        let comment = "/// Why not. The wording is in `locales/*/refusals.json`.\npub enum Refusal {\n}\n";
        let words =
            "pub fn refusal(l: Language, refusal: &Refusal) -> String {\n    use t::told as w;\n    w::no(l)\n}\n";
        let repo = Repo::of(
            [
                ("domain/src/a.rs", comment),
                ("app/src/b.rs", words),
                ("app/locales/en/refusals.json", "{}"),
                ("app/locales/de/refusals.json", "{}"),
            ]
            .map(|(path, text)| (path.to_owned(), text.to_owned()))
            .into(),
        );
        let wrong = wrong_sentences(&repo);
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert!(wrong[0].starts_with("domain/src/a.rs:2: "), "{wrong:?}");
    }
}
