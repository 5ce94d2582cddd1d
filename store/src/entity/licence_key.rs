//! A key under encryption: in stock, or allocated to a benefit.

use domain::id::{BenefitId, CompanyId, LicenceKeyId, ProductId, UserId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "licence_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LicenceKeyId,
    pub product_id: ProductId,
    pub company_id: Option<CompanyId>,
    pub benefit_id: Option<BenefitId>,
    pub ciphertext: Vec<u8>,
    pub blind_index: Vec<u8>,
    pub imported_at: DateTimeUtc,
    pub allocated_at: Option<DateTimeUtc>,
    pub first_revealed_at: Option<DateTimeUtc>,
    /// It leaked, or does not work: nobody gets it any more.
    pub withdrawn_at: Option<DateTimeUtc>,
    pub withdrawn_by: Option<UserId>,
    pub withdrawn_reason: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
