//! Orders and the terms that they start.

use crate::benefits::list::parse_product;
use crate::context::{Store, new_uuid};
use crate::entity::{benefit, order, package_item, product_version, seat, term};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::allocate;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{BenefitId, SeatId, TermId};
use domain::orders::term::anniversary;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// Starts the term of an order: a benefit per item, its seats, its keys from the stock.
///
/// A benefit that the stock has too few keys for is owed the rest; the term starts all the
/// same. The unique index on the order makes a second start fail.
pub(crate) async fn start_term(
    store: &Store,
    tx: &impl ConnectionTrait,
    order: &order::Model,
    starts_at: DateTime<Utc>,
) -> StoreResult<TermId> {
    let ends_at = anniversary(starts_at).ok_or(StoreError::Corrupt("orders.paid_at"))?;
    let id = TermId(new_uuid());
    term::ActiveModel {
        id: Set(id),
        company_id: Set(order.company_id),
        order_id: Set(order.id),
        starts_at: Set(starts_at),
        ends_at: Set(ends_at),
    }
    .insert(tx)
    .await?;
    let to_version = package_item::Entity::belongs_to(product_version::Entity)
        .from(package_item::Column::ProductVersionId)
        .to(product_version::Column::Id)
        .into();
    use sea_orm::QuerySelect;
    let items = package_item::Entity::find()
        .join(sea_orm::JoinType::InnerJoin, to_version)
        .select_also(product_version::Entity)
        .filter(package_item::Column::PackageVersionId.eq(order.package_version_id))
        .order_by_asc(package_item::Column::Position)
        .all(tx)
        .await?;
    for (item, version) in items {
        let version = version.ok_or(StoreError::Corrupt("package_items.product_version_id"))?;
        let product = parse_product(&version.definition)?;
        let within = product.activate_within_days.map(|days| starts_at + TimeDelta::days(i64::from(days)));
        let benefit_id = BenefitId(new_uuid());
        benefit::ActiveModel {
            id: Set(benefit_id),
            company_id: Set(order.company_id),
            term_id: Set(id),
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
            activate_by: Set(within.map_or(ends_at, |w| w.min(ends_at))),
            // Nothing is to be done with it: it is in use from the start.
            activated_at: Set((!product.fulfilment.is_activated()).then_some(starts_at)),
            expires_at: Set(ends_at),
        }
        .insert(tx)
        .await?;
        if product.fulfilment.has_seats() {
            let seats: Vec<_> = (1..=item.quantity.unwrap_or(0))
                .map(|number| seat::ActiveModel {
                    id: Set(SeatId(new_uuid())),
                    company_id: Set(order.company_id),
                    benefit_id: Set(benefit_id),
                    number: Set(number),
                    taken: Set(false),
                    held_before: Set(false),
                })
                .collect();
            for chunk in seats.chunks(500) {
                seat::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
            }
        }
        if let Some(keys) = product.keys.filter(|_| product.fulfilment.has_keys()) {
            allocate(store, tx, order.company_id, benefit_id, version.product_id, keys, starts_at).await?;
        }
    }
    Ok(id)
}
