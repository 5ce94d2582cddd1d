//! Benefits: lists, details, reveals.

pub mod list;
pub mod mine;
pub mod software;
