//! User management: the people of a company, their roles, and what they hold.

mod list;
mod new;
mod person;
mod server_fns;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::{LazyRoute, lazy_route};

/// The pages below `/account/users`, in one part of the program: they share most of it.
pub struct UsersPages;

#[lazy_route]
impl LazyRoute for UsersPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        match use_params_map().with_untracked(|p| p.get("id")).as_deref() {
            None => list::users_page(),
            Some("new") => new::new_user_page(),
            Some(_) => person::person_page(),
        }
    }
}
