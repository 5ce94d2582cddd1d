//! Membership: what is on sale, what was bought, invoices, and giving an order back.
//!
//! The pages share most of their parts, so they are one part of the program.

mod cancel;
mod invoice;
mod offers;
mod order;
mod orders;
mod place;
mod server_fns;

use crate::ui::not_found;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::{LazyRoute, lazy_route};

pub struct MembershipPages;

#[lazy_route]
impl LazyRoute for MembershipPages {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        let path = use_location().pathname;
        // On the way to another page, this one stays as it is.
        let here = Memo::new(move |before: Option<&String>| {
            let path = path.get();
            if path.starts_with("/membership/") { path } else { before.cloned().unwrap_or(path) }
        });
        (move || page(&here.get())).into_any()
    }
}

fn page(path: &str) -> AnyView {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    match parts[..] {
        ["membership", "offers"] => offers::offers_page(),
        ["membership", "offers", code] => place::place_page(code.to_owned()),
        ["membership", "orders"] => orders::orders_page(),
        ["membership", "orders", id] => order::order_page(id.to_owned()),
        ["membership", "orders", id, "invoice"] => invoice::invoice_page(id.to_owned()),
        ["membership", "orders", id, "cancellation"] => cancel::cancel_page(id.to_owned()),
        _ => not_found(),
    }
}

fn order_href(id: &str) -> String {
    ["/membership/orders/", id].concat()
}
