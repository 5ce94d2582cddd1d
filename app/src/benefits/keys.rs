//! Get keys: the button, the one question before it, and the keys.
//!
//! The keys are drawn from the answer alone: in the browser from the action's value, without
//! JavaScript from the form's outcome. Neither is ever part of hydration data.

use super::server_fns::RevealKeys;
use crate::error::AppError;
use crate::form::{Form, outcome};
use crate::i18n::{self, t};
use crate::session::use_language;
use crate::ui::focus;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::benefits::software::RevealRefusal;
use domain::benefits::view::{BenefitDetail, Trace};
use domain::licence_key::RevealedKey;
use domain::view::WhoMay;
use leptos::prelude::*;

const REVEAL: &str = "benefits/reveal_keys";

#[component]
pub fn Keys(detail: BenefitDetail, reveal: RevealAction, may: bool, who_may: WhoMay) -> impl IntoView {
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
        view! { <Reveal detail=detail.clone() reveal=reveal /> }.into_any()
    } else {
        let why = i18n::only(l, Action::GetKeys, t::words::action_get_keys(l), &who_may.names);
        view! {
            <button class="btn" type="button" disabled=true aria-describedby="why-no-keys">{t::software::get_keys(l)}</button>
            <p class="hint" id="why-no-keys">{why}</p>
        }
        .into_any()
    };
    view! {
        <h2>{t::software::key_title(l)}</h2>
        {body}
        {(detail.keys > 0 && detail.keys_owed > 0)
            .then(|| view! { <p class="hint">{t::software::more_owed(l, u64::from(detail.keys_owed))}</p> })}
        <History reveals=detail.reveals />
        {portal}
    }
}

/// Who looked at the keys.
#[component]
pub fn History(reveals: Vec<Trace>) -> impl IntoView {
    let l = use_language();
    if reveals.is_empty() {
        return view! { <p class="hint">{t::software::never_seen(l)} " " {t::software::recorded(l)}</p> }.into_any();
    }
    let lines = reveals
        .into_iter()
        .map(|r| view! { <li>{t::software::SeenBy { name: &r.name, at: &i18n::moment(l, r.at) }.say(l)}</li> });
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

/// The call for keys, and the benefit that it was for. It lives as long as the page, so that the
/// keys stay in sight while list and detail are loaded anew.
#[derive(Clone, Copy)]
pub struct RevealAction {
    pub action: ServerAction<RevealKeys>,
    benefit: RwSignal<String>,
}

impl RevealAction {
    pub fn new() -> Self {
        Self { action: ServerAction::new(), benefit: RwSignal::new(String::new()) }
    }
}

#[component]
fn Reveal(detail: BenefitDetail, reveal: RevealAction) -> impl IntoView {
    let l = use_language();
    let RevealAction { action, benefit } = reveal;
    let id = detail.row.id.to_string();
    let answered =
        outcome(REVEAL).filter(|o| o.typed("benefit") == id).map(|o| o.result.and_then(|body| keys_of(&body)));
    let first = answered.map_or(Stand::Asked, Stand::of);
    let id = StoredValue::new(id);
    let is_this = move || benefit.with(|b| id.try_with_value(|id| b == id).unwrap_or(false));
    let stand = Memo::new(move |_| match action.value().get() {
        Some(result) if is_this() => Stand::of(result),
        _ => first.clone(),
    });
    // What was pressed is gone from the page: the focus goes to what stands there now.
    Effect::new(move |before: Option<Stand>| {
        let now = stand.get();
        if before.is_some_and(|before| before != now) {
            match &now {
                Stand::Confirm(_) => focus("confirm-title"),
                Stand::Shown(_) => focus("revealed-keys"),
                Stand::Asked | Stand::Refused(_) => focus("get-keys"),
            }
        }
        now
    });
    let package = detail.row.package.clone();
    let submit = move |confirmed: bool| {
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if !action.pending().get_untracked() {
                benefit.set(id.try_get_value().unwrap_or_default());
                action.dispatch(RevealKeys { benefit: id.try_get_value().unwrap_or_default(), confirmed });
            }
        }
    };
    let body = move || match stand.get() {
        Stand::Asked | Stand::Refused(_) => {
            let submit = submit(false);
            view! {
                <div on:submit=submit>
                    <Form of=REVEAL>
                        <input type="hidden" name="benefit" value=id.try_get_value().unwrap_or_default() />
                        <button id="get-keys" class="btn btn-primary" type="submit">{t::software::get_keys(l)}</button>
                    </Form>
                </div>
            }
            .into_any()
        }
        Stand::Confirm(until) => {
            let submit = submit(true);
            let text = t::software::ConfirmText { package: &package, date: &i18n::moment(l, until) }.say(l);
            view! {
                <div class="confirm" role="group" aria-labelledby="confirm-title" on:submit=submit>
                    <h3 id="confirm-title" tabindex="-1">{t::software::confirm_title(l)}</h3>
                    <p>{text}</p>
                    <Form of=REVEAL class="inline">
                        <input type="hidden" name="benefit" value=id.try_get_value().unwrap_or_default() />
                        <input type="hidden" name="confirmed" value="true" />
                        <button class="btn btn-primary" type="submit">{t::software::confirm(l)}</button>
                        <a class="btn" href="" rel="external" on:click=move |event| {
                            event.prevent_default();
                            action.clear();
                        }>{t::software::cancel(l)}</a>
                    </Form>
                </div>
            }
            .into_any()
        }
        Stand::Shown(keys) => view! { <Shown keys=keys /> }.into_any(),
    };
    let told = move || match stand.get() {
        _ if action.pending().get() => t::software::working(l).to_owned(),
        Stand::Shown(keys) => t::software::shown(l, keys.len() as u64),
        _ => String::new(),
    };
    view! {
        {body}
        <div role="alert" class="alert-slot">
            {move || match stand.get() {
                Stand::Refused(error) => Some(view! { <p class="alert alert-bad">{i18n::error(l, &error)}</p> }),
                _ => None,
            }}
        </div>
        <p class="sr-only" role="status">{told}</p>
    }
}

