//! The router over a fresh demo, and browsers with cookies.

use axum::Router;
use axum::body::{Body, to_bytes};
use chrono::{DateTime, TimeZone, Utc};
use domain::access::Principal;
use http::{HeaderMap, Request, StatusCode, header};
use leptos::config::LeptosOptions;
use server::config::Config;
use server::router::{AppState, router};
use store::secrets::KeyRing;
use store::{Clock, Db, Store, demo};
use tower::ServiceExt;

pub const ANNA: &str = "anna.global@contoso.example";
pub const URSULA: &str = "ursula.user@contoso.example";
pub const GINA: &str = "gina.global@fabrikam.example";

pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap()
}

pub struct Site {
    pub app: Router,
    pub store: Store,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// The body of what is not text.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }
    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }
}

pub fn config() -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    std::fs::write(&file, "demo = true").unwrap();
    Config::load(Some(&file)).unwrap()
}

pub async fn site_with(config: Config, demo: bool) -> Site {
    let db = Db::connect("sqlite::memory:").await.unwrap();
    db.migrate().await.unwrap();
    let store = Store::new(db, Clock::at(noon()), KeyRing::generate());
    if demo {
        demo::load(&store).await.unwrap();
    }
    let options = LeptosOptions::builder().output_name("vorteil").build();
    Site { app: router(AppState::new(store.clone(), &config, options)), store }
}

pub async fn site() -> Site {
    site_with(config(), true).await
}

/// A browser: keeps its cookie, says its language, asks for pages.
#[derive(Clone)]
pub struct Browser {
    app: Router,
    pub cookie: String,
    pub language: &'static str,
    /// Whom the pages of this browser are drawn for.
    pub reader: String,
}

impl Site {
    pub fn browser(&self) -> Browser {
        Browser { app: self.app.clone(), cookie: String::new(), language: "en", reader: String::new() }
    }

    pub async fn signed_in(&self, email: &str) -> Browser {
        let mut browser = self.browser();
        let answer =
            browser.submit("/sign-in", "session/sign_in", &[("email", email), ("password", demo::PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser.reader = self.mark(email).await;
        browser
    }

    async fn row(&self, email: &str) -> store::entity::user::Model {
        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
        use store::entity::user;
        let found = user::Entity::find().filter(user::Column::EmailNormalized.eq(email));
        found.one(self.store.db.conn()).await.unwrap().unwrap()
    }

    /// What the pages of a person say of whom they were drawn for.
    pub async fn mark(&self, email: &str) -> String {
        let row = self.row(email).await;
        Principal { user: row.id, company: row.company_id, roles: Vec::new() }.mark()
    }

    /// The id of a person.
    pub async fn user(&self, email: &str) -> String {
        self.row(email).await.id.to_string()
    }

    pub async fn benefit(&self, email: &str, package: &str, product: &str) -> String {
        let row = self.row(email).await;
        demo::demo_benefit(&self.store, row.company_id.unwrap(), package, product).await.unwrap().to_string()
    }
}

/// What somebody writes who asks for advisory hours of a benefit.
pub fn case_form(benefit: &str) -> [(&str, &str); 12] {
    [
        ("benefit", benefit),
        ("once", "0193a5b0-0000-7000-8000-000000000001"),
        ("step", "submit"),
        ("title", "Umzug"),
        ("description", "Wir ziehen um."),
        ("stage", "deployment"),
        ("product", "Exchange"),
        ("contact", "Anna"),
        ("phone", "+49 30 5550100"),
        ("country", "Germany"),
        ("language", "de"),
        ("hours", "2"),
    ]
}

impl Browser {
    pub async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut kept: Vec<String> = self
                .cookie
                .split("; ")
                .filter(|c| !c.is_empty() && !c.starts_with(&format!("{name}=")))
                .map(str::to_owned)
                .collect();
            if !value.is_empty() {
                kept.push(pair.to_owned());
            }
            self.cookie = kept.join("; ");
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            bytes: body.into(),
        }
    }

    fn request(&self, method: &str, path: &str) -> http::request::Builder {
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:3000")
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, &self.cookie)
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request("GET", path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// A plain form, as a browser without JavaScript posts it.
    pub async fn submit(&mut self, path: &str, form: &str, fields: &[(&str, &str)]) -> Answer {
        let reader = self.reader.clone();
        let mut all = vec![("form", form), ("reader", &*reader)];
        all.extend_from_slice(fields);
        let request = self
            .request("POST", path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(all).unwrap()))
            .unwrap();
        self.send(request).await
    }

    /// A form with a file, as a browser packs it.
    pub fn packed(&self, path: &str, form: &str, fields: &[(&str, &str)], file: &[u8]) -> Request<Body> {
        let ours = [("form", form), ("reader", &*self.reader)];
        let mut body = Vec::new();
        for (name, value) in ours.iter().chain(fields) {
            body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        body.extend(
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.csv\"\r\nContent-Type: text/csv\r\n\r\n",
        );
        body.extend(file);
        body.extend(b"\r\n--x--\r\n");
        self.request("POST", path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
            .body(Body::from(body))
            .unwrap()
    }

    pub async fn upload(&mut self, path: &str, form: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
        let request = self.packed(path, form, fields, file);
        self.send(request).await
    }

    /// The same, from a page that was drawn for somebody.
    pub async fn call_as(&mut self, reader: &str, function: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", &format!("/api/{function}"))
            .header("x-vorteil-reader", reader)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap();
        self.send(request).await
    }

    /// A server function, as the WebAssembly calls it.
    pub async fn call(&mut self, function: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self
            .request("POST", &format!("/api/{function}"))
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(serde_urlencoded::to_string(fields).unwrap()))
            .unwrap();
        self.send(request).await
    }
}
