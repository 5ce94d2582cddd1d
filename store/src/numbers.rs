//! Numbers that people read, one sequence for each kind and year, without gaps.

use crate::entity::counter;
use crate::error::{StoreError, StoreResult};
use chrono::{DateTime, Datelike, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// A sequence.
#[derive(Clone, Copy)]
pub(crate) enum Sequence {
    /// Requests for hours: `AR-2026-00001`.
    Case,
    /// Orders, and their invoices: `V-2026-00001`.
    Order,
    /// Requests to give an order back: `SR-2026-00001`.
    Cancellation,
}

impl Sequence {
    /// The word in the table, never changed; and what stands before the year.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Case => ("case", "AR"),
            Self::Order => ("order", "V"),
            Self::Cancellation => ("cancellation", "SR"),
        }
    }
}

/// The next number of a year. Whoever takes one holds the sequence until they commit, so that none
/// is left out.
pub(crate) async fn next_number(
    tx: &impl ConnectionTrait,
    sequence: Sequence,
    now: DateTime<Utc>,
) -> StoreResult<String> {
    let (word, prefix) = sequence.words();
    let year = now.year();
    let name = format!("{word}-{year}");
    counter::Entity::insert(counter::ActiveModel { name: Set(name.clone()), value: Set(0) })
        .on_conflict(OnConflict::column(counter::Column::Name).do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    counter::Entity::update_many()
        .col_expr(counter::Column::Value, Expr::col(counter::Column::Value).add(1))
        .filter(counter::Column::Name.eq(name.clone()))
        .exec(tx)
        .await?;
    let row = counter::Entity::find_by_id(name).one(tx).await?.ok_or(StoreError::Corrupt("counters"))?;
    Ok(format!("{prefix}-{year}-{:05}", row.value))
}
