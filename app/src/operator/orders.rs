//! All orders, what is to be decided about one, and what stands on invoices.

use super::console_fns::{get_any_order, list_all_orders};
use super::work::Declining;
use crate::form::{Done, Field, Form, Refusal, TextArea, most};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::order_view::{CancellationFacts, Contents, OrderFacts, order_price, order_state};
use crate::session::use_language;
use crate::ui::{Date, Notice, PageHead, failure, table_head, when_loaded};
use domain::console::MAX_ISSUER;
use domain::live::Topic;
use domain::orders::cancel::{CancelRefusal, CancellationState};
use domain::orders::order::{Issuer, Order, OrderFilter, OrderKind, OrderPage, OrderState};
use domain::orders::payment::MAX_REFERENCE;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

pub const PAY: &str = "operator/record_payment";
pub const APPROVE: &str = "operator/approve_cancellation";
pub const DECLINE: &str = "operator/decline_cancellation";
const ISSUER: &str = "operator/set_issuer";

fn asked(query: &ParamsMap) -> (String, String, String) {
    let get = |name| query.get(name).unwrap_or_default();
    (get("filter"), get("q"), get("after"))
}

pub fn orders_page() -> AnyView {
    let query = use_query_map();
    let orders = load_live(
        &[Topic::Queue, Topic::Console],
        move || query.with(asked),
        |(filter, search, after)| list_all_orders(filter, search, after),
    );
    view! {
        <Transition>
            {when_loaded(move || async move {
                match orders.await {
                    Ok((page, issuer)) => {
                        let (filter, search, _) = query.with_untracked(asked);
                        view! { <List page=page filter=filter search=search issuer=issuer /> }.into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn order_href(id: &str) -> String {
    ["/operator/orders/", id].concat()
}

#[component]
fn List(page: OrderPage, filter: String, search: String, issuer: Issuer) -> impl IntoView {
    let l = use_language();
    let current = OrderFilter::from_slug(&filter).unwrap_or_default();
    let chips = OrderFilter::ALL.into_iter().map(|of| {
        let name = match of {
            OrderFilter::All => t::console::filter_all(l),
            OrderFilter::Open => t::console::filter_open(l),
            OrderFilter::Paid => t::console::filter_paid(l),
            OrderFilter::Ended => t::console::filter_ended(l),
        };
        let here = (of == current).then_some("true");
        view! { <a class="chip" href=["?filter=", of.slug()].concat() aria-current=here>{name}</a> }
    });
    let chips = chips.collect_view();
    let head = [
        t::membership::order(l),
        t::console::company(l),
        t::membership::package(l),
        t::membership::ordered_on(l),
        t::membership::total(l),
        t::membership::state(l),
    ];
    let rows = page.rows.into_iter().map(|row| {
        let state = order_state(l, &row);
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num"><a href=order_href(&row.id.to_string())>{row.number.clone()}</a></th>
                <td role="cell" data-label=head[1]>{row.company.clone()}</td>
                <td role="cell" data-label=head[2]>{row.package.clone()}</td>
                <td role="cell" class="num" data-label=head[3]><Date at=row.ordered_at /></td>
                <td role="cell" class="num" data-label=head[4]>{order_price(l, &row)}</td>
                <td role="cell" data-label=head[5]>{state}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let next = page.next.map(|after| {
        let mut query = ParamsMap::new();
        query.insert("filter", filter.clone());
        query.insert("q", search.clone());
        query.insert("after", after);
        view! { <a href=query.to_query_string()>{t::benefits::next_page(l)}</a> }
    });
    let list = if page.total == 0 {
        view! { <p class="card pad">{t::console::orders_none(l)}</p> }.into_any()
    } else {
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
        }
        .into_any()
    };
    let room = u32::try_from(MAX_ISSUER).unwrap_or(u32::MAX);
    view! {
        <PageHead title=t::console::orders(l) lede=t::console::orders_lede(l) />
        <Done words=move |what| (what == "issuer").then(|| t::console::done_issuer(l)) />
        <Refusal of=ISSUER />
        <form class="tools" method="get" role="search">
            <input type="hidden" name="filter" value=current.slug() />
            <label class="sr-only" for="q">{t::console::find_order(l)}</label>
            <input class="field search" id="q" name="q" type="search" maxlength="100" placeholder=t::console::find_order(l) value=search />
            <button class="btn" type="submit">{t::console::find(l)}</button>
        </form>
        <nav class="chips" aria-label=t::benefits::filters(l)>{chips}</nav>
        {list}
        <Form of=ISSUER class="card form">
            <h2>{t::console::issuer_title(l)}</h2>
            <p class="hint">{t::console::issuer_hint(l)}</p>
            <TextArea of=ISSUER name="issuer" label=t::console::issuer_name(l) value=issuer.name maxlength=room rows=4 />
            <TextArea of=ISSUER name="pay_to" label=t::console::issuer_pay_to(l) value=issuer.pay_to maxlength=room rows=4 />
            <button class="btn" type="submit">{t::console::save(l)}</button>
        </Form>
    }
}

pub fn order_page(id: String) -> AnyView {
    let order = load_live(&[Topic::Queue, Topic::Console], move || id.clone(), get_any_order);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match order.await {
                    Ok(order) => view! { <Whole order=order /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What was just done to an order.
pub fn order_done(l: domain::language::Language, what: &str) -> Option<&'static str> {
    match what {
        "paid" => Some(t::console::done_paid(l)),
        "refunded" => Some(t::console::done_refunded(l)),
        "declined" => Some(t::operator::done_declined(l)),
        _ => None,
    }
}

#[component]
fn Whole(order: Order) -> impl IntoView {
    let l = use_language();
    let lede = t::console::OrderLede { package: &order.row.package, company: &order.row.company }.say(l);
    let todo = order_todo(&order);
    let seen = t::operator::company_view(l, &order.row.company);
    view! {
        <p class="crumb"><a href="/operator/orders">{t::console::orders(l)}</a></p>
        <PageHead title=t::console::order_page(l, &order.row.number) lede=lede />
        <Done words=move |what| order_done(l, what) />
        {[PAY, APPROVE, DECLINE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {todo.map(|todo| view! { <h2 class="section">{t::operator::decide(l)}</h2> {todo} })}
        <h2 class="section">{seen}</h2>
        {order_seen(order)}
    }
}

/// What is to be decided about an order: its payment, or that it is given back.
pub fn order_todo(order: &Order) -> Option<AnyView> {
    let l = use_language();
    let row = &order.row;
    let amount = row.price.to_string();
    let amount = amount.split(' ').next().unwrap_or_default().to_owned();
    let due = t::console::amount_hint(l, &i18n::money(l, row.price));
    if row.state == OrderState::Open {
        let hint = match row.kind {
            OrderKind::New | OrderKind::Moved => t::console::payment_hint(l),
            OrderKind::Renewal => t::console::payment_hint_later(l),
        };
        let id = row.id.to_string();
        let todo = view! {
            <Form of=PAY class="card form">
                <h3>{t::console::payment_title(l)}</h3>
                <p class="hint">{hint}</p>
                <input type="hidden" name="order" value=id />
                <Transfer of=PAY due=due amount=amount />
                <button class="btn btn-primary" type="submit">{t::console::payment_record(l)}</button>
            </Form>
        };
        return Some(todo.into_any());
    }
    let waits = order.cancellation.as_ref().filter(|c| c.state == CancellationState::Requested)?;
    let id = waits.id.to_string();
    let declined = id.clone();
    // That a request waits is no reason; anything else is.
    let approve = match &order.refund {
        Ok(_) | Err(CancelRefusal::Waits { .. }) => view! {
            <Form of=APPROVE class="card form">
                <h3>{t::console::approve_title(l)}</h3>
                <p class="hint">{t::console::approve_hint(l)}</p>
                <input type="hidden" name="cancellation" value=id />
                <Transfer of=APPROVE due=due amount=amount />
                <button class="btn btn-primary" type="submit">{t::console::approve(l)}</button>
            </Form>
        }
        .into_any(),
        Err(why) => {
            let why = t::console::approve_not(l, &i18n::cancel_refusal(l, why));
            view! { <Notice>{why}</Notice> }.into_any()
        }
    };
    Some(view! { {approve} <Declining of=DECLINE name="cancellation" id=declined /> }.into_any())
}

/// How much, when, and under which reference.
#[component]
fn Transfer(of: &'static str, due: String, amount: String) -> impl IntoView {
    let l = use_language();
    view! {
        <Field of=of name="amount" label=t::console::amount(l) hint=due autocomplete="off" value=amount maxlength=16 />
        <Field of=of name="date" kind="date" label=t::console::day(l) autocomplete="off" maxlength=10 />
        <Field of=of name="reference" label=t::console::reference(l) autocomplete="off" maxlength=most(MAX_REFERENCE) />
    }
}

/// The order as the company sees it.
pub fn order_seen(order: Order) -> AnyView {
    let l = use_language();
    let billing = order.billing.clone();
    let lines = [billing.bill_to, billing.address, billing.country, billing.tax_id, billing.purchase_order];
    let bill: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let request = order
        .cancellation
        .clone()
        .map(|request| view! { <section class="card pad"><CancellationFacts request=request /></section> });
    let contents = order.contents.clone();
    view! {
        <section class="card pad">
            <OrderFacts order=order />
            <h3>{t::console::bill_to(l)}</h3>
            <p class="written">{bill.join("\n")}</p>
        </section>
        {request}
        <section class="card"><Contents lines=contents /></section>
    }
    .into_any()
}
