//! Benefits: lists, details, reveals.

pub mod advisory;
pub mod bulk;
pub mod go_to_market;
pub mod history;
pub mod list;
pub(crate) mod lock;
pub mod mine;
pub mod seat;
pub mod software;
pub mod technical;
