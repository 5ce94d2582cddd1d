//! An order from the confirmation to the end of what it bought.

use super::billing::Billing;
use super::cancel::{CancelRefusal, Cancellation};
use super::payment::Payment;
use super::term::lapses_at;
use crate::catalogue::{Category, Fulfilment, Unit};
use crate::id::OrderId;
use crate::money::Money;
use crate::words::stored_words;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

stored_words! {
    /// What an order is to the company.
    OrderKind {
        New = "new",
        /// The next year of a package that it has.
        Renewal = "renewal",
        /// Bought in the predecessor portal; came over with the company.
        Moved = "moved",
    }
}

stored_words! {
    /// How an order came to an early end.
    OrderEnd {
        /// The company took it back, unpaid.
        Withdrawn = "withdrawn",
        /// Nobody paid in time.
        Lapsed = "lapsed",
        /// Given back, with the money.
        Refunded = "refunded",
    }
}

/// An order that nobody pays lapses after this time. The last instant still counts. Rule R-ORD-3.
pub const PAYMENT_TIME: TimeDelta = TimeDelta::days(30);

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Waits for the payment.
    Open,
    Withdrawn,
    Lapsed,
    Refunded,
    /// Paid; its term begins later.
    Upcoming,
    Active,
    /// After the anniversary: what is in use goes on for a while.
    Grace,
    Over,
}

/// What the state follows from.
#[derive(Clone, Copy, Debug)]
pub struct OrderStanding {
    pub ordered_at: DateTime<Utc>,
    pub end: Option<OrderEnd>,
    pub term: Option<TermTimes>,
}

/// The times of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermTimes {
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub starts_at: DateTime<Utc>,
    /// The anniversary.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub ends_at: DateTime<Utc>,
    /// Over before its time: renewed, or given back.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub ended_at: Option<DateTime<Utc>>,
}

impl TermTimes {
    /// When it is over, as far as that is known; nothing where it never began.
    pub fn over_at(&self) -> Option<DateTime<Utc>> {
        let at = self.ended_at.map_or(self.ends_at, |at| at.min(self.ends_at));
        (at > self.starts_at).then_some(at)
    }
}

/// Last instant at which an order can be paid. Rule R-ORD-3.
pub fn payable_until(ordered_at: DateTime<Utc>) -> DateTime<Utc> {
    ordered_at + PAYMENT_TIME
}

/// Rule R-ORD-4: an early end before everything, then the payment, then the times of the term.
pub fn order_state(order: &OrderStanding, now: DateTime<Utc>) -> OrderState {
    match (order.end, &order.term) {
        (Some(OrderEnd::Withdrawn), _) => OrderState::Withdrawn,
        (Some(OrderEnd::Lapsed), _) => OrderState::Lapsed,
        (Some(OrderEnd::Refunded), _) => OrderState::Refunded,
        (None, None) if now > payable_until(order.ordered_at) => OrderState::Lapsed,
        (None, None) => OrderState::Open,
        (None, Some(term)) if term.ended_at.is_some_and(|at| now >= at) => OrderState::Over,
        (None, Some(term)) if now < term.starts_at => OrderState::Upcoming,
        (None, Some(term)) if now < term.ends_at => OrderState::Active,
        (None, Some(term)) if now < lapses_at(term.ends_at) => OrderState::Grace,
        (None, Some(_)) => OrderState::Over,
    }
}

/// A line of what a package contains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The product's code: the same through all versions.
    pub code: String,
    pub name: String,
    pub category: Category,
    pub fulfilment: Fulfilment,
    pub unit: Unit,
    /// `None` is unlimited.
    pub quantity: Option<u32>,
}

/// What becomes of a line when one package follows another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub name: String,
    pub unit: Unit,
    /// `Some(None)` is unlimited.
    pub before: Option<Option<u32>>,
    pub after: Option<Option<u32>>,
    /// So many people hold a seat now that will find none.
    pub losing: u32,
}

impl Change {
    /// It is gone, or less than before.
    pub fn is_loss(&self) -> bool {
        match (self.before, self.after) {
            (Some(_), None) | (Some(None), Some(Some(_))) => true,
            (Some(Some(before)), Some(Some(after))) => after < before,
            _ => false,
        }
    }
}

/// What differs between two packages, losses first; `held` is how many people hold a seat of a
/// product, by its code. Rule R-TERM-5.
pub fn changes(before: &[Allocation], after: &[Allocation], held: impl Fn(&str) -> u32) -> Vec<Change> {
    let mut found = Vec::new();
    for old in before {
        let new = after.iter().find(|a| a.code == old.code);
        if new.is_some_and(|new| new.quantity == old.quantity) {
            continue;
        }
        let seats = new.map_or(Some(0), |new| new.quantity);
        let losing =
            if old.fulfilment.has_seats() { seats.map_or(0, |n| held(&old.code).saturating_sub(n)) } else { 0 };
        found.push(Change {
            name: old.name.clone(),
            unit: old.unit,
            before: Some(old.quantity),
            after: new.map(|new| new.quantity),
            losing,
        });
    }
    for new in after.iter().filter(|new| !before.iter().any(|old| old.code == new.code)) {
        found.push(Change {
            name: new.name.clone(),
            unit: new.unit,
            before: None,
            after: Some(new.quantity),
            losing: 0,
        });
    }
    found.sort_by_key(|change| !change.is_loss());
    found
}

