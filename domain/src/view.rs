//! What the frame around the pages, the dashboard and the profile show.

use crate::access::{Action, Principal, Role};
use crate::catalogue::{Category, Fulfilment, Unit};
use crate::id::{OrderId, SessionId};
use crate::language::Language;
use crate::reminder::EndingLine;
use crate::theme::Theme;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The signed-in person, as the frame needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    pub principal: Principal,
    pub name: String,
    pub email: String,
    pub company: Option<String>,
    /// Still managed in the predecessor portal.
    pub in_predecessor: bool,
    /// Benefits per category, in the order of [`Category::ALL`].
    pub counts: Vec<u64>,
    pub links: Links,
}

/// Where the programme lives besides this portal, as far as its operator has said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Links {
    /// How to become a member.
    pub membership: Option<String>,
    pub predecessor: Option<String>,
}

impl Viewer {
    pub fn can(&self, action: Action) -> bool {
        self.principal.can(action)
    }
    pub fn count(&self, category: Category) -> u64 {
        Category::ALL.iter().position(|&c| c == category).and_then(|i| self.counts.get(i)).copied().unwrap_or(0)
    }
}

/// What every page is drawn in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub language: Language,
    pub theme: Theme,
    /// Whether the data is a sample.
    pub demo: bool,
}

/// Why something on the dashboard wants attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// Can no longer be activated after the date.
    ActivateBy(#[serde(with = "chrono::serde::ts_microseconds")] DateTime<Utc>),
    Ends(#[serde(with = "chrono::serde::ts_microseconds")] DateTime<Utc>),
    /// Past its date, it goes on until then.
    Grace(#[serde(with = "chrono::serde::ts_microseconds")] DateTime<Utc>),
    /// Waits for the programme's staff.
    Pending,
    /// So many seats are free.
    SeatsFree(u32),
    /// So many hours can be asked for; `None` is unlimited.
    HoursFree(Option<u32>),
    /// An offer can be activated.
    OfferFree,
}

/// A benefit that wants attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    pub benefit: crate::id::BenefitId,
    pub name: String,
    pub package: String,
    pub category: Category,
    pub fulfilment: Fulfilment,
    pub concern: Concern,
    /// Whether the reader may take the next step.
    pub may: bool,
}

/// A package that the company holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPackage {
    pub order: OrderId,
    /// The package's code.
    pub code: String,
    pub name: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub starts_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub ends_at: DateTime<Utc>,
    /// Over for good then, if nobody renews it.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub lapses_at: DateTime<Utc>,
    /// Paid; it begins later.
    pub is_upcoming: bool,
    /// Past the anniversary: what is in use goes on for a while.
    pub is_grace: bool,
    pub renewable: bool,
    /// The next year is paid, and begins then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub renewed_from: Option<DateTime<Utc>>,
    /// Keys that come when the stock has them.
    pub keys_owed: u32,
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub refundable_until: Option<DateTime<Utc>>,
    /// Steps after the purchase, and whether they are done.
    pub keys_seen: bool,
    pub seats_assigned: bool,
    pub contact_set: bool,
    pub has_offers: bool,
}

/// What a person of a company starts the day with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    pub packages: Vec<HeldPackage>,
    /// What ends or lapses within 90 days, the nearest first.
    pub ends: Few,
    /// What waits for the programme's staff.
    pub waits: Few,
    /// What could be used.
    pub free: Few,
    /// Orders that wait for their payment.
    pub orders: Vec<WaitingOrder>,
    /// Requests for hours that are not finished.
    pub cases: u64,
    /// Requests for the role of Global admin that wait for this person.
    pub role_requests: u64,
    /// There are offers, and nobody is written to: the reader can name somebody.
    pub needs_contact: bool,
}

/// An order that waits for its payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingOrder {
    pub id: OrderId,
    pub number: String,
    pub package: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub until: DateTime<Utc>,
}

/// The first lines of something, and whether there are more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Few {
    pub lines: Vec<Attention>,
    pub more: bool,
}

/// A product's keys in stock, for an operator; never the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    pub product: String,
    pub in_stock: u64,
    pub allocated: u64,
    pub owed: u64,
    pub is_low: bool,
}

/// What an operator starts the day with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorDashboard {
    pub companies: u64,
    pub catalogue_version: Option<i32>,
    pub stock: Vec<Stock>,
    /// Work that waits for an operator, and how much of it is late.
    pub queue: u64,
    pub late: u64,
    /// Mails that were given up.
    pub dead_mails: u64,
    /// Jobs that are late.
    pub late_jobs: u64,
}

/// A benefit that a person holds a seat of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSeat {
    pub name: String,
    pub package: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub since: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
    /// Past its date, it goes on until then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub grace_until: Option<DateTime<Utc>>,
    pub portal: Option<String>,
    pub unit: Unit,
}

/// A support benefit that a person was given, or will be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldSupport {
    pub name: String,
    pub package: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
    /// Past its date, it goes on until then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub grace_until: Option<DateTime<Utc>>,
    /// Both are there once it is active.
    pub access_id: Option<String>,
    pub contract_id: Option<String>,
}

/// A benefit, and who holds its seats or held them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeatsOfBenefit {
    pub row: crate::benefits::view::BenefitRow,
    pub page: crate::people::HeldPage,
}

/// "My benefits", and whom to ask for more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyBenefits {
    pub seats: Vec<HeldSeat>,
    pub support: Vec<HeldSupport>,
    pub global_admins: Vec<String>,
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    pub id: SessionId,
    pub device: String,
    pub address: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub created_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub last_seen_at: DateTime<Utc>,
    pub current: bool,
}

/// A benefit whose keys a person has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySeen {
    pub name: String,
    pub package: String,
    /// The last time.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub at: DateTime<Utc>,
}

/// The profile page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: String,
    pub email: String,
    pub company: Option<String>,
    pub roles: Vec<Role>,
    pub sessions: Vec<SessionRow>,
    /// Keys this person has seen, the newest first.
    pub keys_seen: Vec<KeySeen>,
}

/// How a person is told of what ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderSettings {
    /// So many days before.
    pub days: Vec<u16>,
    /// Their calendar has had its address since then.
    #[serde(with = "chrono::serde::ts_microseconds_option")]
    pub calendar_since: Option<DateTime<Utc>>,
}

/// A date of a person's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDate {
    /// Of the benefit or the term.
    pub id: uuid::Uuid,
    pub line: EndingLine,
    /// From when until when a term can be renewed.
    pub renewal: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// A person's calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDates {
    pub company: String,
    pub language: Language,
    pub made_at: DateTime<Utc>,
    pub dates: Vec<CalendarDate>,
}

/// Who may do what somebody else may not: names for "In your company: …".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoMay {
    pub names: Vec<String>,
}
