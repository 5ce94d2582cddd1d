//! What the company ordered.

use super::order_href;
use super::server_fns::list_orders;
use crate::i18n::t;
use crate::live::load_live;
use crate::order_view::{order_price, order_state};
use crate::session::{use_language, use_viewer};
use crate::ui::{Date, Empty, PageHead, failure, table_head, when_loaded};
use domain::access::Action;
use domain::live::Topic;
use domain::orders::order::OrderPage;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub fn orders_page() -> AnyView {
    let l = use_language();
    let viewer = use_viewer();
    let query = use_query_map();
    let after = move || query.with(|q| q.get("after").unwrap_or_default());
    let orders = load_live(&[Topic::Orders], after, list_orders);
    view! {
        <Transition>
            {when_loaded(move || async move {
                let company = viewer.await.ok().flatten().and_then(|v| v.company).unwrap_or_default();
                match orders.await {
                    Ok(page) => {
                        view! {
                            <PageHead title=t::membership::orders(l) lede=t::membership::orders_lede(l, &company) action=Action::SeeOrders />
                            <List page=page />
                        }
                        .into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn List(page: OrderPage) -> impl IntoView {
    let l = use_language();
    if page.total == 0 {
        return view! {
            <Empty title=t::membership::none(l)>
                <p><a class="btn btn-primary" href="/membership/offers">{t::membership::to_offers(l)}</a></p>
            </Empty>
        }
        .into_any();
    }
    let head = [
        t::membership::order(l),
        t::membership::package(l),
        t::membership::ordered_on(l),
        t::membership::total(l),
        t::membership::term(l),
        t::membership::state(l),
    ];
    let rows = page.rows.into_iter().map(|row| {
        let href = order_href(&row.id.to_string());
        let term = row.term.map(|term| view! { <Date at=term.starts_at /> " – " <Date at=term.ends_at /> });
        let state = order_state(l, &row);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num"><a href=href>{row.number.clone()}</a></th>
                <td role="cell" data-label=head[1]>{row.package.clone()}</td>
                <td role="cell" class="num" data-label=head[2]><Date at=row.ordered_at /></td>
                <td role="cell" class="num" data-label=head[3]>{order_price(l, &row)}</td>
                <td role="cell" class="num" data-label=head[4]>{term}</td>
                <td role="cell" data-label=head[5]>{state}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let next = page.next.map(|after| view! { <a href=["?after=", &after].concat()>{t::benefits::next_page(l)}</a> });
    view! {
        <section class="card" aria-label=t::membership::list(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            <div class="table-foot">
                <span class="num">{t::membership::count(l, page.total)}</span>
                <span>{next}</span>
            </div>
        </section>
        <p class="links"><a href="/membership/offers">{t::membership::to_offers(l)}</a></p>
    }
    .into_any()
}
