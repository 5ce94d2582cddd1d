//! The endpoints of Go-To-Market.

use crate::error::AppError;
use domain::benefits::go_to_market::{Marketing, OfferActivation};
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "marketing/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_marketing() -> Result<Marketing, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::benefits::go_to_market::get_marketing(&ctx).await)
}

#[server(prefix = "/api", endpoint = "marketing/set_contact", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_contact(
    #[server(default)] entry: String,
    #[server(default)] person: String,
    #[server(default)] email: String,
    #[server(default)] phone: String,
    #[server(default)] preferred: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use domain::benefits::go_to_market::ContactForm;
    let ctx = op_ctx()?;
    let id = match entry.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| refuse(AppError::NotFound))?),
    };
    let person = person.parse().map_err(|_| refuse(AppError::NobodyChosen))?;
    let form = ContactForm { email, phone, language: preferred };
    answer(store::benefits::go_to_market::set_contact(&ctx, id, person, &form).await)?;
    done("contact-set");
    Ok(())
}

#[server(prefix = "/api", endpoint = "marketing/make_main", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn make_main(#[server(default)] entry: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = entry.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::make_main(&ctx, id).await)?;
    done("contact-main");
    Ok(())
}

#[server(prefix = "/api", endpoint = "marketing/remove_contact", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn remove_contact(#[server(default)] entry: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = entry.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::remove_contact(&ctx, id).await)?;
    done("contact-removed");
    Ok(())
}

#[server(prefix = "/api", endpoint = "offers/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_activations(benefit: String) -> Result<Vec<OfferActivation>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::list_activations(&ctx, id).await)
}

#[server(prefix = "/api", endpoint = "offers/activate", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn activate_offer(#[server(default)] benefit: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::activate_offer(&ctx, id).await)?;
    done("offer-requested");
    Ok(())
}

#[server(prefix = "/api", endpoint = "offers/withdraw", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_offer(#[server(default)] activation: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::withdraw_offer(&ctx, id).await)?;
    done("offer-withdrawn");
    Ok(())
}
