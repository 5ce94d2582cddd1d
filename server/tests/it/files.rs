//! Files that a browser sends: byte for byte, up to the limit that the page names.

use crate::harness::{ANNA, Site, site};
use axum::body::Body;
use domain::file::MAX_UPLOAD;
use http::{Request, StatusCode, header};
use sea_orm::{EntityTrait, PaginatorTrait};
use store::demo::CATALOGUE;
use store::entity::{catalogue_version, upload};

const OLGA: &str = "olga.operator@programme.example";
const TRY_CATALOGUE: &str = "operator/try_catalogue";

async fn count(site: &Site) -> (u64, u64) {
    let db = site.store.db.conn();
    let versions = catalogue_version::Entity::find().count(db).await.unwrap();
    (versions, upload::Entity::find().count(db).await.unwrap())
}

#[tokio::test]
async fn a_catalogue_in_another_encoding_is_refused_with_its_line() {
    let site = site().await;
    let mut olga = site.signed_in(OLGA).await;
    let latin: Vec<u8> = CATALOGUE.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let line = CATALOGUE.lines().position(|l| !l.is_ascii()).unwrap() + 1;
    let refused = olga.upload("/operator/catalogue", TRY_CATALOGUE, &[], &latin).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has(&format!("Line {line} does not read as UTF-8. Save the file as UTF-8")), "{}", refused.body);
    assert!(!refused.has("\u{fffd}"));
    assert_eq!(count(&site).await, (1, 0), "nothing is kept, nothing is published");
    for (page, form, words) in [
        ("/operator/keys", "operator/try_keys", "Save the file as CSV UTF-8"),
        ("/operator/companies", "operator/try_companies", "Save the file as CSV UTF-8"),
    ] {
        let refused = olga.upload(page, form, &[], b"a,b\r\nK\xf6hler,c").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(refused.has("Line 2 ") && refused.has(words), "{page}: {}", refused.body);
    }
    assert_eq!(count(&site).await, (1, 0));
}

#[tokio::test]
async fn a_file_as_large_as_the_page_says_passes() {
    let site = site().await;
    let mut olga = site.signed_in(OLGA).await;
    assert!(olga.get("/operator/catalogue").await.has("at most 3 MiB"));
    // Letters that grew threefold when the form was packed anew.
    let mut file = [CATALOGUE, "\n# "].concat();
    let rest = MAX_UPLOAD - file.len();
    file += &"ü".repeat(rest / 2);
    file += &"x".repeat(rest % 2);
    assert_eq!(file.len(), MAX_UPLOAD);
    let sent = olga.upload("/operator/catalogue", TRY_CATALOGUE, &[], file.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{:.2000}", sent.body);
    assert!(sent.location().starts_with("/operator/catalogue/"), "{}", sent.location());
    assert_eq!(olga.get(sent.location()).await.status, StatusCode::OK);
    for larger in [1, 2 * 1024 * 1024] {
        let file = [file.as_bytes(), &vec![b'x'; larger]].concat();
        for (page, form, words) in [
            ("/operator/catalogue", "operator/try_catalogue", "vorteil catalogue import FILE"),
            ("/operator/keys", "operator/try_keys", "vorteil keys import FILE"),
            ("/operator/companies", "operator/try_companies", "larger than 1 MiB"),
        ] {
            let mut request = olga.packed(page, form, &[], &file);
            request.headers_mut().insert(header::CONTENT_LENGTH, (file.len() + 400).into());
            let refused = olga.send(request).await;
            assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{page} {larger}");
            assert!(refused.has(words), "{page} {larger}: {}", refused.body);
        }
    }
}

#[tokio::test]
async fn what_is_pasted_may_be_long() {
    let site = site().await;
    let mut olga = site.signed_in(OLGA).await;
    let pasted = ["product,key\r\n", &"office,ä\r\n".repeat(150_000)].concat();
    let sent = olga.upload("/operator/keys", "operator/try_keys", &[("keys", &pasted)], b"").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{:.2000}", sent.body);
    assert!(sent.location().starts_with("/operator/keys/import/"), "{}", sent.location());
}

#[tokio::test]
async fn a_field_that_is_not_text_is_refused() {
    let site = site().await;
    let mut olga = site.signed_in(OLGA).await;
    let body = b"--x\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\noperator/try_keys\r\n\
        --x\r\nContent-Disposition: form-data; name=\"keys\"\r\n\r\nK\xf6hler\r\n--x--\r\n";
    let request = Request::post("/operator/keys")
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "same-origin")
        .header(header::COOKIE, &olga.cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from(&body[..]))
        .unwrap();
    assert_eq!(olga.send(request).await.status, StatusCode::BAD_REQUEST);
}

/// What goes out as a list comes in as one.
#[tokio::test]
async fn an_exported_list_is_read_again() {
    let site = site().await;
    let benefit = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let mut anna = site.signed_in(ANNA).await;
    let list = anna.get(&format!("/export/seats.csv?benefit={benefit}")).await;
    assert!(list.body.starts_with("\u{feff}\""), "{}", list.body);
    let page = format!("/benefits/visual-studio/{benefit}/seats/file");
    let fields = [("benefit", benefit.as_str()), ("to", page.as_str()), ("typed", "")];
    let sent = anna.upload(&page, "seats/check_file", &fields, list.body.as_bytes()).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let tried = anna.get(sent.location()).await;
    // Each of them holds a seat already, and is recognised.
    let people = list.body.lines().count() - 1;
    assert!(people > 0 && tried.has(&format!("{people} line")) && !tried.has("Nobody in your company"));
}
