//! Orders: made, taken back, lapsed.

use super::issuer::load_issuer;
use super::offers::{OnSale, Standing, list_on_sale};
use super::{own_order, record_start, start_term};
use crate::audit::{Entry, record};
use crate::context::{Ctx, Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::{order, user, work_item};
use crate::error::{StoreError, StoreResult};
use crate::numbers::{Sequence, next_number};
use crate::outbox::{self, Draft};
use crate::people::account::lock_company;
use crate::queue;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::id::{CompanyId, OrderId, PackageVersionId, TermId, UserId};
use domain::mail::MailFacts;
use domain::orders::OrderRefusal;
use domain::orders::billing::Billing;
use domain::orders::buy::Buy;
use domain::orders::order::{Issuer, OrderEnd, OrderKind, PAYMENT_TIME, payable_until};
use domain::queue::WorkKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use std::collections::BTreeSet;

/// What an order says.
pub(crate) struct NewRow {
    pub company: CompanyId,
    pub by: UserId,
    pub version: crate::entity::package_version::Model,
    pub kind: OrderKind,
    pub continues: Option<TermId>,
    pub billing: Billing,
    pub issuer: Issuer,
}

/// Writes an order with its number. The caller has locked the company.
pub(crate) async fn insert_order(store: &Store, tx: &Tx, new: NewRow) -> StoreResult<order::Model> {
    let now = store.now();
    let row = order::ActiveModel {
        id: Set(OrderId(new_uuid())),
        company_id: Set(new.company),
        package_id: Set(new.version.package_id),
        package_version_id: Set(new.version.id),
        kind: Set(new.kind),
        continues_term_id: Set(new.continues),
        number: Set(next_number(tx, Sequence::Order, now).await?),
        price_minor: Set(new.version.price_minor),
        currency: Set(new.version.currency),
        ordered_by: Set(new.by),
        ordered_at: Set(now),
        paid_at: Set(None),
        first_key_revealed_at: Set(None),
        ended_at: Set(None),
        end_kind: Set(None),
        bill_to: Set(new.billing.bill_to),
        bill_address: Set(new.billing.address),
        bill_country: Set(new.billing.country),
        tax_id: Set(new.billing.tax_id),
        purchase_order: Set(new.billing.purchase_order),
        issuer: Set(new.issuer.name),
        pay_to: Set(new.issuer.pay_to),
    };
    Ok(row.insert(tx).await?)
}

/// Buys a package, or renews it: the invoice is made at once, the term begins with the payment.
/// One that costs nothing begins at once. Rules R-BUY-1 and R-ORD-5.
///
/// `version` is what the page showed: nobody buys at another price, or other contents.
pub async fn place_order(ctx: &Ctx, version: PackageVersionId, form: &Billing) -> StoreResult<OrderId> {
    let company = ctx.authorize_in_company(Action::BuyPackage)?;
    let billing = form.read()?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    // One that nobody paid must not stand in the way until the scheduler comes by.
    let lapsed = lapse_of(&ctx.store, &tx, company).await?;
    let on_sale = list_on_sale(&tx).await?;
    let wanted = on_sale.into_iter().find(|p| p.version.id == version).ok_or(OrderRefusal::Changed)?;
    let OnSale { version, package } = wanted;
    let standing = Standing::load(&tx, company, now).await?;
    let (kind, continues) = match standing.decide(Some(&package), now).map_err(OrderRefusal::Buy)? {
        Buy::New => (OrderKind::New, None),
        Buy::Renewal { term, .. } => (OrderKind::Renewal, Some(term)),
    };
    let issuer = load_issuer(&tx).await?;
    let new = NewRow { company, by: ctx.user(), version, kind, continues, billing, issuer };
    let row = insert_order(&ctx.store, &tx, new).await?;
    let price = super::money(row.price_minor, &row.currency)?;
    let person = user::Entity::find_by_id(ctx.user()).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let name = package.name.get(outbox::language_of(ctx, &person)).to_owned();
    let id = row.id;
    let entry = Entry::by(ctx, now, AuditAction::OrderPlaced)
        .subject(id)
        .details(json!({ "package": package.code, "kind": kind.slug(), "price": price.to_string() }));
    let mut started = None;
    if price.minor == 0 {
        let mut row = row.into_active_model();
        row.paid_at = Set(Some(now));
        let row = row.update(&tx).await?;
        started = Some(start_term(&ctx.store, &tx, &row).await?);
    } else {
        queue::open_without_date(ctx, &tx, WorkKind::Payment, id.0, company).await?;
        let facts = MailFacts::OrderPlaced {
            number: row.number,
            package: name,
            price,
            until: payable_until(now),
            pay_to: row.pay_to,
        };
        outbox::write(&ctx.store, &tx, vec![Draft::to(ctx, &person, format!("order:{id}:placed"), facts)]).await?;
    }
    record_lapsed(&ctx.store, &tx, company, &lapsed).await?;
    record(&ctx.store.keys, &tx, entry).await?;
    if let Some(started) = started {
        record_start(&ctx.store, &tx, &started).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Takes an order back that nobody has paid.
pub async fn withdraw_order(ctx: &Ctx, id: OrderId) -> StoreResult<()> {
    let company = ctx.authorize_in_company(Action::BuyPackage)?;
    let tx = ctx.store.db.begin().await?;
    lock_company(&tx, company).await?;
    let row = own_order(company, id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if row.paid_at.is_some() || row.ended_at.is_some() || ctx.now() > payable_until(row.ordered_at) {
        return Err(OrderRefusal::NotPossibleAnyMore.into());
    }
    let mut row = row.into_active_model();
    row.ended_at = Set(Some(ctx.now()));
    row.end_kind = Set(Some(OrderEnd::Withdrawn));
    row.update(&tx).await?;
    queue::close(ctx, &tx, WorkKind::Payment, id.0).await?;
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), AuditAction::OrderWithdrawn).subject(id)).await?;
    Ok(tx.commit().await?)
}

/// Marks orders of a company that nobody paid in time, and tells who made them. Rule R-ORD-3.
async fn lapse_of(store: &Store, tx: &Tx, company: CompanyId) -> StoreResult<Vec<OrderId>> {
    use order::Column as C;
    let now = store.now();
    let rows = order::Entity::find()
        .filter(C::CompanyId.eq(company))
        .filter(C::PaidAt.is_null())
        .filter(C::EndedAt.is_null())
        .filter(C::OrderedAt.lt(now - PAYMENT_TIME))
        .order_by_asc(C::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrderId> = rows.iter().map(|row| row.id).collect();
    order::Entity::update_many()
        .col_expr(C::EndedAt, Expr::value(now))
        .col_expr(C::EndKind, Expr::value(OrderEnd::Lapsed))
        .filter(C::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    work_item::Entity::update_many()
        .col_expr(work_item::Column::ClosedAt, Expr::value(now))
        .filter(work_item::Column::Kind.eq(WorkKind::Payment))
        .filter(work_item::Column::SubjectId.is_in(ids.iter().map(|id| id.0)))
        .filter(work_item::Column::ClosedAt.is_null())
        .exec(tx)
        .await?;
    let packages = super::load_packages(tx, rows.iter().map(|row| row.package_version_id).collect()).await?;
    let mut mails = Vec::new();
    for row in &rows {
        let person = user::Entity::find_by_id(row.ordered_by).one(tx).await?;
        let Some(person) = person.filter(|p| p.disabled_at.is_none()) else { continue };
        let package = packages.get(&row.package_version_id).ok_or(StoreError::Corrupt("orders.package"))?;
        mails.push(Draft::by_itself(person, format!("order:{}:lapsed", row.id), |language| MailFacts::OrderLapsed {
            number: row.number.clone(),
            package: package.name.get(language).to_owned(),
        }));
    }
    outbox::write(store, tx, mails).await?;
    Ok(ids)
}

/// Writes down which orders lapsed: the chain of a company is locked last.
async fn record_lapsed(store: &Store, tx: &Tx, company: CompanyId, ids: &[OrderId]) -> StoreResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let origin = Origin::default();
    let mut entry = Entry::programme(&origin, store.now(), AuditAction::OrdersLapsed).details(json!({ "orders": ids }));
    entry.company = Some(company);
    record(&store.keys, tx, entry).await
}

/// Orders that nobody paid in time, of all companies.
pub(crate) async fn lapse_due(store: &Store) -> StoreResult<u64> {
    let companies: BTreeSet<CompanyId> = order::Entity::find()
        .select_only()
        .column(order::Column::CompanyId)
        .distinct()
        .filter(order::Column::PaidAt.is_null())
        .filter(order::Column::EndedAt.is_null())
        .filter(order::Column::OrderedAt.lt(store.now() - PAYMENT_TIME))
        .into_tuple::<CompanyId>()
        .all(store.db.conn())
        .await?
        .into_iter()
        .collect();
    let (mut lapsed, mut failed) = (0, None);
    for company in companies {
        match lapse_one(store, company).await {
            Ok(orders) => lapsed += orders,
            // What is wrong with one company is no reason to leave out the others.
            Err(error) => {
                tracing::error!(%company, %error, "orders could not lapse");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(lapsed), Err)
}

async fn lapse_one(store: &Store, company: CompanyId) -> StoreResult<u64> {
    let tx = store.db.begin().await?;
    lock_company(&tx, company).await?;
    let ids = lapse_of(store, &tx, company).await?;
    record_lapsed(store, &tx, company, &ids).await?;
    tx.commit().await?;
    Ok(ids.len() as u64)
}
