//! Who saw which key, when.

use domain::id::{BenefitId, CompanyId, KeyRevealId, LicenceKeyId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "key_reveals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KeyRevealId,
    pub company_id: CompanyId,
    pub licence_key_id: LicenceKeyId,
    pub benefit_id: BenefitId,
    pub user_id: UserId,
    pub revealed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
