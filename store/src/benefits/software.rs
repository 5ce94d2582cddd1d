//! Get keys: the one place where a licence key is opened.

use crate::audit::{Entry, record};
use crate::benefits::list::{References, facts, order_facts, own_benefit};
use crate::context::{Ctx, new_uuid};
use crate::entity::{key_reveal, licence_key, order, term};
use crate::error::{StoreError, StoreResult};
use crate::key_pool::place;
use crate::orders::cancel::waits_since;
use crate::people::session::own_row;
use chrono::{DateTime, Utc};
use domain::access::Action;
use domain::audit::AuditAction;
use domain::benefits::software::{MOST_LOOKS, RevealFacts, revealable};
use domain::id::{BenefitId, CompanyId, KeyRevealId};
use domain::licence_key::{LicenceKey, RevealedKey};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use serde_json::json;

/// Opens the keys of a benefit and records who saw which, in one transaction.
///
/// The order is locked first, so that a reveal and a cancellation cannot both succeed.
/// Rules R-KEY-1, R-KEY-3 and R-ORD-2.
pub async fn reveal_keys(ctx: &Ctx, id: BenefitId, confirmed: bool) -> StoreResult<Vec<RevealedKey>> {
    let company = ctx.authorize_in_company(Action::GetKeys)?;
    let now = ctx.now();
    let tx = ctx.store.db.begin().await?;
    let seen = own_benefit(company, id).one(&tx).await?.ok_or(StoreError::NotFound)?;
    let term = term::Entity::find_by_id(seen.term_id).one(&tx).await?.ok_or(StoreError::Corrupt("benefits.term_id"))?;
    let order = order::Entity::find_by_id(term.order_id)
        .filter(order::Column::CompanyId.eq(company))
        .lock_exclusive()
        .one(&tx)
        .await?
        .ok_or(StoreError::Corrupt("terms.order_id"))?;
    let row = own_benefit(company, id).lock_exclusive().one(&tx).await?.ok_or(StoreError::NotFound)?;
    let keys = licence_key::Entity::find()
        .filter(licence_key::Column::BenefitId.eq(id))
        .filter(licence_key::Column::CompanyId.eq(company))
        .filter(licence_key::Column::WithdrawnAt.is_null())
        .order_by_asc(licence_key::Column::AllocatedAt)
        .order_by_asc(licence_key::Column::Id)
        .all(&tx)
        .await?;
    // Locked, so that a burst of looks is counted one after the other.
    own_row(&tx, ctx).await?;
    let references = References::load(&tx, std::slice::from_ref(&row)).await?;
    let decision = revealable(
        &RevealFacts {
            benefit: facts(&row, references.product(&row)?),
            order: order_facts(&order),
            keys: u32::try_from(keys.len()).unwrap_or(u32::MAX),
            cancellation_since: waits_since(&tx, order.id).await?,
            earlier_look: earlier_look(ctx, company, &tx).await?,
            confirmed,
        },
        now,
    );
    decision.map_err(StoreError::Reveal)?;
    let mut revealed = Vec::with_capacity(keys.len());
    let mut ids = Vec::with_capacity(keys.len());
    for key in keys {
        let plaintext = ctx.store.keys.open(place(Some(company), key.id), &key.ciphertext)?;
        let text = String::from_utf8(plaintext).map_err(|_| StoreError::Unreadable)?;
        revealed.push(LicenceKey::parse(&text).map_err(|_| StoreError::Unreadable)?.reveal());
        ids.push(key.id);
        key_reveal::ActiveModel {
            id: Set(KeyRevealId(new_uuid())),
            company_id: Set(company),
            licence_key_id: Set(key.id),
            benefit_id: Set(id),
            user_id: Set(ctx.user()),
            revealed_at: Set(now),
        }
        .insert(&tx)
        .await?;
        if key.first_revealed_at.is_none() {
            let mut key = key.into_active_model();
            key.first_revealed_at = Set(Some(now));
            key.update(&tx).await?;
        }
    }
    if row.activated_at.is_none() {
        let mut row = row.into_active_model();
        row.activated_at = Set(Some(now));
        row.update(&tx).await?;
    }
    if order.first_key_revealed_at.is_none() {
        let mut order = order.into_active_model();
        order.first_key_revealed_at = Set(Some(now));
        order.update(&tx).await?;
    }
    record(
        &ctx.store.keys,
        &tx,
        Entry::by(ctx, now, AuditAction::KeysRevealed).subject(id).details(json!({ "keys": ids })),
    )
    .await?;
    tx.commit().await?;
    Ok(revealed)
}

/// When this person took the look that is [`MOST_LOOKS`] back. A look may show several keys.
async fn earlier_look(ctx: &Ctx, company: CompanyId, tx: &impl ConnectionTrait) -> StoreResult<Option<DateTime<Utc>>> {
    use key_reveal::Column as C;
    let looks = key_reveal::Entity::find()
        .select_only()
        .column(C::RevealedAt)
        .filter(C::CompanyId.eq(company))
        .filter(C::UserId.eq(ctx.user()))
        .group_by(C::BenefitId)
        .group_by(C::RevealedAt)
        .order_by_desc(C::RevealedAt)
        .offset(u64::from(MOST_LOOKS) - 1)
        .limit(1);
    Ok(looks.into_tuple().one(tx).await?)
}
