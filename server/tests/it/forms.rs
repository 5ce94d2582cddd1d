//! Plain forms: what they do, what they keep, what they never give back.

use crate::harness::{ANNA, site, site_with};
use http::{StatusCode, header};

/// No WebAssembly that would take the page over, and no data for it.
fn carries_nothing(answer: &crate::harness::Answer) -> bool {
    !answer.has("type=\"module\"") && !answer.has("__RESOLVED_RESOURCES[")
}

#[tokio::test]
async fn an_ordinary_page_carries_its_data() {
    let site = site().await;
    let page = site.signed_in(ANNA).await.get("/benefits/software").await;
    assert!(!carries_nothing(&page) && page.has("__RESOLVED_RESOURCES["), "{}", page.body);
}

#[tokio::test]
async fn a_refused_sign_in_keeps_what_was_typed() {
    let site = site().await;
    let mut browser = site.browser();
    let refused = browser
        .submit("/sign-in", "session/sign_in", &[("email", "anna@typo.example"), ("password", "MyS3cret!")])
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.has("do not match an account") && refused.has("value=\"anna@typo.example\""), "{}", refused.body);
    assert!(!refused.has("MyS3cret!"), "a password never comes back");
    assert!(carries_nothing(&refused), "an answer to a form carries no WebAssembly and no data");
    browser.language = "de";
    let german = browser.submit("/sign-in", "session/sign_in", &[("email", "a"), ("password", "b")]).await;
    assert!(german.has("passen zu keinem Konto"));
}

#[tokio::test]
async fn signing_out_ends_the_session_for_every_tab() {
    let site = site().await;
    let mut one = site.signed_in(ANNA).await;
    let mut two = one.clone();
    let out = one.submit("/benefits/software", "session/sign_out", &[]).await;
    assert_eq!((out.status, out.location()), (StatusCode::SEE_OTHER, "/sign-in?why=signed-out"));
    assert_eq!(out.headers["clear-site-data"], "\"storage\"");
    assert!(!one.cookie.contains("vorteil="));
    assert!(two.get("/").await.location().starts_with("/sign-in?why=expired"));
    // A form of the second tab is told, with the way in; nothing is done.
    let told = two
        .submit(
            "/account/profile",
            "profile/change_password",
            &[("current", "x"), ("password", "y"), ("repeated", "y")],
        )
        .await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert!(told.has("/sign-in?why=expired"), "{}", told.body);
}

#[tokio::test]
async fn language_and_theme_are_remembered() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let set = anna.submit("/benefits/cloud?filter=ends-soon", "preferences/set_language", &[("language", "de")]).await;
    assert_eq!((set.status, set.location()), (StatusCode::SEE_OTHER, "/benefits/cloud?filter=ends-soon"));
    assert!(anna.get("/").await.has("<html lang=\"de\""));
    anna.submit("/", "preferences/set_theme", &[("theme", "dark")]).await;
    assert!(anna.get("/").await.has("data-theme=\"dark\""));
    // The profile knows, on any other machine; the cookie knows, before anybody signs in.
    let mut elsewhere = site.signed_in(ANNA).await;
    assert!(elsewhere.get("/").await.has("<html lang=\"de\" data-theme=\"dark\""));
    let mut guest = site.browser();
    guest.submit("/sign-in", "preferences/set_language", &[("language", "de")]).await;
    assert!(guest.get("/sign-in").await.has("<html lang=\"de\""));
    for (form, field) in [("preferences/set_language", "language"), ("preferences/set_theme", "theme")] {
        assert_eq!(guest.submit("/sign-in", form, &[(field, "klingon")]).await.status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_password_form_marks_its_fields() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let good = "korrekt pferd batterie";
    for (current, new, repeated, sentence) in [
        ("wrong", good, good, "This is not your current password."),
        (store::demo::PASSWORD, "short", "short", "Use at least 12 characters."),
        (store::demo::PASSWORD, good, "other", "The two entries differ."),
    ] {
        let page = anna
            .submit(
                "/account/profile",
                "profile/change_password",
                &[("current", current), ("password", new), ("repeated", repeated)],
            )
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.has(sentence) && page.has("aria-invalid=\"true\""), "{sentence}");
        assert!(!page.has(good));
    }
    let fields = [("current", store::demo::PASSWORD), ("password", good), ("repeated", good)];
    let done = anna.submit("/account/profile", "profile/change_password", &fields).await;
    assert_eq!(done.location(), "/account/profile?done=password");
    assert!(anna.get(done.location()).await.has("Your password is changed."));
}

#[tokio::test]
async fn keys_without_javascript() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let id = site.benefit(ANNA, "action-pack", "office-professional-plus-2019").await;
    let address = format!("/benefits/software?open={id}");
    let asked = anna.submit(&address, "benefits/reveal_keys", &[("benefit", &id)]).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    assert!(asked.has("ends your right to a refund") && asked.has("name=\"confirmed\""), "{}", asked.body);
    assert!(!asked.has("DEMO"));
    let shown = anna.submit(&address, "benefits/reveal_keys", &[("benefit", &id), ("confirmed", "true")]).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.has("<code>DEMO"), "{}", shown.body);
    assert_eq!(shown.headers[header::CACHE_CONTROL], "no-store");
    assert!(carries_nothing(&shown), "no hydration data can hold it");
    assert_eq!(shown.body.matches("DEMO").count(), 1, "the key stands in one place");
    let after = anna.get(&address).await;
    assert!(!after.has("<code>DEMO") && after.has("Viewed by Anna Global"));
}

#[tokio::test]
async fn the_first_start_leads_to_the_set_up() {
    let mut config = crate::harness::config();
    config.demo = false;
    let site = site_with(config, false).await;
    let token = store::people::setup::issue_setup_token(&site.store).await.unwrap();
    let mut browser = site.browser();
    assert_eq!(browser.get("/sign-in").await.location(), "/setup");
    assert!(!browser.get("/setup").await.has("Demo accounts"));
    let password = "korrekt pferd batterie";
    let fill = |token: &str| {
        [
            ("token".to_owned(), token.to_owned()),
            ("name".into(), "Olga".into()),
            ("email".into(), "olga@p.example".into()),
            ("password".into(), password.into()),
            ("repeated".into(), password.into()),
        ]
    };
    let wrong = fill("wrong");
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let refused = browser.submit("/setup", "setup/create_operator", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("value=\"olga@p.example\"") && !refused.has("value=\"wrong\""));
    let right = fill(&token);
    let right: Vec<(&str, &str)> = right.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(browser.submit("/setup", "setup/create_operator", &right).await.location(), "/sign-in");
    assert!(browser.get("/setup").await.has("Setup is done"));
    assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
    let signed =
        browser.submit("/sign-in", "session/sign_in", &[("email", "olga@p.example"), ("password", password)]).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER);
}
