//! The endpoints of the operator console.

use crate::error::AppError;
#[cfg(feature = "ssr")]
use domain::benefits::advisory::CaseState;
use domain::language::Language;
use domain::mail::{Letter, MailPage, MailRow};
use domain::queue::{Work, WorkPage};
use domain::schedule::JobRow;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[server(prefix = "/api", endpoint = "operator/queue", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_work(
    #[server(default)] filter: String,
    #[server(default)] kind: String,
    #[server(default)] after: String,
) -> Result<WorkPage, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    use domain::queue::{WorkFilter, WorkKind};
    use store::queue::WorkQuery;
    let ctx = op_ctx()?;
    let filter = WorkFilter::from_slug(&filter).unwrap_or_default();
    let query = WorkQuery { filter, kind: WorkKind::from_slug(&kind), after: (!after.is_empty()).then_some(after) };
    answer(store::queue::list_work(&ctx, &query).await)
}

#[server(prefix = "/api", endpoint = "operator/work", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_work(work: String) -> Result<Work, AppError> {
    use crate::session::ssr::{answer, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = work.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::queue::get_work(&ctx, id).await)
}

#[server(prefix = "/api", endpoint = "operator/jobs", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_jobs() -> Result<Vec<JobRow>, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::schedule::list_jobs(&ctx).await)
}

#[server(prefix = "/api", endpoint = "operator/take", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn take_work(#[server(default)] work: String, #[server(default)] seen: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = work.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::queue::take_work(&ctx, id, seen.parse().ok()).await)?;
    done("taken");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/release", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn release_work(#[server(default)] work: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = work.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::queue::release_work(&ctx, id).await)?;
    done("released");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/fulfil_support", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn fulfil_support(
    #[server(default)] activation: String,
    #[server(default)] access_id: String,
    #[server(default)] contract_id: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::technical::fulfil_support(&ctx, id, &access_id, &contract_id).await)?;
    done("fulfilled");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/decline_support", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn decline_support(
    #[server(default)] activation: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::technical::decline_support(&ctx, id, &reason).await)?;
    done("declined");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/fulfil_offer", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn fulfil_offer(
    #[server(default)] activation: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::fulfil_offer(&ctx, id, &text).await)?;
    done("offer-fulfilled");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/decline_offer", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn decline_offer(
    #[server(default)] activation: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::go_to_market::decline_offer(&ctx, id, &reason).await)?;
    done("declined");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/record_incidents", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn record_incidents(
    #[server(default)] activation: String,
    #[server(default)] used: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = activation.parse().map_err(|_| refuse(AppError::NotFound))?;
    // What is no number is more than was ever granted, and is refused with what was.
    let used = used.trim().parse().unwrap_or(u32::MAX);
    answer(store::benefits::technical::record_incidents(&ctx, id, used).await)?;
    done("recorded");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/answer_case", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn answer_case(#[server(default)] case: String, #[server(default)] text: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = case.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::write_answer(&ctx, id, &text).await)?;
    done("answered");
    Ok(())
}

/// The next state of a case, with what goes with it.
#[cfg(feature = "ssr")]
async fn advance(case: &str, to: CaseState, hours: u32, text: &str) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = case.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::benefits::advisory::advance_case(&ctx, id, to, hours, text).await)?;
    done(to.slug());
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/contact_case", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn contact_case(#[server(default)] case: String, #[server(default)] text: String) -> Result<(), AppError> {
    advance(&case, CaseState::InContact, 0, &text).await
}

#[server(prefix = "/api", endpoint = "operator/deliver_case", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn deliver_case(
    #[server(default)] case: String,
    #[server(default)] hours: String,
    #[server(default)] text: String,
) -> Result<(), AppError> {
    // What is no number is more than was reserved, and is refused with what was.
    let hours = hours.trim().parse().unwrap_or(u32::MAX);
    advance(&case, CaseState::Delivered, hours, &text).await
}

#[server(prefix = "/api", endpoint = "operator/decline_case", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn decline_case(#[server(default)] case: String, #[server(default)] reason: String) -> Result<(), AppError> {
    advance(&case, CaseState::Declined, 0, &reason).await
}

#[server(prefix = "/api", endpoint = "operator/close_case", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn finish_case(#[server(default)] case: String) -> Result<(), AppError> {
    advance(&case, CaseState::Closed, 0, "").await
}

/// The outbox, and whether mails leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxAnswer {
    pub page: MailPage,
    pub is_on: bool,
}

#[server(prefix = "/api", endpoint = "operator/outbox", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_mails(
    #[server(default)] state: String,
    #[server(default)] after: String,
) -> Result<OutboxAnswer, AppError> {
    use crate::session::ssr::{answer, op_ctx, request};
    use domain::mail::MailState;
    use store::outbox::MailQuery;
    let ctx = op_ctx()?;
    let query = MailQuery { state: MailState::from_slug(&state), after: (!after.is_empty()).then_some(after) };
    let page = answer(store::outbox::list_mails(&ctx, &query).await)?;
    Ok(OutboxAnswer { page, is_on: request()?.mail_is_on })
}

/// A mail, and how it looks to its reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailAnswer {
    pub row: MailRow,
    pub language: Language,
    /// Its link is in the mail alone.
    pub is_invitation: bool,
    pub letter: Letter,
    pub plain: String,
}

#[server(prefix = "/api", endpoint = "operator/mail", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_mail(mail: String) -> Result<MailAnswer, AppError> {
    use crate::mail::{Reader, letter, plain};
    use crate::session::ssr::{answer, op_ctx, refuse, request};
    use domain::mail::MailFacts;
    let ctx = op_ctx()?;
    let id = mail.parse().map_err(|_| refuse(AppError::NotFound))?;
    let mail = answer(store::outbox::get_mail(&ctx, id).await)?;
    let base_url = request()?.base_url;
    let to = Reader { language: mail.language, name: &mail.name, base_url: &base_url, token: None };
    let letter = letter(&mail.facts, &to);
    let is_invitation = matches!(mail.facts, MailFacts::Invitation { .. });
    Ok(MailAnswer { row: mail.row, language: mail.language, is_invitation, plain: plain(&letter), letter })
}

#[server(prefix = "/api", endpoint = "operator/retry_mail", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn retry_mail(#[server(default)] mail: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = mail.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::outbox::retry_mail(&ctx, id).await)?;
    done("retried");
    Ok(())
}

#[server(prefix = "/api", endpoint = "operator/test_mail", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn send_test(#[server(default)] email: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    answer(store::outbox::send_test(&ctx, &email).await)?;
    done("tested");
    Ok(())
}
