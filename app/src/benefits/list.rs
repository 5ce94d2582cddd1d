//! Search, filters and the table.

use super::address::Address;
use super::detail::{Detail, Panel};
use super::page::DetailResource;
use crate::form::Anchor;
use crate::i18n::{self, t};
use crate::pages::detail_id;
use crate::session::use_language;
use crate::ui::{Date, Grace, Status};
use domain::benefits::view::{BenefitFilter, BenefitPage, BenefitRow};
use domain::catalogue::{Category, Fulfilment};
use domain::language::Language;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// How long the search waits for the next letter.
const PAUSE: Duration = Duration::from_millis(200);

pub(super) fn stay() -> NavigateOptions {
    NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() }
}

/// Finds as you type; with a button for those who press Enter or have no JavaScript.
#[component]
pub fn Search(category: Category, address: Memo<Address>) -> impl IntoView {
    let l = use_language();
    let navigate = use_navigate();
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let text = RwSignal::new(address.with_untracked(|a| a.search.clone()));
    // What this field last asked for; anything else in the address came from a link.
    let asked = StoredValue::new(text.get_untracked());
    Effect::new(move |_| {
        let search = address.with(|a| a.search.clone());
        if search != asked.get_value() {
            asked.set_value(search.clone());
            text.set(search);
        }
    });
    let go = StoredValue::new(move || {
        let wanted = text.get_untracked();
        asked.set_value(wanted.trim().to_owned());
        navigate(&address.get_untracked().searched(wanted.trim().to_owned()).href(category), stay());
    });
    let stop_waiting = move || {
        if let Some(handle) = waiting.try_get_value().flatten() {
            handle.clear();
        }
    };
    let typed = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        stop_waiting();
        let late = move || {
            let _ = go.try_with_value(|go| go());
        };
        waiting.set_value(set_timeout_with_handle(late, PAUSE).ok());
    };
    on_cleanup(stop_waiting);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        stop_waiting();
        go.with_value(|go| go());
    };
    let initial = text.get_untracked();
    let filter = move || address.with(|a| a.filter);
    view! {
        <form class="tools" method="get" role="search" on:submit=submit>
            {move || {
                (filter() != BenefitFilter::All)
                    .then(|| view! { <input type="hidden" name="filter" value=filter().slug() /> })
            }}
            <label class="sr-only" for="q">{t::benefits::find(l)}</label>
            <input
                class="field search"
                id="q"
                name="q"
                type="search"
                maxlength="100"
                placeholder=t::benefits::find(l)
                value=initial
                prop:value=text
                on:input=typed
            />
            <button class="btn" type="submit">{t::benefits::find_submit(l)}</button>
        </form>
    }
}

