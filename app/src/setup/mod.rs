//! The first operator of a new installation. Drawn on the server alone.

use crate::error::AppError;
use crate::form::{Field, Form, Refusal};
use crate::i18n::t;
use crate::session::{load, use_language};
use crate::ui::{Empty, PageHead, failure, when_loaded};
use domain::password::MIN_PASSWORD_CHARS;
use leptos::prelude::*;

const SETUP: &str = "setup/create_operator";

#[server(prefix = "/api", endpoint = "setup/create_operator", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn create_operator(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] repeated: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, request};
    let r = request()?;
    answer(
        store::people::setup::create_first_operator(&r.store, &token, &name, &email, &password, &repeated, &r.origin)
            .await,
    )?;
    leptos_axum::redirect("/sign-in");
    Ok(())
}

#[component]
pub fn SetupPage() -> impl IntoView {
    let needed = load(
        || (),
        |()| async {
            use crate::session::ssr::{answer, request};
            answer(store::people::setup::needs_setup(&request()?.store).await)
        },
    );
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match needed.await {
                    Ok(true) => view! { <Operator /> }.into_any(),
                    Ok(false) => view! { <Done /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Done() -> impl IntoView {
    let l = use_language();
    view! {
        <PageHead title=t::setup::title(l) lede="" />
        <Empty title=t::setup::done_title(l)>
            <p>{t::setup::done(l)}</p>
            <p>
                <a class="btn" href="/sign-in">{t::sign_in::title(l)}</a>
            </p>
        </Empty>
    }
}

#[component]
fn Operator() -> impl IntoView {
    let l = use_language();
    view! {
        <PageHead title=t::setup::title(l) lede=t::setup::lede(l) />
        <Refusal of=SETUP />
        <Form of=SETUP class="card form">
            <Field of=SETUP name="token" label=t::setup::token(l) kind="password" autocomplete="one-time-code" />
            <Field of=SETUP name="name" label=t::setup::name(l) autocomplete="name" maxlength=200 />
            <Field of=SETUP name="email" label=t::setup::email(l) kind="email" autocomplete="username" />
            <Field
                of=SETUP
                name="password"
                label=t::setup::password(l)
                kind="password"
                autocomplete="new-password"
                maxlength=128
                hint=t::setup::hint(l, &MIN_PASSWORD_CHARS.to_string())
            />
            <Field of=SETUP name="repeated" label=t::setup::repeat(l) kind="password" autocomplete="new-password" maxlength=128 />
            <button class="btn btn-primary" type="submit">{t::setup::submit(l)}</button>
        </Form>
    }
}
