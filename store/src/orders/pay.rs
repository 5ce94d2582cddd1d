//! Money that came.

use super::{money, record_start, start_term};
use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{order, payment, user};
use crate::error::{StoreError, StoreResult};
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::id::{OrderId, PaymentId};
use domain::mail::MailFacts;
use domain::orders::OrderRefusal;
use domain::orders::order::payable_until;
use domain::orders::payment::PaymentForm;
use domain::queue::WorkKind;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect,
};
use serde_json::json;

/// Records the payment of an order: its term starts, with benefits, seats and keys, in the same
/// transaction. Rules R-PAY-1 and R-ORD-3.
pub async fn record_payment(ctx: &Ctx, id: OrderId, form: &PaymentForm) -> StoreResult<()> {
    ctx.authorize(Action::ManageOrders)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let seen = order::Entity::find_by_id(id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    lock_company(&tx, seen.company_id).await?;
    let row = order::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    check_payable(&tx, &row, now).await?;
    let due = money(row.price_minor, &row.currency)?;
    let transfer = form.read(due, row.ordered_at.date_naive(), now.date_naive())?;
    payment::ActiveModel {
        id: Set(PaymentId(new_uuid())),
        company_id: Set(row.company_id),
        order_id: Set(id),
        amount_minor: Set(due.minor),
        currency: Set(row.currency.clone()),
        paid_on: Set(transfer.on),
        reference: Set(transfer.reference),
        recorded_by: Set(ctx.user()),
        recorded_at: Set(now),
    }
    .insert(&tx)
    .await?;
    let mut row = row.into_active_model();
    row.paid_at = Set(Some(now));
    let row = row.update(&tx).await?;
    let started = start_term(&ctx.store, &tx, &row).await?;
    let term = &started.term;
    queue::close(ctx, &tx, WorkKind::Payment, id.0).await?;
    let person = user::Entity::find_by_id(row.ordered_by).one(&tx).await?.ok_or(StoreError::NotFound)?;
    if person.disabled_at.is_none() {
        let packages = super::load_packages(&tx, [row.package_version_id].into()).await?;
        let package = packages.get(&row.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
        let facts = MailFacts::OrderPaid {
            number: row.number.clone(),
            package: package.name.get(outbox::language_of(ctx, &person)).to_owned(),
            from: term.starts_at,
            until: term.ends_at,
            owed: started.owed.unwrap_or(0),
        };
        outbox::write(&ctx.store, &tx, vec![Draft::to(ctx, &person, format!("order:{id}:paid"), facts)]).await?;
    }
    record_start(&ctx.store, &tx, &started).await?;
    let mut entry = Entry::by(ctx, now, AuditAction::OrderPaid)
        .subject(id)
        .details(json!({ "amount": due.to_string(), "on": transfer.on, "term": term.id }));
    entry.company = Some(row.company_id);
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

async fn check_payable(
    tx: &impl ConnectionTrait,
    row: &order::Model,
    now: chrono::DateTime<chrono::Utc>,
) -> StoreResult<()> {
    if let Some(before) = payment::Entity::find().filter(payment::Column::OrderId.eq(row.id)).one(tx).await? {
        let by = user::Entity::find_by_id(before.recorded_by).one(tx).await?.map(|u| u.name).unwrap_or_default();
        return Err(OrderRefusal::AlreadyPaid { by, at: before.recorded_at }.into());
    }
    if row.paid_at.is_some() || row.ended_at.is_some() {
        return Err(OrderRefusal::NotPossibleAnyMore.into());
    }
    let until = payable_until(row.ordered_at);
    if now > until { Err(OrderRefusal::Lapsed { at: until }.into()) } else { Ok(()) }
}
