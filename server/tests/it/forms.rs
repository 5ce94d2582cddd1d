//! Plain forms: what they do, what they keep, what they never give back.

use crate::harness::{ANNA, case_form, site, site_with};
use http::{StatusCode, header};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

const ADVICE: &str = "partner-advisory-hours";

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
    assert!(told.has("Sign in to go on"), "{}", told.body);
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

/// In another tab somebody else has signed in: the page of before does nothing for them.
#[tokio::test]
async fn a_form_is_for_whom_it_was_drawn_for() {
    use store::entity::user;
    let site = site().await;
    let anna = site.signed_in(ANNA).await;
    let mut gina = site.signed_in(crate::harness::GINA).await;
    gina.reader.clone_from(&anna.reader);
    let fields = [("name", "Carla Contoso"), ("email", "carla@contoso.example")];
    let refused = gina.submit("/account/users/new", "users/add", &fields).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.has("You are signed in as Gina Global of Fabrikam Ltd now. Nothing was done. Reload the page."));
    assert!(refused.has("Carla Contoso\ncarla@contoso.example"), "{}", refused.body);
    let found = user::Entity::find().filter(user::Column::EmailNormalized.eq("carla@contoso.example"));
    assert!(found.one(site.store.db.conn()).await.unwrap().is_none());
    // A form without a mark is nobody's.
    gina.reader.clear();
    assert_eq!(gina.submit("/account/users/new", "users/add", &fields).await.status, StatusCode::CONFLICT);
    // Calls of an open page say it, too; signing out does not matter.
    let told = gina.call_as(&anna.reader, "dashboard/get", &[]).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert_eq!(gina.submit("/account/users/new", "session/sign_out", &[]).await.location(), "/sign-in?why=signed-out");
}

#[tokio::test]
async fn a_form_names_functions_of_its_own_page_alone() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let person = site.user("ursula.user@contoso.example").await;
    let fields = [("person", person.as_str()), ("global_admin", "true")];
    for path in ["/", "/benefits/software", "/account/users/new"] {
        let refused = anna.submit(path, "users/set_roles", &fields).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path}");
    }
    let page = format!("/account/users/{person}");
    assert_eq!(anna.submit(&page, "users/set_roles", &fields).await.status, StatusCode::SEE_OTHER);
}

/// The mark of the form on a page.
async fn drawn(browser: &mut crate::harness::Browser, path: &str, form: &str) -> String {
    let page = browser.get(path).await;
    let at = page.body.find(&format!("value=\"{form}\"")).unwrap();
    page.body[at..].split("name=\"form_id\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_same_form_twice_is_one_act_answered_alike() {
    use store::entity::case_entry;
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let hours = site.benefit(ANNA, "gold-core", ADVICE).await;
    let case = case_form(&hours);
    let sent = anna.submit("/benefits/technical/requests/new", "cases/send", &case).await;
    let page = sent.location().split('?').next().unwrap().to_owned();
    assert!(page.starts_with("/benefits/technical/requests/AR-"), "{} {}", sent.status, sent.body);
    let row = store::entity::case::Entity::find().one(site.store.db.conn()).await.unwrap().unwrap();
    let id = drawn(&mut anna, &page, "cases/write").await;
    let (text, row) = ("Can you begin on Monday?", row.id.to_string());
    let fields = [("case", row.as_str()), ("text", text), ("form_id", id.as_str())];
    // Pressed twice on a slow line: both at once, and once more later.
    let mut second = anna.clone();
    let (one, two) =
        tokio::join!(anna.submit(&page, "cases/write", &fields), second.submit(&page, "cases/write", &fields));
    let three = anna.submit(&page, "cases/write", &fields).await;
    for answer in [&one, &two, &three] {
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, one.location()), "{}", answer.body);
    }
    let entries = case_entry::Entity::find().all(site.store.db.conn()).await.unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.text == text).count(), 1);
    // What was refused may be corrected and sent from the same page.
    let id = drawn(&mut anna, &page, "cases/write").await;
    let empty = anna.submit(&page, "cases/write", &[("case", &row), ("text", ""), ("form_id", &id)]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let corrected = anna.submit(&page, "cases/write", &[("case", &row), ("text", "Yes"), ("form_id", &id)]).await;
    assert_eq!(corrected.status, StatusCode::SEE_OTHER);
}

/// Too long for any form: it is said, and the text is there.
#[tokio::test]
async fn a_text_that_is_too_large_is_not_lost() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let hours = site.benefit(ANNA, "gold-core", ADVICE).await;
    let mut case = case_form(&hours);
    let text = "Für Größeres: 大きい. ".repeat(10_000);
    let cases = async || store::entity::case::Entity::find().count(site.store.db.conn()).await.unwrap();
    let before = cases().await;
    case[4].1 = &text;
    let refused = anna.submit("/benefits/technical/requests/new", "cases/send", &case).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.has("What you sent is too large") && refused.has("Umzug") && refused.has(text.trim()));
    assert_eq!(cases().await, before);
    // Nobody's large form is read.
    let nobody = site.browser().submit("/sign-in", "session/sign_in", &[("email", &text)]).await;
    assert_eq!(nobody.status, StatusCode::PAYLOAD_TOO_LARGE);
    // What waits for somebody to sign in comes along, packed once more.
    let typed = "大".repeat(4_000);
    case[4].1 = &typed;
    let waiting = serde_urlencoded::to_string([&case[..], &[("reader", &anna.reader)]].concat()).unwrap();
    let sign_in =
        [("email", ANNA), ("password", store::demo::PASSWORD), ("kept_form", "cases/send"), ("kept", &waiting)];
    let back = site.browser().submit("/benefits/technical/requests/new", "session/sign_in", &sign_in).await;
    assert!(back.has(&typed), "{} {}", back.status, back.body.len());
}

