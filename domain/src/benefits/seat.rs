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

/// A seat that went within this time to somebody else is called "just given": two people had the
/// same page open.
const JUST: TimeDelta = TimeDelta::minutes(5);

/// What an assignment is decided on, loaded and locked in its transaction.
#[derive(Clone, Debug)]
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
    /// The seat is somebody's own: only the person who asks can get it.
    pub for_oneself: bool,
    pub person_asks: bool,
    /// Who got a seat last, and when.
    pub last_given: Option<(String, DateTime<Utc>)>,
    /// First instant at which the benefit can no longer be used, or, unused, be activated.
    pub expires_at: DateTime<Utc>,
}

/// Why a seat cannot be given or taken. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatRefusal {
    /// The product has no seats.
    NoSeats,
    NoneLeft {
        granted: u32,
    },
    /// Somebody was faster.
    JustGiven {
        to: String,
    },
    AlreadyHolds,
    OnlyForOneself,
    /// The seat was taken back, or given on, in the meantime.
    NotHeldAnyMore,
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
    if facts.for_oneself && !facts.person_asks {
        return Err(SeatRefusal::OnlyForOneself);
    }
    if facts.limits.one_per_person && facts.person_holds_one {
        return Err(SeatRefusal::AlreadyHolds);
    }
    if facts.out >= facts.granted {
        return Err(match &facts.last_given {
            Some((to, at)) if now - *at < JUST => SeatRefusal::JustGiven { to: to.clone() },
            _ => SeatRefusal::NoneLeft { granted: facts.granted },
        });
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

/// How somebody got a seat. The words are stored; never changed once shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))")
)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    #[cfg_attr(feature = "db", sea_orm(string_value = "assigned"))]
    Assigned,
    /// In one step, from somebody else.
    #[cfg_attr(feature = "db", sea_orm(string_value = "reassigned"))]
    Reassigned,
    #[cfg_attr(feature = "db", sea_orm(string_value = "by_oneself"))]
    ByOneself,
    #[cfg_attr(feature = "db", sea_orm(string_value = "from_file"))]
    FromFile,
    /// From a person who leaves.
    #[cfg_attr(feature = "db", sea_orm(string_value = "handed_over"))]
    HandedOver,
    /// From the package's year before, or from the package that this one goes beyond.
    #[cfg_attr(feature = "db", sea_orm(string_value = "carried_over"))]
    CarriedOver,
}

/// Why somebody holds a seat no more. The words are stored; never changed once shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(
    feature = "db",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "String(sea_orm::sea_query::StringLen::N(16))")
)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    #[cfg_attr(feature = "db", sea_orm(string_value = "removed"))]
    Removed,
    #[cfg_attr(feature = "db", sea_orm(string_value = "reassigned"))]
    Reassigned,
    /// Everything that the person held was freed.
    #[cfg_attr(feature = "db", sea_orm(string_value = "freed"))]
    Freed,
    #[cfg_attr(feature = "db", sea_orm(string_value = "handed_over"))]
    HandedOver,
    /// It goes on in the next year, or in another package.
    #[cfg_attr(feature = "db", sea_orm(string_value = "carried_over"))]
    CarriedOver,
    /// The order was given back.
    #[cfg_attr(feature = "db", sea_orm(string_value = "order_cancelled"))]
    OrderCancelled,
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
            for_oneself: false,
            person_asks: false,
            last_given: None,
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
    fn whoever_was_too_late_is_told_who_was_faster() {
        let full = SeatFacts { out: 3, last_given: Some(("Emil".to_owned(), day(1))), ..facts() };
        assert_eq!(
            assignable(&full, day(1) + JUST - TimeDelta::microseconds(1)),
            Err(SeatRefusal::JustGiven { to: "Emil".to_owned() })
        );
        assert_eq!(assignable(&full, day(1) + JUST), Err(SeatRefusal::NoneLeft { granted: 3 }));
    }

    #[test]
    fn some_seats_can_only_be_taken_for_oneself() {
        let own = SeatFacts { for_oneself: true, ..facts() };
        assert_eq!(assignable(&own, day(1)), Err(SeatRefusal::OnlyForOneself));
        assert_eq!(assignable(&SeatFacts { person_asks: true, ..own }, day(1)), Ok(()));
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
