//! Go-To-Market: the marketing contacts of a company, and the offers that are activated for them.
//!
//! Whatever asks for a contact or changes one locks the company first, so that an offer is never
//! asked for while its last contact goes.

mod contact;
mod offer;

pub(crate) use contact::find_main;
pub use contact::{get_marketing, make_main, remove_contact, set_contact};
pub(crate) use offer::offer_for_programme;
pub use offer::{activate_offer, decline_offer, fulfil_offer, list_activations, withdraw_offer};

use crate::error::{StoreError, StoreResult};
use domain::benefits::go_to_market::MarketingRefusal;

fn refused<T>(refusal: MarketingRefusal) -> StoreResult<T> {
    Err(refusal.into())
}

impl From<MarketingRefusal> for StoreError {
    fn from(refusal: MarketingRefusal) -> Self {
        match refusal {
            // One sentence for every address.
            MarketingRefusal::Email(problem) => Self::Email(problem),
            other => Self::Marketing(other),
        }
    }
}
