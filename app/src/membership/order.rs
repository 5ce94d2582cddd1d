//! An order: where it stands, how to pay it, its invoice, and whether it can be given back.

use super::order_href;
use super::server_fns::{May, get_order};
use crate::form::{Done, Form, Refusal};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::order_view::{Contents, OrderFacts};
use crate::session::use_language;
use crate::ui::{Notice, PageHead, failure, when_loaded};
use domain::access::Action;
use domain::catalogue::Category;
use domain::live::Topic;
use domain::orders::cancel::CancellationState;
use domain::orders::order::{Order, OrderKind, OrderState};
use domain::orders::term::lapses_at;
use leptos::prelude::*;

const WITHDRAW: &str = "membership/withdraw_order";

pub fn order_page(id: String) -> AnyView {
    let order = load_live(&[Topic::Orders, Topic::Benefits], move || id.clone(), get_order);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match order.await {
                    Ok((order, may, undrawn)) => view! { <Whole order=order may=may undrawn=undrawn /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Whole(order: Order, may: May, undrawn: String) -> impl IntoView {
    let l = use_language();
    let row = order.row.clone();
    let id = row.id.to_string();
    let is_free = row.price.minor == 0;
    let to_pay = (row.state == OrderState::Open).then(|| view! { <ToPay order=order.clone() /> });
    let grace = row.term.filter(|_| row.state == OrderState::Grace).map(|term| {
        let text = t::membership::GraceText {
            date: &i18n::date(l, term.ends_at),
            until: &i18n::date(l, lapses_at(term.ends_at)),
        }
        .say(l);
        view! { <Notice>{text} " " <a href="/membership/offers">{t::membership::renew(l)}</a></Notice> }
    });
    let steps = (row.state == OrderState::Active && row.kind != OrderKind::Renewal).then(|| {
        let contents = &order.contents;
        let step = |category: Category, label: &'static str| {
            contents.iter().any(|a| a.category == category).then(|| {
                view! { <li><a href=["/benefits/", category.spec().slug].concat()>{label}</a></li> }
            })
        };
        view! {
            <section class="card pad">
                <h2>{t::membership::steps(l)}</h2>
                <ul class="steps">
                    {step(Category::Software, t::dashboard::step_keys(l))}
                    {step(Category::VisualStudio, t::dashboard::step_seats(l))}
                    {step(Category::GoToMarket, t::dashboard::step_contact(l))}
                </ul>
            </section>
        }
    });
    let invoice = order.has_invoice().then(|| {
        let page = order_href(&[&id, "/invoice"].concat());
        let pdf = [&page, ".pdf"].concat();
        let lacks = (!undrawn.is_empty()).then(|| view! { <p>{t::membership::pdf_lacks(l, &undrawn)}</p> });
        view! {
            {lacks}
            <p class="links">
                <a href=page>{t::membership::invoice_open(l)}</a>
                " "
                <a href=pdf rel="external" download="">{t::membership::invoice_pdf(l)}</a>
            </p>
        }
    });
    let cancel =
        (row.state != OrderState::Open && row.state != OrderState::Withdrawn && row.state != OrderState::Lapsed)
            .then(|| view! { <Cancel order=order.clone() may=may /> });
    view! {
        <p class="crumb"><a href="/membership/orders">{t::membership::back(l)}</a></p>
        <PageHead
            title=t::membership::order_title(l, &row.number)
            lede=t::membership::OrderLede { package: &row.package, name: &row.by }.say(l)
            action=Action::SeeOrders
        />
        <Done words=move |what| match what {
            "placed" if is_free => Some(t::membership::done_placed_free(l)),
            "placed" => Some(t::membership::done_placed(l)),
            "withdrawn" => Some(t::membership::done_withdrawn(l)),
            _ => None,
        } />
        <Refusal of=WITHDRAW />
        {grace}
        <section class="card pad">
            <OrderFacts order=order.clone() />
            {invoice}
        </section>
        {to_pay}
        {steps}
        {cancel}
        <h2 class="section">{t::membership::contents(l)}</h2>
        <section class="card"><Contents lines=order.contents /></section>
    }
}

#[component]
fn ToPay(order: Order) -> impl IntoView {
    let l = use_language();
    let Order { row, issuer, .. } = order;
    let price = i18n::money(l, row.price);
    let text = match row.kind {
        OrderKind::New | OrderKind::Moved => t::membership::PayText { price: &price, number: &row.number }.say(l),
        OrderKind::Renewal => t::membership::PayTextRenewal { price: &price, number: &row.number }.say(l),
    };
    let account = if issuer.pay_to.is_empty() {
        view! { <p>{t::membership::pay_to_none(l)}</p> }.into_any()
    } else {
        view! { <p class="written">{issuer.pay_to}</p> }.into_any()
    };
    view! {
        <section class="card pad">
            <h2>{t::membership::pay_title(l)}</h2>
            <p>{text}</p>
            {account}
            <Form of=WITHDRAW>
                <input type="hidden" name="order" value=row.id.to_string() />
                <button class="btn" type="submit" aria-describedby="withdraw-hint">{t::membership::withdraw(l)}</button>
            </Form>
            <p class="hint" id="withdraw-hint">{t::membership::withdraw_hint(l)}</p>
        </section>
    }
}

/// Whether the order can be given back, live, and if not, exactly why.
#[component]
fn Cancel(order: Order, may: May) -> impl IntoView {
    let l = use_language();
    let href = order_href(&[&order.row.id.to_string(), "/cancellation"].concat());
    let waits = order.cancellation.as_ref().filter(|c| c.state == CancellationState::Requested);
    let told = match (&order.refund, waits) {
        (_, Some(request)) => {
            let words = t::membership::cancel_see(l, &request.number);
            view! { <p><a href=href>{words}</a></p> }.into_any()
        }
        (Ok(until), None) if may.allowed => {
            let can = t::membership::cancel_can(l, &i18n::moment(l, *until));
            view! {
                <p>{can}</p>
                <p><a class="btn" href=href>{t::membership::cancel_open(l)}</a></p>
            }
            .into_any()
        }
        (Ok(until), None) => {
            let can = t::membership::cancel_can(l, &i18n::moment(l, *until));
            let why = i18n::only(l, Action::RequestCancellation, t::membership::only_cancel(l), &may.names);
            view! {
                <p>{can}</p>
                <button class="btn" type="button" disabled=true aria-describedby="why-no-cancel">{t::membership::cancel_open(l)}</button>
                <p class="hint" id="why-no-cancel">{why}</p>
            }
            .into_any()
        }
        (Err(why), None) => {
            let earlier = order.cancellation.as_ref().map(|request| {
                let words = t::membership::cancel_see(l, &request.number);
                view! { <p><a href=href>{words}</a></p> }
            });
            view! { <p>{i18n::cancel_refusal(l, why)}</p> {earlier} }.into_any()
        }
    };
    view! {
        <section class="card pad">
            <h2>{t::membership::cancel_title(l)}</h2>
            {told}
        </section>
    }
}
