//! What the programme's staff run the programme with: catalogue files, key files, companies.

use crate::catalogue::{Category, Fulfilment, Unit};
use crate::email::EmailProblem;
use crate::id::{CatalogueVersionId, CompanyId, LicenceKeyId, ProductId, UploadId, UserId};
use crate::language::LocalText;
use crate::money::Money;
use crate::orders::order::{Issuer, OrderRow};
use crate::orders::term::anniversary;
use crate::text::{self, Hidden};
use crate::words::stored_words;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

stored_words! {
    /// What a file that was tried is.
    UploadKind {
        Catalogue = "catalogue",
        Keys = "keys",
        Companies = "companies",
    }
}

/// A file that was tried can be used so long; then it is tried again. Rule R-UPL-1.
pub const UPLOAD_LASTS: TimeDelta = TimeDelta::hours(24);

/// Whether a file that was tried can still be used. Rule R-UPL-1.
pub fn upload_lasts(created_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now < created_at + UPLOAD_LASTS
}

/// With fewer keys in stock the programme's staff are told, until somebody says otherwise.
pub const LOW_STOCK: u32 = 5;
/// Nobody wants to be told that early.
pub const MAX_STOCK_LEVEL: u32 = 100_000;

/// Why something in the console is refused. The wording is in `locales/*/told.json`, and what it
/// shares with others in `refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleRefusal {
    FileMissing,
    /// The line does not read.
    NotText {
        kind: UploadKind,
        line: u64,
    },
    /// Used, thrown away, or too old.
    UploadGone,
    /// Somebody published another version since the file was tried.
    PublishedMeanwhile {
        version: u32,
    },
    /// The file is wrong; the page has its lines.
    FileRefused,
    StockLevel {
        most: u32,
    },
    /// No such key is in the pools.
    NoSuchKey,
    KeyShape,
    /// The key was withdrawn before.
    KeyWithdrawn,
    /// A company with this domain exists.
    DomainTaken {
        name: String,
    },
    /// Somebody was faster.
    DomainJustTaken,
    Domain,
    Missing(CompanyField),
    TooLong(CompanyField, u32),
    /// There is something in the middle that nobody sees.
    Hidden(CompanyField, Hidden),
    Email(EmailProblem),
    /// The company has a Global admin, who can invite others.
    HasGlobalAdmin {
        name: String,
    },
    AlreadySuspended,
    NotSuspended,
    IssuerTooLong {
        most: u32,
    },
}

/// A field of a company, or of the invitation of its first Global admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompanyField {
    Name,
    AccountEmail,
    Domain,
}

impl CompanyField {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::AccountEmail => "account_email",
            Self::Domain => "domain",
        }
    }
    /// The longest text that it takes, in characters.
    pub const fn most(self) -> usize {
        match self {
            Self::Name => 200,
            Self::AccountEmail => 254,
            Self::Domain => 253,
        }
    }
}

/// The longest part of an invoice that the programme writes itself.
pub const MAX_ISSUER: usize = 1_000;

/// Reads who writes the invoices; lines are trimmed, empty ones at the ends go.
pub fn read_issuer(form: &Issuer) -> Result<Issuer, ConsoleRefusal> {
    let read = |raw: &str| {
        let text = text::lines(&raw.replace('\t', " ")).split('\n').map(text::trim).collect::<Vec<_>>().join("\n");
        if text.chars().count() > MAX_ISSUER {
            return Err(ConsoleRefusal::IssuerTooLong { most: u32::try_from(MAX_ISSUER).unwrap_or(u32::MAX) });
        }
        Ok(text)
    };
    Ok(Issuer { name: read(&form.name)?, pay_to: read(&form.pay_to)? })
}

/// What a catalogue entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Product,
    Package,
}

/// What becomes of a catalogue entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Added,
    Changed,
    /// No longer offered; terms that run keep it.
    Removed,
}

/// A field of an entry that differs; empty where it is not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// As the file's format calls it.
    pub field: String,
    pub before: String,
    pub after: String,
}

/// An entry that differs from what is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryChange {
    pub kind: EntryKind,
    pub fate: Fate,
    pub code: String,
    pub name: LocalText,
    pub fields: Vec<FieldChange>,
}

/// A line of a file that is wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrongLine {
    pub line: u64,
    pub words: String,
}

/// A catalogue file that was tried: what is wrong with it, or what it would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueTrial {
    pub upload: UploadId,
    /// The version that it was compared with.
    pub base: u32,
    pub changes: Vec<EntryChange>,
    pub preview: CataloguePreview,
}

/// How a catalogue looks to its readers, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CataloguePreview {
    pub packages: Vec<PreviewPackage>,
    pub products: Vec<PreviewProduct>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewPackage {
    pub code: String,
    pub name: LocalText,
    pub label: LocalText,
    pub summary: LocalText,
    pub price: Option<Money>,
    pub items: Vec<PreviewItem>,
}

/// A line of what a package contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewItem {
    pub name: LocalText,
    /// `None` is unlimited.
    pub quantity: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewProduct {
    pub code: String,
    pub category: Category,
    pub fulfilment: Fulfilment,
    pub unit: Unit,
    pub name: LocalText,
    pub summary: LocalText,
    pub instructions: Option<LocalText>,
}

/// A published version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    pub id: CatalogueVersionId,
    pub number: u32,
    pub sha256: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub published_at: DateTime<Utc>,
    /// Nobody: from the command line, or by the demo.
    pub by: Option<String>,
}

/// The catalogue in the console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueAdmin {
    /// The newest first.
    pub versions: Vec<VersionRow>,
    pub preview: CataloguePreview,
}

