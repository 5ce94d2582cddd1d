//! Pages that change by themselves: what somebody else has done is loaded anew.
//!
//! The server says that something changed, never what; the page asks for it as it always does.
//! Nobody's typing is disturbed: while a form is being filled in, the page offers the news and
//! waits.

use crate::error::AppError;
use crate::i18n::t;
use crate::session::{Loaded, load, use_language};
use domain::live::Topic;
use leptos::prelude::*;
use std::sync::{Arc, Mutex, PoisonError};

/// What is known to have changed since the page was drawn.
#[derive(Clone, Copy)]
pub struct Live {
    /// Counts up, a number for each of [`Topic::ALL`].
    versions: [RwSignal<u32>; Topic::ALL.len()],
    /// Something changed while a form was being filled in.
    held: RwSignal<Option<Vec<Topic>>>,
    /// It is not offered now: the reader has said so.
    is_put_off: RwSignal<bool>,
    /// Something has changed since the page was drawn: what was said of it then may be over.
    has_changed: RwSignal<bool>,
}

impl Live {
    pub fn new() -> Self {
        Self {
            versions: Topic::ALL.map(|_| RwSignal::new(0)),
            held: RwSignal::new(None),
            is_put_off: RwSignal::new(false),
            has_changed: RwSignal::new(false),
        }
    }

    /// Whether the page still is as it was drawn.
    pub fn is_as_drawn(&self) -> bool {
        !self.has_changed.get()
    }

    /// Changes when one of the topics does, or what the reader may do: every page shows that.
    fn version(&self, topics: &[Topic]) -> u32 {
        topics.iter().chain([&Topic::Rights]).map(|topic| self.versions[topic.index()].get()).sum()
    }

    #[cfg(feature = "hydrate")]
    fn show(&self, topics: &[Topic]) {
        self.has_changed.set(true);
        for topic in topics {
            self.versions[topic.index()].update(|n| *n += 1);
        }
    }
}

/// What a page can go without for a while.
pub trait Answer {
    /// The server was not reached, or could not answer: asking again may help.
    fn is_unreachable(&self) -> bool;
}

impl<T> Answer for Result<T, AppError> {
    fn is_unreachable(&self) -> bool {
        matches!(self, Err(AppError::Offline | AppError::Unavailable))
    }
}

impl<T: Answer> Answer for Option<T> {
    fn is_unreachable(&self) -> bool {
        self.as_ref().is_some_and(Answer::is_unreachable)
    }
}

/// Like [`load`], and anew whenever one of the topics changes. What was shown stays until there is
/// something newer, however long the server is away.
#[track_caller]
pub fn load_live<S, T, Fut>(
    topics: &'static [Topic],
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> Fut + Send + Sync + 'static,
) -> Loaded<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Answer + serde::Serialize + serde::de::DeserializeOwned + Send + Sync + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    let live = use_context::<Live>();
    // What the page came with is shown without having been asked for here.
    let came_with = Owner::current_shared_context().is_some_and(|page| page.during_hydration());
    let shown = Arc::new(Mutex::new(came_with.then(|| untrack(&source))));
    let source = move || (live.map_or(0, |live| live.version(topics)), source());
    let fetcher = Arc::new(fetcher);
    load(source, move |(version, source)| {
        let (fetcher, shown) = (fetcher.clone(), shown.clone());
        async move {
            let mut again = 0;
            loop {
                let answer = fetcher(source.clone()).await;
                if !answer.is_unreachable() {
                    *shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(source);
                    return answer;
                }
                // Whoever asks for something else is told that it cannot be had; whoever has it
                // already loses nothing by waiting for what is newer.
                let is_shown = shown.lock().unwrap_or_else(PoisonError::into_inner).as_ref() == Some(&source);
                if version == 0 || !is_shown {
                    return answer;
                }
                again += 1;
                pause(again).await;
            }
        }
    })
}

/// Waits before the server is asked again: longer each time. Nobody waits on the server.
async fn pause(again: u32) {
    #[cfg(feature = "hydrate")]
    crate::travel::sleep(browser::ASK_AGAIN * again.min(30)).await;
    #[cfg(not(feature = "hydrate"))]
    let _ = again;
}

