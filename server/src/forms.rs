//! Plain forms: they post to the page that they stand on and name their server function.
//!
//! See `app::form` for what becomes of the answer.

use crate::request::say;
use crate::router::{AppState, render, serve_function};
use app::error::AppError;
use app::form::{Outcome, SECRET_FIELDS};
use app::session::is_local_path;
use app::session::ssr::RequestInfo;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};

/// Larger than any form of ours.
pub const MAX_FORM: usize = 64 * 1024;

/// Answers a form post to a page.
pub async fn post(state: AppState, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(info) = parts.extensions.get::<RequestInfo>().cloned() else {
        return say(&state, AppError::Internal { reference: String::new() }, true, Default::default());
    };
    let refuse = |error| say(&state, error, true, info.preferences);
    let is_form = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|t| t.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let Ok(body) = to_bytes(body, MAX_FORM).await else { return refuse(AppError::TooLarge) };
    let Ok(fields) = serde_urlencoded::from_bytes::<Vec<(String, String)>>(&body) else {
        return refuse(AppError::BadRequest);
    };
    let form = fields.iter().find(|(name, _)| name == "form").map(|(_, value)| value.clone()).unwrap_or_default();
    let path = format!("/api/{form}");
    if !is_form || server_fn::axum::get_server_fn_service(&path, Method::POST).is_none() {
        return refuse(AppError::BadRequest);
    }
    let mut call = Request::new(Body::from(body));
    *call.method_mut() = Method::POST;
    *call.headers_mut() = parts.headers.clone();
    // The function answers in data, whatever the browser would like.
    call.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/x-postcard"));
    *call.extensions_mut() = parts.extensions.clone();
    match path.parse() {
        Ok(uri) => *call.uri_mut() = uri,
        Err(_) => return refuse(AppError::BadRequest),
    }
    let (answer, body) = serve_function(&state, call).await.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return refuse(AppError::Internal { reference: String::new() });
    };
    let result = if answer.status.is_success() || answer.status.is_redirection() {
        Ok(body.to_vec())
    } else {
        Err(AppError::unpack(&body).unwrap_or(AppError::BadRequest))
    };
    let mut response = match &result {
        // Nothing to show: on to the next page, or this one anew. A reload repeats nothing.
        Ok(body) if body.is_empty() => {
            let next = answer.headers.get(header::LOCATION).and_then(|v| v.to_str().ok());
            let here = parts.uri.path_and_query().map_or("/", |p| p.as_str());
            Redirect::to(next.into_iter().chain([here]).find(|n| is_local_path(n)).unwrap_or("/")).into_response()
        }
        _ => {
            let status = result
                .as_ref()
                .err()
                .map_or(StatusCode::OK, |e| StatusCode::from_u16(e.status()).unwrap_or(StatusCode::BAD_REQUEST));
            let fields = fields.into_iter().filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_str())).collect();
            let mut page = Request::new(Body::empty());
            *page.headers_mut() = parts.headers;
            *page.uri_mut() = parts.uri;
            *page.extensions_mut() = parts.extensions;
            page.extensions_mut().insert(Outcome { form, result, fields });
            let mut response = render(&state, page).await;
            *response.status_mut() = status;
            response
        }
    };
    for name in [header::SET_COOKIE, http::HeaderName::from_static("clear-site-data"), header::CACHE_CONTROL] {
        for value in answer.headers.get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    response
}
