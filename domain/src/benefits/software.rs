//! When a licence key may be shown.

use super::status::{BenefitFacts, BenefitStatus, status};
use crate::orders::refund::{OrderFacts, refund_ends, refundable};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many looks at keys in [`LOOKS_WITHIN`] are a person's work; more are a machine's.
/// Twice the software and cloud benefits that a company with every package holds.
pub const MOST_LOOKS: u32 = 60;
/// The time that [`MOST_LOOKS`] are counted over.
pub const LOOKS_WITHIN: TimeDelta = TimeDelta::hours(1);

/// What a reveal is decided on, loaded and locked in the transaction that decrypts.
#[derive(Clone, Copy, Debug)]
pub struct RevealFacts {
    pub benefit: BenefitFacts,
    pub order: OrderFacts,
    /// Keys that are allocated to the benefit.
    pub keys: u32,
    /// Since when a request waits to give the order back.
    pub cancellation_since: Option<DateTime<Utc>>,
    /// When the person took the look that is [`MOST_LOOKS`] back, if they ever took so many.
    pub earlier_look: Option<DateTime<Utc>>,
    /// The person has read that the refund right ends, and agreed.
    pub confirmed: bool,
}

/// Why keys cannot be shown. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevealRefusal {
    /// The product comes without a key.
    NoKeyForThis,
    Expired {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// The order was cancelled, or its term ended early.
    OrderEnded {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// The stock was empty when the term began; the keys are owed.
    NotDeliveredYet,
    /// This person looked at very many keys in a short time.
    TooManyLooks {
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
    },
    /// Somebody has asked to give the order back: until that is decided or withdrawn, no key is shown.
    CancellationWaits {
        #[serde(with = "chrono::serde::ts_microseconds")]
        since: DateTime<Utc>,
    },
    /// Not refused for good: shown first, so that nobody loses a right unawares.
    EndsRefund {
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
    },
}

/// Decides whether the keys of a benefit may be shown at `now`. Rules R-KEY-1 and R-KEY-3.
pub fn revealable(facts: &RevealFacts, now: DateTime<Utc>) -> Result<(), RevealRefusal> {
    if !facts.benefit.fulfilment.has_keys() {
        return Err(RevealRefusal::NoKeyForThis);
    }
    if let Some(at) = facts.order.ended_at {
        return Err(RevealRefusal::OrderEnded { at });
    }
    if status(&facts.benefit, now) == BenefitStatus::Expired {
        let unused = facts.benefit.activated_at.is_none();
        let at = if unused { facts.benefit.activate_by.min(facts.benefit.lapses_at) } else { facts.benefit.lapses_at };
        return Err(RevealRefusal::Expired { at });
    }
    if let Some(since) = facts.cancellation_since {
        return Err(RevealRefusal::CancellationWaits { since });
    }
    if facts.keys == 0 {
        return Err(RevealRefusal::NotDeliveredYet);
    }
    if let Some(until) = facts.earlier_look.map(|at| at + LOOKS_WITHIN).filter(|&until| now < until) {
        return Err(RevealRefusal::TooManyLooks { until });
    }
    if !facts.confirmed
        && refundable(&facts.order, now).is_ok()
        && let Some(until) = refund_ends(&facts.order)
    {
        return Err(RevealRefusal::EndsRefund { until });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Fulfilment;
    use chrono::TimeDelta;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }
    fn facts() -> RevealFacts {
        RevealFacts {
            benefit: BenefitFacts {
                fulfilment: Fulfilment::SoftwareKey,
                quantity: Some(10),
                taken: 0,
                pending: false,
                activated_at: None,
                activate_by: day(365),
                lapses_at: day(365),
            },
            order: OrderFacts {
                paid_at: Some(day(0)),
                first_key_revealed_at: None,
                ended_at: None,
                bought_elsewhere: false,
            },
            keys: 1,
            cancellation_since: None,
            earlier_look: None,
            confirmed: false,
        }
    }

    /// Rule R-KEY-1.
    #[test]
    fn the_first_reveal_in_the_refund_window_asks_once() {
        let window_ends = day(30);
        assert_eq!(revealable(&facts(), day(29)), Err(RevealRefusal::EndsRefund { until: window_ends }));
        assert_eq!(revealable(&facts(), window_ends), Err(RevealRefusal::EndsRefund { until: window_ends }));
        assert_eq!(revealable(&facts(), window_ends + TimeDelta::microseconds(1)), Ok(()));
        assert_eq!(revealable(&RevealFacts { confirmed: true, ..facts() }, day(1)), Ok(()));
        let order = OrderFacts { first_key_revealed_at: Some(day(1)), ..facts().order };
        assert_eq!(revealable(&RevealFacts { order, ..facts() }, day(2)), Ok(()));
    }

    #[test]
    fn what_cannot_be_shown_says_why() {
        let confirmed = RevealFacts { confirmed: true, ..facts() };
        assert_eq!(revealable(&RevealFacts { keys: 0, ..confirmed }, day(1)), Err(RevealRefusal::NotDeliveredYet));
        assert_eq!(revealable(&confirmed, day(365)), Err(RevealRefusal::Expired { at: day(365) }));
        let waits = RevealFacts { cancellation_since: Some(day(1)), ..confirmed };
        assert_eq!(revealable(&waits, day(2)), Err(RevealRefusal::CancellationWaits { since: day(1) }));
        // Otherwise a refunded order would still give its keys away.
        let ended = OrderFacts { ended_at: Some(day(1)), ..confirmed.order };
        assert_eq!(
            revealable(&RevealFacts { order: ended, ..confirmed }, day(2)),
            Err(RevealRefusal::OrderEnded { at: day(1) })
        );
        let none = BenefitFacts { fulfilment: Fulfilment::None, ..confirmed.benefit };
        assert_eq!(revealable(&RevealFacts { benefit: none, ..confirmed }, day(1)), Err(RevealRefusal::NoKeyForThis));
    }

    /// Rule R-KEY-3.
    #[test]
    fn very_many_looks_make_the_next_one_wait() {
        let looked = RevealFacts { confirmed: true, earlier_look: Some(day(1)), ..facts() };
        let until = day(1) + LOOKS_WITHIN;
        let tick = TimeDelta::microseconds(1);
        assert_eq!(revealable(&looked, until - tick), Err(RevealRefusal::TooManyLooks { until }));
        assert_eq!(revealable(&looked, until), Ok(()));
    }
}
