//! An offer in its details: where its activation stands, and Activate.

use super::detail::MoreParts;
use crate::error::AppError;
use crate::form::{Done, Form, Refusal};
use crate::i18n::{self, t};
use crate::offer_view::OfferView;
use crate::session::use_language;
use crate::ui::{Alert, when_loaded};
use domain::benefits::BenefitStatus;
use domain::benefits::go_to_market::{Marketing, MarketingRefusal, OfferActivation, OfferState, reachable};
use domain::benefits::view::BenefitDetail;
use leptos::prelude::*;
use std::sync::Arc;

const ACTIVATE: &str = "offers/activate";
const WITHDRAW: &str = "offers/withdraw";

pub fn draw_offer(detail: BenefitDetail, parts: MoreParts) -> AnyView {
    let l = use_language();
    let detail = Arc::new(detail);
    view! {
        <Transition fallback=move || view! { <p class="hint">{t::shell::loading(l)}</p> }>
            {when_loaded(move || {
                let detail = (*detail).clone();
                async move {
                match (parts.offer.await, parts.marketing.await) {
                    (Some(Ok(activations)), Some(Ok(marketing))) => {
                        view! { <Offer detail=detail activations=activations marketing=marketing /> }.into_any()
                    }
                    (Some(Err(error)), _) | (_, Some(Err(error))) => view! { <Alert error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            }})}
        </Transition>
    }
    .into_any()
}

#[component]
fn Offer(detail: BenefitDetail, activations: Vec<OfferActivation>, marketing: Marketing) -> impl IntoView {
    let l = use_language();
    let benefit = detail.row.id.to_string();
    let (until, is_over) = (i18n::date(l, detail.row.expires_at), detail.row.ended.is_some());
    let (now, before): (Vec<_>, Vec<_>) =
        activations.into_iter().partition(|a| matches!(a.state, OfferState::Pending | OfferState::Active));
    let waiting = now.iter().find(|a| a.state == OfferState::Pending).map(|a| a.id.to_string());
    let contact = marketing.main().cloned();
    let action = match detail.row.status {
        BenefitStatus::Available => {
            let (needs, hint) = match reachable(contact.as_ref()) {
                Ok(contact) => (
                    false,
                    t::marketing::GoesTo {
                        name: &contact.person,
                        email: &contact.email,
                        language: contact.language.endonym(),
                    }
                    .say(l),
                ),
                Err(MarketingRefusal::ContactOut { name }) => (true, t::marketing::out(l, &name)),
                Err(_) => (true, t::marketing::needs_contact(l).to_owned()),
            };
            let to_contacts = needs.then(|| view! { " " <a href="#contacts">{t::marketing::to_contacts(l)}</a> });
            view! {
                <Form of=ACTIVATE>
                    <input type="hidden" name="benefit" value=benefit />
                    <button class="btn btn-primary" type="submit" aria-describedby="activate-hint">{t::marketing::activate(l)}</button>
                </Form>
                <p class="hint" id="activate-hint">{hint} {to_contacts}</p>
                <p class="hint">{t::marketing::days(l)}</p>
            }
            .into_any()
        }
        BenefitStatus::Pending => waiting
            .map(|id| {
                view! {
                    <Form of=WITHDRAW>
                        <input type="hidden" name="activation" value=id />
                        <button class="btn" type="submit">{t::technical::withdraw(l)}</button>
                    </Form>
                }
            })
            .into_any(),
        BenefitStatus::Active | BenefitStatus::UsedUp | BenefitStatus::Expired => ().into_any(),
    };
    let now = now.into_iter().map(|a| {
        view! { <OfferView activation=a contact=contact.clone() until=until.clone() is_over=is_over /> }
    });
    let now = now.collect_view();
    let before = (!before.is_empty()).then(|| {
        let lines =
            before.into_iter().map(|a| view! { <li><OfferView activation=a contact=None until=String::new() /></li> });
        view! {
            <h2>{t::technical::before(l)}</h2>
            <ul class="notes">{lines.collect_view()}</ul>
        }
    });
    view! {
        <Done words=move |what| match what {
            "offer-requested" => Some(t::marketing::done_requested(l)),
            "offer-withdrawn" => Some(t::technical::done_withdrawn(l)),
            _ => None,
        } />
        {[ACTIVATE, WITHDRAW].map(|of| view! { <Refusal of=of /> }).collect_view()}
        {now}
        {action}
        {before}
    }
}

/// What a page of offers asks for when a row is open.
pub type Activations = Option<Result<Vec<OfferActivation>, AppError>>;