/// An answer that shows something once is had by the second press as well.
#[tokio::test]
async fn both_presses_get_the_link_that_is_shown_once() {
    let site = site().await;
    let mut anna = site.signed_in(ANNA).await;
    let id = drawn(&mut anna, "/account/users/new", "users/add").await;
    let fields = [("name", "Ida"), ("email", "ida@contoso.example"), ("form_id", id.as_str())];
    let mut second = anna.clone();
    let page = "/account/users/new";
    let (one, two) = tokio::join!(anna.submit(page, "users/add", &fields), second.submit(page, "users/add", &fields));
    for answer in [&one, &two] {
        assert!(answer.status.is_success() && answer.has("/invitation?token="), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_session_that_ends_loses_nothing() {
    let site = site().await;
    let mut nora = site.signed_in("nora.new@northwind.example").await;
    let page = "/membership/offers/silver-core";
    let fields = [("bill_to", "Northwind GmbH"), ("address", "Kai 1\n20457 Hamburg"), ("country", "Germany")];
    let reader = nora.reader.clone();
    nora.submit("/", "session/sign_out", &[]).await;
    nora.cookie = "vorteil=gone".to_owned();
    let refused = nora.submit(page, "membership/place_order", &fields).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.has("Sign in to go on") && refused.has("Kai 1\n20457 Hamburg"), "{}", refused.body);
    let kept = refused.body.split("name=\"kept\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let kept = kept.replace("&amp;", "&");
    let way = [("kept_form", "membership/place_order"), ("kept", kept.as_str())];
    let email = ("email", "nora.new@northwind.example");
    // A mistype keeps it, too.
    let wrong = [&way[..], &[email, ("password", "x")]].concat();
    let mistyped = nora.submit(page, "session/sign_in", &wrong).await;
    assert_eq!(mistyped.status, StatusCode::UNAUTHORIZED);
    assert!(mistyped.has("do not match an account") && mistyped.has("Kai 1\n20457 Hamburg"), "{}", mistyped.body);
    let right = [&way[..], &[email, ("password", store::demo::PASSWORD)]].concat();
    let back = nora.submit(page, "session/sign_in", &right).await;
    assert_eq!(back.status, StatusCode::OK);
    assert!(back.has("You are signed in again. Nothing was sent yet"), "{}", back.body);
    assert!(back.has("value=\"Northwind GmbH\"") && back.has("Kai 1\n20457 Hamburg") && back.has(&reader));
    assert!(
        !store::entity::order::Entity::find()
            .all(site.store.db.conn())
            .await
            .unwrap()
            .iter()
            .any(|o| o.bill_to == "Northwind GmbH")
    );
    // Whoever else signs in there gets no form of hers.
    let mut other = site.browser();
    let right = [&way[..], &[("email", ANNA), ("password", store::demo::PASSWORD)]].concat();
    assert_eq!(other.submit(page, "session/sign_in", &right).await.location(), page);
}

#[tokio::test]
async fn a_suspended_company_keeps_what_its_people_typed() {
    let site = site().await;
    let mut nora = site.signed_in("nora.new@northwind.example").await;
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    let company = store::entity::company::Entity::find().all(site.store.db.conn()).await.unwrap();
    let company = company.iter().find(|c| c.name == "Northwind").unwrap().id.to_string();
    let done = olga
        .submit(&format!("/operator/companies/{company}"), "operator/suspend_company", &[("company", &company)])
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let refused = nora
        .submit(
            "/membership/offers/silver-core",
            "membership/place_order",
            &[("bill_to", "Northwind GmbH"), ("address", "Kai 1"), ("country", "Germany")],
        )
        .await;
    assert!(refused.status.is_client_error(), "{}", refused.status);
    assert!(refused.has("Northwind GmbH\nKai 1") || refused.has("Sign in to go on"), "{}", refused.body);
}

#[tokio::test]
async fn a_page_says_when_its_session_ends() {
    let site = site().await;
    let mut olga = site.signed_in("olga.operator@programme.example").await;
    assert!(olga.get("/operator/queue").await.has("data-ends=\"1800\""));
    site.store.clock.advance(chrono::TimeDelta::minutes(26));
    assert_eq!(olga.get("/session-end").await.body, "240");
    assert_eq!(olga.get("/session-end").await.body, "240", "asking puts nothing off");
    olga.call("session/viewer", &[]).await;
    assert_eq!(olga.get("/session-end").await.body, "1800");
    site.store.clock.advance(chrono::TimeDelta::minutes(31));
    assert_eq!(olga.get("/session-end").await.body, "0");
}
