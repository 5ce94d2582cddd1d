//! What the pages of the benefits show: the same types on the server and in the browser, in one
//! language, without anything secret.

use super::{BenefitStatus, Ended};
use crate::catalogue::{Category, Download, Fulfilment, Unit};
use crate::id::BenefitId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which benefits of a list are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitFilter {
    #[default]
    All,
    NotActivated,
    /// Ends, or can no longer be activated, within 90 days.
    EndsSoon,
}

/// How near an end has to be to be called soon.
pub const SOON_DAYS: i64 = 90;

impl BenefitFilter {
    pub const ALL: [Self; 3] = [Self::All, Self::NotActivated, Self::EndsSoon];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::NotActivated => "not-activated",
            Self::EndsSoon => "ends-soon",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.slug() == slug)
    }
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitRow {
    pub id: BenefitId,
    pub name: String,
    /// "package – kit".
    pub package: String,
    pub category: Category,
    pub fulfilment: Fulfilment,
    pub unit: Unit,
    /// `None` is unlimited.
    pub quantity: Option<u32>,
    /// Seats out, or hours and incidents used and reserved.
    pub taken: u32,
    pub status: BenefitStatus,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub activate_by: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
    /// Past its date, it goes on until then: its package can still be renewed.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub grace_until: Option<DateTime<Utc>>,
    /// The order can still be given back, until then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub refundable_until: Option<DateTime<Utc>>,
    /// It is over: nothing can be done with it any more.
    pub ended: Option<Ended>,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitPage {
    pub rows: Vec<BenefitRow>,
    /// How many the filter and the search leave in all.
    pub total: u64,
    /// How many each filter of [`BenefitFilter::ALL`] leaves, of what is searched for.
    pub counts: [u64; 3],
    /// How many there are in this category, whatever is searched for.
    pub all: u64,
    /// Where the next page begins.
    pub next: Option<String>,
    /// Orders that can still be given back, with the last instant: a first key ends that.
    pub refundable: Vec<Trace>,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    pub name: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
}

/// What the arrow at the end of a row opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BenefitDetail {
    pub row: BenefitRow,
    pub summary: String,
    pub instructions: Option<String>,
    pub portal: Option<String>,
    pub downloads: Vec<Download>,
    /// How many keys are allocated; never the keys.
    pub keys: u32,
    /// So many more come when the stock has them.
    pub keys_owed: u32,
    /// Newest first, at most ten.
    pub reveals: Vec<Trace>,
    /// Who holds a seat now; the first ten of them.
    pub holders: crate::people::HeldPage,
    /// Whether the signed-in person is one of them.
    pub is_mine: bool,
    /// So many reassignments are left, where the product caps them.
    pub reassignments_left: Option<u32>,
    pub used: u32,
    pub reserved: u32,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub activated_at: Option<DateTime<Utc>>,
    pub valid_months: Option<u32>,
    pub max_per_request: Option<u32>,
}
