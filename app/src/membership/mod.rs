//! Membership: what is on sale, what was bought, invoices, and giving an order back.

mod cancel;
mod invoice;
mod offers;
mod order;
mod orders;
mod place;
mod server_fns;

use crate::pages::parts;
use crate::ui::not_found;
use leptos::prelude::*;

pub fn membership_page(path: &str) -> AnyView {
    match parts(path)[..] {
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
