//! One stream of events for each open page: that something changed, so that it looks.
//!
//! A stream holds nothing but its place: what is sent is looked up when the browser reads. Slow
//! readers get one event for all that they missed.

use crate::request::bare;
use crate::router::AppState;
use app::session::ssr::RequestInfo;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::id::{SessionId, UserId};
use domain::live::Topic;
use futures_util::{Stream, StreamExt};
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderMap, StatusCode};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::live::{Hint, changes_since, position};
use store::people::session::look_up;
use store::{Ctx, StoreError};
use tokio::sync::{broadcast, watch};

/// What comes in quick succession is told together.
const GATHER: Duration = Duration::from_millis(50);
/// So often it is asked whether the session still lives, and whether a hint was lost; each stream
/// adds some seconds of its own.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// A sign of life for proxies.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How soon a browser comes back after the connection was lost.
const RETRY: Duration = Duration::from_secs(1);
/// What an event says that tells of nothing.
const NOTHING: &str = "-";
/// Streams of one session: more tabs than anybody looks at.
const MOST_OF_SESSION: usize = 24;
/// Streams of one person, in all their sessions.
const MOST_OF_PERSON: usize = 48;
/// Streams of one program.
const MOST: usize = 4_096;

/// Whose streams are open.
#[derive(Clone, Debug, Default)]
pub struct Streams(Arc<Mutex<Vec<(UserId, SessionId)>>>);

impl Streams {
    fn open(&self, user: UserId, session: SessionId) -> Option<Place> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_person = open.iter().filter(|(who, _)| *who == user).count();
        let of_session = open.iter().filter(|(_, of)| *of == session).count();
        if open.len() >= MOST || of_person >= MOST_OF_PERSON || of_session >= MOST_OF_SESSION {
            return None;
        }
        open.push((user, session));
        Some(Place { streams: self.clone(), of: (user, session) })
    }
}

/// An open stream's place; free again when it is dropped.
struct Place {
    streams: Streams,
    of: (UserId, SessionId),
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|of| *of == self.of) {
            open.swap_remove(at);
        }
    }
}

#[derive(serde::Deserialize)]
pub struct Since {
    since: Option<i64>,
    /// The program that drew the page.
    program: Option<String>,
}

/// `GET /live`: the stream.
pub async fn live(
    State(state): State<AppState>,
    Extension(info): Extension<RequestInfo>,
    Query(query): Query<Since>,
    headers: HeaderMap,
) -> Response {
    let (Some(ctx), Some(token)) = (info.ctx, info.token) else {
        let over = futures_util::stream::iter([Ok::<_, Infallible>(end())]);
        return Sse::new(over).into_response();
    };
    let Some(place) = state.streams.open(ctx.user(), ctx.session) else {
        let mut full = bare(StatusCode::SERVICE_UNAVAILABLE);
        full.headers_mut().insert(RETRY_AFTER, http::HeaderValue::from_static("30"));
        return full;
    };
    // Listening begins before the first look, so that nothing falls in between.
    let hints = state.store.db.live.subscribe();
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let since = match last.or(query.since) {
        Some(since) => since,
        None => match position(&ctx).await {
            Ok(position) => position,
            Err(error) => return unavailable(&error),
        },
    };
    let reader =
        Reader { ctx, token, hints, stop: state.stop.clone(), since, is_new: true, is_over: false, _place: place };
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    // A page that an older program drew loads the next one anew.
    let is_renewed = query.program.is_some_and(|drawn| *drawn != *state.program);
    let renewed = is_renewed.then(|| Ok(Event::default().event("renewed").data(NOTHING)));
    let events = futures_util::stream::iter(renewed).chain(reader.stream());
    let mut response = Sse::new(events).keep_alive(keep_alive).into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    // Proxies that collect answers would keep the events.
    headers.insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}

fn unavailable(error: &StoreError) -> Response {
    tracing::warn!(%error, "a stream of events could not be opened");
    bare(StatusCode::SERVICE_UNAVAILABLE)
}

/// Nothing more will come, however often the browser asks.
fn end() -> Event {
    Event::default().event("end").data("end")
}

struct Reader {
    ctx: Ctx,
    token: String,
    hints: broadcast::Receiver<Hint>,
    stop: Option<watch::Receiver<bool>>,
    since: i64,
    is_new: bool,
    is_over: bool,
    _place: Place,
}

impl Reader {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        futures_util::stream::unfold(self, |mut reader| async move {
            let event = reader.next().await?;
            Some((Ok(event), reader))
        })
    }

    /// The next event; nothing when the stream is over.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.is_over {
                return None;
            }
            // At once, even if there is nothing to tell: the browser knows then that it is heard.
            let is_new = std::mem::take(&mut self.is_new);
            if !is_new {
                self.wait().await?;
            }
            match self.look().await {
                Ok(Some(topics)) if is_new || !topics.is_empty() => return Some(self.told(&topics)),
                Ok(Some(_)) => {}
                // Signed out, disabled, run out: the page finds out by itself with its next step.
                Ok(None) => {
                    self.is_over = true;
                    return Some(end());
                }
                Err(error) => {
                    tracing::warn!(%error, "a stream of events ends");
                    return None;
                }
            }
        }
    }

    fn told(&self, topics: &[Topic]) -> Event {
        let words: Vec<&str> = topics.iter().map(|t| t.slug()).collect();
        // Browsers pass no event on that has no data.
        let words = if words.is_empty() { NOTHING.to_owned() } else { words.join(",") };
        Event::default().event("changed").id(self.since.to_string()).retry(RETRY).data(words)
    }

    /// Waits until there may be something to tell; nothing when the program stops.
    async fn wait(&mut self) -> Option<()> {
        let own = Duration::from_millis(u64::from(self.ctx.session.0.as_bytes()[15]) * 40);
        let look_at = tokio::time::Instant::now() + LOOK_EVERY + own;
        loop {
            let stop = async {
                match &mut self.stop {
                    Some(stop) => drop(stop.wait_for(|told| *told).await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop => return None,
                () = tokio::time::sleep_until(look_at) => return Some(()),
                hint = self.hints.recv() => match hint {
                    Ok(hint) if !hint.is_for(&self.ctx) => {}
                    // Also when hints were lost: looking finds out what they were about.
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {
                        tokio::time::sleep(GATHER).await;
                        while !matches!(
                            self.hints.try_recv(),
                            Err(broadcast::error::TryRecvError::Empty | broadcast::error::TryRecvError::Closed)
                        ) {}
                        return Some(());
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }

    /// What has changed for the reader, with the rights that they have by now; nothing when the
    /// session is over.
    ///
    /// In a task of its own: a browser that does not read must not hold a connection to the database.
    async fn look(&mut self) -> Result<Option<Vec<Topic>>, StoreError> {
        let (mut ctx, token, since) = (self.ctx.clone(), self.token.clone(), self.since);
        let looked = tokio::spawn(async move {
            let Some(found) = look_up(&ctx.store, &token).await? else { return Ok(None) };
            ctx.principal = found.principal;
            ctx.company_refusal = found.company_refusal;
            let changes = changes_since(&ctx, since).await?;
            Ok::<_, StoreError>(Some((ctx, changes)))
        });
        let looked = looked.await.unwrap_or(Err(StoreError::Job("a look at what has changed broke off")));
        let Some((ctx, changes)) = looked? else { return Ok(None) };
        self.ctx = ctx;
        self.since = changes.position;
        Ok(Some(changes.topics.into_iter().collect()))
    }
}
