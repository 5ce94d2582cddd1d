//! The way in.

use crate::form::{Field, Form, Refusal, outcome};
use crate::i18n::t;
use crate::root::{DemoBanner, PlainBar};
use crate::session::{is_local_path, use_language};
use crate::ui::PageHead;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

const SIGN_IN: &str = "session/sign_in";

#[component]
pub fn SignInPage() -> impl IntoView {
    let l = use_language();
    let query = use_query_map();
    let next = move || query.with(|q| q.get("next").filter(|n| is_local_path(n)).unwrap_or_default());
    let why = query.with_untracked(|q| q.get("why"));
    let told = match why.as_deref() {
        Some("expired") => Some(t::sign_in::expired(l)),
        Some("signed-out") => Some(t::sign_in::signed_out(l)),
        _ => None,
    }
    // A refusal says what matters now.
    .filter(|_| outcome(SIGN_IN).is_none());
    view! {
        <DemoBanner />
        <PlainBar />
        <div class="plain">
            <main id="main">
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
            </main>
        </div>
    }
}

/// The demo's accounts. The list comes from the server, so that a real installation does not
/// carry it.
#[component]
fn DemoAccounts() -> impl IntoView {
    let l = use_language();
    let accounts = Resource::new_blocking(|| (), |()| demo_accounts());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let (password, accounts) = accounts.await.unwrap_or_default();
                (!accounts.is_empty())
                    .then(|| {
                        view! {
                            <section class="card demo-accounts">
                                <h2>{t::sign_in::demo_title(l)}</h2>
                                <p class="hint">{t::sign_in::demo_password(l, &password)}</p>
                                <ul>{accounts.into_iter().map(|email| view! { <li>{email}</li> }).collect_view()}</ul>
                            </section>
                        }
                    })
            })}
        </Suspense>
    }
}

/// Password and e-mail addresses of the demo; empty elsewhere.
#[server(prefix = "/api", endpoint = "session/demo_accounts")]
pub async fn demo_accounts() -> Result<(String, Vec<String>), crate::error::AppError> {
    if !crate::root::is_demo().await? {
        return Ok(Default::default());
    }
    let accounts = store::demo::ACCOUNTS.iter().map(|(email, ..)| (*email).to_owned()).collect();
    Ok((store::demo::PASSWORD.to_owned(), accounts))
}
