//! The invoice, as a page that prints well. The PDF says the same.

use super::order_href;
use super::server_fns::get_order;
use crate::error::AppError;
use crate::i18n::t;
use crate::invoice::Invoice;
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{failure, when_loaded};
use domain::live::Topic;
use domain::orders::order::Order;
use leptos::prelude::*;

pub fn invoice_page(id: String) -> AnyView {
    let order = load_live(&[Topic::Orders], move || id.clone(), get_order);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match order.await {
                    Ok((order, _, undrawn)) if order.has_invoice() => {
                        view! { <Sheet order=order undrawn=undrawn /> }.into_any()
                    }
                    Ok(_) => failure(&AppError::NotFound),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn lines(text: &str) -> AnyView {
    text.lines().map(|line| view! { {line.to_owned()} <br /> }).collect_view().into_any()
}

#[component]
fn Sheet(order: Order, undrawn: String) -> impl IntoView {
    let l = use_language();
    let id = order.row.id.to_string();
    let pdf = order_href(&[&id, "/invoice.pdf"].concat());
    let invoice = Invoice::of(l, &order);
    let facts = invoice.facts.iter().map(|(name, value)| {
        view! { <div><dt>{*name}</dt><dd class="num">{value.clone()}</dd></div> }
    });
    let facts = facts.collect_view();
    let (issuer, customer, pay_to) = (lines(&invoice.issuer), lines(&invoice.customer), lines(&invoice.pay_to));
    let lacks =
        (!undrawn.is_empty()).then(|| view! { <p class="screen-only">{t::membership::pdf_lacks(l, &undrawn)}</p> });
    view! {
        <leptos_meta::Title text=[&t::membership::invoice_title(l, &order.row.number), " · Vorteil"].concat() />
        <p class="crumb screen-only"><a href=order_href(&id)>{t::membership::order_title(l, &order.row.number)}</a></p>
        <article class="card pad bill">
            <p class="bill-from">{issuer}</p>
            <h1>{invoice.title}</h1>
            <div class="bill-head">
                <p class="bill-to">{customer}</p>
                <dl class="facts">{facts}</dl>
            </div>
            <table class="table" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">{t::invoice::description(l)}</th>
                        <th role="columnheader" scope="col" class="num amount">{t::invoice::amount(l)}</th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <tr role="row">
                        <th role="rowheader" scope="row" class="name">{invoice.item} <span class="hint block">{invoice.period}</span></th>
                        <td role="cell" class="num amount" data-label=t::invoice::amount(l)>{invoice.amount.clone()}</td>
                    </tr>
                    <tr role="row">
                        <th role="rowheader" scope="row" class="name">{t::invoice::total(l)}</th>
                        <td role="cell" class="num amount" data-label=t::invoice::total(l)><b>{invoice.amount}</b></td>
                    </tr>
                </tbody>
            </table>
            <p>{invoice.note}</p>
            {(!invoice.pay_to.is_empty())
                .then(|| view! { <h2>{t::invoice::pay_to(l)}</h2> <p>{pay_to}</p> })}
        </article>
        {lacks}
        <p class="links screen-only">
            <a href=pdf rel="external" download="">{t::membership::invoice_pdf(l)}</a>
        </p>
    }
}
