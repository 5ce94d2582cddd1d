//! The Benefits pages: a list per category, what the arrow opens, Get keys, and the seats.
//!
//! The address keeps the search, the filter, what is open and what is chosen in it, so a link
//! can be sent to a colleague and works without JavaScript.

mod address;
pub mod detail;
mod file_page;
mod install;
mod keys;
mod list;
mod marketing;
mod marketing_fns;
mod offer;
mod other_address;
mod page;
mod seats;
mod seats_page;
mod server_fns;
mod support;
mod technical_fns;

use crate::pages::parts;
use crate::ui::not_found;
use leptos::prelude::*;

pub use page::{benefits_page, software_page};

/// The pages below a benefit's seats.
pub fn seats_pages(path: &str) -> AnyView {
    match parts(path)[..] {
        ["benefits", _, benefit, "seats"] => seats_page::seats_page(benefit.to_owned()),
        ["benefits", _, benefit, "seats", "file"] => file_page::new_file_page(benefit.to_owned()),
        ["benefits", _, _, "seats", "file", id] => file_page::file_page(id.to_owned()),
        _ => not_found(),
    }
}
