//! The order form: what is bought, what differs from before, and whom the invoice goes to.

use super::offers::{Changes, price};
use super::server_fns::begin_order;
use crate::form::{Field, Form, Refusal, TextArea};
use crate::i18n::{self, t};
use crate::order_view::Contents;
use crate::session::{load, use_language};
use crate::ui::{Notice, PageHead, failure, when_loaded};
use domain::access::Action;
use domain::orders::billing::BillField;
use domain::orders::buy::{Buy, NewOrder};
use domain::orders::term::lapses_at;
use leptos::prelude::*;

const PLACE: &str = "membership/place_order";

pub fn place_page(code: String) -> AnyView {
    let start = load(move || code.clone(), begin_order);
    view! {
        <Transition>
            {when_loaded(move || async move {
                match start.await {
                    Ok(start) => view! { <Place start=start /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn most(field: BillField) -> u32 {
    u32::try_from(field.most()).unwrap_or(u32::MAX)
}

#[component]
fn Place(start: NewOrder) -> impl IntoView {
    let l = use_language();
    let NewOrder { offer, billing, follows } = start;
    let (title, lede) = match &offer.buy {
        Ok(Buy::Renewal { from, .. }) => (
            t::membership::renew_title(l, &offer.name),
            t::membership::RenewLede { date: &i18n::date(l, *from), until: &i18n::date(l, lapses_at(*from)) }.say(l),
        ),
        _ if offer.price.minor == 0 => {
            (t::membership::new_title(l, &offer.name), t::membership::new_lede_free(l).to_owned())
        }
        _ => (t::membership::new_title(l, &offer.name), t::membership::new_lede(l).to_owned()),
    };
    let told = follows.map(|follows| {
        let beyond = (!follows.is_renewal).then(|| {
            let text = t::membership::GoesBeyond { name: &follows.name, date: &i18n::date(l, follows.ends_at) }.say(l);
            view! { <Notice>{text}</Notice> }
        });
        view! {
            {beyond}
            <h2 class="section">{t::membership::changes(l, &follows.name)}</h2>
            <section class="card"><Changes changes=follows.changes /></section>
        }
    });
    let is_free = offer.price.minor == 0;
    let price = price(l, &offer);
    let form = match offer.buy {
        Err(why) => view! { <Notice>{i18n::buy_refusal(l, &why)}</Notice> }.into_any(),
        Ok(_) => {
            let version = offer.version.to_string();
            let word = if is_free { t::membership::place_order_free(l) } else { t::membership::place_order(l) };
            view! {
                <Form of=PLACE class="card form">
                    <h2>{t::membership::bill_title(l)}</h2>
                    <input type="hidden" name="version" value=version />
                    <Field of=PLACE name="bill_to" label=t::membership::bill_to(l) autocomplete="organization" value=billing.bill_to maxlength=most(BillField::BillTo) />
                    <TextArea of=PLACE name="address" label=t::membership::address(l) hint=t::membership::address_hint(l) value=billing.address maxlength=most(BillField::Address) rows=3 required=true />
                    <Field of=PLACE name="country" label=t::membership::country(l) autocomplete="country-name" value=billing.country maxlength=most(BillField::Country) />
                    <Field of=PLACE name="tax_id" label=t::membership::tax_id(l) autocomplete="off" value=billing.tax_id maxlength=most(BillField::TaxId) optional=true />
                    <Field of=PLACE name="purchase_order" label=t::membership::purchase_order(l) autocomplete="off" value=billing.purchase_order maxlength=most(BillField::PurchaseOrder) optional=true />
                    <p class="num"><b>{t::membership::total(l)} ": " {price}</b></p>
                    <button class="btn btn-primary" type="submit">{word}</button>
                    {(!is_free).then(|| view! {
                        <p class="hint">{t::membership::order_hint(l)}</p>
                        <p class="hint">{t::membership::pdf_hint(l)}</p>
                    })}
                </Form>
            }
            .into_any()
        }
    };
    view! {
        <p class="crumb"><a href="/membership/offers">{t::membership::offers(l)}</a></p>
        <PageHead title=title lede=lede action=Action::BuyPackage />
        <Refusal of=PLACE />
        {told}
        {form}
        <h2 class="section">{t::membership::what_you_get(l)}</h2>
        <section class="card"><Contents lines=offer.contents /></section>
    }
}
