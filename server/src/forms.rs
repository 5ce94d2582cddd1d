//! Plain forms: they post to the page that they stand on and name their server function.
//!
//! See `app::form` for what becomes of the answer.

use crate::request::say;
use crate::router::{AppState, render, serve_function};
use app::error::AppError;
use app::form::{Outcome, SECRET_FIELDS, Uploads};
use app::session::is_local_path;
use app::session::ssr::{DONE_HEADER, RequestInfo};
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Redirect, Response};
use domain::benefits::bulk::BulkRefusal;
use domain::console::UploadKind;
use domain::file::MAX_UPLOAD as MAX_FILE;
use domain::language::Language;
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};

/// Larger than any form of ours without a file.
pub const MAX_FORM: usize = 64 * 1024;
/// With one: the largest file, and what a form has beside it.
pub const MAX_UPLOAD: usize = MAX_FILE + MAX_FORM;

/// The fields of a form, whichever way the browser packs them, and its files as they are.
async fn fields_of(content_type: &str, body: Body, most: usize) -> Result<(Vec<(String, String)>, Uploads), AppError> {
    let mut files = Uploads::default();
    if content_type.starts_with("application/x-www-form-urlencoded") {
        let body = to_bytes(body, MAX_FORM).await.map_err(|_| AppError::TooLarge)?;
        return serde_urlencoded::from_bytes(&body).map(|fields| (fields, files)).map_err(|_| AppError::BadRequest);
    }
    let boundary = multer::parse_boundary(content_type).map_err(|_| AppError::BadRequest)?;
    let body = to_bytes(body, most).await.map_err(|_| AppError::TooLarge)?;
    let mut parts = multer::Multipart::new(Body::from(body).into_data_stream(), boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| AppError::BadRequest)? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let content = part.bytes().await.map_err(|_| AppError::BadRequest)?;
        if is_file {
            if content.len() > MAX_FILE {
                return Err(AppError::TooLarge);
            }
            files.0.push((name, content));
        } else {
            let text = String::from_utf8(content.into()).map_err(|_| AppError::BadRequest)?;
            fields.push((name, text));
        }
    }
    Ok((fields, files))
}

fn takes_file(path: &str) -> bool {
    path.ends_with("/seats/file") || matches!(path, "/operator/catalogue" | "/operator/keys" | "/operator/companies")
}

/// What came is too large: where a file is asked for, with what is possible there.
pub fn too_large(path: &str, l: Language) -> AppError {
    match path {
        "/operator/catalogue" => AppError::file_too_large(UploadKind::Catalogue, l),
        "/operator/keys" => AppError::file_too_large(UploadKind::Keys, l),
        "/operator/companies" => AppError::file_too_large(UploadKind::Companies, l),
        _ if takes_file(path) => AppError::Bulk(BulkRefusal::TooLarge),
        _ => AppError::TooLarge,
    }
}

/// The page's own address, with what was done and without what the form was about.
fn done_at(path: &str, query: Option<&str>, done: &str) -> String {
    let kept: Vec<(String, String)> = query.and_then(|q| serde_urlencoded::from_str(q).ok()).unwrap_or_default();
    let kept = kept.into_iter().filter(|(name, _)| {
        ![
            "done",
            "user",
            "find",
            "reassign",
            "contact",
            "form",
            "benefit",
            "assignment",
            "entry",
            "person",
            "email",
            "phone",
            "preferred",
        ]
        .contains(&name.as_str())
    });
    let query: Vec<_> = kept.chain([("done".to_owned(), done.to_owned())]).collect();
    format!("{path}?{}", serde_urlencoded::to_string(query).unwrap_or_default())
}

/// Answers a form post to a page.
pub async fn post(state: AppState, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(info) = parts.extensions.get::<RequestInfo>().cloned() else {
        return say(&state, AppError::Internal { reference: String::new() }, true, Default::default());
    };
    let refuse = |error| say(&state, error, true, info.preferences);
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
    // Only somebody who is signed in sends a file, and only where one is asked for.
    let most = if info.ctx.is_some() && takes_file(parts.uri.path()) { MAX_UPLOAD } else { MAX_FORM };
    let (fields, files) = match fields_of(content_type, body, most).await {
        Ok(read) => read,
        Err(AppError::TooLarge) if most == MAX_UPLOAD => {
            return refuse(too_large(parts.uri.path(), info.preferences.language));
        }
        Err(error) => return refuse(error),
    };
    let form = fields.iter().find(|(name, _)| name == "form").map(|(_, value)| value.clone()).unwrap_or_default();
    let path = format!("/api/{form}");
    if server_fn::axum::get_server_fn_service(&path, Method::POST).is_none() {
        return refuse(AppError::BadRequest);
    }
    let Ok(body) = serde_urlencoded::to_string(&fields) else { return refuse(AppError::BadRequest) };
    let mut call = Request::new(Body::from(body));
    *call.method_mut() = Method::POST;
    *call.headers_mut() = parts.headers.clone();
    let packed = HeaderValue::from_static("application/x-www-form-urlencoded");
    call.headers_mut().insert(header::CONTENT_TYPE, packed);
    call.headers_mut().remove(header::CONTENT_LENGTH);
    // The function answers in data, whatever the browser would like.
    call.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/x-postcard"));
    *call.extensions_mut() = parts.extensions.clone();
    call.extensions_mut().insert(files);
    // What was pasted grows when it is packed anew; it was measured when it came.
    DefaultBodyLimit::disable().apply(&mut call);
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
            let here = match answer.headers.get(DONE_HEADER).and_then(|v| v.to_str().ok()) {
                Some(done) => done_at(parts.uri.path(), parts.uri.query(), done),
                None => parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
            };
            Redirect::to(next.into_iter().chain([here.as_str()]).find(|n| is_local_path(n)).unwrap_or("/"))
                .into_response()
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
