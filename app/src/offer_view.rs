//! An activation of an offer, as the company sees it: on its own page and beside the operator's.

use crate::i18n::{self, t};
use crate::session::use_language;
use domain::benefits::go_to_market::{Contact, MarketingRefusal, OfferActivation, OfferState, reachable};
use leptos::prelude::*;

#[component]
pub fn OfferView(
    activation: OfferActivation,
    /// Who will be written to.
    contact: Option<Contact>,
    /// The day on which an active offer ends.
    until: String,
    /// It has ended.
    #[prop(optional)]
    is_over: bool,
) -> impl IntoView {
    let l = use_language();
    let a = activation;
    let decided = a.decided_at.map(|at| i18n::date(l, at)).unwrap_or_default();
    match a.state {
        OfferState::Active if is_over => {
            let text = t::marketing::WasActive { since: &decided, until: &until }.say(l);
            view! { <p>{text}</p> }.into_any()
        }
        OfferState::Pending => view! {
            <div class="notice">
                <p>
                    <span class="status status-info">{t::technical::pending(l)}</span>
                </p>
                <p>{t::technical::PendingSince { by: &a.requested_by, date: &i18n::date(l, a.requested_at) }.say(l)}</p>
                <p>
                    {match reachable(contact.as_ref()) {
                        Ok(c) => t::marketing::PendingNext { name: &c.person, email: &c.email }.say(l),
                        Err(MarketingRefusal::ContactOut { name }) => t::marketing::out(l, &name),
                        Err(_) => t::marketing::needs_contact(l).to_owned(),
                    }}
                </p>
            </div>
        }
        .into_any(),
        OfferState::Active => view! {
            <div class="ids">
                <p>
                    <span class="status status-ok">{t::marketing::Active { since: &decided, until: &until }.say(l)}</span>
                </p>
                {a.told.map(|(name, email)| view! { <p>{t::marketing::Told { name: &name, email: &email }.say(l)}</p> })}
            </div>
        }
        .into_any(),
        OfferState::Declined => view! { <p>{t::marketing::Declined { date: &decided, reason: &a.reason }.say(l)}</p> }.into_any(),
        OfferState::Lapsed => view! { <p>{t::marketing::lapsed(l, &decided)}</p> }.into_any(),
        OfferState::Withdrawn => view! { <p>{t::marketing::withdrawn(l, &decided)}</p> }.into_any(),
    }
}
