//! What a company bought, for how long, and whether it can be given back.

pub mod refund;
pub mod term;
