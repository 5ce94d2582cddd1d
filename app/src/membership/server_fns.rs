//! The endpoints of the membership pages.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use domain::access::Action;
use domain::orders::buy::{NewOrder, Offers};
use domain::orders::order::{Order, OrderPage};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[server(prefix = "/api", endpoint = "membership/offers", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_offers() -> Result<Offers, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::orders::list_offers(&ctx).await)
}

#[server(prefix = "/api", endpoint = "membership/begin_order", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn begin_order(package: String) -> Result<NewOrder, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::orders::new_order(&ctx, &package).await)
}

#[server(prefix = "/api", endpoint = "membership/place_order", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn place_order(
    #[server(default)] version: String,
    #[server(default)] bill_to: String,
    #[server(default)] address: String,
    #[server(default)] country: String,
    #[server(default)] tax_id: String,
    #[server(default)] purchase_order: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use domain::orders::billing::Billing;
    let ctx = op_ctx()?;
    let version = version.parse().map_err(|_| refuse(AppError::NotFound))?;
    let billing = Billing { bill_to, address, country, tax_id, purchase_order };
    let id = answer(store::orders::place_order(&ctx, version, &billing).await)?;
    leptos_axum::redirect(&[&super::order_href(&id.to_string()), "?done=placed"].concat());
    Ok(())
}

#[server(prefix = "/api", endpoint = "membership/orders", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_orders(#[server(default)] after: String) -> Result<OrderPage, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::orders::list_orders(&ctx, (!after.is_empty()).then_some(after.as_str())).await)
}

/// Who may ask to give an order back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct May {
    /// The reader.
    pub allowed: bool,
    /// Otherwise these colleagues.
    pub names: Vec<String>,
}

/// An order, who may give it back, and which of its letters the invoice's PDF cannot show.
#[server(prefix = "/api", endpoint = "membership/order", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_order(order: String) -> Result<(Order, May, String), AppError> {
    use crate::invoice::Invoice;
    use crate::session::ssr::{answer, op_ctx, refuse, request};
    let ctx = op_ctx()?;
    let id = order.parse().map_err(|_| refuse(AppError::NotFound))?;
    let order = answer(store::orders::get_order(&ctx, id).await)?;
    let company = answer(ctx.authorize_in_company(Action::SeeOrders))?;
    let names = answer(store::people::who_may::who_may(&ctx, company, Action::RequestCancellation).await)?.names;
    let may = May { allowed: ctx.principal.can(Action::RequestCancellation), names };
    let undrawn =
        if order.has_invoice() { (request()?.undrawn)(&Invoice::of(ctx.language, &order).text()) } else { Vec::new() };
    Ok((order, may, undrawn.join(" ")))
}

#[server(prefix = "/api", endpoint = "membership/withdraw_order", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_order(#[server(default)] order: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = order.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::withdraw_order(&ctx, id).await)?;
    done("withdrawn");
    Ok(())
}

#[server(prefix = "/api", endpoint = "membership/request_cancellation", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn request_cancellation(
    #[server(default)] order: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = order.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::cancel::request_cancellation(&ctx, id, &reason).await)?;
    done("requested");
    Ok(())
}

#[server(prefix = "/api", endpoint = "membership/withdraw_cancellation", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_cancellation(#[server(default)] cancellation: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = cancellation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::cancel::withdraw_cancellation(&ctx, id).await)?;
    done("request-withdrawn");
    Ok(())
}
