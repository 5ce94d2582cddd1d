//! The seats of a benefit in its details: who holds them, and giving, taking and giving on.

use super::address::Address;
use super::detail::{MoreParts, Panel};
use crate::form::{Done, Form, Refusal};
use crate::i18n::{self, t};
use crate::picker::{PersonField, Picker};
use crate::session::use_language;
use crate::ui::{Date, focus};
use domain::access::Action;
use domain::benefits::view::BenefitDetail;
use domain::catalogue::{Category, Fulfilment};
use domain::people::Held;
use leptos::prelude::*;
use std::sync::Arc;

pub const ASSIGN: &str = "seats/assign";
pub const ASSIGN_ONESELF: &str = "seats/assign_oneself";
pub const REMOVE: &str = "seats/remove";
pub const REASSIGN: &str = "seats/reassign";

/// The page of all seats of a benefit.
pub fn seats_href(category: Category, benefit: &str) -> String {
    ["/benefits/", category.spec().slug, "/", benefit, "/seats"].concat()
}

/// The seats, for a page that has them.
pub fn draw_seats(
    category: Category,
    address: Memo<Address>,
    detail: BenefitDetail,
    panel: Panel,
    parts: MoreParts,
) -> AnyView {
    view! { <Seats category=category address=address detail=detail panel=panel picker=parts.picker /> }.into_any()
}

