//! Plain forms: they post to the page that they stand on and name their server function.
//!
//! See `app::form` for what becomes of the answer.

use crate::request::{ctx_is, find_out, say};
use crate::router::{AppState, render, serve_function};
use crate::sent::Answered;
use app::error::AppError;
use app::form::{
    FORM_ID, KEPT, KEPT_FORM, Keeps, Outcome, READER, SECRET_FIELDS, SIGN_IN, Uploads, is_for_anybody, stands_on,
};
use app::session::is_local_path;
use app::session::ssr::{DONE_HEADER, RequestInfo};
use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Redirect, Response};
use domain::benefits::bulk::BulkRefusal;
use domain::console::UploadKind;
use domain::file::MAX_UPLOAD as MAX_FILE;
use domain::id::FormId;
use domain::language::Language;
use http::header::{self, HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};

/// Larger than any form of ours without a file.
pub const MAX_FORM: usize = 64 * 1024;
/// Somebody who signs in brings a form along that waits, packed once more.
const MAX_KEPT: usize = 4 * MAX_FORM;
/// With one: the largest file, and what a form has beside it.
pub const MAX_UPLOAD: usize = MAX_FILE + MAX_FORM;

/// A form as it came.
struct Packed {
    fields: Vec<(String, String)>,
    /// As they are.
    files: Uploads,
    /// Bytes, packed.
    size: usize,
}

/// Reads a form, whichever way the browser packs it.
async fn read(content_type: &str, body: Body, most: usize) -> Result<Packed, AppError> {
    let mut files = Uploads::default();
    let boundary = if content_type.starts_with("application/x-www-form-urlencoded") {
        None
    } else {
        Some(multer::parse_boundary(content_type).map_err(|_| AppError::BadRequest)?)
    };
    let body = to_bytes(body, most).await.map_err(|_| AppError::TooLarge)?;
    let size = body.len();
    let Some(boundary) = boundary else {
        let fields = serde_urlencoded::from_bytes(&body).map_err(|_| AppError::BadRequest)?;
        return Ok(Packed { fields, files, size });
    };
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
    Ok(Packed { fields, files, size })
}

/// Whether a form's answer is a secret, which nobody keeps for a second press.
fn shows_secrets(form: &str) -> bool {
    form == "benefits/reveal_keys"
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
    let (mut parts, body) = request.into_parts();
    let Some(info) = parts.extensions.get::<RequestInfo>().cloned() else {
        return say(&state, AppError::Internal { reference: String::new() }, true, Default::default());
    };
    let refuse = |error| say(&state, error, true, info.preferences);
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
    // Only of somebody who is signed in is more read than a form is large: a file where one is asked
    // for, and elsewhere a text that is too long, so that it is there again.
    let most = if info.ctx.is_some() { MAX_UPLOAD } else { MAX_KEPT };
    let Packed { fields, files, size } = match read(content_type, body, most).await {
        Ok(read) => read,
        Err(AppError::TooLarge) if most == MAX_UPLOAD => {
            return refuse(too_large(parts.uri.path(), info.preferences.language));
        }
        Err(error) => return refuse(error),
    };
    if info.ctx.is_none() && size > MAX_FORM && value(&fields, KEPT_FORM).is_empty() {
        return refuse(AppError::TooLarge);
    }
    parts.extensions.insert(files);
    let sent = Sent { form: value(&fields, "form").to_owned(), fields, parts };
    let checked = if size > MAX_FORM && !takes_file(sent.parts.uri.path()) {
        Err(AppError::TooLarge)
    } else {
        check(&sent, &info).await
    };
    let is_out_of_place = checked.is_err();
    let answered = match checked {
        Ok(()) => match call_for(&state, &sent) {
            Some(call) => once(&state, &info, &sent, call).await,
            None => return refuse(AppError::BadRequest),
        },
        Err(error) => Err(error),
    };
    let answered = answered.unwrap_or_else(|error| Answered { headers: HeaderMap::new(), result: Err(error) });
    let mut response = match &answered.result {
        Ok(_) if sent.form == SIGN_IN && !value(&sent.fields, KEPT_FORM).is_empty() => {
            go_on(&state, &sent, &answered).await
        }
        // Nothing to show: on to the next page, or this one anew. A reload repeats nothing.
        Ok(body) if body.is_empty() => Redirect::to(&next_page(&sent.parts, &answered)).into_response(),
        result => {
            let status = result
                .as_ref()
                .err()
                .map_or(StatusCode::OK, |e| StatusCode::from_u16(e.status()).unwrap_or(StatusCode::BAD_REQUEST));
            let outcome = Outcome { form: sent.form.clone(), result: result.clone(), fields: shown(&sent.fields) };
            let keeps = keeps(&sent);
            if is_out_of_place {
                return draw_kept(&state, &sent.parts, outcome, status, keeps).await;
            }
            draw(&state, &sent.parts, outcome, status, keeps).await
        }
    };
    for name in [header::SET_COOKIE, http::HeaderName::from_static("clear-site-data"), header::CACHE_CONTROL] {
        for value in answered.headers.get_all(&name) {
            response.headers_mut().append(&name, value.clone());
        }
    }
    response
}

