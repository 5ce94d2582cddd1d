//! What can be wrong with a catalogue. Each problem has its place in the file.

use super::{Catalogue, FORMAT, Fulfilment, Product, Quantity};
use crate::language::LocalText;
use crate::money::{Currency, Money, MoneyProblem};

/// Texts longer than this do not fit a page.
const MAX_TEXT: usize = 2_000;
/// Bytes of a download: as many as a signed number holds.
const MAX_SIZE: u64 = i64::MAX.unsigned_abs();

/// What a field holds, where something else was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Text,
    Number,
    YesOrNo,
    /// A text in both languages.
    Texts,
    List,
    /// Entries below headings of their own.
    Entries,
    Quantity,
}

/// What is wrong with an entry. The wording is in `locales/*/catalogue.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CatalogueProblem {
    UnknownFormat,
    NothingInIt,
    /// The format has no such field here.
    UnknownField,
    /// Every entry needs the field.
    Required,
    WrongType(Wanted),
    /// None of the words that the field takes.
    NotOneOf {
        words: &'static [&'static str],
    },
    BadCode,
    DuplicateCode {
        first: usize,
    },
    EmptyText,
    TextTooLong,
    /// A sign that nobody sees, or one that stands for a lost letter.
    HiddenCharacter {
        found: char,
    },
    FulfilmentNotInCategory,
    /// The field is needed with this fulfilment.
    Missing,
    /// The field makes no sense with this fulfilment.
    NotWithThisFulfilment,
    OutOfRange {
        from: u64,
        to: u64,
    },
    NotHttps,
    BadSha256,
    DuplicateDownload,
    BadPrice(MoneyProblem),
    UnknownProduct {
        code: String,
    },
    UnknownPackage {
        code: String,
    },
    DuplicateItem,
    UnlimitedNotPossible,
}

/// Where in the file: the way down from the top, as `["product", 3, "name", "de"]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Field(&'static str),
    Index(usize),
}

/// A problem and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub at: Vec<Step>,
    pub problem: CatalogueProblem,
}

/// Everything that is wrong with a catalogue, in the order of the file. Rule R-CAT-1.
pub fn check(catalogue: &Catalogue) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut add = |at: Vec<Step>, problem| found.push(Finding { at, problem });
    if catalogue.format != FORMAT {
        add(vec![Step::Field("format")], CatalogueProblem::UnknownFormat);
    }
    if catalogue.products.is_empty() || catalogue.packages.is_empty() {
        add(vec![], CatalogueProblem::NothingInIt);
    }
    for (i, product) in catalogue.products.iter().enumerate() {
        let at = |field| vec![Step::Field("product"), Step::Index(i), Step::Field(field)];
        check_code(&product.code, catalogue.products[..i].iter().position(|p| p.code == product.code), &mut |p| {
            add(at("code"), p)
        });
        check_name(&product.name, &mut |language, p| add(with(at("name"), language), p));
        check_text(&product.summary, &mut |language, p| add(with(at("summary"), language), p));
        if let Some(text) = &product.instructions {
            check_text(text, &mut |language, p| add(with(at("instructions"), language), p));
        }
        check_product(product, &mut |field, p| add(at(field), p));
        for (d, download) in product.downloads.iter().enumerate() {
            let at = |field| {
                vec![
                    Step::Field("product"),
                    Step::Index(i),
                    Step::Field("download"),
                    Step::Index(d),
                    Step::Field(field),
                ]
            };
            if !is_https(&download.url) {
                add(at("url"), CatalogueProblem::NotHttps);
            }
            let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
            if download.sha256.len() != 64 || !download.sha256.bytes().all(hex) {
                add(at("sha256"), CatalogueProblem::BadSha256);
            }
            if !(1..=MAX_SIZE).contains(&download.size) {
                add(at("size"), CatalogueProblem::OutOfRange { from: 1, to: MAX_SIZE });
            }
            if product.downloads[..d].iter().any(|o| o.language == download.language && o.os == download.os) {
                add(at("os"), CatalogueProblem::DuplicateDownload);
            }
        }
    }
    for (i, package) in catalogue.packages.iter().enumerate() {
        let at = |field| vec![Step::Field("package"), Step::Index(i), Step::Field(field)];
        check_code(&package.code, catalogue.packages[..i].iter().position(|p| p.code == package.code), &mut |p| {
            add(at("code"), p)
        });
        check_name(&package.name, &mut |language, p| add(with(at("name"), language), p));
        check_name(&package.label, &mut |language, p| add(with(at("label"), language), p));
        check_text(&package.summary, &mut |language, p| add(with(at("summary"), language), p));
        let currency = package.currency.parse::<Currency>();
        if let Err(problem) = currency {
            add(at("currency"), CatalogueProblem::BadPrice(problem));
        }
        // The price is looked at all the same.
        let price = currency.or_else(|_| "XXX".parse()).and_then(|any| Money::parse(&package.price, any));
        if let Err(problem) = price {
            add(at("price"), CatalogueProblem::BadPrice(problem));
        }
        for (n, code) in package.not_with.iter().enumerate() {
            if !catalogue.packages.iter().any(|p| p.code == *code) {
                let mut at = at("not_with");
                at.push(Step::Index(n));
                add(at, CatalogueProblem::UnknownPackage { code: code.clone() });
            }
        }
        for (n, item) in package.items.iter().enumerate() {
            let at = |field| {
                vec![Step::Field("package"), Step::Index(i), Step::Field("item"), Step::Index(n), Step::Field(field)]
            };
            match catalogue.products.iter().find(|p| p.code == item.product) {
                None => add(at("product"), CatalogueProblem::UnknownProduct { code: item.product.clone() }),
                Some(p) if item.quantity == Quantity::Unlimited && p.fulfilment != Fulfilment::RequestForm => {
                    add(at("quantity"), CatalogueProblem::UnlimitedNotPossible);
                }
                Some(_) => {}
            }
            if package.items[..n].iter().any(|o| o.product == item.product) {
                add(at("product"), CatalogueProblem::DuplicateItem);
            }
        }
    }
    found
}

