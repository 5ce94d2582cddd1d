//! Who writes the invoices.

use crate::audit::{Entry, record};
use crate::context::Ctx;
use crate::entity::issuer;
use crate::error::StoreResult;
use domain::access::Action;
use domain::audit::AuditAction;
use domain::console::read_issuer;
use domain::orders::order::Issuer;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// The one row.
const ROW: i32 = 1;

pub(crate) async fn load_issuer(db: &impl ConnectionTrait) -> StoreResult<Issuer> {
    let row = issuer::Entity::find_by_id(ROW).one(db).await?;
    Ok(row.map(|row| Issuer { name: row.name, pay_to: row.pay_to }).unwrap_or_default())
}

pub async fn get_issuer(ctx: &Ctx) -> StoreResult<Issuer> {
    ctx.authorize(Action::ManageOrders)?;
    load_issuer(ctx.store.db.conn()).await
}

/// Changes what stands on invoices from now on; those that are written stay as they are.
pub async fn set_issuer(ctx: &Ctx, form: &Issuer) -> StoreResult<()> {
    ctx.authorize(Action::ManageOrders)?;
    let read = read_issuer(form)?;
    let tx = ctx.store.db.begin().await?;
    write_issuer(&tx, &read, Some(ctx.user()), ctx.now()).await?;
    let mut entry = Entry::by(ctx, ctx.now(), AuditAction::IssuerChanged);
    entry.company = None;
    record(&ctx.store.keys, &tx, entry).await?;
    Ok(tx.commit().await?)
}

pub(crate) async fn write_issuer(
    tx: &impl ConnectionTrait,
    issuer: &Issuer,
    by: Option<domain::id::UserId>,
    at: chrono::DateTime<chrono::Utc>,
) -> StoreResult<()> {
    let row = issuer::ActiveModel {
        id: Set(ROW),
        name: Set(issuer.name.clone()),
        pay_to: Set(issuer.pay_to.clone()),
        changed_by: Set(by),
        changed_at: Set(at),
    };
    use issuer::Column as C;
    issuer::Entity::insert(row)
        .on_conflict(
            OnConflict::column(C::Id).update_columns([C::Name, C::PayTo, C::ChangedBy, C::ChangedAt]).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
