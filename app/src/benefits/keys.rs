//! Get keys: the button, the one question before it, and the keys.
//!
//! The keys are drawn from the answer alone: in the browser from the action's value, without
//! JavaScript from the form's outcome. Neither is ever part of hydration data.

use super::server_fns::RevealKeys;
use crate::error::AppError;
use crate::form::{Form, outcome};
use crate::i18n::{self, t};
use crate::session::use_language;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::benefits::software::RevealRefusal;
use domain::benefits::view::{BenefitDetail, Trace};
use domain::licence_key::RevealedKey;
use domain::view::WhoMay;
use leptos::prelude::*;

const REVEAL: &str = "benefits/reveal_keys";

#[component]
pub fn Keys(detail: BenefitDetail, may: bool, who_may: WhoMay) -> impl IntoView {
    let l = use_language();
    let portal = detail.portal.clone().map(|url| {
        let go = t::benefits::go_portal(l, &detail.row.name);
        view! {
            <p>
                <a href=url rel="external noreferrer">{go}</a>
            </p>
        }
    });
    let body = if detail.keys == 0 {
        view! { <p>{t::software::not_delivered(l)}</p> }.into_any()
    } else if may {
        view! { <Reveal detail=detail.clone() /> }.into_any()
    } else {
        let why = i18n::only(l, Action::GetKeys, t::words::action_get_keys(l), &who_may.names);
        view! {
            <button class="btn" type="button" disabled=true aria-describedby="why-no-keys">{t::software::get_keys(l)}</button>
            <p class="hint" id="why-no-keys">{why}</p>
        }
        .into_any()
    };
    view! {
        <h3>{t::software::key_title(l)}</h3>
        {body}
        <History reveals=detail.reveals />
        {portal}
    }
}

#[component]
fn History(reveals: Vec<Trace>) -> impl IntoView {
    let l = use_language();
    if reveals.is_empty() {
        return view! { <p class="hint">{t::software::never_seen(l)} " " {t::software::recorded(l)}</p> }.into_any();
    }
    let lines = reveals.into_iter().map(|r| view! { <li>{t::software::seen_by(l, &r.name, &i18n::moment(l, r.at))}</li> });
    view! { <ul class="history">{lines.collect_view()}</ul> }.into_any()
}

/// Where a reveal stands.
#[derive(Clone, PartialEq)]
enum Stand {
    Asked,
    Confirm(DateTime<Utc>),
    Refused(AppError),
    Shown(Vec<RevealedKey>),
}

impl Stand {
    fn of(result: Result<Vec<RevealedKey>, AppError>) -> Self {
        match result {
            Ok(keys) => Self::Shown(keys),
            Err(AppError::Reveal(RevealRefusal::EndsRefund { until })) => Self::Confirm(until),
            Err(error) => Self::Refused(error),
        }
    }
}

#[component]
fn Reveal(detail: BenefitDetail) -> impl IntoView {
    let l = use_language();
    let action = ServerAction::<RevealKeys>::new();
    let id = detail.row.id.to_string();
    let answered = outcome(REVEAL).filter(|o| o.typed("benefit") == id).map(|o| {
        o.result.and_then(|body| serde_json_keys(&body))
    });
    let first = answered.map_or(Stand::Asked, Stand::of);
    let kept = RwSignal::new(false);
    let stand = Memo::new(move |_| match action.value().get() {
        _ if kept.get() => Stand::Asked,
        Some(result) => Stand::of(result),
        None => first.clone(),
    });
    let package = detail.row.package.clone();
    let id = StoredValue::new(id);
    let submit = move |confirmed: bool| {
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            kept.set(false);
            if !action.pending().get_untracked() {
                action.dispatch(RevealKeys { benefit: id.get_value(), confirmed });
            }
        }
    };
    let body = move || match stand.get() {
        Stand::Asked | Stand::Refused(_) => {
            let submit = submit(false);
            view! {
                <div on:submit=submit>
                    <Form of=REVEAL>
                        <input type="hidden" name="benefit" value=id.get_value() />
                        <button class="btn btn-primary" type="submit" aria-busy=move || action.pending().get().to_string()>
                            {t::software::get_keys(l)}
                        </button>
                    </Form>
                </div>
            }
            .into_any()
        }
        Stand::Confirm(until) => {
            let submit = submit(true);
            let text = t::software::confirm_text(l, &package, &i18n::date(l, until));
            view! {
                <div class="confirm" role="group" aria-labelledby="confirm-title" on:submit=submit>
                    <h4 id="confirm-title">{t::software::confirm_title(l)}</h4>
                    <p>{text}</p>
                    <Form of=REVEAL class="inline">
                        <input type="hidden" name="benefit" value=id.get_value() />
                        <input type="hidden" name="confirmed" value="true" />
                        <button class="btn btn-primary" type="submit">{t::software::confirm(l)}</button>
                        <a class="btn" href="" rel="external" on:click=move |event| {
                            event.prevent_default();
                            kept.set(true);
                        }>{t::software::cancel(l)}</a>
                    </Form>
                </div>
            }
            .into_any()
        }
        Stand::Shown(keys) => view! { <Shown keys=keys /> }.into_any(),
    };
    view! {
        {body}
        <div role="alert" class="alert-slot">
            {move || match stand.get() {
                Stand::Refused(error) => Some(view! { <p class="alert alert-bad">{i18n::error(l, &error)}</p> }),
                _ => None,
            }}
        </div>
        <p class="sr-only" role="status">{move || action.pending().get().then(|| t::software::working(l))}</p>
    }
}

/// Reads the keys out of the outcome of a plain form post.
fn serde_json_keys(body: &str) -> Result<Vec<RevealedKey>, AppError> {
    use leptos::server_fn::codec::JsonEncoding;
    use leptos::server_fn::Decodes;
    JsonEncoding::decode(body.as_bytes().to_vec().into()).map_err(|_| AppError::Internal { reference: String::new() })
}

#[component]
fn Shown(keys: Vec<RevealedKey>) -> impl IntoView {
    let l = use_language();
    view! {
        <ul class="keys" aria-label=t::software::key_title(l)>
            {keys.into_iter().enumerate().map(|(i, key)| view! { <Key key=key.key number=i + 1 /> }).collect_view()}
        </ul>
        <p class="hint" role="status">{t::software::shown_once(l)}</p>
    }
}

#[component]
fn Key(key: String, number: usize) -> impl IntoView {
    let l = use_language();
    let copied = RwSignal::new(false);
    // Copying takes JavaScript; without it the key is one click to select.
    let can_copy = cfg!(feature = "hydrate");
    let text = key.clone();
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let _ = window().navigator().clipboard().write_text(&text);
            copied.set(true);
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = &text;
    };
    let label = t::software::copy_key(l, &number.to_string());
    view! {
        <li class="key">
            <code>{key}</code>
            {can_copy
                .then(|| {
                    view! {
                        <button class="btn" type="button" aria-label=label on:click=copy>
                            {move || if copied.get() { t::software::copied(l) } else { t::software::copy(l) }}
                        </button>
                    }
                })}
        </li>
    }
}
