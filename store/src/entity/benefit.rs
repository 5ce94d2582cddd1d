//! One line of a term: so much of a product for a company.

use domain::catalogue::Category;
use domain::id::{BenefitId, CompanyId, PackageVersionId, ProductVersionId, TermId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "benefits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BenefitId,
    pub company_id: CompanyId,
    pub term_id: TermId,
    pub package_version_id: PackageVersionId,
    pub product_version_id: ProductVersionId,
    pub category: Category,
    pub position: i32,
    pub quantity: Option<i32>,
    pub used: i32,
    pub reserved: i32,
    pub seats_out: i32,
    pub reassigned: i32,
    pub pending: bool,
    pub activate_by: DateTimeUtc,
    pub activated_at: Option<DateTimeUtc>,
    pub expires_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
