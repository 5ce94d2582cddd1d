//! People and seats at the boundary: links, files, exports, and companies that cannot act here.

use crate::harness::{ANNA, URSULA, site};
use axum::body::Body;
use http::{Request, StatusCode, header};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use store::entity::company;

#[tokio::test]
async fn an_invitations_token_is_told_once() {
    let site = site().await;
    let mut ursula = site.signed_in(URSULA).await;
    let added =
        ursula.submit("/account/users/new", "users/add", &[("name", "Ida"), ("email", "ida@contoso.example")]).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    let (_, rest) = added.body.split_once("/invitation?token=").unwrap();
    let token: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    assert!(token.len() >= 32, "{token}");
    assert!(!added.has("type=\"module\""), "no hydration data carries it");
    let id = site.user("ida@contoso.example").await;
    for page in ["/account/users", &format!("/account/users/{id}")] {
        assert!(!ursula.get(page).await.has(&token), "{page}");
    }
    // The link leads to the page without the token in its address, in its text or in its links.
    let mut guest = site.browser();
    let kept = guest.get(&format!("/invitation?token={token}")).await;
    assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, "/invitation"));
    let cookie = kept.headers.get(header::SET_COOKIE).unwrap().to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let page = guest.get("/invitation").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("Ida") && !page.has(&token), "{}", page.body);
    let bad = guest.get("/invitation?token=%0d%0aset-cookie:x%3d1;%20path=/").await;
    assert!(
        bad.headers
            .get(header::SET_COOKIE)
            .unwrap()
            .to_str()
            .unwrap()
            .starts_with("vorteil-invitation=set-cookiex1path;")
    );
    let refused = guest.get("/invitation").await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    assert!(refused.has("older than 72 hours"), "{}", refused.body);
}