/// Reads the keys out of the outcome of a plain form post.
fn keys_of(body: &[u8]) -> Result<Vec<RevealedKey>, AppError> {
    use leptos::server_fn::Decodes;
    use leptos::server_fn::codec::PostcardEncoding;
    PostcardEncoding::decode(body.to_vec().into()).map_err(|_| AppError::Internal { reference: String::new() })
}

#[component]
fn Shown(keys: Vec<RevealedKey>) -> impl IntoView {
    let l = use_language();
    view! {
        <ul class="keys" id="revealed-keys" tabindex="-1" aria-label=t::software::key_title(l)>
            {keys.into_iter().enumerate().map(|(i, key)| view! { <Key key=key.key number=i + 1 /> }).collect_view()}
        </ul>
        <p class="hint">{t::software::shown_once(l)}</p>
    }
}

/// How copying went.
#[derive(Clone, Copy, PartialEq)]
enum Copied {
    NotYet,
    Done,
    Failed,
}

#[component]
fn Key(key: String, number: usize) -> impl IntoView {
    let l = use_language();
    let copied = RwSignal::new(Copied::NotYet);
    // Copying takes JavaScript; without it the key is one click to select.
    let can_copy = cfg!(feature = "hydrate");
    let text = key.clone();
    let copy = move |_| {
        #[cfg(feature = "hydrate")]
        {
            let promise = window().navigator().clipboard().write_text(&text);
            leptos::task::spawn_local(async move {
                let done = wasm_bindgen_futures::JsFuture::from(promise).await.is_ok();
                let _ = copied.try_set(if done { Copied::Done } else { Copied::Failed });
            });
        }
        #[cfg(not(feature = "hydrate"))]
        let _ = (&text, Copied::Done, Copied::Failed);
    };
    let which = t::software::key_number(l, &number.to_string());
    let told = move || match copied.get() {
        Copied::NotYet => "",
        Copied::Done => t::software::copied(l),
        Copied::Failed => t::software::copy_failed(l),
    };
    view! {
        <li class="key">
            <code>{key}</code>
            <span class="hint" role="status">{told}</span>
            {can_copy
                .then(|| {
                    view! {
                        <button class="btn" type="button" on:click=copy>
                            {t::software::copy(l)}
                            <span class="sr-only">" " {which}</span>
                        </button>
                    }
                })}
        </li>
    }
}
