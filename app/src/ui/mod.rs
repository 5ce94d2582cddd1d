//! Small parts that several pages draw: dates, notes, refusals, and how the state of a benefit, a case
//! or an account looks. They load nothing.

use crate::error::AppError;
use crate::i18n::{self, t};
use crate::session::{sign_in_again, use_language};
use chrono::{DateTime, Utc};
use domain::benefits::BenefitStatus;
use domain::benefits::advisory::CaseState;
use domain::language::Language;
use domain::people::AccountState;
use domain::view::KeySeen;
use leptos::prelude::*;

mod loaded;
mod page;
mod raw;

pub use loaded::when_loaded;
#[cfg(feature = "ssr")]
pub use page::page_title;
pub use page::{PageHead, ViewerLink, failure, failure_below, not_found};
pub use raw::Lines;

/// A date as people write it, with the machine's form beside it.
#[component]
pub fn Date(at: DateTime<Utc>) -> impl IntoView {
    let l = use_language();
    view! { <time datetime=i18n::machine(at)>{i18n::date(l, at)}</time> }
}

/// A date with its time.
#[component]
pub fn Moment(at: DateTime<Utc>) -> impl IntoView {
    let l = use_language();
    view! { <time class="moment" datetime=i18n::machine(at)>{i18n::moment(l, at)}</time> }
}

/// Until when something goes on that is past its date.
#[component]
pub fn Grace(until: Option<DateTime<Utc>>) -> impl IntoView {
    let l = use_language();
    until.map(|until| view! { <span class="hint block">{t::benefits::grace(l, &i18n::date(l, until))}</span> })
}

/// A status as word, colour and dot.
#[component]
pub fn Status(status: BenefitStatus) -> impl IntoView {
    let l = use_language();
    let tone = match status {
        BenefitStatus::Active => "status status-ok",
        BenefitStatus::Pending => "status status-info",
        BenefitStatus::UsedUp => "status status-warn",
        BenefitStatus::Available | BenefitStatus::Expired => "status status-idle",
    };
    view! { <span class=tone>{i18n::status(l, status)}</span> }
}

/// Something that the reader should know first.
#[component]
pub fn Notice(children: Children) -> impl IntoView {
    view! { <div class="notice">{children()}</div> }
}

/// An error in its place on a page that goes on without it.
#[component]
pub fn Alert(error: AppError) -> impl IntoView {
    let l = use_language();
    let way_in = (error == AppError::SignedOut).then(|| {
        view! { " " <a href=sign_in_again() rel="external">{t::sign_in::again(l)}</a> }
    });
    view! {
        <p class="alert alert-bad" role="alert">
            {i18n::error(l, &error)}
            {way_in}
        </p>
    }
}

/// Moves the focus to an element that has just been drawn.
pub fn focus(id: &'static str) {
    #[cfg(feature = "hydrate")]
    request_animation_frame(move || {
        use wasm_bindgen::JsCast;
        let found = document().get_element_by_id(id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = found {
            let _ = element.focus();
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = id;
}

/// What stands where nothing is yet.
#[component]
pub fn Empty(#[prop(into)] title: String, children: Children) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            {children()}
        </div>
    }
}

/// The head of a table, as every list has it.
pub fn table_head(labels: &[&'static str]) -> AnyView {
    let cells = labels.iter().map(|&label| view! { <th role="columnheader" scope="col">{label}</th> }).collect_view();
    view! {
        <thead role="rowgroup">
            <tr role="row">{cells}</tr>
        </thead>
    }
    .into_any()
}

/// Where a case stands, as word, colour and dot.
pub fn case_state(l: Language, state: CaseState) -> AnyView {
    let tone = match state {
        CaseState::Submitted | CaseState::InContact => "status status-info",
        CaseState::Delivered => "status status-ok",
        CaseState::Declined => "status status-warn",
        CaseState::Draft | CaseState::Closed | CaseState::Withdrawn => "status status-idle",
    };
    view! { <span class=tone>{i18n::case_state(l, state)}</span> }.into_any()
}

/// Whether somebody can sign in, as word, colour and dot.
pub fn account_state(l: Language, state: AccountState) -> AnyView {
    let (tone, word) = match state {
        AccountState::Active => ("status status-ok", t::users::active(l)),
        AccountState::Invited => ("status status-info", t::users::invited(l)),
        AccountState::Disabled => ("status status-idle", t::users::disabled(l)),
    };
    view! { <span class=tone>{word}</span> }.into_any()
}

/// Benefits whose keys a person has seen, the newest first.
#[component]
pub fn KeysSeen(keys: Vec<KeySeen>, title: &'static str, hint: &'static str, none: &'static str) -> impl IntoView {
    let l = use_language();
    let head = [t::benefits::benefit(l), t::benefits::package(l), t::profile::keys_at(l)];
    let none = keys.is_empty().then(|| view! { <p>{none}</p> });
    let row = move |key: KeySeen| {
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{key.name}</th>
                <td role="cell" data-label=head[1]>{key.package}</td>
                <td role="cell" class="num" data-label=head[2]><Moment at=key.at /></td>
            </tr>
        }
    };
    let table = (!keys.is_empty()).then(|| {
        view! {
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{keys.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
    });
    view! {
        <section class="card" aria-labelledby="keys-seen">
            <div class="pad">
                <h2 id="keys-seen">{title}</h2>
                <p class="hint">{hint}</p>
                {none}
            </div>
            {table}
        </section>
    }
}

/// A step, done or open.
#[component]
pub fn StepState(done: bool) -> impl IntoView {
    let l = use_language();
    let (tone, word) =
        if done { ("status status-ok", t::dashboard::done(l)) } else { ("status status-idle", t::dashboard::open(l)) };
    view! { <span class=tone>{word}</span> }
}
