//! Seats that go on: from a year to the next, and from a package to the one that goes beyond it.

use crate::benefits::list::{count_u32, parse_product};
use crate::benefits::seat::CHUNK;
use crate::context::{Store, new_uuid};
use crate::db::Tx;
use crate::entity::{assignment, benefit, order, product_version, seat, user};
use crate::error::{StoreError, StoreResult};
use domain::benefits::seat::{Given, Taken};
use domain::catalogue::Product;
use domain::id::{AssignmentId, ProductId, SeatId, TermId, UserId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};

type WithProduct = (benefit::Model, ProductId, Product);

/// The benefits of a term with seats, in the order of their ids, locked.
async fn with_seats(tx: &impl ConnectionTrait, term: TermId) -> StoreResult<Vec<WithProduct>> {
    let rows = benefit::Entity::find()
        .filter(benefit::Column::TermId.eq(term))
        .order_by_asc(benefit::Column::Id)
        .lock_exclusive()
        .all(tx)
        .await?;
    let versions: HashMap<_, _> = product_version::Entity::find()
        .filter(product_version::Column::Id.is_in(rows.iter().map(|row| row.product_version_id)))
        .all(tx)
        .await?
        .into_iter()
        .map(|version| (version.id, version))
        .collect();
    let mut found = Vec::new();
    for row in rows {
        let version =
            versions.get(&row.product_version_id).ok_or(StoreError::Corrupt("benefits.product_version_id"))?;
        let product = parse_product(&version.definition)?;
        if product.fulfilment.has_seats() {
            found.push((row, version.product_id, product));
        }
    }
    Ok(found)
}

/// Who holds a seat of a product in one term holds one in the other, as far as there are seats: who
/// has held theirs longest comes first. The history keeps both.
pub(crate) async fn carry_seats(
    store: &Store,
    tx: &Tx,
    order: &order::Model,
    from: TermId,
    to: TermId,
) -> StoreResult<()> {
    let old = with_seats(tx, from).await?;
    let new = with_seats(tx, to).await?;
    for (of, product, _) in old.into_iter().filter(|(row, ..)| row.seats_out > 0) {
        let held = assignment::Entity::find()
            .filter(assignment::Column::BenefitId.eq(of.id))
            .filter(assignment::Column::RemovedAt.is_null())
            .order_by_asc(assignment::Column::AssignedAt)
            .order_by_asc(assignment::Column::Id)
            .all(tx)
            .await?;
        if let Some((to, _, entry)) = new.iter().find(|(_, id, _)| *id == product) {
            move_holders(store, tx, order, of, held, to, entry).await?;
        }
    }
    Ok(())
}

async fn move_holders(
    store: &Store,
    tx: &Tx,
    order: &order::Model,
    of: benefit::Model,
    held: Vec<assignment::Model>,
    to: &benefit::Model,
    product: &Product,
) -> StoreResult<()> {
    let now = store.now();
    let one_each = product.reassign_limits().one_per_person;
    let gone: HashSet<UserId> = user::Entity::find()
        .select_only()
        .column(user::Column::Id)
        .filter(user::Column::CompanyId.eq(order.company_id))
        .filter(user::Column::DisabledAt.is_not_null())
        .into_tuple::<UserId>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let seats: Vec<SeatId> = seat::Entity::find()
        .select_only()
        .column(seat::Column::Id)
        .filter(seat::Column::BenefitId.eq(to.id))
        .filter(seat::Column::Taken.eq(false))
        .order_by_asc(seat::Column::Number)
        .into_tuple()
        .all(tx)
        .await?;
    // Whoever came from a third package has a seat already.
    let mut served: HashSet<UserId> = assignment::Entity::find()
        .select_only()
        .column(assignment::Column::UserId)
        .filter(assignment::Column::BenefitId.eq(to.id))
        .filter(assignment::Column::RemovedAt.is_null())
        .into_tuple::<UserId>()
        .all(tx)
        .await?
        .into_iter()
        .collect();
    let next: Vec<&assignment::Model> = held
        .iter()
        .filter(|a| !gone.contains(&a.user_id) && (served.insert(a.user_id) || !one_each))
        .take(seats.len())
        .collect();
    let rows: Vec<assignment::ActiveModel> = next
        .iter()
        .zip(&seats)
        .map(|(before, seat)| assignment::ActiveModel {
            id: Set(AssignmentId(new_uuid())),
            company_id: Set(order.company_id),
            benefit_id: Set(to.id),
            seat_id: Set(*seat),
            user_id: Set(before.user_id),
            assigned_at: Set(now),
            assigned_by: Set(order.ordered_by),
            removed_at: Set(None),
            removed_by: Set(None),
            how: Set(Given::CarriedOver),
            why: Set(None),
            exclusive: Set(one_each),
        })
        .collect();
    let given = rows.len();
    for chunk in rows.chunks(CHUNK) {
        assignment::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    for chunk in seats[..given].chunks(CHUNK) {
        seat::Entity::update_many()
            .col_expr(seat::Column::Taken, Expr::value(true))
            .col_expr(seat::Column::HeldBefore, Expr::value(true))
            .filter(seat::Column::Id.is_in(chunk.iter().copied()))
            .exec(tx)
            .await?;
    }
    if given > 0 {
        let (out, first) = (count_u32(to.seats_out), to.activated_at.unwrap_or(now));
        let mut row = to.clone().into_active_model();
        row.seats_out = Set(i32::try_from(out as usize + given).unwrap_or(i32::MAX));
        row.activated_at = Set(Some(first));
        row.update(tx).await?;
    }
    // Whoever finds no seat keeps theirs as long as the old term goes on.
    let moved: HashSet<AssignmentId> = next.into_iter().map(|a| a.id).collect();
    let is_over = of.lapses_at <= now;
    let taken: Vec<assignment::Model> = held.into_iter().filter(|a| is_over || moved.contains(&a.id)).collect();
    free_seats(tx, of, &taken, Taken::CarriedOver, order.ordered_by, now).await
}

/// Takes seats of a benefit back, each exactly once.
pub(crate) async fn free_seats(
    tx: &impl ConnectionTrait,
    of: benefit::Model,
    held: &[assignment::Model],
    why: Taken,
    by: UserId,
    now: chrono::DateTime<chrono::Utc>,
) -> StoreResult<()> {
    for chunk in held.chunks(CHUNK) {
        assignment::Entity::update_many()
            .col_expr(assignment::Column::RemovedAt, Expr::value(now))
            .col_expr(assignment::Column::RemovedBy, Expr::value(by))
            .col_expr(assignment::Column::Why, Expr::value(why))
            .filter(assignment::Column::Id.is_in(chunk.iter().map(|a| a.id)))
            .filter(assignment::Column::RemovedAt.is_null())
            .exec(tx)
            .await?;
        seat::Entity::update_many()
            .col_expr(seat::Column::Taken, Expr::value(false))
            .filter(seat::Column::Id.is_in(chunk.iter().map(|a| a.seat_id)))
            .exec(tx)
            .await?;
    }
    let out = of.seats_out - i32::try_from(held.len()).unwrap_or(i32::MAX);
    let mut row = of.into_active_model();
    row.seats_out = Set(out.max(0));
    row.update(tx).await?;
    Ok(())
}
