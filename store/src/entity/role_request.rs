//! Somebody's request to become Global admin.

use domain::id::{CompanyId, RoleRequestId, UserId};
use domain::people::RequestState;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_requests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleRequestId,
    pub company_id: CompanyId,
    pub user_id: UserId,
    pub state: RequestState,
    pub note: String,
    pub code: String,
    pub checked_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub decided_at: Option<DateTimeUtc>,
    pub decided_by: Option<UserId>,
    pub reason: String,
}

impl ActiveModelBehavior for ActiveModel {}