fn with(mut at: Vec<Step>, language: &'static str) -> Vec<Step> {
    at.push(Step::Field(language));
    at
}

fn is_https(url: &str) -> bool {
    url.strip_prefix("https://").is_some_and(|rest| {
        !rest.is_empty()
            && !rest.starts_with('/')
            && rest.bytes().all(|b| b.is_ascii_graphic() && !b"\"<>\\".contains(&b))
    })
}

fn check_code(code: &str, first: Option<usize>, add: &mut dyn FnMut(CatalogueProblem)) {
    let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if code.is_empty() || code.len() > 64 || !code.bytes().all(fine) {
        add(CatalogueProblem::BadCode);
    }
    if let Some(first) = first {
        add(CatalogueProblem::DuplicateCode { first });
    }
}

/// A sign that turns the direction of what follows, or stands for a letter that was lost.
fn is_foreign(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffd}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// A sign that nobody sees: with it, two names look alike and are not.
fn is_hidden(c: char) -> bool {
    let invisible = matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffd}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    invisible || c.is_control()
}

/// A text of one line.
fn check_name(text: &LocalText, add: &mut dyn FnMut(&'static str, CatalogueProblem)) {
    check_words(text, is_hidden, add);
}

/// A text that may have several lines.
fn check_text(text: &LocalText, add: &mut dyn FnMut(&'static str, CatalogueProblem)) {
    check_words(text, is_foreign, add);
}

fn check_words(text: &LocalText, is_wrong: fn(char) -> bool, add: &mut dyn FnMut(&'static str, CatalogueProblem)) {
    for (language, text) in [("en", &text.en), ("de", &text.de)] {
        if let Some(found) = text.chars().find(|c| is_wrong(*c)) {
            add(language, CatalogueProblem::HiddenCharacter { found });
        } else if text.trim().is_empty() {
            add(language, CatalogueProblem::EmptyText);
        } else if text.chars().count() > MAX_TEXT {
            add(language, CatalogueProblem::TextTooLong);
        }
    }
}

fn check_product(product: &Product, add: &mut dyn FnMut(&'static str, CatalogueProblem)) {
    let f = product.fulfilment;
    if !product.category.spec().fulfilments.contains(&f) {
        add("fulfilment", CatalogueProblem::FulfilmentNotInCategory);
    }
    let mut number =
        |field, value: Option<u32>, allowed: bool, needed: bool, range: std::ops::RangeInclusive<u32>| match value {
            None if needed => add(field, CatalogueProblem::Missing),
            Some(_) if !allowed => add(field, CatalogueProblem::NotWithThisFulfilment),
            Some(n) if !range.contains(&n) => {
                let (from, to) = (u64::from(*range.start()), u64::from(*range.end()));
                add(field, CatalogueProblem::OutOfRange { from, to });
            }
            _ => {}
        };
    number("keys", product.keys, f.has_keys(), f.has_keys(), 1..=100);
    number("reassign_lock_days", product.reassign_lock_days, f.has_seats(), false, 0..=3_650);
    number("reassign_limit", product.reassign_limit, f.has_seats(), false, 0..=10_000);
    number("max_per_request", product.max_per_request, f == Fulfilment::RequestForm, false, 1..=1_000);
    number("valid_months", product.valid_months, f == Fulfilment::GtmActivate, f == Fulfilment::GtmActivate, 1..=120);
    number("activate_within_days", product.activate_within_days, true, false, 1..=366);
    if product.several_per_person.is_some() && !f.has_seats() {
        add("several_per_person", CatalogueProblem::NotWithThisFulfilment);
    }
    match &product.portal {
        Some(_) if !f.has_portal() => add("portal", CatalogueProblem::NotWithThisFulfilment),
        Some(url) if !is_https(url) => add("portal", CatalogueProblem::NotHttps),
        None if f.has_seats() => add("portal", CatalogueProblem::Missing),
        _ => {}
    }
    match (f.has_downloads(), product.downloads.is_empty()) {
        (true, true) => add("download", CatalogueProblem::Missing),
        (false, false) => add("download", CatalogueProblem::NotWithThisFulfilment),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_publishes_what_nobody_sees() {
        let told = |text: &str, check: fn(&LocalText, &mut dyn FnMut(&'static str, CatalogueProblem))| {
            let mut found = Vec::new();
            let text = LocalText { en: "Office".to_owned(), de: text.to_owned() };
            check(&text, &mut |language, problem| found.push((language, problem)));
            found
        };
        for found in ['\0', '\u{7}', '\u{202e}', '\u{fffd}'] {
            let expected = [("de", CatalogueProblem::HiddenCharacter { found })];
            let text = format!("Office {found}2019");
            assert_eq!(told(&text, check_name), expected);
            assert_eq!(told(&text, check_text), expected);
        }
        for text in ["Two\nlines", "Of\u{ad}fice", "Office\u{200b}"] {
            assert_eq!(told(text, check_name).len(), 1, "{text:?}");
            assert_eq!(told(text, check_text), [], "{text:?}");
        }
        assert_eq!(told("Büro – Größe 日本語 🚀 حداد", check_name), []);
        assert_eq!(told(" ", check_name), [("de", CatalogueProblem::EmptyText)]);
    }
}
