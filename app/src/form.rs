//! Forms that work before WebAssembly arrives, and without it.
//!
//! A form posts to the page that it stands on, with the name of its server function in the
//! field `form`. The server calls the function; when it refuses, the page is drawn again with
//! the refusal and with what was typed, under the right status; when it answers with something
//! to show (a revealed key), the page is drawn with that, and the answer exists nowhere else.
//! A page drawn that way carries no WebAssembly, so nothing of it gets into hydration data.

use crate::error::AppError;
use crate::i18n;
use crate::session::use_language;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What became of the form that this page is the answer to.
#[derive(Clone)]
pub struct Outcome {
    /// The server function's name.
    pub form: String,
    /// What the function answered, packed.
    pub result: Result<Vec<u8>, AppError>,
    /// What was typed, without the secrets.
    pub fields: Vec<(String, String)>,
}

/// Fields that never come back.
pub const SECRET_FIELDS: [&str; 8] = ["password", "repeated", "current", "token", "form", "file", "keys", "key"];

/// The files of a form, byte for byte. They go beside its fields, which are text.
#[cfg(feature = "ssr")]
#[derive(Clone, Default)]
pub struct Uploads(pub Vec<(String, axum::body::Bytes)>);

/// What came as a file in a field; without one, what stands there as text.
#[cfg(feature = "ssr")]
pub fn uploaded(field: &str, typed: String) -> axum::body::Bytes {
    let parts = use_context::<http::request::Parts>();
    let sent = parts.and_then(|parts| parts.extensions.get::<Uploads>().cloned()).unwrap_or_default();
    let file = sent.0.into_iter().find(|(name, _)| name == field);
    file.map_or_else(|| typed.into(), |(_, content)| content)
}

/// The file, if anything is in it; otherwise what was pasted.
#[cfg(feature = "ssr")]
pub fn uploaded_or(file: axum::body::Bytes, pasted: String) -> axum::body::Bytes {
    if file.iter().all(u8::is_ascii_whitespace) { pasted.into() } else { file }
}

/// The outcome for a form, when this page answers it. Never in the browser.
pub fn outcome(form: &str) -> Option<Outcome> {
    #[cfg(feature = "ssr")]
    {
        use_context::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<Outcome>().cloned())
            .filter(|outcome| outcome.form == form)
    }
    #[cfg(not(feature = "ssr"))]
    {
        let _ = form;
        None
    }
}

/// Whether this page answers any form.
#[cfg(feature = "ssr")]
pub fn is_answer() -> bool {
    use_context::<http::request::Parts>().is_some_and(|parts| parts.extensions.get::<Outcome>().is_some())
}

/// Without the answer and what was typed: either may be secret.
impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outcome({}, {})", self.form, if self.result.is_ok() { "done" } else { "refused" })
    }
}

