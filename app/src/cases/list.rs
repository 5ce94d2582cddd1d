//! The company's requests, and what more can be asked for.

use super::server_fns::list_cases;
use crate::form::Done;
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{Empty, Moment, PageHead, case_state, failure, table_head, when_loaded};
use domain::access::Action;
use domain::benefits::advisory::{CaseFilter, CasePage, Requestable};
use domain::language::Language;
use domain::live::Topic;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

fn asked(query: &ParamsMap) -> (String, String) {
    (query.get("filter").unwrap_or_default(), query.get("after").unwrap_or_default())
}

pub fn list_page() -> AnyView {
    let query = use_query_map();
    let list = load_live(&[Topic::Cases], move || query.with(asked), |(filter, after)| list_cases(filter, after));
    let filter = move || CaseFilter::from_slug(&query.with(asked).0).unwrap_or_default();
    view! {
        <Transition>
            {when_loaded(move || async move {
                match list.await {
                    Ok(page) => view! { <List page=page filter=untrack(filter) /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// What remains of a benefit, in words.
pub fn left(l: Language, benefit: &Requestable) -> String {
    match benefit.left {
        Some(left) => t::cases::hours_left(l, u64::from(left)),
        None => t::cases::hours_unlimited(l).to_owned(),
    }
}

/// What can be asked for: a link to the form of each benefit.
#[component]
pub fn Offers(benefits: Vec<Requestable>) -> impl IntoView {
    let l = use_language();
    if benefits.is_empty() {
        return view! { <p class="hint">{t::cases::nothing(l)}</p> }.into_any();
    }
    let lines = benefits.into_iter().map(|benefit| {
        let href = ["/benefits/technical/requests/new?for=", &benefit.id.to_string()].concat();
        let label = if benefit.has_draft {
            t::cases::ChooseDraft { benefit: &benefit.name, package: &benefit.package }.say(l)
        } else {
            t::cases::Choose { benefit: &benefit.name, package: &benefit.package }.say(l)
        };
        let full = benefit.left == Some(0);
        let link = if full && !benefit.has_draft {
            view! { <span>{benefit.name.clone()} ", " {benefit.package.clone()}</span> }.into_any()
        } else {
            view! { <a href=href>{label}</a> }.into_any()
        };
        view! {
            <li>
                <span class="holder-name">
                    {link} " " <span class="hint num">{left(l, &benefit)}</span>
                </span>
                {benefit.has_draft.then(|| view! { <span class="status status-info">{t::cases::draft(l)}</span> })}
            </li>
        }
    });
    view! { <ul class="holders" aria-labelledby="choose">{lines.collect_view()}</ul> }.into_any()
}

#[component]
fn List(page: CasePage, filter: CaseFilter) -> impl IntoView {
    let l = use_language();
    let chips = CaseFilter::ALL.into_iter().zip(page.counts).map(|(of, count)| {
        let name = match of {
            CaseFilter::All => t::benefits::filter_all(l),
            CaseFilter::Open => t::cases::filter_open(l),
            CaseFilter::Over => t::cases::filter_over(l),
        };
        let current = (of == filter).then_some("true");
        view! {
            <a class="chip" href=["?filter=", of.slug()].concat() aria-current=current>
                {name} " " <span class="num">{i18n::number(l, count)}</span>
            </a>
        }
    });
    let head = [
        t::cases::case_number(l),
        t::cases::field_title(l),
        t::cases::benefit(l),
        t::cases::hours(l),
        t::cases::submitted_on(l),
        t::cases::state(l),
    ];
    let rows = page.rows.into_iter().map(move |row| {
        let href = ["/benefits/technical/requests/", &row.number].concat();
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name num"><a href=href>{row.number.clone()}</a></th>
                <td role="cell" data-label=head[1]>{row.title.clone()}</td>
                <td role="cell" data-label=head[2]>{row.benefit.clone()} " (" {row.package.clone()} ")"</td>
                <td role="cell" class="num" data-label=head[3]>{i18n::number(l, u64::from(row.hours))}</td>
                <td role="cell" class="num" data-label=head[4]><Moment at=row.submitted_at /></td>
                <td role="cell" data-label=head[5]>{case_state(l, row.state)}</td>
            </tr>
        }
    });
    let (total, all) = (page.total, page.counts[0]);
    let next = page.next.map(|after| {
        view! { <a href=["?filter=", filter.slug(), "&after=", &after].concat()>{t::benefits::next_page(l)}</a> }
    });
    let list = if total == 0 {
        let title = if all == 0 { t::cases::none(l) } else { t::cases::none_found(l) };
        view! { <Empty title=title>""</Empty> }.into_any()
    } else {
        view! {
            <section class="card" aria-label=t::cases::list(l)>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">{rows.collect_view()}</tbody>
                </table>
                <div class="table-foot">
                    <span class="num">{t::cases::count(l, total)}</span>
                    <span>{next}</span>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <p class="crumb"><a href="/benefits/technical">{i18n::category(l, domain::catalogue::Category::Technical)}</a></p>
        <PageHead title=t::cases::title(l) lede=t::cases::lede(l) action=Action::SubmitAdvisoryRequest />
        <Done words=move |what| (what == "discarded").then(|| t::cases::done_discarded(l)) />
        <section class="card pad">
            <h2 id="choose">{t::cases::choose_title(l)}</h2>
            <Offers benefits=page.benefits />
        </section>
        {(all > 0).then(|| view! { <nav class="chips" aria-label=t::benefits::filters(l)>{chips.collect_view()}</nav> })}
        {list}
    }
}
