//! The stream of events: to whom it concerns, without a gap, and over with the session.

use crate::harness::{ANNA, Browser, GINA, Site, site};
use axum::body::{Body, BodyDataStream};
use futures_util::{FutureExt, StreamExt};
use http::{Request, StatusCode, header};
use std::time::Duration;
use store::live::Hint;

const EMIL: &str = "emil.employee@contoso.example";
const OLGA: &str = "olga.operator@programme.example";

/// A browser's stream, from this place on; from now on, where none is given.
struct Stream(BodyDataStream);

impl Stream {
    async fn open(site: &Site, browser: &Browser, since: Option<i64>) -> Self {
        let path = since.map_or("/live".to_owned(), |n| format!("/live?since={n}"));
        let request = Request::get(path).header(header::COOKIE, &browser.cookie).body(Body::empty()).unwrap();
        let answer = tower::ServiceExt::oneshot(site.app.clone(), request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-store");
        assert!(answer.headers().get(header::CONTENT_ENCODING).is_none(), "what is packed is held back");
        let mut stream = Self(answer.into_body().into_data_stream());
        // It says at once that it listens.
        assert!(stream.next().await.unwrap().contains("event: changed"));
        stream
    }

    /// Whether nothing is to be read now.
    fn idle(&mut self) -> bool {
        self.0.next().now_or_never().is_none()
    }

    /// The next event; nothing when the stream is over.
    async fn next(&mut self) -> Option<String> {
        let next = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await.expect("an event comes");
        next.map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
    }
}

/// Gives a free seat to somebody.
async fn assign(site: &Site, by: &mut Browser, email: &str, package: &str, product: &str, to: &str) {
    let (benefit, person) = (site.benefit(email, package, product).await, site.user(to).await);
    assert_eq!(by.call("seats/assign", &[("benefit", &benefit), ("person", &person)]).await.status, 200);
}

#[tokio::test]
async fn events_reach_whom_they_concern() {
    let site = site().await;
    let (mut anna, mut gina) = (site.signed_in(ANNA).await, site.signed_in(GINA).await);
    let (emil, olga) = (site.signed_in(EMIL).await, site.signed_in(OLGA).await);
    let mut annas = Stream::open(&site, &anna, None).await;
    let mut ginas = Stream::open(&site, &gina, None).await;
    let mut emils = Stream::open(&site, &emil, None).await;
    let mut olgas = Stream::open(&site, &olga, None).await;
    assign(&site, &mut anna, ANNA, "action-pack", "visual-studio-professional", EMIL).await;
    let told = annas.next().await.unwrap();
    assert!(told.contains("event: changed") && told.contains("data: benefits\n"), "{told}");
    let told = emils.next().await.unwrap();
    assert!(told.contains("data: mine\n"), "{told}");
    // The first that Gina hears of is her own: nothing of Contoso came before it.
    assign(&site, &mut gina, GINA, "silver-core", "visual-studio-enterprise", GINA).await;
    let told = ginas.next().await.unwrap();
    assert!(told.contains("data: benefits,mine\n"), "{told}");
    assert!(ginas.idle() && annas.idle() && emils.idle());
    // The first that Olga hears of is work, not seats.
    let offer = site.benefit(ANNA, "gold-core", "gtm-case-study").await;
    assert_eq!(anna.call("offers/activate", &[("benefit", &offer)]).await.status, 200);
    let told = olgas.next().await.unwrap();
    assert!(told.contains("queue") && !told.contains("benefits"), "{told}");
    assert!(annas.next().await.unwrap().contains("data: offers\n"));
    assert!(emils.idle(), "offers are none of an employee's concern");
    // No name, no id: only that something changed.
    assert!(!told.contains("Contoso") && !told.contains(&offer));
}

#[tokio::test]
async fn a_lost_connection_leaves_no_gap() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let page = anna.get("/benefits/visual-studio").await;
    let seen = page.body.split("data-seen=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    // Between the page and the stream.
    assign(&site, &mut anna, ANNA, "action-pack", "visual-studio-professional", EMIL).await;
    let request = Request::get("/live").header(header::COOKIE, &anna.cookie).header("last-event-id", &seen);
    let answer = tower::ServiceExt::oneshot(site.app.clone(), request.body(Body::empty()).unwrap()).await.unwrap();
    let mut stream = Stream(answer.into_body().into_data_stream());
    let told = stream.next().await.unwrap();
    assert!(told.contains("data: benefits\n"), "{told}");
    let id: i64 = told.split("id: ").nth(1).and_then(|rest| rest.split('\n').next()).unwrap().parse().unwrap();
    assert!(id > seen.parse::<i64>().unwrap());
    // From there on: nothing twice.
    let request = Request::get(format!("/live?since={id}")).header(header::COOKIE, &anna.cookie);
    let answer = tower::ServiceExt::oneshot(site.app.clone(), request.body(Body::empty()).unwrap()).await.unwrap();
    let told = Stream(answer.into_body().into_data_stream()).next().await.unwrap();
    assert!(told.contains("data: -\n") && told.contains(&format!("id: {id}\n")), "{told}");
}

#[tokio::test]
async fn a_slow_reader_costs_nothing() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let mut stream = Stream::open(&site, &anna, None).await;
    // Far more hints than are kept for anybody, and some of them true.
    let chain = uuid::Uuid::nil();
    for _ in 0..5_000 {
        site.store.db.live.tell(Hint::Event { chain, action: domain::audit::AuditAction::SeatAssigned });
    }
    for who in [EMIL, ANNA, "adam.agent@contoso.example"] {
        assign(&site, &mut anna, ANNA, "action-pack", "visual-studio-professional", who).await;
    }
    let told = stream.next().await.unwrap();
    assert!(told.contains("data: benefits,mine\n"), "{told}");
    assert!(stream.idle(), "one event for all of it");
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let mut stream = Stream::open(&site, &anna, None).await;
    assert!(anna.call("session/sign_out", &[]).await.status.is_success());
    assert!(stream.next().await.unwrap().contains("event: end"));
    assert_eq!(stream.next().await, None);
    // Nobody is told that nothing will come.
    let request = Request::get("/live").body(Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(site.app.clone(), request).await.unwrap();
    let mut stream = Stream(answer.into_body().into_data_stream());
    assert!(stream.next().await.unwrap().contains("event: end"));
    assert_eq!(stream.next().await, None);
    // A tab that is only open keeps no session alive.
    let gina = site.signed_in(GINA).await;
    let mut stream = Stream::open(&site, &gina, None).await;
    site.store.clock.advance(chrono::TimeDelta::hours(7));
    site.store.db.live.tell(Hint::Unknown);
    stream.idle();
    site.store.clock.advance(chrono::TimeDelta::hours(2));
    site.store.db.live.tell(Hint::Unknown);
    assert!(stream.next().await.unwrap().contains("event: end"));
}

#[tokio::test]
async fn one_session_has_so_many_streams() {
    let site = site().await;
    let anna = site.signed_in(ANNA).await;
    let mut open = Vec::new();
    for _ in 0..24 {
        open.push(Stream::open(&site, &anna, None).await);
    }
    let status = async || {
        let request = Request::get("/live").header(header::COOKIE, &anna.cookie).body(Body::empty()).unwrap();
        tower::ServiceExt::oneshot(site.app.clone(), request).await.unwrap().status()
    };
    assert_eq!(status().await, StatusCode::SERVICE_UNAVAILABLE);
    open.pop();
    assert_eq!(status().await, StatusCode::OK, "a closed one gives its place back");
}
