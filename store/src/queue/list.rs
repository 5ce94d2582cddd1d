//! The queue: paged by key, a constant number of statements whatever kinds are in it.

use crate::benefits::advisory::case_for_programme;
use crate::benefits::go_to_market::offer_for_programme;
use crate::benefits::list::References;
use crate::benefits::technical::support_for_programme;
use crate::context::Ctx;
use crate::entity::{benefit, cancellation, case, offer_activation, order, support_activation, work_item};
use crate::error::{StoreError, StoreResult};
use crate::orders::cancel::order_of;
use crate::orders::{load_packages, order_for_programme};
use crate::people::names::{People, company_names};
use crate::people::role_request::{owned_companies, request_for_programme};
use domain::access::Action;
use domain::id::{
    BenefitId, CancellationId, CaseId, OfferActivationId, OrderId, RoleRequestId, SupportActivationId, WorkId,
};
use domain::queue::{Work, WorkFilter, WorkKind, WorkPage, WorkRow, WorkSubject};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// Rows on a page.
const PAGE: u64 = 50;

/// What is asked of the queue.
#[derive(Clone, Debug, Default)]
pub struct WorkQuery {
    pub filter: WorkFilter,
    pub kind: Option<WorkKind>,
    /// [`WorkPage::next`] of the page before.
    pub after: Option<String>,
}

/// What waits, or was done. A request for the role is the company's own affair while it has a
/// Global admin.
fn items(kind: Option<WorkKind>, is_done: bool) -> Select<work_item::Entity> {
    use work_item::Column as C;
    let theirs =
        Condition::any().add(C::Kind.ne(WorkKind::RoleRequest)).add(C::CompanyId.not_in_subquery(owned_companies()));
    let select = work_item::Entity::find();
    let select = if is_done {
        select.filter(C::ClosedAt.is_not_null())
    } else {
        select.filter(C::ClosedAt.is_null()).filter(theirs)
    };
    match kind {
        Some(kind) => select.filter(C::Kind.eq(kind)),
        None => select,
    }
}

fn condition(ctx: &Ctx, filter: WorkFilter) -> Condition {
    use work_item::Column as C;
    let all = Condition::all();
    match filter {
        WorkFilter::All | WorkFilter::Done => all,
        WorkFilter::Mine => all.add(C::TakenBy.eq(ctx.user())),
        WorkFilter::Unassigned => all.add(C::TakenBy.is_null()),
        WorkFilter::Late => all.add(C::DueAt.lte(ctx.now())),
    }
}

/// How much waits, and how much of it is late.
pub async fn count_open(ctx: &Ctx) -> StoreResult<(u64, u64)> {
    ctx.authorize(Action::WorkQueue)?;
    let db = ctx.store.db.conn();
    let late = items(None, false).filter(condition(ctx, WorkFilter::Late)).count(db).await?;
    Ok((items(None, false).count(db).await?, late))
}

/// A page of the queue, the oldest first.
pub async fn list_work(ctx: &Ctx, query: &WorkQuery) -> StoreResult<WorkPage> {
    use work_item::Column as C;
    ctx.authorize(Action::WorkQueue)?;
    let db = ctx.store.db.conn();
    let is_done = query.filter == WorkFilter::Done;
    let mut select = items(query.kind, is_done).filter(condition(ctx, query.filter));
    let total = select.clone().count(db).await?;
    if let Some(id) = query.after.as_deref().and_then(|id| id.parse::<WorkId>().ok())
        && let Some(last) = work_item::Entity::find_by_id(id).one(db).await?
    {
        let same = Condition::all().add(C::OpenedAt.eq(last.opened_at));
        let further = if is_done {
            Condition::any().add(C::OpenedAt.lt(last.opened_at)).add(same.add(C::Id.lt(last.id)))
        } else {
            Condition::any().add(C::OpenedAt.gt(last.opened_at)).add(same.add(C::Id.gt(last.id)))
        };
        select = select.filter(further);
    }
    let order = if is_done { Order::Desc } else { Order::Asc };
    let select = select.order_by(C::OpenedAt, order.clone()).order_by(C::Id, order);
    let mut rows = select.limit(PAGE + 1).all(db).await?;
    let more = rows.len() as u64 > PAGE;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|r| r.id.to_string());
    let mut counts = [0; 5];
    for (count, filter) in counts.iter_mut().zip(WorkFilter::ALL) {
        *count = items(query.kind, filter == WorkFilter::Done).filter(condition(ctx, filter)).count(db).await?;
    }
    Ok(WorkPage { rows: told(ctx, db, &rows).await?, total, counts, next })
}

/// Lines with their words: what each kind is about is loaded for all of them together.
async fn told(ctx: &Ctx, db: &impl ConnectionTrait, rows: &[work_item::Model]) -> StoreResult<Vec<WorkRow>> {
    let people = People::load(db, rows.iter().flat_map(|r| [Some(r.asked_by), r.taken_by]).flatten().collect()).await?;
    let companies = company_names(db, rows.iter().map(|r| r.company_id).collect()).await?;
    let subjects = subjects(ctx, db, rows).await?;
    let now = ctx.now();
    Ok(rows
        .iter()
        .map(|row| WorkRow {
            id: row.id,
            kind: row.kind,
            company: companies.get(&row.company_id).cloned().unwrap_or_default(),
            subject: subjects.get(&row.subject_id).cloned().unwrap_or_default(),
            person: people.name(row.asked_by),
            opened_at: row.opened_at,
            due_at: row.due_at,
            is_late: row.due_at.is_some_and(|due| now >= due),
            taken_by: row.taken_by.map(|by| people.name(by)),
            holder: row.taken_by,
            is_mine: row.taken_by == Some(ctx.user()),
            is_done: row.closed_at.is_some(),
        })
        .collect())
}

