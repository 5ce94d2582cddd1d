//! Benefits: lists, details, reveals.

pub mod bulk;
pub mod history;
pub mod list;
pub mod mine;
pub mod seat;
pub mod software;
