//! An activation of support, as the company sees it: on its own page and beside the operator's.

use crate::i18n::{self, t};
use crate::session::use_language;
use chrono::{DateTime, Utc};
use domain::benefits::technical::{Activation, SupportState};
use leptos::prelude::*;

#[component]
pub fn ActivationView(
    activation: Activation,
    /// When its benefit ended.
    #[prop(optional_no_strip)]
    ended: Option<DateTime<Utc>>,
) -> impl IntoView {
    let l = use_language();
    let a = activation;
    let decided = a.decided_at.map(|at| i18n::date(l, at)).unwrap_or_default();
    match (a.state, ended) {
        (SupportState::Active, Some(until)) => {
            let text = t::technical::WasActive { name: &a.person, from: &decided, until: &i18n::date(l, until) }.say(l);
            view! { <p>{text}</p> }.into_any()
        }
        (SupportState::Pending, _) => view! {
            <div class="notice">
                <p>
                    <span class="status status-info">{t::technical::pending(l)}</span>
                    " "
                    <b>{a.person.clone()}</b>
                </p>
                <p>{t::technical::PendingSince { by: &a.requested_by, date: &i18n::date(l, a.requested_at) }.say(l)}</p>
                <p>
                    {if a.email.is_empty() {
                        t::technical::days(l).to_owned()
                    } else {
                        t::technical::PendingNext { name: &a.person, account: &a.account, email: &a.email }.say(l)
                    }}
                </p>
            </div>
        }
        .into_any(),
        (SupportState::Active, _) => view! {
            <div class="ids">
                <p>
                    <span class="status status-ok">{t::technical::ActiveFor { name: &a.person, date: &decided }.say(l)}</span>
                </p>
                {a
                    .access_id
                    .zip(a.contract_id)
                    .map(|(access, contract)| {
                        view! {
                            <dl class="facts">
                                <div><dt>{t::technical::access_id(l)}</dt><dd><code class="select-all">{access}</code></dd></div>
                                <div><dt>{t::technical::contract_id(l)}</dt><dd><code class="select-all">{contract}</code></dd></div>
                            </dl>
                        }
                    })}
            </div>
        }
        .into_any(),
        (SupportState::Declined, _) => view! { <p>{t::technical::Declined { name: &a.person, date: &decided, reason: &a.reason }.say(l)}</p> }.into_any(),
        (SupportState::Withdrawn, _) => view! { <p>{t::technical::Withdrawn { name: &a.person, date: &decided }.say(l)}</p> }.into_any(),
        (SupportState::Lapsed, _) => view! { <p>{t::technical::Lapsed { name: &a.person, date: &decided }.say(l)}</p> }.into_any(),
        (SupportState::Replaced, _) => view! { <p>{t::technical::replaced(l, &a.person)}</p> }.into_any(),
    }
}