/// A form, and the request that it came with.
struct Sent {
    form: String,
    fields: Vec<(String, String)>,
    parts: Parts,
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
}

/// The fields that may come back.
fn shown(fields: &[(String, String)]) -> Vec<(String, String)> {
    fields.iter().filter(|(name, _)| !SECRET_FIELDS.contains(&name.as_str())).cloned().collect()
}

/// What a page without the form holds of it.
fn keeps(sent: &Sent) -> Keeps {
    let form = value(&sent.fields, KEPT_FORM);
    if !form.is_empty() {
        return Keeps { form: form.to_owned(), fields: value(&sent.fields, KEPT).to_owned() };
    }
    let mut fields = shown(&sent.fields);
    fields.push((READER.to_owned(), value(&sent.fields, READER).to_owned()));
    Keeps { form: sent.form.clone(), fields: serde_urlencoded::to_string(fields).unwrap_or_default() }
}

/// Whether the form stands on this page, and was drawn for whoever sends it.
async fn check(sent: &Sent, info: &RequestInfo) -> Result<(), AppError> {
    if !stands_on(&sent.form, sent.parts.uri.path()) {
        return Err(AppError::BadRequest);
    }
    match &info.ctx {
        Some(ctx) if !is_for_anybody(&sent.form) => ctx_is(ctx, value(&sent.fields, READER)).await,
        _ => Ok(()),
    }
}

/// The call of the form's function.
fn call_for(state: &AppState, sent: &Sent) -> Option<impl Future<Output = Answered> + Send + 'static> {
    let path = format!("/api/{}", sent.form);
    server_fn::axum::get_server_fn_service(&path, Method::POST)?;
    let body = serde_urlencoded::to_string(&sent.fields).ok()?;
    let mut call = Request::new(Body::from(body));
    *call.method_mut() = Method::POST;
    *call.uri_mut() = path.parse().ok()?;
    *call.headers_mut() = sent.parts.headers.clone();
    let packed = HeaderValue::from_static("application/x-www-form-urlencoded");
    call.headers_mut().insert(header::CONTENT_TYPE, packed);
    call.headers_mut().remove(header::CONTENT_LENGTH);
    // The function answers in data, whatever the browser would like.
    call.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/x-postcard"));
    *call.extensions_mut() = sent.parts.extensions.clone();
    // What was pasted grows when it is packed anew; it was measured when it came.
    DefaultBodyLimit::disable().apply(&mut call);
    let state = state.clone();
    Some(async move {
        let (answer, body) = serve_function(&state, call).await.into_parts();
        let result = match to_bytes(body, usize::MAX).await {
            Err(_) => Err(AppError::Internal { reference: String::new() }),
            Ok(body) if answer.status.is_success() || answer.status.is_redirection() => Ok(body.to_vec()),
            Ok(body) => Err(AppError::unpack(&body).unwrap_or(AppError::BadRequest)),
        };
        Answered { headers: answer.headers, result }
    })
}

