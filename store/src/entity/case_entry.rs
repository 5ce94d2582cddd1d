//! Something that happened in a case. Never changed.

use domain::benefits::advisory::CaseState;
use domain::id::{CaseEntryId, CaseId, CompanyId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "case_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CaseEntryId,
    pub company_id: CompanyId,
    pub case_id: CaseId,
    pub user_id: UserId,
    pub programme: bool,
    pub at: DateTimeUtc,
    pub state: Option<CaseState>,
    pub text: String,
}

impl ActiveModelBehavior for ActiveModel {}
