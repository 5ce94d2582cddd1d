//! The endpoints of support benefits.

use crate::error::AppError;
use domain::benefits::technical::Technical;
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "technical/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_technical(benefit: String) -> Result<Technical, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::technical::get_technical(&ctx, id).await)
}

#[server(prefix = "/api", endpoint = "support/request", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn request_support(
    #[server(default)] benefit: String,
    #[server(default)] person: String,
    #[server(default)] email: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    let person = person.parse().map_err(|_| refuse(AppError::NobodyChosen))?;
    answer(store::benefits::technical::request_support(&ctx, id, person, &email).await)?;
    done("support-requested");
    Ok(())
}

#[server(prefix = "/api", endpoint = "support/withdraw", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_support(#[server(default)] activation: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::technical::withdraw_support(&ctx, id).await)?;
    done("support-withdrawn");
    Ok(())
}
