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
pub const SECRET_FIELDS: [&str; 5] = ["password", "repeated", "current", "token", "form"];

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
pub fn Refusal(of: &'static str) -> impl IntoView {
    let l = use_language();
    let said = outcome(of).and_then(|o| o.result.err()).filter(|e| e.field().is_none()).map(|e| i18n::error(l, &e));
    view! {
        <div role="alert" class="alert-slot">
            {said.map(|text| view! { <p class="alert alert-bad" tabindex="-1" autofocus=true>{text}</p> })}
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
) -> impl IntoView {
    let l = use_language();
    let answered = outcome(of);
    let typed = answered.as_ref().map(|o| o.typed(name)).unwrap_or_default();
    let wrong = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some(name)).map(|e| i18n::error(l, &e));
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = match (hint.is_empty(), wrong.is_some()) {
        (true, false) => None,
        (true, true) => Some(error_id.clone()),
        (false, false) => Some(hint_id.clone()),
        (false, true) => Some(format!("{hint_id} {error_id}")),
    };
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
                required=true
                autofocus=wrong.is_some()
                aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described
            />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> })}
            {wrong.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
        </div>
    }
}