#[tokio::test]
async fn a_list_goes_out_as_csv_packed_or_not() {
    let site = site().await;
    let benefit = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let path = format!("/export/seats.csv?benefit={benefit}&view=history");
    let mut anna = site.signed_in(ANNA).await;
    let plain = anna.get(&path).await;
    assert_eq!(plain.status, StatusCode::OK);
    assert_eq!(plain.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert_eq!(plain.body.lines().count(), 5, "{}", plain.body);
    assert!(plain.has("adam.agent@contoso.example"));
    for encoding in ["gzip", "br"] {
        let request = Request::get(&path)
            .header(header::COOKIE, &anna.cookie)
            .header(header::ACCEPT_ENCODING, encoding)
            .body(Body::empty())
            .unwrap();
        let packed = anna.send(request).await;
        assert_eq!(packed.status, StatusCode::OK);
        assert_eq!(packed.headers[header::CONTENT_ENCODING], encoding);
    }
    let foreign = Request::get(&path)
        .header(header::COOKIE, &anna.cookie)
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty())
        .unwrap();
    assert_eq!(anna.send(foreign).await.status, StatusCode::FORBIDDEN);
    let head = Request::head(&path).header(header::COOKIE, &anna.cookie).body(Body::empty()).unwrap();
    assert_eq!(anna.send(head).await.status, StatusCode::METHOD_NOT_ALLOWED);
    for day in ["-9999-01-01", "%2B262142-12-31", "2026-02-30", "31.12.2020"] {
        let asked = format!("/export/seats.csv?benefit={benefit}&at={day}");
        let refused = anna.get(&asked).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert!(refused.has("Write it as year, month and day"), "{day}: {}", refused.body);
        let page = format!("/benefits/visual-studio/{benefit}/seats?at={day}&q=%00");
        assert_eq!(anna.get(&page).await.status, StatusCode::OK, "{day}");
    }
    assert_eq!(anna.get("/export/seats.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.signed_in(URSULA).await.get(&path).await.status, StatusCode::FORBIDDEN);
    assert_eq!(site.signed_in("gina.global@fabrikam.example").await.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.browser().get(&path).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_file_comes_in_a_form() {
    let site = site().await;
    let benefit = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let page = format!("/benefits/visual-studio/{benefit}/seats/file");
    let mut anna = site.signed_in(ANNA).await;
    let check = "seats/check_file";
    let fields = [("benefit", benefit.as_str()), ("to", page.as_str()), ("typed", "")];
    let sent = anna.upload(&page, check, &fields, b"email\nadam.agent@contoso.example\n").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let checked = sent.location().to_owned();
    assert!(checked.starts_with(&page), "{checked}");
    assert!(anna.get(&checked).await.has("1 user would be assigned"));
    for (file, status, words) in [
        (&b""[..], StatusCode::UNPROCESSABLE_ENTITY, "names nobody"),
        (b"name\nAnna\n", StatusCode::UNPROCESSABLE_ENTITY, "has to name a column"),
        (&vec![b'a'; 1_100_000], StatusCode::PAYLOAD_TOO_LARGE, "larger than 1 MB"),
        (&vec![b'a'; 4_000_000], StatusCode::PAYLOAD_TOO_LARGE, "larger than 1 MB"),
        (b"\xff\xfe\x00email", StatusCode::UNPROCESSABLE_ENTITY, "column"),
        (b"email\r\nj\xf6rg@b.example", StatusCode::UNPROCESSABLE_ENTITY, "Line 2 does not read as UTF-8"),
    ] {
        let refused = anna.upload(&page, check, &fields, file).await;
        assert_eq!(refused.status, status, "{words}");
        assert!(refused.has(words), "{words}: {}", refused.body);
    }
    // Where no file is asked for, and from whom nobody knows, less is read.
    let big = vec![b'a'; 100_000];
    let sent = anna.upload("/account/profile", check, &fields, &big).await;
    assert_eq!(sent.status, StatusCode::PAYLOAD_TOO_LARGE);
    let nobody = site.browser().upload(&page, check, &fields, &big).await;
    assert_eq!(nobody.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Somewhere else is not gone to.
    let elsewhere = [("benefit", benefit.as_str()), ("to", "//evil.example")];
    let sent = anna.upload(&page, check, &elsewhere, b"email\nadam.agent@contoso.example\n").await;
    assert_eq!(sent.location(), "/");
    let broken = Request::post(&page)
        .header(header::COOKIE, &anna.cookie)
        .header(header::ACCEPT, "text/html")
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::from("--x\r\nnonsense"))
        .unwrap();
    assert_eq!(anna.send(broken).await.status, StatusCode::BAD_REQUEST);
}

/// Managed elsewhere still; nothing can be done here, and the way there is said.
#[tokio::test]
async fn a_company_in_the_predecessor_portal_is_shown_the_way() {
    let site = site().await;
    let db = site.store.db.conn();
    let row = company::Entity::find().all(db).await.unwrap().into_iter().find(|c| c.name == "Contoso GmbH").unwrap();
    let mut row = row.into_active_model();
    row.in_predecessor = Set(true);
    row.update(db).await.unwrap();
    let benefit = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let adam = site.user("adam.agent@contoso.example").await;
    let mut anna = site.signed_in(ANNA).await;
    for page in ["/", "/benefits/software", "/account/users", "/benefits/global-admin"] {
        let shown = anna.get(page).await;
        assert_eq!(shown.status, StatusCode::FORBIDDEN, "{page}");
        assert!(shown.has("predecessor portal") && shown.has("https://programme.example/predecessor"), "{page}");
    }
    assert_eq!(anna.get("/account/profile").await.status, StatusCode::OK);
    for (function, fields) in [
        ("seats/assign", vec![("benefit", benefit.as_str()), ("person", adam.as_str())]),
        ("users/disable", vec![("person", adam.as_str())]),
        ("users/add", vec![("name", "X"), ("email", "x@contoso.example")]),
    ] {
        assert_eq!(anna.call(function, &fields).await.status, StatusCode::FORBIDDEN, "{function}");
    }
}

/// Not a member yet.
#[tokio::test]
async fn a_company_without_a_package_is_told_how_to_join() {
    let site = site().await;
    let mut nora = site.signed_in("nora.new@northwind.example").await;
    for page in ["/", "/benefits/software"] {
        let shown = nora.get(page).await;
        assert_eq!(shown.status, StatusCode::OK);
        assert!(shown.has("https://programme.example/membership"), "{page}: {}", shown.body);
    }
}

/// What was done is said by the page that comes next, at its own address.
#[tokio::test]
async fn a_form_comes_back_to_its_page() {
    let site = site().await;
    let benefit = site.benefit(ANNA, "gold-core", "visual-studio-enterprise").await;
    let adam = site.user("adam.agent@contoso.example").await;
    let mut anna = site.signed_in(ANNA).await;
    let page = format!("/benefits/visual-studio?open={benefit}&find=adam&user={adam}&done=removed");
    let sent = anna.submit(&page, "seats/assign", &[("benefit", &benefit), ("person", &adam)]).await;
    assert_eq!(sent.location(), format!("/benefits/visual-studio?open={benefit}&done=assigned"));
    let again = anna.submit(&page, "seats/assign", &[("benefit", &benefit), ("person", &adam)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(again.has("holds one already") && !again.has("The seat is free again"), "{}", again.body);
    let nobody = anna.submit(&page, "seats/assign", &[("benefit", &benefit), ("person", "")]).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nobody.has("Choose a user."));
}

/// Two people have the same request before their eyes: the second is told, though it is gone.
#[tokio::test]
async fn a_request_is_decided_once() {
    use sea_orm::{ColumnTrait, QueryFilter};
    use store::entity::{role_request, work_item};
    let site = site().await;
    for (asks, decides, page) in [
        ("adam.agent@contoso.example", ANNA, "/benefits/global-admin"),
        ("nora.new@northwind.example", "olga.operator@programme.example", "/operator/queue/"),
    ] {
        let mut asking = site.signed_in(asks).await;
        let sent = asking.submit("/benefits/global-admin", "role_requests/request", &[("note", "Please")]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let own = role_request::Entity::find()
            .filter(role_request::Column::Note.eq("Please"))
            .filter(role_request::Column::DecidedAt.is_null());
        let id = own.one(site.store.db.conn()).await.unwrap().unwrap().id.to_string();
        let page = if page.ends_with('/') {
            let work =
                work_item::Entity::find().filter(work_item::Column::SubjectId.eq(id.parse::<uuid::Uuid>().unwrap()));
            format!("{page}{}", work.one(site.store.db.conn()).await.unwrap().unwrap().id)
        } else {
            page.to_owned()
        };
        let page = page.as_str();
        let mut deciding = site.signed_in(decides).await;
        let fields = [("request", id.as_str()), ("decision", "decline"), ("reason", "No.")];
        let empty = deciding.submit(page, "role_requests/decide", &fields[..2]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(empty.body.matches("Write a reason").count(), 1, "said once, at its field");
        let first = deciding.submit(page, "role_requests/decide", &fields).await;
        assert_eq!(first.location(), format!("{page}?done=declined"));
        let second = deciding.submit(page, "role_requests/decide", &fields).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        assert!(second.has("decided or withdrawn in the meantime"), "{}", second.body);
    }
}
