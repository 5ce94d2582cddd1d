//! Who may do what. Asked by `store` before every operation and by components to explain a
//! disabled control; answered in [`policy`] alone.

pub mod policy;
mod role;

pub use policy::{Action, allows, holders};
pub use role::{Capacity, Principal, Role};
