//! What may happen to a benefit, and when.

pub mod advisory;
pub mod bulk;
pub mod go_to_market;
pub mod seat;
pub mod software;
mod status;
pub mod technical;
pub mod view;

pub use status::{BenefitFacts, BenefitStatus, EndReason, Ended, ended, status};