impl Outcome {
    pub fn typed(&self, field: &str) -> String {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

/// A form for a server function, by its endpoint.
#[component]
pub fn Form(
    /// The server function's endpoint, like `session/sign_in`.
    of: &'static str,
    #[prop(optional)] class: &'static str,
    /// It carries a file.
    #[prop(optional)]
    with_file: bool,
    children: Children,
) -> impl IntoView {
    let enctype = with_file.then_some("multipart/form-data");
    view! {
        <form method="post" class=class enctype=enctype>
            <input type="hidden" name="form" value=of />
            {children()}
        </form>
    }
}

/// What the query says was just done, in the words of the page; nothing when the page answers a
/// form that was refused.
#[component]
pub fn Done(words: impl Fn(&str) -> Option<&'static str> + Send + 'static) -> impl IntoView {
    let done = use_query_map().with_untracked(|q| q.get("done"));
    let told = done.and_then(|what| words(&what)).filter(|_| !is_refused());
    view! {
        <div role="status" class="alert-slot">
            // The focus goes there: a region that is full when the page comes is not always read out.
            {told.map(|text| view! { <p class="alert alert-ok" tabindex="-1" autofocus=true>{text}</p> })}
        </div>
    }
}

/// Whether this page answers a form that was refused.
fn is_refused() -> bool {
    #[cfg(feature = "ssr")]
    {
        is_answer()
    }
    #[cfg(not(feature = "ssr"))]
    false
}

/// Says why the form was refused, where no field can say it.
#[component]
pub fn Refusal(
    of: &'static str,
    /// The refusal is about this field, which the form has not.
    #[prop(optional, into)]
    about: Option<&'static str>,
) -> impl IntoView {
    let l = use_language();
    let said = outcome(of).and_then(|o| o.result.err()).filter(|e| e.field() == about).map(|e| i18n::error(l, &e));
    view! {
        <div role="alert" class="alert-slot">
            {said.map(|text| view! { <p class="alert alert-bad" tabindex="-1" autofocus=true>{text}</p> })}
        </div>
    }
}

/// What a field was filled with, and what is wrong with it: of the form that this page answers, or
/// else what stood in it before.
fn field_state(of: &str, name: &str, value: String) -> (String, Option<String>) {
    let l = use_language();
    let answered = outcome(of);
    let typed = answered.as_ref().map_or(value, |o| o.typed(name));
    let wrong = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some(name)).map(|e| i18n::error(l, &e));
    (typed, wrong)
}

/// The ids that describe a field: its hint and its error, as far as they are there.
fn described_by(name: &str, has_hint: bool, has_error: bool) -> Option<String> {
    match (has_hint, has_error) {
        (false, false) => None,
        (false, true) => Some(format!("{name}-error")),
        (true, false) => Some(format!("{name}-hint")),
        (true, true) => Some(format!("{name}-hint {name}-error")),
    }
}

/// The hint and the error below a field.
fn notes(name: &str, hint: String, wrong: Option<String>) -> AnyView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    view! {
        {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
        {wrong.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
    }
    .into_any()
}

/// A labelled field of several lines.
#[component]
pub fn TextArea(
    of: &'static str,
    name: &'static str,
    /// Where a page has several of the same name.
    #[prop(optional)]
    id: &'static str,
    label: &'static str,
    #[prop(optional, into)] hint: String,
    maxlength: u32,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] value: String,
) -> impl IntoView {
    let (typed, wrong) = field_state(of, name, value);
    let id = if id.is_empty() { name } else { id };
    let described = described_by(id, !hint.is_empty(), wrong.is_some());
    view! {
        <div class="field-group">
            <label for=id>{label}</label>
            <textarea
                class="field"
                id=id
                name=name
                rows=rows
                maxlength=maxlength
                required=required
                autofocus=wrong.is_some()
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            >
                {typed}
            </textarea>
            {notes(id, hint, wrong)}
        </div>
    }
}

/// A labelled choice of one; `none` is what stands there while nothing is chosen.
#[component]
pub fn Choice(
    of: &'static str,
    name: &'static str,
    label: &'static str,
    #[prop(optional, into)] value: String,
    none: &'static str,
    options: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let (typed, wrong) = field_state(of, name, value);
    let described = described_by(name, false, wrong.is_some());
    let is_known = options.iter().any(|(value, _)| *value == typed);
    let options = options.into_iter().map(|(value, words)| {
        let chosen = value == typed;
        view! { <option value=value selected=chosen>{words}</option> }
    });
    let options = options.collect_view();
    view! {
        <div class="field-group">
            <label for=name>{label}</label>
            <select
                class="field"
                id=name
                name=name
                required=true
                autofocus=wrong.is_some()
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            >
                {(!none.is_empty() || !is_known).then(|| view! { <option value="" selected=!is_known>{none}</option> })}
                {options}
            </select>
            {notes(name, String::new(), wrong)}
        </div>
    }
}

/// A labelled field that keeps what was typed and says what is wrong with it.
#[component]
pub fn Field(
    of: &'static str,
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(default = 254)] maxlength: u32,
    /// What stands in it before anything was typed.
    #[prop(optional, into)]
    value: String,
    /// It may stay empty.
    #[prop(optional)]
    optional: bool,
) -> impl IntoView {
    let (typed, wrong) = field_state(of, name, value);
    let described = described_by(name, !hint.is_empty(), wrong.is_some());
    view! {
        <div class="field-group">
            <label for=name>{label}</label>
            <input
                class="field"
                id=name
                name=name
                type=kind
                value=typed
                autocomplete=autocomplete
                maxlength=maxlength
                required=!optional
                autofocus=wrong.is_some()
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            />
            {notes(name, hint, wrong)}
        </div>
    }
}
