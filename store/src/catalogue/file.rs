//! Reads a catalogue file and says what is wrong with it, line by line.
//!
//! The format is documented in `docs/catalogue-format.md`.

use super::reader::Reader;
use crate::error::{StoreError, StoreResult};
use domain::catalogue::{Catalogue, CatalogueProblem, Step, check};
use domain::file::NotText;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// A file larger than this is not a catalogue.
pub const MAX_FILE: usize = 8 * 1024 * 1024;
/// Whoever has more to mend has another kind of file.
const MOST_FINDINGS: usize = 1_000;

/// What is wrong, and the line it stands in, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFinding {
    pub line: usize,
    pub what: FileProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    TooLarge,
    /// The line is not UTF-8.
    NotText,
    /// The line is not TOML.
    Syntax,
    /// A field stands twice in its table.
    Twice,
    /// TOML, but not right.
    Content {
        field: String,
        problem: CatalogueProblem,
    },
}

/// The text of a catalogue file. Rule R-FILE-1.
pub fn read_text(file: &[u8]) -> Result<String, Vec<FileFinding>> {
    if file.len() > MAX_FILE {
        return Err(vec![FileFinding { line: 1, what: FileProblem::TooLarge }]);
    }
    domain::file::read_text(file).map_err(|NotText { line }| {
        let line = usize::try_from(line).unwrap_or(usize::MAX);
        vec![FileFinding { line, what: FileProblem::NotText }]
    })
}

/// Reads and checks a whole file. What is not TOML is told first, because nobody knows what it was
/// meant to be; after that, every problem in one go.
pub fn read(text: &str) -> Result<Catalogue, Vec<FileFinding>> {
    if text.len() > MAX_FILE {
        return Err(vec![FileFinding { line: 1, what: FileProblem::TooLarge }]);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(in_order(errors.iter().map(|error| not_toml(text, error)).collect()));
    }
    let mut reader = Reader::new(text);
    let catalogue = reader.catalogue(root.get_ref());
    let root = Spanned::new(root.span(), DeValue::Table(root.into_inner()));
    for finding in check(&catalogue) {
        if !reader.is_from_stand_in(&finding) {
            let line = line_of(text, start_of(&root, &finding.at));
            let what = FileProblem::Content { field: field_of(&finding.at), problem: finding.problem };
            reader.found.push(FileFinding { line, what });
        }
    }
    if reader.found.is_empty() { Ok(catalogue) } else { Err(in_order(reader.found)) }
}

fn in_order(mut found: Vec<FileFinding>) -> Vec<FileFinding> {
    found.sort_by_key(|finding| finding.line);
    found.dedup();
    found.truncate(MOST_FINDINGS);
    found
}

fn not_toml(text: &str, error: &Error) -> FileFinding {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    let what = if error.message() == "duplicate key" { FileProblem::Twice } else { FileProblem::Syntax };
    FileFinding { line, what }
}

/// A catalogue as a file of the format; reading it gives the same catalogue.
pub fn write(catalogue: &Catalogue) -> StoreResult<String> {
    toml::to_string(catalogue).map_err(|_| StoreError::Corrupt("catalogue"))
}

pub(super) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
}

pub(super) fn field_of(at: &[Step]) -> String {
    let names: Vec<&str> =
        at.iter().filter_map(|s| if let Step::Field(name) = s { Some(*name) } else { None }).collect();
    names.join(".")
}

