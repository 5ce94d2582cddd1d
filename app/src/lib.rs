//! Pages, components, server functions and every sentence.
//!
//! Invariants: no SQL and no policy here, only questions to `store` and `domain`; a page is
//! whole before WebAssembly arrives, and every form is a plain form that posts to the page it
//! stands on.

// The types of nested views are deep.
#![recursion_limit = "256"]

mod benefits;
pub mod call;
mod case_view;
mod cases;
mod dashboard;
mod decide;
pub mod error;
pub mod form;
mod global_admin;
pub mod i18n;
#[cfg(feature = "ssr")]
mod invitation;
pub mod invoice;
#[cfg(feature = "ssr")]
mod kept;
mod live;
#[cfg(feature = "ssr")]
pub mod mail;
mod membership;
mod my_benefits;
mod offer_view;
mod operator;
mod order_view;
mod pages;
mod parts;
mod picker;
mod preferences;
mod profile;
mod root;
pub mod session;
mod session_end;
#[cfg(feature = "ssr")]
mod setup;
#[cfg(feature = "ssr")]
mod sign_in;
mod support_view;
pub mod texts;
mod travel;
mod ui;
mod users;

pub use root::App;
#[cfg(feature = "hydrate")]
pub use root::hydrate;
#[cfg(feature = "ssr")]
pub use root::{error_page, shell};
