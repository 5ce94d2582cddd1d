//! What happens to every request before and after it is answered: a reference, who asks, the
//! headers, and words for what went wrong outside the pages.

use crate::forms;
use crate::router::AppState;
use app::error::AppError;
use app::session::is_local_path;
use app::session::ssr::{LANGUAGE_COOKIE, PLAIN_COOKIE, RequestInfo, SECURE_COOKIE, THEME_COOKIE, invitation_cookie};
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::language::Language;
use domain::theme::Theme;
use domain::view::Preferences;
use futures_util::FutureExt;
use http::header::{self, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use ipnet::IpNet;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use store::people::session::{Found, find_session, look_up};
use store::{Ctx, Origin};
use uuid::Uuid;

/// Tells in how many seconds the session ends, and does not put that off.
pub const ENDS: &str = "/session-end";

/// A page takes milliseconds; whoever waits this long is told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Outermost: a reference, a limit of time, no panic gets out, every answer has its headers.
pub async fn guard(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let reference = Uuid::now_v7().simple().to_string();
    request.extensions_mut().insert(Reference(reference.clone()));
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let logged = for_log(&path);
    let wants_page = wants_page(&method, request.headers(), &path);
    let preferences = guest_preferences(&state, request.headers());
    let started = std::time::Instant::now();
    let answered = tokio::time::timeout(PATIENCE, AssertUnwindSafe(next.run(request)).catch_unwind()).await;
    let mut response = match answered {
        Ok(Ok(response)) => worded(&state, &path, response, wants_page, preferences),
        Ok(Err(_)) => {
            tracing::error!(reference, %method, path = logged, "a request panicked");
            say(&state, AppError::Internal { reference: reference.clone() }, wants_page, preferences)
        }
        Err(_) => {
            tracing::error!(reference, %method, path = logged, "a request took too long");
            say(&state, AppError::Slow, wants_page, preferences)
        }
    };
    tracing::info!(reference, %method, path = logged, status = response.status().as_u16(), ms = started.elapsed().as_millis() as u64, "answered");
    set_headers(&state, &path, &reference, response.headers_mut());
    response
}

/// A path without what is secret in it: the address of a calendar is.
fn for_log(path: &str) -> &str {
    const CALENDAR: &str = "/calendar/";
    if path.starts_with(CALENDAR) { CALENDAR } else { path }
}

/// The request's reference, in every answer and in every log line about it.
#[derive(Clone, Debug)]
pub struct Reference(pub String);

/// Whether a person reads the answer, and not a script.
fn wants_page(method: &Method, headers: &HeaderMap, path: &str) -> bool {
    let html = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    html && (*method == Method::GET || *method == Method::POST) && !path.starts_with("/pkg/")
}

/// Refusals of the layers inside (another site's form, a body that is too large) carry no words.
fn worded(state: &AppState, path: &str, response: Response, wants_page: bool, preferences: Preferences) -> Response {
    let refused = response.extensions().get::<tower_http::csrf::ProtectionError>().is_some();
    let bare = !response.headers().contains_key(header::CONTENT_TYPE)
        || response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes().starts_with(b"text/plain"));
    match response.status() {
        StatusCode::FORBIDDEN if refused => say(state, AppError::CrossSite, wants_page, preferences),
        StatusCode::PAYLOAD_TOO_LARGE if bare => {
            say(state, forms::too_large(path, preferences.language), wants_page, preferences)
        }
        _ => response,
    }
}

/// An error: a page with words for a person, the fact for the WebAssembly.
pub fn say(state: &AppState, error: AppError, wants_page: bool, preferences: Preferences) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if wants_page {
        let page = app::error_page(state.options.clone(), preferences, error);
        (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
    } else {
        (status, [(header::CONTENT_TYPE, "application/x-postcard")], error.packed()).into_response()
    }
}

