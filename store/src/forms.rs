//! Forms that were sent. A page marks each form that it draws; the same mark twice is one act,
//! answered alike, whichever program the second one reaches.
//!
//! Invariant: whoever holds a claim has it alone, for as long as an answer may take.

use crate::context::{Ctx, Store, new_uuid};
use crate::entity::sent_form;
use crate::error::StoreResult;
use chrono::TimeDelta;
use domain::id::FormId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, TryInsertResult,
    sea_query::OnConflict,
};

/// An answer takes less; a program that died holds nothing for longer.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Nobody sends a page's form again after this.
const KEPT: TimeDelta = TimeDelta::days(2);

/// What became of a form that is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is sent for the first time: `finish` or `release` it.
    Mine,
    /// It is being answered somewhere else.
    Busy,
    /// It was done, and led there; nothing where the answer itself was shown.
    Done { location: Option<String> },
}

/// The mark of a form that is drawn.
pub fn new_id() -> FormId {
    FormId(new_uuid())
}

/// Claims a form for the one answer to it. Nothing here is audited: the act that follows is.
pub async fn claim(ctx: &Ctx, id: FormId) -> StoreResult<Claim> {
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let found = sent_form::Entity::find_by_id(id)
        .filter(sent_form::Column::UserId.eq(ctx.user()))
        .lock_exclusive()
        .one(&tx)
        .await?;
    let claim = match found {
        Some(row) if row.done_at.is_some() => Claim::Done { location: row.location },
        // A clock that was put back must not hold it for ever.
        Some(row) if (now - row.claimed_at).abs() < LEASE => Claim::Busy,
        Some(row) => {
            let mut row = row.into_active_model();
            row.claimed_at = Set(now);
            sent_form::Entity::update(row).exec(&tx).await?;
            Claim::Mine
        }
        None => {
            let row = sent_form::ActiveModel {
                id: Set(id),
                user_id: Set(ctx.user()),
                claimed_at: Set(now),
                done_at: Set(None),
                location: Set(None),
            };
            let nobody_else = OnConflict::column(sent_form::Column::Id).do_nothing().to_owned();
            match sent_form::Entity::insert(row)
                .on_conflict(nobody_else)
                .try_insert()
                .exec_without_returning(&tx)
                .await?
            {
                // PostgreSQL says of the second of two at once that it inserted nothing.
                TryInsertResult::Inserted(1) => Claim::Mine,
                _ => Claim::Busy,
            }
        }
    };
    tx.commit().await?;
    Ok(claim)
}

/// The form is done.
pub async fn finish(ctx: &Ctx, id: FormId, location: Option<String>) -> StoreResult<()> {
    let location = location.filter(|l| l.len() <= 2_000);
    let row = sent_form::ActiveModel {
        id: Set(id),
        done_at: Set(Some(ctx.now())),
        location: Set(location),
        ..Default::default()
    };
    sent_form::Entity::update(row).exec(ctx.store.db.conn()).await?;
    Ok(())
}

/// The form was refused: corrected, it may be sent again.
pub async fn release(ctx: &Ctx, id: FormId) -> StoreResult<()> {
    sent_form::Entity::delete_by_id(id)
        .filter(sent_form::Column::UserId.eq(ctx.user()))
        .exec(ctx.store.db.conn())
        .await?;
    Ok(())
}

pub(crate) async fn delete_old(store: &Store) -> StoreResult<u64> {
    let old = sent_form::Entity::delete_many().filter(sent_form::Column::ClaimedAt.lt(store.now() - KEPT));
    Ok(old.exec(store.db.conn()).await?.rows_affected)
}
