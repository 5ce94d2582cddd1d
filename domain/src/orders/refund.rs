//! The right to give an order back.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long after payment an order can be given back. The last instant still counts.
///
/// Counted from payment, not from ordering: an invoice may be paid weeks later. Rule R-ORD-1.
pub const REFUND_WINDOW: TimeDelta = TimeDelta::days(30);

/// What the right follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFacts {
    pub paid_at: Option<DateTime<Utc>>,
    /// The first licence key of the order that anybody saw.
    pub first_key_revealed_at: Option<DateTime<Utc>>,
    /// The order was cancelled or its term ended early.
    pub ended_at: Option<DateTime<Utc>>,
    /// Bought and paid in the predecessor portal.
    pub bought_elsewhere: bool,
}

/// Why an order cannot be refunded. People read it as a `CancelRefusal`, which says who and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundRefusal {
    NotPaid,
    BoughtElsewhere,
    AlreadyEnded { at: DateTime<Utc> },
    KeyRevealed { at: DateTime<Utc> },
    WindowClosed { at: DateTime<Utc> },
}

/// The last instant of the refund window; `None` while nothing is paid.
pub fn refund_ends(order: &OrderFacts) -> Option<DateTime<Utc>> {
    order.paid_at.map(|paid| paid + REFUND_WINDOW)
}

/// Decides whether an order can be refunded at `now`. Rules R-ORD-1, R-ORD-2 and R-MOV-2.
pub fn refundable(order: &OrderFacts, now: DateTime<Utc>) -> Result<(), RefundRefusal> {
    let Some(until) = refund_ends(order) else { return Err(RefundRefusal::NotPaid) };
    if let Some(at) = order.ended_at {
        return Err(RefundRefusal::AlreadyEnded { at });
    }
    // The money went elsewhere, and nobody here knows which of its keys were seen.
    if order.bought_elsewhere {
        return Err(RefundRefusal::BoughtElsewhere);
    }
    // A revealed key may have been copied, so money back would make the licence free.
    if let Some(at) = order.first_key_revealed_at {
        return Err(RefundRefusal::KeyRevealed { at });
    }
    if now > until { Err(RefundRefusal::WindowClosed { at: until }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid() -> OrderFacts {
        OrderFacts {
            paid_at: Some(DateTime::UNIX_EPOCH),
            first_key_revealed_at: None,
            ended_at: None,
            bought_elsewhere: false,
        }
    }

    /// Rule R-ORD-1.
    #[test]
    fn the_last_instant_of_the_thirtieth_day_counts() {
        let end = DateTime::UNIX_EPOCH + TimeDelta::hours(30 * 24);
        assert_eq!(refundable(&paid(), end), Ok(()));
        assert_eq!(refundable(&paid(), end + TimeDelta::microseconds(1)), Err(RefundRefusal::WindowClosed { at: end }));
        assert_eq!(refundable(&OrderFacts { paid_at: None, ..paid() }, end), Err(RefundRefusal::NotPaid));
    }

    /// Rule R-ORD-2.
    #[test]
    fn a_revealed_key_ends_the_right() {
        let at = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let seen = OrderFacts { first_key_revealed_at: Some(at), ..paid() };
        assert_eq!(refundable(&seen, at), Err(RefundRefusal::KeyRevealed { at }));
        let ended = OrderFacts { ended_at: Some(at), ..seen };
        assert_eq!(refundable(&ended, at), Err(RefundRefusal::AlreadyEnded { at }));
    }

    /// Rule R-MOV-2.
    #[test]
    fn what_was_bought_elsewhere_is_given_back_elsewhere() {
        let moved = OrderFacts { bought_elsewhere: true, ..paid() };
        assert_eq!(refundable(&moved, DateTime::UNIX_EPOCH), Err(RefundRefusal::BoughtElsewhere));
    }
}
