//! What a company bought, for how long, and whether it can be given back.

pub mod billing;
pub mod buy;
pub mod cancel;
pub mod order;
pub mod payment;
pub mod refund;
pub mod term;

use crate::money::Money;
use crate::text::Hidden;
use billing::BillField;
use buy::BuyRefusal;
use cancel::CancelRefusal;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Why an order is not taken, paid, or given back. The wording is in `locales/*/told.json`, and what
/// it shares with others in `refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRefusal {
    Buy(BuyRefusal),
    Missing(BillField),
    TooLong(BillField, u32),
    /// There is something in the middle that nobody sees.
    Hidden(BillField, Hidden),
    TaxId,
    /// What the page showed is not what would be bought: the catalogue or the price has changed.
    Changed,
    /// Paid, withdrawn or lapsed in the meantime.
    NotPossibleAnyMore,
    Lapsed {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// Somebody was faster.
    AlreadyPaid {
        by: String,
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    AmountMissing,
    AmountDiffers {
        due: Money,
    },
    DateMissing,
    DateOutside {
        from: NaiveDate,
        to: NaiveDate,
    },
    ReferenceMissing,
    ReferenceTooLong {
        most: u32,
    },
    ReferenceHidden(Hidden),
    Cancel(CancelRefusal),
}
