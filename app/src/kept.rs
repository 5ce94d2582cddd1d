//! The page that stands in for one that cannot show the form that it answers: the session has ended,
//! or what the form was about is out of reach. What was typed is there; signing in leads on with it.
//! Drawn on the server alone.

use crate::form::{Field, Form, KEPT, KEPT_FORM, Keeps, Outcome, Refusal, SIGN_IN};
use crate::i18n::{self, t};
use crate::session::use_language;
use crate::ui::{Lines, PageHead};
use leptos::prelude::*;

/// What this page keeps, if it is one of these.
pub fn keeps() -> Option<Keeps> {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Keeps>().cloned())
}

#[component]
pub fn KeptPage(keeps: Keeps) -> impl IntoView {
    let l = use_language();
    let parts = use_context::<http::request::Parts>();
    let outcome = parts.as_ref().and_then(|parts| parts.extensions.get::<Outcome>().cloned());
    let error = outcome.and_then(|outcome| outcome.result.err());
    let here = parts.and_then(|parts| parts.uri.path_and_query().map(ToString::to_string)).unwrap_or_default();
    let typed = typed(&keeps.fields);
    let typed = (!typed.is_empty()).then(|| {
        view! {
            <div class="field-group">
                <label for="typed">{t::kept::typed(l)}</label>
                <Lines id="typed" name="typed" rows=8 value=typed />
                <p class="hint">{t::kept::typed_hint(l)}</p>
            </div>
        }
    });
    if crate::session::reader().is_empty() {
        return view! {
            <PageHead title=t::kept::sign_in_title(l) lede=t::kept::sign_in_lede(l) />
            <Refusal of=SIGN_IN />
            <Form of=SIGN_IN class="card form">
                <Field of=SIGN_IN name="email" label=t::sign_in::email(l) kind="email" autocomplete="username" />
                <Field of=SIGN_IN name="password" label=t::sign_in::password(l) kind="password" autocomplete="current-password" maxlength=128 />
                <input type="hidden" name=KEPT_FORM value=keeps.form />
                <input type="hidden" name=KEPT value=keeps.fields />
                <button class="btn btn-primary" type="submit">{t::sign_in::submit(l)}</button>
                <p class="hint">{t::kept::files(l)}</p>
            </Form>
            <div class="card form">{typed}</div>
        }
        .into_any();
    }
    view! {
        <PageHead title=t::kept::refused_title(l) lede="" />
        <p class="alert alert-bad" role="alert" tabindex="-1" autofocus=true>{error.map(|e| i18n::error(l, &e))}</p>
        <div class="card form">
            {typed}
            <p><a class="btn btn-primary" href=here>{t::kept::back(l)}</a></p>
        </div>
    }
    .into_any()
}

/// Fields that a page fills in itself.
const MARKS: [&str; 9] = [crate::form::READER, "to", "kind", "step", "decision", "confirmed", "mode", "once", "next"];

/// What a person typed or chose, without the marks that pages carry.
pub fn typed(fields: &str) -> String {
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(fields).unwrap_or_default();
    let is_mark = |text: &str| text.parse::<uuid::Uuid>().is_ok();
    let texts =
        fields.into_iter().filter(|(name, text)| !MARKS.contains(&&**name) && !text.is_empty() && !is_mark(text));
    texts.map(|(_, text)| text).collect::<Vec<_>>().join("\n")
}
