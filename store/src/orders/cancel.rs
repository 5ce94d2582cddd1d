//! Giving an order back: asked for by the company, decided by the programme's staff.
//!
//! The order is locked before its benefits, as a reveal locks it: of the two, one comes first, and
//! the other finds what it did.

use super::begin::exceeded;
use super::carry::{carry_seats, free_seats};
use super::{Why, end_term, money, own_order};
use crate::audit::{Entry, record};
use crate::benefits::advisory::decline_open;
use crate::benefits::list::{order_facts, parse_product};
use crate::benefits::technical::check_reason;
use crate::context::{Ctx, new_uuid};
use crate::entity::{assignment, benefit, cancellation, key_reveal, order, product_version, term, user};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::return_keys;
use crate::numbers::{Sequence, next_number};
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use crate::people::names::People;
use crate::queue;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::seat::Taken;
use domain::id::{BenefitId, CancellationId, CompanyId, OrderId};
use domain::language::Language;
use domain::mail::MailFacts;
use domain::money::Money;
use domain::orders::OrderRefusal;
use domain::orders::cancel::{
    CancelFacts, CancelRefusal, Cancellation, CancellationState, FirstLook, Refund, approvable, cancellable,
};
use domain::orders::order::OrderEnd;
use domain::orders::payment::PaymentForm;
use domain::queue::WorkKind;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

fn refused<T>(why: CancelRefusal) -> StoreResult<T> {
    Err(OrderRefusal::Cancel(why).into())
}

async fn find_waiting(tx: &impl ConnectionTrait, order: OrderId) -> StoreResult<Option<cancellation::Model>> {
    let found = cancellation::Entity::find()
        .filter(cancellation::Column::OrderId.eq(order))
        .filter(cancellation::Column::State.eq(CancellationState::Requested));
    Ok(found.one(tx).await?)
}

/// Since when a request to give the order back waits.
pub(crate) async fn waits_since(tx: &impl ConnectionTrait, order: OrderId) -> StoreResult<Option<DateTime<Utc>>> {
    Ok(find_waiting(tx, order).await?.map(|row| row.requested_at))
}

/// The newest request about an order.
pub(super) async fn newest_of(db: &impl ConnectionTrait, order: OrderId) -> StoreResult<Option<cancellation::Model>> {
    let of = cancellation::Entity::find().filter(cancellation::Column::OrderId.eq(order));
    Ok(of.order_by_desc(cancellation::Column::RequestedAt).order_by_desc(cancellation::Column::Id).one(db).await?)
}

/// What a request is decided on.
pub(super) async fn cancel_facts(
    db: &impl ConnectionTrait,
    row: &order::Model,
    language: Language,
) -> StoreResult<CancelFacts> {
    let first_look = match row.first_key_revealed_at {
        Some(at) => first_look(db, row, at, language).await?,
        None => None,
    };
    Ok(CancelFacts { order: order_facts(row), first_look, waits_since: waits_since(db, row.id).await? })
}

