//! The endpoints of cases, on the company's side.

use crate::error::AppError;
use domain::benefits::advisory::{Case, CaseForm, CasePage, NewCase};
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "cases/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_cases(
    #[server(default)] filter: String,
    #[server(default)] after: String,
) -> Result<CasePage, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::benefits::advisory::CaseFilter;
    use store::benefits::advisory::CaseQuery;
    let ctx = op_ctx()?;
    let filter = CaseFilter::from_slug(&filter).unwrap_or_default();
    let query = CaseQuery { filter, after: (!after.is_empty()).then_some(after) };
    answer(store::benefits::advisory::list_cases(&ctx, &query).await)
}

#[server(prefix = "/api", endpoint = "cases/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_case(number: String) -> Result<Case, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::benefits::advisory::get_case(&ctx, &number).await)
}

#[server(prefix = "/api", endpoint = "cases/form", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_new_case(benefit: String) -> Result<NewCase, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::get_new_case(&ctx, id).await)
}

/// Keeps what was typed so far. Called while somebody types, and when they leave the page.
#[server(prefix = "/api", endpoint = "cases/save_draft", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn save_draft(
    #[server(default)] benefit: String,
    #[server(default)] once: String,
    #[server(flatten)] form: CaseForm,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::save_draft(&ctx, id, &form, once.parse().ok()).await)
}

/// The form's buttons: submit the request, keep it as a draft, or throw the draft away.
#[server(prefix = "/api", endpoint = "cases/send", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn send_case(
    #[server(default)] benefit: String,
    #[server(default)] step: String,
    #[server(default)] once: String,
    #[server(flatten)] form: CaseForm,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    use store::benefits::advisory as cases;
    let ctx = op_ctx()?;
    let id = benefit.parse().map_err(|_| refuse(AppError::NotFound))?;
    match step.as_str() {
        "save" => {
            answer(cases::save_draft(&ctx, id, &form, once.parse().ok()).await)?;
            done("saved");
        }
        "discard" => {
            answer(cases::discard_draft(&ctx, id).await)?;
            leptos_axum::redirect("/benefits/technical/requests?done=discarded");
        }
        _ => match cases::submit_case(&ctx, id, &form, once.parse().ok()).await {
            Ok(number) => {
                leptos_axum::redirect(&["/benefits/technical/requests/", &number, "?done=submitted"].concat());
            }
            Err(error) => {
                // What was typed is kept, whatever is wrong with it.
                if matches!(error, store::StoreError::Technical(_)) {
                    answer(cases::save_draft(&ctx, id, &form, once.parse().ok()).await)?;
                }
                return answer(Err(error));
            }
        },
    }
    Ok(())
}

#[server(prefix = "/api", endpoint = "cases/write", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn write_message(#[server(default)] case: String, #[server(default)] text: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = case.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::write_message(&ctx, id, &text).await)?;
    done("written");
    Ok(())
}

#[server(prefix = "/api", endpoint = "cases/withdraw", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_case(#[server(default)] case: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = case.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::withdraw_case(&ctx, id).await)?;
    done("withdrawn");
    Ok(())
}

#[server(prefix = "/api", endpoint = "cases/close", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn close_case(#[server(default)] case: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = case.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::close_case(&ctx, id).await)?;
    done("closed");
    Ok(())
}
