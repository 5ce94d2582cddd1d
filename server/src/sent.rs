//! Forms on their way: the second press of a button waits for the first one's answer, and gets it.
//!
//! Within one program the whole answer is shared, for a moment; what was done is remembered by the
//! store, so that another program, or this one later, does it no second time. A look at keys is
//! recorded each time that it happens, and its answer is kept nowhere.

use app::error::AppError;
use domain::id::FormId;
use http::HeaderMap;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Ctx;
use store::forms::{Claim, claim, finish, release};
use tokio::sync::watch;

/// So long after a form was done, its whole answer is had here.
const SHARED: Duration = Duration::from_secs(60);
/// Forms under way, and done a moment ago; more are not shared.
const MOST: usize = 10_000;
/// Between looks at a form that another program is answering, and how many there are.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
const LOOKS: usize = 200;

/// What a server function answered.
#[derive(Clone)]
pub struct Answered {
    pub headers: HeaderMap,
    pub result: Result<Vec<u8>, AppError>,
}

impl Answered {
    pub fn leads_to(&self) -> Option<&str> {
        self.headers.get(http::header::LOCATION).and_then(|v| v.to_str().ok())
    }
}

type Shared = watch::Receiver<Option<Answered>>;

/// The forms of this program.
#[derive(Clone, Default)]
pub struct SentForms(Arc<Mutex<HashMap<FormId, (Instant, Shared)>>>);

/// Without the answers.
impl std::fmt::Debug for SentForms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SentForms")
    }
}

enum Place {
    First(watch::Sender<Option<Answered>>),
    Second(Shared),
}

impl SentForms {
    fn place(&self, id: FormId) -> Place {
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        forms.retain(|_, (at, shared)| {
            now - *at < SHARED || (shared.has_changed().is_ok() && shared.borrow().is_none())
        });
        if let Some((_, shared)) = forms.get(&id) {
            return Place::Second(shared.clone());
        }
        let (tell, shared) = watch::channel(None);
        if forms.len() < MOST {
            forms.insert(id, (now, shared));
        }
        Place::First(tell)
    }

    fn forget(&self, id: FormId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Answers a form: by calling its function, or as it was answered before.
    ///
    /// In a task of its own: a browser whose button is pressed twice gives the first request up.
    pub async fn once<C>(&self, ctx: &Ctx, id: FormId, call: C) -> Result<Answered, AppError>
    where
        C: Future<Output = Answered> + Send + 'static,
    {
        let tell = loop {
            match self.place(id) {
                Place::First(tell) => break tell,
                Place::Second(mut shared) => {
                    // An error: the first one was broken off, and told nobody.
                    if let Ok(answered) = shared.wait_for(Option::is_some).await
                        && let Some(answered) = answered.clone()
                    {
                        return Ok(answered);
                    }
                    self.forget(id);
                }
            }
        };
        let (forms, ctx) = (self.clone(), ctx.clone());
        let reference = ctx.origin.request_id.clone().unwrap_or_default();
        let act = tokio::spawn(async move {
            let answered = first(&ctx, id, call).await;
            // What was refused may be corrected and sent again, from the same page.
            if !matches!(&answered, Ok(Answered { result: Ok(_), .. })) {
                forms.forget(id);
            }
            if let Ok(answered) = &answered {
                let _ = tell.send(Some(answered.clone()));
            }
            answered
        });
        act.await.unwrap_or(Err(AppError::Internal { reference }))
    }
}

/// The first answer to a form; by another program, if that was faster.
async fn first(ctx: &Ctx, id: FormId, call: impl Future<Output = Answered>) -> Result<Answered, AppError> {
    let reference = ctx.origin.request_id.clone().unwrap_or_default();
    let failed = |error| AppError::from_store(error, &reference, ctx.language);
    for _ in 0..LOOKS {
        match claim(ctx, id).await.map_err(failed)? {
            Claim::Mine => {
                let answered = call.await;
                let kept = match &answered.result {
                    Ok(_) => finish(ctx, id, answered.leads_to().map(str::to_owned)).await,
                    Err(_) => release(ctx, id).await,
                };
                if let Err(error) = kept {
                    tracing::warn!(%error, "a form that was sent could not be marked");
                }
                return Ok(answered);
            }
            Claim::Done { location } => {
                let mut headers = HeaderMap::new();
                if let Some(location) = location.and_then(|l| l.parse().ok()) {
                    headers.insert(http::header::LOCATION, location);
                }
                return Ok(Answered { headers, result: Ok(Vec::new()) });
            }
            Claim::Busy => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
    Err(AppError::Slow)
}
