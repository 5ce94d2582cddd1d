//! The operator console.

use crate::error::AppError;
use crate::form::{Done, Refusal};
use crate::global_admin::{DECIDE, Decide};
use crate::i18n::t;
use crate::session::{load, use_language};
use crate::ui::{Empty, PageHead, failure};
use domain::people::RoleRequest;
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "operator/queue", output = leptos::server_fn::codec::Postcard)]
pub async fn list_queue() -> Result<Vec<RoleRequest>, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::people::role_request::list_ownerless(&ctx).await)
}

pub fn queue_page() -> AnyView {
    let queue = load(|| (), |()| list_queue());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match queue.await {
                    Ok(rows) => view! { <Queue rows=rows /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Queue(rows: Vec<RoleRequest>) -> impl IntoView {
    let l = use_language();
    let list = if rows.is_empty() {
        view! { <Empty title=t::operator::queue_none(l)>""</Empty> }.into_any()
    } else {
        let rows = rows.into_iter().map(|request| {
            let told = t::operator::role_request(l, &request.company, &request.person, &request.email);
            view! { <Decide request=request told=told /> }
        });
        view! { <section class="card pad" aria-label=t::operator::queue(l)>{rows.collect_view()}</section> }.into_any()
    };
    view! {
        <PageHead title=t::operator::queue(l) lede=t::operator::queue_lede(l) />
        <Done words=move |what| match what {
            "approved" => Some(t::global_admin::done_approved(l)),
            "declined" => Some(t::global_admin::done_declined(l)),
            _ => None,
        } />
        <Refusal of=DECIDE />
        {list}
    }
}
