//! The endpoints of the Benefits pages.

use crate::error::AppError;
use domain::benefits::view::{BenefitDetail, BenefitPage};
use domain::licence_key::RevealedKey;
use domain::view::WhoMay;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of a list, and whom to ask for what the reader may not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer {
    pub page: BenefitPage,
    pub get_keys: WhoMay,
}

#[server(prefix = "/api", endpoint = "benefits/list", output = leptos::server_fn::codec::Postcard)]
pub async fn list_benefits(
    category: String,
    #[server(default)] filter: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<ListAnswer, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use domain::access::Action;
    use domain::benefits::view::BenefitFilter;
    use domain::catalogue::Category;
    use store::benefits::list::ListQuery;
    let ctx = op_ctx()?;
    let category = Category::from_slug(&category).ok_or_else(|| refuse(AppError::NotFound))?;
    let filter = BenefitFilter::from_slug(&filter).unwrap_or_default();
    let query = ListQuery { filter, search, after: (!after.is_empty()).then_some(after) };
    let page = answer(store::benefits::list::list_benefits(&ctx, category, &query).await)?;
    let company = answer(ctx.authorize_in_company(Action::OpenBenefits))?;
    let get_keys = answer(store::people::who_may::who_may(&ctx, company, Action::GetKeys).await)?;
    Ok(ListAnswer { page, get_keys })
}

#[server(prefix = "/api", endpoint = "benefits/detail", output = leptos::server_fn::codec::Postcard)]
pub async fn get_detail(benefit: String) -> Result<BenefitDetail, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::list::get_detail(&ctx, id).await)
}

/// The one answer that holds licence keys in clear.
#[server(prefix = "/api", endpoint = "benefits/reveal_keys", output = leptos::server_fn::codec::Postcard)]
pub async fn reveal_keys(
    #[server(default)] benefit: String,
    #[server(default)] confirmed: bool,
) -> Result<Vec<RevealedKey>, AppError> {
    use crate::session::ssr::{answer, append_header, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    let keys = answer(store::benefits::software::reveal_keys(&ctx, id, confirmed).await)?;
    append_header(http::header::CACHE_CONTROL, "no-store");
    Ok(keys)
}
