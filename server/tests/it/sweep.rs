//! Every server function, called as nobody, as a stranger and as every role, against a committed
//! list. A new function does not pass until somebody has decided who may call it.
//!
//! After a decision: `UPDATE=1 cargo test -p server --test it sweep`, and read the diff.

use crate::harness::{GINA, Site, site};
use std::fmt::Write;

const UNKNOWN: &str = "00000000-0000-0000-0000-000000000000";

/// What the calls are about: Contoso's.
struct Ids {
    /// A benefit with keys.
    benefit: String,
    /// A benefit with seats, all of them free.
    seats: String,
    /// An offer.
    offer: String,
    /// Somebody who is never one of the callers.
    person: String,
}

/// Valid arguments, so that what refuses is the permission. Ids are Contoso's.
fn arguments<'a>(function: &str, ids: &'a Ids, unknown: &'a str) -> Vec<(&'a str, &'a str)> {
    let (benefit, seats) = (ids.benefit.as_str(), ids.seats.as_str());
    match function {
        "session/sign_in" => vec![("email", unknown), ("password", "x")],
        "setup/create_operator" => vec![
            ("token", "x"),
            ("name", "O"),
            ("email", "o@p.example"),
            ("password", "korrekt pferd batterie"),
            ("repeated", "korrekt pferd batterie"),
        ],
        "preferences/set_language" => vec![("language", "en")],
        "preferences/set_theme" => vec![("theme", "light")],
        "benefits/list" => vec![("category", "software")],
        "benefits/detail" => vec![("benefit", benefit)],
        "benefits/reveal_keys" => vec![("benefit", benefit), ("confirmed", "true")],
        "profile/change_password" => {
            vec![("current", "x"), ("password", "korrekt pferd batterie"), ("repeated", "korrekt pferd batterie")]
        }
        "seats/list" => vec![("benefit", seats)],
        "seats/assign" | "seats/assign_oneself" => vec![("benefit", seats), ("person", ids.person.as_str())],
        "seats/remove" => vec![("assignment", UNKNOWN)],
        "seats/reassign" => vec![("assignment", UNKNOWN), ("person", ids.person.as_str())],
        "seats/check_file" => vec![("benefit", seats), ("typed", "email\na@b.example"), ("to", "/")],
        "seats/file" | "seats/file_progress" => vec![("file", UNKNOWN)],
        "seats/assign_file" => vec![("file", UNKNOWN), ("mode", "skip-bad")],
        "users/get" | "users/set_roles" | "users/disable" | "users/enable" | "users/invite" => {
            vec![("person", ids.person.as_str())]
        }
        "users/move_seats" => vec![("person", ids.person.as_str()), ("seats", "free")],
        "users/add" => vec![("name", "New"), ("email", unknown)],
        "role_requests/withdraw" | "role_requests/prove" => vec![("request", UNKNOWN)],
        "role_requests/decide" => vec![("request", UNKNOWN), ("decision", "approve")],
        "technical/get" | "cases/form" | "cases/save_draft" | "cases/send" => vec![("benefit", benefit)],
        "support/request" => {
            vec![("benefit", benefit), ("person", ids.person.as_str()), ("email", "some@home.example")]
        }
        "support/withdraw" => vec![("activation", UNKNOWN)],
        "cases/get" => vec![("number", "AR-2026-00001")],
        "cases/write" => vec![("case", UNKNOWN), ("text", "Hello")],
        "cases/withdraw" | "cases/close" => vec![("case", UNKNOWN)],
        "operator/work" | "operator/take" | "operator/release" => vec![("work", UNKNOWN)],
        "operator/fulfil_support" => vec![("activation", UNKNOWN), ("access_id", "A-1"), ("contract_id", "C-1")],
        "operator/decline_support" => vec![("activation", UNKNOWN), ("reason", "No")],
        "marketing/set_contact" => vec![
            ("person", ids.person.as_str()),
            ("email", "some@agency.example"),
            ("phone", "+49 30 5550177"),
            ("preferred", "de"),
        ],
        "marketing/make_main" | "marketing/remove_contact" => vec![("entry", UNKNOWN)],
        "offers/list" | "offers/activate" => vec![("benefit", ids.offer.as_str())],
        "offers/withdraw" => vec![("activation", UNKNOWN)],
        "operator/fulfil_offer" => vec![("activation", UNKNOWN), ("text", "Hello")],
        "operator/decline_offer" => vec![("activation", UNKNOWN), ("reason", "No")],
        "operator/record_incidents" => vec![("activation", UNKNOWN), ("used", "1")],
        "operator/answer_case" | "operator/contact_case" => vec![("case", UNKNOWN), ("text", "Hello")],
        "operator/deliver_case" => vec![("case", UNKNOWN), ("hours", "1")],
        "operator/decline_case" => vec![("case", UNKNOWN), ("reason", "No")],
        "operator/close_case" => vec![("case", UNKNOWN)],
        "operator/mail" | "operator/retry_mail" => vec![("mail", UNKNOWN)],
        "membership/begin_order" => vec![("package", "gold-core")],
        "membership/place_order" => {
            vec![("version", UNKNOWN), ("bill_to", "Northwind"), ("address", "Quay 1"), ("country", "Germany")]
        }
        "membership/order" | "membership/withdraw_order" | "operator/order" => vec![("order", UNKNOWN)],
        "membership/request_cancellation" => vec![("order", UNKNOWN), ("reason", "Bought by mistake.")],
        "membership/withdraw_cancellation" => vec![("cancellation", UNKNOWN)],
        "operator/record_payment" => {
            vec![("order", UNKNOWN), ("amount", "1.00"), ("date", "2026-11-22"), ("reference", "TX")]
        }
        "operator/approve_cancellation" => {
            vec![("cancellation", UNKNOWN), ("amount", "1.00"), ("date", "2026-11-22"), ("reference", "TX")]
        }
        "operator/decline_cancellation" => vec![("cancellation", UNKNOWN), ("reason", "No")],
        "operator/set_issuer" => vec![("issuer", "Programme"), ("pay_to", "IBAN")],
        "operator/try_catalogue" => vec![("file", "format = 1")],
        "operator/try_keys" => vec![("keys", "product,key")],
        "operator/try_companies" => vec![("file", "domain,company")],
        "operator/catalogue_trial"
        | "operator/publish_catalogue"
        | "operator/key_trial"
        | "operator/import_keys"
        | "operator/move_trial"
        | "operator/move_companies" => vec![("upload", UNKNOWN)],
        "operator/discard_upload" => vec![("upload", UNKNOWN), ("kind", "keys")],
        "operator/pool" | "operator/set_stock_level" => vec![("product", UNKNOWN), ("level", "1")],
        "operator/key" => vec![("key", UNKNOWN)],
        "operator/find_key" => vec![("key", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")],
        "operator/withdraw_key" => vec![("id", UNKNOWN), ("reason", "Leaked")],
        "operator/company" | "operator/suspend_company" | "operator/restore_company" => vec![("company", UNKNOWN)],
        "operator/create_company" => vec![("name", "Litware"), ("account_email", "office@litware.example")],
        "operator/change_company" => {
            vec![("company", UNKNOWN), ("name", "Litware"), ("account_email", "office@litware.example")]
        }
        "operator/invite_admin" => vec![("company", UNKNOWN), ("person", "Lia"), ("email", "lia@litware.example")],
        "operator/test_mail" => vec![("email", "test@programme.example")],
        "invitation/accept" => {
            vec![("password", "korrekt pferd batterie"), ("repeated", "korrekt pferd batterie")]
        }
        "profile/end_session" => vec![("session", UNKNOWN)],
        _ => vec![],
    }
}

fn functions() -> Vec<String> {
    let mut paths: Vec<String> =
        server_fn::axum::server_fn_paths().map(|(path, _)| path.trim_start_matches("/api/").to_owned()).collect();
    paths.sort();
    paths
}

const PEOPLE: [(&str, &str); 8] = [
    ("nobody", ""),
    ("stranger", GINA),
    ("global", "anna.global@contoso.example"),
    ("users", "ursula.user@contoso.example"),
    ("agent", "adam.agent@contoso.example"),
    ("mpn", "marta.mpn@contoso.example"),
    ("employee", "emil.employee@contoso.example"),
    ("operator", "olga.operator@programme.example"),
];

async fn table(site: &Site, ids: &Ids) -> String {
    let mut out = format!("{:<32}", "function");
    for (who, _) in PEOPLE {
        write!(out, "{who:>10}").unwrap();
    }
    for function in functions() {
        write!(out, "\n{function:<32}").unwrap();
        for (who, email) in PEOPLE {
            // An unknown account of its own, or the pause after failures would be what answers.
            let unknown = format!("{who}@unknown.example");
            // A fresh session each time: some functions end it.
            let mut browser = if email.is_empty() { site.browser() } else { site.signed_in(email).await };
            let answer = browser.call(&function, &arguments(&function, ids, &unknown)).await;
            write!(out, "{:>10}", answer.status.as_u16()).unwrap();
        }
    }
    out + "\n"
}

#[tokio::test]
async fn every_function_answers_whom_it_should() {
    let site = site().await;
    const ANNA: &str = "anna.global@contoso.example";
    let mut anna = site.signed_in(ANNA).await;
    assert_eq!(anna.call("users/add", &[("name", "Somebody"), ("email", "some@contoso.example")]).await.status, 200);
    let ids = Ids {
        benefit: site.benefit(ANNA, "gold-core", "office-professional-plus-2019").await,
        seats: site.benefit(ANNA, "action-pack", "visual-studio-professional").await,
        offer: site.benefit(ANNA, "gold-core", "gtm-case-study").await,
        person: site.user("some@contoso.example").await,
    };
    let printed = table(&site, &ids).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/sweep.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &printed).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == printed, "who may call what has changed; see the head of this file\n{printed}");
}

/// CsrfLayer lets GET through, so nothing that changes may answer to it.
#[tokio::test]
async fn no_function_answers_to_get() {
    let site = site().await;
    let mut browser = site.signed_in("anna.global@contoso.example").await;
    for (path, method) in server_fn::axum::server_fn_paths() {
        assert_eq!(method, http::Method::POST, "{path}");
        assert_eq!(browser.get(path).await.status, http::StatusCode::NOT_FOUND, "{path}");
    }
}
