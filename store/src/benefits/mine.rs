//! "My benefits": what a person holds, for everybody who belongs to a company.

use crate::benefits::list::References;
use crate::context::Ctx;
use crate::entity::{assignment, benefit};
use crate::error::StoreResult;
use crate::people::who_may::names_with;
use domain::access::{Action, Role};
use domain::view::{HeldSeat, MyBenefits};
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
        .filter(benefit::Column::ExpiresAt.gt(ctx.now()))
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
            portal: product.portal.clone(),
            unit: product.unit,
        });
    }
    Ok(MyBenefits { seats, global_admins: names_with(ctx, company, &[Role::GlobalAdmin]).await? })
}