/// Offers what has changed while somebody was typing.
#[component]
pub fn News() -> impl IntoView {
    let l = use_language();
    let live = expect_context::<Live>();
    #[cfg(feature = "hydrate")]
    browser::start(live);
    let show = move |_| {
        #[cfg(feature = "hydrate")]
        browser::show_held(live);
        #[cfg(not(feature = "hydrate"))]
        live.held.set(None);
    };
    view! {
        <div class="news" role="status">
            {move || {
                (live.held.with(Option::is_some) && !live.is_put_off.get())
                    .then(|| {
                        view! {
                            <p class="notice">
                                {t::shell::changed(l)}
                                " "
                                <button class="btn btn-small" type="button" on:click=show>{t::shell::show_changes(l)}</button>
                                <button class="btn btn-small" type="button" on:click=move |_| live.is_put_off.set(true)>{t::shell::later(l)}</button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

#[cfg(feature = "hydrate")]
crate::parts::part! {
    /// Fetched once the page is alive.
    fn follow_live / fetch_live(live: Live) -> () {
        leptos::task::spawn_local(browser::follow(live));
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::{Live, Topic};
    use crate::travel::{renewed, set_connected, sleep};
    use futures_util::future::{Either, select};
    use futures_util::stream::StreamExt;
    use gloo_net::eventsource::futures::EventSource;
    use leptos::prelude::*;
    use leptos_router::hooks::use_location;
    use std::cell::Cell;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::closure::Closure;

    /// After the connection could not be made: so long at first, doubled each time, up to the last.
    const PAUSE: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(60);

    /// A page that nobody has touched for so long (in milliseconds) loads nothing by itself: that
    /// would keep its session alive.
    const UNATTENDED: f64 = 900_000.0;
    /// So long after an answer that did not come.
    pub const ASK_AGAIN: Duration = Duration::from_secs(2);

    thread_local! {
        /// Something was typed into a form that this page would lose.
        static TYPED: Cell<bool> = const { Cell::new(false) };
        /// When somebody last did something here, in the time of events.
        static TOUCHED: Cell<f64> = const { Cell::new(0.0) };
        static STARTED: Cell<bool> = const { Cell::new(false) };
    }

    /// Whether an element stands in a form that changes something.
    fn in_form(element: &web_sys::Element) -> bool {
        element.closest("main form[method=post]").is_ok_and(|found| found.is_some())
    }

    /// Whether somebody is at work in a form: nothing may move from under their hands, neither what
    /// they typed nor the button that they are about to press.
    fn is_busy() -> bool {
        TYPED.get() || document().active_element().is_some_and(|element| in_form(&element))
    }

    pub fn show_held(live: Live) {
        TYPED.set(false);
        if let Some(topics) = live.held.get_untracked() {
            live.held.set(None);
            live.show(&topics);
            // The button that was pressed is gone.
            crate::ui::focus("main");
        }
    }

    /// Follows the stream of events, once for a tab.
    pub fn start(live: Live) {
        // Another place has other forms.
        let location = use_location();
        Effect::new(move |_| {
            let _ = (location.pathname.get(), location.search.get());
            TYPED.set(false);
            // What was held back until now is shown: the form is gone that it would have disturbed.
            if let Some(topics) = live.held.get_untracked() {
                live.held.set(None);
                live.show(&topics);
            }
        });
        let typing = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
            let element = event.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
            if element.is_some_and(|element| in_form(&element)) {
                TYPED.set(true);
            }
        });
        let typing = StoredValue::new_local(Some(typing));
        Effect::new(move |_| {
            let Some(typing) = typing.try_update_value(Option::take).flatten() else { return };
            if !STARTED.replace(true) {
                let _ = document().add_event_listener_with_callback("input", typing.as_ref().unchecked_ref());
                let touch =
                    Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| TOUCHED.set(event.time_stamp()));
                for kind in ["pointerdown", "pointermove", "keydown", "scroll"] {
                    let _ = document().add_event_listener_with_callback(kind, touch.as_ref().unchecked_ref());
                }
                touch.forget();
                typing.forget();
                leptos::task::spawn_local(async move {
                    // Without it the page changes by itself no more, and works.
                    let mut again = PAUSE;
                    while super::follow_live(live).await.is_err() {
                        sleep(again).await;
                        again = LONGEST.min(again * 2);
                    }
                });
            }
        });
    }

    fn heard(live: Live, words: &str, at: f64) {
        let topics: Vec<Topic> = words.split(',').filter_map(Topic::from_slug).collect();
        if topics.is_empty() {
        } else if is_busy() || at - TOUCHED.get() > UNATTENDED {
            live.is_put_off.set(false);
            live.held.update(|held| held.get_or_insert_default().extend(topics));
        } else {
            live.show(&topics);
        }
    }

    pub async fn follow(live: Live) {
        let seen = document().document_element().and_then(|html| html.get_attribute("data-seen"));
        let Some(mut seen) = seen else { return };
        let program = document().document_element().and_then(|html| html.get_attribute("data-program"));
        let program = program.unwrap_or_default();
        // A tab that nobody sees holds no connection; once it is seen again it asks for what it missed.
        let (tell, mut turned) = futures_channel::mpsc::unbounded();
        let turn = Closure::<dyn Fn()>::new(move || {
            let _ = tell.unbounded_send(());
        });
        let _ = document().add_event_listener_with_callback("visibilitychange", turn.as_ref().unchecked_ref());
        turn.forget();
        let mut pause = PAUSE;
        loop {
            while document().hidden() {
                turned.next().await;
            }
            let Ok(mut source) = EventSource::new(&["/live?since=", &seen, "&program=", &program].concat()) else {
                return;
            };
            let (Ok(changes), Ok(ends), Ok(news)) =
                (source.subscribe("changed"), source.subscribe("end"), source.subscribe("renewed"))
            else {
                return;
            };
            let mut events = futures_util::stream::select(changes, futures_util::stream::select(ends, news));
            while !document().hidden() {
                match select(events.next(), turned.next()).await {
                    Either::Left((Some(Ok((kind, _))), _)) if kind == "end" => {
                        set_connected(false);
                        return;
                    }
                    Either::Left((Some(Ok((kind, _))), _)) if kind == "renewed" => renewed(),
                    Either::Left((Some(Ok((_, message))), _)) => {
                        set_connected(true);
                        pause = PAUSE;
                        seen = message.last_event_id();
                        heard(live, &message.data().as_string().unwrap_or_default(), message.time_stamp());
                    }
                    Either::Left(_) => {
                        set_connected(false);
                        drop(source);
                        sleep(pause).await;
                        pause = LONGEST.min(pause * 2);
                        break;
                    }
                    Either::Right(_) => {}
                }
            }
        }
    }
}
