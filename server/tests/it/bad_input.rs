//! Malformed, over-long, foreign: a clear sentence, the right status, nothing lost.

use crate::harness::{ANNA, site};
use axum::body::Body;
use http::{Request, StatusCode, header};

fn post(path: &str, cookie: &str) -> http::request::Builder {
    Request::builder()
        .method("POST")
        .uri(path)
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

#[tokio::test]
async fn another_sites_form_is_refused_in_words() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        for path in ["/", "/api/session/sign_out"] {
            let request =
                post(path, &anna.cookie).header(name, value).body(Body::from("form=session/sign_out")).unwrap();
            let refused = anna.send(request).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path} {name}");
        }
    }
    let request = post("/", &anna.cookie)
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("form=session/sign_out"))
        .unwrap();
    let page = anna.send(request).await;
    assert!(page.has("came from another website"));
    assert!(page.has(" · Vorteil</title>") && page.has("<link rel=\"icon\""), "a head like that of every page");
    assert_eq!(anna.get("/").await.status, StatusCode::OK, "still signed in");
}

#[tokio::test]
async fn malformed_forms_are_refused_in_words() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let cookie = anna.cookie.clone();
    for (body, status, sentence) in [
        ("".to_owned(), StatusCode::BAD_REQUEST, "incomplete or too long"),
        ("form=../../etc/passwd".to_owned(), StatusCode::BAD_REQUEST, "incomplete or too long"),
        ("form=%00%ff".to_owned(), StatusCode::BAD_REQUEST, "incomplete or too long"),
        ("form=benefits/reveal_keys&benefit=1&confirmed=maybe".to_owned(), StatusCode::BAD_REQUEST, ""),
        (format!("form=session/sign_in&email={}", "x".repeat(70_000)), StatusCode::PAYLOAD_TOO_LARGE, "too large"),
    ] {
        let request = post("/account/profile", &cookie).body(Body::from(body.clone())).unwrap();
        let refused = anna.send(request).await;
        assert_eq!(refused.status, status, "{body:.60}");
        assert!(refused.has(sentence), "{body:.60}: {}", refused.body);
    }
    let request = post("/", &cookie).header(header::CONTENT_TYPE, "multipart/form-data").body(Body::from("x")).unwrap();
    assert_eq!(anna.send(request).await.status, StatusCode::BAD_REQUEST);
    let request = Request::builder().method("DELETE").uri("/").body(Body::empty()).unwrap();
    assert_eq!(anna.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn over_long_fields_change_nothing() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let long = "x".repeat(15_000);
    let refused = anna
        .submit(
            "/account/profile",
            "profile/change_password",
            &[("current", &long), ("password", &long), ("repeated", &long)],
        )
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("at most 128 characters"));
    let unknown = site.browser().submit("/sign-in", "session/sign_in", &[("email", &long), ("password", &long)]).await;
    assert_eq!(unknown.status, StatusCode::UNAUTHORIZED);
    let path = format!(
        "/benefits/software?q={}&after={}&language={}&open=",
        "%C3%BC".repeat(500),
        "9".repeat(500),
        "z".repeat(500)
    );
    assert_eq!(anna.get(&path).await.status, StatusCode::OK);
}

#[tokio::test]
async fn text_from_people_is_text() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let page = anna.get("/benefits/software?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").await;
    assert!(!page.has("<script>alert(1)"), "{}", page.body);
    let refused =
        site.browser().submit("/sign-in", "session/sign_in", &[("email", "\"><img src=x>@x"), ("password", "x")]).await;
    assert!(!refused.has("<img src=x>"), "{}", refused.body);
}

