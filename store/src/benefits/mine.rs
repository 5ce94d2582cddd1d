//! "My benefits": what a person holds, for everybody who belongs to a company.

use crate::benefits::list::{References, grace_until};
use crate::context::Ctx;
use crate::entity::{assignment, benefit, support_activation};
use crate::error::StoreResult;
use crate::people::who_may::names_with;
use domain::access::{Action, Role};
use domain::benefits::technical::SupportState;
use domain::id::CompanyId;
use domain::view::{HeldSeat, HeldSupport, MyBenefits};
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

/// A person holds a handful of seats; this bounds the page.
const LISTED: u64 = 200;

pub async fn list_my_benefits(ctx: &Ctx) -> StoreResult<MyBenefits> {
    let company = ctx.authorize_in_company(Action::OpenMyBenefits)?;
    let db = ctx.store.db.conn();
    let to_benefit = assignment::Entity::belongs_to(benefit::Entity)
        .from(assignment::Column::BenefitId)
        .to(benefit::Column::Id)
        .into();
    let held = assignment::Entity::find()
        .join(JoinType::InnerJoin, to_benefit)
        .select_also(benefit::Entity)
        .filter(assignment::Column::CompanyId.eq(company))
        .filter(assignment::Column::UserId.eq(ctx.user()))
        .filter(assignment::Column::RemovedAt.is_null())
        .filter(benefit::Column::LapsesAt.gt(ctx.now()))
        .order_by_asc(benefit::Column::Position)
        .order_by_asc(assignment::Column::Id)
        .limit(LISTED)
        .all(db)
        .await?;
    let (assignments, benefits): (Vec<_>, Vec<_>) = held.into_iter().filter_map(|(a, b)| Some((a, b?))).unzip();
    let references = References::load(db, &benefits).await?;
    let mut seats = Vec::with_capacity(benefits.len());
    for (assignment, row) in assignments.iter().zip(&benefits) {
        let product = references.product(row)?;
        seats.push(HeldSeat {
            name: product.name.get(ctx.language).to_owned(),
            package: references.package(row)?.label.get(ctx.language).to_owned(),
            since: assignment.assigned_at,
            expires_at: row.expires_at,
            grace_until: grace_until(row, ctx.now()),
            portal: product.portal.clone(),
            unit: product.unit,
        });
    }
    let support = list_support(ctx, company).await?;
    Ok(MyBenefits { seats, support, global_admins: names_with(ctx, company, &[Role::GlobalAdmin]).await? })
}

/// Support that the person has, or that is on its way to them.
async fn list_support(ctx: &Ctx, company: CompanyId) -> StoreResult<Vec<HeldSupport>> {
    let db = ctx.store.db.conn();
    let to_benefit = support_activation::Entity::belongs_to(benefit::Entity)
        .from(support_activation::Column::BenefitId)
        .to(benefit::Column::Id)
        .into();
    let held = support_activation::Entity::find()
        .join(JoinType::InnerJoin, to_benefit)
        .select_also(benefit::Entity)
        .filter(support_activation::Column::CompanyId.eq(company))
        .filter(support_activation::Column::UserId.eq(ctx.user()))
        .filter(support_activation::Column::State.is_in([SupportState::Pending, SupportState::Active]))
        .filter(benefit::Column::LapsesAt.gt(ctx.now()))
        .order_by_asc(benefit::Column::Position)
        .order_by_asc(support_activation::Column::Id)
        .limit(LISTED)
        .all(db)
        .await?;
    let (activations, benefits): (Vec<_>, Vec<_>) = held.into_iter().filter_map(|(a, b)| Some((a, b?))).unzip();
    let references = References::load(db, &benefits).await?;
    let mut support = Vec::with_capacity(benefits.len());
    for (activation, row) in activations.into_iter().zip(&benefits) {
        support.push(HeldSupport {
            name: references.product(row)?.name.get(ctx.language).to_owned(),
            package: references.package(row)?.label.get(ctx.language).to_owned(),
            expires_at: row.expires_at,
            grace_until: grace_until(row, ctx.now()),
            access_id: activation.access_id,
            contract_id: activation.contract_id,
        });
    }
    Ok(support)
}
