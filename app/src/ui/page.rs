//! What every page begins with, and what stands there when it cannot be shown.

use super::raw::DocumentTitle;
use super::when_loaded;
use crate::error::AppError;
use crate::i18n::{self, t};
use crate::session::{sign_in_again, use_language, use_viewer};
use domain::access::Action;
use domain::refusal::CompanyRefusal;
use domain::view::Links;
use leptos::prelude::*;

/// The document's title: the page, then the product.
pub fn page_title(title: &str) -> String {
    [title, " · Vorteil"].concat()
}

/// Title, one line of what the page is for, and whom it is for.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    #[prop(into)] lede: String,
    /// The action that opens the page: its roles are the appropriate ones.
    #[prop(optional)]
    action: Option<Action>,
    /// An action on the page that takes other roles, and its name.
    #[prop(optional)]
    also: Option<(&'static str, Action)>,
) -> impl IntoView {
    let l = use_language();
    let roles = action.map(|a| match a {
        Action::ManageOwnProfile | Action::OpenMyBenefits => t::shell::everyone(l).to_owned(),
        action => i18n::role_list(l, action),
    });
    view! {
        <DocumentTitle title=page_title(&title) />
        <h1>{title}</h1>
        <p class="lede">{lede}</p>
        {roles
            .map(|roles| {
                view! {
                    <p class="roles">
                        {t::shell::roles(l)} " " {roles}
                        {also.map(|(name, action)| [". ", name, ": ", &i18n::role_list(l, action), "."].concat())}
                    </p>
                }
            })}
    }
}

/// A page that cannot be shown: why, and where to go.
pub fn failure(error: &AppError) -> AnyView {
    let title = failure_title(error);
    view! {
        <DocumentTitle title=page_title(title) />
        <section class="failure" role="alert">
            <h1>{title}</h1>
            {failure_text(error)}
        </section>
    }
    .into_any()
}

/// What cannot be shown below the head of its page.
pub fn failure_below(error: &AppError) -> AnyView {
    view! {
        <section class="failure" role="alert">
            <h2>{failure_title(error)}</h2>
            {failure_text(error)}
        </section>
    }
    .into_any()
}

fn failure_title(error: &AppError) -> &'static str {
    let l = use_language();
    match error {
        AppError::SignedOut => t::sign_in::title(l),
        AppError::NotFound => t::refusals::title_not_found(l),
        AppError::Forbidden(_) => t::refusals::title_forbidden(l),
        AppError::Company(CompanyRefusal::InPredecessor) => t::refusals::title_predecessor(l),
        AppError::Company(CompanyRefusal::Suspended) => t::refusals::title_suspended(l),
        _ => t::refusals::title_error(l),
    }
}

fn failure_text(error: &AppError) -> AnyView {
    let l = use_language();
    let text = i18n::error(l, error);
    let way_out = match error {
        AppError::SignedOut => {
            view! { <a class="btn btn-primary" href=sign_in_again() rel="external">{t::sign_in::again(l)}</a> }
                .into_any()
        }
        AppError::Company(CompanyRefusal::InPredecessor) => {
            view! { <ViewerLink of=|links| links.predecessor.clone() label=t::shell::to_predecessor(l) /> }.into_any()
        }
        // The same address once more, from the server.
        AppError::Offline | AppError::Unavailable | AppError::Slow => {
            view! { <a class="btn btn-primary" href="" rel="external">{t::refusals::again(l)}</a> }.into_any()
        }
        _ => view! { <a class="btn" href="/">{t::refusals::to_dashboard(l)}</a> }.into_any(),
    };
    view! {
        <p>{text}</p>
        <p>{way_out}</p>
    }
    .into_any()
}

/// A page for an address that leads nowhere.
pub fn not_found() -> AnyView {
    #[cfg(feature = "ssr")]
    crate::session::ssr::refuse(AppError::NotFound);
    failure(&AppError::NotFound)
}

/// A way out of the portal, where its operator has set one.
#[component]
pub fn ViewerLink(of: fn(&Links) -> Option<String>, label: &'static str) -> impl IntoView {
    let viewer = use_viewer();
    view! {
        <Suspense>
            {when_loaded(move || async move {
                let href = viewer.await.ok().flatten().and_then(|v| of(&v.links));
                href.map(|href| view! { <a class="btn btn-primary" href=href rel="external noreferrer">{label}</a> })
            })}
        </Suspense>
    }
}
