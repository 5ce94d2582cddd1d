//! Requests for advisory hours and presales services: the list, the form, a case.
//!
//! What is typed into the form is a draft on the server, so that a closed tab loses nothing.

mod case;
mod list;
mod new;
mod server_fns;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

/// The pages below `/benefits/technical/requests`, in one part of the program.
pub struct CasePages;

#[lazy_route]
impl LazyRoute for CasePages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let path = use_location().pathname.get_untracked();
        match path.trim_end_matches('/').rsplit('/').next() {
            Some("requests") => list::list_page(),
            Some("new") => new::new_page(),
            _ => case::case_page(),
        }
    }
}
