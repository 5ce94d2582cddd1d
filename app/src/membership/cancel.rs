//! The service request: to give an order back with its money.

use super::order_href;
use super::server_fns::{May, get_order};
use crate::form::{Done, Form, Refusal, TextArea};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::order_view::CancellationFacts;
use crate::session::use_language;
use crate::ui::{Notice, PageHead, failure, when_loaded};
use domain::access::Action;
use domain::live::Topic;
use domain::orders::cancel::CancellationState;
use domain::orders::order::Order;
use domain::people::MAX_REASON;
use leptos::prelude::*;

const REQUEST: &str = "membership/request_cancellation";
const WITHDRAW: &str = "membership/withdraw_cancellation";

pub fn cancel_page(id: String) -> AnyView {
    let order = load_live(&[Topic::Orders, Topic::Benefits], move || id.clone(), get_order);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match order.await {
                    Ok((order, may, _)) => view! { <Request order=order may=may /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Request(order: Order, may: May) -> impl IntoView {
    let l = use_language();
    let row = order.row;
    let id = StoredValue::new(row.id.to_string());
    let waits = order.cancellation.as_ref().filter(|c| c.state == CancellationState::Requested).cloned();
    let lede = if waits.is_some() || order.refund.is_ok() {
        t::membership::CancelLede { number: &row.number, price: &i18n::money(l, row.price) }.say(l)
    } else {
        t::membership::cancel_lede_plain(l, &row.number)
    };
    let earlier = order.cancellation.map(|request| {
        view! { <section class="card pad"><CancellationFacts request=request /></section> }
    });
    let action = match (waits, order.refund) {
        (Some(request), _) => {
            let text = t::membership::cancel_waits(l, &i18n::moment(l, request.at));
            let take_back = if may.allowed {
                view! {
                    <Form of=WITHDRAW>
                        <input type="hidden" name="cancellation" value=request.id.to_string() />
                        <button class="btn" type="submit">{t::membership::cancel_withdraw(l)}</button>
                    </Form>
                }
                .into_any()
            } else {
                let why = i18n::only(l, Action::RequestCancellation, t::membership::only_withdraw(l), &may.names);
                view! {
                    <button class="btn" type="button" disabled=true aria-describedby="why-no-withdraw">{t::membership::cancel_withdraw(l)}</button>
                    <p class="hint" id="why-no-withdraw">{why}</p>
                }
                .into_any()
            };
            view! { <section class="card pad"><p>{text}</p> {take_back}</section> }.into_any()
        }
        (None, Err(why)) => view! { <Notice>{i18n::cancel_refusal(l, &why)}</Notice> }.into_any(),
        (None, Ok(until)) if !may.allowed => {
            let can = t::membership::cancel_can(l, &i18n::moment(l, until));
            let why = i18n::only(l, Action::RequestCancellation, t::membership::only_cancel(l), &may.names);
            view! {
                <section class="card pad">
                    <p>{can}</p>
                    <button class="btn" type="button" disabled=true aria-describedby="why-no-request">{t::membership::cancel_submit(l)}</button>
                    <p class="hint" id="why-no-request">{why}</p>
                </section>
            }
            .into_any()
        }
        (None, Ok(until)) => {
            let can = t::membership::cancel_can(l, &i18n::moment(l, until));
            view! {
                <Form of=REQUEST class="card form">
                    <p>{can}</p>
                    <p class="hint">{t::membership::cancel_what(l)}</p>
                    <input type="hidden" name="order" value=id.get_value() />
                    <TextArea of=REQUEST name="reason" label=t::membership::cancel_reason(l) maxlength=u32::try_from(MAX_REASON).unwrap_or(u32::MAX) rows=3 required=true />
                    <button class="btn btn-primary" type="submit">{t::membership::cancel_submit(l)}</button>
                </Form>
            }
            .into_any()
        }
    };
    view! {
        <p class="crumb"><a href=order_href(&id.get_value())>{t::membership::order_title(l, &row.number)}</a></p>
        <PageHead title=t::membership::cancel_page(l, &row.package) lede=lede action=Action::RequestCancellation />
        <Done words=move |what| match what {
            "requested" => Some(t::membership::done_requested(l)),
            "request-withdrawn" => Some(t::membership::done_request_withdrawn(l)),
            _ => None,
        } />
        {[REQUEST, WITHDRAW].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {action}
        {earlier}
    }
}
