//! An address that differs from the company's own: the same check while it is typed as on the
//! server.

use crate::error::AppError;
use crate::form::outcome;
use crate::i18n;
use crate::picker::Picker;
use crate::session::use_language;
use domain::email::{AlternativeEmail, Email, other_than};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The field `email` of a form.
#[component]
pub fn OtherAddress(
    of: &'static str,
    label: &'static str,
    #[prop(into)] hint: String,
    /// The company's account e-mail.
    company: String,
    /// Whoever is picked has to be given an address that is not theirs either.
    #[prop(optional)]
    not_of: Option<Picker>,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let l = use_language();
    let answered = outcome(of);
    // A search without JavaScript brings the whole form back in the address.
    let before = use_query_map().with_untracked(|q| q.get("email")).unwrap_or(value);
    let typed = answered.as_ref().map_or(before, |o| o.typed("email"));
    let refused = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some("email"));
    let wrong = RwSignal::new(refused.map(|e| i18n::error(l, &e)));
    let was_refused = wrong.with_untracked(Option::is_some);
    let text = RwSignal::new(typed.clone());
    // What the server will say, said while it is typed.
    let check = StoredValue::new(move |raw: &str, account: Option<String>| {
        let Ok(company) = Email::known(&company) else { return None };
        let problem = match account.and_then(|a| Email::known(&a).ok()) {
            Some(account) => AlternativeEmail::parse(raw, &company, &account).err(),
            None => other_than(raw, &company).err(),
        };
        problem.map(|p| i18n::error(l, &AppError::Email(p)))
    });
    let account = move || not_of.and_then(|picker| picker.chosen_address());
    // Once there is something to complain about, each key tells; before, leaving the field does.
    let judge = move || {
        let (raw, account) = (text.get_untracked(), untrack(account));
        wrong.set(if raw.trim().is_empty() { None } else { check.with_value(|check| check(&raw, account)) });
    };
    let typing = move |event: leptos::ev::Event| {
        text.set(event_target_value(&event));
        if wrong.with_untracked(Option::is_some) || text.with_untracked(|t| t.contains('@') && t.contains('.')) {
            judge();
        }
    };
    // The form's first button searches for people; Enter here means the form.
    let send_on_enter = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            #[cfg(feature = "hydrate")]
            if let Some(form) = event_target::<web_sys::HtmlInputElement>(&event).form() {
                let _ = form.request_submit();
            }
        }
    };
    // Another person has another address.
    Effect::new(move |first: Option<()>| {
        let _ = account();
        if first.is_some() {
            judge();
        }
    });
    let described = move || if wrong.with(Option::is_some) { "email-hint email-error" } else { "email-hint" };
    view! {
        <div class="field-group">
            <label for="email">{label}</label>
            <input
                class="field"
                id="email"
                name="email"
                type="text"
                inputmode="email"
                autocapitalize="none"
                spellcheck="false"
                maxlength="254"
                autocomplete="off"
                required=true
                value=typed
                autofocus=was_refused
                aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                aria-describedby=described
                on:input=typing
                on:change=move |_| judge()
                on:keydown=send_on_enter
            />
            <p class="field-error" id="email-error" aria-live="polite">{move || wrong.get()}</p>
            <p class="hint" id="email-hint">{hint}</p>
        </div>
    }
}
