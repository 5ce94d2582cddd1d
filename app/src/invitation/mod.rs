//! Accepting an invitation: the first password. Drawn on the server alone.
//!
//! The link's token moves into a cookie of this page at once (see the server's router), so that it
//! stands neither in the address bar nor in the page.

use crate::error::AppError;
use crate::form::{Field, Form, Refusal};
use crate::i18n::{self, t};
use crate::session::{load, use_language};
use crate::ui::{Empty, PageHead, failure, when_loaded};
use domain::password::MIN_PASSWORD_CHARS;
use leptos::prelude::*;
use store::people::invitation::Invited;

const ACCEPT: &str = "invitation/accept";

#[server(prefix = "/api", endpoint = "invitation/accept", output = leptos::server_fn::codec::Postcard, client = crate::call::Api)]
pub async fn accept_invitation(
    #[server(default)] password: String,
    #[server(default)] repeated: String,
) -> Result<(), AppError> {
    use crate::session::ssr::{answer, forget_invitation, invitation_token, request};
    let r = request()?;
    let token = invitation_token();
    answer(store::people::invitation::accept_invitation(&r.store, &token, &password, &repeated, &r.origin).await)?;
    forget_invitation(&r);
    leptos_axum::redirect("/sign-in?why=joined");
    Ok(())
}

#[component]
pub fn InvitationPage() -> impl IntoView {
    let invited = load(
        || (),
        |()| async {
            use crate::session::ssr::{answer, invitation_token, request};
            answer(store::people::invitation::get_invited(&request()?.store, &invitation_token()).await)
        },
    );
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match invited.await {
                    Ok(invited) => view! { <Accept invited=invited /> }.into_any(),
                    Err(error @ AppError::Told { .. }) => view! { <Bad error=error /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Bad(error: AppError) -> impl IntoView {
    let l = use_language();
    view! {
        <PageHead title=t::invitation::bad_title(l) lede="" />
        <Empty title=i18n::error(l, &error)>
            <p><a class="btn" href="/sign-in">{t::sign_in::title(l)}</a></p>
        </Empty>
    }
}

#[component]
fn Accept(invited: Invited) -> impl IntoView {
    let l = use_language();
    view! {
        <PageHead title=t::invitation::title(l) lede=t::invitation::Lede { name: &invited.name, company: &invited.company, email: &invited.email }.say(l) />
        <Refusal of=ACCEPT />
        <Form of=ACCEPT class="card form">
            <input type="hidden" autocomplete="username" value=invited.email />
            <Field
                of=ACCEPT
                name="password"
                label=t::setup::password(l)
                kind="password"
                autocomplete="new-password"
                maxlength=128
                hint=t::setup::hint(l, &MIN_PASSWORD_CHARS.to_string())
            />
            <Field of=ACCEPT name="repeated" label=t::setup::repeat(l) kind="password" autocomplete="new-password" maxlength=128 />
            <button class="btn btn-primary" type="submit">{t::invitation::submit(l)}</button>
        </Form>
    }
}
