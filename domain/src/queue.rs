//! The work of the programme's staff: one list of all kinds, and when an answer is due.

use crate::benefits::advisory::Case;
use crate::benefits::go_to_market::OfferWork;
use crate::benefits::technical::SupportWork;
use crate::id::{UserId, WorkId};
use crate::orders::order::Order;
use crate::people::RoleRequest;
use crate::words::stored_words;
use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};

stored_words! {
    /// What is to be done. A new kind of work plugs in here.
    WorkKind {
        /// A support benefit waits for its ids.
        Support = "support",
        /// A case of advisory hours or presales.
        Advisory = "advisory",
        /// A Go-To-Market offer waits to be activated.
        Offer = "offer",
        /// An order waits for its payment.
        Payment = "payment",
        /// A company wants to give an order back.
        Cancellation = "cancellation",
        /// The role of Global admin, in a company that has none.
        RoleRequest = "role_request",
    }
}

/// An answer is due this many business days after it was asked for.
pub const RESPONSE_DAYS: u32 = 2;

fn is_business_day(at: DateTime<Utc>) -> bool {
    !matches!(at.weekday(), Weekday::Sat | Weekday::Sun)
}

/// When an answer is late: the same time of day, two business days on. Rule R-QUE-1.
///
/// Business days are Monday to Friday in UTC; public holidays are not known here. What comes on a
/// weekend counts from the beginning of Monday.
pub fn due(asked: DateTime<Utc>) -> DateTime<Utc> {
    let mut at = asked;
    while !is_business_day(at) {
        at = (at.date_naive() + TimeDelta::days(1)).and_time(NaiveTime::MIN).and_utc();
    }
    for _ in 0..RESPONSE_DAYS {
        at += TimeDelta::days(1);
        while !is_business_day(at) {
            at += TimeDelta::days(1);
        }
    }
    at
}

/// Which work of the queue is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkFilter {
    #[default]
    All,
    Mine,
    Unassigned,
    Late,
    /// What is finished, the newest first.
    Done,
}

impl WorkFilter {
    pub const ALL: [Self; 5] = [Self::All, Self::Mine, Self::Unassigned, Self::Late, Self::Done];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Late => "late",
            Self::Done => "done",
        }
    }
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.slug() == slug)
    }
}

/// A line of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkRow {
    pub id: WorkId,
    pub kind: WorkKind,
    pub company: String,
    /// What it is about: a product, a case's title.
    pub subject: String,
    /// Who asked.
    pub person: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub opened_at: DateTime<Utc>,
    /// An answer is late from then on; nothing while the company has its answer.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub due_at: Option<DateTime<Utc>>,
    pub is_late: bool,
    pub taken_by: Option<String>,
    pub holder: Option<UserId>,
    pub is_mine: bool,
    pub is_done: bool,
}

/// A page of the queue, the oldest first; of what is finished, the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPage {
    pub rows: Vec<WorkRow>,
    pub total: u64,
    /// How many each filter of [`WorkFilter::ALL`] leaves.
    pub counts: [u64; 5],
    pub next: Option<String>,
}

/// A piece of work with what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    pub row: WorkRow,
    pub subject: WorkSubject,
}

/// What a piece of work is about, as the company sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkSubject {
    Support(SupportWork),
    Advisory(Case),
    Offer(OfferWork),
    /// Boxed: it is much larger than the others.
    Order(Box<Order>),
    RoleRequest(RoleRequest),
}

/// Why work cannot be taken. The wording is in `locales/*/refusals.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkRefusal {
    /// Decided, withdrawn or ended in the meantime.
    Done,
    /// A colleague was faster.
    TakenBy { name: String },
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        // November 2026: the 1st is a Sunday.
        Utc.with_ymd_and_hms(2026, 11, day, hour, 30, 0).unwrap()
    }

    /// Rule R-QUE-1.
    #[test]
    fn an_answer_is_due_after_two_business_days() {
        assert_eq!(due(at(2, 9)), at(4, 9), "Monday, then Wednesday");
        assert_eq!(due(at(5, 9)), at(9, 9), "Thursday, then Monday");
        assert_eq!(due(at(6, 23)), at(10, 23), "Friday, then Tuesday");
        let monday = Utc.with_ymd_and_hms(2026, 11, 11, 0, 0, 0).unwrap();
        assert_eq!(due(at(7, 9)), monday, "what comes on a Saturday counts from Monday");
        assert_eq!(due(at(8, 23)), monday);
        // Over the end of a year, and over a leap day.
        let eve = Utc.with_ymd_and_hms(2027, 12, 31, 12, 0, 0).unwrap();
        assert_eq!(due(eve), Utc.with_ymd_and_hms(2028, 1, 4, 12, 0, 0).unwrap());
        let leap = Utc.with_ymd_and_hms(2028, 2, 28, 12, 0, 0).unwrap();
        assert_eq!(due(leap), Utc.with_ymd_and_hms(2028, 3, 1, 12, 0, 0).unwrap());
    }
}
