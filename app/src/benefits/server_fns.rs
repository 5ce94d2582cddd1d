//! The endpoints of the Benefits pages.

use crate::error::AppError;
use domain::benefits::bulk::{Bulk, BulkProgress};
use domain::benefits::view::{BenefitDetail, BenefitPage};
use domain::licence_key::RevealedKey;
use domain::view::{SeatsOfBenefit, WhoMay};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A page of a list, and whom to ask for what the reader may not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListAnswer {
    pub page: BenefitPage,
    pub get_keys: WhoMay,
    pub assign: WhoMay,
}

#[server(prefix = "/api", endpoint = "benefits/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_benefits(
    category: String,
    #[server(default)] filter: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<ListAnswer, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use domain::access::Action;
    use domain::benefits::view::BenefitFilter;
    use domain::catalogue::{Category, Fulfilment};
    use store::benefits::list::ListQuery;
    let ctx = op_ctx()?;
    let category = Category::from_slug(&category).ok_or_else(|| refuse(AppError::NotFound))?;
    let filter = BenefitFilter::from_slug(&filter).unwrap_or_default();
    let query = ListQuery { filter, search, after: (!after.is_empty()).then_some(after) };
    let page = answer(store::benefits::list::list_benefits(&ctx, category, &query).await)?;
    let company = answer(ctx.authorize_in_company(Action::OpenBenefits))?;
    let get_keys = answer(store::people::who_may::who_may(&ctx, company, Action::GetKeys).await)?;
    let fulfilments = category.spec().fulfilments;
    let assign = if fulfilments.contains(&Fulfilment::SupportAssign) {
        answer(store::people::who_may::who_may(&ctx, company, Action::AssignSupport).await)?
    } else if fulfilments.iter().any(|f| f.has_seats()) {
        answer(store::people::who_may::who_may(&ctx, company, Action::AssignSeat).await)?
    } else {
        WhoMay::default()
    };
    Ok(ListAnswer { page, get_keys, assign })
}

#[server(prefix = "/api", endpoint = "benefits/detail", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_detail(benefit: String) -> Result<BenefitDetail, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::list::get_detail(&ctx, id).await)
}

/// The one answer that holds licence keys in clear.
#[server(prefix = "/api", endpoint = "benefits/reveal_keys", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
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

#[server(prefix = "/api", endpoint = "seats/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_seats(
    benefit: String,
    #[server(default)] history: bool,
    #[server(default)] at: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<SeatsOfBenefit, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use store::benefits::history::{SeatQuery, Wanted, end_of_day};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    let wanted = match (history, domain::people::parse_day(&at)) {
        (true, _) => Wanted::History,
        (false, Some(day)) => Wanted::AsOf(end_of_day(day)),
        (false, None) => Wanted::Now,
    };
    let query = SeatQuery { wanted, search, after: (!after.is_empty()).then_some(after) };
    answer(store::benefits::history::list_seats(&ctx, id, &query).await)
}

#[server(prefix = "/api", endpoint = "seats/assign", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn assign_seat(
    #[server(default)] benefit: String,
    #[server(default)] person: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    let person = person.parse().map_err(|_| refuse(AppError::NobodyChosen))?;
    answer(store::benefits::seat::assign_seat(&ctx, id, person).await)?;
    done("assigned");
    Ok(())
}

#[server(prefix = "/api", endpoint = "seats/assign_oneself", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn assign_oneself(#[server(default)] benefit: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::seat::assign_oneself(&ctx, id).await)?;
    done("assigned");
    Ok(())
}

#[server(prefix = "/api", endpoint = "seats/remove", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn remove_seat(#[server(default)] assignment: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = assignment.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::seat::remove_seat(&ctx, id).await)?;
    done("removed");
    Ok(())
}

#[server(prefix = "/api", endpoint = "seats/reassign", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn reassign_seat(
    #[server(default)] assignment: String,
    #[server(default)] person: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = assignment.parse().map_err(|_| refuse(AppError::NotFound))?;
    let person = person.parse().map_err(|_| refuse(AppError::NobodyChosen))?;
    answer(store::benefits::seat::reassign_seat(&ctx, id, person).await)?;
    done("reassigned");
    Ok(())
}

/// Reads a file of people and tries it; goes on to the page that tells what would happen.
#[server(prefix = "/api", endpoint = "seats/check_file", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn check_file(
    #[server(default)] benefit: String,
    #[server(default)] file: String,
    #[server(default)] typed: String,
    #[server(default)] to: String,
) -> Result<(), AppError> {
    use crate::form::{uploaded, uploaded_or};
    use crate::session::is_local_path;
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    let people = uploaded_or(uploaded("file", file), typed);
    let file = answer(store::benefits::bulk::check_file(&ctx, id, &people).await)?;
    let page = [&to, "/", &file.to_string()].concat();
    leptos_axum::redirect(if is_local_path(&page) { &page } else { "/" });
    Ok(())
}

#[server(prefix = "/api", endpoint = "seats/file", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_file(
    file: String,
    #[server(default)] only_bad: bool,
    #[server(default)] after: String,
) -> Result<Bulk, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = file.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::bulk::get_bulk(&ctx, id, only_bad, after.parse().ok()).await)
}

/// Gives the seats. The work goes on when the browser that asked for it has gone.
#[server(prefix = "/api", endpoint = "seats/assign_file", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn assign_file(#[server(default)] file: String, #[server(default)] mode: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use domain::benefits::bulk::BulkMode;
    let ctx = op_ctx()?;
    let id = file.parse().map_err(|_| refuse(AppError::NotFound))?;
    let mode = BulkMode::from_slug(&mode).ok_or_else(|| refuse(AppError::BadRequest))?;
    answer(store::benefits::bulk::assign_in_background(&ctx, id, mode).await)?;
    done("assigned");
    Ok(())
}

/// How far a file is; nothing when nobody works on it.
#[server(prefix = "/api", endpoint = "seats/file_progress", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_progress(file: String) -> Result<Option<BulkProgress>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = file.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::bulk::get_progress(&ctx, id).await)
}
