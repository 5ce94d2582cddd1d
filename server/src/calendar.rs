//! A person's calendar at its secret address, as an iCalendar feed (RFC 5545).

use crate::request::bare;
use crate::router::AppState;
use app::i18n::{self, t};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Duration, Utc};
use domain::reminder::Ending;
use domain::view::{CalendarDate, CalendarDates};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use icalendar::{Calendar, Component, Event, EventLike};
use store::people::reminders::find_calendar;

/// How often calendar programs are asked to look again.
const REFRESH: &str = "PT6H";

/// `GET /calendar/{token}.ics`. An address that is none, or is one no more, is not there.
pub async fn calendar(State(state): State<AppState>, Path(name): Path<String>) -> Response {
    let Some(token) = name.strip_suffix(".ics") else { return bare(StatusCode::NOT_FOUND) };
    match find_calendar(&state.store, token).await {
        Ok(Some(dates)) => {
            let headers = [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, "private, no-store")];
            (headers, write(&dates)).into_response()
        }
        Ok(None) => bare(StatusCode::NOT_FOUND),
        Err(error) => {
            tracing::warn!(%error, "a calendar could not be read");
            bare(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The feed. Dates are whole days in UTC; an event keeps its name when its date moves.
fn write(dates: &CalendarDates) -> String {
    let l = dates.language;
    let mut calendar = Calendar::new();
    calendar.name(&t::calendar::title(l, &dates.company));
    calendar.append_property(("REFRESH-INTERVAL;VALUE=DURATION", REFRESH));
    calendar.append_property(("X-PUBLISHED-TTL", REFRESH));
    for date in &dates.dates {
        let CalendarDate { id, line, renewal } = date;
        let word = match line.ending {
            Ending::Activation => "activate",
            Ending::Benefit | Ending::Term => "ends",
        };
        calendar.push(event(dates, &format!("{word}-{id}"), &i18n::ending(l, line), line.at));
        if let Some((from, until)) = renewal {
            calendar.push(event(dates, &format!("renewal-{id}"), &t::calendar::renewal(l, &line.name), *from));
            calendar.push(event(
                dates,
                &format!("renewal-ends-{id}"),
                &t::calendar::renewal_ends(l, &line.name),
                *until,
            ));
        }
    }
    calendar.done().to_string()
}

fn event(dates: &CalendarDates, uid: &str, summary: &str, at: DateTime<Utc>) -> Event {
    let day = at.date_naive();
    Event::new()
        .uid(&format!("{uid}@vorteil"))
        .timestamp(dates.made_at)
        .summary(summary)
        .description(&i18n::moment(dates.language, at))
        .starts(day)
        .ends(day + Duration::days(1))
        .append_property(("TRANSP", "TRANSPARENT"))
        .done()
}
