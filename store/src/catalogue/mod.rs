//! The catalogue: read from a file, checked whole, published as a version.

pub mod file;
pub mod import;
