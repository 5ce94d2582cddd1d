//! The Benefits pages: a list per category, what the arrow opens, and Get keys.
//!
//! The address keeps the search, the filter, what is open and what is chosen in it, so a link
//! can be sent to a colleague and works without JavaScript.

mod address;
mod detail;
mod install;
mod keys;
mod list;
mod page;
mod server_fns;

pub use page::BenefitsPage;
