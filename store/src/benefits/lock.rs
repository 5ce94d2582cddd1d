//! A benefit that is being changed: its row is locked first, whatever is changed about it.

use crate::benefits::list::{References, own_benefit, unused_row};
use crate::entity::{benefit, order};
use crate::error::{StoreError, StoreResult};
use chrono::{DateTime, Utc};
use domain::catalogue::{Package, Product};
use domain::id::{BenefitId, CompanyId};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, IntoActiveModel, QuerySelect};

pub(crate) struct LockedBenefit {
    pub row: benefit::Model,
    pub product: Product,
    pub package: Package,
    /// First instant at which it can no longer be used or, unused, be activated.
    pub until: DateTime<Utc>,
}

impl LockedBenefit {
    /// Whether something waits for the programme's staff.
    pub async fn set_pending(self, tx: &impl ConnectionTrait, pending: bool) -> StoreResult<()> {
        let mut row = self.row.into_active_model();
        row.pending = Set(pending);
        row.update(tx).await?;
        Ok(())
    }
}

/// When a benefit is over for whoever wants to begin with it, or to go on.
pub(crate) fn usable_until(row: &benefit::Model, order: &order::Model) -> DateTime<Utc> {
    let until = if unused_row(row) { row.activate_by.min(row.lapses_at) } else { row.lapses_at };
    order.ended_at.map_or(until, |ended| until.min(ended))
}

/// Locks a benefit of the company.
pub(crate) async fn lock_benefit(
    tx: &impl ConnectionTrait,
    company: CompanyId,
    id: BenefitId,
) -> StoreResult<LockedBenefit> {
    let row = own_benefit(company, id).lock_exclusive().one(tx).await?.ok_or(StoreError::NotFound)?;
    let references = References::load(tx, std::slice::from_ref(&row)).await?;
    let until = usable_until(&row, references.order(&row)?);
    Ok(LockedBenefit {
        product: references.product(&row)?.clone(),
        package: references.package(&row)?.clone(),
        until,
        row,
    })
}
