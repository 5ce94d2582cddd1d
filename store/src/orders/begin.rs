//! Terms: how they begin, and how they end before their time.
//!
//! Whoever comes here has locked the company, and the order where there is one.

use crate::audit::{Entry, record};
use crate::benefits::list::{parse_package, parse_product};
use crate::benefits::seat::CHUNK;
use crate::context::{Origin, Store, new_uuid};
use crate::db::Tx;
use crate::entity::{benefit, order, package_item, package_version, product_version, seat, term};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::{allocate, watch_stock};
use crate::orders::carry::carry_seats;
use crate::schedule::let_go;
use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::AuditAction;
use domain::id::{BenefitId, CompanyId, ProductId, SeatId, TermId};
use domain::orders::order::OrderKind;
use domain::orders::term::{anniversary, lapses_at, renewed_from};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;

/// Makes the term of an order that was paid, and begins it, unless its day is still to come.
/// Rule R-TERM-4.
///
/// The unique index on the order makes a second one fail.
///
/// The caller records it with [`record_start`], after everything else: the chain of a company is
/// locked last.
pub(crate) async fn start_term(store: &Store, tx: &Tx, order: &order::Model) -> StoreResult<Started> {
    let now = store.now();
    let old = match order.continues_term_id {
        Some(id) => term::Entity::find_by_id(id).one(tx).await?,
        None => None,
    };
    let starts_at = match old {
        Some(old) if order.kind == OrderKind::Renewal => renewed_from(old.ends_at, now),
        _ if order.kind == OrderKind::Moved => order.ordered_at,
        _ => now,
    };
    let ends_at = anniversary(starts_at).ok_or(StoreError::Corrupt("terms.starts_at"))?;
    let term = term::ActiveModel {
        id: Set(TermId(new_uuid())),
        company_id: Set(order.company_id),
        order_id: Set(order.id),
        package_id: Set(order.package_id),
        starts_at: Set(starts_at),
        ends_at: Set(ends_at),
        lapses_at: Set(lapses_at(ends_at)),
        begun_at: Set(None),
        ended_at: Set(None),
    }
    .insert(tx)
    .await?;
    if starts_at <= now { begin_term(store, tx, order, term).await } else { Ok(Started { term, owed: None }) }
}

/// A term that was made, and begun, unless its day is still to come.
pub(crate) struct Started {
    pub term: term::Model,
    /// Keys that are owed, of one that has begun.
    pub owed: Option<u32>,
}

/// Writes down that a term has begun.
pub(crate) async fn record_start(store: &Store, tx: &Tx, started: &Started) -> StoreResult<()> {
    let (Some(owed), term) = (started.owed, &started.term) else { return Ok(()) };
    let origin = Origin::default();
    let mut entry = Entry::programme(&origin, store.now(), AuditAction::TermBegun)
        .subject(term.id)
        .details(json!({ "order": term.order_id, "keys_owed": owed }));
    entry.company = Some(term.company_id);
    record(&store.keys, tx, entry).await
}

/// Begins a term: a benefit for each item, its seats, its keys from the stock; who held a seat
/// before holds one again. The year before ends here.
///
/// A benefit that the stock has too few keys for is owed the rest; the term begins all the same.
pub(crate) async fn begin_term(
    store: &Store,
    tx: &Tx,
    order: &order::Model,
    term: term::Model,
) -> StoreResult<Started> {
    let now = store.now();
    let before = running(tx, order).await?;
    // One term of a package runs at a time: a constraint says so too.
    for old in &before {
        end_term(store, tx, old, now, Why::Continued).await?;
    }
    let mut row = term.into_active_model();
    row.begun_at = Set(Some(now));
    let term = row.update(tx).await?;
    let owed = grant(store, tx, order, &term).await?;
    // A term that had lapsed has nothing to carry over.
    let continued = before.iter().filter(|old| Some(old.id) == order.continues_term_id && old.lapses_at > now);
    for old in continued {
        carry_seats(store, tx, order, old.id, term.id).await?;
    }
    if order.kind == OrderKind::New {
        for old in exceeded(tx, order).await? {
            carry_seats(store, tx, order, old, term.id).await?;
        }
    }
    Ok(Started { term, owed: Some(owed) })
}

