//! Which package a company can buy, and which not, and why.

use super::order::{Allocation, Change};
use super::term::{lapses_at, renewable, renewal_starts};
use crate::catalogue::Package;
use crate::id::{PackageVersionId, TermId};
use crate::language::LocalText;
use crate::money::Money;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A term of the company that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldTerm {
    pub id: TermId,
    /// The package's code.
    pub package: String,
    pub name: LocalText,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// An order of the company that waits for its payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOrder {
    pub number: String,
    /// The package's code.
    pub package: String,
    pub not_with: Vec<String>,
}

/// What a purchase is decided on, loaded and locked in its transaction.
#[derive(Clone, Copy, Debug)]
pub struct BuyFacts<'a> {
    /// As it is published now; `None` when it is no longer on sale.
    pub package: Option<&'a Package>,
    pub held: &'a [HeldTerm],
    pub open: &'a [OpenOrder],
}

/// What buying it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Buy {
    New,
    /// The next year of this term; it begins when the old one ends.
    Renewal {
        term: TermId,
        from: DateTime<Utc>,
    },
}

/// Why a package is not sold to a company. The wording is in `locales/*/membership.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyRefusal {
    NotOnSale,
    /// At most one at a time; from a day on it can be renewed.
    Held {
        until: DateTime<Utc>,
        renew_from: DateTime<Utc>,
    },
    Renewed {
        starts_at: DateTime<Utc>,
    },
    /// An order of it, or of one that does not go with it, waits for its payment.
    Waits {
        number: String,
    },
    /// Not for a company with this one.
    Excluded {
        by: LocalText,
    },
}

/// Decides whether a package is sold to a company at `now`. Rule R-BUY-1.
pub fn buyable(facts: &BuyFacts<'_>, now: DateTime<Utc>) -> Result<Buy, BuyRefusal> {
    let package = facts.package.ok_or(BuyRefusal::NotOnSale)?;
    let excludes = |code: &str, not_with: &[String]| {
        package.not_with.iter().any(|c| c == code) || not_with.contains(&package.code)
    };
    let waits = |o: &&OpenOrder| o.package == package.code || excludes(&o.package, &o.not_with);
    if let Some(order) = facts.open.iter().find(waits) {
        return Err(BuyRefusal::Waits { number: order.number.clone() });
    }
    let held = || facts.held.iter().filter(|t| now < lapses_at(t.ends_at));
    if let Some(other) = held().find(|t| package.not_with.contains(&t.package)) {
        return Err(BuyRefusal::Excluded { by: other.name.clone() });
    }
    let mut own = held().filter(|t| t.package == package.code);
    match own.clone().find(|t| now < t.starts_at) {
        Some(next) => Err(BuyRefusal::Renewed { starts_at: next.starts_at }),
        None => match own.next() {
            None => Ok(Buy::New),
            Some(t) if renewable(t.ends_at, now) => Ok(Buy::Renewal { term: t.id, from: t.ends_at }),
            Some(t) => Err(BuyRefusal::Held { until: t.ends_at, renew_from: renewal_starts(t.ends_at) }),
        },
    }
}

/// A package as it is offered to a company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub code: String,
    /// What exactly is offered: an order names it, so that nobody buys what they did not see.
    pub version: PackageVersionId,
    pub name: String,
    pub summary: String,
    pub price: Money,
    pub contents: Vec<Allocation>,
    pub buy: Result<Buy, BuyRefusal>,
}

/// All that is on sale, and who can buy it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offers {
    pub offers: Vec<Offer>,
}

/// What the order form begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    pub offer: Offer,
    /// As on the company's last order.
    pub billing: super::billing::Billing,
    /// The package that it follows, and what differs: the old year's, or the one it goes beyond.
    pub follows: Option<Follows>,
}

