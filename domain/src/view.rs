//! What the frame around the pages, the dashboard and the profile show.

use crate::access::{Action, Principal, Role};
use crate::catalogue::{Category, Unit};
use crate::id::SessionId;
use crate::language::Language;
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
    /// Waits for the programme's staff.
    Pending,
    /// So many seats are free.
    SeatsFree(u32),
}

/// A benefit that wants attention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attention {
    pub benefit: crate::id::BenefitId,
    pub name: String,
    pub package: String,
    pub category: Category,
    pub concern: Concern,
}

/// A package that the company holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPackage {
    pub name: String,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub starts_at: DateTime<Utc>,
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub ends_at: DateTime<Utc>,
    pub renewable: bool,
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
    pub attention: Vec<Attention>,
    /// Whether more wants attention than is listed.
    pub more: bool,
    /// Requests for the role of Global admin that wait for this person.
    pub role_requests: u64,
}

/// A product's keys in stock, for an operator; never the keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stock {
    pub product: String,
    pub in_stock: u64,
    pub allocated: u64,
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

/// Who may do what somebody else may not: names for "In your company: …".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoMay {
    pub names: Vec<String>,
}
