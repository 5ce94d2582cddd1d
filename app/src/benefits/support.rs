//! Technical benefits in their details: support and where it stands, and requests for hours.

use super::address::Address;
use super::detail::{MoreParts, Panel};
use super::other_address::OtherAddress;
use super::seats::Kept;
use crate::form::{Done, Form, Refusal};
use crate::i18n::{self, t};
use crate::picker::{PersonField, Picker};
use crate::session::use_language;
use crate::support_view::ActivationView;
use crate::ui::{Alert, Moment, when_loaded};
use domain::access::Action;
use domain::benefits::technical::{Activation, SupportState, Technical};
use domain::benefits::view::BenefitDetail;
use domain::catalogue::Fulfilment;
use leptos::prelude::*;
use std::sync::Arc;

const REQUEST: &str = "support/request";
const WITHDRAW: &str = "support/withdraw";

pub fn draw_technical(address: Memo<Address>, detail: BenefitDetail, panel: Panel, parts: MoreParts) -> AnyView {
    let l = use_language();
    let detail = Arc::new(detail);
    view! {
        <Transition fallback=move || view! { <p class="hint">{t::shell::loading(l)}</p> }>
            {when_loaded(move || {
                let detail = (*detail).clone();
                async move {
                match parts.technical.await {
                    None => ().into_any(),
                    Some(Err(error)) => view! { <Alert error=error /> }.into_any(),
                    Some(Ok(technical)) if detail.row.fulfilment == Fulfilment::SupportAssign => {
                        view! { <Support address=address detail=detail technical=technical panel=panel picker=parts.picker /> }
                            .into_any()
                    }
                    Some(Ok(technical)) => view! { <Requests detail=detail technical=technical panel=panel /> }.into_any(),
                }
            }})}
        </Transition>
    }
    .into_any()
}

#[component]
fn Support(
    address: Memo<Address>,
    detail: BenefitDetail,
    technical: Technical,
    panel: Panel,
    picker: Picker,
) -> impl IntoView {
    let l = use_language();
    let ended = detail.row.ended.map(|ended| ended.at);
    let benefit = detail.row.id.to_string();
    let find = |state| technical.activations.iter().find(|a| a.state == state).cloned();
    let (pending, active) = (find(SupportState::Pending), find(SupportState::Active));
    let before: Vec<Activation> = technical
        .activations
        .iter()
        .filter(|a| !matches!(a.state, SupportState::Pending | SupportState::Active))
        .cloned()
        .collect();
    let why = (!panel.may_assign).then(|| {
        panel.assign.with_value(|who| i18n::only(l, Action::AssignSupport, t::technical::action(l), &who.names))
    });
    let holder = active.as_ref().map(|a| a.person.clone());
    let action = if let Some(why) = why.filter(|_| ended.is_none()) {
        view! {
            <button class="btn" type="button" disabled=true aria-describedby="why-no-support">{t::seats::assign(l)}</button>
            <p class="hint" id="why-no-support">{why}</p>
        }
        .into_any()
    } else if ended.is_some() {
        ().into_any()
    } else if let Some(waiting) = pending.as_ref().map(|a| a.id.to_string()) {
        view! {
            <Form of=WITHDRAW>
                <input type="hidden" name="activation" value=waiting />
                <button class="btn" type="submit">{t::technical::withdraw(l)}</button>
            </Form>
        }
        .into_any()
    } else {
        view! { <Ask address=address benefit=benefit company=technical.company_email.clone() holder=holder picker=picker /> }
            .into_any()
    };
    let before = (!before.is_empty()).then(|| {
        let lines = before.into_iter().map(|a| view! { <li><ActivationView activation=a /></li> });
        view! {
            <h2>{t::technical::before(l)}</h2>
            <ul class="notes">{lines.collect_view()}</ul>
        }
    });
    view! {
        <Done words=move |what| match what {
            "support-requested" => Some(t::technical::done_requested(l)),
            "support-withdrawn" => Some(t::technical::done_withdrawn(l)),
            _ => None,
        } />
        {[REQUEST, WITHDRAW].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {pending.map(|a| view! { <ActivationView activation=a /> })}
        {active.map(|a| view! { <ActivationView activation=a ended=ended /> })}
        {action}
        {before}
    }
}

/// The person, and an address of theirs that is not the company's.
#[component]
fn Ask(
    address: Memo<Address>,
    benefit: String,
    company: String,
    /// Who has the benefit now.
    holder: Option<String>,
    picker: Picker,
) -> impl IntoView {
    let l = use_language();
    let title = if holder.is_some() { t::technical::title_other(l) } else { t::technical::title(l) };
    let hint = t::technical::alternative_hint(l, &company);
    view! {
        <h2>{title}</h2>
        {holder.map(|name| view! { <p class="hint">{t::technical::other_hint(l, &name)}</p> })}
        <Form of=REQUEST class="seat-form">
            <Kept address=address />
            <input type="hidden" name="benefit" value=benefit />
            <PersonField of=REQUEST name="person" label=t::technical::select(l) picker=picker may_add=true />
            <OtherAddress of=REQUEST label=t::technical::alternative(l) hint=hint company=company not_of=picker />
            <button class="btn btn-primary" type="submit">{t::seats::assign(l)}</button>
            <p class="hint">{t::technical::days(l)}</p>
        </Form>
    }
}

#[component]
fn Requests(detail: BenefitDetail, technical: Technical, panel: Panel) -> impl IntoView {
    let l = use_language();
    let row = &detail.row;
    let full = row.quantity.is_some_and(|q| row.taken >= q);
    let form = ["/benefits/technical/requests/new?for=", &row.id.to_string()].concat();
    let label = if technical.has_draft { t::technical::go_on(l) } else { t::technical::request(l) };
    let may = panel.may_request && row.ended.is_none();
    let action = if may && (!full || technical.has_draft) {
        view! { <p><a class="btn btn-primary" href=form>{label}</a></p> }.into_any()
    } else if may {
        view! { <p class="hint">{t::technical::none_left(l)}</p> }.into_any()
    } else {
        ().into_any()
    };
    let cases = (!technical.cases.is_empty()).then(|| {
        let lines = technical.cases.into_iter().map(|case| {
            let href = ["/benefits/technical/requests/", &case.number].concat();
            view! {
                <li>
                    <span class="holder-name">
                        <a href=href>{case.number.clone()} ": " {case.title.clone()}</a>
                        " "
                        <span class="hint num">{i18n::case_state(l, case.state)} ", " <Moment at=case.submitted_at /></span>
                    </span>
                </li>
            }
        });
        view! {
            <h2>{t::technical::cases(l)}</h2>
            <ul class="holders">{lines.collect_view()}</ul>
        }
    });
    view! {
        {action}
        {cases}
        <p class="links"><a href="/benefits/technical/requests">{t::technical::all(l)}</a></p>
    }
}
