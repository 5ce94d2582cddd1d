//! The Benefits pages: a list per category, what the arrow opens, Get keys, and the seats.
//!
//! The address keeps the search, the filter, what is open and what is chosen in it, so a link
//! can be sent to a colleague and works without JavaScript.

mod address;
mod detail;
mod install;
mod keys;
mod list;
mod file_page;
mod page;
mod seats;
mod seats_page;
mod server_fns;

pub use file_page::{FilePage, NewFilePage};
pub use page::BenefitsPage;
pub use seats_page::SeatsPage;
