//! The way in. Drawn on the server alone: there is nothing here that a script would help.

use crate::form::{Field, Form, Refusal, outcome};
use crate::i18n::t;
use crate::session::{is_local_path, use_language};
use crate::ui::PageHead;
use domain::view::Preferences;
use leptos::prelude::*;

const SIGN_IN: &str = "session/sign_in";

#[component]
pub fn SignInPage() -> impl IntoView {
    let l = use_language();
    let query = query();
    let of = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone());
    let next = of("next").filter(|n| is_local_path(n)).unwrap_or_default();
    let why = of("why");
    let told = match why.as_deref() {
        Some("expired") => Some(t::sign_in::expired(l)),
        Some("signed-out") => Some(t::sign_in::signed_out(l)),
        Some("joined") => Some(t::invitation::done(l)),
        _ => None,
    }
    // A refusal says what matters now.
    .filter(|_| outcome(SIGN_IN).is_none());
    view! {
        <PageHead title=t::sign_in::title(l) lede=t::sign_in::lede(l) />
        <div role="status" class="alert-slot">{told.map(|text| view! { <p class="alert">{text}</p> })}</div>
        <Refusal of=SIGN_IN />
        <Form of=SIGN_IN class="card form">
            <Field of=SIGN_IN name="email" label=t::sign_in::email(l) kind="email" autocomplete="username" />
            <Field of=SIGN_IN name="password" label=t::sign_in::password(l) kind="password" autocomplete="current-password" maxlength=128 />
            <input type="hidden" name="next" value=next />
            <button class="btn btn-primary" type="submit">{t::sign_in::submit(l)}</button>
        </Form>
        <DemoAccounts />
    }
}

/// What the address asks.
fn query() -> Vec<(String, String)> {
    use_context::<http::request::Parts>()
        .and_then(|parts| axum::extract::Query::try_from_uri(&parts.uri).ok())
        .map(|query: axum::extract::Query<Vec<(String, String)>>| query.0)
        .unwrap_or_default()
}

/// The demo's accounts.
#[component]
fn DemoAccounts() -> impl IntoView {
    let l = use_language();
    expect_context::<Preferences>().demo.then(|| {
        let accounts = store::demo::ACCOUNTS.iter().map(|(email, ..)| view! { <li>{*email}</li> });
        view! {
            <section class="card demo-accounts">
                <h2>{t::sign_in::demo_title(l)}</h2>
                <p class="hint">{t::sign_in::demo_password(l, store::demo::PASSWORD)}</p>
                <ul>{accounts.collect_view()}</ul>
            </section>
        }
    })
}
