//! Reads a catalogue file and says what is wrong with it, line by line.
//!
//! The format is documented in `docs/catalogue-format.md`.

use crate::error::{StoreError, StoreResult};
use domain::catalogue::{Catalogue, CatalogueProblem, Step, check};
use toml_edit::{Document, Item, Value};

/// A file larger than this is not a catalogue.
pub const MAX_FILE: usize = 8 * 1024 * 1024;

/// What is wrong, and the line it stands in, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFinding {
    pub line: usize,
    pub what: FileProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileProblem {
    TooLarge,
    /// Not the format at all: an unknown field, a missing one, a wrong type. In the parser's
    /// words, which name the field.
    Format(String),
    /// In the format, but not right.
    Content {
        field: String,
        problem: CatalogueProblem,
    },
}

/// Reads and checks a whole file; every problem is found in one go where the format allows it.
pub fn read(text: &str) -> Result<Catalogue, Vec<FileFinding>> {
    if text.len() > MAX_FILE {
        return Err(vec![FileFinding { line: 1, what: FileProblem::TooLarge }]);
    }
    let catalogue: Catalogue = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        vec![FileFinding { line, what: FileProblem::Format(error.message().to_owned()) }]
    })?;
    let findings = check(&catalogue);
    if findings.is_empty() {
        return Ok(catalogue);
    }
    let document = Document::parse(text).ok();
    let located = findings.into_iter().map(|finding| FileFinding {
        line: document.as_ref().and_then(|d| span_of(d.as_item(), &finding.at)).map_or(1, |start| line_of(text, start)),
        what: FileProblem::Content { field: field_of(&finding.at), problem: finding.problem },
    });
    Err(located.collect())
}

/// A catalogue as a file of the format; reading it gives the same catalogue.
pub fn write(catalogue: &Catalogue) -> StoreResult<String> {
    toml::to_string(catalogue).map_err(|_| StoreError::Corrupt("catalogue"))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|&&b| b == b'\n').count() + 1
}

fn field_of(at: &[Step]) -> String {
    let names: Vec<&str> =
        at.iter().filter_map(|s| if let Step::Field(name) = s { Some(*name) } else { None }).collect();
    names.join(".")
}

/// Where the last step that exists begins: a missing field is reported at its table.
fn span_of(root: &Item, at: &[Step]) -> Option<usize> {
    let mut item = root;
    let mut start = item.span().map(|s| s.start);
    let mut value: Option<&Value> = None;
    for step in at {
        let next = match (step, value) {
            (Step::Field(name), None) => item.get(*name).map(Place::Item),
            (Step::Field(name), Some(v)) => v.as_inline_table().and_then(|t| t.get(name)).map(Place::Value),
            (Step::Index(i), None) => match item {
                Item::ArrayOfTables(tables) => {
                    start = tables.get(*i).and_then(|t| t.span()).map(|s| s.start).or(start);
                    item.get(*i).map(Place::Item)
                }
                Item::Value(v) => v.as_array().and_then(|a| a.get(*i)).map(Place::Value),
                _ => None,
            },
            (Step::Index(i), Some(v)) => v.as_array().and_then(|a| a.get(*i)).map(Place::Value),
        };
        match next {
            Some(Place::Item(next)) => {
                item = next;
                value = next.as_value();
                start = next.span().map(|s| s.start).or(start);
            }
            Some(Place::Value(next)) => {
                value = Some(next);
                start = next.span().map(|s| s.start).or(start);
            }
            None => break,
        }
    }
    start
}

enum Place<'a> {
    Item(&'a Item),
    Value(&'a Value),
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::money::MoneyProblem;

    const DEMO: &str = include_str!("../../../demo/catalogue.toml");

    fn findings(text: &str) -> Vec<(usize, String)> {
        let describe = |what| match what {
            FileProblem::TooLarge => "too large".to_owned(),
            FileProblem::Format(message) => message,
            FileProblem::Content { field, problem } => format!("{field}: {problem:?}"),
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
        assert_eq!(found[0].0, line(&text, "colour"));
        assert!(found[0].1.contains("colour"), "{found:?}");
    }

    #[test]
    fn a_negative_quantity_is_refused_with_its_line() {
        let text = with("quantity = 10", "quantity = -10");
        let found = findings(&text);
        assert_eq!(found[0].0, line(&text, "quantity = -10"));
        assert!(found[0].1.contains("whole number"), "{found:?}");
    }

    #[test]
    fn a_missing_translation_is_refused_with_its_line() {
        let text = with(
            "name = { en = \"Office Professional Plus 2019\", de = \"Office Professional Plus 2019\" }",
            "name = { en = \"Office Professional Plus 2019\" }",
        );
        let found = findings(&text);
        assert_eq!(found[0].0, line(&text, "name = { en = \"Office Professional Plus 2019\" }"));
        assert!(found[0].1.contains("de"), "{found:?}");
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

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        for text in ["", "format = 1", "format = 2\nproduct = []\npackage = []", "= =", "format = \"1\"", "[[product]]"]
        {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read(&"#".repeat(MAX_FILE + 1)).unwrap_err()[0].what, FileProblem::TooLarge);
    }
}
