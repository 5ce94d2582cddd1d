//! Seats for many people from a file: sent, tried, looked at, done.

use super::server_fns::{AssignFile, get_detail, get_file, get_progress};
use crate::error::AppError;
use crate::form::{Done, Form, Refusal, outcome};
use crate::i18n::{self, t};
use crate::session::{load, use_language};
use crate::ui::{Alert, Lines, Notice, PageHead, failure, focus, table_head, when_loaded};
use domain::access::Action;
use domain::benefits::bulk::{Bulk, BulkMode, BulkProgress, COLUMN, LineOutcome, MAX_LINES};
use domain::benefits::view::BenefitDetail;
use domain::catalogue::Category;
use domain::language::Language;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use std::time::Duration;

const CHECK: &str = "seats/check_file";
const ASSIGN: &str = "seats/assign_file";
/// How often somebody who waits is told how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(300);

fn file_href(category: Category, benefit: &str) -> String {
    [&super::seats::seats_href(category, benefit), "/file"].concat()
}

pub fn new_file_page(benefit: String) -> AnyView {
    let detail = load(move || benefit.clone(), get_detail);
    view! {
        <Suspense>
            {when_loaded(move || async move {
                match detail.await {
                    Ok(detail) if detail.row.fulfilment.has_seats() => view! { <NewFile detail=detail /> }.into_any(),
                    Ok(_) => failure(&AppError::NotFound),
                    Err(error) => failure(&error),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn NewFile(detail: BenefitDetail) -> impl IntoView {
    let l = use_language();
    let row = detail.row;
    let id = row.id.to_string();
    let to = file_href(row.category, &id);
    let answered = outcome(CHECK);
    let typed = answered.as_ref().map(|o| o.typed("typed")).unwrap_or_default();
    let wrong = answered.and_then(|o| o.result.err()).filter(|e| e.field() == Some("typed"));
    let wrong = wrong.map(|e| i18n::error(l, &e));
    let invalid = wrong.is_some().then_some("true");
    let described = if wrong.is_some() { "file-hint file-error" } else { "file-hint" };
    let free = row.quantity.unwrap_or(0).saturating_sub(row.taken);
    view! {
        <p class="crumb"><a href=super::seats::seats_href(row.category, &id)>{t::seats::all_holders(l)}</a></p>
        <PageHead title=t::file::title(l, &row.name) lede=t::file::lede(l, &row.package) action=Action::AssignSeat />
        <Refusal of=CHECK />
        <Form of=CHECK class="card form wide" with_file=true>
            <p class="num">{t::file::free(l, u64::from(free))}</p>
            <input type="hidden" name="benefit" value=id />
            <input type="hidden" name="to" value=to />
            <div class="field-group">
                <label for="file">{t::file::file(l)}</label>
                <input class="field" id="file" name="file" type="file" accept=".csv,.txt,text/csv,text/plain" aria-invalid=invalid aria-describedby=described autofocus=wrong.is_some() />
                {wrong.map(|text| view! { <p class="field-error" id="file-error">{text}</p> })}
                <p class="hint" id="file-hint">{t::file::FileHint { column: COLUMN, n: &i18n::number(l, MAX_LINES as u64) }.say(l)}</p>
            </div>
            <div class="field-group">
                <label for="typed">{t::file::typed(l)}</label>
                <Lines id="typed" name="typed" rows=6 is_code=true placeholder="email\nemil.employee@contoso.example" value=typed />
            </div>
            <button class="btn btn-primary" type="submit">{t::file::check(l)}</button>
            <p class="hint">{t::file::check_hint(l)}</p>
        </Form>
    }
}

/// What the address asks for.
fn asked(query: &ParamsMap) -> (bool, String) {
    (query.get("only").as_deref() == Some("bad"), query.get("after").unwrap_or_default())
}

pub fn file_page(id: String) -> AnyView {
    let query = use_query_map();
    let file =
        load(move || (id.clone(), query.with(asked)), |(file, (only_bad, after))| get_file(file, only_bad, after));
    let action = ServerAction::<AssignFile>::new();
    // Done: what stands here is told anew.
    Effect::new(move |_| {
        if matches!(action.value().get(), Some(Ok(()))) {
            file.refetch();
        }
    });
    view! {
        <Transition>
            {when_loaded(move || async move {
                match file.await {
                    Ok(bulk) => view! { <File bulk=bulk action=action /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn File(bulk: Bulk, action: ServerAction<AssignFile>) -> impl IntoView {
    let l = use_language();
    let is_done = bulk.done_at.is_some();
    // What was pressed is gone from the page: the focus goes to what stands there now.
    if is_done && action.value().get_untracked().is_some() {
        Effect::new(|_| focus("file-result"));
    }
    let benefit = bulk.benefit.to_string();
    let (good, bad) = (bulk.good, bulk.bad);
    let lede = match bulk.done_at {
        Some(at) => t::file::DoneLede { package: &bulk.package, date: &i18n::moment(l, at) }.say(l),
        None => t::file::tried_lede(l, &bulk.package),
    };
    let chip = |label: String, query: &'static str, current: bool| {
        view! { <a class="chip" href=query aria-current=current.then_some("true")>{label}</a> }
    };
    let more = bulk.next.map(|after| {
        let only = if bulk.only_bad { "only=bad&" } else { "" };
        view! { <a href=["?", only, "after=", &after.to_string()].concat()>{t::benefits::next_page(l)}</a> }
    });
    let columns = [t::file::line(l), t::file::address(l), t::file::outcome(l)];
    let rows = bulk.rows.into_iter().map(move |row| {
        let good = row.outcome == LineOutcome::Assigned;
        let tone = if good { "status status-ok" } else { "status status-bad" };
        view! {
            <tr role="row">
                <td role="cell" class="num" data-label=columns[0]>{i18n::number(l, u64::from(row.line))}</td>
                <th role="rowheader" scope="row" class="name">{row.typed}</th>
                <td role="cell" data-label=columns[2]>
                    <span class=tone>{told(l, &row.outcome, is_done)}</span>
                </td>
            </tr>
        }
    });
    view! {
        <p class="crumb">
            <a href=super::seats::seats_href(bulk.category, &benefit)>{t::seats::all_holders(l)}</a>
        </p>
        <PageHead title=t::file::title(l, &bulk.product) lede=lede action=Action::AssignSeat />
        <Done words=move |what| (what == "assigned").then_some(t::file::done(l)) />
        {is_done.then(|| view! { <p class="alert alert-ok" id="file-result" tabindex="-1">{t::file::assigned(l, good)} " " {t::file::left_out(l, bad)}</p> })}
        <Refusal of=ASSIGN />
        {(!is_done).then(|| view! { <Act id=bulk.id.to_string() good=good bad=bad free=bulk.free action=action /> })}
        <nav class="chips" aria-label=t::benefits::filters(l)>
            {chip([t::benefits::filter_all(l), " ", &i18n::number(l, good + bad)].concat(), "?", !bulk.only_bad)}
            {chip([t::file::only_bad(l), " ", &i18n::number(l, bad)].concat(), "?only=bad", bulk.only_bad)}
        </nav>
        <section class="card" aria-label=t::file::lines(l)>
            <table class="table" role="table">
                {table_head(&columns)}
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
            {more.map(|more| view! { <div class="table-foot">{more}</div> })}
        </section>
    }
}

/// What is to be done with the file, and how far it is while it is done.
#[component]
fn Act(id: String, good: u64, bad: u64, free: u32, action: ServerAction<AssignFile>) -> impl IntoView {
    let l = use_language();
    let file = StoredValue::new(id);
    let progress = RwSignal::new(None::<BulkProgress>);
    // Asked for while the answer is awaited; the form's own answer ends it.
    Effect::new(move |_| {
        if !action.pending().get() {
            progress.set(None);
            return;
        }
        let ask = move || {
            leptos::task::spawn(async move {
                if let Ok(Some(now)) = get_progress(file.get_value()).await {
                    let _ = progress.try_set(Some(now));
                }
            });
        };
        if let Ok(handle) = set_interval_with_handle(ask, TOLD_EVERY) {
            on_cleanup(move || handle.clear());
        }
    });
    let form = move |mode: BulkMode, label: &'static str, class: &'static str, hint: String| {
        let submit = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            if !action.pending().get_untracked() {
                action.dispatch(AssignFile { file: file.get_value(), mode: mode.slug().to_owned() });
            }
        };
        view! {
            <div on:submit=submit>
                <Form of=ASSIGN>
                    <input type="hidden" name="file" value=file.get_value() />
                    <input type="hidden" name="mode" value=mode.slug() />
                    <button class=class type="submit">{label}</button>
                    <p class="hint">{hint}</p>
                </Form>
            </div>
        }
    };
    let refusal = move || match action.value().get() {
        Some(Err(error)) => Some(view! { <Alert error=error /> }),
        _ => None,
    };
    let counted = move || {
        action.pending().get().then(|| {
            let now = progress.get().unwrap_or(BulkProgress { done: 0, total: good + bad });
            view! {
                <progress max=now.total.to_string() value=now.done.to_string() aria-label=t::file::working(l)></progress>
                <p class="num">{t::file::Progress { done: &i18n::number(l, now.done), total: &i18n::number(l, now.total) }.say(l)}</p>
            }
        })
    };
    view! {
        <section class="card pad">
            <h2>{t::file::would(l, good)}</h2>
            <p>{t::file::would_not(l, bad)} " " {t::file::free(l, u64::from(free))}</p>
            {(good == 0).then(|| view! { <Notice>{t::file::nothing_to_do(l)}</Notice> })}
            <div class="choices">
                {(good > 0 && bad == 0)
                    .then(|| form(BulkMode::AllOrNothing, t::file::all(l), "btn btn-primary", t::file::all_hint(l).to_owned()))}
                {(good > 0 && bad > 0)
                    .then(|| form(BulkMode::SkipBad, t::file::skip(l), "btn btn-primary", t::file::skip_hint(l, bad)))}
                {(good > 0 && bad > 0)
                    .then(|| form(BulkMode::AllOrNothing, t::file::all(l), "btn", t::file::all_hint(l).to_owned()))}
            </div>
            <div role="alert" class="alert-slot">{refusal}</div>
            <p class="sr-only" role="status">{move || action.pending().get().then(|| t::file::working(l))}</p>
            {counted}
        </section>
    }
}

fn told(l: Language, outcome: &LineOutcome, is_done: bool) -> String {
    match outcome {
        LineOutcome::Assigned if is_done => t::file::line_assigned(l).to_owned(),
        LineOutcome::Assigned => t::file::line_would(l).to_owned(),
        LineOutcome::Email(problem) => i18n::error(l, &AppError::Email(*problem)),
        LineOutcome::Unknown => t::file::line_unknown(l).to_owned(),
        LineOutcome::Repeated { line } => t::file::line_repeated(l, &line.to_string()),
        LineOutcome::Refused(refusal) => i18n::seat_refusal(l, refusal),
    }
}
