//! From page to page in the browser, and what happens when that goes wrong.
//!
//! A link is followed without loading anything anew as long as the server can be reached and runs
//! the program that drew the page. Invariant: a failure here is never the end. A part that cannot be
//! had: the browser follows the link itself. No network: it is said, and the page stays. A panic:
//! the page is the browser's own again, as without JavaScript.

use crate::error::AppError;
use crate::i18n;
use crate::session::use_language;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
pub use browser::{
    arrived, forget_done, here, is_taken_over, load_anew, renewed, set_connected, sleep, taken_over, watch,
    while_loading,
};

/// What a page shows of a way that is being gone.
#[derive(Clone, Copy)]
pub struct Travel {
    /// The next page is on its way.
    pub routing: RwSignal<bool>,
    /// Pages of the same route that are on their way.
    loading: RwSignal<u32>,
    /// The server was not reached.
    is_away: RwSignal<bool>,
}

impl Travel {
    pub fn new() -> Self {
        Self { routing: RwSignal::new(false), loading: RwSignal::new(0), is_away: RwSignal::new(false) }
    }
}

/// The thin bar over a page that stays until the next one is there, and what is said when none comes.
#[component]
pub fn Travelling() -> impl IntoView {
    let l = use_language();
    let travel = expect_context::<Travel>();
    let is_on = move || travel.routing.get() || travel.loading.get() > 0;
    #[cfg(feature = "hydrate")]
    {
        browser::start(travel);
        Effect::new(move |was: Option<bool>| {
            let on = is_on();
            if was == Some(true) && !on {
                browser::arrive();
            }
            on
        });
    }
    view! {
        <div class="progress" class:is-on=is_on aria-hidden="true"></div>
        <div class="news" role="alert">
            {move || {
                let text = i18n::error(l, &AppError::Offline);
                travel.is_away.get().then(|| view! { <p class="alert alert-bad">{text}</p> })
            }}
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::Travel;
    use crate::i18n::t;
    use crate::pages::fetch;
    use crate::session::preferences;
    use leptos::prelude::*;
    use leptos::reactive::transition::AsyncTransition;
    use leptos_router::NavigateOptions;
    use leptos_router::hooks::use_navigate;
    use std::cell::{Cell, RefCell};
    use std::collections::HashMap;
    use std::time::Duration;
    use wasm_bindgen::closure::Closure;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use web_sys::{Event, HtmlElement, HtmlFormElement};

    /// On the document's element, once a page is taken over.
    const DONE: &str = "data-hydrated";
    /// On a form that is on its way, and on the button that sent it.
    const SENT: &str = "data-sent";
    /// A form that led nowhere for so long can be sent again.
    const LOST: Duration = Duration::from_secs(35);
    /// What a dead page must not hear any more.
    const HEARD: [&str; 10] = [
        "click",
        "submit",
        "input",
        "change",
        "keydown",
        "keyup",
        "focusin",
        "focusout",
        "popstate",
        "visibilitychange",
    ];

    type Navigate = Box<dyn Fn(&str)>;

    thread_local! {
        static TAKEN_OVER: Cell<bool> = const { Cell::new(false) };
        /// The program has panicked.
        static DEAD: Cell<bool> = const { Cell::new(false) };
        /// The stream of events is open: the server is there, and is the one that drew this page.
        static CONNECTED: Cell<bool> = const { Cell::new(false) };
        /// The server has a newer program.
        static RENEWED: Cell<bool> = const { Cell::new(false) };
        /// Counts the ways that were begun: only the last is gone to its end.
        static WAYS: Cell<u32> = const { Cell::new(0) };
        static TRAVEL: Cell<Option<Travel>> = const { Cell::new(None) };
        /// How far the pages were scrolled that were left, for whoever goes back.
        static SCROLLED: RefCell<HashMap<String, f64>> = RefCell::default();
        /// The browser's own way back, or forward.
        static IS_BACK: Cell<bool> = const { Cell::new(false) };
        static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
    }

    /// The address of this page, without its host.
    pub fn here() -> String {
        let location = window().location();
        [location.pathname().unwrap_or_default(), location.search().unwrap_or_default()].concat()
    }

    /// What was done was told.
    pub fn forget_done() {
        let location = window().location();
        let Ok(query) = web_sys::UrlSearchParams::new_with_str(&location.search().unwrap_or_default()) else { return };
        query.delete("done");
        let rest: String = query.to_string().into();
        let mark = if rest.is_empty() { "" } else { "?" };
        let path = location.pathname().unwrap_or_default();
        let address = [&path, mark, &rest, &location.hash().unwrap_or_default()].concat();
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or_default();
            let _ = history.replace_state_with_url(&state, "", Some(&address));
        }
    }

    pub fn set_connected(on: bool) {
        CONNECTED.set(on);
    }

    pub fn renewed() {
        RENEWED.set(true);
    }

    /// Whether the server, as it drew this page, can be taken to be there.
    fn is_sure() -> bool {
        CONNECTED.get() && window().navigator().on_line()
    }

    enum Server {
        Here,
        /// Another program than the one that drew this page.
        Renewed,
        Away,
    }

    /// Asks the server whether it is there.
    async fn ask() -> Server {
        let answer = match JsFuture::from(window().fetch_with_str("/program")).await {
            Ok(answer) => answer.unchecked_into::<web_sys::Response>(),
            Err(_) => return Server::Away,
        };
        if !answer.ok() {
            return Server::Away;
        }
        let Ok(text) = answer.text() else { return Server::Away };
        let now = JsFuture::from(text).await.ok().and_then(|text| text.as_string());
        let drawn = document().document_element().and_then(|html| html.get_attribute("data-program"));
        if now == drawn { Server::Here } else { Server::Renewed }
    }

    fn say_away(on: bool) {
        if let Some(travel) = TRAVEL.get() {
            let _ = travel.is_away.try_set(on);
        }
    }

    fn assign(href: &str) {
        let _ = window().location().assign(href);
    }

    pub fn taken_over() {
        TAKEN_OVER.set(true);
        if let Some(html) = document().document_element() {
            let _ = html.set_attribute(DONE, "");
        }
        // Nobody is taken away from where they are by now.
        let is_free = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if is_free && window().scroll_y().is_ok_and(|y| y == 0.0) {
            arrive();
        }
    }

    /// The page is the program's, no more the server's.
    pub fn is_taken_over() -> bool {
        TAKEN_OVER.get()
    }

    /// A part has arrived, or has not. Before the page is taken over, one that is missing leaves it as
    /// the server drew it.
    pub async fn arrived(fetched: bool) {
        if !fetched && !TAKEN_OVER.get() {
            std::future::pending::<()>().await;
        }
    }

    /// The address in the bar has what cannot be shown here: the server draws it.
    pub fn load_anew() {
        leptos::task::spawn_local(async {
            if !matches!(ask().await, Server::Away) {
                let _ = window().location().reload();
            }
        });
    }

    pub async fn sleep(time: Duration) {
        let (done, is_done) = futures_channel::oneshot::channel();
        let wake = move || {
            let _ = done.send(());
        };
        set_timeout(wake, time);
        let _ = is_done.await;
    }

    /// Draws a page, and gives it when what it shows is there.
    pub async fn while_loading(draw: impl FnOnce() -> AnyView) -> AnyView {
        struct Loading(Option<Travel>);
        impl Drop for Loading {
            fn drop(&mut self) {
                if let Some(travel) = self.0 {
                    travel.loading.try_update(|n| *n = n.saturating_sub(1));
                }
            }
        }
        let loading = Loading(TRAVEL.get());
        if let Some(travel) = loading.0 {
            travel.loading.try_update(|n| *n += 1);
        }
        AsyncTransition::run(|| async { untrack(draw) }).await
    }

    fn listen(target: &web_sys::EventTarget, kinds: &[&str], capture: bool, hear: impl Fn(Event) + 'static) {
        let hear = Closure::<dyn Fn(Event)>::new(hear);
        for kind in kinds {
            let _ = target.add_event_listener_with_callback_and_bool(kind, hear.as_ref().unchecked_ref(), capture);
        }
        hear.forget();
    }

    /// Watches over the page, from before it is taken over.
    pub fn watch() {
        let told = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            told(panic);
            if !DEAD.replace(true) {
                give_back();
            }
        }));
        // First of all listeners: what the dead program would hear is kept from it, and nothing from
        // the browser.
        listen(&window(), &HEARD, true, |event| {
            if DEAD.get() {
                event.stop_immediate_propagation();
                // The page of this address is not the one that is shown.
                if event.type_() == "popstate" {
                    let _ = window().location().reload();
                }
            }
        });
        // The router listens at the window, which comes after the document.
        listen(&document(), &["click"], false, |event| follow(&event));
        listen(&document(), &["submit"], false, |event| send(&event));
        listen(&window(), &["popstate"], true, |_| IS_BACK.set(true));
        // A page that the browser has kept has forms that were sent.
        listen(&window(), &["pageshow"], false, |_| forget_sent());
    }

    pub fn start(travel: Travel) {
        TRAVEL.set(Some(travel));
        let navigate = use_navigate();
        NAVIGATE.set(Some(Box::new(move |href| navigate(href, NavigateOptions::default()))));
    }

    /// Makes the page the browser's own again, and says what it lacks from now on.
    fn give_back() {
        let page = document();
        let Some(html) = page.document_element() else { return };
        let _ = html.remove_attribute(DONE);
        let _ = html.set_attribute("data-dead", "");
        forget_sent();
        // What stands there for browsers without scripts.
        if let Ok(hidden) = page.query_selector_all("main noscript") {
            for i in 0..hidden.length() {
                if let Some(element) = hidden.item(i).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) {
                    element.set_outer_html(&element.text_content().unwrap_or_default());
                }
            }
        }
        let l = preferences().language;
        let (Ok(Some(news)), Ok(told), Ok(link)) =
            (page.query_selector(".news"), page.create_element("p"), page.create_element("a"))
        else {
            return;
        };
        told.set_class_name("notice");
        told.set_text_content(Some(&[t::shell::broken(l), " "].concat()));
        link.set_text_content(Some(t::shell::reload(l)));
        let _ = link.set_attribute("href", "");
        let _ = told.append_child(&link);
        let _ = news.append_child(&told);
    }

    /// A click on a link of ours to another page.
    fn follow(event: &Event) {
        if !TAKEN_OVER.get() {
            // The browser's own affair.
            event.stop_propagation();
            return;
        }
        let Some(click) = event.dyn_ref::<web_sys::MouseEvent>() else { return };
        let is_plain = !(click.meta_key() || click.alt_key() || click.ctrl_key() || click.shift_key());
        if click.default_prevented() || click.button() != 0 || !is_plain {
            return;
        }
        let target = click.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|element| element.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok()) else { return };
        let location = window().location();
        let is_ours = Some(link.origin()) == location.origin().ok();
        if !is_ours || !link.target().is_empty() || link.has_attribute("download") || link.rel().contains("external") {
            return;
        }
        say_away(false);
        let (path, search) = (link.pathname(), link.search());
        let is_here = location.pathname().is_ok_and(|here| here == path);
        if is_here && !link.hash().is_empty() && location.search().is_ok_and(|here| here == search) {
            // Within the page: the browser goes there, and takes the focus along.
            event.stop_propagation();
            return;
        }
        if is_here && !RENEWED.get() {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        leptos::task::spawn_local(go([path, search, link.hash()].concat()));
    }

    /// A page is there: it stands where its reader left it, or at what its address names.
    pub fn arrive() {
        request_animation_frame(|| {
            if IS_BACK.replace(false) {
                if let Some(y) = SCROLLED.with_borrow(|scrolled| scrolled.get(&here()).copied()) {
                    window().scroll_to_with_x_and_y(0.0, y);
                }
                return;
            }
            let hash = window().location().hash().unwrap_or_default();
            let named = hash.strip_prefix('#').and_then(|id| document().get_element_by_id(id));
            if let Some(element) = named.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
                element.scroll_into_view();
                let _ = element.focus();
            }
        });
    }

    async fn go(href: String) {
        let way = WAYS.get().wrapping_add(1);
        WAYS.set(way);
        IS_BACK.set(false);
        let y = window().scroll_y().unwrap_or_default();
        SCROLLED.with_borrow_mut(|scrolled| scrolled.insert(here(), y));
        let travel = TRAVEL.get();
        let show = |on| travel.map(|travel| travel.routing.try_set(on));
        show(true);
        let server = match RENEWED.get() {
            true => Server::Renewed,
            false if is_sure() => Server::Here,
            false => ask().await,
        };
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let is_there = match server {
            Server::Here => fetch(path).await.is_ok(),
            Server::Renewed | Server::Away => false,
        };
        if WAYS.get() != way {
            return;
        }
        match (is_there, server) {
            (true, _) => NAVIGATE.with_borrow(|navigate| {
                if let Some(navigate) = navigate {
                    navigate(&href);
                }
            }),
            (false, Server::Renewed) => assign(&href),
            // A part did not come: is it the part, or the network?
            (false, Server::Here) if !matches!(ask().await, Server::Away) => assign(&href),
            (false, _) => {
                show(false);
                say_away(true);
            }
        }
    }

    fn forget_sent() {
        let Ok(sent) = document().query_selector_all(&["[", SENT, "]"].concat()) else { return };
        for i in 0..sent.length() {
            if let Some(element) = sent.item(i).and_then(|node| node.dyn_into::<web_sys::Element>().ok()) {
                let _ = element.remove_attribute(SENT);
                let _ = element.remove_attribute("aria-busy");
            }
        }
    }

    /// A plain form is sent: once, and its button shows it. A server that is away is not sent what
    /// somebody has typed.
    fn send(event: &Event) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form.filter(|form| form.method() == "post" && !event.default_prevented()) else { return };
        if form.has_attribute(SENT) {
            event.prevent_default();
            return;
        }
        let button = event.dyn_ref::<web_sys::SubmitEvent>().and_then(web_sys::SubmitEvent::submitter);
        say_away(false);
        let mark = |element: &web_sys::Element| {
            let _ = element.set_attribute(SENT, "");
        };
        mark(&form);
        if let Some(button) = &button {
            mark(button);
            let _ = button.set_attribute("aria-busy", "true");
        }
        if is_sure() || !TAKEN_OVER.get() {
            set_timeout(forget_sent, LOST);
            return;
        }
        event.prevent_default();
        leptos::task::spawn_local(async move {
            if matches!(ask().await, Server::Away) {
                forget_sent();
                say_away(true);
            } else {
                submit(&form, button.as_ref());
                set_timeout(forget_sent, LOST);
            }
        });
    }

    /// Sends a form that was held back, with the button that was pressed and without asking again.
    fn submit(form: &HtmlFormElement, button: Option<&HtmlElement>) {
        let name = button.and_then(|button| button.get_attribute("name")).unwrap_or_default();
        if let (Some(button), false) = (button, name.is_empty())
            && let Ok(field) = document().create_element("input")
        {
            let value = button.get_attribute("value").unwrap_or_default();
            for (attribute, value) in [("type", "hidden"), ("name", &*name), ("value", &*value)] {
                let _ = field.set_attribute(attribute, value);
            }
            let _ = form.append_child(&field);
        }
        let _: Result<(), JsValue> = form.submit();
    }
}
