//! An order as the company sees it: on its own page and beside the operator's.

use crate::i18n::{self, t};
use crate::session::use_language;
use crate::ui::{Date, Moment, table_head};
use domain::language::Language;
use domain::orders::cancel::{Cancellation, CancellationState};
use domain::orders::order::{Allocation, Order, OrderKind, OrderRow, OrderState};
use domain::orders::term::{lapses_at, renewal_ends, renewal_starts};
use leptos::prelude::*;

/// Where an order stands, as word, colour and dot.
pub fn order_state(l: Language, row: &OrderRow) -> AnyView {
    let tone = match row.state {
        OrderState::Active => "status status-ok",
        OrderState::Open | OrderState::Upcoming => "status status-info",
        OrderState::Grace => "status status-warn",
        OrderState::Withdrawn | OrderState::Lapsed | OrderState::Refunded | OrderState::Over => "status status-idle",
    };
    view! {
        <span class=tone>{i18n::order_state(l, row.state)}</span>
        {row
            .cancellation_waits
            .then(|| view! { " " <span class="status status-warn">{t::membership::cancellation_asked(l)}</span> })}
    }
    .into_any()
}

pub fn order_kind(l: Language, kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::New => t::membership::kind_new(l),
        OrderKind::Renewal => t::membership::kind_renewal(l),
        OrderKind::Moved => t::membership::kind_moved(l),
    }
}

/// What an order cost, as far as it is known here.
pub fn order_price(l: Language, row: &OrderRow) -> String {
    if row.kind == OrderKind::Moved { "–".to_owned() } else { i18n::money(l, row.price) }
}

/// What was ordered, for how much, and what became of it.
#[component]
pub fn OrderFacts(order: Order) -> impl IntoView {
    let l = use_language();
    let Order { row, payment, .. } = order;
    let is_open = row.state == OrderState::Open;
    let term = row.term.map(|term| {
        let window = t::membership::RenewFromTo { from: &i18n::date(l, renewal_starts(term.ends_at)), to: &i18n::date(l, renewal_ends(term.ends_at)) }.say(l);
        let is_grace = row.state == OrderState::Grace;
        let renewable = matches!(row.state, OrderState::Active | OrderState::Grace | OrderState::Upcoming);
        view! {
            {term
                .over_at()
                .map(|at| view! { <div><dt>{t::membership::term(l)}</dt><dd class="num"><Date at=term.starts_at /> " – " <Date at=at /></dd></div> })}
            {renewable.then(|| view! { <div><dt>{t::membership::renew_window(l)}</dt><dd class="num">{window}</dd></div> })}
            {is_grace
                .then(|| view! { <div><dt>{t::membership::lapses(l)}</dt><dd class="num"><Date at=lapses_at(term.ends_at) /></dd></div> })}
        }
    });
    let payment = payment.map(|paid| {
        let with = t::membership::PaidWith { amount: &i18n::money(l, paid.amount), reference: &paid.reference }.say(l);
        view! { <div><dt>{t::membership::paid_on(l)}</dt><dd class="num">{i18n::day(l, paid.on)} <span class="hint block">{with}</span></dd></div> }
    });
    let state = order_state(l, &row);
    view! {
        <dl class="facts">
            <div><dt>{t::membership::package(l)}</dt><dd>{row.package.clone()}</dd></div>
            <div><dt>{t::membership::state(l)}</dt><dd>{state}</dd></div>
            <div><dt>{t::membership::kind(l)}</dt><dd>{order_kind(l, row.kind)}</dd></div>
            <div><dt>{t::membership::total(l)}</dt><dd class="num">{order_price(l, &row)}</dd></div>
            <div><dt>{t::membership::ordered_on(l)}</dt><dd class="num"><Moment at=row.ordered_at /></dd></div>
            {is_open
                .then(|| view! { <div><dt>{t::membership::pay_until(l)}</dt><dd class="num"><Date at=row.payable_until /></dd></div> })}
            {payment}
            {term}
        </dl>
    }
}

/// What a package contains.
#[component]
pub fn Contents(lines: Vec<Allocation>) -> impl IntoView {
    let l = use_language();
    let head = [t::membership::product(l), t::membership::quantity(l)];
    let mut before = None;
    let rows = lines.into_iter().map(|line| {
        let group = (before != Some(line.category)).then(|| {
            view! {
                <tr role="row" class="group">
                    <th role="rowheader" scope="rowgroup" colspan="2">{i18n::category(l, line.category)}</th>
                </tr>
            }
        });
        before = Some(line.category);
        view! {
            {group}
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{line.name.clone()}</th>
                <td role="cell" class="num" data-label=head[1]>{i18n::quantity(l, line.unit, line.quantity)}</td>
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
}

/// A request to give an order back, and what became of it.
#[component]
pub fn CancellationFacts(request: Cancellation) -> impl IntoView {
    let l = use_language();
    let (tone, word) = match request.state {
        CancellationState::Requested => ("status status-info", t::membership::cancel_state_requested(l)),
        CancellationState::Withdrawn => ("status status-idle", t::membership::cancel_state_withdrawn(l)),
        CancellationState::Declined => ("status status-warn", t::membership::cancel_state_declined(l)),
        CancellationState::Approved => ("status status-ok", t::membership::cancel_state_approved(l)),
    };
    let refund = request.refund.map(|refund| {
        let with = t::membership::PaidWith { amount: &i18n::money(l, refund.amount), reference: &refund.reference }.say(l);
        view! { <div><dt>{t::membership::cancel_refund(l)}</dt><dd class="num">{i18n::day(l, refund.on)} <span class="hint block">{with}</span></dd></div> }
    });
    let decided = request.decided_at.map(|at| {
        let by = request.decided_by.clone().unwrap_or_default();
        view! { <div><dt>{t::membership::cancel_decided(l)}</dt><dd class="num"><Moment at=at /> <span class="hint block">{by}</span></dd></div> }
    });
    view! {
        <dl class="facts">
            <div><dt>{t::membership::request_number(l)}</dt><dd class="num">{request.number}</dd></div>
            <div><dt>{t::membership::state(l)}</dt><dd><span class=tone>{word}</span></dd></div>
            <div><dt>{t::membership::cancel_requested_by(l)}</dt><dd>{request.by} <span class="hint block num"><Moment at=request.at /></span></dd></div>
            {decided}
            {refund}
        </dl>
        <p class="written">{request.reason}</p>
        {(!request.answer.is_empty())
            .then(|| view! { <p><b>{t::membership::cancel_answer(l)}</b> ": " <span class="written">{request.answer}</span></p> })}
    }
}
