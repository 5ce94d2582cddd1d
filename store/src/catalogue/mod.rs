//! The catalogue: read from a file, checked whole, published as a version.

mod console;
mod diff;
pub mod file;
pub mod import;
mod reader;

pub use console::{
    CatalogueTrialed, discard_upload, export_catalogue, get_catalogue, get_catalogue_trial, publish_catalogue,
    try_catalogue,
};
pub use diff::diff;
