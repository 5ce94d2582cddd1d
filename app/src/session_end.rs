//! Says when a session is about to end, and lets it go on with a click. Operators have half an hour.

use crate::i18n::t;
use crate::session::{sign_in_again, use_language};
use leptos::prelude::*;

/// Where the session stands, as far as this page shows it.
#[cfg_attr(not(feature = "hydrate"), expect(dead_code, reason = "told in the browser alone"))]
#[derive(Clone, Copy, PartialEq)]
enum End {
    Far,
    Soon,
    Over,
}

#[component]
pub fn SessionEnd() -> impl IntoView {
    let l = use_language();
    let end = RwSignal::new(End::Far);
    #[cfg(feature = "hydrate")]
    browser::start(end);
    let stay = move |_| {
        #[cfg(feature = "hydrate")]
        browser::stay(end);
        #[cfg(not(feature = "hydrate"))]
        let _ = end;
    };
    view! {
        <div class="news" role="status">
            {move || match end.get() {
                End::Far => None,
                End::Soon => Some(
                    view! {
                        <p class="notice">
                            {t::shell::ends_soon(l)}
                            " "
                            <button class="btn btn-small" type="button" on:click=stay>{t::shell::stay(l)}</button>
                        </p>
                    }
                    .into_any(),
                ),
                // In another tab, so that what was typed here stays.
                End::Over => Some(
                    view! {
                        <p class="notice">
                            {t::shell::ended(l)}
                            " "
                            <a href=sign_in_again() target="_blank">{t::sign_in::again(l)}</a>
                        </p>
                    }
                    .into_any(),
                ),
            }}
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::End;
    use crate::session::get_viewer;
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen_futures::JsFuture;

    /// So many seconds before its end, it is told.
    const SOON: u64 = 300;
    /// A server that is away is asked again.
    const AGAIN: Duration = Duration::from_secs(30);

    /// In how many seconds the session ends; asking does not put that off.
    async fn ask() -> Option<u64> {
        let answer = JsFuture::from(window().fetch_with_str("/session-end")).await.ok()?;
        let answer: web_sys::Response = answer.unchecked_into();
        let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
        text.parse().ok().filter(|_| answer.ok())
    }

    fn at(time: Duration, end: RwSignal<End>) {
        set_timeout(move || leptos::task::spawn_local(look(end)), time);
    }

    pub fn start(end: RwSignal<End>) {
        Effect::new(move |_| {
            let left = document().document_element().and_then(|html| html.get_attribute("data-ends"));
            if let Some(left) = left.and_then(|left| left.parse::<u64>().ok()) {
                at(Duration::from_secs(left.saturating_sub(SOON)), end);
            }
        });
    }

    /// Other tabs, and what is done here, put the end off.
    async fn look(end: RwSignal<End>) {
        let stand = match ask().await {
            None => {
                at(AGAIN, end);
                return;
            }
            Some(0) => End::Over,
            Some(left) => {
                let next = if left > SOON { left - SOON } else { left + 1 };
                at(Duration::from_secs(next), end);
                if left > SOON { End::Far } else { End::Soon }
            }
        };
        let _ = end.try_set(stand);
    }

    pub fn stay(end: RwSignal<End>) {
        let _ = end.try_set(End::Far);
        leptos::task::spawn_local(async move {
            let _ = get_viewer().await;
            look(end).await;
        });
    }
}