/// Terms of the same package that have begun and were not marked as ended.
async fn running(tx: &impl ConnectionTrait, order: &order::Model) -> StoreResult<Vec<term::Model>> {
    Ok(term::Entity::find()
        .filter(term::Column::CompanyId.eq(order.company_id))
        .filter(term::Column::PackageId.eq(order.package_id))
        .filter(term::Column::BegunAt.is_not_null())
        .filter(term::Column::EndedAt.is_null())
        .order_by_asc(term::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?)
}

/// Terms of packages that the new one goes beyond: they are not sold beside it. They go on to their
/// end; who holds a seat of theirs gets one of the new.
pub(super) async fn exceeded(tx: &impl ConnectionTrait, order: &order::Model) -> StoreResult<Vec<TermId>> {
    let new = package_version::Entity::find_by_id(order.package_version_id)
        .one(tx)
        .await?
        .ok_or(StoreError::Corrupt("orders.package_version_id"))?;
    let code = parse_package(&new.definition)?.code;
    let held = super::list_held(tx, &[order.company_id]).await?;
    Ok(held.into_iter().map(|(_, t)| t).filter(|t| t.begun && t.not_with.contains(&code)).map(|t| t.held.id).collect())
}

/// The benefits of a term. Gives how many keys are owed.
async fn grant(store: &Store, tx: &Tx, order: &order::Model, term: &term::Model) -> StoreResult<u32> {
    let now = store.now();
    let to_version = package_item::Entity::belongs_to(product_version::Entity)
        .from(package_item::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    let items = package_item::Entity::find()
        .join(JoinType::InnerJoin, to_version)
        .select_also(product_version::Entity)
        .filter(package_item::Column::PackageVersionId.eq(order.package_version_id))
        .order_by_asc(package_item::Column::Position)
        .all(tx)
        .await?;
    let (mut owed_in_all, mut touched): (u32, Vec<ProductId>) = (0, Vec::new());
    for (item, version) in items {
        let version = version.ok_or(StoreError::Corrupt("package_items.product_version_id"))?;
        let product = parse_product(&version.definition)?;
        // What came over is to be activated anew.
        let from = if order.kind == OrderKind::Moved { now } else { term.starts_at };
        let within = product.activate_within_days.map(|days| from + TimeDelta::days(i64::from(days)));
        let id = BenefitId(new_uuid());
        let row = benefit::ActiveModel {
            id: Set(id),
            company_id: Set(order.company_id),
            term_id: Set(term.id),
            package_version_id: Set(order.package_version_id),
            product_version_id: Set(version.id),
            category: Set(version.category),
            position: Set(version.position),
            quantity: Set(item.quantity),
            used: Set(0),
            reserved: Set(0),
            seats_out: Set(0),
            reassigned: Set(0),
            pending: Set(false),
            // What nobody has begun with by the anniversary has no grace.
            activate_by: Set(within.map_or(term.ends_at, |w| w.min(term.ends_at))),
            // Nothing is to be done with it: it is in use from the start.
            activated_at: Set((!product.fulfilment.is_activated()).then_some(term.starts_at)),
            expires_at: Set(term.ends_at),
            lapses_at: Set(term.lapses_at),
            keys_owed: Set(0),
            ended_at: Set(None),
        }
        .insert(tx)
        .await?;
        if product.fulfilment.has_seats() {
            let seats: Vec<_> = (1..=item.quantity.unwrap_or(0))
                .map(|number| seat::ActiveModel {
                    id: Set(SeatId(new_uuid())),
                    company_id: Set(order.company_id),
                    benefit_id: Set(id),
                    number: Set(number),
                    taken: Set(false),
                    held_before: Set(false),
                })
                .collect();
            for chunk in seats.chunks(CHUNK) {
                seat::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
            }
        }
        if let Some(keys) = product.keys.filter(|_| product.fulfilment.has_keys()) {
            let got = allocate(store, tx, order.company_id, id, version.product_id, keys, now).await?;
            touched.push(version.product_id);
            let owed = keys.saturating_sub(got);
            if owed > 0 {
                let mut row = row.into_active_model();
                row.keys_owed = Set(i32::try_from(owed).unwrap_or(i32::MAX));
                row.update(tx).await?;
                owed_in_all += owed;
            }
        }
    }
    watch_stock(store, tx, &touched).await?;
    Ok(owed_in_all)
}

/// Why a term ends before its time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The next year begins. An offer with an end of its own goes on to it.
    Continued,
    GivenBack,
}

/// Ends a term at a time: what is not over yet is over then, and what waited for the programme's
/// staff is let go. Seats are taken back by the caller, who knows why.
pub(crate) async fn end_term(
    store: &Store,
    tx: &Tx,
    term: &term::Model,
    at: DateTime<Utc>,
    why: Why,
) -> StoreResult<Vec<benefit::Model>> {
    let mut row = term.clone().into_active_model();
    row.ended_at = Set(Some(at.min(term.lapses_at)));
    row.update(tx).await?;
    let rows = benefit::Entity::find()
        .filter(benefit::Column::TermId.eq(term.id))
        .order_by_asc(benefit::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let goes_on = |b: &benefit::Model| why == Why::Continued && b.expires_at != term.ends_at;
    let live: Vec<BenefitId> =
        rows.iter().filter(|b| b.ended_at.is_none() && b.lapses_at > at && !goes_on(b)).map(|b| b.id).collect();
    benefit::Entity::update_many()
        .col_expr(benefit::Column::LapsesAt, Expr::value(at))
        .col_expr(benefit::Column::EndedAt, Expr::value(at))
        .col_expr(benefit::Column::Pending, Expr::value(false))
        .col_expr(benefit::Column::KeysOwed, Expr::value(0))
        .filter(benefit::Column::Id.is_in(live))
        .exec(tx)
        .await?;
    let waiting: Vec<BenefitId> = rows.iter().filter(|b| b.pending).map(|b| b.id).collect();
    if !waiting.is_empty() {
        let_go(store, tx, &waiting).await?;
    }
    Ok(rows)
}

/// Terms whose day has come. Each is begun in a transaction of its own.
pub(crate) async fn begin_due(store: &Store) -> StoreResult<u64> {
    let due: Vec<(TermId, CompanyId)> = term::Entity::find()
        .select_only()
        .column(term::Column::Id)
        .column(term::Column::CompanyId)
        .filter(term::Column::BegunAt.is_null())
        .filter(term::Column::EndedAt.is_null())
        .filter(term::Column::StartsAt.lte(store.now()))
        .order_by_asc(term::Column::StartsAt)
        .into_tuple()
        .all(store.db.conn())
        .await?;
    let (mut done, mut failed) = (0, None);
    for (id, company) in due {
        match begin_one(store, id, company).await {
            Ok(begun) => done += u64::from(begun),
            // What is wrong with one company is no reason to leave out the others.
            Err(error) => {
                tracing::error!(%company, term = %id, %error, "a term could not begin");
                failed = Some(error);
            }
        }
    }
    failed.map_or(Ok(done), Err)
}

async fn begin_one(store: &Store, id: TermId, company: CompanyId) -> StoreResult<bool> {
    let tx = store.db.begin().await?;
    crate::people::account::lock_company(&tx, company).await?;
    let found = term::Entity::find_by_id(id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let order = order::Entity::find_by_id(found.order_id)
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(StoreError::Corrupt("terms.order_id"))?;
    let term = term::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    // Whoever was faster has begun it, or given it back.
    if term.begun_at.is_some() || term.ended_at.is_some() || order.ended_at.is_some() {
        return Ok(false);
    }
    let started = begin_term(store, &tx, &order, term).await?;
    record_start(store, &tx, &started).await?;
    tx.commit().await?;
    Ok(true)
}