/// A panic becomes a page with a reference, and the next request is answered.
#[tokio::test]
async fn a_panic_becomes_a_page_with_a_reference() {
    use axum::middleware::from_fn_with_state;
    use tower::ServiceExt;
    let site = site().await;
    let options = leptos::config::LeptosOptions::builder().output_name("vorteil").build();
    let state = server::router::AppState::new(site.store.clone(), &crate::harness::config(), options);
    async fn fails() -> &'static str {
        panic!("on purpose")
    }
    let app: axum::Router = axum::Router::new()
        .route("/panic", axum::routing::get(fails))
        .layer(from_fn_with_state(state, server::request::guard));
    let request = Request::builder()
        .uri("/panic")
        .header(header::ACCEPT, "text/html")
        .header(header::ACCEPT_LANGUAGE, "de")
        .body(Body::empty())
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let reference = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let page = String::from_utf8_lossy(&body);
    assert!(
        page.contains(&reference) && page.contains("Es wurde nichts geändert") && !page.contains("on purpose"),
        "{page}"
    );
}

/// Without its tables the database answers nothing: words, and no detail of the inside.
#[tokio::test]
async fn a_broken_database_is_said_without_details() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    site.store.db.migrate_down().await.unwrap();
    let page = anna.get("/").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.has("Nothing was changed") && !page.has("no such table") && !page.has("sessions"), "{}", page.body);
    assert!(page.has(page.headers["x-request-id"].to_str().unwrap()));
}

/// A database that takes no writes: pages can be read, a write is refused in words.
/// A demo in a file, and the site over any connection to it.
async fn demo_file(folder: &std::path::Path) -> (String, store::Store) {
    use crate::harness::noon;
    use store::{Clock, Db, Store, demo, secrets::KeyRing};
    let url = format!("sqlite://{}", folder.join("vorteil.db").display());
    let db = Db::connect(&url).await.unwrap();
    db.migrate().await.unwrap();
    let store = Store::new(db, Clock::at(noon()), KeyRing::generate());
    demo::load(&store).await.unwrap();
    (url, store)
}

fn site_over(store: &store::Store) -> crate::harness::Site {
    use server::router::{AppState, router};
    let options = leptos::config::LeptosOptions::builder().output_name("vorteil").build();
    let app = router(AppState::new(store.clone(), &crate::harness::config(), options));
    crate::harness::Site { app, store: store.clone() }
}

/// Reads go on, writes are refused in words, nothing typed is lost.
async fn refuses_writes(site: &crate::harness::Site, cookie: String) {
    let mut anna = site.browser();
    anna.cookie = cookie;
    anna.reader = site.mark(ANNA).await;
    assert_eq!(anna.get("/benefits/software").await.status, StatusCode::OK);
    let refused = anna.submit("/", "preferences/set_theme", &[("theme", "dark")]).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    assert!(refused.has("cannot store or read anything right now"), "{}", refused.body);
    let nobody = site.browser().submit("/sign-in", "session/sign_in", &[("email", ANNA), ("password", "x")]).await;
    assert_eq!(nobody.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(nobody.has(&format!("value=\"{ANNA}\"")), "what was typed is kept");
}

#[tokio::test]
async fn a_read_only_database_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (url, mut store) = demo_file(folder.path()).await;
    let cookie = site_over(&store).signed_in(ANNA).await.cookie;
    let writable = store.db.clone();
    store.db = store::Db::connect(&format!("{url}?mode=ro")).await.unwrap();
    refuses_writes(&site_over(&store), cookie).await;
    drop(writable);
}

/// Somebody else holds the write lock for longer than a writer waits.
#[tokio::test]
async fn a_locked_database_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (url, mut store) = demo_file(folder.path()).await;
    let cookie = site_over(&store).signed_in(ANNA).await.cookie;
    let holder = store.db.begin().await.unwrap();
    let other = store.db.clone();
    store.db = store::Db::connect_patient(&url, std::time::Duration::from_millis(20)).await.unwrap();
    let site = site_over(&store);
    refuses_writes(&site, cookie.clone()).await;
    holder.rollback().await.unwrap();
    let mut anna = site.browser();
    anna.cookie = cookie;
    anna.reader = site.mark(ANNA).await;
    let done = anna.submit("/", "preferences/set_theme", &[("theme", "dark")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    drop(other);
}