/// What a purchase follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Follows {
    pub name: String,
    /// The same package; otherwise one that this one does not go with, and goes beyond.
    pub is_renewal: bool,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub ends_at: DateTime<Utc>,
    pub changes: Vec<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::term::RENEWAL_WINDOW;
    use chrono::{TimeDelta, TimeZone};
    use uuid::Uuid;

    fn text(text: &str) -> LocalText {
        LocalText { en: text.to_owned(), de: text.to_owned() }
    }
    fn package(code: &str, not_with: &[&str]) -> Package {
        Package {
            code: code.to_owned(),
            name: text(code),
            label: text(code),
            summary: text(code),
            price: "1.00".to_owned(),
            currency: "USD".to_owned(),
            not_with: not_with.iter().map(|&c| c.to_owned()).collect(),
            items: Vec::new(),
        }
    }
    fn held(code: &str, ends_at: DateTime<Utc>) -> HeldTerm {
        HeldTerm {
            id: TermId::new(Uuid::from_u128(1)),
            package: code.to_owned(),
            name: text(code),
            starts_at: ends_at - TimeDelta::days(365),
            ends_at,
        }
    }

    /// Rule R-BUY-1.
    #[test]
    fn one_of_each_and_no_silver_for_a_gold_partner() {
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 9, 30, 0).unwrap();
        let (silver, gold) = (package("silver", &["gold"]), package("gold", &[]));
        let ask = |package: Option<&Package>, held: &[HeldTerm], open: &[OpenOrder]| {
            buyable(&BuyFacts { package, held, open }, now)
        };
        assert_eq!(ask(Some(&silver), &[], &[]), Ok(Buy::New));
        assert_eq!(ask(None, &[], &[]), Err(BuyRefusal::NotOnSale));
        let far = held("silver", now + TimeDelta::days(100));
        let held_until = BuyRefusal::Held { until: far.ends_at, renew_from: far.ends_at - RENEWAL_WINDOW };
        assert_eq!(ask(Some(&silver), std::slice::from_ref(&far), &[]), Err(held_until));
        // From silver to gold at any time, back at none.
        assert_eq!(ask(Some(&gold), std::slice::from_ref(&far), &[]), Ok(Buy::New));
        let golden = held("gold", now + TimeDelta::days(100));
        let excluded = BuyRefusal::Excluded { by: text("gold") };
        assert_eq!(ask(Some(&silver), std::slice::from_ref(&golden), &[]), Err(excluded.clone()));
        // In the window it is a renewal; once there is one, there is no second; after the grace it is new.
        let near = held("silver", now + TimeDelta::days(20));
        let from = near.ends_at;
        assert_eq!(ask(Some(&silver), std::slice::from_ref(&near), &[]), Ok(Buy::Renewal { term: near.id, from }));
        assert_eq!(ask(Some(&silver), &[near.clone(), golden], &[]), Err(excluded));
        let next = HeldTerm { starts_at: from, ends_at: from + TimeDelta::days(365), ..near.clone() };
        let renewed = BuyRefusal::Renewed { starts_at: from };
        assert_eq!(ask(Some(&silver), &[near, next], &[]), Err(renewed));
        let over = held("silver", now - TimeDelta::days(30));
        assert_eq!(ask(Some(&silver), &[over], &[]), Ok(Buy::New));
        // An order that waits is paid or withdrawn first; silver and gold wait for each other.
        let order = |code: &str, not_with: &[&str]| OpenOrder {
            number: "V-1".to_owned(),
            package: code.to_owned(),
            not_with: not_with.iter().map(|&c| c.to_owned()).collect(),
        };
        let waits = || Err(BuyRefusal::Waits { number: "V-1".to_owned() });
        assert_eq!(ask(Some(&gold), &[], &[order("gold", &[])]), waits());
        assert_eq!(ask(Some(&gold), &[], &[order("silver", &["gold"])]), waits());
        assert_eq!(ask(Some(&silver), &[], &[order("gold", &[])]), waits());
        assert_eq!(ask(Some(&gold), &[], &[order("action", &[])]), Ok(Buy::New));
    }
}
