//! The queue: all kinds of work in one list.

use super::orders::order_done;
use super::server_fns::list_work;
use crate::form::{Done, Form, Refusal};
use crate::i18n::{self, t};
use crate::live::load_live;
use crate::session::use_language;
use crate::ui::{Empty, Moment, PageHead, failure, table_head, when_loaded};
use domain::language::Language;
use domain::live::Topic;
use domain::queue::{WorkFilter, WorkKind, WorkPage, WorkRow};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

pub const TAKE: &str = "operator/take";
pub const RELEASE: &str = "operator/release";

/// What the address asks for.
#[derive(Clone, Default, PartialEq, Eq)]
struct Asked {
    filter: WorkFilter,
    kind: Option<WorkKind>,
    after: String,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        Self {
            filter: query.get("filter").and_then(|f| WorkFilter::from_slug(&f)).unwrap_or_default(),
            kind: query.get("kind").and_then(|k| WorkKind::from_slug(&k)),
            after: query.get("after").unwrap_or_default(),
        }
    }
    fn href(&self) -> String {
        let mut query = ParamsMap::new();
        if self.filter != WorkFilter::All {
            query.insert("filter", self.filter.slug().to_owned());
        }
        if let Some(kind) = self.kind {
            query.insert("kind", kind.slug().to_owned());
        }
        if !self.after.is_empty() {
            query.insert("after", self.after.clone());
        }
        ["/operator/queue", &query.to_query_string()].concat()
    }
}

