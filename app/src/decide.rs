//! A request for the role of Global admin with its two answers: for the company's Global admins,
//! and for an operator where there is none.

use crate::error::AppError;
use crate::form::{Form, most, outcome};
use crate::i18n::{self, t};
use crate::session::use_language;
use crate::ui::Lines;
use domain::people::{MAX_REASON, RoleRequest};
use leptos::prelude::*;

/// The page says why a decision was refused: the request itself may be gone from it.
pub const DECIDE: &str = "role_requests/decide";

/// A Global admin's decision, or an operator's for a company that has none.
#[server(prefix = "/api", endpoint = "role_requests/decide", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn decide_request(
    #[server(default)] request: String,
    #[server(default)] decision: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = request.parse().map_err(|_| refuse(AppError::NotFound))?;
    let approve = match decision.as_str() {
        "approve" => true,
        "decline" => false,
        _ => return Err(refuse(AppError::BadRequest)),
    };
    answer(store::people::role_request::decide_request(&ctx, id, approve, &reason).await)?;
    done(if approve { "approved" } else { "declined" });
    Ok(())
}

/// A request that waits, and the two answers. Also in the operator's queue.
#[component]
pub fn Decide(request: RoleRequest, told: String) -> impl IntoView {
    let l = use_language();
    let id = request.id.to_string();
    let answered = outcome(DECIDE).filter(|o| o.typed("request") == id);
    let typed = answered.as_ref().map(|o| o.typed("reason")).unwrap_or_default();
    let wrong = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some("reason"));
    let wrong = wrong.map(|e| i18n::error(l, &e));
    let (field, error) = (["reason-", &id].concat(), ["reason-error-", &id].concat());
    let told_id = ["request-", &id].concat();
    let article = told_id.clone();
    let described = wrong.is_some().then(|| error.clone());
    view! {
        <article class="request" aria-labelledby=article>
            <p id=told_id><b>{told}</b></p>
            <p class="hint num">{t::global_admin::asked(l, &i18n::moment(l, request.created_at))}</p>
            {(!request.note.is_empty()).then(|| view! { <blockquote>{request.note.clone()}</blockquote> })}
            <Form of=DECIDE>
                <input type="hidden" name="request" value=id />
                <div class="field-group">
                    <label for=field.clone()>{t::global_admin::reason_label(l)}</label>
                    // Of more than one line: Enter must not send the form by its first button.
                    <Lines id=field name="reason" rows=2 maxlength=most(MAX_REASON) is_wrong=wrong.is_some() described=described value=typed />
                    {wrong.map(|text| view! { <p class="field-error" id=error>{text}</p> })}
                </div>
                <div class="inline">
                    <button class="btn btn-primary" type="submit" name="decision" value="approve" aria-label=t::global_admin::approve_of(l, &request.person)>
                        {t::global_admin::approve(l)}
                    </button>
                    <button class="btn" type="submit" name="decision" value="decline" aria-label=t::global_admin::decline_of(l, &request.person)>
                        {t::global_admin::decline(l)}
                    </button>
                </div>
            </Form>
        </article>
    }
}