/// Who saw the first key of an order, and of what.
async fn first_look(
    db: &impl ConnectionTrait,
    row: &order::Model,
    at: DateTime<Utc>,
    language: Language,
) -> StoreResult<Option<FirstLook>> {
    use key_reveal::Column as C;
    let by = key_reveal::Entity::belongs_to(user::Entity).from(C::UserId).to(user::Column::Id).into();
    let of = key_reveal::Entity::belongs_to(benefit::Entity).from(C::BenefitId).to(benefit::Column::Id).into();
    let term = benefit::Entity::belongs_to(term::Entity).from(benefit::Column::TermId).to(term::Column::Id).into();
    let version = benefit::Entity::belongs_to(product_version::Entity)
        .from(benefit::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    let found: Option<(String, String)> = key_reveal::Entity::find()
        .select_only()
        .column(user::Column::Name)
        .column(product_version::Column::Definition)
        .join(JoinType::InnerJoin, by)
        .join(JoinType::InnerJoin, of)
        .join(JoinType::InnerJoin, term)
        .join(JoinType::InnerJoin, version)
        .filter(C::CompanyId.eq(row.company_id))
        .filter(term::Column::OrderId.eq(row.id))
        .filter(C::RevealedAt.eq(at))
        .order_by_asc(C::Id)
        .into_tuple()
        .one(db)
        .await?;
    let Some((by, definition)) = found else { return Ok(None) };
    Ok(Some(FirstLook { by, product: parse_product(&definition)?.name.get(language).to_owned() }))
}

pub(super) fn told(people: &People, of: &order::Model, row: cancellation::Model) -> StoreResult<Cancellation> {
    let refund = match (row.refund_minor, row.refunded_on) {
        (Some(minor), Some(on)) => {
            let reference = row.refund_reference.clone().unwrap_or_default();
            Some(Refund { amount: money(minor, &of.currency)?, on, reference })
        }
        _ => None,
    };
    Ok(Cancellation {
        id: row.id,
        number: row.number,
        state: row.state,
        reason: row.reason,
        by: people.name(row.requested_by),
        at: row.requested_at,
        decided_by: row.decided_by.map(|by| people.name(by)),
        decided_at: row.decided_at,
        answer: row.answer,
        refund,
    })
}

/// Asks to give an order back, with the money. Rule R-CAN-1.
pub async fn request_cancellation(ctx: &Ctx, id: OrderId, reason: &str) -> StoreResult<CancellationId> {
    let company = ctx.authorize_in_company(Action::RequestCancellation)?;
    let reason = check_reason(reason)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let row = own_order(company, id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    let facts = cancel_facts(&tx, &row, ctx.language).await?;
    cancellable(&facts, now).map_err(OrderRefusal::Cancel)?;
    let request = CancellationId(new_uuid());
    let number = next_number(&tx, Sequence::Cancellation, now).await?;
    cancellation::ActiveModel {
        id: Set(request),
        company_id: Set(company),
        order_id: Set(id),
        number: Set(number.clone()),
        state: Set(CancellationState::Requested),
        reason: Set(reason),
        requested_by: Set(ctx.user()),
        requested_at: Set(now),
        decided_by: Set(None),
        decided_at: Set(None),
        answer: Set(String::new()),
        refund_minor: Set(None),
        refunded_on: Set(None),
        refund_reference: Set(None),
    }
    .insert(&tx)
    .await?;
    queue::open(ctx, &tx, WorkKind::Cancellation, request.0, company).await?;
    let entry = Entry::by(ctx, now, AuditAction::CancellationRequested)
        .subject(id)
        .details(json!({ "cancellation": request, "number": number }));
    record(&ctx.store.keys, &tx, entry).await?;
    tx.commit().await?;
    Ok(request)
}

/// A request that waits, behind its company and its order, all locked.
async fn lock_waiting(
    tx: &impl ConnectionTrait,
    id: CancellationId,
    company: Option<CompanyId>,
) -> StoreResult<(order::Model, cancellation::Model)> {
    let seen = cancellation::Entity::find_by_id(id).one(tx).await?;
    let seen = seen.filter(|row| company.is_none_or(|own| own == row.company_id)).ok_or(StoreError::NotFound)?;
    lock_company(tx, seen.company_id).await?;
    let of = own_order(seen.company_id, seen.order_id).lock_exclusive().one(tx).await?;
    let of = of.ok_or(StoreError::Corrupt("cancellations.order_id"))?;
    let row = cancellation::Entity::find_by_id(id).lock_exclusive().one(tx).await?.ok_or(StoreError::NotFound)?;
    if row.state == CancellationState::Requested { Ok((of, row)) } else { refused(CancelRefusal::NotPossibleAnyMore) }
}

async fn close(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    row: cancellation::Model,
    state: CancellationState,
    answer: String,
    refund: Option<(Money, domain::orders::payment::Transfer)>,
) -> StoreResult<()> {
    let id = row.id;
    let mut row = row.into_active_model();
    row.state = Set(state);
    row.answer = Set(answer);
    row.decided_by = Set(Some(ctx.user()));
    row.decided_at = Set(Some(ctx.now()));
    if let Some((amount, transfer)) = refund {
        row.refund_minor = Set(Some(amount.minor));
        row.refunded_on = Set(Some(transfer.on));
        row.refund_reference = Set(Some(transfer.reference));
    }
    row.update(tx).await?;
    queue::close(ctx, tx, WorkKind::Cancellation, id.0).await?;
    Ok(())
}

/// Takes a request back while it waits.
pub async fn withdraw_cancellation(ctx: &Ctx, id: CancellationId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::RequestCancellation)?;
    let tx = ctx.store.db.begin().await?;
    let (of, row) = lock_waiting(&tx, id, Some(company)).await?;
    close(ctx, &tx, row, CancellationState::Withdrawn, String::new(), None).await?;
    let entry = Entry::by(ctx, ctx.now(), AuditAction::CancellationWithdrawn)
        .subject(of.id)
        .details(json!({ "cancellation": id }));
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// An operator declines, with a reason that the company reads.
pub async fn decline_cancellation(ctx: &Ctx, id: CancellationId, reason: &str) -> StoreResult<()> {
    ctx.authorize(Action::ManageOrders)?;
    let reason = check_reason(reason)?;
    let tx = ctx.store.db.begin().await?;
    let (of, row) = lock_waiting(&tx, id, None).await?;
    tell(ctx, &tx, &of, &row, None, &reason).await?;
    close(ctx, &tx, row, CancellationState::Declined, reason, None).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::CancellationDeclined)
        .subject(of.id)
        .details(json!({ "cancellation": id }));
    entry.company = Some(of.company_id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// An operator approves: the term ends, keys that nobody saw go back into the stock, seats are
/// free, the refund is written down. Rule R-CAN-2.
pub async fn approve_cancellation(ctx: &Ctx, id: CancellationId, form: &PaymentForm) -> StoreResult<()> {
    ctx.authorize(Action::ManageOrders)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let (of, row) = lock_waiting(&tx, id, None).await?;
    let facts = cancel_facts(&tx, &of, ctx.language).await?;
    approvable(&facts, row.requested_at).map_err(OrderRefusal::Cancel)?;
    let amount = money(of.price_minor, &of.currency)?;
    let paid = of.paid_at.unwrap_or(of.ordered_at);
    let transfer = form.read(amount, paid.date_naive(), now.date_naive())?;
    // What is told and closed comes first, what is recorded last: the chain of a company is locked
    // after everything else.
    tell(ctx, &tx, &of, &row, Some(amount), "").await?;
    let number = row.number.clone();
    close(ctx, &tx, row, CancellationState::Approved, String::new(), Some((amount, transfer))).await?;
    let (order_id, company) = (of.id, of.company_id);
    let mut changed = of.clone().into_active_model();
    changed.ended_at = Set(Some(now));
    changed.end_kind = Set(Some(OrderEnd::Refunded));
    changed.update(&tx).await?;
    let ended = term::Entity::find().filter(term::Column::OrderId.eq(of.id)).lock_exclusive().one(&tx).await?;
    let mut returned = 0;
    if let Some(term) = ended {
        // Who came from a package that goes on has a seat there again.
        for other in exceeded(&tx, &of).await? {
            carry_seats(&ctx.store, &tx, &of, term.id, other).await?;
        }
        let benefits = end_term(&ctx.store, &tx, &term, now, Why::GivenBack).await?;
        let ids: Vec<BenefitId> = benefits.iter().map(|b| b.id).collect();
        for held_of in benefits.into_iter().filter(|b| b.seats_out > 0) {
            let held = assignment::Entity::find()
                .filter(assignment::Column::BenefitId.eq(held_of.id))
                .filter(assignment::Column::RemovedAt.is_null())
                .all(&tx)
                .await?;
            free_seats(&tx, held_of, &held, Taken::OrderCancelled, ctx.user(), now).await?;
        }
        returned = return_keys(&ctx.store, &tx, &ids).await?;
        decline_open(ctx, &tx, &ids, &number).await?;
    }
    let mut entry = Entry::by(ctx, now, AuditAction::CancellationApproved)
        .subject(order_id)
        .details(json!({ "cancellation": id, "refund": amount.to_string(), "keys_returned": returned }));
    entry.company = Some(company);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

/// The answer, to whoever asked.
async fn tell(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    of: &order::Model,
    row: &cancellation::Model,
    refund: Option<Money>,
    reason: &str,
) -> StoreResult<()> {
    let person = user::Entity::find_by_id(row.requested_by).one(tx).await?.ok_or(StoreError::NotFound)?;
    if person.disabled_at.is_some() {
        return Ok(());
    }
    let packages = super::load_packages(tx, [of.package_version_id].into()).await?;
    let package = packages.get(&of.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
    let facts = MailFacts::CancellationDecided {
        number: row.number.clone(),
        order: of.number.clone(),
        package: package.name.get(outbox::language_of(ctx, &person)).to_owned(),
        refund,
        reason: reason.to_owned(),
    };
    outbox::write(&ctx.store, tx, vec![Draft::to(ctx, &person, format!("cancellation:{}", row.id), facts)]).await
}

/// The order of a request, for the queue.
pub(crate) async fn order_of(db: &impl ConnectionTrait, id: CancellationId) -> StoreResult<OrderId> {
    Ok(cancellation::Entity::find_by_id(id).one(db).await?.ok_or(StoreError::NotFound)?.order_id)
}
