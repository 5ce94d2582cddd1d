//! "Become a global admin": whom to ask, one's own request, the proof of the domain, and what a
//! Global admin has to decide.

use crate::decide::{DECIDE, Decide};
use crate::error::AppError;
use crate::form::{Done, Form, Refusal, most, outcome};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{Lines, Notice, PageHead, failure, when_loaded};
use domain::access::Action;
use domain::live::Topic;
use domain::people::{BecomeGlobalAdmin, DomainProof, MAX_REASON, RequestState, RoleRequest};
use leptos::prelude::*;

const REQUEST: &str = "role_requests/request";
const WITHDRAW: &str = "role_requests/withdraw";
const PROVE: &str = "role_requests/prove";

#[server(prefix = "/api", endpoint = "role_requests/get", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn get_become() -> Result<BecomeGlobalAdmin, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::role_request::get_become(&ctx).await)
}

#[server(prefix = "/api", endpoint = "role_requests/request", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn request_role(#[server(default)] note: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::role_request::request_role(&ctx, &note).await)?;
    done("requested");
    Ok(())
}

#[server(prefix = "/api", endpoint = "role_requests/withdraw", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn withdraw_request(#[server(default)] request: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = request.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::people::role_request::withdraw_request(&ctx, id).await)?;
    done("withdrawn");
    Ok(())
}

#[server(prefix = "/api", endpoint = "role_requests/prove", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn prove_domain(#[server(default)] request: String) -> Result<(), AppError> {
    use crate::session::ssr::{answer, done, op_ctx, refuse};
    let ctx = op_ctx()?;
    let id = request.parse().map_err(|_| refuse(AppError::NotFound))?;
    answer(store::people::role_request::prove_domain(&ctx, id).await)?;
    done("proved");
    Ok(())
}

pub fn global_admin_page() -> AnyView {
    let become_one = load_live(&[Topic::People], || (), |()| get_become());
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match become_one.await {
                    Ok(answer) => view! { <Whole answer=answer /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Whole(answer: BecomeGlobalAdmin) -> impl IntoView {
    let l = use_language();
    let BecomeGlobalAdmin { is_one, global_admins, mine, proof, to_decide } = answer;
    let names: Vec<&str> = global_admins.iter().map(String::as_str).collect();
    let nobody = names.is_empty();
    let ask = if nobody {
        t::global_admin::ask_none(l).to_owned()
    } else {
        t::global_admin::ask(l, &i18n::all_of(l, &names))
    };
    let waits = mine.as_ref().is_some_and(|r| r.state == RequestState::Pending);
    let id = mine.as_ref().map(|r| r.id.to_string()).unwrap_or_default();
    view! {
        <PageHead title=t::global_admin::title(l) lede=t::global_admin::lede(l) action=Action::RequestGlobalAdmin />
        <Done words=move |what| match what {
            "requested" => Some(t::global_admin::done_requested(l)),
            "withdrawn" => Some(t::global_admin::done_withdrawn(l)),
            "approved" => Some(t::global_admin::done_approved(l)),
            "declined" => Some(t::global_admin::done_declined(l)),
            "proved" => Some(t::global_admin::done_proved(l)),
            _ => None,
        } />
        {[REQUEST, WITHDRAW, PROVE, DECIDE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {is_one.then(|| view! { <Notice>{t::global_admin::you_are(l)}</Notice> })}
        {(!is_one)
            .then(|| {
                view! {
                    <section class="card pad">
                        <h2>{t::global_admin::ask_title(l)}</h2>
                        <p>{ask}</p>
                        {(!waits).then(|| view! { <Ask /> })}
                    </section>
                }
            })}
        {mine.filter(|m| !is_one || m.state == RequestState::Proved).map(|mine| view! { <Mine mine=mine nobody=nobody /> })}
        {proof.map(|proof| view! { <Proof proof=proof request=id.clone() /> })}
        {(!to_decide.is_empty())
            .then(|| {
                let rows = to_decide
                    .into_iter()
                    .map(|request| {
                        let told = t::global_admin::From { name: &request.person, email: &request.email }.say(l);
                        view! { <Decide request=request told=told /> }
                    });
                view! {
                    <section class="card pad" aria-labelledby="to-decide">
                        <h2 id="to-decide">{t::global_admin::decide_title(l)}</h2>
                        {rows.collect_view()}
                    </section>
                }
            })}
    }
}

#[component]
fn Ask() -> impl IntoView {
    let l = use_language();
    let typed = outcome(REQUEST).map(|o| o.typed("note")).unwrap_or_default();
    view! {
        <Form of=REQUEST>
            <div class="field-group">
                <label for="note">{t::global_admin::note(l)}</label>
                <Lines id="note" name="note" rows=3 maxlength=most(MAX_REASON) value=typed />
            </div>
            <button class="btn btn-primary" type="submit">{t::global_admin::request(l)}</button>
        </Form>
    }
}

#[component]
fn Mine(mine: RoleRequest, nobody: bool) -> impl IntoView {
    let l = use_language();
    let at = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| i18n::date(l, at)).unwrap_or_default();
    let by = mine.decided_by.clone().unwrap_or_default();
    let (tone, told) = match mine.state {
        RequestState::Pending => ("status status-info", t::global_admin::pending(l, &i18n::date(l, mine.created_at))),
        RequestState::Approved => {
            ("status status-ok", t::global_admin::Approved { name: &by, date: &at(mine.decided_at) }.say(l))
        }
        RequestState::Declined => {
            ("status status-warn", t::global_admin::Declined { name: &by, date: &at(mine.decided_at) }.say(l))
        }
        RequestState::Withdrawn => ("status status-idle", t::global_admin::withdrawn(l, &at(mine.decided_at))),
        RequestState::Proved => ("status status-ok", t::global_admin::proved(l, &at(mine.decided_at))),
    };
    let reason = (!mine.reason.is_empty()).then(|| view! { <p>{t::global_admin::reason(l, &mine.reason)}</p> });
    let waits = (mine.state == RequestState::Pending).then(|| {
        let who = if nobody { t::global_admin::pending_operator(l) } else { t::global_admin::pending_admin(l) };
        view! {
            <p class="hint">{who}</p>
            <Form of=WITHDRAW>
                <input type="hidden" name="request" value=mine.id.to_string() />
                <button class="btn" type="submit">{t::global_admin::withdraw(l)}</button>
            </Form>
        }
    });
    view! {
        <section class="card pad">
            <h2>{t::global_admin::mine(l)}</h2>
            <p><span class=tone>{told}</span></p>
            {reason}
            {waits}
        </section>
    }
}

#[component]
fn Proof(proof: DomainProof, request: String) -> impl IntoView {
    let l = use_language();
    view! {
        <section class="card pad">
            <h2>{t::global_admin::verify(l)}</h2>
            <p>{t::global_admin::verify_text(l)}</p>
            <dl class="facts">
                <div><dt>{t::global_admin::record_name(l)}</dt><dd><code class="select-all">{proof.name}</code></dd></div>
                <div><dt>{t::global_admin::record_type(l)}</dt><dd><code>"TXT"</code></dd></div>
                <div><dt>{t::global_admin::record_value(l)}</dt><dd><code class="select-all">{proof.value}</code></dd></div>
            </dl>
            <Form of=PROVE>
                <input type="hidden" name="request" value=request />
                <button class="btn btn-primary" type="submit">{t::global_admin::check(l)}</button>
            </Form>
        </section>
    }
}