/// Where the last step that exists begins: a missing field is reported at its table.
fn start_of(root: &Spanned<DeValue<'_>>, at: &[Step]) -> usize {
    let mut node = root;
    for step in at {
        let next = match step {
            Step::Field(name) => node.get_ref().get(*name),
            Step::Index(n) => node.get_ref().get(*n),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node.span().start
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MoneyProblem;

    const DEMO: &str = include_str!("../../../demo/catalogue.toml");

    fn findings(text: &str) -> Vec<(usize, String)> {
        let describe = |what| match what {
            FileProblem::Content { field, problem } => format!("{field}: {problem:?}"),
            other => format!("{other:?}"),
        };
        read(text).unwrap_err().into_iter().map(|f| (f.line, describe(f.what))).collect()
    }
    fn line(text: &str, needle: &str) -> usize {
        text.lines().position(|l| l.contains(needle)).unwrap() + 1
    }
    /// The demo file with one place changed.
    fn with(from: &str, to: &str) -> String {
        assert!(DEMO.contains(from), "{from}");
        DEMO.replacen(from, to, 1)
    }

    #[test]
    fn the_demo_catalogue_is_in_order() {
        let catalogue = read(DEMO).unwrap();
        assert_eq!((catalogue.products.len(), catalogue.packages.len()), (29, 3));
        for package in &catalogue.packages {
            assert!(package.money().is_ok());
        }
    }

    #[test]
    fn what_is_written_reads_alike() {
        let catalogue = read(DEMO).unwrap();
        assert_eq!(read(&write(&catalogue).unwrap()).unwrap(), catalogue);
    }

    #[test]
    fn an_unknown_field_is_refused_with_its_line() {
        let text = with("category = \"software\"", "colour = \"red\"\ncategory = \"software\"");
        let found = findings(&text);
        assert_eq!(found, [(line(&text, "colour"), "product.colour: UnknownField".to_owned())]);
    }

    #[test]
    fn a_negative_quantity_is_refused_with_its_line() {
        let text = with("quantity = 10", "quantity = -10");
        let expected = "package.item.quantity: OutOfRange { from: 1, to: 1000000 }".to_owned();
        assert_eq!(findings(&text), [(line(&text, "quantity = -10"), expected)]);
    }

    #[test]
    fn a_missing_translation_is_refused_with_its_line() {
        let text = with(
            "name = { en = \"Office Professional Plus 2019\", de = \"Office Professional Plus 2019\" }",
            "name = { en = \"Office Professional Plus 2019\" }",
        );
        let at = line(&text, "name = { en = \"Office Professional Plus 2019\" }");
        assert_eq!(findings(&text), [(at, "product.name.de: Required".to_owned())]);
        let empty = with(
            "name = { en = \"Office Professional Plus 2019\", de = \"Office Professional Plus 2019\" }",
            "name = { en = \"Office\", de = \" \" }",
        );
        assert_eq!(findings(&empty), [(line(&empty, "de = \" \""), "product.name.de: EmptyText".to_owned())]);
    }

    #[test]
    fn duplicates_and_broken_references_are_refused_together() {
        let text = with("code = \"project-professional-2019\"", "code = \"office-professional-plus-2019\"");
        let found = findings(&text);
        assert!(found[0].1.starts_with("product.code: DuplicateCode { first: 0 }"), "{found:?}");
        assert_eq!(
            found[0].0,
            text.lines()
                .enumerate()
                .filter(|(_, l)| l.starts_with("code = \"office-professional-plus-2019\""))
                .nth(1)
                .unwrap()
                .0
                + 1
        );
        // The three packages refer to the product that is gone.
        assert_eq!(found.iter().filter(|(_, what)| what.contains("UnknownProduct")).count(), 3);
    }

    #[test]
    fn prices_downloads_and_addresses_are_checked() {
        let price = with("price = \"4730.00\"", "price = \"4.730,00\"");
        assert_eq!(
            findings(&price),
            [(line(&price, "4.730,00"), format!("package.price: BadPrice({:?})", MoneyProblem::NotAnAmount))]
        );
        let url = with("url = \"https://", "url = \"http://");
        assert_eq!(findings(&url)[0].1, "product.download.url: NotHttps");
        assert_eq!(findings(&url)[0].0, line(&url, "\"http://"));
    }

    /// Each in a line of its own, and each told once. Rule R-CAT-1.
    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let (mut text, mut lines) = (DEMO.to_owned(), Vec::new());
        for (from, to) in [
            ("unit = \"licences\"", "unit = \"pieces\""),
            ("price = \"4730.00\"", "price = \"4730,00\""),
            ("de = \"Visio Professional 2019\"", "de = \"\""),
            ("product = \"project-professional-2019\"", "product = \"nowhere\""),
            ("quantity = 10\n", "quantity = 0\n"),
        ] {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
            lines.push(to.trim_end());
        }
        // The last product that has keys loses them: that is told at its heading.
        let at = text.rfind("\nkeys = ").unwrap();
        let end = at + 1 + text[at + 1..].find('\n').unwrap();
        text.replace_range(at..end, "");
        let heading = text[..at].rfind("[[product]]").unwrap();
        let mut expected: Vec<usize> = lines.into_iter().map(|to| line(&text, to)).collect();
        expected.push(line_of(&text, heading));
        expected.sort_unstable();
        let found = findings(&text);
        let told: Vec<usize> = found.iter().map(|(line, _)| *line).collect();
        assert_eq!(told, expected, "{found:?}");
        for what in [
            "product.unit: NotOneOf",
            "package.price: BadPrice(NotAnAmount)",
            "product.name.de: EmptyText",
            "package.item.product: UnknownProduct { code: \"nowhere\" }",
            "package.item.quantity: OutOfRange",
            "product.keys: Missing",
        ] {
            assert!(found.iter().any(|(_, told)| told.starts_with(what)), "{what}: {found:?}");
        }
    }

    #[test]
    fn what_follows_from_another_problem_is_not_told() {
        for (from, to, what) in [
            ("fulfilment = \"software_key\"", "fulfilment = \"keys\"", "product.fulfilment: NotOneOf"),
            ("fulfilment = \"software_key\"", "fulfilment = 1", "product.fulfilment: NotOneOf"),
            ("category = \"software\"", "category = \"cloudy\"", "product.category: NotOneOf"),
            ("code = \"office-professional-plus-2019\"", "code = 2019", "product.code: WrongType(Text)"),
            ("price = \"4730.00\"", "price = 4730.00", "package.price: BadPrice(NotAnAmount)"),
            ("keys = 1", "keys = \"1\"", "product.keys: WrongType(Number)"),
            ("keys = 1", "keys = -1", "product.keys: OutOfRange { from: 1, to: 100 }"),
            ("currency = \"USD\"", "currency = \"usd\"", "package.currency: BadPrice(NotACurrency)"),
            ("quantity = 10", "quantity = \"ten\"", "package.item.quantity: WrongType(Quantity)"),
            ("format = 1", "format = 2", "format: UnknownFormat"),
            ("format = 1", "", "format: Required"),
        ] {
            let found = findings(&with(from, to));
            assert!(found.len() == 1 && found[0].1.starts_with(what), "{to}: {found:?}");
        }
        let both = with("price = \"4730.00\"\ncurrency = \"USD\"", "price = \"1,5\"\ncurrency = \"$\"");
        assert_eq!(findings(&both).len(), 2, "{:?}", findings(&both));
        let escaped = with("de = \"Visio Professional 2019\"", "de = \"Visio\\u0000\"");
        assert_eq!(findings(&escaped)[0].1, "product.name.de: HiddenCharacter { found: '\\0' }");
    }

    #[test]
    fn what_is_not_toml_is_told_line_by_line() {
        let text = with("format = 1", "format = = 1");
        let text = text.replacen("category = \"cloud\"", "category: cloud", 1);
        let told: Vec<_> = findings(&text).into_iter().map(|(line, _)| line).collect();
        assert!(told.contains(&line(&text, "format = = 1")), "{told:?}");
        assert!(told.contains(&line(&text, "category: cloud")), "{told:?}");
        let twice = with("category = \"software\"", "category = \"software\"\ncategory = \"cloud\"");
        let second = line(&twice, "category = \"software\"") + 1;
        assert_eq!(findings(&twice), [(second, "Twice".to_owned())]);
    }

    #[test]
    fn a_file_in_another_encoding_names_its_line() {
        let latin: Vec<u8> = DEMO.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
        let first = DEMO.lines().position(|l| !l.is_ascii()).unwrap() + 1;
        assert_eq!(read_text(&latin), Err(vec![FileFinding { line: first, what: FileProblem::NotText }]));
        assert_eq!(read_text(["\u{feff}", DEMO].concat().as_bytes()).as_deref(), Ok(DEMO));
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        for text in ["", "format = 1", "format = 2\nproduct = []\npackage = []", "= =", "format = \"1\"", "[[product]]"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read(&"#".repeat(MAX_FILE + 1)).unwrap_err()[0].what, FileProblem::TooLarge);
    }
}
