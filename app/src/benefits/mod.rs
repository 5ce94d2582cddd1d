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

use crate::ui::not_found;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
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
        let params = use_params_map();
        // The rest of the address, while it is one of these pages.
        let rest = Memo::new(move |before: Option<&String>| {
            params.with(|p| p.get("rest")).or_else(|| before.cloned()).unwrap_or_default()
        });
        (move || match rest.get().trim_matches('/').split('/').collect::<Vec<_>>()[..] {
            [""] => seats_page::seats_page(),
            ["file"] => file_page::new_file_page(),
            ["file", id] => file_page::file_page(id.to_owned()),
            _ => not_found(),
        })
        .into_any()
    }
}
