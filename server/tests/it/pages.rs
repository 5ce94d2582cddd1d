//! Each page has its heading in both languages, its status, and nothing that is not its reader's.

use crate::harness::{ANNA, GINA, URSULA, site};
use http::StatusCode;

#[tokio::test]
async fn pages_have_their_heading_in_both_languages() {
    let site = site().await;
    for (path, english, german) in [
        ("/", "Dashboard", "Dashboard"),
        ("/benefits/software", "Software", "Software"),
        ("/benefits/cloud", "Cloud", "Cloud"),
        ("/benefits/visual-studio", "Visual Studio subscriptions", "Visual Studio-Abonnements"),
        ("/benefits/technical", "Technical benefits", "Technische Vorteile"),
        ("/benefits/go-to-market", "Go-To-Market", "Markteinführung"),
        ("/my-benefits", "My benefits", "Meine Vorteile"),
        ("/account/profile", "Profile", "Profil"),
    ] {
        for (language, heading) in [("en", english), ("de", german)] {
            let mut anna = site.signed_in(ANNA).await;
            anna.language = language;
            let page = anna.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(page.has(&format!("<h1>{heading}<")), "{path} {language}: {}", page.body);
            assert!(page.has(&format!("<html lang=\"{language}\"")), "{path}");
            assert!(page.has(&format!("<title>{heading} · Vorteil</title>")), "{path}");
        }
    }
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_to_the_sign_in_page_and_back() {
    let site = site().await;
    let mut browser = site.browser();
    let led = browser.get("/benefits/software?open=1").await;
    assert_eq!(led.status, StatusCode::SEE_OTHER);
    assert_eq!(led.location(), "/sign-in?next=%2Fbenefits%2Fsoftware%3Fopen%3D1");
    let fields = [("email", ANNA), ("password", store::demo::PASSWORD), ("next", "/benefits/software?open=1")];
    let back = browser.submit(led.location().to_owned().as_str(), "session/sign_in", &fields).await;
    assert_eq!(back.location(), "/benefits/software?open=1");
    assert_eq!(browser.get("/sign-in").await.location(), "/");
    // Nobody is sent to another site.
    let mut other = site.browser();
    let fields = [("email", ANNA), ("password", store::demo::PASSWORD), ("next", "//evil.example")];
    assert_eq!(other.submit("/sign-in", "session/sign_in", &fields).await.location(), "/");
    // A cookie that is worth nothing any more says so.
    let mut stale = site.browser();
    stale.cookie = "vorteil=gone".to_owned();
    assert!(stale.get("/").await.location().starts_with("/sign-in?why=expired"));
    assert!(stale.get("/sign-in?why=expired").await.has("in another window"));
}

#[tokio::test]
async fn addresses_that_do_not_exist_answer_404() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    for path in ["/nothing", "/benefits/nothing", "/benefits", "/account/users/1", "/benefits/software?open=nonsense"] {
        let page = anna.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.has("This address does not exist"), "{path}");
    }
}

#[tokio::test]
async fn another_companys_benefit_is_not_there() {
    let site = site().await;
    let id = site.benefit(ANNA, "gold-core", "office-professional-plus-2019").await;
    let address = format!("/benefits/software?open={id}");
    let mut anna = site.signed_in(ANNA).await;
    let page = anna.get(&address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("Get keys") && page.has("aria-expanded=\"true\""));
    let mut gina = site.signed_in(GINA).await;
    let page = gina.get(&address).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.has("Contoso"), "not even the name");
}

#[tokio::test]
async fn a_disabled_button_names_who_may() {
    let site = site().await;
    let id = site.benefit(ANNA, "gold-core", "office-professional-plus-2019").await;
    let mut ursula = site.signed_in(URSULA).await;
    let page = ursula.get(&format!("/benefits/software?open={id}")).await;
    assert!(page.has("In your company: Anna Global and Marta MPN."), "{}", page.body);
    assert!(page.has("disabled") && !page.has("benefits/reveal_keys"));
}

#[tokio::test]
async fn an_employee_is_led_to_what_is_theirs() {
    let site = site().await;
    let mut emil = site.signed_in("emil.employee@contoso.example").await;
    let page = emil.get("/benefits/software").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.has("My benefits") && !page.has("Office Professional"));
    assert!(emil.get("/my-benefits").await.has("Visual Studio Enterprise"));
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    assert_eq!(olga.get("/benefits/software").await.status, StatusCode::FORBIDDEN);
    assert!(olga.get("/").await.has("Key stock"));
    let mut nora = site.signed_in("nora.new@northwind.example").await;
    assert!(nora.get("/").await.has("Looks like you don't have any benefits yet"));
}

#[tokio::test]
async fn health_is_said_to_anybody() {
    let site = site().await;
    let mut nobody = site.browser();
    assert_eq!(nobody.get("/healthz").await.body, "ok");
    store::schedule::run_due(&site.store, uuid::Uuid::from_u128(1)).await.unwrap();
    let ready = |answer: crate::harness::Answer| serde_json::from_str::<serde_json::Value>(&answer.body).unwrap();
    let told = ready(nobody.get("/readyz").await);
    assert_eq!(told["status"], "ready");
    assert_eq!(told["jobs"][0]["job"], "expire");
    assert!(told["jobs"][0]["last_run"].is_string() && told["jobs"][0]["next_run"].is_string());
    assert_eq!(told["jobs"][1]["late"], false);
    // A job that does not come is told, and is no reason to send requests elsewhere.
    site.store.clock.advance(chrono::TimeDelta::hours(1));
    let late = nobody.get("/readyz").await;
    assert_eq!(late.status, StatusCode::OK);
    assert_eq!(ready(late)["status"], "late");
    site.store.db.migrate_down().await.unwrap();
    assert_eq!(nobody.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
}
