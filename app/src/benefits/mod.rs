//! The Benefits pages: a list per category, what the arrow opens, Get keys, and the seats.
//!
//! The address keeps the search, the filter, what is open and what is chosen in it, so a link
//! can be sent to a colleague and works without JavaScript.

mod address;
mod detail;
mod file_page;
mod install;
mod keys;
mod list;
mod page;
mod seats;
mod seats_page;
mod server_fns;
mod support;
mod technical_fns;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};
use leptos_router::{LazyRoute, lazy_route};

pub use page::{BenefitsPage, SoftwarePage};

/// The pages below a benefit's seats, in one part of the program.
pub struct SeatsPages;

#[lazy_route]
impl LazyRoute for SeatsPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let has_file = use_params_map().with_untracked(|p| p.get("file").is_some());
        match use_location().pathname.get_untracked().trim_end_matches('/') {
            _ if has_file => file_page::file_page(),
            path if path.ends_with("/file") => file_page::new_file_page(),
            _ => seats_page::seats_page(),
        }
    }
}
