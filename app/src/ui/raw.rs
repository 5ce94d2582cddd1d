//! `<title>` and `<textarea>`: the server writes what stands in them as it is, so it is escaped
//! here, and nowhere else is one of them drawn (`markup.rs` of the server's tests looks for others).

use leptos::prelude::*;
use leptos_meta::Title;

/// What a text is in these elements, on the server. The browser makes text nodes, which need
/// nothing; it also drops a first line break, so that one is written twice.
fn raw_text(text: String) -> String {
    #[cfg(feature = "ssr")]
    {
        let text = crate::mail::escape(&text);
        if text.starts_with('\n') { ["\n", &text].concat() } else { text }
    }
    #[cfg(not(feature = "ssr"))]
    text
}

/// The document's title.
#[component]
pub fn DocumentTitle(#[prop(into)] title: String) -> impl IntoView {
    view! { <Title text=raw_text(title) /> }
}

/// A field of several lines, without its label.
#[component]
pub fn Lines(
    #[prop(into)] id: String,
    name: &'static str,
    rows: u32,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional)] placeholder: Option<&'static str>,
    /// It holds addresses or keys, not sentences.
    #[prop(optional)]
    is_code: bool,
    #[prop(optional)] required: bool,
    /// What was typed was refused.
    #[prop(optional)]
    is_wrong: bool,
    /// The ids that describe it.
    #[prop(default = None)]
    described: Option<String>,
    #[prop(optional)] value: String,
) -> impl IntoView {
    view! {
        <textarea
            class="field"
            id=id
            name=name
            rows=rows
            maxlength=maxlength
            placeholder=placeholder
            spellcheck=is_code.then_some("false")
            required=required
            autofocus=is_wrong
            aria-invalid=is_wrong.then_some("true")
            aria-describedby=described
        >
            {raw_text(value)}
        </textarea>
    }
}
