//! The endpoints of the console's own pages: orders, catalogue, key pools, companies.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::i18n;
use domain::console::{
    CatalogueAdmin, CatalogueTrial, CompanyPage, CompanyView, KeyRow, KeyTrial, MoveTrial, Pool, PoolPage, WrongLine,
};
use domain::orders::order::{Issuer, Order, OrderPage};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
fn given(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// The language that sentences are said in.
#[cfg(feature = "ssr")]
fn language() -> domain::language::Language {
    crate::session::preferences().language
}

#[server(prefix = "/api", endpoint = "operator/orders", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_all_orders(
    #[server(default)] filter: String,
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<(OrderPage, Issuer), AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use store::orders::{OrderFilter, OrderQuery};
    let ctx = op_ctx()?;
    let filter = OrderFilter::from_slug(&filter).unwrap_or_default();
    let query = OrderQuery { filter, search, after: given(&after).map(str::to_owned) };
    let page = answer(store::orders::list_all_orders(&ctx, &query).await)?;
    Ok((page, answer(store::orders::get_issuer(&ctx).await)?))
}

#[server(prefix = "/api", endpoint = "operator/order", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_any_order(order: String) -> Result<Order, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = order.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::get_any_order(&ctx, id).await)
}

#[server(prefix = "/api", endpoint = "operator/set_issuer", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_issuer(#[server(default)] issuer: String, #[server(default)] pay_to: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    answer(store::orders::set_issuer(&ctx, &Issuer { name: issuer, pay_to }).await)?;
    done("issuer");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/record_payment", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn record_payment(
    #[server(default)] order: String,
    #[server(default)] amount: String,
    #[server(default)] date: String,
    #[server(default)] reference: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use domain::orders::payment::PaymentForm;
    let ctx = op_ctx()?;
    let id = order.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::record_payment(&ctx, id, &PaymentForm { amount, date, reference }).await)?;
    done("paid");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/approve_cancellation", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn approve_cancellation(
    #[server(default)] cancellation: String,
    #[server(default)] amount: String,
    #[server(default)] date: String,
    #[server(default)] reference: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use domain::orders::payment::PaymentForm;
    let ctx = op_ctx()?;
    let id = cancellation.parse().map_err(|_| refuse(AppError::NotFound))?;
    let form = PaymentForm { amount, date, reference };
    answer(store::orders::cancel::approve_cancellation(&ctx, id, &form).await)?;
    done("refunded");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/decline_cancellation", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn decline_cancellation(
    #[server(default)] cancellation: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = cancellation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::orders::cancel::decline_cancellation(&ctx, id, &reason).await)?;
    done("declined");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/catalogue", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_catalogue() -> Result<CatalogueAdmin, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::catalogue::get_catalogue(&ctx).await)
}

#[server(prefix = "/api", endpoint = "operator/try_catalogue", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn try_catalogue(#[server(default)] file: String) -> Result<(), AppError> {
    use crate::form::uploaded;
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    let id = answer(store::catalogue::try_catalogue(&ctx, &uploaded("file", file)).await)?;
    leptos_axum::redirect(&["/operator/catalogue/", &id.to_string()].concat());
    Ok(())
}

/// What a file would change, or which of its lines are wrong.
#[server(prefix = "/api", endpoint = "operator/catalogue_trial", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_catalogue_trial(upload: String) -> Result<Result<CatalogueTrial, Vec<WrongLine>>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    let tried = answer(store::catalogue::get_catalogue_trial(&ctx, id).await)?;
    Ok(tried.map_err(|found| {
        let words = |f: &store::catalogue::file::FileFinding| WrongLine {
            line: f.line as u64,
            words: i18n::file_finding(language(), f),
        };
        found.iter().map(words).collect()
    }))
}

#[server(prefix = "/api", endpoint = "operator/publish_catalogue", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn publish_catalogue(#[server(default)] upload: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::catalogue::publish_catalogue(&ctx, id).await)?;
    leptos_axum::redirect("/operator/catalogue?done=published");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/discard_upload", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn discard_upload(
    #[server(default)] upload: String,
    #[server(default)] kind: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    use domain::console::UploadKind;
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    let kind = UploadKind::from_slug(&kind).ok_or_else(|| refuse(AppError::BadRequest))?;
    answer(store::catalogue::discard_upload(&ctx, kind, id).await)?;
    leptos_axum::redirect(match kind {
        UploadKind::Catalogue => "/operator/catalogue?done=discarded",
        UploadKind::Keys => "/operator/keys?done=discarded",
        UploadKind::Companies => "/operator/companies?done=discarded",
    });
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/pools", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_pools() -> Result<Vec<Pool>, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::key_pool::list_pools(&ctx).await)
}

#[server(prefix = "/api", endpoint = "operator/pool", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_pool(product: String, #[server(default)] after: String) -> Result<PoolPage, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = product.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::key_pool::get_pool(&ctx, id, after.parse().ok()).await)
}

#[server(prefix = "/api", endpoint = "operator/key", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_key(key: String) -> Result<KeyRow, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = key.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::key_pool::get_key(&ctx, id).await)
}

