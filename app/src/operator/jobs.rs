//! What the program does by itself, and whether it is late.

use super::server_fns::list_jobs;
use crate::i18n::{self, t};
use crate::session::{load, use_language};
use crate::ui::{Moment, PageHead, failure, table_head, when_loaded};
use domain::language::Language;
use domain::schedule::JobRow;
use leptos::prelude::*;

pub fn jobs_page() -> AnyView {
    let l = use_language();
    let jobs = load(|| (), |()| list_jobs());
    view! {
        <Transition>
            {when_loaded(move || async move {
                match jobs.await {
                    Ok(rows) => {
                        view! {
                            <PageHead title=t::shell::jobs(l) lede=t::operator::jobs_lede(l) />
                            <Jobs rows=rows />
                        }
                        .into_any()
                    }
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// How the last run ended.
fn result(l: Language, row: &JobRow) -> String {
    match row.did {
        Some(did) => t::operator::job_ok(l, did),
        None if row.failures > 0 => t::operator::job_failed(l, u64::from(row.failures)),
        None => String::new(),
    }
}

#[component]
fn Jobs(rows: Vec<JobRow>) -> impl IntoView {
    let l = use_language();
    if rows.is_empty() {
        return view! { <p class="card pad">{t::operator::job_none(l)}</p> }.into_any();
    }
    let head = [
        t::operator::job(l),
        t::operator::job_last(l),
        t::operator::job_did(l),
        t::operator::job_next(l),
        t::operator::job_state(l),
    ];
    let line = move |row: JobRow| {
        let last = match row.last_at {
            Some(at) => view! { <Moment at=at /> }.into_any(),
            None => t::operator::job_never(l).into_any(),
        };
        let (tone, word) = if row.is_late {
            ("status status-bad", t::operator::late(l))
        } else if row.failures > 0 {
            ("status status-warn", t::operator::job_failing(l))
        } else {
            ("status status-ok", t::operator::job_on_time(l))
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row" class="name">{i18n::job(l, row.job)}</th>
                <td role="cell" class="num" data-label=head[1]>{last}</td>
                <td role="cell" class="num" data-label=head[2]>{result(l, &row)}</td>
                <td role="cell" class="num" data-label=head[3]><Moment at=row.next_at /></td>
                <td role="cell" data-label=head[4]><span class=tone>{word}</span></td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-label=t::shell::jobs(l)>
            <table class="table" role="table">
                {table_head(&head)}
                <tbody role="rowgroup">{rows.into_iter().map(line).collect_view()}</tbody>
            </table>
        </section>
    }
    .into_any()
}
