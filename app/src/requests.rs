//! The pages on which something is asked for or decided: "Become a global admin", the cases, the
//! operator console. They draw the same requests, so they are one part of the program.
//!
//! The router knows few addresses of theirs, because each of its routes is part of the first
//! download of every page; which page it is, is told here.

use crate::cases::{case_page, list_page, new_page};
use crate::global_admin::global_admin_page;
use crate::operator::{
    catalogue_page, companies_page, company_page, import_page, jobs_page, key_page, keys_page, mail_page, order_page,
    orders_page, outbox_page, pool_page, queue_page, trial_page, work_page,
};
use crate::ui::not_found;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

pub struct RequestPages;

#[lazy_route]
impl LazyRoute for RequestPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let path = use_location().pathname;
        // On the way to another page, this one stays as it is.
        let here = Memo::new(move |before: Option<&String>| {
            let path = path.get();
            if is_ours(&path) { path } else { before.cloned().unwrap_or(path) }
        });
        (move || page(&here.get())).into_any()
    }
}

fn is_ours(path: &str) -> bool {
    ["/operator/", "/benefits/technical/requests", "/benefits/global-admin"].iter().any(|area| path.starts_with(area))
}

fn page(path: &str) -> AnyView {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["benefits", "global-admin"] => global_admin_page(),
        ["benefits", "technical", "requests"] => list_page(),
        ["benefits", "technical", "requests", "new"] => new_page(),
        ["benefits", "technical", "requests", number] => case_page(number.to_owned()),
        ["operator", "queue"] => queue_page(),
        ["operator", "queue", id] => work_page(id.to_owned()),
        ["operator", "jobs"] => jobs_page(),
        ["operator", "orders"] => orders_page(),
        ["operator", "orders", id] => order_page(id.to_owned()),
        ["operator", "catalogue"] => catalogue_page(),
        ["operator", "catalogue", id] => trial_page(id.to_owned()),
        ["operator", "keys"] => keys_page(),
        ["operator", "keys", "import", id] => import_page(id.to_owned()),
        ["operator", "keys", product] => pool_page(product.to_owned()),
        ["operator", "keys", product, id] => key_page(product.to_owned(), id.to_owned()),
        ["operator", "companies"] => companies_page(),
        ["operator", "companies", id] => company_page(id.to_owned()),
        ["operator", "outbox"] => outbox_page(),
        ["operator", "outbox", id] => mail_page(id.to_owned()),
        _ => not_found(),
    }
}
