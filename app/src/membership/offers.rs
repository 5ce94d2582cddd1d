//! What is on sale: each package with why it can be bought or not, and all of them side by side.

use super::server_fns::list_offers;
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::{use_language, use_viewer};
use crate::ui::{Empty, PageHead, failure, table_head, when_loaded};
use domain::access::Action;
use domain::language::Language;
use domain::live::Topic;
use domain::orders::buy::{Buy, Offer};
use domain::orders::order::Allocation;
use leptos::prelude::*;

pub fn offers_page() -> AnyView {
    let l = use_language();
    let viewer = use_viewer();
    let offers = load_live(&[Topic::Orders], || (), |()| list_offers());
    view! {
        <Transition>
            {when_loaded(move || async move {
                let company = viewer.await.ok().flatten().and_then(|v| v.company).unwrap_or_default();
                match offers.await {
                    Ok(found) => {
                        view! {
                            <PageHead title=t::membership::offers(l) lede=t::membership::offers_lede(l, &company) action=Action::BuyPackage />
                            <Offers offers=found.offers />
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

/// The price of a year.
pub fn price(l: Language, offer: &Offer) -> String {
    if offer.price.minor == 0 {
        t::membership::free_of_charge(l).to_owned()
    } else {
        t::membership::a_year(l, &i18n::money(l, offer.price))
    }
}

#[component]
fn Offers(offers: Vec<Offer>) -> impl IntoView {
    let l = use_language();
    if offers.is_empty() {
        return view! { <Empty title=t::membership::nothing_on_sale(l)>""</Empty> }.into_any();
    }
    let cards = offers.iter().map(|offer| view! { <Card offer=offer.clone() /> }).collect_view();
    view! {
        <div class="cards">{cards}</div>
        <h2 class="section" id="compare">{t::membership::compare(l)}</h2>
        <p class="hint">{t::membership::compare_hint(l)}</p>
        <section class="card" aria-labelledby="compare">
            <Comparison offers=offers />
        </section>
    }
    .into_any()
}

#[component]
fn Card(offer: Offer) -> impl IntoView {
    let l = use_language();
    let href = ["/membership/offers/", &offer.code].concat();
    let action = match &offer.buy {
        Ok(buy) => {
            let (word, label) = match buy {
                Buy::New => (t::membership::buy(l), t::membership::buy_name(l, &offer.name)),
                Buy::Renewal { .. } => (t::membership::renew(l), t::membership::renew_name(l, &offer.name)),
            };
            view! { <p><a class="btn btn-primary" href=href aria-label=label>{word}</a></p> }.into_any()
        }
        Err(why) => view! { <p class="hint">{i18n::buy_refusal(l, why)}</p> }.into_any(),
    };
    let price = price(l, &offer);
    view! {
        <section class="card pad">
            <h2>{offer.name}</h2>
            <p class="num"><b>{price}</b></p>
            <p class="hint">{offer.summary}</p>
            {action}
        </section>
    }
}

/// A line of the comparison: a product, and how much of it is in each package.
struct Line {
    of: Allocation,
    amounts: Vec<Option<Option<u32>>>,
}

fn lines(offers: &[Offer]) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for (column, offer) in offers.iter().enumerate() {
        for of in &offer.contents {
            let line = match found.iter().position(|line| line.of.code == of.code) {
                Some(at) => at,
                None => {
                    found.push(Line { of: of.clone(), amounts: vec![None; offers.len()] });
                    found.len() - 1
                }
            };
            found[line].amounts[column] = Some(of.quantity);
        }
    }
    found.sort_by_key(|line| line.of.category);
    found
}

#[component]
fn Comparison(offers: Vec<Offer>) -> impl IntoView {
    let l = use_language();
    let mut before = None;
    let columns = offers.len() + 1;
    let rows = lines(&offers).into_iter().map(|line| {
        let group = (before != Some(line.of.category)).then(|| {
            view! {
                <tr role="row" class="group">
                    <th role="rowheader" scope="rowgroup" colspan=columns.to_string()>{i18n::category(l, line.of.category)}</th>
                </tr>
            }
        });
        before = Some(line.of.category);
        let cells = line.amounts.iter().zip(&offers).map(|(amount, offer)| {
            let text = match amount {
                Some(quantity) => i18n::quantity(l, line.of.unit, *quantity),
                None => t::membership::not_in(l).to_owned(),
            };
            view! { <td role="cell" class="num" data-label=offer.name.clone()>{text}</td> }
        });
        let cells = cells.collect_view();
        view! {
            {group}
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{line.of.name.clone()}</th>
                {cells}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let names = offers.iter().map(|offer| {
        view! { <th role="columnheader" scope="col">{offer.name.clone()} <span class="hint block num">{price(l, offer)}</span></th> }
    });
    let names = names.collect_view();
    view! {
        <table class="table even" role="table">
            <thead role="rowgroup">
                <tr role="row">
                    <th role="columnheader" scope="col">{t::membership::product(l)}</th>
                    {names}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
}

/// What stands before and after, where a package follows another.
#[component]
pub fn Changes(changes: Vec<domain::orders::order::Change>) -> impl IntoView {
    let l = use_language();
    let head = [t::membership::product(l), t::membership::before(l), t::membership::after(l)];
    if changes.is_empty() {
        return view! { <p class="pad">{t::membership::changes_none(l)}</p> }.into_any();
    }
    let rows = changes.into_iter().map(|change| {
        let amount = |of: Option<Option<u32>>| match of {
            Some(quantity) => i18n::quantity(l, change.unit, quantity),
            None => t::membership::gone(l).to_owned(),
        };
        let loss = change.is_loss();
        let losing = (change.losing > 0).then(|| {
            view! { <span class="hint block">{t::membership::losing(l, u64::from(change.losing))}</span> }
        });
        let after = amount(change.after);
        let after = if loss {
            view! { <span class="status status-warn">{after}</span> }.into_any()
        } else {
            view! { <span>{after}</span> }.into_any()
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{change.name.clone()}</th>
                <td role="cell" class="num" data-label=head[1]>{amount(change.before)}</td>
                <td role="cell" class="num" data-label=head[2]>{after} {losing}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table" role="table">
            {table_head(&head)}
            <tbody role="rowgroup">{rows}</tbody>
        </table>
    }
    .into_any()
}
