//! Which address answers with what.

use crate::calendar::calendar;
use crate::config::Config;
use crate::export;
use crate::forms::{self, MAX_FORM, MAX_UPLOAD};
use crate::invoice;
use crate::live::{self, Streams};
use crate::request::{ENDS, bare, ctx_is, guard, identify, keep_invitation, say, way_in};
use crate::schedule;
use crate::sent::SentForms;
use app::call::READER_HEADER;
use app::error::AppError;
use app::session::ssr::{Program, RequestInfo, Seen};
use app::{App, shell};
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Path, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use domain::view::Links;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use ipnet::IpNet;
use leptos::config::LeptosOptions;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::Store;
use tokio::sync::watch;
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

#[derive(Clone, Debug)]
pub struct AppState {
    pub store: Store,
    pub options: LeptosOptions,
    pub trusted_proxies: Arc<[IpNet]>,
    pub demo: bool,
    pub secure: bool,
    /// The address that browsers use, where one is set.
    pub public_url: Option<String>,
    pub links: Arc<Links>,
    /// A mail server is set.
    pub mail_is_on: bool,
    /// Becomes true when the service is told to stop: streams end, for everything else is finished.
    pub stop: Option<watch::Receiver<bool>>,
    pub streams: Streams,
    /// Which build of the pages this program draws.
    pub program: Arc<str>,
    pub sent: SentForms,
    /// There is an operator: once true, it stays so.
    set_up: Arc<AtomicBool>,
}

impl AppState {
    pub fn new(store: Store, config: &Config, options: LeptosOptions) -> Self {
        let program = program_of(&options).into();
        Self {
            store,
            options,
            trusted_proxies: config.trusted_proxies.clone().into(),
            demo: config.demo,
            secure: config.is_secure(),
            public_url: config.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned()),
            links: Arc::new(config.links()),
            mail_is_on: config.smtp_url.is_some(),
            stop: None,
            streams: Streams::default(),
            program,
            sent: SentForms::default(),
            set_up: Arc::new(AtomicBool::new(false)),
        }
    }

    async fn needs_setup(&self) -> Result<bool, store::StoreError> {
        if self.set_up.load(Ordering::Relaxed) {
            return Ok(false);
        }
        let needed = store::people::setup::needs_setup(&self.store).await?;
        self.set_up.store(!needed, Ordering::Relaxed);
        Ok(needed)
    }
}

/// The hashes of what the browser loads, which lie beside the program.
fn program_of(options: &LeptosOptions) -> String {
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(options.hash_file.as_ref())));
    let hashes = beside.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let wasm = hashes.lines().find_map(|line| line.strip_prefix("wasm:"));
    wasm.map_or_else(|| env!("CARGO_PKG_VERSION").to_owned(), |hash| hash.trim().to_owned())
}

/// For files whose names hold a hash of what is in them.
const FOREVER: &str = "public, max-age=31536000, immutable";

pub fn router(state: AppState) -> Router {
    // Set once per process; a second router (in tests) finds it set.
    let _ = any_spawner::Executor::init_tokio();
    let site = PathBuf::from(state.options.site_root.as_ref());
    let package = ServeDir::new(site.join(state.options.site_pkg_dir.as_ref())).precompressed_br().precompressed_gzip();
    // File names hold a hash of their content, so a file never changes under its name.
    let forever = HeaderValue::from_static(FOREVER);
    let package = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, move |response: &http::Response<_>| {
            response.status().is_success().then(|| forever.clone())
        }))
        .service(package);
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/live", get(live::live))
        .route("/program", get(program))
        .route(ENDS, get(session_end))
        .route("/calendar/{name}", get(calendar))
        .route("/api/{*function}", any(function))
        .route("/texts/{name}", get(texts))
        .route("/export/seats.csv", get(export::seats))
        .route("/export/catalogue.toml", get(export::catalogue))
        .route("/membership/orders/{id}/invoice.pdf", get(invoice::invoice))
        .nest_service("/pkg", package)
        .route_service("/favicon.svg", ServeFile::new(site.join("favicon.svg")))
        .fallback(page)
        .layer(from_fn_with_state(state.clone(), identify))
        .layer(CsrfLayer::new())
        .layer(RequestBodyLimitLayer::new(MAX_UPLOAD))
        .layer(from_fn_with_state(state.clone(), guard))
        .layer(CompressionLayer::new())
        .with_state(state)
}