/// The filters, with how many each leaves.
#[component]
pub fn Chips(category: Category, address: Memo<Address>, counts: [u64; 3]) -> impl IntoView {
    let l = use_language();
    let name = move |filter| match filter {
        BenefitFilter::All => t::benefits::filter_all(l),
        BenefitFilter::NotActivated => t::benefits::filter_not_activated(l),
        BenefitFilter::EndsSoon => t::benefits::filter_ends_soon(l),
    };
    view! {
        <nav class="chips" aria-label=t::benefits::filters(l)>
            {BenefitFilter::ALL
                .into_iter()
                .zip(counts)
                .map(|(filter, count)| {
                    let href = move || address.with(|a| a.filtered(filter).href(category));
                    let current = move || address.with(|a| (a.filter == filter).then_some("true"));
                    view! {
                        <a class="chip" href=href aria-current=current>
                            {name(filter)}
                            " "
                            <span class="num">{i18n::number(l, count)}</span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
pub fn Table(
    category: Category,
    address: Memo<Address>,
    page: BenefitPage,
    detail: DetailResource,
    panel: Panel,
) -> impl IntoView {
    let l = use_language();
    let is_offers = category == Category::GoToMarket;
    let head: &'static [fn(Language) -> &'static str] = if is_offers {
        &[t::benefits::offer, t::benefits::status, t::benefits::expires]
    } else {
        &[
            t::benefits::benefit,
            t::benefits::package,
            t::benefits::quantity,
            t::benefits::activate_by,
            t::benefits::status,
        ]
    };
    let row =
        move |row| view! { <Row category=category address=address row=row head=head detail=detail panel=panel /> };
    let body = if is_offers {
        // Below the name of the package that they come with.
        let mut groups: Vec<(String, Vec<BenefitRow>)> = Vec::new();
        for row in page.rows {
            match groups.iter_mut().find(|(package, _)| *package == row.package) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((row.package.clone(), vec![row])),
            }
        }
        groups
            .into_iter()
            .map(|(package, rows)| {
                view! {
                    <tbody role="rowgroup">
                        <tr role="row" class="group">
                            <th role="rowheader" scope="rowgroup" colspan=head.len() + 1>{package}</th>
                        </tr>
                        {rows.into_iter().map(row).collect_view()}
                    </tbody>
                }
            })
            .collect_view()
            .into_any()
    } else {
        view! { <tbody role="rowgroup">{page.rows.into_iter().map(row).collect_view()}</tbody> }.into_any()
    };
    let shown = if is_offers { t::words::offers(l, page.total) } else { t::benefits::shown(l, page.total) };
    let next = page.next.clone();
    let first = address.with_untracked(|a| !a.after.is_empty());
    view! {
        <section class="card" aria-label=t::benefits::list(l)>
            <table class="table" role="table">
                <thead role="rowgroup">
                    <tr role="row">
                        {head.iter().map(|h| view! { <th role="columnheader" scope="col">{h(l)}</th> }).collect_view()}
                        <th role="columnheader" scope="col">
                            <span class="sr-only">{t::benefits::details(l)}</span>
                        </th>
                    </tr>
                </thead>
                {body}
            </table>
            <div class="table-foot">
                <span class="num">{shown}</span>
                <span>
                    {first.then(|| view! { <a href=move || address.with(|a| a.paged(String::new()).href(category))>{t::benefits::first_page(l)}</a> " " })}
                    {next
                        .map(|after| {
                            view! { <a href=move || address.with(|a| a.paged(after.clone()).href(category))>{t::benefits::next_page(l)}</a> }
                        })}
                </span>
            </div>
        </section>
    }
    .into_any()
}

/// What was granted; of seats, how many of it are assigned.
fn quantity(l: Language, row: &BenefitRow) -> String {
    let granted = i18n::quantity(l, row.unit, row.quantity);
    if row.fulfilment.is_technical() {
        let Some(total) = row.quantity else { return granted };
        let left = i18n::number(l, u64::from(total.saturating_sub(row.taken)));
        t::benefits::LeftOf { left: &left, granted: &granted }.say(l)
    } else if row.fulfilment.has_seats() {
        [&i18n::number(l, u64::from(row.taken)), " / ", &granted].concat()
    } else {
        granted
    }
}

#[component]
fn Row(
    category: Category,
    address: Memo<Address>,
    row: BenefitRow,
    head: &'static [fn(Language) -> &'static str],
    detail: DetailResource,
    panel: Panel,
) -> impl IntoView {
    let l = use_language();
    let id = row.id;
    let navigate = use_navigate();
    let is_open = Memo::new(move |_| address.with(|a| a.open == id.to_string()));
    let toggle = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&address.get_untracked().toggled(id).href(category), options);
    };
    let hidden = move || {
        address
            .get()
            .toggled(id)
            .fields()
            .into_iter()
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    let status = if row.fulfilment == Fulfilment::None {
        view! { <span class="hint">{t::benefits::no_key_needed(l)}</span> }.into_any()
    } else {
        view! { <Status status=row.status /> }.into_any()
    };
    let refundable = (row.refundable_until.is_some() && row.fulfilment.has_keys())
        .then(|| view! { " " <span class="status status-warn">{t::benefits::refundable(l)}</span> });
    let cells = if category == Category::GoToMarket {
        view! {
            <td role="cell" data-label=head[1](l)>{status}</td>
            <td role="cell" class="num" data-label=head[2](l)><Date at=row.expires_at /> <Grace until=row.grace_until /></td>
        }
        .into_any()
    } else {
        view! {
            <td role="cell" data-label=head[1](l)>{row.package.clone()}</td>
            <td role="cell" class="num" data-label=head[2](l)>{quantity(l, &row)}</td>
            <td role="cell" class="num" data-label=head[3](l)><Date at=row.activate_by /></td>
            <td role="cell" data-label=head[4](l)>{status} {refundable}</td>
        }
        .into_any()
    };
    // What the row opens has an address of its own, which stands still once the row is closed: nothing
    // in it reacts to what is not meant for it any more.
    let own = Memo::new(move |before: Option<&Address>| {
        let now = address.get();
        if now.open == id.to_string() { now } else { before.cloned().unwrap_or(now) }
    });
    let colspan = head.len() + 1;
    let region = detail_id(&id.to_string());
    let (controls, here, anchor) = (region.clone(), ["#", &region].concat(), region.clone());
    let label = t::benefits::details_of(l, &row.name);
    // The package stands in the heading of its group.
    let label = if category == Category::GoToMarket { [&label, ", ", &row.package].concat() } else { label };
    view! {
        <tr role="row" class:is-open=is_open>
            <th role="rowheader" scope="row" class="name">{row.name.clone()}</th>
            {cells}
            <td role="cell" class="arrow-cell">
                <form method="get" action=here on:submit=toggle>
                    {hidden}
                    <button
                        class="arrow"
                        type="submit"
                        aria-label=label
                        aria-expanded=move || if is_open.get() { "true" } else { "false" }
                        aria-controls=controls
                    >
                        <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
                            <path d="M3 6l5 5 5-5" fill="none" stroke="currentColor" stroke-width="1.8" />
                        </svg>
                    </button>
                </form>
            </td>
        </tr>
        <tr role="row" class="detail-row" id=region tabindex="-1" hidden=move || !is_open.get()>
            <td role="cell" colspan=colspan>
                {move || {
                    is_open.get().then(|| {
                        provide_context(Anchor(anchor.clone()));
                        view! { <Detail category=category address=own detail=detail panel=panel /> }
                    })
                }}
            </td>
        </tr>
    }
    .into_any()
}