/// Answers a form once, however often its button is pressed. A look at keys is an act each time.
async fn once<C>(state: &AppState, info: &RequestInfo, sent: &Sent, call: C) -> Result<Answered, AppError>
where
    C: Future<Output = Answered> + Send + 'static,
{
    let id = value(&sent.fields, FORM_ID).parse().ok().map(FormId);
    let (path, query) = (sent.parts.uri.path().to_owned(), sent.parts.uri.query().map(str::to_owned));
    let call = async move {
        let mut answered = call.await;
        // Where it leads to is said in one way from here on.
        if let (None, Some(done)) =
            (answered.leads_to(), answered.headers.get(DONE_HEADER).and_then(|v| v.to_str().ok()))
            && let Ok(location) = done_at(&path, query.as_deref(), done).parse()
        {
            answered.headers.insert(header::LOCATION, location);
        }
        answered
    };
    match (&info.ctx, id) {
        (Some(ctx), Some(id)) if !shows_secrets(&sent.form) => state.sent.once(ctx, id, call).await,
        _ => Ok(call.await),
    }
}

/// Where a form that was done leads to.
fn next_page(parts: &Parts, answered: &Answered) -> String {
    let here = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    answered.leads_to().into_iter().chain([here]).find(|n| is_local_path(n)).unwrap_or("/").to_owned()
}

/// Draws the page that a form was sent from, with what became of it. Where the page has the form no
/// more (the session has ended, the company is suspended, what it was about is gone), another one
/// says so, with what was typed and the way back.
async fn draw(state: &AppState, parts: &Parts, outcome: Outcome, status: StatusCode, keeps: Keeps) -> Response {
    let is_signed_out = outcome.result == Err(AppError::SignedOut) || !value(&outcome.fields, KEPT_FORM).is_empty();
    if outcome.result.is_err() && is_signed_out {
        return draw_kept(state, parts, outcome, status, keeps).await;
    }
    let may_be_lost = outcome.result.is_err() && keeps.is_worth_keeping();
    let (mut head, body) = render(state, page_of(parts, outcome.clone())).await.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return say(state, AppError::Internal { reference: String::new() }, true, Default::default());
    };
    let form = format!("name=\"form\" value=\"{}\"", outcome.form);
    if may_be_lost && !body.windows(form.len()).any(|part| part == form.as_bytes()) {
        return draw_kept(state, parts, outcome, status, keeps).await;
    }
    head.status = status;
    Response::from_parts(head, Body::from(body))
}

/// Draws the page that says what became of a form, in place of the one that it was sent from.
async fn draw_kept(state: &AppState, parts: &Parts, outcome: Outcome, status: StatusCode, keeps: Keeps) -> Response {
    let mut request = page_of(parts, outcome);
    request.extensions_mut().insert(keeps);
    let mut response = render(state, request).await;
    *response.status_mut() = status;
    response
}

fn page_of(parts: &Parts, outcome: Outcome) -> Request {
    let mut page = Request::new(Body::empty());
    *page.headers_mut() = parts.headers.clone();
    *page.uri_mut() = parts.uri.clone();
    *page.extensions_mut() = parts.extensions.clone();
    page.extensions_mut().insert(outcome);
    page
}

/// Somebody signed in again over a form that had come too late: it is drawn again, with what was
/// typed. Whoever else signs in gets their own page.
async fn go_on(state: &AppState, sent: &Sent, answered: &Answered) -> Response {
    let kept: Vec<(String, String)> = serde_urlencoded::from_str(value(&sent.fields, KEPT)).unwrap_or_default();
    let here = sent.parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let back = Redirect::to(if is_local_path(here) { here } else { "/" });
    let cookie = answered.headers.get_all(header::SET_COOKIE).iter().filter_map(|c| c.to_str().ok()?.split(';').next());
    let cookie = cookie.collect::<Vec<_>>().join("; ");
    let mut parts = sent.parts.clone();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        parts.headers.insert(header::COOKIE, cookie);
    }
    let info = match find_out(state, &parts).await {
        Ok(info) => info,
        Err(_) => return back.into_response(),
    };
    let is_same = info.ctx.as_ref().is_some_and(|ctx| ctx.principal.mark() == value(&kept, READER));
    let form = value(&sent.fields, KEPT_FORM).to_owned();
    if !is_same || !stands_on(&form, parts.uri.path()) {
        return back.into_response();
    }
    let text = app::form::went_on(info.preferences.language);
    parts.extensions.insert(info);
    let outcome = Outcome { form, result: Err(text), fields: shown(&kept) };
    let keeps = Keeps { form: outcome.form.clone(), fields: value(&sent.fields, KEPT).to_owned() };
    draw(state, &parts, outcome, StatusCode::OK, keeps).await
}
