//! The names behind "In your company: …".

use crate::context::Ctx;
use crate::entity::{user, user_role};
use crate::error::StoreResult;
use domain::access::{Action, Role, holders};
use domain::id::CompanyId;
use domain::view::WhoMay;
use sea_orm::{ColumnTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

/// Enough names to find somebody to ask.
const NAMES: u64 = 5;

/// Colleagues who may do what this person may not. Empty when the person may.
pub async fn who_may(ctx: &Ctx, company: CompanyId, action: Action) -> StoreResult<WhoMay> {
    if ctx.principal.can(action) {
        return Ok(WhoMay::default());
    }
    Ok(WhoMay { names: names_with(ctx, company, &holders(action)).await? })
}

/// The names of a company's people who hold one of the roles.
pub async fn names_with(ctx: &Ctx, company: CompanyId, roles: &[Role]) -> StoreResult<Vec<String>> {
    let holds = user::Entity::belongs_to(user_role::Entity).from(user::Column::Id).to(user_role::Column::UserId).into();
    let names: Vec<(String, String)> = user::Entity::find()
        .select_only()
        .column(user::Column::Name)
        // What is sorted by has to be among what is distinct.
        .column(user::Column::Search)
        .distinct()
        .join(JoinType::InnerJoin, holds)
        .filter(user::Column::CompanyId.eq(company))
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::PasswordHash.is_not_null())
        .filter(user_role::Column::Role.is_in(roles.iter().copied()))
        .order_by_asc(user::Column::Search)
        .limit(NAMES)
        .into_tuple()
        .all(ctx.store.db.conn())
        .await?;
    Ok(names.into_iter().map(|(name, _)| name).collect())
}
