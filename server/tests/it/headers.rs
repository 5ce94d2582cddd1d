//! The headers of each kind of answer.

use crate::harness::{ANNA, Answer, config, site, site_with};
use http::header;

fn hardened(answer: &Answer, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.headers.get(name).map(|v| v.to_str().unwrap()), Some(value), "{what}: {name}");
    }
    assert_eq!(answer.headers.get_all(header::CACHE_CONTROL).iter().count(), 1, "{what}");
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
    assert!(answer.headers["x-request-id"].len() == 32, "{what}");
}

#[tokio::test]
async fn every_kind_of_answer_is_hardened() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let id = site.benefit(ANNA, "gold-core", "visio-professional-2019").await;
    hardened(&anna.get("/").await, "page");
    hardened(&anna.get("/nothing").await, "missing page");
    hardened(&anna.get("/pkg-nothing").await, "missing file");
    hardened(&anna.get("/healthz").await, "health");
    hardened(&anna.call("benefits/list", &[("category", "software")]).await, "function");
    hardened(&anna.call("benefits/reveal_keys", &[("benefit", &id)]).await, "reveal");
    hardened(&anna.call("no/such", &[]).await, "missing function");
    hardened(&anna.submit("/", "no/such", &[]).await, "missing form");
    hardened(&anna.submit("/", "preferences/set_theme", &[("theme", "light")]).await, "redirect");
    hardened(&site.browser().get("/").await, "way in");
}

#[tokio::test]
async fn the_nonce_is_new_for_every_page_and_on_every_script() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..3 {
        let page = anna.get("/benefits/software").await;
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        for script in page.body.split("<script").skip(1) {
            assert!(script.split('>').next().unwrap().contains(&nonce), "a script without the nonce: {script:.80}");
        }
        assert!(page.body.contains("<script"));
        assert!(seen.insert(nonce));
        for inline in [" style=\"", " onclick=", " onload=", "javascript:"] {
            assert!(!page.body.contains(inline), "{inline}");
        }
    }
}

#[tokio::test]
async fn cookies_are_bound_to_the_host_over_https() {
    let mut config = config();
    config.public_url = Some("https://benefits.example".to_owned());
    let site = site_with(config, true).await;
    let mut browser = site.browser();
    let signed =
        browser.submit("/sign-in", "session/sign_in", &[("email", ANNA), ("password", store::demo::PASSWORD)]).await;
    let cookie = signed.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-vorteil="), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(signed.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_eq!(browser.get("/").await.status, http::StatusCode::OK);
    // The plain name is for http on loopback, and without HSTS.
    let plain = crate::harness::site().await;
    let mut browser = plain.browser();
    let signed =
        browser.submit("/sign-in", "session/sign_in", &[("email", ANNA), ("password", store::demo::PASSWORD)]).await;
    let cookie = signed.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("vorteil=") && !cookie.contains("Secure") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(!signed.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
}
