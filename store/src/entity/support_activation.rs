//! A support benefit on its way to a person, or with them.

use domain::benefits::technical::SupportState;
use domain::id::{BenefitId, CompanyId, SupportActivationId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "support_activations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SupportActivationId,
    pub company_id: CompanyId,
    pub benefit_id: BenefitId,
    pub user_id: UserId,
    pub email: String,
    pub state: SupportState,
    pub requested_by: UserId,
    pub requested_at: DateTimeUtc,
    pub decided_by: Option<UserId>,
    pub decided_at: Option<DateTimeUtc>,
    pub reason: String,
    pub access_id: Option<String>,
    pub contract_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
