//! When a seat may be given, taken back and given again.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The product's limits on moving a seat from one person to another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReassignLimits {
    /// Days that a person keeps a seat before it can go to another.
    pub lock_days: u32,
    /// How often seats of one benefit can change hands, ever. `None` is as often as wanted.
    pub at_most: Option<u32>,
    /// A person holds at most one seat of the benefit.
    pub one_per_person: bool,
}

/// What an assignment is decided on, loaded and locked in its transaction.
#[derive(Clone, Copy, Debug)]
pub struct SeatFacts {
    pub granted: u32,
    /// Seats that somebody holds now.
    pub out: u32,
    pub limits: ReassignLimits,
    /// How often a seat of this benefit has changed hands.
    pub reassigned: u32,
    /// The seat that would be given had a holder before.
    pub had_holder: bool,
    pub person_holds_one: bool,
    pub person_disabled: bool,
    /// First instant at which the benefit can no longer be used.
    pub expires_at: DateTime<Utc>,
}

/// Why a seat cannot be given or taken. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatRefusal {
    NoneLeft {
        granted: u32,
    },
    AlreadyHolds,
    PersonDisabled,
    Expired {
        #[serde(with = "chrono::serde::ts_microseconds")]
        at: DateTime<Utc>,
    },
    /// Assigned too recently to move on.
    Locked {
        #[serde(with = "chrono::serde::ts_microseconds")]
        until: DateTime<Utc>,
    },
    /// Seats of this benefit have changed hands as often as they may.
    LimitReached {
        limit: u32,
    },
}

/// Decides whether a free seat can be given to a person. Rule R-SEAT-1.
pub fn assignable(facts: &SeatFacts, now: DateTime<Utc>) -> Result<(), SeatRefusal> {
    if now >= facts.expires_at {
        return Err(SeatRefusal::Expired { at: facts.expires_at });
    }
    if facts.person_disabled {
        return Err(SeatRefusal::PersonDisabled);
    }
    if facts.limits.one_per_person && facts.person_holds_one {
        return Err(SeatRefusal::AlreadyHolds);
    }
    if facts.out >= facts.granted {
        return Err(SeatRefusal::NoneLeft { granted: facts.granted });
    }
    match facts.limits.at_most {
        Some(limit) if facts.had_holder && facts.reassigned >= limit => Err(SeatRefusal::LimitReached { limit }),
        _ => Ok(()),
    }
}

/// Decides whether a held seat can be taken back to be given to somebody else. Rule R-SEAT-2.
///
/// The lock counts from the assignment; at `assigned_at + lock` exactly it is over.
pub fn removable(limits: &ReassignLimits, assigned_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), SeatRefusal> {
    let until = assigned_at + TimeDelta::days(i64::from(limits.lock_days));
    if now < until { Err(SeatRefusal::Locked { until }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }
    fn facts() -> SeatFacts {
        SeatFacts {
            granted: 3,
            out: 2,
            limits: ReassignLimits { lock_days: 0, at_most: Some(5), one_per_person: true },
            reassigned: 0,
            had_holder: false,
            person_holds_one: false,
            person_disabled: false,
            expires_at: day(365),
        }
    }

    /// Rule R-SEAT-1.
    #[test]
    fn the_last_seat_can_go_and_no_more() {
        assert_eq!(assignable(&facts(), day(1)), Ok(()));
        assert_eq!(assignable(&SeatFacts { out: 3, ..facts() }, day(1)), Err(SeatRefusal::NoneLeft { granted: 3 }));
        assert_eq!(assignable(&facts(), day(365)), Err(SeatRefusal::Expired { at: day(365) }));
        assert_eq!(
            assignable(&SeatFacts { person_holds_one: true, ..facts() }, day(1)),
            Err(SeatRefusal::AlreadyHolds)
        );
        assert_eq!(
            assignable(&SeatFacts { person_disabled: true, ..facts() }, day(1)),
            Err(SeatRefusal::PersonDisabled)
        );
    }

    #[test]
    fn the_cap_counts_changes_of_hands_not_first_assignments() {
        let capped = SeatFacts { reassigned: 5, ..facts() };
        assert_eq!(assignable(&capped, day(1)), Ok(()));
        assert_eq!(
            assignable(&SeatFacts { had_holder: true, ..capped }, day(1)),
            Err(SeatRefusal::LimitReached { limit: 5 })
        );
        assert_eq!(assignable(&SeatFacts { had_holder: true, reassigned: 4, ..facts() }, day(1)), Ok(()));
    }

    /// Rule R-SEAT-2.
    #[test]
    fn a_lock_ends_on_its_last_day() {
        let limits = ReassignLimits { lock_days: 90, ..ReassignLimits::default() };
        assert_eq!(
            removable(&limits, day(0), day(90) - TimeDelta::microseconds(1)),
            Err(SeatRefusal::Locked { until: day(90) })
        );
        assert_eq!(removable(&limits, day(0), day(90)), Ok(()));
        assert_eq!(removable(&ReassignLimits::default(), day(0), day(0)), Ok(()));
    }
}
