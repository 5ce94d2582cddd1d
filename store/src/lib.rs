//! How everything is loaded and saved.
//!
//! Invariants: every changing operation authorizes, then decides (in `domain`) on what it
//! has locked, writes and records in one transaction; every query that a company's person starts has the company in its
//! `WHERE`; secrets are opened here and nowhere else; no HTML, no sentence for a person.

pub mod audit;
pub mod benefits;
pub mod catalogue;
pub mod clock;
pub mod companies;
pub mod context;
pub mod dashboard;
pub mod db;
pub mod demo;
pub mod dns;
pub mod entity;
pub mod error;
pub mod forms;
pub mod key_pool;
pub mod live;
pub(crate) mod numbers;
pub mod orders;
pub mod outbox;
pub mod people;
pub mod queue;
pub mod schedule;
pub(crate) mod search;
pub mod secrets;
pub(crate) mod table;
pub(crate) mod uploads;

pub use clock::Clock;
pub use context::{Ctx, Origin, Store};
pub use db::Db;
pub use dns::Dns;
pub use error::{StoreError, StoreResult};