/// The keys of a product: how many are where; never the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub product: ProductId,
    pub code: String,
    pub name: String,
    pub in_stock: u32,
    pub allocated: u32,
    pub seen: u32,
    pub withdrawn: u32,
    /// Benefits wait for so many.
    pub owed: u32,
    /// With fewer in stock, the programme's staff are told.
    pub low_stock: u32,
    pub is_low: bool,
}

/// Who has keys of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolPage {
    pub pool: Pool,
    pub keys: Vec<KeyRow>,
    pub total: u64,
    pub next: Option<String>,
}

/// A key, by its number; never the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    pub id: LicenceKeyId,
    pub product: String,
    /// Short, and the same in every list: not made from the key.
    pub mark: String,
    /// Nobody: in stock.
    pub company: Option<String>,
    pub package: Option<String>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub imported_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub allocated_at: Option<DateTime<Utc>>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub seen_at: Option<DateTime<Utc>>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub withdrawn_at: Option<DateTime<Utc>>,
    pub withdrawn_by: Option<String>,
    pub reason: Option<String>,
}

/// A key file that was tried: how many keys of which product it brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTrial {
    pub upload: UploadId,
    pub products: Vec<KeyTrialLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTrialLine {
    pub name: String,
    pub keys: u32,
    pub in_stock: u32,
    pub owed: u32,
}

/// A company as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyForm {
    pub name: String,
    pub account_email: String,
    /// May be empty.
    pub domain: String,
    /// Still managed in the predecessor portal. Only on a new one: it comes over by file.
    pub in_predecessor: bool,
}

/// A line of the list of companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyRow {
    pub id: CompanyId,
    pub name: String,
    pub domain: Option<String>,
    pub people: u32,
    /// The packages that run, in the reader's language.
    pub packages: Vec<String>,
    pub has_admin: bool,
    pub in_predecessor: bool,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub suspended_at: Option<DateTime<Utc>>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
}

/// A page of the list of companies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyPage {
    pub rows: Vec<CompanyRow>,
    pub total: u64,
    pub next: Option<String>,
}

/// A company as the programme's staff see it: nothing can be changed in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyView {
    pub row: CompanyRow,
    pub account_email: String,
    pub people: Vec<CompanyPerson>,
    /// The newest first; the list of orders has the rest.
    pub orders: Vec<OrderRow>,
    pub benefits: Vec<CompanyBenefit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyPerson {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub roles: Vec<crate::access::Role>,
    pub is_out: bool,
    pub has_joined: bool,
}

/// What a company holds of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyBenefit {
    pub category: Category,
    pub granted: u32,
    pub activated: u32,
    pub pending: u32,
}

/// A file of companies that was tried: what would come over from the predecessor portal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveTrial {
    pub upload: UploadId,
    pub companies: Vec<MovedCompany>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedCompany {
    pub name: String,
    pub domain: String,
    /// Not known here yet.
    pub is_new: bool,
    /// People who get an account and an invitation; none of them a role.
    pub people: u32,
    /// Those who have an account here already.
    pub known: u32,
    pub packages: Vec<MovedPackage>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedPackage {
    /// In the reader's language.
    pub name: String,
    /// The anniversary.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub until: DateTime<Utc>,
}

/// Why a year cannot come over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedYear {
    NotBegun,
    Over,
}

/// When a year began that comes over from the predecessor portal, where its day is known and no
/// hour. Rule R-MOV-1.
pub fn moved_start(day: NaiveDate, now: DateTime<Utc>) -> Result<DateTime<Utc>, MovedYear> {
    let starts_at = day.and_time(NaiveTime::MIN).and_utc();
    if starts_at > now {
        return Err(MovedYear::NotBegun);
    }
    match anniversary(starts_at) {
        Some(ends_at) if now < ends_at => Ok(starts_at),
        _ => Err(MovedYear::Over),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule R-UPL-1.
    #[test]
    fn a_file_that_was_tried_lasts_a_day() {
        let tick = TimeDelta::microseconds(1);
        let at = DateTime::UNIX_EPOCH;
        assert!(upload_lasts(at, at + UPLOAD_LASTS - tick));
        assert!(!upload_lasts(at, at + UPLOAD_LASTS));
    }

    /// Rule R-MOV-1.
    #[test]
    fn a_year_comes_over_while_it_runs() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 1).unwrap();
        let at = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap().and_time(NaiveTime::MIN).and_utc();
        let tick = TimeDelta::microseconds(1);
        assert_eq!(moved_start(day, at(2026, 3, 1) - tick), Err(MovedYear::NotBegun));
        assert_eq!(moved_start(day, at(2026, 3, 1)), Ok(at(2026, 3, 1)));
        assert_eq!(moved_start(day, at(2027, 3, 1) - tick), Ok(at(2026, 3, 1)));
        assert_eq!(moved_start(day, at(2027, 3, 1)), Err(MovedYear::Over));
    }

    #[test]
    fn an_issuer_is_a_few_clean_lines() {
        let form = Issuer { name: "\r\n Programme \r\nStreet 1\r\n\r\n".to_owned(), pay_to: String::new() };
        let read = read_issuer(&form).unwrap();
        assert_eq!((read.name.as_str(), read.pay_to.as_str()), ("Programme\nStreet 1", ""));
        let pasted = Issuer { pay_to: "\u{feff}IBAN\tDE\u{a0}02\u{200b}".to_owned(), ..form.clone() };
        assert_eq!(read_issuer(&pasted).unwrap().pay_to, "IBAN DE 02");
        let long = Issuer { name: "x".repeat(MAX_ISSUER + 1), ..form };
        assert_eq!(read_issuer(&long), Err(ConsoleRefusal::IssuerTooLong { most: 1_000 }));
    }
}
