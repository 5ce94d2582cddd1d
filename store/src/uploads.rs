//! Files that an operator has tried and not used yet: sealed, because one may hold keys, and their
//! own alone.

use crate::context::{Ctx, new_uuid};
use crate::entity::upload;
use crate::error::{StoreError, StoreResult};
use crate::secrets::Place;
use domain::console::{ConsoleRefusal, UploadKind, upload_lasts};
use domain::file::{NotText, read_text};
use domain::id::UploadId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
};

fn place(id: UploadId) -> Place {
    Place { company: None, row: id.0, column: "uploads.ciphertext" }
}

/// Keeps the text of a file. `base` is the version that it is compared with.
pub(crate) async fn keep(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: UploadKind,
    file: &[u8],
    base: i32,
) -> StoreResult<UploadId> {
    let text = read_text(file).map_err(|NotText { line }| ConsoleRefusal::NotText { kind, line })?;
    if text.trim().is_empty() {
        return Err(ConsoleRefusal::FileMissing.into());
    }
    // What one tried before is given up.
    upload::Entity::delete_many()
        .filter(upload::Column::UserId.eq(ctx.user()))
        .filter(upload::Column::Kind.eq(kind))
        .exec(tx)
        .await?;
    let id = UploadId(new_uuid());
    upload::ActiveModel {
        id: Set(id),
        kind: Set(kind),
        user_id: Set(ctx.user()),
        ciphertext: Set(ctx.store.keys.seal(place(id), text.as_bytes())?),
        base: Set(base),
        created_at: Set(ctx.now()),
    }
    .insert(tx)
    .await?;
    Ok(id)
}

/// One's own file, opened.
pub(crate) async fn open(
    ctx: &Ctx,
    tx: &impl ConnectionTrait,
    kind: UploadKind,
    id: UploadId,
) -> StoreResult<(String, i32)> {
    let row = upload::Entity::find_by_id(id)
        .filter(upload::Column::UserId.eq(ctx.user()))
        .filter(upload::Column::Kind.eq(kind))
        .lock_exclusive()
        .one(tx)
        .await?
        .filter(|row| upload_lasts(row.created_at, ctx.now()))
        .ok_or(ConsoleRefusal::UploadGone)?;
    let plaintext = ctx.store.keys.open(place(id), &row.ciphertext)?;
    let text = String::from_utf8(plaintext).map_err(|_| StoreError::Corrupt("uploads.ciphertext"))?;
    Ok((text, row.base))
}

/// It was used, or is given up.
pub(crate) async fn drop(tx: &impl ConnectionTrait, id: UploadId) -> StoreResult<()> {
    upload::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}
