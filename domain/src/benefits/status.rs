//! The word in a list's status column.

use crate::catalogue::Fulfilment;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a person reads in the status column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BenefitStatus {
    Available,
    /// Asked for; the programme's staff act next.
    Pending,
    Active,
    UsedUp,
    Expired,
}

/// What the status follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenefitFacts {
    pub fulfilment: Fulfilment,
    /// `None` is unlimited.
    pub quantity: Option<u32>,
    /// Seats out, or hours and incidents used and reserved.
    pub taken: u32,
    /// Something waits for the programme's staff.
    pub pending: bool,
    pub activated_at: Option<DateTime<Utc>>,
    /// First instant at which it can no longer be activated.
    pub activate_by: DateTime<Utc>,
    /// First instant at which it can no longer be used: after the grace of its term, or at an end of
    /// its own.
    pub lapses_at: DateTime<Utc>,
}

impl BenefitFacts {
    const fn is_unused(&self) -> bool {
        self.activated_at.is_none() && self.taken == 0 && !self.pending
    }
}

/// Why a benefit is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    OrderCancelled,
    /// Nobody activated it in time.
    NotActivated,
    /// Its term, or the time that was its own, was over.
    TermOver,
}

/// How a benefit came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
    pub reason: EndReason,
}

/// When and why a benefit ended; nothing while its status is not "expired". Rule R-BEN-1.
pub fn ended(facts: &BenefitFacts, order_ended_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Ended> {
    if status(facts, now) != BenefitStatus::Expired {
        return None;
    }
    let end = match order_ended_at.filter(|at| *at <= facts.lapses_at) {
        Some(at) if !facts.is_unused() || at <= facts.activate_by => (at, EndReason::OrderCancelled),
        _ if facts.is_unused() && facts.activate_by < facts.lapses_at => (facts.activate_by, EndReason::NotActivated),
        _ => (facts.lapses_at, EndReason::TermOver),
    };
    Some(Ended { at: end.0, reason: end.1 })
}

/// Rule R-BEN-1: expiry before everything, then what waits, then use.
pub fn status(facts: &BenefitFacts, now: DateTime<Utc>) -> BenefitStatus {
    let unused = facts.is_unused();
    if now >= facts.lapses_at || (unused && now >= facts.activate_by) {
        return BenefitStatus::Expired;
    }
    if facts.pending {
        return BenefitStatus::Pending;
    }
    if facts.fulfilment.is_technical() && facts.quantity.is_some_and(|granted| facts.taken >= granted) {
        return BenefitStatus::UsedUp;
    }
    if unused { BenefitStatus::Available } else { BenefitStatus::Active }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn facts() -> BenefitFacts {
        BenefitFacts {
            fulfilment: Fulfilment::SoftwareKey,
            quantity: Some(10),
            taken: 0,
            pending: false,
            activated_at: None,
            activate_by: DateTime::UNIX_EPOCH + TimeDelta::days(100),
            lapses_at: DateTime::UNIX_EPOCH + TimeDelta::days(365),
        }
    }
    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }

    /// Rule R-BEN-1.
    #[test]
    fn unused_benefits_lapse_at_the_activation_date_and_used_ones_at_expiry() {
        let last = TimeDelta::microseconds(1);
        assert_eq!(status(&facts(), day(100) - last), BenefitStatus::Available);
        assert_eq!(status(&facts(), day(100)), BenefitStatus::Expired);
        let used = BenefitFacts { activated_at: Some(day(1)), ..facts() };
        assert_eq!(status(&used, day(365) - last), BenefitStatus::Active);
        assert_eq!(status(&used, day(365)), BenefitStatus::Expired);
    }

    /// Rule R-BEN-1.
    #[test]
    fn what_is_over_says_when_and_why() {
        let used = BenefitFacts { activated_at: Some(day(1)), ..facts() };
        let over = |at, reason| Some(Ended { at: day(at), reason });
        assert_eq!(ended(&used, None, day(364)), None);
        assert_eq!(ended(&used, None, day(365)), over(365, EndReason::TermOver));
        assert_eq!(ended(&facts(), None, day(99)), None);
        assert_eq!(ended(&facts(), None, day(400)), over(100, EndReason::NotActivated));
        // A cancellation ends everything that is not over yet.
        let cancelled = |facts| BenefitFacts { lapses_at: day(50), ..facts };
        assert_eq!(ended(&cancelled(used), Some(day(50)), day(50)), over(50, EndReason::OrderCancelled));
        assert_eq!(ended(&cancelled(facts()), Some(day(50)), day(400)), over(50, EndReason::OrderCancelled));
        assert_eq!(ended(&facts(), Some(day(120)), day(120)), over(100, EndReason::NotActivated));
        assert_eq!(ended(&used, Some(day(400)), day(400)), over(365, EndReason::TermOver));
    }

    #[test]
    fn pending_and_used_up_are_said() {
        let pending = BenefitFacts { pending: true, ..facts() };
        assert_eq!(status(&pending, day(200)), BenefitStatus::Pending);
        assert_eq!(status(&pending, day(365)), BenefitStatus::Expired);
        let hours = BenefitFacts { fulfilment: Fulfilment::RequestForm, taken: 10, ..facts() };
        assert_eq!(status(&hours, day(1)), BenefitStatus::UsedUp);
        assert_eq!(status(&BenefitFacts { quantity: None, ..hours }, day(1)), BenefitStatus::Active);
        let seats = BenefitFacts { fulfilment: Fulfilment::SeatAssign, ..hours };
        assert_eq!(status(&seats, day(1)), BenefitStatus::Active);
    }
}