#[component]
fn Seats(
    category: Category,
    address: Memo<Address>,
    detail: BenefitDetail,
    panel: Panel,
    picker: Picker,
) -> impl IntoView {
    let l = use_language();
    let row = detail.row.clone();
    let total = row.quantity.map_or_else(|| t::words::unlimited(l).to_owned(), |q| i18n::number(l, u64::from(q)));
    let used = t::benefits::Seats { used: &i18n::number(l, u64::from(row.taken)), total: &total }.say(l);
    let left = detail.reassignments_left.map(|n| view! { <p class="hint">{t::seats::left(l, u64::from(n))}</p> });
    let why = (!panel.may_assign).then(|| {
        panel.assign.with_value(|who| i18n::only(l, Action::AssignSeat, t::words::action_assign(l), &who.names))
    });
    let may_act = panel.may_assign && row.ended.is_none();
    let full = row.quantity.is_some_and(|q| row.taken >= q);
    let id = row.id.to_string();
    let uses = row.fulfilment;
    // Owned by what reads it, and not by the part: that may be gone when the address changes.
    let (held, mine) = (Arc::new(detail.holders.rows.clone()), detail.is_mine);
    let benefit = id.clone();
    // What the address says of a reassignment changes without the details being loaded anew.
    let action = move || {
        let wanted = address.with(|a| a.reassign.clone());
        let moving = held.iter().find(|h| h.id.to_string() == wanted).cloned();
        if let Some(why) = why.clone() {
            let label = if uses == Fulfilment::UsageAssign { t::seats::assign_self(l) } else { t::seats::assign(l) };
            view! {
                <button class="btn" type="button" disabled=true aria-describedby="why-no-seat">{label}</button>
                <p class="hint" id="why-no-seat">{why}</p>
            }
            .into_any()
        } else if !may_act {
            ().into_any()
        } else if uses == Fulfilment::UsageAssign {
            view! { <Oneself benefit=benefit.clone() mine=mine full=full /> }.into_any()
        } else if let Some(held) = moving {
            view! { <Reassign address=address category=category held=held picker=picker /> }.into_any()
        } else if full {
            view! { <p class="hint">{t::seats::none_free(l)}</p> }.into_any()
        } else {
            view! { <Assign address=address benefit=benefit.clone() picker=picker /> }.into_any()
        }
    };
    let portal = detail.portal.clone().filter(|_| detail.is_mine).map(|url| {
        view! {
            <p class="links">
                <a href=url rel="external noreferrer">{t::benefits::go_portal(l, &row.name)}</a>
            </p>
        }
    });
    let list = if detail.holders.rows.is_empty() {
        view! { <p class="hint">{t::seats::nobody_now(l)}</p> }.into_any()
    } else {
        let can_move = row.fulfilment == Fulfilment::SeatAssign;
        let holders = detail.holders.rows.into_iter().map(|held| {
            view! { <Holder held=held address=address category=category may_act=may_act can_move=can_move /> }
        });
        view! { <ul class="holders" aria-label=t::benefits::holders(l)>{holders.collect_view()}</ul> }.into_any()
    };
    let all = seats_href(category, &id);
    let file = [&all, "/file"].concat();
    let from_file = (may_act && row.fulfilment == Fulfilment::SeatAssign)
        .then(|| view! { " " <a href=file>{t::seats::from_file(l)}</a> });
    view! {
        <h2>{t::benefits::holders(l)}</h2>
        <p class="num">{used}</p>
        {left}
        <Done words=move |what| match what {
            "assigned" => Some(t::seats::done_assigned(l)),
            "removed" => Some(t::seats::done_removed(l)),
            "reassigned" => Some(t::seats::done_reassigned(l)),
            _ => None,
        } />
        {[ASSIGN, ASSIGN_ONESELF, REMOVE, REASSIGN].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {action}
        {portal}
        {list}
        <p class="links">
            <a href=all>{t::seats::all_holders(l)}</a>
            {from_file}
        </p>
    }
}

/// What the address says, for a form that searches with it.
#[component]
pub fn Kept(address: Memo<Address>) -> impl IntoView {
    move || {
        let fields = address.get().fields();
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view()
    }
}

#[component]
fn Assign(address: Memo<Address>, benefit: String, picker: Picker) -> impl IntoView {
    let l = use_language();
    view! {
        <Form of=ASSIGN class="seat-form">
            <Kept address=address />
            <input type="hidden" name="benefit" value=benefit />
            <PersonField of=ASSIGN name="person" label=t::seats::select(l) picker=picker may_add=true />
            <button class="btn btn-primary" type="submit">{t::seats::assign(l)}</button>
        </Form>
    }
}

#[component]
fn Reassign(address: Memo<Address>, category: Category, held: Held, picker: Picker) -> impl IntoView {
    let l = use_language();
    let title = t::seats::ReassignTitle { seat: &held.seat.to_string(), name: &held.name }.say(l);
    let cancel = move || address.with(|a| a.reassigning(String::new()).href(category));
    // It stands above the link that opened it.
    Effect::new(|_| focus("reassign-title"));
    view! {
        <h3 id="reassign-title" tabindex="-1">{title}</h3>
        <p class="hint">{t::seats::reassign_hint(l, &held.name)}</p>
        <Form of=REASSIGN class="seat-form">
            <Kept address=address />
            <input type="hidden" name="assignment" value=held.id.to_string() />
            <PersonField of=REASSIGN name="person" label=t::seats::select(l) picker=picker may_add=true />
            <div class="inline">
                <button class="btn btn-primary" type="submit">{t::seats::reassign(l)}</button>
                <a class="btn" href=cancel>{t::seats::cancel(l)}</a>
            </div>
        </Form>
    }
}

/// A subscription that one person uses.
#[component]
fn Oneself(benefit: String, mine: bool, full: bool) -> impl IntoView {
    let l = use_language();
    if mine {
        return view! { <p>{t::seats::self_yours(l)}</p> }.into_any();
    }
    if full {
        return view! { <p class="hint">{t::seats::self_taken(l)}</p> }.into_any();
    }
    view! {
        <p class="hint">{t::seats::self_text(l)}</p>
        <Form of=ASSIGN_ONESELF>
            <input type="hidden" name="benefit" value=benefit />
            <button class="btn btn-primary" type="submit">{t::seats::assign_self(l)}</button>
        </Form>
    }
    .into_any()
}

/// Takes a seat back, or says from when on that can be done.
#[component]
pub fn RemoveSeat(held: Held) -> impl IntoView {
    let l = use_language();
    if let Some(until) = held.locked_until {
        return view! { <span class="hint">{t::seats::locked(l, &i18n::date(l, until))}</span> }.into_any();
    }
    let label = t::seats::remove_of(l, &held.name);
    view! {
        <Form of=REMOVE>
            <input type="hidden" name="assignment" value=held.id.to_string() />
            <button class="btn btn-small" type="submit" aria-label=label>{t::seats::remove(l)}</button>
        </Form>
    }
    .into_any()
}

#[component]
fn Holder(held: Held, address: Memo<Address>, category: Category, may_act: bool, can_move: bool) -> impl IntoView {
    let l = use_language();
    let id = held.id.to_string();
    let since = t::benefits::since(l, &i18n::date(l, held.from));
    let label = t::seats::reassign_of(l, &held.name);
    let go = move || address.with(|a| a.reassigning(id.clone()).href(category));
    let actions = may_act.then(|| {
        let reassign = (can_move && held.locked_until.is_none())
            .then(|| view! { <a class="btn btn-small" href=go aria-label=label>{t::seats::reassign(l)}</a> });
        view! { <span class="holder-actions">{reassign} <RemoveSeat held=held.clone() /></span> }
    });
    view! {
        <li>
            <span class="holder-name">{held.name.clone()} " " <span class="hint num">{since}</span></span>
            {actions}
        </li>
    }
}

/// An end, or that there is none yet.
#[component]
pub fn Until(held: Held) -> impl IntoView {
    let l = use_language();
    match held.until {
        Some(at) => view! { <Date at=at /> }.into_any(),
        None => view! { <span class="status status-ok">{t::seats::still(l)}</span> }.into_any(),
    }
}
