//! The work of the programme's staff, of all kinds in one list.
//!
//! An item is opened, answered and closed in the transaction of what it is about, so that the
//! list never tells of anything that is not there.

mod list;

pub use list::{WorkQuery, count_open, get_work, list_work};

use crate::audit::{Entry, record};
use crate::context::{Ctx, new_uuid};
use crate::entity::{user, work_item};
use crate::error::{StoreError, StoreResult};
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::id::{CompanyId, UserId, WorkId};
use domain::queue::{WorkKind, WorkRefusal, due};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect,
};
use uuid::Uuid;

/// Something waits for the programme's staff from now on.
pub(crate) async fn open(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: WorkKind,
    subject: Uuid,
    company: CompanyId,
) -> StoreResult<()> {
    insert(ctx, tx, kind, subject, company, Some(due(ctx.now()))).await
}

/// The same, of what nobody waits for an answer to.
pub(crate) async fn open_without_date(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: WorkKind,
    subject: Uuid,
    company: CompanyId,
) -> StoreResult<()> {
    insert(ctx, tx, kind, subject, company, None).await
}

async fn insert(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: WorkKind,
    subject: Uuid,
    company: CompanyId,
    due_at: Option<DateTime<Utc>>,
) -> StoreResult<()> {
    work_item::ActiveModel {
        id: Set(WorkId(new_uuid())),
        kind: Set(kind),
        subject_id: Set(subject),
        company_id: Set(company),
        asked_by: Set(ctx.user()),
        opened_at: Set(ctx.now()),
        due_at: Set(due_at),
        taken_by: Set(None),
        closed_at: Set(None),
        closed_by: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(())
}

fn open_item(kind: WorkKind, subject: Uuid) -> Condition {
    use work_item::Column as C;
    Condition::all().add(C::Kind.eq(kind)).add(C::SubjectId.eq(subject)).add(C::ClosedAt.is_null())
}

/// The company has its answer: nothing is late any more.
pub(crate) async fn answered(tx: &impl ConnectionTrait, kind: WorkKind, subject: Uuid) -> StoreResult<()> {
    work_item::Entity::update_many()
        .col_expr(work_item::Column::DueAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(open_item(kind, subject))
        .exec(tx)
        .await?;
    Ok(())
}

/// The company asks again: an answer is due anew. Whoever asks twice does not wait longer for it.
pub(crate) async fn asked_again(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: WorkKind,
    subject: Uuid,
    company: CompanyId,
) -> StoreResult<()> {
    let Some(item) = work_item::Entity::find().filter(open_item(kind, subject)).lock_exclusive().one(tx).await? else {
        return open(ctx, tx, kind, subject, company).await;
    };
    if item.due_at.is_none() {
        let mut item = item.into_active_model();
        item.due_at = Set(Some(due(ctx.now())));
        item.update(tx).await?;
    }
    Ok(())
}

/// Nothing is left to do about it. Gives whether somebody still had it to do.
pub(crate) async fn close(ctx: &Ctx, tx: &impl ConnectionTrait, kind: WorkKind, subject: Uuid) -> StoreResult<bool> {
    use work_item::Column as C;
    let closed = work_item::Entity::update_many()
        .col_expr(C::ClosedAt, Expr::value(ctx.now()))
        .col_expr(C::ClosedBy, Expr::value(ctx.user()))
        .col_expr(C::DueAt, Expr::value(Option::<chrono::DateTime<chrono::Utc>>::None))
        .filter(open_item(kind, subject))
        .exec(tx)
        .await?;
    Ok(closed.rows_affected > 0)
}

/// Takes work on. `seen` is who had it when the page was drawn: when it is somebody else by now,
/// nothing changes.
pub async fn take_work(ctx: &Ctx, id: WorkId, seen: Option<UserId>) -> StoreResult<()> {
    change(ctx, id, seen, Some(ctx.user())).await
}

/// Puts work back, so that a colleague takes it on.
pub async fn release_work(ctx: &Ctx, id: WorkId) -> StoreResult<()> {
    change(ctx, id, Some(ctx.user()), None).await
}

async fn change(ctx: &Ctx, id: WorkId, seen: Option<UserId>, to: Option<UserId>) -> StoreResult<()> {
    ctx.authorize(Action::WorkQueue)?;
    let tx = ctx.store.db.begin().await?;
    let row = work_item::Entity::find_by_id(id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    if row.closed_at.is_some() {
        return Err(StoreError::Work(WorkRefusal::Done));
    }
    if row.taken_by == to {
        return Ok(());
    }
    if row.taken_by != seen {
        let name = match row.taken_by {
            Some(by) => user::Entity::find_by_id(by).one(&tx).await?.map(|u| u.name).unwrap_or_default(),
            None => String::new(),
        };
        return Err(StoreError::Work(WorkRefusal::TakenBy { name }));
    }
    let mut row = row.into_active_model();
    row.taken_by = Set(to);
    row.update(&tx).await?;
    let action = if to.is_some() { AuditAction::WorkTaken } else { AuditAction::WorkReleased };
    record(&ctx.store.keys, &tx, Entry::by(ctx, ctx.now(), action).subject(id)).await?;
    Ok(tx.commit().await?)
}
