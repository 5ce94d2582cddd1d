//! What a person holds.

use crate::error::AppError;
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{Date, Empty, Grace, PageHead, failure, table_head, when_loaded};
use domain::access::Action;
use domain::live::Topic;
use domain::view::{HeldSeat, HeldSupport, MyBenefits};
use leptos::prelude::*;

#[server(prefix = "/api", endpoint = "my_benefits/list", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn list_my_benefits() -> Result<MyBenefits, AppError> {
    use crate::session::ssr::{answer, op_ctx};
    let ctx = op_ctx()?;
    answer(store::benefits::mine::list_my_benefits(&ctx).await)
}

pub fn my_benefits_page() -> AnyView {
    let mine = load_live(&[Topic::Mine], || (), |()| list_my_benefits());
    let l = use_language();
    view! {
        <Suspense>
            {when_loaded(move || async move {
                let mine = match mine.await {
                    Ok(mine) => mine,
                    Err(error) => return failure(&error),
                };
                let admins: Vec<&str> = mine.global_admins.iter().map(String::as_str).collect();
                let ask = if admins.is_empty() {
                    t::my_benefits::ask_nobody(l).to_owned()
                } else {
                    t::my_benefits::ask(l, &i18n::all_of(l, &admins))
                };
                let holds_support = !mine.support.is_empty();
                let support = mine.support.into_iter().map(|s| view! { <Support support=s /> }).collect_view();
                let list = if mine.seats.is_empty() && !holds_support {
                    view! {
                        <Empty title=t::my_benefits::none(l)>
                            <p>{ask}</p>
                        </Empty>
                    }
                    .into_any()
                } else if mine.seats.is_empty() {
                    ().into_any()
                } else {
                    view! { <Seats seats=mine.seats /> }.into_any()
                };
                view! {
                    <PageHead title=t::my_benefits::title(l) lede=t::my_benefits::lede(l) action=Action::OpenMyBenefits />
                    {list}
                    {support}
                }
                .into_any()
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Seats(seats: Vec<HeldSeat>) -> impl IntoView {
    let l = use_language();
    let head = [
        t::my_benefits::benefit(l),
        t::my_benefits::package(l),
        t::my_benefits::since(l),
        t::my_benefits::expires(l),
        t::my_benefits::portal(l),
    ];
    view! {
        <section class="card" aria-label=t::my_benefits::title(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">
                    {seats
                        .into_iter()
                        .map(|seat| {
                            let go = t::my_benefits::go(l, &seat.name);
                            view! {
                                <tr role="row">
                                    <th role="rowheader" scope="row" class="name">{seat.name}</th>
                                    <td role="cell" data-label=head[1]>{seat.package}</td>
                                    <td role="cell" class="num" data-label=head[2]><Date at=seat.since /></td>
                                    <td role="cell" class="num" data-label=head[3]><Date at=seat.expires_at /> <Grace until=seat.grace_until /></td>
                                    <td role="cell" data-label=head[4]>
                                        {seat.portal.map(|url| view! { <a href=url rel="external noreferrer">{go}</a> })}
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </section>
    }
}

/// Support that the person has, with the ids that it asks for.
#[component]
fn Support(support: HeldSupport) -> impl IntoView {
    let l = use_language();
    let ids = match (support.access_id, support.contract_id) {
        (Some(access), Some(contract)) => view! {
            <p class="hint">{t::my_benefits::support_how(l)}</p>
            <dl class="facts">
                <div><dt>{t::technical::access_id(l)}</dt><dd><code class="select-all">{access}</code></dd></div>
                <div><dt>{t::technical::contract_id(l)}</dt><dd><code class="select-all">{contract}</code></dd></div>
                <div><dt>{t::my_benefits::expires(l)}</dt><dd class="num"><Date at=support.expires_at /> <Grace until=support.grace_until /></dd></div>
            </dl>
        }
        .into_any(),
        _ => view! { <p><span class="status status-info">{t::my_benefits::support_pending(l)}</span></p> }.into_any(),
    };
    view! {
        <section class="card pad">
            <h2>{support.name}</h2>
            <p class="hint">{support.package}</p>
            {ids}
        </section>
    }
}
