//! An activation of support, as the company sees it: on its own page and beside the operator's.

use crate::i18n::{self, t};
use crate::session::use_language;
use domain::benefits::technical::{Activation, SupportState};
use leptos::prelude::*;

#[component]
pub fn ActivationView(activation: Activation) -> impl IntoView {
    let l = use_language();
    let a = activation;
    let decided = a.decided_at.map(|at| i18n::date(l, at)).unwrap_or_default();
    match a.state {
        SupportState::Pending => view! {
            <div class="notice">
                <p>
                    <span class="status status-info">{t::technical::pending(l)}</span>
                    " "
                    <b>{a.person.clone()}</b>
                </p>
                <p>{t::technical::pending_since(l, &a.requested_by, &i18n::date(l, a.requested_at))}</p>
                <p>
                    {if a.email.is_empty() {
                        t::technical::days(l).to_owned()
                    } else {
                        t::technical::pending_next(l, &a.person, &a.account, &a.email)
                    }}
                </p>
            </div>
        }
        .into_any(),
        SupportState::Active => view! {
            <div class="ids">
                <p>
                    <span class="status status-ok">{t::technical::active_for(l, &a.person, &decided)}</span>
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
        SupportState::Declined => view! { <p>{t::technical::declined(l, &a.person, &decided, &a.reason)}</p> }.into_any(),
        SupportState::Withdrawn => view! { <p>{t::technical::withdrawn(l, &a.person, &decided)}</p> }.into_any(),
        SupportState::Lapsed => view! { <p>{t::technical::lapsed(l, &a.person, &decided)}</p> }.into_any(),
        SupportState::Replaced => view! { <p>{t::technical::replaced(l, &a.person)}</p> }.into_any(),
    }
}