/// What each line is about, in a few words. A request for the role says it all by its kind.
async fn subjects(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    rows: &[work_item::Model],
) -> StoreResult<HashMap<Uuid, String>> {
    let of = |kind: WorkKind| rows.iter().filter(move |r| r.kind == kind).map(|r| r.subject_id);
    let mut subjects = HashMap::new();
    let mut activations: Vec<(Uuid, BenefitId)> = support_activation::Entity::find()
        .select_only()
        .column(support_activation::Column::Id)
        .column(support_activation::Column::BenefitId)
        .filter(support_activation::Column::Id.is_in(of(WorkKind::Support).map(SupportActivationId)))
        .into_tuple()
        .all(db)
        .await?;
    let offers: Vec<(Uuid, BenefitId)> = offer_activation::Entity::find()
        .select_only()
        .column(offer_activation::Column::Id)
        .column(offer_activation::Column::BenefitId)
        .filter(offer_activation::Column::Id.is_in(of(WorkKind::Offer).map(OfferActivationId)))
        .into_tuple()
        .all(db)
        .await?;
    activations.extend(offers);
    let benefits = benefit::Entity::find()
        .filter(benefit::Column::Id.is_in(activations.iter().map(|(_, id)| *id)))
        .all(db)
        .await?;
    let references = References::load(db, &benefits).await?;
    for (activation, id) in activations {
        if let Some(row) = benefits.iter().find(|b| b.id == id) {
            subjects.insert(activation, references.product(row)?.name.get(ctx.language).to_owned());
        }
    }
    subjects.extend(order_subjects(ctx, db, of(WorkKind::Payment), of(WorkKind::Cancellation)).await?);
    let cases = case::Entity::find().filter(case::Column::Id.is_in(of(WorkKind::Advisory).map(CaseId))).all(db).await?;
    for case in cases {
        subjects.insert(case.id.0, format!("{} · {}", case.number, case.title));
    }
    Ok(subjects)
}

/// Orders that wait for their payment, and requests to give one back: number and package.
async fn order_subjects(
    ctx: &Ctx,
    db: &impl ConnectionTrait,
    payments: impl Iterator<Item = Uuid>,
    cancellations: impl Iterator<Item = Uuid>,
) -> StoreResult<Vec<(Uuid, String)>> {
    let requests = cancellation::Entity::find()
        .filter(cancellation::Column::Id.is_in(cancellations.map(CancellationId)))
        .all(db)
        .await?;
    let mut of: Vec<(Uuid, OrderId, Option<String>)> = payments.map(|id| (id, OrderId(id), None)).collect();
    of.extend(requests.into_iter().map(|row| (row.id.0, row.order_id, Some(row.number))));
    let orders: HashMap<OrderId, order::Model> = order::Entity::find()
        .filter(order::Column::Id.is_in(of.iter().map(|(_, id, _)| *id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let packages = load_packages(db, orders.values().map(|row| row.package_version_id).collect()).await?;
    Ok(of
        .into_iter()
        .filter_map(|(subject, id, number)| {
            let order = orders.get(&id)?;
            let package = packages.get(&order.package_version_id)?.name.get(ctx.language);
            Some((subject, format!("{} · {package}", number.unwrap_or_else(|| order.number.clone()))))
        })
        .collect())
}

/// A piece of work with what it is about, as the company sees it.
pub async fn get_work(ctx: &Ctx, id: WorkId) -> StoreResult<Work> {
    ctx.authorize(Action::WorkQueue)?;
    let db = ctx.store.db.conn();
    let row = work_item::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?;
    let subject = match row.kind {
        WorkKind::Support => {
            WorkSubject::Support(support_for_programme(ctx, SupportActivationId(row.subject_id)).await?)
        }
        WorkKind::Offer => WorkSubject::Offer(offer_for_programme(ctx, OfferActivationId(row.subject_id)).await?),
        WorkKind::Advisory => WorkSubject::Advisory(case_for_programme(ctx, CaseId(row.subject_id)).await?),
        WorkKind::Payment => WorkSubject::Order(Box::new(order_for_programme(ctx, OrderId(row.subject_id)).await?)),
        WorkKind::Cancellation => {
            let order = order_of(db, CancellationId(row.subject_id)).await?;
            WorkSubject::Order(Box::new(order_for_programme(ctx, order).await?))
        }
        WorkKind::RoleRequest => {
            WorkSubject::RoleRequest(request_for_programme(ctx, RoleRequestId(row.subject_id)).await?)
        }
    };
    let row = told(ctx, db, std::slice::from_ref(&row)).await?.pop().ok_or(StoreError::NotFound)?;
    Ok(Work { row, subject })
}