/// One place for all headers. The pages bring their own policy, with their nonce.
fn set_headers(state: &AppState, path: &str, reference: &str, headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: &str| {
        if !headers.contains_key(&name)
            && let Ok(value) = HeaderValue::from_str(value)
        {
            headers.insert(name, value);
        }
    };
    default(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(header::X_FRAME_OPTIONS, "DENY");
    // `no-referrer` would break plain forms' way back; nothing leaves this origin all the same.
    default(header::REFERRER_POLICY, "same-origin");
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()");
    default(HeaderName::from_static("x-request-id"), reference);
    if !path.starts_with("/pkg/") && path != "/favicon.svg" {
        default(header::CACHE_CONTROL, "no-store");
        default(header::VARY, "Cookie, Accept-Language");
    }
    if state.secure {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
}

fn guest_preferences(state: &AppState, headers: &HeaderMap) -> Preferences {
    let jar = CookieJar::from_headers(headers);
    let cookie = |name| jar.get(name).map(|c| c.value().to_owned());
    let wish =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Language::from_accept_language);
    Preferences {
        language: cookie(LANGUAGE_COOKIE).and_then(|tag| Language::from_tag(&tag)).or(wish).unwrap_or_default(),
        theme: cookie(THEME_COOKIE).and_then(|slug| Theme::from_slug(&slug)).unwrap_or_default(),
        demo: state.demo,
    }
}

/// Finds out who asks.
pub async fn identify(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.method(), request.headers(), request.uri().path());
    let (mut parts, body) = request.into_parts();
    match find_out(&state, &parts).await {
        Ok(info) => drop(parts.extensions.insert(info)),
        Err(error) => return say(&state, error, wants_page, guest_preferences(&state, &parts.headers)),
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Who asks, and in which language they are answered: profile, then cookie, then browser.
pub async fn find_out(state: &AppState, parts: &Parts) -> Result<RequestInfo, AppError> {
    let headers = &parts.headers;
    let guest = guest_preferences(state, headers);
    let cookie = if state.secure { SECURE_COOKIE } else { PLAIN_COOKIE };
    let token = CookieJar::from_headers(headers).get(cookie).map(|c| c.value().to_owned()).filter(|t| !t.is_empty());
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let origin = Origin {
        address: client_address(&state.trusted_proxies, peer, headers).map(|ip| ip.to_string()).unwrap_or_default(),
        device: headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned(),
        request_id: parts.extensions.get::<Reference>().map(|r| r.0.clone()),
    };
    let found = match &token {
        None => Ok(None),
        // That a page is open keeps no session alive.
        Some(token) if ["/live", ENDS].contains(&parts.uri.path()) => look_up(&state.store, token).await,
        Some(token) => find_session(&state.store, token).await,
    };
    let reference = origin.request_id.clone().unwrap_or_default();
    let found = found.map_err(|error| AppError::from_store(error, &reference, guest.language))?;
    let preferences = match &found {
        Some(found) => Preferences {
            language: found.language.unwrap_or(guest.language),
            theme: found.theme.unwrap_or(guest.theme),
            demo: state.demo,
        },
        None => guest,
    };
    let ends_in = found.as_ref().map(|found| (found.ends_at - state.store.now()).num_seconds().max(0));
    let ctx = found.map(|found: Found| Ctx {
        store: state.store.clone(),
        principal: found.principal,
        session: found.session,
        language: preferences.language,
        origin: origin.clone(),
        company_refusal: found.company_refusal,
    });
    // Without a public address this service listens on loopback alone, and its own host is right.
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("127.0.0.1");
    let base_url = state.public_url.clone().unwrap_or_else(|| format!("http://{host}"));
    Ok(RequestInfo {
        store: state.store.clone(),
        ctx,
        token,
        preferences,
        origin,
        secure: state.secure,
        base_url,
        mail_is_on: state.mail_is_on,
        ends_in,
        links: state.links.clone(),
        undrawn: crate::invoice::undrawn,
    })
}

/// Whether a page or a form was drawn for whoever is signed in now. In another tab somebody else may
/// have signed in since.
pub async fn ctx_is(ctx: &Ctx, mark: &str) -> Result<(), AppError> {
    if ctx.principal.mark() == mark {
        return Ok(());
    }
    let reference = ctx.origin.request_id.clone().unwrap_or_default();
    let viewer = store::people::profile::get_viewer(ctx).await;
    let viewer = viewer.map_err(|error| AppError::from_store(error, &reference, ctx.language))?;
    Err(app::form::other_reader(ctx.language, &viewer))
}

/// The client's address. A forwarded one counts only from a proxy that is trusted: the last
/// entry that no trusted proxy wrote about another.
fn client_address(proxies: &[IpNet], peer: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
    let trusted = |ip: IpAddr| proxies.iter().any(|net| net.contains(&ip));
    let mut address = peer?;
    let forwarded: Vec<Option<IpAddr>> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(','))
        .map(|part| part.trim().parse().ok())
        .collect();
    for hop in forwarded.into_iter().rev() {
        // What does not read hides what came before it: everything further left may be invented.
        match hop {
            Some(hop) if trusted(address) => address = hop,
            _ => break,
        }
    }
    Some(address)
}

/// An invitation's link: its token moves into a cookie, so that it stands in no address bar, no
/// history and no page.
pub fn keep_invitation(state: &AppState, path: &str, query: Option<&str>) -> Option<Response> {
    if path != "/invitation" {
        return None;
    }
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(query?).ok()?;
    let token = fields.into_iter().find(|(name, _)| name == "token")?.1;
    let plain: String = token.chars().filter(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).take(128).collect();
    let mut response = Redirect::to("/invitation").into_response();
    if let Ok(cookie) = HeaderValue::from_str(&invitation_cookie(state.secure, &plain)) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Some(response)
}

/// Where the sign-in page leads to.
fn next_of(query: &str) -> Option<String> {
    let fields: Vec<(String, String)> = serde_urlencoded::from_str(query).ok()?;
    fields.into_iter().find(|(name, next)| name == "next" && is_local_path(next)).map(|(_, next)| next)
}

/// Sends whoever is not signed in to the sign-in page, and back afterwards.
pub fn way_in(info: &RequestInfo, path_and_query: &str, path: &str, needs_setup: bool) -> Option<Response> {
    let query = path_and_query.split_once('?').map_or("", |(_, query)| query);
    let to = |address: String| Some(Redirect::to(&address).into_response());
    match (path, info.ctx.is_some()) {
        ("/sign-in", true) => to(next_of(query).unwrap_or_else(|| "/".to_owned())),
        ("/sign-in", false) if needs_setup => to("/setup".to_owned()),
        ("/sign-in" | "/setup" | "/invitation", _) | (_, true) => None,
        (_, false) => {
            let why = if info.token.is_some() { "why=expired&" } else { "" };
            let next = serde_urlencoded::to_string([("next", path_and_query)]).unwrap_or_default();
            to(if path_and_query == "/" && why.is_empty() {
                "/sign-in".to_owned()
            } else {
                format!("/sign-in?{why}{next}")
            })
        }
    }
}

/// An empty answer that says nothing but its status.
pub fn bare(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_from_a_trusted_proxy_only() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let seen = |peer: &str, forwarded: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", HeaderValue::from_static(value));
            }
            client_address(&proxies, Some(peer.parse().unwrap()), &headers).unwrap().to_string()
        };
        assert_eq!(seen("192.0.2.7", &["198.51.100.1"]), "192.0.2.7", "not our proxy");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            seen("10.0.0.1", &["6.6.6.6, 198.51.100.1"]),
            "198.51.100.1",
            "what the client invents stands further left"
        );
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "198.51.100.1, 10.0.0.2"]), "198.51.100.1", "two proxies");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 198.51.100.1:4711"]), "10.0.0.1", "what does not read hides the rest");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