pub fn queue_page() -> AnyView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::read));
    let queue = load_live(
        &[Topic::Queue],
        move || {
            let Asked { filter, kind, after } = asked.get();
            (filter, kind, after)
        },
        |(filter, kind, after)| {
            list_work(filter.slug().to_owned(), kind.map(|k| k.slug().to_owned()).unwrap_or_default(), after)
        },
    );
    view! {
        <Transition>
            {when_loaded(move || async move {
                match queue.await {
                    Ok(page) => view! { <Queue page=page asked=asked.get_untracked() /> }.into_any(),
                    Err(error) => failure(&error),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Queue(page: WorkPage, asked: Asked) -> impl IntoView {
    let l = use_language();
    let filters = WorkFilter::ALL.into_iter().zip(page.counts).map(|(filter, count)| {
        let name = match filter {
            WorkFilter::All => t::benefits::filter_all(l),
            WorkFilter::Mine => t::operator::filter_mine(l),
            WorkFilter::Unassigned => t::operator::filter_unassigned(l),
            WorkFilter::Late => t::operator::filter_late(l),
            WorkFilter::Done => t::operator::filter_done(l),
        };
        let href = Asked { filter, kind: asked.kind, after: String::new() }.href();
        let current = (filter == asked.filter).then_some("true");
        view! {
            <a class="chip" href=href aria-current=current>
                {name} " " <span class="num">{i18n::number(l, count)}</span>
            </a>
        }
    });
    let kinds = [None].into_iter().chain(WorkKind::ALL.iter().copied().map(Some)).map(|kind| {
        let name = kind.map_or_else(|| t::operator::all_kinds(l), |k| i18n::work_kind(l, k));
        let href = Asked { filter: asked.filter, kind, after: String::new() }.href();
        let current = (kind == asked.kind).then_some("true");
        view! { <a class="chip" href=href aria-current=current>{name}</a> }
    });
    let head = [
        t::operator::about(l),
        t::operator::company(l),
        t::operator::asked_by(l),
        t::operator::since(l),
        t::operator::due(l),
        t::operator::holder(l),
    ];
    let next = page.next.clone().map(|after| {
        let href = Asked { after, ..asked.clone() }.href();
        view! { <a href=href>{t::benefits::next_page(l)}</a> }
    });
    let list = if page.rows.is_empty() && asked == Asked::default() {
        view! { <Empty title=t::operator::queue_none(l)>""</Empty> }.into_any()
    } else if page.rows.is_empty() {
        view! { <p class="card pad"><a href="/operator/queue">{t::operator::queue_none_found(l)}</a></p> }.into_any()
    } else {
        view! {
            <section class="card" aria-label=t::shell::queue(l)>
                <table class="table" role="table">
                    {table_head(&head)}
                    <tbody role="rowgroup">
                        {page.rows.into_iter().map(|row| view! { <Row row=row head=head /> }).collect_view()}
                    </tbody>
                </table>
                <div class="table-foot">
                    <span class="num">{t::operator::count(l, page.total)}</span>
                    <span>{next}</span>
                </div>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead title=t::shell::queue(l) lede=t::operator::queue_lede(l) />
        <WorkDone />
        {[TAKE, RELEASE].map(|of| view! { <Refusal of=of /> }).collect_view()}
        <nav class="chips" aria-label=t::benefits::filters(l)>{filters.collect_view()}</nav>
        <nav class="chips" aria-label=t::operator::kinds(l)>{kinds.collect_view()}</nav>
        {list}
    }
}

/// What was just done to work.
#[component]
pub fn WorkDone() -> impl IntoView {
    let l = use_language();
    view! {
        <Done words=move |what| match what {
            "taken" => Some(t::operator::done_taken(l)),
            "released" => Some(t::operator::done_released(l)),
            "fulfilled" => Some(t::operator::done_fulfilled(l)),
            "offer-fulfilled" => Some(t::operator::done_offer(l)),
            "declined" => Some(t::operator::done_declined(l)),
            "approved" => Some(t::operator::done_approved(l)),
            "recorded" => Some(t::operator::done_recorded(l)),
            "in_contact" => Some(t::operator::done_in_contact(l)),
            "delivered" => Some(t::operator::done_delivered(l)),
            "closed" => Some(t::operator::done_closed(l)),
            "answered" => Some(t::operator::done_answered(l)),
            other => order_done(l, other),
        } />
    }
}

/// What it is about; of some kinds, the kind says it all.
fn subject_of(l: Language, row: &WorkRow) -> String {
    if row.subject.is_empty() { i18n::work_kind(l, row.kind).to_owned() } else { row.subject.clone() }
}

/// Until when an answer is due, or that it was given.
#[component]
pub fn Due(row: WorkRow) -> impl IntoView {
    let l = use_language();
    match row.due_at {
        None if row.is_done => {
            view! { <span class="status status-idle">{t::operator::filter_done(l)}</span> }.into_any()
        }
        // Nobody waits for an answer: the money comes when it comes.
        None if row.kind == WorkKind::Payment => view! { <span>{t::operator::no_due(l)}</span> }.into_any(),
        None => view! { <span class="status status-ok">{t::operator::answered(l)}</span> }.into_any(),
        Some(at) if row.is_late => view! {
            <span class="status status-bad">{t::operator::late(l)}</span>
            " "
            <Moment at=at />
        }
        .into_any(),
        Some(at) => view! { <Moment at=at /> }.into_any(),
    }
}

/// Who has it, and taking it on or putting it back.
#[component]
pub fn Holder(row: WorkRow) -> impl IntoView {
    let l = use_language();
    let id = row.id.to_string();
    let subject = subject_of(l, &row);
    if row.is_done {
        return view! { <span>{row.taken_by}</span> }.into_any();
    }
    if row.is_mine {
        return view! {
            <span class="status status-ok">{t::operator::yours(l)}</span>
            <Form of=RELEASE>
                <input type="hidden" name="work" value=id />
                <button class="btn btn-small" type="submit" aria-label=t::operator::ReleaseOf { subject: &subject, company: &row.company, person: &row.person }.say(l)>
                    {t::operator::release(l)}
                </button>
            </Form>
        }
        .into_any();
    }
    let (holder, label, whole) = match &row.taken_by {
        Some(name) => (
            name.clone(),
            t::operator::take_over(l, name),
            t::operator::TakeOverOf { name, subject: &subject, company: &row.company }.say(l),
        ),
        None => (
            t::operator::nobody(l).to_owned(),
            t::operator::take(l).to_owned(),
            t::operator::TakeOf { subject: &subject, company: &row.company, person: &row.person }.say(l),
        ),
    };
    view! {
        <span class="hint">{holder}</span>
        <Form of=TAKE>
            <input type="hidden" name="work" value=id />
            <input type="hidden" name="seen" value=row.holder.map(|h| h.to_string()).unwrap_or_default() />
            <button class="btn btn-small" type="submit" aria-label=whole>{label}</button>
        </Form>
    }
    .into_any()
}

#[component]
fn Row(row: WorkRow, head: [&'static str; 6]) -> impl IntoView {
    let l = use_language();
    let href = ["/operator/queue/", &row.id.to_string()].concat();
    let kind = i18n::work_kind(l, row.kind);
    let subject = subject_of(l, &row);
    let told = (!row.subject.is_empty()).then(|| view! { <br /> <span class="hint">{kind}</span> });
    let label = t::operator::OpenWork { subject: &subject, company: &row.company, person: &row.person }.say(l);
    view! {
        <tr role="row">
            <th role="rowheader" scope="row" class="name">
                <a href=href aria-label=label>{subject}</a>
                {told}
            </th>
            <td role="cell" data-label=head[1]>{row.company.clone()}</td>
            <td role="cell" data-label=head[2]>{row.person.clone()}</td>
            <td role="cell" class="num" data-label=head[3]><Moment at=row.opened_at /></td>
            <td role="cell" class="num" data-label=head[4]><Due row=row.clone() /></td>
            <td role="cell" data-label=head[5]><div class="holder-cell"><Holder row=row.clone() /></div></td>
        </tr>
    }
}
