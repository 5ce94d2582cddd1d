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

/// Rule R-BEN-1: expiry before everything, then what waits, then use.
pub fn status(facts: &BenefitFacts, now: DateTime<Utc>) -> BenefitStatus {
    let unused = facts.activated_at.is_none() && facts.taken == 0 && !facts.pending;
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