/// Which orders of the list of all are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderFilter {
    #[default]
    All,
    /// Waiting for the payment.
    Open,
    Paid,
    /// Withdrawn, lapsed or given back.
    Ended,
}

impl OrderFilter {
    pub const ALL: [Self; 4] = [Self::All, Self::Open, Self::Paid, Self::Ended];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Ended => "ended",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.slug() == slug)
    }
}

/// A line of the list of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    pub id: OrderId,
    pub number: String,
    /// Named where orders of several companies stand together.
    pub company: String,
    pub package: String,
    pub kind: OrderKind,
    pub state: OrderState,
    pub price: Money,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub ordered_at: DateTime<Utc>,
    pub by: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub payable_until: DateTime<Utc>,
    pub term: Option<TermTimes>,
    /// Somebody has asked to give it back, and waits for the answer.
    pub cancellation_waits: bool,
}

/// A page of the list of orders, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPage {
    pub rows: Vec<OrderRow>,
    pub total: u64,
    pub next: Option<String>,
}

/// Who writes an invoice, and where the money goes. Fixed on each order when it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    /// Name and address, a line each.
    pub name: String,
    /// Bank details and whatever else belongs below an invoice.
    pub pay_to: String,
}

/// An order with all that its page and its invoice show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub row: OrderRow,
    pub billing: Billing,
    pub issuer: Issuer,
    pub contents: Vec<Allocation>,
    pub payment: Option<Payment>,
    /// The newest request to give it back.
    pub cancellation: Option<Cancellation>,
    /// Until when it can be asked to be given back, or why not.
    pub refund: Result<DateTime<Utc>, CancelRefusal>,
}

impl Order {
    /// The predecessor portal wrote its own.
    pub fn has_invoice(&self) -> bool {
        self.row.kind != OrderKind::Moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    /// Rules R-ORD-3 and R-ORD-4.
    #[test]
    fn an_order_lapses_after_its_last_instant_and_a_term_after_its_grace() {
        let ordered_at = Utc.with_ymd_and_hms(2026, 11, 22, 9, 30, 0).unwrap();
        let tick = TimeDelta::microseconds(1);
        let open = OrderStanding { ordered_at, end: None, term: None };
        assert_eq!(order_state(&open, payable_until(ordered_at)), OrderState::Open);
        assert_eq!(order_state(&open, payable_until(ordered_at) + tick), OrderState::Lapsed);
        let ends_at = Utc.with_ymd_and_hms(2027, 12, 1, 0, 0, 0).unwrap();
        let term = TermTimes { starts_at: ordered_at + TimeDelta::days(9), ends_at, ended_at: None };
        let paid = OrderStanding { term: Some(term), ..open };
        let states =
            [ordered_at, term.starts_at, ends_at, ends_at + TimeDelta::days(30)].map(|at| order_state(&paid, at));
        assert_eq!(states, [OrderState::Upcoming, OrderState::Active, OrderState::Grace, OrderState::Over]);
        let renewed = OrderStanding { term: Some(TermTimes { ended_at: Some(ends_at), ..term }), ..open };
        assert_eq!(order_state(&renewed, ends_at - tick), OrderState::Active);
        assert_eq!(order_state(&renewed, ends_at), OrderState::Over);
        let back = OrderStanding { end: Some(OrderEnd::Refunded), ..paid };
        assert_eq!(order_state(&back, term.starts_at), OrderState::Refunded);
    }

    /// Rule R-TERM-5.
    #[test]
    fn what_is_lost_is_said_first() {
        let line = |code: &str, fulfilment, quantity| Allocation {
            code: code.to_owned(),
            name: code.to_uppercase(),
            category: Category::VisualStudio,
            fulfilment,
            unit: Unit::Users,
            quantity,
        };
        let seats = |n| line("vs", Fulfilment::SeatAssign, Some(n));
        let hours = |n| line("hours", Fulfilment::RequestForm, n);
        let before = [hours(Some(20)), seats(10), line("keys", Fulfilment::SoftwareKey, Some(5))];
        let after = [hours(None), seats(3), line("new", Fulfilment::SoftwareKey, Some(1))];
        let found = changes(&before, &after, |code| if code == "vs" { 7 } else { 0 });
        let told: Vec<_> = found.iter().map(|c| (c.name.as_str(), c.is_loss(), c.losing)).collect();
        assert_eq!(told, [("VS", true, 4), ("KEYS", true, 0), ("HOURS", false, 0), ("NEW", false, 0)]);
        assert!(changes(&before, &before, |_| 7).is_empty());
        assert!(changes(&[hours(None)], &[hours(Some(9))], |_| 0)[0].is_loss());
    }
}