/// Ready when the database answers and has the schema that this program knows. A late job is told,
/// and is no reason to send requests elsewhere.
async fn ready(State(state): State<AppState>) -> Response {
    match state.store.db.is_migrated().await {
        Ok(true) => match schedule::report(&state.store).await {
            Ok((jobs, is_late)) => {
                let status = if is_late { "late" } else { "ready" };
                Json(serde_json::json!({ "status": status, "jobs": jobs })).into_response()
            }
            Err(error) => {
                tracing::warn!(%error, "not ready");
                (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
            }
        },
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the schema is not up to date").into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

/// Which program this is: an open page asks whether it is still the one that drew it.
async fn program(State(state): State<AppState>) -> String {
    state.program.to_string()
}

/// In how many seconds the reader's session ends; none when there is none.
async fn session_end(Extension(info): Extension<RequestInfo>) -> String {
    info.ends_in.unwrap_or(0).to_string()
}

/// The sentences of a language, for the WebAssembly that was built with them.
async fn texts(Path(name): Path<String>) -> Response {
    match app::texts::file(&name) {
        Some(text) => {
            let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, FOREVER)];
            (headers, text).into_response()
        }
        None => bare(StatusCode::NOT_FOUND),
    }
}

async fn function(State(state): State<AppState>, request: Request) -> Response {
    if server_fn::axum::get_server_fn_service(request.uri().path(), request.method().clone()).is_none() {
        return say(&state, AppError::NotFound, false, Default::default());
    }
    let (parts, body) = request.into_parts();
    // A page says whom it was drawn for.
    let mark = parts.headers.get(READER_HEADER).and_then(|v| v.to_str().ok());
    let ctx = parts.extensions.get::<RequestInfo>().and_then(|info| info.ctx.as_ref());
    if let (Some(mark), Some(ctx)) = (mark, ctx)
        && let Err(error) = ctx_is(ctx, mark).await
    {
        return say(&state, error, false, Default::default());
    }
    match to_bytes(body, MAX_FORM).await {
        Ok(body) => serve_function(&state, Request::from_parts(parts, Body::from(body))).await,
        Err(_) => say(&state, AppError::TooLarge, false, Default::default()),
    }
}

/// Calls a server function.
pub async fn serve_function(_state: &AppState, request: Request) -> Response {
    leptos_axum::handle_server_fns_with_context(|| {}, request).await.into_response()
}

async fn page(State(state): State<AppState>, request: Request) -> Response {
    match *request.method() {
        Method::POST => forms::post(state, request).await,
        Method::GET | Method::HEAD => {
            if let Some(info) = request.extensions().get::<RequestInfo>() {
                let path = request.uri().path();
                let needs_setup = match path {
                    "/sign-in" => state.needs_setup().await.unwrap_or(false),
                    _ => false,
                };
                if let Some(response) = keep_invitation(&state, path, request.uri().query()) {
                    return response;
                }
                let here = request.uri().path_and_query().map_or("/", |p| p.as_str());
                if let Some(response) = way_in(info, here, path, needs_setup) {
                    return response;
                }
            }
            render(&state, request).await
        }
        _ => bare(StatusCode::METHOD_NOT_ALLOWED),
    }
}

/// Draws a page, whole before its first byte is sent: its status can still change.
pub async fn render(state: &AppState, mut request: Request) -> Response {
    // Before anything is loaded: what changes from now on, the page is told of.
    let ctx = request.extensions().get::<RequestInfo>().and_then(|info| info.ctx.clone());
    if let Some(ctx) = ctx {
        match store::live::position(&ctx).await {
            Ok(position) => drop(request.extensions_mut().insert(Seen(position))),
            Err(error) => tracing::warn!(%error, "a page is drawn without its place in the events"),
        }
    }
    request.extensions_mut().insert(Program(state.program.clone()));
    let options = state.options.clone();
    leptos_axum::render_app_async_with_context(|| {}, move || shell(options.clone()))(request).await
}

// Keeps the pages, and with them every server function, in whatever links this crate.
const _: fn() -> () = || {
    let _ = App;
};
