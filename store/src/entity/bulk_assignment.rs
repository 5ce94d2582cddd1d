//! A file of people who are to get seats of one benefit: checked, then done or left.

use domain::id::{BenefitId, BulkId, CompanyId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BulkId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub created_by: UserId,
    pub created_at: DateTimeUtc,
    pub done_at: Option<DateTimeUtc>,
    pub good: i32,
    pub bad: i32,
}

impl ActiveModelBehavior for ActiveModel {}
