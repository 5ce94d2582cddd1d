//! A request that its author has begun and nobody else sees.

use domain::id::{BenefitId, CaseId, CompanyId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_drafts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub user_id: UserId,
    pub form: String,
    pub saved_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
