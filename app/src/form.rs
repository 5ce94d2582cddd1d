//! Forms that work before WebAssembly arrives, and without it.
//!
//! A form posts to the page that it stands on, with the name of its server function in the
//! field `form`. The server calls the function; when it refuses, the page is drawn again with
//! the refusal and with what was typed, under the right status; when it answers with something
//! to show (a revealed key), the page is drawn with that, and the answer exists nowhere else.
//! A page drawn that way carries no WebAssembly, so nothing of it gets into hydration data.

use crate::error::AppError;
use crate::i18n;
use crate::live::Live;
use crate::session::{reader, use_language};
use crate::ui::Lines;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
pub use pages::{SIGN_IN, is_for_anybody, stands_on};

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
pub const SECRET_FIELDS: [&str; 10] =
    ["password", "repeated", "current", "token", "form", READER, FORM_ID, "file", "keys", "key"];

/// The field that says whom a form was drawn for.
pub const READER: &str = "reader";
/// The field that tells one form from another: the same one twice is one act.
pub const FORM_ID: &str = "form_id";

/// A mark that no other form has.
fn form_id() -> String {
    #[cfg(feature = "ssr")]
    {
        store::forms::new_id().to_string()
    }
    #[cfg(all(feature = "hydrate", not(feature = "ssr")))]
    {
        // A page over plain http on another host than this one has none: its forms are told apart
        // by the server alone, which draws the next page.
        window().crypto().map(|crypto| crypto.random_uuid()).unwrap_or_default()
    }
    #[cfg(not(any(feature = "hydrate", feature = "ssr")))]
    String::new()
}

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

/// Marks a request for a page that cannot show the form that it answers: see `kept`.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub struct Keeps {
    pub form: String,
    /// What was typed, with whom it was drawn for, packed like a form.
    pub fields: String,
}

#[cfg(feature = "ssr")]
impl Keeps {
    /// Whether there is anything that somebody would miss.
    pub fn is_worth_keeping(&self) -> bool {
        !crate::kept::typed(&self.fields).is_empty()
    }
}

/// In the sign-in form over a form that came too late: that form's name, and its fields.
#[cfg(feature = "ssr")]
pub const KEPT_FORM: &str = "kept_form";
#[cfg(feature = "ssr")]
pub const KEPT: &str = "kept";

/// Somebody else has signed in since a page was drawn.
#[cfg(feature = "ssr")]
pub fn other_reader(l: domain::language::Language, now: &domain::view::Viewer) -> AppError {
    let text = match &now.company {
        Some(company) => i18n::t::told::OtherReader { name: &now.name, company }.say(l),
        None => i18n::t::told::other_operator(l, &now.name),
    };
    AppError::Told { status: 409, field: None, text }
}

/// A form is here again after its sender has signed in anew: nothing was sent yet.
#[cfg(feature = "ssr")]
pub fn went_on(l: domain::language::Language) -> AppError {
    AppError::Told { status: 200, field: None, text: i18n::t::told::went_on(l).to_owned() }
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

/// Where the forms below stand in their page: an answer without JavaScript begins there.
#[derive(Clone)]
pub struct Anchor(pub String);

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
    let here = use_context::<Anchor>().map(|anchor| ["#", &anchor.0].concat());
    view! {
        <form method="post" action=here class=class enctype=enctype>
            <input type="hidden" name="form" value=of />
            <input type="hidden" name=READER value=reader() />
            <input type="hidden" name=FORM_ID value=form_id() />
            {children()}
        </form>
    }
}

/// What the query says was just done, in the words of the page; nothing when the page answers a
/// form that was refused, and nothing once something has changed since. The address forgets it, so
/// that it is not said again.
#[component]
pub fn Done(words: impl Fn(&str) -> Option<&'static str> + Send + 'static) -> impl IntoView {
    let done = use_query_map().with_untracked(|q| q.get("done"));
    let told = done.and_then(|what| words(&what)).filter(|_| !is_refused());
    #[cfg(feature = "hydrate")]
    if told.is_some() {
        Effect::new(|_| crate::travel::forget_done());
    }
    let live = use_context::<Live>();
    view! {
        <div role="status" class="alert-slot">
            // The focus goes there: a region that is full when the page comes is not always read out.
            {move || {
                told.filter(|_| live.is_none_or(|live| live.is_as_drawn()))
                    .map(|text| view! { <p class="alert alert-ok" tabindex="-1" autofocus=true>{text}</p> })
            }}
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

/// A limit of `domain`'s, as a field has it.
pub fn most(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
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
            <Lines id=id name=name rows=rows maxlength=maxlength required=required is_wrong=wrong.is_some() described=described value=typed />
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
    // A browser refuses in words of its own what the server would read: `Anna <a@x.example>`.
    let (kind, keyboard) = if kind == "email" { ("text", Some("email")) } else { (kind, None) };
    view! {
        <div class="field-group">
            <label for=name>{label}</label>
            <input
                class="field"
                id=name
                name=name
                type=kind
                inputmode=keyboard
                autocapitalize=keyboard.map(|_| "none")
                spellcheck=keyboard.map(|_| "false")
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