/// Keeps a key file, sealed, and goes on to what it would bring. Its text is never sent back.
#[server(prefix = "/api", endpoint = "operator/try_keys", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn try_keys(#[server(default)] file: String, #[server(default)] keys: String) -> Result<(), AppError> {
    use crate::form::{uploaded, uploaded_or};
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    let keys = uploaded_or(uploaded("file", file), keys);
    let id = answer(store::key_pool::try_keys(&ctx, &keys).await)?;
    leptos_axum::redirect(&["/operator/keys/import/", &id.to_string()].concat());
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/key_trial", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_key_trial(upload: String) -> Result<Result<KeyTrial, Vec<WrongLine>>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    let tried = answer(store::key_pool::get_key_trial(&ctx, id).await)?;
    Ok(tried.map_err(|found| {
        let words =
            |f: &store::key_pool::KeyFinding| WrongLine { line: f.line, words: i18n::key_finding(language(), f) };
        found.iter().map(words).collect()
    }))
}

#[server(prefix = "/api", endpoint = "operator/import_keys", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn import_keys(#[server(default)] upload: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::key_pool::use_keys(&ctx, id).await)?;
    leptos_axum::redirect("/operator/keys?done=imported");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/set_stock_level", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn set_stock_level(
    #[server(default)] product: String,
    #[server(default)] level: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = product.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::key_pool::set_stock_level(&ctx, id, &level).await)?;
    done("level");
    Ok(())
}

/// Finds a key that was pasted. It is sent back to nobody, in no answer and no address.
#[server(prefix = "/api", endpoint = "operator/find_key", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn find_key(#[server(default)] key: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    let (product, id) = answer(store::key_pool::find_key(&ctx, &key).await)?;
    leptos_axum::redirect(&["/operator/keys/", &product.to_string(), "/", &id.to_string()].concat());
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/withdraw_key", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_key(#[server(default)] id: String, #[server(default)] reason: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = id.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::key_pool::withdraw_key(&ctx, id, &reason).await)?;
    done("withdrawn");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/companies", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_companies(
    #[server(default)] search: String,
    #[server(default)] after: String,
) -> Result<CompanyPage, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::companies::list_companies(&ctx, &search, given(&after)).await)
}

#[server(prefix = "/api", endpoint = "operator/company", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_company(company: String) -> Result<CompanyView, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = company.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::companies::get_company(&ctx, id).await)
}

#[server(prefix = "/api", endpoint = "operator/create_company", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn create_company(
    #[server(default)] name: String,
    #[server(default)] account_email: String,
    #[server(default)] domain: String,
    #[server(default)] in_predecessor: bool,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::console::CompanyForm;
    let ctx = op_ctx()?;
    let form = CompanyForm { name, account_email, domain, in_predecessor };
    let id = answer(store::companies::create_company(&ctx, &form).await)?;
    leptos_axum::redirect(&["/operator/companies/", &id.to_string(), "?done=created"].concat());
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/change_company", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn change_company(
    #[server(default)] company: String,
    #[server(default)] name: String,
    #[server(default)] account_email: String,
    #[server(default)] domain: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use domain::console::CompanyForm;
    let ctx = op_ctx()?;
    let id = company.parse().map_err(|_| refuse(AppError::NotFound))?;
    // It comes over by file alone.
    let form = CompanyForm { name, account_email, domain, in_predecessor: false };
    answer(store::companies::change_company(&ctx, id, &form).await)?;
    done("changed");
    Ok(())
}

/// Keeps a file of companies, and goes on to what it would bring.
#[server(prefix = "/api", endpoint = "operator/try_companies", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn try_companies(#[server(default)] file: String) -> Result<(), AppError> {
    use crate::form::uploaded;
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    let id = answer(store::companies::try_companies(&ctx, &uploaded("file", file)).await)?;
    leptos_axum::redirect(&["/operator/companies/import/", &id.to_string()].concat());
    Ok(())
}

/// Which companies a file would bring, or which of its lines are wrong.
#[server(prefix = "/api", endpoint = "operator/move_trial", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_move_trial(upload: String) -> Result<Result<MoveTrial, Vec<WrongLine>>, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    let tried = answer(store::companies::get_move_trial(&ctx, id).await)?;
    Ok(tried.map_err(|found| {
        let words =
            |f: &store::companies::MoveFinding| WrongLine { line: f.line, words: i18n::move_finding(language(), f) };
        found.iter().map(words).collect()
    }))
}

#[server(prefix = "/api", endpoint = "operator/move_companies", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn move_companies(#[server(default)] upload: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = upload.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::companies::move_companies(&ctx, id).await)?;
    leptos_axum::redirect("/operator/companies?done=moved");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/invite_admin", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn invite_admin(
    #[server(default)] company: String,
    #[server(default)] person: String,
    #[server(default)] email: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = company.parse().map_err(|_| refuse(AppError::NotFound))?;
    done(match answer(store::companies::invite_admin(&ctx, id, &person, &email).await)? {
        store::companies::Appointed::Invited => "invited",
        store::companies::Appointed::AtOnce => "appointed",
    });
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/suspend_company", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn suspend_company(#[server(default)] company: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = company.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::companies::suspend_company(&ctx, id).await)?;
    done("suspended");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/restore_company", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn restore_company(#[server(default)] company: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = company.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::companies::restore_company(&ctx, id).await)?;
    done("restored");
    Ok(())
}
