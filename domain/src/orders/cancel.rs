//! Giving an order back: a service request, decided by the programme's staff.

use super::refund::{OrderFacts, RefundRefusal, refund_ends, refundable};
use crate::id::CancellationId;
use crate::money::Money;
use crate::words::stored_words;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

stored_words! {
    /// Where a request to give an order back stands.
    CancellationState {
        Requested = "requested",
        Withdrawn = "withdrawn",
        Declined = "declined",
        Approved = "approved",
    }
}

/// Who saw the first licence key of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstLook {
    pub product: String,
    pub by: String,
}

/// What a request is decided on, loaded and locked in its transaction.
#[derive(Clone, Debug)]
pub struct CancelFacts {
    pub order: OrderFacts,
    pub first_look: Option<FirstLook>,
    /// Since when a request waits.
    pub waits_since: Option<DateTime<Utc>>,
}

/// Why an order cannot be given back. The wording is in `locales/*/membership.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelRefusal {
    NotPaid,
    /// Bought in the predecessor portal.
    BoughtElsewhere,
    AlreadyEnded {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    KeySeen {
        product: String,
        by: String,
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    WindowClosed {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// A request waits already.
    Waits {
        #[serde(with = "chrono::serde::ts_microseconds")]
        since: DateTime<Utc>,
    },
    /// Withdrawn or decided in the meantime.
    NotPossibleAnyMore,
}

/// Decides whether it can be asked at `now` to give an order back; gives until when. Rule R-CAN-1.
pub fn cancellable(facts: &CancelFacts, now: DateTime<Utc>) -> Result<DateTime<Utc>, CancelRefusal> {
    if let Some(since) = facts.waits_since {
        return Err(CancelRefusal::Waits { since });
    }
    refundable(&facts.order, now).map_err(|refusal| told(refusal, facts.first_look.as_ref()))?;
    refund_ends(&facts.order).ok_or(CancelRefusal::NotPaid)
}

/// Decides whether a request can be approved. The window is judged at the moment it was made, a
/// key that was seen since then counts. Rule R-CAN-2.
pub fn approvable(facts: &CancelFacts, requested_at: DateTime<Utc>) -> Result<(), CancelRefusal> {
    refundable(&facts.order, requested_at).map_err(|refusal| told(refusal, facts.first_look.as_ref()))
}

fn told(refusal: RefundRefusal, first: Option<&FirstLook>) -> CancelRefusal {
    match refusal {
        RefundRefusal::NotPaid => CancelRefusal::NotPaid,
        RefundRefusal::BoughtElsewhere => CancelRefusal::BoughtElsewhere,
        RefundRefusal::AlreadyEnded { at } => CancelRefusal::AlreadyEnded { at },
        RefundRefusal::WindowClosed { at } => CancelRefusal::WindowClosed { at },
        RefundRefusal::KeyRevealed { at } => {
            let first = first.cloned().unwrap_or(FirstLook { product: String::new(), by: String::new() });
            CancelRefusal::KeySeen { product: first.product, by: first.by, at }
        }
    }
}

/// A request to give an order back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancellation {
    pub id: CancellationId,
    pub number: String,
    pub state: CancellationState,
    /// The company's words.
    pub reason: String,
    pub by: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
    pub decided_by: Option<String>,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub decided_at: Option<DateTime<Utc>>,
    /// The programme's words.
    pub answer: String,
    pub refund: Option<Refund>,
}

/// Money that went back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub amount: Money,
    pub on: NaiveDate,
    pub reference: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// Rules R-CAN-1 and R-CAN-2.
    #[test]
    fn a_request_in_time_can_be_approved_later_unless_a_key_was_seen() {
        let day = |n| DateTime::UNIX_EPOCH + TimeDelta::days(n);
        let order =
            OrderFacts { paid_at: Some(day(0)), first_key_revealed_at: None, ended_at: None, bought_elsewhere: false };
        let facts = CancelFacts { order, first_look: None, waits_since: None };
        assert_eq!(cancellable(&facts, day(30)), Ok(day(30)));
        let late = CancelRefusal::WindowClosed { at: day(30) };
        assert_eq!(cancellable(&facts, day(31)), Err(late));
        let waits = CancelFacts { waits_since: Some(day(29)), ..facts.clone() };
        assert_eq!(cancellable(&waits, day(29)), Err(CancelRefusal::Waits { since: day(29) }));
        assert_eq!(approvable(&waits, day(29)), Ok(()), "however late the answer");
        let seen = CancelFacts {
            order: OrderFacts { first_key_revealed_at: Some(day(3)), ..order },
            first_look: Some(FirstLook { product: "Office".to_owned(), by: "Marta".to_owned() }),
            ..waits
        };
        let why = CancelRefusal::KeySeen { product: "Office".to_owned(), by: "Marta".to_owned(), at: day(3) };
        assert_eq!(approvable(&seen, day(29)), Err(why.clone()));
        assert_eq!(cancellable(&CancelFacts { waits_since: None, ..seen }, day(29)), Err(why));
    }
}
