//! Lists as CSV, streamed: memory does not grow with the list.

use crate::request::{bare, say};
use crate::router::AppState;
use app::error::AppError;
use app::i18n;
use app::session::ssr::RequestInfo;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use domain::catalogue::Category;
use domain::file::guarded;
use domain::language::Language;
use domain::people::{Held, parse_day};
use futures_util::{StreamExt, stream};
use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;
use store::benefits::history::{Export, Exported, Wanted, begin_export, end_of_day};

/// What of which seats.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    benefit: String,
    #[serde(default)]
    category: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    view: String,
    #[serde(default)]
    at: String,
}

impl Asked {
    /// A day was asked for, and it is none.
    fn has_wrong_day(&self) -> bool {
        !self.at.is_empty() && self.view != "history" && parse_day(&self.at).is_none()
    }

    fn exported(&self) -> Option<Exported> {
        let wanted = match (self.view.as_str(), parse_day(&self.at)) {
            ("history", _) => Wanted::History,
            (_, Some(day)) => Wanted::AsOf(end_of_day(day)),
            _ => Wanted::Now,
        };
        if !self.person.is_empty() {
            return self.person.parse().ok().map(Exported::Person);
        }
        if !self.category.is_empty() {
            return Category::from_slug(&self.category).map(|c| Exported::Category(c, wanted));
        }
        self.benefit.parse().ok().map(|id| Exported::Benefit(id, wanted))
    }
}

/// A line whose cells stay what they are, whichever separator a spreadsheet takes: each is in
/// quotation marks, and none begins like a formula.
fn line(cells: &[String]) -> Result<Bytes, std::io::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned())).map_err(std::io::Error::other)?;
    writer.into_inner().map(Bytes::from).map_err(|e| std::io::Error::other(e.to_string()))
}

fn heading(l: Language) -> Vec<String> {
    use i18n::t;
    [
        t::benefits::benefit(l),
        t::benefits::package(l),
        t::seats::seat(l),
        t::seats::holder(l),
        t::sign_in::email(l),
        t::seats::from(l),
        t::seats::how(l),
        t::seats::by(l),
        t::seats::until(l),
        t::seats::ended(l),
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Times in the machine's form, so that a spreadsheet sorts them.
fn cells(l: Language, held: &Held) -> Vec<String> {
    vec![
        held.product.clone(),
        held.package.clone(),
        held.seat.to_string(),
        held.name.clone(),
        held.email.clone(),
        i18n::machine(held.from),
        i18n::held_how(l, held.how).to_owned(),
        held.by.clone(),
        held.until.map(i18n::machine).unwrap_or_default(),
        i18n::held_why(l, held),
    ]
}

/// What is left to be sent.
enum Rest {
    Heading(Box<Export>),
    Rows(Box<Export>),
    Nothing,
}

/// `/export/seats.csv`: the seats of a benefit, a category or a person.
///
/// It is recorded, so another website must not be able to make somebody's browser ask for it.
pub async fn seats(
    State(state): State<AppState>,
    method: Method,
    headers: HeaderMap,
    Extension(info): Extension<RequestInfo>,
    Query(asked): Query<Asked>,
) -> Response {
    let refuse = |error: AppError| say(&state, error, true, info.preferences);
    if method != Method::GET {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    if headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return refuse(AppError::CrossSite);
    }
    let Some(ctx) = &info.ctx else { return refuse(AppError::SignedOut) };
    if asked.has_wrong_day() {
        return refuse(AppError::wrong_day(info.preferences.language));
    }
    let Some(what) = asked.exported() else { return refuse(AppError::NotFound) };
    let export = match begin_export(ctx, what).await {
        Ok(export) => export,
        Err(error) => {
            let reference = info.origin.request_id.clone().unwrap_or_default();
            return refuse(AppError::from_store(error, &reference, ctx.language));
        }
    };
    let l = ctx.language;
    let body = stream::unfold(Rest::Heading(Box::new(export)), move |rest| async move {
        match rest {
            // The mark tells spreadsheets that this is UTF-8.
            Rest::Heading(export) => {
                let first = line(&heading(l)).map(|line| Bytes::from([&b"\xef\xbb\xbf"[..], &line].concat()));
                Some((first, Rest::Rows(export)))
            }
            Rest::Rows(mut export) => match export.next().await {
                Ok(rows) if rows.is_empty() => None,
                Ok(rows) => {
                    let lines = rows.iter().map(|held| line(&cells(l, held))).collect::<Result<Vec<_>, _>>();
                    Some((lines.map(|lines| Bytes::from(lines.concat())), Rest::Rows(export)))
                }
                // A broken connection, so that nobody takes half a list for the whole.
                Err(error) => {
                    tracing::error!(%error, "an export broke off");
                    Some((Err(std::io::Error::other("broken off")), Rest::Nothing))
                }
            },
            Rest::Nothing => None,
        }
    })
    // Compression asks once more after the end.
    .fuse();
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"seats.csv\""),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// Which version.
#[derive(Debug, Deserialize)]
pub struct Version {
    #[serde(default)]
    version: Option<u32>,
}

/// `/export/catalogue.toml`: the file of a version of the catalogue, byte for byte.
pub async fn catalogue(
    State(state): State<AppState>,
    method: Method,
    Extension(info): Extension<RequestInfo>,
    Query(asked): Query<Version>,
) -> Response {
    let refuse = |error: AppError| say(&state, error, true, info.preferences);
    if method != Method::GET {
        return bare(StatusCode::METHOD_NOT_ALLOWED);
    }
    let Some(ctx) = &info.ctx else { return refuse(AppError::SignedOut) };
    match store::catalogue::export_catalogue(ctx, asked.version).await {
        Ok((number, text)) => {
            let name = format!("attachment; filename=\"catalogue-{number}.toml\"");
            let headers = [
                (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, text).into_response()
        }
        Err(error) => {
            let reference = info.origin.request_id.clone().unwrap_or_default();
            refuse(AppError::from_store(error, &reference, ctx.language))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::benefits::bulk::is_column;

    #[test]
    fn no_cell_is_a_formula() {
        for evil in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"] {
            assert_eq!(line(&[evil.to_owned()]).unwrap(), format!("\"'{evil}\"\r\n"));
        }
        // With another separator it is one cell all the same.
        assert_eq!(line(&["Harmless;=1+1;".to_owned()]).unwrap(), "\"Harmless;=1+1;\"\r\n");
        assert_eq!(line(&["a,b".to_owned(), "c\"d".to_owned()]).unwrap(), "\"a,b\",\"c\"\"d\"\r\n");
    }

    #[test]
    fn a_list_can_be_read_again() {
        for l in Language::ALL {
            let named = heading(l).into_iter().filter(|name| is_column(&name.to_lowercase()));
            assert_eq!(named.count(), 1, "{l:?}");
        }
    }
}
