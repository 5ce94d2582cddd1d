//! Adding a person: name, address, roles; then their invitation, shown once.

use super::server_fns::{Invitation, role_field};
use crate::error::AppError;
use crate::form::{Field, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::session::{is_local_path, use_language, use_viewer};
use crate::ui::{PageHead, failure, when_loaded};
use domain::access::{Action, Role};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

pub const ADD: &str = "users/add";

pub fn new_user_page() -> AnyView {
    let viewer = use_viewer();
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match viewer.await {
                    Ok(Some(viewer)) if viewer.can(Action::AddUser) => {
                        view! { <New may_grant_all=viewer.can(Action::GrantGlobalAdmin) /> }.into_any()
                    }
                    Ok(Some(_)) => failure(&AppError::Forbidden(Action::AddUser)),
                    Ok(None) => failure(&AppError::SignedOut),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn New(may_grant_all: bool) -> impl IntoView {
    let l = use_language();
    let back = use_query_map().with_untracked(|q| q.get("back").unwrap_or_default());
    let back = Some(back).filter(|b| is_local_path(b));
    let added = outcome(ADD).and_then(|o| o.result.ok()).and_then(|body| invitation_of(&body));
    if let Some(invitation) = added {
        return view! { <Added invitation=invitation back=back /> }.into_any();
    }
    let typed = outcome(ADD);
    let ticked = move |role: Role| typed.as_ref().is_some_and(|o| o.typed(role_field(role)) == "true");
    view! {
        <p class="crumb"><a href="/account/users">{t::users::title(l)}</a></p>
        <PageHead title=t::people::add(l) lede=t::users::new_lede(l) action=Action::AddUser />
        <Refusal of=ADD />
        <Form of=ADD class="card form">
            <Field of=ADD name="name" label=t::users::name(l) autocomplete="off" maxlength=200 />
            <Field of=ADD name="email" label=t::users::email(l) kind="email" autocomplete="off" />
            <RoleBoxes ticked=ticked may_grant_all=may_grant_all />
            <button class="btn btn-primary" type="submit">{t::people::add(l)}</button>
            <p class="hint">{t::users::invite_hint(l)}</p>
        </Form>
    }
    .into_any()
}

/// A box per role. What the reader may not change is there, disabled, with its reason; a ticked
/// one is sent along all the same, so that saving takes nothing away.
#[component]
pub fn RoleBoxes(ticked: impl Fn(Role) -> bool + Send + 'static, may_grant_all: bool) -> impl IntoView {
    let l = use_language();
    let boxes = Role::ALL.into_iter().map(|role| {
        let on = ticked(role);
        let fixed = role == Role::GlobalAdmin && !may_grant_all;
        view! {
            <label class="check">
                <input type="checkbox" name=role_field(role) value="true" checked=on disabled=fixed />
                <span>{i18n::role(l, role)} <span class="hint">{i18n::role_text(l, role)}</span></span>
            </label>
            {(fixed && on).then(|| view! { <input type="hidden" name=role_field(role) value="true" /> })}
        }
    });
    view! {
        <fieldset class="field-group">
            <legend>{t::users::roles(l)}</legend>
            {boxes.collect_view()}
            {(!may_grant_all).then(|| view! { <p class="hint">{t::users::only_global(l)}</p> })}
        </fieldset>
    }
}

pub fn invitation_of(body: &[u8]) -> Option<Invitation> {
    use leptos::server_fn::Decodes;
    use leptos::server_fn::codec::PostcardEncoding;
    PostcardEncoding::decode(body.to_vec().into()).ok()
}

#[component]
fn Added(invitation: Invitation, back: Option<String>) -> impl IntoView {
    let l = use_language();
    let Invitation { person, name, link } = invitation;
    let href = ["/account/users/", &person].concat();
    let back = back.map(|back| {
        let sign = if back.contains('?') { "&" } else { "?" };
        let to = [&back, sign, "user=", &person].concat();
        view! { <a class="btn btn-primary" href=to>{t::users::go_back(l, &name)}</a> }
    });
    view! {
        <PageHead title=t::users::added_title(l, &name) lede=t::users::added_lede(l) action=Action::AddUser />
        <section class="card pad">
            <InvitationLink link=link />
            <p class="inline">
                {back}
                <a class="btn" href=href>{t::users::to_person(l)}</a>
                <a class="btn" href="/account/users/new">{t::users::add_another(l)}</a>
            </p>
        </section>
    }
}

/// The link, shown once.
#[component]
pub fn InvitationLink(link: String) -> impl IntoView {
    let l = use_language();
    view! {
        <h2>{t::users::link_title(l)}</h2>
        // One click selects all of it; this page has no scripts.
        <p><code class="select-all">{link}</code></p>
        <p class="hint">{t::users::link_hint(l)}</p>
    }
}
