//! Seats for many people from a file: what a line may say, and what becomes of it.

use super::seat::SeatRefusal;
use crate::catalogue::Category;
use crate::email::{Email, EmailProblem, MAX_EMAIL_LEN};
use crate::id::{BenefitId, BulkId};
use crate::text;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// More lines than anybody assigns in one go.
pub const MAX_LINES: usize = 10_000;
/// The file's size in bytes: so many lines with the longest usual addresses.
pub const MAX_FILE: usize = 1_000_000;
/// The column that names the people.
pub const COLUMN: &str = "email";
/// The names that it goes by in lists of ours and of others.
const COLUMN_NAMES: [&str; 6] =
    [COLUMN, "e-mail", "email address", "e-mail address", "e-mail-adresse", "email-adresse"];

/// Whether a column names the people, by its name in small letters.
pub fn is_column(name: &str) -> bool {
    COLUMN_NAMES.contains(&name)
}

/// Why a file cannot be read at all. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkRefusal {
    Empty,
    /// The first line names no column [`COLUMN`].
    NoColumn,
    TooManyLines,
    TooLarge,
    /// The line does not read.
    NotText {
        line: u64,
    },
    /// Done already, by this or another person.
    AlreadyDone,
    /// All or nothing was asked for, and some lines cannot be done now.
    SomeRefused {
        bad: u64,
    },
}

/// What is to happen when some lines cannot be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkMode {
    #[default]
    AllOrNothing,
    SkipBad,
}

impl BulkMode {
    pub const fn slug(self) -> &'static str {
        match self {
            Self::AllOrNothing => "all-or-nothing",
            Self::SkipBad => "skip-bad",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        [Self::AllOrNothing, Self::SkipBad].into_iter().find(|m| m.slug() == slug)
    }
}

/// What became, or would become, of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    Assigned,
    Email(EmailProblem),
    /// Nobody of the company has this address.
    Unknown,
    /// The same address as in an earlier line.
    Repeated {
        line: u32,
    },
    Refused(SeatRefusal),
}

/// A line of the file, as far as the file alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// As editors count: the heading is line 1.
    pub number: u32,
    pub typed: String,
    pub email: Result<Email, LineOutcome>,
}

/// What is kept of a cell: enough to be found again, and read anew with the same result. One that
/// is too long ends in a mark that no address has.
fn kept(cell: &str) -> String {
    let typed: String = text::trim(cell).chars().filter(|c| !c.is_control()).collect();
    if typed.chars().count() <= MAX_EMAIL_LEN {
        return typed;
    }
    typed.chars().take(MAX_EMAIL_LEN - 1).chain(['…']).collect()
}

/// Reads the addresses, one per record; `records` are the cells of the column with their lines.
/// Rule R-BULK-1.
pub fn read_lines(records: impl IntoIterator<Item = (u32, String)>) -> Result<Vec<Line>, BulkRefusal> {
    let mut lines = Vec::new();
    let mut seen: HashMap<String, u32> = HashMap::new();
    for (number, cell) in records {
        if text::trim(&cell).is_empty() {
            continue;
        }
        if lines.len() == MAX_LINES {
            return Err(BulkRefusal::TooManyLines);
        }
        let typed = kept(&cell);
        let email = match Email::known(&typed) {
            Err(problem) => Err(LineOutcome::Email(problem)),
            Ok(email) => match seen.get(&email.normalized()) {
                Some(&line) => Err(LineOutcome::Repeated { line }),
                None => {
                    seen.insert(email.normalized(), number);
                    Ok(email)
                }
            },
        };
        lines.push(Line { number, typed, email });
    }
    if lines.is_empty() { Err(BulkRefusal::Empty) } else { Ok(lines) }
}

/// A line and its outcome, for the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkRow {
    pub line: u32,
    pub typed: String,
    pub outcome: LineOutcome,
}

/// A file, checked or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bulk {
    pub id: BulkId,
    pub benefit: BenefitId,
    pub category: Category,
    pub product: String,
    pub package: String,
    /// Seats that nobody holds.
    pub free: u32,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub done_at: Option<DateTime<Utc>>,
    pub good: u64,
    pub bad: u64,
    pub rows: Vec<BulkRow>,
    /// Only lines that cannot be done are listed.
    pub only_bad: bool,
    pub next: Option<u32>,
}

/// How far a file is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkProgress {
    pub done: u64,
    pub total: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> Result<Vec<Line>, BulkRefusal> {
        read_lines(cells.iter().enumerate().map(|(i, c)| (i as u32 + 2, (*c).to_owned())))
    }

    /// Rule R-BULK-1.
    #[test]
    fn a_line_is_an_address_once() {
        let lines = read(&[" a@b.example ", "", "A@B.EXAMPLE", "nonsense", "c@b.example"]).unwrap();
        let told: Vec<_> = lines.iter().map(|l| (l.number, l.email.clone().err())).collect();
        assert_eq!(
            told,
            [
                (2, None),
                (4, Some(LineOutcome::Repeated { line: 2 })),
                (5, Some(LineOutcome::Email(EmailProblem::NotAnAddress))),
                (6, None)
            ]
        );
        // A file is read once to be tried and once to be done: both say the same of every line.
        let long = ["a@", &"b".repeat(300), ".example"].concat();
        let odd = ["x\0@b.example", "y\t@b.example", long.as_str(), &"é@".repeat(200)];
        let tried = read(&odd).unwrap();
        let again = read_lines(tried.iter().map(|l| (l.number, l.typed.clone()))).unwrap();
        assert_eq!(again, tried);
        assert!(tried[2].email.is_err() && tried.iter().all(|l| l.typed.chars().count() <= MAX_EMAIL_LEN));
        assert_eq!(read(&["", " "]), Err(BulkRefusal::Empty));
        let many: Vec<String> = (0..=MAX_LINES).map(|i| format!("p{i}@b.example")).collect();
        let cells = |n: usize| many[..n].iter().enumerate().map(|(i, c)| (i as u32, c.clone())).collect::<Vec<_>>();
        assert_eq!(read_lines(cells(MAX_LINES)).unwrap().len(), MAX_LINES);
        assert_eq!(read_lines(cells(MAX_LINES + 1)), Err(BulkRefusal::TooManyLines));
    }
}
